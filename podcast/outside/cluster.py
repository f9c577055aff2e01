"""The one door to Dask: processors of other machines, whose scheduler and workers are Dask's own.

What travels is a function's name, its values, and the versions that its result depends on. Results come back by a key
made of all three, so whatever is asked for twice at once is done once. Files, keys and environment stay here. What
workers have spoken stays with them for a while, too: to be encoded it need not travel again.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import hashlib
import logging
import math
import platform
import re
import threading
import time
import warnings
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, TypeVar, cast

from podcast import __version__
from podcast.errors import GoneError, InputError, OutsideError, PodcastError
from podcast.interrupts import go_on
from podcast.outside.executor import processors
from podcast.outside.parcels import Spoken, There, pack, pack_whole, unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future

    from podcast.outside.parcels import Parcel
    from podcast.types import Clip

T = TypeVar("T")

_ADDRESS = re.compile(r"(?P<scheme>tcp://|tls://)?(?:[\w.-]+|\[[0-9a-fA-F:.]+\]):(?P<port>\d{1,5})")
_CONNECT_S = 5.0
_NEAR_S = 1.0
"""How soon a worker answers whose results need not go through the scheduler."""

_LOOK_S = 1.0
"""How often a thread that waits for a result looks whether anybody is there to bring it."""

_DESERTED_S = 60.0
"""How long a cluster may be without a worker: some start when there is work."""

_SPOKEN_BYTES = 64 << 20
"""Of clips that workers keep, for each of their threads: what some episodes' parts in the making need."""

_TOGETHER_S = 300.0
"""How long a piece of work may take that needs what other workers have, before it is given everything itself."""

_THREADS = 128
"""That wait for results or services at once; as many as needed are begun."""

_LIBRARIES = ("numpy", "imageio-ffmpeg", "miniaudio", "pillow", "PyStemmer")
"""That sound, covers and findings depend on; voices say theirs themselves."""

_PACKAGE = "paper-podcast"
_INSTALL = f"pip install '{_PACKAGE}[cluster]'"
_KEPT = "Finished work is kept: the same command goes on from it, with or without a cluster."


# ── what is done there ──────────────────────────────────────────────────────────────────────────────────


@functools.cache
def _versions() -> tuple[tuple[str, str], ...]:
    """Name what may change a result: of this machine, in the order in which people should hear of it."""
    python = ".".join(platform.python_version_tuple()[:2])
    own = [("podcast", __version__), ("Python", python), ("processors of type", platform.machine())]
    return (*own, *((name, _installed(name)) for name in _LIBRARIES))


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def _done(
    function: Callable[..., Any],
    payload: bytes,
    versions: tuple[tuple[str, str], ...],
    earlier: tuple[tuple[bool, bytes], ...] = (),
) -> tuple[bool, bytes]:
    """Do it on a worker: whether it went well, and its result or our own error, which is a result, too.

    Clips that the values only name are in earlier results.
    """
    for (name, theirs), (_, ours) in zip(versions, _versions(), strict=True):
        if theirs != ours:
            return False, pack_whole(_other_version(name, theirs, ours)).payload
    if not all(is_well for is_well, _ in earlier):  # what was lost could not be done again
        return False, pack_whole(AloneError()).payload
    try:
        return True, pack_whole(function(*unpack(payload, [result for _, result in earlier]))).payload
    except PodcastError as error:
        return False, pack_whole(error).payload


class AloneError(Exception):
    """It may be done well by a worker that is given everything, and needs nothing of what others have."""


def _other_version(name: str, theirs: str, ours: str) -> OutsideError:
    where = platform.node() or "a machine without a name"
    return OutsideError(
        f"The worker on {where} has {name} {ours}, and this machine {theirs}: episodes would differ by it. Have the "
        "same on both, or take that worker out of the cluster."
    )


def _key(function: Callable[..., Any], parcel: Parcel) -> str:
    earlier = [task.key for task in parcel.tasks]
    made_of = hashlib.sha256(repr((function.__module__, function.__qualname__, _versions(), earlier)).encode())
    made_of.update(parcel.payload)
    return f"{function.__name__}-{made_of.hexdigest()}"


# ── the executor ────────────────────────────────────────────────────────────────────────────────────────


class Cluster:
    """The processors of a cluster, by threads of this process that wait for them."""

    is_here = False

    def __init__(self, client: Any, address: str, pool: ThreadPoolExecutor, jobs: int | None) -> None:
        self._client = client
        self._address = address
        self._pool = pool
        self._most = jobs
        self._crew = _Crew(client, address)
        self._spoken = Spoken()
        self.here = threading.BoundedSemaphore(jobs or processors())

    @property
    def slots(self) -> int:
        """How much its workers do at once, of those that are there now."""
        threads = max(1, self._crew.threads())
        return min(threads, self._most) if self._most else threads

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Begin work on a thread of this process."""
        return self._pool.submit(work)

    def run(self, function: Callable[..., T], /, *values: object) -> T:
        """Have it done by a worker; by another one if that dies.

        Raises GoneError where the cluster is gone, or has had no worker for a while.
        """
        try:
            return cast("T", self._run(function, pack(values)))
        except AloneError:
            self._spoken.give_up()
        return cast("T", self._run(function, pack_whole(values)))

    def there(self, key: str, read: Callable[[], Clip]) -> There | None:
        """Name a clip that its workers have spoken and still have."""
        task = self._spoken.find(key)
        return There(key, task, read) if task else None

    def _run(self, function: Callable[..., Any], parcel: Parcel) -> Any:
        values = (function, parcel.payload, _versions(), parcel.tasks)
        try:
            task = self._client.submit(_done, *values, key=_key(function, parcel))
            is_well, result = self._result(task, time.monotonic() + (_TOGETHER_S if parcel.tasks else math.inf))
        except (CancelledError, OSError, RuntimeError) as error:
            raise self._gone() from error
        found = unpack(result)
        if not is_well:
            raise cast("PodcastError | AloneError", found)
        self._spoken.remember(task, found, self.slots * _SPOKEN_BYTES)
        return found

    def give_up(self) -> None:
        """Tell the cluster that nothing is wanted any more: whoever waits for it is told that it is gone."""
        with contextlib.suppress(OSError, RuntimeError):
            self._client.close(timeout=_CONNECT_S)

    def _result(self, task: Any, until_s: float) -> tuple[bool, bytes]:
        """Wait for a result, also anew where it was lost with the worker that had it; AloneError after a time."""
        while True:
            self._wait(task, until_s)
            try:
                if task.status == "error":
                    raise _failed(task.exception(timeout=_DESERTED_S))
                return cast("tuple[bool, bytes]", task.result(timeout=2 * _DESERTED_S))
            except TimeoutError:
                self._crew.refuse_deserted()

    def _wait(self, task: Any, until_s: float) -> None:
        """Wait until there is something to have, and look now and then whether anybody is there to bring it.

        AloneError, with the task released, where there is nothing by a time of this machine's clock.
        """
        done = threading.Event()
        task.add_done_callback(lambda _: done.set())
        while not done.wait(_LOOK_S) and task.status == "pending":
            go_on()
            self._crew.refuse_deserted()
            if time.monotonic() > until_s:
                task.release()  # else workers would go on trying, and take nothing else meanwhile
                raise AloneError

    def _gone(self) -> GoneError:
        return GoneError(
            f"The cluster at {self._address} is gone: its scheduler ended, or the line to it broke. {_KEPT}"
        )


def _failed(failure: BaseException) -> OutsideError:
    """Say what Dask itself, or a fault of ours, has to say; the worker's log has more."""
    if type(failure).__name__ == "KilledWorker":
        return OutsideError(
            "Workers of the cluster died again and again of the same piece of work, mostly for want of memory (give "
            f"each 1 GB: dask worker --memory-limit) or of podcast {__version__}; their logs say which. {_KEPT}"
        )
    return OutsideError(
        f"A worker of the cluster failed ({type(failure).__name__}: {failure}); its log has more. {_KEPT}"
    )


class _Crew:
    """Who works for a cluster; asked for now and then, whoever wants to know."""

    def __init__(self, client: Any, address: str) -> None:
        self._client = client
        self._address = address
        self._lock = threading.Lock()
        self._threads = 0
        self._asked_s = -_DESERTED_S
        self._seen_s = time.monotonic()

    def threads(self) -> int:
        """How many threads its workers have together."""
        if time.monotonic() - self._asked_s > _LOOK_S and self._lock.acquire(blocking=False):
            try:
                self._ask()
            finally:
                self._lock.release()
        return self._threads

    def _ask(self) -> None:
        with contextlib.suppress(OSError, RuntimeError, KeyError):  # gone: whoever waits is told so
            self._threads = self._client.scheduler_info(n_workers=0)["total_threads"]
        self._asked_s = time.monotonic()
        if self._threads:
            self._seen_s = self._asked_s

    def refuse_deserted(self) -> None:
        """Raise GoneError where there has been no worker for a while."""
        if not self.threads() and time.monotonic() - self._seen_s > _DESERTED_S:
            raise GoneError(
                f"The cluster at {self._address} has had no worker for {_DESERTED_S:.0f} s. Start one, like `dask "
                f"worker {self._address}`. {_KEPT}"
            )


# ── getting there ───────────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def cluster(address: str, jobs: int | None = None) -> Iterator[Cluster]:
    """Work on a Dask cluster while the block lasts, at most so much at once.

    Raises InputError for what is no address, or if the extra is missing; OutsideError if no scheduler answers there.
    """
    _refuse_no_address(address)
    client = _client(address)
    pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="work")
    executor = Cluster(client, address, pool, jobs)
    try:
        yield executor
    finally:
        executor.give_up()
        pool.shutdown(cancel_futures=True)


def _refuse_no_address(address: str) -> None:
    match = _ADDRESS.fullmatch(address)
    if not match or int(match["port"]) > 65_535:  # noqa: PLR2004 - the last there is
        raise InputError(
            f"--cluster {address}: not the address of a Dask scheduler. Its first lines name it, like "
            "tcp://10.0.0.1:8786; tls:// where it is encrypted."
        )


@dataclass(frozen=True, slots=True)
class _Dask:
    """What of Dask is used."""

    connect: Any
    security: Any
    client: Any


def _dask() -> _Dask:
    """Import Dask, and have it silent: what it would print is ours to say."""
    try:
        import dask

        quiet = dict.fromkeys(("distributed", "distributed.client", "tornado", "tornado.application"), "critical")
        with dask.config.set({"logging": quiet}):
            import distributed
            from distributed.comm.core import connect
            from distributed.security import Security
    except ModuleNotFoundError as error:
        raise InputError(f"--cluster needs Dask, which is not installed: {_INSTALL}.") from error
    logging.getLogger("distributed").handlers = [logging.NullHandler()]
    warnings.filterwarnings("ignore", module="distributed")
    return _Dask(connect, Security, distributed.Client)


def _client(address: str) -> Any:
    """Connect; by a short try first, as the client itself would wait without end for a server that says nothing."""
    dask = _dask()
    try:
        arguments = dask.security().get_connection_args("client")
        if address.startswith("tls://") and not arguments.get("ssl_context"):
            raise InputError(
                f"--cluster {address}: Dask's settings name no certificates. distributed.comm.tls in its "
                "configuration does, or DASK_DISTRIBUTED__COMM__TLS__CA_FILE and the like."
            )
        asyncio.run(_reach(dask.connect, address, arguments, _CONNECT_S))
        client = dask.client(address, timeout=_CONNECT_S, set_as_default=False, name="podcast")
    except (OSError, RuntimeError, ValueError, TypeError, ImportError, MemoryError) as error:
        raise OutsideError(
            f"No Dask scheduler answers at {address} ({_reason(error)}). Start one with `dask scheduler`, workers with "
            f"`dask worker {address}`, or leave out --cluster."
        ) from error
    try:
        if _are_near(dask.connect, _workers(client), arguments):
            client.direct_to_workers = True
    except BaseException:
        client.close(timeout=_CONNECT_S)
        raise
    return client


def _workers(client: Any) -> list[str]:
    """List their addresses; OutsideError for one without this package: it would break at the first thing it is sent."""
    workers = client.get_versions(packages=[_PACKAGE])["workers"]
    bare = sorted(where for where, found in workers.items() if not found["packages"].get(_PACKAGE))
    if bare:
        others = f" and {len(bare) - 1} more" if len(bare) > 1 else ""
        raise OutsideError(
            f"The worker at {bare[0]}{others} does not have {_PACKAGE}. Install version {__version__} there, or take "
            "it out of the cluster."
        )
    return list(workers)


def _are_near(connect: Callable[..., Any], addresses: Sequence[str], arguments: dict[str, Any]) -> bool:
    """Whether workers can be asked for results themselves: of some networks only the scheduler can be reached."""

    async def problems() -> list[BaseException | None]:
        tries = (_reach(connect, address, arguments, _NEAR_S) for address in addresses)
        return await asyncio.gather(*tries, return_exceptions=True)

    return bool(addresses) and not any(asyncio.run(problems()))


async def _reach(connect: Callable[..., Any], address: str, arguments: dict[str, Any], patience_s: float) -> None:
    async def shake_hands() -> None:
        comm = await connect(address, timeout=patience_s, **arguments)
        await comm.close()

    await asyncio.wait_for(shake_hands(), 1.5 * patience_s)


def _reason(error: BaseException) -> str:
    """Say in a few words what went wrong, without the insides of Dask."""
    if isinstance(error, TimeoutError) or "Timed out" in str(error):
        return "timed out"
    return "it speaks another language" if isinstance(error, MemoryError | ValueError | TypeError) else str(error)[:200]
