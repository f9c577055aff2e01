"""Rules 18, 19 and 26: every address that an app will fetch."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from podcast.check.feed import NAMES, FeedSubject, is_web, text_of
from podcast.check.rules import Fault, Rule, rule
from podcast.show import is_loopback

if TYPE_CHECKING:
    from collections.abc import Iterator

_ADDRESSES = (
    ("enclosure", "url"), ("itunes:image", "href"), ("atom:link", "href"), ("podcast:transcript", "url"),
    ("podcast:chapters", "url"), ("podcast:image", "href"),
)  # fmt: skip
_AT_HOME = tuple(
    map(
        ipaddress.ip_network,
        ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"),
    )
)
"""Networks of a house or an office (RFC 1918, 3927, 4193, 4291): nobody gives out certificates for them."""


def addresses(subject: FeedSubject) -> Iterator[tuple[Any, str]]:
    """Yield all addresses that an app will fetch, behind the channel or item that they are of."""
    for part in subject.parts:
        if link := text_of(part, "link").strip():
            yield part, link
        for path, name in _ADDRESSES:
            yield from ((part, found.get(name, "")) for found in part.findall(path, NAMES))


@rule("feed-18-ascii", "addresses of plain ASCII: letters, digits, and %-escapes for the rest")
def not_ascii(subject: FeedSubject) -> Iterator[Fault]:
    """Apple, file names and addresses."""
    for part, address in addresses(subject):
        if not re.fullmatch(r"[!#-;=?-\[\]_a-z~]*", address):
            yield Fault(subject.place(part), address)


@rule("feed-19-server", "addresses that need no password")
def has_password(subject: FeedSubject) -> Iterator[Fault]:
    """Apple fetches as nobody in particular. Whether HEAD and ranges work only the server can tell: `--url` asks it."""
    for part, address in addresses(subject):
        if "@" in address and is_web(address) and "@" in urlsplit(address).netloc:
            yield Fault(subject.place(part), address)


@rule("feed-26-https", "https, wherever more than one house can reach it")
def not_https(subject: FeedSubject) -> Iterator[Fault]:
    """Web players and iPhones refuse http; one finding a host, as all its addresses change at once."""
    hosts: dict[str, list[tuple[Any, str]]] = {}
    for part, address in addresses(subject):
        if address.lower().startswith("http://") and is_web(address) and not _is_near(address):
            hosts.setdefault(urlsplit(address).netloc, []).append((part, address))
    for host, found in hosts.items():
        (part, address), count = found[0], len(found)
        yield Fault(subject.place(part), address if count == 1 else f"{address}, and {count - 1} more at {host}")


def _is_near(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return is_loopback(address) or host.endswith(".local")
    return number.is_loopback or any(number in network for network in _AT_HOME)


RULES: tuple[Rule[FeedSubject], ...] = (not_ascii, has_password, not_https)
