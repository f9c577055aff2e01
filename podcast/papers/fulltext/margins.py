"""What stands around a page's text and is no part of it: running heads, page numbers, line numbers, arXiv's stamp."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from podcast.outside.pdf import IN_FORM, UNSEEN
from podcast.papers.fulltext.lines import levels, size_of
from podcast.papers.fulltext.signs import UNKNOWN, cleaned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from podcast.outside.pdf import Page, Word

_OUTERMOST = 4
"""How many lines from the top and from the bottom may be running heads and feet."""

_SAME_PLACE_PT = 3.0
_SHARE_OF_REPEATS = 0.5
_WIDE_GAP_EM = 1.6
_FEWEST_LETTERS = 4
_PAGE_NUMBER = re.compile(
    r"[-–— ]*(?:\d{1,4}|[ivxlc]{1,7})[-–— ]*|(?:page|seite|p\.) ?\d{1,4}(?: ?(?:of|/|von) ?\d{1,4})?", re.IGNORECASE
)
_DIGITS = re.compile(r"\d+|\b[ivxlc]{1,7}\b")
_NUMBER = re.compile(r"\d{1,4}")
_FEWEST_NUMBERED = 5
_APART_EM = 0.6
_IN_STEP = 0.8
_SHARE_OF_PAGES = 0.4
_WIDEST_LEADING_PT = 30
_SAME_EDGE_PT = 2.5
_ALMOST_ALL = 0.5


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page's upright words that a reader sees, signs cleaned; `aside` is what stands turned."""

    number: int
    words: tuple[Word, ...]
    aside: tuple[Word, ...] = ()
    unknown: int = 0
    """How many of its characters are of no known letter."""


def sheets(pages: Sequence[Page]) -> list[Sheet]:
    """Take from pages what a reader can read: not what is hidden, nor what belongs to drawings."""
    hidden = UNSEEN if _share(pages, UNSEEN) < _ALMOST_ALL else 0  # else white print on black, or a scan's own text
    drawn = IN_FORM if _share(pages, IN_FORM) < _ALMOST_ALL else 0
    return [_sheet(page, hidden | drawn) for page in pages]


def _share(pages: Sequence[Page], style: int) -> float:
    found = [bool(word.style & style) for page in pages for word in page.words]
    return sum(found) / len(found) if found else 0.0


def _sheet(page: Page, left_out: int) -> Sheet:
    seen = [word for word in page.words if not word.style & left_out]
    quarters: Counter[int] = Counter()
    for word in seen:
        quarters[word.quarter] += len(word.text)
    upright = max(quarters, key=lambda quarter: (quarters[quarter], -quarter), default=0)
    words = [word if text == word.text else replace(word, text=text) for word in seen if (text := cleaned(word.text))]
    return Sheet(
        page.number,
        tuple(word for word in words if word.quarter == upright),
        tuple(word for word in words if word.quarter != upright),
        sum(word.text.count(UNKNOWN) for word in seen),
    )


# ── heads and feet ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Outer:
    """One of the first or last lines of a page: what it says but for its numbers, and where."""

    text: str
    place: float
    words: tuple[Word, ...]


def without_heads(pages: Sequence[Sheet]) -> list[Sheet]:
    """Take off what repeats at the top and the bottom of pages, and page numbers."""
    outers = [(*_outer(levels(page.words)), *_outer(levels(page.words)[::-1])) for page in pages]
    counts = Counter(key for lines in outers for key in {(line.text, round(line.place / 10)) for line in lines})
    places = Counter(place for lines in outers for place in {_place(line) for line in lines})
    repeats = Counter(place for lines in outers for place in {_place(line) for line in lines if _repeats(line, counts)})
    heads = {place for place, count in repeats.items() if count > 1 and count >= _SHARE_OF_REPEATS * places[place]}
    return [_without(page, lines, heads) for page, lines in zip(pages, outers, strict=True)]


def _outer(ordered: Sequence[list[Word]]) -> list[_Outer]:
    """Return a page's lines from its edge to the first wide gap; none if there is no such gap near the edge."""
    found: list[_Outer] = []
    for line, following in pairwise(ordered[: _OUTERMOST + 1]):
        found.append(_Outer(_DIGITS.sub("#", _said(line)), line[0].baseline, tuple(line)))
        if abs(line[0].baseline - following[0].baseline) > _WIDE_GAP_EM * max(size_of(line), size_of(following)):
            return found
    return []


def _said(line: Iterable[Word]) -> str:
    return " ".join(word.text for word in line)


def _place(line: _Outer) -> int:
    return round(line.place / _SAME_PLACE_PT)


def _repeats(line: _Outer, counts: Counter[tuple[str, int]]) -> bool:
    place = round(line.place / 10)
    is_telling = sum(map(str.isalpha, line.text)) >= _FEWEST_LETTERS
    return is_telling and sum(counts[line.text, near] for near in (place - 1, place, place + 1)) > 1


def _without(page: Sheet, lines: Sequence[_Outer], heads: set[int]) -> Sheet:
    dropped = [line for line in lines if _place(line) in heads or _PAGE_NUMBER.fullmatch(_said(line.words))]
    words = {id(word) for line in dropped for word in line.words}
    return replace(page, words=tuple(word for word in page.words if id(word) not in words))


# ── numbers of lines ────────────────────────────────────────────────────────────────────────────────────


def without_line_numbers(pages: Sequence[Sheet]) -> list[Sheet]:
    """Take off the numbers that copies for reviewers print beside each line."""
    counts = Counter(edge for page in pages for edge in _numbered_edges(page))
    edges = {edge for edge, count in counts.items() if count >= _SHARE_OF_PAGES * len(pages)}
    return [_without_numbers(page, edges) for page in pages] if edges else list(pages)


def _numbered_edges(page: Sheet) -> list[tuple[str, int]]:
    """Find where on a page numbers stand below each other that count on by one or by five."""
    columns: dict[tuple[str, int], list[Word]] = {}
    for word in _lone_numbers(page):
        for edge in _edges(word):
            columns.setdefault(edge, []).append(word)
    return [edge for edge, words in columns.items() if _counts_on(words)]


def _lone_numbers(page: Sheet) -> Iterator[Word]:
    """Yield the numbers that stand apart from the words of their line."""
    for level in levels(page.words):
        for place, word in enumerate(level):
            before, after = level[place - 1 : place], level[place + 1 : place + 2]
            gaps = [word.left - other.right for other in before] + [other.left - word.right for other in after]
            if _NUMBER.fullmatch(word.text) and all(gap > _APART_EM * word.size for gap in gaps):
                yield word


def _edges(word: Word) -> tuple[tuple[str, int], ...]:
    return (("left", round(word.left / _SAME_EDGE_PT)), ("right", round(word.right / _SAME_EDGE_PT)))


def _counts_on(words: Sequence[Word]) -> bool:
    if len(words) < _FEWEST_NUMBERED:
        return False
    ordered = sorted(words, key=lambda word: -word.baseline)
    steps = Counter(int(below.text) - int(above.text) for above, below in pairwise(ordered))
    gap = statistics.median(above.baseline - below.baseline for above, below in pairwise(ordered))
    step = 1 if steps[1] >= steps[5] else 5
    return steps[step] >= _IN_STEP * (len(words) - 1) and gap <= step * _WIDEST_LEADING_PT


def _without_numbers(page: Sheet, edges: set[tuple[str, int]]) -> Sheet:
    numbers = {id(word) for word in _lone_numbers(page) if edges & {*_edges(word)}}
    return replace(page, words=tuple(word for word in page.words if id(word) not in numbers))
