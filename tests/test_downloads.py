"""PDFs of preprints: whole and verified, gone on with after any interruption, bounded, kept by version."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
import web_server
from conftest import at_most
from web_server import Handler, Reply, Site, file, page, redirect, status

from podcast.errors import OutsideError
from podcast.outside.saving import Manners
from podcast.papers.downloads import fetch_pdf, manners_towards
from podcast.types import Preprint

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAPER = Preprint("2405.20233", "Grokfast", version=2)
PATH = "/pdf/2405.20233v2"
PDF = b"%PDF-1.5\n" + bytes(range(256)) * 1000 + b"\n%%EOF\n"
HALF = len(PDF) // 2
MOST_BYTES = 1_000_000


@pytest.fixture
def site() -> Iterator[Site]:
    """Return a server on this machine."""
    with web_server.serving() as site:
        yield site


class Patience:
    """Waits without waiting, and counts how often it may ask."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.requests = 0

    def ask(self) -> None:
        """Count a request."""
        self.requests += 1

    @property
    def manners(self) -> Manners:
        """Three more attempts."""
        return Manners((3, 10, 30), self.slept.append, self.ask)


def fetch(site: Site, folder: Path, paper: Preprint = PAPER, most_bytes: int = MOST_BYTES) -> Path:
    """Fetch a paper's PDF without waiting."""
    return fetch_pdf(paper, folder, most_bytes, site.url, Patience().manners)


def left_in(folder: Path) -> list[str]:
    """Name what lies there, besides the locks."""
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith(".lock"))


# ── whole ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_pdf_is_fetched_once(site: Site, tmp_path: Path) -> None:
    """By id and version; the next run finds it."""
    site.has(PATH, file(PDF))
    path = fetch(site, tmp_path / "pdf")
    assert (path.name, path.read_bytes()) == ("2405.20233v2.pdf", PDF)
    assert fetch(site, tmp_path / "pdf") == path
    assert [(asked.path, asked.range) for asked in site.asked] == [(PATH, None)]
    assert left_in(path.parent) == ["2405.20233v2.pdf", "2405.20233v2.sha256"]


def test_another_version_is_another_pdf(site: Site, tmp_path: Path) -> None:
    """Neither replaces the other."""
    site.has(PATH, file(PDF))
    site.has("/pdf/2405.20233v1", file(PDF + b"%%EOF"))
    first = fetch(site, tmp_path, dataclasses.replace(PAPER, version=1))
    assert fetch(site, tmp_path) != first
    assert first.read_bytes() != PDF


def test_an_old_id_has_a_name_in_the_same_folder(site: Site, tmp_path: Path) -> None:
    """Its slash makes no folder."""
    site.has("/pdf/math.GT/0309136v1", file(PDF))
    assert fetch(site, tmp_path, Preprint("math.GT/0309136", "Knots")) == tmp_path / "math.GT_0309136v1.pdf"


@pytest.mark.parametrize(
    "paper_id",
    ["../../etc/passwd", "/etc/passwd", "2405.20233/../x", "2405.20233v1", "pdf:0123456789abcdef", "", "٢٤٠٥.٢٠٢٣٣"],
)
def test_what_is_no_id_is_neither_a_path_nor_asked_for(site: Site, tmp_path: Path, paper_id: str) -> None:
    """Ids come from elsewhere."""
    with pytest.raises(OutsideError, match="not on arXiv, so its abstract is used"):
        fetch(site, tmp_path / "pdf", Preprint(paper_id, "Some title"))
    assert site.asked == []
    assert not (tmp_path / "pdf").exists()


@pytest.mark.parametrize("damage", [b"", PDF[:-1], PDF.replace(b"\x05", b"\x06", 1)])
def test_a_damaged_pdf_is_fetched_again(site: Site, tmp_path: Path, damage: bytes) -> None:
    """A single byte is enough."""
    site.has(PATH, file(PDF))
    fetch(site, tmp_path).write_bytes(damage)
    assert fetch(site, tmp_path).read_bytes() == PDF
    assert site.ranges == [None, None]


def test_redirects_are_followed(site: Site, tmp_path: Path) -> None:
    """As arXiv does from address to address."""
    site.has(PATH, redirect("/elsewhere.pdf"))
    site.has("/elsewhere.pdf", file(PDF))
    assert fetch(site, tmp_path).read_bytes() == PDF


def test_a_redirect_home_is_refused(site: Site, tmp_path: Path) -> None:
    """Trust in one origin is none in another on the same machine."""
    with web_server.serving() as other:
        site.has(PATH, redirect(other.has("/secret", file(PDF))))
        with pytest.raises(OutsideError, match=r"2405\.20233v2: its PDF did not come, so its abstract is used"):
            fetch(site, tmp_path)
        assert other.asked == []


# ── in parts ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_connection_that_breaks_is_gone_on_with(site: Site, tmp_path: Path) -> None:
    """Only the rest is asked for, of the same version."""
    site.has(PATH, file(PDF, stop_after=HALF), file(PDF, stop_after=1000), file(PDF))
    assert fetch(site, tmp_path).read_bytes() == PDF
    assert site.ranges == [None, f"bytes={HALF}-", f"bytes={HALF + 1000}-"]
    assert [asked.headers.get("if-range") for asked in site.asked] == [None, '"1"', '"1"']


def test_a_date_tells_versions_apart_where_there_is_no_tag(site: Site, tmp_path: Path) -> None:
    """A weak tag does not: it may be the same for other bytes."""
    date = "Fri, 31 May 2024 00:00:00 GMT"
    site.has(PATH, file(PDF, tag='W/"1"', stop_after=HALF, last_modified=date), file(PDF, tag=None, last_modified=date))
    assert fetch(site, tmp_path).read_bytes() == PDF
    assert site.asked[1].headers["if-range"] == date


def without_ranges(content: bytes, stop_after: int | None = None, tag: str | None = '"1"') -> Reply:
    """Send all of it, whatever was asked for."""
    return page(content[:stop_after], "application/pdf", content_length=len(content), etag=tag)


@pytest.mark.parametrize(
    "second",
    [
        without_ranges(PDF),
        file(PDF, tag='"2"'),
        file(PDF, content_range=f"bytes 0-9/{len(PDF)}"),
        file(PDF, content_range=f"bytes {HALF}-{len(PDF)}/{len(PDF) + 1}"),
        file(PDF, content_range="nonsense"),
        file(PDF, content_range=None),
        file(PDF, etag='"3"'),
        file(PDF[:HALF]),
    ],
    ids=["no ranges", "changed", "other part", "other length", "nonsense", "no range said", "changed tag", "shorter"],
)
def test_what_does_not_go_on_with_the_same_begins_anew(site: Site, tmp_path: Path, second: Reply) -> None:
    """Never do two versions end in one file."""
    site.has(PATH, file(b"%PDF-0" + PDF[6:], stop_after=HALF), second, file(PDF, tag='"9"'))
    assert fetch(site, tmp_path).read_bytes() == PDF


def test_without_a_version_nothing_is_gone_on_with(site: Site, tmp_path: Path) -> None:
    """Nobody could tell whether it is the rest of the same."""
    site.has(PATH, without_ranges(PDF, HALF, tag=None), without_ranges(PDF, tag=None))
    assert fetch(site, tmp_path).read_bytes() == PDF
    assert site.ranges == [None, None]


def test_a_short_pdf_is_never_taken_for_a_whole_one(site: Site, tmp_path: Path) -> None:
    """What has come is kept: the next run asks for the rest only."""
    site.has(PATH, file(PDF, stop_after=1000))
    with pytest.raises(OutsideError, match=r"2405\.20233v2: its PDF did not come, so its abstract is used \(http"):
        fetch(site, tmp_path)
    assert site.ranges == [None, "bytes=1000-", "bytes=2000-", "bytes=3000-"]
    site.has(PATH, file(PDF))
    assert fetch(site, tmp_path).read_bytes() == PDF
    assert site.ranges[4:] == ["bytes=4000-"]
    assert left_in(tmp_path) == ["2405.20233v2.pdf", "2405.20233v2.sha256"]


def of_unknown_length(content: bytes) -> Reply:
    """Send it until the connection closes."""
    return page(content, "application/pdf", content_length=None, etag='"1"')


def test_without_a_length_its_end_says_that_it_is_whole(site: Site, tmp_path: Path) -> None:
    """A cut one is asked for again."""
    site.has(PATH, of_unknown_length(PDF[:HALF]), of_unknown_length(PDF))
    assert fetch(site, tmp_path).read_bytes() == PDF


def test_a_whole_that_nobody_knew_to_be_whole_is_found_out(site: Site, tmp_path: Path) -> None:
    """A run was killed behind the last byte: nothing lies beyond it."""
    (tmp_path / "2405.20233v2.pdf.part").write_bytes(PDF + b"%%EOF")
    (tmp_path / "2405.20233v2.pdf.part.json").write_text(
        f'{{"url": "{site.url}{PATH}", "validator": "\\"1\\"", "length": null}}'
    )
    site.has(PATH, file(PDF + b"%%EOF"))
    assert fetch(site, tmp_path).read_bytes() == PDF + b"%%EOF"
    assert site.ranges == [f"bytes={len(PDF) + 5}-"]


@pytest.mark.parametrize("note", [None, b"", b"{}", b"[]", b'{"url": "https://elsewhere/"}'])
def test_parts_of_nobody_knows_what_are_not_gone_on_with(site: Site, tmp_path: Path, note: bytes | None) -> None:
    """They make way."""
    (tmp_path / "2405.20233v2.pdf.part").write_bytes(b"something else")
    if note is not None:
        (tmp_path / "2405.20233v2.pdf.part.json").write_bytes(note)
    site.has(PATH, file(PDF))
    assert fetch(site, tmp_path).read_bytes() == PDF
    assert site.ranges == [None]


_FETCH = """
import sys
from pathlib import Path
from podcast.papers.downloads import fetch_pdf
from podcast.types import Preprint
fetch_pdf(Preprint("2405.20233", "Grokfast", version=2), Path(sys.argv[2]), 1_000_000, sys.argv[1])
"""


def test_a_killed_run_is_gone_on_with(site: Site, tmp_path: Path) -> None:
    """The server sends each byte once."""

    def half_then_wait(handler: Handler) -> None:
        file(PDF, stop_after=HALF)(handler)
        handler.site.closing.wait(30)

    site.has(PATH, half_then_wait, file(PDF))
    part = tmp_path / "2405.20233v2.pdf.part"
    run = subprocess.Popen([sys.executable, "-c", _FETCH, site.url, str(tmp_path)])
    with at_most(30):
        while not (part.exists() and part.stat().st_size > HALF // 2):
            assert run.poll() is None
            time.sleep(0.01)
    run.kill()
    run.wait()
    has = part.stat().st_size
    assert 0 < has <= HALF
    assert fetch(site, tmp_path).read_bytes() == PDF
    assert site.ranges == [None, f"bytes={has}-"]
    assert left_in(tmp_path) == ["2405.20233v2.pdf", "2405.20233v2.sha256"]


def test_what_came_before_a_power_cut_is_not_built_on(site: Site, tmp_path: Path) -> None:
    """It has its length, and zeros for what had not reached the disk: the server is asked for all of it again."""
    (tmp_path / "2405.20233v2.pdf.part").write_bytes(PDF[:HALF] + bytes(len(PDF) - HALF))
    note = {"url": f"{site.url}{PATH}", "validator": '"1"', "length": len(PDF), "boot": "another"}
    (tmp_path / "2405.20233v2.pdf.part.json").write_text(json.dumps(note))
    site.has(PATH, file(PDF))
    assert fetch(site, tmp_path).read_bytes() == PDF
    assert site.ranges == [None]


def test_several_runs_at_once_fetch_it_once(site: Site, tmp_path: Path) -> None:
    """The others wait for the one that is at it."""

    def slowly(handler: Handler) -> None:
        time.sleep(0.2)
        file(PDF)(handler)

    site.has(PATH, slowly)
    runs = [threading.Thread(target=fetch, args=(site, tmp_path)) for _ in range(4)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert site.ranges == [None]
    assert (tmp_path / "2405.20233v2.pdf").read_bytes() == PDF


# ── bounded ─────────────────────────────────────────────────────────────────────────────────────────────


def huge(handler: Handler) -> None:
    """Send a PDF that does not end, without saying so."""
    handler.begin(200, content_type="application/pdf")
    handler.wfile.write(b"%PDF-1.5\n")
    while not handler.site.closing.is_set():
        handler.wfile.write(bytes(1 << 16))


@pytest.mark.parametrize(
    "reply", [page(b"%PDF-1.5\n", "application/pdf", content_length=2_000_000_000), huge], ids=["says so", "does not"]
)
def test_a_pdf_of_two_gigabytes_is_refused_at_once(site: Site, tmp_path: Path, reply: Reply) -> None:
    """And nothing of it stays."""
    site.has(PATH, reply)
    with at_most(5), pytest.raises(OutsideError, match="has more than 1 MB"):
        fetch(site, tmp_path)
    assert len(site.asked) == 1
    assert left_in(tmp_path) == []


def test_parts_count_together(site: Site, tmp_path: Path) -> None:
    """A server that goes on beyond what it promised is stopped, too."""
    site.has(PATH, of_unknown_length(PDF[:HALF]))
    with pytest.raises(OutsideError, match="without its end"):
        fetch(site, tmp_path)
    site.has(PATH, file(PDF, stop_after=HALF), file(PDF + bytes(MOST_BYTES)))
    with pytest.raises(OutsideError, match="has more than 1 MB"):
        fetch(site, tmp_path)
    assert left_in(tmp_path) == []


# ── what is none ────────────────────────────────────────────────────────────────────────────────────────

BEING_MADE = page(b"<html><title>Please wait</title>Your PDF is being generated.</html>")


def test_a_pdf_that_is_being_made_is_waited_for(site: Site, tmp_path: Path) -> None:
    """ArXiv says so in a page."""
    site.has(PATH, BEING_MADE, file(PDF))
    assert fetch(site, tmp_path).read_bytes() == PDF


@pytest.mark.parametrize(
    ("reply", "says", "asks"),
    [
        (BEING_MADE, "is still being made", 4),
        (page(b"<!DOCTYPE html><meta name=generator>PDF unavailable for this paper"), "sent a web page", 1),
        (page(b"%PDF-1.5"[1:] + bytes(2000), "application/pdf"), "something that is no PDF", 1),
        (page(b"", "application/pdf"), "something that is no PDF", 1),
        (page(b"%PDF-1.5", "application/pdf", content_encoding="gzip"), "came packed", 1),
        (status(404), "status 404", 1),
        (status(403), "status 403", 1),
        (status(206), "status 206", 1),
        (status(416), "status 416", 1),
        (status(503), "status 503", 4),
        (status(429), "status 429", 4),
        (web_server.reset, "broke off", 4),
    ],
)
def test_what_is_no_pdf_is_named(site: Site, tmp_path: Path, reply: Reply, says: str, asks: int) -> None:
    """With the paper, and what happens now; what may pass is asked for again."""
    site.has(PATH, reply)
    with pytest.raises(OutsideError, match=says) as refused:
        fetch(site, tmp_path)
    assert str(refused.value).startswith("arXiv:2405.20233v2: its PDF did not come, so its abstract is used (")
    assert len(site.asked) == asks
    assert left_in(tmp_path) == []


def test_servers_are_left_alone_for_as_long_as_they_ask(site: Site, tmp_path: Path) -> None:
    """Longer each time, and every request waits for its turn."""
    site.has(PATH, status(503, retry_after=20), status(500), status(429, retry_after=1), file(PDF))
    patience = Patience()
    fetch_pdf(PAPER, tmp_path, MOST_BYTES, site.url, patience.manners)
    assert patience.slept == [20, 10, 30]
    assert patience.requests == 4


def test_a_server_that_wants_to_be_left_alone_for_an_hour_is(site: Site, tmp_path: Path) -> None:
    """A newsletter does not wait that long."""
    site.has(PATH, status(503, retry_after=3600))
    patience = Patience()
    with pytest.raises(OutsideError, match="status 503"):
        fetch_pdf(PAPER, tmp_path, MOST_BYTES, site.url, patience.manners)
    assert (patience.slept, patience.requests) == ([], 1)


def test_only_other_people_s_servers_are_paced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One request in three seconds, of all runs of this user."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    manners_towards("http://127.0.0.1:8000").before()
    assert not list(tmp_path.rglob("*"))
    manners_towards("https://arxiv.org").before()
    assert list(tmp_path.rglob("*"))
