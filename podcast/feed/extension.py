"""What feedgen cannot write: elements of namespaces that it does not know, and iTunes' as directories want them.

feedgen takes any two classes with these methods. They do not inherit from its own, which only repeat them empty and
would have to be imported in a certain order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

PODCAST = "https://podcastindex.org/namespace/1.0"
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
ATOM = "http://www.w3.org/2005/Atom"
CHAPTERS = "http://podlove.org/simple-chapters"
HISTORY = "http://purl.org/syndication/history/1.0"


@dataclass(frozen=True, slots=True)
class Tag:
    """One element that feedgen does not know."""

    namespace: str
    name: str
    text: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: tuple[Tag, ...] = ()


def add(parent: Any, tag: Tag) -> None:
    """Write an element, and those in it."""
    added = parent.makeelement(f"{{{tag.namespace}}}{tag.name}", tag.attributes)
    added.text = tag.text or None
    parent.append(added)
    for child in tag.children:
        add(added, child)


class EntryExtension:
    """Tags of an item."""

    def __init__(self) -> None:
        self.tags: tuple[Tag, ...] = ()

    def extend_rss(self, element: Any) -> Any:
        """Add them."""
        for tag in self.tags:
            add(element, tag)
        return element


class FeedExtension(EntryExtension):
    """Tags of the channel, which is the root's first child, and the namespaces of all that are not always there."""

    def __init__(self) -> None:
        super().__init__()
        self.namespaces: Mapping[str, str] = {}

    def extend_ns(self) -> dict[str, str]:
        """Name the namespaces."""
        return {"podcast": PODCAST, "itunes": ITUNES, **self.namespaces}

    def extend_rss(self, element: Any) -> Any:
        """Add them."""
        super().extend_rss(element[0])
        return element
