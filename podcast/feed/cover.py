"""The show's picture: the author's own or one that is drawn; published under a name that changes when it does.

Its name is all that most runs need: what draws is imported where a picture is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast import files
from podcast.errors import InputError
from podcast.outside.executor import HERE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from podcast.outside.executor import Executor
    from podcast.show import Show

PAGE_PX = 480
"""What the page shows at 160: sharp on dense screens, and small."""

ARTWORK_VERSION = 1
"""Raise this when the drawing of `artwork` changes, so that covers drawn by an older version are drawn again."""


@dataclass(frozen=True, slots=True)
class Cover:
    """File names in feed/ of the picture for apps and of the small one for the page."""

    name: str
    small_name: str


def cover_of(show: Show) -> Cover:
    """Name the files of the show's picture, whether they are there or not. InputError if the author's own is not."""
    own = own_picture(show)
    made_from = read_own(own) if own else _drawn_from(show).encode()
    stem = f"cover-{files.sha256_of(made_from)[:16]}"
    return Cover(f"{stem}.jpg", f"{stem}-{PAGE_PX}.jpg")


def missing_pictures(show: Show, executor: Executor = HERE) -> dict[str, bytes]:
    """Draw those of both pictures that are not in feed/, by their names. InputError if the author's own is no use."""
    cover = cover_of(show)
    sizes = {cover.name: None, cover.small_name: PAGE_PX}
    missing = {name: size_px for name, size_px in sizes.items() if not (show.feed / name).is_file()}
    if not missing:
        return {}
    from podcast.feed.show_artwork import jpegs

    return dict(jpegs(show, missing, executor))


def publish_cover(show: Show, drawn: Mapping[str, bytes] | None = None) -> Cover:
    """Write feed/cover-<hash>.jpg and a small one unless they are there; earlier ones stay, for apps that know them.

    What is missing is drawn, unless it was drawn already.
    """
    for name, jpeg in (missing_pictures(show) if drawn is None else drawn).items():
        if not (show.feed / name).is_file():
            files.write_bytes(show.feed / name, jpeg)
    return cover_of(show)


def own_picture(show: Show) -> Path | None:
    """Where the author's own picture lies, if there is one."""
    return show.file(show.settings.cover) if show.settings.cover else None


def read_own(path: Path) -> bytes:
    """Read it. InputError if it is not there."""
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file. Correct cover in show.toml, or leave it empty.") from error
    except IsADirectoryError as error:
        raise InputError(f"{path}: a folder. Give the picture in it as cover in show.toml.") from error


def words_on(show: Show) -> tuple[str, str]:
    """What stands on a cover that is drawn."""
    return show.settings.title, show.settings.author


def _drawn_from(show: Show) -> str:
    return "\n".join((*words_on(show), str(ARTWORK_VERSION)))
