"""Bytes that are dear to make, kept while they are used: bounded in all, however many a client asks for."""

from __future__ import annotations

import collections
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

_LARGEST_SHARE = 4
"""One thing takes at most a quarter of the room, so that it does not drive out all others."""


class Kept:
    """What was made, by what it was made from; of what does not fit, that which was asked for longest ago goes."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._kept: collections.OrderedDict[Hashable, bytes] = collections.OrderedDict()
        self._reading, self._making = threading.Lock(), threading.Lock()
        self.bytes = 0

    def get(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """Return what is kept under a key, or make it: once, however many ask for it at the same time."""
        found = self._find(key)
        if found is not None:
            return found
        with self._making:
            found = self._find(key)
            return self._keep(key, make()) if found is None else found

    def _find(self, key: Hashable) -> bytes | None:
        with self._reading:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _keep(self, key: Hashable, made: bytes) -> bytes:
        if len(made) * _LARGEST_SHARE <= self._most_bytes:
            with self._reading:
                self._kept[key] = made
                self.bytes += len(made)
                while self.bytes > self._most_bytes:
                    self.bytes -= len(self._kept.popitem(last=False)[1])
        return made
