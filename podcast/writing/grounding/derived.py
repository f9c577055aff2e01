"""Numbers that a faithful sentence works out: half of, twice, three points more, nine missed out of 2,786."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podcast.writing.grounding.quantities import ORDERS, PERCENT, SHARE, TIMES, Quantity, same_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podcast.writing.grounding.source import Line, Source

_COUNTED_AT_MOST = 4
_MOST_SAID = 12
_MOST_VALUES = 150
"""Of a source that numbers are worked out from: a whole paper has thousands, and any number follows from some two."""

_IN_WORDS, _IN_DIGITS = 0.12, 0.005
"""How far from the exact value a number may be that was worked out, as a share of it."""


def can_be_worked_out(quantity: Quantity, line: Line, source: Source) -> bool:
    """Whether a number that the source does not have follows from those that it has."""
    if quantity.word and quantity.value <= _COUNTED_AT_MOST:  # two of those listed, both, a pair
        return True
    values = [theirs for _, theirs in source.quantities()][:_MOST_VALUES]
    if _is_spelled(quantity, line):
        return any(_near(quantity, each, _IN_WORDS) for each in _worked_out(values))
    said = [theirs for theirs in values if any(same_value(mine, theirs) for mine in line.quantities[:_MOST_SAID])]
    return any(_near(quantity, each, _IN_DIGITS) for each in _worked_out(said))


def _is_spelled(quantity: Quantity, line: Line) -> bool:
    return not any(token.is_number for token in line.tokens[quantity.first : quantity.last + 1])


def _worked_out(values: list[Quantity]) -> Iterator[Quantity]:
    """Yield ratios, shares, differences and sums of two values of one unit."""
    for place, first in enumerate(values):
        for second in values[place + 1 :]:
            if first.unit != second.unit or first.unit == ORDERS or not (first.value and second.value):
                continue
            low, high = sorted((first.value, second.value))
            yield _value(high / low, TIMES)
            yield _value(low / high, SHARE)
            yield _value(high - low, first.unit)
            yield _value(first.value + second.value, first.unit)
            yield _value((high - low) / low * 100, PERCENT)


def _value(value: float, unit: str) -> Quantity:
    return Quantity(value, unit, "", 0, 0)


def _near(mine: Quantity, worked_out: Quantity, tolerance: float) -> bool:
    if {mine.unit, worked_out.unit} == {SHARE, TIMES} or (
        mine.unit != worked_out.unit and "" not in {mine.unit, worked_out.unit}
    ):
        return False
    return abs(mine.value - worked_out.value) <= tolerance * abs(mine.value)
