"""A run that is killed: in a process of its own, at a moment that has a name, or at any time.

The product knows nothing of it. The process that is killed sees what Python tells its auditors before it happens
(PEP 578): files that are opened for writing, renamed and removed, folders, programs that are started. To these come, by
wrapping, what syncs a file, what changes a database, and folders that change places. Each is a point, named by what
happens and to which file, with digests, processes and repeated files folded into one name; the n-th of a name can be
the last that the process sees.
"""

from __future__ import annotations

import collections
import contextlib
import os
import re
import signal
import sqlite3
import stat
import sys
import tempfile
import threading
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

LONGEST_S = 120
_CRASHED = 70
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

_PATHS = {
    "os.rename": ("rename", 1, 3),
    "os.link": ("link", 1, 3),
    "os.symlink": ("link", 1, 2),
    "os.remove": ("remove", 0, 1),
    "os.mkdir": ("add", 0, 2),
    "os.rmdir": ("remove", 0, 1),
    "os.truncate": ("cut", 0, None),
    "shutil.rmtree": ("empty", 0, 1),
    "sqlite3.connect": ("database", 0, None),
}
"""Of an event: its name here, and which of its arguments are the path and the folder that this is relative to."""

_FOLDED = (
    (re.compile(r"[0-9a-f]{16,}(?:\.[0-9a-f]{16})?"), "*"),
    (re.compile(r"(?<=^TMPDIR/).+"), "*"),
    (re.compile(r"(?<=clips/)[0-9a-f]{2}(?=/|$)"), "*"),
    (re.compile(r"(?<=\.draft/).+"), "*"),
    (re.compile(r"(?<=^feed/)(?!\.?feed\.xml).+"), "*"),
)
"""What of a path is not in its name: a draft is thrown away whole, and pages are all alike but for the feed itself."""


@dataclass(frozen=True, slots=True)
class Point:
    """A moment of a run: before something happens for the n-th time."""

    name: str
    times: int

    def __str__(self) -> str:
        """As it is told to people."""
        return f"{self.name} ({self.times})"


@dataclass(frozen=True, slots=True)
class Run:
    """What to run: words of the command line, in a show, with what else the process is told."""

    words: Sequence[str]
    show: Path
    temporary: Path
    environment: Mapping[str, str]
    boot: str = ""
    """Under which name the machine runs, if not under its own: after a power cut it is another."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: its exit code, None where it was killed; what it said; its points; how long it took."""

    exit_code: int | None
    said: str
    points: tuple[str, ...]
    synced: frozenset[tuple[int, ...]]
    """State of every file that was on the disk for certain: inode, size, time of its last change."""
    took_s: float


def state_of(found: os.stat_result) -> tuple[int, ...]:
    """Return what changes when a file does."""
    return found.st_ino, found.st_size, found.st_mtime_ns


# ── in the process that is killed ───────────────────────────────────────────────────────────────────────


class _Watch:
    """Sees what is about to happen, writes it down and, at a point, kills the whole group of processes."""

    def __init__(self, run: Run, log: int, last: Point | None) -> None:
        self._roots = {str(run.show): "", str(run.temporary): "TMPDIR/"}
        self._log = log
        self._last = last
        self._seen: collections.Counter[str] = collections.Counter()
        self._added: set[str] = set()
        self._lock = threading.RLock()

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Take what Python tells its auditors."""
        if event == "open":
            path, _, flags = arguments
            if flags & _WRITING and not isinstance(path, int):
                self.at("write", path)
        elif event == "subprocess.Popen":
            program = os.fsdecode(arguments[1][0] if isinstance(arguments[1], list | tuple) else arguments[1])
            self._pass(f"start {Path(program).name.split('-')[0]}")
        elif event in _PATHS:
            what, path, folder = _PATHS[event]
            self.at(what, arguments[path], arguments[folder] if folder else None)

    def at(self, what: str, path: str | bytes | os.PathLike[str], folder: int | None = None) -> None:
        """Pass a point, if it is one of the show's files or of its temporary ones."""
        base = _path_of(folder) if folder is not None and folder >= 0 else Path.cwd()
        whole = os.path.normpath(Path(base, os.fsdecode(path)))
        if os.path.lexists(whole) == (what == "add") and what in {"add", "remove", "empty"}:
            return  # it is so already
        if what == "add" and whole in self._added:
            return  # another thread is at it, too: which of them comes first is chance
        (self._added.add if what == "add" else self._added.discard)(whole)
        for root, name in self._roots.items():
            if whole.startswith(f"{root}/"):
                self._pass(f"{what} {folded(name + whole[len(root) + 1 :])}")

    def synced(self, file: int) -> None:
        """Write down that a file is on the disk."""
        found = os.fstat(file)
        if stat.S_ISREG(found.st_mode):
            self._write("synced", *map(str, state_of(found)))

    def _pass(self, name: str) -> None:
        with self._lock:
            self._seen[name] += 1
            if self._last == Point(name, self._seen[name]):
                os.killpg(0, signal.SIGKILL)
                signal.pause()
            self._write("point", name)

    def _write(self, *words: str) -> None:
        os.write(self._log, ("\t".join(words) + "\n").encode(errors="surrogateescape"))


def folded(path: str) -> str:
    """Return a path without what is another one in each run, or one of many alike."""
    for pattern, instead in _FOLDED:
        path = pattern.sub(instead, path)
    return path


def _path_of(file: int) -> Path:
    return Path(f"/proc/self/fd/{file}").readlink()


def _wrap_syncs(watch: _Watch) -> None:
    real = os.fsync

    def fsync(file: Any) -> None:
        number = file if isinstance(file, int) else file.fileno()
        watch.at("sync", _path_of(number))
        real(file)
        watch.synced(number)

    os.fsync = fsync  # type: ignore[assignment] # its argument may have another name


def _wrap_databases(watch: _Watch) -> None:
    real: Callable[..., Any] = sqlite3.connect

    class Watched(sqlite3.Connection):
        """Passes a point before every statement that begins or ends a change, or makes one."""

        path = ""

        def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
            """Carry it out."""
            if not statement.lstrip().upper().startswith(("SELECT", "PRAGMA")):
                watch.at(f"database {statement.split(maxsplit=1)[0].lower()}", self.path)
            return super().execute(statement, *values)

    def connect(path: Any, **options: Any) -> Any:
        connection = real(path, **options, factory=Watched)
        connection.path = path
        return connection

    sqlite3.connect = connect  # type: ignore[assignment] # as it is called here


def _wrap_exchanges(watch: _Watch) -> None:
    from podcast import exchange, files

    def watched(one: Path, other: Path) -> bool:
        watch.at("exchange", other)
        return exchange.exchange(one, other)

    vars(files)["exchange"] = watched


def _rename_boot(boot: str) -> None:
    from podcast.outside import saving

    saving.boot = lambda: boot


def _be_run(run: Run, log: int, output: int, last: Point | None, ready: int) -> NoReturn:
    """Become the command: the rest of this process is that one's."""
    os.setsid()
    os.chdir(run.show)
    os.environ.update(run.environment, TMPDIR=str(run.temporary))
    tempfile.tempdir = str(run.temporary)
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - its number is wanted
        os.dup2(nothing.fileno(), 0)
    for stream in (1, 2):
        os.dup2(output, stream)
    watch = _Watch(run, log, last)
    _wrap_syncs(watch)
    _wrap_databases(watch)
    _wrap_exchanges(watch)
    if run.boot:
        _rename_boot(run.boot)
    sys.addaudithook(watch)
    sys.argv = ["podcast", *run.words]
    os.write(ready, b".")
    code: Any = 0
    try:
        from podcast.cli import main

        main()
    except SystemExit as ended:
        code = ended.code or 0
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1)


# ── in the one that kills ───────────────────────────────────────────────────────────────────────────────


def run_to(run: Run, work: Path, *, last: Point | None = None, after_s: float = LONGEST_S) -> Ended:
    """Run a command in a process of its own until it ends, passes a point, or some time is up; then nothing is alive.

    What it takes to load the program is not part of it: that is there already.
    """
    log_path, output_path = work / "points", work / "output"
    with log_path.open("wb") as log, output_path.open("wb") as output:
        reads, ready = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                _be_run(run, log.fileno(), output.fileno(), last, ready)
            except BaseException:  # noqa: BLE001 - it must not go on as this program
                traceback.print_exc()
                sys.stderr.flush()
            finally:
                os._exit(_CRASHED)
        os.close(ready)
        try:
            os.read(reads, 1)
            started = time.monotonic()
            status = _wait(pid, started + after_s)
            took_s = time.monotonic() - started
        finally:
            os.close(reads)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
    _wait_for_group(pid)
    lines = [line.split("\t") for line in log_path.read_text(errors="surrogateescape").splitlines()]
    return Ended(
        exit_code=None if os.WIFSIGNALED(status) else os.waitstatus_to_exitcode(status),
        said=output_path.read_text(errors="replace"),
        points=tuple(words[1] for words in lines if words[0] == "point"),
        synced=frozenset(tuple(map(int, words[1:])) for words in lines if words[0] == "synced"),
        took_s=took_s,
    )


def _wait(pid: int, until_s: float) -> int:
    """Return how a process ended; when its time is up it is killed, with all that it started."""
    left_s = until_s - time.monotonic()
    with contextlib.closing(_Descriptor(pid)) as process:
        if not process.is_over(max(left_s, 0)):
            os.killpg(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1]


class _Descriptor:
    """A process, as something that can be waited for with a limit."""

    def __init__(self, pid: int) -> None:
        self._number = os.pidfd_open(pid)

    def is_over(self, within_s: float) -> bool:
        """Wait for its end."""
        import select

        return bool(select.select([self._number], [], [], within_s)[0])

    def close(self) -> None:
        """Let go."""
        os.close(self._number)


def _wait_for_group(group: int) -> None:
    """Wait until none of the killed processes does anything any more."""
    for _ in range(LONGEST_S * 100):
        if not members(group):
            return
        time.sleep(0.01)
    raise TimeoutError("a killed process does not end")


def members(group: int) -> list[int]:
    """Return the living processes of a group."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, of_group = path.read_text().rpartition(")")[2].split()[:3]
            if int(of_group) == group and state not in "ZX":
                found.append(int(path.parent.name))
    return found
