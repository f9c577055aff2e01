"""The mixer: sound in pieces equals sound at once, and nothing is kept that has sounded."""

from __future__ import annotations

import gc
import math
import weakref
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast.audio.mix import Mixer, gain_curve, in_channels, resampled
from podcast.types import Cue, GainPoint

if TYPE_CHECKING:
    import numpy.typing as npt

    from podcast.types import Samples

LENGTH = 3000
RATES = (16_000, 22_050, 24_000, 32_000, 44_100, 48_000)


def _noise(frames: int, channels: int = 1, seed: int = 0) -> Samples:
    return np.random.default_rng(seed).standard_normal((frames, channels)).astype(np.float32)


def _cue(start: int, end: int, *curve: tuple[int, float]) -> Cue:
    return Cue("intro", start, end, 0, curve=tuple(GainPoint(at, gain_db) for at, gain_db in curve))


def _busy(channels: int) -> Mixer:
    """Return a mixer with overlapping sounds, two of them under a gain curve."""
    mixer = Mixer(channels)
    mixer.add(_cue(0, 1200, (0, 0.0), (700, 0.0), (900, -11.0), (1200, -60.0)), _noise(1200, channels, 1))
    mixer.add(_cue(850, 1900), _noise(1050, channels, 2))
    mixer.add(_cue(1901, 1950), _noise(49, channels, 3))
    mixer.add(_cue(1500, LENGTH, (1500, -11.0), (1950, -11.0), (2200, 0.0), (LENGTH, -60.0)), _noise(1500, channels, 4))
    return mixer


def _tone(frequency_hz: float, rate_hz: int) -> Samples:
    return (0.5 * np.sin(2 * np.pi * frequency_hz * np.arange(rate_hz) / rate_hz)).astype(np.float32)


def _level_db(samples: Samples) -> float:
    """Power of the middle, away from the edges of filters."""
    middle = samples[len(samples) // 4 : -len(samples) // 4].astype(np.float64)
    return 10 * math.log10(float(np.mean(middle**2)) + 1e-20)


def _frequency_hz(samples: Samples, rate_hz: int) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(samples))) * rate_hz / len(samples))


# ── mixing ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("step", [1, 7, 64, 999, 1200, LENGTH - 1])
def test_a_mix_in_pieces_of_one_size_is_the_mix_at_once(step: int, channels: int) -> None:
    """Not one bit depends on where blocks are cut."""
    mixer = _busy(channels)
    pieces = [mixer.take(min(until, LENGTH)) for until in range(step, LENGTH + step, step)]
    assert np.array_equal(np.concatenate(pieces), _busy(channels).take(LENGTH))


@given(st.lists(st.integers(0, LENGTH), max_size=12))
@settings(deadline=None)
def test_a_mix_in_any_pieces_is_the_mix_at_once(cuts: list[int]) -> None:
    """Pieces of unequal size, empty ones among them, add up to the same bits."""
    mixer = _busy(1)
    pieces = [mixer.take(until) for until in [*sorted(cuts), LENGTH]]
    assert np.array_equal(np.concatenate(pieces), _busy(1).take(LENGTH))


def test_sounds_that_overlap_are_added() -> None:
    """Where two sound, both are heard."""
    mixer = Mixer(1)
    mixer.add(_cue(0, 3), np.full((3, 1), 0.25, np.float32))
    mixer.add(_cue(2, 4), np.full((2, 1), 0.5, np.float32))
    assert mixer.take(5)[:, 0].tolist() == [0.25, 0.25, 0.75, 0.5, 0.0]


def test_a_sound_longer_than_its_cue_is_cut_at_its_end() -> None:
    """A cue's end is the last that is heard of it."""
    mixer = Mixer(1)
    mixer.add(_cue(1, 3), np.ones((100, 1), np.float32))
    assert mixer.take(5)[:, 0].tolist() == [0, 1, 1, 0, 0]


def test_a_sound_shorter_than_its_cue_leaves_silence() -> None:
    """Nothing is repeated to fill a cue."""
    mixer = Mixer(2)
    mixer.add(_cue(0, 4), np.ones((2, 2), np.float32))
    assert mixer.take(4).tolist() == [[1, 1], [1, 1], [0, 0], [0, 0]]


def test_a_cue_that_comes_too_late_is_refused() -> None:
    """What is already out cannot be changed, and nobody believes it was."""
    mixer = Mixer(1)
    mixer.take(100)
    with pytest.raises(ValueError, match="intro at 99 comes too late: 100 frames"):
        mixer.add(_cue(99, 200), _noise(101))
    mixer.add(_cue(100, 200), _noise(100))


def test_nothing_is_taken_twice() -> None:
    """A place that is already out gives an empty block, and does not turn back the time."""
    mixer = _busy(2)
    mixer.take(2000)
    assert mixer.take(1000).shape == (0, 2)
    assert mixer.take(2001).shape == (1, 2)


def test_what_has_sounded_is_forgotten() -> None:
    """Memory holds what sounds now: an ended sound is freed, one that goes on is not."""
    ended, going_on = _noise(100), _noise(200)
    traces = [weakref.ref(ended), weakref.ref(going_on)]
    mixer = Mixer(1)
    mixer.add(_cue(0, 100), ended)
    mixer.add(_cue(0, 200), going_on)
    del ended, going_on
    mixer.take(100)
    gc.collect()
    assert [trace() is None for trace in traces] == [True, False]
    mixer.take(200)
    gc.collect()
    assert traces[1]() is None


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


def test_a_curve_applies_where_the_sound_stands_in_the_episode() -> None:
    """Its points are places in the episode, not in the sound."""
    mixer = Mixer(1)
    mixer.add(_cue(100, 104, (100, 0.0), (102, -20.0), (104, -20.0)), np.ones((4, 1), np.float32))
    assert mixer.take(104)[100:, 0] == pytest.approx([1, 10**-0.5, 0.1, 0.1])


# ── other rates ─────────────────────────────────────────────────────────────────────────────────────────


@given(st.integers(1, 3000), st.sampled_from(RATES), st.sampled_from(RATES))
@settings(deadline=None)
def test_resampled_sound_is_as_long_as_it_has_to_be(frames: int, from_hz: int, to_hz: int) -> None:
    """Its length is the time of the original, rounded up to whole samples."""
    result = resampled(_noise(frames)[:, 0], from_hz, to_hz)
    assert len(result) == math.ceil(frames * to_hz / from_hz)
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
    spectrum = np.fft.rfft(_noise(5000)[:, 0])
    spectrum[round(0.9 * len(spectrum)) :] = 0
    sound = np.asarray(np.fft.irfft(spectrum) * np.hanning(5000), dtype=np.float32)
    again = resampled(resampled(sound, 24_000, to_hz), to_hz, 24_000)
    assert again[:5000] == pytest.approx(sound, abs=1e-3)


@pytest.mark.parametrize("frames", [1, 2, 999, 5000])
@pytest.mark.parametrize("from_hz", [16_000, 22_050, 24_000])
def test_twice_the_rate_puts_new_samples_between_the_old(from_hz: int, frames: int) -> None:
    """The old ones stay as they are, whatever sounds, up to half their rate and with it."""
    sound = _noise(frames)[:, 0]
    assert resampled(sound, from_hz, 2 * from_hz)[::2] == pytest.approx(sound, abs=1e-5)


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
