"""What stands beside the sound: chapters and timestamps."""

from __future__ import annotations

import json

import pytest

from podcast.audio.documents import chapters_json, timestamps
from podcast.types import Chapter, Timeline

RATE = 44_100


def _timeline(*titles: str, seconds: float = 65.25, url: str | None = None) -> Timeline:
    step = round(seconds * RATE)
    chapters = tuple(
        Chapter(f"c{number}", title, number * step, (number + 1) * step, url, "arXiv:2405.20233", "heart")
        for number, title in enumerate(titles)
    )
    return Timeline(RATE, (), chapters, len(titles) * step)


# ── chapters.json ───────────────────────────────────────────────────────────────────────────────────────


def test_chapters_are_as_the_podcast_namespace_has_them() -> None:
    """Version 1.2.0, times in seconds, an address only where there is one."""
    timeline = _timeline("Welcome", "学习 & more")
    assert json.loads(chapters_json(timeline)) == {
        "version": "1.2.0",
        "chapters": [
            {"startTime": 0.0, "endTime": 65.25, "title": "Welcome"},
            {"startTime": 65.25, "endTime": 130.5, "title": "学习 & more"},
        ],
    }
    linked = json.loads(chapters_json(_timeline("Paper", url="https://arxiv.org/abs/1")))["chapters"][0]
    assert linked["url"] == "https://arxiv.org/abs/1"


# ── timestamps ──────────────────────────────────────────────────────────────────────────────────────────


def test_timestamps_are_a_line_a_chapter_from_zero() -> None:
    """The first line is 0:00, as video sites ask; hours appear where there are any."""
    text = timestamps(_timeline("Welcome, dear listeners", "Second", "Third", seconds=1830.9))
    assert text == "0:00 Welcome, dear listeners\n30:30 Second\n1:01:01 Third\n"


@pytest.mark.parametrize("title", ["Hi", "x", "Welcome", "A paper on"])
def test_short_titles_stand_as_they_are(title: str) -> None:
    """An episode whose titles are all short has timestamps too."""
    assert timestamps(_timeline(title)) == f"0:00 {title}\n"


@pytest.mark.parametrize(("count", "seconds"), [(200, 30), (200, 100), (255, 10), (255, 60)])
def test_timestamps_fit_a_description_however_many_chapters_there_are(count: int, seconds: float) -> None:
    """Long titles are shortened, with a mark, until all chapters fit into 5,000 characters."""
    titles = [f"{number}: {'a paper on papers ' * 6}" for number in range(count)]
    lines = timestamps(_timeline(*titles, seconds=seconds)).splitlines()
    assert len(lines) == count
    assert sum(len(line) + 1 for line in lines) <= 5000
    assert lines[0].startswith("0:00 0: a")
    assert all(line.endswith("…") for line in lines)


def test_titles_are_shortened_no_more_than_they_must() -> None:
    """Titles that fit are whole, and shortened ones use the room there is."""
    titles = ["Short one, but a title"] + ["a long title of a paper " * 8] * 60
    text = timestamps(_timeline(*titles))
    assert text.startswith("0:00 Short one, but a title\n")
    assert 4700 < len(text.encode()) <= 5000


def test_a_few_long_titles_are_not_shortened() -> None:
    """Where all fits nothing is cut."""
    assert timestamps(_timeline("t" * 900, "u" * 900)) == f"0:00 {'t' * 900}\n1:05 {'u' * 900}\n"
