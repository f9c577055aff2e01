"""Blocks to paragraphs of prose, with what stands between them sorted out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from podcast.papers.identifiers import arxiv_id
from podcast.papers.reading.blocks import Block, Heading, Table, Text, Unspoken
from podcast.papers.reading.furniture import stands_alone
from podcast.papers.reading.lines import Line, identifiers, links, plain, without_numbering, without_separator, words
from podcast.papers.reading.metadata import read_metadata, read_names
from podcast.types import Paper

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_PAPER = {"paper", "pdf", "preprint"}
_MAX_CELLS = 6


@dataclass(slots=True)
class Reading:
    """What some blocks say: prose, and beside it links, authors and things nobody can read aloud."""

    title: str = ""
    paragraphs: list[str] = field(default_factory=list)
    metadata: list[Line] = field(default_factory=list)
    """Lines that only hold links, authors and dates."""
    prose: list[Line] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    unspoken: list[str] = field(default_factory=list)

    def read(self, blocks: Iterable[Block]) -> Reading:
        """Read some more blocks."""
        for block in blocks:
            if isinstance(block, Text):
                self._read_text(block)
            elif isinstance(block, Heading):
                self._add(_as_sentence(block.line), [block.line])
            else:
                self.unspoken.append(describe(block))
        return self

    def _read_text(self, block: Text) -> None:
        texts = [plain(line) for line in block.lines]
        kept = [
            index
            for index, line in enumerate(block.lines)
            if not (stands_alone(texts, index) and self._is_metadata(line))
        ]
        self._add(" ".join(texts[index] for index in kept), [block.lines[index] for index in kept])

    def _add(self, text: str, lines: Sequence[Line]) -> None:
        text = without_separator(text)
        self.prose.extend(lines)
        if words(text):
            self.paragraphs.append(text)

    def _is_metadata(self, line: Line) -> bool:
        found = read_metadata(line, self.title)
        if found is None and self.title and not self.paragraphs:
            found = read_names(line)
        if found is None:
            return False
        self.metadata.append(line)
        self.authors.extend(found.authors)
        return True


def describe(block: Table | Unspoken) -> str:
    """Say what cannot be read aloud."""
    if isinstance(block, Unspoken):
        return block.text
    cells = (" ".join(plain(line) for line in cell) for cell in block.rows[0])
    return f"table: {', '.join([cell for cell in cells if cell][:_MAX_CELLS])}"


def _as_sentence(heading: Line) -> str:
    text = without_numbering(plain(heading)).rstrip(":")
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def build_paper(title: str, head: Sequence[Line], blocks: Iterable[Block], more: Sequence[str] = ()) -> Paper:
    """Make a paper of its title, the lines that introduce it, and the blocks below; `more` is also not spoken."""
    reading = Reading(title).read(blocks)
    return Paper(
        title=title,
        paragraphs=tuple(reading.paragraphs),
        arxiv_id=_first_identifier([*head, *reading.metadata], reading.prose),
        authors=tuple(dict.fromkeys(reading.authors)),
        links=links([*head, *reading.metadata, *reading.prose]),
        unspoken=(*more, *reading.unspoken),
    )


def _first_identifier(head: Sequence[Line], prose: Sequence[Line]) -> str | None:
    """Find the paper's own arXiv id, not one of a work that its text compares with."""
    found = next((identifier for line in head for identifier in identifiers(line)), None)
    if found or any(span.url and _PAPER & set(words(span.text.lower())) for line in head for span in line):
        return found
    linked = (arxiv_id(span.url) for line in prose for span in line)
    said = (identifier for line in prose[:1] for identifier in identifiers(line))
    return next(filter(None, said), None) or next(filter(None, linked), None)
