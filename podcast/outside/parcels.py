"""What is sent to a cluster, as bytes, and what comes back; clips that its workers have already are only named.

Bytes are what any worker can take and pass on, whatever is installed there: they are read only where versions are known
to be the same.
"""

from __future__ import annotations

import collections
import io
import pickle
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from podcast.types import Clip

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, slots=True)
class There:
    """Stands for a clip that workers have, in values that are sent to them."""

    key: str
    task: Any
    """The piece of work that it came of, by Dask's name."""
    read: Callable[[], Clip]
    """Returns the clip itself, in case that they have it no longer."""

    def __reduce__(self) -> tuple[Callable[[Clip], Clip], tuple[Clip]]:
        """Write the clip down in place of what stands for it."""
        return _itself, (self.read(),)


def _itself(clip: Clip) -> Clip:
    return clip


@dataclass(frozen=True, slots=True)
class Parcel:
    """Values on their way, and the pieces of work in whose results the clips are that they only name."""

    payload: bytes
    tasks: tuple[Any, ...] = ()


def pack(values: object) -> Parcel:
    """Write values down; of clips that are there only which they are."""
    writer = _Writer()
    return Parcel(writer.written(values), tuple(writer.tasks.values()))


def pack_whole(values: object) -> Parcel:
    """Write values down, with all clips."""
    return Parcel(pickle.dumps(values, pickle.HIGHEST_PROTOCOL))


def unpack(payload: bytes, results: Sequence[bytes] = ()) -> Any:
    """Read values; clips that they only name are in results."""
    return _Reader(payload, results).load()


class _Writer(pickle.Pickler):
    def __init__(self) -> None:
        self._buffer = io.BytesIO()
        super().__init__(self._buffer, protocol=pickle.HIGHEST_PROTOCOL)
        self.tasks: dict[str, Any] = {}

    def written(self, values: object) -> bytes:
        self.dump(values)
        return self._buffer.getvalue()

    def persistent_id(self, value: object) -> str | None:
        """Name a clip that is there."""
        if not isinstance(value, There):
            return None
        self.tasks[value.task.key] = value.task
        return value.key


class _Reader(pickle.Unpickler):
    def __init__(self, payload: bytes, results: Sequence[bytes]) -> None:
        super().__init__(io.BytesIO(payload))
        self._clips = {clip.key: clip for result in results for clip in unpack(result)}

    def persistent_load(self, key: str) -> Clip:
        """Return the clip of that name."""
        return cast("Clip", self._clips[key])


class Spoken:
    """What workers keep for a command of the clips that they spoke: the last ones, for parts are made soon after."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: collections.OrderedDict[str, _Kept] = collections.OrderedDict()
        self._is_over = False

    def remember(self, task: Any, result: object, most_bytes: int) -> None:
        """Have workers keep a result that is clips, and forget the oldest ones where all are more bytes than that."""
        if not isinstance(result, tuple) or not result or not all(isinstance(item, Clip) for item in result):
            return
        with self._lock:
            if self._is_over:
                return
            self._kept[task.key] = _Kept(task, frozenset(c.key for c in result), sum(c.samples.nbytes for c in result))
            self._kept.move_to_end(task.key)
            while sum(kept.size_bytes for kept in self._kept.values()) > most_bytes:
                self._kept.popitem(last=False)

    def find(self, key: str) -> Any:
        """Return the piece of work whose result has a clip; None if none has it."""
        with self._lock:
            found = (kept.task for kept in reversed(self._kept.values()) if key in kept.clips)
            return next(found, None)

    def give_up(self) -> None:
        """Find nothing any more: workers do not get at each other's results."""
        with self._lock:
            self._is_over = True
            self._kept.clear()


@dataclass(frozen=True, slots=True)
class _Kept:
    task: Any
    clips: frozenset[str]
    size_bytes: int
