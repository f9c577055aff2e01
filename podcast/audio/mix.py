"""Sounds brought to one rate, put together where they sound."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from podcast.audio.spectra import spectra

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    from podcast.types import GainPoint, Samples

    Sounding = tuple[int, Samples, Sequence[GainPoint]]
    """Where a sound of shape (frames, channels) begins, may be before all, the sound, and how loud it is where."""

_BEYOND = 256
"""Samples of silence between the end of a sound and its beginning, which a spectrum takes for neighbours."""


def resampled(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """Mono sound at another rate, as long: its spectrum with more or fewer frequencies, which is exact."""
    if from_hz == to_hz or not len(samples):
        return samples
    ratio = Fraction(to_hz, from_hz)
    times = _smooth(math.ceil((len(samples) + _BEYOND) / ratio.denominator))
    before, after = times * ratio.denominator, times * ratio.numerator
    spectrum = spectra(samples, before)[: after // 2 + 1] * np.float32(float(ratio))
    if min(before, after) % 2 == 0:  # at half of a rate one frequency stands for two, at any other for itself
        spectrum[-1] *= np.float32(0.5 if ratio > 1 else 2)
    return np.asarray(np.fft.irfft(spectrum, after)[: length_at(len(samples), from_hz, to_hz)], dtype=np.float32)


def length_at(samples: int, from_hz: int, to_hz: int) -> int:
    """How many samples a sound has at another rate."""
    return -(-samples * to_hz // from_hz)


def _smooth(least: int) -> int:
    """Next number without a prime factor above 5: spectra of such lengths are found fast."""
    return next(number for number in itertools.count(least) if 30 ** number.bit_length() % number == 0)


def in_channels(samples: Samples, channels: int) -> Samples:
    """Mono sound on every channel: shape (frames, channels); on one it is not copied."""
    if channels == 1:
        return samples[:, np.newaxis]
    return np.repeat(samples[:, np.newaxis], channels, axis=1)


def mixed(first: int, last: int, channels: int, sounds: Iterable[Sounding]) -> Samples:
    """Add up what is heard of some sounds from one place to another, shape (frames, channels)."""
    mix = np.zeros((last - first, channels), dtype=np.float32)
    for start, samples, curve in sounds:
        begin, end = max(first, start), min(last, start + len(samples))
        if begin >= end:
            continue
        heard = samples[begin - start : end - start]
        mix[begin - first : end - first] += heard * gain_curve(curve, begin, end)[:, np.newaxis] if curve else heard
    return mix


def gain_curve(curve: Sequence[GainPoint], first: int, last: int) -> Samples:
    """Amplitude factors for positions first … last, straight in dB between the points."""
    return gains_at(curve, np.arange(first, last)).astype(np.float32)


def gains_at(curve: Sequence[GainPoint], places: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Amplitude factors of a curve at some places, straight in dB between its points."""
    gains_db = np.interp(places, [point.at for point in curve], [point.gain_db for point in curve])
    factors: npt.NDArray[np.float64] = np.power(10, gains_db / 20, dtype=np.float64)
    return factors
