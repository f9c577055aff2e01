"""The picture of one episode: its date, title and number of papers, on a dark pane over the show's own picture.

The pane is what is behind it out of focus, darkened so much that its words can be read whatever that is. It grows
with the title and ends above the lowest fifth, over which players lay their controls. Of a title whose letters the
typeface lacks for the most part, nothing is drawn: the date and the number say which episode it is.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from podcast import files
from podcast.feed.lettering import (
    HEAVY,
    LINE_HEIGHT,
    MAX_TITLE,
    draw_line,
    fitted,
    most_lines,
    printable,
    set_inside,
    shortened,
)

if TYPE_CHECKING:
    import datetime as dt

    from podcast.feed.lettering import Line

EPISODE_PX = 1400
"""What directories ask for at least; every app scales it down."""

TAG_PX = 1000
"""Large enough for a player's whole screen, small enough to travel inside every episode."""

LOWEST_TEXT = 0.8
"""In shares of the picture's edge: what players cover is below."""

_PANE = (0.045, 0.045, 0.955)  # left, top and right, in shares of the edge
_SPAN = (0.095, 0.905)  # of the text
_TEXT_TOP, _PADDING, _GAP = 0.085, 0.042, 0.02
_DATE, _TITLE, _FOOT = 0.15, 0.095, 0.05  # largest type sizes
_TITLE_HEIGHT, _FOOT_HEIGHT = 0.235, 0.106
_LONGEST_SHOW = 80  # characters
_TITLE_WEIGHT = 0.012
_CORNER = 0.03
_BLUR = 28  # how many pixels become one, in the picture out of focus
_SHADE, _SHADE_SHARE = (12, 13, 20), 0.76
INK, DIM_INK = "#fffaf2", "#e4ded3"
_QUALITY = 88
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Caption:
    """What a listener should see at a glance."""

    title: str
    date: dt.date
    papers: int
    show: str = ""
    """Its title, where the picture does not have it."""

    @property
    def day(self) -> str:
        """The date as it is drawn."""
        return f"{self.date.day} {_MONTHS[self.date.month - 1]} {self.date.year}"

    @property
    def foot(self) -> str:
        """The number of papers, where there are any, and the show as they are drawn."""
        count = f"{self.papers} paper{'s' if self.papers > 1 else ''}" if self.papers else ""
        return " · ".join(filter(None, (count, _drawn(self.show, _LONGEST_SHOW))))

    @property
    def heading(self) -> str:
        """The title as it is drawn; empty where most of it cannot be."""
        return _drawn(self.title, MAX_TITLE)


def _drawn(text: str, longest: int) -> str:
    whole = shortened(" ".join(text.split()), longest)
    shown = printable(whole)
    return shown if 2 * _letters(shown) >= _letters(whole) else ""


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


@dataclass(frozen=True, slots=True)
class EpisodeCover:
    """The finished picture, for apps and for inside the sound."""

    jpeg: bytes
    tag_jpeg: bytes

    @property
    def name(self) -> str:
        """Of its file: another picture has another name, as apps keep what they know under one."""
        return f"cover-{files.sha256_of(self.jpeg)[:16]}.jpg"


def draw_episode_cover(artwork: Image.Image, caption: Caption) -> EpisodeCover:
    """Draw a caption on the show's picture, an RGB square. Same picture and words, same bytes."""
    size_px = (EPISODE_PX, EPISODE_PX)
    image = artwork.copy() if artwork.size == size_px else artwork.resize(size_px)
    lines = lay_out_caption(caption, EPISODE_PX)
    _lay_pane(image, bottom_of_pane(lines, EPISODE_PX))
    draw = ImageDraw.Draw(image)
    for line in lines:
        draw_line(draw, line, INK if line.stroke_px else DIM_INK)
    return EpisodeCover(_jpeg(image), _jpeg(image.resize((TAG_PX, TAG_PX))))


def lay_out_caption(caption: Caption, size_px: int) -> list[Line]:
    """Decide where each line stands: the date, large enough for a list of episodes, the title, how many papers."""
    width, top = _SPAN[1] - _SPAN[0], _TEXT_TOP
    lines: list[Line] = []
    for text, height, largest, count, weight in (
        (caption.day, _DATE * LINE_HEIGHT, _DATE, 1, HEAVY),
        (caption.heading, _TITLE_HEIGHT, _TITLE, most_lines(caption.heading), _TITLE_WEIGHT),
        (caption.foot, _FOOT_HEIGHT, _FOOT, 2, 0.0),
    ):
        if text:
            block = fitted(text, width, height, largest, count)
            lines += set_inside(block, _SPAN, top, size_px, weight)
            top += block.height + _GAP
    return lines


def bottom_of_pane(lines: list[Line], size_px: int) -> float:
    """Say where the pane behind these lines ends, in shares of the picture's edge."""
    return lines[-1].baseline / size_px + _PADDING


def _lay_pane(image: Image.Image, bottom: float) -> None:
    """Darken what lies behind the words, and put it out of focus."""
    left, top, right, low = (round(share * image.width) for share in (*_PANE, bottom))
    behind = image.crop((left, top, right, low))
    blurred = behind.reduce(_BLUR).resize(behind.size, Image.Resampling.BICUBIC)
    pane = Image.blend(blurred, Image.new("RGB", behind.size, _SHADE), _SHADE_SHARE)
    image.paste(pane, (left, top), _stencil(behind.size, round(_CORNER * image.width)))


def _stencil(size: tuple[int, int], radius: int) -> Image.Image:
    """Round the corners, smoothly."""
    large = Image.new("L", (4 * radius, 4 * radius))
    ImageDraw.Draw(large).circle((2 * radius, 2 * radius), 2 * radius, fill=255)
    circle = large.resize((2 * radius, 2 * radius), Image.Resampling.BOX)
    stencil = Image.new("L", size, 255)
    for x, corner_x in ((0, 0), (size[0] - radius, radius)):
        for y, corner_y in ((0, 0), (size[1] - radius, radius)):
            stencil.paste(circle.crop((corner_x, corner_y, corner_x + radius, corner_y + radius)), (x, y))
    return stencil


def _jpeg(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=_QUALITY, dpi=(72, 72))
    return buffer.getvalue()
