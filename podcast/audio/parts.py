"""Parts of an episode's sound: encoded, measured, and kept by what they are made of.

A part's key says all that it is made of. Its file is named by that key and by the digest of its content, so that a
damaged file is made again instead of played. It is an MP3 that any player plays, with what it measures in a tag.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from podcast import files
from podcast.audio.tags import frame, tag
from podcast.files import sha256_of, write_bytes

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from podcast.types import Samples

_NAME = re.compile(r"[0-9a-f]{64}\.[0-9a-f]{16}\.mp3")
_OWNER = b"podcast.part\x00"
_HEAD = struct.Struct("<Id")
_BEFORE_MEASURES = 10 + 10 + len(_OWNER)
"""Bytes of a file: the headers of its tag and of its only frame, and whose that is."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Some frames of an MP3, and what they measure after decoding, frame by frame."""

    mp3: bytes
    energies: Samples
    """K-weighted (BS.1770), summed over samples and channels."""
    peaks: Samples
    """Highest absolute sample, full scale 1."""
    true_peak_dbtp: float


class PartStore:
    """The parts of one episode, in a folder of their own; those of its last rendering."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, key: str) -> Part | None:
        """Return a part, or None if it is not there or not as it was written."""
        for path in self._folder.glob(f"{key}.*.mp3"):
            data = files.readable(path)
            if path.name == _file_name(key, data):
                return _from_bytes(data)
            files.discard(path)
        return None

    def save(self, key: str, part: Part) -> None:
        """Keep a part; its name verifies it, so nobody need wait for the disk."""
        data = _to_bytes(part)
        write_bytes(self._folder / _file_name(key, data), data, durable=False)

    def keep_only(self, keys: Collection[str]) -> None:
        """Remove every part but these."""
        for path in self.files():
            if path.name.partition(".")[0] not in keys:
                files.discard(path)

    def files(self) -> list[Path]:
        """List the files of all parts; a file's name begins with the key of its part."""
        return sorted(path for path in self._folder.glob("*.mp3") if _NAME.fullmatch(path.name))


def _file_name(key: str, data: bytes) -> str:
    return f"{key}.{sha256_of(data)[:16]}.mp3"


def _to_bytes(part: Part) -> bytes:
    measures = np.concatenate([part.energies, part.peaks]).astype("<f4").tobytes()
    return tag(frame("PRIV", _OWNER + _HEAD.pack(len(part.energies), part.true_peak_dbtp) + measures)) + part.mp3


def _from_bytes(data: bytes) -> Part:
    count, true_peak_dbtp = _HEAD.unpack_from(data, _BEFORE_MEASURES)
    start = _BEFORE_MEASURES + _HEAD.size
    measures = np.frombuffer(data, "<f4", 2 * count, start)
    return Part(data[start + measures.nbytes :], measures[:count], measures[count:], true_peak_dbtp)
