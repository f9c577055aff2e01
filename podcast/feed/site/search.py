"""search.json: what the search on every page looks through. It is read once somebody begins to search."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from podcast.feed.notes import names_and_others
from podcast.feed.page import Page, digest_of, digest_of_episodes
from podcast.feed.plain import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast.types import Episode, SpokenSegment

SEARCH_FILE = "search.json"
WHOLE = 1000
"""How many of the newest episodes are known by chapters, papers and authors: of twenty years of a weekly show.

Of those before, only the titles are: what a listener fetches stays near two megabytes, a quarter of it on the way.
"""

_NAMED_AUTHORS = 20


def search_page(episodes: Sequence[Episode]) -> Page:
    """Return the index as a file of the site."""
    made_from = digest_of("search", digest_of_episodes(episodes))
    return Page(SEARCH_FILE, "application/json", made_from, lambda: search_json(episodes))


def search_json(episodes: Sequence[Episode]) -> bytes:
    """Write slug, date, title and chapters of every episode, newest first: lists, as names would be most of it."""
    data: dict[str, Any] = {
        "version": 1,
        "titlesOnlyUntil": episodes[WHOLE].date.date().isoformat() if len(episodes) > WHOLE else None,
        "episodes": [_episode(episode, is_whole=index < WHOLE) for index, episode in enumerate(episodes)],
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _episode(episode: Episode, *, is_whole: bool) -> list[Any]:
    title = one_line(episode.title) or episode.slug
    chapters = [_chapter(segment) for segment in episode.segments] if is_whole else []
    return [episode.slug, episode.date.date().isoformat(), title, chapters]


def _chapter(segment: SpokenSegment) -> list[Any]:
    """Give start in seconds, title, authors and paper; what is empty at the end is left out."""
    authors = ", ".join(names_and_others(segment.authors)[0][:_NAMED_AUTHORS])
    values = [segment.start_ms / 1000, one_line(segment.title), authors, one_line(segment.paper or "")]
    while values[-1] == "":
        values.pop()
    return values
