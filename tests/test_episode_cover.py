"""An episode's cover: its words can be read whatever the show's picture is, and it is named by what it shows."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import itertools
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageColor

from podcast.feed import episode_cover
from podcast.feed.artwork import draw_artwork
from podcast.feed.episode_cover import (
    EPISODE_PX,
    LOWEST_TEXT,
    TAG_PX,
    Caption,
    bottom_of_pane,
    draw_episode_cover,
    lay_out_caption,
)

if TYPE_CHECKING:
    import numpy.typing as npt

JUNE = dt.date(2024, 6, 15)
DAYS = [dt.date(2024, month, 28) for month in range(1, 13)]
LONGEST = ("a paper on papers about models of language " * 6)[:255]
TITLES = {
    "short": "AI",
    "usual": "Papers of June 15, 2024",
    "long": "Attention Is All You Need, Revisited: What Eight Years of Transformers Taught Us",
    "longest": LONGEST,
    "too long": "word " * 400,
    "one word": "W" * 255,
    "mixed": "Attention 注意 \u05d0 🎧",
    "controls": "AI\x00 Papers\r\n\x1b[31m of\tthe\u202e Week\u200b",
    "half a character": "AI \ud83c Papers",
    "descenders": "jygpq jygpq Ååjy",
}
UNDRAWABLE = ("深度学习周报 第12期", "نشرة الأوراق", "חדשות 7", "🎧🎙️", "\x00", "")


def plain(colour: object) -> Image.Image:
    """Return a picture of one colour."""
    return Image.new("RGB", (EPISODE_PX, EPISODE_PX), colour)  # type: ignore[arg-type] # a name or a triple


def noise(low: int, high: int) -> Image.Image:
    """Return a picture of which every corner is another colour: the worst that a photograph can be."""
    values = np.random.default_rng(0).integers(low, high, (EPISODE_PX // 7, EPISODE_PX // 7, 3), dtype=np.uint8)
    return Image.fromarray(values).resize((EPISODE_PX, EPISODE_PX), Image.Resampling.NEAREST)


BLACK = plain("black")


def opened(data: bytes) -> Image.Image:
    """Return a finished picture."""
    return Image.open(io.BytesIO(data))


def luminance(colours: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Relative luminance of sRGB colours (WCAG 2.2)."""
    shares = np.asarray(colours, dtype=np.float64) / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))


# ── what apps get ───────────────────────────────────────────────────────────────────────────────────────


def test_it_is_what_directories_ask_for() -> None:
    """An RGB JPEG of 1400 pixels without alpha at 72 dpi, and the same smaller for inside the sound."""
    cover = draw_episode_cover(BLACK, Caption("Papers", JUNE, 10))
    for data, size_px in ((cover.jpeg, EPISODE_PX), (cover.tag_jpeg, TAG_PX)):
        image = opened(data)
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (size_px, size_px))
        assert image.info["dpi"] == (72, 72)
    large, small = (np.asarray(opened(data).resize((100, 100)), dtype=int) for data in (cover.jpeg, cover.tag_jpeg))
    assert np.abs(large - small).mean() < 2


def test_the_same_words_on_the_same_picture_are_the_same_bytes() -> None:
    """Nothing in it depends on chance or time; the show's picture is left as it was."""
    artwork = draw_artwork("Papers", EPISODE_PX)
    before = artwork.tobytes()
    caption = Caption("Papers", JUNE, 10, "Show")
    assert draw_episode_cover(artwork, caption) == draw_episode_cover(artwork, caption)
    assert artwork.tobytes() == before


def test_its_name_is_of_its_own_bytes() -> None:
    """So that a name never stands for two pictures."""
    cover = draw_episode_cover(BLACK, Caption("Papers", JUNE, 10))
    assert cover.name == f"cover-{hashlib.sha256(cover.jpeg).hexdigest()[:16]}.jpg"


def test_whatever_is_seen_changes_its_name() -> None:
    """Title, date, number of papers, the show, and the show's picture."""
    captions = (
        Caption("Papers", JUNE, 10),
        Caption("Others", JUNE, 10),
        Caption("Papers", dt.date(2024, 6, 16), 10),
        Caption("Papers", dt.date(2025, 6, 15), 10),
        Caption("Papers", JUNE, 1),
        Caption("Papers", JUNE, 10, "Show"),
    )
    names = [draw_episode_cover(BLACK, caption).name for caption in captions]
    names.append(draw_episode_cover(plain("navy"), captions[0]).name)
    assert len(set(names)) == len(names)


# ── words ───────────────────────────────────────────────────────────────────────────────────────────────


def drawn(caption: Caption) -> str:
    """Return all that is drawn as text."""
    return " ".join(line.text for line in lay_out_caption(caption, EPISODE_PX))


def test_date_title_and_number_of_papers_stand_there() -> None:
    """In this order; where the show's picture does not say whose it is, the show too."""
    assert drawn(Caption("AI & Bees", JUNE, 10)) == "15 Jun 2024 AI & Bees 10 papers"
    assert drawn(Caption("AI & Bees", JUNE, 1, "My Show")) == "15 Jun 2024 AI & Bees 1 paper · My Show"
    assert drawn(Caption("AI & Bees", JUNE, 0)) == "15 Jun 2024 AI & Bees"


@pytest.mark.parametrize("title", UNDRAWABLE)
def test_of_a_title_that_cannot_be_drawn_nothing_is(title: str) -> None:
    """Neither boxes nor the crumbs that are left of it: the date says which episode it is."""
    assert drawn(Caption(title, JUNE, 3, title)) == "15 Jun 2024 3 papers"


def test_what_the_typeface_lacks_is_left_out_of_the_rest() -> None:
    """No box stands for it."""
    assert drawn(Caption(TITLES["mixed"], JUNE, 0)) == "15 Jun 2024 Attention"


def test_no_word_of_a_long_title_is_lost() -> None:
    """One that is longer than 255 characters says that it was cut."""
    assert LONGEST.strip() in drawn(Caption(LONGEST, JUNE, 3))
    assert "..." in drawn(Caption(TITLES["too long"], JUNE, 3))


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES.keys())
@pytest.mark.parametrize("show", ["", "W" * 255], ids=["own picture", "drawn"])
def test_no_ink_leaves_the_pane(title: str, show: str) -> None:
    """Nor comes near what players cover, nor touches the line above it."""
    lines = lay_out_caption(Caption(title, DAYS[8], 199, show), EPISODE_PX)
    bottom = bottom_of_pane(lines, EPISODE_PX) * EPISODE_PX
    for left, top, right, low in (line.box for line in lines):
        assert 0.08 * EPISODE_PX <= left < right <= 0.92 * EPISODE_PX
        assert 0.07 * EPISODE_PX <= top < low < bottom <= LOWEST_TEXT * EPISODE_PX
    for upper, lower in itertools.pairwise(lines):
        assert lower.baseline - upper.baseline >= lower.size_px


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_date_can_be_read_at_60_pixels(day: dt.date) -> None:
    """Its type is 8 pixels high then, on one line, in every month."""
    line = lay_out_caption(Caption("", day, 0), EPISODE_PX)[0]
    assert re.fullmatch(r"28 [A-Z][a-z]{2} 2024", line.text)
    assert line.size_px * 60 / EPISODE_PX >= 7.9


def test_a_long_title_can_be_read_at_300_pixels() -> None:
    """Its type is 9 pixels high then."""
    sizes = [line.size_px for line in lay_out_caption(Caption(LONGEST, JUNE, 0), EPISODE_PX)]
    assert min(sizes) * 300 / EPISODE_PX >= 9


PICTURES = {
    "white": plain("white"),
    "black": BLACK,
    "yellow": plain("yellow"),
    "busy": noise(0, 256),
    "bright and busy": noise(190, 256),
    "drawn": draw_artwork("Papers", EPISODE_PX),
}


@pytest.mark.parametrize("kind", PICTURES)
@pytest.mark.parametrize("title", ["AI", LONGEST], ids=["short", "long"])
def test_words_stand_out_from_any_picture(kind: str, title: str) -> None:
    """By at least 4.5 to 1 (WCAG 2.2, 1.4.3) from the brightest spot behind them."""
    caption = Caption(title, JUNE, 10)
    lines = lay_out_caption(caption, EPISODE_PX)
    pixels = np.asarray(opened(draw_episode_cover(PICTURES[kind], caption).jpeg))
    bottom = round(bottom_of_pane(lines, EPISODE_PX) * EPISODE_PX)
    beside = pixels[90 : bottom - 45, 80:125]  # the margin of the pane, left of all words
    behind = luminance(beside).max()
    for ink in (episode_cover.INK, episode_cover.DIM_INK):
        assert (luminance(ImageColor.getrgb(ink)) + 0.05) / (behind + 0.05) >= 4.5
    left, top, right, low = lines[0].box
    assert luminance(pixels[top:low, left:right]).max() > 0.8  # the ink is really there


def test_outside_the_pane_the_picture_is_as_it_was() -> None:
    """Most of it is still to be seen."""
    artwork = PICTURES["drawn"]
    caption = Caption("AI", JUNE, 10)
    bottom = round(bottom_of_pane(lay_out_caption(caption, EPISODE_PX), EPISODE_PX) * EPISODE_PX)
    assert bottom < EPISODE_PX / 2
    below = (0, bottom + 8, EPISODE_PX, EPISODE_PX)
    found, given = (
        np.asarray(image.crop(below), dtype=int)
        for image in (opened(draw_episode_cover(artwork, caption).jpeg), artwork)
    )
    assert np.abs(found - given).mean() < 3
