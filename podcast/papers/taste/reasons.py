"""Why a paper stands where it does, in half a sentence: the strongest of what is true of it.

Titles are strangers' words: what could be taken for markup, or end a line, is no part of a reason.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podcast.papers.taste.learning import Learned
    from podcast.papers.taste.meanings import Floats

ALIKE = 0.4
"""From here on two papers are about the same thing, as people say; few papers of a week have so near a one."""

_NEAR = 0.25
"""From here on they share a subject, if not a question."""

_LONGEST = 80
_GOOD = 0.5
_LOOKED_AT, _MOST_WORDS = 9, 3
_MOST_TERMS = 2
_PREFIXES = re.compile(r"anti|based|co|cross|fine|inter|meta|multi|non|post|pre|re|self|semi|sub")
_MARKUP = re.compile(r"[`*_\[\]<>|\\#~^{}$“”\"]+|%%+|==+|https?://|www\.")


@dataclass(frozen=True, slots=True)
class Grounds:
    """What is known of each paper of a week: a row each."""

    kept: tuple[str, ...]
    like_kept: Floats
    """How alike each paper is to each kept one, (papers, kept)."""
    terms: tuple[tuple[str, ...], ...]
    """The author's terms that each paper has."""
    examples: tuple[str, ...]
    like_examples: Floats
    learned: Learned | None
    has_terms: bool
    has_skipped: bool


def reason(grounds: Grounds, row: int, score: float) -> str:
    """Say why a paper has this score."""
    return (
        _like(grounds.kept, grounds.like_kept, row, "which you kept")
        or _fits(grounds.terms[row])
        or _like(grounds.examples, grounds.like_examples, row, "one of your examples")
        or _near(grounds, row, score)
        or _speaks(grounds.learned, row, score)
        or _rest(grounds, score)
    )


def _like(titles: tuple[str, ...], alike: Floats, row: int, what: str) -> str:
    if not titles or alike[row].max() < ALIKE:
        return ""
    return f"similar to “{harmless(titles[alike[row].argmax()])}”, {what}"


def _near(grounds: Grounds, row: int, score: float) -> str:
    """Name the nearest kept one also where it is not that near, for a paper of the better half of its week."""
    alike = grounds.like_kept[row]
    if score < _GOOD or not grounds.kept or alike.max() < _NEAR:
        return ""
    return f"a little like “{harmless(grounds.kept[alike.argmax()])}”, which you kept"


def _fits(terms: tuple[str, ...]) -> str:
    named = [f"“{harmless(term)}”" for term in terms[:_MOST_TERMS]]
    return f"fits {' and '.join(named)}" if named else ""


def _speaks(learned: Learned | None, row: int, score: float) -> str:
    words = learned.words(row, _LOOKED_AT) if learned and score >= _GOOD else ()
    named = [f"“{harmless(word)}”" for word in words if _stands_alone(word, words)][:_MOST_WORDS]
    if not named:
        return ""
    listed = f"{', '.join(named[:-1])} and {named[-1]}" if len(named) > 1 else named[0]
    return f"has {listed}, as papers have that you kept"


def _stands_alone(word: str, words: tuple[str, ...]) -> bool:
    """Whether it is no part of a word with a hyphen, and no plural of another one."""
    return not _PREFIXES.fullmatch(word) and word.removesuffix("s") not in {*words} - {word}


def _rest(grounds: Grounds, score: float) -> str:
    if not (grounds.learned or grounds.has_terms or grounds.examples):
        return "the newest come first, for nothing is known of your taste yet"
    if grounds.learned and not grounds.kept and score >= _GOOD:
        return "unlike what you passed over"
    if score >= _GOOD:
        return "nearer than most of the week to what you look for"
    return "farther than most of the week from what you look for"


def harmless(text: str) -> str:
    """Strangers' words as plain words on one line, of at most about 80 characters."""
    plain = " ".join(_MARKUP.sub(" ", "".join(map(_visible, text))).split())
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 1].rstrip()}…"


def _visible(sign: str) -> str:
    category = unicodedata.category(sign)
    return "" if category == "Cf" else " " if category[0] in "CZ" else sign
