"""How a text sounds, in numbers: what `podcast check` prints, and what writers aim at."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.writing.acronyms import acronyms_of, definitions, says
from podcast.writing.sentences import split_sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast.types import Segment

MEDIAN_WORDS = 24
"""Of the sentences of a segment: half of them have no more."""

LONG_WORDS = 35
_LONG_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Style:
    """A segment's sentences in numbers, and its acronyms."""

    words: int
    sentences: int
    median_words: float
    longest_words: int
    acronyms: tuple[str, ...]
    explained: tuple[str, ...]
    """Those of the acronyms that the segment explains itself."""


def heard_words(sentence: str) -> int:
    """How many words are heard of a sentence: a dash between two of them is none."""
    return sum(any(map(str.isalnum, word)) for word in sentence.split())


def style_of(segment: Segment, passage: str = "") -> Style:
    """Measure what is spoken of a segment; `passage`, its source, helps to know what an acronym stands for."""
    texts = [paragraph.text for paragraph in segment.paragraphs]
    counts = [heard_words(sentence) for text in texts for sentence in split_sentences(text)]
    acronyms = acronyms_of(" ".join(texts))
    return Style(
        words=sum(counts),
        sentences=len(counts),
        median_words=statistics.median(counts) if counts else 0,
        longest_words=max(counts, default=0),
        acronyms=acronyms,
        explained=tuple(name for name in acronyms if explains(" ".join(texts), name, passage)),
    )


def explains(text: str, name: str, passage: str = "") -> bool:
    """Whether a text says what an acronym stands for: as its source does, in brackets, or in a sentence of its own."""
    known = definitions(passage).get(name) or definitions(text).get(name)
    if known and says(text, known.long):
        return True
    return any(f"{name}{verb}" in text for verb in ("s are ", " stands for ", ", short for ", ", which stands for "))


def long_sentences(sentences: Sequence[str]) -> list[str]:
    """Those of more than 35 words, where they are more than one in twenty, and more than one."""
    found = [sentence for sentence in sentences if heard_words(sentence) > LONG_WORDS]
    return found if len(found) > max(1, int(_LONG_SHARE * len(sentences))) else []


def is_easy(sentences: Sequence[str]) -> bool:
    """Whether sentences are short enough for the ear: 24 words at the median, hardly any above 35."""
    counts = [heard_words(sentence) for sentence in sentences]
    return (statistics.median(counts) if counts else 0) <= MEDIAN_WORDS and not long_sentences(sentences)
