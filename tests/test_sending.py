"""What a client is sent: a whole or a part, plain or compressed, or word that it has it already."""

from __future__ import annotations

import gzip
import io
import os
import threading
import time
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podcast.errors import InputError
from podcast.outside.conditions import date_s, http_date, is_text, precondition, range_counts, takes_gzip
from podcast.outside.forwarded import LONGEST_ADDRESS, asked_address, is_believed, networks
from podcast.outside.kept import Kept
from podcast.outside.ranges import MOST_RANGES, Part, wanted_parts
from podcast.outside.sending import Found, Sending, sending
from podcast.show import is_base_url

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TAG = '"abc"'
DAY_S = 1_718_452_800
DAY, BEFORE, AFTER = http_date(DAY_S), http_date(DAY_S - 1), http_date(DAY_S + 1)
OK, KNOWN, FAILED = HTTPStatus.OK, HTTPStatus.NOT_MODIFIED, HTTPStatus.PRECONDITION_FAILED

# ── conditions ──────────────────────────────────────────────────────────────────────────────────────────

CONDITIONS: list[tuple[dict[str, str], HTTPStatus]] = [
    ({}, OK),
    ({"if-none-match": TAG}, KNOWN),
    ({"if-none-match": f"W/{TAG}"}, KNOWN),
    ({"if-none-match": f'"x", W/"y,z" ,{TAG}'}, KNOWN),
    ({"if-none-match": "*"}, KNOWN),
    ({"if-none-match": '"x", "y"'}, OK),
    ({"if-none-match": '"x,"abc"'}, OK),
    ({"if-none-match": "abc"}, OK),
    ({"if-none-match": ""}, OK),
    ({"if-none-match": '"x"', "if-modified-since": AFTER}, OK),  # the tag alone counts
    ({"if-modified-since": DAY}, KNOWN),
    ({"if-modified-since": AFTER}, KNOWN),
    ({"if-modified-since": BEFORE}, OK),
    ({"if-modified-since": "Saturday, 15-Jun-24 12:00:00 GMT"}, KNOWN),
    ({"if-modified-since": "Sat Jun 15 12:00:00 2024"}, KNOWN),
    ({"if-modified-since": "yesterday"}, OK),
    ({"if-match": TAG}, OK),
    ({"if-match": "*"}, OK),
    ({"if-match": f"W/{TAG}"}, FAILED),
    ({"if-match": '"x"'}, FAILED),
    ({"if-match": TAG, "if-unmodified-since": BEFORE}, OK),
    ({"if-unmodified-since": DAY}, OK),
    ({"if-unmodified-since": BEFORE}, FAILED),
    ({"if-unmodified-since": "some day"}, OK),
    ({"if-match": TAG, "if-none-match": TAG}, KNOWN),
]


@pytest.mark.parametrize(("headers", "status"), CONDITIONS)
def test_what_a_client_has_is_not_sent_again(headers: dict[str, str], status: HTTPStatus) -> None:
    """RFC 9110, 13: tags in lists, weak ones where a weak one will do, dates of all three kinds only without tags."""
    assert precondition(headers, TAG, DAY_S) == status


IF_RANGES = {TAG: True, '"x"': False, f"W/{TAG}": False, DAY: True, BEFORE: False, AFTER: False, "x": False, "": False}


@pytest.mark.parametrize(("known", "counts"), IF_RANGES.items())
def test_a_part_belongs_to_what_the_client_has(known: str, counts: bool) -> None:  # noqa: FBT001 - of the table
    """If-Range: the very tag, or the very date; never one that only says that it looks the same."""
    assert range_counts({"if-range": known}, TAG, DAY_S) is counts
    assert range_counts({}, TAG, DAY_S)


@given(st.text(max_size=40))
def test_no_date_breaks_anything(text: str) -> None:
    """Whatever a client calls a date is one or is none."""
    assert date_s(text) is None or isinstance(date_s(text), int)


# ── compression ─────────────────────────────────────────────────────────────────────────────────────────

ENCODINGS = {
    "gzip": True, "GZIP": True, "x-gzip": True, "gzip, deflate, br": True, "br;q=1.0, gzip;q=0.8, *;q=0.1": True,
    "*": True, "deflate, *;q=0.5": True, "gzip;q=0.001": True, "gzip ; q=1": True, "identity;q=0.5, gzip": True,
    "identity;q=0, gzip;q=0.1": True,
    "": False, "identity": False, "br": False, "deflate, br, zstd": False, "gzip;q=0": False, "gzip;q=0.000": False,
    "*;q=0": False, "gzip;q=0, *": False, "x": False, "gzip;q=0.5, identity;q=0.9": False, "gzip;q=nonsense": False,
    ",,;": False,
}  # fmt: skip


@pytest.mark.parametrize(("header", "takes"), ENCODINGS.items())
def test_gzip_is_for_those_who_take_it(header: str, takes: bool) -> None:  # noqa: FBT001 - of the table
    """RFC 9110, 12.5.3: a weight of 0 says no, a star stands for what is not named."""
    assert takes_gzip(header) is takes


KINDS = {
    "text/html; charset=utf-8": True, "text/css": True, "text/javascript": True, "application/json": True,
    "application/json+chapters": True, "application/rss+xml; charset=utf-8": True, "application/xml": True,
    "text/vtt; charset=utf-8": True, "application/x-subrip": True, "text/plain": True, "image/svg+xml": True,
    "audio/mpeg": False, "image/jpeg": False, "image/png": False, "application/octet-stream": False,
}  # fmt: skip


@pytest.mark.parametrize(("kind", "is_it"), KINDS.items())
def test_sound_and_pictures_are_no_text(kind: str, is_it: bool) -> None:  # noqa: FBT001 - of the table
    """They are compressed already; compressing them again takes time and makes them longer."""
    assert is_text(kind) is is_it


# ── parts ───────────────────────────────────────────────────────────────────────────────────────────────

PARTS: dict[str, tuple[Part, ...] | None] = {
    "bytes=0-9": (Part(0, 10),),
    "bytes=90-": (Part(90, 100),),
    "bytes=90-1000": (Part(90, 100),),
    "bytes=-10": (Part(90, 100),),
    "bytes=-1000": (Part(0, 100),),
    "Bytes = 5-5": (Part(5, 6),),
    "bytes=0-0,-1": (Part(0, 1), Part(99, 100)),
    "bytes=50-59, 0-9 ,, 20-29": (Part(0, 10), Part(20, 30), Part(50, 60)),
    "bytes=0-50,40-60,61-70": (Part(0, 71),),
    "bytes=0-9,100-": (Part(0, 10),),
    "bytes=100-": (),
    "bytes=-0": (),
    "bytes=100-,200-": (),
    "bytes=": None, "bytes=,": None, "bytes=-": None, "bytes=5-4": None, "bytes=a-b": None, "bytes=1-2-3": None,
    "bytes=--5": None, "bytes=0x1-2": None, "bytes=0-9,x": None, "items=0-9": None, "0-9": None, "": None,
    "bytes=" + "9" * 30 + "-": None, "bytes=٣-٥": None,
    "bytes=" + ",".join(f"{2 * at}-{2 * at}" for at in range(MOST_RANGES)): tuple(
        Part(2 * at, 2 * at + 1) for at in range(MOST_RANGES)
    ),
    "bytes=" + ",".join(f"{2 * at}-{2 * at}" for at in range(MOST_RANGES + 1)): None,
    "bytes=" + "0-," * 5000: None,
}  # fmt: skip


@pytest.mark.parametrize(("header", "parts"), PARTS.items(), ids=range(len(PARTS)))
def test_the_parts_of_a_hundred_bytes(header: str, parts: tuple[Part, ...] | None) -> None:
    """RFC 9110, 14: what is no range is ignored, what is beyond the end is refused, and nothing is sent twice."""
    assert wanted_parts(header, 100) == parts


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=MOST_RANGES), st.integers(1, 25)
)
def test_every_byte_that_is_wanted_is_sent_once(wanted: list[tuple[int, int]], size: int) -> None:
    """In their order, whatever is asked for."""
    pairs = [(min(pair), max(pair)) for pair in wanted]
    parts = wanted_parts("bytes=" + ",".join(f"{start}-{end}" for start, end in pairs), size)
    assert parts is not None
    sent = [at for part in parts for at in range(part.start, part.stop)]
    assert sent == sorted({at for start, end in pairs for at in range(start, end + 1) if at < size})


# ── all together ────────────────────────────────────────────────────────────────────────────────────────


def page(data: bytes, kind: str = "text/html", version: str = "abc") -> Found:
    """Something that is made when it is asked for."""
    return Found(lambda: data, kind, version, DAY_S)


def sent(found: Found, kept: Kept[bytes] | None = None, **headers: str) -> tuple[Sending, bytes]:
    """What is decided, and what goes over the line."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = sending(found, named, kept or Kept(10_000_000, len))
    file = answer.file or io.BytesIO()
    with file:
        body = b"".join(piece if isinstance(piece, bytes) else _part(file, piece) for piece in answer.pieces)
    return answer, body


def _part(file: io.BytesIO | object, part: Part) -> bytes:
    assert isinstance(file, io.IOBase)
    file.seek(part.start)
    return bytes(file.read(len(part)))


TEXT = b"All those words. " * 500


def test_the_compressed_form_has_a_tag_of_its_own(tmp_path: Path) -> None:
    """A 304 or a part of one form is none of the other; caches are told what it depends on."""
    (tmp_path / "a.vtt").write_bytes(TEXT)
    for found in (page(TEXT), Found(tmp_path / "a.vtt", "text/vtt")):
        plain, body = sent(found)
        small, packed = sent(found, accept_encoding="gzip")
        assert (body, gzip.decompress(packed)) == (TEXT, TEXT)
        assert len(packed) == int(small.headers["content-length"]) < len(TEXT) / 4
        assert (plain.headers["vary"], small.headers["vary"]) == ("accept-encoding", "accept-encoding")
        assert (small.headers["content-encoding"], "content-encoding" in plain.headers) == ("gzip", False)
        tag, other = plain.headers["etag"], small.headers["etag"]
        assert tag != other
        assert sent(found, accept_encoding="gzip", if_none_match=other)[0].status == KNOWN
        assert sent(found, accept_encoding="gzip", if_none_match=tag)[0].status == OK
        assert sent(found, if_none_match=other)[0].status == OK


def test_parts_are_of_the_plain_form() -> None:
    """Whoever resumes a compressed download gets all of it anew, and nobody pieces two forms together."""
    found = page(TEXT)
    tag = sent(found, accept_encoding="gzip")[0].headers["etag"]
    part, body = sent(found, accept_encoding="gzip", range="bytes=5-9")
    assert (part.status, body, "content-encoding" in part.headers) == (206, TEXT[5:10], False)
    whole, body = sent(found, accept_encoding="gzip", range="bytes=5-9", if_range=tag)
    assert (whole.status, body) == (200, TEXT)


def test_several_parts_come_in_one_answer() -> None:
    """Each under a head that says which it is, and the length is that of all of it."""
    answer, body = sent(page(TEXT, "audio/mpeg"), range="bytes=0-4,100-104,-3")
    assert answer.status == 206
    assert int(answer.headers["content-length"]) == len(body)
    boundary = answer.headers["content-type"].removeprefix("multipart/byteranges; boundary=").encode()
    before, *parts, after = body.split(b"--" + boundary)
    assert (before, after) == (b"", b"--\r\n")
    size = len(TEXT)
    for part, (start, stop) in zip(parts, ((0, 5), (100, 105), (size - 3, size)), strict=True):
        head, data = part.removesuffix(b"\r\n").split(b"\r\n\r\n", 1)
        assert data == TEXT[start:stop]
        assert f"content-range: bytes {start}-{stop - 1}/{size}".encode() in head
        assert b"content-type: audio/mpeg" in head


def test_a_page_that_the_client_has_is_not_even_made() -> None:
    """A thousand apps ask for the feed whenever they like."""

    def fail() -> bytes:
        raise AssertionError

    assert sent(Found(fail, "text/html", "abc", DAY_S), if_none_match=TAG)[0].status == KNOWN


def test_what_never_changes_is_never_asked_for_again() -> None:
    """Only what has its content in its name; all else is asked for each time."""
    for_ever = Found(lambda: b"", "text/css", "abc", DAY_S, is_for_ever=True)
    assert sent(for_ever)[0].headers["cache-control"] == "public, max-age=31536000, immutable"
    assert sent(page(b""))[0].headers["cache-control"] == "no-cache"


def test_nothing_was_changed_later_than_it_is_sent(tmp_path: Path) -> None:
    """Where a clock was wrong; a client that asks by that date gets it again rather than never."""
    path = tmp_path / "a.mp3"
    path.write_bytes(b"ID3")
    os.utime(path, (4_000_000_000, 4_000_000_000))
    date = sent(Found(path, "audio/mpeg"))[0].headers["last-modified"]
    assert (date_s(date) or 0) <= time.time()
    assert sent(Found(path, "audio/mpeg"), if_modified_since=date)[0].status == OK


def test_a_refusal_is_not_kept_for_ever() -> None:
    """A cache would hand it to everybody who asks for that picture."""
    for_ever = Found(lambda: b"a picture", "image/jpeg", "abc", DAY_S, is_for_ever=True)
    for status, answer in (
        (416, sent(for_ever, range="bytes=999-")[0]),
        (412, sent(for_ever, if_match='"another"')[0]),
    ):
        assert (answer.status, answer.headers["cache-control"]) == (status, "no-cache")


def test_a_page_is_compressed_once() -> None:
    """However often it is asked for, each time to be made anew."""
    kept: Kept[bytes] = Kept(10_000_000, len)
    asked = [(page(TEXT), sent(page(TEXT), kept, accept_encoding="gzip")[1]) for _ in range(3)]
    assert len({body for _, body in asked}) == 1
    assert kept.size == len(asked[0][1])


def test_a_long_text_is_not_compressed_in_memory(tmp_path: Path) -> None:
    """It goes out in pieces, as a sound does."""
    with (tmp_path / "long.json").open("wb") as file:
        file.truncate(4_000_001)
    answer, body = sent(Found(tmp_path / "long.json", "application/json"), accept_encoding="gzip")
    assert ("content-encoding" in answer.headers, len(body)) == (False, 4_000_001)


def test_a_file_that_is_replaced_while_it_is_sent_is_sent_whole(tmp_path: Path) -> None:
    """Length, tag and bytes are all of the file that was there when the answer began."""
    path = tmp_path / "a.mp3"
    path.write_bytes(b"old" * 1000)
    answer = sending(Found(path, "audio/mpeg"), {}, Kept(1000, len))
    (tmp_path / "new").write_bytes(b"newer" * 5)
    (tmp_path / "new").replace(path)
    assert answer.file
    with answer.file as file:
        assert _part(file, Part(0, int(answer.headers["content-length"]))) == b"old" * 1000


def test_another_file_has_another_tag(tmp_path: Path) -> None:
    """Of the same length, by its time."""
    path = tmp_path / "a.mp3"
    tags = set()
    for at_s in (1_700_000_000, 1_700_000_001):
        path.write_bytes(b"ID3")
        os.utime(path, (at_s, at_s))
        tags.add(sent(Found(path, "audio/mpeg"))[0].headers["etag"])
    assert len(tags) == 2


# ── what is kept ────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_kept_is_bounded() -> None:
    """However many different things are asked for; what was used last stays."""
    kept: Kept[bytes] = Kept(1000, len)
    for number in range(100):
        assert kept.get(number, lambda: b"x" * 100) == b"x" * 100
        kept.get(0, lambda: b"y" * 100)
    assert kept.size == 1000
    assert kept.get(0, lambda: b"again") == b"x" * 100
    assert kept.get(50, lambda: b"again") == b"again"


def test_what_is_too_large_is_not_kept() -> None:
    """It would drive out all others."""
    kept: Kept[bytes] = Kept(1000, len)
    kept.get("small", lambda: b"s")
    assert len(kept.get("large", lambda: b"x" * 5000)) == 5000
    assert kept.size == 1


def test_what_many_ask_for_at_once_is_made_once() -> None:
    """The others wait for it."""
    kept: Kept[bytes] = Kept(1000, len)
    calls, together = [], threading.Barrier(8)

    def make() -> bytes:
        calls.append(1)
        return b"made"

    def want() -> None:
        together.wait(10)
        assert kept.get("key", make) == b"made"

    threads = [threading.Thread(target=want) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(calls) == 1


# ── the address that a client came by ───────────────────────────────────────────────────────────────────


def address(headers: dict[str, str], *, believed: bool = True) -> str | None:
    """What the headers of a request say."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    is_address: Callable[[str], bool] = lambda text: is_base_url(text) is None  # noqa: E731
    return asked_address(named, "http", is_believed=believed, is_address=is_address)


TOLD: list[tuple[dict[str, str], str | None]] = [
    ({"host": "a.example"}, "http://a.example/"),
    ({"host": "a.example:8000", "x_forwarded_proto": "https"}, "https://a.example:8000/"),
    ({"host": "127.0.0.1:8000", "x_forwarded_host": "a.example"}, "http://a.example/"),
    (
        {"host": "x", "x_forwarded_proto": "HTTPS", "x_forwarded_host": "a.example", "x_forwarded_prefix": "/show"},
        "https://a.example/show/",
    ),
    ({"host": "a.example", "x_forwarded_prefix": "show/"}, "http://a.example/show/"),
    ({"host": "a.example", "x_forwarded_prefix": "/"}, "http://a.example/"),
    ({"host": "x", "x_forwarded_host": "evil.example, a.example"}, "http://a.example/"),
    ({"host": "x", "forwarded": "host=a.example;proto=https"}, "https://a.example/"),
    (
        {"host": "x", "forwarded": 'For="[2001:db8::1]:80"; Host="a.example:8443" ; PROTO=https'},
        "https://a.example:8443/",
    ),
    ({"host": "x", "forwarded": 'host=evil.example, for=1.2.3.4;host="[::1]:8000"'}, "http://[::1]:8000/"),
    ({"host": "a.example", "forwarded": "for=1.2.3.4;proto=https"}, "https://a.example/"),
    ({"host": "a.example", "forwarded": 'host="evil.example,evil.example'}, "http://a.example/"),
    ({"host": "a.example", "x_forwarded_proto": "https", "forwarded": "host=evil.example"}, "https://a.example/"),
    ({"host": "a.example", "x_forwarded_host": "evil.example/path"}, "http://a.example/"),
    ({"host": "a.example", "x_forwarded_host": "u:p@evil.example"}, "http://a.example/"),
    ({"host": "a.example", "x_forwarded_proto": "javascript"}, "http://a.example/"),
    ({"host": "a.example", "x_forwarded_prefix": "//evil.example"}, "http://a.example/"),
    ({"host": "a.example", "x_forwarded_prefix": "/a//b"}, "http://a.example/"),
    ({"host": "a.example", "x_forwarded_prefix": '/"><script>'}, "http://a.example/"),
    ({"host": "a.example", "x_forwarded_host": "b" * LONGEST_ADDRESS}, "http://a.example/"),
    ({"host": "<script>"}, None),
    ({"host": "a" * LONGEST_ADDRESS}, None),
    ({}, None),
]


@pytest.mark.parametrize(("headers", "expected"), TOLD)
def test_a_proxy_says_what_its_client_asked_for(headers: dict[str, str], expected: str | None) -> None:
    """The last one's word counts, if it makes a plain address; else the Host; else there is none."""
    assert address(headers) == expected


@pytest.mark.parametrize(("headers", "_"), TOLD)
def test_nobody_else_does(headers: dict[str, str], _: str | None) -> None:
    """Of a client that is no proxy only the Host counts."""
    plain = {name: value for name, value in headers.items() if name == "host"}
    assert address(headers, believed=False) == address(plain, believed=False)


PEERS = {
    "127.0.0.1": True, "127.8.8.8": True, "::1": True, "::ffff:127.0.0.1": True, "10.1.2.3": True, "192.0.2.7": True,
    "::ffff:10.1.2.3": True, "2001:db8::5": True,
    "192.0.2.8": False, "11.0.0.1": False, "2001:db9::5": False, "": False, "testclient": False,
}  # fmt: skip


@pytest.mark.parametrize(("peer", "believed"), PEERS.items())
def test_who_is_believed(peer: str, believed: bool) -> None:  # noqa: FBT001 - of the table
    """This machine, and those that were named, as an address or as a network."""
    assert is_believed(peer, networks(["10.0.0.0/8", "192.0.2.7", "2001:db8::/32"])) is believed


@pytest.mark.parametrize("text", ["proxy.example", "", "10.0.0.0/99", "1.2.3", "http://10.0.0.1"])
def test_a_proxy_is_named_by_its_address(text: str) -> None:
    """A name could lead anywhere tomorrow."""
    with pytest.raises(InputError, match="no address of a proxy"):
        networks([text])


def test_a_very_long_word_of_a_proxy_does_not_count() -> None:
    """A client may have made it up, and one that is never ended would take seconds to read."""
    far = "for=a;" * 200 + "host=far.example"
    assert address({"host": "a.example", "forwarded": far}) == "http://a.example/"
    assert address({"host": "a.example", "forwarded": far[-900:]}) == "http://far.example/"


@given(st.text(max_size=60))
def test_no_header_of_a_proxy_breaks_anything(text: str) -> None:
    """It makes a plain address, or it does not count."""
    for name in ("forwarded", "x_forwarded_host", "x_forwarded_proto", "x_forwarded_prefix"):
        found = address({"host": "a.example", name: text})
        assert found
        assert is_base_url(found) is None
