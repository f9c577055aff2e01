"""Spectra of sound, computed in 32 bits, as its samples are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from podcast.types import Samples

    Spectra = npt.NDArray[np.complex64]


def spectra(samples: Samples, size: int | None = None) -> Spectra:
    """Transform real sound along its last axis, cut or filled with silence to `size`; `numpy.fft.irfft` undoes it.

    numpy transforms in 64 bits, which takes up to four times as long, unless it is to divide by a number of 32.
    """
    size = size or samples.shape[-1]
    found = np.fft.rfft(samples, size, norm="forward").astype(np.complex64, copy=False)  # numpy 1 gives complex128
    found *= np.float32(size)
    return found
