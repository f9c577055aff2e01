"""The mix: sounds at their places, under their gains, at one rate."""

from __future__ import annotations

import gc
import math
import weakref
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast.audio.mix import gain_curve, in_channels, length_at, mixed, resampled
from podcast.types import GainPoint

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from podcast.types import Samples

RATES = (16_000, 22_050, 24_000, 32_000, 44_100, 48_000)


def _noise(frames: int, channels: int = 1, seed: int = 0) -> Samples:
    return np.random.default_rng(seed).standard_normal((frames, channels)).astype(np.float32)


def _below_half(frames: int) -> Samples:
    """Noise up to nine tenths of what its rate can hold, softer at both ends."""
    spectrum = np.fft.rfft(_noise(frames)[:, 0])
    spectrum[round(0.9 * len(spectrum)) :] = 0
    return np.asarray(np.fft.irfft(spectrum, frames) * np.hanning(frames), dtype=np.float32)


def _curve(*points: tuple[int, float]) -> tuple[GainPoint, ...]:
    return tuple(GainPoint(at, gain_db) for at, gain_db in points)


def _flat(*values: float) -> Samples:
    return np.array(values, np.float32)[:, np.newaxis]


def _tone(frequency_hz: float, rate_hz: int) -> Samples:
    return (0.5 * np.sin(2 * np.pi * frequency_hz * np.arange(rate_hz) / rate_hz)).astype(np.float32)


def _level_db(samples: Samples) -> float:
    """Power of the middle, away from the edges of filters."""
    middle = samples[len(samples) // 4 : -len(samples) // 4].astype(np.float64)
    return 10 * math.log10(float(np.mean(middle**2)) + 1e-20)


def _frequency_hz(samples: Samples, rate_hz: int) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(samples))) * rate_hz / len(samples))


# ── mixing ──────────────────────────────────────────────────────────────────────────────────────────────


def test_sounds_that_overlap_are_added() -> None:
    """Where two sound, both are heard."""
    mix = mixed(0, 5, 1, [(0, _flat(0.25, 0.25, 0.25), ()), (2, _flat(0.5, 0.5), ())])
    assert mix[:, 0].tolist() == [0.25, 0.25, 0.75, 0.5, 0.0]


@pytest.mark.parametrize(("start", "heard"), [(-2, [3, 4, 0, 0]), (-9, [0] * 4), (2, [0, 0, 1, 2]), (4, [0] * 4)])
def test_of_a_sound_that_begins_before_or_ends_behind_a_mix_the_middle_is_heard(start: int, heard: list[int]) -> None:
    """As it would be in a longer one; nothing of what is over, or yet to come."""
    assert mixed(0, 4, 1, [(start, _flat(1, 2, 3, 4), ())])[:, 0].tolist() == heard


@given(st.integers(0, 300), st.integers(1, 300), st.sampled_from([1, 2]))
@settings(deadline=None)
def test_a_mix_is_a_piece_of_a_longer_one(first: int, frames: int, channels: int) -> None:
    """Not one bit depends on where it begins or ends."""
    curve = _curve((0, 0.0), (170, -11.0), (400, -60.0))
    sounds = [(0, _noise(400, channels, 1), curve), (150, _noise(500, channels, 2), ()), (160, _noise(3, channels), ())]
    whole = mixed(0, 700, channels, sounds)
    assert np.array_equal(mixed(first, first + frames, channels, sounds), whole[first : first + frames])


def test_sounds_are_taken_one_by_one() -> None:
    """Memory holds the mix and one of them, however many there are."""
    traces: list[weakref.ref[Samples]] = []

    def sounds() -> Iterator[tuple[int, Samples, tuple[()]]]:
        for _ in range(5):
            sound = _noise(100)
            traces.append(weakref.ref(sound))
            yield 0, sound, ()
            del sound
            gc.collect()
            assert sum(trace() is not None for trace in traces) <= 1

    mixed(0, 100, 1, sounds())


def test_mono_sounds_the_same_on_every_channel() -> None:
    """Each channel is a copy."""
    sound = _noise(5)[:, 0]
    assert np.array_equal(in_channels(sound, 2), np.stack([sound, sound], axis=1))
    assert in_channels(sound, 1).shape == (5, 1)


# ── gain ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_gain_curve_is_straight_in_decibels() -> None:
    """Half way between 0 and -20 dB lie -10 dB; outside its points a curve holds its ends."""
    curve = (GainPoint(10, 0.0), GainPoint(20, -20.0))
    gains = gain_curve(curve, 5, 26)
    assert gains.dtype == np.float32
    assert gains[[0, 5, 10, 15, 20]] == pytest.approx([1, 1, 10**-0.5, 0.1, 0.1])


def test_a_curve_applies_where_the_sound_stands_in_the_mix() -> None:
    """Its points are places in the mix, not in the sound."""
    mix = mixed(0, 104, 1, [(100, _flat(1, 1, 1, 1), _curve((100, 0.0), (102, -20.0), (104, -20.0)))])
    assert mix[100:, 0] == pytest.approx([1, 10**-0.5, 0.1, 0.1])


# ── other rates ─────────────────────────────────────────────────────────────────────────────────────────


@given(st.integers(1, 3000), st.sampled_from(RATES), st.sampled_from(RATES))
@settings(deadline=None)
def test_resampled_sound_is_as_long_as_it_has_to_be(frames: int, from_hz: int, to_hz: int) -> None:
    """Its length is the time of the original, rounded up to whole samples."""
    result = resampled(_noise(frames)[:, 0], from_hz, to_hz)
    assert len(result) == length_at(frames, from_hz, to_hz) == math.ceil(frames * to_hz / from_hz)
    assert result.dtype == np.float32


@pytest.mark.parametrize("to_hz", RATES)
@pytest.mark.parametrize("from_hz", [22_050, 24_000, 44_100])
def test_a_tone_stays_what_it_is_at_another_rate(from_hz: int, to_hz: int) -> None:
    """1 kHz stays 1 kHz, and as loud."""
    result = resampled(_tone(1000, from_hz), from_hz, to_hz)
    assert _frequency_hz(result, to_hz) == pytest.approx(1000, abs=2)
    assert _level_db(result) == pytest.approx(_level_db(_tone(1000, from_hz)), abs=0.05)


def test_the_same_rate_changes_nothing() -> None:
    """Where there is nothing to do, nothing is done."""
    sound = _noise(100)[:, 0]
    assert np.array_equal(resampled(sound, 24_000, 24_000), sound)


def test_no_rate_invents_sound() -> None:
    """What a lower rate cannot hold is gone instead of folded back, and a higher one adds no mirror image."""
    assert _level_db(resampled(_tone(14_500, 44_100), 44_100, 24_000)) < -50
    up = resampled(_tone(9000, 24_000), 24_000, 48_000)
    spectrum = np.abs(np.fft.rfft(up * np.hanning(len(up))))
    assert spectrum[14_000:].max() < spectrum.max() * 10 ** (-50 / 20)


@pytest.mark.parametrize("to_hz", [rate for rate in RATES if rate > 24_000])
def test_a_higher_rate_loses_nothing(to_hz: int) -> None:
    """Sound that goes up and comes down again is what it was, its beginning and its end too."""
    sound = _below_half(5000)
    again = resampled(resampled(sound, 24_000, to_hz), to_hz, 24_000)
    assert again[:5000] == pytest.approx(sound, abs=1e-3)


@pytest.mark.parametrize("frames", [999, 5000, 100_000])
@pytest.mark.parametrize("from_hz", [16_000, 22_050, 24_000])
def test_twice_the_rate_puts_new_samples_between_the_old(from_hz: int, frames: int) -> None:
    """The old ones stay as they are, but for what sounds close to half of their rate."""
    sound = _below_half(frames)
    assert resampled(sound, from_hz, 2 * from_hz)[::2] == pytest.approx(sound, abs=1e-5)


@pytest.mark.parametrize(
    ("from_hz", "to_hz"),
    [
        *((24_000, rate) for rate in RATES if rate != 24_000),
        *((11_025, 44_100), (44_100, 48_000), (48_000, 16_000), (96_000, 16_000), (23_993, 44_100)),
    ],
)
def test_where_sound_is_cut_into_blocks_is_not_heard(from_hz: int, to_hz: int) -> None:
    """The same sound a little later is the same a little later: what differs is less than half a step of 16 bits."""
    late = from_hz // math.gcd(from_hz, to_hz)  # a whole number of samples at both rates
    late *= max(1, 500 // late)
    sound = np.concatenate([_noise(50_000)[:, 0] / 4, np.zeros(late, np.float32)])
    there = resampled(sound, from_hz, to_hz)
    later = resampled(np.roll(sound, late), from_hz, to_hz)
    moved = late * to_hz // from_hz
    assert later[moved:] == pytest.approx(there[:-moved], abs=1 / 65_536)


@pytest.mark.parametrize("to_hz", [rate for rate in RATES if rate != 24_000])
def test_the_end_is_not_heard_at_the_beginning(to_hz: int) -> None:
    """A sound that ends suddenly leaves its beginning as silent as it was."""
    sound = np.zeros(4800, np.float32)
    sound[-1] = 1
    assert np.abs(resampled(sound, 24_000, to_hz)[:1000]).max() < 0.002


@pytest.mark.parametrize("to_hz", RATES)
def test_every_sample_is_where_the_wave_was(to_hz: int) -> None:
    """Sound does not move: at each new place stands the wave's own height."""
    time = np.arange(math.ceil(to_hz * 20_000 / 24_000)) / to_hz
    chirp = resampled(_chirp(np.arange(20_000) / 24_000), 24_000, to_hz)
    assert chirp == pytest.approx(_chirp(time), abs=2e-3)


def _chirp(time: npt.NDArray[np.float64]) -> Samples:
    """From 200 Hz up to 6 kHz in five sixths of a second, softer at both ends."""
    swell = np.sin(np.pi * np.clip(time * 1.2, 0, 1)) ** 2
    return np.asarray(swell * np.sin(2 * np.pi * (200 * time + 3500 * time**2)), dtype=np.float32)
