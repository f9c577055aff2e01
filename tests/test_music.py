"""The show's music: what its files promise to the mix, and that the program beside them makes them."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import imageio_ffmpeg
import numpy as np
import numpy.typing as npt
import pyloudnorm
import pytest

if TYPE_CHECKING:
    from types import ModuleType

FOLDER = Path(__file__).parent.parent / "voices" / "music"
SECONDS = {"intro": 14.0, "sting": 2.5, "outro": 12.0}
NAMES = list(SECONDS)
RATE_HZ = 44_100


def _load() -> ModuleType:
    """Import compose.py, which is a program and in no package."""
    spec = importlib.util.spec_from_file_location("compose", FOLDER / "compose.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["compose"] = module  # its dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


compose: Any = _load()


@cache
def _decoded(path: Path) -> npt.NDArray[np.float64]:
    """Decode a file to 44.1 kHz stereo, shape (frames, 2)."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path)]
    command += ["-f", "f32le", "-ac", "2", "-ar", str(RATE_HZ), "pipe:1"]
    sound = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(sound, "<f4").reshape(-1, 2).astype(np.float64)


def _music(name: str) -> npt.NDArray[np.float64]:
    return _decoded(FOLDER / f"{name}.opus")


def _level_db(sound: npt.NDArray[np.float64]) -> float:
    """Root mean square in dB of full scale."""
    return float(10 * np.log10(np.mean(sound**2) + 1e-12))


def _seconds(sound: npt.NDArray[np.float64], start: float, end: float) -> npt.NDArray[np.float64]:
    return sound[round(start * RATE_HZ) : round(end * RATE_HZ)]


@pytest.mark.parametrize("name", NAMES)
def test_each_piece_has_its_length(name: str) -> None:
    """A piece decodes to the length that the mix counts on, within 50 ms."""
    assert len(_music(name)) / RATE_HZ == pytest.approx(SECONDS[name], abs=0.05)


@pytest.mark.parametrize("name", NAMES)
def test_each_piece_begins_and_ends_in_silence(name: str) -> None:
    """Neither edge of a file clicks, and its last tenth of a second has died away."""
    sound = _music(name)
    assert np.abs(_seconds(sound, 0, 0.005)).max() < 0.001
    assert np.abs(sound[-RATE_HZ // 100 :]).max() < 0.001
    assert _level_db(sound[-RATE_HZ // 10 :]) < -60


@pytest.mark.parametrize("name", NAMES)
def test_no_piece_is_near_clipping(name: str) -> None:
    """The encoded file still has its true peak under -3 dBTP, and so far below -1 dBFS."""
    assert 20 * np.log10(np.abs(_music(name)).max()) < -1
    assert compose.true_peak_dbtp(_music(name)) < -3


@pytest.mark.parametrize("name", NAMES)
def test_all_pieces_are_equally_loud(name: str) -> None:
    """Each file is at -18 LUFS, so one gain fits all."""
    loudness = pyloudnorm.Meter(RATE_HZ).integrated_loudness(_music(name))
    assert loudness == pytest.approx(-18, abs=0.5)


@pytest.mark.parametrize("name", NAMES)
def test_each_file_is_small(name: str) -> None:
    """The music weighs little in the repository."""
    assert (FOLDER / f"{name}.opus").stat().st_size < 250_000


def test_the_intro_makes_room_for_the_greeting() -> None:
    """After its motif the intro is softer by 3 dB, and has next to nothing between 1 and 4 kHz."""
    opening, bed = _seconds(_music("intro"), 0, 3.75), _seconds(_music("intro"), 5, 10.5)
    assert _level_db(bed) < _level_db(opening) - 3
    power = np.abs(np.fft.rfft(bed.mean(axis=1))) ** 2
    hertz = np.fft.rfftfreq(len(bed), 1 / RATE_HZ)
    share = power[(hertz > 1_000) & (hertz < 4_000)].sum() / power.sum()
    assert 10 * np.log10(share) < -15


def test_the_outro_comes_in_under_the_last_words() -> None:
    """The first two seconds of the outro lie 6 dB under its motif."""
    outro = _music("outro")
    assert _level_db(_seconds(outro, 0, 2)) < _level_db(_seconds(outro, 5, 7.5)) - 6


def test_composing_again_yields_the_same_samples() -> None:
    """The sting comes out the same, sample for sample."""
    assert np.array_equal(compose.compose(compose.sting()), compose.compose(compose.sting()))


def test_encoding_again_yields_the_same_bytes(tmp_path: Path) -> None:
    """An encoded file holds no date, no chance number and no version."""
    tone = 0.1 * np.sin(np.arange(RATE_HZ // 4) / 16)
    first, second = tmp_path / "first.opus", tmp_path / "second.opus"
    for path in (first, second):
        compose.write_opus(path, np.stack((tone, tone), axis=1))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_files_are_what_the_program_composes(name: str) -> None:
    """Composed twice, a piece is the same, and it is the one in the file (as far as a lossy codec keeps it)."""
    score = next(score for score in compose.PIECES if score.__name__ == name)
    composed = compose.compose(score())
    assert np.array_equal(composed, compose.compose(score()))
    music = _music(name)[: len(composed)]
    lost = _level_db(music - composed[: len(music)]) - _level_db(music)
    assert lost < -15


def test_pitches_are_in_equal_temperament() -> None:
    """A4 is 440 Hz, an octave doubles, and a sharp is a semitone."""
    assert compose.frequency_hz("A4") == pytest.approx(440)
    assert compose.frequency_hz("A5") == pytest.approx(880)
    assert compose.frequency_hz("F#5") == pytest.approx(739.99, abs=0.01)
