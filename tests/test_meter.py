"""The meter agrees with the standard, with other meters, and with itself however a sound was cut."""

from __future__ import annotations

import functools
import itertools
import math
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyloudnorm import Meter

from podcast.audio.loudness import loudness
from podcast.audio.meter import (
    SILENT_LUFS,
    Envelope,
    energies,
    envelope,
    frame_energies,
    frame_peaks,
    gated_lufs,
    joined,
    k_weighted,
    momentary_lufs,
    of_steps,
    raised_energy,
    range_lu,
    step_peaks,
    true_peak,
    whole_energy,
)
from podcast.audio.mix import resampled
from podcast.outside import ffmpeg
from podcast.speech.engines.hibari import HibariEngine
from podcast.types import Piece, Voice

if TYPE_CHECKING:
    from podcast.types import Samples

RATES = (8_000, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
INTRO = Path(__file__).parent.parent / "voices/music/intro.opus"
SAID = (
    "The authors report a large improvement over the baseline.",
    "It works at half the cost, they say, and nobody has found out why.",
    "Please try it!",
    "Is a smaller model enough?",
)


def _frame(rate_hz: int) -> int:
    """Of an MP3 of this rate."""
    return 1152 if rate_hz >= 32_000 else 576


def _tone(rate_hz: int, seconds: float, frequency_hz: float, dbfs: float = -6.0, phase: float = 0.0) -> Samples:
    """Return a tone whose ends are faded, for a sudden end has a higher peak than the tone."""
    time = np.arange(round(rate_hz * seconds)) / rate_hz
    fade = np.sin(np.pi / 2 * np.clip(np.minimum(time, seconds - time) / 0.02, 0, 1)) ** 2
    return np.asarray(10 ** (dbfs / 20) * fade * np.sin(2 * np.pi * frequency_hz * time + phase), dtype=np.float32)


def _noise(rate_hz: int, seconds: float, seed: int = 0) -> Samples:
    """Noise below 7 kHz, as speech has, louder and softer every quarter of a second."""
    generator = np.random.default_rng(seed)
    frames = round(rate_hz * seconds)
    spectrum = np.fft.rfft(generator.standard_normal(frames))
    spectrum[np.fft.rfftfreq(frames, 1 / rate_hz) > min(7000, 0.42 * rate_hz)] = 0
    steps = np.repeat(generator.uniform(0.1, 1, math.ceil(seconds * 4)), rate_hz // 4 + 1)[:frames]
    noise = np.fft.irfft(spectrum, frames) * steps
    return np.asarray(0.7 * noise / np.max(np.abs(noise)), dtype=np.float32)


def _envelope(samples: Samples, rate_hz: int) -> Envelope:
    frame = _frame(rate_hz)
    return envelope(frame_energies(k_weighted(samples, rate_hz), frame), frame, len(samples), rate_hz)


def _db(amplitude: float) -> float:
    return 20 * math.log10(amplitude)


# ── other meters ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Reading:
    """What the filter ebur128 of ffmpeg says, to a thousandth."""

    lufs: float
    range_lu: float
    dbtp: float
    momentary_lufs: tuple[float, ...]


def _ebur128(samples: Samples, rate_hz: int) -> Reading:
    channels = "1" if samples.ndim == 1 else str(samples.shape[1])
    sound = ["-f", "f32le", "-ar", str(rate_hz), "-ac", channels, "-i", "pipe:"]
    meter = ["-af", "ebur128=peak=true:metadata=1,ametadata=print:file=-", "-f", "null", "-"]
    command = [ffmpeg.executable(), "-v", "error", *sound, *meter]
    said = subprocess.run(command, input=samples.astype("<f4").tobytes(), capture_output=True, check=True)
    log = said.stdout.decode()
    found = {name: [float(value) for value in re.findall(rf"r128\.{name}=(\S+)", log)] for name in ("I", "LRA", "M")}
    peaks = [float(value) for value in re.findall(r"r128\.true_peaks_ch\d=(\S+)", log)]
    return Reading(found["I"][-1], found["LRA"][-1], _db(max(peaks)), tuple(found["M"]))


@functools.cache
def _speech() -> Samples:
    engine, voice = HibariEngine(), Voice("heart", "hibari", "heart")
    return np.concatenate([engine.speak(Piece(text, seed), voice) for seed, text in enumerate(SAID)])


def _sound(kind: str, rate_hz: int) -> Samples:
    match kind:
        case "speech":
            return resampled(_speech(), HibariEngine.rate_hz, rate_hz)
        case "music":
            return ffmpeg.decode(INTRO, rate_hz, 2, 11_600)
        case "tone":
            return _tone(rate_hz, 4, 997)
    return _noise(rate_hz, 8)


def _agrees(samples: Samples, rate_hz: int) -> None:
    """Compare with ffmpeg: 0.1 LU, a range of 0.2 LU, true peaks of 0.1 dB.

    At rates that no show has other meters differ from each other by more: the standard gives its filters for 48 kHz.
    """
    other = _ebur128(samples, rate_hz)
    assert loudness(samples, rate_hz) == pytest.approx(other.lufs, abs=0.1 if rate_hz >= 16_000 else 0.2)
    assert range_lu(_envelope(samples, rate_hz)) == pytest.approx(other.range_lu, abs=0.2)
    assert _db(true_peak(samples)) == pytest.approx(other.dbtp, abs=0.1)


@pytest.mark.parametrize("kind", ["music", "noise", "tone", pytest.param("speech", marks=pytest.mark.slow)])
@pytest.mark.parametrize("length", [1, 3640, 3641, 400_000])
def test_the_energy_of_a_whole_is_that_of_its_pieces(length: int, kind: str) -> None:
    """Found by the spectrum alone, within a few hundredths of a dB."""
    sound = _sound(kind, 44_100)
    mono = (sound if sound.ndim == 1 else sound[:, 0])[-length:]
    pieces = float(energies(np.pad(mono, (0, 4410)), 44_100).sum())
    assert 10 * math.log10(whole_energy(mono, 44_100) / pieces) == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("kind", ["music", "noise", "tone", pytest.param("speech", marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    ("own_hz", "rate_hz"),
    [(24_000, 44_100), (24_000, 48_000), (22_050, 44_100), (16_000, 44_100), (16_000, 24_000), (44_100, 44_100)],
)
def test_sound_that_was_raised_has_its_energy_in_as_many_samples_as_it_came_with(
    own_hz: int, rate_hz: int, kind: str
) -> None:
    """What folds back, of noise mostly, counts for all but a tenth of a dB as much."""
    sound = _sound(kind, own_hz)
    raised = resampled(sound if sound.ndim == 1 else sound[:, 0], own_hz, rate_hz)
    found, whole = raised_energy(raised, rate_hz, own_hz), whole_energy(raised, rate_hz)
    assert 10 * math.log10(found / whole) == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("kind", ["music", "noise", "tone"])
@pytest.mark.parametrize("rate_hz", RATES)
def test_the_meter_agrees_with_that_of_ffmpeg(rate_hz: int, kind: str) -> None:
    """Loudness, range and true peak of music, of noise as lively as speech, and of a tone, at every rate."""
    _agrees(_sound(kind, rate_hz), rate_hz)


@pytest.mark.slow
@pytest.mark.parametrize("rate_hz", RATES)
def test_the_meter_agrees_with_that_of_ffmpeg_on_speech(rate_hz: int) -> None:
    """The embedded voice, with the silence that its engine leaves around sentences."""
    _agrees(_sound("speech", rate_hz), rate_hz)


def test_the_course_of_loudness_agrees_with_that_of_ffmpeg() -> None:
    """Momentary loudness every 100 ms, from energies on the grid of an MP3's frames, within half a LU."""
    sound = _sound("music", 44_100)
    theirs, ours = np.array(_ebur128(sound, 44_100).momentary_lufs), momentary_lufs(_envelope(sound, 44_100))
    count = min(len(theirs), len(ours))
    assert abs(len(theirs) - len(ours)) <= 1
    assert np.abs(theirs[3:count] - ours[3:count]).max() < 0.5


@pytest.mark.parametrize("kind", ["music", "noise", "tone"])
@pytest.mark.parametrize("rate_hz", [24_000, 44_100, 48_000])
def test_the_meter_agrees_with_pyloudnorm(rate_hz: int, kind: str) -> None:
    """A third meter, whose filters are others of the same kind, reads within 0.1 LU of ours."""
    sound = _sound(kind, rate_hz)
    assert loudness(sound, rate_hz) == pytest.approx(Meter(rate_hz).integrated_loudness(sound), abs=0.1)


# ── the standard's own signals ──────────────────────────────────────────────────────────────────────────


def _stretches(*levels: tuple[float, float]) -> Envelope:
    """Stretches of a stereo tone of 1 kHz: dBFS and seconds of each."""
    tones = [_tone(16_000, seconds, 1000, dbfs) for dbfs, seconds in levels]
    return joined([of_steps(2 * energies(tone, 16_000), len(tone), 16_000) for tone in tones])


@pytest.mark.parametrize(
    "levels",
    [
        ((-23.0, 20.0),),
        ((-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)),
        ((-72.0, 10.0), (-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0), (-72.0, 10.0)),
        ((-26.0, 20.0), (-20.0, 20.1), (-26.0, 20.0)),
    ],
)
def test_test_signals_for_loudness_measure_what_they_should(levels: tuple[tuple[float, float], ...]) -> None:
    """EBU Tech 3341, signals 1, 3, 4 and 5: -23.0 LUFS within 0.1 LU, by both gates."""
    assert gated_lufs(_stretches(*levels)) == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize(
    ("dbfs", "expected_lu"),
    [((-20, -30), 10), ((-20, -15), 5), ((-40, -20), 20), ((-50, -35, -20, -35, -50), 15)],
)
def test_test_signals_for_range_measure_what_they_should(dbfs: tuple[float, ...], expected_lu: float) -> None:
    """EBU Tech 3342, signals 1 to 4: within 1 LU."""
    assert range_lu(_stretches(*((level, 20.0) for level in dbfs))) == pytest.approx(expected_lu, abs=1)


@pytest.mark.parametrize(("divisor", "degrees"), [(4, 0), (4, 45), (6, 60), (8, 67.5)])
def test_test_signals_for_true_peak_measure_what_they_should(divisor: int, degrees: float) -> None:
    """EBU Tech 3341, signals 15 to 18: tones whose samples miss their peaks by up to 3 dB read -6.0 dBTP."""
    tone = _tone(48_000, 1, 48_000 / divisor, phase=math.radians(degrees))
    assert _db(true_peak(tone)) == pytest.approx(-6.0, abs=0.05)


# ── energies ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("border", [20, 100, 301])
def test_energies_of_parts_are_those_of_the_whole(border: int) -> None:
    """A part that is measured with ten frames before it has the same energies as in the whole sound."""
    rate_hz, frame, primed = 44_100, 1152, 10
    sound = _noise(rate_hz, 10)
    whole = frame_energies(k_weighted(sound, rate_hz), frame)
    later = frame_energies(k_weighted(sound[(border - primed) * frame :], rate_hz), frame)[primed:]
    assert later == pytest.approx(whole[border:], rel=1e-4)


@pytest.mark.parametrize("kind", ["music", "noise", "tone", pytest.param("speech", marks=pytest.mark.slow)])
@pytest.mark.parametrize("rate_hz", [16_000, 24_000, 44_100])
def test_loudness_is_that_of_the_pieces(rate_hz: int, kind: str) -> None:
    """It does not matter on which grid energies were kept: frames of an MP3 or tenths of a second."""
    sound = _sound(kind, rate_hz)
    assert gated_lufs(_envelope(sound, rate_hz)) == pytest.approx(loudness(sound, rate_hz), abs=0.1)


@given(st.lists(st.integers(1, 30_000), min_size=1, max_size=4))
@settings(deadline=None, max_examples=20)
def test_pieces_of_any_length_add_up(lengths: list[int]) -> None:
    """Energies are as many as begun tenths of a second, and last together as long as the sounds."""
    sounds = [_noise(24_000, length / 24_000, seed) for seed, length in enumerate(lengths)]
    kept = [energies(sound, 24_000) for sound in sounds]
    assert [len(each) for each in kept] == [math.ceil(length / 2400) for length in lengths]
    together = joined([of_steps(each, length, 24_000) for each, length in zip(kept, lengths, strict=True)])
    assert together.seconds.sum() == pytest.approx(sum(lengths) / 24_000)


def test_channels_add_up() -> None:
    """The same sound on two channels is 3 LU louder, its peaks as high; silence on one counts nothing."""
    mono = _noise(44_100, 2)
    twice, once = np.stack([mono, mono], axis=1), np.stack([np.zeros_like(mono), mono], axis=1)
    assert loudness(twice, 44_100) == pytest.approx(loudness(mono, 44_100) + 3.01, abs=0.01)
    assert loudness(once, 44_100) == pytest.approx(loudness(mono, 44_100), abs=1e-4)
    assert true_peak(once) == true_peak(mono)
    assert np.array_equal(frame_peaks(once, 1152), frame_peaks(mono, 1152))


@pytest.mark.parametrize("rate_hz", [16_000, 96_000, 192_000])
def test_a_tone_is_as_loud_at_any_rate(rate_hz: int) -> None:
    """Whatever part of a block it is that rings."""
    tone, usual = (np.sin(6.283 * 997 * np.arange(2 * hz) / hz).astype(np.float32) for hz in (rate_hz, 48_000))
    assert loudness(tone, rate_hz) == pytest.approx(loudness(usual, 48_000), abs=0.05)


def test_nothing_measures_nothing() -> None:
    """No sound, and no sounds, have a place below every gate."""
    nothing = np.zeros(0, np.float32)
    for empty in (of_steps(energies(nothing, 24_000), 0, 24_000), joined([])):
        assert gated_lufs(empty) == SILENT_LUFS
        assert range_lu(empty) == 0
        assert len(momentary_lufs(empty)) == 0
    assert true_peak(nothing) == whole_energy(nothing, 24_000) == 0
    assert len(frame_peaks(nothing, 1152)) == len(step_peaks(nothing, 1152, 44_100)) == 0


def test_momentary_loudness_rises_with_a_sound() -> None:
    """Before a sound there is silence: its first 400 ms come in, a tenth of a second at a time."""
    tone = np.full(24_000, 1.0, np.float32)
    course = momentary_lufs(of_steps(np.full(10, 2400 / 4, np.float32), len(tone), 24_000))
    assert len(course) == 10
    steps = [10 * math.log10(share / 4 / 4) - 0.691 for share in (1, 2, 3, 4)]
    assert course == pytest.approx([*steps, *([steps[-1]] * 6)])


def test_peaks_keep_their_place_on_another_grid() -> None:
    """A peak shows in every tenth of a second that its frame touches, and in no other."""
    sound = np.zeros(44_100, np.float32)
    sound[22_000] = -0.5
    peaks = step_peaks(frame_peaks(sound, 1152), 1152, 44_100)
    assert len(peaks) == 10
    assert np.flatnonzero(peaks).tolist() == [4, 5]
    assert peaks.max() == 0.5


# ── true peak ───────────────────────────────────────────────────────────────────────────────────────────


def _oversampled_peak(samples: Samples) -> float:
    """Find the peak the long way round: the whole sound with sixteen times as many samples."""
    times = 16
    finer = np.fft.irfft(np.fft.rfft(samples.astype(np.float64)), times * len(samples)) * times
    return float(np.abs(finer).max())


def _burst(share: float, eighth: int) -> Samples:
    """Half of full scale at its height, at so many eighths between two samples, and soon over."""
    at = np.arange(4096) - 2048 - eighth / 8
    return np.asarray(0.5 * np.cos(share * np.pi * at) * np.exp(-((at / 6) ** 2)), dtype=np.float32)


@pytest.mark.parametrize("eighth", range(8))
@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.6])
def test_a_true_peak_is_found_wherever_it_lies_between_two_samples(share: float, eighth: int) -> None:
    """Of a sound of any share of the highest frequency."""
    assert _db(true_peak(_burst(share, eighth))) == pytest.approx(_db(0.5), abs=0.02)


@pytest.mark.parametrize("eighth", range(1, 8))
@pytest.mark.parametrize("share", [0.7, 0.75, 0.8, 0.85, 0.9])
def test_a_true_peak_is_the_same_from_behind(share: float, eighth: int) -> None:
    """Nearer the one sample or the other: where its weights let a meter read a little less, it does so both times."""
    burst = _burst(share, eighth)
    assert true_peak(burst[::-1]) == pytest.approx(true_peak(burst), rel=1e-4)


@given(st.integers(0, 10_000), st.lists(st.integers(0, 5000), max_size=5), st.sampled_from([7, 64, 1 << 15]))
@settings(deadline=None, max_examples=50)
def test_a_true_peak_is_the_highest_of_what_lies_between_any_borders(
    seed: int, within: list[int], at_once: int
) -> None:
    """What is around a stretch sounds in it, and how much is looked at at once makes no difference."""
    sound = np.random.default_rng(seed).standard_normal(5000).astype(np.float32) * np.hanning(5000).astype(np.float32)
    whole = true_peak(sound)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("podcast.audio.meter._AT_ONCE", at_once)
        stretches = itertools.pairwise([0, *sorted(within), 5000])
        assert max(true_peak(sound, start, end) for start, end in stretches) == whole


@given(st.integers(0, 10_000), st.floats(0.1, 0.85))
@settings(deadline=None, max_examples=50)
def test_a_true_peak_is_that_of_the_wave_between_the_samples(seed: int, band: float) -> None:
    """Within 0.1 dB of what sixteen times as many samples show, whatever part of the band is used."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(4096))
    spectrum[round(band * len(spectrum)) :] = 0
    sound = np.pad(np.fft.irfft(spectrum)[500:3500] * np.hanning(3000), 548).astype(np.float32)
    peak = true_peak(sound)
    assert peak >= float(np.abs(sound).max())
    assert _db(peak) == pytest.approx(_db(_oversampled_peak(sound)), abs=0.1)


# ── the same everywhere ─────────────────────────────────────────────────────────────────────────────────

_ALL_OF_IT = """
import hashlib, sys
import numpy as np
from podcast.audio.loudness import levelled
from podcast.audio.meter import energies, k_weighted, true_peak
from podcast.audio.mix import resampled
sound = np.random.default_rng(1).standard_normal(200_001).astype(np.float32) / 8
loud = levelled(sound, 9.0, -3.6, 24_000)
made = [energies(sound, 24_000), loud, resampled(loud, 24_000, 44_100), np.array([true_peak(loud)])]
print(hashlib.sha256(b"".join(each.tobytes() for each in made)).hexdigest())
print(*sorted({"scipy", "pyloudnorm"} & sys.modules.keys()))
"""


def test_sound_is_the_same_on_one_thread_and_on_two() -> None:
    """A worker that may use one processor makes the bytes that another makes with two; neither needs scipy."""
    said = [
        subprocess.run(
            [sys.executable, "-c", _ALL_OF_IT],
            env={**os.environ, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads},
            capture_output=True,
            check=True,
        ).stdout.decode()
        for threads in ("1", "2")
    ]
    assert said[0] == said[1]
    assert said[0].splitlines()[1] == ""
