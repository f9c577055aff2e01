"""A large file from the web to the disk: whole or not at all, and never twice what has already come.

What has come lies beside the target as `.part`, with a note of the version it is of; whoever was killed goes on there.
Nothing is built on parts from before the machine was started: a power cut may have left zeros where they were.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from podcast import files, private
from podcast.outside import retry_after, web
from podcast.outside.answers import Coming, Rules, TooLargeError, WebError
from podcast.outside.patience import patiently

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_WHOLE = 200
_PART = 206
_BEYOND = 416
MAY_PASS = (408, 425, 429, 500, 502, 503, 504)
"""Statuses that another try may not meet."""

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_CONTENT_RANGE = re.compile(r"bytes (?:(?P<start>\d{1,18})-\d{1,18}|\*)/(?P<total>\d{1,18}|\*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Manners:
    """How to ask again: the waits between attempts, and what to do `before` each request."""

    waits_s: Sequence[float] = (1, 4, 10)
    sleep: Callable[[float], None] = time.sleep
    before: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Saved:
    """What came, where it lies, and whether the server had said how long it is."""

    path: Path
    url: str
    is_length_known: bool


@dataclass(frozen=True, slots=True)
class _Note:
    """What a `.part` is a part of."""

    url: str
    validator: str
    """A strong ETag, or the date of its last change; empty if nothing tells one version from another."""
    length: int | None
    boot: str = ""
    """While the machine was running for which time; empty where the system does not say."""


def download(
    url: str, path: Path, rules: Rules, manners: Manners, verify: Callable[[Saved], None] = lambda _: None
) -> None:
    """Fetch a public address to a file, going on where an earlier run was interrupted; others are to be kept out.

    It becomes the file once `verify` has nothing against it: a WebError raised there counts as an attempt. Raises
    InputError as `web.get_public` does, and WebError if it is larger than `rules` allow or does not come whole after
    all attempts: then what has come is kept for the next run.
    """
    part = _Part(path)

    def attempt() -> None:
        saved = _fetched(url, part, rules, manners)
        try:
            verify(saved)
        except WebError:
            part.discard()
            raise

    try:
        patiently(attempt, manners.waits_s, manners.sleep)
    except TooLargeError:
        part.discard()
        raise
    part.becomes(path)


def _fetched(url: str, part: _Part, rules: Rules, manners: Manners) -> Saved:
    note = part.note(url)
    start = part.size() if note else 0
    if note and note.length == start:
        return part.saved(note)
    manners.before()
    with web.opened(url, _for_the_rest(note, start), rules) as coming:
        if coming.status == _WHOLE:
            return _from_the_start(_Note(url, _validator(coming), coming.length, boot()), part, coming, rules)
        if note and coming.status in {_PART, _BEYOND}:
            return _from_there(note, part, coming, rules)
        raise refused(coming.url, coming.status, coming.headers)


def refused(url: str, status: int, headers: Mapping[str, str]) -> WebError:
    """Say that a status is not the one that was hoped for."""
    wait_s = retry_after.wait_s(headers)
    return WebError(url, f"was answered with status {status}", may_pass=status in MAY_PASS, wait_s=wait_s)


def _for_the_rest(note: _Note | None, start: int) -> dict[str, str]:
    return {"range": f"bytes={start}-", "if-range": note.validator} if note and note.validator and start else {}


def _from_the_start(note: _Note, part: _Part, coming: Coming, rules: Rules) -> Saved:
    if coming.headers.get("content-encoding", "identity") != "identity":
        raise WebError(coming.url, "came packed, which nobody asked for")
    part.begin(note)
    return _appended(note, part, coming, rules)


def _from_there(note: _Note, part: _Part, coming: Coming, rules: Rules) -> Saved:
    """Append the rest if it is of the same; else forget what came before, so that the next attempt begins anew."""
    found = _CONTENT_RANGE.fullmatch(coming.headers.get("content-range", ""))
    start, total = (found["start"], found["total"]) if found else (None, None)
    is_same = _validator(coming) in {"", note.validator} and (note.length is None or total in {"*", str(note.length)})
    if coming.status == _BEYOND and is_same and total == str(part.size()):
        return part.saved(note)  # no length was said, and nothing is missing
    if start != str(part.size()) or not is_same:
        part.discard()
        raise WebError(coming.url, "did not go on with what it had begun", may_pass=True)
    return _appended(note, part, coming, rules)


def _appended(note: _Note, part: _Part, coming: Coming, rules: Rules) -> Saved:
    part.append(coming, rules.most_bytes)
    size = part.size()
    if note.length is not None and size != note.length:
        if size > note.length:
            part.discard()
        raise WebError(coming.url, f"sent {size} bytes where it had promised {note.length}", may_pass=True)
    return part.saved(note)


def _validator(coming: Coming) -> str:
    tag = coming.headers.get("etag", "")
    return tag if tag.startswith('"') else coming.headers.get("last-modified", "")  # W/"…" may be of other bytes


def boot() -> str:
    """Name the time since this machine was started, as Linux does; empty elsewhere."""
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""


class _Part:
    """The files beside a target: what has come of it, and what that is."""

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(f"{path.name}.part")
        self._note = path.with_name(f"{path.name}.part.json")

    def note(self, url: str) -> _Note | None:
        """Return what lies here of an address, if that is known."""
        try:
            note = _Note(**json.loads(self._note.read_bytes()))
        except (OSError, ValueError, TypeError, RecursionError):
            return None
        is_ours = note.url == url and isinstance(note.validator, str) and isinstance(note.length, int | None)
        return note if is_ours and note.boot in {"", boot()} and self._path.exists() else None

    def size(self) -> int:
        """Return how many bytes have come."""
        return self._path.stat().st_size

    def saved(self, note: _Note) -> Saved:
        """Say what the whole is."""
        return Saved(self._path, note.url, note.length is not None)

    def begin(self, note: _Note) -> None:
        """Begin anew: bytes of another version must never lie under this note."""
        self.discard()
        files.make_folder(self._path.parent)
        files.write_text(self._note, json.dumps(dataclasses.asdict(note)))
        self._path.touch(private.file_mode(self._path))

    def append(self, coming: Coming, most_bytes: int) -> None:
        """Write what comes, as it comes."""
        with self._path.open("ab") as file:
            for piece in coming.parts:
                if file.tell() + len(piece) > most_bytes:
                    raise TooLargeError(coming.url, most_bytes)
                file.write(piece)

    def discard(self) -> None:
        """Forget what has come."""
        self._path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    def becomes(self, path: Path) -> None:
        """Give the whole its name."""
        with self._path.open("r+b") as file:
            os.fsync(file.fileno())
        self._path.replace(path)
        self._note.unlink(missing_ok=True)
        files.sync_folder(path.parent)
