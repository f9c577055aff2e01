"""What can go wrong between this machine and any server, byte by byte: the same faults for every kind of service."""

from __future__ import annotations

import contextlib
import os
import random
import socket
import struct
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import threading

WireFault = Callable[[BaseHTTPRequestHandler], None]

MARKED = "zqx"
"""Stands in everything that a faulty server says, and in nothing that a person should read."""

PAGE = f"<!DOCTYPE html><html><title>{MARKED}</title><h1>Sorry &amp; {MARKED}</h1>\x1b[31m</html>".encode()
PICTURE = b"\x89PNG\r\n\x1a\n" + MARKED.encode() + bytes(64)
SILENCE = bytes(2 * 24_000)
NOISE = random.Random(7).randbytes(2 * 24_000)  # noqa: S311 - no secret
MP3 = 3 * (b"\xff\xfb\x90\xc4" + bytes(413))
"""Frames of MPEG 1, layer III, 128 kbit/s at 44.1 kHz."""

HANGS_FOR_S = 30
"""Longer than anybody waits in a test."""


def _says(status: int, body: bytes = PAGE, kind: str = "text/html; charset=utf-8", **headers: object) -> WireFault:
    """Answer so; `content_length` may lie."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        said: dict[str, object] = {"content_type": kind, "content_length": len(body)}
        handler.send_response(status, MARKED)
        for name, value in {**said, **headers, "connection": "close"}.items():
            handler.send_header(name.replace("_", "-"), str(value))
        handler.end_headers()
        _writes(handler, b"" if handler.command == "HEAD" else body)

    return answer


def _writes(handler: BaseHTTPRequestHandler, data: bytes) -> None:
    handler.close_connection = True
    with contextlib.suppress(OSError):
        handler.wfile.write(data)


def _hangs(handler: BaseHTTPRequestHandler) -> None:
    """Say nothing until the server is closed."""
    handler.close_connection = True
    over: threading.Event = handler.server.over  # type: ignore[attr-defined]
    over.wait(HANGS_FOR_S)


def _resets(handler: BaseHTTPRequestHandler) -> None:
    """Break the connection."""
    handler.close_connection = True
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(handler.connection.detach())


def _drips(handler: BaseHTTPRequestHandler) -> None:
    """Send a little again and again, as long as anybody listens."""
    handler.send_response(200)
    handler.send_header("content-type", "application/octet-stream")
    handler.end_headers()
    handler.close_connection = True
    over: threading.Event = handler.server.over  # type: ignore[attr-defined]
    with contextlib.suppress(OSError):
        while not over.wait(0.02):
            handler.wfile.write(b"  ")


WIRE_FAULTS: Mapping[str, WireFault] = {
    "400": _says(400),
    "401": _says(401),
    "403": _says(403),
    "404": _says(404),
    "408": _says(408),
    "409": _says(409),
    "413": _says(413),
    "429": _says(429),
    "429 for 7 s": _says(429, retry_after=7),
    "429 for an hour": _says(429, retry_after=3600),
    "500": _says(500),
    "503 for 3 s": _says(503, retry_after=3),
    "hang": _hangs,
    "reset": _resets,
    "cut": _says(200, b"{", "application/octet-stream", content_length=5000),
    "no HTTP": lambda handler: _writes(handler, f"{MARKED}\0\xff no HTTP\r\n\r\n".encode("latin-1")),
    "wrong type": _says(200, PICTURE, "image/png"),
    "wrong length": _says(200, PAGE, content_length=7),
    "page": _says(200),
    "nothing": _says(200, b"", "application/octet-stream"),
    "drip": _drips,
    "redirect": _says(302, location="http://127.0.0.1:9/elsewhere"),
    "silence": _says(200, SILENCE, "audio/pcm"),
    "noise": _says(200, NOISE, "audio/pcm"),
    "MP3": _says(200, MP3, "audio/mpeg"),
}
