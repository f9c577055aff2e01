"""published.json: what was put at a target, so that the next run needs to know nothing but the target itself.

It never claims what is not so: entries are taken out before their files change, and put in when they are verified.
What is about to be sent is listed apart, so that a file of a killed run that no later one replaces is known for ours.
Whoever reads all this takes it for a stranger's text.
"""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from podcast.show import is_slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MANIFEST = "published.json"
MOST_BYTES = 64_000_000
_MOST_FILE_BYTES = 1 << 40

_PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}(/[A-Za-z0-9][A-Za-z0-9._-]{0,199}){0,2}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file as it was when it was put there."""

    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """Whose files are there, and which."""

    show: uuid.UUID
    files: Mapping[str, Entry]
    sending: Mapping[str, Entry] = field(default_factory=dict)
    """What may have been put there, too."""


def format_manifest(manifest: Manifest) -> bytes:
    """Write it as JSON, a line a file."""
    files, sending = _format_entries(manifest.files), _format_entries(manifest.sending)
    return f'{{"show": "{manifest.show}", "files": {files}, "sending": {sending}}}\n'.encode()


def _format_entries(entries: Mapping[str, Entry]) -> str:
    lines = [f"{json.dumps(path)}: {json.dumps(asdict(entry))}" for path, entry in sorted(entries.items())]
    return "{\n" + ",\n".join(lines) + "\n}" if lines else "{}"


def parse_manifest(data: bytes) -> Manifest:
    """Read it; ValueError says in half a sentence what is wrong."""
    try:
        values = json.loads(data)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error
    if not isinstance(values, dict):
        raise ValueError("it is no object")  # noqa: TRY004 - caught as such
    return Manifest(_guid(values.get("show")), _entries(values.get("files")), _entries(values.get("sending", {})))


def _entries(values: Any) -> dict[str, Entry]:
    if not isinstance(values, dict):
        raise ValueError("it has no list of files")  # noqa: TRY004 - caught as such
    return {path: _entry(path, entry) for path, entry in values.items()}


def slugs_of(paths: Iterable[str]) -> set[str]:
    """Name the episodes of which files are among these."""
    parts = (path.split("/") for path in paths)
    return {part[1] for part in parts if len(part) == 3 and part[0] == "episodes" and is_slug(part[1])}  # noqa: PLR2004


def is_path(path: str) -> bool:
    """Whether a path is one that a published file can have: nothing hidden, and nothing outside."""
    return _PATH.fullmatch(path) is not None and path != MANIFEST


def _guid(value: Any) -> uuid.UUID:
    try:
        return uuid.UUID(value)
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError("it names no show") from error


def _entry(path: str, value: Any) -> Entry:
    if not is_path(path):
        raise ValueError(f"{path!r:.80} is no path of a published file")
    found = (value.get("sha256"), value.get("bytes")) if isinstance(value, dict) else (None, None)
    match found:
        case (str(sha256), int(size)) if _SHA256.fullmatch(sha256) and 0 <= size <= _MOST_FILE_BYTES:
            return Entry(sha256, size)
    raise ValueError(f"what it says of {path} is no digest and size")
