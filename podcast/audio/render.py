"""One episode's sound: placed segment by segment, made part by part, joined; measured, and if need be corrected.

Whatever is finished is on disk: memory holds what sounds in the parts that are being made, however long the episode.
"""

from __future__ import annotations

import contextlib
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from podcast.audio import timeline as layout
from podcast.audio.frames import joined
from podcast.audio.levels import Spoken, sentences
from podcast.audio.loudness import from_db, gain_of
from podcast.audio.making import Making
from podcast.audio.measuring import measurement, trim_for
from podcast.audio.meter import energies, of_steps
from podcast.audio.parts import tools
from podcast.audio.recipe import Form, part_key
from podcast.errors import InputError, OutsideError
from podcast.files import sha256_of
from podcast.outside import ffmpeg
from podcast.outside.mp3 import Mp3Format, frames_for
from podcast.types import Clip

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence
    from pathlib import Path

    from podcast.audio.levels import Section
    from podcast.audio.making import Maker
    from podcast.audio.recipe import Recipe
    from podcast.show import AudioSettings, MusicSettings
    from podcast.types import Measurement, Timeline

_ENCODER_MARGIN_DB = 2.6
"""Between what is encoded and the highest true peak allowed: what a lossy codec adds to peaks."""

_LOUDEST = 1_000
"""Of samples, full scale being 1: no file of music has louder ones, but for one that is damaged."""

_ATTEMPTS = 4


# ── music ───────────────────────────────────────────────────────────────────────────────────────────────


def load_music(files: Mapping[str, Path], settings: MusicSettings, audio: AudioSettings) -> dict[str, Clip]:
    """Decode the beginnings of the show's music, bring each to the same loudness, and name it by how it sounds."""
    music = {}
    for kind, path in files.items():
        longest_ms = layout.Music.longest_ms(kind, round(settings.lead_ms), round(settings.bed_ms))
        if not longest_ms:
            continue
        samples = ffmpeg.decode(path, audio.sample_rate_hz, audio.channels, longest_ms)
        if not (np.abs(samples) <= _LOUDEST).all():  # which is so of no NaN
            raise InputError(f"{path}: some of its samples are beyond all loudness, or no numbers. Use another file.")
        rate_hz, measured = audio.sample_rate_hz, energies(samples, audio.sample_rate_hz)
        factor = np.float32(from_db(gain_of(settings.loudness_lufs, of_steps(measured, len(samples), rate_hz))))
        level = samples * factor
        key = sha256_of(level.astype("<f4", copy=False).tobytes())
        music[kind] = Clip(key, level, rate_hz, measured * factor**2)
    return music


# ── the episode ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Sound:
    """A finished sound: where everything lies in it, what it measures, and what stands in its file."""

    timeline: Timeline
    measured: Measurement
    header: bytes
    recipes: tuple[Recipe, ...]


@dataclass(frozen=True, slots=True)
class Renderer:
    """Everything that stays the same between attempts at one episode."""

    sections: Sequence[Section]
    clips: Callable[[], Generator[Clip]]
    """Speaks, or reads, the sentences of all sections in their order; closed, it begins no more of them."""
    music: Mapping[str, Clip]
    audio: AudioSettings
    music_settings: MusicSettings
    maker: Maker

    def render(self) -> Sound:
        """Make every part of an episode that measures what the settings promise; what it did not need is removed.

        Raises OutsideError if a few corrected attempts do not reach it.
        """
        trim_db, used = 0.0, set[str]()
        for _ in range(_ATTEMPTS):
            sound = self._attempt(trim_db)
            used.update(map(part_key, sound.recipes))
            off_db = trim_for(sound.measured, self.audio)
            if not off_db:
                self.maker.store.keep_only(used)
                return sound
            trim_db += off_db
        raise OutsideError(
            f"The episode measures {sound.measured.loudness_lufs} LUFS, and turning it up or down does not bring it to "
            f"{self.audio.loudness_lufs}. Choose a quieter audio.loudness_lufs in show.toml."
        )

    def pour(self, sound: Sound, target: BinaryIO) -> None:
        """Write an MP3 without a tag."""
        target.write(sound.header)
        target.writelines(self.maker.part(recipe).mp3 for recipe in sound.recipes)

    def _attempt(self, trim_db: float) -> Sound:
        form = self._form()
        plan = layout.begin(form.mp3.rate_hz, self._music(trim_db), form.frame)
        with Making(self.maker, form) as making, contextlib.closing(self.clips()) as clips:
            for section in self.sections:
                spoken = [Spoken.of(clip) for clip in itertools.islice(clips, len(section.utterances))]
                own = sentences(section, spoken, self.audio, trim_db)
                is_last = section is self.sections[-1]
                plan = layout.add_segment(plan, section.chapter, own, last=is_last)
                if not is_last:
                    making.begin(plan)
            timeline = layout.finish(plan)
            making.begin(plan, frames_for(timeline.length, form.mp3.rate_hz) * form.frame)
            made = making.measures()
        header = joined([each.run for each in made], timeline.length, form.mp3)
        measured = measurement(made, timeline.length, form.mp3.rate_hz)
        return Sound(timeline, measured, header, tuple(making.recipes))

    def _form(self) -> Form:
        audio = self.audio
        mp3 = Mp3Format(audio.sample_rate_hz, audio.channels, audio.bitrate_kbps)
        return Form(mp3, audio.true_peak_dbtp - _ENCODER_MARGIN_DB, audio.true_peak_dbtp, tools())

    def _music(self, trim_db: float) -> layout.Music:
        lengths = {kind: len(clip.samples) for kind, clip in self.music.items()}
        intro, sting, outro = (lengths.get(kind, 0) for kind in ("intro", "sting", "outro"))
        own, names = self.music_settings, {kind: clip.key for kind, clip in self.music.items()}
        return layout.Music(intro, sting, outro, own.lead_ms, own.bed_ms, own.duck_db, names, trim_db)
