"""papers.db, opened for a stage; a dry run gets a copy, so that whatever it is told is forgotten."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from podcast.papers.history import open_history

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podcast.papers.history import History
    from podcast.show import Show


@contextlib.contextmanager
def recalled(show: Show, *, dry_run: bool = False) -> Iterator[History]:
    """Open what the show knows of papers; errors are those of `open_history`."""
    if not dry_run:
        with open_history(show.papers) as history:
            yield history
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / show.papers.name
        if show.papers.is_file():
            shutil.copyfile(show.papers, copy)
        with open_history(copy) as history:
            yield history
