"""The show's picture: the author's own or one that is drawn; published under a name that changes when it does."""

from __future__ import annotations

import io
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

_SMALLEST_PX = 1400
_QUALITY = 88


def publish_cover(show: Show) -> Path:
    """Write feed/cover-<hash>.jpg unless it is there; earlier covers stay, for apps that still know them."""
    own = _own(show)
    made_from = _read(own) if own else _drawn_from(show).encode()
    path = show.feed / f"cover-{files.sha256_of(made_from)[:16]}.jpg"
    if not path.is_file():
        files.write_bytes(path, _jpeg(_opened(own), None) if own else draw_cover(*_words(show), size_px=PUBLISHED_PX))
    return path


def tag_cover(show: Show) -> bytes:
    """Return the same picture as a JPEG of 1000 pixels."""
    own = _own(show)
    return _jpeg(_opened(own), TAG_PX) if own else draw_cover(*_words(show), size_px=TAG_PX)


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
