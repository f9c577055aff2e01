"""A backlog of newsletters on a Dask cluster of one worker and of two; and with one that is killed midway.

Each worker stands for a machine of one processor: it and the encoders that it starts are held to one of this machine's.
A single worker that may have both is measured, too: its encoder then works beside it. Looking at memory takes processor
time, of which two workers have none to spare: it is done in the run in which one of them dies.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from speed import shows
from speed.figures import Kind, MissingError, Options, Row, Sample
from speed.watching import Ran, cpu_s, run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

ABSTRACTS = "arxiv/abstracts_2024-06_2025-01.jsonl"
_START_S = 60.0
_KILLED_AFTER = 0.4
"""Of the time that two workers took."""


def cluster(options: Options, folder: Path) -> Sample:
    """Make the backlog with one worker, with two, with two of which one dies, and without a cluster."""
    letters = folder / "newsletters"
    if not letters.is_dir():
        _refuse_missing()
        write_newsletters(options, letters)
    alone = shows.new_show(folder, options.voice)
    here = run(shows.podcast("make", letters, show=alone), is_timed_alone=True)
    one, _ = _backlog(options, letters, alone, Workers(1))
    free, _ = _backlog(options, letters, alone, Workers(1, is_held=False))
    two, same = _backlog(options, letters, alone, Workers(2))
    dying = Workers(2, killed_after_s=_KILLED_AFTER * two["wall_s"])
    killed, also_same = _backlog(options, letters, alone, dying)
    return {
        "here_s": here.wall_s,
        "one_s": one["wall_s"],
        "free_s": free["wall_s"],
        "two_s": two["wall_s"],
        "killed_s": killed["wall_s"],
        "head_cpu_s": two["head_cpu_s"],
        "all_cpu_s": two["head_cpu_s"] + two["workers_cpu_s"],
        "head_mb": killed["head_mb"],
        "same": float(same),
        "killed_same": float(also_same),
    }


def _refuse_missing() -> None:
    if not find_spec("distributed"):
        raise MissingError("Dask's distributed is not installed: pip install 'paper-podcast[cluster]'")
    asked = [sys.executable, "-m", "podcast", "make", "--help"]
    if "--cluster" not in run(asked).output:
        raise MissingError("this version makes nothing on a cluster")


def write_newsletters(options: Options, folder: Path) -> None:
    """Write newsletters of real abstracts, no two with a paper in common, so that none is spoken for another."""
    if options.data is None:
        raise MissingError("PODCAST_TEST_DATA names no folder with abstracts")
    with (options.data / ABSTRACTS).open(encoding="utf-8") as file:
        papers = [json.loads(line) for _, line in zip(range(options.episodes * options.papers), file, strict=False)]
    folder.mkdir()
    for number in range(options.episodes):
        own = papers[number * options.papers : (number + 1) * options.papers]
        date = f"2024-07-{number + 1:02}"
        (folder / f"{date}.md").write_text(newsletter(date, own), encoding="utf-8")


def newsletter(date: str, papers: Sequence[dict[str, str]]) -> str:
    """Write a newsletter that tells each paper by its abstract."""
    told = (
        f"### {paper['title']}\n\n[arXiv:{paper['id']}](https://arxiv.org/abs/{paper['id']})\n\n{paper['abstract']}\n"
        for paper in papers
    )
    return "\n".join([f"# Papers of {date}\n\nA backlog's newsletter.\n\n## Highlights\n", *told])


# ── a cluster of Dask's own scheduler and workers ───────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Workers:
    """How many, whether each has a processor of its own and no other, and when the last one is killed."""

    count: int
    is_held: bool = True
    killed_after_s: float | None = None


def _backlog(options: Options, letters: Path, alone: Path, workers: Workers) -> tuple[Sample, bool]:
    """Make all episodes on a new cluster; what it took, and whether they are as they are without one."""
    show = shows.new_show(letters.parent, options.voice)
    with dask(workers, show.parent) as (address, pids):
        before = sum(map(cpu_s, pids))
        with _killing(pids[-1], workers.killed_after_s):
            command = shows.podcast("make", letters, "--cluster", address, show=show)
            ran = run(command, is_timed_alone=workers.killed_after_s is None)
        spent_s = sum(map(cpu_s, pids)) - before
        return _taken(ran, spent_s), same_episodes(show, alone)


def _taken(ran: Ran, workers_cpu_s: float) -> Sample:
    return {
        "wall_s": ran.wall_s,
        "head_cpu_s": ran.cpu_s,
        "workers_cpu_s": workers_cpu_s,
        "head_mb": ran.peak_mb,
    }


def same_episodes(show: Path, other: Path) -> bool:
    """Whether all files of all episodes have the same bytes in both shows."""
    mine, its = (_files(each / "episodes") for each in (show, other))
    return bool(mine) and mine == its


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@contextlib.contextmanager
def dask(workers: Workers, folder: Path) -> Iterator[tuple[str, list[int]]]:
    """Start a scheduler and workers of one thread, as docs/cluster.md says; give its address and the workers' pids."""
    file = folder / "scheduler.json"
    running = [_begin(folder, "scheduler", "--port", 0, "--no-dashboard", "--scheduler-file", file)]
    try:
        address = _address(file)
        for number in range(workers.count):
            with _held_to(number if workers.is_held else None):
                name = f"w{number}"
                options = ("--nthreads", 1, "--no-nanny", "--no-dashboard", "--preload", "podcast.worker")
                running.append(_begin(folder, "worker", address, "--name", name, *options))
        _wait_for_workers(address, workers.count)
        yield address, [process.pid for process in running[1:]]
    finally:
        for process in reversed(running):
            process.kill()
            process.wait()


def _begin(folder: Path, what: str, *arguments: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "distributed.cli.dask_" + what, *map(str, arguments)]
    place = folder / f"{what}-{time.monotonic_ns()}"
    place.mkdir()
    return subprocess.Popen(command, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@contextlib.contextmanager
def _held_to(number: int | None) -> Iterator[None]:
    """Hold what the block starts, and whatever that starts, to one of this machine's processors; None: to none."""
    if number is None:
        yield
        return
    if not hasattr(os, "sched_setaffinity"):
        raise MissingError("this system does not let a process be held to a processor")
    own = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {sorted(own)[number % len(own)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, own)


def _address(file: Path) -> str:
    until = time.monotonic() + _START_S
    while time.monotonic() < until:
        with contextlib.suppress(OSError, ValueError):  # not there yet, or not whole
            address: str = json.loads(file.read_text(encoding="utf-8"))["address"]
            return address
        time.sleep(0.05)
    raise MissingError("Dask's scheduler does not begin")


def _wait_for_workers(address: str, count: int) -> None:
    from distributed import Client

    with Client(address, timeout=_START_S) as client:  # type: ignore[no-untyped-call]
        client.wait_for_workers(count, timeout=_START_S)


@contextlib.contextmanager
def _killing(pid: int, after_s: float | None) -> Iterator[None]:
    """Kill a worker after a while, unless the block has ended by then."""
    if after_s is None:
        yield
        return
    killer = threading.Timer(after_s, os.kill, (pid, signal.SIGKILL))
    killer.start()
    try:
        yield
    finally:
        killer.cancel()


CLUSTER = Kind(
    "cluster",
    "A backlog on a Dask cluster",
    (
        Row(
            "2 workers, a processor each",
            "two_s",
            "1 worker, a processor",
            "one_s",
            sense="theirs / ours",
            at_least=1.7,
        ),
        Row("the same", "two_s", "1 worker on all processors", "free_s", sense="theirs / ours"),
        Row("2 workers, one killed midway", "killed_s", "1 worker, a processor", "one_s"),
        Row("2 workers, a processor each", "two_s", "without a cluster, all processors", "here_s"),
        Row(
            "the command's own processor time",
            "head_cpu_s",
            "with the workers'",
            "all_cpu_s",
            unit="CPU s",
            at_most=0.15,
        ),
        Row("its memory, one worker killed", "head_mb", unit="MB", sense="ours"),
        Row("same bytes as without a cluster (1: all files)", "same", unit="", sense="ours", at_least=1),
        Row("the same, one worker killed", "killed_same", unit="", sense="ours", at_least=1),
    ),
    cluster,
)
