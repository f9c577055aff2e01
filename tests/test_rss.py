"""feed.xml is what RSS readers, Apple Podcasts and other apps demand of a feed, whatever the episodes are called."""

from __future__ import annotations

import email.utils
import locale
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from feed_maker import ALWAYS, BASE, COVER, NAMESPACES, PUBLIC, TWO, an_episode, channel, items, texts, written
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from podcast.categories import CATEGORIES
from podcast.feed.notes import notes_html
from podcast.feed.plain import one_line
from podcast.types import Link

LONGEST = 255
LONGEST_DESCRIPTION_BYTES = 4000
MAY_BE_LONG = {"description", f"{{{NAMESPACES['content']}}}encoded"}


# ── RSS 2.0 ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_document_begins_as_directories_want_it() -> None:
    """With an XML declaration in double quotes, in UTF-8, and RSS 2.0 with one channel."""
    data = written(an_episode(title="学习"))
    assert data.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<rss ')
    assert "学习" in data.decode("utf-8")
    root = etree.fromstring(data)
    assert (root.tag, root.get("version"), [child.tag for child in root]) == ("rss", "2.0", ["channel"])


def test_namespaces_are_spelled_exactly() -> None:
    """Their case counts, and each is declared once, at the root."""
    data = written()
    assert etree.fromstring(data).nsmap == {name: NAMESPACES[name] for name in (*ALWAYS, "psc")}
    assert [data.count(f'xmlns:{name}="'.encode()) for name in (*ALWAYS, "psc")] == [1] * 5


def test_the_channel_says_what_directories_ask() -> None:
    """Each of these once, with the show's own words."""
    found = channel()
    expected = {
        "title": "My Show",
        "link": BASE,
        "description": "Papers & more, read aloud.",
        "language": "en-us",
        "itunes:author": "Ada",
        "itunes:explicit": "false",
        "itunes:type": "episodic",
    }
    assert {name: texts(found, name) for name in expected} == {name: [text] for name, text in expected.items()}
    assert [image.attrib for image in found.findall("itunes:image", NAMESPACES)] == [{"href": BASE + COVER}]
    assert (found.findtext("image/url"), found.findtext("image/title")) == (BASE + COVER, "My Show")


def test_the_feed_names_its_own_address() -> None:
    """Apart from the site's, which is the channel's link."""
    (link,) = channel().findall("atom:link", NAMESPACES)
    assert dict(link.attrib) == {"href": f"{BASE}feed.xml", "rel": "self", "type": "application/rss+xml"}


def test_addresses_follow_where_the_feed_is_served() -> None:
    """All of them; none is left from the settings."""
    data = written(address="http://192.168.1.5:8000/")
    assert b"http://192.168.1.5:8000/feed.xml" in data
    assert b"http://192.168.1.5:8000/episodes/2024-06-22/2024-06-22.mp3" in data
    assert BASE.encode() not in data


def test_an_item_says_what_apps_ask() -> None:
    """Each of these once."""
    item = items()[0]
    expected = {
        "title": "AI Papers of June 22",
        "link": f"{BASE}2024-06-22/",
        "guid": TWO[0].guid,
        "pubDate": "Sat, 22 Jun 2024 12:00:00 +0000",
        "itunes:duration": "621",
        "itunes:episodeType": "full",
        "itunes:explicit": "false",
    }
    assert {name: texts(item, name) for name in expected} == {name: [text] for name, text in expected.items()}


def test_an_item_has_one_enclosure_with_everything() -> None:
    """Its address ends in .mp3, its type is that of an MP3, its length is that of the file."""
    for item, episode in zip(items(), TWO, strict=True):
        assert [dict(each.attrib) for each in item.findall("enclosure")] == [
            {"url": f"{BASE}episodes/{episode.slug}/{episode.slug}.mp3", "length": "7558651", "type": "audio/mpeg"}
        ]


def test_transcripts_and_chapters_are_offered() -> None:
    """WebVTT first: the one format that every app reads."""
    item, folder = items()[0], f"{BASE}episodes/2024-06-22"
    assert [(each.get("url"), each.get("type")) for each in item.findall("podcast:transcript", NAMESPACES)] == [
        (f"{folder}/transcript.vtt", "text/vtt"),
        (f"{folder}/transcript.srt", "application/x-subrip"),
        (f"{folder}/transcript.json", "application/json"),
    ]
    assert [dict(each.attrib) for each in item.findall("podcast:chapters", NAMESPACES)] == [
        {"url": f"{folder}/chapters.json", "type": "application/json+chapters"}
    ]


def test_guids_are_unique_and_no_addresses() -> None:
    """A guid that is not said to be none is taken for an address."""
    found = [item.find("guid") for item in items()]
    assert [guid.get("isPermaLink") for guid in found] == ["false", "false"]
    assert [guid.text for guid in found] == [episode.guid for episode in TWO]


def test_no_two_items_have_the_same_sound() -> None:
    """Apple ignores the second one."""
    assert len({item.find("enclosure").get("url") for item in items()}) == 2


@pytest.mark.parametrize("month", range(1, 13))
def test_dates_are_those_of_mail(month: int) -> None:
    """RFC 2822 with a year of four digits and English names, and they are the very moment."""
    episode = an_episode(f"2024-{month:02}-03")
    found = channel(episode)
    text = found.findtext("item/pubDate")
    assert re.fullmatch(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000", text)
    assert email.utils.parsedate_to_datetime(text) == episode.date


def test_the_feed_was_built_when_its_newest_episode_came_out() -> None:
    """Not now: the same episodes are the same feed tomorrow."""
    assert texts(channel(*TWO), "lastBuildDate") == ["Sat, 22 Jun 2024 12:00:00 +0000"]
    assert texts(channel(*reversed(TWO)), "lastBuildDate") == ["Sat, 22 Jun 2024 12:00:00 +0000"]


def test_items_stand_newest_first() -> None:
    """Those of one day by slug, none of them lost, in whatever order they are given."""
    slugs = ["2024-06-22", "2024-06-15-c", "2024-06-15-b", "2024-06-15-a"]
    for given_slugs in (slugs, sorted(slugs)):
        found = [item.findtext("link") for item in items(*map(an_episode, given_slugs))]
        assert found == [f"{BASE}{slug}/" for slug in slugs]


# ── directories ─────────────────────────────────────────────────────────────────────────────────────────


def test_values_are_trimmed_and_of_a_length_that_directories_take() -> None:
    """At most 255 characters, and 4,000 bytes where a text may be long."""
    options = replace(PUBLIC, title=f" {'t' * 254}", author=f"{'a' * 254} ", email="ada@example.org")
    for element in channel(an_episode(title=f"  {'w' * 300}  "), options=options).iter():
        text = element.text or ""
        if len(element) == 0 and element.tag not in MAY_BE_LONG:
            assert text == text.strip()
            assert len(text) <= LONGEST


def test_addresses_are_plain_ascii() -> None:
    """In links, enclosures, pictures, transcripts and chapters."""
    root = channel()
    found = [value for element in root.iter() for name, value in element.attrib.items() if name in {"url", "href"}]
    found += [element.text for element in root.iter("link", "url")]
    assert len(found) > 12
    assert all(re.fullmatch(r"https://[A-Za-z0-9./#_-]+", address) for address in found)


@pytest.mark.parametrize("value", [True, False])
def test_explicit_is_true_or_false(value: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Once in the channel and once an item, and never yes, no or clean."""
    found = channel(options=replace(PUBLIC, explicit=value))
    assert [each.text for each in found.iter(f"{{{NAMESPACES['itunes']}}}explicit")] == [str(value).lower()] * 3


def test_a_category_stands_alone() -> None:
    """Where the settings name no subcategory."""
    (category,) = channel(options=replace(PUBLIC, category="True Crime")).findall("itunes:category", NAMESPACES)
    assert (category.get("text"), len(category)) == ("True Crime", 0)


def test_a_subcategory_stands_inside_its_category() -> None:
    """Both as they are in the list of directories."""
    data = written(options=replace(PUBLIC, category="Health & Fitness > Mental Health"))
    assert b'text="Health &amp; Fitness"' in data
    (category,) = etree.fromstring(data)[0].findall("itunes:category", NAMESPACES)
    assert [dict(child.attrib) for child in category] == [{"text": "Mental Health"}]


@pytest.mark.parametrize(
    "category", [*CATEGORIES, *(f"{name} > {sub}" for name in CATEGORIES for sub in CATEGORIES[name])]
)
def test_every_category_of_the_list_can_be_written(category: str) -> None:
    """None of them is one that the generator refuses."""
    found = channel(options=replace(PUBLIC, category=category))
    names = [each.get("text") for each in found.iter(f"{{{NAMESPACES['itunes']}}}category")]
    assert " > ".join(names) == category


def test_an_owner_is_named_only_with_an_address() -> None:
    """Nobody's mail address is made up."""
    assert b"itunes:owner" not in written()
    (owner,) = channel(options=replace(PUBLIC, email="ada@example.org")).findall("itunes:owner", NAMESPACES)
    assert (texts(owner, "itunes:name"), texts(owner, "itunes:email")) == (["Ada"], ["ada@example.org"])


@pytest.mark.parametrize("author", ["", "   "])
def test_a_show_without_an_author_is_its_own(author: str) -> None:
    """Apps show something where the author stands."""
    assert texts(channel(options=replace(PUBLIC, author=author)), "itunes:author") == ["My Show"]


def test_nobody_is_named_as_a_person() -> None:
    """The voice is synthetic, and the authors of the papers do not speak."""
    assert b"podcast:person" not in written()


def test_a_machine_is_said_to_have_made_it() -> None:
    """Of the show and of each episode."""
    root = channel()
    for element in (root, *root.findall("item")):
        (found,) = element.findall("podcast:txt", NAMESPACES)
        assert (found.get("purpose"), found.text) == ("ai-content", "true")


# ── the show's guid ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_public_show_has_the_guid_of_its_address(scheme: str) -> None:
    """uuid5 of the feed's address without its scheme, in the namespace of podcastindex.org."""
    found = texts(channel(options=replace(PUBLIC, base_url=f"{scheme}://example.org/podcast/")), "podcast:guid")
    assert found == [str(uuid.uuid5(uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6"), "example.org/podcast/feed.xml"))]


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000", "127.8.8.8", "show.localhost"])
def test_a_show_on_this_machine_has_none(host: str) -> None:
    """Every other such show would have the same."""
    assert b"podcast:guid" not in written(options=replace(PUBLIC, base_url=f"http://{host}/"))


def test_the_guid_of_a_show_stays_the_same_wherever_it_is_served() -> None:
    """It is that of the settings' address."""
    elsewhere = etree.fromstring(written(address="http://10.0.0.7:8000/"))[0]
    assert texts(elsewhere, "podcast:guid") == texts(channel(), "podcast:guid")


@pytest.mark.parametrize("base_url", [BASE, "http://127.0.0.1:8000/"])
def test_a_guid_in_the_settings_is_the_shows(base_url: str) -> None:
    """Wherever it is published."""
    guid = "917393e3-1b1e-5cef-ace4-edaa54e1f810"
    assert texts(channel(options=replace(PUBLIC, guid=guid, base_url=base_url)), "podcast:guid") == [guid]


# ── descriptions ────────────────────────────────────────────────────────────────────────────────────────


def test_the_notes_are_whole_in_the_feed() -> None:
    """As CDATA, which apps that show HTML read."""
    data = written(TWO[0])
    assert b"<content:encoded><![CDATA[<ul>" in data
    assert texts(etree.fromstring(data)[0].find("item"), "content:encoded") == [notes_html(TWO[0])]
    assert texts(items(TWO[0])[0], "description") == [notes_html(TWO[0])]


def test_a_long_description_says_what_it_leaves_out() -> None:
    """At most 4,000 bytes of 99 long chapters, while the notes have them all."""
    (item,) = items(an_episode("2024-06-15", "Long", *[f"Chapter {n} é{'é' * 200}" for n in range(99)]))
    description, notes = item.findtext("description"), item.findtext("content:encoded", namespaces=NAMESPACES)
    named = description.count("Chapter ")
    assert len(description.encode()) <= LONGEST_DESCRIPTION_BYTES
    assert 0 < named < 99
    assert f"And {99 - named} more chapters." in description
    assert "All links are in the notes." in description
    assert notes.count("Chapter ") == 99


def test_the_longest_description_of_a_show_fits() -> None:
    """It is handed on as it is."""
    text = "é" * 2000
    assert texts(channel(options=replace(PUBLIC, description=text)), "description") == [text]


# ── what episodes may be called ─────────────────────────────────────────────────────────────────────────


def test_a_long_title_ends_in_an_ellipsis() -> None:
    """Within 255 characters; one that just fits is whole."""
    (item,) = items(an_episode(title="w" * 300))
    assert item.findtext("title") == "w" * 254 + "…"
    (item,) = items(an_episode(title="w" * 255))
    assert item.findtext("title") == "w" * 255


def test_a_title_is_one_line() -> None:
    """However the record has it."""
    assert one_line("  one\r\n\ttwo\x00three\ufffe ") == "one two three"


HOSTILE = [
    "</title></item></channel></rss>",
    "]]>",
    "<![CDATA[x]]>",
    "&nbsp; &amp; &#0; &",
    "<!-- - -->",
    "<?xml version='1.0'?>",
    "<!DOCTYPE rss [<!ENTITY a 'b'>]>&a;",
    "\"'",
]


@pytest.mark.parametrize("title", HOSTILE)
def test_markup_in_titles_stays_text(title: str) -> None:
    """Of the show, of the episode, of a chapter and of a link."""
    episode = replace(
        an_episode("2024-06-15", f"On {title}", title), links=(Link(title, f"https://example.org/{title}"),)
    )
    found = channel(episode, options=replace(PUBLIC, title=title, description=title, author=title))
    assert (texts(found, "title"), texts(found, "description"), texts(found, "itunes:author")) == ([title],) * 3
    assert texts(found.find("item"), "title") == [f"On {title}"]
    assert texts(found.find("item"), "content:encoded") == [notes_html(episode)]


_characters = st.characters(categories=["L", "N", "P", "S", "Z", "C"])
_awkward = st.sampled_from("\x00\x08\x0b\x1b\x7f\x85\ud800\udfff\ufffe\uffff<>&]'\"\r\n\t\u2028")
BROKEN = st.lists(_characters | _awkward, max_size=40).map("".join)
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@given(BROKEN, BROKEN)
@settings(deadline=None, max_examples=60)
def test_no_text_breaks_the_document(title: str, words: str) -> None:
    """Control characters and half characters are left out; all that XML can hold is what a parser reads."""
    episode = replace(
        an_episode("2024-06-15", f"T{title}", words), links=(Link(words, f"https://example.org/{words}"),)
    )
    (item,) = items(episode)
    assert item.findtext("title") == " ".join(NOT_XML.sub(" ", f"T{title}").split())[:LONGEST]
    assert len(item.findtext("description").encode()) <= LONGEST_DESCRIPTION_BYTES
    notes = NOT_XML.sub(" ", notes_html(episode))
    assert item.findtext("content:encoded", namespaces=NAMESPACES) == "\n".join(re.split("\r\n|\r", notes))


@pytest.mark.parametrize("title", ["", " ", "\x00", "\ud800"])
def test_an_item_always_has_a_title(title: str) -> None:
    """An episode without one that can be shown is called by its day."""
    (item,) = items(an_episode("2024-06-15", title))
    assert item.findtext("title") == "2024-06-15"


# ── the same feed ───────────────────────────────────────────────────────────────────────────────────────


def test_the_same_episodes_are_the_same_bytes() -> None:
    """Whatever the show's folder is called."""
    assert written(folder="one") == written(folder="deeper/Ünother one")


def test_feeds_that_are_written_at_once_do_not_mix() -> None:
    """And the process speaks the language that it spoke."""
    before = locale.setlocale(locale.LC_ALL)
    episodes = [an_episode(f"2024-{month:02}-01") for month in range(1, 13)]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(written, episodes)) == [written(episode) for episode in episodes]
    assert locale.setlocale(locale.LC_ALL) == before
