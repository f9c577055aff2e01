"""What stands around each number: nearer words for more, those of its own part of the sentence, or item of a list."""

from __future__ import annotations

import bisect
import dataclasses
import itertools
import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from podcast.writing.grounding.quantities import Quantity
    from podcast.writing.grounding.source import Line

_NEAR_TOKENS = 8
_FAR_TOKENS = 120
"""What stands farther away counts for nothing: it would be less than a millionth."""

_ACROSS_CLAUSE = 0.7
_BEHIND_NUMBER = 0.3
_ENDS_ITEM = frozenset(
    ". , ; : ( ) / and in on at for by with to of is are was were achieves achieve reach reaches respectively".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A number in its line, and how near each word stands to it, from 0 to 1, by stem."""

    line: Line
    quantity: Quantity
    nearness: Mapping[str, float]
    run: int = 0
    """Which bare list of numbers it is in, where nothing tells what each of these is said of; 0 for none."""

    @property
    def is_count(self) -> bool:
        """Whether it counts the things whose name stands behind it."""
        behind = self.line.tokens[self.quantity.last + 1 : self.quantity.last + 2]
        return not self.quantity.unit and self.quantity.value.is_integer() and any(each.is_content for each in behind)

    def is_clear_from(self, other: Surroundings) -> bool:
        """Whether one can tell at all what each of two is said of."""
        return self.run == 0 or self.run != other.run


_NONE: Mapping[str, frozenset[str]] = MappingProxyType({})


def surroundings(line: Line, aliases: Mapping[str, frozenset[str]] = _NONE) -> list[Surroundings]:
    """Describe what stands around each number; a list of numbers is paired with a list of things, item by item."""
    values = _values(line)
    parts = _parts(line, values)
    found = _paired(line, [Surroundings(line, each, _nearness(line, each, values, parts)) for each in values])
    if not aliases:
        return found
    return [dataclasses.replace(each, nearness=_spelled_out(each.nearness, aliases)) for each in found]


def _spelled_out(nearness: Mapping[str, float], aliases: Mapping[str, frozenset[str]]) -> dict[str, float]:
    """Put the words that an acronym stands for where it stands."""
    near = dict(nearness)
    for short in nearness.keys() & aliases.keys():
        for stem in aliases[short]:
            near[stem] = max(near.get(stem, 0), nearness[short])
    return near


def _values(line: Line) -> list[Quantity]:
    """Return the numbers that are said of something; zero-shot, three-class and 27B are said themselves."""
    return [each for each in line.quantities if not _is_label(line, each)]


def _is_label(line: Line, quantity: Quantity) -> bool:
    last, behind = line.tokens[quantity.last], line.tokens[quantity.last + 1 : quantity.last + 2]
    is_joined = bool(quantity.word) and any(token.text == "-" for token in behind)
    return is_joined or (quantity.last > quantity.first and last.text in {"B", "M"})


def _nearness(line: Line, quantity: Quantity, values: Sequence[Quantity], parts: Sequence[int]) -> dict[str, float]:
    near: dict[str, float] = {}
    start, end = max(0, quantity.first - _FAR_TOKENS), quantity.last + _FAR_TOKENS + 1
    apart = _apart(line, quantity, [each for each in values if start <= each.first < end])
    for at, token in enumerate(line.tokens[start:end], start):
        if token.is_content and not quantity.first <= at <= quantity.last:
            value = math.exp(-min(abs(at - quantity.first), abs(at - quantity.last)) / _NEAR_TOKENS)
            value *= _ACROSS_CLAUSE ** abs(line.clauses[at] - line.clauses[quantity.first])
            value *= _BEHIND_NUMBER ** _between(apart, quantity, at)
            value *= _OTHER_PART ** abs(parts[at] - parts[quantity.first])
            near[token.stem] = max(near.get(token.stem, 0), value)
    return near


def _parts(line: Line, values: Sequence[Quantity]) -> list[int]:
    """Number the part of a sentence that each token is in: "A has 3 of X, and B has 4 of Y" has two."""
    cuts = {_cut(line, one.last + 1, other.first) for one, other in itertools.pairwise(values)} - {0}
    return list(itertools.accumulate(int(at in cuts) for at in range(len(line.tokens))))


def _cut(line: Line, start: int, end: int) -> int:
    """Find where, between two numbers, what is said of the second begins; 0 if nothing shows it."""
    if not any(token.is_content for token in line.tokens[start:end]):
        return 0
    if line.tokens[start].text in {",", ";", ")"}:
        return start
    for words in _CUTS:
        found = [at for at in range(start, end) if line.tokens[at].lower in words]
        if found:
            return found[-1]
    return 0


_CUTS = (frozenset({"while", "whereas", "but", ";"}), frozenset({","}), frozenset({"and", "or"}))
_OTHER_PART = 0.2


def _apart(line: Line, quantity: Quantity, values: Sequence[Quantity]) -> list[int]:
    """Find where the other numbers are; from 3 to 5 is one."""
    others = (each for each in values if each is not quantity)
    return [
        each.first for each in others if not _adjoins(line, *sorted((each, quantity), key=lambda either: either.first))
    ]


def _between(places: Sequence[int], quantity: Quantity, at: int) -> int:
    low, high = min(at, quantity.first), max(at, quantity.last)
    return max(0, bisect.bisect_left(places, high) - bisect.bisect_right(places, low))


# ── respectively ────────────────────────────────────────────────────────────────────────────────────────


def _paired(line: Line, found: list[Surroundings]) -> list[Surroundings]:
    for number, run in enumerate(_runs(line, found), start=1):
        items = _items(line, run)
        for place, each in enumerate(run):
            near = _only(line, each, items, place) if items else each.nearness
            found[found.index(each)] = Surroundings(line, each.quantity, near, 0 if items else number)
    return found


def _runs(line: Line, found: Sequence[Surroundings]) -> Iterator[list[Surroundings]]:
    """Yield numbers of one unit with nothing but commas and "and" between them."""
    run: list[Surroundings] = []
    for each in found:
        if run and not _adjoins(line, run[-1].quantity, each.quantity):
            if len(run) > 1:
                yield run
            run = []
        run.append(each)
    if len(run) > 1:
        yield run


def _adjoins(line: Line, first: Quantity, second: Quantity) -> bool:
    between = range(first.last + 1, second.first)
    return first.unit == second.unit and len(between) > 0 and all(line.tokens[at].lower in _JOINS for at in between)


_JOINS = frozenset({",", "and", "/", "&", "over", "about", "nearly", "$", "only", "(", "to", "-", "–"})


def _items(line: Line, run: Sequence[Surroundings]) -> list[list[int]] | None:
    """Find the list of so many things, "A, B and C", that stands nearest to the numbers."""
    first, last = run[0].quantity.first, run[-1].quantity.last
    lists = [items[-len(run) :] for items in _lists(line) if len(items) >= len(run)]
    outside = [
        items
        for items in lists
        if (items[-1][-1] < first or items[0][0] > last) and not _same_words(line, items) and not _is_range(line, run)
    ]
    return min(outside, key=lambda items: min(abs(items[0][0] - last), abs(first - items[-1][-1])), default=None)


def _same_words(line: Line, items: Sequence[Sequence[int]]) -> bool:
    """Chinese to English and English to Chinese: the words alone do not tell these apart."""
    stems = [frozenset(line.tokens[at].stem for at in item) for item in items]
    return len(set(stems)) < len(stems)


def _is_range(line: Line, run: Sequence[Surroundings]) -> bool:
    return any(
        token.text in {"to", "-", "–"} for token in line.tokens[run[0].quantity.last + 1 : run[-1].quantity.first]
    )


def _lists(line: Line) -> Iterator[list[list[int]]]:
    for at, token in enumerate(line.tokens):
        if token.lower in {"and", "&"} or _is_slash(line, at):
            last, before = _item(line, at, 1), _items_before(line, at)
            if last and before:
                yield [*before, last]


def _is_slash(line: Line, at: int) -> bool:
    return line.tokens[at].text == "/" and 0 < at < len(line.tokens) - 1 and not line.tokens[at + 1].is_number


def _item(line: Line, at: int, step: int) -> list[int]:
    found: list[int] = []
    for place in range(at + step, at + step * 6, step):
        if not 0 <= place < len(line.tokens) or line.tokens[place].lower in _ENDS_ITEM:
            break
        if line.tokens[place].is_content:
            found.append(place)
    return found


def _items_before(line: Line, at: int) -> list[list[int]]:
    items: list[list[int]] = []
    place = at - 1 if at and line.tokens[at - 1].text == "," else at
    while place > 0:
        found = _item(line, place, -1)
        if not found:
            break
        items.insert(0, sorted(found))
        edge = min(found) - 1
        while edge > 0 and not line.tokens[edge].is_content and line.tokens[edge].text not in {",", "/"}:
            edge -= 1
        if edge <= 0 or line.tokens[edge].text not in {",", "/"}:
            break
        place = edge
    return items


def _only(line: Line, each: Surroundings, items: list[list[int]], place: int) -> dict[str, float]:
    """Weigh the words of its own item in full, those of the others hardly."""
    near = dict(each.nearness)
    for number, item in enumerate(items):
        for at in item:
            stem = line.tokens[at].stem
            near[stem] = 1.0 if number == place else 0.1 * near.get(stem, 0)
    for at in items[place]:
        near[line.tokens[at].stem] = 1.0
    return near
