"""Runs of `podcast` as processes of their own that cost little: forked from one that has loaded everything already.

Where a run is at a given moment is seen from outside of the product, by Python's audit events (PEP 578). Linux only.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

LONGEST_S = 100


@dataclass(frozen=True, slots=True)
class Moment:
    """Just before an event of Python's about something, the first time or a later one; and what happens then."""

    event: str
    about: str = ""
    times: int = 1
    signals: tuple[str, ...] = ()
    """What the run gets then."""
    group: bool = False
    """Whether its children get it, too, as by Ctrl-C at a terminal."""
    then: Moment | None = None
    """A later one."""

    def fits(self, event: str, arguments: Sequence[object]) -> bool:
        """Whether an event is of this kind."""
        return event == self.event and any(self.about in str(each) for each in arguments)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended; the code is negative if a signal ended it."""

    exit_code: int
    stdout: str
    stderr: str
    has_come: bool
    """Whether the moment came."""
    synced: tuple[tuple[str, ...], ...]
    """What it synced, renamed, linked and made, in order, if that was asked for."""


class Runs:
    """Starts runs in one folder, with a folder of their own for temporary files."""

    def __init__(self, server: subprocess.Popen[bytes], folder: Path, **environment: str) -> None:
        self._server = server
        self._folder = folder
        self._environment = environment
        self.temporary = folder / "tmp"
        self.temporary.mkdir(parents=True)

    def __call__(self, *words: object, moment: Moment | None = None, is_recorded: bool = False) -> Ended:
        """Run a command to its end, whatever happens to it at a moment."""
        return self._ask([words], moment, is_recorded=is_recorded)[0]

    def at_once(self, *commands: Sequence[object]) -> list[Ended]:
        """Run several commands at the same time."""
        return self._ask(commands, None)

    def beside(self, command: Sequence[object], moment: Moment, *others: Sequence[object]) -> list[Ended]:
        """Run a command, and others, one after the other, while it is held at a moment."""
        return self._ask([command, *others], moment, is_held=True)

    def _ask(self, commands: Sequence[Sequence[object]], moment: Moment | None, **how: bool) -> list[Ended]:
        asked = {
            "commands": [[str(word) for word in words] for words in commands],
            "folder": str(self._folder),
            "environment": {**self._environment, "TMPDIR": str(self.temporary)},
            "moment": asdict(moment) if moment else None,
            **how,
        }
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(asked).encode() + b"\n")
        self._server.stdin.flush()
        return [Ended(**each) for each in json.loads(self._server.stdout.readline())]

    def until_ready(self, signal_name: str, *words: object) -> Ended:
        """Run a command that ends when it is told to, which it is once it has printed something."""
        out, run = self._folder / "said-0.out", self._folder / "said-0.run"
        for path in (out, run):
            path.unlink(missing_ok=True)

        def tell() -> None:
            while not (out.exists() and out.read_bytes()):
                time.sleep(0.01)
            os.kill(int(run.read_text()), signal.Signals[signal_name])

        threading.Thread(target=tell, daemon=True).start()
        return self(*words)

    def alive(self) -> list[str]:
        """Return the commands of all processes that these runs have started and that still run."""
        mark, found = f"TMPDIR={self.temporary}".encode(), []
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # gone meanwhile, or another user's
                if mark in (process / "environ").read_bytes().split(b"\0"):
                    found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        return found


@contextlib.contextmanager
def server() -> Iterator[subprocess.Popen[bytes]]:
    """Start what runs are forked from."""
    with subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


# ── the process that they are forked from ───────────────────────────────────────────────────────────────


def serve() -> None:
    """Load what commands need, then answer each line with how the runs ended that it asks for."""
    _load()
    gc.freeze()  # what is there already is not looked through again by each run
    for line in sys.stdin:
        asked = json.loads(line)
        answer = _held(asked) if asked.get("is_held") else _at_once(asked)
        print(json.dumps(answer), flush=True)  # noqa: T201


def _load() -> None:
    """Make an episode: what is imported on the way need not be imported by each run."""
    from conftest import NEWSLETTER, make_show

    for name in ("connections", "server"):
        importlib.import_module(f"podcast.outside.{name}")
    for name in ("newsletter", "publishing", "restoring", "reviewing", "serving"):
        importlib.import_module(f"podcast.pipeline.{name}")
    with tempfile.TemporaryDirectory() as folder:
        ran = make_show(Path(folder) / "show", music=False)("make", "-", stdin=NEWSLETTER.encode())
    assert ran.exit_code == 0, ran.stderr


def _at_once(asked: Mapping[str, Any]) -> list[dict[str, object]]:
    runs = [_Forked(number, words, asked) for number, words in enumerate(asked["commands"])]
    return [run.ended() for run in runs]


def _held(asked: Mapping[str, Any]) -> list[dict[str, object]]:
    first, *others = asked["commands"]
    held = _Forked(0, first, asked)
    held.reach()
    ended = [_Forked(number, words, {**asked, "moment": None}).ended() for number, words in enumerate(others, start=1)]
    return [held.ended(), *ended]


class _Forked:
    """A run, seen from the process that it is forked from."""

    def __init__(self, number: int, words: Sequence[str], asked: Mapping[str, Any]) -> None:
        self._said = Path(asked["folder"]) / f"said-{number}"
        self._says, told = os.pipe()
        goes, self._goes = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self._says)
            os.close(self._goes)
            signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup may have started the tests
            _become(self._said, words, asked, (told, goes))
            _end_with(_exit_code())
        os.close(told)
        os.close(goes)
        self._has_come = False

    def reach(self) -> None:
        """Wait until it has come to its moment, or its end."""
        self._has_come = bool(os.read(self._says, 1))

    def ended(self) -> dict[str, object]:
        """Let it go on, and wait for its end."""
        os.close(self._goes)
        _, status = os.waitpid(self._pid, 0)
        self._has_come = self._has_come or bool(os.read(self._says, 1))
        os.close(self._says)
        lines = self._said.with_suffix(".synced").read_text().splitlines()
        return {
            "exit_code": os.waitstatus_to_exitcode(status),
            "stdout": self._said.with_suffix(".out").read_text(),
            "stderr": self._said.with_suffix(".err").read_text(),
            "has_come": self._has_come,
            "synced": [line.split("\t") for line in lines],
        }


def _exit_code() -> object:
    from podcast.cli import main

    try:
        main()
    except SystemExit as ended:
        return ended.code
    return None


def _end_with(code: object) -> NoReturn:
    """End as Python does, but for taking apart all that is loaded, which takes longer than many a run."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)


def _become(said: Path, words: Sequence[str], asked: Mapping[str, Any], pipes: tuple[int, int]) -> None:
    """Be a process like one that a shell starts."""
    os.setsid()
    signal.alarm(LONGEST_S)
    os.chdir(asked["folder"])
    os.environ |= {**asked["environment"], "RUN": str(os.getpid())}
    tempfile.tempdir = None
    for descriptor, name in enumerate(("in", "out", "err", "synced")):
        opened = os.open(said.with_suffix(f".{name}"), os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        if name != "synced":
            os.dup2(opened, descriptor)
            os.close(opened)
    said.with_suffix(".run").write_text(str(os.getpid()))
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.argv = ["podcast", *words]
    if asked.get("is_recorded"):
        _record(opened)
    if asked["moment"]:
        _watch(_moment(asked["moment"]), pipes, is_held=bool(asked.get("is_held")))


def _moment(asked: Mapping[str, Any]) -> Moment:
    return Moment(**{**asked, "then": _moment(asked["then"]) if asked["then"] else None})


def _watch(moment: Moment | None, pipes: tuple[int, int], *, is_held: bool) -> None:
    """Let happen what is to happen when the moment comes."""
    told, goes = pipes
    left, lock, process = moment.times if moment else 0, threading.Lock(), os.getpid()

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left, moment
        if moment is None or not moment.fits(event, arguments):
            return
        with lock:
            left -= 1
            has_come, now = left == 0, moment
            if has_come:
                moment = now.then
                left = moment.times if moment else 0
        if has_come:
            os.write(told, b"!")
            for name in now.signals:
                number = signal.Signals[name]
                os.killpg(0, number) if now.group else os.kill(process, number)
            if is_held:
                os.read(goes, 1)

    sys.addaudithook(hook)


def _record(file: int) -> None:
    """Note what is synced and renamed; Python has no event for the one."""

    def note(*what: object) -> None:
        os.write(file, ("\t".join(map(str, what)) + "\n").encode())

    def noting(fsync: Callable[[int], None]) -> Callable[[int], None]:
        def noted(descriptor: int) -> None:
            fsync(descriptor)
            note("fsync", Path(f"/proc/self/fd/{descriptor}").readlink())

        return noted

    os.fsync = noting(os.fsync)  # type: ignore[assignment]

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in {"os.rename", "os.link"} or (event == "os.mkdir" and not os.path.lexists(arguments[0])):
            note(event, *arguments[:2])

    sys.addaudithook(hook)


if __name__ == "__main__":
    serve()
