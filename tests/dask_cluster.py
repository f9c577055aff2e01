"""A Dask cluster on this machine: its scheduler and workers are Dask's own programs, each in a folder of its own."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PACKAGE = Path(__file__).parent.parent
_LISTENS = re.compile(r"Scheduler at:\s+(\S+)")
_JOINED = "Registered to:"
_BEGIN_S = 60
_PRIVATE = re.compile("KEY|TOKEN|SECRET|PODCAST|AWS|OPENAI", re.IGNORECASE)


class Program:
    """A running program of Dask's, and what it says."""

    def __init__(self, module: str, *words: str, folder: Path, environment: Mapping[str, str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._said: list[str] = []
        self._news = threading.Condition()
        self.process: subprocess.Popen[str] = subprocess.Popen(
            [sys.executable, "-m", module, *words],
            cwd=folder,
            env=dict(environment),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        with self.process.stderr as stderr:  # type: ignore[union-attr]
            for line in stderr:
                with self._news:
                    self._said.append(line)
                    self._news.notify_all()
        with self._news:
            self._said.append("ended\n")
            self._news.notify_all()

    @property
    def said(self) -> str:
        """All of it until now."""
        return "".join(self._said)

    def wait_for(self, words: str) -> str:
        """Wait until it has said so."""
        with self._news:
            said = self._news.wait_for(lambda: words in self.said or "ended" in self._said[-1:], _BEGIN_S)
        assert said, self.said
        assert words in self.said, self.said
        return self.said

    def kill(self) -> None:
        """End it as a machine that loses power does."""
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        """End it, and wait for it."""
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.kill()
        self._reader.join(10)


class DaskCluster:
    """A scheduler and the workers that were started."""

    def __init__(self, folder: Path, scheduler: Program, address: str, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.scheduler = scheduler
        self.address = address
        self.environment = environment
        self.workers: list[Program] = []

    def start(self, *options: str, **environment: str) -> Program:
        """Begin a worker; it has joined when this returns."""
        worker = self.start_soon(*options, **environment)
        worker.wait_for(_JOINED)
        return worker

    def start_soon(self, *options: str, **environment: str) -> Program:
        """Begin a worker, and do not wait for it."""
        own = self.folder / f"worker-{len(self.workers)}"
        words = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(own / "dask"), *options)
        known = {**self.environment, **environment}
        worker = Program("distributed.cli.dask_worker", self.address, *words, folder=own, environment=known)
        self.workers.append(worker)
        return worker


@contextlib.contextmanager
def dask_cluster(folder: Path, workers: int = 0, *words: str, **environment: Any) -> Iterator[DaskCluster]:
    """Run a scheduler, and so many workers of one thread each, while the block lasts; they know no key of anybody's."""
    plain = {name: value for name, value in os.environ.items() if not _PRIVATE.search(name)}
    plain |= {"PYTHONPATH": str(PACKAGE), "OMP_NUM_THREADS": "1", "HOME": str(folder), **environment}
    options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", *words)
    scheduler = Program("distributed.cli.dask_scheduler", *options, folder=folder / "scheduler", environment=plain)
    found: DaskCluster | None = None
    try:
        said = scheduler.wait_for("Scheduler at:")
        match = _LISTENS.search(said)
        assert match, said
        found = DaskCluster(folder, scheduler, match[1], plain)
        begun = [found.start_soon() for _ in range(workers)]
        for worker in begun:
            worker.wait_for(_JOINED)
        yield found
    finally:
        for program in (*(found.workers if found else ()), scheduler):
            program.end()
