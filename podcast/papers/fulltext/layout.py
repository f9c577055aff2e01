"""Pages to lines in reading order, and what is usual in a document."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from podcast.papers.fulltext.columns import columns, gutter
from podcast.papers.fulltext.lines import Line, line_of, rows, with_initials

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from podcast.papers.fulltext.margins import Sheet

_EDGE_PT = 2.0
_LEFT_SHARE, _RIGHT_SHARE, _FEWEST_ALIGNED = 0.05, 0.25, 0.25
"""What part of a column's lines begins, or ends, at its edge; fewer where it is ragged."""

_CLOSEST_EM, _WIDEST_EM, _OFTEN = 0.8, 3.0, 0.4
"""Between which distances the leading is looked for, and how often it is found, against the most frequent one."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What is usual in a document, in points."""

    size: float
    leading: float

    def leading_of(self, size: float) -> float:
        """Return the usual distance of two lines of a size."""
        return self.leading * max(0.7, size / self.size)


def lines_of(sheets: Sequence[Sheet]) -> list[Line]:
    """Read the pages' words as lines, in reading order."""
    edges = _gutters(sheets)
    found: list[Line] = []
    for sheet in sheets:
        for part in columns(sheet.words, edges):
            number = found[-1].column + 1 if found else 0
            read = [line_of(row, sheet.number, number) for row in with_initials(rows(part))]
            found.extend(_with_edges([line for line in read if line.text.strip()]))
    return found


def _gutters(sheets: Sequence[Sheet]) -> list[float]:
    """Find where right columns begin on several pages, the most frequent place first."""
    found = [edge for sheet in sheets if (edge := gutter(sheet.words)) is not None]
    places = Counter(round(edge / 4) for edge in found)
    usual = [place for place, count in places.most_common(2) if count > 1]
    return [min(edge for edge in found if round(edge / 4) == place) for place in usual]


def _with_edges(lines: Sequence[Line]) -> Iterator[Line]:
    if not lines:
        return
    edges = (_edge([line.left for line in lines], 1), _edge([line.right for line in lines], -1))
    yield from (replace(line, edges=edges) for line in lines)


def _edge(places: Sequence[float], direction: int) -> float:
    """Return the outermost of the places at which many lines begin, or end; of ragged ones almost the outermost."""
    outermost = min if direction > 0 else max
    counts = Counter(round(place / _EDGE_PT) for place in places)
    least = _LEFT_SHARE * len(places) if direction > 0 else _RIGHT_SHARE * max(counts.values())
    often = [place for place, count in counts.items() if count >= max(2, least)]
    if max(counts.values()) < _FEWEST_ALIGNED * len(places) or not often:
        ordered = sorted(places, reverse=direction < 0)
        return ordered[len(ordered) // 10]
    place = outermost(often)
    return outermost(value for value in places if round(value / _EDGE_PT) == place)


def measure(lines: Iterable[Line]) -> Measure:
    """Find the size and the leading of most of the text."""
    lines = list(lines)
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    size = max(sizes, key=lambda size: (sizes[size], size), default=10.0)
    gaps = [
        round(above.baseline - line.baseline, 1)
        for above, line in pairwise(lines)
        if above.column == line.column and above.size == line.size == size
    ]
    gaps = [gap for gap in gaps if _CLOSEST_EM * size < gap < _WIDEST_EM * size]
    counts = Counter(gaps)
    often = [gap for gap, count in counts.items() if count >= _OFTEN * max(counts.values())]
    return Measure(size, min(often, default=1.2 * size))
