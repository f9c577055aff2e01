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
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import ffmpeg
import numpy as np

from podcast.errors import InputError, OutsideError
from podcast.outside import mp3, supervised
from podcast.outside.supervised import EndedError, Program, watched
from podcast.types import Measurement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from podcast.types import Samples

Mp3Format = mp3.Mp3Format

_log = logging.getLogger(__name__)

_QUIET = ("-hide_banner", "-nostdin", "-nostats", "-loglevel", "error")
_FILE_ONLY = "file"
"""The protocols that an input may use: a playlist that calls itself music cannot reach the network."""

_TAIL_CHARACTERS = 400

_WAITING_BLOCKS = 12
"""Of 1 MB each: what ffmpeg encodes while the next segment is levelled."""

_PATIENCE_S = 1.0
"""After which it is looked at whether a program that makes us wait is still there."""

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
    if "No space left on device" in (said := program.words()):
        return OutsideError(f"ffmpeg could not {what}: the disk is full. Free some space and run this again.")
    if reason := supervised.ended_by(status):
        return EndedError(f"ffmpeg could not {what}: {reason}, then run this again; what is finished is kept.")
    tail = " ".join(said.split())[-_TAIL_CHARACTERS:] or "it said nothing"
    return OutsideError(f"ffmpeg could not {what} (exit {status}): {tail}")


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
        reason = " ".join(decoder.words().split())[-_TAIL_CHARACTERS:]
        raise InputError(f"{path}: ffmpeg finds no sound in it ({reason or 'it is empty'}). Use another file.")
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


def decode_frames(data: bytes, form: Mp3Format) -> Samples:
    """Decode bare MP3 frames, two at least, to all that they hold, shape (frames, channels): no delay is taken off."""
    what = "read an MP3 of ours"
    wanted = len(mp3.frames_of(data, form)) * mp3.frame_samples(form.rate_hz) * form.channels * _PCM.itemsize
    command = _command(ffmpeg.output(ffmpeg.input("pipe:", format="mp3").audio, "pipe:", format="f32le"))
    output, _ = _fed(what, command, [data], wanted + _OTHER_BYTES)
    if len(output) != wanted:
        raise _lying(what, f"gave {len(output):,} bytes of sound where there are {wanted:,}")
    return np.frombuffer(output, dtype=_PCM).reshape(-1, form.channels)


def _bare(form: Mp3Format) -> Any:
    sound = ffmpeg.input("pipe:", format="f32le", ar=form.rate_hz, ac=form.channels)
    encoder = {"acodec": "libmp3lame", "audio_bitrate": f"{form.bitrate_kbps}k", "reservoir": 0, "flags": "+bitexact"}
    plain = {"format": "mp3", "write_xing": 0, "id3v2_version": 0, "write_id3v1": 0, "fflags": "+bitexact"}
    return ffmpeg.output(sound, "pipe:", **encoder, **plain)


def _pcm(blocks: Iterable[Samples], louder: np.float32) -> Iterator[memoryview]:
    for block in blocks:
        for start in range(0, len(block), _PIECE_FRAMES):
            piece = block[start : start + _PIECE_FRAMES] * louder
            yield np.ascontiguousarray(piece, dtype=_PCM).data.cast("B")


def _fed(
    what: str, command: list[str], pieces: Iterable[bytes | memoryview], most_bytes: int | None = None
) -> tuple[bytes | bytearray, int]:
    """Return what a program makes of what is poured into it, and how much that was; OutsideError if it does not."""
    with Program(command, stdin=subprocess.PIPE, most_bytes=most_bytes) as program:
        feeder = _Feeder(program, pieces)
        watch = supervised.Watch((program,), feeder.sign)
        try:
            status = program.wait()
        finally:
            watch.end()
            program.end()
            feeder.end()
    if feeder.problem is not None:
        raise feeder.problem
    if watch.is_still:
        raise _hanging(what)
    if status or program.is_wordy:
        raise _failure(what, program)
    if not feeder.is_all_taken:
        raise _lying(what, "it did not take all of the sound")
    return program.output(), feeder.poured_bytes


class _Feeder:
    """Pours pieces into a program, in a thread of its own: what holds that up does not hold us up."""

    def __init__(self, program: Program, pieces: Iterable[bytes | memoryview]) -> None:
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

    def _is_taken(self, piece: bytes | memoryview) -> bool:
        self._is_waiting = True
        try:
            self._pipe.write(piece)
        except OSError:  # a broken pipe: the program's exit status says more
            return False
        self._is_waiting = False
        self.poured_bytes += len(piece)
        return True


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
        self._poured = 0
        self._is_pouring = self._is_closing = False
        self._is_all_taken = True
        self._blocks: queue.Queue[Samples | None] = queue.Queue(maxsize=_WAITING_BLOCKS)
        self._feeder = threading.Thread(target=self._feed, name="mp3", daemon=True)
        self._feeder.start()
        self._watch = supervised.Watch((encoder, meter), self._sign)

    def write(self, block: Samples) -> None:
        """Encode frames, shape (frames, channels)."""
        if self._encoder.process.poll() is not None:
            raise self._failure()
        self._hand_over(block)

    def close(self) -> Measurement:
        """Finish the file and say what it measures; OutsideError if ffmpeg could not. A second time it only says."""
        if self._measured is None:
            self._is_closing = True
            self._hand_over(None)
            self._feeder_ended()
            if self._problem is not None:
                raise self._problem
            if self._encoder.wait() or self._watch.is_still or not self._is_all_taken:
                raise self._failure()
            measured = _measurement(self._path, self._meter)
            if self._watch.is_still:
                raise self._failure()
            self._watch.end()
            self._measured = measured
        return self._measured

    def abandon(self) -> None:
        """End both programs after an error elsewhere."""
        self._watch.end()
        for program in (self._encoder, self._meter):
            program.end()
        with contextlib.suppress(queue.Empty):
            while True:  # so that there is room, also while a child of the program still holds the feeder up
                self._blocks.get_nowait()
        self._blocks.put(None)
        self._feeder_ended()

    def _hand_over(self, block: Samples | None) -> None:
        """Wait for room, for as long as there is an encoder that makes it."""
        while True:
            with contextlib.suppress(queue.Full):
                self._blocks.put(block, timeout=_PATIENCE_S)
                return
            if self._encoder.process.poll() is not None:
                raise self._failure()

    def _feeder_ended(self) -> None:
        """Wait for the feeder, which the end of an encoder sets free."""
        while self._feeder.is_alive() and self._encoder.process.poll() is None:
            self._feeder.join(_PATIENCE_S)
        self._feeder.join(supervised.LAST_WORDS_S)

    def _sign(self) -> object:
        """What changes as long as the programs get on; None while nobody waits for them."""
        if not (self._is_pouring or self._is_closing):
            return None
        return self._poured, self._encoder.heard_bytes, self._meter.heard_bytes

    def _feed(self) -> None:
        """Write until None comes; after any failure take what comes, so that nobody waits for room."""
        pipe = self._encoder.process.stdin
        assert pipe is not None  # noqa: S101 - opened with a pipe
        while (block := self._blocks.get()) is not None:
            if self._problem is None and self._encoder.process.poll() is None:
                self._is_pouring = True
                self._pour(pipe, block)
                self._is_pouring = False
                self._poured += 1
            else:
                self._is_all_taken = False
        with contextlib.suppress(OSError):  # a broken pipe: ffmpeg's exit status says more
            pipe.close()

    def _pour(self, pipe: IO[bytes], block: Samples) -> None:
        try:
            pipe.write(np.ascontiguousarray(block, dtype="<f4").data)
        except OSError:  # a broken pipe: ffmpeg's exit status says more
            self._is_all_taken = False
            self._encoder.process.wait()
        except Exception as error:  # noqa: BLE001 - raised again by close, in the thread that can handle it
            self._problem = error

    def _failure(self) -> OutsideError:
        """Blame the meter if the encoder could write to it no longer."""
        if self._watch.is_still:
            return _hanging(_ENCODING)
        status = self._encoder.wait()
        if status and "Broken pipe" in self._encoder.words() and self._meter.wait():
            return _failure(f"measure {self._path.name}", self._meter)
        return _failure(_ENCODING, self._encoder) if status else _lying(_ENCODING, "it did not take all of the sound")


@contextlib.contextmanager
def mp3_writer(path: Path, form: Mp3Format) -> Iterator[Mp3Writer]:
    """Open an MP3 for writing, whole when the block ends; an error inside it leaves no program running."""
    with Program(_command(_encoding(path, form)), stdin=subprocess.PIPE, keeps_stdout=False) as encoder:
        assert encoder.process.stdout is not None  # noqa: S101 - opened with a pipe
        with encoder.process.stdout as sound:  # closed here: the meter holds it then, or nobody does: the encoder ends
            metering = Program(_command(_metering("pipe:", format="mp3"), "info"), stdin=sound)
        with metering as meter:
            writer = Mp3Writer(path, encoder, meter)
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
    asked = _command(_metering(str(path), protocol_whitelist=_FILE_ONLY), "info")
    with Program(asked) as meter, watched(meter) as watch:
        meter.wait()
    if watch.is_still:
        raise _hanging(f"measure {path.name}")
    return _measurement(path, meter)


def chapters(path: Path) -> list[tuple[int, int, str]]:
    """Read the chapters of a sound file as players find them: start and end in ms, title; in the file's order.

    Raises InputError if it is no sound file.
    """
    source = ffmpeg.input(str(path), protocol_whitelist=_FILE_ONLY)  # and copyts: else it takes LAME's delay off
    asked = _command(ffmpeg.output(source, "pipe:", format="ffmetadata", copyts=None))
    listing = _done(f"read {path}", asked, _OTHER_BYTES)
    if listing.wait():
        raise InputError(f"{path}: ffmpeg cannot read it ({' '.join(listing.words().split())[-_TAIL_CHARACTERS:]}).")
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


def _measurement(path: Path, meter: Program) -> Measurement:
    what = f"measure {path.name}"
    if meter.wait() or meter.is_wordy:
        raise _failure(what, meter)
    log, _, summary = meter.words().rpartition("Summary:")
    found = {name: pattern.search(summary) for name, pattern in _SUMMARY.items()}
    if not all(found.values()):
        raise _lying(what, "did not say what it measured")
    values = {name: float(match[1]) for name, match in found.items() if match}
    steps = _STEP.findall(log)
    momentary = tuple(float(momentary) for momentary, _ in steps)
    peaks = tuple(10 ** (max(map(float, peaks.split())) / 20) for _, peaks in steps)
    frames = _frames(path)
    return Measurement(values["loudness"], values["peak"], values["range"], frames, momentary, peaks)


def _frames(path: Path) -> int:
    """How long a finished MP3 is, which has to be there, and whole."""
    if not path.is_file():
        raise _lying(_ENCODING, f"there is no {path.name}")
    found = encoded_length(path)
    if found is None:
        raise _lying(_ENCODING, f"{path.name} of {path.stat().st_size:,} bytes is no whole one")
    return found


_XING = (b"Xing", b"Info")
_BEFORE_LAME = 141
"""From the mark to the encoder's delay: flags, frames, bytes, seek table, quality, and 21 bytes of LAME's own."""


def _tag_bytes(head: bytes) -> int:
    """Size of the ID3v2 tag in front, header included (id3.org: ID3v2.3.0, 3.1); 0 without one."""
    if len(head) < 10 or not head.startswith(b"ID3"):  # noqa: PLR2004 - the header
        return 0
    return 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))


def encoded_length(path: Path) -> int | None:
    """How many samples a decoder gives back, by the Xing header (LAME tag, revision 1).

    None without one, and where the file has another size than it says.
    """
    with path.open("rb") as file:
        tag_bytes = _tag_bytes(file.read(10))
        file.seek(tag_bytes)
        head = file.read(4096)
        size = file.seek(0, os.SEEK_END) - tag_bytes
    at = next((head.find(mark) for mark in _XING if mark in head), -1)
    if at < 0 or len(head) < at + _BEFORE_LAME + 3 or int.from_bytes(head[at + 12 : at + 16], "big") != size:
        return None
    is_mpeg_1 = bool(head[1] & 0x08)
    frames = int.from_bytes(head[at + 8 : at + 12], "big")
    trimmed = int.from_bytes(head[at + _BEFORE_LAME : at + _BEFORE_LAME + 3], "big")
    delay, padding = trimmed >> 12, trimmed & 0xFFF
    return frames * (1152 if is_mpeg_1 else 576) - delay - padding
