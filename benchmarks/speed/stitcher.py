"""Join clips into an MP3 in one of several ways, in a process of its own; print how long it took.

Usage: python -m speed.stitcher here|stereo|wav|mono|old|loudnorm|encode FOLDER COPIES
"""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from podcast.audio.levels import Section
    from podcast.types import Clip

WAVS, STORE, LIST, JOINED, EXACT = "wavs", "store", "clips.json", "joined.wav", "joined.f32"
KBPS = "128k"


# ── here ────────────────────────────────────────────────────────────────────────────────────────────────


def here(folder: Path, copies: int, channels: int = 1) -> Callable[[], Path]:
    """Join them as an episode is joined here; a copy is a little softer each time, so that none is the same."""
    from podcast.audio.making import Maker
    from podcast.audio.parts import PartStore
    from podcast.audio.render import Renderer, load_music
    from podcast.outside.executor import threads
    from podcast.show import AudioSettings, MusicSettings, starter_voices

    store = Clips(folder)
    audio, settings = AudioSettings(bitrate_kbps=int(KBPS[:-1]), channels=channels), MusicSettings()
    files = {kind: starter_voices().parent / getattr(settings, kind) for kind in ("intro", "sting", "outro")}

    def work() -> Path:
        target = folder / "here.mp3"
        with tempfile.TemporaryDirectory() as kept, threads() as executor, target.open("wb") as mp3:
            music = load_music(files, settings, audio)
            named = {clip.key: clip for clip in music.values()}
            maker = Maker(PartStore(Path(kept)), executor, store.load, named)
            renderer = Renderer(store.sections(copies), lambda: store.clips(copies), music, audio, settings, maker)
            renderer.pour(renderer.render(), mp3)
        return target

    return work


def stereo(folder: Path, copies: int) -> Callable[[], Path]:
    """Do the same on two channels."""
    return here(folder, copies, channels=2)


class Clips:
    """The clips that were prepared, so many times over."""

    def __init__(self, folder: Path) -> None:
        from podcast.speech.clips import ClipStore

        self._store = ClipStore(folder / STORE)
        self._listed = json.loads((folder / LIST).read_text(encoding="utf-8"))

    def load(self, name: str) -> Clip:
        """Read one, a thousandth softer each time."""
        from podcast.types import to_pcm

        key, _, copy = name.partition(".")
        clip = self._store.load(key)
        assert clip is not None  # noqa: S101 - it was prepared
        return dataclasses.replace(clip, key=name, samples=to_pcm(clip.sound * (1 - int(copy) / 1000)))

    def clips(self, copies: int) -> Generator[Clip]:
        """Read all in their order."""
        return (self.load(f"{each['key']}.{copy}") for copy in range(copies) for each in self._listed)

    def sections(self, copies: int) -> list[Section]:
        """Say which of them make a segment, and what is said in them."""
        segments = sorted({each["segment"] for each in self._listed})
        return [self._section(copy * len(segments), segment) for copy in range(copies) for segment in segments]

    def _section(self, before: int, segment: int) -> Section:
        from podcast.audio.levels import Section
        from podcast.show import starter_voices
        from podcast.speech.voice import load_voice
        from podcast.types import Chapter, Utterance

        voice, place = load_voice("heart", starter_voices()), before + segment
        own = (each for each in self._listed if each["segment"] == segment)
        said = tuple(Utterance(place, each["paragraph"], each["written"], (), voice) for each in own)
        return Section(Chapter(f"s{place}", f"Segment {place}", 0, 0, None, None, voice.name), said)


# ── elsewhere ───────────────────────────────────────────────────────────────────────────────────────────


def wav(folder: Path, _: int, channels: int = 2) -> Callable[[], Path]:
    """Add WAV files to each other with pydub, and export: stereo, for the music is."""
    segment = _pydub()

    def work() -> Path:
        combined = segment.empty()
        for path in sorted((folder / WAVS).iterdir()):
            clip = segment.from_wav(path)
            combined += clip if channels > 1 else clip.set_channels(channels)
        return _exported(combined, folder / "wav.mp3")

    return work


def mono(folder: Path, copies: int) -> Callable[[], Path]:
    """Do the same on one channel."""
    return wav(folder, copies, channels=1)


def old(folder: Path, _: int) -> Callable[[], Path]:
    """Make an MP3 of each clip, add them to each other with pydub, and export: as the scripts before this did it."""
    segment = _pydub()

    def work() -> Path:
        combined = segment.empty()
        for path in sorted((folder / WAVS).iterdir()):
            clip = _exported(segment.from_wav(path), folder / f"old-{path.stem}.mp3")
            combined += segment.from_mp3(clip)
        return _exported(combined, folder / "old.mp3")

    return work


def _pydub() -> Any:
    from pydub import AudioSegment

    return AudioSegment


def _exported(segment: Any, path: Path) -> Path:
    segment.export(path, format="mp3", bitrate=KBPS).close()
    return path


def loudnorm(folder: Path, _: int) -> Callable[[], Path]:
    """Bring sound that is joined already to a loudness in two passes of ffmpeg's loudnorm, as its manual has it."""
    target = "loudnorm=I=-16:TP=-1:LRA=11"
    command = ["ffmpeg", "-hide_banner", "-nostats", "-y", "-i", str(folder / JOINED), "-af"]

    def work() -> Path:
        first = [*command, f"{target}:print_format=json", "-f", "null", "-"]
        words = subprocess.run(first, check=True, capture_output=True, text=True).stderr
        found = re.search(r"\{[^{}]*\}", words)
        assert found  # noqa: S101 - asked for
        said = json.loads(found[0])
        values = ":".join(f"measured_{name}={said[f'input_{key}']}" for name, key in _PASSED_ON)
        second = f"{target}:{values}:offset={said['target_offset']}:linear=true"
        path = folder / "loudnorm.mp3"
        made = ["-ar", "44100", "-c:a", "libmp3lame", "-b:a", KBPS, str(path)]
        subprocess.run([*command, second, *made], check=True, capture_output=True)
        return path

    return work


def encode(folder: Path, _: int) -> Callable[[], Path]:
    """Encode sound that is joined already, on one channel and at its last rate: nobody can do less."""
    path = folder / "encode.mp3"
    floats = ["-f", "f32le", "-ar", "44100", "-ac", "1"]
    settings = ["-b:a", KBPS, "-reservoir", "0"]
    command = ["ffmpeg", "-v", "error", "-y", *floats, "-i", str(folder / EXACT), *settings, str(path)]

    def work() -> Path:
        subprocess.run(command, check=True)
        return path

    return work


_PASSED_ON = (("I", "i"), ("TP", "tp"), ("LRA", "lra"), ("thresh", "thresh"))


# ── what is asked ───────────────────────────────────────────────────────────────────────────────────────


WAYS = {each.__name__: each for each in (here, stereo, wav, mono, old, loudnorm, encode)}


def main(way: str, folder: Path, copies: int) -> dict[str, float]:
    """Do it, and say how long it took and how long the sound is."""
    work = WAYS[way](folder, copies)
    started, cpu = time.perf_counter(), time.process_time()
    path = work()
    wall_s = time.perf_counter() - started
    return {"wall_s": wall_s, "cpu_s": time.process_time() - cpu, "length_s": path.stat().st_size * 8 / 128_000}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))))
