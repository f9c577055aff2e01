"""What a system is told of long work, where it can be told: Linux, mostly."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

_ARENA_MAX = -8
"""A parameter of mallopt (3)."""

_TURN_S = 0.001
"""A fifth of what is usual."""

_PIPE_BYTES = 1 << 19
"""Usual is an eighth. Some hundred of them are as much as a system lets one user's pipes hold."""


@functools.cache
def share_one_heap() -> None:
    """Have blocks of sound that one thread frees used by the next one.

    glibc lets each thread have a heap of its own, in which much is free and nothing is given back.
    """
    if sys.platform != "linux":
        return
    import ctypes

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # of glibc alone
    if mallopt is not None:
        mallopt(_ARENA_MAX, 1)


@contextlib.contextmanager
def short_turns() -> Iterator[None]:
    """Let threads that wait for the interpreter have it sooner: those that feed a program have it wait meanwhile."""
    usual_s = sys.getswitchinterval()
    sys.setswitchinterval(_TURN_S)
    try:
        yield
    finally:
        sys.setswitchinterval(usual_s)


def widen(pipe: IO[bytes]) -> None:
    """Have a pipe hold more, so that its two ends wait for each other less often."""
    if sys.platform == "linux":
        import fcntl

        with contextlib.suppress(OSError):  # whoever has many pipes may have no more wide ones
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def let_work_through(pid: int) -> None:
    """Have a program use its processor until it has to wait: threads that hand work on are switched to less often."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # it has ended, or nobody may say so here
            os.sched_setscheduler(pid, os.SCHED_BATCH, os.sched_param(0))
