"""Who is at work: locks of the operating system on open files, which it lets go when a process ends, however it ends.

So nobody has to guess by process numbers or clocks whether the other one lives. Windows has no such locks: there nobody
is kept out, nothing counts as left by a killed run, and what such a run left stays where it is. Some file systems, over
a network mostly, lock files and no folders: a folder that a killed run was filling stays there.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import json
import os
import platform
import secrets
import stat
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, BinaryIO

from podcast import private
from podcast.errors import BusyError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL, errno.EBADF}
"""How file systems say that they know no locks, or none on folders."""

_LONGEST_WORD = 200
_TRIES = 5
_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
"""A show that somebody else made must not lead elsewhere what is written here."""


# ── one lock ────────────────────────────────────────────────────────────────────────────────────────────


def take(descriptor: int, *, wait: bool = False) -> bool | None:
    """Lock an open file or folder until it is closed: False if somebody else has it, None where there are no locks."""
    if sys.platform == "win32":
        return None
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno in _NO_LOCKS:
            return None
        raise
    return True


def is_at(path: Path, descriptor: int) -> bool:
    """Whether an open file or folder is still what lies at a path, and no link that leads to it."""
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return os.path.samestat(found, os.fstat(descriptor))


@contextlib.contextmanager
def abandoned(path: Path) -> Iterator[int | None]:
    """Hold a file or folder that was locked while it was made and that nobody holds any more; else give None."""
    descriptor = _opened(path)
    if descriptor is None:
        yield None
        return
    try:
        yield descriptor if take(descriptor) and is_at(path, descriptor) else None
    finally:
        os.close(descriptor)


def _opened(path: Path) -> int | None:
    """Open what may be locked: a plain file for writing, as locks over a network want it, or a folder."""
    if sys.platform == "win32":
        return None
    try:
        mode = path.lstat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            return None
        return os.open(path, (os.O_RDWR if stat.S_ISREG(mode) else os.O_RDONLY) | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:  # gone meanwhile, or not ours
        return None


# ── who has it ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Owner:
    """A run, as it says itself; nothing is decided by that, it is for people to read."""

    command: str
    """Without its arguments, which may hold what is nobody's business."""
    process: int
    host: str
    since: str

    def __str__(self) -> str:
        """As it stands in a sentence."""
        return f"`{self.command}` (process {self.process} on {self.host}, since {self.since})"


def myself() -> Owner:
    """Describe this run."""
    word = next(iter(sys.argv[1:]), "")
    command = f"podcast {word}" if word.isascii() and word.isalpha() else "podcast"
    return Owner(command, os.getpid(), platform.node(), dt.datetime.now().astimezone().isoformat(" ", "seconds"))


def _sign(file: BinaryIO) -> None:
    """Write down who has it; a full disk, which the work itself will meet, keeps nobody from having it."""
    with contextlib.suppress(OSError):
        file.seek(0)
        file.truncate()
        file.write(json.dumps(asdict(myself())).encode())
        file.flush()


def _owner(file: BinaryIO) -> Owner | None:
    """Read who has it; None if it does not say."""
    try:
        file.seek(0)
        found = Owner(**json.loads(file.read(1 << 12)))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    words = (found.command, found.host, found.since)
    return found if all(isinstance(word, str) and len(word) <= _LONGEST_WORD for word in words) else None


# ── locks by name ───────────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def locked(path: Path, *, wait: bool = False) -> Iterator[None]:
    """Keep other runs out while the block lasts; the system lets go when this one ends, however it ends.

    If another run is in, wait for it or raise BusyError, which names it. The file stays: it says who is in.
    """
    with _taken(path, wait=wait) as file:
        _sign(file)
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                file.truncate(0)


def _taken(path: Path, *, wait: bool) -> BinaryIO:
    """Open and lock a file; anew if the cache was deleted while it was waited for."""
    while True:
        with contextlib.ExitStack() as closing:
            file = closing.enter_context(_standing(path))
            is_taken = take(file.fileno(), wait=wait)
            if is_taken is False:
                raise _busy(path, _owner(file))
            if is_taken is None or is_at(path, file.fileno()):
                closing.pop_all()
                return file


def _standing(path: Path) -> BinaryIO:
    """Open a file, which is made where it is not, without touching what another run wrote into it."""
    for _ in range(_TRIES):
        private.make_folder(path.parent)
        with contextlib.suppress(FileNotFoundError):  # its folder went meanwhile, with the last that was in it
            return os.fdopen(os.open(path, _FLAGS, private.file_mode(path)), "r+b", buffering=0)
    return os.fdopen(os.open(path, _FLAGS, private.file_mode(path)), "r+b", buffering=0)


def _busy(path: Path, owner: Owner | None) -> BusyError:
    on = f" on {path.name}" if path.name[:1] != "." and path.suffix != ".lock" else " on the same"
    who = f"Another run, {owner}," if owner else "Another run"
    return BusyError(f"{who} is at work{on}: wait for it, then run this again.")


# ── marks ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Mark:
    """What a run left that ended without taking its mark with it."""

    path: Path
    owner: Owner | None


@contextlib.contextmanager
def marked(folder: Path) -> Iterator[None]:
    """Leave a mark in a folder while the block lasts: if the process is killed, it stays, and nobody holds it.

    Where none can be made, the block goes on without: what it writes there will say why.
    """
    mark = _new_mark(folder)
    try:
        yield
    finally:
        if mark is not None:
            path, file = mark
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            file.close()
        with contextlib.suppress(OSError):  # others are at work, or have been
            folder.rmdir()
            folder.parent.rmdir()


def _new_mark(folder: Path) -> tuple[Path, BinaryIO] | None:
    """Make one that is held; whoever looks for marks of the dead may take it for one before it is."""
    for _ in range(_TRIES):
        path = folder / secrets.token_hex(8)
        try:
            file = _standing(path)
        except OSError:
            return None
        is_taken = take(file.fileno())
        if is_taken and is_at(path, file.fileno()):
            _sign(file)
            return path, file
        file.close()  # Windows removes no open file
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        if is_taken is None:
            return None
    return None


@contextlib.contextmanager
def marks_of_the_dead(folder: Path) -> Iterator[tuple[Mark, ...]]:
    """Hold the marks of runs that were killed; they go when the block ends without an error."""
    with contextlib.ExitStack() as stack:
        found = []
        for path in sorted(folder.glob("[0-9a-f]*")):
            descriptor = stack.enter_context(abandoned(path))
            if descriptor is not None:
                with os.fdopen(os.dup(descriptor), "rb") as file:
                    found.append(Mark(path, _owner(file)))
        yield tuple(found)
        with contextlib.suppress(OSError):  # a show that is read-only by now
            for mark in found:
                mark.path.unlink(missing_ok=True)
