"""The rules of a feed on feeds that need no show: titles, addresses, archives, other people's feeds, hostile ones."""

from __future__ import annotations

import datetime as dt
import functools
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from feed_maker import COVER, PUBLIC, an_episode
from lxml import etree

from podcast.check.every import FEED_RULES
from podcast.check.feed import FeedSubject, local_file, read_feed
from podcast.check.items import bad_title
from podcast.check.recurrence import recurrence_problem
from podcast.check.rules import CheckFinding, Fault, findings
from podcast.feed.rss import feed_pages
from podcast.feed.titles import own_title
from podcast.pipeline import checking_feed
from podcast.show import Settings, Show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LOCAL = Settings(title="My Paper Podcast", base_url="http://127.0.0.1:8000/")
FIVE = tuple(an_episode((dt.date(2024, 6, 1) + dt.timedelta(days=day)).isoformat()) for day in range(5))


def written(folder: Path, options: Settings = PUBLIC) -> Path:
    """Write the documents of a feed of five episodes; return their folder."""
    for page in feed_pages(Show(folder, options), FIVE, address=options.base_url, cover=COVER):
        (folder / page.name).write_bytes(page.make())
    return folder


def read(folder: Path, options: Settings = PUBLIC, name: str = "feed.xml") -> FeedSubject:
    """Read a document of a feed as a show's own."""
    base = options.base_url
    archives = tuple(f"{base}{path.name}" for path in sorted(folder.glob("feed-*.xml")))
    subject = read_feed(
        (folder / name).read_bytes(), name, local_file(base, folder, folder), f"{base}{name}",
        archives if name == "feed.xml" else None,
    )  # fmt: skip
    assert isinstance(subject, FeedSubject)
    return subject


def found_by(rule: str, subject: FeedSubject) -> list[CheckFinding]:
    """Findings of one rule."""
    return [finding for finding in findings(FEED_RULES, subject) if finding.rule == rule]


# ── titles, addresses, the show's guid ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("title", "show", "is_found"),
    [
        ("Sorting is Harder than it Looks", "My Paper Podcast", False),
        ("My Paper Podcast: June 15", "My Paper Podcast", True),
        ("The best of my paper podcast", "My Paper Podcast", False),
        ("My Paper Podcasts compared", "My Paper Podcast", False),
        ("AI-driven agents", "AI", False),
        ("What AI is not", "AI", False),
        ("AI: agents", "AI", True),
        ("AI – agents", "AI", True),
        ("Episode 12", "Show", True),
        ("episode #12: Bees", "Show", True),
        ("Ep 3 Bees", "Show", True),
        ("S1E2 Bees", "Show", True),
        ("#12", "Show", True),
        ("Episodes of a long sleep", "Show", False),
        ("Epochs 12 and 13 of training", "Show", False),
        ("Twelve bees", "", False),
    ],
)
def test_a_title_is_the_episodes_own(title: str, show: str, is_found: bool) -> None:  # noqa: FBT001 - a table
    """Neither the show's title nor a number at its start; a show of one word does not forbid that word."""
    text = f"<rss><channel><title>{show}</title><item><title>{title}</title></item></channel></rss>"
    subject = read_feed(text.encode(), "feed.xml", lambda _: None)
    assert isinstance(subject, FeedSubject)
    assert bool(list(bad_title.findings(subject))) == is_found


@pytest.mark.parametrize(
    ("title", "show", "left"),
    [
        ("My Paper Podcast: June 15, 2024", "My Paper Podcast", "June 15, 2024"),
        ("my paper podcast of June 15", "My Paper Podcast", "June 15"),
        ("My Paper Podcast returns", "My Paper Podcast", "My Paper Podcast returns"),
        ("My Paper Podcast, the week of June 15", "My Paper Podcast", "Week of June 15"),
        ("The Week in Sorting", "The Week", "The Week in Sorting"),
        ("AI Papers & beyond", "AI Papers", "AI Papers & beyond"),
        ("AI Papers June 15, 2024", "AI Papers", "June 15, 2024"),
        ("June 15 – My Paper Podcast", "My Paper Podcast", "June 15"),
        ("June 15: My Paper Podcast", "My Paper Podcast", "June 15"),
        ("My Paper Podcast", "My Paper Podcast", ""),
        ("AI: agents", "AI", "Agents"),
        ("AI-driven agents", "AI", "AI-driven agents"),
        ("AI papers of June 15", "AI", "AI papers of June 15"),
        ("Best of AI Papers", "AI Papers", "Best of AI Papers"),
        ("C++ (and more): bees", "C++ (and more)", "Bees"),
        ("Bees", "My Paper Podcast", "Bees"),
    ],
)
def test_a_feed_leaves_the_shows_title_out_of_an_episodes(title: str, show: str, left: str) -> None:
    """A newsletter is often called after its show, and apps show both."""
    assert own_title(title, show) == left


def test_an_episode_that_is_called_like_its_show_has_another_name_in_the_feed(tmp_path: Path) -> None:
    """There is nothing left of its title, and it must have one."""
    page = feed_pages(Show(tmp_path, LOCAL), [an_episode("2024-06-15", LOCAL.title)], address="http://a/", cover=COVER)
    assert etree.fromstring(page[-1].make()).findtext("channel/item/title") == "2024-06-15"


@pytest.mark.parametrize(
    ("host", "is_found"),
    [
        ("127.0.0.1:8000", False),
        ("localhost", False),
        ("[::1]", False),
        ("192.168.1.5:8000", False),
        ("raspberry.local", False),
        ("example.org", True),
        ("93.184.216.34", True),
        ("localhost.example.org", True),
    ],
)
def test_http_is_refused_where_strangers_listen(tmp_path: Path, host: str, is_found: bool) -> None:  # noqa: FBT001
    """Nobody gives out certificates for this machine or this house; one finding is enough for a whole feed."""
    options = Settings(base_url=f"http://{host}/")
    assert len(found_by("feed-26-https", read(written(tmp_path, options), options))) == is_found


def test_a_guid_of_the_show_is_asked_for_where_its_address_is_public(tmp_path: Path) -> None:
    """On this machine every show would have the same."""
    assert found_by("feed-36-channel", read(written(tmp_path))) == []
    path = tmp_path / "feed.xml"
    path.write_bytes(re.sub(b"<podcast:guid>[^<]*</podcast:guid>", b"", path.read_bytes()))
    assert [finding.text for finding in found_by("feed-36-channel", read(tmp_path))] == ["no podcast:guid"]
    assert found_by("feed-36-channel", read(written(tmp_path, LOCAL), LOCAL)) == []


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY",
        "FREQ=WEEKLY;BYDAY=SU,WE;INTERVAL=2",
        "FREQ=MONTHLY;BYDAY=-1FR",
        "FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=-1;UNTIL=20301231T000000Z",
        "INTERVAL=1;FREQ=DAILY;BYHOUR=0,23;BYMINUTE=59;COUNT=10;WKST=MO",
    ],
)
def test_a_rule_of_recurrence_may_have_all_that_rfc_5545_has(rule: str) -> None:
    """Parts in any order, lists, numbers from the end."""
    assert recurrence_problem(rule) == ""


@pytest.mark.parametrize(
    "rule",
    [
        "", ";", "WEEKLY", "FREQ=", "FREQ=weekly", "FREQ=WEEKLY;", "INTERVAL=2", "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=WEEKLY;INTERVAL=0", "FREQ=WEEKLY;INTERVAL=two", "FREQ=WEEKLY;BYDAY=SUN", "FREQ=WEEKLY;BYDAY=1SU",
        "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=DAILY;BYHOUR=24", "FREQ=DAILY;BYHOUR=-1",
        "FREQ=DAILY;COUNT=2;UNTIL=20301231", "FREQ=DAILY;UNTIL=2030-12-31", "FREQ=DAILY;COLOUR=RED", "FREQ=DAILY;=",
        f"FREQ=DAILY;BYHOUR={'9' * 5000}", "FREQ=DAILY;BYHOUR=٣",
    ],
)  # fmt: skip
def test_a_rule_of_recurrence_is_refused_for_anything_else(rule: str) -> None:
    """Calendars would read it as something else, or not at all."""
    assert recurrence_problem(rule)


# ── archives ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def divided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with feed.xml and four archives of one episode each."""
    monkeypatch.setattr("podcast.feed.paging.MOST_IN_ONE", 1)
    monkeypatch.setattr("podcast.feed.paging.ARCHIVED", 1)
    written(tmp_path)
    assert len(list(tmp_path.glob("feed-*.xml"))) == 4
    return tmp_path


def test_all_archives_are_found_on_the_way_back(divided: Path) -> None:
    """Nothing is said of a feed that is whole, nor of any of its documents."""
    names = [path.name for path in divided.glob("*.xml")]
    assert [found for name in names for found in found_by("feed-54-paging", read(divided, name=name))] == []


def relink(folder: Path, name: str, before: str, after: str) -> None:
    """Have a document name another one."""
    path = folder / name
    data = path.read_text(encoding="utf-8")
    assert before in data
    path.write_text(data.replace(before, after), encoding="utf-8")


def test_an_archive_that_is_skipped_is_found(divided: Path) -> None:
    """Its episodes would be lost to everybody who subscribes today."""
    relink(divided, "feed-0003.xml", "feed-0002.xml", "feed-0001.xml")
    texts = {finding.text for finding in found_by("feed-54-paging", read(divided))}
    assert texts == {f"no {way} leads to {PUBLIC.base_url}feed-0002.xml" for way in ("next", "prev-archive")}


def test_a_circle_of_archives_is_found_and_not_walked_for_ever(divided: Path) -> None:
    """An app that goes back would never come to an end."""
    relink(divided, "feed-0002.xml", 'feed-0001.xml" rel="prev-archive"', 'feed-0004.xml" rel="prev-archive"')
    texts = [finding.text for finding in found_by("feed-54-paging", read(divided))]
    base = PUBLIC.base_url
    assert texts == [f"prev-archive of {base}feed-0002.xml leads back to {base}feed-0004.xml"]


def test_a_missing_archive_is_found_where_it_is_named(divided: Path) -> None:
    """And what it cuts off, from where apps begin."""
    (divided / "feed-0002.xml").unlink()
    assert {finding.text for finding in found_by("feed-54-paging", read(divided, name="feed-0003.xml"))} == {
        f"{way} {PUBLIC.base_url}feed-0002.xml is not there" for way in ("next", "prev-archive")
    }
    assert any("feed-0001.xml" in finding.text for finding in found_by("feed-54-paging", read(divided)))


def test_an_archive_that_nobody_names_is_found(tmp_path: Path) -> None:
    """One that was left lying there would be served, and be wrong."""
    (written(tmp_path) / "feed-0001.xml").write_bytes((tmp_path / "feed.xml").read_bytes())
    assert found_by("feed-54-paging", read(tmp_path))


def test_an_archive_says_where_it_is_itself(divided: Path) -> None:
    """Rule 8 holds for each document, not for feed.xml alone."""
    path = divided / "feed-0001.xml"
    path.write_bytes((divided / "feed.xml").read_bytes())
    assert found_by("feed-8-self", read(divided, name="feed-0001.xml"))


# ── feeds of others, and hostile ones ───────────────────────────────────────────────────────────────────

FINE = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:atom="http://www.w3.org/2005/Atom"
 xmlns:podcast="https://podcastindex.org/namespace/1.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Two People Talk</title><link>https://example.org/</link><description>They talk.</description>
<atom:link rel="self" type="application/rss+xml" href="{address}"/><language>en</language>
<lastBuildDate>Sat, 22 Jun 2024 12:00:00 +0000</lastBuildDate>
<image><url>{root}c.jpg</url><title>Two People Talk</title><link>https://example.org/</link></image>
<itunes:author>Two People</itunes:author><itunes:category text="Comedy"/><itunes:explicit>true</itunes:explicit>
<itunes:image href="{root}c.jpg"/><podcast:locked>no</podcast:locked>
{items}</channel></rss>"""
ITEM = """<item><title>{title}</title><link>https://example.org/{n}</link><guid isPermaLink="false">{n}</guid>
<pubDate>Sat, 22 Jun 2024 12:00:00 GMT</pubDate><description>We talk from 12:30 to 13:00.</description>
<content:encoded><![CDATA[<p>12:30 Lunch</p><div>We <span>talk</span></div>]]></content:encoded>
<enclosure url="{root}{n}.mp3" type="audio/mpeg" length="3"/><itunes:duration>1800</itunes:duration>
<itunes:explicit>true</itunes:explicit><podcast:transcript url="{root}{n}.srt" type="application/x-subrip"/></item>"""


@contextmanager
def published(title: str, count: int) -> Iterator[str]:
    """Serve somebody's feed of so many episodes; yield its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            root = f"http://{self.headers['host']}/"
            items = "".join(ITEM.format(title=title, n=number, root=root) for number in range(count))
            data = FINE.format(address=f"{root}feed.xml", root=root, items=items).encode()
            self.send_response(200)
            self.send_header("content-type", "application/rss+xml")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(data)

        do_HEAD = do_GET  # noqa: N815 - as the class calls them

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/feed.xml"
        server.shutdown()


def of_feed(found: list[CheckFinding]) -> list[CheckFinding]:
    """Leave out what is said of the server."""
    return [finding for finding in found if finding.rule.startswith("feed-")]


def test_a_fine_feed_of_somebody_else_is_told_of_one_thing() -> None:
    """Our own conventions are not asked of it; that a machine spoke it is, as nobody can tell from a feed."""
    with published("Bees", 8) as address:
        found = of_feed(checking_feed.check_address(address, lambda _: None))
    assert [finding.rule for finding in found] == ["feed-46-ai-content"]


def test_a_long_feed_of_somebody_else_is_not_listed_episode_by_episode() -> None:
    """What is so of every episode is said of five, and how many more there are."""
    with published("Episode 7: Bees", 8) as address:
        found = of_feed(checking_feed.check_address(address, lambda _: None))
    titles = [finding for finding in found if finding.rule == "feed-23-title"]
    assert [finding.text for finding in titles] == ["Episode 7: Bees"] * 5 + ["3 more like these"]
    assert titles[-1].where == address


NASTY = (
    "", " ", "x" * 70_000, "http://[", "http://[::1", "https://ex ample.org:99999999/", "http://127.0.0.1:8000/../../x",
    "http://127.0.0.1:8000/episodes/" + "y" * 5000, "https://example.org/podcast/" + "z" * 5000,
    "https://example.org/podcast/%00%2e%2e/", "9" * 5000, "٣", "-1", "nan", "1e999", "<![CDATA[", "<!--", "<![foo",
    "&#0;", "Sat, 99 Jun 9999 99:99:99 +9999", "Thu, 31 Feb 2024 12:00:00 +0000", "FREQ=;=;;", "00:00:" + "0" * 5000,
    "\u2028", "urn:uuid:{}", "(((((((((((((((((((((((((((((", "My Show" * 500,
)  # fmt: skip


@pytest.mark.parametrize("is_ours", [True, False])
def test_no_value_of_a_feed_stops_a_rule(tmp_path: Path, is_ours: bool) -> None:  # noqa: FBT001
    """Feeds may come from anywhere: whatever stands in one, its rules say something, or nothing."""
    written(tmp_path)
    data = (tmp_path / "feed.xml").read_bytes()
    local = local_file(PUBLIC.base_url, tmp_path, tmp_path)
    places = sum(1 for _ in _values(etree.fromstring(data)))
    for place in range(places):
        root = etree.fromstring(data)
        list(_values(root))[place](NASTY[place % len(NASTY)])
        changed = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
        subject = (
            read_feed(changed, "feed.xml", local, f"{PUBLIC.base_url}feed.xml", ())
            if is_ours
            else read_feed(changed, "feed.xml", lambda _: None)
        )
        assert isinstance(subject, FeedSubject | Fault)
        if isinstance(subject, FeedSubject):
            findings(FEED_RULES, subject)


def test_every_nasty_value_stops_no_rule_anywhere(tmp_path: Path) -> None:
    """Each of them in every place at once."""
    data = (written(tmp_path) / "feed.xml").read_bytes()
    for nasty in NASTY:
        root = etree.fromstring(data)
        for change in list(_values(root)):
            change(nasty)
        changed = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
        for local in (local_file(PUBLIC.base_url, tmp_path, tmp_path), _nowhere):
            subject = read_feed(changed, "feed.xml", local, nasty, (nasty,))
            assert isinstance(subject, FeedSubject)
            assert findings(FEED_RULES, subject)


def _nowhere(_: str) -> None:
    return None


def _values(root: etree._Element) -> Iterator[Callable[[str], None]]:
    """Yield what changes each text and each attribute of a feed."""
    for element in root.iter(etree.Element):
        if element.text and element.text.strip():
            yield functools.partial(setattr, element, "text")
        for name in element.attrib:
            yield functools.partial(element.set, name)


def test_items_are_counted_once(tmp_path: Path) -> None:
    """Looking for each of ten thousand items among all of them would take a hundred million steps."""
    subject = read(written(tmp_path))
    assert subject.items is subject.items
    places = [subject.place(item) for item in subject.items]
    assert [re.search(r"item (\d)", place)[1] for place in places] == list("12345")  # type: ignore[index]
    assert subject.place(subject.channel) == "feed.xml, channel"
