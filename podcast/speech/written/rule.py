"""One rule of the many that make a written sentence a spoken one, and how they are applied."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Rule(NamedTuple):
    """One change: whatever the pattern finds becomes the replacement.

    Every repeat in a pattern is bounded, or a look-behind lets it begin once per run: that keeps a rule linear.
    """

    name: str
    pattern: re.Pattern[str]
    replacement: str | Callable[[re.Match[str]], str]


def rules(*written: tuple[str, str, str | Callable[[re.Match[str]], str]]) -> tuple[Rule, ...]:
    """Compile rules from their names, patterns and replacements."""
    return tuple(Rule(name, re.compile(pattern), replacement) for name, pattern, replacement in written)


def applied(some: Iterable[Rule], text: str) -> str:
    """Apply rules to a text, each to what the one before it made."""
    for rule in some:
        text = rule.pattern.sub(rule.replacement, text)
    return text
