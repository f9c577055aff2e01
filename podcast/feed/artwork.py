"""Draw the square cover of a show for those who have no picture of their own.

Sheets of paper stand in a row, turn their edge to the viewer and so become the bars of a sound wave; above
them stands the title, as large as it can be. The palette and the wave follow from a hash of the title, so
each title has a cover of its own and always the same one.

The lowest fifth carries no text, as some players lay their controls over it. Whoever changes the drawing raises
`cover.ARTWORK_VERSION`.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageColor, ImageDraw

from podcast.feed.lettering import HEAVY, draw_line, fitted, most_lines, printable, set_inside, shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from podcast.feed.lettering import Line

    Point = tuple[float, float]
    """In shares of the picture's edge, from the upper left corner."""
    Colour = tuple[int, int, int]

TEXT_LEFT, TEXT_RIGHT, TEXT_TOP, TEXT_BOTTOM = 0.08, 0.92, 0.08, 0.50
"""The frame that all text keeps to, in shares of the picture's edge."""

_JPEG_QUALITY = 88
_LARGEST, _SUBTITLE = 0.235, 0.046  # type sizes, in shares of the picture's edge


def lay_out(title: str, subtitle: str, size_px: int) -> list[Line]:
    """Decide where each line of text stands; none leaves the text frame."""
    lines: list[Line] = []
    top, shown, below = TEXT_TOP, printable(shortened(title)), printable(shortened(subtitle))
    span, width = (TEXT_LEFT, TEXT_RIGHT), TEXT_RIGHT - TEXT_LEFT
    if shown:
        height = TEXT_BOTTOM - TEXT_TOP - (0.085 if below else 0.0)
        block = fitted(shown, width, height, _LARGEST, most_lines(shown))
        lines += set_inside(block, span, top, size_px, HEAVY)
        top += block.height + 0.015
    if below:
        lines += set_inside(fitted(below, width, 0.07, _SUBTITLE, 2), span, top, size_px)
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
_STRIP_PX = 64
"""Rows at once: copies of a whole large picture would take three times as long."""


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
        scaled = tone.resize((size_px, size_px), Image.Resampling.BILINEAR)  # never overshoots
        channels.append(_rounded(scaled, noise))
    return Image.merge("RGB", channels)


def _rounded(tones: Image.Image, noise: npt.NDArray[np.float32]) -> Image.Image:
    """Add noise to floats and cut off what is behind the point, strip by strip."""
    rounded = np.empty(noise.shape, dtype=np.uint8)
    for top in range(0, tones.height, _STRIP_PX):
        strip = np.asarray(tones.crop((0, top, tones.width, min(top + _STRIP_PX, tones.height))))
        own = slice(top, top + _STRIP_PX)
        np.add(strip, noise[own], out=rounded[own], casting="unsafe")
    return Image.fromarray(rounded)


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
    image, near = draw_artwork(title, size_px), _palette(title).near
    draw = ImageDraw.Draw(image)
    for line in lay_out(title, subtitle, size_px):
        draw_line(draw, line, _PAPER if line.stroke_px else near)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=_JPEG_QUALITY, dpi=(72, 72))
    return file.getvalue()


def draw_artwork(title: str, size_px: int) -> Image.Image:
    """Draw the same picture without its words."""
    palette, digest = _palette(title), _digest(title)
    image = _ground(palette, size_px)
    _draw_figure(image, palette, digest)
    return image


def _palette(title: str) -> _Palette:
    return _PALETTES[_digest(title)[0] % len(_PALETTES)]


def _digest(title: str) -> bytes:
    return hashlib.sha256(title.encode("utf-8", "surrogatepass")).digest()
