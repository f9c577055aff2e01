"""MP3 frames of ours back to sound, in this process: no program has to start, and nothing goes through a pipe.

By miniaudio (dr_mp3), to 16 bits: fine enough to measure what listeners get. What is louder than full scale is cut
there, and counts as full scale.
"""

from __future__ import annotations

import functools
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np

from podcast.errors import OutsideError
from podcast.outside import mp3

if TYPE_CHECKING:
    from podcast.outside.mp3 import Mp3Format
    from podcast.types import Samples


@functools.cache
def identity() -> str:
    """Say which decoder it is: another version may measure otherwise."""
    return f"miniaudio {version('miniaudio')}"


def decode_frames(data: bytes, form: Mp3Format) -> Samples:
    """Decode bare MP3 frames, two at least, to all that they hold, shape (frames, channels): no delay is taken off.

    OutsideError if the decoder gives anything else.
    """
    import miniaudio

    wanted = len(mp3.frames_of(data, form)) * mp3.frame_samples(form.rate_hz) * form.channels
    try:
        samples = miniaudio.mp3_read_f32(data).samples
    except miniaudio.DecodeError as error:
        raise OutsideError(f"{identity()} cannot read what was encoded just now ({error}). {_ANOTHER}") from error
    if len(samples) != wanted:
        raise OutsideError(f"{identity()} gives {len(samples):,} samples where there are {wanted:,}. {_ANOTHER}")
    return np.frombuffer(samples, dtype=np.float32).reshape(-1, form.channels)


_ANOTHER = "Install the version that requirements.lock names, then run this again."
