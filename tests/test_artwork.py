"""The drawn cover: what directories of podcasts ask of it, and that no title can spoil it."""

from __future__ import annotations

import io
import itertools

import numpy as np
import pytest
from PIL import Image

from podcast.feed import artwork
from podcast.feed.artwork import draw_cover, lay_out
from podcast.feed.lettering import printable

SMALL_PX = 300
TITLES = {
    "short": "AI",
    "usual": "AI Papers of the Week",
    "long": "Attention Is All You Need, Revisited: What Eight Years of Transformers Taught Us",
    "longest": ("a paper on papers about models of language " * 6)[:255],
    "one word": "W" * 255,
    "too long": "word " * 400,
    "accents": "Café – Überraschung № ½ ﬁn…",
    "controls": "AI\x00 Papers\r\n\x1b[31m of\tthe\u202e Week\u200b",
    "half a character": "AI \ud83c Papers",
    "descenders": "jygpq jygpq Ååjy",
}
WORDLESS = ("", "   ", "深度学习", "🎧🎙️", "\x00\x07", "\u200b\u202e")


def _open(cover: bytes) -> Image.Image:
    return Image.open(io.BytesIO(cover))


def test_a_cover_is_what_directories_ask_for() -> None:
    """It is 3000 pixels square, an RGB JPEG without alpha, at 72 dpi, and below 1 MB."""
    cover = draw_cover("AI Papers of the Week", "Read aloud")
    image = _open(cover)
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (3000, 3000))
    assert image.info["dpi"] == (72, 72)
    assert len(cover) < 1_000_000


def test_the_same_words_give_the_same_bytes() -> None:
    """Nothing in a cover depends on chance or time."""
    assert draw_cover("Title", "Sub", SMALL_PX) == draw_cover("Title", "Sub", SMALL_PX)


def test_floats_are_rounded_strip_by_strip_as_they_would_be_at_once() -> None:
    """Also where the last strip is not a whole one."""
    random = np.random.default_rng(1)
    tones, noise = (random.random((130, 130), dtype=np.float32) * height for height in (254, 1))
    rounded = np.asarray(artwork._rounded(Image.fromarray(tones), noise))
    assert (rounded == (tones + noise).astype(np.uint8)).all()


def test_each_title_has_its_own_picture() -> None:
    """Another title gives another picture, even where no letter of it can be drawn."""
    covers = {draw_cover(title, "", SMALL_PX) for title in ("One", "Two", "深度", "学习")}
    assert len(covers) == 4


def test_the_subtitle_is_drawn() -> None:
    """A cover with a subtitle differs from one without."""
    assert draw_cover("Title", "Subtitle", SMALL_PX) != draw_cover("Title", "", SMALL_PX)


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES.keys())
@pytest.mark.parametrize("subtitle", ["", "sub " * 100], ids=["bare", "long subtitle"])
@pytest.mark.parametrize("size_px", [SMALL_PX, 1400])
def test_no_ink_leaves_the_frame(title: str, subtitle: str, size_px: int) -> None:
    """Every line of text keeps inside the margins and above the figure, whatever the title."""
    lines = lay_out(title, subtitle, size_px)
    assert lines
    for left, top, right, bottom in (line.box for line in lines):
        assert left >= artwork.TEXT_LEFT * size_px - 1
        assert right <= artwork.TEXT_RIGHT * size_px + 1
        assert top >= 0.05 * size_px
        assert bottom <= (artwork.TEXT_BOTTOM + 0.02) * size_px


def test_the_lowest_fifth_is_free_of_text() -> None:
    """The text frame ends well above what players cover."""
    assert artwork.TEXT_BOTTOM + 0.02 < 0.8


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES.keys())
def test_lines_do_not_touch_each_other(title: str) -> None:
    """Each line stands below the one before it, by its type size at least."""
    lines = lay_out(title, "A subtitle of some length", 1400)
    for upper, lower in itertools.pairwise(lines):
        assert lower.baseline - upper.baseline >= lower.size_px


@pytest.mark.parametrize("name", ["short", "usual"])
def test_a_usual_title_is_legible_at_55_pixels(name: str) -> None:
    """Its type is at least 6 pixels high when a player shows the cover as small as 55."""
    (size_px,) = {line.size_px for line in lay_out(TITLES[name], "", 3000)}
    assert size_px * 55 / 3000 >= 6


def test_a_long_title_is_legible_at_300_pixels() -> None:
    """The longest title of whole words has type of 10 pixels and more at 300."""
    (size_px,) = {line.size_px for line in lay_out(TITLES["longest"], "", 3000)}
    assert size_px * 300 / 3000 >= 10


def test_no_word_of_a_title_is_lost() -> None:
    """All words of a title of up to 255 characters stand on the cover, in their order."""
    drawn = " ".join(line.text for line in lay_out(TITLES["longest"], "", 3000))
    assert drawn == TITLES["longest"].strip()


def test_a_title_that_is_cut_says_so() -> None:
    """A title longer than 255 characters ends in three dots."""
    assert lay_out(TITLES["too long"], "", 3000)[-1].text.endswith("...")


def test_what_the_face_lacks_is_replaced() -> None:
    """Nothing becomes a box: accents go, dashes are made plain, Greek letters are spelled out."""
    assert printable("Café – Überraschung") == "Cafe - Uberraschung"
    assert printable("β-VAE × Δ") == "beta-VAE x Delta"
    assert printable("AI\x00 论文\r\n🎧 Week\u200b") == "AI Week"
    assert printable("Straße, Łódź, “quoted” ‘so’…") == "Strasse, Lodz, “quoted” ‘so’..."


@pytest.mark.parametrize("title", WORDLESS)
def test_a_title_without_drawable_letters_gives_a_wordless_cover(title: str) -> None:
    """The picture is drawn all the same, and no box for a missing glyph stands on it."""
    assert lay_out(title, "", SMALL_PX) == []
    assert _open(draw_cover(title, "", 96)).size == (96, 96)
