"""feed.xml: what podcast apps subscribe to, by feedgen. A pure function of the show and its finished episodes."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from podcast import __version__
from podcast.categories import parse_category
from podcast.feed import extension
from podcast.feed.notes import notes_html, summary_html
from podcast.feed.page import Page, digest_of, digest_of_episodes
from podcast.feed.plain import one_line, plain
from podcast.record import sound_name
from podcast.show import LONGEST_DESCRIPTION_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast.show import Show
    from podcast.types import Episode

FEED_FILE = "feed.xml"
MEDIA_TYPE = "application/rss+xml; charset=utf-8"

TRANSCRIPTS = {
    "transcript.vtt": "text/vtt",  # first: the one format that every app reads
    "transcript.srt": "application/x-subrip",
    "transcript.json": "application/json",
}
CHAPTERS = ("chapters.json", "application/json+chapters")

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_locale = threading.Lock()
"""feedgen changes the locale of the whole process while it writes a date."""


def feed_pages(show: Show, episodes: Sequence[Episode], *, address: str, cover: str) -> tuple[Page, ...]:
    """Return the feed's documents, the one that apps subscribe to last; `cover` is the file in feed/."""
    made_from = digest_of("feed", show.settings, str(show.guid), address, cover, digest_of_episodes(episodes))

    def make() -> bytes:
        return feed_xml(show, episodes, address=address, cover=cover)

    return (Page(FEED_FILE, MEDIA_TYPE, made_from, make),)


def feed_xml(show: Show, episodes: Sequence[Episode], *, address: str, cover: str) -> bytes:
    """Return the feed as it is served at `address`, newest episode first; `cover` is the file in feed/.

    There is at least one episode. The show's guid is that of its own address, whatever `address` is.
    """
    from feedgen.feed import FeedGenerator

    feed = FeedGenerator()
    feed.load_extension("podcast")
    feed.register_extension("more", extension.FeedExtension, extension.EntryExtension, atom=False)
    _describe_show(feed, show, address, cover)
    feed.lastBuildDate(max(episode.date for episode in episodes))
    for episode in episodes:
        _describe_episode(feed.add_entry(order="append"), episode, show, address)
    with _locale:
        document: bytes = feed.rss_str(pretty=True, xml_declaration=False)
    return _DECLARATION + document


def episode_address(address: str, slug: str, name: str) -> str:
    """Where a file of an episode is published."""
    return f"{address}episodes/{slug}/{name}"


def episode_page(address: str, slug: str) -> str:
    """Where a listener reads about an episode."""
    return f"{address}#{slug}"


def _describe_show(feed: Any, show: Show, address: str, cover: str) -> None:
    settings = show.settings
    title, author = one_line(settings.title), one_line(settings.author) or one_line(settings.title)
    feed.title(title)
    feed.description(plain(settings.description).strip())
    feed.link(href=f"{address}{FEED_FILE}", rel="self", type="application/rss+xml")
    feed.link(href=address, rel="alternate")  # last: feedgen makes the channel's <link> of it
    feed.language(settings.language)
    feed.generator("podcast", __version__)
    feed.image(url=f"{address}{cover}", title=title, link=address)
    feed.podcast.itunes_author(author)
    category, subcategory = parse_category(settings.category)
    feed.podcast.itunes_category(category, subcategory)
    feed.podcast.itunes_image(f"{address}{cover}")
    feed.podcast.itunes_type("episodic")
    if settings.email:
        feed.podcast.itunes_owner(name=author, email=settings.email)
    guid = [extension.podcast_guid(str(show.guid))] if settings.guid or show.has_public_address else []
    feed.more.tags = (extension.explicit(value=settings.explicit), *guid, extension.made_by_ai())


def _describe_episode(entry: Any, episode: Episode, show: Show, address: str) -> None:
    entry.title(one_line(episode.title) or episode.slug)
    entry.link(href=episode_page(address, episode.slug))
    entry.guid(episode.guid, permalink=False)
    entry.published(episode.date)
    entry.enclosure(episode_address(address, episode.slug, sound_name(episode.slug)), str(episode.bytes), "audio/mpeg")
    entry.description(summary_html(episode, LONGEST_DESCRIPTION_BYTES))
    entry.content(notes_html(episode), type="CDATA")
    entry.podcast.itunes_duration(round(episode.duration_ms / 1000))
    entry.podcast.itunes_episode_type("full")
    transcripts = (
        extension.transcript(episode_address(address, episode.slug, name), kind, show.settings.language)
        for name, kind in TRANSCRIPTS.items()
    )
    name, kind = CHAPTERS
    entry.more.tags = (
        extension.explicit(value=show.settings.explicit),
        *transcripts,
        extension.chapters(episode_address(address, episode.slug, name), kind),
        extension.made_by_ai(),
    )
