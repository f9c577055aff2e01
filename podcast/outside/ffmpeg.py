"""The one door to ffmpeg: finds the program, builds its commands (ffmpeg-python), says why it failed.

Every command is logged, quoted, at level DEBUG. Nothing here needs ffprobe.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import re
import shlex
import shutil
import subprocess
import tempfile
import threading
from typing import IO, TYPE_CHECKING, Any

import ffmpeg
import numpy as np

from podcast.errors import InputError, OutsideError
from podcast.types import Measurement

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from podcast.types import Samples

_log = logging.getLogger(__name__)

_QUIET = ("-hide_banner", "-nostdin", "-loglevel", "error")
_FILE_ONLY = "file"
"""The protocols that an input may use: a playlist that calls itself music cannot reach the network."""

_TAIL_CHARACTERS = 400

_LAME_LOSS_DB = ((256, 0.0), (224, 0.18), (192, 0.26), (0, 0.45))


def executable() -> str:
    """PODCAST_FFMPEG if it is set, else the ffmpeg that imageio-ffmpeg carries."""
    named = os.environ.get("PODCAST_FFMPEG")
    if named:
        found = shutil.which(named)
        if found is None:
            raise OutsideError(f"PODCAST_FFMPEG is {named}, which is no program. Correct it or unset it.")
        return found
    from imageio_ffmpeg import get_ffmpeg_exe

    try:
        return str(get_ffmpeg_exe())
    except RuntimeError as error:
        raise OutsideError(
            "imageio-ffmpeg carries no ffmpeg for this system. Install ffmpeg and set PODCAST_FFMPEG to it."
        ) from error


def _command(stream: Any, *, loglevel: str = "error") -> list[str]:
    command: list[str] = ffmpeg.compile(stream, cmd=[executable(), *_QUIET[:-1], loglevel], overwrite_output=True)
    _log.debug("%s", shlex.join(command))
    return command


def _start(command: list[str], **pipes: Any) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(command, **pipes)
    except OSError as error:
        raise OutsideError(f"{command[0]} does not start: {error.strerror}. Check PODCAST_FFMPEG.") from error


def _failure(what: str, status: int, said: str) -> OutsideError:
    if "No space left on device" in said:
        return OutsideError(f"ffmpeg could not {what}: the disk is full. Free some space and run this again.")
    tail = " ".join(said.split())[-_TAIL_CHARACTERS:] or "it said nothing"
    return OutsideError(f"ffmpeg could not {what} (exit {status}): {tail}")


# ── sound in ────────────────────────────────────────────────────────────────────────────────────────────


def decode(path: Path, rate_hz: int, channels: int, longest_ms: int) -> Samples:
    """Read the beginning of any audio file, shape (frames, channels).

    Raises InputError if it is not there or not sound.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file. Name a music file in show.toml under [music], or leave it empty.")
    source = ffmpeg.input(str(path), protocol_whitelist=_FILE_ONLY, t=longest_ms / 1000)
    stream = ffmpeg.output(source.audio, "pipe:", format="f32le", ar=rate_hz, ac=channels)
    done = _start(_command(stream), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    data, said = done.communicate()
    if done.returncode or not data:
        reason = " ".join(said.decode(errors="replace").split())[-_TAIL_CHARACTERS:]
        raise InputError(f"{path}: ffmpeg finds no sound in it ({reason or 'it is empty'}). Use another file.")
    return np.frombuffer(data, dtype="<f4").reshape(-1, channels)


# ── sound out ───────────────────────────────────────────────────────────────────────────────────────────


class Mp3Writer:
    """One ffmpeg that takes PCM through a pipe and writes an MP3 without tags, a Xing header in front.

    A thread feeds the pipe, so that the next block is made while the last one is encoded; two may wait.
    """

    def __init__(self, process: subprocess.Popen[bytes], said: IO[bytes]) -> None:
        self._process = process
        self._said = said
        self._blocks: queue.Queue[Samples | None] = queue.Queue(maxsize=2)
        self._feeder = threading.Thread(target=self._feed, name="mp3", daemon=True)
        self._feeder.start()

    def write(self, block: Samples) -> None:
        """Encode frames, shape (frames, channels)."""
        if self._process.poll() is not None:
            raise self._failed()
        self._blocks.put(block)

    def close(self) -> None:
        """Finish the file; OutsideError if ffmpeg could not."""
        self._blocks.put(None)
        self._feeder.join()
        if self._process.wait():
            raise self._failed()

    def abandon(self) -> None:
        """End the process after an error elsewhere."""
        self._process.kill()
        self._blocks.put(None)
        self._feeder.join()
        self._process.wait()

    def _feed(self) -> None:
        """Write until None comes; once ffmpeg is gone take what comes, so that nobody waits for room."""
        assert self._process.stdin is not None  # noqa: S101 - opened with a pipe
        with contextlib.suppress(OSError), self._process.stdin as pipe:
            while (block := self._blocks.get()) is not None:
                with contextlib.suppress(OSError):  # a broken pipe: ffmpeg's exit status says more
                    pipe.write(np.ascontiguousarray(block, dtype="<f4").data)

    def _failed(self) -> OutsideError:
        self._said.seek(0)
        return _failure("write the MP3", self._process.wait(), self._said.read().decode(errors="replace"))


def _lame_loss_db(bitrate_kbps: int) -> float:
    """How much softer LAME makes everything at a bitrate (its presets; measured with tones): given back before it."""
    return next(loss_db for kbps, loss_db in _LAME_LOSS_DB if bitrate_kbps >= kbps)


@contextlib.contextmanager
def mp3_writer(
    path: Path, *, rate_hz: int, channels: int, bitrate_kbps: int, ceiling_dbfs: float
) -> Iterator[Mp3Writer]:
    """Open an MP3 for writing; samples above the ceiling, where music meets speech, are limited."""
    sound = ffmpeg.input("pipe:", format="f32le", ar=rate_hz, ac=channels)
    sound = sound.filter("alimiter", limit=f"{ceiling_dbfs}dB", attack=5, release=50, level="false", latency="true")
    sound = sound.filter("volume", f"{_lame_loss_db(bitrate_kbps)}dB")
    stream = ffmpeg.output(
        sound, str(path), format="mp3", acodec="libmp3lame", audio_bitrate=f"{bitrate_kbps}k",
        id3v2_version=0, write_id3v1=0, write_xing=1, fflags="+bitexact", flags="+bitexact",
    )  # fmt: skip
    with tempfile.TemporaryFile() as said:
        writer = Mp3Writer(_start(_command(stream), stdin=subprocess.PIPE, stderr=said), said)
        try:
            yield writer
            writer.close()
        except BaseException:
            writer.abandon()
            raise


# ── measuring ───────────────────────────────────────────────────────────────────────────────────────────

_MOMENTARY = re.compile(r"\bM:\s*(-?[\d.]+|-?inf|nan)")
_SUMMARY = {
    "loudness": re.compile(r"^\s+I:\s+(-?[\d.]+|-?inf) LUFS", re.MULTILINE),
    "range": re.compile(r"^\s+LRA:\s+(-?[\d.]+) LU\b", re.MULTILINE),
    "peak": re.compile(r"^\s+Peak:\s+(-?[\d.]+|-?inf) dBFS", re.MULTILINE),
}
_MEASURE_STEP_S = 0.1


def measure(path: Path, rate_hz: int) -> Measurement:
    """Decode a finished file once and measure it (filter ebur128, true peak oversampled)."""
    sound = ffmpeg.input(str(path), protocol_whitelist=_FILE_ONLY).audio
    sound = sound.filter("ebur128", peak="true", framelog="info")
    stream = ffmpeg.output(sound, "pipe:", format="s16le", ac=1, ar=rate_hz)
    with tempfile.TemporaryFile() as said:
        with _start(_command(stream, loglevel="info"), stdout=subprocess.PIPE, stderr=said) as process:
            frames, peaks = _peaks(process, round(rate_hz * _MEASURE_STEP_S))
            status = process.wait()
        said.seek(0)
        log = said.read().decode(errors="replace")
    found = {name: pattern.search(log[log.rfind("Summary:") :]) for name, pattern in _SUMMARY.items()}
    if status or not frames or not all(found.values()):
        raise _failure(f"measure {path.name}", status, log)
    values = {name: float(match[1]) for name, match in found.items() if match}
    momentary = tuple(float(value) for value in _MOMENTARY.findall(log[: log.rfind("Summary:")]))
    return Measurement(values["loudness"], values["peak"], values["range"], frames, momentary, peaks)


def _peaks(process: subprocess.Popen[bytes], step: int) -> tuple[int, tuple[float, ...]]:
    """Count the frames that come through the pipe, and find the highest sample of each step."""
    assert process.stdout is not None  # noqa: S101 - opened with a pipe
    frames = 0
    peaks: list[float] = []
    while block := process.stdout.read(step * 2 * 600):
        pcm = np.abs(np.frombuffer(block, dtype="<i2").astype(np.int32))
        frames += len(pcm)
        peaks += (np.maximum.reduceat(pcm, np.arange(0, len(pcm), step)) / 32768).tolist()
    return frames, tuple(peaks)
