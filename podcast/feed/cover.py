"""The show's picture: the author's own or one that is drawn; published under a name that changes when it does."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast import files
from podcast.errors import InputError
from podcast.feed.artwork import ARTWORK_VERSION, draw_cover

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image

    from podcast.show import Show

PUBLISHED_PX = 3000
TAG_PX = 1000
"""Large enough for a player's whole screen, small enough to travel inside every episode."""

PAGE_PX = 480
"""What the page shows at 160: sharp on dense screens, and small."""

_SMALLEST_PX = 1400
_QUALITY = 88


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
    for name, size_px in ((cover.name, None), (cover.small_name, PAGE_PX)):
        if not (show.feed / name).is_file():
            files.write_bytes(show.feed / name, _picture(show, _own(show), size_px))
    return cover


def tag_cover(show: Show) -> bytes:
    """Return the same picture as a JPEG of 1000 pixels."""
    return _picture(show, _own(show), TAG_PX)


def _picture(show: Show, own: Path | None, size_px: int | None) -> bytes:
    return _jpeg(_opened(own), size_px) if own else draw_cover(*_words(show), size_px=size_px or PUBLISHED_PX)


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


def _opened(path: Path) -> Image:
    """Read the author's picture; InputError unless it is a square of the size that directories ask for."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(_read(path))) as picture:
            if picture.width != picture.height or not _SMALLEST_PX <= picture.width <= PUBLISHED_PX:
                size = f"{picture.width} x {picture.height}"
                raise InputError(f"{path}: {size} pixels. A cover is square, {_SMALLEST_PX} to {PUBLISHED_PX} pixels.")
            return picture.convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError) as error:
        raise InputError(f"{path}: not a picture that can be read. Use a JPEG or PNG.") from error


def _jpeg(picture: Image, size_px: int | None) -> bytes:
    buffer = io.BytesIO()
    resized = picture.resize((size_px, size_px)) if size_px else picture
    resized.save(buffer, "JPEG", quality=_QUALITY, dpi=(72, 72))
    return buffer.getvalue()
