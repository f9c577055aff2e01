"""The time at which all has to be over: a server that sends a byte now and then is never silent."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Any

from podcast.outside.answers import WebError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self


class Deadline:
    """Breaks a connection off, whatever is being waited for on it."""

    def __init__(self, url: str, total_s: float) -> None:
        self._url = url
        self._total_s = total_s
        self._is_over = False
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(total_s, self._stop)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of a connection when it is made, and again when it is encrypted."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            self._socket = info["return_value"].get_extra_info("socket")
            if self._is_over:
                self._stop()

    def check(self) -> None:
        """Raise WebError if it is over."""
        if self._is_over:
            raise WebError(self._url, f"did not finish within {self._total_s:g} s")

    def _stop(self) -> None:
        self._is_over = True
        if self._socket is not None:
            with contextlib.suppress(OSError):  # closed already
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # an SSLSocket's own forgets that it is one
