"""A paper's own acronyms, and who needs to be told what they stand for.

Found as A. S. Schwartz and M. A. Hearst describe it (A simple algorithm for identifying abbreviation definitions in
biomedical text, 2003): an acronym in brackets, and the shortest words before it that have its letters in their order.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, get_args

from podcast.types import Level

if TYPE_CHECKING:
    from collections.abc import Iterable

_BRACKETED = re.compile(r"\(([^()]{2,12})\)")
_SHORT = re.compile(r"[A-Za-z][A-Za-z0-9&/-]{1,9}")
_MOST_MORE_WORDS = 5
_CAPITALS = 2
_WORD = re.compile(r"[\w’'&/.+-]+")

_ACRONYM = re.compile(
    r"(?<![\w.-])(?!(?:I{2,3}|IV|VI{0,3}|IX|XI{0,2})\b)[A-Z]{2,6}(?=s?(?![\w.]|-?\d)|s?-[a-z]|s?\.(?:\s|$))"
)


@dataclass(frozen=True, slots=True)
class Acronym:
    """Short as it is written, `LLMs`; and what it stands for, in the words of its source."""

    short: str
    long: str

    @property
    def name(self) -> str:
        """It without the s of a plural."""
        return _singular(self.short)

    @property
    def sentence(self) -> str:
        """What explains it to somebody who listens."""
        is_plural = self.short != self.name
        return f"{self.short} {'are' if is_plural else 'stands for'} {self.long}."


def _singular(short: str) -> str:
    return short[:-1] if short.endswith("s") and short[:-1].isupper() else short


def definitions(text: str) -> dict[str, Acronym]:
    """Everything that a text defines as `long form (SHORT)`, by its name in the singular; the first one counts."""
    found: dict[str, Acronym] = {}
    for match in _BRACKETED.finditer(text):
        short = match[1].strip()
        if not _SHORT.fullmatch(short) or sum(sign.isupper() for sign in short) < _CAPITALS:
            continue
        if long := _long_form(_singular(short), text[: match.start()]):
            acronym = Acronym(short, long)
            found.setdefault(acronym.name, acronym)
    return found


def _long_form(short: str, before: str) -> str:
    """Find the shortest end of what stands before that has the letters of the acronym in order; its first starts it."""
    words = re.split(r"[.;:!?]\s", before)[-1].split()
    most = min(len(short) + _MOST_MORE_WORDS, 2 * len(short))
    text = " ".join(words[-most:])
    at = len(text)
    letters = [letter for letter in short.lower() if letter.isalnum()]
    for place, letter in reversed(list(enumerate(letters))):
        at -= 1
        while at >= 0 and (text[at].lower() != letter or (place == 0 and at > 0 and text[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return ""
    long = text[at:].strip(" ,")
    if not re.search(r"[\s-]", long) or re.search(r"[()\[\]$\\]", long) or short in long:
        return ""
    return long if re.search(r"[ -][A-Z]", long) else f"{long[0].lower()}{long[1:]}"


def acronyms_of(text: str) -> tuple[str, ...]:
    """Name the acronyms that a text uses, each once, in the singular: whole words of two to six capitals."""
    return tuple(dict.fromkeys(match[0] for match in _ACRONYM.finditer(text)))


def says(text: str, long: str) -> bool:
    """Whether a text has these words, whatever its capitals and hyphens."""
    return _plain(long) in _plain(text)


def _plain(text: str) -> str:
    words = re.findall(r"\w+", text.lower())
    return f" {' '.join(word.removesuffix('s') for word in words)} "


@functools.cache
def household(level: Level) -> frozenset[str]:
    """Return what needs no explanation for this level."""
    lines = files(__package__).joinpath("household.txt").read_text(encoding="utf-8").splitlines()
    tables = [line.partition(":") for line in lines if line and not line.startswith("#")]
    levels = get_args(Level)
    known = levels[: levels.index(level) + 1]
    return frozenset(
        name.strip() for who, _, names in tables if who in known for name in names.split(",") if name.strip()
    )


def explained(sentences: Iterable[str], known: dict[str, Acronym], level: Level, said: str = "") -> list[str]:
    """Put what an acronym stands for behind the sentence that uses it first, where nothing before has said so.

    `said` is what was heard before the first sentence.
    """
    told: list[str] = []
    open_names = {name: each for name, each in known.items() if name not in household(level)}
    for sentence in sentences:
        told.append(sentence)
        for name, acronym in list(open_names.items()):
            if not re.search(rf"(?<![\w-]){re.escape(name)}s?(?![\w])", sentence):
                continue
            del open_names[name]
            if not says(" ".join((said, *told)), acronym.long):
                told.append(acronym.sentence)
    return told
