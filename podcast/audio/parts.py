"""Parts of an episode's sound: mixed, encoded and measured each by itself, and kept by what they are made of.

A part's key says all that it is made of. Its file is named by that key and by the digest of its content, so that a
damaged file is made again instead of played. It is an MP3 that any player plays, with what it measures in a tag.
"""

from __future__ import annotations

import collections
import math
import platform
import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from podcast import files
from podcast.audio.frames import PRIMED_FRAMES, Run, run_of
from podcast.audio.loudness import from_db, levelled, limit, rounded_db
from podcast.audio.meter import OVERSHOOT, frame_energies, frame_peaks, k_weighted, true_peak
from podcast.audio.mix import in_channels, mixed, resampled
from podcast.audio.tags import frame, tag
from podcast.errors import OutsideError
from podcast.files import sha256_of, write_bytes
from podcast.outside import ffmpeg, mp3
from podcast.outside.machine import keep_memory

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from podcast.audio.mix import Sounding
    from podcast.audio.recipe import Ingredient, Recipe
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

_LIMITER_REACH = 100
"""Of a second is more than a limiter looks ahead and back."""

_ATTEMPTS = 4
_BLOCK = 1 << 16
_MEASURED_FRAMES, _BEFORE_MEASURED = 96, 5
"""Measured at once, and heard before, for a meter remembers a tenth of a second."""


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """What has to be known of a part when it is joined to others: of its bytes, and of what they decode to."""

    run: Run
    energies: Samples
    """Of each frame: K-weighted (BS.1770), summed over samples and channels."""
    peaks: Samples
    """Of each frame the highest absolute sample, full scale 1."""
    true_peak_dbtp: float


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Some frames of an MP3."""

    mp3: bytes
    measures: Measures


# ── making one ──────────────────────────────────────────────────────────────────────────────────────────


def tools() -> str:
    """Say what makes parts on this machine: with other tools the same recipe may give other bytes."""
    return f"{ffmpeg.identity()}, numpy {np.__version__}"


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
    keep_memory()
    ceiling_dbfs = form.ceiling_dbfs
    for _ in range(_ATTEMPTS):
        part = _encoded(recipe, _blocks(recipe, sounds, ceiling_dbfs))
        over_db = part.measures.true_peak_dbtp - (form.true_peak_dbtp - _METER_TOLERANCE_DB)
        if over_db <= 0:
            return part
        ceiling_dbfs -= rounded_db(over_db + _LOWER_DB)
    raise OutsideError(
        f"A part of the episode has a true peak of {part.measures.true_peak_dbtp:.1f} dBTP, and turning its peaks down "
        f"does not bring it to {form.true_peak_dbtp}. Choose a quieter audio.loudness_lufs in show.toml."
    )


def _blocks(recipe: Recipe, sounds: Mapping[str, Clip], ceiling_dbfs: float) -> Iterator[Samples]:
    """Mix everything that its encoder hears, block by block, below the ceiling; memory holds what sounds now."""
    mp3, ceiling = recipe.form.mp3, from_db(ceiling_dbfs)
    reach = mp3.rate_hz // _LIMITER_REACH
    waiting = collections.deque(sorted(recipe.ingredients, key=lambda each: each.start))
    sounding: list[Sounding] = []
    for first in range(0, recipe.length, _BLOCK):
        last = min(first + _BLOCK, recipe.length)
        while waiting and waiting[0].start < last + reach:
            sounding.append(_sounding(waiting.popleft(), sounds, mp3, ceiling_dbfs))
        mix = mixed(first - reach, last + reach, mp3.channels, sounding)
        sounding = [each for each in sounding if each[0] + len(each[1]) > last - reach]
        yield _held(mix, ceiling, mp3.rate_hz)[reach:-reach]


def _sounding(each: Ingredient, sounds: Mapping[str, Clip], mp3: Mp3Format, ceiling_dbfs: float) -> Sounding:
    clip = sounds[each.sound]
    if each.is_music:
        samples = clip.samples[: each.length] * np.float32(from_db(each.gain_db))
    else:
        sentence = resampled(clip.samples, clip.rate_hz, mp3.rate_hz)
        samples = in_channels(levelled(sentence, each.gain_db, ceiling_dbfs, mp3.rate_hz), mp3.channels)
    return each.start, samples[: each.length], each.curve


def _held(samples: Samples, ceiling: float, rate_hz: int) -> Samples:
    """Hold the peaks where music meets speech: all channels by the same gain. Little else is touched."""
    loudest = samples[:, 0] if samples.shape[1] == 1 else np.abs(samples).max(axis=1)
    reach = rate_hz // _LIMITER_REACH
    peaks = np.flatnonzero((loudest > ceiling) | (loudest < -ceiling))
    for group in np.split(peaks, np.flatnonzero(np.diff(peaks) > 2 * reach) + 1) if len(peaks) else ():
        around = slice(max(0, group[0] - reach), group[-1] + reach + 1)
        before = loudest[around].copy()
        gain = np.divide(limit(before, ceiling, rate_hz), before, out=np.ones_like(before), where=before != 0)
        samples[around] *= gain[:, np.newaxis]
    return samples


def _encoded(recipe: Recipe, blocks: Iterator[Samples]) -> Part:
    """Encode and decode again, with the frames before, so that both programs are as they would be in the whole."""
    form, end = recipe.form.mp3, PRIMED_FRAMES + recipe.frames
    encoded = mp3.frames_of(ffmpeg.encode(blocks, form), form)[:end]
    own = encoded[PRIMED_FRAMES:]
    return Part(b"".join(own), _measured(recipe, run_of(own), ffmpeg.decode_frames(b"".join(encoded), form)))


def _measured(recipe: Recipe, run: Run, decoded: Samples) -> Measures:
    """Measure some frames at a time, each time hearing those before them first."""
    frame, rate_hz = recipe.form.frame, recipe.form.mp3.rate_hz
    energies, peaks, highest = [], [], 1e-10
    for first in range(PRIMED_FRAMES, PRIMED_FRAMES + recipe.frames, _MEASURED_FRAMES):
        last = min(first + _MEASURED_FRAMES, PRIMED_FRAMES + recipe.frames)
        sound = decoded[(first - _BEFORE_MEASURED) * frame : last * frame]
        energies.append(frame_energies(k_weighted(sound, rate_hz)[_BEFORE_MEASURED * frame :], frame))
        peaks.append(frame_peaks(sound[_BEFORE_MEASURED * frame :], frame))
        if peaks[-1].max() * OVERSHOOT > highest:
            highest = max(highest, true_peak(sound[(_BEFORE_MEASURED - 1) * frame :]))
    return Measures(run, np.concatenate(energies), np.concatenate(peaks), 20 * math.log10(highest))


# ── keeping them ────────────────────────────────────────────────────────────────────────────────────────


class PartStore:
    """The parts of one episode, in a folder of their own; those of its last rendering."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, key: str) -> Part | None:
        """Return a part, or None if it is not there or not as it was written."""
        for path in self._folder.glob(f"{key}.*.mp3"):
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
