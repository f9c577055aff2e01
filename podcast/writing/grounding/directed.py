"""Which way a number goes: up by 30 percent, or down; from 82 to 89, or from 89 to 82."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.writing.grounding import lexicon
from podcast.writing.grounding.quantities import same_value

if TYPE_CHECKING:
    from podcast.writing.grounding.quantities import Quantity
    from podcast.writing.grounding.source import Line, Source

_NEAR_TOKENS = 12


@dataclass(frozen=True, slots=True)
class Turned:
    """A number that goes the other way in the source; `strength` from 0 to 1."""

    quantity: Quantity
    strength: float
    line: Line


def turned(line: Line, source: Source) -> list[Turned]:
    """Find numbers whose direction, or order, is the opposite of that of the same numbers in the source."""
    return [*_signs(line, source), *_orders(line, source)]


def _signs(line: Line, source: Source) -> list[Turned]:
    found = []
    of_quality = any(token.lower in lexicon.QUALITIES for token in line.tokens)
    for mine in line.quantities:
        said = _directions(line, mine)
        places = [
            (other, _directions(other, theirs)) for other, theirs in source.quantities() if same_value(mine, theirs)
        ]
        against = [other for other, meant in places if _opposed(said, meant, of_quality=of_quality)]
        if against and not any(said & meant for _, meant in places):
            found.append(Turned(mine, 1.0, against[0]))
    return found


def _directions(line: Line, quantity: Quantity) -> frozenset[str]:
    """Name the nearest direction on each side of a number, in its clause."""
    found = set()
    for step, start in ((-1, quantity.first), (1, quantity.last)):
        for place in range(start + step, start + step * _NEAR_TOKENS, step):
            if not 0 <= place < len(line.tokens) or line.tokens[place].text in {";", ".", ":", "("}:
                break
            if any(other.first <= place <= other.last for other in line.quantities) and step > 0:
                break
            names = _names(line.tokens[place].lower)
            if names and not _is_bound_word(line, place) and not _is_up_to(line, place):
                found |= names
                break
    return frozenset(found)


def _is_up_to(line: Line, place: int) -> bool:
    return line.tokens[place].lower == "up" and place + 1 < len(line.tokens) and line.tokens[place + 1].lower == "to"


def _is_bound_word(line: Line, place: int) -> bool:
    return (
        place + 1 < len(line.tokens)
        and line.tokens[place + 1].lower == "than"
        and any(quantity.first == place + 2 for quantity in line.quantities)
    )


def _names(word: str) -> set[str]:
    return {
        name
        for name, words in (
            ("more", lexicon.PLAINLY_MORE),
            ("less", lexicon.PLAINLY_LESS),
            ("gain", lexicon.GAINS),
            ("loss", lexicon.LOSSES),
            ("fast", lexicon.FASTER),
            ("slow", lexicon.SLOWER),
        )
        if word in words
    }


_OPPOSITES = frozenset({("more", "less"), ("gain", "loss"), ("fast", "slow")})
_OF_QUALITY = frozenset({("gain", "less"), ("more", "loss")})
"""Opposed where a quality is spoken of: less accuracy is a loss, fewer errors are a gain."""


def _opposed(said: frozenset[str], meant: frozenset[str], *, of_quality: bool) -> float:
    if not said or not meant or said & meant:
        return 0.0
    pairs = _OPPOSITES | (_OF_QUALITY if of_quality else frozenset())
    return 1.0 if any((one, other) in pairs or (other, one) in pairs for one in said for other in meant) else 0.0


def _orders(line: Line, source: Source) -> list[Turned]:
    """Find "from A to B" where the source goes from B to A."""
    found = []
    for start, end in zip(line.quantities, line.quantities[1:], strict=False):
        if not _from_to(line, start, end):
            continue
        for other in source.lines:
            for first, second in zip(other.quantities, other.quantities[1:], strict=False):
                if (
                    _from_to(other, first, second)
                    and same_value(start, second)
                    and same_value(end, first)
                    and first.value != second.value
                ):
                    found.append(Turned(start, 1.0, other))
    return found


def _from_to(line: Line, first: Quantity, second: Quantity) -> bool:
    before = [token.lower for token in line.tokens[max(0, first.first - 3) : first.first]]
    between = [token.lower for token in line.tokens[first.last + 1 : second.first]]
    return "from" in before and "to" in between and len(between) <= 4  # noqa: PLR2004
