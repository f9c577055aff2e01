"""A real voice, encoded in parts: with borders in its pauses, as episodes are, and in the middle of its words."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from by_ffmpeg import decode_frames
from frame_maker import in_parts

from podcast.audio.frames import PRIMED_FRAMES
from podcast.audio.mix import resampled
from podcast.outside import ffmpeg, mp3
from podcast.outside.mp3 import Mp3Format
from podcast.speech.engines.hibari import HibariEngine
from podcast.types import Piece, Voice

if TYPE_CHECKING:
    import numpy.typing as npt

    from podcast.types import Samples

pytestmark = pytest.mark.slow

ALIKE = 0.0002
"""Of full scale."""


@pytest.fixture(scope="module")
def speech() -> Samples:
    """Return a spoken sentence at 24 kHz, at an episode's loudness."""
    sentence = (
        "The second paper asks how well a network sorts what it has never seen, and the answer surprised its authors."
    )
    spoken = HibariEngine().speak(Piece(sentence, 1), Voice("heart", "hibari", "heart"))
    return spoken * np.float32(0.5 / np.max(np.abs(spoken)))


FORMS = [Mp3Format(44_100, 1, 96), Mp3Format(44_100, 2, 128), Mp3Format(24_000, 1, 48)]


def _in_channels(mono: Samples, form: Mp3Format) -> Samples:
    return np.repeat(mono[:, np.newaxis], form.channels, axis=1)


def _decoded(frames: list[bytes], form: Mp3Format) -> Samples:
    return decode_frames(b"".join(frames), form)


def _both(sound: Samples, form: Mp3Format, borders: list[int]) -> tuple[Samples, Samples, npt.NDArray[np.bool_]]:
    """Decode a sound that was encoded as one and one that was in parts, and say what is close to a border."""
    size, total = mp3.frame_samples(form.rate_hz), mp3.frames_for(len(sound), form.rate_hz)
    whole = _decoded(mp3.frames_of(ffmpeg.encode([sound], form), form)[:total], form)
    parts = _decoded(list(itertools.chain(*in_parts(sound, form, borders))), form)
    assert parts.shape == whole.shape
    is_joint = np.zeros(len(whole), bool)
    for border in borders:
        is_joint[(border - 1) * size : (border + 2) * size] = True
    return whole, parts, is_joint


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_a_border_in_a_pause_is_not_there_to_the_ear(speech: Samples, form: Mp3Format) -> None:
    """Ten frames after the last word of one part, and two before the first of the next, nothing is different."""
    size, spoken = mp3.frame_samples(form.rate_hz), _in_channels(resampled(speech, 24_000, form.rate_hz), form)
    border = -(-len(spoken) // size) + PRIMED_FRAMES
    pause = np.zeros(((border + 2) * size - len(spoken), form.channels), np.float32)
    whole, parts, is_joint = _both(np.concatenate([spoken, pause, spoken]), form, [border])
    assert np.max(np.abs(parts - whole)[is_joint]) < ALIKE


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_a_border_within_words_costs_nothing(speech: Samples, form: Mp3Format) -> None:
    """Were every twentieth frame a border, no more would be lost of the voice around them than is lost anyway."""
    sound = _in_channels(resampled(speech, 24_000, form.rate_hz), form)
    whole, parts, is_joint = _both(sound, form, list(range(20, mp3.frames_for(len(sound), form.rate_hz), 20)))
    before, behind = (np.zeros((samples, form.channels)) for samples in (mp3.DELAY_SAMPLES, 5000))
    source = np.concatenate([before, sound, behind])[: len(whole)]
    lost, lost_anyway = ((each - source)[is_joint] for each in (parts, whole))
    assert np.max(np.abs(lost)) < 1.02 * np.max(np.abs(lost_anyway))
    assert math.sqrt(np.mean(lost**2)) < 1.02 * math.sqrt(np.mean(lost_anyway**2))
