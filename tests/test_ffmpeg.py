"""The door to ffmpeg: real sound in, real sound out, measured, and every failure said in words."""

from __future__ import annotations

import gc
import itertools
import logging
import math
import os
import socket
import subprocess
import sys
import threading
import time
import wave
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from frame_maker import mp3_of

from podcast.errors import InputError, OutsideError
from podcast.outside import ffmpeg, supervised
from podcast.outside.mp3 import Mp3Format
from podcast.outside.supervised import Program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from podcast.types import Samples

RATE = 44_100
FRAME = 1152
"""Samples in an MP3 frame at this rate."""


def _tone(frames: int, channels: int = 1, rate_hz: int = RATE, amplitude: float = 0.25) -> Samples:
    sound = amplitude * np.sin(2 * np.pi * 997 * np.arange(frames) / rate_hz)
    return np.repeat(sound.astype(np.float32)[:, np.newaxis], channels, axis=1)


def _written(path: Path, sound: Samples, *, rate_hz: int = RATE, bitrate_kbps: int = 96, block: int = 10**6) -> Path:
    path.write_bytes(mp3_of(sound, Mp3Format(rate_hz, sound.shape[1], bitrate_kbps), block=block))
    return path


def _wav(path: Path, pcm: Samples, rate_hz: int) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(pcm.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(np.round(pcm * 32767).astype("<i2").tobytes())
    return path


def _level_db(samples: Samples) -> float:
    middle = samples[len(samples) // 4 : -len(samples) // 4].astype(np.float64)
    return 10 * math.log10(float(np.mean(middle**2)))


def _program(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)
    return path


# ── finding the program ─────────────────────────────────────────────────────────────────────────────────


def test_a_program_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """PODCAST_FFMPEG that leads nowhere, or to what cannot be run, is said with what to do."""
    plain = tmp_path / "notes.txt"
    plain.write_text("no program")
    for named in ("/nowhere/ffmpeg", "no-such-ffmpeg", str(plain)):
        monkeypatch.setenv("PODCAST_FFMPEG", named)
        with pytest.raises(OutsideError, match=rf"PODCAST_FFMPEG is {named}, which is no program\. Correct it"):
            ffmpeg.executable()


def test_an_empty_setting_means_the_program_that_comes_along(monkeypatch: pytest.MonkeyPatch) -> None:
    """PODCAST_FFMPEG= is the same as unset."""
    monkeypatch.setenv("PODCAST_FFMPEG", "")
    empty = ffmpeg.executable()
    monkeypatch.delenv("PODCAST_FFMPEG")
    assert ffmpeg.executable() == empty


def test_a_named_program_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """PODCAST_FFMPEG goes before the one that comes along."""
    program = _program(tmp_path / "my-ffmpeg", "exit 0")
    monkeypatch.setenv("PODCAST_FFMPEG", str(program))
    assert ffmpeg.executable() == str(program)


def test_a_program_that_does_not_start_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file that only looks like a program ends in words."""
    program = tmp_path / "broken"
    program.write_text("#!/no/such/shell\n")
    program.chmod(0o755)
    monkeypatch.setenv("PODCAST_FFMPEG", str(program))
    with pytest.raises(OutsideError, match=r"broken does not start: .*Check PODCAST_FFMPEG"):
        ffmpeg.measure(tmp_path / "any.mp3")


def test_a_program_that_fails_is_quoted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What it said and how it ended reach the reader, from both sides of the door."""
    program = _program(tmp_path / "failing", "echo 'Unknown encoder: the tape is torn' >&2", "exit 7")
    monkeypatch.setenv("PODCAST_FFMPEG", str(program))
    with pytest.raises(OutsideError, match=r"write the MP3 \(exit 7\): Unknown encoder: the tape is torn"):
        _written(tmp_path / "a.mp3", _tone(100_000), block=1000)
    with pytest.raises(OutsideError, match=r"measure a\.mp3 \(exit 7\): Unknown encoder: the tape is torn"):
        ffmpeg.measure(tmp_path / "a.mp3")


def test_commands_are_logged(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    """Each command can be read, quoted, at level DEBUG."""
    path = _wav(tmp_path / "two words.wav", _tone(100), RATE)
    with caplog.at_level(logging.DEBUG, logger="podcast.outside.ffmpeg"):
        ffmpeg.decode(path, RATE, 1, 1000)
    assert f"'{path}'" in caplog.text


# ── sound in ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("channels", [1, 2])
def test_a_wave_file_is_read_to_the_sample(tmp_path: Path, channels: int) -> None:
    """At its own rate and channels nothing is changed."""
    sound = _tone(12_345, channels)
    sound[:, -1] *= 0.5
    read = ffmpeg.decode(_wav(tmp_path / "a.wav", sound, RATE), RATE, channels, 10_000)
    assert (read.shape, read.dtype.name) == ((12_345, channels), "float32")
    assert np.max(np.abs(read - sound)) < 1 / 16_000


def test_sound_is_read_at_the_rate_and_channels_asked_for(tmp_path: Path) -> None:
    """Mono becomes the same on two channels, another rate another number of samples."""
    read = ffmpeg.decode(_wav(tmp_path / "a.wav", _tone(24_000, rate_hz=24_000), 24_000), 48_000, 2, 10_000)
    assert read.shape[1] == 2
    assert len(read) == pytest.approx(48_000, abs=2)
    assert np.array_equal(read[:, 0], read[:, 1])


def test_only_the_beginning_of_a_long_file_is_read(tmp_path: Path) -> None:
    """An hour of music costs as much as the part of it that can sound."""
    assert len(ffmpeg.decode(_wav(tmp_path / "a.wav", _tone(RATE), RATE), RATE, 1, 250)) == RATE // 4


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The text says which file, and where its name stands."""
    with pytest.raises(InputError, match=r"/intro\.opus: no such file\..*show\.toml under \[music\]"):
        ffmpeg.decode(tmp_path / "intro.opus", RATE, 1, 1000)


@pytest.mark.parametrize("content", [b"", b"hello, I am text\n" * 100, bytes(5000)], ids=["empty", "text", "zeros"])
def test_what_is_no_sound_is_refused(tmp_path: Path, content: bytes) -> None:
    """A name that ends in .mp3 makes no music; the reader is asked for another file."""
    path = tmp_path / "intro.mp3"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"intro\.mp3: ffmpeg finds no sound in it .*Use another file"):
        ffmpeg.decode(path, RATE, 1, 1000)


@pytest.mark.parametrize("name", ["intro.m3u8", "intro.mp3", "intro.txt"])
def test_a_playlist_cannot_reach_the_network(tmp_path: Path, name: str) -> None:
    """A file that calls itself music and names an address is refused, and nobody is called."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/a.ts"
        hls = f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10,\n{address}\n#EXT-X-ENDLIST\n"
        path = tmp_path / name
        path.write_text(f"ffconcat version 1.0\nfile {address}\n" if name.endswith("txt") else hls)
        with pytest.raises(InputError, match=name):
            ffmpeg.decode(path, RATE, 1, 1000)
        server.settimeout(0.02)
        with pytest.raises(TimeoutError):
            server.accept()


# ── sound out ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate_hz", [24_000, 44_100, 48_000])
def test_an_mp3_decodes_to_as_many_samples_as_were_written(tmp_path: Path, rate_hz: int, channels: int) -> None:
    """Neither the encoder's delay nor its last frame changes the length (just past a frame: see test_timeline)."""
    for frames in (FRAME - 1, FRAME + 47, 20_011):
        sound = _tone(frames, channels, rate_hz)
        path = _written(tmp_path / "a.mp3", sound, rate_hz=rate_hz)
        assert ffmpeg.decode(path, rate_hz, channels, 60_000).shape == sound.shape


@pytest.mark.parametrize("bitrate_kbps", [64, 96, 192, 224, 320])
def test_an_mp3_is_as_loud_as_what_was_written(tmp_path: Path, bitrate_kbps: int) -> None:
    """What the encoder takes is given back before it, at every bitrate."""
    sound = _tone(RATE)
    read = ffmpeg.decode(_written(tmp_path / "a.mp3", sound, bitrate_kbps=bitrate_kbps), RATE, 1, 60_000)
    assert _level_db(read) == pytest.approx(_level_db(sound), abs=0.02)


def test_an_mp3_begins_where_the_sound_begins(tmp_path: Path) -> None:
    """A click is found at its place: chapters and words do not drift."""
    sound = np.zeros((RATE, 1), np.float32)
    sound[20_000:20_040] = 0.5
    read = ffmpeg.decode(_written(tmp_path / "a.mp3", sound, bitrate_kbps=192), RATE, 1, 60_000)
    assert np.argmax(np.abs(read[:, 0])) == pytest.approx(20_020, abs=40)


def test_blocks_of_any_size_give_the_same_file(tmp_path: Path) -> None:
    """How sound was cut for the encoder does not show; the same sound gives the same bytes."""
    once = _written(tmp_path / "once.mp3", _tone(30_000)).read_bytes()
    pieces = _written(tmp_path / "pieces.mp3", _tone(30_000), block=777).read_bytes()
    assert pieces == once


def test_an_mp3_has_a_header_and_no_tags(tmp_path: Path) -> None:
    """Tags are ours to write; the header in front lets players jump."""
    data = _written(tmp_path / "a.mp3", _tone(RATE)).read_bytes()
    assert data[0] == 0xFF
    assert b"Info" in data[:64]
    assert b"TAG" not in data[-128:]


def test_nothing_is_limited_or_cut_off(tmp_path: Path) -> None:
    """What is louder than full scale comes out as loud: to hold it below is the mixer's, who sees all of it."""
    loud = _written(tmp_path / "loud.mp3", _tone(RATE, amplitude=1.2), bitrate_kbps=320)
    assert np.max(np.abs(ffmpeg.decode(loud, RATE, 1, 60_000)[2000:-2000])) == pytest.approx(1.2, abs=0.02)


def test_an_mp3_in_a_folder_of_any_name_is_measured(tmp_path: Path) -> None:
    """Signs that mean something to ffmpeg are only part of a name."""
    folder = tmp_path / "it's [a] week|of: papers, 100 % \\ more"
    folder.mkdir()
    assert ffmpeg.measure(_written(folder / "a.mp3", _tone(RATE))).frames == RATE


@pytest.fixture
def pretend(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """Put a shell script in ffmpeg's place."""

    def put(*lines: str) -> None:
        monkeypatch.setenv("PODCAST_FFMPEG", str(_program(tmp_path / "pretender", *lines)))

    return put


FORM = Mp3Format(48_000, 1, 64)
"""Of which every frame has 192 bytes."""


@pytest.mark.parametrize("stumble", [ZeroDivisionError, FileNotFoundError, BrokenPipeError])
def test_what_goes_wrong_with_a_block_leaves_no_process_and_no_thread(
    pretend: Callable[..., None], tmp_path: Path, stumble: type[Exception]
) -> None:
    """It is raised as it is, also where it looks like an encoder that takes no more."""
    pretend(f"echo $$ >{tmp_path}/pid", f'exec "{ffmpeg.executable()}" "$@"')

    def blocks() -> Iterator[Samples]:
        yield _tone(RATE)
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            time.sleep(0.001)
        raise stumble

    with pytest.raises(stumble):
        ffmpeg.encode(blocks(), FORM)
    _nothing_is_left(int((tmp_path / "pid").read_text()))


def _nothing_is_left(pid: int) -> None:
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    # A thread whose very start was interrupted has nobody who waits for it, and cannot be joined until it has begun.
    until = time.monotonic() + 5
    while (left := _ours()) and time.monotonic() < until:
        time.sleep(0.01)
    assert not left


def _ours() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name in {"feeder", "ear", "watch"}]


def test_an_interrupted_encoder_leaves_no_process_and_no_thread(pretend: Callable[..., None], tmp_path: Path) -> None:
    """Ctrl-C ends the program, too, however long it would have gone on."""
    pretend(f"echo $$ >{tmp_path}/pid", "head -c 2000000 >/dev/null", f"kill -INT {os.getpid()}", "exec sleep 60")
    with pytest.raises(KeyboardInterrupt):
        ffmpeg.encode(itertools.repeat(_tone(RATE)), FORM)
    _nothing_is_left(int((tmp_path / "pid").read_text()))


@pytest.mark.parametrize(
    "takes", ["cat >/dev/null", "head -c 100000 >/dev/null"], ids=["at the end", "while it encodes"]
)
def test_a_killed_encoder_is_noticed(pretend: Callable[..., None], takes: str) -> None:
    """Sound is not made for an encoder that is gone, and what was cut short is never taken for whole."""
    pretend(takes, "kill -KILL $$")
    made: list[Samples] = []

    def blocks() -> Iterator[Samples]:
        for _ in range(20):
            made.append(_tone(RATE))
            yield made[-1]

    with pytest.raises(OutsideError, match=r"could not write the MP3: it was ended from outside \(SIGKILL\)"):
        ffmpeg.encode(blocks(), FORM)
    assert len(made) == 20 if "cat" in takes else len(made) < 10


# ── a program that hangs, lies or goes on and on ────────────────────────────────────────────────────────

HANGS = {
    "at once": ["exec sleep 60"],
    "while it takes sound": ["head -c 1000000 >/dev/null", "exec sleep 60"],
    "when it has taken all": ["cat >/dev/null", "exec sleep 60"],
    "in a child of its own": ["sleep 3", "exit 0"],
}

READERS: dict[str, Callable[[Path], object]] = {
    "measure": ffmpeg.measure,
    "decode": lambda path: ffmpeg.decode(path, RATE, 1, 1000),
    "chapters": ffmpeg.chapters,
}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold a program to hang after moments, which those of these tests do for ever."""
    monkeypatch.setattr(supervised, "STILL_S", 0.1)
    monkeypatch.setattr(supervised, "LOOK_S", 0.02)
    monkeypatch.setattr(supervised, "LAST_WORDS_S", 0.1)


@pytest.mark.skipif(sys.platform != "linux", reason="pipes are made wider on Linux alone")
def test_a_program_is_fed_through_a_wide_pipe() -> None:
    """It holds half a megabyte, or what the system allows; usual is an eighth."""
    import fcntl

    allowed = int(Path("/proc/sys/fs/pipe-max-size").read_text())
    with Program(["sleep", "9"], stdin=subprocess.PIPE) as program:
        assert program.process.stdin is not None
        assert fcntl.fcntl(program.process.stdin, fcntl.F_GETPIPE_SZ) == min(1 << 19, allowed)
        program.process.stdin.close()


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("lines", HANGS.values(), ids=HANGS.keys())
def test_an_encoder_that_hangs_is_ended(pretend: Callable[..., None], lines: list[str]) -> None:
    """Nobody waits for it for ever, however much sound is left; what to do is said."""
    pretend(*lines)
    with pytest.raises(OutsideError, match=r"stood still for .* s while it was to write the MP3.*PODCAST_FFMPEG"):
        ffmpeg.encode([_tone(200_000)] * 20, FORM)
    for thread in (left := _ours()):  # which a child of its own may hold up
        thread.join(10)
    assert not any(thread.is_alive() for thread in left)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("asked", READERS)
def test_a_reader_that_hangs_is_ended(pretend: Callable[..., None], tmp_path: Path, asked: str) -> None:
    """Whatever was asked of it; the file is named."""
    path = _wav(tmp_path / "a.wav", _tone(100), RATE)
    pretend("exec sleep 60")
    with pytest.raises(OutsideError, match=r"stood still for .*a\.wav, and was ended"):
        READERS[asked](path)


@pytest.mark.parametrize("asked", READERS)
def test_a_reader_that_goes_on_and_on_is_ended(
    pretend: Callable[..., None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, asked: str
) -> None:
    """The memory is not filled with what it says."""
    path = _wav(tmp_path / "a.wav", _tone(100), RATE)
    monkeypatch.setattr(supervised, "MOST_SAID_BYTES", 1 << 20)
    pretend("yes >&2 & exec yes")
    with pytest.raises(OutsideError, match=r"a\.wav: it went on and on, and was ended"):
        READERS[asked](path)


def test_a_program_that_gives_on_and_on_is_ended(pretend: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory is not filled with what it gives."""
    monkeypatch.setattr(supervised, "MOST_SAID_BYTES", 1 << 20)
    pretend("cat >/dev/null & exec yes")
    with pytest.raises(OutsideError, match="could not write the MP3: it went on and on, and was ended"):
        ffmpeg.encode([_tone(200_000)] * 20, FORM)


LIES = {
    "nothing": ("", "it gave 0 frames for 48,000 samples"),
    "a page instead": ("echo '<html>Sorry</html>'", "what it gave is no frame of one from byte 0 of 19 on"),
    "half of a frame": ("head -c 5000 {out}", "what it gave is no frame of one from byte 4,992 of 5,000 on"),
    "half of the frames": ("head -c 3840 {out}", "it gave 20 frames for 48,000 samples"),
    "one byte more": ("cat {out}; echo", "what it gave is no frame of one from byte 8,256 of 8,257 on"),
}


@pytest.mark.parametrize(("gives", "but"), LIES.values(), ids=LIES.keys())
def test_an_encoder_that_says_it_is_done_is_not_believed(
    pretend: Callable[..., None], tmp_path: Path, gives: str, but: str
) -> None:
    """Frames that are not there, or not whole, are found out although it ended with exit code 0."""
    out = tmp_path / "out"
    pretend(f'"{ffmpeg.executable()}" "$@" >{out}', gives.format(out=out))
    with pytest.raises(OutsideError, match=f"said that it had done its work, to write the MP3, but {but}"):
        ffmpeg.encode([_tone(48_000)], FORM)


@pytest.mark.parametrize("takes", ["exit 0", "head -c 100000 >/dev/null"])
def test_an_encoder_that_leaves_early_is_not_believed(pretend: Callable[..., None], takes: str) -> None:
    """Sound that nobody took is not lost in silence."""
    pretend(takes)
    with pytest.raises(OutsideError, match="but it did not take all of the sound"):
        ffmpeg.encode([_tone(100_000)] * 4, FORM)


def test_half_a_sample_is_no_sound(pretend: Callable[..., None], tmp_path: Path) -> None:
    """A decoder that says it is done gave whole samples."""
    pretend("printf abcde")
    with pytest.raises(OutsideError, match="gave half a sample"):
        ffmpeg.decode(_wav(tmp_path / "a.wav", _tone(100), RATE), RATE, 1, 1000)


@pytest.mark.parametrize(
    ("signal_name", "said"), [("KILL", "short of memory"), ("SEGV", "crashed"), ("XFSZ", "ulimit -f")]
)
def test_a_reader_that_is_killed_says_nothing_of_the_file(
    pretend: Callable[..., None], tmp_path: Path, signal_name: str, said: str
) -> None:
    """The music is not to blame, and is not called unusable."""
    path = _wav(tmp_path / "a.wav", _tone(100), RATE)
    pretend(f"kill -{signal_name} $$")
    with pytest.raises(OutsideError, match=rf"\(SIG{signal_name}\).*{said}|{said}.*\(SIG{signal_name}\)"):
        ffmpeg.decode(path, RATE, 1, 1000)


def test_whoever_is_not_waited_for_is_not_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program may stand still for as long as it has nothing to do."""
    monkeypatch.setattr(supervised, "STILL_S", 0.01)
    monkeypatch.setattr(supervised, "LOOK_S", 0.001)
    looks = threading.Semaphore(0)
    with supervised.Program(["sleep", "60"]) as program, supervised.watched(program, looks.release) as watch:
        assert all(looks.acquire(timeout=10) for _ in range(30))
        assert program.process.poll() is None
    assert not watch.is_still


def test_what_a_program_gave_is_let_go_with_it() -> None:
    """A minute of sound does not wait for the collector of garbage."""
    gc.disable()
    try:
        with supervised.Program(["echo", "sound"]) as program:
            program.wait()
        assert program.output() == b"sound\n"
        heard = weakref.ref(program._output)
        del program
        assert heard() is None
    finally:
        gc.enable()


def test_nobody_waits_for_an_encoder_while_its_next_block_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which may take as long as it takes; while it has one it is waited for."""
    signs: list[object] = []
    feeders: list[ffmpeg._Feeder] = []
    begin = ffmpeg._Feeder.__init__

    def seen(feeder: ffmpeg._Feeder, *arguments: Any) -> None:
        feeders.append(feeder)
        begin(feeder, *arguments)

    def blocks() -> Iterator[Samples]:
        for _ in range(3):
            signs.append(feeders[0].sign())
            yield _tone(RATE)

    monkeypatch.setattr(ffmpeg._Feeder, "__init__", seen)
    ffmpeg.encode(blocks(), FORM)
    assert signs == [None] * 3
    assert feeders[0].sign() is not None


# ── measuring ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("rate_hz", "frames"), [(44_100, 100_003), (48_000, 96_000), (24_000, 50_001)])
def test_a_measurement_counts_what_is_there(tmp_path: Path, rate_hz: int, frames: int) -> None:
    """Every frame is counted, every 100 ms have a peak, all but a last part of one a momentary loudness."""
    sound = _tone(frames, rate_hz=rate_hz)
    measured = ffmpeg.measure(_written(tmp_path / "a.mp3", sound, rate_hz=rate_hz))
    step = rate_hz // 10
    assert measured.frames == frames
    assert len(measured.peaks) == frames // step
    assert len(measured.momentary_lufs) == frames // step


def test_a_tone_measures_what_it_is(tmp_path: Path) -> None:
    """997 Hz at -12 dBFS: -15.05 LUFS on one channel, no range, peaks of a quarter everywhere."""
    measured = ffmpeg.measure(_written(tmp_path / "a.mp3", _tone(5 * RATE), bitrate_kbps=320))
    assert measured.loudness_lufs == pytest.approx(-15.05, abs=0.15)
    assert measured.true_peak_dbtp == pytest.approx(-12.04, abs=0.2)
    assert measured.range_lu == pytest.approx(0, abs=0.2)
    assert measured.peaks[5:-1] == pytest.approx([0.25] * (len(measured.peaks) - 6), abs=0.01)
    assert measured.momentary_lufs[5:-1] == pytest.approx([-15.05] * (len(measured.momentary_lufs) - 6), abs=0.2)


def test_two_channels_are_three_units_louder_than_one(tmp_path: Path) -> None:
    """BS.1770 adds up the power of channels; peaks stay what they are."""
    measured = ffmpeg.measure(_written(tmp_path / "a.mp3", _tone(2 * RATE, 2), bitrate_kbps=320))
    assert measured.loudness_lufs == pytest.approx(-12.04, abs=0.15)
    assert max(measured.peaks) == pytest.approx(0.25, abs=0.01)
    assert measured.frames == 2 * RATE


def test_peaks_and_momentary_loudness_lie_where_they_sound(tmp_path: Path) -> None:
    """A second of silence, then a tone: the picture of it shows just that."""
    sound = np.concatenate([np.zeros((RATE, 1), np.float32), _tone(RATE)])
    measured = ffmpeg.measure(_written(tmp_path / "a.mp3", sound))
    assert max(measured.peaks[:9]) < 0.01
    assert min(measured.peaks[11:19]) > 0.2
    assert max(measured.momentary_lufs[:9]) < -60
    assert min(measured.momentary_lufs[14:]) > -20


def test_silence_measures_the_gate(tmp_path: Path) -> None:
    """Silence is -70 LUFS with a peak of minus infinity, and no failure."""
    measured = ffmpeg.measure(_written(tmp_path / "a.mp3", np.zeros((RATE, 1), np.float32)))
    assert (measured.loudness_lufs, measured.true_peak_dbtp, max(measured.peaks)) == (-70.0, -math.inf, 0.0)


@pytest.mark.parametrize("content", [None, b"", b"text" * 1000], ids=["missing", "empty", "text"])
def test_what_cannot_be_measured_is_named(tmp_path: Path, content: bytes | None) -> None:
    """The text says which file, and what ffmpeg said of it."""
    path = tmp_path / "sound.mp3"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(OutsideError, match=r"could not measure sound\.mp3 \(exit \d+\): \S+"):
        ffmpeg.measure(path)
