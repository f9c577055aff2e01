"""How to say what no spelling rule gets right: terms and their respellings, kept in TOML files a listener can edit.

    [say]
    "ReLU" = "ray-loo"

A term is matched in exact case where no letter or digit precedes it and no letter but a plural's follows, so that
one entry serves ReLU, ReLUs, ReLU's, ReLU-6 and leaky-ReLU. The longest term wins. A respelling is put in once and
never looked up again, so entries cannot chase each other.
"""

from __future__ import annotations

import difflib
import re
import tomllib
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from podcast.errors import InputError, from_os_error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_TABLE = "say"
_LETTER = r"[^\W\d_]"
_NEVER = re.compile(r"(?!)")
_SPELLED_OUT = re.compile(r"(?<![A-Za-z])[A-Z]$")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Written terms and their respellings, each term once; the empty one changes nothing."""

    entries: tuple[tuple[str, str], ...] = ()
    _respellings: Mapping[str, str] = field(init=False, repr=False, compare=False)
    _pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Compile the one pattern that finds every term."""
        respellings = dict(self.entries)
        object.__setattr__(self, "_respellings", respellings)
        object.__setattr__(self, "_pattern", _pattern_of(respellings))

    def respell(self, text: str) -> str:
        """Put each term's respelling in its place, in one pass."""
        return self._pattern.sub(self._said, text)

    def _said(self, match: re.Match[str]) -> str:
        """Respell a term; the plural of one that is spelled out needs an apostrophe to be read as such."""
        said = self._respellings[match["term"]]
        plural = match["plural"] or ""
        return f"{said}'{plural}" if plural and _SPELLED_OUT.search(said) else said + plural


def load_lexicon(*paths: Path) -> Lexicon:
    """Read lexicon files; where several give the same term, the last one counts.

    Raises InputError naming every unusable entry of a file, OutsideError for a file that cannot be read.
    """
    entries: dict[str, str] = {}
    for path in paths:
        entries |= _read(path)
    return Lexicon(tuple(sorted(entries.items())))


def _pattern_of(terms: Iterable[str]) -> re.Pattern[str]:
    """Match any of the terms, longest first, as whole words."""
    longest_first = sorted(terms, key=lambda term: (-len(term), term))
    if not longest_first:
        return _NEVER
    return re.compile(f"(?P<term>{'|'.join(map(_guarded, longest_first))})(?P<plural>s(?!{_LETTER}))?")


def _guarded(term: str) -> str:
    """Keep a term from matching inside a longer word; its plural and possessive may follow."""
    before = r"(?<![^\W_])" if term[0].isalnum() else ""
    after = f"(?!(?!s(?!{_LETTER})){_LETTER})" if term[-1].isalnum() else ""
    digit = r"(?!\d)" if term[-1].isdigit() else ""
    return f"{before}{re.escape(term)}{after}{digit}"


def _read(path: Path) -> dict[str, str]:
    """Read one file, strictly."""
    try:
        tables = tomllib.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise from_os_error(error) from error
    except ValueError as error:
        raise InputError(
            f"{path}: this is not TOML: {error}. Correct the line, then run the same command again."
        ) from error
    if problems := list(_problems(tables)):
        raise InputError("\n".join(f"{path}: {problem}" for problem in problems))
    return {unicodedata.normalize("NFC", term): said for term, said in tables.get(_TABLE, {}).items()}


def _problems(tables: Mapping[str, object]) -> Iterator[str]:
    """Name everything in a file that cannot be used."""
    for key in tables.keys() - {_TABLE}:
        hint = f" Did you mean [{_TABLE}]?" if difflib.get_close_matches(key, [_TABLE], cutoff=0.5) else ""
        yield f'unknown key "{key}"; entries stand under [{_TABLE}].{hint}'
    entries = tables.get(_TABLE, {})
    if not isinstance(entries, dict):
        yield f'[{_TABLE}] is not a table of lines like "ReLU" = "ray-loo".'
        return
    for term, said in entries.items():
        if not term or term != term.strip():
            yield f'[{_TABLE}] "{term}": a term is not empty and has no space at its ends.'
        if not isinstance(said, str):
            yield f'[{_TABLE}] "{term}": the respelling is not text; put it in quotation marks.'
        elif not any(sign.isalnum() for sign in said):
            yield f'[{_TABLE}] "{term}": the respelling "{said}" has nothing to say.'
