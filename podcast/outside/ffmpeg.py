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
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import ffmpeg
import numpy as np

from podcast.errors import InputError, OutsideError
from podcast.outside.programs import plain_environment
from podcast.types import Measurement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podcast.types import Samples

_log = logging.getLogger(__name__)

_QUIET = ("-hide_banner", "-nostdin", "-nostats", "-loglevel", "error")
_FILE_ONLY = "file"
"""The protocols that an input may use: a playlist that calls itself music cannot reach the network."""

_TAIL_CHARACTERS = 400

_WAITING_BLOCKS = 12
"""Of 1 MB each: what ffmpeg encodes while the next segment is levelled."""

_LAME_LOSS_DB = ((256, 0.0), (224, 0.18), (192, 0.26), (0, 0.45))


def executable() -> str:
    """PODCAST_FFMPEG if it is set, else the ffmpeg that imageio-ffmpeg carries."""
    named = os.environ.get("PODCAST_FFMPEG")
    if named:
        found = shutil.which(named)
        if found is None:
            raise OutsideError(f"PODCAST_FFMPEG is {named}, which is no program. Correct it or unset it.")
        return found
    import imageio_ffmpeg

    carried = list(Path(imageio_ffmpeg.__file__).parent.glob("binaries/ffmpeg-*"))
    if len(carried) == 1 and not os.environ.get("IMAGEIO_FFMPEG_EXE"):
        return str(carried[0])  # the package would try it first, and give it every key that there is
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise OutsideError(
            "imageio-ffmpeg carries no ffmpeg for this system. Install ffmpeg and set PODCAST_FFMPEG to it."
        ) from error


@dataclass(frozen=True, slots=True)
class Program:
    """A running ffmpeg and what it says."""

    process: subprocess.Popen[bytes]
    said: IO[bytes]

    def words(self) -> str:
        """Everything it said so far."""
        self.said.seek(0)
        return self.said.read().decode(errors="replace")

    def failure(self, what: str) -> OutsideError:
        """Say what it could not do, and why."""
        return _failure(what, self.process.wait(), self.words())


def _command(stream: Any, loglevel: str = "error") -> list[str]:
    command: list[str] = ffmpeg.compile(stream, cmd=[executable(), *_QUIET[:-1], loglevel], overwrite_output=True)
    _log.debug("%s", shlex.join(command))
    return command


def _start(command: list[str], **pipes: Any) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(command, env=plain_environment(), **pipes)
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
    """One ffmpeg that takes PCM through a pipe and writes an MP3, and one that measures it as it comes.

    The MP3 has no tags and a Xing header in front. A thread feeds the pipe, so that the next blocks are made while
    the last ones are encoded.
    """

    def __init__(self, path: Path, encoder: Program, meter: Program) -> None:
        self._path = path
        self._encoder = encoder
        self._meter = meter
        self._measured: Measurement | None = None
        self._problem: Exception | None = None
        self._blocks: queue.Queue[Samples | None] = queue.Queue(maxsize=_WAITING_BLOCKS)
        self._feeder = threading.Thread(target=self._feed, name="mp3", daemon=True)
        self._feeder.start()

    def write(self, block: Samples) -> None:
        """Encode frames, shape (frames, channels)."""
        if self._encoder.process.poll() is not None:
            raise self._failure()
        self._blocks.put(block)

    def close(self) -> Measurement:
        """Finish the file and say what it measures; OutsideError if ffmpeg could not. A second time it only says."""
        if self._measured is None:
            self._blocks.put(None)
            self._feeder.join()
            if self._problem is not None:
                raise self._problem
            if self._encoder.process.wait():
                raise self._failure()
            self._measured = _measurement(self._path, self._meter)
        return self._measured

    def abandon(self) -> None:
        """End both programs after an error elsewhere."""
        self._encoder.process.kill()
        self._meter.process.kill()
        self._blocks.put(None)
        self._feeder.join()
        self._encoder.process.wait()
        self._meter.process.wait()

    def _feed(self) -> None:
        """Write until None comes; after any failure take what comes, so that nobody waits for room."""
        pipe = self._encoder.process.stdin
        assert pipe is not None  # noqa: S101 - opened with a pipe
        while (block := self._blocks.get()) is not None:
            if self._problem is None and self._encoder.process.poll() is None:
                self._pour(pipe, block)
        with contextlib.suppress(OSError):  # a broken pipe: ffmpeg's exit status says more
            pipe.close()

    def _pour(self, pipe: IO[bytes], block: Samples) -> None:
        try:
            pipe.write(np.ascontiguousarray(block, dtype="<f4").data)
        except OSError:  # a broken pipe: ffmpeg's exit status says more
            self._encoder.process.wait()
        except Exception as error:  # noqa: BLE001 - raised again by close, in the thread that can handle it
            self._problem = error

    def _failure(self) -> OutsideError:
        """Blame the meter if the encoder could write to it no longer."""
        if self._encoder.process.wait() and "Broken pipe" in self._encoder.words() and self._meter.process.wait():
            return self._meter.failure(f"measure {self._path.name}")
        return self._encoder.failure("write the MP3")


@dataclass(frozen=True, slots=True)
class Mp3Format:
    """What kind of MP3 to write; samples above the ceiling, where music meets speech, are limited."""

    rate_hz: int
    channels: int
    bitrate_kbps: int
    ceiling_dbfs: float


@contextlib.contextmanager
def mp3_writer(path: Path, form: Mp3Format) -> Iterator[Mp3Writer]:
    """Open an MP3 for writing, whole when the block ends; an error inside it leaves no program running."""
    with tempfile.TemporaryFile() as encoder_said, tempfile.TemporaryFile() as meter_said:
        encoding = _start(
            _command(_encoding(path, form)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=encoder_said,
        )  # fmt: skip
        assert encoding.stdout is not None  # noqa: S101 - opened with a pipe
        with encoding.stdout as sound:  # closed here: the meter holds it then, or nobody does and the encoder ends
            metering = _start(_command(_metering("pipe:", format="mp3"), "info"), stdin=sound, stderr=meter_said)
        writer = Mp3Writer(path, Program(encoding, encoder_said), Program(metering, meter_said))
        try:
            yield writer
            writer.close()
        except BaseException:
            writer.abandon()
            raise


def _encoding(path: Path, form: Mp3Format) -> Any:
    """PCM from a pipe to an MP3, written to the file and, as it comes, to the meter."""
    sound = ffmpeg.input("pipe:", format="f32le", ar=form.rate_hz, ac=form.channels)
    louder = 10 ** (_lame_loss_db(form.bitrate_kbps) / 20)
    limit = f"{form.ceiling_dbfs}dB"
    sound = sound.filter(
        "alimiter", limit=limit, attack=5, release=50, level="false", latency="true", level_out=f"{louder:.4f}"
    )
    plain = "f=mp3:id3v2_version=0:write_id3v1=0:fflags=+bitexact"
    targets = f"[{plain}:write_xing=1]{_for_tee(path)}|[{plain}:write_xing=0]pipe:1"
    encoder = {"acodec": "libmp3lame", "audio_bitrate": f"{form.bitrate_kbps}k", "flags": "+bitexact"}
    return ffmpeg.output(sound, targets, format="tee", **encoder)


def _for_tee(path: Path) -> str:
    """A path in which ffmpeg's tee finds nothing to interpret."""
    return re.sub(r"([\\'|\[\]\s])", r"\\\1", f"file:{path}")


def _lame_loss_db(bitrate_kbps: int) -> float:
    """How much softer LAME makes everything at a bitrate (its presets; measured with tones): given back before it."""
    return next(loss_db for kbps, loss_db in _LAME_LOSS_DB if bitrate_kbps >= kbps)


# ── measuring ───────────────────────────────────────────────────────────────────────────────────────────

_NUMBER = r"-?(?:[\d.]+|inf|nan)"
_STEP = re.compile(rf"\bM:\s*({_NUMBER}).*?FTPK:((?:\s*{_NUMBER})+) dBFS")
_SUMMARY = {
    "loudness": re.compile(rf"^\s+I:\s+({_NUMBER}) LUFS", re.MULTILINE),
    "range": re.compile(rf"^\s+LRA:\s+({_NUMBER}) LU\b", re.MULTILINE),
    "peak": re.compile(rf"^\s+Peak:\s+({_NUMBER}) dBFS", re.MULTILINE),
}


def measure(path: Path) -> Measurement:
    """Decode a finished MP3 of ours and measure it."""
    with tempfile.TemporaryFile() as said:
        metering = _start(_command(_metering(str(path), protocol_whitelist=_FILE_ONLY), "info"), stderr=said)
        return _measurement(path, Program(metering, said))


def chapters(path: Path) -> list[tuple[int, int, str]]:
    """Read the chapters of a sound file as players find them: start and end in ms, title; in the file's order.

    Raises InputError if it is no sound file.
    """
    source = ffmpeg.input(str(path), protocol_whitelist=_FILE_ONLY)  # and copyts: else it takes LAME's delay off
    listing = _start(_command(ffmpeg.output(source, "pipe:", format="ffmetadata", copyts=None)), stdout=subprocess.PIPE,
                     stderr=subprocess.PIPE)  # fmt: skip
    data, said = listing.communicate()
    if listing.returncode:
        raise InputError(f"{path}: ffmpeg cannot read it ({' '.join(said.decode(errors='replace').split())}).")
    return [_chapter(block) for block in data.decode(errors="replace").split("[CHAPTER]\n")[1:]]


def _chapter(block: str) -> tuple[int, int, str]:
    """Read a block of ffmpeg's metadata format, in which a backslash guards special characters and line ends."""
    lines = re.split(r"(?<!\\)\n", block)
    values = dict(line.split("=", 1) for line in lines if "=" in line)
    start, end = int(values["START"]), int(values["END"])
    return start, end, re.sub(r"\\(.)", r"\1", values.get("title", ""), flags=re.DOTALL)


def _metering(source: str, **options: str) -> Any:
    """The filter ebur128 (EBU R 128, BS.1770), true peak oversampled, a line every 100 ms."""
    sound = ffmpeg.input(source, **options).audio.filter("ebur128", peak="true", framelog="info")
    return ffmpeg.output(sound, "pipe:", format="null")


def _measurement(path: Path, meter: Program) -> Measurement:
    status = meter.process.wait()
    log, _, summary = meter.words().rpartition("Summary:")
    found = {name: pattern.search(summary) for name, pattern in _SUMMARY.items()}
    frames = None if status else encoded_length(path)
    if not frames or not all(found.values()):
        raise meter.failure(f"measure {path.name}")
    values = {name: float(match[1]) for name, match in found.items() if match}
    steps = _STEP.findall(log)
    momentary = tuple(float(momentary) for momentary, _ in steps)
    peaks = tuple(10 ** (max(map(float, peaks.split())) / 20) for _, peaks in steps)
    return Measurement(values["loudness"], values["peak"], values["range"], frames, momentary, peaks)


_XING = (b"Xing", b"Info")
_BEFORE_LAME = 141
"""From the mark to the encoder's delay: flags, frames, bytes, seek table, quality, and 21 bytes of LAME's own."""


def _tag_bytes(head: bytes) -> int:
    """Size of the ID3v2 tag in front, header included (id3.org: ID3v2.3.0, 3.1); 0 without one."""
    if len(head) < 10 or not head.startswith(b"ID3"):  # noqa: PLR2004 - the header
        return 0
    return 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))


def encoded_length(path: Path) -> int | None:
    """How many samples a decoder gives back, by the Xing header (LAME tag, revision 1); None without one."""
    with path.open("rb") as file:
        file.seek(_tag_bytes(file.read(10)))
        head = file.read(4096)
    at = next((head.find(mark) for mark in _XING if mark in head), -1)
    if at < 0 or len(head) < at + _BEFORE_LAME + 3:
        return None
    is_mpeg_1 = bool(head[1] & 0x08)
    frames = int.from_bytes(head[at + 8 : at + 12], "big")
    trimmed = int.from_bytes(head[at + _BEFORE_LAME : at + _BEFORE_LAME + 3], "big")
    delay, padding = trimmed >> 12, trimmed & 0xFFF
    return frames * (1152 if is_mpeg_1 else 576) - delay - padding
