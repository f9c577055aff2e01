"""The published tree: feed/ as its root and episodes/ beside it, at /episodes/. What is in it, and as what."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podcast.feed.rss import CHAPTERS, FEED_FILE, TRANSCRIPTS, feed_xml
from podcast.feed.site import INDEX_FILE, index_html
from podcast.record import EPISODE_JSON, EPISODE_MP3, sound_name
from podcast.show import is_slug

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from podcast.feed.cover import Cover
    from podcast.show import Show
    from podcast.types import Episode

PAGES = {INDEX_FILE: "text/html; charset=utf-8", FEED_FILE: "application/rss+xml; charset=utf-8"}
"""What is written anew whenever an episode or a setting changes; the feed last, so that it never is ahead."""

_EPISODE_FILES = {
    EPISODE_MP3: "audio/mpeg",
    EPISODE_JSON: "application/json",
    **TRANSCRIPTS,
    **dict([CHAPTERS]),
    "notes.html": "text/html; charset=utf-8",
    "timestamps.txt": "text/plain; charset=utf-8",
    "waveform.png": "image/png",
}
_UTF_8 = {"text/vtt": "text/vtt; charset=utf-8"}
_COVER = re.compile(r"cover-[0-9a-f]{16}(-\d+)?\.jpg")


def pages(show: Show, episodes: Sequence[Episode], cover: Cover, address: str) -> dict[str, bytes]:
    """Return index.html and feed.xml as they are when the tree is published at `address`."""
    return {
        INDEX_FILE: index_html(show, episodes, address=address, small_cover=cover.small_name),
        FEED_FILE: feed_xml(show, episodes, address=address, cover=cover.name),
    }


def published_file(show: Show, path: str) -> tuple[Path, str] | None:
    """Find a file of the tree other than the pages, and its media type; None for whatever is not published."""
    match path.split("/"):
        case [name] if _COVER.fullmatch(name):
            found, kind = show.feed / name, "image/jpeg"
        case ["episodes", slug, name] if is_slug(slug) and name == sound_name(slug):
            found, kind = show.episode_folder(slug) / name, _EPISODE_FILES[EPISODE_MP3]
        case ["episodes", slug, name] if is_slug(slug) and name in _EPISODE_FILES:
            found, kind = show.episode_folder(slug) / name, _EPISODE_FILES[name]
        case _:
            return None
    return (found, _UTF_8.get(kind, kind)) if found.is_file() else None
