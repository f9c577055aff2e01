"""The published tree over real HTTP: what apps and browsers ask of `podcast serve`, and what nobody gets from it."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import http.server
import json
import os
import re
import shutil
import signal
import socket
import threading
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest
from conftest import Podcast, make_show, skip
from listening import ask, listening
from lxml import etree

from podcast.errors import InputError
from podcast.feed.page import Page
from podcast.outside import connections
from podcast.outside.heard import MOST_ADDRESSES, Heard
from podcast.outside.kept import Kept
from podcast.outside.sending import Found
from podcast.outside.server import Moved, application
from podcast.pipeline import serving as serving_module
from podcast.pipeline.serving import PublishedTree, ServeOptions, page_at, serve
from podcast.show import PODCAST_NAMESPACE, is_base_url, load_show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp

    from podcast.types import Event

SCRIPT = """\
---
title: {title}
date: {date}
---

## Welcome

Some words to say.

## Sorting
<!-- paper: arXiv:2406.00001 -->

A few more of them.
"""
BASE = "http://127.0.0.1:8000/"
MP3 = "/episodes/2024-06-15/2024-06-15.mp3"
DRAFT = "episodes/.2024-06-15.draft/episode.mp3"
GUID = "{https://podcastindex.org/namespace/1.0}guid"


# ── a show, a server, a client ──────────────────────────────────────────────────────────────────────────


def render(show: Podcast, slug: str) -> None:
    """Make an episode of a few words."""
    show.script(slug).parent.mkdir(parents=True)
    show.script(slug).write_text(SCRIPT.format(title=f"Papers of {slug}", date=slug), encoding="utf-8")
    ran = show("render", slug, "--quiet")
    assert ran.exit_code == 0, ran.stderr


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Podcast:
    """Return a show with an episode, a feed and a draft; nobody writes in it."""
    show = make_show(tmp_path_factory.mktemp("served") / "show", music=False)
    render(show, "2024-06-15")
    assert show("feed", "--quiet").exit_code == 0
    draft = show.folder / DRAFT
    draft.parent.mkdir()
    draft.write_bytes(b"not yet")
    return show


@pytest.fixture
def own(made: Podcast, tmp_path: Path) -> Podcast:
    """Return a copy of that show, to write in."""
    shutil.copytree(made.folder, tmp_path / "own")
    return Podcast(tmp_path / "own")


def configure(show: Podcast, setting: str, value: str) -> None:
    """Change a line of show.toml that has its default."""
    lines = (show.folder / "show.toml").read_text(encoding="utf-8").splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith(f"{setting} ="))
    lines[at] = f'{setting} = "{value}"'
    (show.folder / "show.toml").write_text("\n".join(lines), encoding="utf-8")


def ignore(_: Event) -> None:
    """Say nothing."""


@contextlib.contextmanager
def serving(show: Podcast, host: str = "127.0.0.1", proxies: tuple[str, ...] = ()) -> Iterator[str]:
    """Serve a show in this process; yield its address."""
    options = ServeOptions(host, 0, proxies)
    with listening(lambda ready: serve(load_show(show.folder), options, ready, ignore)) as address:
        yield address


@pytest.fixture(scope="module")
def address(made: Podcast) -> Iterator[str]:
    """Serve that show; return the address."""
    with serving(made) as address:
        yield address


def sound(show: Podcast) -> bytes:
    """The bytes of the episode on disk."""
    return (show.episode() / "episode.mp3").read_bytes()


def cover(show: Podcast) -> str:
    """The path at which the picture is served."""
    return next(f"/{path.name}" for path in (show.folder / "feed").glob("cover-*.jpg") if "-480" not in path.name)


def episode_path(file: Path) -> str:
    """The path at which a file of the episode is served."""
    return f"/episodes/{file.parent.name}/{file.name}"


def addresses_in(feed: bytes) -> list[str]:
    """Every address of the show's own that a feed names; those in its notes are text, and chapters lead to papers."""
    root = etree.fromstring(feed)
    own = root.xpath("//@url | //*[local-name() != 'chapter']/@href | //link/text() | //url/text()")
    return [str(found) for found in own]


def feed_at(address: str, **headers: str) -> bytes:
    """The feed as it is served."""
    answer = ask(address, "/feed.xml", **headers)
    assert answer.status == 200
    return answer.body


# ── HEAD, types ─────────────────────────────────────────────────────────────────────────────────────────


def test_head_gives_length_and_type_without_a_body(made: Podcast, address: str) -> None:
    """Directories ask so before they take a show: feed, sound, picture, page."""
    for path in ("/feed.xml", MP3, cover(made), "/", "/index.html"):
        head, whole = ask(address, path, "HEAD"), ask(address, path)
        assert (head.status, head.body) == (200, b"")
        assert int(head.headers["content-length"]) == len(whole.body) > 0
        for name in ("content-type", "content-length", "etag"):
            assert head.headers[name] == whole.headers[name]


ASKED: list[tuple[str, dict[str, str]]] = [
    ("/feed.xml", {}), ("/feed.xml", {"Accept_Encoding": "gzip"}),
    ("/", {"Accept_Encoding": "gzip"}), ("/", {"If_None_Match": "*"}), ("/nothing", {}), ("/%2e%2e/show.toml", {}),
    (MP3, {}), (MP3, {"Accept_Encoding": "gzip"}), (MP3, {"If_None_Match": "*"}), (MP3, {"If_Match": '"x"'}),
    ("/episodes/2024-06-15/transcript.vtt", {"Accept_Encoding": "gzip"}),
]  # fmt: skip


@pytest.mark.parametrize(("path", "headers"), ASKED)
def test_head_is_told_what_get_is(address: str, path: str, headers: dict[str, str]) -> None:
    """The same status and headers, whatever is asked for and how, and no body."""
    head, whole = ask(address, path, "HEAD", **headers), ask(address, path, **headers)
    told, got = dict(head.headers), dict(whole.headers)
    assert told.pop("date")
    assert got.pop("date")
    assert (head.status, told, head.body) == (whole.status, got, b"")


@pytest.mark.parametrize("ranges", ["bytes=5-", "bytes=0-4,9-12", "bytes=999999999-"])
def test_only_get_has_ranges(address: str, ranges: str) -> None:
    """HEAD says how long the whole is, whatever part is asked for (RFC 9110, 14.2)."""
    head, plain = ask(address, MP3, "HEAD", Range=ranges), ask(address, MP3, "HEAD")
    assert (head.status, head.headers["content-length"]) == (200, plain.headers["content-length"])


TYPES = {
    "/": "text/html; charset=utf-8",
    "/index.html": "text/html; charset=utf-8",
    "/feed.xml": "application/rss+xml; charset=utf-8",
    MP3: "audio/mpeg",
    "/episodes/2024-06-15/chapters.json": "application/json+chapters",
    "/episodes/2024-06-15/transcript.vtt": "text/vtt; charset=utf-8",
    "/episodes/2024-06-15/transcript.srt": "application/x-subrip",
    "/episodes/2024-06-15/transcript.json": "application/json",
    "/episodes/2024-06-15/episode.json": "application/json",
    "/episodes/2024-06-15/notes.html": "text/html; charset=utf-8",
    "/episodes/2024-06-15/timestamps.txt": "text/plain; charset=utf-8",
    "/episodes/2024-06-15/waveform.png": "image/png",
}


@pytest.mark.parametrize(("path", "kind"), TYPES.items())
def test_everything_is_served_as_what_it_is(address: str, path: str, kind: str) -> None:
    """Apps go by the media type, and none has to guess."""
    answer = ask(address, path)
    assert (answer.status, answer.headers["content-type"]) == (200, kind)
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_pictures_are_jpegs(made: Podcast, address: str) -> None:
    """The large one for apps and the small one for the page."""
    for path in (cover(made), cover(made).replace(".jpg", "-480.jpg")):
        answer = ask(address, path)
        assert (answer.status, answer.headers["content-type"]) == (200, "image/jpeg")
        assert answer.body.startswith(b"\xff\xd8")


def test_every_address_in_the_feed_and_every_file_of_the_episode_is_served(made: Podcast, address: str) -> None:
    """Byte for byte as on disk, and with leave for players on other sites."""
    for url in addresses_in(feed_at(address)):
        answer = ask(address, urlsplit(url).path)
        assert answer.status == 200, url
        assert answer.headers["access-control-allow-origin"] == "*"
    for path in made.episode().iterdir():
        assert ask(address, f"/episodes/2024-06-15/{path.name}").body == path.read_bytes()


def test_a_query_changes_nothing(made: Podcast, address: str) -> None:
    """Apps and trackers append them."""
    assert ask(address, f"{MP3}?source=app").body == sound(made)


# ── compressed, by other sites, kept, framed ────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", TYPES)
def test_text_is_compressed_for_those_who_take_it(address: str, path: str) -> None:
    """Sound and pictures never are; caches are told of what there are two forms."""
    plain, small = ask(address, path, Accept_Encoding="gzip;q=0"), ask(address, path, Accept_Encoding="gzip, br")
    is_text = TYPES[path].split("/")[0] not in {"audio", "image"}
    assert small.headers["content-encoding"] == ("gzip" if is_text else None)
    assert plain.headers["content-encoding"] is None
    assert plain.body == (gzip.decompress(small.body) if is_text else small.body)
    assert ("accept-encoding" in plain.headers.get("vary", "")) == is_text
    again = ask(address, path, Accept_Encoding="gzip", If_None_Match=small.headers["etag"])
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", small.headers["etag"])


@pytest.mark.parametrize("path", ["/feed.xml", MP3, "/episodes/2024-06-15/transcript.vtt"])
def test_players_on_other_sites_may_ask_for_parts(address: str, path: str) -> None:
    """Browsers ask before, and keep from a page what they are not told to show."""
    before = ask(
        address, path, "OPTIONS", Origin="https://player.example", Access_Control_Request_Method="GET",
        Access_Control_Request_Headers="range",
    )  # fmt: skip
    assert (before.status, before.body) == (204, b"")
    assert before.headers["access-control-allow-origin"] == "*"
    assert "GET" in before.headers["access-control-allow-methods"]
    assert "range" in before.headers["access-control-allow-headers"].lower().split(", ")
    answer = ask(address, path, Range="bytes=0-3", Origin="https://player.example")
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (206, "*")
    exposed = set(answer.headers["access-control-expose-headers"].lower().split(", "))
    assert {"accept-ranges", "content-length", "content-range", "etag"} <= exposed


def test_only_what_has_its_content_in_its_name_is_kept_unasked(made: Podcast, address: str) -> None:
    """Pictures, style and script; an episode may be rendered anew under its name, and a feed always is."""
    pictures = (
        cover(made),
        cover(made).replace(".jpg", "-480.jpg"),
        *map(episode_path, made.episode().glob("cover-*")),
    )
    assets = [f"/{found.decode()}" for found in re.findall(rb"site-[0-9a-f]+\.(?:css|js)", ask(address, "/").body)]
    assert len(pictures) + len(set(assets)) == 5
    for path in (*pictures, *assets):
        assert ask(address, path).headers["cache-control"] == "public, max-age=31536000, immutable"
    for path in (*TYPES, "/nothing.html"):
        assert ask(address, path).headers.get("cache-control", "no-cache") == "no-cache"


@pytest.mark.parametrize("path", ["/", "/episodes/2024-06-15/notes.html"])
def test_no_other_site_shows_a_page_as_its_own(address: str, path: str) -> None:
    """Nor learns by which of its addresses somebody came."""
    answer = ask(address, path)
    assert answer.headers["content-security-policy"] == "frame-ancestors 'self'"
    assert answer.headers["referrer-policy"] == "strict-origin-when-cross-origin"


# ── ranges ──────────────────────────────────────────────────────────────────────────────────────────────

RANGES = {
    "the beginning": ("bytes=0-99", slice(0, 100)),
    "one byte": ("bytes=7-7", slice(7, 8)),
    "the middle": ("bytes=1000-2999", slice(1000, 3000)),
    "all from somewhere": ("bytes=5000-", slice(5000, None)),
    "the last bytes": ("bytes=-10", slice(-10, None)),
    "more than there is": ("bytes=5000-999999999", slice(5000, None)),
    "more last bytes than there are": ("bytes=-999999999", slice(0, None)),
}


@pytest.mark.parametrize(("wanted", "part"), RANGES.values(), ids=RANGES)
def test_a_range_gives_exactly_those_bytes(made: Podcast, address: str, wanted: str, part: slice) -> None:
    """206, which bytes of how many, and those bytes: players seek so."""
    whole = sound(made)
    answer = ask(address, MP3, Range=wanted)
    start, stop, _ = part.indices(len(whole))
    assert answer.status == 206
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{len(whole)}"
    assert answer.headers["content-length"] == str(stop - start)
    assert answer.headers["content-type"] == "audio/mpeg"
    assert answer.body == whole[part]


def test_pictures_have_ranges_too(made: Podcast, address: str) -> None:
    """Apple asks it of the artwork."""
    answer = ask(address, cover(made), Range="bytes=0-1")
    assert (answer.status, answer.body) == (206, b"\xff\xd8")


@pytest.mark.parametrize("wanted", ["bytes={size}-", "bytes=999999999-", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused_with_the_size(made: Podcast, address: str, wanted: str) -> None:
    """416, so that an app that has it all learns that it has."""
    size = len(sound(made))
    answer = ask(address, MP3, Range=wanted.format(size=size))
    assert (answer.status, answer.headers["content-range"]) == (416, f"bytes */{size}")


@pytest.mark.parametrize("wanted", ["items=0-5", "bytes=", "bytes=x-y", "bytes=10-5", "nonsense"])
def test_a_range_that_is_none_gives_the_whole_file(made: Podcast, address: str, wanted: str) -> None:
    """RFC 9110, 14.2: a server ignores what it does not understand."""
    answer = ask(address, MP3, Range=wanted)
    assert (answer.status, answer.body) == (200, sound(made))


def test_a_download_goes_on_only_if_the_file_is_the_same(made: Podcast, address: str) -> None:
    """If-Range: the part if it is, the whole file if it was rendered anew."""
    whole, etag = sound(made), ask(address, MP3, "HEAD").headers["etag"]
    same = ask(address, MP3, Range="bytes=10-19", If_Range=etag)
    other = ask(address, MP3, Range="bytes=10-19", If_Range='"another"')
    assert (same.status, same.body) == (206, whole[10:20])
    assert (other.status, other.body) == (200, whole)


# ── nothing new ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["/feed.xml", "/index.html", "/", MP3])
def test_who_has_it_already_is_not_sent_it_again(address: str, path: str) -> None:
    """304 without a body for the same ETag, alone, weak or among others; 200 for any other."""
    first = ask(address, path)
    etag = first.headers["etag"]
    for known in (etag, f"W/{etag}", f'"another", {etag}'):
        again = ask(address, path, If_None_Match=known)
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", etag)
    assert ask(address, path, If_None_Match='"another"').body == first.body


def test_what_changed_since_goes_by_the_date_as_well(address: str) -> None:
    """Plain downloaders know only that."""
    date = ask(address, MP3, "HEAD").headers["last-modified"]
    assert ask(address, MP3, If_Modified_Since=date).status == 304
    assert ask(address, MP3, If_Modified_Since="Sat, 15 Jun 2024 12:00:00 GMT").status == 200


def test_a_show_whose_address_differs_has_another_etag(address: str) -> None:
    """A client that comes by another address is not told that nothing changed."""
    etag = ask(address, "/feed.xml").headers["etag"]
    assert ask(address, "/feed.xml", Host="phone.example", If_None_Match=etag).status == 200


# ── the address in the feed ─────────────────────────────────────────────────────────────────────────────

HOSTS = ["127.0.0.1:{port}", "localhost:{port}", "my-machine.local:8000", "podcast.example", "[::1]:{port}"]


@pytest.mark.parametrize("host", HOSTS)
def test_every_address_in_the_feed_begins_with_the_one_asked_by(address: str, host: str) -> None:
    """So that whoever reaches the feed reaches the episodes as well."""
    named = host.format(port=urlsplit(address).port)
    found = addresses_in(feed_at(address, Host=named))
    assert len(found) > 8
    assert [url for url in found if not url.startswith(f"http://{named}/")] == []
    assert f"http://{named}/feed.xml".encode() in ask(address, "/", Host=named).body


def test_a_phone_gets_addresses_that_it_can_reach(made: Podcast) -> None:
    """With `--host 0.0.0.0` no address is the one that only means any interface, and loopback still answers."""
    with serving(made, "0.0.0.0") as address:  # noqa: S104 - what a phone needs
        where = urlsplit(address)
        assert where.hostname != "0.0.0.0"  # noqa: S104 - compared, not bound
        for reached in (address, f"http://127.0.0.1:{where.port}/"):
            assert [url for url in addresses_in(feed_at(reached)) if not url.startswith(reached)] == []
        local = feed_at(f"http://127.0.0.1:{where.port}/", Host=f"phone.example:{where.port}")
        assert {urlsplit(url).netloc for url in addresses_in(local)} == {f"phone.example:{where.port}"}


def test_any_interface_means_those_of_both_kinds(made: Podcast) -> None:
    """With `--host ::` the address that is printed answers."""
    if not socket.has_dualstack_ipv6():
        skip("this machine cannot listen on IPv6 and IPv4 at once")
    with serving(made, "::") as address:
        assert addresses_in(feed_at(address))[0].startswith(address)


def test_the_feed_on_disk_keeps_the_address_in_the_settings(own: Podcast) -> None:
    """Serving is for trying: what will be published is not changed by it."""
    configure(own, "base_url", "https://podcast.example/show/")
    with serving(own) as address:
        assert {urlsplit(url).netloc for url in addresses_in(feed_at(address))} == {urlsplit(address).netloc}
    on_disk = addresses_in((own.folder / "feed" / "feed.xml").read_bytes())
    assert on_disk
    assert [url for url in on_disk if not url.startswith("https://podcast.example/show/")] == []


NONSENSE = [
    "<script>alert(1)</script>", '"><b', "a b", "user:secret@evil.example", "evil.example/path", "evil.example?q",
    "evil.example#f", "evil.example:99999", "evil.example:0", "evil.example:x", "[nonsense]", "a,b", "%00", "évil", "",
]  # fmt: skip


@pytest.mark.parametrize("host", NONSENSE)
def test_a_nonsense_host_is_not_repeated(address: str, host: str) -> None:
    """The feed and the page then name the address that the server really has."""
    for path in ("/feed.xml", "/"):
        answer = ask(address, path, Host=host)
        assert answer.status == 200
        assert f"{address}feed.xml".encode() in answer.body
        assert b"evil" not in answer.body
        assert b"alert(1)" not in answer.body
    assert {urlsplit(url).netloc for url in addresses_in(feed_at(address, Host=host))} == {urlsplit(address).netloc}


# ── behind a proxy ──────────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def proxy(address: str, prefix: str, **told: str) -> Iterator[str]:
    """Pass on what comes below a prefix, as people's web servers do, and say so; yield the proxy's own address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            named = {name.replace("-", "_").title(): value for name, value in self.headers.items()} | told
            answer = ask(address, self.path.removeprefix(prefix), **named)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


PROXIES = {
    "headers of old": {
        "X_Forwarded_Proto": "https", "X_Forwarded_Host": "podcast.example", "X_Forwarded_Prefix": "/show"
    },
    "RFC 7239": {"Forwarded": 'for=192.0.2.1;proto=https;host="podcast.example"', "X_Forwarded_Prefix": "/show/"},
    "Host as it was": {"Host": "podcast.example", "X_Forwarded_Proto": "https", "X_Forwarded_Prefix": "/show"},
}  # fmt: skip


@pytest.mark.parametrize("told", PROXIES.values(), ids=PROXIES)
def test_behind_a_proxy_on_this_machine_the_feed_has_the_proxys_address(address: str, told: dict[str, str]) -> None:
    """With https and the folder it is in; what those addresses name is there, by way of the proxy."""
    with proxy(address, "/show", **told) as front:
        feed = ask(front, "/show/feed.xml")
        found = addresses_in(feed.body)
        assert len(found) > 8
        assert [url for url in found if not url.startswith("https://podcast.example/show/")] == []
        for url in found:
            assert ask(front, urlsplit(url).path, "GET").status == 200, url
        assert ask(front, "/show/feed.xml", If_None_Match=feed.headers["etag"]).status == 304
        assert b"https://podcast.example/show/feed.xml" in ask(front, "/show/").body


def test_a_cache_is_told_that_a_page_varies_with_the_word_of_a_proxy(address: str) -> None:
    """So that whoever sends such a header through a proxy poisons nobody's cache; files are the same for all."""
    varies = ask(address, "/feed.xml").headers["vary"].lower().split(", ")
    assert {"forwarded", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-prefix"} <= set(varies)
    assert ask(address, MP3).headers["vary"] is None


def asked_of(app: ASGIApp, path: str, peer: str = "192.0.2.7", **headers: str) -> httpx.Response:
    """Ask an application without a connection, from any address."""

    async def answer() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app, client=(peer, 12345))) as client:
            return await client.get(f"http://show.example{path}", headers=headers)

    return asyncio.run(answer())


def seen_from(show: Podcast, peer: str, *proxies: str) -> set[str]:
    """The hosts that a feed names for somebody at another address who sends a proxy's headers."""
    tree = PublishedTree(load_show(show.folder))
    app = application(tree.find, lambda address: is_base_url(address) is None, proxies)
    told = {"X-Forwarded-Host": "other.example", "Forwarded": "host=third.example"}
    return {urlsplit(url).netloc for url in addresses_in(asked_of(app, "/feed.xml", peer, **told).content)}


def test_nobody_else_says_what_the_address_is(made: Podcast) -> None:
    """A client that sends a proxy's headers is not believed, unless it was named as a proxy."""
    assert seen_from(made, "192.0.2.7") == {"show.example"}
    assert seen_from(made, "192.0.2.7", "198.51.100.0/24") == {"show.example"}
    assert seen_from(made, "192.0.2.7", "198.51.100.1", "192.0.2.0/24") == {"other.example"}


def test_a_proxy_that_is_no_address_is_one_clear_sentence(made: Podcast) -> None:
    """Exit code 2, and what to give."""
    ran = made("serve", "--port", "0", "--proxy", "proxy.example")
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr == (
        "'proxy.example' is no address of a proxy: give one like 192.168.1.2, or a network like 10.0.0.0/8.\n"
    )


def test_invented_addresses_fill_no_memory(made: Podcast) -> None:
    """Pages of the last few are kept, within so many bytes; a name of kilobytes is nobody's."""
    tree = PublishedTree(load_show(made.folder))
    for number in range(50):
        found = tree.find("feed.xml", f"http://{number}.example/")
        assert isinstance(found, Found)
        assert not isinstance(found.content, Path)
        assert found.content()
    assert tree._listed.size <= MOST_ADDRESSES
    tree._kept = Kept(200_000, len)
    for number in range(50):
        found = tree.find("feed.xml", f"http://{number}.example/")
        assert isinstance(found, Found)
        assert callable(found.content)
        found.content()
    assert 0 < tree._kept.size <= 200_000


def test_invented_addresses_take_no_time() -> None:
    """The first few are believed; then one more every half a minute, and those in use are not driven out."""
    now_s = 0.0
    heard = Heard(lambda address: not address.startswith("no"), lambda: now_s)
    names = [f"http://{number}.example/" for number in range(100)]
    assert [heard(name) for name in names] == [True] * MOST_ADDRESSES + [False] * (100 - MOST_ADDRESSES)
    assert not heard("no address")
    now_s = 31.0
    assert heard(names[0])
    assert [heard(names[50]), heard(names[51])] == [True, False]
    assert [heard(names[0]), heard(names[1]), heard(names[2])] == [True, False, True]


def test_a_name_that_is_one_too_many_gets_the_servers_own_address(made: Podcast) -> None:
    """Whoever asks by it reaches all that the feed names all the same."""
    with serving(made) as address:
        hosts = [urlsplit(feed_url(address, f"{number}.example")).netloc for number in range(MOST_ADDRESSES + 3)]
    assert hosts == [f"{number}.example" for number in range(MOST_ADDRESSES)] + [urlsplit(address).netloc] * 3


def feed_url(address: str, host: str) -> str:
    """An address in the feed that somebody gets who asks by a name."""
    return addresses_in(feed_at(address, Host=host))[0]


def test_a_name_of_kilobytes_is_not_repeated(address: str) -> None:
    """Every address in a feed would begin with it."""
    assert addresses_in(feed_at(address, Host="a." * 1000 + "example"))[0].startswith(address)


# ── pages in folders ────────────────────────────────────────────────────────────────────────────────────


def site(*names: str) -> ASGIApp:
    """Serve pages that say their names."""
    listed = {name: Page(name, "text/html; charset=utf-8", name, name.encode) for name in names}

    def find(path: str, _: str) -> Found | Moved | None:
        page = page_at(listed, path)
        return Found(page.make, page.media_type, page.name) if isinstance(page, Page) else page

    return application(find, lambda _: True)


def test_a_folder_without_its_slash_leads_to_it_and_nowhere_else() -> None:
    """Relative to where it was asked for: on the same site, and below the same folder of a proxy."""
    app = site("index.html", "a-b.c/index.html")
    assert asked_of(app, "/a-b.c/").content == asked_of(app, "/a-b.c/index.html").content == b"a-b.c/index.html"
    moved = asked_of(app, "/a-b.c?by=app")
    assert (moved.status_code, moved.headers["location"], moved.headers["cache-control"]) == (301, "a-b.c/", "no-cache")
    for path in ("//evil.example", "//evil.example/a-b.c", "/a-b.c//", "/evil.example/%2e%2e/a-b.c", "/http:a-b.c"):
        assert asked_of(app, path).status_code == 404, path


def test_what_is_not_there_is_answered_with_the_sites_own_page() -> None:
    """With status 404, whatever was asked for."""
    answer = asked_of(site("404.html"), "/some/where")
    assert (answer.status_code, answer.content) == (404, b"404.html")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


# ── the guid ────────────────────────────────────────────────────────────────────────────────────────────


def guids(feed: bytes) -> list[str]:
    """The show's podcast guids."""
    return [str(found.text) for found in etree.fromstring(feed).iter(GUID)]


def test_a_show_that_only_this_machine_reaches_has_no_guid(address: str) -> None:
    """Every new show has the same address then, and a guid must be one's own."""
    assert guids(feed_at(address)) == []
    assert guids(feed_at(address, Host="podcast.example")) == []


def test_the_guid_in_the_settings_is_served_by_any_address(own: Podcast) -> None:
    """It never changes, though the address does."""
    guid = "917393e3-1b1e-5cef-ace4-edaa54e1f810"
    configure(own, "guid", guid)
    with serving(own) as address:
        assert guids(feed_at(address)) == guids(feed_at(address, Host="podcast.example")) == [guid]


def test_a_published_show_keeps_its_guid_while_it_is_tried_here(own: Podcast) -> None:
    """It is that of its own address, not of this machine's."""
    configure(own, "base_url", "https://podcast.example/show/")
    with serving(own) as address:
        assert guids(feed_at(address)) == [str(uuid.uuid5(PODCAST_NAMESPACE, "podcast.example/show/feed.xml"))]


# ── what is not published ───────────────────────────────────────────────────────────────────────────────

PRIVATE = [
    "/README.md", "/show.toml", "/scripts/2024-06-15/script.md", "/voices/hum.toml", "/.podcast", "/.gitignore",
    "/feed/feed.xml", "/episodes", "/episodes/", "/episodes/README.md", "/episodes/2024-06-15", "/episodes/2024-06-15/",
    f"/{DRAFT}", "/episodes/%2e2024-06-15.draft/episode.mp3", f"{MP3}/", "/EPISODES/2024-06-15/2024-06-15.mp3",
    "//feed.xml", "/./feed.xml", "/nothing.html",
]  # fmt: skip
ESCAPES = [
    "/../show.toml", "/%2e%2e/show.toml", "/..%2fshow.toml", "/%2e%2e%2fshow.toml", "/%252e%252e/show.toml",
    "/episodes/../show.toml", "/episodes/../../show/show.toml", "/episodes/%2e%2e/show.toml",
    "/episodes/2024-06-15/../../show.toml", "/episodes/2024-06-15/..%2f..%2fshow.toml",
    "/episodes/2024-06-15/%2e%2e%2f%2e%2e%2fshow.toml", "/episodes/../episodes/2024-06-15/2024-06-15.mp3",
    "/..\\show.toml", "/..%5cshow.toml", "/episodes%5c2024-06-15%5cepisode.mp3", "/%2fetc/passwd", "//etc/passwd",
    "/%00", "/show.toml%00", "/show.toml%00.jpg", "/feed.xml%00", "/episodes/2024-06-15%00/episode.mp3", "/%ff%fe",
    "/%0d%0aset-cookie:a=b",
]  # fmt: skip
LONG = {
    "name": "/" + "a" * 5000,
    "slug": "/episodes/" + "a" * 5000 + "/episode.mp3",
    "file": "/episodes/2024-06-15/" + "a" * 5000,
    "depth": "/a" * 5000,
}


@pytest.mark.parametrize("path", [*PRIVATE, *ESCAPES])
def test_nothing_outside_the_published_tree_is_served(address: str, path: str) -> None:
    """Neither what lies in the show and is not published, nor what lies anywhere else."""
    answer = ask(address, path)
    assert answer.status == 404
    assert answer.body == ask(address, "/404.html").body  # the same for all, so it tells nothing of any


@pytest.mark.parametrize("path", LONG.values(), ids=LONG)
def test_a_very_long_path_is_one_that_is_not_there(made: Podcast, address: str, path: str) -> None:
    """And the answer does not say where the show lies."""
    answer = ask(address, path)
    assert answer.status == 404
    assert str(made.folder).encode() not in answer.body


@pytest.mark.parametrize(
    "line", [b"GET /feed.xml\x00 HTTP/1.1", b"GET /show .toml HTTP/1.1", b"GET ../show.toml HTTP/1.1", b"\x00\x01\x02"]
)
def test_what_is_no_request_gets_nothing(address: str, line: bytes) -> None:
    """An error of the client's, and the server lives on."""
    where = urlsplit(address)
    with socket.create_connection((where.hostname, where.port), timeout=20) as connection:
        connection.sendall(line + b"\r\nHost: a\r\nConnection: close\r\n\r\n")
        status = connection.makefile("rb").readline()
    assert status.split()[1] in {b"400", b"404"}
    assert ask(address, "/feed.xml").status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_changed_from_outside(made: Podcast, address: str, method: str) -> None:
    """405, and what can be asked instead."""
    before = sound(made)
    for path in ("/feed.xml", MP3, "/new.html"):
        answer = ask(address, path, method)
        assert answer.status == 405
        assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert sound(made) == before


# ── while it runs ───────────────────────────────────────────────────────────────────────────────────────


def test_an_episode_rendered_while_serving_appears(own: Podcast) -> None:
    """In the feed and on the page, with another ETag, and its sound is there."""
    with serving(own) as address:
        before = ask(address, "/feed.xml")
        render(own, "2024-06-22")
        after = ask(address, "/feed.xml", If_None_Match=before.headers["etag"])
        assert after.status == 200
        assert b"episodes/2024-06-22/2024-06-22.mp3" not in before.body
        assert b"episodes/2024-06-22/2024-06-22.mp3" in after.body
        assert b"Papers of 2024-06-22" in ask(address, "/").body
        assert ask(address, "/episodes/2024-06-22/2024-06-22.mp3").body.startswith(b"ID3")


def test_an_episode_that_is_taken_away_is_a_change_as_well(own: Podcast) -> None:
    """Also by the date: what is left is older than what was there."""
    render(own, "2024-06-22")
    later_s = time.time() + 100
    os.utime(own.folder / "episodes" / "2024-06-22" / "episode.json", (later_s - 50, later_s - 50))
    tree = PublishedTree(load_show(own.folder))
    before = tree.find("feed.xml", BASE)
    shutil.rmtree(own.folder / "episodes" / "2024-06-22")
    os.utime(own.folder / "episodes", (later_s, later_s))
    after = tree.find("feed.xml", BASE)
    assert isinstance(before, Found)
    assert isinstance(after, Found)
    assert after.modified_s > before.modified_s


def test_all_episodes_are_looked_at_once_in_a_while(own: Podcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not whenever somebody asks, for there may be ten thousand; one that comes or goes is seen at once."""
    looks = []
    monkeypatch.setattr(serving_module, "_LOOK_S", 1000.0)
    look = serving_module._Watch._look

    def counted(watch: serving_module._Watch) -> serving_module._State:
        looks.append(1)
        return look(watch)

    monkeypatch.setattr(serving_module._Watch, "_look", counted)
    tree = PublishedTree(load_show(own.folder))
    for _ in range(20):
        assert isinstance(tree.find("feed.xml", BASE), Found)
    assert len(looks) == 1
    shutil.copytree(own.episode(), own.folder / "episodes" / "2024-06-22")
    with pytest.raises(InputError, match="2024-06-15"):
        tree.find("feed.xml", BASE)
    assert len(looks) == 2


def test_another_style_of_the_shows_own_is_seen(own: Podcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever changes the looks of a site looks at it again and again."""
    monkeypatch.setattr(serving_module, "_LOOK_S", 0.0)
    monkeypatch.setattr(serving_module, "_LOOK_SHARE", 0)
    tree = PublishedTree(load_show(own.folder))
    before = tree.find("", BASE)
    (own.folder / "templates").mkdir(exist_ok=True)
    (own.folder / "templates" / "site.css").write_text("body { color: green }", encoding="utf-8")
    after = tree.find("", BASE)
    assert isinstance(before, Found)
    assert isinstance(after, Found)
    assert before.version != after.version


def test_an_episode_that_is_not_whole_makes_no_feed(own: Podcast) -> None:
    """503 with a time to come again: never a feed whose lengths are wrong, nor where the show lies."""
    with serving(own) as address:
        (own.episode() / "episode.mp3").write_bytes(b"ID3")
        answer = ask(address, "/feed.xml")
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert str(own.folder).encode() not in answer.body


# ── the command ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Press Ctrl-C as soon as a server answers."""

    class Interrupted(connections._Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(connections, "_Server", Interrupted)


@pytest.mark.usefixtures("interrupted")
def test_ctrl_c_ends_without_a_traceback(made: Podcast) -> None:
    """Exit code 130; the address was all of stdout, how to subscribe and that it ended stand on stderr."""
    ran = made("serve", "--port", "0")
    address = ran.stdout.strip()
    assert ran.exit_code == 130
    assert address.startswith("http://127.0.0.1:")
    assert ran.stderr.splitlines() == [f"Subscribe to {address}feed.xml; Ctrl-C ends.", "Stopped."]


@pytest.mark.usefixtures("interrupted")
def test_with_json_a_program_learns_address_and_feed(made: Podcast) -> None:
    """One document on stdout; with `--quiet`, only that it ended on stderr."""
    ran = made("serve", "--port", "0", "--json", "--quiet")
    document = json.loads(ran.stdout)
    assert document == {"address": document["address"], "feed": f"{document['address']}feed.xml"}
    assert ran.stderr == "Stopped.\n"


def test_a_port_in_use_is_one_clear_sentence(made: Podcast) -> None:
    """Exit code 2, the port by name, and the way out."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = made("serve", "--port", port)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr == (
        f"Cannot listen on 127.0.0.1 port {port}: Address already in use. "
        "Choose another address or port; --port 0 finds a free one.\n"
    )


@pytest.mark.parametrize("host", ["nobody.invalid", "192.0.2.1", "", "a b"])
def test_an_address_that_this_machine_has_not_is_one_clear_sentence(made: Podcast, host: str) -> None:
    """Exit code 2, the address by name."""
    ran = made("serve", "--port", "0", "--host", host)
    assert (ran.exit_code, ran.stdout, len(ran.stderr.splitlines())) == (2, "", 1)
    assert ran.stderr.startswith(f"Cannot listen on {host} port 0: ")
    assert "[Errno" not in ran.stderr


def test_a_show_without_an_episode_is_one_clear_sentence(podcast: Podcast) -> None:
    """Exit code 2, and the command that makes one."""
    ran = podcast("serve", "--port", "0")
    assert (ran.exit_code, ran.stdout, len(ran.stderr.splitlines())) == (2, "", 1)
    assert "no episode yet. `podcast make NEWSLETTER` makes one." in ran.stderr
