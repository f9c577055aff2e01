"""One episode's sound: clips and music by the timeline, through one encoder, measured and if need be corrected."""

from __future__ import annotations

import dataclasses
import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from podcast.audio import timeline as layout
from podcast.audio.loudness import from_db, gain_to, gains_db, levelled, rounded_db
from podcast.audio.meter import energies, of_steps
from podcast.audio.mix import Mixer, in_channels, resampled
from podcast.errors import InputError, OutsideError
from podcast.outside import ffmpeg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from podcast.audio.meter import Envelope
    from podcast.show import AudioSettings, MusicSettings
    from podcast.types import Chapter, Clip, Cue, Measurement, Samples, Timeline, Utterance

LOUDNESS_TOLERANCE_LU = 0.4
_SPEECH_ABOVE_LU = 0.2
"""What speech is louder than its episode, in which softer music and the edges of pauses count, too."""

_DUAL_MONO_LU = 3.01
"""The same sound on two channels measures this much louder (BS.1770 sums the channels' power)."""

_ENCODER_MARGIN_DB = 2.6
"""Between the encoder's limiter and the highest true peak allowed: what a lossy codec adds to peaks."""

_METER_TOLERANCE_DB = 0.1
"""True-peak meters differ by their oversampling: what one reads as the limit another may read above it."""

_LOUDEST = 1_000
"""Of samples, full scale being 1: no file of music has louder ones, but for one that is damaged."""

_ATTEMPTS = 4
_BLOCK_FRAMES = 1 << 18


@dataclass(frozen=True, slots=True)
class Part:
    """One segment of a script as sound needs it."""

    chapter: Chapter
    utterances: tuple[Utterance, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """What an attempt that missed its target changes for the next."""

    trim_db: float = 0.0
    ceiling_db: float = 0.0


# ── music ───────────────────────────────────────────────────────────────────────────────────────────────


def load_music(files: Mapping[str, Path], settings: MusicSettings, audio: AudioSettings) -> dict[str, Samples]:
    """Decode the beginnings of the show's music and bring each to the same loudness."""
    music = {}
    for kind, path in files.items():
        longest_ms = layout.Music.longest_ms(kind, round(settings.lead_ms), round(settings.bed_ms))
        if not longest_ms:
            continue
        samples = ffmpeg.decode(path, audio.sample_rate_hz, audio.channels, longest_ms)
        if not (np.abs(samples) <= _LOUDEST).all():  # which is so of no NaN
            raise InputError(f"{path}: some of its samples are beyond all loudness, or no numbers. Use another file.")
        gain_db = gain_to(settings.loudness_lufs, samples, audio.sample_rate_hz)
        music[kind] = samples * np.float32(from_db(gain_db))
    return music


# ── the episode ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Renderer:
    """Everything that stays the same between attempts at one episode."""

    parts: Sequence[Part]
    clips: Callable[[], Iterator[Clip]]
    music: Mapping[str, Samples]
    audio: AudioSettings
    music_settings: MusicSettings

    def render(self, path: Path) -> tuple[Timeline, Measurement]:
        """Write an MP3 without tags that measures what the settings promise.

        Raises OutsideError if a few corrected attempts do not reach it.
        """
        correction = Correction()
        for _ in range(_ATTEMPTS):
            timeline, measured = self._attempt(path, correction)
            better = corrected(correction, measured, self.audio)
            if better == correction:
                _check_length(timeline, measured, path)
                return timeline, measured
            correction = better
        raise OutsideError(
            f"The episode measures {measured.loudness_lufs} LUFS and {measured.true_peak_dbtp} dBTP, and turning it up "
            f"or down does not bring it to {self.audio.loudness_lufs} and {self.audio.true_peak_dbtp}. "
            "Choose a quieter audio.loudness_lufs in show.toml."
        )

    def _attempt(self, path: Path, correction: Correction) -> tuple[Timeline, Measurement]:
        clips = self.clips()
        plan = layout.begin(self.audio.sample_rate_hz, self._layout())
        mixer = Mixer(self.audio.channels)
        with ffmpeg.mp3_writer(path, self._format(correction)) as mp3:
            for part in self.parts:
                own = list(itertools.islice(clips, len(part.utterances)))
                speech = self._speech(part, own, correction)
                known = len(plan.cues)
                plan = self._place(plan, part, speech)
                self._mix(mixer, plan.cues[known:], speech, correction)
                _pour(mixer, mp3, plan.speech_end)
            timeline = layout.finish(plan)
            _pour(mixer, mp3, timeline.length)
            return timeline, mp3.close()

    def _format(self, correction: Correction) -> ffmpeg.Mp3Format:
        audio = self.audio
        return ffmpeg.Mp3Format(
            audio.sample_rate_hz, audio.channels, audio.bitrate_kbps, self._ceiling_dbfs(correction)
        )

    def _ceiling_dbfs(self, correction: Correction) -> float:
        return self.audio.true_peak_dbtp - _ENCODER_MARGIN_DB + correction.ceiling_db

    def _layout(self) -> layout.Music:
        intro, sting, outro = (len(self.music.get(kind, ())) for kind in ("intro", "sting", "outro"))
        settings = self.music_settings
        return layout.Music(intro, sting, outro, settings.lead_ms, settings.bed_ms, settings.duck_db)

    def _place(self, plan: layout.Plan, part: Part, speech: Sequence[Samples]) -> layout.Plan:
        sentences = [
            layout.Sentence(
                len(samples), utterance.paragraph_index, utterance.written, utterance.speaker, utterance.voice.pauses
            )
            for utterance, samples in zip(part.utterances, speech, strict=True)
        ]
        return layout.add_segment(plan, part.chapter, sentences, last=part is self.parts[-1])

    def _speech(self, part: Part, clips: Sequence[Clip], correction: Correction) -> list[Samples]:
        """A segment's sentences at the episode's rate, each voice in it brought to the target by its own measure."""
        speech_lufs = self.audio.loudness_lufs + _SPEECH_ABOVE_LU
        target_lufs = speech_lufs + correction.trim_db - _DUAL_MONO_LU * (self.audio.channels - 1)
        speech: dict[int, Samples] = {}
        for voice in dict.fromkeys(utterance.voice for utterance in part.utterances):
            chosen = [index for index, utterance in enumerate(part.utterances) if utterance.voice == voice]
            envelopes = [_envelope(clips[index]) for index in chosen]
            for index, gain_db in zip(chosen, gains_db(envelopes, target_lufs + voice.gain_db), strict=True):
                clip = clips[index]
                level = levelled(clip.samples, gain_db, self._ceiling_dbfs(correction), clip.rate_hz)
                speech[index] = resampled(level, clip.rate_hz, self.audio.sample_rate_hz)
        return [speech[index] for index in range(len(clips))]

    def _mix(self, mixer: Mixer, cues: Sequence[Cue], speech: Sequence[Samples], correction: Correction) -> None:
        sentences = iter(speech)
        for cue in cues:
            if cue.kind == "speech":
                mixer.add(cue, in_channels(next(sentences), self.audio.channels))
            else:
                mixer.add(cue, self.music[cue.kind] * np.float32(from_db(correction.trim_db)))


def _envelope(clip: Clip) -> Envelope:
    return of_steps(energies(clip.samples, clip.rate_hz), len(clip.samples), clip.rate_hz)


def _pour(mixer: Mixer, mp3: ffmpeg.Mp3Writer, until: int) -> None:
    """Encode what is ready, in blocks: memory does not grow with the length of a segment."""
    while mixer.taken < until:
        mp3.write(mixer.take(min(mixer.taken + _BLOCK_FRAMES, until)))


def corrected(correction: Correction, measured: Measurement, audio: AudioSettings) -> Correction:
    """What to change after a measurement; the same correction where nothing is amiss."""
    off_lu = audio.loudness_lufs - measured.loudness_lufs
    over_db = measured.true_peak_dbtp - (audio.true_peak_dbtp - _METER_TOLERANCE_DB)
    trim_db = rounded_db(off_lu) if abs(off_lu) > LOUDNESS_TOLERANCE_LU and math.isfinite(off_lu) else 0.0
    lower_db = rounded_db(over_db + 0.2) if over_db > 0 else 0.0
    return dataclasses.replace(
        correction, trim_db=correction.trim_db + trim_db, ceiling_db=correction.ceiling_db - lower_db
    )


def _check_length(timeline: Timeline, measured: Measurement, path: Path) -> None:
    if measured.frames != timeline.length:
        raise OutsideError(
            f"{path.name} decodes to {measured.frames} samples but {timeline.length} were written. "
            "Use another ffmpeg with PODCAST_FFMPEG, or unset it to use the one that comes with this program."
        )
