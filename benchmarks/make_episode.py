"""How far a cold `podcast make` is from the least that the same sound can cost, in one run on one machine.

    floor = (CPU of speaking the same sentences + CPU of encoding the same sound) / cores + one load of the voice

Usage: python benchmarks/make_episode.py [NEWSLETTER] [--runs N]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from podcast.outside import ffmpeg
from podcast.pipeline import episode, script_files
from podcast.show import load_show
from podcast.speech.engines import load_engine
from podcast.starter import init_show

ROOT = Path(__file__).parent.parent
NEWSLETTER = ROOT / "scripts" / "2024-06-15" / "newsletter.md"


@dataclass(frozen=True, slots=True)
class Floor:
    """The parts of the least possible cost, in seconds."""

    load_s: float
    speech_cpu_s: float
    encode_cpu_s: float

    @property
    def wall_s(self) -> float:
        """With all cores busy all the time."""
        return (self.speech_cpu_s + self.encode_cpu_s) / (os.cpu_count() or 1) + self.load_s


@dataclass(frozen=True, slots=True)
class Run:
    """One cold run of the command."""

    wall_s: float
    peak_mb: float
    episode_s: float


def cold_run(newsletter: Path) -> tuple[Run, Path]:
    """Run `podcast make` in a new show; return what it took, and the show."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    init_show(folder)
    command = [sys.executable, "-m", "podcast", "make", str(newsletter), "--show", str(folder), "--json", "--quiet"]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    memory = MemoryWatch(process.pid)
    output, _ = process.communicate()
    wall_s = time.perf_counter() - started
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Run(wall_s, memory.stop(), json.loads(output)["duration_ms"] / 1000), folder


class MemoryWatch:
    """Highest proportional set size (PSS, MB) of a process and all its children, read every 50 ms from /proc."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peak_kb = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def stop(self) -> float:
        """End watching and return the peak in MB."""
        self._done.set()
        self._thread.join()
        return self._peak_kb / 1024

    def _watch(self) -> None:
        while not self._done.wait(0.05):
            self._peak_kb = max(self._peak_kb, sum(map(_pss_kb, _tree(self._pid))))


def _tree(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:  # it has just ended
        return []
    return [pid, *(member for child in children for member in _tree(child))]


def _pss_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has just ended
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def measure_floor(folder: Path, slug: str) -> Floor:
    """Do only what cannot be left out: load the voice, speak the sentences, encode the sound."""
    show = load_show(folder)
    path, _ = script_files.find_script(show, slug)
    speaking = episode.prepare(show, script_files.read_script(path), slug, str(path))
    engine = load_engine("hibari")
    voice = speaking.utterances[0].voice
    started = time.perf_counter()
    engine.speak(speaking.utterances[0].pieces[0], voice)
    load_s = time.perf_counter() - started
    cpu = time.process_time()
    for utterance in speaking.utterances:
        for piece in utterance.pieces:
            engine.speak(piece, voice)
    speech_cpu_s = time.process_time() - cpu
    return Floor(load_s, speech_cpu_s, _encode_cpu_s(show.episode_folder(slug) / "episode.mp3", folder))


def _encode_cpu_s(mp3: Path, folder: Path) -> float:
    """CPU of ffmpeg alone, from a WAV of the finished episode to an MP3 with the same settings."""
    wav = folder / "sound.wav"
    subprocess.run([ffmpeg.executable(), "-v", "error", "-i", str(mp3), "-map", "0:a", str(wav)], check=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    encode = ["-c:a", "libmp3lame", "-b:a", "96k", str(folder / "encoded.mp3")]
    subprocess.run([ffmpeg.executable(), "-v", "error", "-i", str(wav), *encode], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print medians and the ratio to the floor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("newsletter", nargs="?", type=Path, default=NEWSLETTER)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    runs, floors = [], []
    for _ in range(arguments.runs):
        run, folder = cold_run(arguments.newsletter)
        slug = next(path.name for path in (folder / "episodes").iterdir() if path.is_dir())
        runs.append(run)
        floors.append(measure_floor(folder, slug))
        shutil.rmtree(folder)
    wall_s = statistics.median(run.wall_s for run in runs)
    floor_s = statistics.median(floor.wall_s for floor in floors)
    print(f"episode            {runs[0].episode_s:8.1f} s")
    print(f"podcast make, cold {wall_s:8.1f} s   {runs[0].episode_s / wall_s:6.1f} x realtime")
    print(f"floor              {floor_s:8.1f} s   {runs[0].episode_s / floor_s:6.1f} x realtime")
    print(
        f"ratio to the floor {statistics.median(r.wall_s / f.wall_s for r, f in zip(runs, floors, strict=True)):8.2f}"
    )
    print(f"peak memory        {max(run.peak_mb for run in runs):8.0f} MB (PSS of all processes)")


if __name__ == "__main__":
    main()
