"""MP3s made of frames, as a whole and in parts."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from podcast.audio.frames import AHEAD_FRAMES, PRIMED_FRAMES, joined, run_of
from podcast.outside import ffmpeg, mp3

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from podcast.outside.mp3 import Mp3Format
    from podcast.types import Samples


def mp3_of(sound: Samples, form: Mp3Format, *, block: int = 10**6) -> bytes:
    """Return an MP3 of a sound that is encoded in one go."""
    blocks = (sound[start : start + block] for start in range(0, len(sound), block))
    frames = mp3.frames_of(ffmpeg.encode(blocks, form), form)
    return file_of([frames[: mp3.frames_for(len(sound), form.rate_hz)]], len(sound), form)


def file_of(parts: Sequence[Sequence[bytes]], samples: int, form: Mp3Format) -> bytes:
    """Return an MP3 of frames that were encoded apart."""
    return joined([run_of(part) for part in parts], samples, form) + b"".join(itertools.chain(*parts))


def in_parts(sound: Samples, form: Mp3Format, borders: Iterable[int]) -> list[list[bytes]]:
    """Encode a sound in parts that begin at borders between frames."""
    size, total = mp3.frame_samples(form.rate_hz), mp3.frames_for(len(sound), form.rate_hz)
    before, behind = (
        np.zeros((count * size, form.channels), np.float32) for count in (PRIMED_FRAMES, AHEAD_FRAMES + 1)
    )
    padded = np.concatenate([before, sound, behind])
    return [
        mp3.frames_of(ffmpeg.encode([padded[first * size : (PRIMED_FRAMES + last + AHEAD_FRAMES) * size]], form), form)[
            PRIMED_FRAMES : PRIMED_FRAMES + last - first
        ]
        for first, last in itertools.pairwise([0, *borders, total])
    ]
