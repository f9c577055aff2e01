"""A storage that goes on over a new connection where the one before failed in a way that may pass."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NoReturn, TypeVar

from podcast.outside.storage import PassingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from podcast.outside.storage import Connection

T = TypeVar("T")

WAITS_S = (1, 4, 15)
"""Between four attempts at each file."""


class PatientStorage:
    """What is asked of it is tried anew after each wait; what the last attempt says is said."""

    def __init__(
        self,
        connect: Callable[[], Connection],
        sleep: Callable[[float], None] = time.sleep,
        waits_s: Sequence[float] | None = None,
    ) -> None:
        self._connect = connect
        self._sleep = sleep
        self._waits_s = WAITS_S if waits_s is None else waits_s
        self._connection: Connection | None = None

    def sizes(self) -> dict[str, int]:
        """Bytes of every file that is there, by its path in the tree."""
        return self._patiently(lambda there: there.sizes())

    def chunks(self, path: str) -> Iterator[bytes]:
        """Yield the bytes of a file; after a failure from where it was."""
        given = 0
        for wait_s in (*self._waits_s, None):
            try:
                for chunk in _behind(given, self._connected().chunks(path)):
                    given += len(chunk)
                    yield chunk
            except PassingError as error:
                self._wait(wait_s, error)
            else:
                return

    def put(self, path: str, file: Path, media_type: str, cache_control: str) -> None:
        """Put a file there, whole or not at all."""
        self._patiently(lambda there: there.put(path, file, media_type, cache_control))

    def remove(self, path: str) -> None:
        """Remove a file; it is no error if it is not there."""
        self._patiently(lambda there: there.remove(path))

    def finish(self, message: str) -> None:
        """Make it seen by everybody, where that is a step of its own."""
        self._patiently(lambda there: there.finish(message))

    def close(self) -> None:
        """Hang up."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def _patiently(self, ask: Callable[[Connection], T]) -> T:
        for wait_s in self._waits_s:
            try:
                return ask(self._connected())
            except PassingError as error:
                self._wait(wait_s, error)
        try:
            return ask(self._connected())
        except PassingError as error:
            _give_up(error)

    def _wait(self, wait_s: float | None, error: PassingError) -> None:
        self.close()
        if wait_s is None:
            _give_up(error)
        self._sleep(wait_s)


def _give_up(error: PassingError) -> NoReturn:
    raise PassingError(f"{error} Run it again: it goes on where it stopped.") from error


def _behind(given: int, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Leave out as many bytes as there have been already."""
    for chunk in chunks:
        rest = chunk[given:]
        given -= len(chunk) - len(rest)
        if rest:
            yield rest
