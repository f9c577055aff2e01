"""The one door to uvicorn: connections to this machine, and what clients may take of it.

uvicorn bounds neither the time in which a request has to come nor that in which an answer has to be taken, so one that
sends a letter a minute, or stops reading, would hold its connection for ever. Here each connection is looked at once in
a while, and those that are late are dropped. Nor does it bound how many connections one client has: here nobody takes
them all.
"""

from __future__ import annotations

import dataclasses
import sys
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from podcast.outside import heads
from podcast.outside.forwarded import address_of, is_this_machine
from podcast.outside.peers import Peers
from podcast.outside.sockets import affordable, bind, reachable

if TYPE_CHECKING:
    import asyncio
    import socket
    from collections.abc import Awaitable, Callable

    Send = Callable[[dict[str, Any]], Awaitable[None]]
    Application = Callable[[Any, Any, Any], Awaitable[None]]
    """As ASGI has it: what is asked, and how to read and to write."""

_LOOK_TICKS = 3
"""uvicorn ticks ten times a second."""

_REFUSED_AT_ONCE = 100
"""Connections above the bound that are still told so; those above are closed without a word."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one server gives to all its clients, and to each of them."""

    connections: int = 2_048
    of_one_peer: int = 256
    """Connections that one address has at once: a household, or all that come through one proxy that nobody named."""
    request_s: float = 20
    """From the first byte of a request, or the connection, to its last."""
    idle_s: int = 20
    """Between two requests."""
    stalled_s: float = 600
    """While a client takes nothing of what is sent to it: a paused player comes back with a range."""
    head_bytes: int = 16_384
    headers: int = 100


class _Server(uvicorn.Server):
    """Says when it answers, and looks after its connections."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def on_tick(self, counter: int) -> bool:
        if counter % _LOOK_TICKS == 0:
            for connection in list(self.server_state.connections):
                if isinstance(connection, _Connection):
                    connection.drop_if_late()
        return await super().on_tick(counter)


class _Connection(H11Protocol):
    """A connection that is dropped when its client takes too long."""

    limits = Limits()
    peers = Peers(lambda _: False)

    _since_s: float | None = None
    """Since when a request is awaited that has begun; None while none is."""
    _stalled_since_s = 0.0
    _unsent_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._since_s = self.loop.time()
        of_peer = self.peers.came(self._host()) - self.limits.of_one_peer
        too_many = max(of_peer, len(self.connections) - self.limits.connections)
        if too_many > _REFUSED_AT_ONCE:
            transport.abort()
        elif too_many > 0:
            self.app = _busy

    def connection_lost(self, exc: Exception | None) -> None:
        self.peers.left(self._host())
        super().connection_lost(exc)

    def _host(self) -> str:
        return self.client[0] if self.client else ""

    def data_received(self, data: bytes) -> None:
        if self._since_s is None:
            self._since_s = self.loop.time()
        super().data_received(data)

    def handle_events(self) -> None:
        if self.conn.their_state is h11.IDLE and (status := self._refusal()):
            self._refuse(status)
            return
        super().handle_events()
        theirs = self.conn.their_state
        is_amid = theirs is h11.SEND_BODY or (theirs is h11.IDLE and bool(self.conn.trailing_data[0]))
        if not is_amid:
            self._since_s = None
        elif self._since_s is None:
            self._since_s = self.loop.time()

    def _refusal(self) -> HTTPStatus | None:
        return heads.refused(self.conn.trailing_data[0], self.limits.head_bytes, self.limits.headers)

    def drop_if_late(self) -> None:
        """Close it if a request has not come in time, or nothing of an answer was taken for too long."""
        now_s, unsent_bytes = self.loop.time(), self.transport.get_write_buffer_size()
        if not unsent_bytes or unsent_bytes != self._unsent_bytes:
            self._unsent_bytes, self._stalled_since_s = unsent_bytes, now_s
        if now_s - self._stalled_since_s > self.limits.stalled_s:
            self.transport.abort()
        elif self._since_s is not None and now_s - self._since_s > self.limits.request_s:
            self._since_s = None
            self._give_up()

    def _give_up(self) -> None:
        if self.conn.their_state is h11.IDLE and not self.conn.trailing_data[0]:
            self.transport.close()  # a browser opened it to have it ready
        else:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - what a client did wrong, its status says
        """Say what is wrong with a request that is none; h11 knows when it is only too long."""
        self._refuse(HTTPStatus(getattr(sys.exception(), "error_status_hint", HTTPStatus.BAD_REQUEST)))

    def shutdown(self) -> None:
        if self.transport.is_closing():  # and its client does not take what is left
            self.transport.abort()
        else:
            super().shutdown()

    def _refuse(self, status: HTTPStatus) -> None:
        """Answer and close, or only close where an answer has begun."""
        if self.transport.is_closing() or self.conn.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
            self.transport.abort()
            return
        text = f"{status.phrase}.\n".encode()
        headers = [("content-type", "text/plain"), ("content-length", str(len(text))), ("connection", "close")]
        for event in (h11.Response(status_code=status, headers=headers), h11.Data(data=text), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


async def _busy(_: object, __: object, send: Send) -> None:
    await _refused(send, HTTPStatus.SERVICE_UNAVAILABLE, [(b"retry-after", b"10")])


async def _refused(send: Send, status: HTTPStatus, headers: list[tuple[bytes, bytes]]) -> None:
    text = f"{status.phrase}.\n".encode()
    rest = [(b"content-type", b"text/plain"), (b"content-length", str(len(text)).encode()), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers + rest})
    await send({"type": "http.response.body", "body": text})


def listen(  # noqa: PLR0913 - what a server is
    app: Application,
    host: str,
    port: int,
    ready: Callable[[str], None],
    limits: Limits | None = None,
    *,
    is_trusted: Callable[[str], bool] = is_this_machine,
) -> None:
    """Serve until interrupted; `ready` gets the address once it answers. Port 0 picks a free one.

    Clients that `is_trusted` holds for proxies, or for this machine itself, may have all connections. Raises
    InputError if the address cannot be used.
    """
    limits = limits or Limits()
    connections = affordable(limits.connections)
    of_one_peer = min(limits.of_one_peer, connections // 2 or 1)
    bounded = dataclasses.replace(limits, connections=connections, of_one_peer=of_one_peer)
    with bind(host, port) as listening:
        at, chosen = listening.getsockname()[:2]
        address = address_of(reachable(at), chosen)
        _Server(_config(app, bounded, Peers(is_trusted)), lambda: ready(address)).run(sockets=[listening])


def _config(app: Application, limits: Limits, peers: Peers) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=type("Connection", (_Connection,), {"limits": limits, "peers": peers}),
        ws="none",
        loop="asyncio",
        proxy_headers=False,  # whom to believe, and what, `podcast.outside.forwarded` says
        log_config=None,
        log_level="critical",  # of its own words: what it answers, clients see
        access_log=False,
        server_header=False,
        lifespan="off",
        h11_max_incomplete_event_size=limits.head_bytes,
        timeout_keep_alive=limits.idle_s,
        timeout_graceful_shutdown=1,  # a player that is in the middle of an episode would hold it
    )
