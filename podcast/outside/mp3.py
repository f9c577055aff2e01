"""What an MP3 and its frames say of themselves (ISO/IEC 11172-3, 13818-3): where each begins, how much it holds."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

DELAY_SAMPLES = 1105
"""By which what a decoder gives is later than what LAME was given, at every rate: 576 by LAME, 529 by any decoder."""

_LOWEST_MPEG1_HZ = 32_000
_VERSION_LAYER = {1: 0xFFFB, 2: 0xFFF3}
"""Of MPEG 1 and 2, layer III, without a checksum behind the header: the first two bytes of a frame."""

_KBPS = {
    1: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES_HZ = {1: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000)}
_HEADER_BYTES = 4
_PADDED = 0x02
_MONO = 0xC0


@dataclass(frozen=True, slots=True)
class Mp3Format:
    """What kind of MP3: rate, channels, and the same number of bits in every frame."""

    rate_hz: int
    channels: int
    bitrate_kbps: int


def mpeg(rate_hz: int) -> int:
    """Return the version of MPEG that has a rate: 1 or 2."""
    return 1 if rate_hz >= _LOWEST_MPEG1_HZ else 2


def frame_samples(rate_hz: int) -> int:
    """Return how many samples of each channel a frame holds."""
    return 1152 // mpeg(rate_hz)


def frames_for(samples: int, rate_hz: int) -> int:
    """Return how many frames it takes until a decoder has given the last of so many samples."""
    return -(-(samples + DELAY_SAMPLES) // frame_samples(rate_hz))


def frame_bytes(form: Mp3Format, *, is_padded: bool = False) -> int:
    """Return the size of a frame, header included; a padded one has a byte more."""
    return frame_samples(form.rate_hz) * form.bitrate_kbps * 125 // form.rate_hz + is_padded


def side_bytes(form: Mp3Format) -> int:
    """Return how much of a frame lies between its header and its sound."""
    return {1: (17, 32), 2: (9, 17)}[mpeg(form.rate_hz)][form.channels - 1]


def header(form: Mp3Format) -> bytes:
    """Return the four bytes with which a frame that is not padded begins."""
    version = mpeg(form.rate_hz)
    rates = (_KBPS[version].index(form.bitrate_kbps) + 1) << 4 | _RATES_HZ[version].index(form.rate_hz) << 2
    return _VERSION_LAYER[version].to_bytes(2, "big") + bytes([rates, _MONO if form.channels == 1 else 0])


def lowest_that_holds(content_bytes: int, form: Mp3Format) -> Mp3Format:
    """Return the format itself, or the next in bitrate in whose frames content has room behind the side information."""
    higher = (kbps for kbps in _KBPS[mpeg(form.rate_hz)] if kbps >= form.bitrate_kbps)
    formats = (replace(form, bitrate_kbps=kbps) for kbps in higher)
    needed = _HEADER_BYTES + side_bytes(form) + content_bytes
    return next(each for each in formats if frame_bytes(each) >= needed)


def frames_of(data: bytes, form: Mp3Format) -> list[bytes]:
    """Cut bytes into frames, up to the first that is of another format, cut short, or leans on bits before it."""
    plain = header(form)
    sizes = {plain[:3]: frame_bytes(form), plain[:2] + bytes([plain[2] | _PADDED]): frame_bytes(form, is_padded=True)}
    frames: list[bytes] = []
    at = 0
    while (size := sizes.get(data[at : at + 3])) and _stands_alone(frame := data[at : at + size], size, form):
        frames.append(frame)
        at += size
    return frames


def _stands_alone(frame: bytes, size: int, form: Mp3Format) -> bool:
    """Look whether a frame is whole, and its sound begins in it: the first bits of the side information are zero."""
    if len(frame) < size or (frame[3] & _MONO == _MONO) != (form.channels == 1):
        return False
    return not frame[4] and (mpeg(form.rate_hz) == 2 or frame[5] < 0x80)  # noqa: PLR2004 - a version, and the ninth bit


# ── a whole file ────────────────────────────────────────────────────────────────────────────────────────

_MARKS = b"Xing", b"Info"
_BEFORE_LAME = 141
"""From the mark to the encoder's delay: flags, frames, bytes, seek table, quality, and 21 bytes of LAME's own."""


def encoded_length(path: Path) -> int | None:
    """How many samples a decoder gives back, by the Xing header (LAME tag, revision 1).

    None without one, and where the file has another size than it says.
    """
    with path.open("rb") as file:
        tag_bytes = _tag_bytes(file.read(10))
        file.seek(tag_bytes)
        head = file.read(4096)
        size = file.seek(0, os.SEEK_END) - tag_bytes
    at = next((head.find(mark) for mark in _MARKS if mark in head), -1)
    if at < 0 or len(head) < at + _BEFORE_LAME + 3 or int.from_bytes(head[at + 12 : at + 16], "big") != size:
        return None
    is_mpeg_1 = bool(head[1] & 0x08)
    frames = int.from_bytes(head[at + 8 : at + 12], "big")
    trimmed = int.from_bytes(head[at + _BEFORE_LAME : at + _BEFORE_LAME + 3], "big")
    delay, padding = trimmed >> 12, trimmed & 0xFFF
    return frames * (1152 if is_mpeg_1 else 576) - delay - padding


def _tag_bytes(head: bytes) -> int:
    """Size of the ID3v2 tag in front, header included (id3.org: ID3v2.3.0, 3.1); 0 without one."""
    if len(head) < 10 or not head.startswith(b"ID3"):  # noqa: PLR2004 - the header
        return 0
    return 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
