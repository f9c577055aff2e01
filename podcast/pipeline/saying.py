"""Trying out: one line spoken, and the voices there are. Works without a show."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from podcast import files
from podcast.errors import InputError
from podcast.pipeline.costs import payer
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
    from podcast.spending import Ledger
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
    if line.engine.ready(line.voice):
        return None
    pieces = (piece for utterance in line.utterances for piece in utterance.pieces)
    found = [line.engine.phonemes(piece, line.voice) for piece in pieces]
    return " ".join(filter(None, found)) or None


def speak_line(line: Line, path: Path, ledger: Ledger) -> int:
    """Write a WAV file and return its length in ms. InputError if the voice is not ready, or costs too much."""
    if problem := line.engine.ready(line.voice):
        raise InputError(f"Voice {line.voice.name} is not ready: {problem}")
    rate_hz = line.engine.rate_hz
    pause = np.zeros(rate_hz * line.voice.pauses.sentence_ms // 1000, dtype=np.float32)
    paid = payer({line.voice.engine: line.engine}, ledger, "say", ["say"])
    clips = [speak(utterance, line.engine, paid).sound for utterance in line.utterances]
    sound = np.concatenate([part for clip in clips for part in (clip, pause)][:-1])
    files.write_bytes(path, wav_bytes(sound, rate_hz))
    return round(1000 * len(sound) / rate_hz)


@dataclass(frozen=True, slots=True)
class Offer:
    """A voice that can be chosen: what a minute of it costs, and what is missing before it can speak."""

    voice: Voice
    usd_per_minute: float
    missing: str | None

    @property
    def document(self) -> dict[str, Any]:
        """For programs: the profile, and what it costs and lacks."""
        return dataclasses.asdict(self.voice) | {"usd_per_minute": self.usd_per_minute, "missing": self.missing}

    @property
    def line(self) -> str:
        """For people."""
        price = f"{self.usd_per_minute:.3f} USD a minute" if self.usd_per_minute else "free"
        missing = f". Not ready: {self.missing}" if self.missing else ""
        return f"{self.voice.name:12} {self.voice.engine:8} {price:18} {self.voice.description}{missing}"


def offered_voices(show: Show | None) -> tuple[list[Offer], list[str]]:
    """All voices by name, and what is wrong with each profile that cannot be read: it hides none of the others."""
    folder = show.voices if show else starter_voices()
    offers, problems = [], []
    for name in sorted(profiles(folder)):
        try:
            offers.append(_offer(load_voice(name, folder)))
        except InputError as error:
            problems.append(f"Voice {name}: {error}")
    return offers, problems


def _offer(voice: Voice) -> Offer:
    engine = load_engine(voice.engine)
    return Offer(voice, engine.usd_per_minute(voice), engine.ready(voice))
