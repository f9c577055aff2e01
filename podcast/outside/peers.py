"""How many connections each client has, so that nobody takes them all."""

from __future__ import annotations

import collections
import ipaddress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_SHARED = {4: 0, 6: 64}
"""Last bits of an address that tell nobody apart: whoever has an address of IPv6 has all that begin with its half."""


@dataclass(frozen=True, slots=True)
class Peers:
    """Connections by client; those who are trusted, as proxies are that stand for many, are not counted."""

    is_trusted: Callable[[str], bool]
    _open: collections.Counter[str] = field(default_factory=collections.Counter)

    def came(self, host: str) -> int:
        """Note a connection; return how many its client has now."""
        if self.is_trusted(host):
            return 0
        client = client_of(host)
        self._open[client] += 1
        return self._open[client]

    def left(self, host: str) -> None:
        """Note that a connection is no more."""
        client = client_of(host)
        self._open[client] -= 1
        if self._open[client] <= 0:
            del self._open[client]

    def __len__(self) -> int:
        """Return how many clients there are."""
        return len(self._open)


def client_of(host: str) -> str:
    """Return what all addresses of one client have in common."""
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return host
    number = getattr(number, "ipv4_mapped", None) or number  # on a socket of both kinds
    return f"{number.version} {int(number) >> _SHARED[number.version]}"
