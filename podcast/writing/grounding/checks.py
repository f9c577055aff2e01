"""The checks, one function a kind of claim. Each yields what is doubtful, in words for the reviewer.

How strong a sign must be before it is told was found on 2,700 sentences written by hand, true and false ones; see
benchmarks/grounding/README.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from podcast.writing.doubt import Doubt
from podcast.writing.grounding.alignment import aligned, covered
from podcast.writing.grounding.binding import borrowed, swapped
from podcast.writing.grounding.bounds import loosened
from podcast.writing.grounding.derived import can_be_worked_out
from podcast.writing.grounding.directed import turned
from podcast.writing.grounding.names import names
from podcast.writing.grounding.quantities import same_value
from podcast.writing.grounding.relations import Conflict, Dimension, conflicts
from podcast.writing.grounding.scope import widened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from podcast.writing.doubt import Kind
    from podcast.writing.grounding.quantities import Quantity
    from podcast.writing.grounding.source import Line, Source

LEAST = {
    "swapped": 0.1,
    "borrowed": 0.62,
    "bound": 0.6,
    "turned": 0.5,
    "scope": 0.7,
    "amount": 0.3,
    "quality": 0.25,
    "denial": 0.7,
    "role": 0.4,
    "roles": 1.4,
    "covered": 0.2,
}
"""From which strength on a sign counts."""

_NAME_RUN = 3
_FEWEST_WORDS = 5
_LONGEST_QUOTE = 200


def unknown_numbers(line: Line, source: Source) -> Iterator[Doubt]:
    """Numbers that the source does not have and that do not follow from those it has."""
    for quantity in line.quantities:
        if any(same_value(quantity, theirs) for _, theirs in source.values()):
            continue
        if not can_be_worked_out(quantity, line, source):
            yield _about(line, quantity, *_unknown(quantity, source))


def _unknown(quantity: Quantity, source: Source) -> tuple[Kind, str]:
    for other, theirs in source.quantities():
        if theirs.value == quantity.value and quantity.unit:
            return "unit", f"The source has “{other.words(theirs.first, theirs.last)}”: {_quote(other)}"
    alike = [other for other, theirs in source.quantities() if theirs.unit == quantity.unit]
    near = f" It has numbers in: {_quote(alike[0])}" if alike else ""
    return "number", f"The source has no such number.{near}"


def unknown_names(line: Line, source: Source) -> Iterator[Doubt]:
    """Names that the source has in no form."""
    found = names(line.tokens, _starts(line))
    for name in found:
        run = " ".join(other.text for other in found if abs(other.first - name.first) <= _NAME_RUN)
        if not source.names.has(name.text) and not source.names.spells(run):
            yield _doubt(line, "name", name.first, name.last, "The source has no such name.")


def _starts(line: Line) -> frozenset[int]:
    """Tokens that are capital because a sentence or a quote begins with them."""
    ends = [-1, *(at for at, token in enumerate(line.tokens) if token.text in {".", "?", "!", ":", "“", '"'})]
    return frozenset(end + 1 for end in ends)


def bounds(line: Line, source: Source) -> Iterator[Doubt]:
    """Numbers that lost "up to", "more than" and the like, or got another."""
    for each in loosened(line, source):
        if each.strength >= LEAST["bound"]:
            told = f"{each.theirs.bound} " if each.theirs.bound else ""
            words = each.line.words(each.theirs.first, each.theirs.last)
            yield _about(line, each.quantity, "bound", f"The source says “{told}{words}”: {_quote(each.line)}")


def bindings(line: Line, source: Source) -> Iterator[Doubt]:
    """Numbers that the source says of something else."""
    for each in swapped(line, source):
        if each.strength >= LEAST["swapped"]:
            yield _about(
                line, each.quantity, "binding", f"Two values may be swapped; the source: {_quote(each.own.line)}"
            )
    for each in borrowed(line, source):
        if each.strength >= LEAST["borrowed"]:
            yield _about(
                line, each.quantity, "binding", f"The source says this of something else: {_quote(each.own.line)}"
            )


def directions(line: Line, source: Source) -> Iterator[Doubt]:
    """Numbers and things that go the other way in the source."""
    for each in turned(line, source):
        if each.strength >= LEAST["turned"]:
            yield _about(line, each.quantity, "direction", f"The source goes the other way: {_quote(each.line)}")


def relations(line: Line, source: Source) -> Iterator[Doubt]:
    """Words that stand under another sign in the source."""
    found = conflicts(line, aligned(line, source), source.own_names, source.aliases)
    for dimension, kind, says in _SIGNS:
        strongest = _strongest(found, dimension)
        if strongest:
            yield _doubt(line, kind, *_from_to(strongest), f"{says}: {_quote(strongest.line)}")


_SIGNS: tuple[tuple[Dimension, Kind, str], ...] = (
    ("amount", "direction", "The source says more where this says less, or the other way round"),
    ("quality", "direction", "The source says better where this says worse, or the other way round"),
    ("role", "comparison", "The source compares the other way round"),
    ("denial", "negation", "The source denies what this says, or says what this denies"),
)


def _strongest(found: Sequence[Conflict], dimension: Dimension) -> Conflict | None:
    own = sorted((each for each in found if each.facet.dimension == dimension), key=lambda each: -each.strength)
    if not own:
        return None
    if dimension == "role":
        return own[0] if _roles_differ(own) else None
    return own[0] if own[0].strength >= LEAST[dimension] else None


def _roles_differ(own: Sequence[Conflict]) -> bool:
    """Whether both sides of a comparison are exchanged, or so much of one that it cannot be chance."""
    left = max((each.strength for each in own if each.facet.at < each.facet.by), default=0)
    right = max((each.strength for each in own if each.facet.at > each.facet.by), default=0)
    both = (left + right) / 2 if left and right else max(left, right) / 2
    return both >= LEAST["role"] or sum(each.strength for each in own) >= LEAST["roles"]


def _from_to(conflict: Conflict) -> tuple[int, int]:
    return min(conflict.facet.by, conflict.facet.at), max(conflict.facet.by, conflict.facet.at)


def scopes(line: Line, source: Source) -> Iterator[Doubt]:
    """Words like "all" and "first" that claim more than the source."""
    for each in widened(line, source, aligned(line, source)):
        if each.strength >= LEAST["scope"]:
            said = f" It says: {_quote(each.line)}" if each.line else ""
            yield _doubt(line, "scope", each.at, each.at, f"The source does not claim so much.{said}")


def unsupported(line: Line, source: Source) -> Iterator[Doubt]:
    """Sentences whose words the source hardly has."""
    is_told = any(same_value(mine, theirs) for mine in line.quantities for _, theirs in source.quantities())
    if len(line.stems) >= _FEWEST_WORDS and covered(line, source) < LEAST["covered"] and not is_told:
        yield _doubt(line, "unsupported", 0, len(line.tokens) - 1, "The source has hardly a word of this.")


CHECKS: tuple[Callable[[Line, Source], Iterator[Doubt]], ...] = (
    unknown_numbers,
    unknown_names,
    bounds,
    bindings,
    directions,
    relations,
    scopes,
    unsupported,
)


def _about(line: Line, quantity: Quantity, kind: Kind, expected: str) -> Doubt:
    return _doubt(line, kind, quantity.first, quantity.last, expected)


def _doubt(line: Line, kind: Kind, first: int, last: int, expected: str) -> Doubt:
    at = (line.tokens[first].start, line.tokens[last].end)
    return Doubt(kind, line.text[slice(*at)], expected, at)


def _quote(line: Line) -> str:
    text = " ".join(line.text.split())
    return f"“{text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1].rstrip() + '…'}”"
