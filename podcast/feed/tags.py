"""What feedgen has no words for, of a show and of its episodes: Podcasting 2.0, Podlove's chapters, RFC 5005."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from podcast.distribution import parse_verification
from podcast.feed.extension import ATOM, CHAPTERS, HISTORY, ITUNES, PODCAST, Tag
from podcast.feed.notes import clock, is_web_address
from podcast.feed.plain import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podcast.distribution import FeedSettings
    from podcast.feed.paging import Document
    from podcast.show import Show
    from podcast.types import Episode, SpokenSegment

FEED_TYPE = "application/rss+xml"

SHOW_COVER_PX = 3000
"""Of the picture that is drawn for a show; an author's own has its own size."""

EPISODE_COVER_PX = 1400

_RULES = {
    "daily": "FREQ=DAILY",
    "weekly": "FREQ=WEEKLY",
    "biweekly": "FREQ=WEEKLY;INTERVAL=2",
    "monthly": "FREQ=MONTHLY",
}
"""Schedules as calendars write them (RFC 5545)."""

_OF_ADDRESSES = "!#$%&'()*+,/:;=?@[]~"
"""What stands in an address as it is, besides letters, digits and -._ (RFC 3986)."""


def channel_tags(show: Show, document: Document, address: str, cover_url: str) -> Iterator[Tag]:
    """Yield what one document of a feed says of its show, and where the others are."""
    settings = show.settings
    for relation, name in document.links:
        yield Tag(ATOM, "link", attributes={"href": f"{address}{name}", "rel": relation, "type": FEED_TYPE})
    if document.is_archive:
        yield Tag(HISTORY, "archive")
    yield explicit(value=settings.explicit)
    if settings.guid or show.has_public_address:  # every other show of a machine would have the same
        yield Tag(PODCAST, "guid", str(show.guid))
    owner = {"owner": settings.email} if settings.email else {}
    yield Tag(PODCAST, "locked", "yes" if settings.feed.locked else "no", owner)
    yield Tag(PODCAST, "medium", "podcast")
    yield made_by_ai()
    for purpose, text in parse_verification(settings.feed.verification):
        yield Tag(PODCAST, "txt", text, {"purpose": purpose})
    yield image(cover_url, settings.title, None if settings.cover else SHOW_COVER_PX)
    yield from license_tags(settings.feed)
    yield from _wishes(settings.feed)


def _wishes(feed: FeedSettings) -> Iterator[Tag]:
    """Yield what is only there if the author wants it."""
    if feed.complete:
        yield Tag(PODCAST, "updateFrequency", "Complete", {"complete": "true"})
        yield Tag(ITUNES, "complete", "Yes")
    elif feed.schedule:
        yield Tag(PODCAST, "updateFrequency", feed.schedule.capitalize(), {"rrule": _RULES[feed.schedule]})
    if feed.funding:
        yield Tag(PODCAST, "funding", feed.funding_text or feed.funding, {"url": feed.funding})
    if feed.hidden:
        yield Tag(ITUNES, "block", "Yes")  # feedgen writes yes, and Apple reads Yes
    if feed.moved_to:
        yield Tag(ITUNES, "new-feed-url", feed.moved_to)


def explicit(*, value: bool) -> Tag:
    """`true` or `false` (Apple, PSP-1); feedgen knows only `yes`, `no` and `clean`."""
    return Tag(ITUNES, "explicit", str(value).lower())


def made_by_ai() -> Tag:
    """Declare that a machine made it (podcast:txt, purpose ai-content)."""
    return Tag(PODCAST, "txt", "true", {"purpose": "ai-content"})


def license_tags(feed: FeedSettings) -> Iterator[Tag]:
    """Yield the licence of the sound, if it has one."""
    if feed.license:
        yield Tag(PODCAST, "license", feed.license, {"url": feed.license_url} if feed.license_url else {})


def image(url: str, title: str, size_px: int | None) -> Tag:
    """Describe a square picture, and how large it is where that is known (podcast:image)."""
    size = {"width": str(size_px), "height": str(size_px)} if size_px else {}
    words = {"alt": one_line(f"Cover of {title}"), "aspect-ratio": "1/1", "type": "image/jpeg", "purpose": "artwork"}
    return Tag(PODCAST, "image", attributes={"href": url, **words, **size})


def transcript(url: str, kind: str, language: str) -> Tag:
    """The words with their times (podcast:transcript)."""
    return Tag(PODCAST, "transcript", attributes={"url": url, "type": kind, "language": language})


def chapters(url: str, kind: str) -> Tag:
    """The chapters with their links, in a file of their own (podcast:chapters)."""
    return Tag(PODCAST, "chapters", attributes={"url": url, "type": kind})


def season_tags(season: int, number: int) -> tuple[Tag, Tag]:
    """Year, and place in it (podcast:season, podcast:episode)."""
    return Tag(PODCAST, "season", str(season)), Tag(PODCAST, "episode", str(number))


def chapters_inside(episode: Episode) -> Iterator[Tag]:
    """Yield the chapters in the feed itself, where Spotify reads them (Podlove Simple Chapters)."""
    if episode.segments:
        yield Tag(CHAPTERS, "chapters", "", {"version": "1.2"}, tuple(map(_chapter, episode.segments)))


def _chapter(segment: SpokenSegment) -> Tag:
    start = f"{clock(segment.start_ms)}.{segment.start_ms % 1000:03}"
    link = {"href": quote(segment.url, safe=_OF_ADDRESSES)} if segment.url and is_web_address(segment.url) else {}
    return Tag(CHAPTERS, "chapter", "", {"start": start, "title": one_line(segment.title) or start, **link})
