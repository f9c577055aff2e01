"""MP3 frames of ours decoded in this process: as ffmpeg decodes them, or an error says why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import by_ffmpeg
import numpy as np
import pytest

from podcast.errors import OutsideError
from podcast.outside import ffmpeg
from podcast.outside.decoder import decode_frames, identity
from podcast.outside.mp3 import Mp3Format, frames_of

if TYPE_CHECKING:
    from podcast.types import Samples

FORM = Mp3Format(44_100, 1, 96)


def _sound(form: Mp3Format, peak: float = 0.5) -> Samples:
    """Return a chord that grows, another on every channel."""
    at = np.arange(2 * form.rate_hz) / form.rate_hz
    tones = [np.sin(2 * np.pi * 220 * (channel + 1) * at) for channel in range(form.channels)]
    return (peak * np.stack(tones, axis=1) * at[:, np.newaxis] / 2).astype(np.float32)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 24_000, 32_000, 44_100, 48_000])
def test_it_decodes_as_ffmpeg_does(rate_hz: int, channels: int) -> None:
    """Sample by sample, within what 16 bits can tell."""
    form = Mp3Format(rate_hz, channels, 64 * channels)
    data = ffmpeg.encode([_sound(form)], form)
    ours, its = decode_frames(data, form), by_ffmpeg.decode_frames(data, form)
    assert ours.shape == its.shape
    assert np.abs(ours - its).max() < 1e-4
    assert np.abs(ours).max() == pytest.approx(0.5, abs=0.02)


def test_what_is_louder_than_full_scale_counts_as_full_scale() -> None:
    """So it is noticed that it is too loud."""
    decoded = decode_frames(ffmpeg.encode([_sound(FORM, peak=1.5)], FORM), FORM)
    assert np.abs(decoded).max() == pytest.approx(1.0, abs=0.001)


def test_frames_from_here_and_there_are_each_decoded_with_the_one_before() -> None:
    """A frame that is behind its neighbour sounds as in the whole, whatever came before that."""
    data = ffmpeg.encode([_sound(FORM)], FORM)
    frames = frames_of(data, FORM)
    whole = decode_frames(data, FORM).reshape(len(frames), -1)
    some = decode_frames(b"".join([*frames[50:53], *frames[20:22]]), FORM).reshape(5, -1)
    for number, place in {51: 1, 52: 2, 21: 4}.items():
        assert np.abs(some[place] - whole[number]).max() < 1e-4
    assert np.abs(some[3, -64:] - whole[20, -64:]).max() < 1e-4  # and so does the end of the one before


@pytest.mark.parametrize("data", [b"", b"no MP3 at all" * 200, bytes(2000)], ids=["nothing", "words", "zeros"])
def test_what_is_no_mp3_is_an_error(data: bytes) -> None:
    """It names the decoder."""
    with pytest.raises(OutsideError, match=identity()):
        decode_frames(data, FORM)


def test_a_decoder_that_gives_less_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not there cannot be measured."""
    import miniaudio

    read = miniaudio.mp3_read_f32

    def less(data: bytes) -> miniaudio.DecodedSoundFile:
        return read(data[: len(data) // 2])

    monkeypatch.setattr(miniaudio, "mp3_read_f32", less)
    with pytest.raises(OutsideError, match=r"gives 44,928 samples where there are 89,856\."):
        decode_frames(ffmpeg.encode([_sound(FORM)], FORM), FORM)
