"""Where the processors are that a command works with: of this machine, or of a cluster."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from podcast.outside.executor import threads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podcast.outside.executor import Executor


@contextlib.contextmanager
def executing(jobs: int | None = None, cluster: str | None = None) -> Iterator[Executor]:
    """Have processors while the block lasts: as many as there are, unless told how many."""
    with _executor(jobs, cluster) as executor:
        yield executor


def _executor(jobs: int | None, address: str | None) -> contextlib.AbstractContextManager[Executor]:
    if address is None:
        return threads(jobs)
    from podcast.outside.cluster import cluster

    return cluster(address, jobs)
