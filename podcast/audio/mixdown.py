"""What the encoder of a part hears: everything put together, block by block as it is taken, and measured on the way.

Memory holds what sounds now, however long a part is.
"""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING

import numpy as np

from podcast.audio.levels import envelope_of
from podcast.audio.loudness import from_db, highest, levelled, limit
from podcast.audio.meter import energy_until, frame_energies, raised_energy
from podcast.audio.mix import gains_at, in_channels, mixed, resampled
from podcast.outside.mp3 import DELAY_SAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt

    from podcast.audio.mix import Sounding
    from podcast.audio.recipe import Ingredient, Recipe
    from podcast.types import Clip, Samples

_BLOCK_FRAMES = 57
"""Of an MP3 at once: some 1.5 s."""

_LIMITER_REACHES_S = 0.01
"""A limiter looks less far ahead and back."""

_SPREAD_FRAMES = 5
"""Of 24 to 36 ms: a tenth of a second and a little more."""

_NOTHING = 1e-20


class Mixdown:
    """A part's sound, once through; then the energies of its frames are known.

    Frames are counted as a decoder gives them, so that those of neighbouring parts lie side by side.
    """

    def __init__(self, recipe: Recipe, sounds: Mapping[str, Clip], ceiling_dbfs: float) -> None:
        self.energies = np.zeros(recipe.frames)
        """K-weighted; sounds that have nothing to do with each other add up in energy."""
        self._recipe, self._sounds, self._ceiling_dbfs = recipe, sounds, ceiling_dbfs
        self._frame, self._format = recipe.form.frame, recipe.form.mp3
        self._start = recipe.primed - DELAY_SAMPLES
        self._kept = np.ones(recipe.frames)
        self._sounding: list[Sounding] = []

    def blocks(self) -> Iterator[Samples]:
        """Yield everything that the encoder hears, of shape (frames, channels), below the ceiling."""
        yield from self._blocks()
        self.energies *= self._kept

    def _blocks(self) -> Iterator[Samples]:
        reach = round(self._format.rate_hz * _LIMITER_REACHES_S)
        waiting = collections.deque(sorted(self._recipe.ingredients, key=lambda each: each.start))
        for first, last in self._borders():
            while waiting and waiting[0].start < last + reach:
                self._sounding.append(self._begun(waiting.popleft()))
            mix = mixed(first - reach, last + reach, self._format.channels, self._sounding)
            self._sounding = [each for each in self._sounding if each[0] + len(each[1]) > last - reach]
            block = held(mix, from_db(self._ceiling_dbfs), self._format.rate_hz)
            own = slice(reach, -reach)
            if block is not mix and first >= self._start:
                self._note_held(mix[own], block[own], (first - self._start) // self._frame)
            yield block[own]

    def _borders(self) -> Iterator[tuple[int, int]]:
        """Where blocks begin and end: what comes before the part's first frame, then many frames at once."""
        step = _BLOCK_FRAMES * self._frame
        starts = [0, *range(self._start, self._recipe.length, step)]
        return zip(starts, [*starts[1:], self._recipe.length], strict=True)

    def _note_held(self, before: Samples, after: Samples, number: int) -> None:
        """Note how much of their energy is left to frames, from one on, of a block whose peaks were held.

        Where in its tenth of a second a sound has its energy is not known, so neither is looked at more closely.
        """
        own = self._kept[number:]
        was, left = (_spread(frame_energies(sound, self._frame)[: len(own)]) for sound in (before, after))
        own[: len(was)] = left / np.maximum(was, _NOTHING)

    def _begun(self, each: Ingredient) -> Sounding:
        """Return a sound as it is mixed, but for its curve, its energy noted."""
        clip, rate_hz = self._sounds[each.sound], self._format.rate_hz
        energies = self._energies(each, clip) * from_db(each.gain_db) ** 2
        if each.is_music:
            samples = clip.sound * np.float32(from_db(each.gain_db))
        else:
            plain = resampled(clip.sound, clip.rate_hz, rate_hz)
            level = levelled(plain, each.gain_db, self._ceiling_dbfs, rate_hz)
            if highest(plain) * from_db(each.gain_db) > highest(level):
                energies *= self._held_share(level, clip, each.gain_db)
            samples = in_channels(level, self._format.channels)
            energies *= self._format.channels
        self.energies += energies
        return each.start, samples[: each.length], each.curve

    def _held_share(self, level: Samples, clip: Clip, gain_db: float) -> float:
        """How much of its K-weighted energy a sentence keeps whose peaks were held: they are low sounds, mostly."""
        rate_hz = self._format.rate_hz
        before = envelope_of(clip).energies.sum() * from_db(gain_db) ** 2
        return raised_energy(level, rate_hz, clip.rate_hz) / rate_hz / max(float(before), _NOTHING)

    def _energies(self, each: Ingredient, clip: Clip) -> npt.NDArray[np.float64]:
        """Each frame's energy of a sound under its curve, by what was measured of the clip."""
        borders = self._start + np.arange(len(self.energies) + 1) * self._frame
        at_s = np.minimum(borders - each.start, each.length) / self._format.rate_hz
        energies = np.diff(energy_until(envelope_of(clip), at_s)) * self._format.rate_hz
        middles = (borders[:-1] + borders[1:]) / 2
        return energies * np.square(gains_at(each.curve, middles)) if each.curve else energies


def _spread(energies: Samples) -> Samples:
    """Give each frame what it and its neighbours have together."""
    beside = _SPREAD_FRAMES // 2
    return np.convolve(energies, np.ones(_SPREAD_FRAMES, dtype=energies.dtype))[beside : beside + len(energies)]


def held(samples: Samples, ceiling: float, rate_hz: int) -> Samples:
    """Hold the peaks where music meets speech: all channels by the same gain."""
    if highest(samples) <= ceiling:
        return samples
    heights = np.abs(samples).max(axis=1)
    gain = np.divide(limit(heights, ceiling, rate_hz), heights, out=np.ones_like(heights), where=heights > 0)
    loud: Samples = samples * gain[:, np.newaxis]
    return loud
