"""Loudness as BS.1770 defines it, speech brought to a level, and a limiter that is not heard."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from frame_maker import mp3_of
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast.audio.loudness import (
    from_db,
    gain_of,
    gains_db,
    levelled,
    limit,
    loudness,
    rounded_db,
)
from podcast.audio.meter import SILENT_LUFS, energies, of_steps, true_peak
from podcast.outside import ffmpeg
from podcast.outside.mp3 import Mp3Format
from podcast.speech.engines.hibari import HibariEngine
from podcast.speech.engines.tone import ToneEngine
from podcast.types import Piece, Voice

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from podcast.types import Samples

RATE = 24_000
HALF_WINDOW = 4 * RATE // 1000
LARGEST_STEP = 1 / (2 * HALF_WINDOW + 1) + 1e-4
"""Of a gain that is a mean over the window: one sample changes it by no more than its share."""


def _tone(rate_hz: int, seconds: float = 2.0, frequency_hz: float = 997.0, amplitude: float = 1.0) -> Samples:
    time = np.arange(round(seconds * rate_hz)) / rate_hz
    return np.asarray(amplitude * np.sin(2 * np.pi * frequency_hz * time), dtype=np.float32)


def _bursts(rate_hz: int, seed: int) -> Samples:
    """Noise below 7 kHz, as speech has, louder and softer every 250 ms, peaks below 0.7."""
    generator = np.random.default_rng(seed)
    frames = 3 * rate_hz
    spectrum = np.fft.rfft(generator.standard_normal(frames))
    spectrum[np.fft.rfftfreq(frames, 1 / rate_hz) > 7000] = 0
    steps = np.repeat(generator.uniform(0.05, 1, 12), frames // 12)
    noise = np.fft.irfft(spectrum, frames)[: len(steps)] * steps
    return np.asarray(0.7 * noise / np.max(np.abs(noise)), dtype=np.float32)


def _hum(words: int = 12) -> Samples:
    text = " ".join(["tone", "a", "syllable", "words", "of", "different"][index % 6] for index in range(words))
    return ToneEngine().speak(Piece(text, 1), Voice("tone", "tone", "tone"))


def _vowel(depth: float) -> Samples:
    """Three seconds of a vowel: pulses of a throat through three formants, louder and softer as syllables are."""
    time = np.arange(3 * RATE) / RATE
    phase = np.cumsum(170 + 30 * np.sin(2 * time)) / RATE
    pulses = np.diff(np.floor(phase), prepend=0.0)
    ring = np.arange(RATE // 20) / RATE
    formants = np.sin(2 * np.pi * np.outer(ring, [600, 1200, 2500]))
    mouth = np.exp(-60 * ring) * (formants @ np.array([1.0, 0.6, 0.3]))
    vowel = np.convolve(pulses, mouth)[: len(time)] * (1 - depth + depth * np.sin(2 * np.pi * 3.1 * time))
    return np.asarray(0.4 * vowel / np.max(np.abs(vowel)), dtype=np.float32)


# ── measuring ───────────────────────────────────────────────────────────────────────────────────────────


def _gain_to(target_lufs: float, sound: Samples) -> float:
    return gain_of(target_lufs, of_steps(energies(sound, RATE), len(sound), RATE))


@pytest.mark.parametrize("rate_hz", [16_000, 24_000, 44_100, 48_000])
def test_a_full_scale_tone_measures_what_the_standard_says(rate_hz: int) -> None:
    """BS.1770: 997 Hz at full scale on one channel is -3.01 LUFS, on two 0.00."""
    tone = _tone(rate_hz)
    assert loudness(tone, rate_hz) == pytest.approx(-3.01, abs=0.1)
    assert loudness(np.stack([tone, tone], axis=1), rate_hz) == pytest.approx(0.0, abs=0.1)


def test_loudness_follows_gain() -> None:
    """A tone 20 dB softer measures 20 LU less."""
    assert loudness(_tone(RATE, amplitude=0.1), RATE) == pytest.approx(loudness(_tone(RATE), RATE) - 20, abs=0.01)


def test_silence_between_words_does_not_count() -> None:
    """The gate leaves pauses out: the same words with a long pause are as loud."""
    pause = np.zeros(8 * RATE, np.float32)
    words = np.concatenate([_tone(RATE, amplitude=0.2), pause, _tone(RATE, amplitude=0.2)])
    assert loudness(words, RATE) == pytest.approx(loudness(_tone(RATE, amplitude=0.2), RATE), abs=0.7)


@pytest.mark.parametrize("frames", [0, 1, 100, 9599, 9600, 9601, 48_000])
def test_silence_of_any_length_is_below_the_gate(frames: int) -> None:
    """It measures the gate itself, never minus infinity, and nothing warns."""
    assert loudness(np.zeros(frames, np.float32), RATE) == SILENT_LUFS


def test_a_whisper_below_the_gate_is_silence() -> None:
    """-80 LUFS does not count as sound."""
    assert loudness(_tone(RATE, amplitude=0.0001), RATE) == SILENT_LUFS


@pytest.mark.parametrize("seconds", [0.1, 0.39, 0.4, 0.41])
def test_a_word_shorter_than_a_block_is_as_loud_as_a_long_one(seconds: float) -> None:
    """Below 400 ms sound is measured as if it went on."""
    assert loudness(_tone(RATE, seconds), RATE) == pytest.approx(-3.01, abs=0.15)


@pytest.mark.parametrize(
    ("rate_hz", "channels", "bitrate_kbps"), [(44_100, 1, 320), (48_000, 2, 320), (24_000, 1, 160)]
)
def test_our_loudness_agrees_with_that_of_ffmpeg(
    tmp_path: Path, rate_hz: int, channels: int, bitrate_kbps: int
) -> None:
    """Two implementations of the standard, ours before and ffmpeg's after encoding, differ by less than 0.3 LU."""
    for seed in range(2):
        sound = np.repeat(_bursts(rate_hz, seed)[:, np.newaxis], channels, axis=1)
        path = tmp_path / f"{seed}.mp3"
        path.write_bytes(mp3_of(sound, Mp3Format(rate_hz, channels, bitrate_kbps)))
        assert ffmpeg.measure(path).loudness_lufs == pytest.approx(loudness(sound, rate_hz), abs=0.3)


# ── gain ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_gain_to_a_loudness_is_what_is_missing_in_steps() -> None:
    """A tone at -3.05 LUFS needs -12.9 or -13.0 dB to reach -16, and a multiple of 0.1 is given."""
    gain_db = _gain_to(-16, _tone(RATE))
    assert gain_db in (-12.9, -13.0)
    assert loudness(_tone(RATE) * np.float32(from_db(gain_db)), RATE) == pytest.approx(-16, abs=0.06)


def test_silence_gets_no_gain() -> None:
    """Nothing is turned up by 50 dB because nothing was there."""
    assert _gain_to(-16, np.zeros(RATE, np.float32)) == 0.0


def test_decibels_are_rounded_to_tenths_without_a_tail() -> None:
    """The result is the number that a person would write."""
    assert [rounded_db(gain) for gain in (0.3000001, -12.949, 7.06)] == [0.3, -12.9, 7.1]


def test_six_decibels_double() -> None:
    """0 dB is 1, -20 dB a tenth, 6.02 dB twice."""
    assert [from_db(0), from_db(-20), from_db(6.0206)] == pytest.approx([1, 0.1, 2], rel=1e-5)


# ── levelled ────────────────────────────────────────────────────────────────────────────────────────────


def _to(target_lufs: float, sound: Samples, ceiling_dbfs: float) -> Samples:
    return levelled(sound, _gain_to(target_lufs, sound), ceiling_dbfs, RATE)


_VOICES = {"hum": _hum(), "even": _vowel(0.2), "lively": _vowel(0.35), "soft": _bursts(RATE, 3) * np.float32(0.01)}


@pytest.mark.parametrize("target_lufs", [-23.0, -19.0, -16.0])
@pytest.mark.parametrize("sound", _VOICES.values(), ids=_VOICES.keys())
def test_levelled_speech_reaches_its_target_below_its_ceiling(sound: Samples, target_lufs: float) -> None:
    """It measures the target within 0.3 LU, and no sample is above the ceiling."""
    result = _to(target_lufs, sound, -3.6)
    assert len(result) == len(sound)
    assert loudness(result, RATE) == pytest.approx(target_lufs, abs=0.3)
    assert float(np.max(np.abs(result))) <= from_db(-3.6)


def test_what_the_limiter_takes_is_given_back() -> None:
    """A lively voice that only was limited would be too soft; levelled, it is not."""
    sound = _vowel(0.35)
    loud = sound * np.float32(from_db(_gain_to(-16, sound)))
    assert loudness(limit(loud, from_db(-3.6 - 0.6), RATE), RATE) < -16.5
    assert loudness(_to(-16, sound, -3.6), RATE) == pytest.approx(-16, abs=0.3)


_SPARSE = np.sign(_bursts(RATE, 3)) * np.abs(_bursts(RATE, 3)) ** np.float32(1.3)


@pytest.mark.parametrize("sound", [_vowel(0.6), _SPARSE], ids=["throat", "breath"])
def test_a_voice_of_high_peaks_is_as_loud_as_any(sound: Samples) -> None:
    """However much the limiter takes of it, its speaker is not the softer one of two for it."""
    once = limit(sound * np.float32(from_db(_gain_to(-16, sound))), from_db(-3.6 - 0.6), RATE)
    assert loudness(once, RATE) < -16.9
    assert loudness(_to(-16, sound, -3.6), RATE) == pytest.approx(-16, abs=0.3)


@pytest.mark.slow
def test_the_embedded_voice_reaches_the_target_of_a_show() -> None:
    """Real sentences, whose peaks are 18 dB above their loudness, come to -16 LUFS within 0.3 LU."""
    engine, voice = HibariEngine(), Voice("heart", "hibari", "heart")
    said = ("The authors report a large improvement over the baseline.", "It works at half the cost.", "Please try it!")
    sound = np.concatenate([engine.speak(Piece(text, seed), voice) for seed, text in enumerate(said)])
    assert loudness(_to(-16, sound, -3.6), RATE) == pytest.approx(-16, abs=0.3)


@pytest.mark.parametrize("target_lufs", [-12.0, -10.0])
def test_a_target_too_loud_for_its_ceiling_gives_way_to_the_ceiling(target_lufs: float) -> None:
    """A ceiling holds even where the target cannot be reached."""
    assert float(np.max(np.abs(_to(target_lufs, _vowel(0.4), -9.0)))) <= from_db(-9.0)


@pytest.mark.parametrize("frames", [0, 1, 24_000])
def test_levelled_silence_is_silence(frames: int) -> None:
    """Silence comes back as it was."""
    assert np.array_equal(_to(-16, np.zeros(frames, np.float32), -1), np.zeros(frames, np.float32))


def test_a_word_of_a_moment_is_levelled_too() -> None:
    """80 ms are enough to be brought to a level."""
    result = _to(-16, _tone(RATE, 0.08, amplitude=0.01), -1)
    assert loudness(result, RATE) == pytest.approx(-16, abs=0.3)


# ── sentences together ──────────────────────────────────────────────────────────────────────────────────


def _together(*clips: Samples) -> list[Samples]:
    gains = _gains_db(*clips)
    return [levelled(clip, gain, -3.6, RATE) for clip, gain in zip(clips, gains, strict=True)]


def _gains_db(*clips: Samples) -> list[float]:
    return gains_db([of_steps(energies(clip, RATE), len(clip), RATE) for clip in clips], -16)


@pytest.mark.parametrize("words", [1, 2, 30])
def test_one_word_alone_is_as_loud_as_a_speech(words: int) -> None:
    """The silence that comes after it is not measured with it."""
    levels = [loudness(clip, RATE) for clip in _together(_hum(words))]
    assert levels == pytest.approx([-16], abs=0.3)


def test_sentences_come_back_as_long_as_they_were() -> None:
    """In their order, with nothing of what was put between them."""
    clips = [_tone(RATE, seconds, hertz, 0.1) for seconds, hertz in ((0.5, 300), (0.1, 500), (2, 400))]
    assert [len(clip) for clip in _together(*clips)] == [len(clip) for clip in clips]
    alike = [np.corrcoef(one, other)[0, 1] for one, other in zip(clips, _together(*clips), strict=True)]
    assert min(alike) > 0.999


def test_a_sentence_is_as_much_louder_as_it_was_said() -> None:
    """Emphasis of 1 dB stays: its gain is that of its neighbours."""
    gains = _gains_db(_hum(), _hum() * np.float32(from_db(1)), _hum())
    assert len(set(gains)) == 1


@pytest.mark.parametrize("gain_db", [-15.0, -6.0, 6.0, 12.0])
def test_a_take_far_from_its_neighbours_is_fetched_back(gain_db: float) -> None:
    """A service that speaks each sentence at another level is not heard doing so."""
    together = _together(_hum(), _hum() * np.float32(from_db(gain_db)), _hum())
    levels = [loudness(clip, RATE) for clip in together]
    assert max(levels) - min(levels) < 4.2
    assert loudness(np.concatenate(together), RATE) == pytest.approx(-16, abs=0.2)


def test_another_sentence_does_not_change_what_its_neighbours_are() -> None:
    """Where a sentence was edited, the others differ by one gain at most, and are the same where it has none."""
    first = _together(_hum(9), _vowel(0.2), _hum(12))[0]
    second = _together(_hum(9), _vowel(0.2), _hum(13))[0]
    gain = np.max(np.abs(first)) / np.max(np.abs(second))
    assert np.allclose(first, second * gain, atol=1e-3)
    assert abs(20 * math.log10(gain)) < 1


def test_a_sentence_that_is_silent_is_left_alone() -> None:
    """It is not turned up without end, nor are its neighbours turned down for it."""
    silence = np.zeros(RATE, np.float32)
    own, neighbour = _gains_db(silence, _hum())
    assert own == neighbour == pytest.approx(_gains_db(_hum())[0], abs=0.11)


def test_the_gain_of_a_sentence_needs_its_energies_alone() -> None:
    """With it a sentence is levelled by itself: the same beside others as without them, and left as it was kept."""
    clip = _vowel(0.4)
    kept = clip.copy()
    gain, _ = _gains_db(clip, _hum())
    assert np.array_equal(_together(clip, _hum())[0], levelled(clip, gain, -3.6, RATE))
    assert np.array_equal(clip, kept)


# ── limiter ─────────────────────────────────────────────────────────────────────────────────────────────


def _spiky(seed: int) -> Samples:
    generator = np.random.default_rng(seed)
    sound = 0.2 * generator.standard_normal(4000)
    sound[generator.integers(0, 4000, 10)] *= 20
    return sound.astype(np.float32)


@given(st.integers(0, 1000), st.floats(0.05, 1.0))
@settings(deadline=None)
def test_no_sample_is_above_the_ceiling(seed: int, ceiling: float) -> None:
    """Whatever comes in, and in whichever direction."""
    assert float(np.max(np.abs(limit(_spiky(seed), ceiling, RATE)))) <= np.float32(ceiling)


def _heights(sound: Samples) -> npt.NDArray[np.float64]:
    """Of each sample and of the places half way to its neighbours the highest: a cubic through four of them."""
    heights = np.abs(sound.astype(np.float64))
    for at in range(1, len(sound) - 2):
        before, first, second, after = map(float, sound[at - 1 : at + 3])
        halfway = abs(9 * (first + second) - before - after) / 16
        heights[at : at + 2] = np.maximum(heights[at : at + 2], halfway)
    return heights


@given(st.integers(0, 1000), st.integers(1, 500), st.sampled_from([1_000, 2_000, 5_000, RATE]))
@settings(deadline=None, max_examples=50)
def test_the_gain_is_the_mean_of_what_its_neighbourhood_needs_at_least(seed: int, frames: int, rate_hz: int) -> None:
    """Worked out sample by sample, as its definition says, at both ends too, where silence follows."""
    sound, reach = _spiky(seed)[:frames], 4 * rate_hz // 1000
    sound[[0, -1]] = 1
    needed = np.pad(0.3 / np.maximum(0.3, _heights(sound)), 2 * reach, constant_values=1)
    lowest = [needed[at : at + 2 * reach + 1].min() for at in range(frames + 2 * reach)]
    gain = [np.mean(lowest[at : at + 2 * reach + 1]) for at in range(frames)]
    assert limit(sound, 0.3, rate_hz) == pytest.approx(sound * gain, abs=1e-5)


def test_sound_below_the_ceiling_is_left_alone() -> None:
    """Not one bit changes where nothing is too loud."""
    sound = _tone(RATE, amplitude=0.5)
    assert np.array_equal(limit(sound, 0.501, RATE), sound)


@pytest.mark.parametrize(("divisor", "degrees"), [(6, 60), (8, 67.5), (12, 75)])
def test_a_wave_between_samples_is_held_too(divisor: int, degrees: float) -> None:
    """Tones whose samples miss their peaks come out no louder than others: within 0.3 dB of the ceiling."""
    time = np.arange(RATE) / divisor + degrees / 360
    tone = np.sin(2 * np.pi * time).astype(np.float32)
    held = limit(tone, 0.5, RATE)[RATE // 4 : -RATE // 4]
    assert true_peak(held * np.hanning(len(held)).astype(np.float32)) == pytest.approx(0.5, rel=0.035)


def test_a_peak_changes_only_its_neighbourhood() -> None:
    """Beyond 8 ms on either side nothing is heard of it."""
    sound = _tone(RATE, amplitude=0.3)
    sound[20_000] = 1.0
    result = limit(sound, 0.5, RATE)
    reach = 2 * HALF_WINDOW
    assert np.allclose(result[: 20_000 - reach], sound[: 20_000 - reach], rtol=0, atol=1e-6)
    assert np.allclose(result[20_001 + reach :], sound[20_001 + reach :], rtol=0, atol=1e-6)
    assert abs(float(result[20_000])) == pytest.approx(0.5, abs=0.001)


@given(st.integers(0, 1000))
@settings(deadline=None)
def test_the_gain_turns_smoothly(seed: int) -> None:
    """From one sample to the next it moves by no more than one share of its window: no click, no crackle."""
    sound = _spiky(seed)
    sound[np.abs(sound) < 0.01] = 0.01  # a gain can be told only where there is sound
    gain = limit(sound, 0.3, RATE) / sound
    assert float(np.max(gain)) <= 1 + 1e-6
    assert float(np.max(np.abs(np.diff(gain)))) <= LARGEST_STEP


@pytest.mark.parametrize("frames", [1, 2, 3, HALF_WINDOW, 2 * HALF_WINDOW, 2 * HALF_WINDOW + 2])
def test_sound_shorter_than_the_window_is_limited(frames: int) -> None:
    """A moment that is too loud is held like a long one."""
    assert limit(np.full(frames, -2, np.float32), 0.5, RATE) == pytest.approx(np.full(frames, -0.5))


def test_limited_nothing_is_nothing() -> None:
    """Empty and silent sound come back."""
    assert len(limit(np.zeros(0, np.float32), 0.5, RATE)) == 0
    assert not limit(np.zeros(100, np.float32), 0.5, RATE).any()


def test_limiting_costs_little_where_peaks_are_rare() -> None:
    """One click in a second takes less than half a decibel of the whole."""
    sound = _tone(RATE, 1.0, amplitude=0.3)
    before = float(np.dot(sound, sound))
    sound[12_000] = 2.0
    result = limit(sound, 0.5, RATE)
    assert 10 * math.log10(float(np.dot(result, result)) / before) > -0.5
