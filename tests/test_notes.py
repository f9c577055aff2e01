"""What podcast apps show beside an episode: chapters with times and links, in four tags, as far as they fit."""

from __future__ import annotations

import datetime as dt
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast.feed.notes import clock, is_web_address, notes_html, other_links, summary_html
from podcast.feed.plain import plain
from podcast.types import Episode, Link, SpokenSegment

HOSTILE = """<script>alert("x")</script> & 'Tom' </li></ul>"""
HOSTILE_URL = """https://example.org/?a=1&b="><script>alert(1)</script>'"""
ARXIV = "https://arxiv.org/abs/2405.20233"


def _episode(
    *titles: str,
    title: str = "AI Papers",
    seconds: float = 65.25,
    url: str | None = None,
    paper: str | None = None,
    links: tuple[Link, ...] = (),
) -> Episode:
    step = round(1000 * seconds)
    segments = tuple(
        SpokenSegment(f"c{number}", each, paper, url, number * step, (number + 1) * step, "heart")
        for number, each in enumerate(titles)
    )
    return Episode(
        slug="2024-06-15",
        guid="01921164-967d-5b0b-9b6f-6823345f0cb7",
        title=title,
        date=dt.datetime(2024, 6, 15, 12, tzinfo=dt.UTC),
        duration_ms=step * len(titles),
        bytes=123_456,
        sha256="ab" * 32,
        loudness_lufs=-16.1,
        true_peak_dbtp=-1.2,
        loudness_range_lu=3.4,
        segments=segments,
        links=links,
        writer="rules 1",
        voices=("heart",),
        list_price_usd=0.0,
        tool_version="0.1",
    )


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

    @property
    def lines(self) -> list[str]:
        return [line for line in self.text.splitlines() if line]


# ── all of it ───────────────────────────────────────────────────────────────────────────────────────────


def test_notes_list_papers_with_times_and_links_then_other_links() -> None:
    """Each chapter once, the newsletter's other addresses behind them, and that the voice is synthetic."""
    links = (Link("arXiv", ARXIV), Link("Code", "https://example.org/c"), Link("", "https://x.org/"))
    found = _Reader(notes_html(_episode("Paper one", "Paper two", url=ARXIV, links=links)))
    assert found.addresses == [ARXIV, ARXIV, "https://example.org/c", "https://x.org/"]
    assert found.lines == [
        "00:00:00 Paper one",
        "00:01:05 Paper two",
        "Links",
        "Code",
        "https://x.org/",
        "The voice is synthetic.",
    ]


def test_notes_without_other_links_have_no_list_of_them() -> None:
    """An empty heading helps nobody."""
    assert "Links" not in notes_html(_episode("One"))


def test_links_of_the_same_words_say_where_they_lead() -> None:
    """A list of ten links called Tweet is none."""
    links = (Link("Tweet", "https://x.com/a/1"), Link("tweet", "https://www.x.com/b/2"), Link("Code", "https://x.org/"))
    texts = [link.text for link in other_links(_episode("One", links=links))]
    assert texts == ["Tweet (x.com/a/1)", "tweet (x.com/b/2)", "Code"]


def test_another_page_of_a_chapters_paper_is_no_other_link() -> None:
    """Its PDF stands where its abstract stands; an address of another paper does not."""
    links = (Link("PDF", "https://arxiv.org/pdf/2405.20233v2"), Link("Other", "https://arxiv.org/abs/2405.20234"))
    episode = _episode("One", url=ARXIV, paper="arXiv:2405.20233", links=links)
    assert other_links(episode) == [links[1]]


@pytest.mark.parametrize("number", ["2405.202331", "12405.20233", "2405.2023"])
def test_a_longer_or_shorter_number_is_another_paper(number: str) -> None:
    """An id inside it is not that paper's."""
    links = (Link("Other", f"https://example.org/{number}"), Link("PDF", "https://example.org/12405.20233/2405.20233/"))
    episode = _episode("One", url=ARXIV, paper="arXiv:2405.20233", links=links)
    assert other_links(episode) == [links[0]]


def test_hostile_titles_and_addresses_stay_text() -> None:
    """Whatever a newsletter holds, the notes have four tags and nothing runs."""
    links = (Link(HOSTILE, HOSTILE_URL + "2"),)
    found = _Reader(notes_html(_episode(HOSTILE, title=HOSTILE, url=HOSTILE_URL, links=links)))
    assert set(found.tags) == {"p", "ul", "li", "a"}
    assert found.open == []
    assert found.addresses == [HOSTILE_URL, HOSTILE_URL + "2"]
    assert found.text.count(HOSTILE) == 2


OTHER_SCHEMES = ["javascript:alert(1)", "data:text/html,<b>x</b>", "JaVaScRiPt:alert(1)", "file:///etc/", "", "//x.org"]


@pytest.mark.parametrize("url", OTHER_SCHEMES)
def test_only_addresses_of_the_web_become_links(url: str) -> None:
    """An address that would run or read something on the listener's side is never clickable."""
    assert not is_web_address(url)
    found = _Reader(notes_html(_episode("One", url=url, links=(Link("Click", url),))))
    assert found.addresses == []


@pytest.mark.parametrize("url", ["http://example.org", "https://example.org/a?b#c", "HTTPS://EXAMPLE.ORG/"])
def test_addresses_of_the_web_are_known_in_any_case(url: str) -> None:
    """And none at all is none of them."""
    assert is_web_address(url)
    assert not is_web_address(None)


@given(st.text(max_size=60))
@settings(deadline=None)
def test_notes_hold_nothing_but_four_tags(words: str) -> None:
    """Any text that XML can hold comes back as it was, and closes what it opens."""
    link = Link(words, "https://example.org/" + words)
    notes = notes_html(_episode(words, links=(link,)))
    assert set(re.findall(r"</?([^\s<>]+)", notes)) - {"a"} == {"p", "ul", "li"}
    found = _Reader(notes)
    assert found.open == []
    assert plain(words) in found.text


@pytest.mark.parametrize(
    ("ms", "text"),
    [(0, "00:00:00"), (999, "00:00:00"), (65_250, "00:01:05"), (3_599_999, "00:59:59"), (360_000_000, "100:00:00")],
)
def test_times_have_hours_from_the_first_on(ms: int, text: str) -> None:
    """Directories find a chapter by HH:MM:SS, and a time that has not come is not said."""
    assert clock(ms) == text


# ── as far as it fits ───────────────────────────────────────────────────────────────────────────────────

LONG = "a paper on papers "


def test_notes_that_fit_are_the_summary() -> None:
    """To the byte: at the limit nothing is left out, and one byte below it something is."""
    episode = _episode("One é", url=ARXIV, links=(Link("Code", "https://example.org/" + "c" * 200),))
    size = len(notes_html(episode).encode())
    assert summary_html(episode, size) == notes_html(episode)
    assert summary_html(episode, size - 1) != notes_html(episode)


def test_other_links_are_left_out_first() -> None:
    """Chapters keep their links as long as those fit, and the rest is said to be in the notes."""
    links = tuple(Link(f"Link {number}", f"https://example.org/{number}") for number in range(200))
    found = _Reader(summary_html(_episode("One", "Two", url=ARXIV, links=links), 4000))
    assert found.addresses == [ARXIV, ARXIV]
    assert found.lines == ["00:00:00 One", "00:01:05 Two", "The voice is synthetic. All links are in the notes."]


def test_then_all_links_are_left_out() -> None:
    """Every chapter is still named, with its time."""
    found = _Reader(summary_html(_episode(*["One"] * 60, url="https://example.org/" + "x" * 80), 4000))
    assert found.addresses == []
    assert sum(line.endswith(" One") for line in found.lines) == 60
    assert found.lines[-1] == "The voice is synthetic. All links are in the notes."


def test_then_the_last_chapters_are_left_out_and_counted() -> None:
    """What is named and what is said to be missing make up the episode."""
    found = _Reader(summary_html(_episode(*[LONG * 14] * 99), 4000))
    named = sum(LONG.strip() in line for line in found.lines)
    assert 0 < named < 99
    assert found.lines[-2:] == [
        f"And {99 - named} more chapters.",
        "The voice is synthetic. All links are in the notes.",
    ]


def test_one_chapter_left_out_is_one() -> None:
    """A listener reads English."""
    episode = _episode("One", LONG * 300)
    assert "And 1 more chapter.<" in summary_html(episode, 4000)


@given(st.lists(st.text(max_size=300), min_size=1, max_size=99), st.integers(400, 4000))
@settings(deadline=None, max_examples=50)
def test_a_summary_never_is_longer_than_it_may(titles: list[str], max_bytes: int) -> None:
    """In bytes, whatever the titles; and it closes what it opens."""
    text = summary_html(_episode(*titles, url=ARXIV), max_bytes)
    assert len(text.encode()) <= max_bytes
    assert _Reader(text).open == []
