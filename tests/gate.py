"""A gate before a server of this machine: it lets requests through, or answers them as badly as it is told."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wire_faults import WIRE_FAULTS

if TYPE_CHECKING:
    from collections.abc import Iterator

THROUGH = ""
"""In a plan: let this one through."""

_HOP = ("connection", "transfer-encoding", "server", "date")
"""Headers of one connection, not of an answer; or such as the gate adds by itself."""


@dataclass(slots=True)
class Gate:
    """Where it is, what becomes of the next requests, of all after them, and what was asked.

    Only paths that begin with `only` are counted and judged; the others pass.
    """

    url: str
    behind: str
    plan: list[str] = field(default_factory=list)
    afterwards: str = THROUGH
    only: str = "/"
    asked: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self, method: str, path: str) -> str:
        """Say what becomes of a request."""
        with self._lock:
            if not path.startswith(self.only):
                return THROUGH
            self.asked.append(f"{method} {path}")
            return self.plan.pop(0) if self.plan else self.afterwards


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Decide, then answer."""
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length) if length else b""
        fault = self.server.gate.next(self.command, self.path)
        if fault:
            WIRE_FAULTS[fault](self)
        else:
            self._pass(body)

    do_POST = do_HEAD = do_PUT = do_DELETE = do_GET  # noqa: N815 - the names that the library looks for

    def _pass(self, body: bytes) -> None:
        where = urlsplit(self.server.gate.behind)
        connection = http.client.HTTPConnection(where.hostname or "", where.port or 80, timeout=20)
        with contextlib.closing(connection):
            headers = {name: value for name, value in self.headers.items() if name.lower() not in {"host", *_HOP}}
            connection.request(self.command, self.path, body or None, headers)
            answer = connection.getresponse()
            content = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {"content-length", *_HOP}:
                self.send_header(name, value)
        own = answer.getheader("content-length") if self.command == "HEAD" else None
        self.send_header("content-length", own or str(len(content)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(content)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    gate: Gate
    over: threading.Event

    def handle_error(self, *_: object) -> None:
        """Say nothing: clients of this server break off, and it breaks off itself, on purpose."""


@contextlib.contextmanager
def gate_before(behind: str) -> Iterator[Gate]:
    """Stand before a server, whose address has no path, while the block runs."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.over = threading.Event()
        server.gate = Gate(f"http://127.0.0.1:{server.server_address[1]}", behind)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.gate
        finally:
            server.over.set()
            server.shutdown()
            thread.join()


def nobody_there() -> str:
    """Return an address of this machine at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"http://127.0.0.1:{free.getsockname()[1]}"
