"""Loudness as listeners hear it (EBU R 128, ITU-R BS.1770), and speech brought to it."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast.types import Samples

SILENT_LUFS = -70.0
"""The gate of BS.1770: nothing below it counts as sound."""

_BLOCK_S = 0.4
_STEP_DB = 0.1
_LIMITER_HALF_WINDOW_MS = 4
_HEADROOM_DB = 0.6
"""Kept between limited speech and the ceiling: resampling and encoding raise peaks a little."""

_GIVEN_BACK_DB = 0.5
"""Of the headroom, to speech that lost no more to the limiter: a step less than all, for the last bit."""

_PUSHES, _PUSH, _HARDEST_PUSH_DB = 6, 1.5, 10.0
"""How often what the limiter took is given back, by how much more than it took, and what is too much for any voice.

A dB more before the limiter is half a dB to a whole one behind it.
"""

_APART_MS = 20
"""Between sentences levelled together: the limiter does not reach across, the meter does not notice."""

_EMPHASIS_DB = 2.0
"""How much louder or softer than its speaker's others a sentence may be."""


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


def level_together(clips: Sequence[Samples], rate_hz: int, target_lufs: float, ceiling_dbfs: float) -> list[Samples]:
    """Bring sentences of one voice to a loudness with one gain, after those that stray from the others were fetched.

    What lies between them later does not count: three words alone are as loud as three words among many.
    """
    pause = np.zeros(rate_hz * _APART_MS // 1000, dtype=np.float32)
    joined = np.concatenate([part for clip in evened(clips) for part in (clip, pause)])
    loud = levelled(joined, rate_hz, target_lufs, ceiling_dbfs)
    starts = itertools.accumulate((len(clip) + len(pause) for clip in clips), initial=0)
    return [loud[start : start + len(clip)] for start, clip in zip(starts, clips, strict=False)]


def evened(clips: Sequence[Samples]) -> list[Samples]:
    """Let no sentence be further from all together than a speaker's emphasis is: services vary from take to take."""
    together_db = _power_db(np.concatenate(clips))
    strays_db = (_power_db(clip) - together_db for clip in clips)
    gains_db = (rounded_db(min(max(stray, -_EMPHASIS_DB), _EMPHASIS_DB) - stray) for stray in strays_db)
    return [clip * np.float32(from_db(gain)) if gain else clip for clip, gain in zip(clips, gains_db, strict=True)]


def levelled(samples: Samples, rate_hz: int, target_lufs: float, ceiling_dbfs: float) -> Samples:
    """Bring mono speech to a loudness by its own measure, its peaks held below a ceiling.

    What the limiter takes is given back as gain, from the energy before and after, until little is missing.
    """
    ceiling = from_db(ceiling_dbfs - _HEADROOM_DB)
    gain_db = push_db = gain_to(target_lufs, samples, rate_hz)
    wanted_db = _energy_db(samples) + gain_db
    for _ in range(_PUSHES):
        limited = limit(samples * np.float32(from_db(push_db)), ceiling, rate_hz)
        missing_db = rounded_db(wanted_db - _energy_db(limited))
        if missing_db <= _GIVEN_BACK_DB or push_db - gain_db >= _HARDEST_PUSH_DB:
            break
        push_db += rounded_db(_PUSH * missing_db)
    limited *= np.float32(from_db(min(missing_db, _GIVEN_BACK_DB)))  # usual for speech: the headroom takes the rest
    return limited


def _energy_db(samples: Samples) -> float:
    energy = float(np.dot(samples, samples))
    return 10 * math.log10(energy) if energy > 0 else 0.0


def _power_db(samples: Samples) -> float:
    return _energy_db(samples) - 10 * math.log10(max(1, len(samples)))


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
