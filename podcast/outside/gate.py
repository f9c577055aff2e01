"""A gate before a service: when it asks one thread to wait, none of the others asks meanwhile."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Gate:
    """Open until somebody closes it for a while; of several times the longest counts."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._opens_at_s = 0.0
        self._lock = threading.Lock()

    def close(self, seconds: float) -> None:
        """Let nobody pass for so long."""
        with self._lock:
            self._opens_at_s = max(self._opens_at_s, self._clock() + seconds)

    def wait(self) -> None:
        """Return as soon as it is open: it may be closed again while somebody waits."""
        while (left_s := self._opens_at_s - self._clock()) > 0:
            self._sleep(left_s)
