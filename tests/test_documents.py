"""What stands beside the sound: chapters, timestamps, notes and episode.json."""

from __future__ import annotations

import datetime as dt
import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast.audio.documents import EpisodeFacts, chapters_json, episode_json, notes_html, timestamps
from podcast.types import Chapter, Link, Measurement, Timeline

RATE = 44_100
HOSTILE = """<script>alert("x")</script> & 'Tom' </li></ul>"""
HOSTILE_URL = """https://example.org/?a=1&b="><script>alert(1)</script>'"""


def _timeline(*titles: str, seconds: float = 65.25, url: str | None = None) -> Timeline:
    step = round(seconds * RATE)
    chapters = tuple(
        Chapter(f"c{number}", title, number * step, (number + 1) * step, url, "arXiv:2405.20233", "heart")
        for number, title in enumerate(titles)
    )
    return Timeline(RATE, (), chapters, len(titles) * step)


def _facts(title: str = "AI Papers", links: tuple[Link, ...] = ()) -> EpisodeFacts:
    return EpisodeFacts("2024-06-15", "guid-1", title, dt.date(2024, 6, 15), "rules 1", ("heart", "emma"), "0.1", links)


class _Reader(HTMLParser):
    """Collects what a podcast app would find in the notes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.open.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def addresses(self) -> list[str | None]:
        assert {name for name, _ in self.attributes} <= {"href"}
        return [value for _, value in self.attributes]


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


# ── notes ───────────────────────────────────────────────────────────────────────────────────────────────


def test_notes_list_papers_with_times_and_links_then_other_links() -> None:
    """Each chapter once, the newsletter's other addresses behind them, and that the voice is synthetic."""
    links = (
        Link("arXiv", "https://arxiv.org/abs/1"),
        Link("Code", "https://example.org/c"),
        Link("", "https://x.org/"),
    )
    text = notes_html(_facts(links=links), _timeline("Paper one", "Paper two", url="https://arxiv.org/abs/1"))
    found = _Reader(text)
    arxiv = "https://arxiv.org/abs/1"
    assert found.addresses == [arxiv, arxiv, "https://example.org/c", "https://x.org/"]
    words = [
        "AI Papers",
        "0:00 Paper one",
        "1:05 Paper two",
        "Links",
        "Code",
        "https://x.org/",
        "The voice is synthetic.",
    ]
    assert [line for line in found.text.splitlines() if line] == words


def test_notes_without_other_links_have_no_list_of_them() -> None:
    """An empty heading helps nobody."""
    assert "Links" not in notes_html(_facts(), _timeline("One"))


def test_hostile_titles_and_addresses_stay_text() -> None:
    """Whatever a newsletter holds, the notes have four tags and nothing runs."""
    notes = notes_html(_facts(HOSTILE, (Link(HOSTILE, HOSTILE_URL + "2"),)), _timeline(HOSTILE, url=HOSTILE_URL))
    found = _Reader(notes)
    assert set(found.tags) == {"p", "ul", "li", "a"}
    assert found.open == []
    assert found.addresses == [HOSTILE_URL, HOSTILE_URL + "2"]
    assert found.text.count(HOSTILE) == 3


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,<b>x</b>", "JaVaScRiPt:alert(1)", "file:///etc/"]
)
def test_only_addresses_of_the_web_become_links(url: str) -> None:
    """An address that would run or read something on the listener's side is never clickable."""
    found = _Reader(notes_html(_facts(links=(Link("Click", url),)), _timeline("One", url=url)))
    assert found.addresses == []


@given(st.text(max_size=60), st.text(max_size=60))
@settings(deadline=None)
def test_notes_hold_nothing_but_four_tags(title: str, words: str) -> None:
    """Any text comes back as it was, and closes what it opens."""
    link = Link(words, "https://example.org/" + words)
    notes = notes_html(_facts(title, (link,)), _timeline(words))
    assert set(re.findall(r"</?([^\s<>]+)", notes)) == {"p", "ul", "li", "a"}
    found = _Reader(notes)
    assert found.open == []
    assert title in found.text
    assert words in found.text


# ── episode.json ────────────────────────────────────────────────────────────────────────────────────────


def test_episode_json_holds_all_that_feed_and_site_need() -> None:
    """Every field has its value, times in ms, and nothing besides."""
    measured = Measurement(-16.1, -1.2, 3.4, 5_755_050, (), ())
    timeline = _timeline("Welcome", "Paper 学", url="https://arxiv.org/abs/2405.20233")
    text = episode_json(_facts(), timeline, measured, mp3_bytes=123_456, mp3_sha256="ab" * 32)
    value = json.loads(text)
    segments = value.pop("segments")
    assert value == {
        "slug": "2024-06-15",
        "guid": "guid-1",
        "title": "AI Papers",
        "date": "2024-06-15T12:00:00Z",
        "duration_ms": 130_500,
        "bytes": 123_456,
        "sha256": "ab" * 32,
        "loudness_lufs": -16.1,
        "true_peak_dbtp": -1.2,
        "loudness_range_lu": 3.4,
        "writer": "rules 1",
        "voices": ["heart", "emma"],
        "list_price_usd": 0.0,
        "tool_version": "0.1",
    }
    assert segments[1] == {
        "id": "c1",
        "title": "Paper 学",
        "paper": "arXiv:2405.20233",
        "url": "https://arxiv.org/abs/2405.20233",
        "start_ms": 65_250,
        "end_ms": 130_500,
        "voice": "heart",
    }
    assert (len(segments), text.endswith("}\n"), "学" in text) == (2, True, True)
