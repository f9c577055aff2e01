"""Where a show is published, as those who publish see it: files by their path in the tree, each whole or not there."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Protocol

from podcast.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Storage(Protocol):
    """A place of files. Every method may raise OutsideError, which says where and what to do."""

    def sizes(self) -> dict[str, int]:
        """Bytes of every file that is there, by its path in the tree."""
        ...

    def chunks(self, path: str) -> Iterator[bytes]:
        """Yield the bytes of a file."""
        ...

    def put(self, path: str, file: Path, media_type: str, cache_control: str) -> None:
        """Put a file there, whole or not at all; media type and cache header are kept where the place can."""
        ...

    def remove(self, path: str) -> None:
        """Remove a file; it is no error if it is not there."""
        ...

    def finish(self, message: str) -> None:
        """Make it seen by everybody, where that is a step of its own."""
        ...


class Connection(Storage, Protocol):
    """A storage that is reached over something that can break."""

    def close(self) -> None:
        """Hang up, whatever state it is in."""
        ...


class PassingError(OutsideError):
    """Something failed that may go well over a new connection."""


DEPTH = 3
"""How many names a path of the tree has at most: episodes/2024-06-15/notes.html."""

_PARTIAL = ".podcast.partial"


def partial_name(name: str) -> str:
    """Name a neighbour in which a file comes to be: one that no other run has, for each moves its own into place."""
    return f".{name}.{secrets.token_hex(4)}{_PARTIAL}"


def is_partial(path: str) -> bool:
    """Whether a path is one of such a neighbour."""
    name = path.rpartition("/")[2]
    return name.startswith(".") and name.endswith(_PARTIAL)
