"""A source passage, read once: its sentences, tokens, clauses, quantities and names."""

from __future__ import annotations

import dataclasses
import functools
import math
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from podcast.writing.acronyms import definitions
from podcast.writing.grounding.names import KnownNames
from podcast.writing.grounding.quantities import Quantity, named_quantities, quantities
from podcast.writing.grounding.words import Token, clause_numbers, stem_of, tokens_of
from podcast.writing.sentences import split_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


_BRINGS = frozenset(
    """propose proposes introduce introduces present presents develop develops called named dubbed termed""".split()  # noqa: SIM905 - a list reads best as words
)
_LONGEST_HEAD = 40
_PART = re.compile(r"\S(?s:.{0,1199})(?=\s|\Z)|\S{1,1200}")
"""A sentence, or as much of one as is read at once: a table without a full stop is no sentence."""


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence: its text and where it stands in the whole, with all that was read in it."""

    text: str
    start: int
    tokens: tuple[Token, ...]
    clauses: tuple[int, ...]
    quantities: tuple[Quantity, ...]
    stems: frozenset[str]
    """Of the words that say something: kept, as every sentence of a script asks each of its source for them."""
    lower: str
    """All its words in small letters, a space between any two and around them; kept for the same reason."""

    @property
    def end(self) -> int:
        """Behind its last character."""
        return self.start + len(self.text)

    def words(self, first: int, last: int) -> str:
        """Return the text of tokens `first` to `last`, both included, as written."""
        return self.text[self.tokens[first].start : self.tokens[last].end]


def read_line(text: str, start: int = 0) -> Line:
    """Read one sentence."""
    line = _read(text)
    return dataclasses.replace(line, start=start) if start else line


@functools.lru_cache(maxsize=256)
def _read(text: str) -> Line:
    """Read it once: most sentences of a script stand in its source, too."""
    tokens = tokens_of(text)
    stems = frozenset(token.stem for token in tokens if token.is_content)
    lower = f" {' '.join(token.lower for token in tokens)} "
    return Line(text, 0, tokens, tuple(clause_numbers(tokens)), tuple(quantities(tokens)), stems, lower)


@dataclass(frozen=True, slots=True)
class Source:
    """A passage that sentences are looked up in."""

    text: str
    lines: tuple[Line, ...]
    names: KnownNames
    stems: frozenset[str] = field(default_factory=frozenset)
    own_names: frozenset[str] = field(default_factory=frozenset)
    """Stems of what the paper calls its own: names that it proposes, introduces or presents."""
    aliases: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By the stem of an acronym, those of the words it stands for."""
    rarity: Mapping[str, float] = field(default_factory=dict)
    """What each stem weighs: more, the fewer of the sentences have it."""

    def values(self) -> Iterator[tuple[Line, Quantity]]:
        """Yield each value with its sentence, those inside names too."""
        yield from self.quantities()
        for line in self.lines:
            for quantity in named_quantities(line.tokens):
                yield line, quantity

    def quantities(self) -> Iterator[tuple[Line, Quantity]]:
        """Yield each value with the sentence it stands in."""
        for line in self.lines:
            for quantity in line.quantities:
                yield line, quantity


@functools.lru_cache(maxsize=64)
def read_source(passage: str) -> Source:
    """Read a passage; its lines know where they stand in it."""
    lines = tuple(_lines(passage))
    tokens = [token for line in lines for token in line.tokens]
    stems = frozenset(token.stem for token in tokens if token.stem)
    own_names, aliases = frozenset(_own_names(lines)), _aliases(passage)
    return Source(passage, lines, KnownNames(passage, tokens), stems, own_names, aliases, _rarity(lines))


def _rarity(lines: Sequence[Line]) -> dict[str, float]:
    counts = Counter(stem for line in lines for stem in line.stems)
    return {stem: math.log((len(lines) + 1) / count) + 0.3 for stem, count in counts.items()}


def _aliases(passage: str) -> dict[str, frozenset[str]]:
    return {
        stem_of(short): frozenset(token.stem for token in tokens_of(each.long) if token.is_content)
        for short, each in definitions(passage).items()
    }


def _own_names(lines: Sequence[Line]) -> Iterator[str]:
    """Yield stems of names right behind "we propose" and the like, and of a title's head before its colon."""
    for line in lines:
        for at, token in enumerate(line.tokens):
            if token.lower in _BRINGS:
                yield from (each.stem for each in line.tokens[at + 1 : at + 9] if _looks_named(each))
    head, colon, _ = lines[0].text.partition(":") if lines else ("", "", "")
    if colon and len(head) < _LONGEST_HEAD:
        yield from (token.stem for token in read_line(head).tokens if _looks_named(token))


def _looks_named(token: Token) -> bool:
    return bool(token.stem) and any(sign.isupper() for sign in token.text[1:])


def _lines(passage: str) -> Iterator[Line]:
    at = 0
    for paragraph in passage.split("\n"):
        for sentence in split_sentences(paragraph):
            start = _place_of(sentence, passage, at)
            at = start + len(sentence)
            for part in _PART.finditer(passage, start, at):
                yield read_line(part[0], part.start())


def _place_of(sentence: str, passage: str, at: int) -> int:
    """Find a sentence whose white space was normalised; where that fails, go on from where the last one ended."""
    found = passage.find(sentence, at)
    return found if found >= 0 else min(at, len(passage))
