"""What fuzzing found, input by input: each once ended in a traceback, hung or ate the memory, and none may again."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from podcast.errors import InputError
from podcast.papers.history import open_history
from podcast.speech.engines.pcm import NotSoundError, to_samples

if TYPE_CHECKING:
    from pathlib import Path


def test_a_voice_s_header_cannot_make_billions_of_samples_of_a_few() -> None:
    """A WAV file says how many samples a second it has; resampling a lie took 43 GB."""
    sound = b"\0\1" * 12_000
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 0xFFFFFFFF, 48_000, 2, 16)
    data = b"RIFF\0\0\0\0WAVE" + form + struct.pack("<4sI", b"data", len(sound)) + sound
    with pytest.raises(NotSoundError, match="4294967295 samples a second"):
        to_samples(data, 24_000)


def test_a_database_whose_tables_have_unreadable_names_is_called_damaged(tmp_path: Path) -> None:
    """SQLite quotes the name in what it says of it, and Python cannot read that."""
    path = tmp_path / "papers.db"
    with open_history(path):
        pass
    path.write_bytes(path.read_bytes().replace(b"CREATE TABLE papers", b"CREAT\xaf TABLE papers"))
    with pytest.raises(InputError, match=r"papers\.db: this is no database, or a damaged one"), open_history(path):
        pass
