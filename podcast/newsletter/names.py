"""Titles as file names that every system and every program for notes takes."""

from __future__ import annotations

import re
import unicodedata

from podcast.newsletter.escaping import clean

LONGEST_BYTES = 120
SUFFIX = ".md"

_COLON = re.compile(r"\s?:\s")
_UNSAFE = str.maketrans(dict.fromkeys("<>?*#^") | dict.fromkeys(":/\\|", "-") | {'"': "'", "[": "(", "]": ")"})
"""What Windows refuses, and what links between notes ([[…#…^…|…]]) could not name."""

_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$|clock\$)(?=\.|\s*\Z)", re.IGNORECASE)


def note_name(title: str, id: str = "") -> str:  # noqa: A002 - it is called so everywhere
    """Name a note after its paper, with its id behind it: papers of one title have different notes.

    The same title and id always give the same name, at most 120 bytes long.
    """
    behind = f" ({_safe(id)})" if _safe(id) else ""
    room_bytes = LONGEST_BYTES - len((behind + SUFFIX).encode())
    name = _cut(_safe(title), room_bytes) or "Untitled"
    if _RESERVED.match(name):
        name = f"_{_cut(name, room_bytes - 1)}"
    return f"{name}{behind}{SUFFIX}"


def _safe(text: str) -> str:
    text = unicodedata.normalize("NFC", clean(text))
    text = _COLON.sub(" - ", text).translate(_UNSAFE)
    return " ".join(text.split()).strip(" .-")


def _cut(name: str, longest_bytes: int) -> str:
    """Cut a name at a whole character, and what stands alone at its end then."""
    if len(name.encode()) <= longest_bytes:
        return name
    name = name.encode()[:longest_bytes].decode(errors="ignore")
    while name and unicodedata.combining(name[-1]):
        name = name[:-1]
    return name.rstrip(" .-")
