"""What feedgen cannot write: the namespace of Podcasting 2.0, and itunes:explicit as directories want it.

feedgen takes any two classes with these methods. They do not inherit from its own, which only repeat them empty and
would have to be imported in a certain order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Mapping

PODCAST = "https://podcastindex.org/namespace/1.0"
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"


@dataclass(frozen=True, slots=True)
class Tag:
    """One element that feedgen does not know."""

    namespace: str
    name: str
    text: str = ""
    attributes: Mapping[str, str] | None = None


def explicit(*, value: bool) -> Tag:
    """`true` or `false` (Apple, PSP-1); feedgen knows only `yes`, `no` and `clean`."""
    return Tag(ITUNES, "explicit", str(value).lower())


def made_by_ai() -> Tag:
    """Declare that a machine made it (podcast:txt, purpose ai-content)."""
    return Tag(PODCAST, "txt", "true", {"purpose": "ai-content"})


def podcast_guid(guid: str) -> Tag:
    """The show's own name, whatever its address (podcast:guid)."""
    return Tag(PODCAST, "guid", guid)


def transcript(url: str, kind: str, language: str) -> Tag:
    """The words with their times (podcast:transcript)."""
    return Tag(PODCAST, "transcript", attributes={"url": url, "type": kind, "language": language})


def chapters(url: str, kind: str) -> Tag:
    """The chapters with their links (podcast:chapters)."""
    return Tag(PODCAST, "chapters", attributes={"url": url, "type": kind})


class EntryExtension:
    """Tags of an item."""

    def __init__(self) -> None:
        self.tags: tuple[Tag, ...] = ()

    def extend_rss(self, element: Any) -> Any:
        """Add them."""
        for tag in self.tags:
            added = etree.SubElement(element, f"{{{tag.namespace}}}{tag.name}", dict(tag.attributes or {}))
            added.text = tag.text or None
        return element


class FeedExtension(EntryExtension):
    """Tags of the channel, which is the root's first child."""

    def extend_ns(self) -> dict[str, str]:
        """Name the namespaces."""
        return {"podcast": PODCAST, "itunes": ITUNES}

    def extend_rss(self, element: Any) -> Any:
        """Add them."""
        super().extend_rss(element[0])
        return element
