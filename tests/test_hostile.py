"""What strangers send, and where it lands: nothing leaves its place, runs, or is obeyed."""

from __future__ import annotations

import contextlib
import csv
import io
import re
import socket
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from conftest import Podcast, make_show
from hostile import cases, outside, paths
from listening import listening
from test_review import SCRIPT, reviewing_of

from podcast.check.feed import read_feed
from podcast.check.rules import Fault
from podcast.errors import InputError
from podcast.newsletter.names import note_name
from podcast.outside import atom
from podcast.papers.taste.csv_rows import read_sheet, unshielded, write_sheet
from podcast.pipeline.serving import ServeOptions, serve
from podcast.show import checked_slug, is_base_url, is_slug, load_show

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SECRET = "seven keys under the doormat"  # noqa: S105 - planted, to be found
WAIT_S = 20


# ── paths and hosts, over real connections ──────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a show with an episode, in which a secret lies wherever one could."""
    show = make_show(tmp_path_factory.mktemp("hostile") / "show", music=False)
    show.script().parent.mkdir(parents=True)
    show.script().write_text(SCRIPT, encoding="utf-8")
    assert show("render", "2024-06-15", "--quiet").exit_code == 0
    for name in ("papers.db", "README.md", ".podcast/log/spending.jsonl", "scripts/2024-06-15/source.md", ".env"):
        path = show.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SECRET)
    options = ServeOptions("127.0.0.1", 0)
    with listening(lambda ready: serve(load_show(show.folder), options, ready, lambda _: None)) as address:
        yield address


def asked(address: str, requests: Sequence[bytes]) -> Iterator[tuple[int, bytes]]:
    """Send requests one behind another, exactly as they are; yield statuses and bodies."""
    waiting = list(reversed(requests))
    while waiting:
        with socket.create_connection((urlsplit(address).hostname, urlsplit(address).port), WAIT_S) as connection:
            received = connection.makefile("rb")
            is_open = True
            while waiting and is_open:
                connection.sendall(waiting.pop())
                status, headers, body = _answer(received)
                is_open = headers.get("connection") != "close"
                yield status, body


def _answer(received: io.BufferedIOBase) -> tuple[int, dict[str, str], bytes]:
    status = int(received.readline().split()[1])
    headers: dict[str, str] = {}
    while (line := received.readline().strip()) != b"":
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    return status, headers, received.read(int(headers.get("content-length", "0")))


def test_no_path_of_five_hundred_leads_out_of_what_is_published(served: str) -> None:
    """404 or 400 for each, and the same page for all: nothing of the show, nor whether something is there."""
    wanted = paths()
    assert len(wanted) >= 500
    requests = [b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" % path for path in wanted]
    answers = list(asked(served, requests))
    found = {path: status for path, (status, _) in zip(wanted, answers, strict=True) if status not in {400, 404}}
    assert found == {}
    assert len({body for status, body in answers if status == 404}) == 1
    assert not any(SECRET.encode() in body or b"title =" in body for _, body in answers)


def test_no_name_that_is_no_plain_address_is_repeated_to_whoever_asks_by_it(served: str) -> None:
    """A feed begins all its addresses with the name that it was asked by, or with the server's own."""
    port = urlsplit(served).port or 0
    for host in cases("hosts"):
        name = host.replace("{port}", str(port))
        request = f"GET /feed.xml HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode()
        ((status, body),) = asked(served, [request])
        if status == 400:
            continue
        assert status == 200, name
        repeated = set(re.findall(rb'<enclosure [^>]*url="(https?://[^"]*?/)episodes/', body))
        plain = f"http://{name}/"
        assert repeated <= {served.encode(), *([] if is_base_url(plain) else [plain.encode()])}, name
        assert len(repeated) == 1


def test_no_name_made_to_point_here_opens_a_review(tmp_path: Path) -> None:
    """DNS rebinding: with the token and all that a browser would send, only this machine's own two names do."""
    show = make_show(tmp_path / "show", music=False)
    show.script().parent.mkdir(parents=True)
    show.script().write_text(SCRIPT, encoding="utf-8")
    with reviewing_of(show) as address:
        where, own = urlsplit(address), f"127.0.0.1:{urlsplit(address).port}"
        token = where.query.partition("=")[2]
        let_in = []
        for host in [own, *(each.replace("{port}", str(where.port)) for each in cases("hosts"))]:
            head = f"Host: {host}\r\nOrigin: http://{host}\r\nX-Podcast-Review: {token}\r\nConnection: close\r\n"
            for line in (f"GET /?token={token}", "GET /script", "POST /edit"):
                request = f"{line} HTTP/1.1\r\n{head}Content-Type: application/json\r\nContent-Length: 0\r\n\r\n"
                ((status, body),) = asked(address, [request.encode()])
                if status in {400, 403}:
                    assert token.encode() not in body
                    assert b"Welcome" not in body
                else:
                    let_in.append(host)
    assert set(let_in) == {own}


# ── spreadsheets ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_no_spreadsheet_finds_a_formula(delimiter: str) -> None:
    """Whichever sign it takes for the end of a field; if it is another than ours, our quotation marks are no help."""
    fields = cases("formulas")
    text = write_sheet(("title", "abstract"), [(field, f"Words. {field}") for field in fields])
    kept = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    naive = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=csv.QUOTE_NONE)
    for cell in (cell for sheet in ((kept,) if delimiter == "," else (kept, naive)) for row in sheet for cell in row):
        assert not re.match(r'["\s]*[=+\-@\uff1d\uff0b\uff0d\uff20]', cell), cell


def test_what_was_shielded_from_spreadsheets_comes_back_as_it_was() -> None:
    """Every field of them."""
    fields = cases("formulas")
    sheet = read_sheet(write_sheet(("a",), [(field,) for field in fields]).encode(), "a.csv")
    assert [unshielded(row.fields["a"]) for row in sheet.rows] == fields


# ── terminals ───────────────────────────────────────────────────────────────────────────────────────────

OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def test_no_title_is_obeyed_by_a_terminal(podcast: Podcast, tmp_path: Path) -> None:
    """Whatever is told of a newsletter whose titles, sentences and authors are orders to a terminal."""
    orders = [order for order in cases("terminal") if "\0" not in order]  # with one it is no text
    papers = "".join(
        f"### Paper {at} {order}\n\nIt is {order} fast, by {order}.\n\n" for at, order in enumerate(orders)
    )
    source = tmp_path / "newsletter.md"
    source.write_bytes(f"# Papers of June 15, 2024\n\n## Highlights\n\n{papers}".encode("utf-8", "surrogatepass"))
    commands = [
        ("script", source), ("script", source, "--json", "--slug", "b"), ("check",), ("check", "--json"),
        ("make", source, "--dry-run", "--slug", "c"), ("script", source, "--section", orders[0], "--slug", "d"),
    ]  # fmt: skip
    for command in commands:
        ran = podcast(*command)
        assert ran.exit_code in {0, 1, 2}, ran.stderr
        assert not OBEYED.search(ran.stdout + ran.stderr)
    (written,) = podcast.folder.glob("scripts/20*/script.md")
    assert "Paper 7" in written.read_text("utf-8")


@pytest.mark.parametrize("order", cases("terminal"))
def test_no_name_of_a_file_is_obeyed_by_a_terminal(podcast: Podcast, order: str) -> None:
    """It is repeated in the sentence that says what is wrong with it."""
    ran = podcast("script", f"{order}.md")
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert not OBEYED.search(ran.stderr)


# ── XML ─────────────────────────────────────────────────────────────────────────────────────────────────

ENTRY = (
    "<entry><id>http://arxiv.org/abs/2406.00001v1</id><title>&a;</title><summary>&a;</summary>"
    "<published>2024-06-10T12:00:00Z</published><updated>2024-06-10T12:00:00Z</updated></entry>"
)
RSS = "<rss version='2.0'><channel><title>&a;</title><link>&a;</link><description>&i;&a;</description></channel></rss>"


@contextlib.contextmanager
def unasked() -> Iterator[str]:
    """Yield an address of this machine that nobody may ask for anything."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield f"127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize("case", cases("xml"), ids=lambda case: case["name"])
def test_a_document_has_nothing_fetched_read_or_multiplied(case: dict[str, str], tmp_path: Path) -> None:
    """Entities, from a listing or in a feed that is checked: refused, or left as they are."""
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    with unasked() as loopback:
        prolog = case["prolog"].replace("LOOPBACK", loopback).replace("/SECRET", str(secret))
        with pytest.raises(atom.UnusableError):
            atom.read(f"{prolog}<feed xmlns='http://www.w3.org/2005/Atom'>{ENTRY}</feed>".encode(), "text/xml")
        found = read_feed(f"{prolog}{RSS}".encode(), "feed.xml", lambda _: None)
    if not isinstance(found, Fault):
        text = "".join(found.channel.itertext())
        assert SECRET not in text
        assert len(text) < 100


# ── names ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", cases("names"), ids=range(len(cases("names"))))
def test_no_name_of_an_episode_is_a_way_out(name: str) -> None:
    """It is one plain folder's, or refused."""
    try:
        assert checked_slug(name) == name
    except InputError:
        assert not is_slug(name)
    else:
        assert is_slug(name)
        assert Path("show", name).resolve().parent == Path("show").resolve()


@pytest.mark.parametrize("name", cases("names"), ids=range(len(cases("names"))))
def test_a_note_is_a_file_in_its_vault_whatever_its_paper_is_called(name: str) -> None:
    """Also by an id that is none."""
    for found in (note_name(name, ""), note_name("A", name), note_name(name, name)):
        assert Path("vault", found).parts == ("vault", found)
        assert not found.startswith(".")
        assert not re.search(r'[\x00-\x1f\x7f<>:"/\\|?*]', found)


SCRIPT_OF = """\
---
title: Papers
date: 2024-06-15
{field}: {value}
---

## Welcome

Some words to say.
"""
FIELDS = ("voice", "source", "section", "speakers")


def test_nothing_outside_of_a_show_is_read_or_written_whatever_its_scripts_name(tmp_path: Path) -> None:
    """Voices, sources and slugs that lead elsewhere are refused in a sentence, and all around stays as it was."""
    home = tmp_path / "home" / "deep"
    show = make_show(home / "show", music=False)
    for place in (tmp_path, home):
        (place / "x").write_text(SECRET)
        (place / "x.toml").write_text(f'engine = "tone"\nvoice = "{SECRET}"\n')
    before = outside(tmp_path, show.folder)
    show.script().parent.mkdir(parents=True)
    for name in ("../x", "../../x", "../../../x", str(home / "x"), "..\\x", "../../../../x", "x/../../x"):
        for field in FIELDS:
            value = f"{{Ada: {name!r}}}" if field == "speakers" else repr(name)
            show.script().write_text(SCRIPT_OF.format(field=field, value=value), encoding="utf-8")
            for command in (("check", "2024-06-15"), ("render", "2024-06-15", "--dry-run")):
                ran = show(*command)
                assert ran.exit_code in {0, 1, 2}, (field, name, ran.stderr)
                assert SECRET not in ran.stdout + ran.stderr, (field, name)
        for arguments in (("script", "--slug", name, home / "x"), ("render", name), ("review", name), ("check", name)):
            ran = show(*arguments)
            assert ran.exit_code in {1, 2}, (arguments, ran.stderr)
            assert SECRET not in ran.stdout + ran.stderr, arguments
    assert outside(tmp_path, show.folder) == before


# ── pictures ────────────────────────────────────────────────────────────────────────────────────────────


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """Return a PNG that says it is so large, and has these chunks."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    written = [(b"IHDR", head), *chunks, (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in written)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


BOMB = zlib.compress(bytes(300_000_000), 9)
ENOUGH = "pixels of 300 MB"
"""Of which it says that it shows 6 MB, and those are taken."""

LYING = {
    "four thousand million pixels": png(65_535, 65_535),
    "no pixels": png(0, 0),
    "more than a number holds": png(0xFFFFFFFF, 0xFFFFFFFF),
    "a text of 300 MB": png(1400, 1400, (b"zTXt", b"Comment\0\0" + BOMB)),
    "another text of 300 MB": png(1400, 1400, (b"iTXt", b"Comment\0\1\0\0\0" + BOMB)),
    "colours of 300 MB": png(1400, 1400, (b"iCCP", b"icc\0\0" + BOMB)),
    ENOUGH: png(1400, 1400, (b"IDAT", BOMB)),
    "a chunk without an end": png(1400, 1400)[:50] + b"\xff\xff\xff\xffIDAT",
    "SVG": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><image href='file:///etc/passwd'/></svg>",
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1400 1400\n(/etc/passwd) (r) file\n",
    "a page": b"<!DOCTYPE html><script>alert(1)</script>",
    "a PDF": b"%PDF-1.7\n",
    "GIF of 65,535 by 65,535": b"GIF89a\xff\xff\xff\xff\x80" + bytes(8) + b",\0\0\0\0\xff\xff\xff\xff\0\2\2L\1\0;",
    "TIFF that leads to itself": b"II*\0\x08\0\0\0\1\0\0\1\3\0\1\0\0\0\1\0\0\0\x08\0\0\0",
    "nothing": b"",
    "zeros": bytes(100_000),
}  # fmt: skip

MEASURED = """
import resource, sys
from pathlib import Path
from podcast.check.artwork import picture_problems
from podcast.errors import InputError
from podcast.feed.picture import open_picture
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for name in sys.argv[1:]:
    path = Path(name)
    list(picture_problems(path, ".png"))
    try:
        open_picture(path.read_bytes(), path)
        print("taken")
    except InputError as error:
        print("refused", str(error).count(chr(10)))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere memory is counted in other units")
def test_a_picture_that_lies_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    """By whoever publishes it and by whoever checks it, in one sentence and less than 150 MB."""
    paths = [tmp_path / f"{at}.png" for at in range(len(LYING))]
    for path, data in zip(paths, LYING.values(), strict=True):
        path.write_bytes(data)
    command = [sys.executable, "-c", MEASURED, *map(str, paths)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    *told, grown_kb = ran.stdout.splitlines()
    assert dict(zip(LYING, told, strict=True)) == dict.fromkeys(LYING, "refused 0") | {ENOUGH: "taken"}
    assert int(grown_kb) < 150_000
    assert ran.stderr == ""
