"""What stands beside an episode's sound, for players, hosts and people: chapters, timestamps, notes, episode.json."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from podcast.types import Chapter, Link, Measurement, Timeline

TIMESTAMPS_MAX_BYTES = 5000
"""Of a YouTube description, which also takes no angle brackets."""

_SHORTEST_TITLE = 8
_WITHOUT_ANGLES = str.maketrans("<>", "‹›")


@dataclass(frozen=True, slots=True)
class EpisodeFacts:
    """What is known of an episode besides its timeline."""

    slug: str
    guid: str
    title: str
    date: dt.date
    writer: str
    voices: tuple[str, ...]
    tool_version: str
    links: tuple[Link, ...] = ()
    """Every address that the newsletter gives: what speech leaves out, the notes have."""


def chapters_json(timeline: Timeline) -> str:
    """Return the chapters as podcast apps read them (podcast namespace, chapters 1.2.0)."""
    chapters = [_chapter(chapter, timeline) for chapter in timeline.chapters]
    return _json({"version": "1.2.0", "chapters": chapters})


def _chapter(chapter: Chapter, timeline: Timeline) -> dict[str, Any]:
    times = {"startTime": timeline.ms(chapter.start) / 1000, "endTime": timeline.ms(chapter.end) / 1000}
    return {**times, "title": chapter.title, **({"url": chapter.url} if chapter.url else {})}


def timestamps(timeline: Timeline) -> str:
    """Return a line a chapter for a video's description; titles are shortened, evenly, only if they must be."""
    titles = [chapter.title.translate(_WITHOUT_ANGLES) for chapter in timeline.chapters]
    clocks = [_clock(timeline.ms(chapter.start)) for chapter in timeline.chapters]
    for width in range(max(map(len, titles)), _SHORTEST_TITLE, -1):
        text = _lines(clocks, titles, width)
        if len(text.encode()) <= TIMESTAMPS_MAX_BYTES:
            return text
    return _lines(clocks, titles, _SHORTEST_TITLE)


def _lines(clocks: Sequence[str], titles: Sequence[str], width: int) -> str:
    return "".join(f"{clock} {_shortened(title, width)}\n" for clock, title in zip(clocks, titles, strict=True))


def _shortened(title: str, width: int) -> str:
    return title if len(title) <= width else f"{title[: width - 1].rstrip()}…"


def _clock(ms: int) -> str:
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def notes_html(facts: EpisodeFacts, timeline: Timeline) -> str:
    """Return show notes in the few tags that podcast apps allow: papers with times and links, then other links."""
    papers = "\n".join(
        f"<li>{_clock(timeline.ms(chapter.start))} {_linked(chapter)}</li>" for chapter in timeline.chapters
    )
    known = {chapter.url for chapter in timeline.chapters}
    ids = [chapter.paper.removeprefix("arXiv:") for chapter in timeline.chapters if chapter.paper]
    others = "\n".join(
        f"<li>{_anchor(link.url, link.text or link.url)}</li>"
        for link in facts.links
        if link.url not in known and not any(paper in link.url for paper in ids)
    )
    more = f"<p>Links</p>\n<ul>\n{others}\n</ul>\n" if others else ""
    return f"<p>{html.escape(facts.title)}</p>\n<ul>\n{papers}\n</ul>\n{more}<p>The voice is synthetic.</p>\n"


def _linked(chapter: Chapter) -> str:
    return _anchor(chapter.url, chapter.title) if chapter.url else html.escape(chapter.title)


def _anchor(url: str, text: str) -> str:
    if not url.lower().startswith(("http://", "https://")):
        return html.escape(text)
    return f'<a href="{html.escape(url)}">{html.escape(text)}</a>'


def episode_json(
    facts: EpisodeFacts, timeline: Timeline, measured: Measurement, *, mp3_bytes: int, mp3_sha256: str
) -> str:
    """Return everything that feed, site and checks know of an episode."""
    return _json(
        {
            "slug": facts.slug,
            "guid": facts.guid,
            "title": facts.title,
            "date": f"{facts.date.isoformat()}T12:00:00Z",  # noon: the same day wherever it is read
            "duration_ms": timeline.duration_ms,
            "bytes": mp3_bytes,
            "sha256": mp3_sha256,
            "loudness_lufs": measured.loudness_lufs,
            "true_peak_dbtp": measured.true_peak_dbtp,
            "loudness_range_lu": measured.range_lu,
            "segments": [_segment(chapter, timeline) for chapter in timeline.chapters],
            "writer": facts.writer,
            "voices": list(facts.voices),
            "list_price_usd": 0.0,  # all parts used are free
            "tool_version": facts.tool_version,
        }
    )


def _segment(chapter: Chapter, timeline: Timeline) -> dict[str, Any]:
    return {
        "id": chapter.id,
        "title": chapter.title,
        "paper": chapter.paper,
        "url": chapter.url,
        "start_ms": timeline.ms(chapter.start),
        "end_ms": timeline.ms(chapter.end),
        "voice": chapter.voice,
    }


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
