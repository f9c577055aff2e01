"""Sounds brought to one rate, put together where they sound."""

from __future__ import annotations

import functools
import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from podcast.audio.spectra import multiplied

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    from podcast.types import GainPoint, Samples

    Sounding = tuple[int, Samples, Sequence[GainPoint]]
    """Where a sound of shape (frames, channels) begins, may be before all, the sound, and how loud it is where."""

_EDGE, _BLOCK_EDGES = 512, 16
"""Samples, at the lower rate, that are cut off at either end of a block, and how many times as long it is at least."""

_FADING = 0.04
"""Of the lower rate's spectrum, its top: so nothing rings through an edge that 16 bits could hold."""


def resampled(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """Mono sound at another rate, as long: its spectrum with more or fewer frequencies."""
    if from_hz == to_hz or not len(samples):
        return samples
    ratio = Fraction(to_hz, from_hz)
    edge = math.ceil(_EDGE / min(ratio.denominator, ratio.numerator))
    times = 1 << (edge * _BLOCK_EDGES - 1).bit_length()  # a power of two: spectra of such lengths are found fast
    before, after = times * ratio.denominator, times * ratio.numerator
    edges = (edge * ratio.denominator,) * 2
    changed = multiplied(samples, _faded_top(before, after), (before, after), edges)
    return changed[: length_at(len(samples), from_hz, to_hz)]


@functools.lru_cache(maxsize=8)
def _faded_top(before: int, after: int) -> Samples:
    """Factors of the frequencies that both have, down to nothing at the highest; as loud as it was, of more samples."""
    highest = min(before, after) // 2
    below = (1 - np.arange(highest + 1) / highest) / _FADING
    return np.asarray(np.sin(np.pi / 2 * np.minimum(below, 1)) ** 2 * (after / before), dtype=np.float32)


def length_at(samples: int, from_hz: int, to_hz: int) -> int:
    """How many samples a sound has at another rate."""
    return -(-samples * to_hz // from_hz)


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
