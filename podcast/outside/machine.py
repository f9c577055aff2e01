"""What a system is told of long work, where it can be told: Linux, mostly."""

from __future__ import annotations

import contextlib
import functools
import os
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Parameters of mallopt (3)."""

_KEPT_BYTES, _LARGE_BYTES, _HEAPS = 64 << 20, 32 << 20, 2


@functools.cache
def keep_memory() -> None:
    """Have blocks of sound that are freed used again, out of few heaps.

    glibc gives large blocks back at once, so that the next one costs a fault a page, and lets each thread have a heap
    of its own, in which much is freed and nothing given back.
    """
    if sys.platform != "linux":
        return
    import ctypes

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # of glibc alone
    if mallopt is None:
        return
    for parameter, value in ((_ARENA_MAX, _HEAPS), (_MMAP_THRESHOLD, _LARGE_BYTES), (_TRIM_THRESHOLD, _KEPT_BYTES)):
        mallopt(parameter, value)


def let_work_through(pid: int) -> None:
    """Have a program use its processor until it has to wait: threads that hand work on are switched to less often."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # it has ended, or nobody may say so here
            os.sched_setscheduler(pid, os.SCHED_BATCH, os.sched_param(0))
