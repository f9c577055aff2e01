"""The one door to browsers and apps that come to us: Starlette.

What is public: GET and HEAD of what `find` returns, as `podcast.outside.sending` decides (RFC 9110). What is private:
whatever `admit` lets in, for one person on this machine. `podcast.outside.connections` listens.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import logging
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from podcast.errors import PodcastError
from podcast.outside import forwarded
from podcast.outside.kept import Kept
from podcast.outside.sending import HEADERS, HTML_HEADERS, REVALIDATE, Found, Sending, sending, vary_headers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from starlette.types import ASGIApp, Receive, Scope, Send

    from podcast.outside.ranges import Part

_log = logging.getLogger(__name__)

_READS = ("GET", "HEAD")
_METHODS = "GET, HEAD, OPTIONS"
_PREFLIGHT = {
    **HEADERS,
    "access-control-allow-methods": _METHODS,
    "access-control-allow-headers": "If-Match, If-Modified-Since, If-None-Match, If-Range, If-Unmodified-Since, Range",
    "access-control-max-age": "86400",
    "allow": _METHODS,
}
_LAST_WORD = {"connection": "close"}
"""What a client sends as a body is not read, and must not be taken for its next request."""

_NOT_FOUND_PAGE = "404.html"
_PIECE_BYTES = 65_536
"""What is read at once for one client: with a thousand of them, all that they hold is small."""

_KEPT_BYTES = 32_000_000
"""Of pages and files, compressed."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Something that is at another address, relative to the one that was asked for."""

    to: str


Find = Callable[[str, str], Found | Moved | None]
"""What there is at a path, asked for by an address."""


# ── for everybody ───────────────────────────────────────────────────────────────────────────────────────


def application(find: Find, is_address: Callable[[str], bool], proxies: Sequence[str] = ()) -> ASGIApp:
    """Return the ASGI application; `is_address` says whether a client's word makes an address worth repeating.

    The word of `proxies`, and of any on this machine, counts for what their clients asked for. Raises InputError for
    one that is no address.
    """
    return _Public(find, is_address, forwarded.networks(proxies), Kept(_KEPT_BYTES, len))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A request, its headers of one name joined, and the address by which it came."""

    path: str
    headers: Mapping[str, str]
    address: str
    vary: tuple[str, ...]
    """Headers that the address was taken from."""


@dataclass(frozen=True, slots=True)
class _Public:
    """An ASGI application: what takes time happens in threads."""

    find: Find
    is_address: Callable[[str], bool]
    proxies: tuple[forwarded.Network, ...]
    compressed: Kept[bytes]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await run_in_threadpool(self._response, Request(scope))
        await response(scope, receive, send)

    def _response(self, request: Request) -> Response:
        headers = {name: ", ".join(request.headers.getlist(name)) for name in dict.fromkeys(request.headers.keys())}
        if refused := _refused(request.method, headers):
            return refused
        if request.method == "HEAD":
            headers.pop("range", None)  # only GET has ranges (RFC 9110, 14.2)
        if request.method == "OPTIONS":
            return Response(status_code=HTTPStatus.NO_CONTENT, headers=_PREFLIGHT)
        wanted = self._wanted(request, headers)
        try:
            return self._answer(wanted, is_head=request.method == "HEAD")
        except (PodcastError, OSError) as error:  # said to whoever runs the server, not to whoever asks
            _log.warning("%r: %s", wanted.path, error)
            text = "This is being made anew. Try again soon.\n"
            return PlainTextResponse(text, HTTPStatus.SERVICE_UNAVAILABLE, {**HEADERS, "retry-after": "5"})

    def _wanted(self, request: Request, headers: Mapping[str, str]) -> _Wanted:
        believed = forwarded.is_believed(request.client.host if request.client else "", self.proxies)
        scheme = request.scope["scheme"]
        address = forwarded.asked_address(headers, scheme, is_believed=believed, is_address=self.is_address)
        own = forwarded.address_of(*request.scope["server"])
        return _Wanted(_path(request), headers, address or own, forwarded.HEADERS if believed else ())

    def _answer(self, wanted: _Wanted, *, is_head: bool) -> Response:
        found = self.find(wanted.path, wanted.address)
        if found is None:
            return self._not_found(wanted)
        if isinstance(found, Moved):
            headers = {**HEADERS, "cache-control": REVALIDATE, "location": found.to}
            return Response(status_code=HTTPStatus.MOVED_PERMANENTLY, headers=headers)
        vary = () if isinstance(found.content, Path) else wanted.vary
        return _Pieces(sending(found, wanted.headers, self.compressed, vary=vary), is_head=is_head)

    def _not_found(self, wanted: _Wanted) -> Response:
        page = self.find(_NOT_FOUND_PAGE, wanted.address)
        if not isinstance(page, Found) or isinstance(page.content, Path):
            return _said(HTTPStatus.NOT_FOUND)
        headers = {**HEADERS, **HTML_HEADERS, "cache-control": REVALIDATE, **vary_headers(wanted.vary)}
        return Response(page.content(), HTTPStatus.NOT_FOUND, headers, page.media_type)


def _refused(method: str, headers: Mapping[str, str]) -> Response | None:
    """Answer to what would change something, or brings something along."""
    if method not in _METHODS.split(", "):
        return _said(HTTPStatus.METHOD_NOT_ALLOWED, {"allow": _METHODS, **_LAST_WORD})
    if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
        return _said(HTTPStatus.BAD_REQUEST, _LAST_WORD)
    return None


def _said(status: HTTPStatus, headers: Mapping[str, str] | None = None) -> Response:
    return PlainTextResponse(f"{status.phrase}.\n", status, {**HEADERS, **(headers or {})})


def _path(request: Request) -> str:
    """Return the path below the root; one that hides a separator is none that anything has."""
    raw, path = request.scope["raw_path"].lower(), str(request.scope["path"])
    return path[1:] if path.startswith("/") and b"%2f" not in raw and b"%5c" not in raw else "/"


class _Pieces(StreamingResponse):
    """An answer that is read in pieces while it is sent, as fast as its client takes it."""

    def __init__(self, answer: Sending, *, is_head: bool) -> None:
        super().__init__(_read(answer, () if is_head else answer.pieces), answer.status, answer.headers)
        self._file = answer.file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._file or contextlib.nullcontext():
            await super().__call__(scope, receive, send)


async def _read(answer: Sending, pieces: Sequence[bytes | Part]) -> AsyncIterator[bytes]:
    for piece in pieces:
        if isinstance(piece, bytes):
            yield piece
            continue
        at = piece.start
        while at < piece.stop and answer.file:
            data = await _read_at(answer.file, at, min(_PIECE_BYTES, piece.stop - at))
            at += len(data)
            yield data


async def _read_at(file: BinaryIO, at: int, size: int) -> bytes:
    """Read from memory at once, and from a disk in a thread."""
    if isinstance(file, io.BytesIO):
        return _seek_and_read(file, at, size)
    data = await run_in_threadpool(_seek_and_read, file, at, size)
    if not data:
        raise OSError("cut short while it was sent")
    return data


def _seek_and_read(file: BinaryIO, at: int, size: int) -> bytes:
    file.seek(at)
    return file.read(size)


# ── for one person ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Asked:
    """A request; names of headers are in small letters, and the port is the one that it came in by."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    port: int
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answered:
    """What is sent back."""

    status: int
    content: bytes
    media_type: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Private:
    """An ASGI application: whoever is not admitted gets no further, and bodies are bounded while they are read."""

    admit: Callable[[Asked], Answered | None]
    answer: Callable[[Asked], Answered]
    too_large: Answered
    most_bytes: int

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        answered = await self._answered(request)
        headers = {**answered.headers, "content-type": answered.media_type}
        await Response(answered.content, answered.status, headers)(scope, receive, send)

    async def _answered(self, request: Request) -> Answered:
        asked = Asked(
            request.method, request.url.path, request.query_params, request.headers, request.scope["server"][1]
        )
        if refused := self.admit(asked):
            return refused
        body = await _bounded(request, self.most_bytes)
        if body is None:
            return self.too_large
        return await run_in_threadpool(self.answer, dataclasses.replace(asked, body=body))


def private_application(
    admit: Callable[[Asked], Answered | None],
    answer: Callable[[Asked], Answered],
    *,
    too_large: Answered,
    most_bytes: int,
) -> Starlette:
    """Return an application that answers any method, in threads, once `admit` has nothing against a request.

    `admit` sees a request without its body; one longer than `most_bytes` is answered with `too_large`.
    """
    return Starlette(routes=[Route("/{path:path}", _Private(admit, answer, too_large, most_bytes))])


async def _bounded(request: Request, most_bytes: int) -> bytes | None:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most_bytes:
            return None
    return bytes(body)
