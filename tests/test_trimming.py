"""Where a sentence begins and ends is found sooner than pydub finds it by itself, and at the same place."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import pytest

from podcast.outside import sound

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # as where it is used: it asks for a module that Python 3.13 does not have
    import pydub.silence

if TYPE_CHECKING:
    from collections.abc import Iterator

STEP_MS = 5
SILENCE_DBFS = -48.0
HEIGHT = round(10 ** (SILENCE_DBFS / 20) * 32_768)


def _sounds(rate_hz: int) -> Iterator[np.ndarray]:
    """Nothing, levels at the threshold, and clicks and noise that begin at and beside borders of steps."""
    yield np.zeros(0)
    for height in (0, HEIGHT - 1, HEIGHT, HEIGHT + 1, 32_767, -32_768):
        yield np.full(rate_hz // 7, height)
    chance = np.random.default_rng(rate_hz)
    for start in {int(STEP_MS * step * rate_hz / 1000) + beside for step in range(1, 40) for beside in (-1, 0, 1)}:
        background = chance.integers(-20, 21, start + int(chance.integers(1, rate_hz // 4)))
        background[start] = chance.choice([HEIGHT, 1_000, 32_767, -32_768])
        yield background
        noise = chance.normal(0, chance.integers(1, 300), len(background) - start)
        yield np.concatenate([background[:start], noise.clip(-32_768, 32_767)])


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 16_000, 22_050, 24_000, 44_100, 44_101, 48_000])
def test_silence_is_as_long_as_pydub_finds_it_by_itself(rate_hz: int) -> None:
    """At every rate, whatever sounds, and however loud silence may be."""
    for pcm in _sounds(rate_hz):
        segment = pydub.AudioSegment(pcm.astype("<i2").tobytes(), sample_width=2, frame_rate=rate_hz, channels=1)
        for silence_dbfs in (SILENCE_DBFS, -60.3, -24.0, -float("inf")):
            alone_ms = pydub.silence.detect_leading_silence(segment, silence_dbfs, STEP_MS)
            assert sound._silence_ms(segment, silence_dbfs) == alone_ms
