"""A rule: its name, what it asks for, and the function that finds where that is not so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

S = TypeVar("S")

LONGEST_TEXT = 300
"""Characters of what a finding quotes."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What a rule found; `expected` where that is more exact than what the rule asks of all."""

    where: str
    text: str
    expected: str = ""


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """Something that should be put right before anybody listens."""

    rule: str
    where: str
    text: str
    expected: str


@dataclass(frozen=True, slots=True)
class Rule(Generic[S]):
    """One thing that must be so of a script, an episode or a feed."""

    name: str
    expected: str
    faults: Callable[[S], Iterator[Fault]]

    def findings(self, subject: S) -> Iterator[CheckFinding]:
        """Where it is not so."""
        for fault in self.faults(subject):
            yield CheckFinding(self.name, fault.where, _shortened(fault.text), fault.expected or self.expected)


def rule(name: str, expected: str) -> Callable[[Callable[[S], Iterator[Fault]]], Rule[S]]:
    """Make a rule of a function that yields faults."""
    return lambda faults: Rule(name, expected, faults)


def findings(rules: Iterable[Rule[S]], subject: S) -> list[CheckFinding]:
    """Everything that these rules find."""
    return [finding for each in rules for finding in each.findings(subject)]


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_TEXT else f"{line[: LONGEST_TEXT - 1]}…"
