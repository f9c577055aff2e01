"""Set text in a square picture, as large as it can be: which signs can be drawn, where lines break and stand.

The typeface is the one inside Pillow, so no machine needs any font; it has the signs of English only, and `printable`
says what becomes of others.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from PIL import ImageFont

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL.ImageDraw import ImageDraw

MAX_TITLE = 255
"""Characters; a longer title ends in an ellipsis."""

LINE_HEIGHT = 1.06
"""Of the type size."""

HEAVY = 0.02
"""The built-in face is light; a stroke of this share of its size makes it hold at 55 px."""

_MEASURE_PX = 100  # text widths grow in proportion, so one size is measured for all
_LONGEST_WORD = 20  # characters; what is longer is no word and may be broken anywhere
_ASCENT = 0.80  # of the type size

Span = tuple[float, float]
"""From left to right, in shares of the picture's edge."""

_DASHES, _DOUBLE_QUOTES, _DOTS = "‐‑‒–—―−", "„‟″", "•∙⋅"
_LETTERS = {"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"}
_LETTERS |= {"đ": "d", "Đ": "D", "ð": "d", "þ": "th", "Þ": "Th", "ı": "i"}
_SIGNS = {"×": "x", "→": ">", "€": "EUR", "£": "GBP"}
_REPLACED = str.maketrans(
    dict.fromkeys(_DASHES, "-") | dict.fromkeys(_DOUBLE_QUOTES, "“") | dict.fromkeys(_DOTS, "·") | _LETTERS | _SIGNS
)
_SPACES = frozenset({"Cc", "Zs", "Zl", "Zp"})  # Unicode categories of controls and white space


@lru_cache(maxsize=64)
def face(size_px: int) -> ImageFont.FreeTypeFont:
    """Give the built-in face, laid out by Pillow itself: other layout engines differ between machines."""
    font = ImageFont.load_default(size=size_px)
    if not isinstance(font, ImageFont.FreeTypeFont):  # Pillow built without FreeType
        raise TypeError("Covers need Pillow with FreeType; the wheels on PyPI have it.")
    return font.font_variant(layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=4096)
def _has_glyph(character: str) -> bool:
    """Tell whether the face draws more than its box for missing signs."""
    font = face(_MEASURE_PX)
    return bytes(font.getmask(character)) != bytes(font.getmask("\uffff"))


def _shown(sign: str) -> str:
    """Give what stands for one sign: itself, a space, its name, or nothing."""
    if unicodedata.category(sign) in _SPACES:
        return " "
    if _has_glyph(sign):
        return sign
    greek = re.fullmatch("GREEK (CAPITAL|SMALL) (?:LETTER )?(?:FINAL )?([A-Z]+)", unicodedata.name(sign, ""))
    if not greek:
        return ""
    return greek[2].title() if greek[1] == "CAPITAL" else greek[2].lower()


def printable(text: str) -> str:
    """Reduce text to what the face can draw, without boxes for what it lacks.

    Dashes, ligatures and letters with accents become their nearest plain form, Greek letters their names
    (β-VAE: beta-VAE); controls and white space become single spaces; scripts and pictures that the face lacks
    (Chinese, emoji) are left out. A title of which nothing remains gives a cover without words: its wave and
    palette still follow from the title.
    """
    plain = unicodedata.normalize("NFKD", text.translate(_REPLACED)).translate(_REPLACED)
    return " ".join("".join(map(_shown, plain)).split())


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text as it will be drawn; `x` and `baseline` in pixels."""

    text: str
    x: int
    baseline: int
    size_px: int
    stroke_px: int

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of its ink in pixels."""
        mask, (x, y) = face(self.size_px).getmask2(self.text, stroke_width=self.stroke_px, anchor="ls")
        left, top, right, bottom = mask.getbbox() or (0, 0, 0, 0)
        x, y = x + self.x, y + self.baseline
        return x + left, y + top, x + right, y + bottom


@lru_cache(maxsize=4096)
def _advance(word: str) -> float:
    """Measure a word in shares of the type size."""
    return face(_MEASURE_PX).getlength(word) / _MEASURE_PX


def _width(line: str) -> float:
    """Measure a line, with its stroke, in shares of the type size."""
    words = line.split(" ")
    return sum(map(_advance, words)) + (len(words) - 1) * _advance(" ") + 2 * HEAVY


def _words(text: str) -> list[str]:
    """Split at spaces, and break what is too long to be a word."""
    return [word[at : at + _LONGEST_WORD] for word in text.split() for at in range(0, len(word), _LONGEST_WORD)]


def _wrapped(words: Sequence[str], limit: float) -> list[str]:
    """Fill lines up to a width (in shares of the type size) one after the other."""
    lines: list[str] = []
    filled = math.inf
    for word in words:
        filled += _advance(" ") + _advance(word)
        if filled + 2 * HEAVY <= limit:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
            filled = _advance(word)
    return lines


def _balanced(words: Sequence[str], count: int) -> list[str]:
    """Break into at most `count` lines so that the longest is as short as can be."""
    if count == 1:
        return [" ".join(words)]
    low, high = max(map(_width, words)), _width(" ".join(words))
    while high - low > 0.05:  # noqa: PLR2004 - a twentieth of the type size is not seen
        middle = (low + high) / 2
        if len(_wrapped(words, middle)) <= count:
            high = middle
        else:
            low = middle
    return _wrapped(words, high)


@dataclass(frozen=True, slots=True)
class Block:
    """Text that is broken into lines, and its type size in shares of the picture's edge."""

    lines: tuple[str, ...]
    size: float

    @property
    def height(self) -> float:
        """In shares of the picture's edge."""
        return self.size * LINE_HEIGHT * len(self.lines)


def fitted(text: str, width: float, height: float, largest: float, most_lines: int) -> Block:
    """Choose the line breaks that allow the largest type; all in shares of the picture's edge."""
    words = _words(text)
    choices = []
    for count in range(1, most_lines + 1):
        lines = _balanced(words, count)
        size = min(largest, width / max(map(_width, lines)), height / (len(lines) * LINE_HEIGHT))
        choices.append((size, -len(lines), lines))
    size, _, lines = max(choices)
    return Block(tuple(lines), size)


def most_lines(text: str) -> int:
    """Say into how many lines a title may be broken: a long one would be too fine to read in four."""
    return 4 if len(text) <= 100 else 7  # noqa: PLR2004


def shortened(title: str, longest: int = MAX_TITLE) -> str:
    """Cut an impossibly long title, and show that it was cut."""
    return title if len(title) <= longest else f"{title[: longest - 1].rstrip()}…"


def set_inside(block: Block, span: Span, top: float, size_px: int, weight: float = 0.0) -> list[Line]:
    """Set lines under each other, in the largest type that keeps to its span: small type runs wider than large."""
    left_px, top_px = span[0] * size_px, top * size_px
    for type_px in range(math.floor(block.size * size_px), 1, -1):
        placed = _set(block.lines, type_px, left_px, top_px, math.floor(type_px * weight))
        if max(line.box[2] for line in placed) <= span[1] * size_px:
            return placed
    return []  # type of one pixel cannot be read


def _set(lines: Sequence[str], type_px: int, left_px: float, top_px: float, stroke_px: int) -> list[Line]:
    """Put lines under each other, their ink flush left."""
    first = top_px + _ASCENT * type_px
    placed = []
    for i, text in enumerate(lines):
        line = Line(text, 0, round(first + i * LINE_HEIGHT * type_px), type_px, stroke_px)
        bearing = line.box[0]  # letters begin with space of their own; the ink is what lines up
        placed.append(replace(line, x=round(left_px - bearing)))
    return placed


def draw_line(draw: ImageDraw, line: Line, colour: str) -> None:
    """Draw one line of text where it stands."""
    place = (line.x, line.baseline)
    draw.text(place, line.text, colour, face(line.size_px), anchor="ls", stroke_width=line.stroke_px)
