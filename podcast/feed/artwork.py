"""Draw the square cover of a show or an episode, for those who have no picture of their own.

Sheets of paper stand in a row, turn their edge to the viewer and so become the bars of a sound wave; above
them stands the title, as large as it can be. The palette and the wave follow from a hash of the title, so
each title has a cover of its own and always the same one.

The lowest fifth carries no text, as some players lay their controls over it. The typeface is the one inside
Pillow, so no machine needs any font; it has the signs of English only, and `printable` says what becomes of
others.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import math
import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageColor, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Sequence

    Point = tuple[float, float]
    """In shares of the picture's edge, from the upper left corner."""
    Colour = tuple[int, int, int]

ARTWORK_VERSION = 1
"""Raise this when the drawing changes, so that covers drawn by an older version are drawn again."""

MAX_TITLE = 255
"""Characters; a longer title ends in an ellipsis."""

TEXT_LEFT, TEXT_RIGHT, TEXT_TOP, TEXT_BOTTOM = 0.08, 0.92, 0.08, 0.50
"""The frame that all text keeps to, in shares of the picture's edge."""

_JPEG_QUALITY = 88
_MEASURE_PX = 100  # text widths grow in proportion, so one size is measured for all
_LONGEST_WORD = 20  # characters; what is longer is no word and may be broken anywhere
_WEIGHT = 0.02  # the built-in face is light; a stroke of this share of its size makes it hold at 55 px
_LINE_HEIGHT, _ASCENT = 1.06, 0.80  # of the type size
_LARGEST, _SUBTITLE = 0.235, 0.046  # type sizes, in shares of the picture's edge


# ── text ────────────────────────────────────────────────────────────────────────────────────────────────

_DASHES, _DOUBLE_QUOTES, _DOTS = "‐‑‒–—―−", "„‟″", "•∙⋅"
_LETTERS = {"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"}
_LETTERS |= {"đ": "d", "Đ": "D", "ð": "d", "þ": "th", "Þ": "Th", "ı": "i"}
_SIGNS = {"×": "x", "→": ">", "€": "EUR", "£": "GBP"}
_REPLACED = str.maketrans(
    dict.fromkeys(_DASHES, "-") | dict.fromkeys(_DOUBLE_QUOTES, "“") | dict.fromkeys(_DOTS, "·") | _LETTERS | _SIGNS
)
_SPACES = frozenset({"Cc", "Zs", "Zl", "Zp"})  # Unicode categories of controls and white space


@lru_cache(maxsize=64)
def _face(size_px: int) -> ImageFont.FreeTypeFont:
    """Give the built-in face, laid out by Pillow itself: other layout engines differ between machines."""
    face = ImageFont.load_default(size=size_px)
    if not isinstance(face, ImageFont.FreeTypeFont):  # Pillow built without FreeType
        raise TypeError("Covers need Pillow with FreeType; the wheels on PyPI have it.")
    return face.font_variant(layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=4096)
def _has_glyph(character: str) -> bool:
    """Tell whether the face draws more than its box for missing signs."""
    face = _face(_MEASURE_PX)
    return bytes(face.getmask(character)) != bytes(face.getmask("\uffff"))


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
        face = _face(self.size_px)
        mask, (x, y) = face.getmask2(self.text, stroke_width=self.stroke_px, anchor="ls")
        left, top, right, bottom = mask.getbbox() or (0, 0, 0, 0)
        x, y = x + self.x, y + self.baseline
        return x + left, y + top, x + right, y + bottom


@lru_cache(maxsize=4096)
def _advance(word: str) -> float:
    """Measure a word in shares of the type size."""
    return _face(_MEASURE_PX).getlength(word) / _MEASURE_PX


def _width(line: str) -> float:
    """Measure a line, with its stroke, in shares of the type size."""
    words = line.split(" ")
    return sum(map(_advance, words)) + (len(words) - 1) * _advance(" ") + 2 * _WEIGHT


def _words(text: str) -> list[str]:
    """Split at spaces, and break what is too long to be a word."""
    return [word[at : at + _LONGEST_WORD] for word in text.split() for at in range(0, len(word), _LONGEST_WORD)]


def _wrapped(words: Sequence[str], limit: float) -> list[str]:
    """Fill lines up to a width (in shares of the type size) one after the other."""
    lines: list[str] = []
    filled = math.inf
    for word in words:
        filled += _advance(" ") + _advance(word)
        if filled + 2 * _WEIGHT <= limit:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
            filled = _advance(word)
    return lines


def _balanced(words: Sequence[str], count: int) -> list[str]:
    """Break into at most `count` lines so that the longest is as short as can be."""
    low, high = max(map(_width, words)), _width(" ".join(words))
    while high - low > 0.05:  # noqa: PLR2004 - a twentieth of the type size is not seen
        middle = (low + high) / 2
        if len(_wrapped(words, middle)) <= count:
            high = middle
        else:
            low = middle
    return _wrapped(words, high)


def _fitted(text: str, height: float, largest: float, most_lines: int) -> tuple[list[str], float]:
    """Choose the line breaks that allow the largest type: the lines, and its size in shares of the edge."""
    words = _words(text)
    room = TEXT_RIGHT - TEXT_LEFT
    choices = []
    for count in range(1, most_lines + 1):
        lines = _balanced(words, count)
        size = min(largest, room / max(map(_width, lines)), height / (len(lines) * _LINE_HEIGHT))
        choices.append((size, -len(lines), lines))
    size, _, lines = max(choices)
    return lines, size


def _shortened(title: str) -> str:
    """Cut an impossibly long title, and show that it was cut."""
    return title if len(title) <= MAX_TITLE else f"{title[: MAX_TITLE - 1].rstrip()}…"


def _set(lines: Sequence[str], type_px: int, top: float, size_px: int, weight: float) -> list[Line]:
    """Put lines under each other, their ink flush left, from `top` (in shares of the edge) on."""
    first = top * size_px + _ASCENT * type_px
    placed = []
    for i, text in enumerate(lines):
        line = Line(text, 0, round(first + i * _LINE_HEIGHT * type_px), type_px, math.floor(type_px * weight))
        bearing = line.box[0]  # letters begin with space of their own; the ink is what lines up
        placed.append(replace(line, x=round(TEXT_LEFT * size_px - bearing)))
    return placed


def _set_inside(lines: Sequence[str], size: float, top: float, size_px: int, weight: float) -> list[Line]:
    """Set lines in the largest type up to `size` that keeps to the frame: small type runs wider than large."""
    for type_px in range(math.floor(size * size_px), 1, -1):
        placed = _set(lines, type_px, top, size_px, weight)
        if max(line.box[2] for line in placed) <= TEXT_RIGHT * size_px:
            return placed
    return []  # type of one pixel cannot be read


def lay_out(title: str, subtitle: str, size_px: int) -> list[Line]:
    """Decide where each line of text stands; none leaves the text frame."""
    lines: list[Line] = []
    top, shown, below = TEXT_TOP, printable(_shortened(title)), printable(_shortened(subtitle))
    height = TEXT_BOTTOM - TEXT_TOP - (0.085 if below else 0.0)
    if shown:
        most_lines = 4 if len(shown) <= 100 else 7  # noqa: PLR2004 - beyond, four lines are too fine to read
        texts, size = _fitted(shown, height, _LARGEST, most_lines)
        lines += _set_inside(texts, size, top, size_px, _WEIGHT)
        top += size * _LINE_HEIGHT * len(texts) + 0.015
    if below:
        texts, size = _fitted(below, 0.07, _SUBTITLE, 2)
        lines += _set_inside(texts, size, top, size_px, 0.0)
    return lines


# ── figure ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Palette:
    """Colours as #rrggbb: two corners of the ground, the light on it, and the bars from first to last."""

    dark: str
    deep: str
    glow: str
    near: str
    far: str


_PALETTES = (
    _Palette("#120f36", "#3b1a78", "#7a3cf0", "#ffc2a6", "#ff5c93"),
    _Palette("#04202b", "#0a4b5c", "#14a8a6", "#ffe9a8", "#ffae34"),
    _Palette("#061233", "#123a8c", "#3b7dff", "#b8f4ff", "#3fc1ff"),
    _Palette("#220820", "#6d1446", "#d9316f", "#ffe0a3", "#ff7d55"),
    _Palette("#05211a", "#0d5543", "#2bb67d", "#e6fbb0", "#56e6cb"),
    _Palette("#141826", "#45283f", "#cf5a3c", "#ffe3b8", "#ff8a5c"),
)
_PAPER = "#fffaf2"

_AXIS = 0.705  # the height at which the row of sheets and bars is centred
_SHEET_WIDTH, _SHEET_HEIGHT = 0.178, 0.25
_TURNS = (0, 50, 69, 79)  # degrees by which each sheet has turned away
_BAR, _BAR_GAP, _GAP = 0.018, 0.017, 0.022
_CORNER = 0.005
_SUPERSAMPLING = 3


def _mixed(first: str, second: str, share: float) -> Colour:
    """Go from one colour to another by a share of 0 to 1."""
    pairs = zip(ImageColor.getrgb(first)[:3], ImageColor.getrgb(second)[:3], strict=True)
    red, green, blue = (round(a + (b - a) * share) for a, b in pairs)
    return red, green, blue


def _ground(palette: _Palette, size_px: int) -> Image.Image:
    """Paint a diagonal gradient with a light behind the figure.

    The light is computed small and scaled as floats, then rounded with a little noise: eight bits alone
    would show as stripes.
    """
    small = np.linspace(0, 1, 192, dtype=np.float32)
    x, y = np.meshgrid(small, small)
    slope = 0.35 * x + 0.65 * y
    light = 0.62 * np.exp(-(((x - 0.62) / 0.52) ** 2) - ((y - _AXIS) / 0.26) ** 2)
    noise = np.random.default_rng(0).random((size_px, size_px), dtype=np.float32)
    channels = []
    corners = (ImageColor.getrgb(colour) for colour in (palette.dark, palette.deep, palette.glow))
    for dark, deep, glow in zip(*corners, strict=True):
        base = dark + (deep - dark) * slope
        tone = Image.fromarray(base + (glow - base) * light)
        scaled = np.asarray(tone.resize((size_px, size_px), Image.Resampling.BILINEAR))  # never overshoots
        channels.append(Image.fromarray((scaled + noise).astype(np.uint8)))
    return Image.merge("RGB", channels)


def _band(start: Point, end: Point, radius: float) -> list[Point]:
    """Give the corners of a straight line that is `radius` wide to each side."""
    along, down = end[0] - start[0], end[1] - start[1]
    length = math.hypot(along, down) or 1.0
    dx, dy = -down / length * radius, along / length * radius
    return [
        (start[0] + dx, start[1] + dy),
        (end[0] + dx, end[1] + dy),
        (end[0] - dx, end[1] - dy),
        (start[0] - dx, start[1] - dy),
    ]


def _paint(image: Image.Image, corners: Sequence[Point], radius: float, colour: Colour) -> None:
    """Fill a polygon, grown by `radius` so that its corners are round; smooth at its edges only."""
    scale = image.width * _SUPERSAMPLING
    left, top = (math.floor((min(axis) - radius) * image.width) for axis in zip(*corners, strict=True))
    right, bottom = (math.ceil((max(axis) + radius) * image.width) for axis in zip(*corners, strict=True))
    size = (max(1, right - left), max(1, bottom - top))
    stencil = Image.new("L", (size[0] * _SUPERSAMPLING, size[1] * _SUPERSAMPLING))
    draw = ImageDraw.Draw(stencil)
    points = [(x * scale - left * _SUPERSAMPLING, y * scale - top * _SUPERSAMPLING) for x, y in corners]
    draw.polygon(points, fill=255)
    for start, end in itertools.pairwise([*points, points[0]]):
        draw.polygon(_band(start, end, radius * scale), fill=255)  # Pillow's own wide lines are not as exact
    for point in points:
        draw.circle(point, radius * scale, fill=255)
    image.paste(colour, (left, top), stencil.resize(size, Image.Resampling.BOX))


def _sheet(left: float, turn: float) -> list[Point]:
    """Stand a sheet on the axis, turned away by an angle in degrees; its far edge looks shorter."""
    width = _SHEET_WIDTH * math.cos(math.radians(turn))
    near, far = _SHEET_HEIGHT / 2, _SHEET_HEIGHT / 2 * (1 - 0.24 * math.sin(math.radians(turn)))
    return [
        (left, _AXIS - near),
        (left + width, _AXIS - far),
        (left + width, _AXIS + far),
        (left, _AXIS + near),
    ]


def _on(sheet: Sequence[Point], across: float, down: float) -> Point:
    """Find a place on a sheet as it is turned, from its own upper left corner (0, 0) to (1, 1)."""
    (left, near_top), (right, far_top), (_, far_bottom), (_, near_bottom) = sheet
    top = near_top + (far_top - near_top) * across
    bottom = near_bottom + (far_bottom - near_bottom) * across
    return left + (right - left) * across, top + (bottom - top) * down


def _print(image: Image.Image, sheet: Sequence[Point], colour: Colour) -> None:
    """Print lines on a sheet, a heading first."""
    rows = [(0.13, 0.040, 0.62), *((0.27 + 0.097 * i, 0.021, (0.86, 0.86, 0.7)[i % 3]) for i in range(7))]
    for down, thick, until in rows:
        corners = [
            _on(sheet, across, at)
            for across, at in (
                (0.14, down),
                (until, down),
                (until, down + thick),
                (0.14, down + thick),
            )
        ]
        _paint(image, corners, 0.0012, colour)


def _wave(digest: bytes, count: int) -> list[float]:
    """Give each bar its height, in shares of the edge: two swells over a fine ripple, set by the hash."""
    start, width, ripple = (byte / 255 for byte in digest[1:4])
    heights = []
    for i in range(count):
        swell = math.sin(math.pi * (0.3 + 0.4 * start + i / (4.5 + 2 * width))) ** 2
        grain = math.sin(2.4 * i + 6.3 * ripple)
        heights.append(0.05 + 0.24 * swell + (0.02 + 0.05 * swell) * grain)
    return heights


def _draw_figure(image: Image.Image, palette: _Palette, digest: bytes) -> None:
    """Draw the sheets, and the bars they turn into, out over the right edge."""
    left = TEXT_LEFT + _CORNER
    for turn in _TURNS:
        sheet = _sheet(left, turn)
        _paint(image, sheet, _CORNER, _mixed(_PAPER, palette.near, turn / 85))
        _print(image, sheet, _mixed(palette.near, palette.deep, 0.45 + turn / 400))
        left = sheet[1][0] + _GAP
    count = math.ceil((1 - left) / (_BAR + _BAR_GAP)) + 1
    for i, height in enumerate(_wave(digest, count)):
        x, half = left + _BAR / 2 + i * (_BAR + _BAR_GAP), height / 2
        _paint(image, [(x, _AXIS - half), (x, _AXIS + half)], _BAR / 2, _mixed(palette.near, palette.far, i / count))


# ── cover ───────────────────────────────────────────────────────────────────────────────────────────────


def draw_cover(title: str, subtitle: str = "", size_px: int = 3000) -> bytes:
    """Draw a cover of `size_px` × `size_px`: a JPEG without alpha, 72 dpi. Same words, same bytes."""
    digest = hashlib.sha256(title.encode("utf-8", "surrogatepass")).digest()
    palette = _PALETTES[digest[0] % len(_PALETTES)]
    image = _ground(palette, size_px)
    _draw_figure(image, palette, digest)
    draw = ImageDraw.Draw(image)
    for line in lay_out(title, subtitle, size_px):
        colour = _PAPER if line.stroke_px else palette.near
        place = (line.x, line.baseline)
        face = _face(line.size_px)
        draw.text(place, line.text, colour, face, anchor="ls", stroke_width=line.stroke_px)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=_JPEG_QUALITY, dpi=(72, 72))
    return file.getvalue()
