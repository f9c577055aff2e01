"""A line to a server that breaks when it is told to: it resets, stops for good, or answers in the server's place."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

_RESET = struct.pack("ii", 1, 0)
"""Lingering for no time: closing such a socket resets its connection."""


class Proxy:
    """Listens on a free port of this machine and passes all on.

    `resets` are numbers of bytes, of a connection each, after which it is reset. After `stop_after` bytes in all nobody
    is let in any more, after `freeze_after` nothing is passed on. `answers` are given, a connection each, without
    asking the server.
    """

    def __init__(
        self,
        server: tuple[str, int],
        *,
        resets: Sequence[int] = (),
        stop_after: int | None = None,
        freeze_after: int | None = None,
        answers: Sequence[bytes] = (),
    ) -> None:
        self.server = server
        self.resets = list(resets)
        self.answers = list(answers)
        self.left = stop_after
        self.until_frozen = freeze_after
        self._is_over = threading.Event()
        self._lock = threading.Lock()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with self._lock:
            answer = self.answers.pop(0) if self.answers else None
            until = self.resets.pop(0) if self.resets else None
            is_over = self.left is not None and self.left <= 0
        with client, contextlib.suppress(OSError):
            if answer is not None:
                client.recv(1 << 16)
                client.sendall(answer)
                return
            if is_over:
                _reset(client)
                return
            with socket.create_connection(self.server) as server:
                budget = [until]
                back = threading.Thread(target=self._pass_on, args=(server, client, budget), daemon=True)
                back.start()
                self._pass_on(client, server, budget)
                back.join(5)

    def _pass_on(self, source: socket.socket, sink: socket.socket, budget: list[int | None]) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 14):
                if self._is_frozen(len(data)):
                    self._is_over.wait()
                if self._is_cut(len(data), budget):
                    _reset(source)
                    _reset(sink)
                    return
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _is_frozen(self, count: int) -> bool:
        with self._lock:
            if self.until_frozen is not None:
                self.until_frozen -= count
            return self.until_frozen is not None and self.until_frozen <= 0

    def _is_cut(self, count: int, budget: list[int | None]) -> bool:
        with self._lock:
            if self.left is not None:
                self.left -= count
            if budget[0] is not None:
                budget[0] -= count
            return (budget[0] is not None and budget[0] <= 0) or (self.left is not None and self.left <= 0)


def _reset(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        end.shutdown(socket.SHUT_RD)
        end.close()
