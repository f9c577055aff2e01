"""A feed of many episodes: each is in exactly one document, and one that is added changes no archive."""

from __future__ import annotations

import datetime as dt
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import podcastparser
import pytest
from feed_maker import BASE, COVER, NAMESPACES, PUBLIC, an_episode
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from podcast.feed.paging import documents, numbers
from podcast.feed.rss import feed_pages
from podcast.pipeline.pages import write_pages
from podcast.show import Show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast.feed.page import Page
    from podcast.show import Settings
    from podcast.types import Episode

FIRST = dt.date(2001, 1, 1)


def the(number: int) -> Episode:
    """Return the episode of a day, counted from the first one on."""
    slug = (FIRST + dt.timedelta(days=number)).isoformat()
    return an_episode(slug, f"Papers {number}", "Welcome")


MANY = tuple(the(number) for number in range(1310))
"""More than any test here needs, oldest first."""


def pages(episodes: Sequence[Episode], options: Settings = PUBLIC) -> dict[str, Page]:
    """Return the documents of a feed by name, in their order."""
    found = feed_pages(Show(Path("show"), options), episodes, address=options.base_url, cover=COVER)
    return {page.name: page for page in found}


def guids(page: Page) -> list[str]:
    """Return what a document holds, in its order."""
    return [guid.text for guid in etree.fromstring(page.make()).iterfind("channel/item/guid")]


def links(page: Page) -> list[tuple[str, str]]:
    """Return relations and file names."""
    found = etree.fromstring(page.make()).iterfind("channel/atom:link", NAMESPACES)
    return [(link.get("rel"), link.get("href").removeprefix(BASE)) for link in found]


# ── how it is divided ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("count", [1, 199, 200, 1000])
def test_up_to_a_thousand_episodes_are_one_document(count: int) -> None:
    """Newest first, with no links to others."""
    (document,) = documents(MANY[:count])
    assert (document.name, document.links, document.is_archive) == ("feed.xml", (), False)
    assert document.episodes == tuple(reversed(MANY[:count]))


@pytest.mark.parametrize(
    ("count", "archives", "newest"), [(1001, 9, 101), (1099, 9, 199), (1100, 10, 100), (1199, 10, 199), (1200, 11, 100)]
)
def test_above_a_thousand_there_are_archives(count: int, archives: int, newest: int) -> None:
    """Of a hundred each, the oldest first and feed.xml last, which has the newest hundred to 199."""
    found = documents(MANY[:count])
    assert [document.name for document in found] == [f"feed-{n:04}.xml" for n in range(1, archives + 1)] + ["feed.xml"]
    assert [len(document.episodes) for document in found] == [100] * archives + [newest]
    assert found[0].episodes == tuple(reversed(MANY[:100]))
    assert [document.is_archive for document in found] == [True] * archives + [False]


@given(st.integers(1, len(MANY)), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=40)
def test_every_episode_is_in_exactly_one_document(count: int, chance: Any) -> None:
    """In whatever order they come, and read one behind the other they are newest first."""
    shuffled = list(MANY[:count])
    chance.shuffle(shuffled)
    found = documents(shuffled)
    read = [episode for document in reversed(found) for episode in document.episodes]
    assert read == list(reversed(MANY[:count]))


@given(st.integers(1, len(MANY) - 120), st.integers(1, 120))
@settings(deadline=None, max_examples=40)
def test_an_archive_that_is_there_stays_as_it_is(count: int, more: int) -> None:
    """However many episodes are added behind it."""
    before, after = documents(MANY[:count])[:-1], documents(MANY[: count + more])[:-1]
    assert after[: len(before)] == before


# ── numbers ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_season_is_a_year_and_a_number_a_place_in_it() -> None:
    """From 1, by date and then by slug, in whatever order they come."""
    slugs = ["2024-06-15-b", "2023-12-30", "2024-06-15", "2024-01-06", "2024-06-15-a"]
    assert numbers([an_episode(slug) for slug in slugs]) == {
        "2023-12-30": (2023, 1),
        "2024-01-06": (2024, 1),
        "2024-06-15": (2024, 2),
        "2024-06-15-a": (2024, 3),
        "2024-06-15-b": (2024, 4),
    }


@given(st.lists(st.integers(0, len(MANY) - 1), unique=True), st.integers(0, len(MANY) - 1))
@settings(deadline=None, max_examples=40)
def test_a_newer_episode_changes_no_number(days: list[int], newest: int) -> None:
    """Apps have shown them."""
    known = [MANY[day] for day in days if day < newest]
    before = numbers(known)
    assert (numbers([*known, MANY[newest]]).items() >= before.items()) is True
    assert sorted(number for season, number in before.values() if season == 2001) == list(
        range(1, 1 + sum(season == 2001 for season, _ in before.values()))
    )


# ── the documents ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def paged() -> dict[str, Page]:
    """Return the documents of 1,250 episodes."""
    return pages(MANY[:1250])


def test_links_lead_from_the_feed_to_its_oldest_archive(paged: dict[str, Page]) -> None:
    """By the names of RFC 5005, `next` being the older one; none leads to a newer archive, which may not be there."""
    assert list(paged) == [*(f"feed-{number:04}.xml" for number in range(1, 12)), "feed.xml"]
    assert links(paged["feed.xml"]) == [
        ("self", "feed.xml"),
        ("next", "feed-0011.xml"),
        ("prev-archive", "feed-0011.xml"),
        ("last", "feed-0001.xml"),
    ]
    assert links(paged["feed-0002.xml"]) == [
        ("self", "feed-0002.xml"),
        ("first", "feed.xml"),
        ("current", "feed.xml"),
        ("next", "feed-0001.xml"),
        ("prev-archive", "feed-0001.xml"),
        ("last", "feed-0001.xml"),
    ]
    assert links(paged["feed-0001.xml"]) == [
        ("self", "feed-0001.xml"),
        ("first", "feed.xml"),
        ("current", "feed.xml"),
        ("last", "feed-0001.xml"),
    ]


def test_archives_say_that_they_are(paged: dict[str, Page]) -> None:
    """And what apps subscribe to does not."""
    archive, feed = (etree.fromstring(paged[name].make()) for name in ("feed-0011.xml", "feed.xml"))
    assert (len(archive.findall("channel/fh:archive", NAMESPACES)), archive.nsmap["fh"]) == (1, NAMESPACES["fh"])
    assert (feed.findall("channel/fh:archive", NAMESPACES), "fh" in feed.nsmap) == ([], False)


def test_an_archive_was_built_when_its_newest_episode_came_out(paged: dict[str, Page]) -> None:
    """It does not change with the feed."""
    built = etree.fromstring(paged["feed-0001.xml"].make()).findtext("channel/lastBuildDate")
    assert built == f"{FIRST + dt.timedelta(days=99):%a, %d %b %Y} 12:00:00 +0000"


def test_an_app_that_follows_the_links_finds_every_episode(paged: dict[str, Page]) -> None:
    """podcastparser, the one of gPodder, reads `next`."""
    found, name = [], "feed.xml"
    while name:
        read = podcastparser.parse(f"{BASE}{name}", io.BytesIO(paged[name].make()))
        found += [episode["guid"] for episode in read["episodes"]]
        name = read.get("paged_feed_next", "").removeprefix(BASE)
    assert found == [episode.guid for episode in reversed(MANY[:1250])]


def test_numbers_go_on_across_documents(paged: dict[str, Page]) -> None:
    """A year is counted from its first episode, wherever that is."""
    oldest = etree.fromstring(paged["feed.xml"].make()).findall("channel/item")[-1]
    number = dt.date.fromisoformat(MANY[1100].slug).timetuple().tm_yday
    assert oldest.findtext("itunes:episode", namespaces=NAMESPACES) == str(number)


# ── what an added episode rewrites ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("count", [1099, 1150, 1199])
def test_an_added_episode_leaves_archives_byte_by_byte(count: int) -> None:
    """Nor are they made again, as they are made from the same; at most one new one appears."""
    before, after = pages(MANY[:count]), pages(MANY[: count + 1])
    old = [name for name in before if name != "feed.xml"]
    assert [before[name].made_from for name in old] == [after[name].made_from for name in old]
    assert before["feed.xml"].made_from != after["feed.xml"].made_from
    assert len(after) - len(before) == (count % 100 == 99)
    for name in (old[0], old[-1]):
        assert before[name].make() == after[name].make()


def test_only_what_is_new_is_written(tmp_path: Path) -> None:
    """To feed/: the feed, and the archive that has become full."""
    feed, ledger = tmp_path / "feed", tmp_path / "pages.json"
    write_pages(feed, list(pages(MANY[:1099]).values()), ledger)
    before = {path.name: path.stat().st_ino for path in feed.iterdir()}
    write_pages(feed, list(pages(MANY[:1100]).values()), ledger)
    written = {path.name for path in feed.iterdir() if before.get(path.name) != path.stat().st_ino}
    assert written == {"feed.xml", "feed-0010.xml"}


def test_a_feed_that_has_shrunk_is_one_document_again(tmp_path: Path) -> None:
    """Archives that are no more are removed, and nothing is lost."""
    feed, ledger = tmp_path / "feed", tmp_path / "pages.json"
    write_pages(feed, list(pages(MANY[:1001]).values()), ledger)
    write_pages(feed, list(pages(MANY[:1000]).values()), ledger)
    assert [path.name for path in feed.iterdir()] == ["feed.xml"]
    assert (feed / "feed.xml").read_bytes().count(b"<item>") == 1000


@pytest.mark.parametrize(
    "changed", [{"title": "Another"}, {"author": "Bo"}, {"base_url": "https://example.net/"}, {"explicit": True}]
)
def test_a_setting_that_changes_changes_every_document(changed: dict[str, Any]) -> None:
    """All of them say it."""
    before, after = pages(MANY[:1001]), pages(MANY[:1001], replace(PUBLIC, **changed))
    assert [name for name in before if before[name].made_from == after[name].made_from] == []


def test_an_episode_that_is_edited_changes_its_document_alone() -> None:
    """An old one too."""
    edited = (replace(MANY[0], title="Corrected"), *MANY[1:1100])
    before, after = pages(MANY[:1100]), pages(edited)
    assert [name for name in before if before[name].made_from != after[name].made_from] == ["feed-0001.xml"]
    assert b"<title>Corrected</title>" in after["feed-0001.xml"].make()


def test_two_episodes_of_one_date_are_both_there() -> None:
    """Across the border of two archives too."""
    twins = [replace(episode, date=MANY[0].date) for episode in MANY[:1101]]
    found = pages(twins)
    held = [guid for name in found for guid in guids(found[name])]
    assert sorted(held) == sorted(episode.guid for episode in twins)
    assert len({*held}) == 1101


def test_archives_go_also_where_what_was_written_is_forgotten(tmp_path: Path) -> None:
    """As .podcast/ was deleted; `podcast check` would find them. What only looks like them stays."""
    old, others = ["feed-0001.xml", f"site-{16 * 'a'}.css"], ["feed-of-others.xml", "site.css", "feed-0001.xml.bak"]
    for name in (*old, *others):
        (tmp_path / "feed").mkdir(exist_ok=True)
        (tmp_path / "feed" / name).touch()
    write_pages(tmp_path / "feed", list(pages(MANY[:1]).values()), tmp_path / "pages.json")
    assert {path.name for path in (tmp_path / "feed").iterdir()} == {"feed.xml", *others}


def test_a_folder_whose_page_went_when_a_run_was_killed_goes_with_the_next(tmp_path: Path) -> None:
    """One in which somebody laid something stays."""
    feed, ledger = tmp_path / "feed", tmp_path / "pages.json"
    for name in ("gone", "kept"):
        (feed / name).mkdir(parents=True)
    (feed / "kept" / "notes.txt").write_text("mine")
    pages_of_them = {f"{name}/index.html": {"made_from": "it", "bytes": 1, "mtime_ns": 1} for name in ("gone", "kept")}
    ledger.write_text(json.dumps(pages_of_them))
    write_pages(feed, list(pages(MANY[:1]).values()), ledger)
    assert sorted(path.name for path in feed.iterdir()) == ["feed.xml", "kept"]


NOT_OURS = ["", ".", "..", "2024", "CNAME", COVER, "a\0b", "\ud800", "a" * 300, "../outside", "loop/index.html"]


@pytest.mark.parametrize("name", [*NOT_OURS, "elsewhere/index.html", "CNAME/index.html", "/etc/hostname"])
def test_a_damaged_ledger_removes_nothing_but_pages(tmp_path: Path, name: str) -> None:
    """Whatever it names: the feed is written, and all that lies beside it stays."""
    feed, ledger, elsewhere = tmp_path / "feed", tmp_path / "pages.json", tmp_path / "elsewhere"
    (feed / "2024").mkdir(parents=True)
    elsewhere.mkdir()
    others = [tmp_path / "outside", feed / "CNAME", feed / COVER, elsewhere / "index.html"]
    for path in others:
        path.write_text("mine")
    (feed / "loop").symlink_to("loop")
    (feed / "elsewhere").symlink_to(elsewhere)
    ledger.write_text(json.dumps({name: {"made_from": "it", "bytes": 1, "mtime_ns": 1}}))
    assert write_pages(feed, list(pages(MANY[:1]).values()), ledger)
    assert (feed / "feed.xml").is_file()
    assert all(path.is_file() for path in others)
    assert json.loads(ledger.read_text()).keys() == {"feed.xml"}
