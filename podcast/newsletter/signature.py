"""The last line of a file that we write: by its digest anybody can tell whether a person changed the file since."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podcast.files import sha256_of

if TYPE_CHECKING:
    import datetime as dt

_DIGITS = 16
_SIGNATURE = re.compile(rf"<!-- written: \d{{4}}-\d\d-\d\d, digest: ([0-9a-f]{{{_DIGITS}}}) -->\s*\Z")


def signed(text: str, on: dt.date) -> str:
    """Put the line below a text."""
    return f"{text.rstrip()}\n\n<!-- written: {on.isoformat()}, digest: {_digest(text)} -->\n"


def edited_by_hand(text: str) -> bool:
    """Whether a person wrote or changed it: it has no such line at its end, or says something else than it did then.

    Line ends and spaces behind lines are no changes: editors and git set them.
    """
    found = _SIGNATURE.search(text)
    return found is None or _digest(text[: found.start()]) != found[1]


def _digest(text: str) -> str:
    lines = re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))
    return sha256_of("\n".join(line.rstrip() for line in lines).strip().encode())[:_DIGITS]
