"""Addresses by which clients came: no more new ones than there is time to make all pages of a show for."""

from __future__ import annotations

import collections
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_ADDRESSES = 8
"""At once. A server at home is called by its number, its name and `localhost`; one behind a proxy by one name."""

_ANOTHER_S = 30.0
"""After which one more is taken, in place of the one that nobody used for longest."""


class Heard:
    """Which of the addresses that clients give is worth making pages for.

    Whoever invents names would have all pages made again for each; beyond the first few, nobody's word counts until
    some time has passed, and the address that the server really has is used instead.
    """

    def __init__(self, is_address: Callable[[str], bool], clock: Callable[[], float] = time.monotonic) -> None:
        self._is_address, self._clock = is_address, clock
        self._known: collections.OrderedDict[str, None] = collections.OrderedDict()
        self._next_s = 0.0
        self._lock = threading.Lock()

    def __call__(self, address: str) -> bool:
        """Whether it is an address, and known or taken from now on."""
        if not self._is_address(address):
            return False
        with self._lock:
            if address not in self._known and not self._makes_room():
                return False
            self._known[address] = None
            self._known.move_to_end(address)
            return True

    def _makes_room(self) -> bool:
        now_s, is_full = self._clock(), len(self._known) >= MOST_ADDRESSES
        if is_full and now_s < self._next_s:
            return False
        if is_full:
            self._known.popitem(last=False)
        self._next_s = now_s + _ANOTHER_S
        return True
