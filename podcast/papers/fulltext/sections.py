"""Blocks to sections: what stands below each heading, and which of them are left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from podcast.papers.fulltext.blocks import are_aligned
from podcast.papers.fulltext.headings import is_known, is_list, is_references, kind_of, numbering
from podcast.papers.fulltext.paragraphs import Text, paragraphs
from podcast.papers.fulltext.titles import headings, split_run_ins
from podcast.types import Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast.papers.fulltext.blocks import Block
    from podcast.papers.fulltext.layout import Measure

ABSTRACT = "Abstract"
_ENTRY = re.compile(r"\[(\d{1,3})\]\s+\S")
_FEWEST_ENTRIES = 4
_FEWEST_ABSTRACT_WORDS = 18
_ABSTRACT_WITHIN_PAGES = 3


@dataclass(slots=True)
class _Part:
    """A heading and the blocks below it."""

    title: str
    page: int
    size: float = 0.0
    blocks: list[Block] = field(default_factory=list)


def sections(blocks: Sequence[Block], text: Text, usual: Measure, title_lines: int) -> tuple[Section, ...]:
    """Make the sections of a paper; the first `title_lines` blocks hold its title."""
    blocks = split_run_ins(blocks[title_lines:], usual)
    parts = _parts(blocks, headings(blocks, usual))
    made = [Section(part.title, paragraphs(part.blocks, text, usual)) for part in _told(parts)]
    following = [*made[1:], None]
    return tuple(one for one, after in zip(made, following, strict=True) if one.paragraphs or _is_chapter(one, after))


def _is_chapter(section: Section, following: Section | None) -> bool:
    """Whether a heading without text is that of what follows: 3 before 3.1."""
    number = numbering(section.title)[0].rstrip(".:")
    return bool(number) and following is not None and numbering(following.title)[0].startswith(f"{number}.")


def _parts(blocks: Sequence[Block], are_headings: Sequence[bool]) -> list[_Part]:
    parts = [_Part("", 0)]
    last: Block | None = None
    for block, is_heading in zip(blocks, are_headings, strict=True):
        if not is_heading:
            parts[-1].blocks.append(block)
        elif last is not None and _continues(last, block) and not parts[-1].blocks:
            parts[-1].title = f"{parts[-1].title} {block.text}"
        else:
            parts.append(_Part(block.text, block.lines[0].page, block.lines[0].size))
        last = block if is_heading else None
    return parts


def _continues(last: Block, block: Block) -> bool:
    """Whether a heading goes on in the next block: alike, close below, and without a number of its own."""
    is_alike = abs(last.lines[0].size - block.lines[0].size) < 0.1 and last.lines[0].is_bold == block.lines[0].is_bold  # noqa: PLR2004
    is_close = block.above < 1.6 and are_aligned(last.lines[-1], block.lines[0])  # noqa: PLR2004
    return is_alike and is_close and not numbering(block.text)[0] and not is_known(block.text)


def _told(parts: Sequence[_Part]) -> list[_Part]:
    """Leave out what stands before the abstract, the references and lists; find an abstract that has no heading."""
    first = _abstract(parts)
    kept = [replace(parts[first], title=ABSTRACT), *parts[first + 1 :]] if first is not None else _without_front(parts)
    told: list[_Part] = []
    out: _Part | None = None
    for part in kept:
        if is_references(part.title) or is_list(part.title):
            out = part
        elif out is None or part.size >= out.size - 0.1 or is_known(part.title) or _is_numbered(part.title):
            out = None
            told.append(replace(part, blocks=_without_entries(part.blocks)))
    return told


def _is_numbered(title: str) -> bool:
    """Whether it is a numbered heading and no entry of a table of contents, which ends in a page's number."""
    return numbering(title)[0][:1].isdigit() and not title[-1].isdigit()


def _without_entries(blocks: Sequence[Block]) -> list[Block]:
    """Leave out references that have no heading: entries that count on, [1] … [2] …, and what stands between them."""
    found: list[tuple[int, int]] = []
    number = 0
    for place, block in enumerate(blocks):
        for at, line in enumerate(block.lines):
            entry = _ENTRY.match(line.text)
            if entry and (not found or int(entry[1]) == number + 1):
                found.append((place, at))
                number = int(entry[1])
    if len(found) < _FEWEST_ENTRIES:
        return list(blocks)
    (first, at), (last, _) = found[0], found[-1]
    before = [replace(blocks[first], lines=blocks[first].lines[:at])] if at else []
    return [*blocks[:first], *before, *blocks[last + 1 :]]


def _abstract(parts: Sequence[_Part]) -> int | None:
    """Find the abstract: before the introduction and any section with a number, for a summary may stand anywhere."""
    for place, part in enumerate(parts):
        if numbering(part.title)[0] or kind_of(part.title) == "introduction" or part.page > _ABSTRACT_WITHIN_PAGES:
            return None
        if kind_of(part.title) == "abstract":
            return place
    return None


def _without_front(parts: Sequence[_Part]) -> list[_Part]:
    """Take what stands before the first heading as the abstract if it is prose, else leave names and addresses out."""
    front, *rest = parts
    prose = [block for block in front.blocks if _counts_as_prose(block)]
    if not rest:
        return [front]
    return [_Part(ABSTRACT, 1, blocks=prose), *rest] if prose else rest


def _counts_as_prose(block: Block) -> bool:
    words = block.text.split()
    little = sum(word.islower() for word in words)
    return block.role == "text" and len(words) >= _FEWEST_ABSTRACT_WORDS and little > len(words) / 2
