"""Loudness as listeners hear it (EBU R 128, ITU-R BS.1770), and speech brought to it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from podcast.types import Samples

SILENT_LUFS = -70.0
"""The gate of BS.1770: nothing below it counts as sound."""

_BLOCK_S = 0.4
_STEP_DB = 0.1
_LIMITER_HALF_WINDOW_MS = 4
_HEADROOM_DB = 0.6
"""Kept between limited speech and the ceiling: resampling and encoding raise peaks a little."""


def loudness(samples: Samples, rate_hz: int) -> float:
    """Integrated loudness in LUFS; SILENT_LUFS if nothing is above the gate. Shorter than 400 ms counts repeated."""
    from pyloudnorm import Meter

    block = math.ceil(_BLOCK_S * rate_hz) + 1
    if len(samples) < block:
        if not len(samples):
            return SILENT_LUFS
        samples = np.concatenate([samples] * math.ceil(block / len(samples)))
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(Meter(rate_hz).integrated_loudness(samples))
    return value if math.isfinite(value) else SILENT_LUFS


def gain_to(target_lufs: float, samples: Samples, rate_hz: int) -> float:
    """Gain in dB, a multiple of 0.1, that brings sound to a loudness; silence is left alone."""
    measured = loudness(samples, rate_hz)
    return 0.0 if measured <= SILENT_LUFS else rounded_db(target_lufs - measured)


def rounded_db(gain_db: float) -> float:
    """Round to 0.1 dB: below what anyone hears, above what differs between machines."""
    return round(round(gain_db / _STEP_DB) * _STEP_DB, 1)


def from_db(gain_db: float) -> float:
    """Amplitude factor of a gain."""
    return float(10 ** (gain_db / 20))


def levelled(samples: Samples, rate_hz: int, target_lufs: float, ceiling_dbfs: float) -> Samples:
    """Bring mono speech to a loudness by its own measure, its peaks held below a ceiling.

    What the limiter takes is given back as gain once, from the energy before and after.
    """
    ceiling = from_db(ceiling_dbfs - _HEADROOM_DB)
    gain_db = gain_to(target_lufs, samples, rate_hz)
    loud = samples * np.float32(from_db(gain_db))
    limited = limit(loud, ceiling, rate_hz)
    lost_db = rounded_db(_energy_db(loud) - _energy_db(limited))
    if lost_db <= 0:
        return limited
    if lost_db <= _HEADROOM_DB:  # usual for speech: the headroom takes it
        limited *= np.float32(from_db(lost_db))
        return limited
    return limit(samples * np.float32(from_db(gain_db + lost_db)), ceiling, rate_hz)


def _energy_db(samples: Samples) -> float:
    energy = float(np.dot(samples, samples))
    return 10 * math.log10(energy) if energy > 0 else 0.0


def limit(samples: Samples, ceiling: float, rate_hz: int) -> Samples:
    """Hold every sample of mono sound at or below a ceiling (amplitude), with a gain that turns smoothly.

    A look-ahead limiter: the gain each sample needs, its minimum over the neighbourhood, then the mean over the
    same neighbourhood. A mean of minima that all cover the sample never exceeds what the sample needs.
    """
    from scipy.ndimage import minimum_filter1d, uniform_filter1d

    peaks = np.abs(samples)
    if float(np.max(peaks, initial=0.0)) <= ceiling:
        return samples
    window = 2 * (_LIMITER_HALF_WINDOW_MS * rate_hz // 1000) + 1
    gain = np.divide(np.float32(ceiling), np.maximum(peaks, np.float32(ceiling), out=peaks), out=peaks)
    gain = minimum_filter1d(gain, window)
    gain = uniform_filter1d(gain, window, output=gain)
    gain *= samples
    limited: Samples = np.clip(gain, -ceiling, ceiling, out=gain)  # the filter's running sum rounds in the last bit
    return limited
