"""Writing so that a reader, or a run after a crash, finds either the whole old file or the whole new one."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
import sys
import threading
from typing import TYPE_CHECKING, BinaryIO

from podcast.errors import BusyError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_CHUNK_BYTES = 1 << 20

PRIVATE_FOLDER = ".podcast"
"""A show's folder of kept work and logs; whatever lies in it is its owner's alone."""

_OWNER_ONLY, _OWNER_ONLY_FOLDER = 0o600, 0o700
_OTHERS = 0o077


def sha256_of(data: bytes) -> str:
    """Hexadecimal SHA-256 of bytes."""
    return hashlib.sha256(data).hexdigest()


def sha256_of_file(path: Path) -> str:
    """Hexadecimal SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_private(path: Path) -> bool:
    """Whether a file or folder is nobody's business but its owner's: one that lies in a show's private folder."""
    return PRIVATE_FOLDER in path.parts


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, unless they are there; private ones for their owner alone."""
    if not folder.is_dir():
        if folder.parent != folder:
            make_folder(folder.parent)
        folder.mkdir(_OWNER_ONLY_FOLDER if is_private(folder) else 0o777, exist_ok=True)


def open_new(path: Path, flags: int = os.O_TRUNC) -> BinaryIO:
    """Open a file for writing, a new one with the rights of its kind: private, or as the user's umask has it."""
    mode = _OWNER_ONLY if is_private(path) else 0o666
    extra = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | flags | extra, mode), "wb")


def close_to_others(folder: Path) -> bool:
    """Take the rights of others from a private folder, and from what earlier versions wrote in it; whether that can be.

    Done once: a folder that is closed already is not walked through. Its own rights go last, so that a run that was
    killed meanwhile is made up for. Second names of published files stay as these are.
    """
    if os.name != "posix" or not folder.is_dir() or not folder.stat().st_mode & _OTHERS:
        return True
    try:
        for place, folders, names in os.walk(folder):
            for name in (*folders, *names):
                with contextlib.suppress(FileNotFoundError):  # another run is at work
                    _close(os.path.join(place, name))  # noqa: PTH118 - as os.walk gives them
        folder.chmod(_OWNER_ONLY_FOLDER)
    except OSError:  # not ours, or a file system that is read-only
        return False
    return True


def _close(path: str) -> None:
    found = os.lstat(path)
    is_link = stat.S_ISLNK(found.st_mode) or (stat.S_ISREG(found.st_mode) and found.st_nlink > 1)
    if found.st_mode & _OTHERS and not is_link:
        os.chmod(path, stat.S_IMODE(found.st_mode) & ~_OTHERS)  # noqa: PTH101 - as os.walk gives them


@contextlib.contextmanager
def writing(path: Path, *, durable: bool = True) -> Iterator[BinaryIO]:
    """Open a temporary neighbour for writing; it takes the place of `path` once it is whole and on disk.

    What is not `durable` may be lost or torn by a power cut: only for files that are verified when they are read.
    """
    make_folder(path.parent)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        with open_new(temporary) as file:
            yield file
            if durable:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(path.parent)


def write_bytes(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write a whole file, or leave what was there."""
    with writing(path, durable=durable) as file:
        file.write(data)


def write_text(path: Path, text: str) -> None:
    """Write a whole UTF-8 file, line ends as given, or leave what was there."""
    write_bytes(path, text.encode("utf-8"))


def link_or_copy(source: Path, target: Path) -> None:
    """Give a file a second name beside the first; where the disk knows no such thing, a copy."""
    try:
        target.hardlink_to(source)
    except OSError:
        with source.open("rb") as data, writing(target) as copy:
            shutil.copyfileobj(data, copy, _CHUNK_BYTES)


def append_file(target: BinaryIO, source: Path) -> None:
    """Copy a file's bytes to the end of an open one."""
    with source.open("rb") as file:
        shutil.copyfileobj(file, target, _CHUNK_BYTES)


def sync_folder(folder: Path) -> None:
    """Make renames in this folder survive a power cut (POSIX; elsewhere there is nothing to do)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def locked(path: Path, *, wait: bool = False) -> Iterator[None]:
    """Keep other runs out while the block lasts; the system lets go when this one ends, however it ends.

    If another run is in, wait for it or raise BusyError. On Windows, which has no such locks, nobody is kept out.
    """
    make_folder(path.parent)
    with open_new(path) as file:
        if sys.platform != "win32":
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError as error:
                raise BusyError(f"Another run is at work on {path.name}: wait for it, then run this again.") from error
        yield


# A folder of several files is swapped in two renames. Between them the folder does not exist for a moment;
# `settle` completes a swap that a kill interrupted, so whoever renders calls it first.


def _fresh(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.new")


def _stale(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.old")


@contextlib.contextmanager
def replacing_folder(folder: Path, swapping: contextlib.AbstractContextManager[None] | None = None) -> Iterator[Path]:
    """Fill a temporary folder; it takes the place of `folder` only when the block ends without an error.

    The swap itself happens inside `swapping`: a lock that keeps out whoever would miss the folder meanwhile.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = folder.with_name(f".{folder.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    try:
        yield draft
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    sync_folder(draft)
    shutil.rmtree(_fresh(folder), ignore_errors=True)
    draft.rename(_fresh(folder))
    with swapping or contextlib.nullcontext():
        settle(folder)


def unsettled(parent: Path) -> list[Path]:
    """Folders in here whose swap was begun and not completed, by a killed run or by one that is at it."""
    halves = (*parent.glob(".*.new"), *parent.glob(".*.old"))
    return sorted({half.with_name(half.name[1:-4]) for half in halves})


def settle(folder: Path) -> None:
    """Complete a folder swap, whether it has just begun or was interrupted."""
    if _fresh(folder).exists():
        if folder.exists():
            shutil.rmtree(_stale(folder), ignore_errors=True)
            folder.rename(_stale(folder))
        _fresh(folder).rename(folder)
        sync_folder(folder.parent)
    elif _stale(folder).exists() and not folder.exists():
        _stale(folder).rename(folder)
    shutil.rmtree(_stale(folder), ignore_errors=True)
