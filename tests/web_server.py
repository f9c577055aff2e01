"""A web server on this machine that answers each path by a script, ranges and faults among it."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came in; header names in lower case."""

    path: str
    headers: Mapping[str, str]

    @property
    def range(self) -> str | None:
        """The part that was asked for."""
        return self.headers.get("range")


@dataclass(slots=True)
class Site:
    """Where it is, what it answers by path, one reply after the other and the last one for ever, and what was asked."""

    url: str
    replies: dict[str, list[Reply]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def has(self, path: str, *replies: Reply) -> str:
        """Answer a path so; return its address."""
        self.replies[path] = list(replies)
        return self.url + path

    @property
    def ranges(self) -> list[str | None]:
        """The parts that were asked for."""
        return [asked.range for asked in self.asked]


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    @property
    def site(self) -> Site:
        """What is known of the server."""
        return self.server.site

    def do_GET(self) -> None:
        """Answer as the script says next."""
        self.close_connection = True
        self.site.asked.append(Asked(self.path, {name.lower(): value for name, value in self.headers.items()}))
        replies = self.site.replies.get(self.path, [status(404)])
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        with contextlib.suppress(OSError):
            reply(self)

    def begin(self, code: int, **headers: object) -> None:
        """Send a status and headers; `content_length` may lie."""
        self.send_response(code)
        for name, value in headers.items():
            if value is not None:
                self.send_header(name.replace("_", "-"), str(value))
        self.send_header("connection", "close")
        self.end_headers()


Reply = Callable[[Handler], None]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    site: Site

    def handle_error(self, *_: object) -> None:
        """Say nothing: clients of this server break off on purpose."""


@contextlib.contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """Serve while the block runs."""
    with _Server(("127.0.0.1", 0), Handler) as http:
        if tls:
            http.socket = tls.wrap_socket(http.socket, server_side=True)
        http.site = Site(f"{'https' if tls else 'http'}://127.0.0.1:{http.server_address[1]}")
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield http.site
        finally:
            http.site.closing.set()
            http.shutdown()
            thread.join()


# ── replies ─────────────────────────────────────────────────────────────────────────────────────────────


def page(content: bytes, kind: str | None = "text/html", code: int = 200, **headers: object) -> Reply:
    """Send this."""

    def reply(handler: Handler) -> None:
        said: dict[str, object] = {"content_type": kind, "content_length": len(content)}
        handler.begin(code, **{**said, **headers})
        handler.wfile.write(content)

    return reply


def status(code: int, retry_after: object = None) -> Reply:
    """Refuse."""
    return page(b"<p>no</p>", code=code, retry_after=retry_after)


def redirect(to: str, code: int = 302) -> Reply:
    """Send on."""
    return page(b"", code=code, location=to)


def dribble(handler: Handler) -> None:
    """Send a byte now and then, without end."""
    handler.begin(200, content_type="text/html")
    while not handler.site.closing.wait(0.02):
        handler.wfile.write(b"x")


def dribbled_headers(handler: Handler) -> None:
    """Send headers that never end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nx-long: ")
    while not handler.site.closing.wait(0.02):
        handler.wfile.write(b"x")


def hang(handler: Handler) -> None:
    """Say nothing for longer than anybody waits."""
    handler.site.closing.wait(5)


def endless(handler: Handler) -> None:
    """Send and send."""
    handler.begin(200, content_type="text/html")
    while not handler.site.closing.is_set():
        handler.wfile.write(bytes(1 << 16))


def reset(handler: Handler) -> None:
    """Break the connection."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(handler.connection.detach())


def file(content: bytes, tag: str | None = '"1"', stop_after: int | None = None, **headers: object) -> Reply:
    """Send a file as RFC 9110 wants it, in parts too; the connection breaks after so many bytes."""

    def reply(handler: Handler) -> None:
        found = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("range", ""))
        start = int(found[1]) if found and handler.headers.get("if-range") in {None, tag} else 0
        said: dict[str, object] = {"content_type": "application/pdf", "etag": tag}
        if start >= len(content):
            handler.begin(416, content_length=0, content_range=f"bytes */{len(content)}", **said)
            return
        if start:
            said["content_range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        said["content_length"] = len(content) - start
        handler.begin(206 if start else 200, **{**said, **headers})
        handler.wfile.write(content[start:][:stop_after])

    return reply
