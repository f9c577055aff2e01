"""A speech service on this machine that answers as OpenAI's does: a hum for each text, or a failure by script."""

from __future__ import annotations

import io
import wave
from typing import TYPE_CHECKING, Any

import numpy as np
from service import FAILURES, LONGEST_HANG_S, Answer, Asked, Handler, Service, failed, serving

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

RATE_HZ = 24_000
_MS_PER_LETTER = 60

SpeechServer = Service


def speech_server(*failures: str) -> AbstractContextManager[SpeechServer]:
    """Serve while the block runs."""
    return serving(_ANSWERS, failures)


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


# ── answers ─────────────────────────────────────────────────────────────────────────────────────────────


def _sound(asked: Asked) -> bytes:
    return hum(asked.fields["input"], asked.fields.get("speed", 1.0))


def _send(handler: Handler, sound: bytes, kind: str = "audio/pcm", **headers: object) -> None:
    handler.send(sound, kind, 200, **headers)


def _together(handler: Handler, asked: Asked) -> None:
    handler.service.together.wait(LONGEST_HANG_S)
    _send(handler, _sound(asked))


def _cut(handler: Handler, asked: Asked) -> None:
    sound = _sound(asked)
    _send(handler, sound[: len(sound) // 2], content_length=len(sound))
    handler.close_connection = True


def _half_a_sample(handler: Handler, asked: Asked) -> None:
    _send(handler, _sound(asked)[:-1])


def _wav_of_unknown_length(handler: Handler, asked: Asked) -> None:
    whole = wav(_sound(asked))
    _send(handler, whole[:40] + b"\xff\xff\xff\xff" + whole[44:], "audio/wav")


def _noise(handler: Handler, asked: Asked) -> None:
    random = np.random.default_rng(7)
    _send(handler, _pcm(random.uniform(-0.9, 0.9, len(_sound(asked)) // 2)))


def _changed(handler: Handler, asked: Asked, gain: float = 1.0, offset: float = 0.0, times: int = 1) -> None:
    sound = np.frombuffer(_sound(asked), "<i2") / 32_767 * gain + offset
    _send(handler, times * _pcm(np.clip(sound, -1, 1)))


_ANSWERS: Mapping[str, Answer] = {
    **FAILURES,
    "work": lambda handler, asked: _send(handler, _sound(asked)),
    "speak": lambda handler, asked: _send(handler, _sound(asked)),
    "400": failed(400, "invalid_value", "Unknown voice."),
    "413": failed(413, None, "Request too large."),
    "picture": lambda handler, _: _send(handler, b"\x89PNG" + bytes(64), "image/png"),
    "together": _together,
    "cut": _cut,
    "half a sample": _half_a_sample,
    "nothing": lambda handler, _: _send(handler, b""),
    "page in disguise": lambda handler, _: _send(handler, b"\n<html>Sign in</html>"),
    "JSON": lambda handler, _: _send(handler, b'{"error": {"message": "no"}}', "application/json"),
    "JSON in disguise": lambda handler, _: _send(handler, b'{"error": {"message": "no"}}'),
    "MP3": lambda handler, _: _send(handler, MP3, "audio/mpeg"),
    "tagged MP3": lambda handler, _: _send(handler, b"ID3\4" + bytes(64) + MP3),
    "Ogg": lambda handler, _: _send(handler, b"OggS" + bytes(64)),
    "silence": lambda handler, asked: _send(handler, bytes(len(_sound(asked)))),
    "noise": _noise,
    "clipped": lambda handler, asked: _changed(handler, asked, gain=9),
    "very quiet": lambda handler, asked: _changed(handler, asked, gain=0.03),
    "off centre": lambda handler, asked: _changed(handler, asked, offset=0.3),
    "four times": lambda handler, asked: _changed(handler, asked, times=4),
    "a third": lambda handler, asked: _send(handler, _sound(asked)[: len(_sound(asked)) // 6 * 2]),
    "WAV": lambda handler, asked: _send(handler, wav(_sound(asked)), "audio/wav"),
    "WAV of unknown length": _wav_of_unknown_length,
    "WAV at 48 kHz": lambda handler, asked: _send(handler, wav(_sound(asked), 48_000), "audio/wav"),
    "WAV in stereo": lambda handler, asked: _send(handler, wav(_sound(asked), channels=2), "audio/wav"),
    "short WAV": lambda handler, asked: _send(handler, wav(_sound(asked))[:-100], "audio/wav"),
}
