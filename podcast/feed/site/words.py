"""How dates, lengths, sizes and licences are written on the site."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podcast.feed.notes import clock, is_web_address

if TYPE_CHECKING:
    import datetime as dt

    from podcast.types import Episode, SpokenSegment

# Python's own names of months follow the locale, which feedgen changes while it writes a date.
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MEGABYTE = 1_000_000
_HOUR_MS = 3_600_000
_FEWEST_WITH_ENDS = 3

_COMMONS = re.compile(r"cc-(by(?:-nc)?(?:-sa|-nd)?)-(\d\.\d)")
_ZERO = "cc0-1.0"


def day(date: dt.datetime) -> str:
    """A day as people write it: 15 June 2024."""
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def minutes(duration_ms: int) -> str:
    """A length to the nearest minute."""
    return counted(max(1, round(duration_ms / 60_000)), "minute")


def megabytes(size_bytes: int) -> str:
    """A size as download lists give it."""
    return f"{size_bytes / _MEGABYTE:.1f} MB"


def counted(count: int, noun: str) -> str:
    """So many of something."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def short_clock(ms: int, duration_ms: int) -> str:
    """A time in an episode; all those of one episode are equally wide."""
    return clock(ms) if duration_ms >= _HOUR_MS else clock(ms).removeprefix("00:")


def seconds(ms: int) -> str:
    """A time as media fragments and scripts take it."""
    return f"{ms / 1000:.3f}"


def web_address(url: str | None) -> str | None:
    """Where a link may lead; None for what is better left as words."""
    return url if url and is_web_address(url) else None


def topics(episode: Episode) -> tuple[SpokenSegment, ...]:
    """The segments that an episode is about: those of papers; where none is known, all but greeting and goodbye."""
    papers = tuple(segment for segment in episode.segments if segment.is_paper)
    has_ends = len(episode.segments) >= _FEWEST_WITH_ENDS
    return papers or (episode.segments[1:-1] if has_ends else episode.segments)


def number_of_topics(episode: Episode) -> str:
    """How many papers an episode has, or chapters where it is not known which of them are papers; empty for none."""
    papers = sum(segment.is_paper for segment in episode.segments)
    if papers:
        return counted(papers, "paper")
    return counted(len(episode.segments), "chapter") if episode.segments else ""


def license_address(name: str, own: str) -> str | None:
    """Where a licence can be read: the show's own words, or Creative Commons'."""
    if own:
        return web_address(own)
    if name == _ZERO:
        return "https://creativecommons.org/publicdomain/zero/1.0/"
    found = _COMMONS.fullmatch(name)
    return f"https://creativecommons.org/licenses/{found[1]}/{found[2]}/" if found else None
