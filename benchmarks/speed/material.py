"""The same sound for all who join it: so many clips of a rendered episode, and the beginnings of its music."""

from __future__ import annotations

import dataclasses
import itertools
import json
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from podcast.files import sha256_of
from podcast.outside import ffmpeg
from podcast.pipeline import episode
from podcast.show import load_show
from podcast.speech.clips import ClipStore, wav_bytes
from speed import shows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from podcast.pipeline.episode import Speaking
    from podcast.types import Clip, Samples, Utterance

WAVS, MP3S, STORE, LIST = "wavs", "mp3s", "store", "clips.json"
JOINED = "joined.wav"
RATE_HZ, KBPS = 44_100, 128
_MUSIC_S = {"intro": 4, "outro": 8}
"""What is heard of it beside the speech is about as long."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A clip as it stands in the list: which, in which segment and paragraph, and what it says."""

    key: str
    segment: int
    paragraph: int
    written: str


def prepare(show: Path, folder: Path, count: int) -> None:
    """Lay down so many clips: in a store of ours, as WAV files and as MP3 files; and the music, in both formats."""
    path, script = shows.script_of(show)
    speaking = episode.prepare(load_show(show), script, shows.only_slug(show), str(path))
    for name in (WAVS, MP3S):
        (folder / name).mkdir()
    store, listed, sounds = ClipStore(folder / STORE), [], []
    for number, group in enumerate(grouped(speaking.utterances, count)):
        clip = joined(speaking, group)
        store.save(clip)
        first = group[0]
        text = " ".join(utterance.written for utterance in group)
        listed.append(dataclasses.asdict(Spoken(clip.key, first.segment_index, first.paragraph_index, text)))
        pause = np.zeros(first.voice.pauses.paragraph_ms * clip.rate_hz // 1000, dtype=np.float32)
        (folder / WAVS / file_name(number + 1)).write_bytes(
            wav_bytes(np.concatenate([clip.samples, pause]), clip.rate_hz)
        )
        sounds.append(folder / WAVS / file_name(number + 1))
    (folder / LIST).write_text(json.dumps(listed), encoding="utf-8")
    _music(show, folder, [*sounds])


def file_name(number: int) -> str:
    """Name the files as podcastfy names what it was given by a service, in whose order it joins them."""
    return f"{number // 2:03}_{'answer' if number % 2 else 'question'}.wav"


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


def joined(speaking: Speaking, group: Sequence[Utterance]) -> Clip:
    """Make one clip of sentences, with their pauses between them."""
    clips = [kept(speaking, utterance) for utterance in group]
    rate_hz = clips[0].rate_hz
    pause = np.zeros(group[0].voice.pauses.sentence_ms * rate_hz // 1000, dtype=np.float32)
    samples = np.concatenate([part for clip in clips for part in (clip.samples, pause)][:-1])
    return made_clip(sha256_of(samples.tobytes()), samples, rate_hz)


def made_clip(key: str, samples: Samples, rate_hz: int) -> Clip:
    """Make a clip."""
    from podcast.types import Clip

    return Clip(key, samples, rate_hz)


def kept(speaking: Speaking, utterance: Utterance) -> Clip:
    """Return the clip of a sentence of a rendered episode."""
    clip = speaking.store.load(episode.key_of(speaking, utterance))
    assert clip is not None  # noqa: S101 - it has been rendered
    return clip


def _music(show: Path, folder: Path, sounds: list[Path]) -> None:
    """Cut the music, and make of every WAV file an MP3 file, as services deliver them."""
    music = episode.music_files(load_show(show))
    ends = {"intro": file_name(0), "outro": file_name(len(sounds) + 1)}
    for kind, seconds in _MUSIC_S.items():
        _ffmpeg("-t", seconds, "-i", music[kind], "-ar", RATE_HZ, "-ac", 1, folder / WAVS / ends[kind])
    everything = [folder / WAVS / file_name(number) for number in range(len(sounds) + 2)]
    for path in everything:
        _ffmpeg("-i", path, "-b:a", f"{KBPS}k", (folder / MP3S / path.name).with_suffix(".mp3"))
    inputs = [argument for path in everything for argument in ("-i", path)]
    _ffmpeg(*inputs, "-filter_complex", f"concat=n={len(everything)}:v=0:a=1", "-ar", RATE_HZ, folder / JOINED)


def _ffmpeg(*arguments: object) -> None:
    subprocess.run([ffmpeg.executable(), "-v", "error", *map(str, arguments)], check=True)
