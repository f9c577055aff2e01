"""The show's picture: its own or a drawn one, as directories take it, under a name that changes when it does."""

from __future__ import annotations

import io
import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from conftest import COVER
from PIL import Image

from podcast.errors import InputError
from podcast.feed import cover
from podcast.feed.cover import PAGE_PX, check_cover, cover_of, episode_artwork, publish_cover
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

    monkeypatch.setattr(cover, "draw_cover", draw)


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


def test_a_folder_is_no_picture(tmp_path: Path) -> None:
    """Nor does it end in a traceback."""
    (tmp_path / "mine.png").mkdir()
    with pytest.raises(InputError, match=r"mine\.png: a folder\. Give the picture in it"):
        publish_cover(Show(tmp_path, Settings(cover="mine.png")))
