"""What ears that know no script hear of the real voice: jargon in carrier sentences, and a whole episode.

The ears are Whisper base, a small model that knows few names: what it writes for a name is right if a listed spelling
stands in it, or if it sounds like the name when it is read aloud in turn (Mila heard as Miele).
"""

from __future__ import annotations

import dataclasses
import itertools
import re
import subprocess
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jiwer
import numpy as np
import pytest
from conftest import skip

from podcast.check.listening import letters_of, not_heard, sentences_of
from podcast.errors import InputError
from podcast.outside import ffmpeg
from podcast.outside.ears import HeardWord, hear, packaged_model
from podcast.pipeline.episode import show_lexicon
from podcast.pipeline.saying import phonemes_of, plan_line
from podcast.speech.clips import speak, wav_bytes
from podcast.speech.engines import load_engine
from podcast.speech.lexicon import Lexicon, load_lexicon

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conftest import Podcast

    from podcast.check.listening import Sentence
    from podcast.pipeline.saying import Line
    from podcast.speech.engines import Engine
    from podcast.types import Samples

pytestmark = pytest.mark.slow

LEAST_HEARD = 0.95
MOST_JUDGED = 0.2
MOST_HEARD_UNAIDED = 0.8
"""Of the terms in the lexicon, where the voice is given them as they are written: four times as many are missed."""

PAUSE_S = 0.8
WINDOW_S = 27
"""Whisper listens to 30 s at once; a sentence across the border between two windows is often garbled."""

WORST_EPISODE = 0.004
WORST_SENTENCE = 0.04
COINED_IN_EPISODE = {"First up, Grokfast - Accelerated Grokking by Amplifying Slow Gradients."}
"""Sentences that are above only because ears spell a name in them their own way, a k as a c."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term, the sentence it stands in, and how a listener may write it down or the voice must pronounce it."""

    name: str
    sentence: str
    heard: tuple[str, ...] = ()
    phonemes: str = ""


def _terms() -> list[Term]:
    data = tomllib.loads((Path(__file__).parents[1] / "data" / "jargon.toml").read_text(encoding="utf-8"))
    return [_term(name, entry) for table in data.values() for name, entry in table.items()]


def _term(name: str, entry: dict[str, Any]) -> Term:
    return Term(name, entry["sentence"], tuple(entry.get("heard", ())), entry.get("phonemes", ""))


TERMS = _terms()
SPELLED = [term for term in TERMS if term.heard]
JUDGED = [term for term in TERMS if not term.heard]


@pytest.fixture(scope="module")
def ears(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the model that hears."""
    try:
        return packaged_model(tmp_path_factory.mktemp("ears"))
    except InputError as error:
        skip(str(error))
        raise


# ── jargon ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_sample_is_large_and_mostly_heard() -> None:
    """At least 200 terms, each in its sentence, at most a fifth judged by phonemes."""
    assert len(TERMS) >= 200
    assert len(JUDGED) <= MOST_JUDGED * len(TERMS)
    assert [term.name for term in TERMS if term.name not in term.sentence] == []
    assert [term.name for term in JUDGED if not term.phonemes] == []


def test_names_that_nobody_can_spell_by_ear_are_pronounced_as_they_should_be() -> None:
    """Judged by what the voice's network is given."""
    wrong = {}
    for term in JUDGED:
        said = phonemes_of(_line(term.sentence)) or ""
        if term.phonemes not in said:
            wrong[term.name] = said
    assert wrong == {}


def test_jargon_is_heard_as_it_is_written(ears: Path, tmp_path: Path) -> None:
    """From sound alone."""
    missed = _missed(SPELLED, ears, tmp_path)
    share = 1 - len(missed) / len(SPELLED)
    assert share >= LEAST_HEARD, f"{share:.1%} of {len(SPELLED)} heard; missed: {missed}"


def test_without_the_lexicon_the_same_ears_miss_many_of_its_terms(
    ears: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They can tell right from wrong: it is the lexicon that makes the terms heard."""
    lexicon = show_lexicon(None)
    known = {*dict(lexicon.entries), *dict(lexicon.phonemes)}
    terms = [term for term in SPELLED if term.name in known][::3]
    monkeypatch.setattr("podcast.pipeline.saying.show_lexicon", lambda _: Lexicon())
    sounds = [_sound(_line(term.sentence)) for term in terms]
    monkeypatch.undo()
    missed = _not_right(terms, sounds, ears, tmp_path)
    assert len(missed) > (1 - MOST_HEARD_UNAIDED) * len(terms), f"{len(missed)} of {len(terms)} missed"


def _missed(terms: Sequence[Term], ears: Path, folder: Path) -> dict[str, str]:
    return _not_right(terms, [_sound(_line(term.sentence)) for term in terms], ears, folder)


def _not_right(terms: Sequence[Term], sounds: Sequence[Samples], ears: Path, folder: Path) -> dict[str, str]:
    """Name the terms that were not heard, with what was heard in their place."""
    said = _heard(sounds, ears, folder)
    return {term.name: each for term, each in zip(terms, said, strict=True) if not _is_right(term, each)}


def _is_right(term: Term, said: str) -> bool:
    letters = re.sub(r"[^a-z0-9]", "", said.lower())
    return any(spelling in letters for spelling in term.heard) or _sounds(term.name) in _sounds(said)


@cache
def _sounds(text: str) -> str:
    """Phonemes of a text as listeners tell them apart: no stress, no boundaries, one weak vowel, one flapped t or d."""
    if not any(map(str.isalnum, text)):
        return ""
    said = phonemes_of(_line(text)) or ""
    return re.sub(r"[ˈˌː\s.,;:!?—…]", "", said).translate(str.maketrans("ᵊᵻɪɐʌɜTɾɔʊ", "əəəəəəddɑu"))


@cache
def _voice() -> Engine:
    """Loading it takes longer than the sentence."""
    return load_engine("hibari")


def _line(text: str) -> Line:
    return dataclasses.replace(plan_line(text, None, "heart"), engine=_voice())


def _sound(line: Line) -> Samples:
    return np.concatenate([speak(utterance, line.engine).sound for utterance in line.utterances])


RATE_HZ = 24_000


def _heard(sounds: Sequence[Samples], ears: Path, folder: Path) -> list[str]:
    """What is heard of each sentence, several in one sound file, by the times at which they stand in it."""
    return [text for batch in _windows(sounds) for text in _heard_together(batch, folder / "window.wav", ears)]


def _windows(sounds: Sequence[Samples]) -> Iterator[list[Samples]]:
    """Put whole sentences together, as many as are listened to at once."""
    batch: list[Samples] = []
    for sound in sounds:
        if sum(map(_seconds, [*batch, sound])) > WINDOW_S:
            yield batch
            batch = []
        batch.append(sound)
    yield batch


def _seconds(sound: Samples) -> float:
    return len(sound) / RATE_HZ + PAUSE_S


def _heard_together(sounds: list[Samples], path: Path, ears: Path) -> list[str]:
    """Nothing sounds behind the last of them: ears would listen to that for as long as to all of the rest."""
    pause = np.zeros(int(PAUSE_S * RATE_HZ), dtype=np.float32)
    path.write_bytes(wav_bytes(np.concatenate([part for sound in sounds for part in (pause, sound)]), RATE_HZ))
    words = hear(path, ears)
    ends_ms = [1000 * end for end in itertools.accumulate(map(_seconds, sounds))]
    starts_ms = [0.0, *ends_ms[:-1]]
    return [_between(words, start, end) for start, end in zip(starts_ms, ends_ms, strict=True)]


def _between(words: tuple[HeardWord, ...], start_ms: float, end_ms: float) -> str:
    """Ears place the first word of a sentence in the pause before it."""
    return " ".join(word.word for word in words if start_ms <= (word.start_ms + word.end_ms) / 2 < end_ms)


# ── a whole episode ─────────────────────────────────────────────────────────────────────────────────────


def test_a_whole_episode_is_heard_as_it_is_written(ears: Path, ten_papers: Podcast, tmp_path: Path) -> None:
    """Fifteen minutes with music: at most 0.4 % of the letters wrong, no sentence above 4 % but for coined names.

    What ears believe to hear in the music behind the last word does not count; nor what they hear of a sentence only
    as long as they listen on: at the ends of their windows they write words twice.
    """
    mp3 = ten_papers.episode() / "episode.mp3"
    sentences = sentences_of((ten_papers.episode() / "transcript.json").read_text(encoding="utf-8"))
    words = [word for word in hear(mp3, ears) if word.start_ms < sentences[-1].end_ms]
    lexicon = load_lexicon(ten_papers.folder / "voices" / "lexicon.toml")
    misheard = [found.sentence for found in not_heard(sentences, words, lexicon, above=WORST_SENTENCE, fewest=1)]
    for sentence in [*misheard, *heard_and_more(sentences, words)]:
        words = heard_alone(sentence, mp3, ears, tmp_path, words)
    written = letters_of(" ".join(sentence.text for sentence in sentences))
    heard = letters_of(" ".join(word.word for word in words))
    worse = {found.sentence.text: found.heard
             for found in not_heard(sentences, words, lexicon, above=WORST_SENTENCE, fewest=1)}  # fmt: skip
    assert jiwer.process_characters(written, heard).cer <= WORST_EPISODE, worse
    assert worse.keys() <= COINED_IN_EPISODE, worse


def heard_and_more(sentences: Sequence[Sentence], words: Sequence[HeardWord]) -> list[Sentence]:
    """Find sentences in whose time more was heard than they have, as words that were written twice."""
    return [
        sentence
        for sentence in sentences
        if len(letters_of(_between(tuple(words), sentence.start_ms, sentence.end_ms)))
        > (1 + WORST_SENTENCE) * len(letters_of(sentence.text))
    ]


def heard_alone(sentence: Sentence, mp3: Path, ears: Path, folder: Path, words: list[HeardWord]) -> list[HeardWord]:
    """Put what is heard of one sentence by itself in the place of what was heard of it in the whole."""
    start_ms, end_ms, part = max(0, sentence.start_ms - 200), sentence.end_ms + 200, folder / "part.mp3"
    cut = ["-ss", f"{start_ms / 1000}", "-to", f"{end_ms / 1000}", "-i", str(mp3), str(part)]
    subprocess.run([ffmpeg.executable(), "-y", "-loglevel", "error", *cut], check=True)
    second = [
        dataclasses.replace(word, start_ms=word.start_ms + start_ms, end_ms=word.end_ms + start_ms)
        for word in hear(part, ears)
    ]
    before = [word for word in words if (word.start_ms + word.end_ms) / 2 < sentence.start_ms]
    behind = [word for word in words if (word.start_ms + word.end_ms) / 2 >= sentence.end_ms]
    return [*before, *second, *behind]
