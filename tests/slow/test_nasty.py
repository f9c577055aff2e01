"""Titles and abstracts chosen for being hard: every sentence is said, and nothing of its markup is left."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from words_lost import lost

from podcast.speech.lexicon import load_lexicon
from podcast.speech.text import spoken, unspeakable
from podcast.writing.sentences import split_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow

LEXICON = load_lexicon(Path(__file__).parent.parent.parent / "voices" / "lexicon.toml")
SAYABLE = re.compile(r"[A-Za-z0-9À-ÿ .,;:!?()'—…$€£¥-]*")
MARKUP = re.compile(r"[\\{}_^~<>|*`#]|\$(?!\d)")
PAPERS = 89


def sentences(folder: Path) -> Iterator[str]:
    """Every sentence with something to say; a stop alone has nothing."""
    lines = (folder / "arxiv" / "nasty.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == PAPERS
    for line in lines:
        paper = json.loads(line)
        for text in (paper["title"], paper["abstract"]):
            yield from (sentence for sentence in split_sentences(text) if sentence.strip(" ."))


def test_every_sentence_is_said_without_its_markup(real_data: Path) -> None:
    """Words come out; no macro, brace, dollar sign or sign without a name is left, but letters of other scripts are."""
    for sentence in sentences(real_data):
        said = spoken(sentence, LEXICON)
        assert re.search(r"\w", said), sentence
        assert not MARKUP.search(said), f"{sentence!r} became {said!r}"
        assert unspeakable(sentence) or SAYABLE.fullmatch(said), f"{sentence!r} became {said!r}"


def test_words_of_other_scripts_are_named(real_data: Path) -> None:
    """Whoever reviews the script is told which words no English voice can say, and only those."""
    for sentence in sentences(real_data):
        foreign = [word for word in sentence.split() if re.search(r"[\u0400-\u1dff\u2e80-\ud7ff]", word)]
        named = unspeakable(sentence)
        assert all(any(word in given or given in word for given in named) for word in foreign), sentence
        assert bool(named) == bool(foreign), f"{sentence!r}: {named}"


def test_no_word_of_a_hard_paper_is_lost(real_data: Path) -> None:
    """Each word written is spoken, expanded by a table, or declared silent."""
    for sentence in sentences(real_data):
        assert_nothing_is_lost(sentence)


def test_no_word_of_hundreds_of_abstracts_is_lost(real_data: Path) -> None:
    """The same for papers that nobody chose."""
    lines = (real_data / "arxiv" / "abstracts_2024-06_2025-01.jsonl").read_text(encoding="utf-8").splitlines()
    papers = [json.loads(line) for line in random.Random(7).sample(lines, 400)]  # noqa: S311 - not a secret
    for paper in papers:
        for sentence in split_sentences(f"{paper['title']}. {paper['abstract']}"):
            assert_nothing_is_lost(sentence)


def assert_nothing_is_lost(sentence: str) -> None:
    """Name the sentence and the words that nobody hears."""
    said = spoken(sentence, LEXICON)
    assert not lost(sentence, said, LEXICON), f"{sentence!r} became {said!r}"
