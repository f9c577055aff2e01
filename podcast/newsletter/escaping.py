"""Text from outside as Markdown that says exactly that text, wherever on a line it stands.

Formulas stay as they are written, `$O(n^2)$`: whoever shows formulas finds them so. One that could mean something else
to a program that knows no formulas is escaped like any other text.
"""

from __future__ import annotations

import re

_NEVER_SEEN = re.compile("[\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
"""Soft hyphens, spaces without width, and signs that turn the direction of all that follows."""

_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""Control characters, halves of characters, and those that Unicode promises never to use."""

_FORMULA = re.compile(r"(?<![\d\\])\$(?!\s)([^$\n]{1,1000})(?<![\s\\])\$(?!\d)")
_TEMPTING = re.compile(r"<[A-Za-z/!?]|`|\]\(|!\[|\[\[|://|--|&#?\w+;")
"""In a formula: what elsewhere is a tag, code, a link, a comment or an entity."""

_SIGNS = re.compile(
    r"[`*<\[\]$|]"
    r"|\\(?=[!-/:-@\[-`{-~]|\Z)"
    r"|(?<![^\W_])_|_(?![^\W_])"  # within a word it is no emphasis
    r"|(?<!\S)\#"
    r"|~(?=~)|(?<=~)~"
    r"|&(?=\#?\w{1,40};)"
)
_AT_START = re.compile(r"\A(?:\d{1,9}(?=[.)](?:\s|\Z))|(?=[-+=>~:]))")
"""What would begin a list, a quotation or a rule: a backslash goes behind the number, or in front of the sign."""


def clean(text: str) -> str:
    """Put text on one line with single spaces, without what cannot be seen or is no text."""
    return " ".join(readable(_NEVER_SEEN.sub("", text)).split())


def readable(text: str) -> str:
    """Put a space in the place of what is no text."""
    return _NO_TEXT.sub(" ", text)


def escape(text: str) -> str:
    """Write text so that Markdown shows it as it is, on one line."""
    text = clean(text)
    written: list[str] = []
    end = 0
    for formula in _FORMULA.finditer(text):
        if _is_plain_formula(formula, text):
            written += [_escape_words(text[end : formula.start()], is_start=end == 0), formula[0]]
            end = formula.end()
    return "".join([*written, _escape_words(text[end:], is_start=end == 0)])


def _is_plain_formula(formula: re.Match[str], text: str) -> bool:
    """Whether every reader of formulas takes it for one, and nobody else for more than odd text.

    A formula in front of a text whose last character is a digit is none to markdown-it.
    """
    is_seen = formula.start() > 0 or not (text[-1].isdigit() or text[-1] == "\\")
    return is_seen and _TEMPTING.search(formula[1]) is None


def _escape_words(text: str, *, is_start: bool) -> str:
    escaped = _SIGNS.sub(r"\\\g<0>", text)
    return _AT_START.sub(r"\g<0>\\", escaped, count=1) if is_start else escaped


def comment(text: str) -> str:
    """Write a remark that no page shows and no voice reads: nothing in it can end it."""
    harmless = re.sub(r"-(?=-)", "- ", clean(text)).replace("<", "‹").replace(">", "›")
    return f"<!-- {harmless.rstrip('-').rstrip()} -->"
