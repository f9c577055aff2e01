r"""What a bar in a formula is: of an absolute value, of a norm, of a condition, or of a state |\psi\rangle."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

CLOSING = {"(": ")", "[": "]", "{": "}"}
BARS = {"|": "|", r"\vert": r"\vert", r"\lvert": r"\rvert"}
NORMS = {r"\|": r"\|", "‖": "‖", "∥": "∥", "||": "||", r"\Vert": r"\Vert", r"\lVert": r"\rVert"}
_CLOSERS = frozenset(CLOSING.values())
_SCOPE = 200  # marks, in which a bar finds its other end


def count(marks: Sequence[str], at: int, bar: str) -> int:
    """Count the bars of a kind from there to where the bracket around them closes."""
    depth = bars = 0
    for mark in marks[at : at + _SCOPE]:
        depth += (mark in CLOSING) - (mark in _CLOSERS)
        if depth < 0:
            break
        bars += mark == bar and not depth
    return bars


def begins_ket(marks: Sequence[str], at: int) -> bool:
    r"""Tell the bar of |\psi\rangle: the next thing that could end it is the angle bracket."""
    return _next_of(marks, at, {r"\rangle", r"\langle"}) == r"\rangle"


def begins_bra(marks: Sequence[str], at: int) -> bool:
    r"""Tell \langle\psi| from an inner product."""
    return "".join(marks[at : at + 2]).strip()[:1] != "|" and _next_of(marks, at, {r"\rangle"}) in BARS


def _next_of(marks: Sequence[str], at: int, others: set[str]) -> str:
    return next((mark for mark in marks[at : at + _SCOPE] if mark in BARS or mark in others), "")
