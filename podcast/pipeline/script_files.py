"""The scripts of a show as they lie on disk: found by name, and read.

Apart from how they come to be written: whoever speaks a script needs nothing of that.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from podcast import __version__
from podcast.errors import InputError
from podcast.writing.script import parse_script

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast.show import Show
    from podcast.types import Script

SCRIPT_FILE = "script.md"
WRITER = f"extractive {__version__}"
"""Who wrote a script that names no other writer."""


def read_script(path: Path) -> Script:
    """Read a script file; InputError if it is none."""
    return parse_script(decoded(path.read_bytes(), path), str(path))


def decoded(data: bytes, path: Path) -> str:
    """Read the bytes of a script file as text; InputError if they are none."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}. Save it as UTF-8.") from error


def find_script(show: Show, name: str) -> tuple[Path, str]:
    """Find a script and the slug of its episode, by either; InputError if there is none."""
    by_slug = find_existing(show, name) if Path(name).name == name else None
    if by_slug:
        return by_slug, name
    path = Path(name)
    if not path.is_file():
        raise InputError(f"{name}: no such script. `podcast script NEWSLETTER` writes one; give its file or its slug.")
    if path.resolve().parent.parent == (show.folder / "scripts").resolve():
        return path, path.resolve().parent.name
    slug = read_script(path).date.isoformat()
    if by_date := find_existing(show, slug):
        raise InputError(
            f"{name}: the show has its own script of {slug}, {by_date}. Put this one in a folder beside it."
        )
    return path, slug


def find_existing(show: Show, slug: str) -> Path | None:
    """Find the show's own script of an episode."""
    path = show.script_folder(slug) / SCRIPT_FILE
    return path if path.is_file() else None


def scripts_of(show: Show) -> list[Path]:
    """List all scripts of a show."""
    return sorted((show.folder / "scripts").glob(f"[!.]*/{SCRIPT_FILE}"))


def scripts_to_render(show: Show, given: Sequence[str], *, every: bool) -> list[str]:
    """Name the scripts that are asked for; all of a show by their slugs. InputError if there are none."""
    if every and given:
        raise InputError(f"{given[0]} and --all: name scripts, or have all of the show.")
    if not every and not given:
        raise InputError("Name the scripts to render by their slugs or files, or have all of them with --all.")
    found = [path.parent.name for path in scripts_of(show)] if every else list(given)
    if not found:
        raise InputError(f"{show.folder / 'scripts'}: no script yet. `podcast script NEWSLETTER` writes one.")
    return found
