"""What grounding finds; apart from how it finds it, as every reader of a script knows such findings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal[
    "number", "unit", "name", "comparison", "direction", "negation", "bound", "binding", "scope", "unsupported"
]

_FINDING = re.compile(rf"(?:{'|'.join(get_args(Kind))}): “")

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


def was_looked_up(finding: str) -> bool:
    """Whether the text of a finding is of these; those that a person or a writer left begin otherwise."""
    return _FINDING.match(finding) is not None
