"""A socket to listen on, the address by which others find it, and how many connections this system allows."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys

from podcast.errors import InputError

_TEST_NET = ("192.0.2.1", 9)
"""An address that nobody has (RFC 5737): asking for the way there sends nothing."""

_OWN_FILES = 64
"""Open files that are no connections, nor sent by one."""


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens; port 0 picks a free one. Raises InputError if the address cannot be used."""
    try:
        family, *_, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        both = where[0] == "::" and socket.has_dualstack_ipv6()
        return socket.create_server(where[:2], family=family, dualstack_ipv6=both)
    except (OSError, OverflowError) as error:
        known = getattr(error, "errno", None)
        reason = os.strerror(known) if known and known > 0 else getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"Cannot listen on {host} port {port}: {reason}. Choose another address or port; --port 0 finds a free one."
        ) from error


def reachable(host: str) -> str:
    """The address by which others find this machine, where the server listens on all that it has."""
    if not ipaddress.ip_address(host).is_unspecified:
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_TEST_NET)
            return str(probe.getsockname()[0])
        except OSError:  # no network: at least this machine gets there
            return "127.0.0.1"


def affordable(connections: int) -> int:
    """Return how many connections there may be, each with a file to send; let this process open so many files."""
    if sys.platform == "win32":
        return connections
    import resource

    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted, unbounded = 2 * connections + _OWN_FILES, resource.RLIM_INFINITY
    if now == unbounded or now >= wanted:
        return connections
    allowed = wanted if most == unbounded else min(wanted, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))
    return max(1, min(connections, (allowed - _OWN_FILES) // 2))
