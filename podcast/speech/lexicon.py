"""How to say what no spelling rule gets right: terms and their respellings, kept in TOML files a listener can edit.

    [say]
    "ReLU" = "ray-loo"          for any voice

    [phonemes]
    "ReLU" = "ɹˈAlu"            for voices that take phonemes, in the alphabet of misaki (Kokoro, hibari)

A term is matched in exact case where no letter or digit precedes it and no letter but a plural's follows, so that
one entry serves ReLU, ReLUs, ReLU's, ReLU-6 and leaky-ReLU; a name of three letters and more also as a part of a name
that is written together (VideoLLaMA, QwenVL). The longest term wins. A respelling is put in once and never looked up
again, so entries cannot chase each other.
"""

from __future__ import annotations

import difflib
import functools
import re
import tomllib
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from podcast.errors import InputError, from_os_error

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_TABLES = ("say", "phonemes")
_LETTER = r"[^\W\d_]"
_SHORTEST_PART = 3
"""Letters of a term that may be a part of a name written together: two are found in too many."""

_NEVER = re.compile(r"(?!)")
_PHONEMES = re.compile("[AIOWYabdfhijklmnpstuvwzæðŋɑɔəɛɜɡɪɹʃʊʌʒʤʧˈˌθᵊᵻTɾʔQɐːɒe]+")
"""Misaki's letters for English, American and British, one word."""

_GUIDE = "docs/pronunciation.md has them all."

_SIBILANTS, _VOICELESS = "szʃʒʤʧ", "ptkfθ"
_SPELLED_OUT = re.compile(r"(?<![A-Za-z])[A-Z]$")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Written terms and their respellings, each term once; the empty one changes nothing.

    `phonemes` are those of some of the terms, and of terms that need no respelling for other voices.
    """

    entries: tuple[tuple[str, str], ...] = ()
    phonemes: tuple[tuple[str, str], ...] = ()
    _respellings: Mapping[str, str] = field(init=False, repr=False, compare=False)
    _sounds: Mapping[str, str] = field(init=False, repr=False, compare=False)
    _terms: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Order the terms, the longest first."""
        respellings, sounds = dict(self.entries), dict(self.phonemes)
        object.__setattr__(self, "_respellings", respellings)
        object.__setattr__(self, "_sounds", sounds)
        terms = sorted({*respellings, *sounds}, key=lambda term: (-len(term), term))
        object.__setattr__(self, "_terms", tuple(terms))

    def respell(self, text: str) -> str:
        """Put each term's respelling in its place, in one pass."""
        return self._pattern(text).sub(self._said, text)

    def mark(self, text: str) -> tuple[str, Mapping[str, str]]:
        """Do the same for a voice that takes phonemes: where there are some a stand-in word is put in.

        Returns the text and the stand-ins with the phonemes that `unmark` puts in their places at the end.
        """
        first = _STAND_IN
        while first in text:
            first += "q"
        marks: dict[str, str] = {}

        def said(match: re.Match[str]) -> str:
            sounds = self._sounds.get(match["term"])
            if sounds is None:
                return self._said(match)
            mark = f"{first}{_letters(len(marks))}x"
            marks[mark] = _marked(match[0], _plural(sounds) if match["plural"] else sounds)
            return _apart(match, mark)

        return self._pattern(text).sub(said, text), marks

    def _pattern(self, text: str) -> re.Pattern[str]:
        """Return what finds every term in a text: one for all terms takes longer to compile than all texts to read."""
        return _pattern_of(tuple(term for term in self._terms if term in text))

    def _said(self, match: re.Match[str]) -> str:
        """Respell a term; the plural of one that is spelled out needs an apostrophe to be read as such."""
        said = self._respellings.get(match["term"], match["term"])
        plural = match["plural"] or ""
        return _apart(match, f"{said}'{plural}" if plural == "s" and _SPELLED_OUT.search(said) else said + plural)


def _apart(match: re.Match[str], said: str) -> str:
    """Part what is said from the letters of a name that is written together."""
    before, after = match.string[max(0, match.start() - 1) : match.start()], match.string[match.end() : match.end() + 1]
    return " " * before.isalpha() + said + " " * after.isalpha()


def unmark(text: str, marks: Mapping[str, str]) -> str:
    """Put phonemes in the places of their stand-ins: `[ReLU](/ɹˈAlu/)`."""
    if not marks:
        return text
    # names joined by hyphens are parted, so that a text may be cut between them
    return re.sub("|".join(marks), lambda match: marks[match[0]], text).replace("/)-[", "/) [")


_STAND_IN = "Zquo"
"""A word in no language that no rule takes apart."""


def _letters(number: int) -> str:
    """Write a number in letters, so that no rule takes it for one."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def _marked(term: str, sounds: str) -> str:
    """Give each word of a term's phonemes on its own: a text may be cut between them, never inside."""
    shown = "".join(sign for sign in term if sign.isalnum()) or "term"
    return " ".join(f"[{shown}](/{word}/)" for word in sounds.split())


def _plural(sounds: str) -> str:
    """Sound of an English plural: after hissing ᵻz, after voiceless s, else z."""
    last = sounds[-1]
    return sounds + ("ᵻz" if last in _SIBILANTS else "s" if last in _VOICELESS else "z")


def load_lexicon(*paths: Path) -> Lexicon:
    """Read lexicon files; where several give the same term, the last one counts, and its respelling ends phonemes.

    Raises InputError naming every unusable entry of a file, OutsideError for a file that cannot be read.
    """
    return _lexicon(tuple((str(path), _bytes(path)) for path in paths))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise from_os_error(error) from error


@functools.lru_cache(maxsize=4)
def _lexicon(read: tuple[tuple[str, bytes], ...]) -> Lexicon:
    """Make the same of the same files: a command asks for it often."""
    say: dict[str, str] = {}
    phonemes: dict[str, str] = {}
    for path, data in read:
        own = _read(path, data)
        phonemes = {term: sounds for term, sounds in phonemes.items() if term not in own["say"]} | own["phonemes"]
        say |= own["say"]
    return Lexicon(tuple(sorted(say.items())), tuple(sorted(phonemes.items())))


@functools.lru_cache(maxsize=1024)
def _pattern_of(terms: tuple[str, ...]) -> re.Pattern[str]:
    """Match any of the terms, in their order, as whole words; grouped by first letter, as most places begin none."""
    by_first: dict[str, list[str]] = {}
    for term in terms:
        by_first.setdefault(term[0], []).append(term)
    if not by_first:
        return _NEVER
    groups = "|".join(f"{re.escape(first)}(?:{'|'.join(map(_tail, same))})" for first, same in by_first.items())
    start = r"(?:(?<![^\W_](?=\w))|(?<=[a-z])(?=[A-Z]\w\w))"
    return re.compile(rf"(?P<term>{start}(?:{groups}))(?P<plural>'?s(?!{_LETTER}))?")


def _tail(term: str) -> str:
    """Keep a term from matching inside a longer word; its plural, possessive or another part of a name may follow."""
    part = "" if len(term) < _SHORTEST_PART else "|[A-Z]" if term[-1].islower() else "|[A-Z][a-z]"
    after = f"(?!(?!s(?!{_LETTER}){part}){_LETTER})" if term[-1].isalnum() else ""
    digit = r"(?!\.?\d)" if term[-1].isdigit() else ""
    return f"{re.escape(term[1:])}{after}{digit}"


def _read(path: str, data: bytes) -> dict[str, dict[str, str]]:
    """Read one file, strictly: its tables, by name."""
    try:
        tables = tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        reason = "it is nested without end" if isinstance(error, RecursionError) else error
        raise InputError(
            f"{path}: this is not TOML: {reason}. Correct the line, then run the same command again."
        ) from error
    if problems := list(_problems(tables)):
        raise InputError("\n".join(f"{path}: {problem}" for problem in problems))
    return {
        name: {unicodedata.normalize("NFC", term): said for term, said in tables.get(name, {}).items()}
        for name in _TABLES
    }


def _problems(tables: Mapping[str, object]) -> Iterator[str]:
    """Name everything in a file that cannot be used."""
    for key in tables.keys() - {*_TABLES}:
        close = difflib.get_close_matches(key, _TABLES, n=1, cutoff=0.5)
        hint = f" Did you mean [{close[0]}]?" if close else ""
        yield f'unknown key "{key}"; entries stand under [say] or [phonemes].{hint}'
    for name in _TABLES:
        entries = tables.get(name, {})
        if isinstance(entries, dict):
            yield from _entry_problems(name, entries)
        else:
            yield f'[{name}] is not a table of lines like "ReLU" = "ray-loo".'


def _entry_problems(name: str, entries: Mapping[str, object]) -> Iterator[str]:
    for term, said in entries.items():
        if not term or term != term.strip():
            yield f'[{name}] "{term}": a term is not empty and has no space at its ends.'
        if not isinstance(said, str):
            yield f'[{name}] "{term}": the respelling is not text; put it in quotation marks.'
        elif not any(sign.isalnum() for sign in said):
            yield f'[{name}] "{term}": the respelling "{said}" has nothing to say.'
        elif name == "say" and (foreign := "".join(sign for sign in said if _is_foreign(sign))):
            yield f'[{name}] "{term}": no English voice can say {foreign}; spell the sound in Latin letters.'
        elif name == "phonemes" and (
            wrong := "".join(sorted({sign for sign in said if sign != " " and not _PHONEMES.fullmatch(sign)}))
        ):
            hint = " Write ɡ, not g." if "g" in wrong else ""
            yield f'[{name}] "{term}": {wrong!r} is not among the phonemes that voices know.{hint} {_GUIDE}'


def _is_foreign(sign: str) -> bool:
    return sign.isalpha() and not unicodedata.name(sign, "").startswith("LATIN")
