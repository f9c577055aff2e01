"""The page: the same bytes for the same show, nothing from outside, and words that stay words."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup

from podcast.feed.site import index_html
from podcast.show import Settings, Show
from podcast.types import Episode, Link, SpokenSegment

if TYPE_CHECKING:
    from bs4 import Tag

ADDRESS = "https://papers.example/show/"
COVER = "cover-0123456789abcdef-480.jpg"
PAPER = "https://arxiv.org/abs/2406.00001"
CODE = "https://example.org/bees?a=1&b=2"

HOSTILE_WORDS = (
    "<script>alert(1)</script>",
    "</title></script></style><img src=x onerror=alert(1)>",
    "\"' onmouseover=alert(1) x='\"",
    "<!-- ]]> --> &lt;b&gt; {{ 7 * 7 }}",
)
NO_ADDRESSES = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)//https://",
    " https://example.org/",
    "java\nscript:alert(1)",
    "https://example.org/\x00",
    "https://example.org/\r\nSet-Cookie: a",
    "https://example.org/\ud800",
    "https://example.org/\u202egro.live",
    "data:text/html,<script>alert(1)</script>",
    "//example.org/",
    "ftp://example.org/",
    "mailto:ada@example.org",
    "",
)


def a_show(**settings: str) -> Show:
    """Return a show that lies nowhere."""
    return Show(Path("nowhere"), Settings(**settings))  # type: ignore[arg-type]


def segment(number: int, title: str, url: str | None = None) -> SpokenSegment:
    """Return a chapter of a minute."""
    return SpokenSegment(f"s{number}", title, None, url, number * 60_000, (number + 1) * 60_000, "heart")


SEGMENTS = (segment(0, "Welcome"), segment(1, "Sorting is Harder than it Looks", PAPER), segment(2, "Until next time"))
EPISODE = Episode(
    slug="2024-06-15",
    guid="00000000-0000-0000-0000-000000000000",
    title="Papers of June 15, 2024",
    date=dt.datetime(2024, 6, 15, 12, tzinfo=dt.UTC),
    duration_ms=180_000,
    bytes=2_160_000,
    sha256="0" * 64,
    loudness_lufs=-16.0,
    true_peak_dbtp=-1.0,
    loudness_range_lu=3.0,
    segments=SEGMENTS,
    links=(Link("the paper", PAPER), Link("the code", CODE)),
    writer="extractive",
    voices=("heart",),
    list_price_usd=0.0,
    tool_version="0",
)


def html(*episodes: Episode, show: Show | None = None) -> str:
    """Return the page of some episodes."""
    return index_html(show or a_show(), episodes or (EPISODE,), address=ADDRESS, small_cover=COVER).decode()


def page(*episodes: Episode, show: Show | None = None) -> BeautifulSoup:
    """Return the page as a browser reads it."""
    return BeautifulSoup(html(*episodes, show=show), "html.parser")


def skeleton(soup: BeautifulSoup) -> list[tuple[str, list[str]]]:
    """Name all elements and their attributes: what markup there is, whatever the words."""
    return [(tag.name, sorted(tag.attrs)) for tag in soup.find_all()]


def only(soup: BeautifulSoup, selector: str) -> Tag:
    """Find the one element of its kind."""
    (found,) = soup.select(selector)
    return found


def targets(soup: BeautifulSoup) -> list[str]:
    """All addresses that anything on the page refers to."""
    return [
        str(tag[name]) for tag in soup.find_all() for name in ("href", "src", "srcset", "action") if name in tag.attrs
    ]


def test_the_same_episodes_give_the_same_bytes() -> None:
    """No clock, no chance; so a page is written only when it changes."""
    assert html() == html()


def test_a_chapter_leads_to_its_second_without_javascript() -> None:
    """Its link is a media fragment of the episode's own file."""
    links = page().select(".seek")
    assert [link["href"] for link in links] == [
        f"episodes/2024-06-15/2024-06-15.mp3#t={start}" for start in ("0.000", "60.000", "120.000")
    ]
    assert [link.get_text() for link in links][1] == "01:00 Sorting is Harder than it Looks"


def test_every_paper_has_its_link_once() -> None:
    """With its chapter, named for those who hear the page; the newsletter's other links stand in the details."""
    soup = page()
    assert (only(soup, ".paper")["href"], only(soup, ".paper")["aria-label"]) == (
        PAPER,
        "Paper: Sorting is Harder than it Looks",
    )
    assert [(link["href"], link.get_text()) for link in soup.select("details .links a")] == [(CODE, "the code")]
    assert targets(soup).count(PAPER) == 1


def test_all_own_addresses_are_relative() -> None:
    """The folder can be published anywhere; only papers and links of the newsletter lead elsewhere."""
    elsewhere = {target for target in targets(page()) if re.match(r"[a-z]+:|//|/", target)}
    assert elsewhere == {PAPER, CODE}


def test_the_address_to_subscribe_to_is_shown_whole() -> None:
    """People copy it into an app, so it is the public one; the link beside it works wherever the page is."""
    link = only(page(), ".address a")
    assert (link.get_text(), link["href"]) == (f"{ADDRESS}feed.xml", "feed.xml")


def test_no_other_host_is_named_but_in_links_and_that_address() -> None:
    """Neither style nor script nor markup asks anybody for anything."""
    text = html().replace("&amp;", "&")
    named = set(re.findall(r"(?:https?:)?//[a-z][^\s\"'<>]*", text, re.IGNORECASE))
    assert named == {PAPER, CODE, f"{ADDRESS}feed.xml"}


def test_the_policy_allows_the_style_and_script_that_stand_there_and_no_others() -> None:
    """Their digests are those of the very text between the tags; all the rest is forbidden or our own."""
    text = html()
    policy = str(only(page(), "meta[http-equiv=Content-Security-Policy]")["content"])
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    for kind, tag in (("style-src", "style"), ("script-src", "script")):
        (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert rules.pop(kind) == f"'sha256-{digest}'"
    assert {rules.pop("img-src"), rules.pop("media-src")} == {"'self'"}
    assert set(rules) == {"default-src", "base-uri", "form-action"}
    assert set(rules.values()) == {"'none'"}


def test_nothing_on_the_page_needs_what_the_policy_forbids() -> None:
    """No style or handler in an attribute: a browser would silently leave them out."""
    attributes = {name for tag in page().find_all() for name in tag.attrs}
    assert not {name for name in attributes if name == "style" or name.startswith("on")}


@pytest.mark.parametrize("words", HOSTILE_WORDS)
def test_words_never_become_markup(words: str) -> None:
    """Whatever a show, an episode, a chapter or a link is called, the elements of the page are the same."""
    spoken = tuple(dataclasses.replace(one, title=words) for one in SEGMENTS)
    renamed = dataclasses.replace(EPISODE, title=words, segments=spoken, links=(Link(words, CODE),))
    hostile = page(renamed, show=a_show(title=words, author=words, description=words))
    plain = page(show=a_show(author="Ada"))
    assert skeleton(hostile) == skeleton(plain)
    places = ("title", "h1", "header .quiet", "h3", ".links a")
    assert {only(hostile, place).get_text() for place in places} == {words}
    assert {found.get_text() for found in hostile.select(".seek bdi")} == {words}


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_what_is_no_web_address_never_becomes_a_link(address: str) -> None:
    """A chapter goes without; a link keeps its words."""
    plain = dataclasses.replace(EPISODE, segments=(segment(0, "One"),), links=())
    chapter = page(dataclasses.replace(plain, segments=(segment(0, "One", address),)))
    link = page(dataclasses.replace(plain, links=(Link("the code", address),)))
    assert targets(chapter) == targets(link) == targets(page(plain))
    assert only(link, ".links li").get_text() == "the code"


def test_quotes_in_an_address_stay_in_the_address() -> None:
    """An address that tries to leave its attribute is a strange link, nothing more."""
    strange = "https://example.org/\"><script>alert('1')</script>"
    soup = page(dataclasses.replace(EPISODE, segments=(segment(0, "One", strange),), links=()))
    assert only(soup, ".paper")["href"] == strange
    assert len(soup.select("script")) == 1


def test_characters_that_no_page_can_hold_are_left_out() -> None:
    """Control characters and half characters in titles and description; line breaks become spaces."""
    ugly = "a\x00b\x1bc\ud800d\ne"
    soup = page(
        dataclasses.replace(EPISODE, title=ugly, segments=(segment(0, ugly),), links=(Link(ugly, CODE),)),
        show=a_show(description=ugly),
    )
    assert {only(soup, place).get_text() for place in ("h3", ".seek bdi", ".links a", "header p")} == {"a b c d e"}


def test_each_episode_can_be_linked_to() -> None:
    """By its slug, as the feed does, whatever it is; no two elements have the same id."""
    slugs = ("2024-06-15", "2024-06-15-title", "subscribe")
    soup = page(*(dataclasses.replace(EPISODE, slug=slug) for slug in slugs))
    ids = [str(tag["id"]) for tag in soup.select("[id]")]
    assert len(ids) == len(set(ids))
    assert [article["id"] for article in soup.select("article")] == list(slugs)
    assert {str(tag["aria-labelledby"]) for tag in soup.select("[aria-labelledby]")} <= set(ids)


def test_the_newest_episode_shows_its_chapters() -> None:
    """Those of earlier ones are a tap away, so that a year of episodes can be looked through."""
    soup = page(EPISODE, dataclasses.replace(EPISODE, slug="2024-06-08"))
    chapters = [details for details in soup.select("details") if details.select(".chapters")]
    assert ["open" in details.attrs for details in chapters] == [True, False]


def test_every_player_says_which_episode_it_plays() -> None:
    """And loads nothing before somebody wants to hear it."""
    player = only(page(), "audio")
    assert (player["aria-label"], player["preload"]) == (EPISODE.title, "none")
    assert player["src"] == "episodes/2024-06-15/2024-06-15.mp3"


def test_times_of_a_long_episode_are_equally_wide() -> None:
    """From an hour on all of them have hours."""
    long = dataclasses.replace(EPISODE, duration_ms=3_600_000, segments=(*SEGMENTS, segment(59, "Last")))
    assert [found.get_text() for found in page(long).select(".clock")] == [
        "00:00:00",
        "00:01:00",
        "00:02:00",
        "00:59:00",
    ]


def test_a_show_without_an_author_has_no_empty_line() -> None:
    """And an episode without chapters or links no empty list."""
    soup = page(dataclasses.replace(EPISODE, segments=(), links=()))
    assert not soup.select("header .quiet, ol, ul, details")


def test_two_hundred_episodes_are_one_light_page() -> None:
    """Four years of a weekly show with twelve papers each stay below 6 kB an episode."""
    segments = tuple(
        segment(number, f"{number}: A Title of the Usual Length, with a Subtitle", PAPER) for number in range(14)
    )
    day = dt.timedelta(days=7)
    episodes = [
        dataclasses.replace(EPISODE, slug=f"episode-{number}", date=EPISODE.date - number * day, segments=segments)
        for number in range(200)
    ]
    made = html(*episodes)
    assert made.count("<article") == 200
    assert len(made) < 200 * 6_000
