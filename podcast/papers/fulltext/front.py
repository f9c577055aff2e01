"""A paper's first page: its title, its authors where they are plainly there, and arXiv's stamp."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.papers.fulltext.headings import is_known, kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast.papers.fulltext.blocks import Block
    from podcast.papers.fulltext.margins import Sheet

_STAMP = re.compile(
    r"arXiv:\s?(?P<id>\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})v(?P<version>\d{1,2})\s+"
    r"\[(?P<category>[a-z-]+(?:\.[A-Za-z-]+)?)\]\s+(?P<day>\d{1,2})\s(?P<month>[A-Z][a-z]{2})\s(?P<year>\d{4})"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LARGER = 1.08
_SAME_SIZE = 0.5
_LONGEST_TITLE = 400
_NO_TITLE = re.compile(r"untitled.*|microsoft word.*|.*\.(?:\w{2,4})|title|paper|manuscript|.*\\.*", re.IGNORECASE)
_PARTICLE = r"(?:de|del|della|der|den|di|da|dos|du|van|von|le|la|el|al|bin|ter|y|e)"
_PART_OF_NAME = rf"(?:[A-Z][^\W\d_]{{0,20}}\.?(?:[-'’][A-Z]?[^\W\d_]{{1,20}}\.?)?|[A-Z]\.-?[A-Z]\.|{_PARTICLE})"
_NAME = re.compile(rf"(?![A-Z] ){_PART_OF_NAME}(?: {_PART_OF_NAME}){{1,5}}")
_PLACE = re.compile(
    r"\b(?:univ\w*|institut\w*|inc|corp\w*|gmbh|ltd|llc|dep\w*|school|college|faculty|academy|lab\w*|research|center|centre"
    r"|technolog\w*|science\w*|engineering|google|microsoft|meta|facebook|openai|deepmind|amazon|nvidia|apple|ibm|intelligence"
    r"|hospital|group|team|state|city|street|road|view|park|usa|uk|china|germany|france|canada|draft|preprint|journal|auflage)\b",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s?[,;·•|]\s?|\s(?:and|und|&)\s")
_MARKS = re.compile(r"[*∗†‡§¶‖#⋆✝]|(?<=[^\W\d_])\d+(?:,\d+)*$|[⁰¹²³⁴-⁹]+|\^\(?[\w,]+\)?")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What arXiv prints up the side of a first page."""

    id: str
    version: int
    category: str
    date: dt.datetime
    """Of this version; aware, in UTC."""


def stamp_of(sheets: Sequence[Sheet]) -> Stamp | None:
    """Read arXiv's stamp, if there is one."""
    said = " ".join(word.text for sheet in sheets[:1] for word in sheet.aside)
    found = _STAMP.search(said)
    if not found or found["month"] not in _MONTHS:
        return None
    try:
        date = dt.datetime(int(found["year"]), _MONTHS.index(found["month"]) + 1, int(found["day"]), tzinfo=dt.UTC)
    except ValueError:
        return None
    return Stamp(found["id"], int(found["version"]), found["category"], date)


def title_blocks(blocks: Sequence[Block], size: float) -> tuple[int, int]:
    """Find the title: the first and the last but one of the blocks with the largest print above the abstract."""
    above = _above(blocks)
    large = [place for place, block in enumerate(above) if block.lines[0].size >= _LARGER * size and _says_much(block)]
    bold = [place for place, block in enumerate(above) if block.lines[0].is_bold and _has_words(block)]
    if not large and not bold:
        return 0, 0
    rank = {place: (_has_words(above[place]), above[place].lines[0].size, -place) for place in large}
    start = max(large, key=rank.__getitem__) if large else bold[0]
    end = start + 1
    while end < len(above) and abs(above[end].lines[0].size - above[start].lines[0].size) < _SAME_SIZE:
        end += 1
    return start, end


def _above(blocks: Sequence[Block]) -> list[Block]:
    first = [block for block in blocks if block.lines[0].page == blocks[0].lines[0].page] if blocks else []
    end = next((place for place, block in enumerate(first) if place and _begins_text(block)), len(first))
    return first[:end]


def _begins_text(block: Block) -> bool:
    return kind_of(block.text) in {"abstract", "introduction"} or block.text[:9].lower().startswith("abstract")


def _says_much(block: Block) -> bool:
    return sum(map(str.isalpha, block.text)) > 3 and len(block.text) <= _LONGEST_TITLE and not is_known(block.text)  # noqa: PLR2004


def joined_title(blocks: Sequence[Block]) -> str:
    """Put the lines of a title together."""
    text = ""
    for line in (line for block in blocks for line in block.lines):
        text = text[:-1] + line.text if text.endswith("-") and line.text[:1].islower() else f"{text} {line.text}"
    return " ".join(text.split())


def _has_words(block: Block) -> bool:
    return len(block.text.split()) > 2 and _says_much(block)  # noqa: PLR2004 - a number or a journal's name has fewer


def title_in_metadata(title: str) -> str:
    """Return what the file calls itself, if that is a title at all."""
    plain = " ".join("".join(sign for sign in title if sign.isprintable()).split())
    return "" if len(plain.split()) < 2 or _NO_TITLE.fullmatch(plain) else plain  # noqa: PLR2004


def authors_of(blocks: Sequence[Block], end_of_title: int) -> tuple[str, ...]:
    """Read the names below the title, if the lines there are names and nothing else."""
    names: list[str] = []
    style: tuple[float, bool] | None = None
    for line in (line for block in _above(blocks)[end_of_title:] for line in block.lines):
        found = _names(line.cells or (line.text,))
        if found and style in {None, (line.size, line.is_bold)}:
            names.extend(found)
            style = (line.size, line.is_bold)
        elif not names:
            return ()
    return tuple(dict.fromkeys(names))


def _names(cells: Sequence[str]) -> list[str]:
    """Return the names that a line consists of, or nothing."""
    pieces = [piece for cell in cells for piece in _BETWEEN.split(_MARKS.sub("", cell))]
    found = [name for piece in pieces if (name := piece.removeprefix("and ").strip())]
    return found if found and all(_NAME.fullmatch(name) and not _PLACE.search(name) for name in found) else []
