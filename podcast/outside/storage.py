"""Where a show is published, as those who publish see it: files by their path in the tree, each whole or not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

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
