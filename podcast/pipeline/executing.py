"""Where the processors are that a command works with: of this machine, or of a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podcast.outside.executor import threads

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from podcast.outside.executor import Executor


def executing(jobs: int | None = None, cluster: str | None = None) -> AbstractContextManager[Executor]:
    """Have processors while the block lasts: all there are, unless told how much is done at once."""
    if cluster is None:
        return threads(jobs)
    from podcast.outside.cluster import cluster as on_cluster

    return on_cluster(cluster, jobs)
