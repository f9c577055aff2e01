"""What loudness is made of (ITU-R BS.1770, EBU R 128): measured where a sound is made, put together where it is used.

A sound's K-weighted energy is kept piece by piece. Loudness, its course and its range follow from the pieces of
whatever was joined: no second pass over the sound is needed. Only numpy is used, and nothing of it that computes
otherwise on more threads, so that the same sound has the same energies wherever it is measured.
"""

from __future__ import annotations

import functools
import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from podcast.audio.spectra import SIDE_BY_SIDE, multiplied, spectra

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from podcast.types import Samples

    Floats = npt.NDArray[np.float64]

SILENT_LUFS = -70.0
"""The gate of BS.1770: nothing below it counts as sound."""

STEPS_PER_S = 10
"""Energies are kept, and blocks of loudness begin, ten times a second."""

_OFFSET_LU = -0.691
_NOTHING = 1e-12
"""Of power: what silence is taken for where a logarithm is asked of it."""

_BLOCK_S, _BLOCK_GATE = 0.4, 10 ** (-10 / 10)
_RANGE_S, _RANGE_GATE, _RANGE_PERCENT = 3.0, 10 ** (-20 / 10), (10, 95)


# ── K-weighting ─────────────────────────────────────────────────────────────────────────────────────────

_TABLE_HZ = 48_000
_SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
_HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))
"""The two filters of BS.1770-4 (tables 1 and 2), given for 48 kHz: of z^0, z^-1, z^-2, above and below the line."""

_RING_S = 0.1
"""After which nothing is left of what the filters heard: less than a billionth."""

_LONGEST_TRANSFORM = 1 << 14
"""Samples, but at rates at which the most of it would be what rings."""

_PIECE, _PADDING = 3640, 456
"""Samples whose spectrum says how much energy they have, and silence behind them: together 2^12."""


def k_weighted(samples: Samples, rate_hz: int) -> Samples:
    """Weight sound as ears do, as if silence had been before it; shape (frames,) or (frames, channels)."""
    if samples.ndim == 1:
        return _weighted(samples, rate_hz)
    return np.stack([_weighted(channel, rate_hz) for channel in samples.T], axis=1)


def _weighted(samples: Samples, rate_hz: int) -> Samples:
    """Weight a channel; the filters ring on behind it only."""
    ring = math.ceil(_RING_S * rate_hz)
    longest = max(_LONGEST_TRANSFORM, 1 << (2 * ring).bit_length())
    size = min(longest, 1 << (len(samples) + ring).bit_length())
    return multiplied(samples, _weights(rate_hz, size), (size, size), (ring, 0))[: len(samples)]


@functools.lru_cache(maxsize=32)
def _weights(rate_hz: int, size: int) -> npt.NDArray[np.complex64]:
    """Frequency response of both filters at another rate than the tables': their frequencies, moved a little.

    The bilinear transform moves them so; what matters lies far below half the rate, where they stay.
    """
    angles = np.linspace(0, np.pi, size // 2 + 1)
    angles[:-1] = 2 * np.arctan(np.tan(angles[:-1] / 2) * rate_hz / _TABLE_HZ)
    delayed = np.exp(-1j * np.arange(3)[:, np.newaxis] * angles)
    shelf, high_pass = (_response(above, delayed) / _response(below, delayed) for above, below in (_SHELF, _HIGH_PASS))
    return np.asarray(shelf * high_pass, dtype=np.complex64)


def _response(line: tuple[float, ...], delayed: npt.NDArray[np.complex128]) -> npt.NDArray[np.complex128]:
    response: npt.NDArray[np.complex128] = (np.array(line)[:, np.newaxis] * delayed).sum(axis=0)
    return response


# ── energies ────────────────────────────────────────────────────────────────────────────────────────────


def energies(samples: Samples, rate_hz: int) -> Samples:
    """K-weighted energy of each 100 ms, channels added up; the last piece may be shorter."""
    return frame_energies(k_weighted(samples, rate_hz), rate_hz // STEPS_PER_S)


def whole_energy(samples: Samples, rate_hz: int) -> float:
    """K-weighted energy of mono sound by its spectrum alone (Parseval's theorem): of speech within a hundredth of a dB.

    What rings from one piece into the next is not counted: below 60 Hz that may be 0.2 dB.
    """
    length = _PIECE * SIDE_BY_SIDE
    return math.fsum(_energy(samples[first : first + length], rate_hz) for first in range(0, len(samples), length))


def _energy(samples: Samples, rate_hz: int) -> float:
    pieces, size = math.ceil(len(samples) / _PIECE), _PIECE + _PADDING
    padded = np.zeros((pieces, size), dtype=np.float32)
    padded[:, :_PIECE] = np.pad(samples, (0, pieces * _PIECE - len(samples))).reshape(pieces, _PIECE)
    parts = spectra(padded).view(np.float32)
    powers = np.square(parts, out=parts).sum(axis=0)
    return float((powers * _powers_of_weights(rate_hz, size)).sum()) / size


def raised_energy(samples: Samples, rate_hz: int, own_hz: int) -> float:
    """Return `whole_energy` of sound that was raised to its rate: about as many samples as it had before tell as much.

    What folds back between them counts all the same, and weighs the same within 0.1 dB.
    """
    each = max(1, round(rate_hz / own_hz))
    return whole_energy(samples[::each], rate_hz // each) * each


@functools.lru_cache(maxsize=4)
def _powers_of_weights(rate_hz: int, size: int) -> Samples:
    """How much of the power at each frequency is heard, for real and imaginary part; but two stand for two each."""
    powers = 2 * np.square(np.abs(_weights(rate_hz, size)))
    powers[[0, -1]] /= 2
    return np.repeat(powers, 2)


def frame_energies(samples: Samples, frame: int) -> Samples:
    """Sum of the squares of each `frame` frames, channels added up; the last piece may be shorter."""
    squares = np.square(samples)
    return _reduced(np.add, squares if squares.ndim == 1 else squares.sum(axis=1), frame)


def frame_peaks(samples: Samples, frame: int) -> Samples:
    """Highest absolute sample of each `frame` frames, on whichever channel; the last piece may be shorter."""
    highest, lowest = (_reduced(how, samples, frame) for how in (np.maximum, np.minimum))
    heights = np.maximum(highest, -lowest)
    return heights if heights.ndim == 1 else heights.max(axis=1)


def _reduced(how: np.ufunc, values: Samples, frame: int) -> Samples:
    if not len(values):
        return values
    reduced: Samples = how.reduceat(values, np.arange(0, len(values), frame))
    return reduced


@dataclass(frozen=True, slots=True, eq=False)
class Envelope:
    """How much sound there is, piece by piece: K-weighted energy (power times seconds), and how long each piece is."""

    energies: Floats
    seconds: Floats


def envelope(energies: Samples, frame: int, length: int, rate_hz: int) -> Envelope:
    """Take the energies of a sound of `length` frames, `frame` frames each but for the last."""
    edges = np.minimum(np.arange(len(energies) + 1) * frame, length)
    return Envelope(energies.astype(np.float64) / rate_hz, np.diff(edges) / rate_hz)


def of_steps(energies: Samples, length: int, rate_hz: int) -> Envelope:
    """Take what `energies` measured of a sound of `length` frames."""
    return envelope(energies, rate_hz // STEPS_PER_S, length, rate_hz)


def joined(envelopes: Sequence[Envelope]) -> Envelope:
    """One sound after the other, of whatever rates."""
    return Envelope(
        np.concatenate([each.energies for each in envelopes] or [np.zeros(0)]),
        np.concatenate([each.seconds for each in envelopes] or [np.zeros(0)]),
    )


# ── loudness ────────────────────────────────────────────────────────────────────────────────────────────


def gated_lufs(sound: Envelope) -> float:
    """Integrated loudness: blocks of 400 ms, a gate at -70 LUFS, another 10 LU below what passes it.

    SILENT_LUFS if nothing is above the gate. What is shorter than a block counts as if it went on.
    """
    blocks = _powers(sound, _BLOCK_S)
    if not len(blocks) and len(sound.seconds):
        blocks = np.array([sound.energies.sum() / sound.seconds.sum()])
    heard = _gated(blocks, _BLOCK_GATE)
    return 10 * math.log10(heard.mean()) + _OFFSET_LU if len(heard) else SILENT_LUFS


def range_lu(sound: Envelope) -> float:
    """Loudness range (EBU Tech 3342): how far soft and loud stretches of 3 s lie apart, the extremes left out."""
    heard = _gated(_powers(sound, _RANGE_S), _RANGE_GATE)
    if not len(heard):
        return 0.0
    low, high = np.percentile(10 * np.log10(heard), _RANGE_PERCENT)
    return float(high - low)


def momentary_lufs(sound: Envelope) -> Floats:
    """Every 100 ms, the loudness of the 400 ms that end there; before a sound there is silence."""
    ends = np.arange(1, _steps(sound, 0.0)) / STEPS_PER_S
    powers = (energy_until(sound, ends) - energy_until(sound, ends - _BLOCK_S)) / _BLOCK_S
    course: Floats = 10 * np.log10(np.maximum(powers, _NOTHING)) + _OFFSET_LU
    return course


def step_peaks(peaks: Samples, frame: int, rate_hz: int) -> Samples:
    """Highest of each 100 ms, from what `frame_peaks` found on another grid."""
    steps = math.floor(len(peaks) * frame * STEPS_PER_S / rate_hz)
    edges = np.arange(steps + 1) * rate_hz // STEPS_PER_S
    pairs = itertools.pairwise(edges)
    return np.array([peaks[first // frame : -(-last // frame)].max() for first, last in pairs], dtype=np.float32)


def _gated(powers: Floats, below_loud: float) -> Floats:
    """What is above both gates: that of silence, and that relative to what passes it."""
    loud = powers[powers > 10 ** ((SILENT_LUFS - _OFFSET_LU) / 10)]
    return loud[loud > below_loud * loud.mean()] if len(loud) else loud


def _powers(sound: Envelope, window_s: float) -> Floats:
    """Mean power of every whole window, one beginning every 100 ms."""
    starts = np.arange(_steps(sound, window_s)) / STEPS_PER_S
    powers: Floats = (energy_until(sound, starts + window_s) - energy_until(sound, starts)) / window_s
    return powers


def _steps(sound: Envelope, window_s: float) -> int:
    """How many windows fit in; a hair may be missing, for seconds are added up."""
    return max(0, math.floor((float(sound.seconds.sum()) - window_s) * STEPS_PER_S + 1e-6) + 1)


def energy_until(sound: Envelope, times_s: Floats) -> Floats:
    """Energy from the beginning to each time: within a piece it is spread evenly."""
    at_s = np.concatenate([[0.0], np.cumsum(sound.seconds)])
    sums = np.concatenate([[0.0], np.cumsum(sound.energies)])
    until: Floats = np.interp(times_s, at_s, sums)
    return until


# ── true peak ───────────────────────────────────────────────────────────────────────────────────────────

_PHASES, _TAPS = 8, 32
_OVERSHOOT = 2.0
"""How much higher a wave may rise between two samples than the higher of them (6 dB; MP3s of speech: 1 dB)."""

_TWICE_SHOWS = math.cos(math.pi / 4)
"""Of its height a wave shows at least in one of twice as many samples, wherever they fall on it (Duffin, Schaeffer)."""

_AT_ONCE = 1 << 15
"""Samples that are looked at, whose neighbours and heights fit where a processor remembers."""


def true_peak(samples: Samples, start: int = 0, end: int | None = None) -> float:
    """Highest amplitude between samples too, eight times oversampled; shape (frames,) or (frames, channels).

    From `start` to `end`, if that is not all: what is around sounds there, too. Only where samples come near the
    highest is anything computed; half way between them first, which mostly is enough.
    """
    if samples.ndim > 1:
        return max((true_peak(channel, start, end) for channel in samples.T), default=0.0)
    end = len(samples) if end is None else end
    own = samples[start:end]
    peak = max(float(own.max(initial=0.0)), -float(own.min(initial=0.0)))
    for first in range(start, end, _AT_ONCE):
        peak = max(peak, _between(samples, first, min(first + _AT_ONCE, end), peak))
    return peak


def _between(samples: Samples, first: int, last: int, peak: float) -> float:
    """Return how high the wave rises behind some samples, where that may be more than a height found so far."""
    heights = np.abs(samples[first : last + 1])
    ends = np.maximum(heights[:-1], heights[1:])  # of the way from a sample to its next
    starts = np.flatnonzero(ends >= max(peak, _NOTHING) / _OVERSHOOT)
    if not len(starts):
        return 0.0
    around = np.lib.stride_tricks.sliding_window_view(_with_neighbours(samples, first, last), _TAPS)[starts]
    halfway, *others = _kernels()
    middles = _heights_at(halfway, around)
    highest = max(peak, float(middles.max()))
    left = around[np.maximum(middles, ends[starts]) >= highest * _TWICE_SHOWS]
    return max(highest, *(float(np.max(_heights_at(other, left), initial=0.0)) for other in others))


def _with_neighbours(samples: Samples, first: int, last: int) -> Samples:
    """Some samples, and all that is around the places behind them; beyond both ends is silence."""
    begin, end = first - _TAPS // 2 + 1, last + _TAPS // 2
    return np.pad(samples[max(0, begin) : end], (max(0, -begin), max(0, end - len(samples))))


def _heights_at(kernel: Samples, around: Samples) -> Samples:
    return np.asarray(np.abs(np.einsum("nt,t->n", around, kernel)))


@functools.cache
def _kernels() -> Samples:
    """Weights of the samples around places between two of them, that half way first: sinc, with Kaiser's window."""
    eighths = sorted(range(1, _PHASES), key=lambda eighth: eighth != _PHASES // 2)
    places = np.array(eighths)[:, np.newaxis] / _PHASES
    distances = np.arange(1 - _TAPS // 2, _TAPS // 2 + 1) - places
    window = np.i0(9.0 * np.sqrt(np.maximum(0, 1 - (2 * distances / _TAPS) ** 2))) / np.i0(9.0)
    return np.asarray(np.sinc(distances) * window, dtype=np.float32)
