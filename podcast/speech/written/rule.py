"""One rule of the many that make a written sentence a spoken one, and how they are applied."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

Replacement = str | Callable[[re.Match[str]], str]

DIGIT = "0"
"""What a rule needs that needs any digit, of any script."""

BEYOND_ASCII = "\x80"
"""What a rule needs that needs any sign that ASCII does not have."""

_DIGITS = re.compile(r"\d")


class Rule(NamedTuple):
    """One change: whatever the pattern finds becomes the replacement.

    Every repeat in a pattern is bounded, or a look-behind lets it begin once per run: that keeps a rule linear.
    """

    name: str
    source: str
    replacement: Replacement
    needs: frozenset[str] = frozenset()
    """Without one of these signs in a text there is nothing to find; most sentences have few signs. Empty: none."""

    @property
    def pattern(self) -> re.Pattern[str]:
        """What it finds, compiled when a text first has what it needs."""
        return _compiled(self.source)

    def may_find(self, kinds: frozenset[str]) -> bool:
        """Whether a text of these kinds of signs has what it needs."""
        return not self.needs or not self.needs.isdisjoint(kinds)


_compiled = functools.cache(re.compile)


def rules(*written: tuple[str, str, Replacement] | tuple[str, str, Replacement, str]) -> tuple[Rule, ...]:
    """Make rules from their names, patterns, replacements and, where they need some, signs."""
    return tuple(Rule(*each[:3], frozenset("".join(each[3:]))) for each in written)


def kinds_of(text: str) -> frozenset[str]:
    """Name the signs of a text as rules need them."""
    beyond = "" if text.isascii() else BEYOND_ASCII
    return frozenset(_DIGITS.sub(DIGIT, text) + beyond)


def applied(some: Iterable[Rule], text: str) -> str:
    """Apply rules to a text, each to what the one before it made."""
    kinds = kinds_of(text)
    for rule in some:
        if rule.may_find(kinds):
            changed = rule.pattern.sub(rule.replacement, text)
            if changed != text:
                text, kinds = changed, kinds_of(changed)
    return text
