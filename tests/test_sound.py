"""Silence around a sentence is cut, and its edges are soft."""

from __future__ import annotations

import numpy as np
import pytest

from podcast.outside import sound as door
from podcast.outside.sound import trimmed

RATE_HZ = 24_000


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 16_000, 22_050, 24_000, 44_100, 44_101, 48_000])
def test_silence_is_as_long_as_pydub_finds_it_by_itself(rate_hz: int) -> None:
    """At every rate, wherever a sound begins, be it a click, a noise that swells, or none at all."""
    chance = np.random.default_rng(rate_hz)
    for _ in range(60):
        length, start = chance.integers(1, rate_hz), chance.integers(0, rate_hz)
        pcm = chance.integers(-20, 21, length)
        pcm[start : start + chance.integers(1, 400)] = chance.integers(-32_768, 32_768)
        pcm[start + 1 :] = chance.normal(0, chance.integers(1, 300), len(pcm[start + 1 :])).clip(-32_768, 32_767)
        for silence_dbfs in (-48.0, chance.uniform(-70, -20), -float("inf")):
            segment = door.AudioSegment(pcm.astype("<i2").tobytes(), sample_width=2, frame_rate=rate_hz, channels=1)
            alone_ms = door.detect_leading_silence(segment, silence_dbfs, 5)
            assert door._silence_ms(segment, silence_dbfs) == alone_ms


def test_what_sounds_stays_between_edges_that_fade() -> None:
    """25 ms before and behind it are left."""
    sound = np.concatenate([np.zeros(RATE_HZ), np.full(RATE_HZ // 2, 0.5), np.zeros(RATE_HZ)]).astype(np.float32)
    cut = trimmed(sound, RATE_HZ)
    assert len(cut) / RATE_HZ == pytest.approx(0.55, abs=0.006)
    assert np.count_nonzero(cut > 0.4) == pytest.approx(RATE_HZ // 2, abs=RATE_HZ // 100)
    assert (cut[0], cut[-1]) == pytest.approx((0, 0), abs=1e-3)

