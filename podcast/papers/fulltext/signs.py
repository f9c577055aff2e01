"""Characters as a PDF has them to characters as people write them."""

from __future__ import annotations

import re
import unicodedata

SOFT_HYPHEN = "\u00ad"
HYPHENS = ("-", "\u2010", SOFT_HYPHEN)

UNKNOWN = "\ufffd"
"""A glyph of which the file does not say which letter it is."""

_JOINERS = "\u200c\u200d"  # they shape Persian and Indic letters
_NOT_WRITTEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
_LIGATURES = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
_MATHS_LETTERS = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x1D400, 0x1D800)}
_PLAIN = _LIGATURES | _MATHS_LETTERS | {0x2010: "-", 0x2011: "-", 0xA0: " ", 0x2002: " ", 0x2003: " ", 0x2009: " "}

_ACCENTS = {"¨": "\u0308", "´": "\u0301", "ˆ": "\u0302", "˜": "\u0303", "ˇ": "\u030c", "˚": "\u030a", "¯": "\u0304",
            "˙": "\u0307", "˘": "\u0306", "˝": "\u030b", "`": "\u0300"}  # fmt: skip
_ACCENTED = re.compile(r"([¨´ˆ˜ˇ˚¯˙˘˝]|(?<=[A-Za-z])`)([A-Za-zı])")
"""How old TeX fonts print é: an accent, and a letter below it."""

_SUPERSCRIPTS = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_SUBSCRIPTS = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_IS_SUPERSCRIPT = re.compile(r"[0-9+\-−=()ni]+")
_IS_SUBSCRIPT = re.compile(r"[0-9+\-−=()]+")
_IS_ORDINAL = re.compile(r"st|nd|rd|th|e|er|ème", re.IGNORECASE)
_IS_NOTE = re.compile(r"(?:\d{1,3}|[a-z]|[*∗†‡§¶‖#⋆∥✝,;–-]|\s)+")
_IS_TRADEMARK = re.compile(r"TM|®|©|SM")
_TAKES_NOTE = re.compile(r"(?:[^\W\d_]{3,}|[.,;:!?)\]”’\"'»*†‡§¶])$")
_TAKES_POWER = re.compile(r"(?<!\w)(?:sin|cos|tan|log|exp|dim|min|max)$")


def cleaned(text: str) -> str:
    """Drop controls, private signs and halves of characters; take ligatures apart and put accents on letters.

    A soft hyphen stays at the end only, where a line may end.
    """
    plain = text.translate(_PLAIN)
    is_cut = plain.endswith(SOFT_HYPHEN)
    if not plain.isascii() or not plain.isprintable():
        plain = "".join(sign for sign in plain if _is_written(sign))
        plain = _ACCENTED.sub(lambda found: _composed(found[2], found[1]), plain)
        plain = unicodedata.normalize("NFC", plain)
    return plain + SOFT_HYPHEN if is_cut and plain else plain


def _is_written(sign: str) -> bool:
    return sign in _JOINERS or unicodedata.category(sign) not in _NOT_WRITTEN


def _composed(letter: str, accent: str) -> str:
    return unicodedata.normalize("NFC", letter.replace("ı", "i") + _ACCENTS[accent])


def raised(text: str, before: str) -> str:
    """Write what is printed above the line behind some text: a power, an ordinal, or nothing for a note's mark."""
    if _IS_TRADEMARK.fullmatch(text):
        return ""
    if before[-1:].isdigit() and _IS_ORDINAL.fullmatch(text):
        return text
    is_note = _IS_NOTE.fullmatch(text) and (_TAKES_NOTE.search(before) or not before)
    if is_note and not _TAKES_POWER.search(before):
        return ""
    if _IS_SUPERSCRIPT.fullmatch(text):
        return text.translate(_SUPERSCRIPTS)
    return text if not text[0].isalnum() else f"^({text})" if len(text) > 1 else f"^{text}"


def lowered(text: str) -> str:
    """Write what is printed below the line."""
    if _IS_SUBSCRIPT.fullmatch(text):
        return text.translate(_SUBSCRIPTS)
    return text if not text[0].isalnum() else f"_({text})" if len(text) > 1 else f"_{text}"


def is_right_to_left(text: str) -> bool:
    """Whether most of its letters are of a script that is written from right to left."""
    kinds = [unicodedata.bidirectional(sign) for sign in text] if not text.isascii() else []
    turned = sum(kind in {"R", "AL"} for kind in kinds)
    return turned > sum(kind == "L" for kind in kinds)
