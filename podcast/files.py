"""Writing so that a reader, or a run after a crash, finds either the whole old file or the whole new one."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sys
import threading
from typing import TYPE_CHECKING, BinaryIO

from podcast.errors import BusyError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_CHUNK_BYTES = 1 << 20


def sha256_of(data: bytes) -> str:
    """Hexadecimal SHA-256 of bytes."""
    return hashlib.sha256(data).hexdigest()


def sha256_of_file(path: Path) -> str:
    """Hexadecimal SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def writing(path: Path, *, durable: bool = True) -> Iterator[BinaryIO]:
    """Open a temporary neighbour for writing; it takes the place of `path` once it is whole and on disk.

    What is not `durable` may be lost or torn by a power cut: only for files that are verified when they are read.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        with temporary.open("wb") as file:
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
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
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
