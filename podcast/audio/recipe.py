"""What every part of an episode's sound is made of. Pure: the same recipe always gives the same part, byte for byte.

    frames of the MP3    ┊··········│ │ │ │ │ │ │ │ │ │ │··┊
                         └ primed ──┴ the part ───────────┴ ahead
    sounds               ▂▁      sting ▂█▅▁▐sentence▌ ▐sentence▌  ▐sent…

A part is whole frames of the episode: about a minute of a segment at most, cut in the pauses between its sentences. An
encoder that has heard the frames before it, and looks at those behind it, makes of a part what it would make of it in
the whole. Where something sounds is counted from the start of what the encoder hears, and where a segment is cut is
said by its sentences: a part is the same one wherever in an episode it comes, and after most edits elsewhere.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.audio.frames import AHEAD_FRAMES, PRIMED_FRAMES
from podcast.files import sha256_of
from podcast.outside.mp3 import frame_samples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podcast.audio.timeline import Plan
    from podcast.outside.mp3 import Mp3Format
    from podcast.types import Cue, GainPoint

RECIPE_VERSION = 5
"""Part of every recipe: raise it when the same one gives another sound, or another measure of it."""

_SHORTEST_S, _LONGEST_S = 20, 60
"""Of a part, but for long sentences and short segments: to begin takes an encoder as long as two seconds of sound, and
after an edit a whole part is waited for.
"""


@dataclass(frozen=True, slots=True)
class Form:
    """What is the same for all parts of an episode."""

    mp3: Mp3Format
    ceiling_dbfs: float
    """Of samples before they are encoded; it is lowered where that does not keep the true peak."""
    true_peak_dbtp: float
    """Of the part decoded, at most."""
    tools: str
    """Says which programs make it: others may give other bytes."""

    @property
    def frame(self) -> int:
        """Samples of a frame."""
        return frame_samples(self.mp3.rate_hz)


@dataclass(frozen=True, slots=True)
class Ingredient:
    """A sound in a part: a whole clip, which is levelled, or music under a gain curve; in samples from the start."""

    sound: str
    """The key of a clip, or of music."""
    start: int
    """Less than 0 where it began before."""
    length: int
    gain_db: float
    curve: tuple[GainPoint, ...] = ()
    is_music: bool = False
    """Or else speech, whose peaks are held."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that a part is made of."""

    form: Form
    frames: int
    ingredients: tuple[Ingredient, ...]

    @property
    def primed(self) -> int:
        """Samples that the encoder hears before the part."""
        return PRIMED_FRAMES * self.form.frame

    @property
    def length(self) -> int:
        """Samples that the encoder hears."""
        return (PRIMED_FRAMES + self.frames + AHEAD_FRAMES) * self.form.frame

    @property
    def sounds(self) -> tuple[str, ...]:
        """The key of every sound in it, once."""
        return tuple(dict.fromkeys(each.sound for each in self.ingredients))


@functools.lru_cache(maxsize=4096)
def part_key(recipe: Recipe) -> str:
    """Name a part by all that it is made of."""
    canonical = {**dataclasses.asdict(recipe), "version": RECIPE_VERSION}
    return sha256_of(json.dumps(canonical, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode())


def recipes(plan: Plan, index: int, end: int, form: Form) -> Iterator[Recipe]:
    """Yield the parts of a segment that ends where the next one, or nothing, begins."""
    borders = (plan.borders[index], *cuts(plan, index, end), end)
    for first, last in itertools.pairwise(borders):
        start, stop = first - PRIMED_FRAMES * form.frame, last + AHEAD_FRAMES * form.frame
        heard = [cue for cue in plan.cues if cue.start < stop and cue.end > start]
        yield Recipe(form, (last - first) // form.frame, tuple(_ingredient(cue, start) for cue in heard))


def _ingredient(cue: Cue, start: int) -> Ingredient:
    curve = tuple(dataclasses.replace(point, at=point.at - start) for point in cue.curve)
    return Ingredient(cue.sound, cue.start - start, cue.end - cue.start, cue.gain_db, curve, cue.kind != "speech")


def cuts(plan: Plan, index: int, end: int) -> tuple[int, ...]:
    """Where a segment is cut into parts: in pauses between its sentences, at borders of frames.

    Of the pauses that would do, the one before the sentence with the lowest key is taken, a digest and so as good as
    drawn by lot: behind an edit, most often, the same ones are found again (content-defined chunking; Muthitacharoen,
    Chen and Mazieres, "A low-bandwidth network file system", 2001).
    """
    start = plan.borders[index]
    words = [cue for cue in plan.cues if cue.kind == "speech" and cue.segment_index == index]
    pauses = [(after.sound, _border_between(plan, before, after)) for before, after in itertools.pairwise(words)]
    chosen: list[int] = []
    while end - start > _LONGEST_S * plan.rate_hz:
        later = [pause for pause in pauses if start + _SHORTEST_S * plan.rate_hz <= pause[1] < end]
        if not later:
            break
        most = min(start + _LONGEST_S * plan.rate_hz, end - _SHORTEST_S * plan.rate_hz)
        near = [pause for pause in later if pause[1] <= most]
        _, start = min(near or later[:1])
        chosen.append(start)
    return tuple(chosen)


def _border_between(plan: Plan, before: Cue, after: Cue) -> int:
    """As long after a sentence as an encoder looks back, but before the next one begins."""
    frame = plan.frame
    return min(-(-before.end // frame) + PRIMED_FRAMES, after.start // frame) * frame
