"""Text as tokens: words with their stems, signs, and where each stands; LaTeX read through, nothing moved."""

from __future__ import annotations

import functools
import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import Stemmer

from podcast.writing.grounding import lexicon

if TYPE_CHECKING:
    from collections.abc import Sequence

_TOKEN = re.compile(
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
    r"|[^\W\d_]+(?:['’](?:s|t|re|ve|ll|d|m)\b)?|[^\w\s]"
)
_MATHS = re.compile(r"\$([^$\n]{1,200})\$")
_COMMANDS = re.compile(r"\\(times|approx|sim|geq?|leq?|pm|textless|textgreater|rightarrow|to|cdot)(?![a-zA-Z])")
_SIGNS = {
    "times": "×",
    "approx": "≈",
    "sim": "≈",
    "ge": "≥",
    "geq": "≥",
    "le": "≤",
    "leq": "≤",
    "pm": "±",
    "textless": "<",
    "textgreater": ">",
}
_OTHER_COMMAND = re.compile(r"\\[a-zA-Z]+\s?\{?|\\[%$&#_,;!]")
_CONTRACTED = re.compile(r"(?i)(?:n['’]t|['’](?:s|re|ve|ll|d|m))$")

CLAUSE_MARKS = frozenset(",;:()–—[]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number or a sign; `stem` is empty where it is no word."""

    text: str
    lower: str
    stem: str
    start: int
    end: int

    @property
    def is_number(self) -> bool:
        """Whether it is written in digits."""
        return self.text[-1].isascii() and self.text[-1].isdigit()

    @property
    def is_content(self) -> bool:
        """Whether it is a word that says something of the subject."""
        return bool(self.stem) and self.lower not in lexicon.FUNCTION_WORDS


_STEMMING = threading.local()
"""A stemmer holds the word that it is at: each thread needs one of its own."""


def _stemmer() -> Stemmer.Stemmer:
    if not hasattr(_STEMMING, "english"):
        _STEMMING.english = Stemmer.Stemmer("english")
    return _STEMMING.english


@functools.lru_cache(maxsize=100_000)
def stem_of(word: str) -> str:
    """Cut a word to what its forms share (Porter's second stemmer)."""
    stem: str = _stemmer().stemWord(_CONTRACTED.sub("", word.lower()))
    return stem


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def read_through(text: str) -> str:
    """Replace LaTeX by what it shows, character for character, so that places stay what they are."""
    text = _MATHS.sub(lambda match: f" {match[1]} " if _is_maths(match[1]) else match[0], text)
    text = _COMMANDS.sub(lambda match: _SIGNS.get(match[1], " ").ljust(len(match[0])), text)
    text = text.replace("\\%", " %").replace("\\$", " $")
    text = _OTHER_COMMAND.sub(_blank, text)
    return text.replace("{", " ").replace("}", " ")


def _is_maths(inside: str) -> bool:
    return bool(re.search(r"[\\^_=<>+]", inside)) or not re.search(r"\s\w+\s", inside)


def tokens_of(text: str) -> tuple[Token, ...]:
    """Cut a text into tokens; hyphens are signs, so compounds are several words."""
    plain = read_through(text)
    return tuple(_token(match) for match in _TOKEN.finditer(plain))


def _token(match: re.Match[str]) -> Token:
    text = match[0]
    stem = stem_of(text) if text[0].isalpha() else ""
    return Token(text, text.lower().replace("’", "'"), stem, match.start(), match.end())


def clause_numbers(tokens: Sequence[Token]) -> list[int]:
    """Number the clause that each token stands in."""
    numbers, now = [], 0
    for token in tokens:
        if token.text in CLAUSE_MARKS or token.lower in lexicon.CLAUSE_WORDS:
            now += 1
        numbers.append(now)
    return numbers
