"""index.html: the show, its episodes, a player. One file that asks nobody else for anything."""

from __future__ import annotations

import base64
import functools
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podcast.feed.notes import SYNTHETIC, clock, is_web_address, other_links
from podcast.feed.page import Page, digest_of, digest_of_episodes
from podcast.feed.plain import one_line
from podcast.feed.rss import FEED_FILE, TRANSCRIPTS, episode_address
from podcast.outside.templates import render
from podcast.record import sound_name
from podcast.show import LONGEST_DESCRIPTION_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast.show import Show
    from podcast.types import Episode, SpokenSegment

INDEX_FILE = "index.html"
MEDIA_TYPE = "text/html; charset=utf-8"

_TEMPLATES = Path(__file__).parent / "templates"
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MEGABYTE = 1_000_000
_HOUR_MS = 3_600_000


def site_pages(show: Show, episodes: Sequence[Episode], *, address: str, small_cover: str) -> tuple[Page, ...]:
    """Return all pages, what they name before them."""
    made_from = digest_of("home", show.settings, address, small_cover, digest_of_episodes(episodes))

    def make() -> bytes:
        return index_html(show, episodes, address=address, small_cover=small_cover)

    return (Page(INDEX_FILE, MEDIA_TYPE, made_from, make),)


def index_html(show: Show, episodes: Sequence[Episode], *, address: str, small_cover: str) -> bytes:
    """Return the page; but for the address to subscribe to, all its addresses are relative."""
    style, script = _asset("index.css"), _asset("index.js")
    values = {
        "title": show.settings.title,
        "author": show.settings.author,
        "description": one_line(show.settings.description, LONGEST_DESCRIPTION_BYTES),
        "language": show.settings.language,
        "policy": _policy(style, script),
        "style": _raw(style),
        "script": _raw(script),
        "small_cover": small_cover,
        "feed_file": FEED_FILE,
        "feed_address": f"{address}{FEED_FILE}",
        "episodes": [_episode(episode) for episode in episodes],
        "synthetic": SYNTHETIC,
    }
    return render(INDEX_FILE, [_TEMPLATES], values, is_html=True).encode()


@functools.cache
def _asset(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _raw(text: str) -> Any:
    """Our own style and script, which stand in the page as they are."""
    from markupsafe import Markup

    return Markup(text)  # noqa: S704 - not from outside


def _policy(style: str, script: str) -> str:
    """Allow nothing but our own style and script, and pictures and sound from where the page comes (W3C CSP 3)."""
    return (
        "default-src 'none'; base-uri 'none'; form-action 'none'; img-src 'self'; media-src 'self'; "
        f"style-src {_digest(style)}; script-src {_digest(script)}"
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _episode(episode: Episode) -> dict[str, Any]:
    return {
        "slug": episode.slug,
        "title": one_line(episode.title) or episode.slug,
        "iso_date": episode.date.date().isoformat(),
        "date": f"{episode.date.day} {_MONTHS[episode.date.month - 1]} {episode.date.year}",
        "minutes": _minutes(episode.duration_ms),
        "mp3": episode_address("", episode.slug, sound_name(episode.slug)),
        "download": sound_name(episode.slug),
        "size": f"{episode.bytes / _MEGABYTE:.1f} MB",
        "transcript": episode_address("", episode.slug, next(iter(TRANSCRIPTS))),
        "chapters": [_chapter(segment, episode.duration_ms) for segment in episode.segments],
        "links": [
            {"url": _address(link.url), "text": one_line(link.text or link.url)} for link in other_links(episode)
        ],
    }


def _chapter(segment: SpokenSegment, duration_ms: int) -> dict[str, Any]:
    return {
        "start": f"{segment.start_ms / 1000:.3f}",
        "clock": clock(segment.start_ms) if duration_ms >= _HOUR_MS else clock(segment.start_ms).removeprefix("00:"),
        "title": one_line(segment.title),
        "url": _address(segment.url),
    }


def _address(url: str | None) -> str | None:
    """Where a link may lead; None for what is better left as words."""
    return url if url and is_web_address(url) and url.isprintable() else None


def _minutes(duration_ms: int) -> str:
    minutes = max(1, round(duration_ms / 60_000))
    return f"{minutes} minute{'s' if minutes > 1 else ''}"
