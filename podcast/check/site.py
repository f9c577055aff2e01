"""Rules for the published tree: nothing that a page or a feed names is missing from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

from podcast.check.rules import Fault, Rule, rule
from podcast.outside.entities import unescaped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_TAG = re.compile(r"<(\w+)\b([^<>]*)>")
_NAMED = re.compile(r'\s(?:href|src|poster|property="og:(?:url|image|audio)" content)="([^"]*)"')
_PLACE = re.compile(r"<loc>([^<]*)</loc>")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


@dataclass(frozen=True, slots=True)
class SiteSubject:
    """The documents of a published tree, and what is in it."""

    address: str
    """Where its root is published, with a slash at its end."""

    named: Iterable[tuple[str, str]]
    """Document and address, of every address in it."""

    has: Callable[[str], bool]
    """Whether there is a published file of that path."""


@rule("site-files", "a published file behind whatever pages and feeds name of the show itself")
def missing_files(subject: SiteSubject) -> Iterator[Fault]:
    """A listener follows links; one that leads nowhere is said once, where it stands first."""
    known: set[str] = set()
    for where, address in subject.named:
        path = _path(subject.address, address)
        if path is None or path in known:
            continue
        known.add(path)
        if not subject.has(path):
            yield Fault(where, f"{address} is not there")


def addresses_in(name: str, text: str, root: str) -> Iterator[str]:
    """Yield where a page or a sitemap of ours leads to, within it; `root` is where the tree is published.

    A whole address that a listener may follow comes from a newsletter, and is not ours to promise anything about.
    """
    for tag, attributes in _TAG.findall(text):
        for address in map(unescaped, _NAMED.findall(attributes)):
            if tag != "a" or not _ABSOLUTE.match(address):
                yield _joined(f"{root}{name}", address)
    yield from map(unescaped, _PLACE.findall(text))


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def _path(root: str, address: str) -> str | None:
    """Path in the tree of an address; None for what lies elsewhere. A folder is its index.html."""
    if not address.startswith(root):
        return None
    path = unquote(urlsplit(address).path).removeprefix(unquote(urlsplit(root).path))
    return f"{path}index.html" if not path or path.endswith("/") else path


RULES: tuple[Rule[SiteSubject], ...] = (missing_files,)
