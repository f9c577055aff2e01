"""The one door to browsers and apps that come to us: Starlette and uvicorn.

What is public: GET and HEAD, answered with what `find` returns, files with ranges (206 and 416), everything with an
ETag and 304 (RFC 9110). What is private: whatever `admit` lets in, for one person on this machine.
"""

from __future__ import annotations

import dataclasses
import hashlib
import ipaddress
import logging
import os
import re
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.staticfiles import NotModifiedResponse, StaticFiles

from podcast.errors import InputError, PodcastError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import Receive, Scope, Send

_log = logging.getLogger(__name__)

_HEADERS = {
    "cache-control": "no-cache",  # keep it, but ask whether it changed: an episode may be rendered again
    "access-control-allow-origin": "*",  # all of it is public, and players on other sites read chapters and transcripts
    "x-content-type-options": "nosniff",
}
_RANGE = re.compile(r"(?P<start>\d{1,18})-(?P<end>\d{1,18})?|-\d{1,18}")
_TEST_NET = ("192.0.2.1", 9)
"""An address that nobody has (RFC 5737): asking for the way there sends nothing."""


@dataclass(frozen=True, slots=True)
class Page:
    """Something to answer with: bytes, or a file."""

    content: bytes | Path
    media_type: str


def application(find: Callable[[str, str], Page | None], is_address: Callable[[str], bool]) -> Starlette:
    """Return the ASGI application; `is_address` says whether a client's Host makes an address worth repeating."""

    def answer(request: Request) -> Response:
        try:
            page = find(request.path_params["path"], _address(request, is_address))
        except (PodcastError, OSError) as error:  # said to whoever runs the server, not to whoever asks
            _log.warning("%s: %s", request.url.path, error)
            return PlainTextResponse("This is being made anew. Try again soon.\n", 503, {"retry-after": "5"})
        return _response(page, request) if page else PlainTextResponse("Not found.\n", 404)

    return Starlette(routes=[Route("/{path:path}", answer, methods=["GET"])])


def _response(page: Page, request: Request) -> Response:
    _drop_bad_range(request)
    if isinstance(page.content, Path):
        response: Response = FileResponse(
            page.content, headers=_HEADERS, media_type=page.media_type, stat_result=page.content.stat()
        )
    else:
        tag = hashlib.sha256(page.content).hexdigest()[:32]
        response = Response(page.content, headers={**_HEADERS, "etag": f'"{tag}"'}, media_type=page.media_type)
    if _not_modified(response, request):
        return NotModifiedResponse(response.headers)
    return response


def _drop_bad_range(request: Request) -> None:
    """Leave out a Range that is none: the whole file is the answer then (RFC 9110, 14.2), not Starlette's 400."""
    unit, _, ranges = request.headers.get("range", "").partition("=")
    if unit != "bytes" or not all(map(_is_range, ranges.split(","))):
        request.scope["headers"] = [(name, value) for name, value in request.scope["headers"] if name != b"range"]


def _is_range(text: str) -> bool:
    found = _RANGE.fullmatch(text.strip())
    return found is not None and (not found["end"] or int(found["start"]) <= int(found["end"]))


def _not_modified(response: Response, request: Request) -> bool:
    """RFC 9110, 13.1, as Starlette's own static files decide it."""
    return StaticFiles().is_not_modified(response.headers, request.headers)


def _address(request: Request, is_address: Callable[[str], bool]) -> str:
    """Where the client believes to be; its word counts only if it is a plain address."""
    host = request.headers.get("host", "")
    named = f"{request.url.scheme}://{host}/"
    if "/" not in host and is_address(named):
        return named
    host, port = request.scope["server"]
    return address_of(host, port)


def address_of(host: str, port: int) -> str:
    """http://…/ of a socket."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


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


# ── listening ───────────────────────────────────────────────────────────────────────────────────────────


class _Server(uvicorn.Server):
    """Says when it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def listen(app: Starlette, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve until interrupted; `ready` gets the address once it answers. Port 0 picks a free one.

    Raises InputError if the address cannot be used.
    """
    listening = _bind(host, port)
    at, chosen = listening.getsockname()[:2]
    address = address_of(_reachable(at), chosen)
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="critical",  # of its own words: what it answers, clients see
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=1,  # a player that is in the middle of an episode would hold it
    )
    with listening:
        _Server(config, lambda: ready(address)).run(sockets=[listening])


def _bind(host: str, port: int) -> socket.socket:
    try:
        family, *_, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        both = where[0] == "::" and socket.has_dualstack_ipv6()
        return socket.create_server(where[:2], family=family, dualstack_ipv6=both)
    except (OSError, OverflowError) as error:
        known = getattr(error, "errno", None)
        reason = os.strerror(known) if known and known > 0 else getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"Cannot listen on {host} port {port}: {reason}. Choose another address or port; --port 0 finds a free one."
        ) from error


def _reachable(host: str) -> str:
    """The address by which others find this machine, where the server listens on all that it has."""
    if not ipaddress.ip_address(host).is_unspecified:
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_TEST_NET)
            return str(probe.getsockname()[0])
        except OSError:  # no network: at least this machine gets there
            return "127.0.0.1"
