"""A feed as the rules see it: parsed without trust, with what they all look up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from podcast.check.rules import Fault
from podcast.feed.extension import ITUNES, PODCAST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
PSC = "http://podlove.org/simple-chapters"

Local = Callable[[str], "Path | None"]
"""Finds the file behind an address of a feed; None for what lies elsewhere."""

NAMES = {"itunes": ITUNES, "podcast": PODCAST, "atom": ATOM, "content": CONTENT, "psc": PSC}


@dataclass(frozen=True, slots=True)
class FeedSubject:
    """A feed's bytes and what they mean; `local` finds the file behind an address of it, where there is one."""

    data: bytes
    root: Any
    where: str
    local: Local
    channel: Any
    """Its first one, or the root where rule 1 has something to say."""

    items: tuple[Any, ...]
    address: str = ""
    """Where a feed of ours is published; empty for any other."""

    archives: tuple[str, ...] | None = None
    """Addresses of its archives, where it is the document that apps subscribe to and they are known."""

    numbers: Mapping[Any, int] = field(default_factory=dict, repr=False)
    """The place of each item: looking for it among ten thousand takes ten thousand times as long."""

    def place(self, element: Any) -> str:
        """Name the item that an element is, or the channel."""
        number = self.numbers.get(element)
        if number is None:
            return f"{self.where}, channel"
        return f"{self.where}, item {number} ({text_of(element, 'title') or text_of(element, 'guid') or 'no title'})"

    @property
    def parts(self) -> tuple[Any, ...]:
        """The channel and its items."""
        return (self.channel, *self.items)


def read_feed(
    data: bytes, where: str, local: Local, address: str = "", archives: tuple[str, ...] | None = None
) -> FeedSubject | Fault:
    """Parse a feed, which may come from anywhere: no entity is resolved and nothing is fetched."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        return Fault(where, str(error))
    if root.getroottree().docinfo.internalDTD is not None:
        return Fault(where, "has a document type declaration", "RSS without one: readers refuse it")
    found = root.find("channel")
    channel = root if found is None else found
    items = tuple(channel.findall("item"))
    numbers = {item: number for number, item in enumerate(items, start=1)}
    return FeedSubject(data, root, where, local, channel, items, address, archives, numbers)


def text_of(element: Any, name: str) -> str:
    """Text of a child, as written; empty without one. `name` has a prefix of ours, like itunes:author."""
    found = element.find(name, NAMES)
    return "" if found is None else "".join(found.itertext())


def self_link(subject: FeedSubject) -> str:
    """Where the feed says that it is."""
    return attribute(subject.channel, "atom:link[@rel='self']", "href")


def named_files(subject: FeedSubject) -> Iterator[tuple[str, str, str]]:
    """Yield address, length (empty where it is not said) and media type of artwork and sound."""
    artwork = attribute(subject.channel, "itunes:image", "href")
    if is_web(artwork):
        yield artwork, "", "image/"
    for _, enclosure in enclosures(subject):
        if is_web(enclosure.get("url", "")):
            yield enclosure.get("url"), enclosure.get("length", ""), enclosure.get("type", "")


def is_there(file: Path) -> bool:
    """Whether there is such a file; no file has a name that the disk refuses."""
    try:
        return file.is_file()
    except OSError:
        return False


def attribute(element: Any, child: str, name: str) -> str:
    """An attribute of a child; empty without one."""
    found = element.find(child, NAMES)
    return "" if found is None else found.get(name, "")


def missing(subject: FeedSubject, element: Any, *names: str) -> Iterator[Fault]:
    """Children that are not there or have no text, one fault each."""
    for name in names:
        if not text_of(element, name).strip():
            yield Fault(subject.place(element), f"no {name}", f"<{name}> with text in it")


def is_web(address: str) -> bool:
    """Whether it is an http(s) address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def enclosures(subject: FeedSubject) -> Iterator[tuple[Any, Any]]:
    """Yield items with their enclosures."""
    for item in subject.items:
        for enclosure in item.findall("enclosure"):
            yield item, enclosure


def local_file(base_url: str, feed: Path, episodes: Path) -> Local:
    """Return what finds the file of a show behind one of its addresses; None for addresses elsewhere."""

    def find(address: str) -> Path | None:
        if not address.startswith(base_url):
            return None
        path = unquote(urlsplit(address).path.removeprefix(urlsplit(base_url).path))
        names = path.split("/")
        if any(name in ("", ".", "..") or "\0" in name for name in names):
            return None
        return episodes.joinpath(*names[1:]) if names[0] == "episodes" else feed.joinpath(*names)

    return find
