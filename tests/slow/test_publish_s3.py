"""Publishing to a bucket: a loopback S3 whose objects are read back by boto3, and what can be wrong with one."""

from __future__ import annotations

import json
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest
from publishing import ADDRESS, MANIFEST, OLD, public_show, retitle, tree_of
from tcp_proxy import Proxy

from podcast.outside import patient

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from conftest import Podcast

pytestmark = pytest.mark.slow

BUCKET = "show"
TARGET = f"s3://{BUCKET}/my/podcast"
SECRET = "a-secret-that-nobody-sees"  # noqa: S105 - of nothing


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, int]]:
    """Serve S3 on a free port of this machine."""
    from moto.server import ThreadedMotoServer

    running = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    running.start()
    yield running.get_host_and_port()
    running.stop()


@pytest.fixture
def s3(server: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return boto3's client of that server with an empty bucket; the environment leads there."""
    import boto3

    address = f"http://{server[0]}:{server[1]}"
    environment = {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "me",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("s3", endpoint_url=address)
    client.create_bucket(Bucket=BUCKET)
    for each in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=each["Key"])
    return client


@pytest.fixture
def own(shared: Path, tmp_path: Path) -> Podcast:
    """Return a show with two episodes, to publish and to change."""
    return public_show(shared, tmp_path / "show")


def objects(s3: Any) -> dict[str, bytes]:
    """Return all that is in the bucket but the list, by its path in the tree."""
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
    found = {key.removeprefix("my/podcast/"): s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}
    return {path: data for path, data in found.items() if path != MANIFEST}


def test_a_bucket_has_the_tree_with_its_headers(own: Podcast, s3: Any) -> None:
    """Media types and lifetimes, as browsers and apps get them; a second run sends nothing."""
    ran = own("publish", TARGET)
    assert ran.exit_code == 0, ran.stderr
    assert ran.stdout.splitlines()[-1] == f"{ADDRESS}feed.xml"
    assert objects(s3) == tree_of(own)

    def headers(path: str) -> tuple[str, str]:
        known = s3.head_object(Bucket=BUCKET, Key=f"my/podcast/{path}")
        return known["ContentType"], known["CacheControl"]

    assert headers(f"episodes/{OLD}/{OLD}.mp3") == ("audio/mpeg", "public, max-age=86400")
    assert headers(f"episodes/{OLD}/transcript.vtt") == ("text/vtt; charset=utf-8", "public, max-age=86400")
    assert headers(f"episodes/{OLD}/chapters.json")[0] == "application/json+chapters"
    assert headers("feed.xml")[0].startswith("application/rss+xml")
    assert headers("feed.xml")[1] == headers("index.html")[1] == "public, max-age=300"
    cover = next(path for path in objects(s3) if path.startswith("cover-"))
    assert headers(cover) == ("image/jpeg", "public, max-age=31536000, immutable")
    again = json.loads(own("publish", TARGET, "--json").stdout)
    assert (again["sent"], again["unchanged"]) == ([], len(tree_of(own)))


def test_a_bucket_gives_back_and_forgets(own: Podcast, s3: Any) -> None:
    """Restoring and pruning; what is beside the show stays."""
    s3.put_object(Bucket=BUCKET, Key="my/podcast/robots.txt", Body=b"x")
    s3.put_object(Bucket=BUCKET, Key="other", Body=b"x")
    own("publish", TARGET, "--anyway")
    before = tree_of(own)
    for path in own.episode(OLD).iterdir():
        path.unlink()
    own.episode(OLD).rmdir()
    assert json.loads(own("restore", TARGET, "--json").stdout)["restored"] == [OLD]
    assert tree_of(own) == before
    for path in own.episode(OLD).iterdir():
        path.unlink()
    own.episode(OLD).rmdir()
    ran = own("publish", TARGET, "--anyway", "--prune")
    assert ran.exit_code == 0, ran.stderr
    assert objects(s3) == {**tree_of(own), "robots.txt": b"x", "other": b"x"}


def test_wrong_buckets_and_credentials_are_named(own: Podcast, s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one sentence, and never with a secret."""
    environment: Mapping[str, str | None]
    for target, environment, words in (
        ("s3://not-there/x", {}, (2, "no such bucket")),
        ("s3://Not_A_Bucket!/x", {}, (2, "s3://Not_A_Bucket!")),
        (TARGET, {"AWS_ACCESS_KEY_ID": None, "HOME": "/nonexistent"}, (2, "AWS_ACCESS_KEY_ID")),
        (TARGET, {"AWS_PROFILE": "nobody"}, (2, "AWS_PROFILE")),
    ):
        with monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value) if value else patch.delenv(name)
            ran = own("publish", target, "--anyway")
        assert (ran.exit_code, words[1] in ran.stderr) == (words[0], True), ran.stderr
        assert SECRET not in ran.stderr
    assert objects(s3) == {}


def test_a_show_is_told_of_what_it_may_not_do(own: Podcast, monkeypatch: pytest.MonkeyPatch, s3: Any) -> None:
    """By a server that refuses, and by one that never has time."""
    monkeypatch.setattr(patient, "WAITS_S", (0, 0, 0))
    denied = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
    slow = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
    for status, body, words in (
        (403, denied, "permission denied"),
        (503, slow, "goes on where it stopped"),
    ):
        host, port = s3.meta.endpoint_url.removeprefix("http://").split(":")
        with Proxy((host, int(port)), answers=[http(status, body)] * 9) as proxy, monkeypatch.context() as patch:
            patch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{proxy.port}")
            ran = own("publish", TARGET, "--anyway")
        assert (ran.exit_code, words in ran.stderr) == (3, True), ran.stderr
    assert objects(s3) == {}


def http(status: int, body: bytes) -> bytes:
    """Write an answer of a web server that then hangs up."""
    head = f"HTTP/1.1 {status} No\r\nContent-Type: application/xml\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Connection: close\r\n\r\n".encode() + body


def test_a_line_that_breaks_is_dialled_again(own: Podcast, s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Out of order at first, then reset in the midst of files, again and again: all of it gets there at last."""
    monkeypatch.setattr(patient, "WAITS_S", (0, 0, 0))
    host, port = s3.meta.endpoint_url.removeprefix("http://").split(":")
    broken = [http(500, b"")] * 2
    with Proxy((host, int(port)), answers=broken, resets=[1_000, 100_000, 300, 200_000, 5_000, 2_000_000]) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{proxy.port}")
        ran = own("publish", TARGET, "--anyway")
    assert ran.exit_code == 0, ran.stderr
    assert proxy.resets == []
    assert objects(s3) == tree_of(own)


def test_a_server_that_is_gone_midway_is_gone_on_with(own: Podcast, s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 3, the old feed untouched; the next run sends the rest."""
    monkeypatch.setattr(patient, "WAITS_S", (0, 0, 0))
    own("publish", TARGET, "--anyway")
    before = objects(s3)
    retitle(own, "Another title")
    host, port = s3.meta.endpoint_url.removeprefix("http://").split(":")
    with Proxy((host, int(port)), stop_after=8_000) as proxy, monkeypatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{proxy.port}")
        ran = own("publish", TARGET, "--anyway")
    assert (ran.exit_code, "goes on where it stopped" in ran.stderr) == (3, True), ran.stderr
    assert objects(s3)["feed.xml"] == before["feed.xml"]
    assert own("publish", TARGET, "--anyway").exit_code == 0
    assert objects(s3) == tree_of(own)


def test_a_server_that_is_silent_is_not_waited_for(own: Podcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not for ever."""
    monkeypatch.setattr(patient, "WAITS_S", (0, 0, 0))
    monkeypatch.setattr("podcast.outside.limits.SILENCE_S", 0.2)
    monkeypatch.setattr("podcast.outside.limits.LISTING_S", 1)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        ran = own("publish", TARGET, "--anyway")
    assert (ran.exit_code, "the connection failed" in ran.stderr) == (3, True), ran.stderr
    assert threading.active_count() < 50
