"""Where the processors are that a command works with: of this machine."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from podcast.outside.executor import threads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podcast.outside.executor import Executor


@contextlib.contextmanager
def executing(jobs: int | None = None) -> Iterator[Executor]:
    """Have processors while the block lasts: as many as there are, unless told how many."""
    with threads(jobs) as executor:
        yield executor
