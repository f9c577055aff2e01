"""What is sent of a page or a file: which form of it, which part, which headers; or that the client has it already."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import time
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from podcast.outside.conditions import http_date, is_text, precondition, range_counts, takes_gzip
from podcast.outside.ranges import Part, content_range, multipart, wanted_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from podcast.outside.kept import Kept

REVALIDATE = "no-cache"
"""Keep it, but ask whether it changed: an episode may be rendered again."""

HEADERS = {
    "access-control-allow-origin": "*",  # all of it is public, and players on other sites read chapters and transcripts
    "access-control-expose-headers": "Accept-Ranges, Content-Length, Content-Range, ETag, Last-Modified",
    "x-content-type-options": "nosniff",
}
HTML_HEADERS = {
    "content-security-policy": "frame-ancestors 'self'",  # the rest of it stands in the page
    "referrer-policy": "strict-origin-when-cross-origin",
}
_FOR_EVER = "public, max-age=31536000, immutable"
_ASKED_AGAIN = {"cache-control": REVALIDATE}
"""Also of what never changes: a refusal that a cache keeps would be everybody's."""

_MOST_COMPRESSED_BYTES = 4_000_000
"""A longer file is sent as it is, in pieces, rather than compressed in memory."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something to answer with: a file, or a page that is made if it is asked for."""

    content: Path | Callable[[], bytes]
    media_type: str
    version: str = ""
    """Of a page: another text when its bytes are others."""
    modified_s: int = 0
    """Of a page: since when it may be as it is."""
    is_for_ever: bool = False
    """Whether there will never be other bytes by this name."""


@dataclass(frozen=True, slots=True)
class Sending:
    """An answer: pieces of `file` and what stands between them, in order. Whoever has sent it closes the file."""

    status: HTTPStatus
    headers: Mapping[str, str]
    file: BinaryIO | None = None
    pieces: tuple[bytes | Part, ...] = ()


@dataclass(frozen=True, slots=True)
class _State:
    """Which bytes something has now."""

    version: str
    modified_s: int
    is_small: bool = True


def sending(
    found: Found, headers: Mapping[str, str], compressed: Kept[bytes], *, vary: tuple[str, ...] = ()
) -> Sending:
    """Decide what to answer to a GET with these headers; a page is made only if the client does not have it.

    `compressed` keeps what was compressed; `vary` names the headers that the page itself was chosen by.
    """
    state = _state(found)
    is_gzip = state.is_small and _may_be_gzip(found, headers)
    tag = f'"{state.version}-gzip"' if is_gzip else f'"{state.version}"'
    told = _told(found, tag, state.modified_s, vary)
    status = precondition(headers, tag, state.modified_s)
    if status == HTTPStatus.PRECONDITION_FAILED:
        return Sending(status, {**told, **_ASKED_AGAIN})
    if status != HTTPStatus.OK:
        return Sending(status, told)
    told["content-type"] = found.media_type
    if is_gzip:
        told["content-encoding"] = "gzip"
        place = found.content if isinstance(found.content, Path) else None  # the version of a page says which it is
        return _whole(io.BytesIO(compressed.get((place, tag), lambda: _gzip(found))), told)
    file = _opened(found)
    if isinstance(found.content, Path) and _state_of(os.fstat(file.fileno())) != state:
        file.close()  # another took its place: what is said has to fit what is sent
        return sending(found, headers, compressed, vary=vary)
    if "range" in headers and range_counts(headers, tag, state.modified_s):
        return _parts(file, headers["range"], told)
    return _whole(file, told)


def _state(found: Found) -> _State:
    if isinstance(found.content, Path):
        return _state_of(found.content.stat())
    return _State(found.version, found.modified_s)


def _state_of(state: os.stat_result) -> _State:
    version = hashlib.sha256(f"{state.st_mtime_ns} {state.st_size}".encode()).hexdigest()[:32]
    return _State(version, int(state.st_mtime), state.st_size <= _MOST_COMPRESSED_BYTES)


def _may_be_gzip(found: Found, headers: Mapping[str, str]) -> bool:
    """Parts are of what is not compressed."""
    return is_text(found.media_type) and "range" not in headers and takes_gzip(headers.get("accept-encoding", ""))


def _told(found: Found, tag: str, modified_s: int, vary: tuple[str, ...]) -> dict[str, str]:
    """Return the headers that a 304 has as well."""
    varies = (*(["accept-encoding"] if is_text(found.media_type) else []), *vary)
    return {
        **HEADERS,
        **(HTML_HEADERS if found.media_type.startswith("text/html") else {}),
        **vary_headers(varies),
        "cache-control": _FOR_EVER if found.is_for_ever else REVALIDATE,
        "etag": tag,
        "last-modified": http_date(
            min(modified_s, int(time.time()))
        ),  # never later than the answer (RFC 9110, 8.8.2.1)
        "accept-ranges": "bytes",
    }


def vary_headers(names: tuple[str, ...]) -> dict[str, str]:
    """Say that an answer would be another if these headers of the question were."""
    return {"vary": ", ".join(names)} if names else {}


def _opened(found: Found) -> BinaryIO:
    if isinstance(found.content, Path):
        return found.content.open("rb", buffering=0)
    return io.BytesIO(found.content())


def _gzip(found: Found) -> bytes:
    with _opened(found) as file:
        return gzip.compress(file.read(), mtime=0)


def _whole(file: BinaryIO, told: Mapping[str, str]) -> Sending:
    size = file.seek(0, os.SEEK_END)
    return Sending(HTTPStatus.OK, {**told, "content-length": str(size)}, file, (Part(0, size),))


def _parts(file: BinaryIO, wanted: str, told: Mapping[str, str]) -> Sending:
    size = file.seek(0, os.SEEK_END)
    match wanted_parts(wanted, size):
        case None:
            return _whole(file, told)
        case ():
            beyond = {"content-range": f"bytes */{size}", "content-length": "0", **_ASKED_AGAIN}
            return Sending(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, {**told, **beyond}, file)
        case (part,):
            one = {"content-range": content_range(part, size), "content-length": str(len(part))}
            return Sending(HTTPStatus.PARTIAL_CONTENT, {**told, **one}, file, (part,))
        case parts:
            kind, pieces = multipart(parts, size, told["content-type"], told["etag"])
            several = {"content-type": kind, "content-length": str(sum(map(len, pieces)))}
            return Sending(HTTPStatus.PARTIAL_CONTENT, {**told, **several}, file, pieces)
