"""The published tree: feed/ as its root and episodes/ beside it, at /episodes/. What is in it, and as what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from podcast.feed.rss import CHAPTERS, TRANSCRIPTS, feed_pages, transcripts_of
from podcast.feed.site import site_pages
from podcast.record import COVER_NAME, EPISODE_JSON, EPISODE_MP3, sound_name
from podcast.show import is_slug

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from podcast.feed.cover import Cover
    from podcast.feed.page import Lifetime, Page
    from podcast.show import Show
    from podcast.types import Episode

EPISODE_FILES = {
    EPISODE_MP3: "audio/mpeg",
    EPISODE_JSON: "application/json",
    **TRANSCRIPTS,
    **dict([CHAPTERS]),
    "notes.html": "text/html",
    "timestamps.txt": "text/plain",
    "waveform.png": "image/png",
}
_JPEG = "image/jpeg"
_UTF_8 = {"text/vtt", "text/html", "text/plain"}
_COVER = re.compile(r"cover-[0-9a-f]{16}(-\d+)?\.jpg")

Stage = Literal["media", "page", "feed"]
"""The order in which files go out: what is named by others before what names it."""


def pages(show: Show, episodes: Sequence[Episode], cover: Cover, address: str) -> tuple[Page, ...]:
    """Return what is written anew whenever an episode or a setting changes, as it is published at `address`.

    In the order in which it is to be written: a page behind what it names, and the feed last.
    """
    site = site_pages(show, episodes, address=address, small_cover=cover.small_name)
    return (*site, *feed_pages(show, episodes, address=address, cover=cover.name))


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """A file of the tree: where it is published, where it lies here, and what clients are told of it."""

    path: str
    file: Path
    media_type: str
    lifetime: Lifetime
    stage: Stage


def published_files(
    show: Show, episodes: Sequence[Episode], made: Sequence[Page], cover: Cover
) -> Iterator[PublishedFile]:
    """Yield everything of a show in the order in which it goes out; `made` are its pages.

    Of the show's pictures only the present one: a former one was published in its time, or was only tried.
    Files that are not there are not left out: whoever publishes has to find out.
    """
    for name in (cover.name, cover.small_name):
        yield PublishedFile(name, show.feed / name, _JPEG, "name", "media")
    for episode in episodes:
        folder = show.episode_folder(episode.slug)
        for name, kind in names_of(episode).items():
            lifetime: Lifetime = "name" if name == episode.cover else "day"
            yield PublishedFile(f"episodes/{episode.slug}/{name}", folder / name, kind, lifetime, "media")
    for page in made:
        stage: Stage = "feed" if page.name.startswith("feed") and page.name.endswith(".xml") else "page"
        yield PublishedFile(page.name, show.feed / page.name, page.media_type, page.lifetime, stage)


def names_of(episode: Episode) -> dict[str, str]:
    """Name the files of an episode's folder that are published, with their media types."""
    sound = {sound_name(episode.slug): EPISODE_FILES[EPISODE_MP3]}
    cover = {episode.cover: _JPEG} if episode.cover else {}
    absent = {EPISODE_MP3} | (TRANSCRIPTS.keys() - transcripts_of(episode))
    rest = {name: _with_charset(kind) for name, kind in EPISODE_FILES.items() if name not in absent}
    return sound | cover | rest


def published_file(show: Show, path: str) -> tuple[Path, str] | None:
    """Find a file of the tree other than the pages, and its media type; None for whatever is not published."""
    match path.split("/"):
        case [name] if _COVER.fullmatch(name):
            found, kind = show.feed / name, _JPEG
        case ["episodes", slug, name] if is_slug(slug) and name == sound_name(slug):
            found, kind = show.episode_folder(slug) / name, EPISODE_FILES[EPISODE_MP3]
        case ["episodes", slug, name] if is_slug(slug) and name in EPISODE_FILES:
            found, kind = show.episode_folder(slug) / name, EPISODE_FILES[name]
        case ["episodes", slug, name] if is_slug(slug) and COVER_NAME.fullmatch(name):
            found, kind = show.episode_folder(slug) / name, _JPEG
        case _:
            return None
    return (found, _with_charset(kind)) if found.is_file() else None


def _with_charset(kind: str) -> str:
    return f"{kind}; charset=utf-8" if kind in _UTF_8 else kind
