"""The pages that list episodes: the home page with the newest, and all of them by year; and the page for none."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from podcast.feed.page import Page, digest_of, digest_of_episodes
from podcast.feed.plain import one_line
from podcast.feed.rss import episode_address
from podcast.feed.site.frame import ALL_FILE, INDEX_FILE, MEDIA_TYPE, Head, page
from podcast.feed.site.schema import series
from podcast.feed.site.words import day, minutes, number_of_topics, topics
from podcast.record import sound_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast.feed.site.frame import Site
    from podcast.types import Episode

NEWEST = 20
MISSING_FILE = "404.html"

_TITLES = 3


def home_page(site: Site, episodes: Sequence[Episode]) -> Page:
    """Return index.html: the show, how to follow it, and its newest episodes."""
    newest = episodes[:NEWEST]
    made_from = digest_of("home", site, digest_of_episodes(newest), len(episodes))
    return Page(INDEX_FILE, MEDIA_TYPE, made_from, lambda: _home(site, newest, len(episodes)))


def _home(site: Site, newest: Sequence[Episode], count: int) -> bytes:
    head = Head(site.title, site.description, "", site.small_cover, series(site))
    return page(site, head, "home.html", root="./", episodes=[entry(each) for each in newest], count=count)


def all_page(site: Site, episodes: Sequence[Episode]) -> Page:
    """Return all.html: every episode by year, each at an address of its own."""
    made_from = digest_of("all", site, digest_of_episodes(episodes))
    return Page(ALL_FILE, MEDIA_TYPE, made_from, lambda: _all(site, episodes))


def _all(site: Site, episodes: Sequence[Episode]) -> bytes:
    grouped = itertools.groupby(episodes, lambda episode: episode.date.year)
    years = [(year, [entry(episode, titles=0) for episode in of_year]) for year, of_year in grouped]
    title = f"All episodes of {site.title}"
    head = Head(title, f"{title}, by year. {site.description}", ALL_FILE, site.small_cover)
    return page(site, head, "all.html", root="./", years=years, count=len(episodes))


def missing_page(site: Site) -> Page:
    """Return 404.html; it is served at addresses of any depth, so it names everything by its whole address."""
    head = Head(f"Not found: {site.title}", site.description, MISSING_FILE, site.small_cover, is_found=False)
    made_from = digest_of("missing", site)
    return Page(MISSING_FILE, MEDIA_TYPE, made_from, lambda: page(site, head, "404.html", root=site.address))


def entry(episode: Episode, titles: int = _TITLES) -> dict[str, Any]:
    """Say what a list says of an episode, the titles of its first papers among it."""
    about = [one_line(segment.title) for segment in topics(episode)]
    return {
        "slug": episode.slug,
        "title": one_line(episode.title) or episode.slug,
        "iso_date": episode.date.date().isoformat(),
        "date": day(episode.date),
        "minutes": minutes(episode.duration_ms),
        "count": number_of_topics(episode),
        "about": about[:titles],
        "more": max(0, len(about) - titles),
        "mp3": episode_address("", episode.slug, sound_name(episode.slug)),
        "seconds": f"{episode.duration_ms / 1000:.3f}",
    }
