"""Does this sound like its text? Judged by arithmetic alone: length, level, silence, clipping, noise.

Every limit is far from what speech does and on the near side of what broken speech does: a sentence refused for
nothing costs an episode. What was really said only ears can tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from podcast.audio.spectra import spectra
from podcast.speech.pace import ANY_PACE, counts, pace_of, unmarked

if TYPE_CHECKING:
    from podcast.types import Samples, Voice

PROOF_VERSION = 3
"""Part of every clip's key: raise it when another take may be chosen for the same text."""

# ── how long a text takes ───────────────────────────────────────────────────────────────────────────────


_FASTEST_LETTERS_PER_SECOND = 32
"""No voice at its normal speed is understood above this; read English has 12 to 18."""

_SLACK_S = 0.2
"""For the shortest: one word may be drawled or swallowed."""

_ANY_SLACK_S = 1.5
"""For the shortest of a voice that nobody has measured."""


def _length_fault(seconds: float, text: str, voice: Voice) -> str | None:
    least_s, most_s = bounds_s(text, voice)
    if seconds < least_s:
        return f"returned only {seconds:.2f} s"
    return f"took {seconds:.1f} s" if seconds > most_s else None


def bounds_s(text: str, voice: Voice) -> tuple[float, float]:
    """Least and most seconds that a voice may take for a text, silence around it cut."""
    letters = sum(sign.isalnum() for sign in unmarked(text))
    pace = pace_of(voice)
    expected_s = pace.expected_ms(counts(text)) / 1000
    least_s = max(letters / _FASTEST_LETTERS_PER_SECOND, expected_s * pace.least - _SLACK_S)
    most_s = expected_s * pace.most + (_ANY_SLACK_S if pace is ANY_PACE else _SLACK_S)
    return least_s / voice.speed, most_s / voice.speed


# ── samples ─────────────────────────────────────────────────────────────────────────────────────────────

_QUIETEST_PEAK = 0.01
_QUIETEST_RMS, _LOUDEST_RMS = 0.01, 0.7
_FURTHEST_OFF_CENTRE = 0.25
"""Mean of a sentence as a share of its level: a voice swings around 0, a broken converter does not."""

_FULL_SCALE = 0.999
_CLIPPED_RUN = 3
_CLIPPED_SHARE = 0.001
_LONGEST_SILENCE_S = 1.5
_SILENT_BELOW = 0.01
"""Of the loudest frame: 40 dB below it nothing of a sentence is heard."""

_FRAME_S = 0.02
_NOISE_BAND_HZ = (200, 4000)
_NOISE_FLATNESS = 0.35
"""Spectral flatness of a frame of white noise is 0.56 (e to the minus Euler's constant), of a vowel below 0.1."""

_FEWEST_FRAMES = 5
_MOST_FRAMES = 200


def take_fault(samples: Samples) -> str | None:
    """Say what an engine returned instead of sound; None if it can be worked with."""
    peak = float(np.max(np.abs(samples), initial=0.0))
    if not len(samples):
        return "returned nothing"
    if not np.isfinite(peak):
        return "returned what is no sound"
    if peak < _QUIETEST_PEAK:
        return "returned silence"
    is_clipped = peak >= _FULL_SCALE and _clipped_share(samples) > _CLIPPED_SHARE
    return "returned clipped sound" if is_clipped else None


def speech_fault(sound: Samples, rate_hz: int, text: str, voice: Voice) -> str | None:
    """Say what is wrong with a sentence, silence around it cut; None if it may be speech."""
    if not len(sound):
        return "returned silence"
    return _length_fault(len(sound) / rate_hz, text, voice) or _sound_fault(sound, rate_hz, voice)


def _sound_fault(sound: Samples, rate_hz: int, voice: Voice) -> str | None:
    level = float(np.sqrt(np.mean(np.square(sound))))
    if not _QUIETEST_RMS <= level <= _LOUDEST_RMS:
        return f"returned sound of {20 * np.log10(level):.0f} dBFS"
    if abs(float(np.mean(sound))) > _FURTHEST_OFF_CENTRE * level:
        return "returned sound off its centre"
    frames = _frames(sound, rate_hz)
    levels = _levels(frames)
    silence_s = _longest_silence_s(levels)
    if silence_s > _LONGEST_SILENCE_S / voice.speed:
        return f"was silent for {silence_s:.1f} s"
    return "returned noise" if _flatness(_sounding(frames, levels), rate_hz) > _NOISE_FLATNESS else None


def _clipped_share(samples: Samples) -> float:
    """Share of samples that stand at full scale in runs; one high peak is no run."""
    runs = _runs(np.abs(samples) >= _FULL_SCALE)
    return float(np.sum(runs[runs >= _CLIPPED_RUN])) / len(samples)


def _runs(flags: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Lengths of the runs of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return edges[1::2] - edges[::2]


def _frames(sound: Samples, rate_hz: int) -> Samples:
    """Cut into whole frames of 20 ms, shape (frames, samples)."""
    width = round(rate_hz * _FRAME_S)
    return sound[: len(sound) // width * width].reshape(-1, width)


def _levels(frames: Samples) -> Samples:
    return np.asarray(np.sqrt(np.mean(np.square(frames), axis=1)))


def _longest_silence_s(levels: Samples) -> float:
    return float(np.max(_runs(levels < _SILENT_BELOW * np.max(levels, initial=0)), initial=0)) * _FRAME_S


def _flatness(frames: Samples, rate_hz: int) -> float:
    """Median spectral flatness of what sounds in the band of speech; 0 where nothing does, or hardly anything."""
    power = np.square(np.abs(spectra(frames * np.hanning(frames.shape[1]).astype(np.float32))))
    hertz = np.fft.rfftfreq(frames.shape[1], 1 / rate_hz)
    band = power[:, (hertz >= _NOISE_BAND_HZ[0]) & (hertz <= _NOISE_BAND_HZ[1])] + np.finfo(np.float32).tiny
    audible = np.mean(band, axis=1) > _SILENT_BELOW * np.mean(power, axis=1)
    if np.count_nonzero(audible) < _FEWEST_FRAMES:
        return 0.0
    band = band[audible]
    return float(np.median(np.exp(np.mean(np.log(band), axis=1)) / np.mean(band, axis=1)))


def _sounding(frames: Samples, levels: Samples) -> Samples:
    """Frames that are not silent, evenly thinned out: a median needs no more."""
    loud = np.flatnonzero(levels > 10 * _SILENT_BELOW * np.max(levels, initial=0))
    return frames[loud[:: max(1, len(loud) // _MOST_FRAMES)]]
