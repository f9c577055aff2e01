"""Several episodes by one command: one after the other on this machine, several at once where others do the work.

A failure stops none of the others. They are begun in order, one at a time, so that of two that quarrel, over a name or
the last of the money, it is always the same one that has it.
"""

from __future__ import annotations

import dataclasses
import functools
import threading
import traceback
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from podcast.errors import GoneError, PodcastError
from podcast.types import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from podcast.outside.executor import Executor
    from podcast.pipeline import Observe

T = TypeVar("T")
Ready = TypeVar("Ready")
Result = TypeVar("Result")

_AT_ONCE = 3
"""Episodes under way beside the one that is begun: while one is tagged or waits for its last part, others go on."""


@dataclass(frozen=True, slots=True)
class Steps(Generic[T, Ready, Result]):
    """What an episode takes: `begin` is done in order, one at a time; `finish` beside others."""

    begin: Callable[[T, Observe], Ready]
    finish: Callable[[Ready, Observe], Result]


@dataclass(frozen=True, slots=True)
class Worked(Generic[T, Result]):
    """What came of a backlog, each in the order in which it was asked for."""

    results: tuple[Result, ...]
    failures: tuple[tuple[T, PodcastError | OSError], ...]
    gone: GoneError | None = None
    """Why the rest was not tried."""

    @property
    def alone(self) -> PodcastError | OSError | None:
        """Why there is nothing else to tell: the one thing that was asked for, or the first, failed."""
        if self.results or len(self.failures) > 1 or (self.failures and self.gone):
            return None
        return self.failures[0][1] if self.failures else self.gone


@dataclass(frozen=True, slots=True)
class _Tried(Generic[T]):
    """What came of one try: something, or why not."""

    results: tuple[T, ...] = ()
    failure: PodcastError | OSError | None = None


def work_through(
    items: Sequence[T], steps: Steps[T, Ready, Result], executor: Executor, observe: Observe
) -> Worked[T, Result]:
    """Do all of them; what fails is returned with the reason. Nothing more is begun once an executor is gone."""
    one_by_one = executor.is_here or len(items) == 1
    tried = _one_by_one(items, steps, observe) if one_by_one else _together(items, steps, executor, observe)
    failed = [(item, each.failure) for item, each in zip(items, tried, strict=False) if each.failure]
    return Worked(
        tuple(result for each in tried for result in each.results),
        tuple((item, failure) for item, failure in failed if not isinstance(failure, GoneError)),
        next((failure for _, failure in failed if isinstance(failure, GoneError)), None),
    )


def _try(work: Callable[[], T]) -> _Tried[T]:
    try:
        return _Tried((work(),))
    except (PodcastError, OSError) as error:
        traceback.clear_frames(
            error.__traceback__
        )  # or else all that it was working with stays until the last one ends
        return _Tried(failure=error)


def _one_by_one(items: Sequence[T], steps: Steps[T, Ready, Result], observe: Observe) -> list[_Tried[Result]]:
    tried: list[_Tried[Result]] = []
    for item in items:
        tried.append(_try(functools.partial(_both, steps, item, observe)))
        if isinstance(tried[-1].failure, GoneError):
            break
    return tried


def _both(steps: Steps[T, Ready, Result], item: T, observe: Observe) -> Result:
    return steps.finish(steps.begin(item, observe), observe)


def _together(
    items: Sequence[T], steps: Steps[T, Ready, Result], executor: Executor, observe: Observe
) -> list[_Tried[Result]]:
    room, chorus = threading.Semaphore(_AT_ONCE), Chorus(observe)
    begun: list[Future[_Tried[Result]]] = []
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="episode") as pool:
        try:
            for item in items:
                room.acquire()
                if any(isinstance(future.result().failure, GoneError) for future in begun if future.done()):
                    break
                told = chorus.voice(Path(str(item)).name)
                begun.append(_begun(item, steps, told, pool))
                begun[-1].add_done_callback(lambda _: room.release())
            return [future.result() for future in begun]
        except BaseException:
            chorus.end()
            executor.give_up()
            raise


def _begun(item: T, steps: Steps[T, Ready, Result], told: Observe, pool: ThreadPoolExecutor) -> Future[_Tried[Result]]:
    """Begin an episode, and have it finished on a thread; what could not be begun is done with."""
    tried = _try(functools.partial(steps.begin, item, told))
    if tried.failure is None:
        return pool.submit(_try, functools.partial(steps.finish, tried.results[0], told))
    failed: Future[_Tried[Result]] = Future()
    failed.set_result(_Tried(failure=tried.failure))
    return failed


# ── what is told of several at once ─────────────────────────────────────────────────────────────────────


class Chorus:
    """Several episodes that tell how they go: each by its name, their progress together."""

    def __init__(self, observe: Observe) -> None:
        self._observe = observe
        self._lock = threading.Lock()
        self._progress: dict[str, tuple[int, int]] = {}
        self._is_over = False

    def voice(self, name: str) -> Observe:
        """Return what one of them tells."""
        return functools.partial(self._tell, name)

    def end(self) -> None:
        """Have each of them end the next time that it tells something."""
        self._is_over = True

    def _tell(self, name: str, event: Event) -> None:
        if self._is_over:
            raise KeyboardInterrupt
        with self._lock:
            self._observe(self._together(name, event))

    def _together(self, name: str, event: Event) -> Event:
        if event.kind != "progress":
            return dataclasses.replace(event, text=f"{name}: {event.text}")
        self._progress[name] = (event.done, event.total)
        done, total = map(sum, zip(*self._progress.values(), strict=True))
        episodes = "1 episode" if len(self._progress) == 1 else f"{len(self._progress)} episodes"
        return Event("progress", f"Speaking and mixing {episodes}", done, total)
