"""Every rule of `podcast check` finds what it is there to find, and nothing in what this program makes."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import web_server
from conftest import NEWSLETTER, Podcast, make_show
from gate import THROUGH, gate_before
from no_waiting import without_waiting
from PIL import Image
from web_server import page

from podcast.check import episode as of_episode
from podcast.check import listening
from podcast.check import script as of_script
from podcast.check import server as of_server
from podcast.check import style as of_style
from podcast.check.every import FEED_RULES
from podcast.check.feed import FeedSubject, local_file, read_feed
from podcast.check.rules import LONGEST_TEXT, CheckFinding, Fault, Rule, findings
from podcast.outside.web import Answer
from podcast.pipeline import checking, checking_feed
from podcast.record import read_record
from podcast.show import AudioSettings, load_show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BASE = "http://127.0.0.1:8000/"
NUMBER = re.compile("<itunes:episode>[^<]*</itunes:episode>")
GUID = re.compile(r"<guid isPermaLink=\"false\">([^<]+)</guid>")
REQUIRED = {*range(1, 9), *range(10, 24), 26, *range(29, 32), 33, *range(34, 44), *range(45, 51), 53, 54, 58, 62}
"""The numbered requirements of RSS readers, Apple, Spotify, PSP-1 and Podcasting 2.0 that a feed alone can be asked."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Podcast:
    """Return a show with two episodes and a feed; nobody writes in it."""
    folder = tmp_path_factory.mktemp("made")
    show = make_show(folder / "show", music=False)
    for date in ("June 15, 2024", "June 22, 2024"):
        path = folder / "newsletter.md"
        path.write_text(NEWSLETTER.replace("June 15, 2024", date), encoding="utf-8")
        assert show("make", path, "--quiet").exit_code == 0
    return show


@pytest.fixture
def own(made: Podcast, tmp_path: Path) -> Podcast:
    """Return a copy of that show, to break."""
    shutil.copytree(made.folder, tmp_path / "own")
    return Podcast(tmp_path / "own")


def names(found: list[CheckFinding]) -> set[str]:
    """Names of the rules that found something."""
    return {finding.rule for finding in found}


def checked(show: Podcast, *arguments: object) -> list[dict[str, str]]:
    """What `podcast check --json` finds."""
    ran = show("check", *arguments, "--json", "--quiet")
    found: list[dict[str, str]] = json.loads(ran.stdout)
    assert ran.exit_code == (1 if found else 0), ran.stderr
    return found


# ── the feed ────────────────────────────────────────────────────────────────────────────────────────────


def check_feed(show: Podcast, change: Callable[[str], str]) -> set[str]:
    """Names of the rules that find something in a feed changed so."""
    return names(findings(FEED_RULES, parsed(show, change)))


def parsed(show: Podcast, change: Callable[[str], str]) -> FeedSubject:
    """Return the show's feed, changed so."""
    data = change((show.folder / "feed" / "feed.xml").read_text(encoding="utf-8")).encode()
    local = local_file(BASE, show.folder / "feed", show.folder / "episodes")
    subject = read_feed(data, "feed.xml", local, f"{BASE}feed.xml", ())
    assert isinstance(subject, FeedSubject)
    return subject


def swap(pattern: str, replacement: str, count: int = 1) -> Callable[[str], str]:
    """Return what replaces a pattern that must be there."""

    def change(text: str) -> str:
        changed, done = re.subn(pattern, replacement, text, count=count, flags=re.DOTALL)
        assert done, f"nothing to break: {pattern}"
        return changed

    return change


def same_guids(text: str) -> str:
    """Give the second item the first one's guid."""
    first, second = GUID.findall(text)
    return text.replace(second, first)


def in_channel(element: str) -> Callable[[str], str]:
    """Return what adds an element to the channel."""
    return swap("(<podcast:medium>)", rf"{element}\1")


def in_item(element: str) -> Callable[[str], str]:
    """Return what adds an element to the first item."""
    return swap("(<podcast:season>)", rf"{element}\1")


def title(text: str) -> Callable[[str], str]:
    """Return what gives the first item another title."""
    return swap("(<item>.*?<title>)[^<]*", rf"\g<1>{text}")


def link(relation: str, href: str) -> Callable[[str], str]:
    """Return what adds a link to another document of the feed."""
    return in_channel(f'<atom:link rel="{relation}" href="{href}" type="application/rss+xml"/>')


LONG = "x" * 256
LABEL = "x" * 129
BREAKS = [
    ("feed-1-xml", swap('version="2.0"', 'version="0.92"')),
    ("feed-1-xml", swap("</channel>", "</channel><channel/>")),
    ("feed-2-channel", swap("<title>[^<]*</title>", "")),
    ("feed-2-channel", swap("<link>[^<]*</link>", "<link></link>")),
    ("feed-2-channel", swap("<link>[^<]*</link>", f"<link>{BASE}feed.xml</link>")),
    ("feed-2-channel", swap("<description>[^<]*</description>", "")),
    ("feed-3-item", swap("<item>.*?<title>.*?</title>(.*?)<description>.*?</description>", r"<item>\1")),
    ("feed-4-enclosure", swap("<enclosure [^>]*/>", "")),
    ("feed-4-enclosure", swap("(<enclosure [^>]*/>)", r"\1\1")),
    ("feed-4-enclosure", swap(r'length="\d+"', 'length="7"')),
    ("feed-4-enclosure", swap(r'length="\d+"', 'length="1e6"')),
    ("feed-4-enclosure", swap(r' length="\d+"', "")),
    ("feed-4-enclosure", swap('type="audio/mpeg"', 'type="mp3"')),
    ("feed-4-enclosure", swap('enclosure url="http:', 'enclosure url="ftp:')),
    ("feed-4-enclosure", swap("2024-06-22/2024-06-22.mp3", "2024-06-23/2024-06-23.mp3")),
    ("feed-5-dates", swap("<pubDate>[^<]*", "<pubDate>2024-06-22T12:00:00Z")),
    ("feed-5-dates", swap("<pubDate>[^<]*", "<pubDate>Sat, 22 Jun 24 12:00:00 +0000")),
    ("feed-5-dates", swap("<lastBuildDate>[^<]*", "<lastBuildDate>yesterday")),
    ("feed-6-guid", same_guids),
    ("feed-6-guid", swap(' isPermaLink="false"', "")),
    ("feed-10-declaration", swap('"1.0" encoding="UTF-8"', '"1.0"')),
    ("feed-10-declaration", swap("podcast-1.0.dtd", "Podcast-1.0.dtd")),
    ("feed-10-declaration", swap("rss/1.0/modules/content/", "rss/1.0/modules/content")),
    ("feed-11-channel", swap("<language>[^<]*</language>", "")),
    ("feed-11-channel", swap("<language>[^<]*", "<language>English, of course")),
    ("feed-11-channel", swap("<itunes:image [^>]*/>", "")),
    ("feed-11-channel", swap("<itunes:category [^>]*/>", "")),
    ("feed-11-channel", swap("<itunes:explicit>[^<]*</itunes:explicit>", "")),
    ("feed-11-channel", swap("<description>[^<]*", "<description>" + "x" * 4001)),
    ("feed-12-item", swap("<item>(.*?)<title>.*?</title>", r"<item>\1")),
    ("feed-12-item", swap("<guid [^>]*>[^<]*</guid>", "")),
    ("feed-12-item", swap("(<item>.*?<description>)[^<]*", r"\1" + "é" * 2001)),
    ("feed-12-item", swap("<enclosure [^>]*/>", "")),
    ("feed-13-explicit", swap("<itunes:explicit>false", "<itunes:explicit>no")),
    ("feed-13-explicit", swap("(<item>.*?<itunes:explicit>)false", r"\1clean")),
    ("feed-16-duplicates", swap("2024-06-15/2024-06-15.mp3", "2024-06-22/2024-06-22.mp3")),
    ("feed-17-extension", swap(r"2024-06-22\.mp3", "2024-06-22.ogg")),
    ("feed-17-extension", swap('type="audio/mpeg"', 'type="audio/x-m4a"')),
    ("feed-18-ascii", swap("2024-06-22/2024-06-22.mp3", "2024-06-22/émission.mp3")),
    ("feed-18-ascii", swap("2024-06-22/transcript.vtt", "2024-06-22/my transcript.vtt")),
    ("feed-19-server", swap('url="http://127', 'url="http://user:secret@127')),
    ("feed-20-artwork", swap(r'(<itunes:image href="[^"]*)\.jpg', r"\1.webp")),
    ("feed-20-artwork", swap(r"(<itunes:image href=\"[^\"]*)cover-", r"\1cover-of-another-day-")),
    ("feed-20-artwork", swap(r"(<itunes:image href=\"[^\"]*)\.jpg", r"\1-480.jpg")),
    ("feed-21-category", swap('text="Technology"', 'text="technology"')),
    (
        "feed-21-category",
        swap('text="Technology"/>', 'text="Science"><itunes:category text="Chess"/></itunes:category>'),
    ),
    ("feed-22-values", swap("<item>.*</item>", "")),
    ("feed-22-values", swap("(<itunes:author>)[^<]*", rf"\1{LONG}")),
    ("feed-22-values", swap("(<item>.*?<title>)", r"\1 ")),
    ("feed-29-author", swap("<itunes:author>[^<]*</itunes:author>", "")),
    ("feed-30-item", swap("<pubDate>[^<]*</pubDate>", "")),
    ("feed-30-item", swap(r'length="\d+"', 'length="0"')),
    ("feed-34-namespaces", swap("podcastindex.org/namespace/1.0", "podcastindex.org/namespace/2.0")),
    ("feed-34-namespaces", swap("www.w3.org/2005/Atom", "www.w3.org/2005/atom")),
    ("feed-35-channel", swap("<atom:link [^>]*/>", "")),
    ("feed-35-channel", swap("application/rss.xml", "text/xml")),
    ("feed-37-item", swap('type="audio/mpeg"', 'type="audio/ogg"')),
    ("feed-37-item", swap("(<guid [^>]*>[^<]*</guid>)", r"\1<guid>another</guid>")),
    ("feed-40-guid", swap("(<itunes:type>)", r"<podcast:guid>7</podcast:guid>\1")),
    ("feed-42-transcript", swap('type="text/vtt"', 'type="vtt"')),
    ("feed-42-transcript", swap("2024-06-22/transcript.srt", "2024-06-22/subtitles.srt")),
    ("feed-43-chapters", swap("application/json.chapters", "application/json")),
    ("feed-43-chapters", swap("2024-06-22/chapters.json", "2024-06-22/marks.json")),
    ("feed-46-ai-content", swap('<podcast:txt purpose="ai-content">true</podcast:txt>', "")),
    ("feed-7-channel", swap("<language>[^<]*</language>", "")),
    ("feed-7-channel", swap("<lastBuildDate>[^<]*</lastBuildDate>", "")),
    ("feed-7-channel", swap("<image>.*?</image>", "")),
    ("feed-7-channel", swap("<image>(.*?)<link>.*?</link>", r"<image>\1")),
    ("feed-7-channel", swap("<url>[^<]*</url>", "<url>cover.jpg</url>")),
    ("feed-8-self", swap('(<atom:link href=")[^"]*', rf"\1{BASE}podcast.xml")),
    ("feed-8-self", swap('(<atom:link href=")[^"]*', r"\1http://127.0.0.1:8001/feed.xml")),
    ("feed-14-type", swap("<itunes:type>[^<]*", "<itunes:type>daily")),
    ("feed-14-type", swap("<itunes:author>[^<]*</itunes:author>", "")),
    ("feed-14-type", in_channel("<itunes:block>yes</itunes:block>")),
    ("feed-14-type", in_channel("<itunes:complete>true</itunes:complete>")),
    ("feed-14-type", in_channel("<itunes:new-feed-url>soon</itunes:new-feed-url>")),
    ("feed-14-type", in_item("<itunes:block>true</itunes:block>")),
    ("feed-15-item", swap("<pubDate>[^<]*</pubDate>", "")),
    ("feed-15-item", swap("(<item>.*?)<link>[^<]*</link>", r"\1")),
    ("feed-15-item", swap("(<item>.*?)<itunes:explicit>[^<]*</itunes:explicit>", r"\1")),
    ("feed-15-item", swap("(<item>.*?)<description>[^<]*</description>", r"\1")),
    ("feed-15-item", swap("(<item>.*?<description>)", r"\1&lt;h1&gt;Notes&lt;/h1&gt;")),
    ("feed-15-item", swap("(<item>.*?<description>)", r"\1&lt;img src=x onerror=alert(1)")),
    ("feed-15-item", swap("(<item>.*?<description>)", r"\1" + "é" * 2001)),
    ("feed-20-episode-artwork", in_item(f'<itunes:image href="{BASE}cover.webp"/>')),
    ("feed-20-episode-artwork", in_item(f'<itunes:image href="{BASE}episodes/2024-06-22/cover.jpg"/>')),
    ("feed-20-episode-artwork", in_item(f'<itunes:image href="{BASE}episodes/2024-06-22/waveform.png"/>')),
    ("feed-20-episode-artwork", in_item("<itunes:image/>")),
    ("feed-23-title", title("My Paper Podcast: June 22")),
    ("feed-23-title", title("June 22 – my paper  podcast")),
    ("feed-23-title", title("Episode 12: Sorting")),
    ("feed-23-title", title("Ep. 3 – Sorting")),
    ("feed-23-title", title("#12 Sorting")),
    ("feed-26-https", swap("http://127.0.0.1:8000/2024-06-22/", "http://example.org/2024-06-22/")),
    ("feed-26-https", swap("http://127.0.0.1:8000/cover-", "http://93.184.216.34/cover-", count=9)),
    ("feed-31-duration", swap("<itunes:duration>[^<]*", "<itunes:duration>00:40")),
    ("feed-31-duration", swap("<itunes:duration>[^<]*", "<itunes:duration>0")),
    ("feed-31-duration", swap("<itunes:duration>[^<]*", "<itunes:duration>40.5")),
    ("feed-33-psc-chapters", swap('<psc:chapters version="1.2"', '<psc:chapters version="2"')),
    ("feed-33-psc-chapters", swap("<psc:chapter .*?</psc:chapters>", "</psc:chapters>")),
    ("feed-33-psc-chapters", swap(r'start="00:00:10\.\d+"', 'start="ten seconds"')),
    ("feed-33-psc-chapters", swap(r'start="00:00:10(\.\d+)"', r'start="00:00:11\1"')),
    ("feed-33-psc-chapters", swap(r'start="00:00:10\.\d+"', 'start="00:00:30.000"')),
    ("feed-33-psc-chapters", swap('(<psc:chapter start="00:00:00.000" title=")[^"]*', r"\1 ")),
    ("feed-36-channel", swap("<podcast:locked>[^<]*</podcast:locked>", "")),
    ("feed-36-channel", swap("<itunes:author>[^<]*</itunes:author>", "")),
    ("feed-38-item", swap("(<item>.*?)<link>[^<]*</link>", r"\1")),
    ("feed-38-item", swap("<itunes:duration>[^<]*</itunes:duration>", "")),
    ("feed-38-item", swap("<podcast:transcript [^>]*/>", "", count=4)),
    ("feed-38-item", swap("<itunes:image [^>]*/>", "", count=9)),
    ("feed-39-numbers", swap("<itunes:season>[^<]*", "<itunes:season>0")),
    ("feed-39-numbers", swap("<itunes:episode>[^<]*", "<itunes:episode>two")),
    ("feed-39-numbers", swap("<itunes:episodeType>[^<]*", "<itunes:episodeType>Full")),
    ("feed-39-numbers", lambda text: NUMBER.sub("", text.replace(">episodic<", ">serial<"), count=1)),
    ("feed-41-locked", swap("(<podcast:locked[^>]*>)[^<]*", r"\1true")),
    ("feed-41-locked", in_channel("<podcast:locked>no</podcast:locked>")),
    ("feed-45-medium", swap("<podcast:medium>[^<]*", "<podcast:medium>radio")),
    ("feed-45-medium", in_channel("<podcast:medium>podcastL</podcast:medium>")),
    ("feed-46-txt", in_channel(f'<podcast:txt purpose="verify">{"x" * 4001}</podcast:txt>')),
    ("feed-46-txt", in_item('<podcast:txt purpose="verify"/>')),
    ("feed-46-txt", in_item(f'<podcast:txt purpose="{LABEL}">1</podcast:txt>')),
    ("feed-47-frequency", swap("(<podcast:updateFrequency [^>]*>)[^<]*", rf"\1{LABEL}")),
    ("feed-47-frequency", swap("(<podcast:updateFrequency [^>]*>)[^<]*", r"\1")),
    ("feed-47-frequency", swap("FREQ=WEEKLY", "weekly")),
    ("feed-47-frequency", swap('rrule="[^"]*"', 'dtstart="next week"')),
    ("feed-47-frequency", swap('rrule="[^"]*"', 'complete="yes"')),
    ("feed-47-frequency", in_channel("<podcast:updateFrequency>Daily</podcast:updateFrequency>")),
    ("feed-48-license", in_channel("<podcast:license>CC BY 4.0</podcast:license>")),
    ("feed-48-license", in_item('<podcast:license url="here">cc-by-4.0</podcast:license>')),
    ("feed-48-license", in_channel("<podcast:license>a</podcast:license><podcast:license>b</podcast:license>")),
    ("feed-49-funding", in_channel('<podcast:funding url="paypal">Give</podcast:funding>')),
    ("feed-49-funding", in_channel(f'<podcast:funding url="https://example.org/">{LABEL}</podcast:funding>')),
    ("feed-50-season", swap("<podcast:season>[^<]*", "<podcast:season>2024a")),
    ("feed-50-season", swap("<podcast:season>[^<]*", "<podcast:season>2023")),
    ("feed-50-season", swap("<podcast:episode>[^<]*", "<podcast:episode>2.5")),
    ("feed-50-season", swap("<podcast:episode>", f'<podcast:episode display="{LABEL}">')),
    ("feed-50-season", in_item("<podcast:season>2024</podcast:season>")),
    ("feed-53-image", in_channel('<podcast:image alt="a cover"/>')),
    ("feed-53-image", in_item(f'<podcast:image href="{BASE}episodes/2024-06-22/cover.jpg"/>')),
    ("feed-53-image", in_item('<podcast:image href="https://example.org/cover.jpg" width="wide"/>')),
    ("feed-54-paging", link("next", f"{BASE}feed-0001.xml")),
    ("feed-54-paging", link("next", "feed-0001.xml")),
    ("feed-54-paging", link("first", "https://example.org/feed.xml")),
    ("feed-54-paging", link("prev-archive", f"{BASE}feed.xml")),
    ("feed-54-paging", lambda text: link("first", f"{BASE}feed.xml")(link("first", f"{BASE}feed.xml")(text))),
    ("feed-58-timestamps", swap("(CDATA.*?<li>)00:00:00", r"\g<1>00:00:01")),
    ("feed-58-timestamps", swap("(CDATA.*?<li>)00:00:10", r"\g<1>00:00:30")),
    ("feed-58-timestamps", swap("(CDATA.*?)<li>00:00:10[^\n]*\n", r"\1")),
    ("feed-62-vtt-first", swap(r"(<podcast:transcript [^>]*vtt[^>]*/>)\s*(<podcast:transcript [^>]*/>)", r"\2\1")),
]


def test_nothing_is_found_in_a_feed_of_ours(made: Podcast) -> None:
    """Whatever the rules ask for, `podcast make` does."""
    assert check_feed(made, lambda text: text) == set()


@pytest.mark.parametrize(("rule", "change"), BREAKS, ids=[f"{rule} {at}" for at, (rule, _) in enumerate(BREAKS)])
def test_a_broken_feed_is_refused_by_the_name_of_the_rule(
    made: Podcast, rule: str, change: Callable[[str], str]
) -> None:
    """Each rule is broken in each way that it knows."""
    assert rule in check_feed(made, change)


def test_every_rule_of_a_feed_is_broken_once_here() -> None:
    """A rule that nothing breaks might never find anything; and no two rules have one name."""
    assert len(FEED_RULES) == len({rule.name for rule in FEED_RULES}) >= 40
    assert {rule.name for rule in FEED_RULES} == {rule for rule, _ in BREAKS}


def test_every_requirement_has_its_rule() -> None:
    """A rule's number is the requirement's."""
    assert {int(rule.name.split("-")[1]) for rule in FEED_RULES} == REQUIRED


@pytest.mark.parametrize("data", [b"", b"hello", b"<rss", b"<rss>&bomb;</rss>", b"<rss>\x01</rss>", b"\xff\xfe<"])
def test_a_feed_that_is_no_xml_is_one_finding(own: Podcast, data: bytes) -> None:
    """Rule 1 says why it cannot be parsed, and no other rule has a say."""
    (own.folder / "feed" / "feed.xml").write_bytes(data)
    assert {finding["rule"] for finding in checked(own)} == {"feed-1-xml", "feed-current"}


def test_entities_are_refused_unread() -> None:
    """A feed may come from anywhere: a few lines of entities can stand for gigabytes."""
    bomb = b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><rss version="2.0"><channel>&b;</channel></rss>'
    assert isinstance(read_feed(bomb, "feed.xml", lambda _: None), Fault)


def test_a_feed_changed_by_hand_is_found(own: Podcast) -> None:
    """It would be written over."""
    path = own.folder / "feed" / "index.html"
    path.write_bytes(path.read_bytes().replace(b"Subscribe", b"Follow", 1))
    assert [(finding["rule"], finding["where"]) for finding in checked(own)] == [("feed-current", "feed/index.html")]


@pytest.fixture
def divided(own: Podcast, monkeypatch: pytest.MonkeyPatch) -> Podcast:
    """Return that show with a feed of two documents."""
    monkeypatch.setattr("podcast.feed.paging.MOST_IN_ONE", 1)
    monkeypatch.setattr("podcast.feed.paging.ARCHIVED", 1)
    assert own("feed").exit_code == 0
    return own


def test_archives_are_checked_as_the_feed_is(divided: Podcast) -> None:
    """By every rule, and by name."""
    assert checked(divided) == []
    path = divided.folder / "feed" / "feed-0001.xml"
    path.write_bytes(path.read_bytes().replace(b"<itunes:explicit>false", b"<itunes:explicit>no"))
    found = [(finding["rule"], finding["where"].split(",")[0]) for finding in checked(divided)]
    assert {*found} == {("feed-13-explicit", "feed/feed-0001.xml"), ("feed-current", "feed/feed-0001.xml")}


def test_an_archive_that_is_not_there_is_found(divided: Podcast) -> None:
    """Whoever goes back to older episodes would find nothing."""
    (divided.folder / "feed" / "feed-0001.xml").unlink()
    assert "feed-54-paging" in {finding["rule"] for finding in checked(divided)}


@pytest.mark.parametrize(
    ("form", "size", "mode", "dpi", "said"),
    [
        ("PNG", 1400, "RGB", 72, "is a PNG file"),
        ("JPEG", 1399, "RGB", 72, "1399 x 1399 pixels"),
        ("JPEG", 3001, "RGB", 72, "3001 x 3001 pixels"),
        ("JPEG", 1400, "L", 72, "L"),
        ("JPEG", 1400, "CMYK", 72, "CMYK"),
        ("JPEG", 1400, "RGB", 300, "300 x 300 dpi"),
        ("JPEG", 0, "", 72, "cannot be read"),
    ],
)
def test_artwork_that_apple_refuses_is_found(  # noqa: PLR0913, PLR0917 - a table of pictures
    own: Podcast, form: str, size: int, mode: str, dpi: int, said: str
) -> None:
    """A picture under the cover's name that is not what its name and the rules say."""
    cover = next(path for path in (own.folder / "feed").glob("cover-*.jpg") if "-480" not in path.name)
    buffer = io.BytesIO(b"no picture")
    if size:
        Image.new(mode, (size, size)).save(buffer, form, dpi=(dpi, dpi))
    cover.write_bytes(buffer.getvalue())
    assert any(said in finding["text"] for finding in checked(own) if finding["rule"] == "feed-20-artwork")


def test_artwork_with_transparency_is_found(own: Podcast) -> None:
    """Apple wants no alpha channel."""
    feed = own.folder / "feed"
    Image.new("RGBA", (1400, 1400)).save(feed / "cover.png", dpi=(72, 72))
    text = re.sub(r'(<itunes:image href="[^"]*)cover-\w+\.jpg', r"\1cover.png", (feed / "feed.xml").read_text())
    subject = read_feed(text.encode(), "feed.xml", local_file(BASE, feed, own.folder / "episodes"))
    assert isinstance(subject, FeedSubject)
    texts = [found.text for found in findings(FEED_RULES, subject) if found.rule == "feed-20-artwork"]
    assert texts == ["RGBA, transparent"]


# ── finished episodes ───────────────────────────────────────────────────────────────────────────────────


def rewrite(name: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    """Return what changes a text file of an episode."""

    def do(folder: Path) -> None:
        path = folder / name
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")

    return do


def record(**values: object) -> Callable[[Path], None]:
    """Return what changes fields of episode.json."""

    def do(folder: Path) -> None:
        path = folder / "episode.json"
        path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | values), encoding="utf-8")

    return do


def silence(folder: Path) -> None:
    """Put noughts where the sound was; tag and header stay."""
    path = folder / "episode.mp3"
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2] + bytes(len(data) - len(data) // 2))


def rename_chapter(folder: Path) -> None:
    """Give a chapter in the file's tag another name of the same length."""
    path = folder / "episode.mp3"
    data = path.read_bytes()
    assert b"Welcome" in data
    path.write_bytes(data.replace(b"Welcome", b"Goodbye"))


def the_cover(folder: Path) -> Path:
    """Where the episode's own picture lies."""
    name: str = json.loads((folder / "episode.json").read_bytes())["cover"]
    return folder / name


def draw_over(path: Path, form: str, size_px: int) -> None:
    """Put another picture there."""
    Image.new("RGB", (size_px, size_px)).save(path, form, dpi=(72, 72))


EPISODE_BREAKS: list[tuple[str, Callable[[Path], object]]] = [
    ("episode-record", rewrite("episode.json", lambda _: "{")),
    ("episode-record", record(guid=7)),
    ("episode-files", lambda folder: (folder / "transcript.srt").unlink()),
    ("episode-files", lambda folder: (folder / "episode.mp3").unlink()),
    ("episode-files", rewrite("notes.html", lambda _: "")),
    ("episode-files", lambda folder: (folder / "notes.html").write_bytes(b"\xff")),
    ("episode-files", lambda folder: (folder / "waveform.png").unlink()),
    ("episode-altered", rewrite("timestamps.txt", lambda text: f"{text} ")),
    ("episode-altered", lambda folder: draw_over(folder / "waveform.png", "PNG", 10)),
    ("episode-seal", record(title="Another")),
    ("episode-seal", rewrite("episode.json", lambda text: text.replace("\n", "\n\n"))),
    ("episode-bytes", lambda folder: (folder / "episode.mp3").write_bytes(b"ID3")),
    ("episode-sha256", rename_chapter),
    ("episode-sound", lambda folder: (folder / "episode.mp3").write_bytes(bytes(10_000))),
    ("episode-duration", record(duration_ms=1000)),
    ("episode-duration", silence),
    ("episode-loudness", record(loudness_lufs=-14.0)),
    ("episode-true-peak", record(true_peak_dbtp=0.5)),
    ("episode-timeline", record(segments=[])),
    ("episode-timeline", record(duration_ms=10**7)),
    ("episode-43-chapters", rewrite("chapters.json", lambda text: text.replace("Welcome", "Hello"))),
    ("episode-43-chapters", rewrite("chapters.json", lambda text: text.replace("1.2.0", "2.0.0"))),
    ("episode-43-chapters", rewrite("chapters.json", lambda _: '{"chapters": [{}]}')),
    ("episode-43-chapters", rewrite("chapters.json", lambda _: "[" * 100_000)),
    ("episode-55-chapters-in-file", rename_chapter),
    ("episode-59-vtt", rewrite("transcript.vtt", lambda text: text.replace("WEBVTT", "VTT", 1))),
    ("episode-59-vtt", rewrite("transcript.vtt", lambda text: text.replace(" --> ", " --> 99:", 1))),
    ("episode-59-vtt", rewrite("transcript.vtt", lambda text: text.replace(".", ",", 1))),
    ("episode-59-vtt", rewrite("transcript.vtt", lambda text: text.replace("\nHello", "\n& <hello", 1))),
    ("episode-transcript", rewrite("transcript.vtt", lambda text: text.replace("sorting", "sporting"))),
    ("episode-transcript", rewrite("transcript.vtt", lambda text: text.rsplit("\n\n", 1)[0])),
    ("episode-transcript", rewrite("transcript.vtt", lambda text: f"{text}\n00:00:00.000 --> 00:00:01.000\nMore.\n")),
    ("episode-transcripts-alike", rewrite("transcript.srt", lambda text: text.replace("sorting", "sporting"))),
    ("episode-transcripts-alike", rewrite("transcript.json", lambda _: "{}")),
]


FILE_BREAKS: list[tuple[str, Callable[[Path], object]]] = [
    ("episode-cover", lambda folder: the_cover(folder).unlink()),
    ("episode-cover", lambda folder: the_cover(folder).write_bytes(b"no picture")),
    ("episode-cover", lambda folder: the_cover(folder).write_bytes(the_cover(folder).read_bytes() + b"more")),
    ("episode-cover", lambda folder: draw_over(the_cover(folder), "JPEG", 3000)),
    ("episode-cover", lambda folder: draw_over(the_cover(folder), "PNG", 1400)),
    ("episode-60-srt", rewrite("transcript.srt", lambda text: text.replace("2\n", "3\n", 1))),
    ("episode-60-srt", rewrite("transcript.srt", lambda text: text.replace(",", ".", 1))),
    ("episode-60-srt", rewrite("transcript.srt", lambda text: re.sub("--> .*", "--> 00:00:00,000", text, count=1))),
    (
        "episode-60-srt",
        rewrite("transcript.srt", lambda text: text.replace("Hello", "Hello you who listen to", 1)),
    ),
    ("episode-60-srt", rewrite("transcript.srt", lambda text: text.replace("Hello and ", "Hello\nand\n", 1))),
    ("episode-61-json", rewrite("transcript.json", lambda text: text.replace("1.0.0", "0.9"))),
    ("episode-61-json", rewrite("transcript.json", lambda _: "[]")),
    ("episode-61-json", rewrite("transcript.json", lambda _: "[" * 100_000)),
    ("episode-61-json", rewrite("transcript.json", lambda text: text.replace('"body"', '"text"', 1))),
    ("episode-61-json", rewrite("transcript.json", lambda text: re.sub('"endTime": [0-9.]+', '"endTime": 0', text))),
    (
        "episode-61-json",
        rewrite("transcript.json", lambda text: text.replace('"startTime": ', '"start": ', 1)),
    ),
    ("episode-transcript-html", rewrite("transcript.html", lambda text: text.replace("sorting", "sporting"))),
    ("episode-transcript-html", rewrite("transcript.html", lambda text: text.replace("<p>", "<div>"))),
    ("episode-transcript-html", rewrite("transcript.html", lambda text: text.replace("<p>", '<p onclick="x">', 1))),
]
"""What can be found without listening."""


@pytest.mark.parametrize(
    ("rule", "change"), FILE_BREAKS, ids=[f"{rule} {at}" for at, (rule, _) in enumerate(FILE_BREAKS)]
)
def test_a_broken_file_of_an_episode_is_refused_by_the_name_of_the_rule(
    made: Podcast, tmp_path: Path, rule: str, change: Callable[[Path], object]
) -> None:
    """Each rule of transcripts and pictures is broken in each way that it knows."""
    folder = shutil.copytree(made.episode(), tmp_path / "2024-06-15")
    before = names(findings(checking.EPISODE_RULES, silent(folder)))
    change(folder)
    assert rule in names(findings(checking.EPISODE_RULES, silent(folder))) - before


def silent(folder: Path) -> of_episode.EpisodeSubject:
    """Return an episode as the rules see it where its sound cannot be heard."""
    return of_episode.EpisodeSubject(
        folder=folder,
        where=folder.name,
        episode=read_record(folder),
        audio=AudioSettings(),
        script=None,
        measured=None,
        chapters_in_file=(),
    )


@pytest.mark.parametrize(
    ("rule", "change"), EPISODE_BREAKS, ids=[f"{rule} {at}" for at, (rule, _) in enumerate(EPISODE_BREAKS)]
)
def test_a_broken_episode_is_refused_by_the_name_of_the_rule(
    own: Podcast, rule: str, change: Callable[[Path], object]
) -> None:
    """Each rule is broken in each way that it knows."""
    change(own.episode())
    found = checked(own, "2024-06-15")
    assert rule in {finding["rule"] for finding in found}
    assert all(set(finding) == {"rule", "where", "text", "expected"} for finding in found)


def test_an_episode_of_an_earlier_version_lacks_nothing(own: Podcast) -> None:
    """It has neither a picture of its own nor a transcript to read in a browser, nor a list of its files."""
    folder = own.episode("2024-06-15")
    the_cover(folder).unlink()
    (folder / "transcript.html").unlink()
    values = json.loads((folder / "episode.json").read_bytes())
    earlier = {name: value for name, value in values.items() if name not in {"files", "digest", "source_sha256"}}
    (folder / "episode.json").write_text(json.dumps(earlier | {"cover": ""}), encoding="utf-8")
    assert own("feed").exit_code == 0
    assert checked(own) == []


def test_every_rule_of_an_episode_is_broken_once_here() -> None:
    """A rule that nothing breaks might never find anything."""
    rules: tuple[Rule[of_episode.EpisodeSubject], ...] = checking.EPISODE_RULES
    assert {rule.name for rule in rules} | {"episode-record"} == {rule for rule, _ in (*EPISODE_BREAKS, *FILE_BREAKS)}


def test_an_episode_at_another_loudness_than_the_show_asks_for_is_found(own: Podcast) -> None:
    """Measured, not read: episode.json agrees with the file, and both with nobody."""
    settings = own.folder / "show.toml"
    settings.write_text(settings.read_text().replace("loudness_lufs = -16.0", "loudness_lufs = -20.0", 1))
    found = [finding for finding in checked(own, "2024-06-15") if finding["rule"] == "episode-loudness"]
    assert [finding["expected"] for finding in found] == ["-20 LUFS ± 0.5"]


def test_a_true_peak_above_what_the_show_allows_is_found(own: Podcast) -> None:
    """Measured, too."""
    settings = own.folder / "show.toml"
    settings.write_text(settings.read_text().replace("true_peak_dbtp = -1.0", "true_peak_dbtp = -9.0", 1))
    assert "episode-true-peak" in {finding["rule"] for finding in checked(own, "2024-06-15")}


def test_a_script_edited_after_rendering_is_found_by_its_first_new_sentence(own: Podcast) -> None:
    """The words that nobody would hear are named, with what to do."""
    path = own.script()
    path.write_text(path.read_text(encoding="utf-8").replace("sorting takes time", "sorting takes ages"))
    found = [finding for finding in checked(own, "2024-06-15") if finding["rule"] == "episode-transcript"]
    assert len(found) == 1
    assert "sorting takes ages" in found[0]["expected"]
    assert "podcast render 2024-06-15" in found[0]["expected"]


def test_names_of_speakers_are_no_words_of_the_transcript(tmp_path: Path) -> None:
    """SubRip writes them before the words; two-word names and colons in the text do not confuse the comparison."""
    show = make_show(tmp_path / "show", music=False)
    path = show.script("2024-06-15")
    path.parent.mkdir(parents=True)
    speakers = "speakers: {Ada Lovelace: hum, Bo: hum}"
    path.write_text(
        f"---\ntitle: Two\ndate: 2024-06-15\n{speakers}\n---\n\n## One\n\n**Ada Lovelace:** Hello & welcome.\n\n"
        "**Bo:** Note: a <b> is no tag.\n\n**Ada Lovelace:** Goodbye.\n",
        encoding="utf-8",
    )
    assert show("render", "2024-06-15").exit_code == 0
    assert checked(show) == []


# ── scripts ─────────────────────────────────────────────────────────────────────────────────────────────


HEAD = "---\ntitle: Words\ndate: 2024-06-15\n---\n\n"
SCRIPT_BREAKS = [
    ("script-readable", "no front matter"),
    ("script-readable", f"{HEAD}words before a heading"),
    ("script-empty-segment", f"{HEAD}## One\n\nHello.\n\n## Two\n\n<!-- nothing -->\n"),
    ("script-unspeakable", f"{HEAD}## One\n\nIt is 你好 in Chinese.\n"),
    ("script-unspeakable", f"{HEAD}## One\n\nHello.\n\n---\n"),
    ("script-long-word", f"{HEAD}## One\n\n{'a' * 500}\n"),
    ("script-voice", f"{HEAD.replace('date', 'voice: nobody{}date').format(chr(10))}## One\n\nHello.\n"),
    ("script-chapters", HEAD + "".join(f"## Chapter {number}\n\nHello.\n\n" for number in range(256))),
]


@pytest.mark.parametrize(
    ("rule", "text"), SCRIPT_BREAKS, ids=[f"{rule} {at}" for at, (rule, _) in enumerate(SCRIPT_BREAKS)]
)
def test_a_broken_script_is_refused_before_anything_is_rendered(podcast: Podcast, rule: str, text: str) -> None:
    """By the name of the rule, with the place; nothing but the script is there."""
    path = podcast.script()
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    found = checked(podcast, "2024-06-15")
    assert rule in {finding["rule"] for finding in found}
    assert all("2024-06-15/script.md" in finding["where"] for finding in found)
    assert all(len(finding["text"]) <= LONGEST_TEXT for finding in found)


def test_every_rule_of_a_script_is_broken_once_here() -> None:
    """A rule that nothing breaks might never find anything."""
    rules: tuple[Rule[of_script.ScriptSubject], ...] = of_script.RULES
    assert {rule.name for rule in rules} | {"script-readable"} == {rule for rule, _ in SCRIPT_BREAKS}


def test_a_script_anywhere_can_be_checked_by_its_path(podcast: Podcast, tmp_path: Path) -> None:
    """It need not lie in the show."""
    path = tmp_path / "draft.md"
    path.write_text(f"{HEAD}## One\n\nIt is 你好.\n", encoding="utf-8")
    assert [finding["text"] for finding in checked(podcast, path)] == ["It is 你好."]


def test_the_reviewers_own_lines_are_no_findings(podcast: Podcast) -> None:
    """A `> [!check]` line is never spoken, so no listener stumbles over it."""
    path = podcast.script()
    path.parent.mkdir(parents=True)
    path.write_text(f"{HEAD}## One\n\n> [!check] Is that so?\n\nHello.\n", encoding="utf-8")
    assert checked(podcast) == []


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────

SITE_BREAKS = [
    ("2024-06-15/index.html", lambda text: text.replace("transcript.srt", "words.srt")),
    ("2024-06-15/index.html", lambda text: text.replace('href="../all.html"', 'href="../README.md"')),
    ("2024-06-15/index.html", lambda text: text.replace('href="../feed.xml"', 'href="../../../../etc/feed.xml"')),
    ("index.html", lambda text: re.sub(r'src="([^"]*)site-\w+\.js', r'src="\1site.js', text)),
    ("404.html", lambda text: re.sub(r'og:image" content="([^"]*)cover-', r'og:image" content="\1picture-', text)),
    (
        "sitemap.xml",
        lambda text: text.replace(">\n<url", ">\n<url><loc>http://127.0.0.1:8000/23/</loc></url><url", 1),
    ),
    (
        "feed.xml",
        lambda text: text.replace("<link>http://127.0.0.1:8000/2024-06-15/", "<link>http://127.0.0.1:8000/june/"),
    ),
]


@pytest.mark.parametrize(
    ("name", "change"), SITE_BREAKS, ids=[f"{name} {at}" for at, (name, _) in enumerate(SITE_BREAKS)]
)
def test_a_page_that_names_what_is_not_published_is_found(
    own: Podcast, name: str, change: Callable[[str], str]
) -> None:
    """Whoever follows the link would find nothing, or what nobody meant to show."""
    path = own.folder / "feed" / name
    text = path.read_text(encoding="utf-8")
    assert change(text) != text
    path.write_text(change(text), encoding="utf-8")
    found = [finding for finding in feed_findings(own) if finding.rule == "site-files"]
    assert {finding.where for finding in found} == {f"feed/{name}"}


def test_a_file_that_many_pages_name_is_said_to_be_missing_once(own: Podcast) -> None:
    """With the first place that names it."""
    next((own.folder / "feed").glob("cover-*-480.jpg")).unlink()
    assert len([finding for finding in feed_findings(own) if finding.rule == "site-files"]) == 1


def test_links_out_of_a_newsletter_are_not_ours_to_keep(own: Podcast) -> None:
    """A paper's address may lie beside the show's, and words may look like markup."""
    page = own.folder / "feed" / "index.html"
    words = f'<p>An href=&quot;nothing&quot; is <a href="{BASE}another-site">there</a>.</p></body>'
    page.write_text(page.read_text(encoding="utf-8").replace("</body>", words), encoding="utf-8")
    assert names(feed_findings(own)) == {"feed-current"}


def feed_findings(show: Podcast) -> list[CheckFinding]:
    """What is found in a show's feed and pages."""
    return checking_feed.check_feed(load_show(show.folder))


# ── before publishing ───────────────────────────────────────────────────────────────────────────────────


def before_publishing(show: Podcast, *slugs: str) -> set[str]:
    """Names of the rules that find something before these episodes are published."""
    return names(checking.check_before_publishing(load_show(show.folder), slugs, lambda _: None))


def test_nothing_stands_against_publishing_what_was_made(made: Podcast) -> None:
    """Neither its episodes nor its pages."""
    assert before_publishing(made, "2024-06-15", "2024-06-22") == set()


def test_only_the_episodes_that_are_published_are_listened_to(own: Podcast) -> None:
    """Those that have long been there were checked then; the feed is checked each time."""
    (own.episode("2024-06-15") / "episode.mp3").write_bytes(bytes(own.episode("2024-06-15").stat().st_size))
    assert "episode-sound" not in before_publishing(own, "2024-06-22")
    assert "episode-sound" in before_publishing(own, "2024-06-15")
    path = own.folder / "feed" / "feed.xml"
    path.write_bytes(path.read_bytes().replace(b">full<", b">whole<"))
    assert {"feed-39-numbers", "feed-current"} <= before_publishing(own)


def test_how_a_script_sounds_is_no_reason_not_to_publish_it(own: Podcast) -> None:
    """Its author had it rendered, and has decided; what it claims without its source is one."""
    path = own.script()
    path.write_text(path.read_text(encoding="utf-8").replace("Hello and welcome.", "**Hello** and (laughs) welcome."))
    rules = {finding["rule"] for finding in checked(own, "2024-06-15")}
    assert "style-markup" in rules
    assert before_publishing(own, "2024-06-15") == rules - {"style-markup"} != set()


# ── the command ─────────────────────────────────────────────────────────────────────────────────────────


def test_check_changes_nothing(own: Podcast) -> None:
    """Not a byte, and no time of change, even where something is wrong or behind."""
    (own.folder / "feed" / "index.html").write_text("behind", encoding="utf-8")
    before = {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in own.folder.rglob("*")}
    assert own("check").exit_code == 1
    assert {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in own.folder.rglob("*")} == before


def test_a_whole_show_is_checked_without_a_name(own: Podcast) -> None:
    """Every script, every episode, the feed."""
    rewrite("notes.html", lambda _: "")(own.episode("2024-06-15"))
    (own.episode("2024-06-22") / "transcript.srt").unlink()
    where = {finding["where"] for finding in checked(own) if finding["rule"] == "episode-files"}
    assert where == {"episodes/2024-06-15/notes.html", "episodes/2024-06-22/transcript.srt"}


def test_people_read_place_rule_and_what_was_expected(own: Podcast) -> None:
    """One finding, two lines on stdout; how many there are, and what mends them, on stderr."""
    rewrite("notes.html", lambda _: "")(own.episode())
    ran = own("check", "2024-06-15")
    assert ran.exit_code == 1
    assert ran.stdout.splitlines()[0] == "episodes/2024-06-15/notes.html: is empty, or not UTF-8"
    assert "episode-files: expected a file that can be read" in ran.stdout
    assert ran.stderr.splitlines()[-2] == "1 finding."


def test_a_show_without_findings_says_so(made: Podcast) -> None:
    """Silence might mean that nothing was looked at."""
    ran = made("check")
    assert (ran.exit_code, ran.stdout) == (0, "No findings.\n")


def test_an_unknown_name_is_refused(made: Podcast) -> None:
    """With what would be one."""
    ran = made("check", "2030-01-01")
    assert ran.exit_code == 2
    assert "2030-01-01: no script and no episode of this show." in ran.stderr


def test_without_ffmpeg_nothing_is_said_of_the_sound(made: Podcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """That a program is missing is no finding about an episode."""
    monkeypatch.setenv("PODCAST_FFMPEG", "/no/such/program")
    ran = made("check")
    assert ran.exit_code == 3
    assert "PODCAST_FFMPEG" in ran.stderr


# ── a server ────────────────────────────────────────────────────────────────────────────────────────────


RSS = Answer(200, {"content-type": "application/rss+xml; charset=utf-8", "etag": '"1"'}, b"<rss/>")
SOUND = of_server.ServedFile(
    "https://example.org/1.mp3",
    "10",
    "audio/mpeg",
    Answer(200, {"content-type": "audio/mpeg", "content-length": "10"}),
    Answer(206, {}, b"ID"),
)
GOOD = of_server.ServedSubject(
    "https://example.org/feed.xml", "https://example.org/feed.xml", RSS, Answer(304, {}), (SOUND,)
)
SERVER_BREAKS = [
    ("server-8-type", dataclasses.replace(GOOD, feed=Answer(200, {"content-type": "text/plain"}))),
    ("server-8-type", dataclasses.replace(GOOD, self_link="http://127.0.0.1:8000/feed.xml")),
    ("server-9-unchanged", dataclasses.replace(GOOD, again=RSS)),
    ("server-19-head", dataclasses.replace(GOOD, served=(dataclasses.replace(SOUND, head=Answer(405, {})),))),
    ("server-19-head", dataclasses.replace(GOOD, served=(dataclasses.replace(SOUND, length="11"),))),
    ("server-19-head", dataclasses.replace(GOOD, served=(dataclasses.replace(SOUND, media_type="audio/mp4"),))),
    ("server-19-range", dataclasses.replace(GOOD, served=(dataclasses.replace(SOUND, first_bytes=Answer(200, {})),))),
    (
        "server-19-range",
        dataclasses.replace(GOOD, served=(dataclasses.replace(SOUND, first_bytes=Answer(206, {}, b"all")),)),
    ),
]


def test_nothing_is_found_in_a_good_server() -> None:
    """Length, type, 304 and 206 as they should be."""
    assert findings(of_server.RULES, GOOD) == []


@pytest.mark.parametrize(
    ("rule", "subject"), SERVER_BREAKS, ids=[f"{rule} {at}" for at, (rule, _) in enumerate(SERVER_BREAKS)]
)
def test_a_server_that_apps_cannot_use_is_refused_by_the_name_of_the_rule(
    rule: str, subject: of_server.ServedSubject
) -> None:
    """One thing wrong, one finding."""
    assert [finding.rule for finding in findings(of_server.RULES, subject)] == [rule]


@contextlib.contextmanager
def serving(*command: object) -> Iterator[str]:
    """Run a server that prints its address; yield that."""
    with subprocess.Popen([sys.executable, *map(str, command)], stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            yield running.stdout.readline().strip()
        finally:
            running.kill()


def test_our_own_server_is_a_good_one(made: Podcast) -> None:
    """What `podcast serve` serves passes what `podcast check --url` asks."""
    with serving("-m", "podcast", "serve", "--show", made.folder, "--port", "0", "--quiet") as address:
        assert checked(made, "--url", f"{address}feed.xml") == []


PLAIN = """
import functools, http.server, sys
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
print(f"http://127.0.0.1:{server.server_port}/", flush=True)
server.serve_forever()
"""


def test_a_server_without_ranges_is_found_out(own: Podcast) -> None:
    """Python's own server, with the feed's addresses pointing at it."""
    feed = own.folder / "feed"
    shutil.copytree(own.folder / "episodes", feed / "episodes")
    with serving("-c", PLAIN, feed) as address:
        text = (feed / "feed.xml").read_text(encoding="utf-8")
        (feed / "feed.xml").write_text(text.replace(BASE, address), encoding="utf-8")
        found = checked(own, "--url", f"{address}feed.xml")
    assert {finding["rule"] for finding in found} == {"server-19-range"}
    assert len([finding for finding in found if finding["rule"] == "server-19-range"]) == 3  # artwork, two episodes


def test_an_address_where_nobody_answers_is_one_clear_sentence(made: Podcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """With exit code 3, after two more attempts: it is not the feed that was found wanting."""
    waited = without_waiting(monkeypatch)
    ran = made("check", "--url", "http://127.0.0.1:9/feed.xml", "--quiet")
    assert ran.exit_code == 3
    assert ran.stderr == (
        "http://127.0.0.1:9/feed.xml cannot be reached (nobody listens there). "
        "Check the address, and that its server is up.\n"
    )
    assert waited.waits_s == [1, 4]


def test_files_that_do_not_come_are_findings(made: Podcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest of the check is done; after two silent ones nobody waits for the others."""
    waited = without_waiting(monkeypatch)
    text = (made.folder / "feed" / "feed.xml").read_bytes()
    with web_server.serving() as site, gate_before(site.url) as gate:
        site.has("/feed.xml", page(text.replace(BASE.encode(), f"{gate.url}/".encode()), "application/rss+xml"))
        gate.plan, gate.afterwards = [THROUGH, THROUGH], "503 for 3 s"
        found = checked(made, "--url", f"{gate.url}/feed.xml")
    assert [finding["text"] for finding in found if finding["rule"] == "server-19-head"] == [
        "HEAD: was answered with status 503",
        "HEAD: not asked, as others did not answer",
        "HEAD: not asked, as others did not answer",
    ]
    assert waited.waits_s == [3, 4, 3, 4]


def test_an_address_that_is_none_is_one_clear_sentence(made: Podcast) -> None:
    """Not a traceback of the library."""
    for address in ("nonsense", "http://[", "file:///etc/passwd"):
        ran = made("check", "--url", address, "--quiet")
        assert ran.exit_code == 3
        assert len(ran.stderr.splitlines()) == 1


def test_every_rule_of_a_server_is_broken_once_here() -> None:
    """A rule that nothing breaks might never find anything."""
    assert {rule.name for rule in of_server.RULES} == {rule for rule, _ in SERVER_BREAKS}


def test_every_rule_stands_in_the_documentation() -> None:
    """With what it expects, word for word."""
    text = (Path(__file__).parent.parent / "docs" / "check.md").read_text(encoding="utf-8")
    rules: tuple[Rule[Any], ...] = (
        *FEED_RULES,
        *checking.EPISODE_RULES,
        *of_script.RULES,
        *of_style.RULES,
        *of_server.RULES,
        *listening.RULES,
        *checking.OWN_RULES,
    )
    assert [rule.name for rule in rules if f"| `{rule.name}` | {rule.expected} |" not in text] == []


def test_a_killed_ffmpeg_is_no_finding(
    podcast: Podcast, newsletter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says nothing about the episode, which may be whole."""
    podcast("make", newsletter)
    killed = tmp_path / "ffmpeg"
    killed.write_text("#!/bin/sh\nkill -9 $$\n")
    killed.chmod(0o755)
    monkeypatch.setenv("PODCAST_FFMPEG", str(killed))
    ran = podcast("check")
    assert ran.exit_code == 3
    assert "ffmpeg could not measure episode.mp3: it was ended from outside (SIGKILL)" in ran.stderr
