"""Frames of an MP3: what is encoded apart and joined sounds as if it had been encoded in one go."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import math
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from by_ffmpeg import decode_frames
from conftest import skip
from frame_maker import file_of, in_parts
from mutagen.mp3 import MP3, BitrateMode

from podcast.audio.frames import PRIMED_FRAMES, Run, crc16, joined, run_of
from podcast.outside import ffmpeg, mp3
from podcast.outside.mp3 import Mp3Format
from podcast.show import AudioSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from podcast.types import Samples

FORM = Mp3Format(48_000, 1, 64)
FORMS = [
    Mp3Format(44_100, 1, 96),
    Mp3Format(44_100, 2, 128),
    Mp3Format(48_000, 2, 64),
    Mp3Format(32_000, 1, 40),
    Mp3Format(24_000, 1, 48),
    Mp3Format(22_050, 2, 56),
    Mp3Format(16_000, 1, 16),
]
BITRATES = {
    1: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
RATES = {1: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000)}
EVERY = [
    Mp3Format(rate_hz, 1 + index % 2, kbps)
    for version, bitrates in BITRATES.items()
    for index, (kbps, rate_hz) in enumerate(zip(bitrates, itertools.cycle(RATES[version]), strict=False))
]
"""Every bitrate of both versions of MPEG, every rate, both numbers of channels."""

ALIKE = 0.0002
"""Of full scale."""


def _named(form: Mp3Format) -> str:
    return f"{form.rate_hz}-{form.channels}-{form.bitrate_kbps}"


def _in_channels(mono: npt.NDArray[np.floating[Any]], form: Mp3Format) -> Samples:
    return np.repeat(mono.astype(np.float32)[:, np.newaxis], form.channels, axis=1)


@functools.cache
def _tone(form: Mp3Format, seconds: float = 3.0) -> Samples:
    at = np.arange(int(seconds * form.rate_hz)) / form.rate_hz
    return _in_channels(0.25 * np.sin(2 * np.pi * 997 * at), form)


def _music(form: Mp3Format) -> Samples:
    music = Path(__file__).parents[1] / "voices" / "music" / "intro.opus"
    return ffmpeg.decode(music, form.rate_hz, form.channels, 3000)


def _words(form: Mp3Format) -> Samples:
    """Bursts of noise and silence between them."""
    noise = np.random.default_rng(5).standard_normal(3 * form.rate_hz)
    at = np.arange(len(noise)) / form.rate_hz
    return _in_channels(0.1 * noise * (np.sin(2 * np.pi * 3 * at) > 0.2) * (at % 2 < 1.5), form)


SOUNDS: dict[str, Callable[[Mp3Format], Samples]] = {"tone": _tone, "music": _music, "words": _words}

# ── cut ─────────────────────────────────────────────────────────────────────────────────────────────────


@functools.cache
def _encoded(form: Mp3Format) -> bytes:
    return ffmpeg.encode([_tone(form, 0.2)], form)


@pytest.mark.parametrize("form", EVERY, ids=_named)
def test_every_frame_is_found_and_has_the_same_number_of_bits(form: Mp3Format) -> None:
    """At every rate and bitrate that a show may ask for, and all of them decode to all that they hold."""
    frames = mp3.frames_of(data := _encoded(form), form)
    assert b"".join(frames) == data
    assert {len(frame) for frame in frames} <= {mp3.frame_bytes(form), mp3.frame_bytes(form, is_padded=True)}
    assert {frame[:2] for frame in frames} == {mp3.header(form)[:2]}
    assert len(decode_frames(data, form)) == len(frames) * mp3.frame_samples(form.rate_hz)


def test_every_format_that_a_show_may_ask_for_has_frames() -> None:
    """No pair of rate and bitrate passes show.toml and is unknown here."""
    allowed = [
        Mp3Format(rate_hz, 1, kbps)
        for rate_hz in (rate_hz for rates in RATES.values() for rate_hz in rates)
        for kbps in sorted({*BITRATES[1], *BITRATES[2]})
        if not dataclasses.replace(AudioSettings(), sample_rate_hz=rate_hz, bitrate_kbps=kbps).format_problem
    ]
    assert len({mp3.header(form) for form in allowed}) == len(allowed) == 6 * 14


SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "the last cut short": lambda data: data[:-1],
    "a frame of another rate": lambda data: _after(3, data, _encoded(Mp3Format(44_100, 1, 64))),
    "a frame of another bitrate": lambda data: _after(3, data, _encoded(Mp3Format(48_000, 1, 80))),
    "a frame of two channels": lambda data: _after(3, data, _encoded(Mp3Format(48_000, 2, 64))),
    "a frame that leans on the last": lambda data: _after(3, data, data[:4] + b"\x01" + data[5:]),
    "a frame that leans on a byte of the last": lambda data: _after(3, data, data[:5] + b"\x80" + data[6:]),
    "text": lambda data: _after(3, data, b"<html>"),
}


def _after(frames: int, data: bytes, other: bytes) -> bytes:
    return data[: frames * mp3.frame_bytes(FORM)] + other


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT.keys())
def test_frames_end_where_something_else_begins(spoil: Callable[[bytes], bytes]) -> None:
    """What is no whole frame of the format that stands alone is not taken for one."""
    data = _encoded(FORM)
    frames = mp3.frames_of(data, FORM)
    left = mp3.frames_of(spoil(data), FORM)
    assert left == frames[: len(left)]
    assert len(left) == (3 if len(spoil(data)) != len(data) - 1 else len(frames) - 1)


@pytest.mark.parametrize("data", [b"", b"\xff", b"text"])
def test_what_has_no_frames_has_none(data: bytes) -> None:
    """Nothing, less than a header, and text."""
    assert mp3.frames_of(data, FORM) == []


# ── joined ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", SOUNDS)
@pytest.mark.parametrize("form", FORMS, ids=_named)
def test_what_is_encoded_in_parts_sounds_as_if_it_were_one(form: Mp3Format, name: str) -> None:
    """In a tone, in music, in words and in the silence between: the joints cannot be told from any other place."""
    sound, size = SOUNDS[name](form), mp3.frame_samples(form.rate_hz)
    total = mp3.frames_for(len(sound), form.rate_hz)
    borders = [total // 4, total // 2 + 3]
    whole = decode_frames(b"".join(mp3.frames_of(ffmpeg.encode([sound], form), form)[:total]), form)
    parts = decode_frames(b"".join(itertools.chain(*in_parts(sound, form, borders))), form)
    assert parts.shape == whole.shape
    is_joint = np.zeros(len(whole), bool)
    for border in borders:
        is_joint[(border - 1) * size : (border + 2) * size] = True
    apart = np.max(np.abs(parts - whole), axis=1)
    assert np.max(apart[is_joint]) < ALIKE + np.max(apart[~is_joint])
    source = np.concatenate([np.zeros((mp3.DELAY_SAMPLES, form.channels)), sound, np.zeros((3 * size, form.channels))])
    lost, lost_anyway = (np.abs(each - source[: len(each)])[is_joint] for each in (parts, whole))
    assert np.max(lost) < ALIKE + np.max(lost_anyway)
    assert math.sqrt(np.mean(lost**2)) < 1.02 * math.sqrt(np.mean(lost_anyway**2)) + ALIKE / 10


@pytest.mark.parametrize("form", FORMS, ids=_named)
def test_a_border_in_silence_is_not_there(form: Mp3Format) -> None:
    """Where ten frames of it lie before a border, nobody can say where that was: less than 0.0002 is different."""
    size, words = mp3.frame_samples(form.rate_hz), _words(form)[: form.rate_hz]
    border = -(-len(words) // size) + PRIMED_FRAMES
    silence = np.zeros(((border + 2) * size - len(words), form.channels), np.float32)
    sound = np.concatenate([words, silence, words])
    whole = mp3.frames_of(ffmpeg.encode([sound], form), form)[: mp3.frames_for(len(sound), form.rate_hz)]
    parts = list(itertools.chain(*in_parts(sound, form, [border])))
    apart = np.abs(decode_frames(b"".join(parts), form) - decode_frames(b"".join(whole), form))
    assert np.max(apart[(border - 1) * size : (border + 2) * size]) < ALIKE


def test_an_edit_before_a_border_leaves_the_frames_behind_it_as_they_were() -> None:
    """A part depends on the sound in its window, and on nothing else."""
    sound = _words(FORM)
    edited = sound.copy()
    edited[: 40 * 1152] *= 0.5
    assert in_parts(edited, FORM, [55, 90])[1:] == in_parts(sound, FORM, [55, 90])[1:]
    assert in_parts(edited, FORM, [55, 90])[0] != in_parts(sound, FORM, [55, 90])[0]


# ── decoded ─────────────────────────────────────────────────────────────────────────────────────────────


def _by_mpg123(path: Path, form: Mp3Format) -> Samples:
    if shutil.which("mpg123") is None:
        skip("mpg123 is not installed: it decodes what our ffmpeg made")
    ran = subprocess.run(["mpg123", "-q", "-s", "-e", "f32", str(path)], capture_output=True, check=True)
    return np.frombuffer(ran.stdout, "<f4").reshape(-1, form.channels)


def _by_ffmpeg(path: Path, form: Mp3Format) -> Samples:
    return ffmpeg.decode(path, form.rate_hz, form.channels, 60_000)


DECODERS = {"ffmpeg": _by_ffmpeg, "mpg123": _by_mpg123}


@functools.cache
def _second_in_parts(form: Mp3Format) -> list[list[bytes]]:
    return in_parts(_tone(form, 1.0), form, [5, 11])


@pytest.mark.parametrize("decoder", DECODERS)
@pytest.mark.parametrize("form", FORMS, ids=_named)
def test_a_decoder_gives_back_exactly_the_sound(tmp_path: Path, form: Mp3Format, decoder: str) -> None:
    """Not a sample more or less, each at its place, whatever is left in the last frame."""
    size = mp3.frame_samples(form.rate_hz)
    first, second, last = _second_in_parts(form)
    for samples in (15 * size, 15 * size + 47, 15 * size + 48, 13_001):
        sound, needed = _tone(form, 1.0)[:samples], mp3.frames_for(samples, form.rate_hz) - 11
        (path := tmp_path / "a.mp3").write_bytes(file_of([first, second, last[:needed]], samples, form))
        decoded = DECODERS[decoder](path, form)
        assert decoded.shape == sound.shape
        assert mp3.encoded_length(path) == samples
        assert np.corrcoef(decoded[size:, 0], sound[size:, 0])[0, 1] > 0.99


@pytest.mark.parametrize("form", [FORM, Mp3Format(24_000, 2, 8)], ids=_named)
def test_a_header_is_silence_to_whoever_does_not_know_it(form: Mp3Format) -> None:
    """It is a frame of sound with nothing in it; of a higher bitrate where a frame of its own is too small."""
    header = joined([Run(100, 100, 0)], 100 * mp3.frame_samples(form.rate_hz) - 2000, form)
    unknown, larger = header.replace(b"Info", b"None"), mp3.lowest_that_holds(156, form)
    assert mp3.frames_of(unknown * 3, larger) == [unknown] * 3
    assert not decode_frames(unknown * 3, larger).any()


@pytest.mark.parametrize("form", EVERY, ids=_named)
def test_every_header_is_read_by_others(tmp_path: Path, form: Mp3Format) -> None:
    """At every rate and bitrate mutagen finds the bitrate, that it is constant, and all frames."""
    frames = mp3.frames_of(_encoded(form), form)
    (path := tmp_path / "a.mp3").write_bytes(file_of([frames], len(_tone(form, 0.2)), form))
    info: Any = MP3(path).info  # type: ignore[no-untyped-call]
    assert (info.sample_rate, info.channels, info.bitrate_mode) == (form.rate_hz, form.channels, BitrateMode.CBR)
    assert info.bitrate == pytest.approx(1000 * form.bitrate_kbps, rel=0.01)
    assert info.length == pytest.approx(len(frames) * mp3.frame_samples(form.rate_hz) / form.rate_hz)


@pytest.mark.parametrize("form", FORMS, ids=_named)
def test_a_header_counts_and_checks_as_lame_does(tmp_path: Path, form: Mp3Format) -> None:
    """What ffmpeg writes in front of the same sound has the same numbers, the checksum over the sound among them."""
    sound, path = _tone(form, 1.0), tmp_path / "theirs.mp3"
    pcm = ["-f", "f32le", "-ar", str(form.rate_hz), "-ac", str(form.channels), "-i", "pipe:"]
    coding = ["-b:a", f"{form.bitrate_kbps}k", "-flags", "+bitexact", "-fflags", "+bitexact", "-id3v2_version", "0"]
    subprocess.run(
        [ffmpeg.executable(), *pcm, *coding, str(path)], input=sound.tobytes(), capture_output=True, check=True
    )
    theirs = path.read_bytes()
    at, first = theirs.index(b"Info"), mp3.frame_bytes(mp3.lowest_that_holds(156, form))
    count = int.from_bytes(theirs[at + 8 : at + 12], "big")
    ours = joined([Run(count, len(theirs) - first, crc16(theirs[first:]))], len(sound), form)
    assert len(ours) == first
    assert ours[at : at + 16] == theirs[at : at + 16]
    assert ours[at + 141 : at + 144] == theirs[at + 141 : at + 144]
    assert ours[at + 148 : at + 154] == theirs[at + 148 : at + 154]


def test_the_checksum_is_the_one_that_is_meant() -> None:
    """The check value of CRC-16/ARC, and bit by bit as it is defined."""
    assert crc16(b"123456789") == 0xBB3D
    data = np.random.default_rng(1).integers(0, 256, 1001, dtype=np.uint8).tobytes()
    for length in (0, 1, 2, 3, 255, 256, 257, 1001):
        crc = 0
        for byte in data[:length]:
            crc ^= byte
            for _ in range(8):
                crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
        assert crc16(data[:length]) == crc


def test_how_frames_came_in_parts_does_not_show() -> None:
    """The header of the same frames is the same, however many parts they are counted in."""
    frames = mp3.frames_of(ffmpeg.encode([sound := _tone(FORM, 1.2)], FORM), FORM)
    apart = [run_of(frames[:1]), run_of(frames[1:40]), run_of([]), run_of(frames[40:])]
    assert joined(apart, len(sound), FORM) == joined([run_of(frames)], len(sound), FORM)


@pytest.mark.parametrize("frames", [84, 89])
def test_frames_that_are_no_fit_for_the_sound_are_refused(frames: int) -> None:
    """A header that would cut off sound, or promise more of it, is not written."""
    assert mp3.frames_for(96_000, 48_000) == 85
    with pytest.raises(ValueError, match=f"{frames} frames at 48000 Hz are no way to hold 96,000 samples"):
        joined([Run(frames, frames * 192, 0)], 96_000, FORM)


# ── sought ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_table_says_where_each_hundredth_begins() -> None:
    """In 256ths of all bytes, also where a part has more bytes a frame than another."""
    header = joined([Run(100, 40_000, 0), Run(100, 120_000, 0)], 200 * 1152 - 2000, Mp3Format(44_100, 1, 320))
    table = header[header.index(b"Info") + 16 :][:100]
    wanted = [len(header) + (400 * 2 * i if i < 50 else 40_000 + 1200 * (2 * i - 100)) for i in range(100)]
    assert list(table) == [place * 256 // (len(header) + 160_000) for place in wanted]


def test_a_player_that_jumps_lands_where_it_meant_to(tmp_path: Path) -> None:
    """The pitch of a sound that rises with time tells where it landed, with the table and without it."""
    at = np.arange(60 * FORM.rate_hz) / FORM.rate_hz
    sound = _in_channels(0.3 * np.sin(2 * np.pi * (300 + 10 * at) * at), FORM)
    (path := tmp_path / "a.mp3").write_bytes(file_of(in_parts(sound, FORM, [700, 1500]), len(sound), FORM))
    for table, second in itertools.product("01", (7.0, 25.5, 52.0)):
        asked = ["-usetoc", table, "-ss", str(second), "-i", str(path), "-t", "0.2", "-f", "f32le", "pipe:"]
        ran = subprocess.run([ffmpeg.executable(), *asked], capture_output=True, check=True)
        heard = np.frombuffer(ran.stdout, "<f4")
        pitch_hz = np.argmax(np.abs(np.fft.rfft(heard, 8 * len(heard)))) / (8 * len(heard) / FORM.rate_hz)
        assert (pitch_hz - 300) / 20 - 0.1 == pytest.approx(second, abs=0.3)
