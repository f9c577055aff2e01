"""Around a command's work on a show: it leaves a mark while it runs, and clears up after one that was killed.

As long as every run ends by itself, nothing is walked through and nothing is said.
"""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING

from podcast import files, locks
from podcast.show import is_slug
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
    found += _of_earlier_versions(show)
    halves = [path for folder in files.unsettled(show.episodes) for path in files.halves(folder) if path.exists()]
    return [*found, *halves]


def swept(show: Show) -> list[Path]:
    """Remove the unfinished files and folders of a show that nobody is at work on; swaps are completed by `mend`."""
    found = [path for folder, below in _places(show) for path in files.sweep(folder, below=below)]
    earlier = _of_earlier_versions(show)
    for path in earlier:
        shutil.rmtree(path, ignore_errors=True)
    return found + [path for path in earlier if not path.exists()]


def _of_earlier_versions(show: Show) -> list[Path]:
    """Folders that only earlier versions filled, under names that two runs shared: what is in them nobody finishes."""
    drafts = (path for path in show.episodes.glob(".*.draft") if not files.is_unfinished(path))
    drafts_of_episodes = (path for path in drafts if is_slug(path.name[1 : -len(".draft")]))
    folders = (*sorted(drafts_of_episodes), show.cache / "publishing")
    return [path for path in folders if path.is_dir() and not path.is_symlink()]


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
