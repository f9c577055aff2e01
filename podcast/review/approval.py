"""A person's word that a script may be spoken: it holds for these words, and for no others.

It stands beside script.md in `approved`, two lines: the SHA-256 of the words, and the day.
"""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from podcast.files import sha256_of
from podcast.types import Paragraph
from podcast.writing.script import format_script

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from podcast.types import Script

APPROVED_FILE = "approved"

_FORM = re.compile(r"sha256: ([0-9a-f]{64})\ndate: (\d{4}-\d\d-\d\d)\n")


def words_digest(script: Script) -> str:
    """SHA-256 of what listeners hear and see: titles, paragraphs, who speaks; not of findings and comments."""
    segments = (
        dataclasses.replace(segment, items=tuple(item for item in segment.items if isinstance(item, Paragraph)))
        for segment in script.segments
    )
    return sha256_of(format_script(dataclasses.replace(script, segments=tuple(segments), digest=None)).encode())


def approval(script: Script, day: dt.date) -> str:
    """Write down that these words were approved."""
    return f"sha256: {words_digest(script)}\ndate: {day.isoformat()}\n"


def approval_of(path: Path, script: Script) -> str | None:
    """On which day these very words were approved, as this file says; None if they never were."""
    found = _FORM.fullmatch(path.read_text("utf-8", "replace")) if path.is_file() else None
    return found[2] if found and found[1] == words_digest(script) else None


def is_outdated(path: Path, script: Script) -> bool:
    """Whether other words than these were approved in this file."""
    return path.is_file() and approval_of(path, script) is None
