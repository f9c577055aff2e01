"""Where work is done that takes a processor: on threads of this process, and elsewhere where there is an elsewhere.

What a thread of ours begins stays here: it reads and writes files, pays, waits. What takes long in it is a function of
a module, given values, whose result is a value: `run` has that done wherever the executor's processors are.
"""

from __future__ import annotations

import contextlib
import os
import signal
from concurrent.futures import BrokenExecutor, CancelledError, Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol, TypeVar

from podcast.errors import GoneError
from podcast.outside.machine import share_one_heap, short_turns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import ProcessPoolExecutor
    from contextlib import AbstractContextManager

    from podcast.types import Clip

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

    def there(self, key: str, read: Callable[[], Clip]) -> object | None:
        """Return what stands for a clip in values for `run`, where whoever does that has it already; else None.

        `read` returns the clip, in case that it is there no longer.
        """
        ...

    @property
    def here(self) -> AbstractContextManager[object]:
        """Held while this process itself does something that it should not do any number of times at once."""
        ...

    def give_up(self) -> None:
        """Have whoever waits in `run` for another process or machine wait no longer: nobody wants the results."""
        ...


class Threads:
    """The processors of this machine, by threads of this process."""

    is_here = True

    def __init__(self, pool: ThreadPoolExecutor, slots: int) -> None:
        self._pool = pool
        self.slots = slots
        self.here = contextlib.nullcontext()  # there are no more threads than that

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Begin work on a thread."""
        return self._pool.submit(work)

    def run(self, function: Callable[..., T], /, *values: object) -> T:
        """Do it on the very thread that asks."""
        return function(*values)

    def there(self, key: str, read: Callable[[], Clip]) -> None:
        """Nothing is elsewhere."""

    def give_up(self) -> None:
        """Nobody waits: what is done is done here."""


class Here:
    """The one thread that asks: what is begun is done before anything else is."""

    is_here = True
    slots = 1
    here = contextlib.nullcontext()

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Do it now."""
        done: Future[T] = Future()
        try:
            done.set_result(work())
        except Exception as error:  # noqa: BLE001 - whoever asks for the result has it raised
            done.set_exception(error)
        return done

    def run(self, function: Callable[..., T], /, *values: object) -> T:
        """Do it now."""
        return function(*values)

    def there(self, key: str, read: Callable[[], Clip]) -> None:
        """Nothing is elsewhere."""

    def give_up(self) -> None:
        """Nobody waits."""


HERE = Here()


class Processes(Threads):
    """The processors of this machine, by other processes: threads of this one only read, write, pay and wait."""

    is_here = False

    def __init__(self, pool: ThreadPoolExecutor, workers: ProcessPoolExecutor, slots: int) -> None:
        super().__init__(pool, slots)
        self._workers = workers

    def run(self, function: Callable[..., T], /, *values: object) -> T:
        """Have another process do it; OutsideError if one of them is killed."""
        try:
            return self._workers.submit(function, *values).result()
        except (BrokenExecutor, CancelledError) as error:
            raise GoneError(
                "A process of this run was killed from outside, perhaps for want of memory. Run the same command "
                "again, with fewer --jobs; finished work is kept."
            ) from error

    def give_up(self) -> None:
        """Begin nothing more."""
        self._workers.shutdown(wait=False, cancel_futures=True)


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextlib.contextmanager
def threads(jobs: int | None = None) -> Iterator[Threads]:
    """Work on this machine while the block lasts; what has not begun when it ends is not done.

    Unless told, on one thread more than there are processors: there is always one that waits for its encoder.
    """
    share_one_heap()
    slots = jobs or processors() + 1
    pool = ThreadPoolExecutor(slots, thread_name_prefix="work")
    with short_turns():
        try:
            yield Threads(pool, slots)
        finally:
            pool.shutdown(cancel_futures=True)


@contextlib.contextmanager
def processes(jobs: int | None = None) -> Iterator[Processes]:
    """Work on this machine by processes of their own while the block lasts.

    Each loads for itself what its work takes, so that short work is done sooner by threads.
    """
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    slots = jobs or processors()
    pool = ThreadPoolExecutor(2 * slots, thread_name_prefix="work")  # one waits while another saves or sends
    context = multiprocessing.get_context("spawn")
    workers = ProcessPoolExecutor(slots, context, initializer=_leave_signals_to_the_parent)
    try:
        yield Processes(pool, workers, slots)
    finally:
        workers.shutdown(cancel_futures=True)
        pool.shutdown(cancel_futures=True)


def _leave_signals_to_the_parent() -> None:
    """Ctrl-C reaches all processes of a terminal: the first one says how the run ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
