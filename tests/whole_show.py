"""A show with two episodes and a feed to damage, and what tells whether it is as it was."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from conftest import NEWSLETTER, Podcast, make_show

if TYPE_CHECKING:
    from pathlib import Path

OLD, NEW = "2024-06-15", "2024-06-22"
_PASSING = {"log", "locks", "pages.json"}
"""Names in .podcast/ that say how and when, not what."""


def make_whole(folder: Path) -> Podcast:
    """Make a show with two episodes that hum, and a feed of both."""
    show = make_show(folder, music=False)
    for date in ("June 15, 2024", "June 22, 2024"):
        ran = show("make", "-", "--quiet", stdin=NEWSLETTER.replace("June 15, 2024", date).encode())
        assert ran.exit_code == 0, ran.stderr
    return show


def copied(show: Podcast, folder: Path) -> Podcast:
    """Copy a show with the times of its files, so that what remembers them is not helped by a copy."""
    shutil.copytree(show.folder, folder)
    return Podcast(folder)


def tree(show: Podcast) -> dict[str, bytes]:
    """Read every file of a show but its logs and locks."""
    paths = {path.relative_to(show.folder): path for path in show.folder.rglob("*") if path.is_file()}
    return {
        name.as_posix(): path.read_bytes()
        for name, path in paths.items()
        if name.parts[0] != ".podcast" or not _PASSING & {*name.parts}
    }


def clips(show: Podcast) -> list[Path]:
    """List the kept sentences of a show."""
    return sorted((show.folder / ".podcast" / "clips").glob("*/*.wav"))


def parts(show: Podcast) -> list[Path]:
    """List the kept parts of the sound of its episodes."""
    return sorted((show.folder / ".podcast" / "parts").glob("*/*.mp3"))
