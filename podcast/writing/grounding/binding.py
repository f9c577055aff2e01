"""Whether a number is said of the thing that it is said of in the source.

For each number the words around it, nearer ones for more, are compared with those around the same number in the
source, and with those around the other numbers there. If another number's surroundings fit better, two may have been
swapped.
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.writing.grounding.quantities import Quantity, same_value
from podcast.writing.grounding.source import read_source
from podcast.writing.grounding.surroundings import Surroundings, surroundings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from podcast.writing.grounding.source import Line, Source


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A number that stands in another number's place; `strength` from 0 to 1."""

    quantity: Quantity
    strength: float
    own: Surroundings
    rival: Surroundings


def swapped(line: Line, source: Source) -> list[Misplaced]:
    """Find pairs of numbers in a sentence that would fit the source better the other way round."""
    theirs = _places(source.text)
    mine = surroundings(line, source.aliases)[:_MOST_NUMBERS]
    same = [[each for each in theirs if same_value(number.quantity, each.quantity)] for number in mine]
    found = []
    for (first, ones), (second, others) in itertools.combinations(zip(mine, same, strict=True), 2):
        if not first.is_clear_from(second) or not _alike(first, second) or len(ones) * len(others) > _MOST_PAIRS:
            continue
        options = [
            _crossing(first, second, one, other) for one, other in itertools.product(ones, others) if other is not one
        ]
        if options:
            found.append(min(options, key=lambda each: each.strength))
    return found


@functools.lru_cache(maxsize=8)
def _places(passage: str) -> tuple[Surroundings, ...]:
    """Describe what stands around each number of a passage, once for all of its sentences."""
    source = read_source(passage)
    return tuple(each for line in source.lines for each in surroundings(line, source.aliases))


def _crossing(first: Surroundings, second: Surroundings, one: Surroundings, other: Surroundings) -> Misplaced:
    telling = {
        stem: abs(one.nearness.get(stem, 0) - other.nearness.get(stem, 0)) for stem in {*one.nearness, *other.nearness}
    }

    def fit(mine: Surroundings, place: Surroundings) -> float:
        return sum(near * place.nearness.get(stem, 0) * telling.get(stem, 0) for stem, near in mine.nearness.items())

    straight = fit(first, one) + fit(second, other)
    crossed = fit(first, other) + fit(second, one)
    is_clear = one.is_clear_from(other) and crossed - straight > _LEAST_EVIDENCE
    return Misplaced(
        first.quantity, (crossed - straight) / (crossed + straight + _LITTLE) if is_clear else 0, one, other
    )


_MOST_NUMBERS = 12
"""Of a sentence that are compared pair by pair: no sentence for the ear has more, and a table would take hours."""

_MOST_PAIRS = 1000
"""Of places where two numbers stand: nobody can tell what is said of numbers that stand everywhere."""

_LEAST_EVIDENCE = 0.02
_OF_A_SIZE = 30
_LITTLE = 0.15
"""Of evidence: below it, a difference says little."""


def borrowed(line: Line, source: Source) -> list[Misplaced]:
    """Find numbers that the source says of other things than this sentence does, though it has a number for these."""
    theirs = _places(source.text)
    unsaid = [each for each in theirs if not any(same_value(said, each.quantity) for said in line.quantities)]
    told = dict.fromkeys(line.stems, 1.0)
    found = []
    for mine in surroundings(line, source.aliases)[:_MOST_NUMBERS]:
        own = [each for each in theirs if same_value(mine.quantity, each.quantity)]
        others = [each for each in unsaid if _alike(mine, each)]
        if own and others:
            found.append(_borrowing(mine, told, own, others))
    return found


def _alike(mine: Surroundings, other: Surroundings) -> bool:
    """Whether one could be taken for the other: of one unit, and of a size."""
    units = {mine.quantity.unit, other.quantity.unit}
    if len(units) > 1 and ("" not in units or mine.is_count or other.is_count):
        return False
    low, high = sorted((abs(mine.quantity.value), abs(other.quantity.value)))
    return high <= _OF_A_SIZE * low


def _borrowing(
    mine: Surroundings, told: Mapping[str, float], own: Sequence[Surroundings], others: Sequence[Surroundings]
) -> Misplaced:
    every = (*own, *others)
    weights = {stem: (0.5 + mine.nearness.get(stem, 0)) * _telling(stem, every) for stem in told}

    def fit(place: Surroundings) -> float:
        return sum(weight * place.nearness.get(stem, 0) for stem, weight in weights.items())

    home, rival = max(own, key=fit), max(others, key=fit)
    if home.run or rival.run:
        return Misplaced(mine.quantity, 0, home, rival)
    return Misplaced(mine.quantity, (fit(rival) - fit(home)) / (fit(rival) + fit(home) + _LITTLE), home, rival)


def _telling(stem: str, places: Sequence[Surroundings]) -> float:
    """How much a word tells the places apart: 0 if it stands equally near to all numbers."""
    values = [place.nearness.get(stem, 0) for place in places]
    return max(values) - sum(values) / len(values)
