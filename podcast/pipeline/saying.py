"""Trying out: one line spoken, and the voices there are. Works without a show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from podcast import files
from podcast.errors import InputError
from podcast.pipeline.episode import show_lexicon
from podcast.show import starter_voices
from podcast.speech import plan
from podcast.speech.clips import speak, wav_bytes
from podcast.speech.engines import load_engine, phonetic
from podcast.speech.text import spoken
from podcast.speech.voice import load_voice, profiles

if TYPE_CHECKING:
    from pathlib import Path

    from podcast.show import Show
    from podcast.speech.engines import Engine
    from podcast.types import Utterance, Voice

_DEFAULT_VOICE = "heart"


@dataclass(frozen=True, slots=True)
class Line:
    """A text ready to be spoken."""

    written: str
    spoken: str
    """In words that any English voice could be given."""
    utterances: tuple[Utterance, ...]
    voice: Voice
    engine: Engine


def plan_line(text: str, show: Show | None, voice: str | None) -> Line:
    """Plan a text; InputError if it cannot be spoken or the voice is not there."""
    folder = show.voices if show else starter_voices()
    profile = load_voice(voice or (show.settings.speech.voice if show else _DEFAULT_VOICE), folder)
    engine, lexicon = load_engine(profile.engine), show_lexicon(show)
    utterances = plan.say(text, profile, lexicon, phonetic({profile.engine: engine}))
    words = " ".join(spoken(utterance.written, lexicon) for utterance in utterances)
    return Line(" ".join(text.split()), words, utterances, profile, engine)


def phonemes_of(line: Line) -> str | None:
    """Say how its voice pronounces a line, if it can tell; that loads the voice."""
    pieces = (piece for utterance in line.utterances for piece in utterance.pieces)
    found = [line.engine.phonemes(piece, line.voice) for piece in pieces]
    return " ".join(filter(None, found)) or None


def speak_line(line: Line, path: Path) -> int:
    """Write a WAV file and return its length in ms. InputError if the voice is not ready."""
    if problem := line.engine.ready(line.voice):
        raise InputError(f"Voice {line.voice.name} is not ready: {problem}")
    rate_hz = line.engine.rate_hz
    pause = np.zeros(rate_hz * line.voice.pauses.sentence_ms // 1000, dtype=np.float32)
    clips = [speak(utterance, line.engine).samples for utterance in line.utterances]
    sound = np.concatenate([part for clip in clips for part in (clip, pause)][:-1])
    files.write_bytes(path, wav_bytes(sound, rate_hz))
    return round(1000 * len(sound) / rate_hz)


def list_voices(show: Show | None) -> list[Voice]:
    """All voices, by name."""
    folder = show.voices if show else starter_voices()
    return [load_voice(name, folder) for name in sorted(profiles(folder))]
