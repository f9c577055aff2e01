"""Rule 20: the pictures of a show and of its episodes, as Apple Podcasts wants them."""

from __future__ import annotations

import warnings
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from podcast.check.feed import NAMES, FeedSubject, attribute, is_there, is_web
from podcast.check.rules import Fault, rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SMALLEST_PX, _LARGEST_PX = 1400, 3000
_DPI = 72
_ENDINGS = (".jpg", ".jpeg", ".png")


@rule(
    "feed-20-artwork", "a square JPEG or PNG of 1400 to 3000 pixels, RGB, 72 dpi, no transparency, named as what it is"
)
def bad_artwork(subject: FeedSubject) -> Iterator[Fault]:
    """Apple, show cover; apps show nothing instead of a picture they do not like."""
    address = attribute(subject.channel, "itunes:image", "href")
    if address and _extension(address) not in _ENDINGS:
        yield Fault(subject.place(subject.channel), address, "an address that ends in .jpg or .png")
    file = subject.local(address)
    if file is not None:
        problems = picture_problems(file, _extension(address))
        yield from (Fault(f"{subject.where}, artwork", problem) for problem in problems)


@rule(
    "feed-20-episode-artwork",
    "pictures of episodes, where they have their own, as the show's: square, 1400 to 3000 pixels, RGB, JPEG or PNG",
)
def bad_episode_artwork(subject: FeedSubject) -> Iterator[Fault]:
    """Apple, episode cover. The show's own picture is looked at once, by the rule above."""
    known = {attribute(subject.channel, "itunes:image", "href")}
    for item in subject.items:
        for found in item.findall("itunes:image", NAMES):
            address = found.get("href", "")
            if not address or _extension(address) not in _ENDINGS:
                yield Fault(subject.place(item), f"itunes:image {address}", "an address that ends in .jpg or .png")
            file = subject.local(address)
            if file is not None and address not in known:
                known.add(address)
                problems = picture_problems(file, _extension(address))
                yield from (Fault(subject.place(item), f"{address} {problem}") for problem in problems)


def _extension(address: str) -> str:
    return PurePosixPath(urlsplit(address).path).suffix.lower() if is_web(address) else ""


def picture_problems(
    file: Path, extension: str, *, smallest_px: int = _SMALLEST_PX, largest_px: int = _LARGEST_PX
) -> Iterator[str]:
    """Say what Apple would not like of a picture."""
    if not is_there(file):
        yield "is not there"
        return
    try:
        form, size, mode, dpi, transparent = _picture(file)
    except (OSError, ValueError, SyntaxError) as error:
        yield f"cannot be read as a picture ({error})"
        return
    if form != {".png": "PNG"}.get(extension, "JPEG"):
        yield f"is a {form} file but is called {extension}"
    if size[0] != size[1] or not smallest_px <= size[0] <= largest_px:
        yield f"{size[0]} x {size[1]} pixels"
    if mode != "RGB" or transparent:
        yield f"{mode}{', transparent' if transparent else ''}"
    if dpi is not None and any(abs(value - _DPI) > 1 / 2 for value in dpi):
        yield f"{dpi[0]:g} x {dpi[1]:g} dpi"


def _picture(file: Path) -> tuple[str, tuple[int, int], str, tuple[float, float] | None, bool]:
    """Read what the head of a picture says; ValueError for one that would fill the memory."""
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(file) as picture:
                dpi = picture.info.get("dpi")
                transparent = "transparency" in picture.info or picture.mode in ("RGBA", "LA", "PA")
                return str(picture.format), picture.size, picture.mode, dpi, transparent
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise ValueError(str(error)) from error
