"""An outside program that works for us: it is listened to, watched, and ended when it stands still or says too much.

What it says is kept in memory, not in files: a full disk where temporary files go takes nothing away.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from typing import IO, TYPE_CHECKING

from podcast.errors import OutsideError, from_os_error, is_of_the_machine
from podcast.outside.machine import let_work_through, widen
from podcast.outside.programs import plain_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Self

STILL_S = 60.0
"""How long a program that is waited for may neither take nor give anything."""

LOOK_S = 1.0
"""How often that is looked at. Looks are counted, so that a run that was itself suspended blames nobody."""

MOST_SAID_BYTES = 256 << 20
"""A meter's words about a day of sound."""

_PIECE_BYTES = 1 << 16
LAST_WORDS_S = 5.0
"""How long the end of what a program said is waited for that has ended: a child of its own may hold the line."""


class EndedError(OutsideError):
    """A program did not end by itself: it says nothing about what it was given."""


class Program:
    """A running program whose output and words are read as they come; none runs on behind its `with`."""

    def __init__(self, command: Sequence[str], *, stdin: int | IO[bytes] = subprocess.DEVNULL,
                 keeps_stdout: bool = True, most_bytes: int | None = None) -> None:  # fmt: skip
        try:
            self.process = subprocess.Popen(
                command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=plain_environment()
            )
        except OSError as error:
            raise _does_not_start(command[0], error) from error
        self.is_wordy = False
        most_bytes = most_bytes or MOST_SAID_BYTES
        try:
            let_work_through(self.process.pid)
            if self.process.stdin is not None:
                widen(self.process.stdin)
            self._words = _Ear(self.process.stderr, most_bytes, self._stop_talking)
            self._output = _Ear(self.process.stdout, most_bytes, self._stop_talking) if keeps_stdout else None
        except BaseException:  # no threads are left
            self.end()
            self.process.wait()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
        self.wait()

    @property
    def heard_bytes(self) -> int:
        """How much it has said so far."""
        return self._words.size + (self._output.size if self._output else 0)

    def wait(self) -> int:
        """Wait for its end, and for the end of what it says; return its status."""
        status = self.process.wait()
        for ear in filter(None, (self._words, self._output)):
            ear.thread.join(LAST_WORDS_S)
        return status

    def words(self) -> str:
        """Everything it said so far."""
        return self._words.heard().decode(errors="replace")

    def output(self) -> bytes | bytearray:
        """Everything that it gave."""
        return self._output.heard() if self._output else b""

    def end(self) -> None:
        """End it at once, if it still runs."""
        with contextlib.suppress(OSError):  # it has ended by itself
            self.process.kill()

    def _stop_talking(self) -> None:
        self.is_wordy = True
        self.end()


class _Ear:
    """Reads one line of a program to its end, in a thread of its own."""

    def __init__(self, pipe: IO[bytes] | None, most_bytes: int, has_enough: Callable[[], None]) -> None:
        assert pipe is not None  # noqa: S101 - opened with a pipe
        self._heard = bytearray()
        what = pipe, most_bytes, has_enough  # not kept: a ring of program and ear would keep what was heard, too
        self.thread = threading.Thread(target=self._listen, args=what, name="ear", daemon=True)
        self.thread.start()

    @property
    def size(self) -> int:
        return len(self._heard)

    def heard(self) -> bytes | bytearray:
        """Give all of it without a copy, which may be large, once no more can come."""
        return bytes(self._heard) if self.thread.is_alive() else self._heard

    def _listen(self, pipe: IO[bytes], most_bytes: int, has_enough: Callable[[], None]) -> None:
        with pipe:
            while piece := os.read(pipe.fileno(), _PIECE_BYTES):
                self._heard += piece
                if len(self._heard) > most_bytes:
                    has_enough()
                    return


class Watch:
    """Ends a program of which nothing has changed for a while."""

    def __init__(self, program: Program, sign: Callable[[], object]) -> None:
        """Take what changes as long as it gets on; None while nobody waits for it."""
        self.is_still = False
        self._program, self._sign = program, sign
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="watch", daemon=True)

    def begin(self) -> None:
        """Look from now on."""
        self._thread.start()

    def end(self) -> None:
        """Look no longer."""
        self._is_over.set()
        with contextlib.suppress(RuntimeError):  # interrupted before it began
            self._thread.join()

    def _look(self) -> None:
        last, still_looks = None, 0
        while not self._is_over.wait(LOOK_S):
            now = self._sign()
            still_looks = still_looks + 1 if now is not None and now == last else 0
            last = now
            if still_looks * LOOK_S >= STILL_S:
                self.is_still = True
                self._program.end()
                return


@contextlib.contextmanager
def watched(program: Program, sign: Callable[[], object] | None = None) -> Iterator[Watch]:
    """Watch a program while the block lasts; without another sign, that it says something means that it gets on."""
    watch = Watch(program, sign or (lambda: program.heard_bytes))
    try:
        watch.begin()
        yield watch
    finally:
        watch.end()


# ── in words ────────────────────────────────────────────────────────────────────────────────────────────


def ended_by(status: int) -> str:
    """Say what ended a program that did not end by itself; empty if it did."""
    if sys.platform == "win32" or status >= 0:
        return ""
    name = next((known.name for known in signal.Signals if known == -status), f"signal {-status}")
    if -status == signal.SIGXFSZ:
        return f"no file may become that large ({name}). Raise the limit with `ulimit -f unlimited`"
    if -status == signal.SIGKILL:
        return f"it was ended from outside ({name}), as systems do that are short of memory. Close other programs"
    return f"it was ended from outside, or crashed ({name}). Look whether another version of it does the same"


def _does_not_start(program: str, error: OSError) -> OutsideError:
    if is_of_the_machine(error):
        return OutsideError(f"{program} does not start: {from_os_error(OSError(error.errno, error.strerror))}")
    return OutsideError(f"{program} does not start: {error.strerror}. Check PODCAST_FFMPEG.")
