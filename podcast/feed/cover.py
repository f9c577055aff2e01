"""The show's picture: the author's own or one that is drawn; published under a name that changes when it does."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast import files
from podcast.errors import InputError
from podcast.feed.artwork import ARTWORK_VERSION, draw_artwork, draw_cover
from podcast.feed.episode_cover import EPISODE_PX
from podcast.feed.picture import LARGEST_PX, open_picture

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image

    from podcast.show import Show

PAGE_PX = 480
"""What the page shows at 160: sharp on dense screens, and small."""

_QUALITY = 88
_KEPT_QUALITY = 95
_KEPT_VERSION = 1
"""Raise this when own pictures are read in another way, so that those that are kept are made again."""


@dataclass(frozen=True, slots=True)
class Cover:
    """File names in feed/ of the picture for apps and of the small one for the page."""

    name: str
    small_name: str


def cover_of(show: Show) -> Cover:
    """Name the files of the show's picture, whether they are there or not. InputError if the author's own is not."""
    own = _own(show)
    made_from = _read(own) if own else _drawn_from(show).encode()
    stem = f"cover-{files.sha256_of(made_from)[:16]}"
    return Cover(f"{stem}.jpg", f"{stem}-{PAGE_PX}.jpg")


def publish_cover(show: Show) -> Cover:
    """Write feed/cover-<hash>.jpg and a small one unless they are there; earlier ones stay, for apps that know them."""
    cover = cover_of(show)
    sizes = {cover.name: None, cover.small_name: PAGE_PX}
    missing = {name: size_px for name, size_px in sizes.items() if not (show.feed / name).is_file()}
    own = _own(show)
    picture = open_picture(_read(own), own) if own and missing else None
    for name, size_px in missing.items():
        drawn = _jpeg(_resized(picture, size_px)) if picture else draw_cover(*_words(show), size_px or LARGEST_PX)
        files.write_bytes(show.feed / name, drawn)
    return cover


def check_cover(show: Show) -> None:
    """Raise InputError if the author's own picture cannot be used; nothing is written."""
    if own := _own(show):
        open_picture(_read(own), own)


def episode_artwork(show: Show) -> Image.Image:
    """Return what an episode's cover is drawn on: the author's own picture, or the drawn one without its words.

    InputError if the author's own cannot be used.
    """
    own = _own(show)
    return _kept(show, own) if own else draw_artwork(show.settings.title, EPISODE_PX)


def _kept(show: Show, own: Path) -> Image.Image:
    """Scale the author's picture once: the large one takes long to read.

    It is what its own file says from the first time on, so that every episode has the same.
    """
    data = _read(own)
    path = show.cache / "artwork" / f"{files.sha256_of(data)[:16]}-{EPISODE_PX}-{_KEPT_VERSION}.jpg"
    if not (found := _opened(path)):
        files.write_bytes(path, _jpeg(_resized(open_picture(data, own), EPISODE_PX), _KEPT_QUALITY))
        found = open_picture(path.read_bytes(), path)
    return found


def _opened(path: Path) -> Image.Image | None:
    try:
        return open_picture(path.read_bytes(), path)
    except (FileNotFoundError, InputError):  # a damaged one is made again
        return None


def _words(show: Show) -> tuple[str, str]:
    return show.settings.title, show.settings.author


def _drawn_from(show: Show) -> str:
    return "\n".join((*_words(show), str(ARTWORK_VERSION)))


def _own(show: Show) -> Path | None:
    return show.file(show.settings.cover) if show.settings.cover else None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file. Correct cover in show.toml, or leave it empty.") from error
    except IsADirectoryError as error:
        raise InputError(f"{path}: a folder. Give the picture in it as cover in show.toml.") from error


def _resized(picture: Image.Image, size_px: int | None) -> Image.Image:
    return picture.resize((size_px, size_px)) if size_px else picture


def _jpeg(picture: Image.Image, quality: int = _QUALITY) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality, dpi=(72, 72))
    return buffer.getvalue()
