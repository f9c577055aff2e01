"""The one door to Dask: processors of other machines, whose scheduler and workers are Dask's own.

What travels is a function's name, its values, and the versions that its result depends on. Results come back by a key
made of all three, so whatever is asked for twice at once is done once. Files, keys and environment stay here. What
workers have spoken stays with them for a while, too: to be encoded it need not travel again.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import functools
import hashlib
import io
import logging
import pickle
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
from podcast.types import Clip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future

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
"""Of clips that workers keep, all of them together: some episodes' parts in the making."""

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
    earlier: tuple[tuple[bool, Any], ...] = (),
) -> tuple[bool, Any]:
    """Do it on a worker: whether it went well, and its result or our own error, which is a result, too.

    Clips that its values only name are in earlier results.
    """
    for (name, theirs), (_, ours) in zip(versions, _versions(), strict=True):
        if theirs != ours:
            return False, _other_version(name, theirs, ours)
    for is_well, problem in earlier:
        if not is_well:  # it was lost, and done again
            return False, problem
    try:
        return True, function(*_Unpacker(payload, earlier).load())
    except PodcastError as error:
        return False, error


@dataclass(frozen=True, slots=True)
class There:
    """Stands, in what is sent, for a clip that workers have."""

    key: str
    task: Any


class _Packer(pickle.Pickler):
    """Writes values down, but of clips that are there only which they are."""

    def __init__(self) -> None:
        self._buffer = io.BytesIO()
        super().__init__(self._buffer, protocol=pickle.HIGHEST_PROTOCOL)
        self.tasks: dict[str, Any] = {}
        """Whose results have them, by the tasks' keys."""

    def persistent_id(self, value: object) -> str | None:
        """Name a clip that is there."""
        if not isinstance(value, There):
            return None
        self.tasks[value.task.key] = value.task
        return value.key

    def packed(self, values: tuple[object, ...]) -> bytes:
        """Return what is sent."""
        self.dump(values)
        return self._buffer.getvalue()


class _Unpacker(pickle.Unpickler):
    """Reads values, and takes the clips that they name from results."""

    def __init__(self, payload: bytes, results: tuple[tuple[bool, Any], ...]) -> None:
        super().__init__(io.BytesIO(payload))
        self._clips = {clip.key: clip for _, clips in results for clip in clips}

    def persistent_load(self, key: str) -> Clip:
        """Return the clip of that name."""
        return cast("Clip", self._clips[key])


def _other_version(name: str, theirs: str, ours: str) -> OutsideError:
    where = platform.node() or "a machine without a name"
    return OutsideError(
        f"The worker on {where} has {name} {ours}, and this machine {theirs}: episodes would differ by it. Have the "
        "same on both, or take that worker out of the cluster."
    )


def _key(function: Callable[..., Any], payload: bytes) -> str:
    made_of = hashlib.sha256(repr((function.__module__, function.__qualname__, _versions())).encode())
    made_of.update(payload)
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
        self._spoken = _Spoken()
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
        packer = _Packer()
        payload = packer.packed(values)
        key, earlier = _key(function, payload), tuple(packer.tasks.values())
        try:
            task = self._client.submit(_done, function, payload, _versions(), earlier, key=key)
            is_well, result = self._result(task)
        except (CancelledError, OSError, RuntimeError) as error:
            raise self._gone() from error
        if not is_well:
            raise cast("PodcastError", result)
        self._spoken.remember(task, result)
        return cast("T", result)

    def there(self, key: str) -> There | None:
        """Name a clip that its workers have spoken and still have."""
        return self._spoken.find(key)

    def give_up(self) -> None:
        """Tell the cluster that nothing is wanted any more: whoever waits for it is told that it is gone."""
        with contextlib.suppress(OSError, RuntimeError):
            self._client.close(timeout=_CONNECT_S)

    def _result(self, task: Any) -> tuple[bool, Any]:
        """Wait for a result, also anew where it was lost with the worker that had it."""
        while True:
            self._wait(task)
            try:
                if task.status == "error":
                    raise _failed(task.exception(timeout=_DESERTED_S))
                return cast("tuple[bool, Any]", task.result(timeout=_DESERTED_S / 2))
            except TimeoutError:
                self._crew.refuse_deserted()

    def _wait(self, task: Any) -> None:
        """Wait until there is something to have, and look now and then whether anybody is there to bring it."""
        done = threading.Event()
        task.add_done_callback(lambda _: done.set())
        while not done.wait(_LOOK_S) and task.status == "pending":
            go_on()
            self._crew.refuse_deserted()

    def _gone(self) -> GoneError:
        return GoneError(
            f"The cluster at {self._address} is gone: its scheduler ended, or the line to it broke. {_KEPT}"
        )


class _Spoken:
    """Clips that workers were asked for and keep: the last ones, for parts are made soon after they are spoken."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tasks: collections.OrderedDict[str, tuple[Any, int]] = collections.OrderedDict()
        self._bytes = 0

    def remember(self, task: Any, result: object) -> None:
        """Have workers keep a result of clips, and none any more of the oldest where they are too many."""
        if not isinstance(result, tuple) or not all(isinstance(item, Clip) for item in result):
            return
        with self._lock:
            for clip in result:
                _, known = self._tasks.pop(clip.key, (None, 0))
                self._tasks[clip.key] = (task, clip.samples.nbytes)
                self._bytes += clip.samples.nbytes - known
            while self._bytes > _SPOKEN_BYTES:
                _, (_, size) = self._tasks.popitem(last=False)
                self._bytes -= size

    def find(self, key: str) -> There | None:
        """Name a clip that is kept."""
        with self._lock:
            task, _ = self._tasks.get(key, (None, 0))
        return There(key, task) if task else None


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
        workers = _workers(client)
    except BaseException:
        client.close(timeout=_CONNECT_S)
        raise
    if _are_near(dask.connect, workers, arguments):
        client.direct_to_workers = True
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

    async def reach_all() -> None:
        await asyncio.gather(*(_reach(connect, address, arguments, _NEAR_S) for address in addresses))

    try:
        asyncio.run(reach_all())
    except (OSError, RuntimeError, ValueError):
        return False
    return bool(addresses)


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
