"""Where work is done that takes a processor: on threads of this process, and elsewhere where there is an elsewhere.

What a thread of ours begins stays here: it reads and writes files, pays, waits. What takes long in it is a function of
a module, given values, whose result is a value: `run` has that done wherever the executor's processors are.
"""

from __future__ import annotations

import contextlib
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

T = TypeVar("T")


class Executor(Protocol):
    """Processors that do work side by side."""

    @property
    def slots(self) -> int:
        """How much is worked on at once."""
        ...

    @property
    def is_here(self) -> bool:
        """Whether `run` works in this process: if not, what is sent at once should be worth its way."""
        ...

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Begin work on a thread of this process; what is begun first is begun first."""
        ...

    def run(self, function: Callable[..., T], /, *values: object) -> T:
        """Return what a function of a module makes of values, and raise what it raises; called on such a thread.

        Function, values and result may travel: nothing but the values says what comes of them.
        """
        ...


class Threads:
    """The processors of this machine, by threads of this process."""

    is_here = True

    def __init__(self, pool: ThreadPoolExecutor, slots: int) -> None:
        self._pool = pool
        self.slots = slots

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Begin work on a thread."""
        return self._pool.submit(work)

    def run(self, function: Callable[..., T], /, *values: object) -> T:
        """Do it on the very thread that asks."""
        return function(*values)


def default_jobs() -> int:
    """Return how much is done side by side unless somebody says so: one thing a processor that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextlib.contextmanager
def threads(jobs: int | None = None) -> Iterator[Threads]:
    """Work on this machine while the block lasts; what has not begun when it ends is not done."""
    slots = jobs or default_jobs()
    pool = ThreadPoolExecutor(slots, thread_name_prefix="work")
    try:
        yield Threads(pool, slots)
    finally:
        pool.shutdown(cancel_futures=True)
