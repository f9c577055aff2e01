"""Headings to a tree of sections."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from podcast.papers.reading.blocks import Block, Heading
from podcast.papers.reading.lines import Line, plain, title_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


@dataclass(slots=True)
class Section:
    """A heading with the blocks right below it, and the sections within."""

    heading: Heading
    body: list[Block] = field(default_factory=list)
    parts: list[Section] = field(default_factory=list)

    @property
    def line(self) -> Line:
        """The heading's words."""
        return self.heading.line

    @property
    def name(self) -> str:
        """The heading as people would name the section."""
        return title_of(self.line) or plain(self.line)

    def blocks(self) -> Iterator[Block]:
        """Yield everything below the heading, headings of parts included."""
        yield from self.body
        for part in self.parts:
            yield part.heading
            yield from part.blocks()


def outline(blocks: Iterable[Block]) -> tuple[list[Block], list[Section]]:
    """Return what stands before the first heading, and the outermost sections."""
    preamble: list[Block] = []
    roots: list[Section] = []
    nested: list[Section] = []
    for block in blocks:
        if not isinstance(block, Heading):
            (nested[-1].body if nested else preamble).append(block)
            continue
        while nested and nested[-1].heading.level >= block.level:
            nested.pop()
        section = Section(block)
        (nested[-1].parts if nested else roots).append(section)
        nested.append(section)
    return preamble, roots


def names(sections: Sequence[Section]) -> list[str]:
    """List the headings of some sections."""
    return [section.name for section in sections]
