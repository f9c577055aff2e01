"""The show's picture as pixels: as large as apps want it, small for the page, and below the words of an episode's."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from podcast import files
from podcast.errors import InputError
from podcast.feed.artwork import draw_artwork, draw_cover
from podcast.feed.cover import own_picture, read_own, words_on
from podcast.feed.episode_cover import EPISODE_PX, draw_episode_cover
from podcast.feed.picture import LARGEST_PX, open_picture

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from PIL import Image

    from podcast.feed.episode_cover import Caption, EpisodeCover
    from podcast.outside.executor import Executor
    from podcast.show import Show

_QUALITY = 88
_KEPT_QUALITY = 95
_KEPT_VERSION = 1
"""Raise this when own pictures are read in another way, so that those that are kept are made again."""


def jpegs(show: Show, sizes: Mapping[str, int | None], executor: Executor) -> Iterator[tuple[str, bytes]]:
    """Yield the show's picture in sizes that have names; None is as large as it is."""
    own = own_picture(show)
    picture = open_picture(read_own(own), own) if own else None
    for name, size_px in sizes.items():
        if picture:
            yield name, _jpeg(_resized(picture, size_px))
        else:
            yield name, executor.run(draw_cover, *words_on(show), size_px or LARGEST_PX)


def check_cover(show: Show) -> None:
    """Raise InputError if the author's own picture cannot be used; nothing is written."""
    if own := own_picture(show):
        open_picture(read_own(own), own)


def episode_artwork(show: Show) -> Image.Image:
    """Return what an episode's cover is drawn on: the author's own picture, or the drawn one without its words.

    InputError if the author's own cannot be used.
    """
    own = own_picture(show)
    return _kept(show, own) if own else draw_artwork(show.settings.title, EPISODE_PX)


def draw_on_artwork(title: str, caption: Caption) -> EpisodeCover:
    """Draw an episode's cover on the picture that is drawn for a show of this title."""
    return draw_episode_cover(draw_artwork(title, EPISODE_PX), caption)


def _kept(show: Show, own: Path) -> Image.Image:
    """Scale the author's picture once: the large one takes long to read.

    It is what its own file says from the first time on, so that every episode has the same.
    """
    data = read_own(own)
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


def _resized(picture: Image.Image, size_px: int | None) -> Image.Image:
    return picture.resize((size_px, size_px)) if size_px else picture


def _jpeg(picture: Image.Image, quality: int = _QUALITY) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality, dpi=(72, 72))
    return buffer.getvalue()
