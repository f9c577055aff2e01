"""Parts of an episode's sound: what is kept of them, and that damaged ones are not played."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from podcast.audio.frames import Run
from podcast.audio.parts import Measures, Part, PartStore

if TYPE_CHECKING:
    from pathlib import Path

KEY, OTHER = "ab" * 32, "cd" * 32
PART = Part(
    b"\xff\xfb frames \x00 of an MP3",
    Measures(
        Run(3, 20, 0xABCD),
        np.array([0.0, 1.5, 2.25], dtype=np.float32),
        np.array([0.0, 0.5, 0.75], dtype=np.float32),
        -1.25,
    ),
)


# ── what is kept ────────────────────────────────────────────────────────────────────────────────────────


def test_a_part_comes_back_as_it_was(tmp_path: Path) -> None:
    """Its bytes and what it measures."""
    PartStore(tmp_path / "parts").save(KEY, PART)
    kept = PartStore(tmp_path / "parts").load(KEY)
    assert kept is not None
    assert (kept.mp3, kept.measures.run) == (PART.mp3, PART.measures.run)
    assert kept.measures.true_peak_dbtp == PART.measures.true_peak_dbtp
    assert np.array_equal(kept.measures.energies, PART.measures.energies)
    assert np.array_equal(kept.measures.peaks, PART.measures.peaks)


def test_a_part_that_is_not_there_is_none(tmp_path: Path) -> None:
    """Neither in a folder that is not there yet nor in one that has others."""
    store = PartStore(tmp_path / "parts")
    assert store.load(KEY) is None
    store.save(KEY, PART)
    assert store.load(OTHER) is None


def test_a_damaged_part_is_none_and_gone(tmp_path: Path) -> None:
    """Whichever byte of it is another one, or missing."""
    store = PartStore(tmp_path)
    store.save(KEY, PART)
    (path,) = store.files()
    whole = path.read_bytes()
    flipped = (whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(len(whole)))
    for damaged in (*flipped, whole[:-1], b""):
        path.write_bytes(damaged)
        assert store.load(KEY) is None
        assert store.files() == []


def test_only_what_is_needed_is_kept(tmp_path: Path) -> None:
    """The cache does not grow; what is not ours stays."""
    store = PartStore(tmp_path)
    store.save(KEY, PART)
    store.save(OTHER, PART)
    (tmp_path / "note.mp3").write_bytes(b"mine")
    store.keep_only({KEY})
    assert [path.name[:64] for path in store.files()] == [KEY]
    assert (tmp_path / "note.mp3").is_file()


def test_the_same_part_is_the_same_file(tmp_path: Path) -> None:
    """Byte for byte."""
    for name in ("one", "two"):
        PartStore(tmp_path / name).save(KEY, PART)
    one, two = (next(iter(PartStore(tmp_path / name).files())) for name in ("one", "two"))
    assert (one.name, one.read_bytes()) == (two.name, two.read_bytes())
