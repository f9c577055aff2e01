"""Sound as speech engines send it: raw samples, a WAV file where raw was promised, or no sound at all."""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podcast.types import Samples

_SCALE = np.float32(1 / 32_768)
_UNKNOWN_SIZES = {0, 0x7FFFFFFF, 0xFFFFFFFF}
"""What those write into a WAV header who do not know yet how long it gets."""

_PCM = (1, 1, 16)
"""Of a WAV header: plain samples, one channel, bits."""

_RATES = range(4_000, 192_001)
"""Samples a second that sound can have: a header that lies about them would have billions made of a few."""

_MOST_STEPS = 5_000
"""Between one rate and another: real ones share large divisors, and filters of millions of taps are for no sound."""


class CutShortError(ValueError):
    """Less came than was announced."""


class NotSoundError(ValueError):
    """What came is something else; the text says what, "an MP3 file"."""


def to_samples(data: bytes, rate_hz: int, content_type: str = "") -> Samples:
    """Read 16-bit mono sound: raw at that rate, or a WAV file, resampled to it.

    Of the content type only what is no sound is believed. Raises CutShortError or NotSoundError.
    """
    if other := _announced(content_type) or _text(data) or _other_sound(data):
        raise NotSoundError(other)
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        pcm, own_rate_hz = _wav(data)
        if own_rate_hz not in _RATES or max(own_rate_hz, rate_hz) // math.gcd(own_rate_hz, rate_hz) > _MOST_STEPS:
            raise NotSoundError(f"a WAV file of {own_rate_hz} samples a second")
        return resampled(_floats(pcm), own_rate_hz, rate_hz)
    return _floats(data)


def resampled(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """Change the rate; filtering may overshoot full scale, so peaks are held below it."""
    if from_hz == to_hz or not len(samples):
        return samples
    from scipy.signal import resample_poly

    common = math.gcd(from_hz, to_hz)
    changed = resample_poly(samples, to_hz // common, from_hz // common)
    within: Samples = np.clip(changed, -1, 1).astype(np.float32)
    return within


def _floats(pcm: bytes) -> Samples:
    if not pcm or len(pcm) % 2:
        raise CutShortError(f"{len(pcm)} bytes came, where two a sample are sent" if pcm else "nothing came")
    samples: Samples = np.frombuffer(pcm, dtype="<i2").astype(np.float32) * _SCALE
    return samples


# ── what else it can be ─────────────────────────────────────────────────────────────────────────────────


_NO_SOUND = {
    "text/html": "a web page",
    "application/xhtml+xml": "a web page",
    "application/json": "JSON",
    "text/plain": "plain text",
    "text": "text",
    "image": "a picture",
    "video": "a film",
}
"""What is announced by a type, or by a family of types, that no sound is of."""


def _announced(content_type: str) -> str:
    kind = content_type.partition(";")[0].strip().lower()
    return _NO_SOUND.get(kind) or _NO_SOUND.get(kind.partition("/")[0], "")


def _text(data: bytes) -> str:
    head = data[:512].strip().lower()
    if not head.isascii() or b"\0" in head:
        return ""
    if head.startswith((b"<!doctype", b"<html", b"<?xml")):
        return "a web page"
    return "JSON" if head.startswith((b"{", b"[")) else ""


def _other_sound(data: bytes) -> str:
    if data.startswith(b"ID3") or _is_mp3(data):
        return "an MP3 file"
    return {b"OggS": "an Ogg file", b"fLaC": "a FLAC file"}.get(data[:4], "")


_KBPS = {
    "1": (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    "2": (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES_HZ = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


def _is_mp3(data: bytes) -> bool:
    """Whether two frames follow each other: a single header may well be a sample of quiet sound."""
    length = _frame_length(data)
    return length > 0 and _frame_length(data[length:]) > 0


def _frame_length(data: bytes) -> int:
    """Bytes of the MPEG layer III frame that begins here (ISO/IEC 11172-3, 2.4.1.3); 0 if none does."""
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE6 != 0xE2:  # noqa: PLR2004 - sync word and layer
        return 0
    version, bitrate, rate = data[1] >> 3 & 3, data[2] >> 4, data[2] >> 2 & 3
    if version not in _RATES_HZ or not 0 < bitrate <= len(_KBPS["1"]) or rate >= len(_RATES_HZ[version]):
        return 0
    family, slots = ("1", 144_000) if version == max(_RATES_HZ) else ("2", 72_000)
    return slots * _KBPS[family][bitrate - 1] // _RATES_HZ[version][rate] + (data[2] >> 1 & 1)


# ── WAV ─────────────────────────────────────────────────────────────────────────────────────────────────


def _wav(data: bytes) -> tuple[bytes, int]:
    """Return samples and rate of a WAV file whose header may not know its length."""
    form, rate_hz = (0, 0, 0), 0
    for name, size, content in _chunks(data):
        if name == b"fmt " and len(content) >= 16:  # noqa: PLR2004 - bytes of the plain format
            kind, channels, rate_hz, _, _, bits = struct.unpack_from("<HHIIHH", content)
            form = (kind, channels, bits)
        elif name == b"data":
            if form != _PCM:
                raise NotSoundError("a WAV file that is not 16-bit mono")
            if size not in _UNKNOWN_SIZES and len(content) < size:
                raise CutShortError(f"{len(content)} of {size} bytes")
            return content, rate_hz
    raise CutShortError("a WAV header without sound")


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, bytes]]:
    """Name, announced size and content of each chunk; one of unknown size goes on to the end."""
    at = 12
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        end = len(data) if size in _UNKNOWN_SIZES else at + 8 + size
        yield name, size, data[at + 8 : end]
        at = end + (size & 1)
