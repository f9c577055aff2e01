"""Parts of an episode's sound: mixed, encoded and measured each by itself, and kept by what they are made of.

A part's key says all that it is made of. Its file is named by that key and by the digest of its content, so that a
damaged file is made again instead of played. It is an MP3 that any player plays, with what it measures in a tag.
"""

from __future__ import annotations

import itertools
import math
import platform
import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from podcast import files
from podcast.audio.frames import PRIMED_FRAMES, Run, run_of
from podcast.audio.levels import envelope_of
from podcast.audio.loudness import from_db, levelled, limit, rounded_db
from podcast.audio.meter import energy_until, frame_peaks, true_peak
from podcast.audio.mix import gains_at, in_channels, mixed, resampled
from podcast.audio.tags import frame, tag
from podcast.errors import OutsideError
from podcast.files import sha256_of, write_bytes
from podcast.outside import ffmpeg, mp3
from podcast.outside.machine import keep_memory
from podcast.outside.mp3 import DELAY_SAMPLES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from podcast.audio.mix import Sounding
    from podcast.audio.recipe import Form, Ingredient, Recipe
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

_BLOCK_FRAMES = 64
_ATTEMPTS = 4
_GRANULE, _GRANULES = 576, 2
_LOUD_DB = 1.0
"""Only frames that come so near the highest peak of their part are decoded: an encoder does not add more to others."""


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """What has to be known of a part when it is joined to others: of its bytes, and of what they decode to."""

    run: Run
    energies: Samples
    """Of each frame: K-weighted (BS.1770), summed over samples and channels; from the energies of what sounds in it."""
    peaks: Samples
    """Of each frame the highest absolute sample that was encoded, full scale 1."""
    true_peak_dbtp: float
    """Of the loudest frames, decoded."""


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
        part = _encoded(recipe, _Mix(recipe, sounds, ceiling_dbfs))
        over_db = part.measures.true_peak_dbtp - (form.true_peak_dbtp - _METER_TOLERANCE_DB)
        if over_db <= 0:
            return part
        ceiling_dbfs -= rounded_db(over_db + _LOWER_DB)
    raise OutsideError(
        f"A part of the episode has a true peak of {part.measures.true_peak_dbtp:.1f} dBTP, and turning its peaks down "
        f"does not bring it to {form.true_peak_dbtp}. Choose a quieter audio.loudness_lufs in show.toml."
    )


class _Mix:
    """Everything that an encoder hears, put together block by block below the ceiling, and what is known of it then.

    Memory holds what sounds now. Sounds that have nothing to do with each other add up in energy.
    """

    def __init__(self, recipe: Recipe, sounds: Mapping[str, Clip], ceiling_dbfs: float) -> None:
        self._recipe, self._sounds, self._ceiling_dbfs = recipe, sounds, ceiling_dbfs
        self._first = recipe.primed - DELAY_SAMPLES
        self._borders = np.arange(recipe.frames + 1) * recipe.form.frame + self._first
        self._peaks: list[Samples] = []
        self._energies = np.zeros(recipe.frames)

    def blocks(self) -> Iterator[Samples]:
        """Mix all of it, once, of shape (frames, channels)."""
        form, length = self._recipe.form, self._recipe.length
        rate_hz, frame = form.mp3.rate_hz, form.frame
        reach, waiting = rate_hz // _LIMITER_REACH, sorted(self._recipe.ingredients, key=lambda each: -each.start)
        sounding: list[Sounding] = []
        edges = [
            0,
            *range(self._first % frame, length, _BLOCK_FRAMES * frame),
            length,
        ]  # frames as decoders count
        for first, last in itertools.pairwise(edges):
            while waiting and waiting[-1].start < last + reach:
                sounding.append(self._sounding(waiting.pop()))
            mix = mixed(first - reach, last + reach, form.mp3.channels, sounding)
            block = _held(mix, from_db(self._ceiling_dbfs), rate_hz)[reach:-reach]
            sounding = [each for each in sounding if each[0] + len(each[1]) > last - reach]
            self._peaks.append(frame_peaks(block, frame))
            yield block

    @property
    def energies(self) -> Samples:
        """Of each frame of the part, K-weighted."""
        return self._energies.astype(np.float32)

    @property
    def peaks(self) -> Samples:
        """Of each frame of the part the highest absolute sample."""
        before = self._first // self._recipe.form.frame
        return np.concatenate(self._peaks[1:])[before : before + self._recipe.frames]

    def _sounding(self, each: Ingredient) -> Sounding:
        clip, form = self._sounds[each.sound], self._recipe.form
        samples, louder = _sound(each, clip, form, self._ceiling_dbfs)
        self._energies += _energies(each, clip, form, self._borders) * louder
        return each.start, samples, each.curve


def _sound(each: Ingredient, clip: Clip, form: Form, ceiling_dbfs: float) -> tuple[Samples, float]:
    """Return a sound as it is mixed, but for its curve, and by what factor its energy is another one now."""
    if each.is_music:
        return clip.samples[: each.length] * np.float32(from_db(each.gain_db)), 10 ** (each.gain_db / 10)
    plain = resampled(clip.samples, clip.rate_hz, form.mp3.rate_hz)
    level = levelled(plain, each.gain_db, ceiling_dbfs, form.mp3.rate_hz)
    louder = float(np.square(level).sum()) / max(float(np.square(plain).sum()), 1e-20)
    return in_channels(level, form.mp3.channels)[: each.length], louder * form.mp3.channels


def _energies(each: Ingredient, clip: Clip, form: Form, borders: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """K-weighted energy of a sound between borders, by what is kept with its clip, under its curve."""
    at_s = np.minimum(borders - each.start, each.length) / form.mp3.rate_hz
    energies = np.diff(energy_until(envelope_of(clip), at_s)) * form.mp3.rate_hz
    middles = (borders[:-1] + borders[1:]) / 2
    return energies * np.square(gains_at(each.curve, middles)) if each.curve else energies


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


def _encoded(recipe: Recipe, mix: _Mix) -> Part:
    """Encode, and measure what decoders will make of it, with the frames before so that it is as in the whole."""
    form = recipe.form.mp3
    encoded = mp3.frames_of(ffmpeg.encode(mix.blocks(), form), form)[: PRIMED_FRAMES + recipe.frames]
    peaks = mix.peaks
    loud = PRIMED_FRAMES + np.flatnonzero(peaks >= peaks.max(initial=0.0) * from_db(-_LOUD_DB))
    peak = _peak_of(encoded, loud, recipe.form)
    own = encoded[PRIMED_FRAMES:]
    measures = Measures(run_of(own), mix.energies, peaks, 20 * math.log10(max(peak, 1e-10)))
    return Part(b"".join(own), measures)


def _peak_of(encoded: Sequence[bytes], loud: npt.NDArray[np.intp], form: Form) -> float:
    """True peak of some frames, each decoded with what it depends on: the two granules of sound before it."""
    before = np.arange(_GRANULES * _GRANULE // form.frame + 1)
    needed = np.unique(loud[:, np.newaxis] - before)
    decoded = ffmpeg.decode_frames(b"".join(encoded[index] for index in needed), form.mp3)
    counts = np.repeat(np.isin(needed, loud), form.frame)
    return true_peak(decoded, counts)


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
