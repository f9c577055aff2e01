"""Papers without headings: list items and paragraphs that begin with a title or carry an arXiv link."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from podcast.papers.identifiers import MENTION, address
from podcast.papers.reading.blocks import Block, Table, Text
from podcast.papers.reading.headings import is_part
from podcast.papers.reading.lines import (
    SEPARATORS,
    Line,
    identifiers,
    is_label,
    plain,
    split_title,
    text_of,
    title_of,
    without_numbering,
    words,
)
from podcast.papers.reading.metadata import read_metadata
from podcast.papers.reading.paragraphs import build_paper
from podcast.papers.reading.tables import papers_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from podcast.types import Paper

_END_OF_TITLE = re.compile(r"[.?!](?=\s)|:\s|\s[-–—]\s")
_MIN_LABEL_WORDS = 3
_MAX_TITLE = 200


@dataclass(slots=True)
class Listing:
    """What some blocks without headings say: something before the papers, the papers, something after them."""

    before: list[Block] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)
    after: list[Block] = field(default_factory=list)
    has_identifiers: bool = False
    """Whether one of its list items or paragraphs carries an arXiv id."""
    is_marked: bool = True
    """Whether each of its papers is a list item or begins with a bold or linked title."""
    has_table: bool = False
    """Whether some of its papers stand in a table."""


@dataclass(slots=True)
class _Entry:
    title: str
    line: Line
    depth: int
    led: bool
    """Whether it begins with a bold or linked title."""
    blocks: list[Block]

    def outside(self) -> list[Block]:
        """List what stands behind the list that this is an item of."""
        return [block for block in self.blocks[1:] if isinstance(block, Text) and not block.depth] if self.depth else []


def read_listing(blocks: Iterable[Block]) -> Listing:
    """Sort blocks without headings into papers and what stands around them."""
    listing = Listing()
    entries: list[_Entry] = []
    for block in blocks:
        rows = papers_of(block) if isinstance(block, Table) else ()
        entry = _entry(block, entries) if isinstance(block, Text) else None
        if rows:
            _close(listing, entries)
            listing.papers.extend(rows)
            listing.has_table = True
        elif entry:
            listing.has_identifiers = listing.has_identifiers or _has_identifier(block)
            listing.is_marked = listing.is_marked and (entry.led or entry.depth > 0)
            entries.append(entry)
        elif entries:
            entries[-1].blocks.append(block)
        else:
            (listing.after if listing.papers else listing.before).append(block)
    _close(listing, entries)
    return listing


def _close(listing: Listing, entries: list[_Entry]) -> None:
    """Add the entries. What follows the last item of a list is its own only if others have such text, too."""
    if not entries:
        return
    *others, last = entries
    outside = [] if any(entry.outside() for entry in others) else last.outside()
    last.blocks = [block for block in last.blocks if not any(block is other for other in outside)]
    listing.papers.extend(build_paper(entry.title, [entry.line], entry.blocks) for entry in entries)
    listing.before.extend(listing.after)
    listing.after = outside
    entries.clear()


def _has_identifier(block: Block) -> bool:
    return isinstance(block, Text) and any(next(identifiers(line), None) for line in block.lines)


def _entry(block: Text, earlier: list[_Entry]) -> _Entry | None:
    """Read a paper's first paragraph; None if it begins no paper."""
    if block.depth > 1 or not block.opens:
        return None
    line = block.lines[0]
    split = split_title(line)
    found = split or (_without_lead(line) if _begins_unled(block, earlier) else None)
    if (
        found is None
        or is_part(found[0])
        or (earlier and earlier[0].depth != block.depth and not _has_identifier(block))
    ):
        return None
    title, rest = found
    lines = tuple(part for part in (rest, *block.lines[1:]) if part)
    return _Entry(title, line, block.depth, split is not None, [replace(block, lines=lines)] if lines else [])


def _begins_unled(block: Text, earlier: list[_Entry]) -> bool:
    """Whether a text with an arXiv id is a paper of its own, rather than more about the one before it."""
    if not _has_identifier(block):
        return False
    is_more = bool(earlier) and (earlier[-1].led and not block.depth)
    return not is_more and not (earlier and all(read_metadata(line) for line in block.lines))


def _without_lead(line: Line) -> tuple[str, Line]:
    """Find the title of a paper in a line that only has a link to it."""
    text = text_of(line)
    linked = next((span for span in line if span.url and next(identifiers((span,)), None)), None)
    if linked and len(words(linked.text)) >= _MIN_LABEL_WORDS and not is_label(linked.text):
        return title_of((linked,)), line
    end = _end_of_title(line, text)
    title = without_numbering(text[:end]).strip(SEPARATORS + "([")
    if not words(title) or len(title) > _MAX_TITLE:
        identifier = next(identifiers(line), None)
        return (f"arXiv:{identifier}" if identifier else plain(line)[:_MAX_TITLE]), line
    rest = _without_link(_from(line, end))
    return title, line if text_of(rest)[:1].isalnum() and end and text[end] not in ".?!:-–— " else rest


def _end_of_title(line: Line, text: str) -> int:
    """Return where the title ends: at a full stop, colon or dash, or where the link begins; 0 for a sentence."""
    lengths = itertools.accumulate((len(span.text) for span in line), initial=0)
    links = [start for start, span in zip(lengths, line, strict=False) if span.url]
    mentions = [found.start() for found in [MENTION.search(text)] if found]
    link = min([*links, *mentions, len(text)])
    sign = _END_OF_TITLE.search(text, len(text) - len(without_numbering(text)), link)
    if sign:
        return sign.start()
    is_set_off = text[:link].rstrip().endswith(("(", "[", ":", "-", "–", "—", ".", ",", ";", "|"))
    return link if is_set_off or not text_of(_without_link(_from(line, link)))[:1].isalnum() else 0


def _without_link(rest: Line) -> Line:
    """Drop the link that stands right behind a title, with the bracket that closes behind it."""
    spans = list(rest)
    if spans and spans[0].url and is_label(spans[0].text):
        spans.pop(0)
    elif spans and (mention := MENTION.match(spans[0].text)):
        spans[0] = replace(spans[0], text=spans[0].text[len(address(mention[0])) :])
    if spans:
        spans[0] = replace(spans[0], text=spans[0].text.lstrip(" )]"))
    return tuple(spans)


def _from(line: Line, start: int) -> Line:
    """Cut the first characters off a line."""
    kept = []
    for span in line:
        if start < len(span.text):
            kept.append(replace(span, text=span.text[start:]))
        start = max(0, start - len(span.text))
    return tuple(kept)
