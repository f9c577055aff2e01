"""Readers of what comes by wire: requests to our servers, and whatever servers, services and sites answer to us."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import gzip
import io
import json
import logging
import re
import shutil
import socket
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conftest import COVER
from feed_maker import an_episode
from fuzz_data import _COMPLETION, LISTING
from fuzz_subjects import Reader, Subject
from fuzz_texts import SCRIPT, a_show
from listening import listening
from pdf_maker import document, paragraph

from podcast.check import server as of_server
from podcast.check.rules import findings
from podcast.errors import PodcastError
from podcast.feed.tree import names_of
from podcast.masking import shown
from podcast.outside import arxiv_api, services, web
from podcast.outside.answers import Rules
from podcast.outside.arxiv_api import Archive
from podcast.outside.connections import listen
from podcast.outside.git import parse_target
from podcast.outside.openai_client import ChatClient, ChatRequest, Message, Patience, SpeechClient, SpeechRequest
from podcast.outside.saving import Manners
from podcast.outside.server import Asked, application, private_application
from podcast.outside.target import read_target, refuse_cut, scheme_of
from podcast.papers.downloads import fetch_pdf
from podcast.papers.online import fetch_newsletter
from podcast.pipeline.reviewing import ScriptDesk
from podcast.pipeline.serving import PublishedTree
from podcast.record import EPISODE_JSON, format_record
from podcast.review.gate import MOST_BYTES, TOO_LARGE, admit
from podcast.review.routes import answer
from podcast.show import is_base_url, load_show
from podcast.types import Preprint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from podcast.show import Show

_SLUG = "2024-06-15"
_QUIET_S = 0.03
"""Nothing for so long: the request was not whole, or the answer is."""


# ── requests to us ──────────────────────────────────────────────────────────────────────────────────────


def published(folder: Path) -> Show:
    """Make a show with one episode, of which nothing is sound but its size is right."""
    show = a_show(folder)
    settings = show.folder / "show.toml"
    settings.write_text(settings.read_text().replace('cover = ""', f'cover = "{COVER}"'))
    show = load_show(show.folder)
    home = show.episode_folder(_SLUG)
    home.mkdir(parents=True)
    episode = an_episode(_SLUG)
    for name in names_of(episode):
        (home / name).write_bytes(b"\xff\xfb" * 500)
    size = (home / f"{_SLUG}.mp3").stat().st_size
    (home / EPISODE_JSON).write_text(format_record(dataclasses.replace(episode, bytes=size)))
    shutil.copyfile(home / f"{_SLUG}.mp3", home / "episode.mp3")
    return show


class _Noted(logging.Handler):
    """Keeps what servers say of their own failures."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(self.format(record))


@contextlib.contextmanager
def _asking(run: Callable[[Callable[[str], None]], None], seeds: Callable[[str], Sequence[bytes]]) -> Iterator[Subject]:
    """Ask a server exactly as given: it answers below 500 or closes, and complains of nothing."""
    noted = _Noted()
    logging.getLogger("asyncio").addHandler(noted)
    with listening(run) as address:
        where = urlsplit(address)

        def read(data: bytes) -> object:
            received = _exchanged((str(where.hostname), where.port or 0), data)
            assert not noted.said, noted.said.pop()
            statuses = [int(line[9:12]) for line in received.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]
            assert not any(status >= 500 for status in statuses if status != 501), received[:200]
            return statuses

        yield Subject(seeds(where.netloc), read)


def _exchanged(place: tuple[str, int], data: bytes) -> bytes:
    received = bytearray()
    with contextlib.closing(socket.create_connection(place, 10)) as connection, contextlib.suppress(ConnectionError):
        connection.sendall(data)
        connection.settimeout(_QUIET_S)
        with contextlib.suppress(TimeoutError):
            while part := connection.recv(1 << 16):
                received += part
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(20)
        while part := connection.recv(1 << 16):
            received += part
    return bytes(received)


def _request(line: str, host: str, *more: str, body: str = "") -> bytes:
    return "\r\n".join([f"{line} HTTP/1.1", f"Host: {host}", *more, "Connection: close", "", body]).encode()


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[Subject]:
    """Ask `podcast serve`."""
    show = published(folder)
    app = application(PublishedTree(show).find, lambda address: is_base_url(address) is None)

    def seeds(host: str) -> Sequence[bytes]:
        mp3 = f"/episodes/{_SLUG}/{_SLUG}.mp3"
        return [
            _request("GET /", host, "Accept-Encoding: gzip, br;q=0.1"), _request(f"GET /{_SLUG}/", host),
            _request(f"GET {mp3}", host, "Range: bytes=0-9, -5", 'If-Range: "x"'), _request(f"HEAD {mp3}", host),
            _request(f"GET {mp3}", host, "If-Modified-Since: Sat, 15 Jun 2024 12:00:00 GMT", 'If-None-Match: W/"a", *'),
            _request("GET /feed.xml", "example.org", "Forwarded: for=1;host=a.org", "X-Forwarded-Prefix: /x"),
            _request("POST /", host, "Content-Length: 3", body="abc"), _request("OPTIONS *", host),
            _request("GET /%2e%2e/show.toml?x=1#y", host),
            _request("POST /", host, "Transfer-Encoding: chunked", body="3\r\nabc\r\n0\r\n\r\n"),
            _request("GET /nothing", host) * 3,
        ]  # fmt: skip

    with _asking(lambda ready: listen(app, "127.0.0.1", 0, ready), seeds) as subject:
        yield subject


_TOKEN = "a" * 43


def _desk(folder: Path) -> tuple[ScriptDesk, Path]:
    show = a_show(folder)
    path = show.script_folder(_SLUG) / "script.md"
    path.parent.mkdir(parents=True)
    path.write_bytes(SCRIPT.replace(b"heart, Bo: joe", b"hum, Bo: hum"))
    return ScriptDesk(show, path, _SLUG), path


@contextlib.contextmanager
def reviewing(folder: Path) -> Iterator[Subject]:
    """Ask `podcast review`."""
    desk, _ = _desk(folder)
    app = private_application(
        functools.partial(admit, token=_TOKEN),
        functools.partial(answer, desk=desk, token=_TOKEN),
        too_large=TOO_LARGE,
        most_bytes=MOST_BYTES,
    )

    def seeds(host: str) -> Sequence[bytes]:
        own = (
            f"X-Podcast-Review: {_TOKEN}",
            f"Origin: http://{host}",
            "Content-Type: application/json",
            "Sec-Fetch-Site: same-origin",
        )
        body = '{"segment": 0, "text": "x"}'
        return [
            _request(f"GET /?token={_TOKEN}", host), _request("GET /script", host, own[0]),
            _request("GET /version", host, own[0]),
            _request("POST /dismiss", host, *own, f"Content-Length: {len(body)}", 'If-Match: "x"', body=body),
            _request("POST /quote", host, *own, "Transfer-Encoding: chunked", body=f"1b\r\n{body}\r\n0\r\n\r\n"),
        ]  # fmt: skip

    with _asking(lambda ready: listen(app, "127.0.0.1", 0, ready), seeds) as subject:
        yield subject


_ROUTES = ("/edit", "/dismiss", "/reopen", "/approve", "/quote", "/sound")


@contextlib.contextmanager
def review_bodies(folder: Path) -> Iterator[Subject]:
    """Send JSON to what the review page asks: answered below 500, and the script can be read afterwards."""
    desk, path = _desk(folder)
    whole = path.read_bytes()

    def read(data: bytes) -> object:
        path.write_bytes(whole)
        statuses = []
        for route in _ROUTES:
            asked = Asked("POST", route, {}, {"if-match": f'"{desk.version()}"'}, 80, data)
            given = answer(asked, desk, _TOKEN)
            assert given.status < 500, given.content
            statuses.append(given.status)
        desk.state()
        return statuses

    seeds = (
        {"segment": 1, "first": 0, "count": 1, "text": "It **sorts**.\n\n**Bo:** Twice."},
        {"approved": True, "anyway": True},
        {"segment": 1, "text": "10 lists is not in the source."}, {"segment": 0}, {"id": "x", "agreed_usd": 1.0},
    )  # fmt: skip
    yield Subject([json.dumps(each).encode() for each in seeds], read)


# ── answers to us ───────────────────────────────────────────────────────────────────────────────────────


def _told_of(call: Callable[[], object]) -> str:
    """Return what a person is told if it fails."""
    try:
        call()
    except PodcastError as error:
        str(error).encode()
        return str(error)
    return ""


class _Teller:
    """A server that answers whatever it is asked with the very same bytes."""

    def __init__(self) -> None:
        self.data = b""
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # it is closed
                return
            with connection, contextlib.suppress(OSError):
                connection.settimeout(10)
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        asked = b""
        while b"\r\n\r\n" not in asked:
            part = connection.recv(1 << 16)
            if not part:
                return
            asked += part
        head, _, body = asked.partition(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        while len(body) < length and (part := connection.recv(1 << 16)):
            body += part
        connection.sendall(self.data)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(1 << 16):
            pass

    def close(self) -> None:
        """Answer nobody any more."""
        self._listener.close()


def _said(kind: str, body: bytes, *more: str, status: str = "200 OK") -> bytes:
    head = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        *more,
        "Connection: close",
        "",
        "",
    ]
    return "\r\n".join(head).encode() + body


def _of_any_length(*answers: bytes) -> list[bytes]:
    """Give each as it is, and without its length, so that a body of another length is one all the same."""
    return [*answers, *(re.sub(rb"Content-Length: \d+\r\n", b"", each, count=1) for each in answers)]


_STATUSES = (
    _said("text/plain", b"busy", "Retry-After: 1", status="429 Too Many Requests"),
    _said("text/html", b"<h1>No</h1>", status="503 Unavailable"),
    _said("text/plain", b"", "Location: /x", status="302 Found"),
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", b"HTTP/1.0 200\r\n\r\nabc",
)  # fmt: skip
_PAGE = (
    b"<html><head><title>News</title></head><body><h1>News</h1><h2>A Paper</h2><p>"
    + b"It sorts. " * 100
    + b"</p></body></html>"
)
_PDF = document([paragraph("It sorts ten lists. " * 30)])


@contextlib.contextmanager
def sites(folder: Path) -> Iterator[Subject]:
    """Fetch a page, a newsletter and a PDF from a site that answers anything."""
    teller = _Teller()
    rules = Rules(trusted=(teller.url,), resolve=lambda *_: ())
    manners = Manners((), sleep=lambda _: None)
    preprint = Preprint("2406.00001", "Sorting", "It sorts.", version=1)

    def read(data: bytes) -> object:
        teller.data = data
        fetches: tuple[Callable[[], object], ...] = (
            lambda: web.get_public(f"{teller.url}/a", rules=rules),
            lambda: fetch_newsletter(f"{teller.url}/a", (teller.url,), lambda _: None),
            lambda: fetch_pdf(preprint, folder / "papers", 100_000, teller.url, manners),
            lambda: _checked(teller.url),
        )
        for fetch in fetches:
            said = _told_of(fetch)
            assert "\n" not in said, said
        shutil.rmtree(folder / "papers", ignore_errors=True)
        return None

    seeds = _of_any_length(
        _said("text/html; charset=utf-8", _PAGE), _said("application/pdf", _PDF, 'ETag: "x"', "Accept-Ranges: bytes"),
        _said("text/plain; charset=latin-1", "Énoncé ".encode("latin-1") * 20), _said("application/rss+xml", b"<rss/>"),
        _said("text/html", gzip.compress(_PAGE, mtime=0), "Content-Encoding: gzip"), *_STATUSES,
    )  # fmt: skip
    with contextlib.closing(teller):
        yield Subject(seeds, read)


def _checked(url: str) -> object:
    """Hold what a server says of a file against the rules for servers."""
    first = web.ask("GET", url, {"range": "bytes=0-1"}, stop_after=2)
    file = of_server.ServedFile(url, "3", "audio/mpeg", web.ask("HEAD", url), first)
    return findings(of_server.RULES, of_server.ServedSubject(url, url, first, first, (file,)))


@contextlib.contextmanager
def archives(folder: Path) -> Iterator[Subject]:
    """Search an archive that answers anything."""
    del folder
    teller = _Teller()
    limits = arxiv_api.Limits(connect_s=5, read_s=5, total_s=10, patience_s=0)
    archive = Archive(f"{teller.url}/api/query", limits=limits, sleep=lambda _: None)

    def read(data: bytes) -> object:
        teller.data = data
        return archive.search("cat:cs.CL")

    listing = _said("application/atom+xml; charset=utf-8", LISTING)
    with contextlib.closing(teller):
        yield Subject(_of_any_length(listing, listing, *_STATUSES), read)


@contextlib.contextmanager
def model_services(folder: Path) -> Iterator[Subject]:
    """Ask a service for an answer and for sound, which answers anything."""
    del folder
    teller = _Teller()
    patience = Patience(5, 5, 10)
    chat, speech = ChatClient(teller.url, "sk-secret", patience), SpeechClient(teller.url, "sk-secret", patience)

    def read(data: bytes) -> object:
        teller.data = data
        for ask in (
            lambda: chat.ask(ChatRequest((Message("user", "x"),), "m", "answer", {"type": "object"}, 10)),
            lambda: speech.speak(SpeechRequest("It sorts.", "m", "v"), io.BytesIO(), 10_000),
        ):
            assert "sk-secret" not in _told_of(ask)
        return None

    refusal = b'{"error": {"message": "no such model", "type": "x", "code": "model_not_found", "param": "temperature"}}'
    seeds = _of_any_length(
        _said("application/json", _COMPLETION), _said("audio/pcm", b"\0\1" * 3000),
        _said("application/json", refusal, status="404 No"),
        _said("application/json", refusal, status="400 Bad"), *_STATUSES,
    )  # fmt: skip
    with contextlib.closing(teller):
        yield Subject(seeds, read)


# ── addresses ───────────────────────────────────────────────────────────────────────────────────────────

_ADDRESSES = (
    b"https://user:secret@example.org:8443/a/b?c=d#e", b"http://[::ffff:127.0.0.1]/", b"s3://bucket/path",
    b"sftp://me@host:22/~/x",
    b"git+https://token@github.com/a/b.git#main", b"git@github.com:a/b.git", b"/home/me/out", b"http://0x7f.1/",
    b"https://b\xc3\xbccher.de/x",
    b"file:///etc/passwd", b"simplecache::s3://a/b",
)  # fmt: skip


@contextlib.contextmanager
def addresses(folder: Path) -> Iterator[Subject]:
    """Read an address, of a service, a target, a page or a show: nothing is connected to."""
    del folder
    rules = Rules(total_s=5, resolve=lambda *_: ("127.0.0.1",))

    def read(data: bytes) -> object:
        text = data.decode("utf-8", "replace").replace("\0", "")
        for use in (
            services.missing, services.is_own, services.host, read_target, refuse_cut, scheme_of,
            parse_target,
            shown, is_base_url, Archive, functools.partial(web.get_public, rules=rules),
        ):  # fmt: skip
            _told_of(functools.partial(use, text))
        return None

    yield Subject(_ADDRESSES, read)


WIRE = (
    Reader("requests to serve", serving, 20),
    Reader("requests to review", reviewing, 10),
    Reader("review bodies", review_bodies, 2, batch=100),
    Reader("answers of sites", sites, 8),
    Reader("answers of archives", archives, 6),
    Reader("answers of services", model_services, 8),
    Reader("addresses", addresses, 20),
)
