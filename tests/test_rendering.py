"""An episode's sound from clips: the same bytes whatever was kept and who made it, and only what changed made again."""

from __future__ import annotations

import dataclasses
import io
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pytest

from podcast.audio.levels import Section
from podcast.audio.making import Maker
from podcast.audio.parts import PartStore
from podcast.audio.render import Renderer
from podcast.errors import OutsideError
from podcast.outside import ffmpeg, mp3
from podcast.outside.executor import threads
from podcast.show import AudioSettings, MusicSettings
from podcast.types import Chapter, Clip, Piece, Utterance, Voice

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from podcast.audio.render import Sound

VOICE = Voice("hum", "tone", "hum")
CLIP_HZ, RATE_HZ = 8000, 16_000
AUDIO = AudioSettings(sample_rate_hz=RATE_HZ, bitrate_kbps=16)
MUSIC = {
    kind: Clip(kind, np.full((seconds * RATE_HZ, 1), 0.02, dtype=np.float32), RATE_HZ)
    for kind, seconds in {"intro": 6, "sting": 1, "outro": 3}.items()
}


def _clip(key: str) -> Clip:
    """Return bursts like syllables, two seconds or so of them, which their name says."""
    random = np.random.default_rng(list(key.encode()))
    at = np.arange(random.integers(14_000, 20_000)) / CLIP_HZ
    return Clip(key, (0.1 * np.sin(900 * at) * np.sin(9 * at) ** 2).astype(np.float32), CLIP_HZ)


def _segment(name: str, count: int = 5) -> tuple[str, ...]:
    return tuple(f"{name}{number}" for number in range(count))


@dataclass
class Kept:
    """A folder of parts; and what was asked for while an episode was made."""

    folder: Path
    read: list[str] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)
    music: dict[str, Clip] = field(default_factory=lambda: MUSIC)
    audio: AudioSettings = AUDIO
    voices: Sequence[Voice] = (VOICE,)

    @property
    def store(self) -> PartStore:
        """The parts."""
        return PartStore(self.folder)

    def clip(self, key: str) -> Clip | None:
        """Read a clip for a part that is made."""
        self.read.append(key)
        return None if key in self.missing else _clip(key)

    def sound(self, segments: Sequence[Sequence[str]], jobs: int = 2) -> tuple[bytes, Sound]:
        """Make an episode of such clips."""
        sections = [
            Section(
                Chapter(f"s{index}", f"Segment {index}", 0, 0),
                tuple(self._said(index, number, key) for number, key in enumerate(keys)),
            )
            for index, keys in enumerate(segments)
        ]

        def clips() -> Generator[Clip]:
            return (_clip(key) for keys in segments for key in keys)

        music = {clip.key: clip for clip in self.music.values()}
        with threads(jobs) as executor:
            maker = Maker(self.store, executor, self.clip, music)
            renderer = Renderer(sections, clips, self.music, self.audio, MusicSettings(), maker)
            sound, data = renderer.render(), io.BytesIO()
            renderer.pour(sound, data)
        return data.getvalue(), sound

    def _said(self, segment: int, number: int, key: str) -> Utterance:
        voice = self.voices[number // 3 % len(self.voices)]
        return Utterance(segment, number // 3, key, (Piece(key, 0),), voice)

    def names(self) -> set[str]:
        """Name the files that are kept."""
        return {path.name for path in self.store.files()}


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """Return an empty folder."""
    return Kept(tmp_path / "parts")


SEGMENTS = [_segment(name) for name in "abcd"]


def test_an_episode_is_the_same_whoever_makes_it(tmp_path: Path) -> None:
    """On one thread or on four."""
    one, four = (Kept(tmp_path / str(jobs)).sound(SEGMENTS, jobs)[0] for jobs in (1, 4))
    assert one == four


def test_it_is_as_long_as_loud_and_as_full_as_it_says(kept: Kept, tmp_path: Path) -> None:
    """By ffmpeg: to the sample, the loudness that was asked for, and the same measures as composed of its parts."""
    data, sound = kept.sound(SEGMENTS)
    path = tmp_path / "episode.mp3"
    path.write_bytes(data)
    measured = ffmpeg.measure(path)
    assert mp3.encoded_length(path) == measured.frames == sound.timeline.length
    assert sound.measured.loudness_lufs == pytest.approx(AUDIO.loudness_lufs, abs=0.4)
    for name in ("loudness_lufs", "true_peak_dbtp", "range_lu"):
        assert getattr(sound.measured, name) == pytest.approx(getattr(measured, name), abs=0.11), name


BURST = np.sin(np.arange(6 * 44_100) * 0.13)[:, np.newaxis] * np.sin(np.arange(6 * 44_100) / 9_000)[:, np.newaxis] ** 2


@pytest.mark.parametrize(
    ("audio", "gains_db", "music"),
    [
        (AudioSettings(44_100, 2, 128, loudness_lufs=-14.0), (0.0, -4.0), 0.2),
        (AudioSettings(44_100, 1, 96), (-12.0, -12.0), 0.5),
        (AudioSettings(44_100, 1, 32), (0.0, 3.0), 0.1),
        (AudioSettings(22_050, 2, 16), (0.0, 0.0), 0.1),
        (AudioSettings(16_000, 1, 8), (0.0, 0.0), 0.1),
    ],
    ids=["stereo", "soft voices", "32 kbit/s", "16 kbit/s", "8 kbit/s"],
)
def test_an_episode_measures_what_it_says(
    kept: Kept, tmp_path: Path, audio: AudioSettings, gains_db: Sequence[float], music: float
) -> None:
    """By ffmpeg's meter: with music that fades under words, voices of several levels, and whatever an encoder drops."""
    kept.audio = audio
    kept.voices = [dataclasses.replace(VOICE, name=f"hum {gain_db}", gain_db=gain_db) for gain_db in gains_db]
    frames = 6 * audio.sample_rate_hz
    sound = np.repeat((music * BURST[:frames]).astype(np.float32), audio.channels, axis=1)
    kept.music = {kind: Clip(kind, sound, audio.sample_rate_hz) for kind in ("intro", "outro")}
    data, made = kept.sound(SEGMENTS)
    path = tmp_path / "episode.mp3"
    path.write_bytes(data)
    measured = ffmpeg.measure(path)
    assert made.measured.loudness_lufs == pytest.approx(measured.loudness_lufs, abs=0.15)  # each to a tenth
    assert made.measured.true_peak_dbtp == pytest.approx(measured.true_peak_dbtp, abs=0.15)
    assert made.measured.range_lu == pytest.approx(measured.range_lu, abs=0.5)


def test_what_is_kept_is_not_made_again(kept: Kept) -> None:
    """A second time nothing is read but parts, and the bytes are the same."""
    first, _ = kept.sound(SEGMENTS)
    kept.read.clear()
    again, _ = kept.sound(SEGMENTS)
    assert (again, kept.read) == (first, [])


def test_after_an_edit_only_the_parts_of_its_segment_are_made(kept: Kept, tmp_path: Path) -> None:
    """The episode is that of a first rendering of the new words, byte for byte; parts that it lacks are gone."""
    kept.sound(SEGMENTS)
    before = kept.names()
    kept.read.clear()
    edited = [SEGMENTS[0], ("new", *SEGMENTS[1][1:]), *SEGMENTS[2:]]
    data, _ = kept.sound(edited)
    cold = Kept(tmp_path / "cold")
    assert data == cold.sound(edited)[0]
    assert kept.names() == cold.names()
    assert len(kept.names() - before) == 1
    assert set(kept.read) == set(edited[1])


def test_a_segment_that_moves_is_not_made_again(kept: Kept) -> None:
    """Its parts are its own, wherever it stands between others."""
    kept.sound(SEGMENTS)
    before = kept.names()
    kept.sound([SEGMENTS[0], SEGMENTS[2], SEGMENTS[1], SEGMENTS[3]])
    assert kept.names() == before


def test_a_damaged_part_is_made_again(kept: Kept) -> None:
    """Or a missing one: the episode is the same."""
    first, _ = kept.sound(SEGMENTS)
    damaged, missing, *_ = kept.store.files()
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")
    missing.unlink()
    names = kept.names()
    assert kept.sound(SEGMENTS)[0] == first
    assert kept.names() == {*names, missing.name}


def test_a_part_that_is_lost_before_it_is_written_is_made_again(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing relies on what somebody else may remove."""
    first, _ = kept.sound(SEGMENTS)
    monkeypatch.setattr(PartStore, "keep_only", lambda store, _: [path.unlink() for path in store.files()])
    assert kept.sound(SEGMENTS)[0] == first


def test_one_long_segment_is_made_in_parts(kept: Kept) -> None:
    """Of a minute at most, at once, though it is a single one."""
    _, sound = kept.sound([_segment("a", 60)])
    assert len(sound.recipes) == len(kept.names()) >= 3
    assert all(recipe.frames * 576 < 61 * RATE_HZ for recipe in sound.recipes)
    assert sum(recipe.frames for recipe in sound.recipes) * 576 >= sound.timeline.length


def test_an_episode_that_is_too_loud_is_turned_down_as_a_whole(kept: Kept) -> None:
    """Speech with its music; the first attempt stays as well, so that it is not made again after an edit."""
    at = np.arange(6 * RATE_HZ) / RATE_HZ
    loud = (0.4 * np.sin(3000 * at)[:, np.newaxis]).astype(np.float32)
    kept.music = {"intro": Clip("loud", loud, RATE_HZ)}
    first, sound = kept.sound([_segment("a")])
    assert sound.measured.loudness_lufs == pytest.approx(AUDIO.loudness_lufs, abs=0.4)
    assert len(kept.names()) > len(sound.recipes)
    kept.read.clear()
    assert kept.sound([_segment("a")])[0] == first
    assert kept.read == []


def test_a_clip_that_is_gone_is_said_so(kept: Kept) -> None:
    """It was there a moment ago: who starts again gets it spoken again."""
    kept.missing = {"b2"}
    with pytest.raises(OutsideError, match=r"there no longer\. Run this again\."):
        kept.sound(SEGMENTS)


def test_the_first_failure_stops_the_rest(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not all parts are begun any more, and no thread is at work when the failure is seen."""
    begun: list[str] = []

    def fail(key: str) -> Clip | None:
        begun.append(key)
        raise OutsideError("no")

    monkeypatch.setattr(kept, "clip", fail)
    before = threading.active_count()
    with pytest.raises(OutsideError, match="no"):
        kept.sound([_segment(name) for name in "abcdefghijkl"], jobs=1)
    assert len(begun) < 12
    assert threading.active_count() == before
