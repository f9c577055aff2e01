"""Whether "up to", "more than", "nearly" are kept: a bound dropped or turned round says more than its source."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.writing.grounding import lexicon
from podcast.writing.grounding.quantities import Bound, Quantity, same_value

if TYPE_CHECKING:
    from podcast.writing.grounding.source import Line, Source

_TURNED, _DROPPED, _ADDED, _BLURRED = 1.0, 0.8, 0.7, 0.3

_SIDES: dict[Bound, int] = {
    "up to": -1,
    "less than": -1,
    "nearly": -1,
    "at least": 1,
    "more than": 1,
    "": 0,
    "about": 0,
}


@dataclass(frozen=True, slots=True)
class Loosened:
    """A number whose bound is not the source's; `strength` from 0 to 1."""

    quantity: Quantity
    strength: float
    line: Line
    theirs: Quantity


def loosened(line: Line, source: Source) -> list[Loosened]:
    """Compare the bound of each number with those that it has in the source; the kindest reading counts."""
    found = []
    for mine in line.quantities:
        places = [(other, theirs) for other, theirs in source.quantities() if same_value(mine, theirs)]
        readings = [Loosened(mine, _difference(line, mine, other, theirs), other, theirs) for other, theirs in places]
        if readings:
            kindest = min(readings, key=lambda each: each.strength)
            if kindest.strength:
                found.append(kindest)
    return found


def _difference(line: Line, mine: Quantity, other: Line, theirs: Quantity) -> float:
    own, theirs_own = _bound(line, mine), _bound(other, theirs)
    if _SIDES[own] * _SIDES[theirs_own] < 0:
        return _TURNED
    pairs = itertools.product(_readings(line, mine), _readings(other, theirs))
    return min(_gap((line, mine, said), (other, theirs, meant)) for said, meant in pairs)


_Reading = tuple["Line", Quantity, Bound]


def _gap(mine_read: _Reading, theirs_read: _Reading) -> float:
    (line, mine, said), (_, theirs, meant) = mine_read, theirs_read
    if said == meant:
        return 0.0
    if meant == "":
        return _invented(mine_read, theirs_read)
    if meant == "up to" and any(token.lower in lexicon.PEAK for token in line.tokens):
        return 0.0
    if said in {"", "about"}:
        return _dropped(mine, theirs, meant)
    if meant == "about":
        return 0.0 if said == "nearly" else _BLURRED
    return _TURNED if _SIDES[said] != _SIDES[meant] else _same_side(said, meant)


def _invented(mine_read: _Reading, theirs_read: _Reading) -> float:
    """A bound that the source does not have, unless other words of it say as much."""
    (line, mine, said), (other, theirs, _) = mine_read, theirs_read
    if said == "up to" and (_has_peak(other, theirs) or _is_range(line, mine)):
        return 0.0
    averaged = _is_averaged(other, theirs) and not _is_averaged(line, mine)
    return _TURNED if averaged and said in {"up to", "at least"} else _added(mine, theirs, said)


def _bound(line: Line, quantity: Quantity) -> Bound:
    """Read the bound; "none gets past sixty" and "doesn't reach sixty" are ones from above."""
    before = {token.lower for token in line.tokens[max(0, quantity.first - 6) : quantity.first]}
    is_denied = any(word in _DENY or word.endswith("n't") for word in before)
    falls_short = quantity.bound == "more than" or (not quantity.bound and before & _REACHES)
    if is_denied and falls_short:
        return "less than"
    if not quantity.bound and before & {"minimum", "maximum"}:
        return "at least" if "minimum" in before else "up to"
    return quantity.bound


_REACHES = frozenset({"reach", "reaches", "reached", "reaching", "hit", "hits", "get", "gets", "got", "top"})
_DENY = frozenset({"none", "never", "no", "not", "nobody", "hardly"})
_PLACES = frozenset(
    {"over", "under", "surpassing", "exceeding", "above", "below", "within", "past", "exceed", "exceeds"}
)


def _is_place(line: Line, quantity: Quantity) -> bool:
    """Averaged over twelve datasets, under six kinds of noise: a place, or what is beaten, and no bound of a count."""
    before = [token.lower for token in line.tokens[max(0, quantity.first - 2) : quantity.first]]
    while before[-1:] in (["a"], ["an"], ["the"]):
        before.pop()
    return before[-1:] != [] and before[-1] in _PLACES and quantity.unit == ""


def _readings(line: Line, quantity: Quantity) -> list[Bound]:
    """Return its bound, and what else it may be: none, if its word says where, or that of a number shortly before."""
    own = _bound(line, quantity)
    if _is_place(line, quantity):
        return [own, ""]
    earlier = [other for other in line.quantities if 0 < quantity.first - other.last <= _SHARED_TOKENS]
    return list(dict.fromkeys([own, *(other.bound for other in earlier if not own)]))


_SHARED_TOKENS = 14


def _has_peak(line: Line, quantity: Quantity) -> bool:
    words = {token.lower for token in line.tokens[max(0, quantity.first - 12) : quantity.first]}
    return bool(words & (lexicon.PEAK | {"only", "merely", "just"}))


def _is_range(line: Line, quantity: Quantity) -> bool:
    """From eight up to ninety percent, and a rate that goes up to eight: ends, no bounds."""
    before = {token.lower for token in line.tokens[max(0, quantity.first - 9) : quantity.first]}
    return bool(before & {"from", "goes", "go", "went", "rises", "climbs"})


def _is_averaged(line: Line, quantity: Quantity) -> bool:
    around = line.tokens[max(0, quantity.first - 8) : quantity.last + 6]
    return any(token.lower in lexicon.AVERAGED for token in around)


def _added(mine: Quantity, theirs: Quantity, said: Bound) -> float:
    """A bound that the source does not have is fine where it says how a number was rounded."""
    if mine.value != theirs.value or said in {"about", "nearly"}:
        return 0.0 if said != "nearly" or mine.value != theirs.value else 0.5
    return _ADDED if said in {"more than", "less than", "at least"} else _TURNED * 0.8


def _dropped(mine: Quantity, theirs: Quantity, meant: Bound) -> float:
    if meant == "about":
        return 0.0
    if mine.value != theirs.value and meant in {"nearly", "more than", "less than"}:
        return 0.2
    return {"up to": 1.0, "at least": 0.9, "nearly": 0.6}.get(meant, _DROPPED)


def _same_side(said: Bound, meant: Bound) -> float:
    if {said, meant} in ({"at least", "more than"}, {"less than", "nearly"}):
        return 0.0
    return 0.4 if "nearly" in {said, meant} else 0.3
