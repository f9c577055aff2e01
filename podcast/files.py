"""Writing so that a reader, or a run after a crash, finds either the whole old file or the whole new one."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import itertools
import os
import re
import secrets
import shutil
import stat
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from podcast import locks, private
from podcast.errors import is_of_the_machine
from podcast.exchange import exchange

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

locked = locks.locked

_CHUNK_BYTES = 1 << 20
_NOT_OF_FOLDERS = {errno.EINVAL, errno.EBADF, errno.EOPNOTSUPP}
"""How file systems, over a network mostly, say that they sync files and no folders."""

_OF_THE_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


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
    make_folder(path.parent, durable=durable)
    _remove_dead(path, "tmp")
    temporary, held = _begun(path)
    with held, _naming(path, temporary):
        try:
            with os.fdopen(os.dup(held.fileno()), "wb") as file:  # of which closing says if the disk refuses something
                yield file
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
            if os.name != "posix":
                held.close()  # Windows moves no open file
            temporary.replace(path)
        except BaseException:
            held.close()  # Windows removes no open file
            temporary.unlink(missing_ok=True)
            raise
    if durable:
        _sync_names(path.parent)


def _begun(path: Path) -> tuple[Path, BinaryIO]:
    """Make a temporary neighbour that is held; anew if somebody took it for a dead one's before it was."""
    while True:
        temporary = _neighbour(path, "tmp")
        with _naming(path, temporary):
            held = _opened_new(temporary)
        if _is_ours(temporary, held.fileno()):
            return temporary, held
        held.close()
        temporary.unlink(missing_ok=True)


def _is_ours(path: Path, descriptor: int) -> bool:
    """Hold what was just made, once nobody looks any more whether it is a dead one's; False if he took it for one."""
    return locks.take(descriptor, wait=True) is None or locks.is_at(path, descriptor)


@contextlib.contextmanager
def _naming(path: Path, temporary: Path) -> Iterator[None]:
    """Have what the disk refuses name the file that was to be written: nobody knows the temporary one."""
    try:
        yield
    except OSError as error:
        named = str(error.filename or "")
        if named.startswith(str(temporary)):
            error.filename = f"{path}{named.removeprefix(str(temporary))}"
        elif error.filename is None and error.errno in _OF_THE_DISK:
            error.filename = str(path)
        raise


def _opened_new(path: Path) -> BinaryIO:
    """Open a file that must not be there yet."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, private.file_mode(path)), "wb")


def make_folder(folder: Path, *, durable: bool = True) -> None:
    """Make a folder with those above it; if durable, they survive a power cut with what is written into them."""
    missing = list(itertools.takewhile(lambda each: not each.exists(), (folder, *folder.parents)))
    private.make_folder(folder)
    for each in missing if durable else ():
        sync_folder(each.parent)


def write_bytes(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write a whole file, or leave what was there."""
    with writing(path, durable=durable) as file:
        file.write(data)


def write_text(path: Path, text: str) -> None:
    """Write a whole UTF-8 file, line ends as given, or leave what was there."""
    write_bytes(path, text.encode("utf-8"))


def readable(path: Path) -> bytes:
    """Return what is in a file; nothing if it cannot be read, be it a folder, a link to itself or a bad spot of a disk.

    OSError where it is not the file's fault: it may be one that was paid for.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        if is_of_the_machine(error):
            raise
        return b""


def named(folder: Path, start: str, end: str) -> list[Path]:
    """List what lies in a folder by how its names begin and end: a cache is asked so often that patterns cost too much.

    Empty where there is no such folder, or none that may be looked into.
    """
    try:
        names = os.listdir(folder)  # noqa: PTH208 - paths of all that lies there would take ten times as long
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return []
    return [folder / name for name in names if name.startswith(start) and name.endswith(end)]


def discard(path: Path) -> None:
    """Remove what lies there, whatever it is."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def link_or_copy(source: Path, target: Path) -> None:
    """Give a file a second name beside the first; where the disk knows no such thing, a copy."""
    try:
        target.hardlink_to(source)
    except OSError:
        with source.open("rb") as data, writing(target) as copy:
            shutil.copyfileobj(data, copy, _CHUNK_BYTES)


def link_into(paths: Iterable[Path], folder: Path) -> None:
    """Give files, and all in folders, a second name in a folder, on disk for certain; links stay links."""
    for path in paths:
        target = folder / path.name
        if path.is_symlink():
            target.symlink_to(path.readlink())
        elif path.is_dir():
            target.mkdir()
            link_into(sorted(path.iterdir()), target)
        elif path.is_file():
            link_or_copy(path, target)
    _sync_names(folder)


def append_file(target: BinaryIO, source: Path) -> None:
    """Copy a file's bytes to the end of an open one."""
    with source.open("rb") as file:
        shutil.copyfileobj(file, target, _CHUNK_BYTES)


def sync_folder(folder: Path) -> None:
    """Make renames in this folder survive a power cut (POSIX; elsewhere there is nothing to do)."""
    if os.name != "posix":
        return
    with contextlib.suppress(PermissionError):  # a folder that may be written to and not looked into
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in _NOT_OF_FOLDERS:
                raise
        finally:
            os.close(descriptor)


def _sync_names(folder: Path) -> None:
    """Make the names in a folder survive, at once; those in a draft do before it takes its place, all together."""
    if not _is_kind(folder.name, "draft"):
        sync_folder(folder)


# ── what is not finished ────────────────────────────────────────────────────────────────────────────────

# It is named after what it becomes, and locked by whoever makes it; so what nobody holds is of a run that was killed.

_UNFINISHED = re.compile(r"\..+\.(?:[0-9a-f]{16}\.(?P<kind>tmp|draft)|\d+-\d+\.(?P<earlier>tmp))", re.DOTALL | re.ASCII)
"""Earlier versions put the numbers of a process and a thread into it, and locked nothing."""


def _neighbour(path: Path, kind: str) -> Path:
    """Name what becomes a file or folder; nobody else has that name."""
    return path.with_name(f".{path.name}.{secrets.token_hex(8)}.{kind}")


def leftovers(folder: Path, *, below: bool = True) -> list[Path]:
    """Files and folders in a folder, and below it, that nobody will finish: those who made them were killed.

    Links are not followed. Halves of swaps are not among them: `unsettled` knows them, and they are completed.
    """
    found = []
    for path in _unfinished(folder, below=below):
        with locks.abandoned(path) as held:
            if held is not None:
                found.append(path)
    return found


def sweep(folder: Path, *, below: bool = True) -> list[Path]:
    """Remove the leftovers in a folder, and below it; say which they were. What cannot be removed stays."""
    return [path for path in _unfinished(folder, below=below) if _is_removed(path)]


def _unfinished(folder: Path, *, below: bool) -> Iterator[Path]:
    """Yield all that has such a name, in one order; nothing that is inside of another."""
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in [name for name in folders if _is_kind(name, "draft")]:
            folders.remove(name)
            yield Path(parent, name)
        yield from (Path(parent, name) for name in sorted(names) if _is_kind(name, "tmp"))
        if not below:
            return


def _is_kind(name: str, kind: str) -> bool:
    found = _UNFINISHED.fullmatch(name)
    return found is not None and kind in (found["kind"], found["earlier"])


def is_unfinished(path: Path) -> bool:
    """Whether something is named as what becomes something else."""
    return _UNFINISHED.fullmatch(path.name) is not None


def _is_removed(path: Path) -> bool:
    """Remove something that nobody holds, while holding it."""
    with locks.abandoned(path) as held:
        if held is None:
            return False
        try:
            if stat.S_ISDIR(os.fstat(held).st_mode):
                shutil.rmtree(path)
            else:
                path.unlink()
        except OSError:
            return False
        return True


def _remove_dead(path: Path, kind: str) -> None:
    """Remove what killed runs left beside a file or folder when they were about to write it."""
    start = f".{path.name}."
    with contextlib.suppress(PermissionError):  # a folder that may be written to and not looked into
        with os.scandir(path.parent) as entries:
            dead = [entry.name for entry in entries if entry.name.startswith(start) and _is_kind(entry.name, kind)]
        for name in dead:
            _is_removed(path.with_name(name))


# ── folders ─────────────────────────────────────────────────────────────────────────────────────────────

# A folder of several files changes places with the new one in one step. Where the file system cannot do that, it is
# swapped in two renames: between them the folder does not exist for a moment, and `settle` completes what a kill
# interrupted, so whoever renders calls it first.


def _fresh(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.new")


def _stale(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.old")


@contextlib.contextmanager
def drafting(folder: Path) -> Iterator[Path]:
    """Make a temporary neighbour of a folder, which is gone when the block ends, unless it was moved."""
    make_folder(folder.parent)
    _remove_dead(folder, "draft")
    with contextlib.ExitStack() as held:
        draft = _begun_folder(folder, held)
        try:
            with _naming(folder, draft):
                yield draft
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def _begun_folder(folder: Path, held: contextlib.ExitStack) -> Path:
    """Make a temporary neighbour that is held; anew if somebody took it for a dead one's before it was."""
    while True:
        draft = _neighbour(folder, "draft")
        with _naming(folder, draft):
            draft.mkdir()
        if os.name != "posix":
            return draft
        with contextlib.suppress(FileNotFoundError):
            descriptor = os.open(draft, os.O_RDONLY)
            held.callback(os.close, descriptor)
            if _is_ours(draft, descriptor):
                return draft


@contextlib.contextmanager
def replacing_folder(folder: Path, swapping: contextlib.AbstractContextManager[None] | None = None) -> Iterator[Path]:
    """Fill a temporary folder; it takes the place of `folder` only when the block ends without an error.

    The swap itself happens inside `swapping`: a lock that keeps out whoever would miss the folder meanwhile.
    """
    with drafting(folder) as draft:
        yield draft
        sync_folder(draft)
        with swapping or contextlib.nullcontext():
            _swap(draft, folder)


def _swap(draft: Path, folder: Path) -> None:
    """Put a draft into a folder's place; what was there is then where the draft was, or gone."""
    shutil.rmtree(_fresh(folder), ignore_errors=True)
    try:
        if folder.is_dir() and not folder.is_symlink() and exchange(draft, folder):
            sync_folder(folder.parent)
        else:
            draft.rename(_fresh(folder))
        settle(folder)
    except KeyboardInterrupt:
        settle(folder)  # a swap that has begun is no work that could be put off
        raise


def unsettled(parent: Path) -> list[Path]:
    """Folders in here whose swap was begun and not completed, by a killed run or by one that is at it."""
    halves = (*parent.glob(".*.new"), *parent.glob(".*.old"))
    return sorted({half.with_name(half.name[1:-4]) for half in halves if half.is_dir() and not half.is_symlink()})


def halves(folder: Path) -> tuple[Path, Path]:
    """Where the new and the old one of a folder lie while they are swapped."""
    return _fresh(folder), _stale(folder)


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
