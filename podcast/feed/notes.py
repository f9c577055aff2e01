"""Show notes in the few tags that podcast apps allow: p, ul, li, a."""

from __future__ import annotations

import html
import itertools
import re
from collections import Counter
from typing import TYPE_CHECKING

from podcast.feed.plain import one_line, plain
from podcast.types import OTHERS, Link

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podcast.types import Episode, SpokenSegment

_MOST_AUTHORS = 3
_FIRST_AUTHORS = 2
_OTHERS = re.compile(rf"(\d{{1,5}} )?{OTHERS}")
_ARXIV = "arXiv:"
_ARXIV_ID = re.compile(r"\d{4}\.\d{4,5}(v\d+)?|[a-z-]+(\.[A-Z]{2})?/\d{7}(v\d+)?")

SYNTHETIC = "The voice is synthetic."


def notes_html(episode: Episode) -> str:
    """Return all of it: chapters with times, links and authors, then the other links of the newsletter."""
    papers = "\n".join(f"<li>{clock(segment.start_ms)} {_credited(segment)}</li>" for segment in episode.segments)
    others = "\n".join(f"<li>{_anchor(link.url, link.text or link.url)}</li>" for link in other_links(episode))
    more = f"<p>Links</p>\n<ul>\n{others}\n</ul>\n" if others else ""
    return f"<ul>\n{papers}\n</ul>\n{more}<p>{SYNTHETIC}</p>\n"


def summary_html(episode: Episode, max_bytes: int, notes: str = "") -> str:
    """Return the notes, written already or not, as far as they fit.

    Without the other links, then without authors, then without any links, then the first chapters. What is left out is
    said to be in the notes.
    """
    return next(
        text for text in _shorter_and_shorter(episode, notes or notes_html(episode)) if len(text.encode()) <= max_bytes
    )


def _shorter_and_shorter(episode: Episode, notes: str) -> Iterator[str]:
    segments = episode.segments
    yield notes
    for shown in (_credited, _linked):
        yield _chapters([shown(segment) for segment in segments], segments)
    titles = [_escaped(segment.title) for segment in segments]
    for count in range(len(segments), -1, -1):
        yield _chapters(titles[:count], segments)


def _chapters(titles: Sequence[str], segments: Sequence[SpokenSegment]) -> str:
    lines = [f"<li>{clock(segment.start_ms)} {title}</li>" for title, segment in zip(titles, segments, strict=False)]
    missing = len(segments) - len(titles)
    more = f"<p>And {missing} more chapter{'s' if missing > 1 else ''}.</p>\n" if missing else ""
    return "<ul>\n" + "\n".join(lines) + f"\n</ul>\n{more}<p>{SYNTHETIC} All links are in the notes.</p>\n"


def byline(authors: Sequence[str]) -> str:
    """Name the authors of a paper: `by Ada Lovelace, Bo Chen and 12 others`; empty without any."""
    names, others = names_and_others(authors)
    if len(names) > _MOST_AUTHORS:
        others = f"{len(names) - _FIRST_AUTHORS + _count(others)} {OTHERS}" if others != OTHERS else OTHERS
        names = names[:_FIRST_AUTHORS]
    names += [others] if others else []
    listed = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
    return f"by {listed}" if listed else ""


def names_and_others(authors: Sequence[str]) -> tuple[list[str], str]:
    """Part the names from what stands for those who are not named: `12 others`, `others`, or nothing."""
    lines = [name for author in authors if (name := one_line(author))]
    others = [line for line in lines if _OTHERS.fullmatch(line)]
    return [line for line in lines if line not in others], others[-1] if others else ""


def _count(others: str) -> int:
    return int(others.split(maxsplit=1)[0]) if others else 0


def other_links(episode: Episode) -> list[Link]:
    """Links of the newsletter that no chapter has: neither its address nor another page of its paper."""
    known = {segment.url for segment in episode.segments}
    papers = [segment.paper.removeprefix(_ARXIV) for segment in episode.segments if segment.paper]
    ids = [paper for paper in papers if _ARXIV_ID.fullmatch(paper)]
    others = [link for link in episode.links if link.url not in known and not _names_any(link.url, ids)]
    counts = Counter(link.text.casefold() for link in others)
    return [_told_apart(link) if link.text and counts[link.text.casefold()] > 1 else link for link in others]


def _told_apart(link: Link) -> Link:
    """Say where a link leads that has the same words as another: ten times "Tweet" helps nobody."""
    place = link.url.partition("://")[2].removeprefix("www.")
    return Link(f"{link.text} ({place})", link.url)


def _names_any(url: str, papers: Sequence[str]) -> bool:
    return any(paper in url and _names(url, paper) for paper in papers)


def _names(url: str, paper: str) -> bool:
    """Whether an address has an id in it that is not part of a longer number.

    Without a pattern: each episode has other ids, and compiling those took half of the time that a feed takes.
    """
    around = itertools.pairwise(url.split(paper))
    return any(not (before[-1:].isdecimal() or after[:1].isdecimal()) for before, after in around)


def clock(ms: int) -> str:
    """A time as directories find it in notes: 00:12:34."""
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}"


def is_web_address(url: str | None) -> bool:
    """Whether a browser may be sent there: addresses come from newsletters, and not all are what they seem."""
    return url is not None and url.isprintable() and url.lower().startswith(("http://", "https://"))


def _escaped(text: str) -> str:
    return html.escape(plain(text))


def _credited(segment: SpokenSegment) -> str:
    authors = byline(segment.authors)
    return f"{_linked(segment)} {_escaped(authors)}" if authors else _linked(segment)


def _linked(segment: SpokenSegment) -> str:
    return _anchor(segment.url, segment.title) if segment.url else _escaped(segment.title)


def _anchor(url: str, text: str) -> str:
    return f'<a href="{_escaped(url)}">{_escaped(text)}</a>' if is_web_address(url) else _escaped(text)
