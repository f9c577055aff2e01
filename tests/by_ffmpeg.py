"""What ffmpeg makes of frames of ours: another decoder than the one that measures them."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import numpy as np

from podcast.outside.ffmpeg import executable

if TYPE_CHECKING:
    from podcast.outside.mp3 import Mp3Format
    from podcast.types import Samples


def decode_frames(data: bytes, form: Mp3Format) -> Samples:
    """Decode bare MP3 frames to all that they hold, shape (frames, channels): no delay is taken off."""
    command = [executable(), "-v", "error", "-f", "mp3", "-i", "pipe:", "-f", "f32le", "pipe:"]
    sound = subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout
    return np.frombuffer(sound, dtype="<f4").reshape(-1, form.channels)
