"""Which addresses are public: what strangers write must not lead into this machine or the network around it."""

from __future__ import annotations

import ipaddress
import re
import socket
from typing import TYPE_CHECKING

from podcast.errors import InputError, OutsideError

if TYPE_CHECKING:
    from collections.abc import Callable

    Resolve = Callable[[str, int], tuple[str, ...]]
    """From a host's name and a port to its numbers, the best one first."""

    Number = ipaddress.IPv4Address | ipaddress.IPv6Address

# IANA's registries of special addresses, written out: Python's own lists changed between its versions.
_NOT_PUBLIC = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",  # this network, and what nobody chose
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # shared by a provider's customers
            "127.0.0.0/8",  # this machine
            "168.63.129.16/32",  # what Azure's machines ask about themselves
            "169.254.0.0/16",  # link-local, where clouds tell their machines their secrets
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocols
            "192.0.2.0/24",  # examples
            "192.88.99.0/24",  # relays that are no more
            "192.168.0.0/16",  # private
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # examples
            "203.0.113.0/24",  # examples
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
        ),
    )
)
_PUBLIC_6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    map(
        ipaddress.IPv6Network,
        ("2001::/23", "2001:db8::/32", "3fff::/20"),  # protocols, Teredo among them; examples; examples
    )
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")

_LOOKS_LIKE_A_NUMBER = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)\.?", re.IGNORECASE)
"""What browsers take for an IPv4 address (WHATWG URL Standard, 3.5): its last part is a number."""


def is_public(number: str) -> bool:
    """Whether an address in numbers is one that anybody on the internet may serve something at."""
    try:
        return _is_public(ipaddress.ip_address(number))
    except ValueError:
        return False


def _is_public(number: Number) -> bool:
    if isinstance(number, ipaddress.IPv4Address):
        return not any(number in network for network in _NOT_PUBLIC)
    if number.scope_id is not None:
        return False
    if (embedded := _embedded(number)) is not None:
        return _is_public(embedded)
    return number in _PUBLIC_6 and not any(number in network for network in _NOT_PUBLIC_6)


def _embedded(number: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that traffic to this one ends at, if it is of that kind."""
    if number in _SIX_TO_FOUR:
        return ipaddress.IPv4Address(int(number) >> 80 & 0xFFFFFFFF)
    if number.ipv4_mapped is not None or number in _NAT64:
        return ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
    return None


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself, by its number or as `localhost`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def resolve(host: str, port: int) -> tuple[str, ...]:
    """Ask the system for all numbers of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(where[0]) for *_, where in found))


def public_numbers(host: str, port: int, resolve: Resolve = resolve) -> tuple[str, ...]:
    """Return the numbers of a host, one of which is then connected to and none other.

    Raises InputError, half a sentence, if any of them is not public; OutsideError if there is no such host.
    """
    numbers = _numbers(host, port, resolve)
    if not all(map(is_public, numbers)):
        raise InputError("leads into a private network or this machine itself, not to a public server")
    return numbers


def _numbers(host: str, port: int, resolve: Resolve) -> tuple[str, ...]:
    try:
        return (str(ipaddress.ip_address(host)),)
    except ValueError:
        pass  # a name, or a number in a form that no honest page uses
    if _LOOKS_LIKE_A_NUMBER.fullmatch(host):
        raise InputError("has a number for a host that is not written as numbers of hosts are")
    try:
        numbers = resolve(host, port)
    except (OSError, UnicodeError) as error:
        raise OutsideError(f"has a host that nobody knows{_how_sure(error)}") from error
    if not numbers:
        raise OutsideError("has a host that nobody knows")
    return numbers


def _how_sure(error: Exception) -> str:
    """Say so where it may be the network and not the name."""
    is_asked = not isinstance(error, socket.gaierror) or error.errno != socket.EAI_AGAIN
    return "" if is_asked else " just now, as no name can be looked up; see whether the network is up"
