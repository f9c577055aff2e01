"""What a client may take of a server: connections, time, the length of a request; and downloads that are whole."""

from __future__ import annotations

import concurrent.futures
import contextlib
import functools
import hashlib
import http.client
import re
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from conftest import at_most
from listening import ask, listening

from podcast.outside import forwarded, heads
from podcast.outside.connections import Limits, listen
from podcast.outside.peers import Peers
from podcast.outside.sending import Found
from podcast.outside.server import Moved, application

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LARGE_BYTES = 24_000_000
"""More than the system takes off a server's hands."""

LIMITS = Limits(connections=20, request_s=1, idle_s=1, stalled_s=1, head_bytes=2_000, headers=20)
WAIT_S = 15


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of which every part is different."""
    path = tmp_path_factory.mktemp("large") / "large.mp3"
    with path.open("wb") as file:
        for number in range(LARGE_BYTES // 1_000_000):
            file.write(hashlib.shake_128(str(number).encode()).digest(1_000_000))
    return path


@contextlib.contextmanager
def serving(
    large: Path, limits: Limits, is_trusted: Callable[[str], bool] = forwarded.is_this_machine
) -> Iterator[str]:
    """Serve a large file and a small page."""

    def find(path: str, address: str) -> Found | Moved | None:
        if path == "large.mp3":
            return Found(large, "audio/mpeg")
        return Found(address.encode, "text/plain", address) if not path else None

    app = application(find, lambda _: True)
    with listening(lambda ready: listen(app, "127.0.0.1", 0, ready, limits, is_trusted=is_trusted)) as address:
        yield address


@pytest.fixture(scope="module")
def address(large: Path) -> Iterator[str]:
    """Serve with small limits."""
    with serving(large, LIMITS) as address:
        yield address


@contextlib.contextmanager
def connected(address: str) -> Iterator[socket.socket]:
    """Open a connection."""
    where = urlsplit(address)
    with socket.create_connection((where.hostname, where.port), timeout=WAIT_S) as connection:
        yield connection


def rest(connection: socket.socket) -> bytes:
    """All that comes until the server closes; TimeoutError if it does not."""
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while data := connection.recv(1 << 20):
            received += data
    return received


GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"

# ── slow clients ────────────────────────────────────────────────────────────────────────────────────────


def test_who_sends_a_request_letter_by_letter_is_dropped(address: str) -> None:
    """However busily: the time is for the whole request, and the client is told."""
    with connected(address) as slow:
        slow.settimeout(0.1)
        received, began_s = b"", time.monotonic()
        with contextlib.suppress(OSError):
            slow.sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
            while time.monotonic() - began_s < WAIT_S and not received:
                slow.sendall(b"a")
                with contextlib.suppress(TimeoutError):
                    received = slow.recv(1000)
    assert received.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in received.lower()


@pytest.mark.parametrize("begun", [b"", GET])
def test_who_sends_nothing_is_dropped(address: str, begun: bytes) -> None:
    """Before a first request or after one; without another word."""
    with connected(address) as idle:
        idle.sendall(begun)
        assert rest(idle).count(b"HTTP/1.1") == (1 if begun else 0)


def test_who_begins_a_second_request_and_ends_it_never_is_dropped(address: str) -> None:
    """Also where its beginning came with the first."""
    for pause_s in (0, 0.3):
        with connected(address) as slow:
            slow.sendall(GET if pause_s else GET + GET[:9])
            time.sleep(pause_s)
            slow.sendall(GET[:9] if pause_s else b"")
            assert rest(slow).startswith(b"HTTP/1.1 200 ")


def test_a_body_that_never_ends_is_not_waited_for(address: str) -> None:
    """It is refused by its head: whoever sends something says how much (RFC 9112, 6.3), and nothing is to be sent."""
    for method in ("GET", "POST"):
        with connected(address) as slow:
            slow.sendall(f"{method} / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n".encode())
            assert rest(slow).split()[1] == b"411"
        with connected(address) as slow:
            slow.sendall(f"{method} / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhello".encode())
            assert rest(slow).split()[1] == {"GET": b"400", "POST": b"405"}[method]


def test_who_stops_reading_is_dropped(address: str, large: Path) -> None:
    """A paused player comes back with a range; its connection is not kept for hours."""
    with connected(address) as paused:
        paused.sendall(b"GET /large.mp3 HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(LIMITS.stalled_s * 3)
        received = rest(paused)
    assert 0 < len(received) < large.stat().st_size


def test_who_reads_slowly_is_not(large: Path) -> None:
    """As long as it takes something now and then, it gets all of it."""
    with serving(large, Limits(stalled_s=3)) as address, connected(address) as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        slow.sendall(b"GET /large.mp3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        received = slow.recv(1 << 16)
        began_s = time.monotonic()
        while data := slow.recv(1 << 18):
            received += data
            if time.monotonic() - began_s < 5:
                time.sleep(0.02)
    assert received.partition(b"\r\n\r\n")[2] == large.read_bytes()


# ── requests that are too long ──────────────────────────────────────────────────────────────────────────

TOO_LONG = {
    "line": b"GET /" + b"a" * 5_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    "query": b"GET /?" + b"a" * 5_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    "header": b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 5_000 + b"\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\nHost: a\r\n" + b"".join(b"X%d: a\r\n" % at for at in range(50)) + b"\r\n",
    "without an end": b"GET /" + b"a" * 5_000,
}


@pytest.mark.parametrize("request_bytes", TOO_LONG.values(), ids=TOO_LONG)
def test_a_request_that_is_too_long_is_refused(address: str, request_bytes: bytes) -> None:
    """At once, by its line, its headers or their number."""
    with connected(address) as long:
        long.sendall(request_bytes)
        assert rest(long).startswith(b"HTTP/1.1 431 ")


def test_a_request_that_is_long_and_comes_in_pieces_is_refused_as_well(address: str) -> None:
    """Before it is whole."""
    received = b""
    with connected(address) as long:
        with contextlib.suppress(OSError):
            for number in range(100):
                long.sendall(b"a" * 100 if number else b"GET / HTTP/1.1\r\nX: ")
                time.sleep(0.002)
        with contextlib.suppress(ConnectionResetError):
            received = long.recv(1000)
    assert received[:13] in {b"", b"HTTP/1.1 431 "}
    assert ask(address, "/").status == 200


GARBAGE = {
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n": b"400",  # TLS
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n": b"405",
    b"GET / HTTP/1.1\r\n\r\n": b"400",  # no Host
    b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n": b"400",
    b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n": b"400",
    b"GET / HTTP/1.1\r\nHost: a\r\nX : a\r\n\r\n": b"400",
    b"nonsense\r\n\r\n": b"400",
    b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n": b"411",
    GET + b"nonsense\r\n\r\n": b"400",
    b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n": b"411",
}


@pytest.mark.parametrize(("garbage", "status"), GARBAGE.items(), ids=range(len(GARBAGE)))
def test_what_is_no_request_is_refused_and_the_server_lives_on(address: str, garbage: bytes, status: bytes) -> None:
    """Also behind a request that is one."""
    with connected(address) as client:
        client.sendall(garbage)
        assert re.findall(rb"HTTP/1\.1 (\d{3}) ", rest(client))[-1] == status
    assert ask(address, "/").status == 200


def test_an_upgrade_is_not_made(address: str) -> None:
    """Whatever else is installed on this machine: nobody speaks WebSocket here."""
    answer = ask(
        address, "/", Connection="Upgrade", Upgrade="websocket", Sec_WebSocket_Version="13",
        Sec_WebSocket_Key="dGhlIHNhbXBsZSBub25jZQ==",
    )  # fmt: skip
    assert answer.status == 200


def test_requests_one_behind_another_are_all_answered(address: str) -> None:
    """On one connection, sent at once."""
    with connected(address) as client:
        client.sendall(GET * 19 + GET.replace(b"Host", b"Connection: close\r\nHost"))
        assert rest(client).count(b"HTTP/1.1 200 ") == 20


BLANKS = b" \t" * 120_000
SLOW_TO_READ = {
    "blanks in a header": b"GET / HTTP/1.1\r\nHost: a\r\nX: " + BLANKS + b"\x00\r\n\r\n",
    "few blanks in a header": b"GET / HTTP/1.1\r\nHost: a\r\nX: " + BLANKS[:700] + b"\x00\r\n\r\n",
    "a header that goes on": b"GET / HTTP/1.1\r\nHost: a\r\nX:" + b"\r\n " * 15 + b"\x00\r\n\r\n",
    "headers": b"GET / HTTP/1.1\r\nHost: a\r\n" + b"x:\r\n" * 60_000 + b"\r\n",
    "blanks behind the length of a chunk": b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;"
    + BLANKS + b"\nx\r\n",
}  # fmt: skip


@pytest.mark.parametrize("request_bytes", SLOW_TO_READ.values(), ids=SLOW_TO_READ)
def test_nobody_sends_a_request_that_takes_minutes_to_read(address: str, request_bytes: bytes) -> None:
    """A quarter of a megabyte of blanks held all clients up for a minute and a half; it is refused unread."""
    with at_most(WAIT_S), connected(address) as client:
        with contextlib.suppress(OSError):  # it may be refused before it is all sent
            client.sendall(request_bytes)
        assert rest(client)[:12] in {b"HTTP/1.1 400", b"HTTP/1.1 411", b"HTTP/1.1 431", b""}
        assert ask(address, "/").status == 200


@pytest.mark.parametrize(
    ("received", "status"),
    [
        (GET, None),
        (GET[:-2], None),
        (b"", None),
        (GET + b"x" * 9_000, None),  # the next one
        (b"GET / HTTP/1.1\nHost: a\n\n", None),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: a" + b" " * 19 + b"b\r\n\r\n", None),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b" " * 20 + b"b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\tb: c\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\ntransfer-ENCODING: gzip\r\n\r\n", 411),
        (b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 20 + b"\r\n", None),
        (b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 21 + b"\r\n", 431),
        (b"a" * 2_001, 431),
        (b"GET /" + b"a" * 2_001 + b" HTTP/1.1\r\n\r\n", 431),
    ],
    ids=range(13),
)
def test_a_request_is_looked_at_before_it_is_read(received: bytes, status: int | None) -> None:
    """How long it is, how many headers it has, and what would take long to read."""
    assert heads.refused(received, 2_000, 20) == status


# ── many clients ────────────────────────────────────────────────────────────────────────────────────────


def test_connections_are_bounded(large: Path) -> None:
    """One too many is told to come again, a hundred too many are closed; when others leave, there is room again."""
    with serving(large, Limits(connections=5)) as address, contextlib.ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(connected(address))
        answer = ask(address, "/")
        assert (answer.status, answer.headers["retry-after"], answer.headers["connection"]) == (503, "10", "close")
        others = [stack.enter_context(connected(address)) for _ in range(120)]
        others[-1].sendall(GET)
        assert rest(others[-1]) == b""
        stack.close()
        with at_most(WAIT_S):
            while True:
                with contextlib.suppress(OSError, http.client.HTTPException):
                    if ask(address, "/").status == 200:
                        break
                time.sleep(0.05)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all of 127.0.0.0/8 without being told")
def test_nobody_takes_all_connections(large: Path) -> None:
    """One client that holds as many as it may gets no more, others are served, and when it leaves it may come again."""
    limits = Limits(connections=40, of_one_peer=4)
    with serving(large, limits, is_trusted=lambda host: host == "127.0.0.3") as address, contextlib.ExitStack() as held:

        def ask_from(host: str) -> int:
            where = urlsplit(address)
            connection = http.client.HTTPConnection(str(where.hostname), where.port, WAIT_S, source_address=(host, 0))
            with contextlib.closing(connection):
                connection.request("GET", "/")
                return connection.getresponse().status

        for host in ["127.0.0.2"] * 4 + ["127.0.0.3"] * 6:
            where = (urlsplit(address).hostname, urlsplit(address).port)
            held.enter_context(socket.create_connection(where, WAIT_S, source_address=(host, 0)))
        assert [ask_from(host) for host in ("127.0.0.2", "127.0.0.3", "127.0.0.4")] == [503, 200, 200]
        held.close()
        with at_most(WAIT_S):
            while ask_from("127.0.0.2") != 200:
                time.sleep(0.05)


def test_clients_are_told_apart_by_their_numbers() -> None:
    """Somebody with IPv6 has as many addresses as there are grains of sand, and counts once; who left is forgotten."""
    peers = Peers(lambda host: host == "192.0.2.9")
    came = [
        "2001:db8::1",
        "2001:db8::2",
        "2001:db8:0:1::1",
        "192.0.2.1",
        "::ffff:192.0.2.1",
        "192.0.2.2",
        "",
        "192.0.2.9",
    ]
    assert [peers.came(host) for host in came] == [1, 2, 1, 1, 2, 1, 1, 0]
    for host in came:
        peers.left(host)
    assert len(peers) == 0
    assert peers.came("2001:db8::3") == 1


def test_many_download_at_once_and_each_gets_exactly_its_part(large: Path) -> None:
    """From wherever it went on."""
    whole = large.read_bytes()
    with serving(large, Limits()) as address, concurrent.futures.ThreadPoolExecutor(20) as pool:
        starts = [LARGE_BYTES - 1_000_000 - 1 - 77_777 * number for number in range(40)]
        asking = functools.partial(ask, address, "/large.mp3")
        answers = list(pool.map(lambda start: asking(Range=f"bytes={start}-{start + 999_999}"), starts))
    for start, answer in zip(starts, answers, strict=True):
        assert (answer.status, answer.body) == (206, whole[start : start + 1_000_000])


LITTLE = """
import resource, sys
from podcast.outside.sockets import affordable
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), int(sys.argv[2])))
print(affordable(500), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
@pytest.mark.parametrize(
    ("now", "most", "connections", "then"), [(100, 5000, 500, 1064), (100, 600, 268, 600), (2000, 5000, 500, 2000)]
)
def test_as_many_connections_as_there_are_files_to_open(now: int, most: int, connections: int, then: int) -> None:
    """Two for each: the limit is raised as far as it may be, and the rest is refused in words, not by the system."""
    command = [sys.executable, "-c", LITTLE, str(now), str(most)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.split() == [str(connections), str(then)]
