"""Being told to end: by Ctrl-C, by whoever ends programs, by a terminal that closes; all end a run in the same way.

Python tells the main thread only; other threads ask here before they begin what is dear.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
from typing import NoReturn

_ENDING = ("SIGINT", "SIGTERM", "SIGHUP")
"""Windows has the first two."""

_PATIENCE_S = 1.0
_FINISHING = b"Ending: what is under way is finished or put away first. Ctrl-C again ends at once.\n"
_STDERR = 2

_told = False
"""No event of `threading`: its lock may be held by the very thread that a signal interrupts."""


def be_interruptible() -> None:
    """End all work in the same orderly way, whoever asks for it; a second Ctrl-C ends it at once.

    What was to be ignored, as by nohup, stays so.
    """
    for number in _signals():
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


def go_on() -> None:
    """Raise KeyboardInterrupt, in any thread, once the run is to end."""
    if _told:
        raise KeyboardInterrupt


def _signals() -> list[signal.Signals]:
    return [signal.Signals[name] for name in _ENDING if hasattr(signal, name)]


def _interrupt(number: int, frame: object) -> NoReturn:
    """Let the second one end the process by itself, but for a terminal that says twice that it goes."""
    global _told  # noqa: PLW0603 - it is the process that is told
    del number, frame
    _told = True
    for each in _signals():
        signal.signal(each, signal.SIG_IGN if each.name == "SIGHUP" else signal.SIG_DFL)
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _say_finishing)
        signal.setitimer(signal.ITIMER_REAL, _PATIENCE_S)
        atexit.register(signal.setitimer, signal.ITIMER_REAL, 0)  # as Python ends, nobody would take it: it would kill
    raise KeyboardInterrupt


def _say_finishing(number: int, frame: object) -> None:
    """Say it past Python's own files, which the main thread may be writing to just now."""
    del number, frame
    with contextlib.suppress(OSError):  # the terminal is gone
        os.write(_STDERR, _FINISHING)
