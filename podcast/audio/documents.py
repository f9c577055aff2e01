"""What stands beside an episode's sound and is made from its timeline: chapters and timestamps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast.types import Chapter, Timeline

TIMESTAMPS_MAX_BYTES = 5000
"""Of a YouTube description, which also takes no angle brackets."""

_SHORTEST_TITLE = 8
_WITHOUT_ANGLES = str.maketrans("<>", "‹›")


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


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
