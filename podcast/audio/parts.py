"""Parts of an episode's sound: mixed, encoded and measured each by itself, and kept by what they are made of.

A part's key says all that it is made of. Its file is named by that key and by the digest of its content, so that a
damaged file is made again instead of played. It is an MP3 that any player plays, with what it measures in a tag.
"""

from __future__ import annotations

import math
import platform
import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from podcast import files
from podcast.audio.frames import PRIMED_FRAMES, Run, run_of
from podcast.audio.loudness import rounded_db
from podcast.audio.meter import frame_energies, frame_peaks, k_weighted, true_peak
from podcast.audio.mixdown import Mixdown
from podcast.audio.tags import frame, tag
from podcast.errors import OutsideError
from podcast.files import sha256_of, write_bytes
from podcast.outside import decoder, ffmpeg, mp3
from podcast.outside.decoder import decode_frames
from podcast.outside.machine import share_one_heap

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from podcast.audio.recipe import Recipe
    from podcast.outside.mp3 import Mp3Format
    from podcast.types import Clip, Samples

_NAME = re.compile(r"[0-9a-f]{64}\.[0-9a-f]{16}\.mp3")
_OWNER = b"podcast.part\x00"
_HEAD = struct.Struct("<IIHd")
_BEFORE_MEASURES = 10 + 10 + len(_OWNER)
"""Bytes of a file: the headers of its tag and of its only frame, and whose that is."""

_METER_TOLERANCE_DB = 0.1
"""True-peak meters differ by their oversampling: what one reads as the limit another may read above it."""

_LOWER_DB = 0.2
"""How much lower than what is too much a ceiling gets: an encoder does not do the same twice."""

_ATTEMPTS = 4
_DECODED_FRAMES = 256
"""At once: some seconds, so that memory holds no whole part."""

_NO_ENERGY = np.zeros(0, dtype=np.float32)
_FINE_HZ, _FINE_KBPS = 32_000, 48
"""Samples a second, and kbit/s of a channel, from which on a part is as loud as what was encoded, within 0.1 LU."""


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """What has to be known of a part when it is joined to others."""

    run: Run
    energies: Samples
    """Of each frame: K-weighted (BS.1770), samples and channels added up; decoded only where the encoding is coarse."""
    peaks: Samples
    """Of each frame, decoded, the highest absolute sample, full scale 1."""
    true_peak_dbtp: float
    """Of the part, decoded."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Some frames of an MP3."""

    mp3: bytes
    measures: Measures


# ── making one ──────────────────────────────────────────────────────────────────────────────────────────


def tools() -> str:
    """Say what makes parts on this machine: with other tools the same recipe may give other bytes."""
    return f"{ffmpeg.identity()}, {decoder.identity()}, numpy {np.__version__}"


def make_part(recipe: Recipe, sounds: Mapping[str, Clip]) -> Part:
    """Mix, encode and measure a part; nothing but recipe and sounds says what comes of it.

    One whose true peak is too high is made again under a lower ceiling. Raises OutsideError where that does not help,
    and on a machine that has other tools than the recipe asks for.
    """
    form = recipe.form
    if (here := tools()) != form.tools:
        raise OutsideError(
            f"The worker on {platform.node() or 'a machine without a name'} has {here}, and this episode is made with "
            f"{form.tools}. Install the same there, or take that machine out of the cluster."
        )
    share_one_heap()
    ceiling_dbfs = form.ceiling_dbfs
    for _ in range(_ATTEMPTS):
        part = _encoded(recipe, Mixdown(recipe, sounds, ceiling_dbfs))
        over_db = part.measures.true_peak_dbtp - (form.true_peak_dbtp - _METER_TOLERANCE_DB)
        if over_db <= 0:
            return part
        ceiling_dbfs -= rounded_db(over_db + _LOWER_DB)
    raise OutsideError(
        f"A part of the episode has a true peak of {part.measures.true_peak_dbtp:.1f} dBTP, and turning its peaks down "
        f"does not bring it to {form.true_peak_dbtp}. Choose a quieter audio.loudness_lufs in show.toml."
    )


def _encoded(recipe: Recipe, mixdown: Mixdown) -> Part:
    """Encode, and measure what decoders make of it."""
    form = recipe.form.mp3
    encoded = mp3.frames_of(ffmpeg.encode(mixdown.blocks(), form), form)
    energies, peaks, peak = _measured(recipe, encoded)
    own, energies = (
        encoded[PRIMED_FRAMES:][: recipe.frames],
        energies if _is_coarse(form) else mixdown.energies.astype(np.float32),
    )
    return Part(b"".join(own), Measures(run_of(own), energies, peaks, 20 * math.log10(max(peak, 1e-10))))


def _measured(recipe: Recipe, encoded: Sequence[bytes]) -> tuple[Samples, Samples, float]:
    """Measure a part decoded: energies, where the encoding is coarse, and peaks of its frames, and its true peak.

    Some frames at once are decoded, with frames around them, so that all are as in the whole.
    """
    form, before, stop = recipe.form, recipe.primed, PRIMED_FRAMES + recipe.frames
    energies, peaks, peak = [], [], 0.0
    for first in range(PRIMED_FRAMES, stop, _DECODED_FRAMES):
        last = min(first + _DECODED_FRAMES, stop)
        decoded = decode_frames(b"".join(encoded[first - PRIMED_FRAMES : last + 1]), form.mp3)
        end = before + (last - first) * form.frame
        peaks.append(frame_peaks(decoded[before:end], form.frame))
        peak = max(peak, true_peak(decoded, before, end))
        if _is_coarse(form.mp3):
            weighted = k_weighted(decoded[:end], form.mp3.rate_hz)
            energies.append(frame_energies(weighted[before:], form.frame))
    return np.concatenate(energies or [_NO_ENERGY]), np.concatenate(peaks), peak


def _is_coarse(form: Mp3Format) -> bool:
    """Whether an encoder leaves so much out that what it made has to be weighed: it is softer than what went in."""
    return form.rate_hz < _FINE_HZ or form.bitrate_kbps < _FINE_KBPS * form.channels


# ── keeping them ────────────────────────────────────────────────────────────────────────────────────────


class PartStore:
    """The parts of one episode, in a folder of their own; those of its last rendering."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, key: str) -> Part | None:
        """Return a part, or None if it is not there or not as it was written."""
        for path in files.named(self._folder, f"{key}.", ".mp3"):
            data = files.readable(path)
            if path.name == _file_name(key, data):
                return _from_bytes(data)
            files.discard(path)
        return None

    def save(self, key: str, part: Part) -> None:
        """Keep a part; its name verifies it, so nobody need wait for the disk."""
        data = _to_bytes(part)
        write_bytes(self._folder / _file_name(key, data), data, durable=False)

    def keep_only(self, keys: Collection[str]) -> None:
        """Remove every part but these."""
        for path in self.files():
            if path.name.partition(".")[0] not in keys:
                files.discard(path)

    def files(self) -> list[Path]:
        """List the files of all parts; a file's name begins with the key of its part."""
        return sorted(path for path in self._folder.glob("*.mp3") if _NAME.fullmatch(path.name))


def _file_name(key: str, data: bytes) -> str:
    return f"{key}.{sha256_of(data)[:16]}.mp3"


def _to_bytes(part: Part) -> bytes:
    own = part.measures
    head = _HEAD.pack(own.run.frames, own.run.size_bytes, own.run.crc, own.true_peak_dbtp)
    measures = np.concatenate([own.energies, own.peaks]).astype("<f4").tobytes()
    return tag(frame("PRIV", _OWNER + head + measures)) + part.mp3


def _from_bytes(data: bytes) -> Part:
    frames, size_bytes, crc, true_peak_dbtp = _HEAD.unpack_from(data, _BEFORE_MEASURES)
    start = _BEFORE_MEASURES + _HEAD.size
    found = np.frombuffer(data, "<f4", 2 * frames, start).astype(np.float32)  # a copy: they are kept, the MP3 is not
    measures = Measures(Run(frames, size_bytes, crc), found[:frames], found[frames:], true_peak_dbtp)
    return Part(data[start + found.nbytes :], measures)
