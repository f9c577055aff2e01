"""What a feed says beyond RSS: Podcasting 2.0, iTunes' situational tags, chapters in the feed, pictures, numbers."""

from __future__ import annotations

import io
import re
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import feedparser
import podcastparser
import pytest
from feed_maker import ALWAYS, BASE, COVER, NAMESPACES, PUBLIC, TWO, an_episode, channel, items, texts, written
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from podcast.categories import CATEGORIES
from podcast.distribution import FeedSettings
from podcast.feed.episode_cover import EPISODE_PX
from podcast.feed.notes import byline, notes_html
from podcast.feed.picture import LARGEST_PX
from podcast.feed.plain import one_line
from podcast.feed.tags import EPISODE_COVER_PX, SHOW_COVER_PX
from podcast.types import Episode, Link

if TYPE_CHECKING:
    from podcast.show import Settings

PICTURE = "cover-fedcba9876543210.jpg"
PICTURED = replace(TWO[0], cover=PICTURE)
FOLDER = f"{BASE}episodes/2024-06-22/"


def saying(**feed: Any) -> Settings:
    """Return the settings of a show whose table [feed] says this."""
    return replace(PUBLIC, feed=FeedSettings(**feed))


def found(element: Any, name: str) -> list[tuple[str | None, dict[str, str]]]:
    """Return text and attributes of the children of a name."""
    return [(each.text, dict(each.attrib)) for each in element.findall(name, NAMESPACES)]


# ── the channel ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_show_says_what_every_show_can() -> None:
    """Locked, a podcast, weekly, with a picture; nothing of what nobody said."""
    said = channel()
    assert found(said, "podcast:locked") == [("yes", {})]
    assert found(said, "podcast:medium") == [("podcast", {})]
    assert found(said, "podcast:updateFrequency") == [("Weekly", {"rrule": "FREQ=WEEKLY"})]
    assert texts(said, "ttl") == ["60"]
    for name in ("podcast:license", "podcast:funding", "itunes:block", "itunes:complete", "itunes:new-feed-url"):
        assert found(said, name) == []
    assert said.find("copyright") is None


@pytest.mark.parametrize(("is_locked", "word"), [(True, "yes"), (False, "no")])
def test_the_lock_names_who_may_open_it(is_locked: bool, word: str) -> None:  # noqa: FBT001 - a parameter of the test
    """By the address that the show makes public anyway, and by none that it does not."""
    options = saying(locked=is_locked)
    assert found(channel(options=options), "podcast:locked") == [(word, {})]
    options = replace(options, email="ada@example.org")
    assert found(channel(options=options), "podcast:locked") == [(word, {"owner": "ada@example.org"})]


@pytest.mark.parametrize(
    ("schedule", "text", "rule"),
    [
        ("daily", "Daily", "FREQ=DAILY"),
        ("weekly", "Weekly", "FREQ=WEEKLY"),
        ("biweekly", "Biweekly", "FREQ=WEEKLY;INTERVAL=2"),
        ("monthly", "Monthly", "FREQ=MONTHLY"),
    ],
)
def test_a_schedule_is_said_to_people_and_to_calendars(schedule: str, text: str, rule: str) -> None:
    """RFC 5545."""
    said = channel(options=saying(schedule=schedule))
    assert found(said, "podcast:updateFrequency") == [(text, {"rrule": rule})]


def test_a_schedule_that_is_not_said_is_not_there() -> None:
    """No frequency is better than an empty one."""
    assert found(channel(options=saying(schedule="")), "podcast:updateFrequency") == []


@pytest.mark.parametrize("schedule", ["", "weekly"])
def test_a_complete_show_promises_no_other_episode(schedule: str) -> None:
    """Neither to Apple, which reads Yes, nor to calendars."""
    said = channel(options=saying(complete=True, schedule=schedule))
    assert found(said, "podcast:updateFrequency") == [("Complete", {"complete": "true"})]
    assert found(said, "itunes:complete") == [("Yes", {})]


def test_a_hidden_show_and_one_that_moved_say_so() -> None:
    """In the words that Apple reads."""
    said = channel(options=saying(hidden=True, moved_to="https://example.net/feed.xml"))
    assert found(said, "itunes:block") == [("Yes", {})]
    assert found(said, "itunes:new-feed-url") == [("https://example.net/feed.xml", {})]


def test_a_licence_is_that_of_the_sound() -> None:
    """Of the show and of each episode, with where one of your own can be read."""
    root = channel(options=saying(license="cc-by-4.0"))
    own = channel(options=saying(license="mine-1", license_url="https://example.org/mine"))
    for said, expected in ((root, ("cc-by-4.0", {})), (own, ("mine-1", {"url": "https://example.org/mine"}))):
        assert [found(part, "podcast:license") for part in (said, *said.findall("item"))] == [[expected]] * 3


def test_support_and_copyright_are_named() -> None:
    """As the author says."""
    said = channel(options=saying(funding="https://example.org/give?a=1&b=2", funding_text="Tea", copyright="Ada & Co"))
    assert found(said, "podcast:funding") == [("Tea", {"url": "https://example.org/give?a=1&b=2"})]
    assert texts(said, "copyright") == ["Ada & Co"]


def test_directories_find_the_proof_that_they_asked_for() -> None:
    """One text each, beside the one about who made it."""
    said = channel(options=saying(verification="applepodcastsverify: 1a2b3c, verify: S6:x & y"))
    assert found(said, "podcast:txt") == [
        ("true", {"purpose": "ai-content"}),
        ("1a2b3c", {"purpose": "applepodcastsverify"}),
        ("S6:x & y", {"purpose": "verify"}),
    ]


SQUARE = {"aspect-ratio": "1/1", "type": "image/jpeg", "purpose": "artwork"}


def test_a_drawn_picture_is_described_whole() -> None:
    """With what a reader says who cannot see it; and itunes:image names the same one."""
    said = channel()
    size = {"width": "3000", "height": "3000"}
    expected = {"href": f"{BASE}{COVER}", "alt": "Cover of My Show", **SQUARE, **size}
    assert found(said, "podcast:image") == [(None, expected)]
    assert found(said, "itunes:image") == [(None, {"href": f"{BASE}{COVER}"})]


def test_pictures_have_the_size_that_the_feed_says() -> None:
    """The one that is drawn for a show, and those of episodes."""
    assert (SHOW_COVER_PX, EPISODE_COVER_PX) == (LARGEST_PX, EPISODE_PX)


def test_an_authors_own_picture_has_no_size_that_is_not_known() -> None:
    """It may have 1400 to 3000 pixels."""
    ((_, said),) = found(channel(options=replace(PUBLIC, cover="mine.png")), "podcast:image")
    assert said == {"href": f"{BASE}{COVER}", "alt": "Cover of My Show", **SQUARE}


# ── items ───────────────────────────────────────────────────────────────────────────────────────────────


def test_an_episode_with_a_picture_shows_it() -> None:
    """To Apple, and with its description to others."""
    item = items(PICTURED)[0]
    assert found(item, "itunes:image") == [(None, {"href": f"{FOLDER}{PICTURE}"})]
    words = {"alt": "Cover of AI Papers of June 22", "width": "1400", "height": "1400"}
    assert found(item, "podcast:image") == [(None, {"href": f"{FOLDER}{PICTURE}", **words, **SQUARE})]


def test_an_episode_of_an_earlier_version_has_the_shows_picture_and_three_transcripts() -> None:
    """Its folder has neither a picture nor a transcript to read, and a feed names nothing that is not there."""
    item = items(TWO[0])[0]
    assert found(item, "itunes:image") == found(item, "podcast:image") == []
    assert [each["type"] for _, each in found(item, "podcast:transcript")] == [
        "text/vtt",
        "application/x-subrip",
        "application/json",
    ]


def test_a_transcript_to_read_comes_last() -> None:
    """Apps that take the first one want the one with times."""
    transcripts = found(items(PICTURED)[0], "podcast:transcript")
    assert transcripts[0][1] == {"url": f"{FOLDER}transcript.vtt", "type": "text/vtt", "language": "en-us"}
    assert transcripts[3:] == [
        (None, {"url": f"{FOLDER}transcript.html", "type": "text/html", "language": "en-us"}),
    ]


def test_season_and_number_are_the_same_for_every_app() -> None:
    """The year, and the place in it."""
    episodes = [an_episode(slug) for slug in ("2023-12-30", "2024-01-06", "2024-01-06-b", "2024-06-15")]
    said = [
        [texts(item, f"{prefix}:{name}")[0] for prefix in ("itunes", "podcast") for name in ("season", "episode")]
        for item in items(*episodes)
    ]
    assert said == [["2024", n, "2024", n] for n in ("3", "2", "1")] + [["2023", "1", "2023", "1"]]


def test_chapters_stand_in_the_feed_itself() -> None:
    """With start, title and where the paper is, as in the file of chapters."""
    (chapters,) = items(TWO[0])[0].findall("psc:chapters", NAMESPACES)
    assert dict(chapters.attrib) == {"version": "1.2"}
    assert [dict(chapter.attrib) for chapter in chapters] == [
        {"start": "00:00:00.000", "title": "Welcome", "href": "https://example.org/0"},
        {"start": "00:01:00.000", "title": "Bees & Other Optimisers", "href": "https://example.org/1"},
    ]


@pytest.mark.parametrize(
    ("url", "href"),
    [
        ("https://example.org/a?b=%20&c=d#e", "https://example.org/a?b=%20&c=d#e"),
        ("https://example.org/ü 学", "https://example.org/%C3%BC%20%E5%AD%A6"),
        ("javascript:alert(1)", None),
        ("https://example.org/\ud800", None),
        (None, None),
    ],
)
def test_a_chapter_leads_only_to_the_web(url: str | None, href: str | None) -> None:
    """In plain ASCII, as directories want addresses."""
    episode = an_episode("2024-06-15", "Papers", "One")
    episode = replace(episode, segments=(replace(episode.segments[0], url=url),))
    (chapter,) = items(episode)[0].findall("psc:chapters/psc:chapter", NAMESPACES)
    assert chapter.get("href") == href


@pytest.mark.parametrize("title", ["", " ", "\x00", "\ud800"])
def test_a_chapter_always_has_a_title(title: str) -> None:
    """One without words is called by its time."""
    (chapter,) = items(an_episode("2024-06-15", "Papers", title))[0].findall("psc:chapters/psc:chapter", NAMESPACES)
    assert chapter.get("title") == "00:00:00.000"


def test_a_namespace_that_nothing_uses_is_not_declared() -> None:
    """Of chapters, in a show that has none; of archives, in a feed that is whole."""
    silent = replace(TWO[0], segments=())
    data = written(silent)
    assert etree.fromstring(data).nsmap == {name: NAMESPACES[name] for name in ALWAYS}
    assert b"psc" not in data


# ── notes ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("authors", "line"),
    [
        ((), ""),
        (("", " \x00 "), ""),
        (("Ada",), "by Ada"),
        (("Ada", "Bo"), "by Ada and Bo"),
        (("Ada", "Bo", "Cy"), "by Ada, Bo and Cy"),
        (("Ada", "Bo", "Cy", "Di"), "by Ada, Bo and 2 others"),
        (tuple("ABCDEFGHIJKLMN"), "by A, B and 12 others"),
        (("  Ada \n Lovelace",), "by Ada Lovelace"),
        (("Ada", "others"), "by Ada and others"),
        (("Ada", "Bo", "12 others"), "by Ada, Bo and 12 others"),
        (("Ada", "Bo", "Cy", "Di", "10 others"), "by Ada, Bo and 12 others"),
        (("Ada", "Bo", "Cy", "Di", "others"), "by Ada, Bo and others"),
    ],
)
def test_authors_are_named_or_counted(authors: tuple[str, ...], line: str) -> None:
    """Never one other, and never a blank name."""
    assert byline(authors) == line


def with_authors(episode: Episode, *authors: str) -> Episode:
    """Return an episode whose papers have these authors."""
    return replace(episode, segments=tuple(replace(segment, authors=authors) for segment in episode.segments))


def test_notes_and_description_name_the_authors_of_each_paper() -> None:
    """Behind its title, with the times that Apple makes chapters of: the first is 00:00:00."""
    item = items(with_authors(an_episode(), "Ada Lovelace", "Bo <Chen>"))[0]
    line = '<li>00:00:00 <a href="https://example.org/0">Welcome</a> by Ada Lovelace and Bo &lt;Chen&gt;</li>'
    for name in ("content:encoded", "description"):
        assert line in (texts(item, name)[0] or "")


def test_where_authors_do_not_fit_links_stay() -> None:
    """A listener can follow those to the authors."""
    episode = with_authors(an_episode("2024-06-15", "Papers", *["One"] * 30), *["A" * 90] * 3)
    (item,) = items(episode)
    description = item.findtext("description")
    assert description.count("<a href=") == 30
    assert "AAA" not in description
    assert "AAA" in item.findtext("content:encoded", namespaces=NAMESPACES)


# ── what clients make of it ─────────────────────────────────────────────────────────────────────────────

HOSTILE = [
    "AT&T <b>bold</b> ]]> &amp; 'q' \"d\"",
    "</title></item></channel></rss><![CDATA[",
    "مرحبا \u202ertl\u202c שלום",
    "👩‍🔬🏳️‍🌈 𝔸𝕀 learns",
    "nul\x00 bell\x07 half\ud83d \ufffe\uffff end",
    "1 < 2 && 3 > 2 &#0; &nbsp;",
    "x" * 4001,
    "é" * 2001,
]


def hostile_episode(text: str) -> Episode:
    """Return an episode that has a text wherever text from outside can be."""
    episode = with_authors(an_episode("2024-06-15", text, text, text, text), text, "Bo")
    return replace(episode, links=(Link(text, f"https://example.org/{text}"),), cover=PICTURE)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_podcast_apps_read_back_what_was_meant(text: str) -> None:
    """podcastparser, the one of gPodder: titles of episode and chapters, and the notes."""
    episode = hostile_episode(text)
    read = podcastparser.parse(f"{BASE}feed.xml", io.BytesIO(written(episode)))
    (said,) = read["episodes"]
    assert said["title"] == one_line(text)
    assert [chapter["title"] for chapter in said["chapters"]] == [one_line(text)] * 3
    assert [chapter["start"] for chapter in said["chapters"]] == [0, 60, 120]
    assert said["description_html"] == notes_html(episode).strip()
    assert (said["number"], said["season"]) == (1, 2024)
    assert said["episode_art_url"] == f"{BASE}episodes/2024-06-15/{PICTURE}"


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_feed_readers_take_it_for_well_formed(text: str) -> None:
    """feedparser, which says when it had to guess; and the notes are what was written."""
    episode = hostile_episode(text)
    read = feedparser.parse(written(episode), sanitize_html=False)
    (said,) = read.entries
    assert not read.bozo
    assert said.content[0].value == notes_html(episode).strip()
    assert len(etree.fromstring(written(episode)).findtext("channel/item/description").encode()) <= 4000


ANY_TEXT = st.text(st.characters(categories=["L", "N", "P", "S", "Z", "C"]), max_size=40)


@given(ANY_TEXT, ANY_TEXT)
@settings(deadline=None, max_examples=40)
def test_no_chapter_author_or_show_breaks_the_document(text: str, name: str) -> None:
    """Whatever they are called, each attribute is what XML can hold of it, on one line."""
    episode = with_authors(replace(an_episode("2024-06-15", "Papers", text), cover=PICTURE), name, text)
    root = channel(episode, options=replace(PUBLIC, title=f"T{name}"))
    (chapter,) = root.findall("item/psc:chapters/psc:chapter", NAMESPACES)
    assert chapter.get("title") == (one_line(text) or "00:00:00.000")
    assert root.find("podcast:image", NAMESPACES).get("alt") == one_line(f"Cover of T{name}")


# ── what feedgen would do by itself ─────────────────────────────────────────────────────────────────────


def test_the_channels_link_is_the_site_and_not_the_feed() -> None:
    """Whichever relation was set last; and the one to itself stands first, before those of other documents."""
    said = channel()
    assert texts(said, "link") == [BASE]
    assert said.find("atom:link", NAMESPACES).get("rel") == "self"


def test_nothing_is_dropped_without_a_word() -> None:
    """Each picture, category and type that is set is there; feedgen leaves some out that it does not like."""
    for category in CATEGORIES:
        assert channel(options=replace(PUBLIC, category=category)).find("itunes:category", NAMESPACES) is not None
    assert len(items(PICTURED)[0].findall("itunes:image", NAMESPACES)) == 1
    assert len(channel().findall("itunes:image", NAMESPACES)) == 1


def test_the_generator_is_this_program() -> None:
    """And not the library that it is written with."""
    assert texts(channel(), "generator") == ["podcast"]


# ── what is said of it ──────────────────────────────────────────────────────────────────────────────────


def test_the_documentation_has_every_setting_and_every_requirement() -> None:
    """In the order of their numbers, none left out."""
    text = (Path(__file__).parent.parent / "docs" / "feed.md").read_text(encoding="utf-8")
    assert [field.name for field in fields(FeedSettings) if f"`{field.name}`" not in text] == []
    assert [int(number) for number in re.findall(r"^\| (\d+) \| [MRO] \|", text, re.MULTILINE)] == list(range(1, 63))
