"""The same sound for all who join it: so many clips of a rendered episode, and the beginnings of its music."""

from __future__ import annotations

import dataclasses
import itertools
import json
import subprocess
import wave
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from podcast.audio.meter import energies
from podcast.audio.mix import resampled
from podcast.files import sha256_of
from podcast.outside import ffmpeg
from podcast.pipeline import episode, music
from podcast.show import load_show
from podcast.speech.clips import ClipStore, wav_bytes
from podcast.types import Clip, from_pcm
from speed import shows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from podcast.pipeline.episode import Speaking
    from podcast.types import Samples, Utterance

WAVS, MP3S, STORE, LIST = "wavs", "mp3s", "store", "clips.json"
JOINED, EXACT = "joined.wav", "joined.f32"
RATE_HZ, KBPS = 44_100, 128
_MUSIC_S = {"intro": 4, "outro": 8}
"""What is heard of it beside the speech is about as long."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A clip as it stands in the list: which, in which segment and paragraph, and what it says."""

    key: str
    segment: int
    paragraph: int
    written: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """A clip of some sentences of an episode."""

    group: tuple[Utterance, ...]
    clip: Clip

    @property
    def listed(self) -> Listed:
        """What the list has of it."""
        first = self.group[0]
        text = " ".join(utterance.written for utterance in self.group)
        return Listed(self.clip.key, first.segment_index, first.paragraph_index, text)

    @property
    def wav(self) -> bytes:
        """The clip and the pause after it."""
        pause = silence(self.group[0].voice.pauses.paragraph_ms, self.clip.rate_hz)
        return wav_bytes(np.concatenate([self.clip.sound, pause]), self.clip.rate_hz)


def prepare(show: Path, folder: Path, count: int) -> None:
    """Lay down so many clips of the one episode of a show, and its music."""
    path, script = shows.script_of(show)
    the_show = load_show(show)
    speaking = episode.prepare(the_show, script, shows.only_slug(show), str(path))
    clips = [joined(group, [kept(speaking, each) for each in group]) for group in grouped(speaking.utterances, count)]
    lay_down(clips, music.music_files(the_show), folder)


def lay_down(clips: Sequence[Prepared], music: Mapping[str, Path], folder: Path) -> None:
    """Write clips into a store of ours, as WAV files, as MP3 files, and joined; the music before and after."""
    for name in (WAVS, MP3S):
        (folder / name).mkdir()
    store = ClipStore(folder / STORE)
    for number, each in enumerate(clips, start=1):
        store.save(each.clip)
        (folder / WAVS / file_name(number)).write_bytes(each.wav)
    (folder / LIST).write_text(json.dumps([dataclasses.asdict(each.listed) for each in clips]), encoding="utf-8")
    for kind, number in {"intro": 0, "outro": len(clips) + 1}.items():
        cut = ("-t", _MUSIC_S[kind], "-i", music[kind], "-ar", RATE_HZ)
        _ffmpeg(*cut, folder / WAVS / file_name(number))
    _in_other_formats(folder)


def _in_other_formats(folder: Path) -> None:
    """Make an MP3 of every WAV file, as services deliver them, and one file of all: a WAV, and exact floats."""
    paths = sorted((folder / WAVS).iterdir())
    for path in paths:
        _ffmpeg("-i", path, "-b:a", f"{KBPS}k", (folder / MP3S / path.name).with_suffix(".mp3"))
    inputs = [argument for path in paths for argument in ("-i", path)]
    _ffmpeg(*inputs, "-filter_complex", f"concat=n={len(paths)}:v=0:a=1", "-ar", RATE_HZ, folder / JOINED)
    with (folder / EXACT).open("wb") as exact:
        exact.writelines(_exact(path).astype("<f4").tobytes() for path in paths)


def _exact(path: Path) -> Samples:
    """Read a WAV file on one channel, brought to the rate with nothing above what it had: so LAME is soonest done."""
    with wave.open(str(path)) as file:
        rate_hz, channels = file.getframerate(), file.getnchannels()
        pcm = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    return resampled(from_pcm(pcm).reshape(-1, channels).mean(axis=1), rate_hz, RATE_HZ)


def file_name(number: int) -> str:
    """Name the files as podcastfy names what it was given by a service, in whose order it joins them."""
    return f"{number:03}_question.wav"


def silence(ms: int, rate_hz: int) -> Samples:
    """Return so much of it."""
    return np.zeros(ms * rate_hz // 1000, dtype=np.float32)


def grouped(utterances: Sequence[Utterance], count: int) -> list[tuple[Utterance, ...]]:
    """Put sentences that follow each other in a segment together, the shortest first, until so many are left."""
    groups = [
        tuple(own) for _, own in itertools.groupby(utterances, lambda each: (each.segment_index, each.paragraph_index))
    ]
    while len(groups) > count:
        pairs = [at for at in range(len(groups) - 1) if groups[at][0].segment_index == groups[at + 1][0].segment_index]
        if not pairs:
            break
        at = min(pairs, key=lambda at: _letters(groups[at]) + _letters(groups[at + 1]))
        groups[at : at + 2] = [groups[at] + groups[at + 1]]
    return groups


def _letters(group: Sequence[Utterance]) -> int:
    return sum(len(utterance.written) for utterance in group)


def joined(group: tuple[Utterance, ...], clips: Sequence[Clip]) -> Prepared:
    """Make one clip of sentences, with their pauses between them."""
    rate_hz = clips[0].rate_hz
    pause = silence(group[0].voice.pauses.sentence_ms, rate_hz)
    samples = np.concatenate([part for clip in clips for part in (clip.sound, pause)][:-1])
    return Prepared(group, Clip(sha256_of(samples.tobytes()), samples, rate_hz, energies(samples, rate_hz)))


def kept(speaking: Speaking, utterance: Utterance) -> Clip:
    """Return the clip of a sentence of a rendered episode."""
    clip = speaking.store.load(episode.key_of(speaking, utterance))
    assert clip is not None  # noqa: S101 - it has been rendered
    return clip


def _ffmpeg(*arguments: object) -> None:
    subprocess.run([ffmpeg.executable(), "-v", "error", *map(str, arguments)], check=True)
