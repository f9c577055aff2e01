"""Whether "some" became "all", and whether something is called the first, or the only one, that its source does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.writing.grounding import lexicon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast.writing.grounding.source import Line, Source

_ORDINALS_BEFORE = frozenset({"the", "their", "its", "his", "for", "a"})
_ENUMERATES = frozenset(
    {
        "is",
        "step",
        "stage",
        "part",
        "phase",
        "second",
        "place",
        "then",
        "author",
        "layer",
        "token",
        "and",
        "half",
        "pass",
        "glance",
        "language",
    }
)


@dataclass(frozen=True, slots=True)
class Widened:
    """A word at token `at` that claims more than the source; `strength` from 0 to 1, against what `line` says."""

    at: int
    strength: float
    line: Line | None


def widened(line: Line, source: Source, aligned: Sequence[tuple[Line, float]]) -> list[Widened]:
    """Find universal words without one in the source, and claims to be first."""
    near = [other for other, _ in aligned]
    return [
        *_universals(line, source, near),
        *_firsts(line, source),
        *_narrowed(line, near),
        *_excluded(line, source, near),
    ]


def _narrowed(line: Line, near: Sequence[Line]) -> list[Widened]:
    """Find "some" or "a few" where the source says all."""
    best = {token.lower for other in near[:1] for token in other.tokens}
    if not best & (lexicon.UNIVERSAL - {"without", "fully", "consistently"}) or best & lexicon.PARTIAL:
        return []
    return [
        Widened(at, 0.5, near[0])
        for at, token in enumerate(line.tokens)
        if token.lower in {"some", "few", "most", "half", "sometimes", "occasionally", "partly"}
    ]


def _excluded(line: Line, source: Source, near: Sequence[Line]) -> list[Widened]:
    """Find "only" of things, not of numbers, where the source excludes nothing."""
    words = {token.lower for other in source.lines for token in other.tokens}
    if words & _EXCLUDES:
        return []
    return [
        Widened(at, 0.55, near[0] if near else None)
        for at, token in enumerate(line.tokens)
        if token.lower in lexicon.EXCLUSIVE and not any(at < each.first <= at + 3 for each in line.quantities)
    ]


_EXCLUDES = frozenset(
    [
        "only",
        "solely",
        "exclusively",
        "alone",
        "just",
        "merely",
        "single",
        "sole",
        "without",
        "purely",
        "simply",
        "limited",
        "restricted",
        "no",
        "not",
    ]
)


def _universals(line: Line, source: Source, near: Sequence[Line]) -> list[Widened]:
    best = {token.lower for other in near[:1] for token in other.tokens}
    words_near = {token.lower for other in near for token in other.tokens}
    words = {token.lower for other in source.lines for token in other.tokens}
    found = []
    for at, token in enumerate(line.tokens):
        if not _is_universal(line, at):
            continue
        strength = 0.0
        if token.lower in {"only", "solely", "exclusively"}:
            continue
        if best & lexicon.PARTIAL and not best & lexicon.UNIVERSAL:
            strength = 1.0 if not words_near & lexicon.UNIVERSAL else 0.7
        elif not words_near & lexicon.SUPPORTS_UNIVERSAL:
            strength = 0.8 if not words & lexicon.SUPPORTS_UNIVERSAL else 0.6
        elif not words_near & lexicon.UNIVERSAL:
            strength = 0.4
        if strength:
            found.append(Widened(at, strength, near[0] if near else None))
    return found


def _is_universal(line: Line, at: int) -> bool:
    word = line.tokens[at].lower
    before = line.tokens[at - 1].lower if at else ""
    following = line.tokens[at + 1].lower if at + 1 < len(line.tokens) else ""
    if word == "without":
        return following in {"exception", "fail"}
    if word == "all":
        return before not in {"at", "above", "after", "in"} and following not in {"in", "."}
    if word in {"every", "each", "any", "whole"}:
        return word == "every" or following in {"one", "of", "single"}
    return word in lexicon.UNIVERSAL


def _firsts(line: Line, source: Source) -> list[Widened]:
    words = {token.lower for other in source.lines for token in other.tokens}
    supports = words & {
        "first",
        "pioneer",
        "pioneers",
        "pioneering",
        "unprecedented",
        "never",
        "initial",
        "1st",
        "unexplored",
    }
    return [
        Widened(at, 0.4 if words & {"novel", "new"} else 1.0, None)
        for at, token in enumerate(line.tokens)
        if token.lower == "first" and not supports and _claims_first(line, at)
    ]


def _claims_first(line: Line, at: int) -> bool:
    before = line.tokens[at - 1].lower if at else ""
    following = line.tokens[at + 1].lower if at + 1 < len(line.tokens) else ""
    return before in _ORDINALS_BEFORE and following not in _ENUMERATES
