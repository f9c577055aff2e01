"""One SQLite file that must never be lost: opened, brought up to date in whole steps, its troubles in words.

It keeps SQLite's own rollback journal: a run that is killed, or a power cut, leaves all of a transaction or nothing.
Two runs wait for each other. What cannot be read is refused and left as it is, never deleted or begun anew.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podcast.errors import BusyError, InputError, OutsideError, PodcastError, from_os_error
from podcast.files import sha256_of_file, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

WAIT_S = 20.0
"""How long a run waits for another one to finish writing."""

_HEADER_BYTES = 100
_PRIMARY_CODE = 0xFF
_DIGEST_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Schema:
    """What a file holds: the statements that lead from each format to the next, the first from nothing."""

    application_id: int
    """The mark by which SQLite files of one program are known (https://sqlite.org/pragma.html#pragma_application_id)."""

    migrations: tuple[tuple[str, ...], ...]


class Database:
    """An open file: `rows` reads, `run` writes inside `writing`."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        """Return all rows that a statement gives, a tuple each."""
        with _worded(self._path):
            return self._connection.execute(statement, values).fetchall()

    def run(self, statement: str, values: Sequence[object] = ()) -> None:
        """Carry out a statement that gives nothing."""
        with _worded(self._path):
            self._connection.execute(statement, values)

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Make all that is written in the block one transaction; BusyError if another run writes for too long."""
        self.run("BEGIN IMMEDIATE")
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # a full disk ends it by itself
                self.run("ROLLBACK")
            raise

    def damaged(self, why: object) -> InputError:
        """Say that this file cannot be trusted."""
        return _damaged(self._path, why)


@contextlib.contextmanager
def open_database(path: Path, schema: Schema, wait_s: float = WAIT_S) -> Iterator[Database]:
    """Open a file, or begin it, in this program's newest format.

    Raises InputError for what is no such file, is damaged, or was written by a newer version of this program;
    OutsideError, BusyError among it, for what the machine refuses.
    """
    path = path.absolute()
    _refuse_scraps(path)
    with _worded(path):
        connection = sqlite3.connect(path, timeout=wait_s, isolation_level=None)
    with contextlib.closing(connection):
        database = Database(connection, path)
        database.run("PRAGMA synchronous = EXTRA")  # the end of a transaction, too, survives a power cut
        _version(database, schema, path)
        _refuse_damage(database)
        while _version(database, schema, path) < len(schema.migrations):
            _migrate(database, schema, path)
        database.run("PRAGMA foreign_keys = ON")
        yield database


def _refuse_scraps(path: Path) -> None:
    """Refuse what is too short to be a database; SQLite would write over a file of one byte."""
    with contextlib.suppress(OSError):  # what cannot even be looked at, SQLite refuses
        if path.is_file() and 0 < path.stat().st_size < _HEADER_BYTES:
            raise _damaged(path, "it is too short")


def _version(database: Database, schema: Schema, path: Path) -> int:
    ((version,),) = database.rows("PRAGMA user_version")
    ((tables,),) = database.rows("SELECT COUNT(*) FROM sqlite_master")
    ((application_id,),) = database.rows("PRAGMA application_id")  # last: another run may begin the file meanwhile
    if application_id != schema.application_id and (application_id or version or tables):
        raise InputError(f"{path}: this is a database of another program. Move it away, or choose another --show.")
    if version > len(schema.migrations):
        raise InputError(
            f"{path}: this was written by a newer version of podcast (format {version}; this one knows "
            f"{len(schema.migrations)}). Update podcast, then run this again."
        )
    return int(version)


def _migrate(database: Database, schema: Schema, path: Path) -> None:
    """Go one format further, unless another run just did."""
    with database.writing():
        version = _version(database, schema, path)
        if version == len(schema.migrations):
            return
        if version:
            _keep_copy(path, version)
        for statement in schema.migrations[version]:
            database.run(statement)
        database.run(f"PRAGMA application_id = {schema.application_id}")
        database.run(f"PRAGMA user_version = {version + 1}")


def _refuse_damage(database: Database) -> None:
    ((answer,),) = database.rows("PRAGMA quick_check(1)")
    if answer != "ok":
        raise database.damaged(answer)


def damage(path: Path, schema: Schema, wait_s: float = WAIT_S) -> str | None:
    """Say what is wrong with a file, which is only read; None if nothing is, or if nobody can tell now.

    After a run that was killed in the middle of a change only who may write can look: whoever opens it next does.
    """
    if not path.is_file():
        return None
    try:
        _refuse_scraps(path)
        with contextlib.closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", timeout=wait_s, uri=True)
        ) as file:
            database = Database(file, path)
            _version(database, schema, path)
            ((answer, *_), *_) = database.rows("PRAGMA integrity_check(1)")
            return None if answer == "ok" else str(database.damaged(answer))
    except InputError as error:
        return str(error)
    except OutsideError:
        return None


def _keep_copy(path: Path, version: int) -> None:
    """Copy the file beside itself; a further copy of the same content takes the place of the first.

    SQLite copies: opening and closing the file here would give up the locks that this process holds on it.
    """
    draft = path.with_name(f".{path.name}.copy")
    draft.unlink(missing_ok=True)
    with (
        _worded(path),
        contextlib.closing(sqlite3.connect(path)) as source,
        contextlib.closing(sqlite3.connect(draft)) as copy,
    ):
        source.backup(copy)
    draft.replace(path.with_name(f"{path.name}.v{version}-{sha256_of_file(draft)[:_DIGEST_DIGITS]}"))
    sync_folder(path.parent)


# ── what goes wrong ─────────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def _worded(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _in_words(error, path) from error
    except UnicodeDecodeError as error:  # of what is wrong with its tables, which quotes them
        raise _damaged(path, "its tables have no readable names") from error


def _in_words(error: sqlite3.DatabaseError, path: Path) -> PodcastError:
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return BusyError(f"Another run is at work on {path.name}: wait for it, then run this again.")
    if code == sqlite3.SQLITE_IOERR:
        return OutsideError(f"{path}: the disk failed ({error}). Check the disk; what was there before is kept.")
    number = _refusal(code, path)
    if number:
        return from_os_error(OSError(number, os.strerror(number), str(path)))
    return _damaged(path, error)


def _refusal(code: int, path: Path) -> int | None:
    """Which error of the operating system it was."""
    if code == sqlite3.SQLITE_FULL:
        return errno.ENOSPC
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN} and _is_read_only(path.parent):
        return errno.EROFS
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}:
        return errno.EACCES
    if code != sqlite3.SQLITE_CANTOPEN:
        return None
    if path.is_dir():
        return errno.EISDIR
    return errno.EACCES if path.parent.is_dir() else errno.ENOENT


def _is_read_only(folder: Path) -> bool:
    """Whether nobody can write there, of whatever rights."""
    return sys.platform != "win32" and folder.is_dir() and bool(os.statvfs(folder).f_flag & os.ST_RDONLY)


def _damaged(path: Path, why: object) -> InputError:
    return InputError(
        f"{path}: this is no database, or a damaged one ({why}). It is left as it is: put a backup in its place, "
        "or move it away to begin a new one."
    )
