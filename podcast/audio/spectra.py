"""Spectra of sound, computed in 32 bits, as its samples are; and sound whose spectra are multiplied."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from podcast.types import Samples

    Spectra = npt.NDArray[np.complex64]

SIDE_BY_SIDE = 8
"""Transforms at once: several cost little more than one, and what many take would not fit where processors remember."""


def spectra(samples: Samples) -> Spectra:
    """Transform real sound along its last axis; `numpy.fft.irfft` undoes it.

    numpy transforms in 64 bits, which takes up to four times as long, unless it is to divide by a number of 32.
    """
    size = samples.shape[-1]
    found = np.fft.rfft(samples, norm="forward")
    return np.asarray(found * np.float32(size))


def multiplied(samples: Samples, factors: Samples | Spectra, sizes: tuple[int, int], edges: tuple[int, int]) -> Samples:
    """Multiply spectra of mono sound block by block; edges, into which what is around would ring, are cut off.

    `sizes` are a block's samples before and after: with more or fewer after, sound has another rate. `edges` are the
    samples, before, that are cut off at its beginning and end. `factors` are those of the lowest frequencies; the
    others become silent. Behind the end of the sound is what rings on, as far as the last block goes. (Overlap-save;
    Oppenheim and Schafer, "Discrete-time signal processing".)
    """
    (size, after), (start, end) = sizes, edges
    hop = size - start - end
    if hop <= 0 or start * after % size or end * after % size:
        raise ValueError(f"blocks of {sizes} samples cannot lose {edges} of them")
    blocks = max(1, math.ceil(len(samples) / hop))
    padded = np.zeros(start + blocks * hop + end, dtype=np.float32)
    padded[start : start + len(samples)] = samples
    around = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]
    own = slice(start * after // size, (size - end) * after // size)
    changed = np.empty((blocks, own.stop - own.start), dtype=np.float32)
    for first in range(0, blocks, SIDE_BY_SIDE):
        some = slice(first, first + SIDE_BY_SIDE)
        changed[some] = np.fft.irfft(spectra(around[some])[:, : len(factors)] * factors, after)[:, own]
    return changed.reshape(-1)
