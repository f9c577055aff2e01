"""Which blocks are headings, by how they are printed and where they stand."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from podcast.papers.fulltext.headings import is_known, kind_of, may_be_title, numbering

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podcast.papers.fulltext.blocks import Block
    from podcast.papers.fulltext.layout import Measure
    from podcast.papers.fulltext.lines import Line

_ROLES = frozenset({"text", "table", "formula", "keywords"})
_LARGER, _MUCH_LARGER, _SMALLEST = 1.05, 1.11, 0.78
"""Than the text, from which on print says that something is a heading; small capitals are smaller."""

_APART = 1.15
_ALIGNED_EM, _CENTRED_EM = 0.7, 2.0
_MOST_LINES = 4
_FEWEST_CAPITALS = 4
_ENOUGH_NUMBERED = 3
_ABSTRACT = re.compile(
    r"(Abstract|Summary|Zusammenfassung|Kurzfassung)\s?(?:[.:—–]|[-−](?=\s?\S))[\s—–-]*(?=\S)", re.IGNORECASE
)


def split_run_ins(blocks: Sequence[Block], usual: Measure) -> list[Block]:
    """Give headings blocks of their own that stand on the first line of their text: "Abstract—We …", "1. Aim. We …"."""
    return [part for block in blocks for part in _split(block, usual)]


def _split(block: Block, usual: Measure) -> Iterator[Block]:
    first, *rest = block.lines
    title, left = _run_in(first) if block.role == "text" else ("", "")
    if not title or not left:
        yield block
        return
    yield replace(block, lines=(replace(first, text=title, is_bold=True, size=max(first.size, usual.size)),), below=1.0)
    yield replace(block, lines=(replace(first, text=left), *rest), above=1.0)


def _run_in(line: Line) -> tuple[str, str]:
    """Return a heading and the text behind it on its line; both empty if there is none."""
    if found := _ABSTRACT.match(line.text):
        return found[1], line.text[found.end() :]
    if _is_abstract(line.strong) or _is_run_in(line.strong):
        return line.strong.rstrip(" ."), line.text.removeprefix(line.strong).lstrip(" —–:.")
    return "", ""


def _is_abstract(strong: str) -> bool:
    return kind_of(strong) == "abstract" and not numbering(strong)[0]


def _is_run_in(strong: str) -> bool:
    number, words = numbering(strong.rstrip(" ."))
    return bool(number) and strong.endswith((".", ":")) and may_be_title(words) and words[:1].isupper()


# ── headings ────────────────────────────────────────────────────────────────────────────────────────────


def headings(blocks: Sequence[Block], usual: Measure) -> list[bool]:
    """Say of each block whether it is a heading."""
    found = [_is_heading(block, usual) for block in blocks]
    numbered = sum(is_one and bool(numbering(block.text)[0]) for is_one, block in zip(found, blocks, strict=True))
    if numbered < _ENOUGH_NUMBERED:
        return found
    return [is_one and _stands_out(block, usual) for is_one, block in zip(found, blocks, strict=True)]


def _stands_out(block: Block, usual: Measure) -> bool:
    """Whether it is a heading even where headings are numbered: bold labels such as "Definition 1" are not."""
    is_large = block.lines[0].size >= _MUCH_LARGER * usual.size
    return bool(numbering(block.text)[0]) or is_known(block.text) or is_large


def _is_heading(block: Block, usual: Measure) -> bool:
    if block.role not in _ROLES or len(block.lines) > _MOST_LINES or not may_be_title(block.text):
        return False
    first, words = block.lines[0], numbering(block.text)[1]
    is_sentence = words.endswith(".") and not first.is_bold
    is_listed = not _is_aligned(first) and first.size < _LARGER * usual.size
    if first.size < _SMALLEST * usual.size or is_sentence or is_listed:
        return False
    return _is_named(block, usual) if words != block.text or is_known(block.text) else _is_shown(block, usual)


def _is_named(block: Block, usual: Measure) -> bool:
    """Whether what has a number, or the words of a heading, is printed as one."""
    first, words = block.lines[0], numbering(block.text)[1]
    is_larger = first.size >= _LARGER * usual.size
    is_caps = words.isupper() and sum(map(str.isalpha, words)) >= _FEWEST_CAPITALS
    is_apart = block.above >= _APART and block.below >= _APART
    if not (words[:1].isupper() or words[:1].isdigit() or is_known(block.text) or is_larger):
        return False
    return first.is_bold or is_larger or is_caps or ((is_apart or first.is_italic) and len(block.lines) == 1)


def _is_shown(block: Block, usual: Measure) -> bool:
    """Whether what has neither is a heading by its print alone."""
    first, words = block.lines[0], block.text
    begins = words[:1].isupper() or not words[:1].isalpha()
    return begins and (first.is_bold or first.size >= _MUCH_LARGER * usual.size) and not words.endswith((".", ":"))


def _is_aligned(line: Line) -> bool:
    """Whether a line begins at its column's edge or stands in its middle, as no item of a list does."""
    left, right = line.left - line.edges[0], line.edges[1] - line.right
    return left < _ALIGNED_EM * line.size or abs(left - right) < _CENTRED_EM * line.size
