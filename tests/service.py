"""A service on this machine that answers by script: what servers of speech and of chat have in common."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_HANG_S = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came in; header names in lower case."""

    path: str
    headers: Mapping[str, str]
    fields: Mapping[str, Any]


@dataclass(slots=True)
class Service:
    """Where it is, what it was asked, and how its next answers go, by name; when none are left it does its work."""

    url: str
    failures: list[str]
    asked: list[Asked] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    together: threading.Barrier = field(default_factory=lambda: threading.Barrier(1))
    most_at_once: int = 0
    _at_once: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, asked: Asked) -> str:
        """Write a request down and say how to answer it."""
        with self._lock:
            self.asked.append(asked)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            return self.failures.pop(0) if self.failures else "work"

    def answering(self) -> None:
        """Count a request no more: from here on its client may have its answer."""
        with self._lock:
            self._at_once -= 1


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """Answer as the script says next."""
        body = self.rfile.read(int(self.headers["content-length"]))
        asked = Asked(self.path, {name.lower(): value for name, value in self.headers.items()}, json.loads(body))
        self.server.answers[self.service.note(asked)](self, asked)

    @property
    def service(self) -> Service:
        """What is known of the server."""
        return self.server.service

    def send(self, content: bytes, kind: str, status: int = 200, **headers: object) -> None:
        """Answer; `content_length` may lie."""
        self.service.answering()
        self.send_response(status)
        given = {"content-type": kind, "content-length": len(content)} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        for name, value in given.items():
            self.send_header(name, str(value))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(content)

    def send_json(self, value: object, status: int = 200, **headers: object) -> None:
        """Answer in JSON."""
        self.send(json.dumps(value).encode(), "application/json", status, **headers)


Answer = Callable[[Handler, Asked], None]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    service: Service
    answers: Mapping[str, Answer]

    def handle_error(self, *_: object) -> None:
        """Say nothing: clients of this server break off on purpose."""


@contextlib.contextmanager
def serving(answers: Mapping[str, Answer], failures: tuple[str, ...]) -> Iterator[Service]:
    """Serve while the block runs; `answers` are by name, "work" among them."""
    with _Server(("127.0.0.1", 0), Handler) as http:
        http.service = Service(f"http://127.0.0.1:{http.server_address[1]}/v1", list(failures))
        http.answers = answers
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield http.service
        finally:
            http.service.closing.set()
            http.shutdown()
            thread.join()


# ── failures ────────────────────────────────────────────────────────────────────────────────────────────


def failed(status: int, code: str | None, message: str = "no", param: str | None = None, **headers: object) -> Answer:
    """Refuse as OpenAI's services do."""
    body = {"error": {"message": message, "type": "error", "param": param, "code": code}}
    return lambda handler, _: handler.send_json(body, status, **headers)


def _echoes_the_key(handler: Handler, asked: Asked) -> None:
    failed(400, None, f"Unknown voice. You sent {asked.headers['authorization']}")(handler, asked)


def hang(handler: Handler, _: Asked) -> None:
    """Say nothing for longer than anybody waits."""
    handler.service.closing.wait(LONGEST_HANG_S)
    handler.close_connection = True


def reset(handler: Handler, _: Asked) -> None:
    """Break the connection."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(handler.connection.detach())
    handler.close_connection = True


def forever(handler: Handler, part: bytes, pause_s: float) -> None:
    """Send and send."""
    handler.send_response(200)
    handler.end_headers()
    handler.close_connection = True
    with contextlib.suppress(OSError):
        while not handler.service.closing.wait(pause_s):
            handler.wfile.write(part)


FAILURES: Mapping[str, Answer] = {
    "400 with the key": _echoes_the_key,
    "401": failed(401, "invalid_api_key", "Incorrect API key provided: sk-se…ret."),
    "402": failed(402, None),
    "403": failed(403, "model_not_found"),
    "404": failed(404, "model_not_found"),
    "408": failed(408, None),
    "409": failed(409, None),
    "429": failed(429, "rate_limit_exceeded"),
    "429 for 1 s": failed(429, "rate_limit_exceeded", retry_after=1),
    "429 for 7 s": failed(429, "rate_limit_exceeded", retry_after=7),
    "429 for 2500 ms": failed(429, "rate_limit_exceeded", retry_after_ms=2500),
    "429 for an hour": failed(429, "rate_limit_exceeded", retry_after=3600),
    "429 until 1999": failed(429, "rate_limit_exceeded", retry_after="Fri, 31 Dec 1999 23:59:59 GMT"),
    "429 for nonsense": failed(429, "rate_limit_exceeded", retry_after="soon"),
    "quota": failed(429, "insufficient_quota"),
    "billing": failed(429, "billing_not_active"),
    "500": failed(500, None),
    "503": failed(503, None),
    "503 for 3 s": failed(503, None, retry_after=3),
    "redirect": lambda handler, _: handler.send(b"", "text/plain", status=307, location="/v1/elsewhere"),
    "hang": hang,
    "reset": reset,
    "endless": lambda handler, _: forever(handler, bytes(1 << 18), 0),
    "drip": lambda handler, _: forever(handler, bytes(2), 0.02),
    "page": lambda handler, _: handler.send(b"<!DOCTYPE html><title>Sign in</title>", "text/html; charset=utf-8"),
}
