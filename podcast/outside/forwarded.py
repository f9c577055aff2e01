"""Where a client believes to be: by its own word, or by that of a proxy in front of us that may be believed.

A word counts only if it makes a plain address. Of several proxies the last one spoke to us, so the last value of a
header counts: those before it may be anybody's.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from podcast.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Network = ipaddress.IPv4Network | ipaddress.IPv6Network

HEADERS = ("x-forwarded-host", "x-forwarded-prefix", "x-forwarded-proto", "forwarded")
"""Those that a proxy's word is in: what is answered to it varies with them."""

LONGEST_ADDRESS = 300
"""Characters: a name has at most 253 (RFC 1035), and every address in a feed begins with it."""

_LONGEST_FORWARDED = 1_000
"""Characters that are read of a Forwarded: reading takes four times as long for twice as many."""

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_ELEMENT = re.compile(rf'(?:{_QUOTED}|[^,"])+')
_PAIR = re.compile(rf"([A-Za-z-]+)=({_QUOTED}|[^;\"\s]*)")
_PREFIX = re.compile(r"/?([A-Za-z0-9._~%-]+/)*[A-Za-z0-9._~%-]*")


def networks(proxies: Sequence[str]) -> tuple[Network, ...]:
    """Read addresses, or networks like 10.0.0.0/8, of proxies. Raises InputError for what is none."""
    return tuple(map(_network, proxies))


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        message = f"{text!r} is no address of a proxy: give one like 192.168.1.2, or a network like 10.0.0.0/8."
        raise InputError(message) from error


def is_believed(peer: str, proxies: Sequence[Network]) -> bool:
    """Whether a connection comes from this machine or from a proxy that was named."""
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address  # ::ffff:127.0.0.1, on a socket of both kinds
    return address.is_loopback or any(address in network for network in proxies)


def is_this_machine(peer: str) -> bool:
    """Whether a connection comes from this machine itself."""
    return is_believed(peer, ())


def address_of(host: str, port: int) -> str:
    """http://…/ of a socket."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def asked_address(
    headers: Mapping[str, str], scheme: str, *, is_believed: bool, is_address: Callable[[str], bool]
) -> str | None:
    """Return the address by which a client came, from its headers; None if none of them makes one."""
    host = headers.get("host", "")
    told = [_told(headers, scheme, host)] if is_believed else []
    for named in (*told, (scheme, host, "/")):
        address = "{}://{}{}".format(*named)
        if "/" not in named[1] and len(address) <= LONGEST_ADDRESS and is_address(address):
            return address
    return None


def _told(headers: Mapping[str, str], scheme: str, host: str) -> tuple[str, str, str]:
    """Scheme, host and path by a proxy's word.

    One that sends X-Forwarded-… may pass on a Forwarded that a client made up, so that counts only alone.
    """
    known = {name: headers[name].rpartition(",")[2].strip() for name in HEADERS[:3] if headers.get(name)}
    if not {"x-forwarded-host", "x-forwarded-proto"} & known.keys():
        known |= _forwarded(headers.get("forwarded", ""))
    prefix = known.get("x-forwarded-prefix", "/")
    path = f"/{prefix.strip('/')}/" if _PREFIX.fullmatch(prefix) and prefix.strip("/") else "/"
    return known.get("x-forwarded-proto", scheme).lower(), known.get("x-forwarded-host", host), path


def _forwarded(value: str) -> dict[str, str]:
    """RFC 7239: the last element, which the proxy that speaks to us added; nothing of one that is too long."""
    if len(value) > _LONGEST_FORWARDED:
        return {}
    elements = [element for element in _ELEMENT.findall(value) if element.strip()]
    pairs = {name.lower(): _unquoted(text) for name, text in _PAIR.findall(elements[-1])} if elements else {}
    return {f"x-forwarded-{name}": pairs[name] for name in ("host", "proto") if pairs.get(name)}


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') else text
