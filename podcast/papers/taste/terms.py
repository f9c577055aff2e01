"""An author's words and phrases, found wherever a text has them: whatever the case, the hyphens, or the plural."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_PLURAL = re.compile(r"\w{2,}[^\W\ds]s")
_BETWEEN = r"[\W_]+"


def listed(terms: Iterable[str]) -> list[str]:
    """Terms on one line each, without blanks and without those that find the same."""
    found = {pattern.pattern: " ".join(term.split()) for term in terms if (pattern := _pattern(term))}
    return list(found.values())


def finder(term: str) -> re.Pattern[str]:
    """Return what finds a listed term in a text in lower case."""
    return _pattern(term) or re.compile(r"(?!)")


def _pattern(term: str) -> re.Pattern[str] | None:
    words = [re.escape(_singular(word)) for word in re.findall(r"[^\W_]+", term.lower())]
    return re.compile(rf"(?<!\w){_BETWEEN.join(f'{word}s?' for word in words)}(?!\w)") if words else None


def _singular(word: str) -> str:
    return word[:-1] if _PLURAL.fullmatch(word) else word
