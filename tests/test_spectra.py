"""Spectra in 32 bits, and sound whose spectra are multiplied block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from podcast.audio.spectra import multiplied, spectra

if TYPE_CHECKING:
    from podcast.types import Samples


def _noise(*shape: int) -> Samples:
    return np.random.default_rng(len(shape)).standard_normal(shape).astype(np.float32)


@pytest.mark.parametrize("shape", [(1,), (2,), (999,), (4096,), (5, 1200), (9, 4095)])
def test_spectra_are_those_of_64_bits(shape: tuple[int, ...]) -> None:
    """But for what 32 bits leave out, of one sound or of several."""
    sound = _noise(*shape)
    found, exact = spectra(sound), np.fft.rfft(sound.astype(np.float64))
    assert found.dtype == np.complex64
    assert np.abs(found - exact).max() < 1e-6 * np.abs(exact).max() * np.sqrt(shape[-1])


@pytest.mark.parametrize("frames", [0, 1, 863, 864, 865, 1728, 40_000])
def test_sound_that_is_multiplied_by_one_stays_as_it_is(frames: int) -> None:
    """However many blocks it is; behind it is silence."""
    sound, size = _noise(frames), 1024
    changed = multiplied(sound, np.ones(size // 2 + 1, np.float32), (size, size), (100, 60))
    assert changed[:frames] == pytest.approx(sound, abs=1e-5)
    assert changed[frames:] == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize("edges", [(64, 0), (200, 100)])
def test_a_filter_that_is_shorter_than_the_edges_sees_no_blocks(edges: tuple[int, int]) -> None:
    """It gives what it gives of all at once."""
    sound, size = _noise(5000), 1024
    taps = np.hanning(64).astype(np.float32)
    changed = multiplied(sound, spectra(np.pad(taps, (0, size - len(taps)))), (size, size), edges)
    assert changed[:5000] == pytest.approx(np.convolve(sound, taps)[:5000], abs=1e-4)


@pytest.mark.parametrize(("sizes", "edges"), [((64, 64), (64, 0)), ((80, 147), (7, 0)), ((80, 147), (0, 7))])
def test_blocks_that_cannot_be_joined_are_refused(sizes: tuple[int, int], edges: tuple[int, int]) -> None:
    """Nothing would be left of them, or their edges are no whole samples at the other rate: sound would drift."""
    with pytest.raises(ValueError, match="cannot lose"):
        multiplied(_noise(100), np.ones(33, np.float32), sizes, edges)
