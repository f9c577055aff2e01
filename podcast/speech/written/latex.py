"""LaTeX: formulas and macros."""

from __future__ import annotations

import functools
import logging
import re

from pylatexenc import latex2text

from podcast.speech import signs
from podcast.speech.written import formula

GROUP = r"\{(?>(?:[^{}]|\{(?:[^{}]|\{[^{}]{0,200}\}){0,200}\}){0,400})\}"
MACRO = rf"\\(?>[dt]?frac ?\d ?\d|[A-Za-z]+\*?(?: ?{GROUP}){{0,4}}|[\"'`^~=.] ?(?:\\?[A-Za-z]|{GROUP})|[%&#$_{{}}])"
_ORDINAL = re.compile(r"(?:th|st|nd|rd)(?!\w)")
_STRUCTURES = {"frac", "dfrac", "tfrac", "binom", "sqrt", *signs.ACCENT_MACROS} - {"dot", "check"}
_HEADINGS = ("part", "chapter", "section", "subsection", "subsubsection", "paragraph")
_SHOWN = {"item": ", ", "textbackslash": " backslash "}
_ISOTOPE = re.compile(r"^\^\{?(\d+)\}?")
_PROSE = re.compile(r"(?=\d)[^$\\^_{=+<>]{0,600} (?!(?:log|ln|exp|sin|cos|max|min|mod) )[a-z]{2,30} [^$\\^_{=+<>]*$")
"""Between two amounts of money: $5 then and 3$ now."""

_BEHIND = re.compile(r"(\d[\d.,]{0,15}[KMBkmb]?)\$$")
_LONE_DASHES = ("-", "--", "---", "–", "—")
MATH = re.compile(
    r"\$(?P<sign>\\[A-Za-z]{1,20}|[<>=~±≤≥×→+-]{1,2})\$|"
    r"\$\$(?P<display>[^$]{1,2000})\$\$"
    r"|(?<!\\)\$(?P<inline>[^\s$](?:[^$]{0,600}[^\s\\$])?)\$(?!\d)"
    r"|(?<!\\)\$(?P<loose> ?[^$\\^_]{0,80}[\\^_][^$]{0,600})\$(?!\d)"
    r"|\\\((?P<round>(?:[^$\\]|\\[^()]){1,600}?)\\\)|\\\[(?P<square>(?:[^$\\]|\\[^\[\]]){1,2000}?)\\\]"
)


def _arguments(node: object, l2tobj: latex2text.LatexNodes2Text) -> str:
    """Say a macro nobody knows: its arguments, or else its name, as nothing may vanish."""
    arguments = getattr(getattr(node, "nodeargd", None), "argnlist", None) or ()
    words = "".join(l2tobj.nodelist_to_text([argument]) for argument in arguments if argument is not None)
    name = str(getattr(node, "macroname", "")).rstrip("*")
    return words or f"{name} "


@functools.cache
def _latex() -> latex2text.LatexNodes2Text:
    """Make the converter: LaTeX to the Unicode signs that the later rules know."""
    context = latex2text.get_default_latex_context_db()
    known = [latex2text.MacroTextSpec(name, "") for name in (*signs.SILENT_REFERENCES, *signs.SILENT_MACROS)]
    known += [
        latex2text.MacroTextSpec(name, _arguments)
        for name in ("texttt", "input", "include", "operatorname", *_HEADINGS)
    ]
    known += [latex2text.MacroTextSpec(name, shown) for name, shown in _SHOWN.items()]
    known += [latex2text.MacroTextSpec("widetilde", "%s\N{COMBINING TILDE}")]
    known += [latex2text.MacroTextSpec("footnote", " (%(2)s)"), latex2text.MacroTextSpec("url", _arguments)]
    context.add_context_category("spoken", macros=known, prepend=True)
    context.set_unknown_macro_spec(latex2text.MacroTextSpec("", _arguments))
    logging.getLogger("pylatexenc").addHandler(logging.NullHandler())  # a library is silent
    return latex2text.LatexNodes2Text(latex_context=context, math_mode="text", keep_comments=True)


@functools.lru_cache(maxsize=4096)
def _from_latex(source: str) -> str:
    """Read a piece of LaTeX; one that its library stumbles over keeps its words and loses its marks."""
    try:
        return str(_latex().latex_to_text(source, tolerant_parsing=True))
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
        return re.sub(r"[\\{}]+", " ", source)


def math(match: re.Match[str]) -> str:
    """Read a formula aloud, apart from the letters it stands between."""
    source = next(part for part in match.groups() if part is not None)
    if _PROSE.match(source):
        return _BEHIND.sub(r"$\1", match[0])
    if source.strip() in _LONE_DASHES:
        return " — "
    before, after = match.string[max(0, match.start() - 1) : match.start()], match.string[match.end() : match.end() + 1]
    if not before.strip():
        source = _ISOTOPE.sub(r"\1 ", source)
    words = read_aloud(source)
    words = re.sub(r"(?:, …|…) ?, ", ", up to ", words).strip(" ,") or words
    if words.isalnum() and _ORDINAL.match(match.string, match.end()):
        words += "-"
    return " " * (before.isalnum() and words[:1].isalnum()) + words + " " * (words[-1:].isalnum() and after.isalnum())


@functools.lru_cache(maxsize=1024)
def read_aloud(source: str) -> str:
    """Read the source of a formula."""
    return formula.said(source, _symbol)


@functools.lru_cache(maxsize=4096)
def _symbol(macro: str) -> str:
    """Give the sign of a macro, or its name."""
    return _from_latex(f"${macro} $")


def macro(match: re.Match[str]) -> str:
    """Read a macro that stands in running text: structure as in formulas, letters and fonts as text."""
    name = re.match(r"\\([A-Za-z]+)", match[0])
    if name and name[1] in _STRUCTURES:
        return f" {formula.said(match[0], _symbol).strip()} "
    words = _from_latex(match[0])
    before = match.string[max(0, match.start() - 1) : match.start()]
    is_name = name is not None and words.startswith(name[1])
    return f" {words}" if is_name and before.isalnum() else words
