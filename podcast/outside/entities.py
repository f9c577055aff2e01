"""References to characters in HTML, `&amp;` and `&#38;`, as the characters that they stand for."""

from __future__ import annotations

import html
import re

_NUMBERED = re.compile(r"&#([0-9]{8,});?")
_MOST_DIGITS = 7
"""Of the highest character, 1114111."""


def unescaped(text: str) -> str:
    """Put each reference's character in its place, as browsers do; U+FFFD where a number is that of no character.

    Python's own way refuses numbers of thousands of digits with an error.
    """
    return html.unescape(_NUMBERED.sub(_shortened, text))


def _shortened(reference: re.Match[str]) -> str:
    digits = reference[1].lstrip("0") or "0"
    return f"&#{digits};" if len(digits) <= _MOST_DIGITS else "\ufffd"
