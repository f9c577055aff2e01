"""Sentences of a segment as they are placed: how long each is, and what brings it to the level of the episode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.audio.loudness import gains_db
from podcast.audio.meter import energies, of_steps
from podcast.audio.mix import length_at
from podcast.audio.timeline import Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast.audio.meter import Envelope
    from podcast.show import AudioSettings
    from podcast.types import Chapter, Clip, Utterance

_SPEECH_ABOVE_LU = 0.2
"""What speech is louder than its episode, in which softer music and the edges of pauses count, too."""

_DUAL_MONO_LU = 3.01
"""The same sound on two channels measures this much louder (BS.1770 sums the channels' power)."""


@dataclass(frozen=True, slots=True)
class Section:
    """One segment of a script as sound needs it."""

    chapter: Chapter
    utterances: tuple[Utterance, ...]


@dataclass(frozen=True, slots=True)
class Spoken:
    """What has to be known of a clip before it is mixed."""

    key: str
    length: int
    rate_hz: int
    envelope: Envelope

    @staticmethod
    def of(clip: Clip) -> Spoken:
        """Take it from a clip, whose samples are then needed no longer."""
        return Spoken(clip.key, len(clip.samples), clip.rate_hz, envelope_of(clip))


def envelope_of(clip: Clip) -> Envelope:
    """Return how much sound there is in a clip, from what was measured of it when it was made."""
    measured = energies(clip.sound, clip.rate_hz) if clip.energies is None else clip.energies
    return of_steps(measured, len(clip.samples), clip.rate_hz)


def sentences(section: Section, spoken: Sequence[Spoken], audio: AudioSettings, trim_db: float) -> list[Sentence]:
    """Bring each voice of a segment to the target by its own measure; nothing else of the episode matters."""
    speech_lufs = audio.loudness_lufs + _SPEECH_ABOVE_LU + trim_db - _DUAL_MONO_LU * (audio.channels - 1)
    gains: dict[int, float] = {}
    for voice in dict.fromkeys(utterance.voice for utterance in section.utterances):
        chosen = [index for index, utterance in enumerate(section.utterances) if utterance.voice == voice]
        own = gains_db([spoken[index].envelope for index in chosen], speech_lufs + voice.gain_db)
        gains.update(zip(chosen, own, strict=True))
    return [
        _sentence(utterance, clip, gains[index], audio.sample_rate_hz)
        for index, (utterance, clip) in enumerate(zip(section.utterances, spoken, strict=True))
    ]


def _sentence(utterance: Utterance, clip: Spoken, gain_db: float, rate_hz: int) -> Sentence:
    return Sentence(
        length_at(clip.length, clip.rate_hz, rate_hz),
        utterance.paragraph_index,
        utterance.written,
        utterance.speaker,
        utterance.voice.pauses,
        clip.key,
        gain_db,
    )
