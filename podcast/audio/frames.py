"""An MP3 from frames that were encoded apart: what joins them, and the header in front that counts them.

The header is the Info frame of LAME (its tag, revision 0): silence to whoever does not know it. To all others it says
what is the encoder's delay and padding, so that they give back exactly the sound, and where to find which moment.
"""

from __future__ import annotations

import functools
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from podcast.outside.mp3 import DELAY_SAMPLES, frame_bytes, frame_samples, header, lowest_that_holds, side_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from podcast.outside.mp3 import Mp3Format

PRIMED_FRAMES = 10
"""Encoded before a part and dropped: what an encoder remembers of the sound before decides how it encodes the next."""

AHEAD_FRAMES = 2
"""Of sound behind a part that its encoder is given: it looks ahead before it decides."""

_DECODER_SAMPLES = 529
"""Of the delay: what any decoder adds to what the header says, and is therefore to be there behind the sound."""

_MOST_PADDING = 0xFFF
_ENCODER = b"Lavf lame"
"""As ffmpeg signs what LAME encoded for it: some decoders believe nothing unsigned."""

_HAS_ALL = 0x0F
"""Number of frames, of bytes, seek table, quality."""

_CONSTANT_RATE = 0x01
_TABLE_ENTRIES = 100
_BEFORE_SIGN_BYTES = 120
_TAG_BYTES = _BEFORE_SIGN_BYTES + 36


@dataclass(frozen=True, slots=True)
class Run:
    """What has to be known of frames in a row, to be joined to others."""

    frames: int
    size_bytes: int
    crc: int


def run_of(frames: Sequence[bytes]) -> Run:
    """Count frames, as they are cut by `mp3.frames_of`."""
    data = b"".join(frames)
    return Run(len(frames), len(data), crc16(data))


def joined(runs: Sequence[Run], samples: int, form: Mp3Format) -> bytes:
    """Return the header of an MP3 that goes on with all frames of runs, and is to be decoded to so many samples.

    Raises ValueError unless the frames hold them: `mp3.frames_for(samples)` and at most two more.
    """
    frames, size = sum(run.frames for run in runs), sum(run.size_bytes for run in runs)
    delay = DELAY_SAMPLES - _DECODER_SAMPLES
    padding = frames * frame_samples(form.rate_hz) - delay - samples
    if not _DECODER_SAMPLES <= padding <= _MOST_PADDING:
        raise ValueError(f"{frames:,} frames at {form.rate_hz} Hz are no way to hold {samples:,} samples")
    own = lowest_that_holds(_TAG_BYTES, form)
    before = header(own) + bytes(side_bytes(form))
    total = size + frame_bytes(own)
    tag = struct.pack(">4sIII100sI", b"Info", _HAS_ALL, frames, total, _seek_table(runs, frame_bytes(own)), 0)
    tag += struct.pack(">9sB10xB", _ENCODER, _CONSTANT_RATE, min(form.bitrate_kbps, 0xFF))
    tag += (delay << 12 | padding).to_bytes(3, "big") + struct.pack(">4xIH", total, _crc_of(runs))
    tag += crc16(before + tag).to_bytes(2, "big")
    return (before + tag).ljust(frame_bytes(own), b"\0")


def _seek_table(runs: Sequence[Run], header_bytes: int) -> bytes:
    """Say for each hundredth of the time in which 256th of all bytes it begins."""
    frames = np.cumsum([0, *(run.frames for run in runs)])
    ends = header_bytes + np.cumsum([0, *(run.size_bytes for run in runs)])
    moments = np.arange(_TABLE_ENTRIES) / _TABLE_ENTRIES * frames[-1]
    return bytes(int(place * 256 // ends[-1]) for place in np.interp(moments, frames, ends))


# ── the checksum ────────────────────────────────────────────────────────────────────────────────────────


def crc16(data: bytes) -> int:
    """Return the checksum that LAME uses (CRC-16/ARC: polynomial 8005, reflected, from zero).

    Pairs of bytes are put together, then their neighbours: as many steps as the number of bytes has digits. Zeros in
    front change nothing.
    """
    pairs = np.frombuffer(data.rjust(len(data) + len(data) % 2, b"\0"), dtype="<u2")
    crcs, level = _skipped(1).take(pairs), 1
    while len(crcs) > 1:
        if len(crcs) % 2:
            crcs = np.concatenate([np.zeros(1, np.uint16), crcs])
        crcs = _skipped(level).take(crcs[::2]) ^ crcs[1::2]
        level += 1
    return int(crcs[0]) if len(crcs) else 0


def _crc_of(runs: Sequence[Run]) -> int:
    crc = 0
    for run in runs:
        for level in range(run.size_bytes.bit_length()):
            if run.size_bytes >> level & 1:
                crc = int(_skipped(level)[crc])
        crc ^= run.crc
    return crc


@functools.cache
def _skipped(level: int) -> npt.NDArray[np.uint16]:
    """Return what becomes of any checksum when 2 to the level zero bytes follow."""
    if level:
        half = _skipped(level - 1)
        return half[half]
    crcs = np.arange(1 << 16, dtype=np.uint16)
    table: npt.NDArray[np.uint16] = (crcs >> 1 ^ np.where(crcs & 1, 0xA001, 0)).astype(np.uint16)
    for _ in range(3):  # a bit, two, four, eight
        table = table[table]
    return table
