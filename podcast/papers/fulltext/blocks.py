"""Lines to blocks: what is text, and what stands between it: figures, tables, formulas, notes, code."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from podcast.papers.fulltext.headings import is_known, may_be_title, numbering

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podcast.papers.fulltext.layout import Measure
    from podcast.papers.fulltext.lines import Line

Role = Literal["text", "caption", "note", "table", "formula", "code", "keywords"]

_NEW_BLOCK = 1.35
"""From so many times the usual leading on, a gap between two lines parts them."""

_SAME_SIZE = 0.07
_NOTE_SIZE = 0.93
"""Notes are printed smaller than this, against the text."""

_FOOT_SHARE = 0.25
_CAPTION = re.compile(
    r"(?:Extended Data )?(?:Fig(?:ure|\.)?|Tab(?:le|\.)?|Abb(?:ildung|\.)|Tabelle|Algorithm|Alg\.|Listing|Scheme|Box)"
    r"\s?(?:[A-Z]{0,2}\.?\d{1,3}(?:\.\d{1,3})?|[IVXL]{1,6})(?:\s?\([a-z]\))?\s?(?:[.:|–—]|$)",
    re.IGNORECASE,
)
_KEYWORDS = re.compile(
    r"(?:Index Terms|Key ?words(?: and phrases)?|CCS Concepts|ACM Reference Format|Categories and Subject)\b",
    re.IGNORECASE,
)
_EQUATION_NUMBER = re.compile(r"\(\w{1,3}(?:\.\d{1,3})?[a-z]?\)$")
_REAL_WORD = re.compile(r"[^\W\d_]{3,}")
_MATHS_SHARE, _FEW_WORDS = 0.2, 3
_INDENT_EM = 1.0
_HANGING_EM = 2.5
_FULL = 0.7
_ENDS = re.compile(r"[.!?][\"'”’»)\]]*$")
_CODE_SHARE, _TABLE_SHARE = 0.5, 0.4


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one print, without a gap between them."""

    lines: tuple[Line, ...]
    role: Role
    above: float
    """The gap above it as a multiple of the usual leading; 9 at a column's top."""

    below: float = 9.0

    @property
    def text(self) -> str:
        """Its words on one line."""
        return " ".join(line.text for line in self.lines)


def blocks_of(lines: Sequence[Line], usual: Measure) -> list[Block]:
    """Cut the lines into blocks and say what each is."""
    notes = _notes(lines, usual)
    found: list[Block] = []
    for group, above in _groups(lines, usual):
        role = "note" if id(group[0]) in notes else _role(group, usual)
        found.append(Block(tuple(group), role, above))
    below = [block.above for block in found[1:]] + [9.0]
    return _with_floats([replace(block, below=gap) for block, gap in zip(found, below, strict=True)])


def _with_floats(blocks: Sequence[Block]) -> list[Block]:
    """Count as part of a figure or table what stands right above or below its caption and is no line of text."""
    roles = [block.role for block in blocks]
    for place, block in enumerate(blocks):
        if block.role == "caption":
            for step in (-1, 1):
                other = place + step
                while 0 <= other < len(blocks) and _is_drawn(blocks[other], block):
                    roles[other] = "table"
                    other += step
    return [replace(block, role=role) for block, role in zip(blocks, roles, strict=True)]


def _is_drawn(block: Block, caption: Block) -> bool:
    """Whether a block looks like the words of a drawing: short lines that are neither text nor a heading."""
    if block.lines[0].column != caption.lines[0].column or block.role == "caption":
        return False
    if any(_is_full(line) or _ENDS.search(line.text) for line in block.lines):
        return False
    first = block.lines[0]
    return not (
        is_known(block.text) or (numbering(block.text)[0] and (first.is_bold or first.size > caption.lines[0].size))
    )


def _is_full(line: Line) -> bool:
    width = line.edges[1] - line.edges[0]
    return line.right - line.left >= _FULL * width and len(_REAL_WORD.findall(line.text)) > _FEW_WORDS


def _groups(lines: Sequence[Line], usual: Measure) -> Iterator[tuple[list[Line], float]]:
    group: list[Line] = []
    start = 9.0
    for line in lines:
        gap = _gap(group[-1], line, usual) if group else 9.0
        if group and (gap >= _NEW_BLOCK or _parts(group[-1], line)):
            yield group, start
            group, start = [], gap
        group.append(line)
    if group:
        yield group, start


def _gap(above: Line, line: Line, usual: Measure) -> float:
    distance = above.baseline - line.baseline
    if above.column != line.column or distance < 0:
        return 9.0
    return distance / usual.leading_of(max(above.size, line.size))


def _parts(above: Line, line: Line) -> bool:
    """Whether two lines, one close below the other, are of two blocks."""
    if not _alike(above, line) or _is_formula(above) != _is_formula(line):
        return True
    if above.is_bold:
        return bool(numbering(line.text)[0]) or not are_aligned(above, line)
    return _is_title(above) != _is_title(line)


def are_aligned(above: Line, line: Line) -> bool:
    """Whether two lines begin at one edge, or stand around one middle, as those of one heading do."""
    middles = (above.left + above.right) - (line.left + line.right)
    return abs(above.left - line.left) < _HANGING_EM * line.size or abs(middles) < line.size


def _is_title(line: Line) -> bool:
    """Whether a line in capitals is a heading, however close the text below it is."""
    words = numbering(line.text)[1]
    is_caps = words.isupper() and (bool(numbering(line.text)[0]) or is_known(words))
    return is_caps and may_be_title(words) and not _is_full(line)


def _alike(above: Line, line: Line) -> bool:
    is_sized_alike = abs(above.size - line.size) <= _SAME_SIZE * above.size
    return is_sized_alike and above.is_bold == line.is_bold and above.is_mono == line.is_mono


def _role(group: Sequence[Line], usual: Measure) -> Role:
    first = group[0].text
    if sum(line.is_mono for line in group) >= _CODE_SHARE * len(group):
        return "code"
    if _CAPTION.match(first):
        return "caption"
    if _KEYWORDS.match(first):
        return "keywords"
    if all(map(_is_formula, group)):
        return "formula"
    celled = sum(len(line.cells) > 1 and not _EQUATION_NUMBER.search(line.text) for line in group)
    return "table" if celled >= max(_TABLE_SHARE * len(group), 1) and usual.size else "text"


def _is_formula(line: Line) -> bool:
    """Whether a line stands apart from both edges and has hardly a word."""
    if line.left < line.edges[0] + _INDENT_EM * line.size:
        return False
    words = len(_REAL_WORD.findall(line.text))
    if line.maths >= _MATHS_SHARE and words <= _FEW_WORDS:
        return True
    return words <= 1 and not line.is_bold and not line.text.endswith((".", ":")) and len(line.text) <= 3 * _FEW_WORDS


def _notes(lines: Sequence[Line], usual: Measure) -> set[int]:
    """Find the small lines at the foot of columns, low on their page, that have larger text above."""
    found: set[int] = set()
    for _, page in groupby(lines, key=lambda line: line.page):
        on_page = list(page)
        places = [line.baseline for line in on_page]
        lowest = min(places) + _FOOT_SHARE * (max(places) - min(places))
        for _, column in groupby(on_page, key=lambda line: line.column):
            foot = _foot(list(column), usual)
            found.update(id(line) for line in foot if foot[-1].baseline < lowest)
    return found


def _foot(column: Sequence[Line], usual: Measure) -> Sequence[Line]:
    large = [place for place, line in enumerate(column) if line.size > _NOTE_SIZE * usual.size]
    return column[large[-1] + 1 :] if large else []
