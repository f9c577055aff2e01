"""A program run to its end: how long it took, what its processors did, how much memory it and its children held."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FASTEST_S = 0.05
_SHARE = 20
"""Looking at memory takes processor time of its own: it rests so many times longer."""

_HERE = Path(__file__).parent.parent
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Ran:
    """What a program took, and what it printed."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    output: str

    @property
    def document(self) -> dict[str, Any]:
        """What it printed, where that is one JSON document."""
        found: dict[str, Any] = json.loads(self.output)
        return found


def own(module: str, *arguments: object) -> list[str]:
    """Return the command line of a module of this package."""
    return [sys.executable, "-m", f"speed.{module}", *map(str, arguments)]


def run(
    command: Sequence[str],
    *,
    environment: dict[str, str] | None = None,
    folder: Path | None = None,
    is_timed_alone: bool = False,
) -> Ran:
    """Run a program to its end; its words on stderr go to ours. SystemExit, naming the command, if it fails.

    Looking at memory takes some of the time: where that alone counts, memory is not looked at.
    """
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, env=_environment() | (environment or {}), cwd=folder)
        with watched(process.pid, is_on=not is_timed_alone) as memory:
            _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
        output.seek(0)
        return Ran(wall_s, usage.ru_utime + usage.ru_stime, memory.peak_mb, output.read().decode())


def _environment() -> dict[str, str]:
    """Everybody's, in which this package is found, too."""
    paths = [str(_HERE), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


@contextmanager
def watched(pid: int, *, is_on: bool = True) -> Iterator[MemoryWatch]:
    """Watch the memory of a process and its children while the block lasts."""
    memory = MemoryWatch(pid, is_on=is_on)
    try:
        yield memory
    finally:
        memory.stop()


class MemoryWatch:
    """Highest sum of the proportional set sizes (PSS) of a process and all its children, from /proc."""

    def __init__(self, pid: int, *, is_on: bool = True) -> None:
        self._pid = pid
        self._peak_kb = 0
        self._done = threading.Event()
        if not is_on:
            self._done.set()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    @property
    def peak_mb(self) -> float:
        """What was highest so far."""
        return self._peak_kb / 1024

    def stop(self) -> None:
        """End watching."""
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        rest_s = 0.0
        while not self._done.wait(rest_s):
            began = time.thread_time()
            self._peak_kb = max(self._peak_kb, sum(map(_pss_kb, tree(self._pid))))
            rest_s = max(_FASTEST_S, _SHARE * (time.thread_time() - began))


def tree(pid: int) -> list[int]:
    """Return a process and all its children, as far as they are there."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:  # it has just ended
        return []
    own = _words(pid)
    begun = [child for child in children if _words(child) != own]  # until then its memory is its parent's
    return [pid, *(member for child in begun for member in tree(child))]


def _words(pid: int) -> bytes:
    """Return the command line of a process; nothing once it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _pss_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has just ended
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def cpu_s(pid: int) -> float:
    """Processor time of a running process and of its ended children; 0 once it has ended (proc(5), stat)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has just ended
        return 0.0
    return sum(map(int, fields[11:15])) / _TICKS_A_SECOND
