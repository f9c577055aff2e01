"""A folder of this machine as a storage: each file is written beside its place, then takes it in one step."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from podcast.errors import InputError, OutsideError
from podcast.files import make_folder, sync_folder
from podcast.outside.storage import DEPTH, is_partial, partial_name

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHUNK_BYTES = 1 << 20

_AGAIN = "then run it again: it goes on where it stopped."
_ADVICE = {
    errno.ENOSPC: f"The disk there is full: free some space, {_AGAIN}",
    errno.EDQUOT: f"The disk quota there is used up: free some space, {_AGAIN}",
    errno.EACCES: "Permission denied: make the folder writable for you, or choose another target.",
    errno.EPERM: "Permission denied: make the folder writable for you, or choose another target.",
    errno.EROFS: "The file system there is read-only: make it writable, or choose another target.",
}


class FolderStorage:
    """Files below a folder, which comes to be with the first of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._has_begun = False
        if folder.exists() and not folder.is_dir():
            raise InputError(f"{folder}: a file, and no folder. Choose another target.")

    def sizes(self) -> dict[str, int]:
        """Bytes of every file, by its path below the folder."""
        with _saying(self._folder):
            return {path: size for path, size in self._found(self._folder, DEPTH) if not is_partial(path)}

    def chunks(self, path: str) -> Iterator[bytes]:
        """Yield the bytes of a file."""
        place = self._folder / path
        with _saying(place), place.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                yield chunk

    def put(self, path: str, file: Path, media_type: str, cache_control: str) -> None:  # noqa: ARG002 - a server's
        """Put a file there, on disk before it takes its place."""
        place = self._folder / path
        if self._has_begun and not self._folder.is_dir():
            raise OutsideError(f"{self._folder}: gone while it was written to. Bring it back, {_AGAIN}")
        with _saying(place):
            make_folder(place.parent)
            self._has_begun = True
            partial = place.with_name(partial_name(place.name))
            try:
                _copy(file, partial)
            except BaseException:
                partial.unlink(missing_ok=True)
                raise
            partial.replace(place)
            sync_folder(place.parent)

    def remove(self, path: str) -> None:
        """Remove a file, and the folders that are empty then."""
        place = self._folder / path
        with _saying(place):
            place.unlink(missing_ok=True)
        for parent in list(place.parents)[: path.count("/")]:
            with contextlib.suppress(OSError):  # something else is in it
                parent.rmdir()

    def finish(self, message: str) -> None:  # noqa: ARG002 - it is seen already
        """Remove what a killed run left unfinished."""
        with _saying(self._folder):
            for path, _ in list(self._found(self._folder, DEPTH)):
                if is_partial(path):
                    (self._folder / path).unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing is open."""

    def _found(self, folder: Path, depth: int) -> Iterator[tuple[str, int]]:
        """Walk no deeper than the tree goes: links to folders are followed, and may lead round."""
        if not folder.is_dir():
            return
        for entry in self._entries(folder):
            path = Path(entry.path)
            if entry.is_file():
                yield path.relative_to(self._folder).as_posix(), entry.stat().st_size
            elif depth > 1 and entry.is_dir():
                yield from self._found(path, depth - 1)

    def _entries(self, folder: Path) -> list[os.DirEntry[str]]:
        """Pass over others' folders that may not be read, as lost+found where a disk is mounted."""
        try:
            return list(os.scandir(folder))
        except PermissionError:
            if folder == self._folder:
                raise
            return []


def _copy(file: Path, partial: Path) -> None:
    with file.open("rb") as data, partial.open("xb") as copy:
        shutil.copyfileobj(data, copy, _CHUNK_BYTES)
        copy.flush()
        os.fsync(copy.fileno())


@contextlib.contextmanager
def _saying(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        _say(place, error)


def _say(place: Path, error: OSError) -> NoReturn:
    where = error.filename or place
    if isinstance(error, NotADirectoryError | FileExistsError):
        raise InputError(f"{where}: a file stands where a folder should be. Choose another target.") from error
    if isinstance(error, IsADirectoryError):
        raise InputError(f"{place}: a folder stands where a file should be. Choose another target.") from error
    if isinstance(error, FileNotFoundError):
        raise OutsideError(f"{where}: gone while it was needed. Run it again.") from error
    advice = _ADVICE.get(error.errno or 0, f"{error.strerror or error}. Put that right, {_AGAIN}")
    raise OutsideError(f"{where}: {advice}") from error
