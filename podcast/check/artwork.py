"""Rule 20: the picture of a show, as Apple Podcasts wants it."""

from __future__ import annotations

import functools
import io
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from podcast.check.feed import FeedSubject, attribute, is_web
from podcast.check.rules import Fault, rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SMALLEST_PX, _LARGEST_PX = 1400, 3000
_DPI = 72


@rule(
    "feed-20-artwork", "a square JPEG or PNG of 1400 to 3000 pixels, RGB, 72 dpi, no transparency, named as what it is"
)
def bad_artwork(subject: FeedSubject) -> Iterator[Fault]:
    """Apple, show cover; apps show nothing instead of a picture they do not like."""
    address = attribute(subject.channel, "itunes:image", "href")
    extension = PurePosixPath(urlsplit(address).path).suffix.lower() if is_web(address) else ""
    if address and extension not in (".jpg", ".jpeg", ".png"):
        yield Fault(subject.place(subject.channel), address, "an address that ends in .jpg or .png")
    file = subject.local(address)
    if file is not None:
        yield from (Fault(f"{subject.where}, artwork", problem) for problem in _picture_problems(file, extension))


def _picture_problems(file: Path, extension: str) -> Iterator[str]:
    if not file.is_file():
        yield "is not there"
        return
    try:
        form, size, mode, dpi, transparent = _picture(file.read_bytes())
    except (OSError, ValueError, SyntaxError) as error:
        yield f"cannot be read as a picture ({error})"
        return
    if form != {".png": "PNG"}.get(extension, "JPEG"):
        yield f"is a {form} file but is called {extension}"
    if size[0] != size[1] or not _SMALLEST_PX <= size[0] <= _LARGEST_PX:
        yield f"{size[0]} x {size[1]} pixels"
    if mode != "RGB" or transparent:
        yield f"{mode}{', transparent' if transparent else ''}"
    if dpi is not None and any(round(value) != _DPI for value in dpi):
        yield f"{dpi[0]:g} x {dpi[1]:g} dpi"


@functools.lru_cache(maxsize=4)
def _picture(data: bytes) -> tuple[str, tuple[int, int], str, tuple[float, float] | None, bool]:
    from PIL import Image

    with Image.open(io.BytesIO(data)) as picture:
        dpi = picture.info.get("dpi")
        transparent = "transparency" in picture.info or picture.mode in ("RGBA", "LA", "PA")
        return str(picture.format), picture.size, picture.mode, dpi, transparent
