"""The one door to ffmpeg: finds the program, builds its commands (ffmpeg-python), says why it failed.

Every command is logged, quoted, at level DEBUG. Nothing here needs ffprobe.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import os
import re
import shlex
import shutil
import subprocess
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ffmpeg
import numpy as np

from podcast.errors import InputError, OutsideError
from podcast.outside import mp3, supervised
from podcast.outside.supervised import EndedError, Program, watched
from podcast.types import Measurement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from podcast.outside.mp3 import Mp3Format
    from podcast.types import Samples

_log = logging.getLogger(__name__)

_QUIET = ("-hide_banner", "-nostdin", "-nostats", "-loglevel", "error")
_FILE_ONLY = "file"
"""The protocols that an input may use: a playlist that calls itself music cannot reach the network."""

_TAIL_CHARACTERS = 400

_ENCODING = "write the MP3"

_OTHER_BYTES = 1 << 20
"""What a program may say beside the sound that it was asked for."""

_PIECE_FRAMES = 1 << 16
"""Of sound: what is poured at once, so that a program that takes it slowly is seen to take it."""

_PCM = np.dtype("<f4")

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


def identity() -> str:
    """Say which ffmpeg it is, without asking it: another version has another name, or at least another size."""
    path = Path(executable()).resolve()
    return f"{path.name} of {path.stat().st_size:,} bytes"


def _command(stream: Any, loglevel: str = "error") -> list[str]:
    command: list[str] = ffmpeg.compile(stream, cmd=[executable(), *_QUIET[:-1], loglevel], overwrite_output=True)
    _log.debug("%s", shlex.join(command))
    return command


def _failure(what: str, program: Program) -> OutsideError:
    """Say what ffmpeg could not do, why, and what to do."""
    status = program.wait()
    if program.is_wordy:
        return EndedError(f"ffmpeg could not {what}: it went on and on, and was ended. {_ANOTHER}")
    if reason := supervised.ended_by(status):
        return EndedError(f"ffmpeg could not {what}: {reason}, then run this again; what is finished is kept.")
    tail = _tail(program) or "it said nothing"
    return OutsideError(f"ffmpeg could not {what} (exit {status}): {tail}")


def _tail(program: Program) -> str:
    """Return the end of what a program said, on one line."""
    return " ".join(program.words().split())[-_TAIL_CHARACTERS:].lstrip()


_ANOTHER = "Run this again; if it happens again, name another ffmpeg in PODCAST_FFMPEG, or unset that."


def _hanging(what: str) -> OutsideError:
    still = f"ffmpeg stood still for {supervised.STILL_S:g} s"
    return EndedError(f"{still} while it was to {what}, and was ended. {_ANOTHER}")


def _lying(what: str, but: str) -> OutsideError:
    return OutsideError(f"ffmpeg said that it had done its work, to {what}, but {but}. {_ANOTHER}")


# ── sound in ────────────────────────────────────────────────────────────────────────────────────────────


def decode(path: Path, rate_hz: int, channels: int, longest_ms: int) -> Samples:
    """Read the beginning of any audio file, shape (frames, channels).

    Raises InputError if it is not there or not sound.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file. Name a music file in show.toml under [music], or leave it empty.")
    source = ffmpeg.input(str(path), protocol_whitelist=_FILE_ONLY, t=longest_ms / 1000)
    stream = ffmpeg.output(source.audio, "pipe:", format="f32le", ar=rate_hz, ac=channels)
    frame_bytes = channels * np.dtype("<f4").itemsize
    decoder = _done(f"read {path}", _command(stream), rate_hz * longest_ms // 1000 * frame_bytes + _OTHER_BYTES)
    data = decoder.output()
    if decoder.wait() or not data:
        raise InputError(f"{path}: ffmpeg finds no sound in it ({_tail(decoder) or 'it is empty'}). Use another file.")
    if len(data) % frame_bytes:
        raise _lying(f"read {path}", "gave half a sample")
    return np.frombuffer(data, dtype="<f4").reshape(-1, channels)


def _done(what: str, command: list[str], most_bytes: int) -> Program:
    """Have a program run to its end, whatever its status; OutsideError if something else ended it."""
    with Program(command, most_bytes=most_bytes) as program, watched(program) as watch:
        status = program.wait()
    if watch.is_still:
        raise _hanging(what)
    if program.is_wordy or supervised.ended_by(status):
        raise _failure(what, program)
    return program


# ── frames out, and in again ────────────────────────────────────────────────────────────────────────────


def encode(blocks: Iterable[Samples], form: Mp3Format) -> bytes:
    """Encode sound, in blocks of shape (frames, channels), to bare MP3 frames each of which stands alone.

    They decode to `mp3.DELAY_SAMPLES` before the sound, the sound, and a little behind it. Blocks are taken as they are
    needed, in another thread. Raises OutsideError if ffmpeg does not give all of it, and what making a block raises.
    """
    louder = np.float32(10 ** (_lame_loss_db(form.bitrate_kbps) / 20))
    output, poured_bytes = _fed(_ENCODING, _command(_bare(form)), _pcm(blocks, louder))
    frames, samples = mp3.frames_of(data := bytes(output), form), poured_bytes // (form.channels * _PCM.itemsize)
    if (whole := sum(map(len, frames))) != len(data):
        raise _lying(_ENCODING, f"what it gave is no frame of one from byte {whole:,} of {len(data):,} on")
    if len(frames) < mp3.frames_for(samples, form.rate_hz):
        raise _lying(_ENCODING, f"it gave {len(frames):,} frames for {samples:,} samples")
    return data


def _bare(form: Mp3Format) -> Any:
    """PCM from a pipe to frames, given in large pieces: each of them alone would cost two switches of programs."""
    sound = ffmpeg.input("pipe:", format="f32le", ar=form.rate_hz, ac=form.channels)
    encoder = {"acodec": "libmp3lame", "audio_bitrate": f"{form.bitrate_kbps}k", "reservoir": 0, "flags": "+bitexact"}
    plain = {"write_xing": 0, "id3v2_version": 0, "write_id3v1": 0, "fflags": "+bitexact", "flush_packets": 0}
    return ffmpeg.output(sound, "pipe:", format="mp3", **encoder, **plain)


def _pcm(blocks: Iterable[Samples], louder: np.float32) -> Iterator[memoryview]:
    for block in blocks:
        for start in range(0, len(block), _PIECE_FRAMES):
            piece = block[start : start + _PIECE_FRAMES] * louder
            yield np.ascontiguousarray(piece, dtype=_PCM).data.cast("B")


def _fed(what: str, command: list[str], pieces: Iterable[memoryview]) -> tuple[bytes | bytearray, int]:
    """Return what a program makes of what is poured into it, and how much that was; OutsideError if it does not."""
    with (
        Program(command, stdin=subprocess.PIPE) as program,
        _feeding(program, pieces) as feeder,
        watched(program, feeder.sign) as watch,
    ):
        status = program.wait()
    if feeder.problem is not None:
        raise feeder.problem
    if watch.is_still:
        raise _hanging(what)
    if status or program.is_wordy:
        raise _failure(what, program)
    if not feeder.is_all_taken:
        raise _lying(what, "it did not take all of the sound")
    return program.output(), feeder.poured_bytes


@contextlib.contextmanager
def _feeding(program: Program, pieces: Iterable[memoryview]) -> Iterator[_Feeder]:
    feeder = _Feeder(program, pieces)
    try:
        yield feeder
    finally:
        program.end()
        feeder.end()


class _Feeder:
    """Pours pieces into a program, in a thread of its own: what holds that up does not hold us up."""

    def __init__(self, program: Program, pieces: Iterable[memoryview]) -> None:
        assert program.process.stdin is not None  # noqa: S101 - opened with a pipe
        self.poured_bytes = 0
        self.is_all_taken = False
        self.problem: Exception | None = None
        self._is_waiting = False
        self._program, self._pieces, self._pipe = program, pieces, program.process.stdin
        self._thread = threading.Thread(target=self._pour, name="feeder", daemon=True)
        self._thread.start()

    def sign(self) -> object:
        """What changes as long as the program gets on; None while it has to wait for us."""
        return (self.poured_bytes, self._program.heard_bytes) if self._is_waiting else None

    def end(self) -> None:
        """Wait for the thread, which the end of the program sets free, unless a child of that holds the line."""
        self._thread.join(supervised.LAST_WORDS_S)

    def _pour(self) -> None:
        is_taken = False
        try:
            is_taken = all(self._is_taken(piece) for piece in self._pieces)
        except Exception as error:  # noqa: BLE001 - raised again in the thread that can handle it
            self.problem = error
            self._program.end()
        self._is_waiting = True
        with contextlib.suppress(OSError):  # a broken pipe, as below
            self._pipe.close()
            self.is_all_taken = is_taken

    def _is_taken(self, piece: memoryview) -> bool:
        self._is_waiting = True
        try:
            self._pipe.write(piece)
        except OSError:  # a broken pipe: the program's exit status says more
            return False
        self._is_waiting = False
        self.poured_bytes += len(piece)
        return True


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
    """Decode a finished MP3 of ours and measure it.

    Raises OutsideError if ffmpeg cannot, and InputError if the file is not as long as it says.
    """
    what = f"measure {path.name}"
    asked = _command(_metering(str(path), protocol_whitelist=_FILE_ONLY), "info")
    with Program(asked) as meter, watched(meter) as watch:
        meter.wait()
    if watch.is_still:
        raise _hanging(what)
    if meter.wait() or meter.is_wordy:
        raise _failure(what, meter)
    measured = _measurement(what, meter.words())
    if (frames := mp3.encoded_length(path)) is None:
        raise InputError(f"{path}: it is no whole MP3, or does not say how long it is. Render it again.")
    return dataclasses.replace(measured, frames=frames)


def chapters(path: Path) -> list[tuple[int, int, str]]:
    """Read the chapters of a sound file as players find them: start and end in ms, title; in the file's order.

    Raises InputError if it is no sound file.
    """
    source = ffmpeg.input(str(path), protocol_whitelist=_FILE_ONLY)  # and copyts: else it takes LAME's delay off
    asked = _command(ffmpeg.output(source, "pipe:", format="ffmetadata", copyts=None))
    listing = _done(f"read {path}", asked, _OTHER_BYTES)
    if listing.wait():
        raise InputError(f"{path}: ffmpeg cannot read it ({_tail(listing)}).")
    return [_chapter(block) for block in listing.output().decode(errors="replace").split("[CHAPTER]\n")[1:]]


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


def _measurement(what: str, said: str) -> Measurement:
    """Read what the filter said; how many frames there are, it did not."""
    log, _, summary = said.rpartition("Summary:")
    found = {name: pattern.search(summary) for name, pattern in _SUMMARY.items()}
    if not all(found.values()):
        raise _lying(what, "did not say what it measured")
    values = {name: float(match[1]) for name, match in found.items() if match}
    steps = _STEP.findall(log)
    momentary = tuple(float(momentary) for momentary, _ in steps)
    peaks = tuple(10 ** (max(map(float, peaks.split())) / 20) for _, peaks in steps)
    return Measurement(values["loudness"], values["peak"], values["range"], 0, momentary, peaks)
