"""Around a command's work on a show: it leaves a mark while it runs, and clears up after one that was killed.

As long as every run ends by itself, nothing is walked through and nothing is said.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from podcast import files, locks
from podcast.types import Event

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from podcast.pipeline import Observe
    from podcast.show import Show


@contextlib.contextmanager
def running(show: Show, observe: Observe) -> Iterator[None]:
    """Mark that a run is at work while the block lasts; sweep first what another one left that was killed."""
    with locks.marked(_marks(show)):
        _clear_up(show, observe)
        try:
            yield
        except KeyboardInterrupt:
            swept(show)  # it may have come between the making of a file and the care for it
            raise


def leftovers(show: Show) -> list[Path]:
    """Unfinished files and folders of a show that nobody is at work on; halves of swaps among them."""
    found = [path for folder, below in _places(show) for path in files.leftovers(folder, below=below)]
    halves = [path for folder in files.unsettled(show.episodes) for path in files.halves(folder) if path.exists()]
    return [*found, *halves]


def swept(show: Show) -> list[Path]:
    """Remove the unfinished files and folders of a show that nobody is at work on; swaps are completed by `mend`."""
    return [path for folder, below in _places(show) for path in files.sweep(folder, below=below)]


def _marks(show: Show) -> Path:
    return show.cache / "running"


def _places(show: Show) -> list[tuple[Path, bool]]:
    """Where commands write: what else stands in a show's folder is a person's own, and may be large."""
    whole = (show.folder / "scripts", show.episodes, show.feed, show.voices, show.cache)
    return [(show.folder, False), *((folder, True) for folder in whole)]


def _clear_up(show: Show, observe: Observe) -> None:
    with locks.marks_of_the_dead(_marks(show)) as marks:
        if not marks:
            return
        for mark in marks:
            if mark.owner:
                observe(Event("note", f"{mark.owner} ended early. What it had finished is kept; this goes on from it."))
        swept(show)
