"""The small print of a line: footnote marks, exponents, indices and formulas."""

from __future__ import annotations

import itertools
import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podcast.papers.reading.tree import Element

_MARK = re.compile(r"\s*(?:\[?(?:\d{1,3}|[a-z])\]?|[*†‡§¶#]{1,3}|↩\ufe0e?|\[\d{1,3}:\d{1,3}\])\s*")
_NUMBER = re.compile(r"\s*\[?(\d{1,3})\]?\s*")
_NOTE_IDS = re.compile(r"(?:user-content-)?(?:fn|footnote|note|cite_note)[-:_]?\w{0,20}", re.IGNORECASE)
_NOTES = frozenset({"footnote", "footnotes", "footnotes-list", "footnotes-sep", "footnote-item"})
_SHORT = re.compile(r"[-−+]?[\w.]{1,12}")
_ORDINAL = frozenset({"st", "nd", "rd", "th", "tm", "™", "®"})
_VARIABLE = re.compile(r"(?:^|[^\w])(?:[^\W_]{1,2}|[a-z]{3})$|[\d)\]}|_^]$")
_ONE = re.compile(r"[^\W\d_]{2}$")
_MAX_NOTE = 1000
_MAX_NODES = 20
_TEX = re.compile(r"(?:application/x-tex|math/tex)")


# ── footnotes ───────────────────────────────────────────────────────────────────────────────────────────


def notes(root: Element) -> dict[str, str]:
    """Collect the texts of footnotes by what leads to them: `#fn1`."""
    found: dict[str, str] = {}

    def collected(element: Element) -> bool:
        if not _is_note(element):
            return False
        text = _note_text(element)
        found.update({f"#{part.get('id')}": text for part in element.elements() if part.get("id")})
        return True

    for _ in root.walk(skip=collected):
        pass
    return found


def _is_note(element: Element) -> bool:
    return (element.name == "li" and _NOTE_IDS.fullmatch(element.get("id")) is not None) or (
        "footnote" in element.classes and element.name == "div"
    )


def _note_text(element: Element) -> str:
    parts = (node for node in element.walk(lambda part: part.name == "a" and is_mark(part)) if isinstance(node, str))
    return " ".join("".join(parts).split())[:_MAX_NOTE]


def is_footnote(element: Element) -> bool:
    """Whether the footnotes themselves stand in it."""
    return not element.headings and (
        (not element.classes.isdisjoint(_NOTES) and element.name != "a") or _is_note(element)
    )


def is_mark(element: Element) -> bool:
    """Whether a link is only a mark: a footnote's number, or the number of a reference."""
    nodes = list(itertools.islice(element.walk(), _MAX_NODES))
    text = "".join(node for node in nodes if isinstance(node, str)) if len(nodes) < _MAX_NODES else ""
    is_inside = element.get("href").startswith("#") or "footnote" in element.get("class")
    return bool(_NUMBER.fullmatch(text)) or (is_inside and bool(_MARK.fullmatch(text)))


def target(element: Element) -> str:
    """Return where a mark leads: `#fn1`, or nothing."""
    return next((link.get("href") for link in element.elements("a") if link.get("href").startswith("#")), "")


# ── small letters ───────────────────────────────────────────────────────────────────────────────────────


def small_text(element: Element, before: str) -> str:
    """Write a <sup>, a <sub> or a mark on the line, after the few characters before it."""
    text = element.text
    if element.name == "a":
        number = _NUMBER.fullmatch(text)
        return f"[{number[1]}]" if number and not _leads_to_note(element) else ""
    if not text or text.lower() in _ORDINAL:
        return text
    if element.name == "sup" and (_leads_to_note(element) or _is_note_mark(text, before)):
        return ""
    sign = "^" if element.name == "sup" else "_"
    if before[-1:].isspace() or not before:
        return text
    return f"{sign}{text}" if _SHORT.fullmatch(text) else f"{sign}({text})" if len(text) <= 40 else f" {text}"  # noqa: PLR2004


def _leads_to_note(element: Element) -> bool:
    return bool(target(element)) or any("footnote" in link.get("class") for link in element.elements("a"))


def _is_note_mark(text: str, before: str) -> bool:
    """Whether a raised mark follows a word or a sentence rather than a number or a variable."""
    number = text.strip("[]")
    if not _MARK.fullmatch(text) or number.isalpha():
        return False
    return not _VARIABLE.search(before) or (number == "1" and _ONE.search(before) is not None)


# ── formulas ────────────────────────────────────────────────────────────────────────────────────────────


def formula(element: Element) -> str:
    """Return the TeX source of a formula that a page draws, between dollars; empty for any other element."""
    tex = ""
    if element.name in {"math", "mjx-container"} or not element.classes.isdisjoint(
        {"katex", "katex-display", "mathjax"}
    ):
        sources = (part.text for part in element.elements("annotation") if _TEX.match(part.get("encoding")))
        tex = next(sources, "") or next((math.get("alttext") for math in element.elements("math")), "")
    elif "latex-rendered" in element.classes:
        tex = _substack_formula(element.get("data-attrs"))
    return f"${' '.join(tex.split())}$" if tex.strip() else ""


def _substack_formula(attributes: str) -> str:
    try:
        values = json.loads(attributes)
    except (ValueError, RecursionError):
        return ""
    return str(values.get("persistentExpression", "")) if isinstance(values, dict) else ""
