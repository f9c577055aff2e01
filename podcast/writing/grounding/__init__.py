"""Does a sentence say what its source says? Every claim in it looked up, and bound to what it is said of.

    sentence ─▶ tokens ─▶ numbers, names, directions, comparisons, denials, bounds ─▶ looked up in the passage ─▶ doubts

Pure functions over plain text; nothing here asks a model. What is found is for a person to decide upon: a doubt says
that the source does not bear a claim out, not that the claim is false.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from podcast.writing.doubt import Doubt, Grounded, Kind, Span
from podcast.writing.grounding.alignment import aligned
from podcast.writing.grounding.checks import CHECKS
from podcast.writing.grounding.source import Line, Source, read_line, read_source

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Doubt", "Grounded", "Kind", "Span", "ground"]

_MOST_SHOWN = 2
_LONGEST_TOKENS, _SHOWN = 250, 80
_TOO_LONG = "This is too long for one sentence, so nothing in it was looked up: make several of it."


def ground(sentences: Sequence[str], passage: str) -> tuple[Grounded, ...]:
    """Look the claims of sentences up in the passage that they tell; where there is none, nothing is doubted."""
    if not passage.strip():
        return tuple(Grounded(sentence, (), ()) for sentence in sentences)
    source = read_source(passage)
    found = {sentence: _grounded(read_line(sentence), source) for sentence in dict.fromkeys(sentences)}
    return tuple(found[sentence] for sentence in sentences)


def _grounded(line: Line, source: Source) -> Grounded:
    rests_on = tuple((other.start, other.end) for other, _ in aligned(line, source)[:_MOST_SHOWN])
    if _is_quoted(line, source):
        return Grounded(line.text, (), rests_on)
    if len(line.tokens) > _LONGEST_TOKENS:
        doubt = Doubt("unsupported", line.text[:_SHOWN], _TOO_LONG, (0, min(_SHOWN, len(line.text))))
        return Grounded(line.text, (doubt,), rests_on)
    doubts = [doubt for check in CHECKS for doubt in check(line, source)]
    return Grounded(line.text, tuple(_one_a_place(doubts)), rests_on)


def _is_quoted(line: Line, source: Source) -> bool:
    """Whether these very words stand in the source one after the other."""
    return any(line.lower in other.lower for other in source.lines)


def _one_a_place(doubts: Sequence[Doubt]) -> list[Doubt]:
    """Keep the first doubt of a kind: the second would say the same again."""
    return list({(doubt.kind, doubt.at): doubt for doubt in reversed(doubts)}.values())[::-1]
