"""Sound put together by a timeline, block by block: memory holds what sounds now, however long the episode."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast.types import Cue, GainPoint, Samples


_BEYOND = 256
"""Samples of silence between the end of a sound and its beginning, which a spectrum takes for neighbours."""


def resampled(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """Mono sound at another rate, as long: its spectrum with more or fewer frequencies, which is exact."""
    if from_hz == to_hz or not len(samples):
        return samples
    ratio = Fraction(to_hz, from_hz)
    times = _smooth(math.ceil((len(samples) + _BEYOND) / ratio.denominator))
    before, after = times * ratio.denominator, times * ratio.numerator
    spectrum = np.fft.rfft(samples, before)[: after // 2 + 1] * np.float32(float(ratio))
    if min(before, after) % 2 == 0:  # at half of a rate one frequency stands for two, at any other for itself
        spectrum[-1] *= np.float32(0.5 if ratio > 1 else 2)
    length = math.ceil(len(samples) * ratio)
    return np.asarray(np.fft.irfft(spectrum, after)[:length], dtype=np.float32)


def _smooth(least: int) -> int:
    """Next number without a prime factor above 5: spectra of such lengths are found fast."""
    return next(number for number in itertools.count(least) if 30 ** number.bit_length() % number == 0)


def in_channels(samples: Samples, channels: int) -> Samples:
    """Mono sound on every channel: shape (frames, channels)."""
    return np.repeat(samples[:, np.newaxis], channels, axis=1)


class Mixer:
    """Adds up sounds in time order; what has been taken is forgotten."""

    def __init__(self, channels: int) -> None:
        self._channels = channels
        self._taken = 0
        self._sounding: list[tuple[Cue, Samples]] = []

    @property
    def taken(self) -> int:
        """How many frames are out."""
        return self._taken

    def add(self, cue: Cue, samples: Samples) -> None:
        """Let samples of shape (frames, channels) sound from the cue's start, at most until its end."""
        if cue.start < self._taken:
            raise ValueError(f"{cue.kind} at {cue.start} comes too late: {self._taken} frames are already out")
        self._sounding.append((cue, samples[: cue.end - cue.start]))

    def take(self, until: int) -> Samples:
        """Return everything from what was taken last to `until`, shape (frames, channels)."""
        start, end = self._taken, max(until, self._taken)
        block = np.zeros((end - start, self._channels), dtype=np.float32)
        for cue, samples in self._sounding:
            _add_overlap(block, start, cue, samples)
        self._taken = end
        self._sounding = [(cue, samples) for cue, samples in self._sounding if cue.start + len(samples) > end]
        return block


def _add_overlap(block: Samples, block_start: int, cue: Cue, samples: Samples) -> None:
    first = max(block_start, cue.start)
    last = min(block_start + len(block), cue.start + len(samples))
    if first >= last:
        return
    part = samples[first - cue.start : last - cue.start]
    if cue.curve:
        part = part * gain_curve(cue.curve, first, last)[:, np.newaxis]
    block[first - block_start : last - block_start] += part


def gain_curve(curve: Sequence[GainPoint], first: int, last: int) -> Samples:
    """Amplitude factors for positions first … last, straight in dB between the points."""
    gains_db = np.interp(np.arange(first, last), [point.at for point in curve], [point.gain_db for point in curve])
    return np.power(10, gains_db / 20, dtype=np.float64).astype(np.float32)
