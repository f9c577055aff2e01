"""The one door to pydub: cutting silence off a clip and softening its edges."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from podcast.types import Samples

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it looks for an ffmpeg on the PATH, which it is never asked to use
    from pydub import AudioSegment
    from pydub.silence import detect_leading_silence

TRIM_VERSION = 2
"""Part of every clip's key: raise it when `trimmed` changes what it returns."""

_SILENCE_DBFS, _SILENCE_BELOW_PEAK_DB = -48.0, 34.0
"""What of a loud voice is silence, and of a soft one, whose consonants are softer too."""

_STEP_MS = 5
_MARGIN_MS = 25
"""Left before the first and after the last sound, so that soft consonants keep their edges."""

_FADE_MS = 10
_FULL_SCALE = 32767


def trimmed(samples: Samples, rate_hz: int) -> Samples:
    """Cut leading and trailing silence; fade the edges, so that no joint clicks. Empty if all is silent."""
    segment = _to_segment(samples, rate_hz)
    silence_dbfs = min(_SILENCE_DBFS, segment.max_dBFS - _SILENCE_BELOW_PEAK_DB)
    start = _silence_ms(segment, silence_dbfs)
    if start >= len(segment):
        return np.zeros(0, dtype=np.float32)
    end = len(segment) - _silence_ms(segment.reverse(), silence_dbfs)
    sound = segment[max(0, start - _MARGIN_MS) : end + _MARGIN_MS]
    return _to_samples(sound.fade_in(_FADE_MS).fade_out(_FADE_MS))


def _silence_ms(segment: Any, silence_dbfs: float) -> int:
    """How long it is silent at the beginning, in steps.

    A step's level is at most its highest sample: those before the first sample that is as high as silence may be are
    silent, and pydub, which takes a while to answer, is asked only from there.
    """
    pcm = np.frombuffer(segment.raw_data, dtype="<i2")
    height = int(10 ** (silence_dbfs / 20) * segment.max_possible_amplitude)
    is_high = (pcm >= height) | (pcm <= -height)
    first = int(is_high.argmax()) if is_high.any() else len(pcm)
    whole_steps_ms = math.lcm(_STEP_MS, 1000 // math.gcd(1000, segment.frame_rate))  # that begin at a sample
    skipped_ms: int = 1000 * first // segment.frame_rate // whole_steps_ms * whole_steps_ms
    left_ms: int = detect_leading_silence(segment[skipped_ms:], silence_dbfs, _STEP_MS)
    return skipped_ms + left_ms


def _to_segment(samples: Samples, rate_hz: int) -> Any:
    pcm = np.round(samples * _FULL_SCALE).astype("<i2").tobytes()
    return AudioSegment(pcm, sample_width=2, frame_rate=rate_hz, channels=1)


def _to_samples(segment: Any) -> Samples:
    return np.frombuffer(segment.raw_data, dtype="<i2").astype(np.float32) / np.float32(_FULL_SCALE)
