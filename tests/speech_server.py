"""A speech service on this machine that answers as OpenAI's does: a hum for each text, or a failure by script."""

from __future__ import annotations

import contextlib
import io
import json
import os
import socket
import struct
import threading
import wave
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

RATE_HZ = 24_000
_MS_PER_LETTER = 60
_LONGEST_HANG_S = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came in; header names in lower case."""

    path: str
    headers: Mapping[str, str]
    fields: Mapping[str, Any]


@dataclass(slots=True)
class SpeechServer:
    """Where it is, what it was asked, and how its next answers fail, by name; when none are left it speaks."""

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
            return self.failures.pop(0) if self.failures else "speak"

    def answering(self) -> None:
        """Count a request no more: from here on its client may have its answer."""
        with self._lock:
            self._at_once -= 1


@contextlib.contextmanager
def speech_server(*failures: str) -> Iterator[SpeechServer]:
    """Serve while the block runs."""
    with _Server(("127.0.0.1", 0), _Handler) as http:
        http.speech = SpeechServer(f"http://127.0.0.1:{http.server_address[1]}/v1", list(failures))
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield http.speech
        finally:
            http.speech.closing.set()
            http.shutdown()
            thread.join()


def hum(text: str, speed: float = 1.0) -> bytes:
    """Make PCM as long as reading the text would take."""
    length = int(RATE_HZ * _MS_PER_LETTER * len(text) / 1000 / speed)
    wave_form = np.sin(2 * np.pi * 140 * np.arange(length) / RATE_HZ)
    return _pcm(0.2 * wave_form)


def _pcm(samples: Any) -> bytes:
    content: bytes = np.round(samples * 32_767).astype("<i2").tobytes()
    return content


def wav(pcm: bytes, rate_hz: int = RATE_HZ, channels: int = 1) -> bytes:
    """Put a WAV header before it."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(pcm)
    return buffer.getvalue()


MP3 = 3 * (b"\xff\xfb\x90\xc4" + bytes(413))
"""Frames of MPEG 1, layer III, 128 kbit/s at 44.1 kHz."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    speech: SpeechServer

    def handle_error(self, *_: object) -> None:
        """Say nothing: clients of this server break off on purpose."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        asked = Asked(self.path, {name.lower(): value for name, value in self.headers.items()}, json.loads(body))
        _ANSWERS[self.server.speech.note(asked)](self, asked)

    def send(self, content: bytes, kind: str = "audio/pcm", status: int = 200, **headers: object) -> None:
        """Answer; `content_length` may lie."""
        self.server.speech.answering()
        self.send_response(status)
        given = {"content-type": kind, "content-length": len(content)} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        for name, value in given.items():
            self.send_header(name, str(value))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(content)


# ── answers ─────────────────────────────────────────────────────────────────────────────────────────────


def _sound(asked: Asked) -> bytes:
    return hum(asked.fields["input"], asked.fields.get("speed", 1.0))


def _failed(status: int, code: str | None, message: str = "no", **headers: object) -> Callable[[_Handler, Asked], None]:
    body = json.dumps({"error": {"message": message, "type": "error", "param": None, "code": code}}).encode()
    return lambda handler, _: handler.send(body, "application/json", status, **headers)


def _echoes_the_key(handler: _Handler, asked: Asked) -> None:
    _failed(400, None, f"Unknown voice. You sent {asked.headers['authorization']}")(handler, asked)


def _together(handler: _Handler, asked: Asked) -> None:
    handler.server.speech.together.wait(_LONGEST_HANG_S)
    handler.send(_sound(asked))


def _hang(handler: _Handler, _: Asked) -> None:
    handler.server.speech.closing.wait(_LONGEST_HANG_S)
    handler.close_connection = True


def _reset(handler: _Handler, _: Asked) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(handler.connection.detach())
    handler.close_connection = True


def _cut(handler: _Handler, asked: Asked) -> None:
    sound = _sound(asked)
    handler.send(sound[: len(sound) // 2], content_length=len(sound))
    handler.close_connection = True


def _half_a_sample(handler: _Handler, asked: Asked) -> None:
    handler.send(_sound(asked)[:-1])


def _forever(handler: _Handler, part: bytes, pause_s: float) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.close_connection = True
    with contextlib.suppress(OSError):
        while not handler.server.speech.closing.wait(pause_s):
            handler.wfile.write(part)


def _wav_of_unknown_length(handler: _Handler, asked: Asked) -> None:
    whole = wav(_sound(asked))
    handler.send(whole[:40] + b"\xff\xff\xff\xff" + whole[44:], "audio/wav")


def _noise(handler: _Handler, asked: Asked) -> None:
    random = np.random.default_rng(7)
    handler.send(_pcm(random.uniform(-0.9, 0.9, len(_sound(asked)) // 2)))


def _changed(handler: _Handler, asked: Asked, gain: float = 1.0, offset: float = 0.0, times: int = 1) -> None:
    sound = np.frombuffer(_sound(asked), "<i2") / 32_767 * gain + offset
    handler.send(times * _pcm(np.clip(sound, -1, 1)))


_ANSWERS: dict[str, Callable[[_Handler, Asked], None]] = {
    "speak": lambda handler, asked: handler.send(_sound(asked)),
    "400": _failed(400, "invalid_value", "Unknown voice."),
    "400 with the key": _echoes_the_key,
    "401": _failed(401, "invalid_api_key", "Incorrect API key provided: sk-se…ret."),
    "402": _failed(402, None),
    "403": _failed(403, "model_not_found"),
    "404": _failed(404, "model_not_found"),
    "408": _failed(408, None),
    "409": _failed(409, None),
    "429": _failed(429, "rate_limit_exceeded"),
    "429 for 7 s": _failed(429, "rate_limit_exceeded", retry_after=7),
    "429 for 2500 ms": _failed(429, "rate_limit_exceeded", retry_after_ms=2500),
    "429 for an hour": _failed(429, "rate_limit_exceeded", retry_after=3600),
    "429 until 1999": _failed(429, "rate_limit_exceeded", retry_after="Fri, 31 Dec 1999 23:59:59 GMT"),
    "429 for nonsense": _failed(429, "rate_limit_exceeded", retry_after="soon"),
    "quota": _failed(429, "insufficient_quota"),
    "billing": _failed(429, "billing_not_active"),
    "500": _failed(500, None),
    "503": _failed(503, None),
    "redirect": lambda handler, _: handler.send(b"", status=307, location="/v1/elsewhere"),
    "503 for 3 s": _failed(503, None, retry_after=3),
    "together": _together,
    "hang": _hang,
    "reset": _reset,
    "cut": _cut,
    "half a sample": _half_a_sample,
    "nothing": lambda handler, _: handler.send(b""),
    "endless": lambda handler, _: _forever(handler, bytes(1 << 18), 0),
    "drip": lambda handler, _: _forever(handler, bytes(2), 0.02),
    "page": lambda handler, _: handler.send(b"<!DOCTYPE html><title>Sign in</title>", "text/html; charset=utf-8"),
    "page in disguise": lambda handler, _: handler.send(b"\n<html>Sign in</html>"),
    "JSON": lambda handler, _: handler.send(b'{"error": {"message": "no"}}', "application/json"),
    "JSON in disguise": lambda handler, _: handler.send(b'{"error": {"message": "no"}}'),
    "MP3": lambda handler, _: handler.send(MP3, "audio/mpeg"),
    "tagged MP3": lambda handler, _: handler.send(b"ID3\4" + bytes(64) + MP3),
    "Ogg": lambda handler, _: handler.send(b"OggS" + bytes(64)),
    "silence": lambda handler, asked: handler.send(bytes(len(_sound(asked)))),
    "noise": _noise,
    "clipped": lambda handler, asked: _changed(handler, asked, gain=9),
    "very quiet": lambda handler, asked: _changed(handler, asked, gain=0.03),
    "off centre": lambda handler, asked: _changed(handler, asked, offset=0.3),
    "four times": lambda handler, asked: _changed(handler, asked, times=4),
    "a third": lambda handler, asked: handler.send(_sound(asked)[: len(_sound(asked)) // 6 * 2]),
    "WAV": lambda handler, asked: handler.send(wav(_sound(asked)), "audio/wav"),
    "WAV of unknown length": _wav_of_unknown_length,
    "WAV at 48 kHz": lambda handler, asked: handler.send(wav(_sound(asked), 48_000), "audio/wav"),
    "WAV in stereo": lambda handler, asked: handler.send(wav(_sound(asked), channels=2), "audio/wav"),
    "short WAV": lambda handler, asked: handler.send(wav(_sound(asked))[:-100], "audio/wav"),
}
