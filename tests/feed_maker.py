"""Feeds for tests: a show, its episodes, and what a parser finds in the documents made of them."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path
from typing import Any

from lxml import etree

from podcast.feed.rss import feed_pages
from podcast.show import Settings, Show
from podcast.types import Episode, Link, SpokenSegment

BASE = "https://example.org/podcast/"
COVER = "cover-0123456789abcdef.jpg"
NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "psc": "http://podlove.org/simple-chapters",
    "fh": "http://purl.org/syndication/history/1.0",
}
ALWAYS = ("atom", "content", "itunes", "podcast")
"""Namespaces that every feed declares."""

PUBLIC = Settings(title="My Show", author="Ada", base_url=BASE, description="Papers & more, read aloud.")


def an_episode(slug: str = "2024-06-15", title: str = "AI Papers", *chapters: str) -> Episode:
    """Return an episode of the day that its slug begins with."""
    day = dt.date.fromisoformat(slug[:10])
    segments = tuple(
        SpokenSegment(f"c{number}", each, None, f"https://example.org/{number}", number * 60_000, 60_000, "heart")
        for number, each in enumerate(chapters or ("Welcome", "Bees & Other Optimisers"))
    )
    return Episode(
        slug=slug,
        guid=str(uuid.uuid5(uuid.NAMESPACE_URL, slug)),
        title=title,
        date=dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC),
        duration_ms=621_491,
        bytes=7_558_651,
        sha256="ab" * 32,
        loudness_lufs=-16.1,
        true_peak_dbtp=-1.2,
        loudness_range_lu=3.4,
        segments=segments,
        links=(Link("Code", "https://example.org/code"),),
        writer="rules 1",
        voices=("heart",),
        list_price_usd=0.0,
        tool_version="0.1",
    )


TWO = (an_episode("2024-06-22", "AI Papers of June 22"), an_episode("2024-06-15", "AI Papers of June 15"))


def written(*episodes: Episode, options: Settings = PUBLIC, folder: str = "show", address: str = "") -> bytes:
    """Return the bytes of a feed."""
    show = Show(Path(folder), options)
    return feed_pages(show, episodes or TWO, address=address or options.base_url, cover=COVER)[-1].make()


def channel(*episodes: Episode, options: Settings = PUBLIC) -> Any:
    """Return the channel of a feed as a parser finds it."""
    return etree.fromstring(written(*episodes, options=options))[0]


def items(*episodes: Episode, options: Settings = PUBLIC) -> list[Any]:
    """Return the items of a feed as a parser finds them."""
    found: list[Any] = channel(*episodes, options=options).findall("item")
    return found


def texts(element: Any, name: str) -> list[str | None]:
    """Return what stands in the children of a name."""
    return [each.text for each in element.findall(name, NAMESPACES)]
