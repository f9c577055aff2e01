"""The order in which a page is read: what spans it, and between that one column after the other."""

from __future__ import annotations

import bisect
import statistics
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.papers.fulltext.lines import levels, size_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podcast.outside.pdf import Word

_GAP_EM = 0.9
"""From such a gap on, two words of one baseline may stand in two columns."""

_EDGE_PT = 2.5
_FEWEST_LINES = 4
_MOST_TRIED = 10
_DEEPEST = 3
_NARROWEST = 0.12
"""How much of the page's text a column takes at least."""

_FULL, _FULL_SHARE = 0.75, 0.5
"""What part of a column's width a full line takes; what part of its lines is full where it holds prose."""

_SIDE_BY_SIDE = 0.8
_LEAST_SHARE = 0.3
"""What part of a page's words stands in columns where it has columns of its own kind."""

_SMALL = 0.87
_INDENT_EM = 3.0


@dataclass(frozen=True, slots=True)
class _Run:
    """Words of one level without a wide gap."""

    words: tuple[Word, ...]

    @property
    def left(self) -> float:
        return self.words[0].left

    @property
    def right(self) -> float:
        return max(word.right for word in self.words)

    @property
    def baseline(self) -> float:
        return self.words[0].baseline


def gutter(words: Sequence[Word]) -> float | None:
    """Find where the right one of two columns begins, if there are two."""
    runs = _runs(words)
    scores = {edge: _score(runs, edge, size_of(words)) for edge in _edges(runs)}
    best = max(scores, key=lambda edge: (scores[edge], -edge), default=None)
    return best if best is not None and scores[best] >= _LEAST_SHARE * len(words) else None


def columns(words: Sequence[Word], known: Sequence[float] = (), depth: int = 0) -> Iterator[list[Word]]:
    """Yield a page's words in parts, in the order in which they are read; `known` are gutters of other pages."""
    if not words:
        return
    edge = gutter(words) if depth < _DEEPEST else None
    is_known = edge is None and depth == 0
    candidates = known if is_known else [edge] if edge is not None else []
    runs, size = _runs(words), size_of(words)
    for candidate in candidates:
        bands = list(_bands(runs, candidate, size, is_known=is_known))
        if any(band.is_split for band in bands):
            yield from _parts(bands, depth)
            return
    yield list(words)


def _parts(bands: Sequence[_Band], depth: int) -> Iterator[list[Word]]:
    """Yield columns one after the other, and what spans them as one part as long as it goes on."""
    spanning: list[Word] = []
    for band in bands:
        if not band.is_split:
            spanning.extend(band.left)
            continue
        if spanning:
            yield spanning
            spanning = []
        yield from columns(band.left, depth=depth + 1)
        yield from columns(band.right, depth=depth + 1)
    if spanning:
        yield spanning


def _runs(words: Sequence[Word]) -> list[list[_Run]]:
    size = size_of(words)
    return [list(_level_runs(level, size)) for level in levels(words)]


def _level_runs(level: Sequence[Word], size: float) -> Iterator[_Run]:
    current: list[Word] = []
    right = 0.0
    for word in level:
        if current and word.left - right > _GAP_EM * size:
            yield _Run(tuple(current))
            current = []
        right = max(right, word.right) if current else word.right
        current.append(word)
    yield _Run(tuple(current))


def _edges(runs: Sequence[Sequence[_Run]]) -> list[float]:
    """List places at which several lines begin, those with most lines first, the leftmost left out."""
    counts = Counter(round(run.left / _EDGE_PT) for level in runs for run in level)
    exact = {place: min(run.left for level in runs for run in level if round(run.left / _EDGE_PT) == place)
             for place, count in counts.most_common(_MOST_TRIED) if count >= _FEWEST_LINES}  # fmt: skip
    leftmost = min((run.left for level in runs for run in level), default=0.0)
    return [edge for edge in exact.values() if edge > leftmost + _EDGE_PT]


@dataclass(slots=True)
class _Band:
    """Levels one below another: either all of them cross the gutter, or none."""

    is_split: bool
    left: list[Word]
    right: list[Word]


def _crosses(run: _Run, edge: float, size: float) -> bool:
    return run.left < edge - 1 and run.right > edge - 0.6 * size


def _bands(runs: Sequence[Sequence[_Run]], edge: float, size: float, *, is_known: bool = False) -> Iterator[_Band]:
    """Cut the page into bands; one that is not split has all its words in `left`."""
    beyond = sorted(run.baseline for level in runs for run in level if run.left >= edge - 1)
    group: list[Sequence[_Run]] = []
    crosses = False
    for level in [*runs, None]:
        is_across = level is not None and any(
            _crosses(run, edge, size) and not _has_near(beyond, run.baseline, 0.75 * size) for run in level
        )
        if group and (level is None or is_across != crosses):
            yield _band(group, edge, size, crosses=crosses, is_known=is_known)
            group = []
        if level is not None:
            group.append(level)
            crosses = is_across


def _has_near(places: Sequence[float], place: float, distance: float) -> bool:
    at = bisect.bisect_left(places, place - distance)
    return at < len(places) and places[at] <= place + distance


def _band(group: Sequence[Sequence[_Run]], edge: float, size: float, *, crosses: bool, is_known: bool) -> _Band:
    flat = [run for level in group for run in level]
    left = [run for run in flat if run.left < edge - 1]
    right = [run for run in flat if run.left >= edge - 1]
    is_split = not crosses and _have_text(left, size) and _have_text(right, size)
    is_split = is_split and (is_known or _are_columns(left, right, edge, size))
    if not is_split:
        return _Band(is_split=False, left=[word for run in flat for word in run.words], right=[])
    return _Band(
        is_split=True,
        left=[word for run in left for word in run.words],
        right=[word for run in right for word in run.words],
    )


def _have_text(runs: Sequence[_Run], size: float) -> bool:
    return any(word.size >= _SMALL * size for run in runs for word in run.words)


def _are_columns(left: Sequence[_Run], right: Sequence[_Run], edge: float, size: float) -> bool:
    """Whether two sides hold prose, or one does and the other stands beside it on lines of its own."""
    start, end = min(run.left for run in left), max(run.right for run in right)
    left_end = max(run.right for run in left)
    if min(left_end - start, end - edge) < _NARROWEST * (end - start) or max(len(left), len(right)) < _FEWEST_LINES:
        return False
    aligned = sum(run.left - edge < _INDENT_EM * size for run in right) / len(right)
    full_left, full_right = _fullness(left, start, left_end), _fullness(right, edge, end)
    if aligned < _FULL_SHARE or max(full_left, full_right) < _FULL_SHARE:
        return False
    if min(full_left, full_right) >= _FULL_SHARE or min(len(left), len(right)) < _FEWEST_LINES:
        return True
    other = {round(run.baseline) for run in right}
    return sum(round(run.baseline) in other for run in left) / len(left) < _SIDE_BY_SIDE


def _fullness(runs: Sequence[_Run], start: float, end: float) -> float:
    return statistics.fmean(run.right - run.left >= _FULL * (end - start) for run in runs)


def _score(runs: Sequence[Sequence[_Run]], edge: float, size: float) -> int:
    """Count the words that stand in columns, if they begin here."""
    bands = _bands(runs, edge, size)
    return sum(len(band.left) + len(band.right) for band in bands if band.is_split)
