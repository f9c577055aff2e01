"""Real podcast clients read the served feed and download every episode whole."""

from __future__ import annotations

import calendar
import datetime as dt
import hashlib
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import feedparser
import httpx
import podcastparser
import pytest
from conftest import NEWSLETTER, at_most, make_show, skip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
LINK = '<a href="https://arxiv.org/abs/2406.00001">Sorting is Harder than it Looks</a>'
GOODBYES = {
    1: "Bye.",
    8: "See you.",
    15: "Until next week.",
    22: "Until next week, when there will be more of them.",
    29: "Until next week, when there will be more of them, and longer ones.",
}
TRANSCRIPTS = {
    "vtt": "text/vtt", "srt": "application/x-subrip", "json": "application/json", "html": "text/html"
}  # fmt: skip
GUID = "917393e3-1b1e-5cef-ace4-edaa54e1f810"
SETTINGS = {
    "author": "Ada Lovelace", "email": "ada@example.org", "guid": GUID, "license": "cc-by-4.0",
    "copyright": "Ada Lovelace", "funding": "https://example.org/support",
    "verification": "applepodcastsverify: 1a2b3c",
}  # fmt: skip
MANY = 1_150
"""Episodes of a feed that is divided (RFC 5005)."""

SECONDS = 60


@dataclass(frozen=True, slots=True)
class Served:
    """A show that is being served."""

    address: str
    folder: Path

    @property
    def feed(self) -> str:
        """What apps subscribe to."""
        return f"{self.address}feed.xml"

    @property
    def episodes(self) -> list[dict[str, Any]]:
        """What was rendered, newest first."""
        records = sorted((self.folder / "episodes").glob("*/episode.json"), reverse=True)
        return [json.loads(path.read_bytes()) for path in records]

    def url(self, episode: Mapping[str, Any], name: str) -> str:
        """Where a file of an episode is served."""
        return f"{self.address}episodes/{episode['slug']}/{name}"

    @property
    def cover(self) -> str:
        """Where the picture is served."""
        large = [path.name for path in (self.folder / "feed").glob("cover-*.jpg") if "-480" not in path.name]
        assert len(large) == 1
        return f"{self.address}{large[0]}"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a show of five episodes that differ in length, with everything in its feed that an author can say."""
    folder = tmp_path_factory.mktemp("clients")
    show = make_show(folder / "show", music=False)
    configure(show.folder / "show.toml")
    for day, words in GOODBYES.items():
        newsletter = folder / f"{day}.md"
        text = NEWSLETTER.replace("June 15, 2024", f"June {day}, 2024").replace("Until next week.", words)
        newsletter.write_text(text, encoding="utf-8")
        assert show("make", newsletter, "--quiet").exit_code == 0
    with serve(show.folder) as running:
        try:
            yield Served(address_of(running), show.folder)
        finally:
            running.kill()


def configure(path: Path) -> None:
    """Say in show.toml what a feed can say besides."""
    text = path.read_text(encoding="utf-8")
    for name, value in SETTINGS.items():
        assert f'\n{name} = ""' in text
        text = text.replace(f'\n{name} = ""', f'\n{name} = "{value}"')
    path.write_text(text, encoding="utf-8")


def serve(folder: Path) -> subprocess.Popen[str]:
    """Start the command that serves a show."""
    command = [sys.executable, "-m", "podcast", "serve", "--port", "0", "--quiet", "--show", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def address_of(running: subprocess.Popen[str]) -> str:
    """The address that it prints."""
    assert running.stdout is not None
    with at_most(SECONDS):
        address = running.stdout.readline().strip()
    assert address.startswith("http://127.0.0.1:")
    return address


def run(program: str, *arguments: str, package: str, home: Path, **variables: str) -> str:
    """Run a program of the system with a home of its own and return what it printed; skip if it is not there."""
    path = shutil.which(program)
    if path is None:
        skip(f"{program} is not installed (Debian: {package}): it reads feeds as people's apps do")
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", **variables}
    command, still = [str(path), *arguments], subprocess.DEVNULL
    ran = subprocess.run(
        command, env=environment, cwd=HERE, stdin=still, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def is_whole(folder: Path, served: Served) -> None:
    """Assert that a client's downloads are the episodes, by the length in the feed and by their digest."""
    downloads = sorted(folder.rglob("*.mp3"))
    digests = {hashlib.sha256(path.read_bytes()).hexdigest(): path.stat().st_size for path in downloads}
    assert digests == {episode["sha256"]: episode["bytes"] for episode in served.episodes}
    assert len(downloads) == len(GOODBYES)


def noon(episode: Mapping[str, Any]) -> int:
    """When it was published, in seconds since 1970."""
    return int(dt.datetime.fromisoformat(episode["date"]).timestamp())


# ── libraries ───────────────────────────────────────────────────────────────────────────────────────────


def test_podcastparser_reads_all_of_it(served: Served) -> None:
    """What gPodder and others read a feed with."""
    read = podcastparser.parse(served.feed, io.BytesIO(httpx.get(served.feed, timeout=SECONDS).content))
    assert (read["title"], read["link"]) == ("My Paper Podcast", served.address)
    assert (read["cover_url"], read["explicit"], read["type"]) == (served.cover, False, "episodic")
    assert len(read["episodes"]) == len(GOODBYES)
    for found, episode in zip(read["episodes"], served.episodes, strict=True):
        assert (found["title"], found["guid"]) == (episode["title"], episode["guid"])
        assert found["published"] == noon(episode)
        assert found["total_time"] == round(episode["duration_ms"] / 1000)
        assert found["enclosures"] == [
            {
                "url": served.url(episode, f"{episode['slug']}.mp3"),
                "file_size": episode["bytes"],
                "mime_type": "audio/mpeg",
            }
        ]
        assert LINK in found["description_html"]
        assert found["explicit"] is False


def test_feedparser_reads_all_of_it(served: Served) -> None:
    """Without a complaint about the XML or its encoding; of several transcripts it knows only one."""
    with at_most(SECONDS):
        read = feedparser.parse(served.feed)
    assert (read.bozo, read.version, read.status) == (False, "rss20", 200)
    assert (read.feed.title, read.feed.link) == ("My Paper Podcast", served.address)
    assert read.feed.image.href == served.cover
    assert {"rel": "self", "href": served.feed, "type": "application/rss+xml"} in read.feed.links
    assert [tag.term for tag in read.feed.tags] == ["Technology"]
    assert len(read.entries) == len(GOODBYES)
    for found, episode in zip(read.entries, served.episodes, strict=True):
        assert (found.title, found.id, found.guidislink) == (episode["title"], episode["guid"], False)
        assert calendar.timegm(found.published_parsed) == noon(episode)
        assert found.itunes_duration == str(round(episode["duration_ms"] / 1000))
        (enclosure,) = found.enclosures
        assert (enclosure.href, enclosure.type) == (served.url(episode, f"{episode['slug']}.mp3"), "audio/mpeg")
        assert enclosure.length == str(episode["bytes"])
        assert hashlib.sha256(httpx.get(enclosure.href, timeout=SECONDS).content).hexdigest() == episode["sha256"]
        assert LINK in found.summary
        assert LINK in found.content[0].value
        assert found.podcast_chapters["url"] == served.url(episode, "chapters.json")
        assert found.podcast_transcript["type"] in TRANSCRIPTS.values()


def test_feedparser_asks_again_and_is_told_that_nothing_is_new(served: Served) -> None:
    """By the ETag that it was given."""
    with at_most(SECONDS):
        first = feedparser.parse(served.feed)
        again = feedparser.parse(served.feed, etag=first.etag)
    assert (again.status, again.entries) == (304, [])


# ── readers from npm ────────────────────────────────────────────────────────────────────────────────────

PARTYTIME = """
const { parseFeed } = require("podcast-partytime");
fetch(process.argv[1]).then((answer) => answer.text()).then((xml) => console.log(JSON.stringify(parseFeed(xml))));
"""
FEEDSMITH = """
const { parseRssFeed } = require("feedsmith");
const { createHash } = require("node:crypto");
async function main() {
  const feed = parseRssFeed(await (await fetch(process.argv[1])).text());
  const got = [];
  for (const item of feed.items) {
    const data = Buffer.from(await (await fetch(item.enclosures[0].url)).arrayBuffer());
    got.push([data.length, createHash("sha256").update(data).digest("hex")]);
  }
  console.log(JSON.stringify([feed, got]));
}
main();
"""
WEBVTT = """
const { WebVTTParser } = require("webvtt-parser");
async function main() {
  const read = [];
  for (const url of process.argv.slice(1)) {
    const { cues, errors } = new WebVTTParser().parse(await (await fetch(url)).text(), "captions");
    read.push({ errors, times: cues.map((cue) => [cue.startTime, cue.endTime]), words: cues.map((cue) => cue.text) });
  }
  console.log(JSON.stringify(read));
}
main();
"""
ALL_PAGES = """
const { parseRssFeed } = require("feedsmith");
async function main() {
  const guids = [];
  for (let url = process.argv[1]; url; ) {
    const feed = parseRssFeed(await (await fetch(url)).text());
    guids.push(...feed.items.map((item) => item.guid.value));
    url = feed.atom.links.find((link) => link.rel === "next")?.href;
  }
  console.log(JSON.stringify(guids));
}
main();
"""


def node(package: str, program: str, *arguments: str, home: Path) -> Any:
    """Run a program of Node that needs a package, and return what it printed; skip if that is not installed."""
    if not (HERE / "node_modules" / package).is_dir():
        skip(f"{package} is not installed (`npm ci --prefix tests/slow`): it reads feeds or transcripts as apps do")
    return json.loads(run("node", "-e", program, *arguments, package="nodejs", home=home, LOG="silent"))


def transcripts(served: Served, episode: Mapping[str, Any]) -> list[dict[str, str]]:
    """What a feed says of an episode's transcripts, the one for browsers last."""
    return [
        {"url": served.url(episode, f"transcript.{name}"), "type": kind, "language": "en-us"}
        for name, kind in TRANSCRIPTS.items()
    ]


def test_partytime_reads_what_podcasting_2_adds(served: Served, tmp_path: Path) -> None:
    """The show's guid, licence, medium and lock; of each episode pictures, number, transcripts and chapters."""
    read = node("podcast-partytime", PARTYTIME, served.feed, home=tmp_path)
    assert (read["title"], read["explicit"], read["itunesImage"]) == ("My Paper Podcast", False, served.cover)
    assert (read["author"], read["owner"]) == (
        "Ada Lovelace", {"name": "Ada Lovelace", "email": "ada@example.org"}
    )  # fmt: skip
    assert read["pubsub"] == {"self": served.feed}
    assert (read["guid"], read["medium"], read["license"]["identifier"]) == (GUID, "podcast", "cc-by-4.0")
    assert (read["locked"], read["podcastOwner"]) == (True, "ada@example.org")
    assert read["podcastFunding"][0]["url"] == SETTINGS["funding"]
    assert len(read["items"]) == len(GOODBYES)
    for number, (found, episode) in enumerate(zip(read["items"], served.episodes, strict=True)):
        assert (found["title"], found["guid"]) == (episode["title"], episode["guid"])
        assert (found["duration"], found["explicit"]) == (round(episode["duration_ms"] / 1000), False)
        assert found["enclosure"] == {
            "url": served.url(episode, f"{episode['slug']}.mp3"), "length": episode["bytes"], "type": "audio/mpeg"
        }  # fmt: skip
        assert found["itunesImage"] == served.url(episode, episode["cover"])
        assert (found["podcastSeason"], found["podcastEpisode"]) == (
            {"number": 2024}, {"number": len(GOODBYES) - number}
        )  # fmt: skip
        kinds = [{**each, "type": each["type"].replace("x-subrip", "srt")} for each in transcripts(served, episode)]
        assert found["podcastTranscripts"] == kinds  # it calls one of them by its other name
        assert found["podcastChapters"] == {
            "url": served.url(episode, "chapters.json"), "type": "application/json+chapters"
        }  # fmt: skip
        assert LINK in found["content"]


def test_feedsmith_reads_all_of_it_and_downloads_every_episode(served: Served, tmp_path: Path) -> None:
    """Every tag that the feed has of Podcasting 2.0, Apple and Podlove, each as it is meant."""
    read, got = node("feedsmith", FEEDSMITH, served.feed, home=tmp_path)
    assert got == [[episode["bytes"], episode["sha256"]] for episode in served.episodes]
    show = read["podcast"]
    assert (show["guid"], show["medium"], show["license"]) == (GUID, "podcast", {"display": "cc-by-4.0"})
    assert show["locked"] == {"value": True, "owner": "ada@example.org"}
    assert show["fundings"] == [{"url": SETTINGS["funding"], "display": "Support the show"}]
    assert {"display": "true", "purpose": "ai-content"} in show["txts"]
    assert {"display": "1a2b3c", "purpose": "applepodcastsverify"} in show["txts"]
    assert show["updateFrequency"] == {"display": "Weekly", "rrule": "FREQ=WEEKLY"}
    assert show["images"][0]["href"] == read["itunes"]["image"] == served.cover
    assert read["copyright"] == "Ada Lovelace"
    assert len(read["items"]) == len(GOODBYES)
    for number, (found, episode) in enumerate(zip(read["items"], served.episodes, strict=True)):
        assert (found["title"], found["guid"]) == (
            episode["title"], {"value": episode["guid"], "isPermaLink": False}
        )  # fmt: skip
        assert found["enclosures"] == [
            {"url": served.url(episode, f"{episode['slug']}.mp3"), "length": episode["bytes"], "type": "audio/mpeg"}
        ]
        picture = served.url(episode, episode["cover"])
        tags = found["podcast"]
        assert (found["itunes"]["season"], found["itunes"]["episode"]) == (2024, len(GOODBYES) - number)
        assert (tags["season"]["number"], tags["episode"]["number"]) == (2024, len(GOODBYES) - number)
        assert (found["itunes"]["image"], tags["images"][0]["href"]) == (picture, picture)
        assert (tags["images"][0]["width"], tags["images"][0]["height"]) == (1400, 1400)
        assert tags["transcripts"] == transcripts(served, episode)
        assert tags["chapters"]["url"] == served.url(episode, "chapters.json")
        assert tags["txts"] == [{"display": "true", "purpose": "ai-content"}]
        assert [chapter["title"] for chapter in found["psc"]["chapters"]] == [
            segment["title"] for segment in episode["segments"]
        ]


def test_a_webvtt_validator_finds_nothing_in_any_transcript(served: Served, tmp_path: Path) -> None:
    """Times that go on, and every word that is spoken."""
    addresses = [served.url(episode, "transcript.vtt") for episode in served.episodes]
    for found, episode in zip(node("webvtt-parser", WEBVTT, *addresses, home=tmp_path), served.episodes, strict=True):
        assert found["errors"] == []
        times = [time for pair in found["times"] for time in pair]
        assert times == sorted(times)
        assert 0 < times[-1] <= episode["duration_ms"] / 1000
        assert GOODBYES[int(episode["slug"][-2:])] in " ".join(" ".join(found["words"]).split())


# ── a feed that is divided ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def divided(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a show of more than a thousand episodes: one that was rendered, by other names."""
    folder = tmp_path_factory.mktemp("divided") / "show"
    shutil.copytree(served.folder, folder)
    (first, *_) = served.episodes
    for number in range(MANY):
        day = dt.date(2020, 1, 1) + dt.timedelta(number)
        another(folder / "episodes", first, day.isoformat())
    with serve(folder) as running:
        try:
            yield Served(address_of(running), folder)
        finally:
            running.kill()


def another(episodes: Path, record: Mapping[str, Any], slug: str) -> None:
    """Give an episode's files a second name."""
    (episodes / slug).mkdir()
    for path in (episodes / record["slug"]).iterdir():
        (episodes / slug / path.name.replace(record["slug"], slug)).hardlink_to(path)
    named = {"slug": slug, "guid": str(uuid.uuid5(uuid.NAMESPACE_URL, slug)), "date": f"{slug}T12:00:00+00:00"}
    (episodes / slug / "episode.json").unlink()
    (episodes / slug / "episode.json").write_text(json.dumps({**record, **named}), encoding="utf-8")


def test_feedparser_follows_a_divided_feed_to_its_oldest_episode(divided: Served) -> None:
    """From page to page; it finds each episode exactly once, and in order."""
    guids, url, pages = [], divided.feed, 0
    while url:
        with at_most(SECONDS):
            read = feedparser.parse(url)
        assert (read.bozo, read.status) == (False, 200)
        guids += [entry.id for entry in read.entries]
        url, pages = next((link.href for link in read.feed.links if link.rel == "next"), ""), pages + 1
    assert pages > 10
    assert guids == [episode["guid"] for episode in divided.episodes]
    assert len(set(guids)) == MANY + len(GOODBYES)


def test_feedsmith_follows_it_too(divided: Served, tmp_path: Path) -> None:
    """The same episodes in the same order."""
    guids = node("feedsmith", ALL_PAGES, divided.feed, home=tmp_path)
    assert guids == [episode["guid"] for episode in divided.episodes]


# ── programs ────────────────────────────────────────────────────────────────────────────────────────────


def test_gpodder_subscribes_and_downloads_every_episode(served: Served, tmp_path: Path) -> None:
    """And finds nothing new when it comes again."""

    def gpo(*words: str) -> str:
        return run("gpo", *words, package="gpodder", home=tmp_path, GPODDER_HOME=str(tmp_path / "gpodder"))

    assert "Successfully added" in gpo("subscribe", served.feed)
    assert f"{len(GOODBYES)} new episodes" in gpo("update")
    assert f"{len(GOODBYES)} episodes downloaded" in gpo("download")
    is_whole(tmp_path / "gpodder" / "Downloads", served)
    assert "0 new episodes" in gpo("update")


def test_podget_downloads_every_episode(served: Served, tmp_path: Path) -> None:
    """As it comes: into one folder, where every episode needs a name of its own."""

    def podget(*words: str) -> str:
        return run("podget", "-d", str(tmp_path / "podget"), *words, package="podget", home=tmp_path)

    (tmp_path / "podget").mkdir()
    podget("--create-config", "podgetrc")
    (tmp_path / "podget" / "serverlist").write_text(f"{served.feed} Science Papers\n", encoding="utf-8")
    podget("-c", "podgetrc")
    is_whole(tmp_path, served)


# ── a player that stops reading ─────────────────────────────────────────────────────────────────────────


def test_ctrl_c_ends_it_though_a_player_is_in_the_middle_of_an_episode(served: Served, tmp_path: Path) -> None:
    """A paused player holds its connection for hours; Ctrl-C is not made to wait for it, and says so in one word."""
    shutil.copytree(served.folder, tmp_path / "show")
    large = tmp_path / "show" / "feed" / "cover-0000000000000000.jpg"
    with large.open("wb") as file:
        file.truncate(100_000_000)  # more than the system takes off the server's hands
    with serve(tmp_path / "show") as running:
        try:
            where = urlsplit(address_of(running))
            with socket.create_connection((where.hostname, where.port), timeout=SECONDS) as player:
                player.sendall(f"GET /{large.name} HTTP/1.1\r\nHost: {where.netloc}\r\n\r\n".encode())
                assert player.recv(12) == b"HTTP/1.1 200"
                running.send_signal(signal.SIGINT)
                assert running.wait(timeout=10) == 130
            assert running.stderr is not None
            assert running.stderr.read() == "Stopped.\n"
        finally:
            running.kill()
