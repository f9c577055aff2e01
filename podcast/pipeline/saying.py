"""Trying out: one line spoken, and the voices there are. Works without a show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from podcast import files
from podcast.pipeline.episode import show_lexicon
from podcast.show import starter_voices
from podcast.speech import plan
from podcast.speech.clips import speak, wav_bytes
from podcast.speech.engines import load_engine, phonetic
from podcast.speech.voice import load_voice, profiles

if TYPE_CHECKING:
    from pathlib import Path

    from podcast.show import Show
    from podcast.types import Utterance, Voice

_DEFAULT_VOICE = "heart"


@dataclass(frozen=True, slots=True)
class Line:
    """A text ready to be spoken."""

    utterances: tuple[Utterance, ...]
    voice: Voice

    @property
    def spoken(self) -> str:
        """What the engine is given."""
        return " ".join(piece.text for utterance in self.utterances for piece in utterance.pieces)


def plan_line(text: str, show: Show | None, voice: str | None) -> Line:
    """Plan a text; InputError if it cannot be spoken or the voice is not there."""
    folder = show.voices if show else starter_voices()
    profile = load_voice(voice or (show.settings.speech.voice if show else _DEFAULT_VOICE), folder)
    known = phonetic({profile.engine: load_engine(profile.engine)})
    return Line(plan.say(text, profile, show_lexicon(show), known), profile)


def speak_line(line: Line, path: Path) -> int:
    """Write a WAV file and return its length in ms."""
    engine = load_engine(line.voice.engine)
    pause = np.zeros(engine.rate_hz * line.voice.pauses.sentence_ms // 1000, dtype=np.float32)
    clips = [speak(utterance, engine).samples for utterance in line.utterances]
    sound = np.concatenate([part for clip in clips for part in (clip, pause)][:-1])
    files.write_bytes(path, wav_bytes(sound, engine.rate_hz))
    return round(1000 * len(sound) / engine.rate_hz)


def list_voices(show: Show | None) -> list[Voice]:
    """All voices, by name."""
    folder = show.voices if show else starter_voices()
    return [load_voice(name, folder) for name in sorted(profiles(folder))]
