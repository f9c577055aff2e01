"""The page of one episode: player, chapters with their papers, and the words as they are spoken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podcast.feed.notes import names_and_others, other_links
from podcast.feed.page import Page, digest_of, digest_of_episode
from podcast.feed.plain import one_line
from podcast.feed.rss import episode_address, transcripts_of
from podcast.feed.site.frame import INDEX_FILE, MEDIA_TYPE, Head, page
from podcast.feed.site.schema import episode_data
from podcast.feed.site.transcript import TRANSCRIPT, by_chapter, read_sentences, state_of
from podcast.feed.site.words import day, megabytes, minutes, number_of_topics, seconds, short_clock, topics, web_address
from podcast.record import sound_name
from podcast.types import OTHERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from podcast.feed.site.frame import Site
    from podcast.show import Show
    from podcast.types import Episode, SpokenSegment

_ROOT = "../"
_FORMATS = {"vtt": "WebVTT", "srt": "SubRip", "json": "JSON", "html": "HTML"}
_NAMED_AUTHORS = 4


@dataclass(frozen=True, slots=True)
class Neighbour:
    """What a page says of the episode before or after its own."""

    slug: str
    title: str


def episode_pages(site: Site, show: Show, episodes: Sequence[Episode]) -> Iterator[Page]:
    """Yield a page an episode. One more episode changes that of its neighbours only."""
    shared = digest_of("episode", site)
    around = [None, *(Neighbour(each.slug, one_line(each.title) or each.slug) for each in episodes), None]
    for index, episode in enumerate(episodes):
        yield _page(site, shared, episode, show.episode_folder(episode.slug), (around[index + 2], around[index]))


def _page(
    site: Site, shared: str, episode: Episode, folder: Path, neighbours: tuple[Neighbour | None, Neighbour | None]
) -> Page:
    words = folder / TRANSCRIPT
    made_from = digest_of(shared, digest_of_episode(episode), neighbours, state_of(words))

    def make() -> bytes:
        return _made(site, episode, words, neighbours)

    return Page(f"{episode.slug}/{INDEX_FILE}", MEDIA_TYPE, made_from, make)


def _made(site: Site, episode: Episode, words: Path, neighbours: tuple[Neighbour | None, Neighbour | None]) -> bytes:
    older, newer = neighbours
    summary = _summary(episode)
    title = one_line(episode.title) or episode.slug
    head = Head(
        title=f"{title} – {site.title}",
        summary=summary,
        path=f"{episode.slug}/",
        picture=_picture(site, episode),
        data=episode_data(site, episode, summary, _picture(site, episode)),
        kind="article",
        sound=_sound(site.address, episode),
    )
    return page(
        site,
        head,
        "episode.html",
        root=_ROOT,
        title=title,
        episode=_described(episode),
        picture=f"{_ROOT}{_picture(site, episode)}",
        chapters=[_chapter(segment, episode) for segment in episode.segments],
        links=[
            {"url": web_address(link.url), "text": one_line(link.text or link.url)} for link in other_links(episode)
        ],
        transcript=list(_transcript(words, episode)),
        older=older,
        newer=newer,
    )


def _described(episode: Episode) -> dict[str, Any]:
    return {
        "slug": episode.slug,
        "iso_date": episode.date.date().isoformat(),
        "date": day(episode.date),
        "minutes": minutes(episode.duration_ms),
        "count": number_of_topics(episode),
        "mp3": _sound(_ROOT, episode),
        "seconds": seconds(episode.duration_ms),
        "download": sound_name(episode.slug),
        "size": megabytes(episode.bytes),
        "transcripts": [
            (_FORMATS.get(name.rpartition(".")[2], name), episode_address(_ROOT, episode.slug, name))
            for name in transcripts_of(episode)
        ],
    }


def _sound(root: str, episode: Episode) -> str:
    return episode_address(root, episode.slug, sound_name(episode.slug))


def _picture(site: Site, episode: Episode) -> str:
    return episode_address("", episode.slug, episode.cover) if episode.cover else site.small_cover


def _summary(episode: Episode) -> str:
    about = "; ".join(one_line(segment.title) for segment in topics(episode))
    facts = ", ".join(filter(None, (day(episode.date), minutes(episode.duration_ms), number_of_topics(episode))))
    return f"{facts}: {about}" if about else facts


def _chapter(segment: SpokenSegment, episode: Episode) -> dict[str, Any]:
    return {
        "start": seconds(segment.start_ms),
        "clock": short_clock(segment.start_ms, episode.duration_ms),
        "title": one_line(segment.title),
        "authors": _authors(segment),
        "paper": one_line(segment.paper or ""),
        "url": web_address(segment.url),
    }


def _authors(segment: SpokenSegment) -> str:
    """Name the first authors of a paper; it may have hundreds."""
    names, others = names_and_others(segment.authors)
    named, more = ", ".join(names[:_NAMED_AUTHORS]), len(names) - _NAMED_AUTHORS
    if others:
        return f"{named} and {others if more <= 0 else OTHERS}"
    return f"{named} and {more} more" if more > 0 else named


def _transcript(
    path: Path, episode: Episode
) -> Iterator[tuple[str, str, str, list[tuple[str, list[tuple[str, str]]]]]]:
    """Yield title, time as people and as scripts read it, and paragraphs of each chapter, plain tuples all of it.

    A sandboxed template looks at every attribute that it is to follow, and here it would for each sentence.
    """
    for segment, paragraphs in by_chapter(read_sentences(path), episode.segments):
        start_ms = segment.start_ms if segment else 0
        yield (
            one_line(segment.title) if segment else "",
            short_clock(start_ms, episode.duration_ms),
            seconds(start_ms),
            [(each.speaker, [(seconds(said.start_ms), said.text) for said in each.sentences]) for each in paragraphs],
        )
