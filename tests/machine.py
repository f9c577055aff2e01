"""A machine on which anything may fail: `podcast` in processes of its own, in mounts of its own, under limits.

A keeper imports the program once and forks for each run, so that a run costs what it does and no more. Where the system
allows it, the keeper lives in namespaces of its own: what it mounts nobody else sees.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import pkgutil
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LONGEST_S = 120
"""What runs longer hangs: it is ended, and has no exit code."""

_OPENED_TO_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link")
"""Audit events before the disk is changed, besides opening a file."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended, and what of the disk it was about to change."""

    exit_code: int | None
    stdout: str
    stderr: str
    changes: list[str]


# ── the tests' side ─────────────────────────────────────────────────────────────────────────────────────


class Machine:
    """Runs `podcast` under faults, and mounts for it."""

    def __init__(self, keeper: subprocess.Popen[str]) -> None:
        self._keeper = keeper

    def __call__(self, *arguments: object, **faults: Any) -> Ended:
        """Run the command.

        Faults: `environment` and `unset` variables, `limits` as {"NOFILE": 12}, `memory_mb` beyond what the process
        has, `threads=0`, `usd_per_minute` of the voice that hums, and `refused`, an errno with which the `number`-th
        change `within` a folder fails, and with `persists` all behind it but removals.
        """
        return Ended(**self._ask({"arguments": [str(each) for each in arguments], **faults}))

    def undisturbed(self, *arguments: object) -> None:
        """Run the command in the keeper itself: all runs after it find loaded what this one had to load."""
        ran = self._ask({"arguments": [str(each) for each in arguments], "here": True})
        assert ran == {"exit_code": 0}

    def mount(self, *words: object) -> None:
        """Mount what `mount` calls so, in the keeper's namespace only."""
        assert self._ask({"mount": [str(word) for word in words]}) == {"problem": ""}

    def seen(self, path: Path) -> Path:
        """Where one sees from here what the keeper sees at a path."""
        return Path(f"/proc/{self._keeper.pid}/root{path}")

    def _ask(self, request: dict[str, Any]) -> Any:
        assert self._keeper.stdin is not None
        assert self._keeper.stdout is not None
        self._keeper.stdin.write(json.dumps(request) + "\n")
        self._keeper.stdin.flush()
        return json.loads(self._keeper.stdout.readline())


def unsharing(*flags: str) -> list[str] | None:
    """Return the words that run a command in namespaces of its own; None where that is not allowed."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return None
    command = [unshare, "--user", "--map-root-user", *flags]
    return None if subprocess.run([*command, "true"], capture_output=True, check=False).returncode else command


@contextlib.contextmanager
def machine(isolation: list[str]) -> Iterator[Machine]:
    """Have a machine for as long as the block lasts."""
    command = [*isolation, sys.executable, __file__]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as keeper:
        yield Machine(keeper)
        assert keeper.stdin is not None
        keeper.stdin.close()


# ── the keeper's side ───────────────────────────────────────────────────────────────────────────────────


def _keep() -> None:
    """Answer each line of standard input with one."""
    _import_everything()
    for line in sys.stdin:
        request = json.loads(line)
        answer = _answer(request)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    if "mount" in request:
        return dict(_mounted(request["mount"]))
    if "here" in request:
        return {"exit_code": _here(request["arguments"])}
    return _forked(request)


def _here(arguments: list[str]) -> int:
    with tempfile.TemporaryFile("w") as nowhere, contextlib.redirect_stdout(nowhere):
        sys.argv = ["podcast", *arguments]
        return _exit_code(importlib.import_module("podcast.cli").app)


def _import_everything() -> None:
    package = importlib.import_module("podcast")
    modules = [module.name for module in pkgutil.walk_packages(package.__path__, "podcast.")]
    for name in (*modules, "feedgen.feed", "imageio_ffmpeg", "jinja2", "numpy", "PIL.Image", "scipy.signal"):
        if name not in {"podcast.__main__", "podcast.outside.pdf_child"}:
            importlib.import_module(name)


def _mounted(words: list[str]) -> dict[str, str]:
    done = subprocess.run(["mount", *words], capture_output=True, check=False)
    return {"problem": done.stderr.decode()}


def _forked(request: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr, tempfile.TemporaryFile() as changes:
        child = os.fork()
        if not child:
            _be_the_command(request, stdout.fileno(), stderr.fileno(), changes.fileno())
        exit_code = _ended(child)
        texts = [_text(file.fileno()) for file in (stdout, stderr, changes)]
    return {"exit_code": exit_code, "stdout": texts[0], "stderr": texts[1], "changes": texts[2].splitlines()}


def _text(file: int) -> str:
    return os.pread(file, os.fstat(file).st_size, 0).decode(errors="replace")


def _ended(child: int) -> int | None:
    end_s = time.monotonic() + LONGEST_S
    while time.monotonic() < end_s:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.killpg(child, 9)
    os.waitpid(child, 0)
    return None


def _be_the_command(request: dict[str, Any], stdout: int, stderr: int, changes: int) -> NoReturn:
    os.setpgid(0, 0)
    code = 99
    try:
        for number, file in enumerate((os.open(os.devnull, os.O_RDONLY), stdout, stderr)):
            os.dup2(file, number)
        tempfile.tempdir = None  # it is looked for anew
        sys.argv = ["podcast", *request["arguments"]]
        cli = importlib.import_module("podcast.cli")
        _spoil(request, changes)
        code = _exit_code(cli.main)
        sys.stdout.flush()
    finally:
        os._exit(code)


def _exit_code(main: Callable[[], object]) -> int:
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def _spoil(request: dict[str, Any], changes: int) -> None:
    """Have this process meet what was asked for."""
    os.environ.update(request.get("environment", {}))
    for name in request.get("unset", ()):
        os.environ.pop(name, None)
    if within := request.get("within"):
        sys.addaudithook(_Refusing(request, within, changes))
    if usd := request.get("usd_per_minute"):
        tone = importlib.import_module("podcast.speech.engines.tone")
        tone.ToneEngine.usd_per_minute = lambda *_: usd
    if request.get("threads") == 0:
        for name in ("_start_new_thread", "_start_joinable_thread"):  # by the version of Python
            setattr(threading, name, _no_thread)
    limits = dict(request.get("limits", {}))
    if "memory_mb" in request:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limits["AS"] = pages * resource.getpagesize() + (request["memory_mb"] << 20)
    for name, most in limits.items():
        kind = getattr(resource, f"RLIMIT_{name}")
        resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))


def _no_thread(*_: object, **__: object) -> NoReturn:
    raise RuntimeError("can't start new thread")  # in CPython's words


class _Refusing:
    """Refuses changes of the disk, as the system does; all are noted."""

    def __init__(self, request: dict[str, Any], within: str, log: int) -> None:
        self._first, self._persists = request.get("number", -1), request.get("persists", False)
        self._errno = request.get("refused", 0)
        self._within, self._log, self._count = within, log, 0

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Be told of what is about to happen."""
        is_change = bool(arguments[2] & _OPENED_TO_WRITE) if event == "open" else event in _CHANGES
        paths = [os.fsdecode(each) for each in arguments if isinstance(each, str | bytes | os.PathLike)]
        if not is_change or not any(path.startswith(self._within) for path in paths):
            return
        os.write(self._log, f"{event} {' '.join(paths)}\n".encode())
        number, self._count = self._count, self._count + 1
        goes_on = self._persists and number > self._first >= 0 and event not in {"os.remove", "os.rmdir"}
        if number == self._first or goes_on:
            raise OSError(self._errno, os.strerror(self._errno), paths[0])


if __name__ == "__main__":
    _keep()
