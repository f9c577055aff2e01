"""What other programs get to know of us: no key, no token, no password that is not meant for them."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from podcast.masking import sounds_secret

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLAIN = re.compile(
    r"PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|TEMP|TMP|SOURCE_DATE_EPOCH|PYTHONHOME"
    r"|LD_LIBRARY_PATH|LD_PRELOAD|DYLD_\w+|FONTCONFIG_\w+|XDG_\w+_(?:HOME|DIRS)|XDG_RUNTIME_DIR"
    r"|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT|APPDATA|LOCALAPPDATA|PROGRAMDATA|USERPROFILE|OMP_NUM_THREADS"
)
"""What any program needs to find its libraries, its settings and room for its files."""

_OURS = ("OPENAI_", "PODCAST_")
"""Services that nobody but this program asks."""


def plain_environment() -> dict[str, str]:
    """Give what a program needs that works on this machine only: a list of names, and nothing that is not on it."""
    return {name: value for name, value in os.environ.items() if _PLAIN.fullmatch(name.upper())}


def own_environment(*foreign: str) -> dict[str, str]:
    """Give the user's own to a program that logs in somewhere in the user's name, as git does, without our keys.

    Left out is what sounds secret and begins with one of `foreign`, or is for us: whatever else is there, the helpers
    of the user may need.
    """
    return _without((*_OURS, *foreign), os.environ)


def _without(prefixes: tuple[str, ...], environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in environment.items()
        if not (name.upper().startswith(prefixes) and sounds_secret(name))
    }
