"""feed.xml: what podcast apps subscribe to, by feedgen. A pure function of the show and its finished episodes."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podcast import __version__
from podcast.categories import parse_category
from podcast.feed import extension, paging, tags
from podcast.feed.notes import notes_html, summary_html
from podcast.feed.page import Page, digest_of, digest_of_episodes
from podcast.feed.plain import one_line, plain
from podcast.feed.titles import own_title
from podcast.record import sound_name
from podcast.show import LONGEST_DESCRIPTION_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from podcast.feed.extension import Tag
    from podcast.feed.paging import Document
    from podcast.show import Show
    from podcast.types import Episode

FEED_FILE = paging.FEED_FILE
MEDIA_TYPE = f"{tags.FEED_TYPE}; charset=utf-8"

TRANSCRIPT_PAGE = "transcript.html"
TRANSCRIPTS = {
    "transcript.vtt": "text/vtt",  # first: the one format that every app reads
    "transcript.srt": "application/x-subrip",
    "transcript.json": "application/json",
    TRANSCRIPT_PAGE: "text/html",
}
CHAPTERS = ("chapters.json", "application/json+chapters")

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_MINUTES_TO_LIVE = 60
_locale = threading.Lock()
"""feedgen changes the locale of the whole process while it writes a date."""


@dataclass(frozen=True, slots=True)
class _Feed:
    """What all documents of a feed have in common: the show, where it is served, and its episodes' numbers."""

    show: Show
    address: str
    cover: str
    numbers: Mapping[str, tuple[int, int]]

    @property
    def cover_url(self) -> str:
        """Where the show's picture is."""
        return f"{self.address}{self.cover}"

    def file(self, episode: Episode, name: str) -> str:
        """Where a file of an episode is."""
        return episode_address(self.address, episode.slug, name)


def feed_pages(show: Show, episodes: Sequence[Episode], *, address: str, cover: str) -> tuple[Page, ...]:
    """Return the feed's documents, the one that apps subscribe to last; `cover` is the file in feed/.

    There is at least one episode. The show's guid is that of its own address, whatever `address` is.
    """
    feed = _Feed(show, address, cover, paging.numbers(episodes))
    return tuple(_page(document, feed) for document in paging.documents(episodes))


def _page(document: Document, feed: _Feed) -> Page:
    """Describe a document by what it holds itself, so that an archive stays as it is when an episode is added."""
    held = [feed.numbers[episode.slug] for episode in document.episodes], digest_of_episodes(document.episodes)
    where = feed.address, feed.cover, document.name, document.links
    made_from = digest_of("feed", __version__, feed.show.settings, str(feed.show.guid), *where, *held)
    return Page(document.name, MEDIA_TYPE, made_from, lambda: _xml(document, feed))


def _xml(document: Document, feed: _Feed) -> bytes:
    from feedgen.feed import FeedGenerator

    generator = FeedGenerator()
    generator.load_extension("podcast")
    generator.register_extension("more", extension.FeedExtension, extension.EntryExtension, atom=False)
    _describe_show(generator, document, feed)
    for episode in document.episodes:
        _describe_episode(generator.add_entry(order="append"), episode, feed)
    with _locale:
        written: bytes = generator.rss_str(pretty=True, xml_declaration=False)
    return _DECLARATION + written


def episode_address(address: str, slug: str, name: str) -> str:
    """Where a file of an episode is published."""
    return f"{address}episodes/{slug}/{name}"


def episode_page(address: str, slug: str) -> str:
    """Where a listener reads about an episode."""
    return f"{address}{slug}/"


def transcripts_of(episode: Episode) -> dict[str, str]:
    """Name an episode's transcripts with their media types.

    The one to read in a browser came in the same version as pictures of episodes: an episode that was rendered before
    has neither, and the feed must not name what is not there.
    """
    return {name: kind for name, kind in TRANSCRIPTS.items() if name != TRANSCRIPT_PAGE or episode.cover}


def _describe_show(channel: Any, document: Document, feed: _Feed) -> None:
    settings = feed.show.settings
    title, author = one_line(settings.title), one_line(settings.author) or one_line(settings.title)
    channel.title(title)
    channel.description(plain(settings.description).strip())
    channel.link(href=f"{feed.address}{document.name}", rel="self", type=tags.FEED_TYPE)
    channel.link(href=feed.address, rel="alternate")  # last: feedgen makes the channel's <link> of it
    channel.language(settings.language)
    channel.lastBuildDate(max(episode.date for episode in document.episodes))
    channel.ttl(_MINUTES_TO_LIVE)
    if settings.feed.copyright:
        channel.copyright(settings.feed.copyright)
    channel.generator("podcast", __version__)
    channel.image(url=feed.cover_url, title=title, link=feed.address)
    channel.podcast.itunes_author(author)
    category, subcategory = parse_category(settings.category)
    channel.podcast.itunes_category(category, subcategory)
    channel.podcast.itunes_image(feed.cover_url)
    channel.podcast.itunes_type("episodic")
    if settings.email:
        channel.podcast.itunes_owner(name=author, email=settings.email)
    channel.more.namespaces = _namespaces(document)
    channel.more.tags = tuple(tags.channel_tags(feed.show, document, feed.address, feed.cover_url))


def _namespaces(document: Document) -> dict[str, str]:
    """Name those that not every feed has."""
    has_chapters = any(episode.segments for episode in document.episodes)
    chapters = {"psc": extension.CHAPTERS} if has_chapters else {}
    return chapters | ({"fh": extension.HISTORY} if document.is_archive else {})


def _describe_episode(item: Any, episode: Episode, feed: _Feed) -> None:
    item.title(_title(episode, feed.show))
    item.link(href=episode_page(feed.address, episode.slug))
    item.guid(episode.guid, permalink=False)
    item.published(episode.date)
    item.enclosure(feed.file(episode, sound_name(episode.slug)), str(episode.bytes), "audio/mpeg")
    notes = notes_html(episode)
    item.description(summary_html(episode, LONGEST_DESCRIPTION_BYTES, notes))
    item.content(notes, type="CDATA")
    item.podcast.itunes_duration(round(episode.duration_ms / 1000))
    season, number = feed.numbers[episode.slug]
    item.podcast.itunes_season(season)
    item.podcast.itunes_episode(number)
    item.podcast.itunes_episode_type("full")
    if episode.cover:
        item.podcast.itunes_image(feed.file(episode, episode.cover))
    item.more.tags = tuple(_more_of_episode(episode, feed))


def _more_of_episode(episode: Episode, feed: _Feed) -> Iterator[Tag]:
    settings = feed.show.settings
    yield tags.explicit(value=settings.explicit)
    yield from tags.season_tags(*feed.numbers[episode.slug])
    if episode.cover:
        yield tags.image(feed.file(episode, episode.cover), _title(episode, feed.show), tags.EPISODE_COVER_PX)
    for name, kind in transcripts_of(episode).items():
        yield tags.transcript(feed.file(episode, name), kind, settings.language)
    name, kind = CHAPTERS
    yield tags.chapters(feed.file(episode, name), kind)
    yield from tags.chapters_inside(episode)
    yield tags.made_by_ai()
    yield from tags.license_tags(settings.feed)


def _title(episode: Episode, show: Show) -> str:
    return own_title(one_line(episode.title), one_line(show.settings.title)) or episode.slug
