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
GOODBYES = {15: "Until next week.", 22: "Until next week, when there will be more of them, and longer ones."}
TRANSCRIPTS = {"text/vtt", "application/x-subrip", "application/json"}
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
    """Serve a show of two episodes that differ in length."""
    folder = tmp_path_factory.mktemp("clients")
    show = make_show(folder / "show", music=False)
    for day, words in GOODBYES.items():
        newsletter = folder / f"{day}.md"
        text = NEWSLETTER.replace("June 15, 2024", f"June {day}, 2024").replace(GOODBYES[15], words)
        newsletter.write_text(text, encoding="utf-8")
        assert show("make", newsletter, "--quiet").exit_code == 0
    with serve(show.folder) as running:
        try:
            yield Served(address_of(running), show.folder)
        finally:
            running.kill()


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
    assert len(downloads) == 2


def noon(episode: Mapping[str, Any]) -> int:
    """When it was published, in seconds since 1970."""
    return int(dt.datetime.fromisoformat(episode["date"]).timestamp())


# ── libraries ───────────────────────────────────────────────────────────────────────────────────────────


def test_podcastparser_reads_all_of_it(served: Served) -> None:
    """What gPodder and others read a feed with."""
    read = podcastparser.parse(served.feed, io.BytesIO(httpx.get(served.feed, timeout=SECONDS).content))
    assert (read["title"], read["link"]) == ("My Paper Podcast", served.address)
    assert (read["cover_url"], read["explicit"], read["type"]) == (served.cover, False, "episodic")
    assert len(read["episodes"]) == 2
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
    assert len(read.entries) == 2
    for found, episode in zip(read.entries, served.episodes, strict=True):
        assert (found.title, found.id, found.guidislink) == (episode["title"], episode["guid"], False)
        assert calendar.timegm(found.published_parsed) == noon(episode)
        assert found.itunes_duration == str(round(episode["duration_ms"] / 1000))
        (enclosure,) = found.enclosures
        assert (enclosure.href, enclosure.type) == (served.url(episode, f"{episode['slug']}.mp3"), "audio/mpeg")
        assert enclosure.length == str(episode["bytes"])
        assert LINK in found.summary
        assert LINK in found.content[0].value
        assert found.podcast_chapters["url"] == served.url(episode, "chapters.json")
        assert found.podcast_transcript["type"] in TRANSCRIPTS


def test_feedparser_asks_again_and_is_told_that_nothing_is_new(served: Served) -> None:
    """By the ETag that it was given."""
    with at_most(SECONDS):
        first = feedparser.parse(served.feed)
        again = feedparser.parse(served.feed, etag=first.etag)
    assert (again.status, again.entries) == (304, [])


PARTYTIME = """
const { parseFeed } = require("podcast-partytime");
fetch(process.argv[1]).then((answer) => answer.text()).then((xml) => console.log(JSON.stringify(parseFeed(xml))));
"""


def test_partytime_reads_what_podcasting_2_adds(served: Served, tmp_path: Path) -> None:
    """Transcripts, chapters; no guid for a show that only this machine reaches."""
    if not (HERE / "node_modules" / "podcast-partytime").is_dir():
        skip("podcast-partytime is not installed (`npm ci --prefix tests/slow`): it reads the tags of Podcasting 2.0")
    read = json.loads(run("node", "-e", PARTYTIME, served.feed, package="nodejs", home=tmp_path, LOG="silent"))
    assert (read["title"], read["explicit"], read["itunesImage"]) == ("My Paper Podcast", False, served.cover)
    assert read["pubsub"] == {"self": served.feed}
    assert "guid" not in read
    assert len(read["items"]) == 2
    for found, episode in zip(read["items"], served.episodes, strict=True):
        assert (found["title"], found["guid"]) == (episode["title"], episode["guid"])
        assert (found["duration"], found["explicit"]) == (round(episode["duration_ms"] / 1000), False)
        assert found["enclosure"] == {
            "url": served.url(episode, f"{episode['slug']}.mp3"), "length": episode["bytes"], "type": "audio/mpeg"
        }  # fmt: skip
        assert [each["url"] for each in found["podcastTranscripts"]] == [
            served.url(episode, f"transcript.{kind}") for kind in ("vtt", "srt", "json")
        ]
        assert {each["language"] for each in found["podcastTranscripts"]} == {"en-us"}
        assert found["podcastChapters"] == {
            "url": served.url(episode, "chapters.json"), "type": "application/json+chapters"
        }  # fmt: skip
        assert LINK in found["content"]


# ── programs ────────────────────────────────────────────────────────────────────────────────────────────


def test_gpodder_subscribes_and_downloads_every_episode(served: Served, tmp_path: Path) -> None:
    """And finds nothing new when it comes again."""

    def gpo(*words: str) -> str:
        return run("gpo", *words, package="gpodder", home=tmp_path, GPODDER_HOME=str(tmp_path / "gpodder"))

    assert "Successfully added" in gpo("subscribe", served.feed)
    assert "2 new episodes" in gpo("update")
    assert "2 episodes downloaded" in gpo("download")
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
