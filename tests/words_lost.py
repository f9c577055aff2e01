r"""Which words of a source are not heard, by another way than the rules themselves take.

Every run of letters of the source has to be among the words that are spoken, as often as it is written. A run that is
not may stand in a declared table with words that are spoken instead of it (an abbreviation, a unit, a lexicon's term);
what is silent altogether is taken out of the source by the patterns that declare it.
"""

from __future__ import annotations

import html
import itertools
import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from podcast.speech import signs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podcast.speech.lexicon import Lexicon

_GROUPED = "|".join((*signs.SILENT_REFERENCES, *signs.SILENT_WITH_ARGUMENT))
_SILENT = (
    (re.compile(r"\*+"), ""),
    (re.compile(r"(?<=\d)[x×](?=[A-Z])"), " "),
    (re.compile(signs.HTML_COMMENT), " "),
    (re.compile(signs.HTML_TAG), " "),
    (re.compile(signs.CITATION), " "),
    (re.compile(rf"\\(?:{_GROUPED})\*?(?:\[[^\]]*\])*\{{[^{{}}]*\}}"), " "),
    (re.compile(r"\\href ?\{[^{}]*\}"), " "),
    (re.compile(r"https?://(?:www\.)?([\w.-]+)[^\s})\]]*"), r"\1"),
    (re.compile(r"\bwww\."), ""),
    (re.compile(r"(?<![\w/@.])((?:[\w-]+\.)+(?:com|org|io|ai|net|edu|co))/[^\s})\]]*"), r"\1"),
)
_ACCENT = re.compile(r"\\(?:[\"'`^~=.]|[Hcvuk](?![A-Za-z])) ?\{?\\?([A-Za-z])\}?")
_JOINED = re.compile(r"(?<=[^\W\d_])(?:\((s|[a-z]{2,8})\)|\{([^\W\d_]{1,3})\})|(?<!\w)\(([a-z]{2,8})\)(?=[a-z]{2})")
_INITIAL = re.compile(r"(?<![A-Za-z])\{([^\W\d_]{1,3})\}(?=[^\W\d_])")
_STYLED = re.compile(rf"\\(?:{'|'.join((*sorted(signs.TEXT_MACROS), 'underline'))})\{{([^{{}}]*)\}}")
_MACRO = re.compile(r"\\([A-Za-z]+)")
_FORMULA = re.compile(r"\$[^$]*\$|\\\(.*?\\\)|\\\[.*?\\\]")
_GREEK = "αβγδεζηθικλμνξοπρςστυφχψω"
_SHAPES = frozenset(
    {
        "frac",
        "tfrac",
        "dfrac",
        "sqrt",
        "binom",
        "name",
        "item",
        "pmod",
        "bmod",
        "mod",
        "coloneqq",
        "url",
        "footnote",
        "verb",
        "section",
    }
)
_MACROS = _SHAPES.union(
    signs.SILENT_MACROS, signs.SILENT_REFERENCES, signs.SILENT_WITH_ARGUMENT, signs.LATEX_SPACES, signs.TEXT_MACROS,
    signs.FONT_MACROS, signs.ACCENT_MACROS, signs.FUNCTIONS, signs.WITH_LIMITS, signs.FORMULA_MACROS, signs.ROUNDED,
    signs.POWERS, signs.BOUNDS, signs.RELATIONS_AT_START,
)  # fmt: skip
_SIGNS_OF_MACROS = frozenset({"in", "notin", "le", "leq", "ge", "geq", "ne", "neq", "approx", "equiv", "cdot", "cup",
    "cap", "subset", "subseteq", "otimes", "oplus", "odot", "circ", "rightarrow", "leftarrow", "Rightarrow", "infty",
    "forall", "exists", "partial", "ll", "gg", "pm", "propto", "emptyset", "mapsto", "setminus", "perp", "top", "rho",
    "uparrow", "downarrow", "lesssim", "gtrsim", "triangleq", "langle", "rangle", "textasciitilde", "S", "dagger",
    "leftrightarrow", "longrightarrow", "textregistered", "rfloor", "rceil"})  # fmt: skip
"""Macros that are a sign; no word is written there."""

_OTHERS = {
    "x": "times by", "times": "by", "b": "billion", "m": "million", "t": "trillion tesla transpose", "k": "thousand",
    "c": "celsius", "f": "fahrenheit", "bn": "billion", "us": "u s", "arxiv": "archive", "w": "with", "o": "without",
    "i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "version 5", "vi": "6", "p": "page", "pp": "pages", "ln": "log",
    "e": "expectation", "var": "variance", "r": "probability", "no": "number", "nos": "numbers", "ca": "circa about",
    "sum": "", "varepsilon": "epsilon", "varphi": "phi", "vartheta": "theta", "doi": "", "ell": "l", "wlog": "",
}  # fmt: skip
"""What stands for a run of letters where no table of the rules has just that run; any one of the words will do."""


def words(text: str) -> list[str]:
    """Letters in a row, and digits in a row, without accents and capitals."""
    plain = unicodedata.normalize("NFKD", text.translate(signs.PLAIN_LETTERS))
    return re.findall(
        r"[Α-ωϕϵ]|[^\W\d_Α-ωϕϵ]+|\d+", "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()
    )


def lost(source: str, said: str, lexicon: Lexicon) -> set[str]:
    """Name the words of the source that are neither spoken nor expanded nor declared silent."""
    plain, tokens = _plain(source), words(said)
    joined = {"".join(pair) for pair in itertools.pairwise(tokens)}
    heard = Counter(tokens)
    missing = Counter(word for word in words(plain) if not word.isdigit()) - heard
    expansions = _expansions(plain, lexicon)
    products = {word for formula in _FORMULA.findall(plain) for word in words(formula)}
    return {
        word
        for word in missing
        if word not in joined
        and not any(set(expansion) <= heard.keys() for expansion in expansions.get(word, ()))
        and not (word in products and set(word) <= {*heard})
    }


def _plain(source: str) -> str:
    """Leave out what is declared silent, and what LaTeX needs for letters."""
    text = unicodedata.normalize("NFKC", html.unescape(source))
    text = re.sub("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]", "", text)
    for pattern, instead in _SILENT:
        text = pattern.sub(instead, text)
    text = _STYLED.sub(r"\1", _STYLED.sub(r"\1", _ACCENT.sub(r"\1", text)))
    text = _INITIAL.sub(r"\1", text)
    text = _MACRO.sub(lambda macro: " " if macro[1] in _MACROS | _SIGNS_OF_MACROS else f" {macro[1]} ", text)
    return _JOINED.sub(lambda part: part[1] or part[2] or part[3], text)


def _expansions(source: str, lexicon: Lexicon) -> dict[str, list[list[str]]]:
    """Everything that may be spoken instead of a run of letters of this source."""
    found: dict[str, list[list[str]]] = {}
    for written, spoken in _tables(source, lexicon):
        for word in words(written):
            found.setdefault(word, []).append(words(spoken))
    return found


def _tables(source: str, lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    yield from signs.ABBREVIATIONS.items()
    yield from signs.SIGNS.items()
    yield from signs.FUNCTIONS.items()
    yield from ((letter, unicodedata.name(letter).split()[-1].lower().replace("lamda", "lambda")) for letter in _GREEK)
    for short, word in signs.NUMBERED.items():
        yield from ((short, word), (f"{short}s", signs.PLURALS.get(word, f"{word}s")))
    for unit, word in signs.UNITS.items():
        yield from ((unit, word), (unit, signs.PLURALS.get(word, f"{word}s")))
    for written, instead in _OTHERS.items():
        yield from ((written, word) for word in instead.split(" "))
    for term, said in lexicon.entries:
        if term in source:
            yield from ((term, said), (f"{term}s", f"{said}s"), (f"{term}s", f"{said}'s"))
            names = re.findall(rf"[^\W\d_]*{re.escape(term)}[^\W\d_]*", source)  # written together
            yield from ((name, name.replace(term, f" {said} ")) for name in names)
