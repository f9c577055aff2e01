"""A show's private folder, `.podcast`: what is in it is its owner's alone, in shows of earlier versions, too."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

FOLDER = ".podcast"

_OWNER_ONLY, _OWNER_ONLY_FOLDER = 0o600, 0o700
_OTHERS = 0o077


def is_private(path: Path) -> bool:
    """Whether a file or folder is nobody's business but its owner's."""
    return FOLDER in path.parts


def file_mode(path: Path) -> int:
    """Give the rights of a new file; for others as the user's umask has it, if it is not private."""
    return _OWNER_ONLY if is_private(path) else 0o666


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, unless they are there; private ones for their owner alone."""
    mode = _OWNER_ONLY_FOLDER if is_private(folder) else 0o777
    try:
        folder.mkdir(mode, exist_ok=True)
    except FileNotFoundError:
        if folder.parent == folder:
            raise
        make_folder(folder.parent)
        folder.mkdir(mode, exist_ok=True)


def close_to_others(folder: Path) -> bool:
    """Take the rights of others from a private folder, and from what earlier versions wrote in it; whether that can be.

    Done once: a folder that is closed already is not walked through. Its own rights go last, so that a run that was
    killed meanwhile is made up for. Second names of published files stay as these are.
    """
    if os.name != "posix" or not folder.is_dir() or not folder.stat().st_mode & _OTHERS:
        return True
    try:
        for place, folders, names in os.walk(folder):
            for name in (*folders, *names):
                with contextlib.suppress(FileNotFoundError):  # another run is at work
                    _close(Path(place, name))
        folder.chmod(_OWNER_ONLY_FOLDER)
    except OSError:  # not ours, or a file system that is read-only
        return False
    return True


def _close(path: Path) -> None:
    found = path.lstat()
    is_link = stat.S_ISLNK(found.st_mode) or (stat.S_ISREG(found.st_mode) and found.st_nlink > 1)
    if found.st_mode & _OTHERS and not is_link:
        path.chmod(stat.S_IMODE(found.st_mode) & ~_OTHERS)
