"""What grounding finds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal[
    "number", "unit", "name", "comparison", "direction", "negation", "bound", "binding", "scope", "unsupported"
]

FINDING = re.compile(rf"(?:{'|'.join(get_args(Kind))}): “")
"""How a finding of these begins in a script; those that a person or a writer left begin otherwise."""

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
