"""What an episode costs at least, done in a process of its own: speak its sentences, encode its sound, no more.

The voice speaks as it does here, and once more as its own package has it.

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

from podcast import cli
from podcast.outside import ffmpeg
from podcast.outside.executor import threads
from podcast.pipeline import episode, script_files
from podcast.pipeline.ahead import Ahead
from podcast.show import load_show
from podcast.speech.engines import load_engine
from speed import shows
from speed.watching import own, run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from podcast.pipeline.episode import Speaking
    from podcast.show import Show
    from podcast.types import Samples

_EMBEDDED = "hibari"


def measured(folder: Path, slug: str) -> dict[str, float]:
    """Do what cannot be left out; seconds of processor time, and of waiting for the voice to load."""
    show = load_show(folder)
    path, _ = script_files.find_script(show, slug)
    speaking = episode.prepare(show, script_files.read_script(path), slug, str(path))
    return {**_spoken(speaking), **_spoken_by_package(speaking), "encode_cpu_s": _encoded(show, speaking)}


def _spoken_by_package(speaking: Speaking) -> dict[str, float]:
    """Return what loading and speaking take whoever uses the voice as its package has it; nothing for other voices.

    ValueError for several voices: one model speaks all.
    """
    (voice,) = {utterance.voice for utterance in speaking.utterances}
    if voice.engine != _EMBEDDED:
        return {}
    pieces = [[piece.text, each.voice.speed, piece.seed] for each in speaking.utterances for piece in each.pieces]
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "pieces.json"
        listed.write_text(json.dumps(pieces), encoding="utf-8")
        taken: dict[str, float] = run(own("package", voice.voice, listed), is_timed_alone=True).document
    return taken


def _spoken(speaking: Speaking) -> dict[str, float]:
    """Load the voice as it is loaded here, which its first piece makes it do, then speak every piece on this thread.

    For voices whose package is not asked by itself, that is what loading and speaking take anybody.
    """
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
    load_s = max(0.0, (times[1] - times[0]) - (times[2] - times[1]))
    return {"own_load_s": load_s, "own_speech_cpu_s": spoken_s, "load_s": load_s, "speech_cpu_s": spoken_s}


def _encoded(show: Show, speaking: Speaking) -> float:
    """Processor time of one ffmpeg, from all that an episode's encoders hear to an MP3 with the same settings.

    What they hear twice, for parts are primed with what is before them, is taken off by its length.
    """
    audio = show.settings.audio
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "sound.f32"
        length_s = _mixed(show, speaking, sound)
        heard_s = sound.stat().st_size / (4 * audio.channels * audio.sample_rate_hz)
        before = _children_s()
        source = ("-f", "f32le", "-ar", audio.sample_rate_hz, "-ac", audio.channels, "-i", sound)
        settings = ("-c:a", "libmp3lame", "-b:a", f"{audio.bitrate_kbps}k", "-reservoir", 0)
        _ffmpeg(*source, *settings, Path(folder) / "sound.mp3")
        return (_children_s() - before) * length_s / heard_s


def _mixed(show: Show, speaking: Speaking, sound: Path) -> float:
    """Make the episode's parts once more, writing down what is given to encoders; return how long the episode is."""
    encode = ffmpeg.encode
    shows.parts_forgotten(show.folder)
    with sound.open("wb") as file, threads(1) as executor:

        def overheard(blocks: Iterable[Samples]) -> Iterator[Samples]:
            for block in blocks:
                file.write(block.astype("<f4").tobytes())
                yield block

        ffmpeg.encode = lambda blocks, form: encode(overheard(blocks), form)
        try:
            rendered = episode.render(show, speaking, lambda _: None, Ahead(show, executor))
        finally:
            ffmpeg.encode = encode
    return rendered.timeline.duration_ms / 1000


def _ffmpeg(*arguments: object) -> None:
    subprocess.run([ffmpeg.executable(), "-v", "error", *map(str, arguments)], check=True)


def _children_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    cli.be_quick()  # though numpy is there already: its threads sleep by the time that anything is measured
    print(json.dumps(measured(Path(sys.argv[1]), sys.argv[2])))
