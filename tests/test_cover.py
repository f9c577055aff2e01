"""The show's picture: its own or a drawn one, as directories take it, under a name that changes when it does."""

from __future__ import annotations

import io
import os
import re
import struct
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from conftest import COVER
from PIL import Image

from podcast.errors import InputError
from podcast.feed import show_artwork
from podcast.feed.cover import PAGE_PX, cover_of, missing_pictures, publish_cover
from podcast.feed.episode_cover import EPISODE_PX
from podcast.feed.show_artwork import check_cover, episode_artwork
from podcast.show import Settings, Show

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RED = (200, 30, 30)
NEAR = 3
"""What a JPEG may change of a colour."""


@pytest.fixture(autouse=True)
def drawn_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw a cover in no time: how it looks is not asked here."""

    def draw(title: str, subtitle: str, size_px: int) -> bytes:
        return f"{title}/{subtitle}/{size_px}".encode()

    monkeypatch.setattr(show_artwork, "draw_cover", draw)


def show_with(folder: Path, picture: Image.Image, name: str = "mine.png") -> Show:
    """Return a show with a picture of its own."""
    picture.save(folder / name)
    return Show(folder, Settings(cover=name))


def square(mode: str = "RGB", size_px: int = 1400, color: object = RED) -> Image.Image:
    """Return a picture of one colour."""
    return Image.new(mode, (size_px, size_px), color)  # type: ignore[arg-type] # what a colour is depends on the mode


def published(show: Show) -> Image.Image:
    """Return the picture that apps get."""
    return Image.open(io.BytesIO((show.feed / publish_cover(show).name).read_bytes()))


# ── what is published ───────────────────────────────────────────────────────────────────────────────────


def test_a_picture_is_published_in_two_sizes(tmp_path: Path) -> None:
    """One for apps, as large as it is, and a small one for the page; nothing else is written."""
    show = show_with(tmp_path, square())
    found = publish_cover(show)
    sizes = {path.name: Image.open(io.BytesIO(path.read_bytes())).size for path in show.feed.iterdir()}
    assert sizes == {found.name: (1400, 1400), found.small_name: (PAGE_PX, PAGE_PX)}


PICTURES: dict[str, Callable[[], Image.Image]] = {
    "RGB": square,
    "alpha": lambda: square("RGBA", color=(*RED, 255)),
    "palette": lambda: square().convert("P", palette=Image.Palette.ADAPTIVE),
    "gray": lambda: square("L", color=90),
    "gray with alpha": lambda: square("LA", color=(90, 255)),
    "print": lambda: square("CMYK", color=(0, 200, 200, 40)),
    "largest": lambda: square(size_px=3000),
}


@pytest.mark.parametrize("kind", PICTURES)
def test_whatever_kind_of_picture_directories_get_a_plain_one(tmp_path: Path, kind: str) -> None:
    """A JPEG in RGB without alpha, at 72 dpi."""
    picture = PICTURES[kind]()
    found = published(show_with(tmp_path, picture, "mine.jpg" if kind in {"RGB", "print"} else "mine.png"))
    assert (found.format, found.mode, found.size) == ("JPEG", "RGB", picture.size)
    assert found.info["dpi"] == (72, 72)


def test_the_colours_stay(tmp_path: Path) -> None:
    """Of a picture with all of them opaque."""
    pixel = published(show_with(tmp_path, square("RGBA", color=(*RED, 255)))).getpixel((700, 700))
    assert isinstance(pixel, tuple)
    assert all(abs(found - given) <= NEAR for found, given in zip(pixel, RED, strict=True))


def saved(picture: Image.Image, form: str, **options: object) -> bytes:
    """Return a file of it."""
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def halves(mode: str = "RGB") -> Image.Image:
    """Return a picture whose left half is red and whose right half is white."""
    picture = square(mode, color="white")
    picture.paste(RED, (0, 0, 700, 1400))
    return picture


def turned() -> bytes:
    """Return a photograph whose camera lay on its side: what is left in the file is above."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return saved(halves(), "JPEG", exif=exif)


def deep() -> bytes:
    """Return 16 bits of gray, half as bright as white."""
    return saved(Image.new("I;16", (1400, 1400), 0x8080), "PNG")


def clear() -> bytes:
    """Return a picture with a red square on nothing, whose nothing is black underneath."""
    picture = square("RGBA", color=(0, 0, 0, 0))
    picture.paste((*RED, 255), (0, 0, 700, 700))
    return saved(picture, "PNG")


def clear_palette() -> bytes:
    """Return a picture of indexed colours, of which one is no colour."""
    return saved(square("P", color=0), "PNG", transparency=0)


def moving(form: str) -> bytes:
    """Return an animation that begins red."""
    frames = [square(color="blue")]
    return saved(square(), form, save_all=True, append_images=frames)


WHITE, GRAY = (255, 255, 255), (128, 128, 128)
FILES: dict[str, tuple[Callable[[], bytes], tuple[int, ...], tuple[int, ...]]] = {
    "16 bits": (deep, GRAY, GRAY),
    "nothing is white": (clear, RED, WHITE),
    "no colour is white": (clear_palette, WHITE, WHITE),
    "turned": (turned, RED, WHITE),
    "moving PNG": (lambda: moving("PNG"), RED, RED),
    "moving GIF": (lambda: moving("GIF"), RED, RED),
    "moving WebP": (lambda: moving("WEBP"), RED, RED),
    "a JPEG by another name": (lambda: saved(square(), "JPEG"), RED, RED),
}


@pytest.mark.parametrize("kind", FILES)
def test_whatever_is_in_the_file_its_colours_are_where_they_are_seen(tmp_path: Path, kind: str) -> None:
    """In the middle of the upper half and of the lower; and nothing but colours is published."""
    make, above, below = FILES[kind]
    (tmp_path / "mine.png").write_bytes(make())
    found = published(Show(tmp_path, Settings(cover="mine.png")))
    assert (found.format, found.mode, found.size) == ("JPEG", "RGB", (1400, 1400))
    assert not {"exif", "icc_profile", "comment"} & found.info.keys()
    for place, wanted in (((350, 350), above), ((350, 1050), below)):
        pixel = found.getpixel(place)
        assert isinstance(pixel, tuple)
        assert all(abs(one - other) <= NEAR for one, other in zip(pixel, wanted, strict=True)), (place, pixel)


def test_a_show_without_a_picture_has_a_drawn_one(tmp_path: Path) -> None:
    """Of its title and author, in the sizes of the others."""
    show = Show(tmp_path, Settings(title="Mine", author="Ada"))
    found = publish_cover(show)
    assert (show.feed / found.name).read_bytes() == b"Mine/Ada/3000"
    assert (show.feed / found.small_name).read_bytes() == b"Mine/Ada/480"


# ── its name ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_name_says_what_the_file_is(tmp_path: Path) -> None:
    """In plain letters, with the ending of a JPEG, in both sizes."""
    found = cover_of(show_with(tmp_path, square()))
    assert re.fullmatch(r"cover-[0-9a-f]{16}\.jpg", found.name)
    assert found.small_name == found.name.replace(".jpg", "-480.jpg")


def test_another_picture_has_another_name(tmp_path: Path) -> None:
    """Apps keep what they know under a name; the earlier file stays for those that know it."""
    show = show_with(tmp_path, square())
    earlier = publish_cover(show)
    show_with(tmp_path, square(color=(30, 200, 30)))
    assert publish_cover(show).name != earlier.name
    assert len(list(show.feed.iterdir())) == 4


def test_the_same_picture_has_the_same_name_wherever_it_lies(tmp_path: Path) -> None:
    """Its bytes alone count."""
    names = set()
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        names.add(cover_of(show_with(tmp_path / name, square(), f"{name}.png")))
    assert len(names) == 1


def test_a_drawn_picture_is_named_by_its_words(tmp_path: Path) -> None:
    """Another title or author gives another name, anything else the same."""
    mine = Settings(title="Mine", author="Ada")
    moved = replace(mine, description="Other", base_url="https://example.org/")
    others = (replace(mine, title="Other"), replace(mine, author="Bo"), replace(mine, title="Ada", author="Mine"))
    first, same, *different = (cover_of(Show(tmp_path, settings)).name for settings in (mine, moved, *others))
    assert first == same
    assert len({first, *different}) == 4


def test_naming_a_picture_writes_nothing(tmp_path: Path) -> None:
    """Whoever serves or checks a show leaves it as it is."""
    cover_of(Show(tmp_path, Settings()))
    assert list(tmp_path.iterdir()) == []


def test_a_picture_that_is_there_is_not_written_again(tmp_path: Path) -> None:
    """A part of it that is missing is."""
    show = show_with(tmp_path, square())
    found = publish_cover(show)
    os.utime(show.feed / found.name, (1, 1))
    (show.feed / found.small_name).unlink()
    assert publish_cover(show) == found
    assert (show.feed / found.name).stat().st_mtime == 1
    assert (show.feed / found.small_name).is_file()


def test_what_was_drawn_ahead_is_written_where_it_is_missing(tmp_path: Path) -> None:
    """And not where another episode wrote it meanwhile."""
    show = show_with(tmp_path, square())
    drawn = missing_pictures(show)
    found = publish_cover(show, drawn)
    assert {path.name: path.read_bytes() for path in show.feed.iterdir()} == drawn
    os.utime(show.feed / found.name, (1, 1))
    assert publish_cover(show, drawn) == found
    assert (show.feed / found.name).stat().st_mtime == 1
    assert missing_pictures(show) == {}


# ── what episodes are drawn on ──────────────────────────────────────────────────────────────────────────


def test_an_episode_is_drawn_on_the_same_picture(tmp_path: Path) -> None:
    """In the size of its own cover; of a drawn one only the picture, as its words are others."""
    own = episode_artwork(show_with(tmp_path, square(size_px=3000)))
    assert (own.mode, own.size) == ("RGB", (EPISODE_PX, EPISODE_PX))
    drawn = episode_artwork(Show(tmp_path, Settings(title="Mine", author="Ada")))
    assert drawn.size == (EPISODE_PX, EPISODE_PX)
    assert drawn.tobytes() == episode_artwork(Show(tmp_path, Settings(title="Mine"))).tobytes()


def test_a_picture_is_scaled_once_for_all_episodes(tmp_path: Path) -> None:
    """The second episode reads the smaller one, which gives the same picture; a damaged one is made again."""
    show = show_with(tmp_path, halves().resize((1600, 1600)))
    first = episode_artwork(show).tobytes()
    (kept,) = (show.cache / "artwork").iterdir()
    os.utime(kept, (1, 1))
    assert episode_artwork(show).tobytes() == first
    assert kept.stat().st_mtime == 1
    kept.write_bytes(kept.read_bytes()[:5000])
    assert episode_artwork(show).tobytes() == first


def test_another_picture_is_taken_at_once(tmp_path: Path) -> None:
    """Even if it has the name of the one before it."""
    before = episode_artwork(show_with(tmp_path, square())).tobytes()
    assert episode_artwork(show_with(tmp_path, square(color="blue"))).tobytes() != before


def test_asking_whether_a_picture_is_good_writes_nothing(tmp_path: Path) -> None:
    """Whoever examines a show leaves it as it is."""
    check_cover(show_with(tmp_path, square()))
    check_cover(Show(tmp_path, Settings()))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.png"]


# ── what is no cover ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("size", [(1399, 1399), (3001, 3001), (1500, 1400), (1, 1)])
def test_a_picture_of_another_size_is_refused(tmp_path: Path, size: tuple[int, int]) -> None:
    """With its size and what a cover has; nothing is published."""
    show = show_with(tmp_path, Image.new("RGB", size))
    with pytest.raises(InputError, match=rf"mine\.png: {size[0]} x {size[1]} pixels\. .*square, 1400 to 3000"):
        publish_cover(show)
    assert not show.feed.exists()


@pytest.mark.parametrize("ask", [cover_of, publish_cover, check_cover, episode_artwork])
def test_a_picture_that_is_not_there_is_said(tmp_path: Path, ask: object) -> None:
    """With the setting to correct."""
    assert callable(ask)
    with pytest.raises(InputError, match=r"mine\.png: no such file\. Correct cover in show\.toml"):
        ask(Show(tmp_path, Settings(cover="mine.png")))


HALF_PNG = (COVER.read_bytes())[: COVER.stat().st_size // 2]


@pytest.mark.parametrize("content", [b"", b"no picture", HALF_PNG, b"\x89PNG\r\n\x1a\n" + b"\0" * 100], ids=range(4))
@pytest.mark.parametrize("ask", [publish_cover, check_cover, episode_artwork])
def test_what_is_no_whole_picture_is_refused(tmp_path: Path, content: bytes, ask: object) -> None:
    """In a sentence that names it; nothing is published."""
    (tmp_path / "mine.png").write_bytes(content)
    show = Show(tmp_path, Settings(cover="mine.png"))
    assert callable(ask)
    with pytest.raises(InputError, match=r"mine\.png: not a picture that can be read\. Use a JPEG or PNG\."):
        ask(show)
    assert not show.feed.exists()


def bomb(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that says it has so many pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


@pytest.mark.parametrize("edge_px", [10_000, 12_000, 60_000, 2**31 - 1])
def test_a_picture_that_would_fill_the_memory_is_refused_unread(tmp_path: Path, edge_px: int) -> None:
    """In the same sentence as any other that is too large, and without a warning of Pillow's own."""
    (tmp_path / "mine.png").write_bytes(bomb(edge_px, edge_px))
    with pytest.raises(InputError, match=r"mine\.png: .* pixels.* A cover is square, 1400 to 3000 pixels\."):
        publish_cover(Show(tmp_path, Settings(cover="mine.png")))


def test_a_drawing_program_is_never_started(tmp_path: Path) -> None:
    """PostScript would be: only kinds of pictures that are data are read."""
    (tmp_path / "mine.png").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1400 1400\n%%EndComments\n")
    with pytest.raises(InputError, match=r"mine\.png: not a picture that can be read\. Use a JPEG or PNG\."):
        publish_cover(Show(tmp_path, Settings(cover="mine.png")))


def test_a_folder_is_no_picture(tmp_path: Path) -> None:
    """Nor does it end in a traceback."""
    (tmp_path / "mine.png").mkdir()
    with pytest.raises(InputError, match=r"mine\.png: a folder\. Give the picture in it"):
        publish_cover(Show(tmp_path, Settings(cover="mine.png")))
