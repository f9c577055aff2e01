"""Manners towards a server that asks for them: at most one request in so many seconds, from all runs of this user."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from podcast import files
from podcast.errors import OutsideError, is_of_the_machine

if TYPE_CHECKING:
    from collections.abc import Callable

ARXIV_S = 3.0
"""One request in three seconds, on one connection (https://info.arxiv.org/help/api/tou.html)."""


def shared_folder() -> Path:
    """Find where all runs of this user meet, whatever show they are of (XDG Base Directory)."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "paper-podcast" / "pace"


class Pace:
    """One server's: whoever asks it waits for its turn."""

    def __init__(
        self,
        server: str,
        interval_s: float = ARXIV_S,
        folder: Path | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        site = re.sub(r"^(?:export|www)\.", "", server.lower())  # arXiv counts what is asked of all its names
        self._path = (folder or shared_folder()) / files.sha256_of(site.encode())[:16]
        self._interval_s = interval_s
        self._clock = clock
        self._sleep = sleep

    def wait(self) -> None:
        """Return when it is this run's turn, which is then taken. OutsideError if that can be written down nowhere."""
        try:
            self._take_turn()
        except OSError as error:
            if is_of_the_machine(error):
                raise
            raise OutsideError(
                f"{self._path.parent}: {error.strerror}. Whose turn it is to ask a server is written down there: make "
                "it yours, or set XDG_CACHE_HOME to a folder of yours."
            ) from error

    def _take_turn(self) -> None:
        with files.locked(self._path.with_suffix(".lock"), wait=True):
            left_s = self._next_s() - self._clock()
            if 0 < left_s <= self._interval_s:  # more is a clock that was set back
                self._sleep(left_s)
            files.write_bytes(self._path, repr(self._clock() + self._interval_s).encode(), durable=False)

    def _next_s(self) -> float:
        try:
            return float(self._path.read_bytes())
        except (OSError, ValueError):
            return 0.0
