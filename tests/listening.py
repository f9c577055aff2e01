"""A server of ours in this process, and one request exactly as it is given."""

from __future__ import annotations

import contextlib
import http.client
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from podcast.outside import connections

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator


@contextlib.contextmanager
def listening(run: Callable[[Callable[[str], None]], None]) -> Iterator[str]:
    """Have a server run, which is given whom to tell its address; yield that, and end the server."""
    running: list[connections._Server] = []
    addresses: list[str] = []
    ready = threading.Event()

    class Noted(connections._Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            running.append(self)
            await super().startup(sockets)

    def announce(address: str) -> None:
        addresses.append(address)
        ready.set()

    thread = threading.Thread(target=run, args=(announce,), daemon=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connections, "_Server", Noted)
        thread.start()
        assert ready.wait(20)
    try:
        yield addresses[0]
    finally:
        running[0].should_exit = True
        thread.join(20)
    assert not thread.is_alive()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


def ask(address: str, path: str, method: str = "GET", **headers: str) -> Answer:
    """Send one request exactly as it is given; in names of headers `_` is `-`."""
    where = urlsplit(address)
    assert where.hostname
    with contextlib.closing(http.client.HTTPConnection(where.hostname, where.port, timeout=20)) as connection:
        connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
