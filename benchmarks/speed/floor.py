"""The least that an episode can cost, done in a process of its own: speak its sentences, encode its sound, no more.

Usage: python floor.py SHOW SLUG
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from podcast.outside import ffmpeg
from podcast.pipeline import episode, script_files
from podcast.show import load_show
from podcast.speech.engines import load_engine

if TYPE_CHECKING:
    from podcast.pipeline.episode import Speaking
    from podcast.show import AudioSettings


def measured(folder: Path, slug: str) -> dict[str, float]:
    """Do what cannot be left out; seconds of processor time, and of waiting for the voice to load."""
    show = load_show(folder)
    path, _ = script_files.find_script(show, slug)
    speaking = episode.prepare(show, script_files.read_script(path), slug, str(path))
    load_s, speech_cpu_s = _spoken(speaking)
    encode_cpu_s = _encoded(show.episode_folder(slug) / "episode.mp3", show.settings.audio)
    return {"load_s": load_s, "speech_cpu_s": speech_cpu_s, "encode_cpu_s": encode_cpu_s}


def _spoken(speaking: Speaking) -> tuple[float, float]:
    """Load the voice, which its first piece makes it do, then speak every piece on this thread."""
    first = speaking.utterances[0]
    engine = load_engine(first.voice.engine)
    times = [time.perf_counter()]
    for _ in range(2):
        engine.speak(first.pieces[0], first.voice)
        times.append(time.perf_counter())
    begun = time.process_time()
    for utterance in speaking.utterances:
        for piece in utterance.pieces:
            engine.speak(piece, utterance.voice)
    spoken_s = time.process_time() - begun
    return max(0.0, (times[1] - times[0]) - (times[2] - times[1])), spoken_s


def _encoded(mp3: Path, audio: AudioSettings) -> float:
    """Processor time of ffmpeg, from a WAV of the finished episode to an MP3 with the same settings."""
    with tempfile.TemporaryDirectory() as folder:
        wav, again = Path(folder) / "sound.wav", Path(folder) / "sound.mp3"
        _ffmpeg("-i", mp3, "-map", "0:a", wav)
        before = _children_s()
        _ffmpeg("-i", wav, "-c:a", "libmp3lame", "-b:a", f"{audio.bitrate_kbps}k", again)
        return _children_s() - before


def _ffmpeg(*arguments: object) -> None:
    subprocess.run([ffmpeg.executable(), "-v", "error", *map(str, arguments)], check=True)


def _children_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    print(json.dumps(measured(Path(sys.argv[1]), sys.argv[2])))
