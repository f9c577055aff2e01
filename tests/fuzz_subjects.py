"""What the fuzzing of readers is told of one: valid documents, and what reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Subject:
    """A reader at work."""

    seeds: Sequence[bytes]
    read: Callable[[bytes], object]
    """May raise PodcastError and nothing else."""

    is_binary: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader by its name; `begin` sets it up in a folder of its own."""

    name: str
    begin: Callable[[Path], AbstractContextManager[Subject]]
    weight: int = 10
    """What share of all inputs it gets: cheap ones can have many."""

    batch: int = 250
    """Inputs for one process."""
