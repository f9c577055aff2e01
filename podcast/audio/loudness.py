"""Loudness as listeners hear it (EBU R 128, ITU-R BS.1770), and speech brought to it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from podcast.audio.meter import SILENT_LUFS, Envelope, energies, gated_lufs, joined, of_steps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast.types import Samples

_STEP_DB = 0.1
_LIMITER_HALF_WINDOW_MS = 4
_PIECE, _BETWEEN = 1 << 15, 2
"""Samples that are limited at once, few beside a sentence; of those around a place between two, on either side."""

_HALFWAY_AT_MOST = 1.25
"""Times the highest sample: how high a wave is taken to be half way between two."""

_HEADROOM_DB = 0.6
"""Kept between limited speech and the ceiling: resampling and encoding raise peaks a little."""

_GIVEN_BACK_DB = 0.5
"""Of the headroom, to speech that lost no more to the limiter: a step less than all, for the last bit."""

_PUSHES, _PUSH, _HARDEST_PUSH_DB = 6, 1.5, 10.0
"""How often what the limiter took is given back, by how much more than it took, and what is too much for any voice.

A dB more before the limiter is half a dB to a whole one behind it.
"""

_EMPHASIS_DB = 2.0
"""How much louder or softer than its speaker's others a sentence may be."""


def loudness(samples: Samples, rate_hz: int) -> float:
    """Integrated loudness in LUFS; SILENT_LUFS if nothing is above the gate. Shorter than 400 ms counts repeated."""
    return gated_lufs(of_steps(energies(samples, rate_hz), len(samples), rate_hz))


def gain_of(target_lufs: float, sound: Envelope) -> float:
    """Gain in dB, a multiple of 0.1, that brings sound to a loudness; silence is left alone."""
    return _gain_db(target_lufs, gated_lufs(sound))


def _gain_db(target_lufs: float, measured_lufs: float) -> float:
    return 0.0 if measured_lufs <= SILENT_LUFS else rounded_db(target_lufs - measured_lufs)


def rounded_db(gain_db: float) -> float:
    """Round to 0.1 dB: below what anyone hears, above what differs between machines."""
    return round(round(gain_db / _STEP_DB) * _STEP_DB, 1)


def from_db(gain_db: float) -> float:
    """Amplitude factor of a gain."""
    return float(10 ** (gain_db / 20))


# ── gains ───────────────────────────────────────────────────────────────────────────────────────────────


def gains_db(sentences: Sequence[Envelope], target_lufs: float) -> list[float]:
    """Gain of each sentence of one voice, a multiple of 0.1 dB, that brings them together to a loudness.

    One gain serves all, after those that stray from the others were fetched. What lies between them later does not
    count: three words alone are as loud as three words among many.
    """
    fetched_db = _fetched_db(sentences)
    louder = (
        Envelope(each.energies * 10 ** (gain / 10), each.seconds)
        for each, gain in zip(sentences, fetched_db, strict=True)
    )
    gain_db = _gain_db(target_lufs, gated_lufs(joined(list(louder))))
    return [rounded_db(fetched + gain_db) for fetched in fetched_db]


def _fetched_db(sentences: Sequence[Envelope]) -> list[float]:
    """Let no sentence be further from all together than a speaker's emphasis is: services vary from take to take."""
    together_lufs = gated_lufs(joined(sentences))
    return [_fetching_db(gated_lufs(sentence), together_lufs) for sentence in sentences]


def _fetching_db(own_lufs: float, together_lufs: float) -> float:
    stray = own_lufs - together_lufs
    return 0.0 if own_lufs <= SILENT_LUFS else rounded_db(min(max(stray, -_EMPHASIS_DB), _EMPHASIS_DB) - stray)


# ── one sentence ────────────────────────────────────────────────────────────────────────────────────────


def levelled(samples: Samples, gain_db: float, ceiling_dbfs: float, rate_hz: int) -> Samples:
    """Turn mono speech up or down, its peaks held below a ceiling.

    What the limiter takes is given back as gain, from the energy before and after, until little is missing. Sound that
    changes its rate afterwards rises above the ceiling again, by 2 dB where it hisses: change the rate first.
    """
    ceiling = from_db(ceiling_dbfs - _HEADROOM_DB)
    push_db = gain_db
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
    energy = float(np.square(samples).sum())
    return 10 * math.log10(energy) if energy > 0 else 0.0


def limit(samples: Samples, ceiling: float, rate_hz: int) -> Samples:
    """Hold mono sound at or below a ceiling (amplitude), between its samples about so, with a gain that turns smoothly.

    A look-ahead limiter: the gain each sample needs, its minimum over the neighbourhood, then the mean over the
    same neighbourhood. A mean of minima that all cover the sample never exceeds what the sample needs. Sound is looked
    at piece by piece, each with its neighbourhood: what the next one needs is all that memory has to hold.
    """
    window = 2 * (_LIMITER_HALF_WINDOW_MS * rate_hz // 1000) + 1
    limited = samples
    for first in range(0, len(samples), _PIECE):
        last = min(first + _PIECE, len(samples))
        around = slice(max(0, first - window - _BETWEEN), last + window + _BETWEEN)
        held = _held(samples[around], ceiling, window)
        if held is None:
            continue
        if limited is samples:
            limited = samples.copy()
        limited[first:last] = held[first - around.start : last - around.start]
    return limited


def _held(samples: Samples, ceiling: float, window: int) -> Samples | None:
    """Hold one piece; None if nothing in it is above the ceiling."""
    if highest(samples) * _HALFWAY_AT_MOST <= ceiling:
        return None
    peaks = _heights(samples)
    if float(np.max(peaks, initial=0.0)) <= ceiling:
        return None
    np.divide(np.float32(ceiling), np.maximum(peaks, np.float32(ceiling), out=peaks), out=peaks)
    needed = np.pad(peaks, window - 1, constant_values=1)
    gain = _sums(_minima(needed, window), window)
    gain *= np.float32(1 / window)
    gain *= samples
    held: Samples = np.clip(gain, -ceiling, ceiling, out=gain)  # sums round in the last bit
    return held


def highest(samples: Samples) -> float:
    """Highest absolute sample; nothing is copied to find it."""
    return float(max(samples.max(initial=0.0), -samples.min(initial=0.0)))


def _heights(samples: Samples) -> Samples:
    """How high the wave is at each sample, or half way to the next or the last, by the four samples around that."""
    heights = np.abs(samples)
    if len(samples) >= 4:  # noqa: PLR2004 - around a place between two
        halfway = np.float32(9 / 16) * (samples[1:-2] + samples[2:-1]) - np.float32(1 / 16) * (
            samples[:-3] + samples[3:]
        )
        np.abs(halfway, out=halfway)
        np.maximum(heights[1:-2], halfway, out=heights[1:-2])
        np.maximum(heights[2:-1], halfway, out=heights[2:-1])
    return heights


def _minima(values: Samples, window: int) -> Samples:
    """Lowest of every `window` values in a row: of twice as many in each step."""
    width = 1
    while 2 * width <= window:
        values = np.minimum(values[:-width], values[width:])
        width *= 2
    rest = window - width
    return np.minimum(values[: len(values) - rest], values[rest:])


def _sums(values: Samples, window: int) -> Samples:
    """Sum of every `window` values in a row, from sums of 1, 2, 4, 8 …: none depends on what is further away."""
    sums = np.zeros(len(values) - window + 1, dtype=np.float32)
    width, start = 1, 0
    while width <= window:
        if window & width:
            sums += values[start : start + len(sums)]
            start += width
        values = values[:-width] + values[width:]
        width *= 2
    return sums
