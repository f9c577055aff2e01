"""Words with their places to lines of text."""

from __future__ import annotations

import itertools
import re
import statistics
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.outside.pdf import BOLD, ITALIC, MATHS, MONO
from podcast.papers.fulltext.signs import SOFT_HYPHEN, is_right_to_left, lowered, raised

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from podcast.outside.pdf import Word

_SAME_LEVEL_PT = 1.0
_SMALL = 0.87
"""A script is smaller than this, against what it stands at."""

_SCRIPT_EM, _SHIFT_EM = 0.62, 0.3
"""How far from a line's baseline a script stands, and how far a letter that is only shifted, as in LaTeX's name."""

_SCRIPT_GAP_EM = 1.2
_RAISED_EM, _LOWERED_EM = 0.15, -0.06
_NO_SPACE_EM, _GLUED_EM = 0.07, 0.35
_FEW_WORDS = 50
_BEFORE = 20
"""How many characters tell what a mark above the line stands at."""

_SPACED_MARK = re.compile(r"(?<=[\w)\]]) (?=[,.;)\]](?:[\s,.;)\]]|$))")
_LATEX = re.compile(r"\bL ?\^?A ?T ?_?E ?X(?![a-z])")
_SPACED_POINTS = re.compile(r"\. \. \.")
_CELL_EM = 1.4
_MOSTLY = 0.8
_INITIAL = 1.8
"""How much larger than a line's text a letter is that begins a chapter over several lines."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of one column; `left`, `right` and `baseline` in points."""

    page: int
    column: int
    """Counts on through the document, so that no two pages share one."""

    text: str
    left: float
    right: float
    baseline: float
    size: float
    is_bold: bool = False
    is_italic: bool = False
    is_mono: bool = False
    maths: float = 0.0
    """What part of its characters is printed in letters of formulas."""

    cells: tuple[str, ...] = ()
    """The line in pieces with wide gaps between them."""

    strong: str = ""
    """The bold or italic words that it begins with, if others follow."""

    edges: tuple[float, float] = (0.0, 0.0)
    """Where the lines of its column begin and end."""


def size_of(words: Iterable[Word]) -> float:
    """Return the size in which most characters are printed; 0 without any."""
    sizes: Counter[float] = Counter()
    for word in words:
        sizes[word.size] += len(word.text)
    return max(sizes, key=lambda size: (sizes[size], size), default=0.0)


def levels(words: Iterable[Word]) -> list[list[Word]]:
    """Group words that stand on one baseline, from the top; each group from left to right."""
    found: list[list[Word]] = []
    for word in sorted(words, key=lambda word: -word.baseline):
        if found and found[-1][0].baseline - word.baseline <= _SAME_LEVEL_PT:
            found[-1].append(word)
        else:
            found.append([word])
    return [sorted(level, key=lambda word: word.left) for level in found]


def rows(words: Iterable[Word]) -> list[list[Word]]:
    """Group the words of a column to lines, scripts with what they stand at, from the top."""
    groups = levels(words)
    hosts = [_host(groups, place) for place in range(len(groups))]
    gathered: dict[int, list[Word]] = {}
    for place, group in enumerate(groups):
        host = place
        for _ in range(3):  # a script of a script
            host = hosts[host]
        gathered.setdefault(host, []).extend(group)
    return [sorted(gathered[place], key=lambda word: word.left) for place in sorted(gathered)]


def _host(groups: Sequence[list[Word]], place: int) -> int:
    """Find the group whose line this one belongs to: itself, or a larger neighbour that it stands at."""
    group = groups[place]
    size, length = size_of(group), sum(len(word.text) for word in group)
    near: list[tuple[float, int]] = []
    for step in (-1, 1):
        for other in range(place + step, place + 4 * step, step):
            if not 0 <= other < len(groups):
                break
            host = groups[other]
            distance = abs(host[0].baseline - group[0].baseline)
            if _hosts(host, size_of(host), group, size, distance) and sum(len(word.text) for word in host) >= length:
                near.append((distance, other))
    return min(near, default=(0.0, place))[1]


def _hosts(host: Sequence[Word], host_size: float, group: Sequence[Word], size: float, distance: float) -> bool:
    if size <= _SMALL * host_size and distance <= _SCRIPT_EM * host_size:
        left, right = host[0].left - host_size, max(word.right for word in host) + _SCRIPT_GAP_EM * host_size
        return all(left <= word.right and word.left <= right for word in group)
    is_shifted = distance <= _SHIFT_EM * host_size and size <= host_size * 1.01 and len(group) <= _FEW_WORDS
    return is_shifted and not any(
        min(word.right, other.right) - max(word.left, other.left) > host_size * 0.2 for word in group for other in host
    )


def with_initials(found: Sequence[list[Word]]) -> list[list[Word]]:
    """Put a large first letter that spans several lines before the first of them."""
    result = [list(row) for row in found]
    for place in range(1, len(result)):
        first, *rest = result[place]
        above = result[place - 1]
        if rest and len(first.text) <= 2 and first.size > _INITIAL * size_of(rest) and above[0].left > first.right - 1:  # noqa: PLR2004
            result[place - 1] = [first, *above]
            result[place] = rest
    return result


def line_of(row: Sequence[Word], page: int, column: int) -> Line:
    """Write a row of words, from left to right, as a line."""
    size = size_of(row)
    bases = [word.baseline for word in row if word.size >= _SMALL * size]
    baseline = statistics.median_low(bases)
    letters = sum(len(word.text) for word in row)
    style = {bit: sum(len(word.text) for word in row if word.style & bit) / letters for bit in _STYLES}
    ordered = _in_writing_order(row)
    return Line(
        page, column, _text(ordered, size, baseline), min(word.left for word in row), max(word.right for word in row),
        baseline, size, is_bold=style[BOLD] >= _MOSTLY, is_italic=style[ITALIC] >= _MOSTLY,
        is_mono=style[MONO] >= _MOSTLY, maths=style[MATHS],
        cells=tuple(_text(cell, size, baseline) for cell in _cells(ordered, size)),
        strong=_text(list(_strong(ordered)), size, baseline),
    )  # fmt: skip


_STYLES = (BOLD, ITALIC, MONO, MATHS)


def _strong(row: Sequence[Word]) -> Iterable[Word]:
    bits = (row[0].style & (BOLD | ITALIC)) if row else 0
    leading = list(itertools.takewhile(lambda word: word.style & bits, row)) if bits else []
    return leading if len(leading) < len(row) else []


def _in_writing_order(row: Sequence[Word]) -> Sequence[Word]:
    """Read a line of Arabic or Hebrew from the right, and what is Latin in it from the left."""
    turned = [is_right_to_left(word.text) for word in row]
    if 2 * sum(turned) <= sum(any(map(str.isalpha, word.text)) for word in row) or not any(turned):
        return row
    runs = itertools.groupby(reversed(row), key=lambda word: is_right_to_left(word.text))
    return [word for is_turned, run in runs for word in (run if is_turned else reversed(list(run)))]


def _cells(row: Sequence[Word], size: float) -> list[list[Word]]:
    cells: list[list[Word]] = []
    for word in row:
        if cells and word.left - cells[-1][-1].right <= _CELL_EM * size:
            cells[-1].append(word)
        else:
            cells.append([word])
    return cells


def _text(row: Sequence[Word], size: float, baseline: float) -> str:
    text = ""
    last: Word | None = None
    for shift, words in itertools.groupby(row, key=lambda word: _shift(word, size, baseline)):
        said = ""
        is_apart = False
        for word in words:
            gap = "" if last is None or _is_joined(last, word, size) else " "
            is_apart = is_apart or (not said and bool(gap))
            said = (said.removesuffix(SOFT_HYPHEN) + gap + word.text) if said else word.text
            last = word
        if shift > 0:
            said = raised(said, text[-_BEFORE:].rstrip())
        elif shift < 0:
            said = lowered(said)
        text = text.removesuffix(SOFT_HYPHEN) + (" " if is_apart and said else "") + said
    return _tidy(text)


def _tidy(text: str) -> str:
    """Close up what formulas are set apart by: the space before a comma, the spaces in three points."""
    text = _LATEX.sub("LaTeX", text) if "X" in text else text
    return " ".join(_SPACED_MARK.sub("", _SPACED_POINTS.sub("…", text)).split())


def _shift(word: Word, size: float, baseline: float) -> int:
    """Say whether a word stands above the line (1), below it (-1) or on it."""
    shift = (word.baseline - baseline) / size
    if word.size > _SMALL * size or _LOWERED_EM <= shift <= _RAISED_EM:
        return 0
    return 1 if shift > 0 else -1


def _is_joined(last: Word, word: Word, size: float) -> bool:
    """Whether two words are one; between letters the file knows better than their places, as slanted ones lean over."""
    gap = min(abs(word.left - last.right), abs(last.left - word.right)) / size
    is_level = abs(last.baseline - word.baseline) < _SAME_LEVEL_PT
    are_letters = is_level and last.text[-1].isalpha() and word.text[0].isalpha()
    return (word.is_glued and gap < _GLUED_EM) or (gap < _NO_SPACE_EM and not are_letters)
