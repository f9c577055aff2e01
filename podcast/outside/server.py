"""The one door to browsers and apps that come to us: Starlette and uvicorn.

Answers GET and HEAD with what `find` returns: files with ranges (206 and 416), everything with an ETag and 304
(RFC 9110).
"""

from __future__ import annotations

import hashlib
import ipaddress
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.staticfiles import NotModifiedResponse, StaticFiles

from podcast.errors import InputError, PodcastError

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

_HEADERS = {
    "cache-control": "no-cache",  # keep it, but ask whether it changed: an episode may be rendered again
    "access-control-allow-origin": "*",  # all of it is public, and players on other sites read chapters and transcripts
    "x-content-type-options": "nosniff",
}
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
        except (PodcastError, OSError) as error:
            return PlainTextResponse(f"{error}\n", 503, {"retry-after": "5"})
        return _response(page, request) if page else PlainTextResponse("Not found.\n", 404)

    return Starlette(routes=[Route("/{path:path}", answer, methods=["GET"])])


def _response(page: Page, request: Request) -> Response:
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


def _not_modified(response: Response, request: Request) -> bool:
    """RFC 9110, 13.1, as Starlette's own static files decide it."""
    return StaticFiles().is_not_modified(response.headers, request.headers)


def _address(request: Request, is_address: Callable[[str], bool]) -> str:
    """Where the client believes to be; its word counts only if it is a plain address."""
    named = f"{request.url.scheme}://{request.headers.get('host', '')}/"
    if is_address(named):
        return named
    host, port = request.scope["server"]
    return address_of(host, port)


def address_of(host: str, port: int) -> str:
    """http://…/ of a socket."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


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
    config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False, lifespan="off")
    with listening:
        _Server(config, lambda: ready(address)).run(sockets=[listening])


def _bind(host: str, port: int) -> socket.socket:
    try:
        family, *_, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(where[:2], family=family)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"Cannot listen on {host} port {port}: {reason}. Choose another with --host or --port; --port 0 finds one."
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
