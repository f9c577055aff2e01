"""Parts of something that is sent: which are wanted, and how several travel in one answer (RFC 9110, 14). Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_RANGES = 8
"""In one request: players ask for one. Whoever asks for more gets all of it, as somebody who asks for none."""

_RANGE = re.compile(r"(?P<start>\d{1,18})-(?P<end>\d{1,18})?|-(?P<last>\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes from `start` up to `stop`."""

    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start


def wanted_parts(header: str, size: int) -> tuple[Part, ...] | None:
    """Return the parts of `size` bytes that a Range asks for, in order and without overlaps.

    None if it is to be ignored; empty if nothing of what it asks for is there.
    """
    unit, _, ranges = header.partition("=")
    texts = [text.strip() for text in ranges.split(",", MOST_RANGES + 1) if text.strip()]
    found = [_RANGE.fullmatch(text) for text in texts]
    if unit.strip().lower() != "bytes" or not 0 < len(texts) <= MOST_RANGES or not all(map(_is_range, found)):
        return None
    parts = (_part(each, size) for each in found if each)
    return _merged(part for part in parts if part.start < part.stop)


def _is_range(found: re.Match[str] | None) -> bool:
    return found is not None and (not found["end"] or int(found["start"]) <= int(found["end"]))


def _part(found: re.Match[str], size: int) -> Part:
    if found["last"]:
        return Part(max(0, size - int(found["last"])), size)
    return Part(int(found["start"]), min(size, int(found["end"]) + 1) if found["end"] else size)


def _merged(parts: Iterable[Part]) -> tuple[Part, ...]:
    merged: list[Part] = []
    for part in sorted(parts, key=lambda part: part.start):
        before = merged.pop() if merged and part.start <= merged[-1].stop else part
        merged.append(Part(before.start, max(before.stop, part.stop)))
    return tuple(merged)


def content_range(part: Part, size: int) -> str:
    """The header that says which bytes these are."""
    return f"bytes {part.start}-{part.stop - 1}/{size}"


def multipart(parts: tuple[Part, ...], size: int, media_type: str, tag: str) -> tuple[str, tuple[bytes | Part, ...]]:
    """Return the media type of several parts in one answer, and its pieces: each part behind a head."""
    boundary = hashlib.sha256(repr((parts, size, tag)).encode()).hexdigest()[:32]
    pieces: list[bytes | Part] = []
    for part in parts:
        head = f"--{boundary}\r\ncontent-type: {media_type}\r\ncontent-range: {content_range(part, size)}\r\n\r\n"
        pieces += [head.encode() if not pieces else b"\r\n" + head.encode(), part]
    return f"multipart/byteranges; boundary={boundary}", (*pieces, f"\r\n--{boundary}--\r\n".encode())
