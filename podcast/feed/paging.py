"""Into which documents a feed is divided: one up to a thousand episodes, archives behind it above (RFC 5005).

Archives are counted from the oldest episode on, so that one that is added changes none of them: it is in feed.xml, and
once that has two hundred, the older hundred become the next archive. No archive names a newer one for the same reason.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from podcast.types import Episode

FEED_FILE = "feed.xml"
"""What apps subscribe to."""

MOST_IN_ONE = 1000
"""Episodes of a feed that is one document: every app has all of them, also those that know of no archives."""

ARCHIVED = 100
"""Episodes of an archive."""


@dataclass(frozen=True, slots=True)
class Document:
    """One file of a feed."""

    name: str
    episodes: tuple[Episode, ...]
    """Newest first."""

    links: tuple[tuple[str, str], ...] = ()
    """Relations and names of the other files, as RFC 5005 and RFC 8288 call them."""

    is_archive: bool = False


def documents(episodes: Sequence[Episode]) -> tuple[Document, ...]:
    """Divide episodes, in whatever order, into files: the oldest archive first, feed.xml last."""
    in_order = sorted(episodes, key=_place)
    if len(in_order) <= MOST_IN_ONE:
        return (Document(FEED_FILE, tuple(reversed(in_order))),)
    count = len(in_order) // ARCHIVED - 1
    archives = tuple(_archive(number, in_order) for number in range(1, count + 1))
    links = (*_older(archives[-1].name), ("last", archives[0].name))
    return (*archives, Document(FEED_FILE, tuple(reversed(in_order[count * ARCHIVED :])), links))


def numbers(episodes: Sequence[Episode]) -> Mapping[str, tuple[int, int]]:
    """Season and number of each episode, by slug: the year of its date, and its place in that year."""
    known: Counter[int] = Counter()
    found = {}
    for episode in sorted(episodes, key=_place):
        known[episode.date.year] += 1
        found[episode.slug] = (episode.date.year, known[episode.date.year])
    return found


def _archive(number: int, in_order: Sequence[Episode]) -> Document:
    held = in_order[(number - 1) * ARCHIVED : number * ARCHIVED]
    older = _older(_name(number - 1)) if number > 1 else ()
    links = (("first", FEED_FILE), ("current", FEED_FILE), *older, ("last", _name(1)))
    return Document(_name(number), tuple(reversed(held)), links, is_archive=True)


def _older(name: str) -> tuple[tuple[str, str], ...]:
    """Both ways to say where older episodes are: those who page read `next`, those who know archives the other."""
    return (("next", name), ("prev-archive", name))


def _name(number: int) -> str:
    return f"feed-{number:04}.xml"


def _place(episode: Episode) -> tuple[object, ...]:
    return (episode.date, episode.slug)
