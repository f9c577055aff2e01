"""What a finished episode measures, from what was measured of its parts: no second pass over the sound is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from podcast.audio.loudness import rounded_db
from podcast.audio.meter import Envelope, gated_lufs, momentary_lufs, range_lu, step_peaks
from podcast.outside.mp3 import DELAY_SAMPLES, frame_samples
from podcast.types import Measurement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast.audio.parts import Measures
    from podcast.show import AudioSettings

LOUDNESS_TOLERANCE_LU = 0.4


def measurement(parts: Sequence[Measures], length: int, rate_hz: int) -> Measurement:
    """Compose what the parts of an episode of so many samples measure; rounded as meters show it."""
    frame = frame_samples(rate_hz)
    sound = _envelope(np.concatenate([part.energies for part in parts]), frame, length, rate_hz)
    peaks = step_peaks(np.concatenate([part.peaks for part in parts]), frame, rate_hz)
    return Measurement(
        round(gated_lufs(sound), 1),
        round(max(part.true_peak_dbtp for part in parts), 1),
        round(range_lu(sound), 1),
        length,
        tuple(momentary_lufs(sound).tolist()),
        tuple(peaks.tolist()),
    )


def _envelope(energies: np.typing.NDArray[np.float32], frame: int, length: int, rate_hz: int) -> Envelope:
    """Take what decoders give after the encoder's delay, and nothing of what they add behind the end."""
    edges = np.clip(np.arange(len(energies) + 1) * frame - DELAY_SAMPLES, 0, length)
    seconds = np.diff(edges) / rate_hz
    is_heard = seconds > 0
    return Envelope(energies[is_heard].astype(np.float64) / rate_hz, seconds[is_heard])


def trim_for(measured: Measurement, audio: AudioSettings) -> float:
    """How much louder or softer all has to be, in dB; 0 where it is near enough."""
    off_lu = audio.loudness_lufs - measured.loudness_lufs
    return rounded_db(off_lu) if abs(off_lu) > LOUDNESS_TOLERANCE_LU else 0.0
