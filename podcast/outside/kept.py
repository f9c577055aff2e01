"""What is dear to make, kept while it is used: bounded in all, however many different things a client asks for."""

from __future__ import annotations

import collections
import threading
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

T = TypeVar("T")

_LARGEST_SHARE = 4
"""One thing takes at most a quarter of the room, so that it does not drive out all others."""


class Kept(Generic[T]):
    """What was made, by what it was made from; of what does not fit, that which was asked for longest ago goes."""

    def __init__(self, most: int, size_of: Callable[[T], int]) -> None:
        self._most, self._size_of = most, size_of
        self._kept: collections.OrderedDict[Hashable, T] = collections.OrderedDict()
        self._reading, self._making = threading.Lock(), threading.Lock()
        self.size = 0

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what is kept under a key, or make it: once, however many ask for it at the same time.

        Nobody waits for what is made for others if he asks for what is there.
        """
        found = self._find(key)
        if found is not None:
            return found
        with self._making:
            found = self._find(key)
            return self._keep(key, make()) if found is None else found

    def _find(self, key: Hashable) -> T | None:
        with self._reading:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _keep(self, key: Hashable, made: T) -> T:
        size = self._size_of(made)
        if size * _LARGEST_SHARE <= self._most:
            with self._reading:
                self._kept[key] = made
                self.size += size
                while self.size > self._most:
                    self.size -= self._size_of(self._kept.popitem(last=False)[1])
        return made
