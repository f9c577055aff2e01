"""Kill `podcast publish` at random moments, again and again, and see that what is public is whole each time.

    python tests/publish_kills.py --kills 100

kills a hundred runs to a loopback S3 and a hundred to a loopback SFTP server, and prints what was found.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import logging
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conftest import NEWSLETTER, Podcast
from lxml import etree
from publishing import ADDRESS, MANIFEST, NEW, OLD, files_in, listed, make_public_show, tree_of
from sshd import running_sshd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

LONGEST_S = 120
_ANYWHERE = 0.25
"""Share of the kills that come at any moment of a run; the others come while files are sent."""
_ADDING = 0.15
"""Share of the changes that are another episode; the others give one another title."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is published, and how to look at it past our own code."""

    target: str
    environment: Mapping[str, str]
    look: Callable[[], dict[str, bytes]]


@dataclass(slots=True)
class Found:
    """What was found after kills."""

    kills: int = 0
    finished: int = 0
    """Runs that were done before they could be killed."""
    while_sending: int = 0
    without_feed: int = 0
    former_feed: int = 0
    new_feed: int = 0
    lengths_behind: int = 0
    """Kills after which the former feed gave the length of a sound that had been replaced already."""
    leftovers: int = 0
    """Kills that left an unfinished file behind, under a name of its own."""
    completed: int = 0
    """Runs after kills that made all the same as here."""
    files_checked: int = 0


class Versions(defaultdict[str, set[str]]):
    """What may stand at the place: the digests of every version of every file since it was last the same as here."""

    def add(self, tree: Mapping[str, bytes]) -> None:
        """Allow these, too."""
        for path, data in tree.items():
            self[path].add(digest_of(data))


def digest_of(data: bytes) -> str:
    """SHA-256 of it."""
    return hashlib.sha256(data).hexdigest()


# ── one kill ────────────────────────────────────────────────────────────────────────────────────────────


def command(show: Podcast, place: Place) -> list[str]:
    """Return what is run and killed: what a check finds of a hum does not matter here."""
    return [sys.executable, "-m", "podcast", "publish", place.target, "--anyway", "--show", str(show.folder)]


def kill(show: Podcast, place: Place, chance: random.Random, sending_s: float, found: Found) -> None:
    """Run it and kill it, with all that it started, at a moment that chance chooses."""
    run = subprocess.Popen(
        command(show, place),
        env={**os.environ, **place.environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    is_anywhere = chance.random() < _ANYWHERE
    try:
        if is_anywhere:
            time.sleep(chance.uniform(0, 2 * sending_s))
        elif run.stderr is not None and any(line.startswith(b"Sending") for line in run.stderr):
            time.sleep(chance.uniform(0, sending_s))
        is_running = run.poll() is None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)
    finally:
        run.communicate(timeout=LONGEST_S)
    found.kills += is_running
    found.finished += not is_running
    found.while_sending += is_running and not is_anywhere
    settle(place)


def settle(place: Place) -> None:
    """Wait until nothing changes any more: a server goes on with what was on its way when a run was killed."""
    before = None
    for _ in range(50):
        time.sleep(0.2)
        if (there := place.look()) == before:
            return
        before = there
    raise TimeoutError("the place does not come to rest")


def examine(place: Place, versions: Versions, now: Mapping[str, bytes], former: bytes | None, found: Found) -> None:
    """See that what is public is whole."""
    there = place.look()
    partial = [path for path in there if path.rpartition("/")[2].startswith(".")]
    found.leftovers += bool(partial)
    whole = {path: data for path, data in there.items() if path not in partial}
    claimed = listed(whole.pop(MANIFEST)) if MANIFEST in whole else {}
    for path, data in whole.items():
        assert digest_of(data) in versions[path], f"{path} is no version of itself: {len(data)} bytes"
    for path, (digest, size) in claimed.items():
        assert (digest_of(whole[path]), len(whole[path])) == (digest, size), f"{path} is not what the list claims"
    found.files_checked += len(whole)
    feed = whole.get("feed.xml")
    if feed is None:
        assert former is None, "the feed is gone"
        found.without_feed += 1
    else:
        is_new = feed == now["feed.xml"]
        found.new_feed += is_new
        found.former_feed += not is_new
        found.lengths_behind += _examine_feed(feed, whole, now if is_new else None)


def _examine_feed(feed: bytes, there: Mapping[str, bytes], exactly: Mapping[str, bytes] | None) -> bool:
    """See that all it names is there, and, if it is the new one, as here; say whether a length is behind."""
    root = etree.fromstring(feed)
    named = [value for node in root.iter() for name, value in node.attrib.items() if name in {"url", "href"}]
    paths = {path_of(address) for address in named if address.startswith(ADDRESS)}
    assert paths
    missing = paths - there.keys()
    assert not missing, f"the feed names {missing}, which is not there"
    wrong = False
    for enclosure in root.iter("enclosure"):
        wrong = wrong or int(enclosure.get("length")) != len(there[path_of(enclosure.get("url"))])
    if exactly is not None:
        assert not wrong, "the new feed gives a length that is not that of the file"
        changed = {path for path in paths if there[path] != exactly[path]}
        assert not changed, f"the new feed names {changed}, which is not as it is here"
    return wrong


def path_of(address: str) -> str:
    """Return where a file of the tree lies that has this address."""
    path = address.removeprefix(ADDRESS).partition("#")[0]
    return f"{path}index.html" if path.endswith("/") or not path else path


def complete(show: Podcast, place: Place, found: Found, *options: str) -> float:
    """Run it to its end, and see that all is as here; return how long it sent, in seconds."""
    started = time.monotonic()
    run = subprocess.Popen(
        [*command(show, place), *options],
        env={**os.environ, **place.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    said = []
    for line in run.stderr or ():
        said.append(line.decode())
        if line.startswith(b"Sending"):
            started = time.monotonic()
    out, _ = run.communicate(timeout=LONGEST_S)
    took_s = time.monotonic() - started
    assert run.returncode == 0, "".join(said)
    assert out.decode().splitlines()[-1] == f"{ADDRESS}feed.xml"
    there = place.look()
    text = there.pop(MANIFEST)
    claimed, sending = listed(text), json.loads(text)["sending"]
    now = tree_of(show)
    assert {path: data for path, data in there.items() if path in now} == now, "it is not as it is here"
    assert not [path for path in there if path.endswith(".partial")], "something unfinished was left"
    for path, data in there.items():
        assert path in sending or claimed[path] == (digest_of(data), len(data)), f"{path} is not known for ours"
    found.completed += 1
    return took_s


# ── many kills ──────────────────────────────────────────────────────────────────────────────────────────


def change(show: Podcast, number: int, chance: random.Random) -> None:
    """Give an episode another title, or add one; the sound, the pages and the feed change with it."""
    if chance.random() < _ADDING:
        date = f"July {1 + number % 28}, {2024 + number // 28}"
        ran = show("make", "-", stdin=NEWSLETTER.replace("June 15, 2024", date).encode())
    else:
        slug = chance.choice([OLD, NEW])
        path = show.script(slug)
        lines = path.read_text().splitlines()
        words = "longer " * chance.randrange(9)
        path.write_text("\n".join(f"title: A {words}title, the {number}th" if line.startswith("title:") else line
                                  for line in lines) + "\n")  # fmt: skip
        ran = show("render", slug)
    assert ran.exit_code == 0, ran.stderr


def torture(show: Podcast, place: Place, kills: int, seed: int, *, in_a_row: int = 3) -> Found:
    """Kill so many runs; after some of them, let one complete what they left."""
    chance, found = random.Random(seed), Found()  # noqa: S311 - moments, not secrets
    versions = Versions(set)
    sending_s, former, number = 1.0, None, 0
    while found.kills < kills:
        for _ in range(chance.randint(1, in_a_row)):
            if found.kills == kills:
                break
            now = tree_of(show)
            versions.add(now)
            kill(show, place, chance, sending_s, found)
            examine(place, versions, now, former, found)
            former = place.look().get("feed.xml", former)
            number += 1
            if found.kills < kills:
                change(show, number, chance)
        sending_s = complete(show, place, found)
        logging.getLogger(__name__).info("%s", found)
        versions = Versions(set)
        versions.add(place.look())
        change(show, number := number + 1, chance)
    complete(show, place, found, "--prune")
    there = place.look()
    there.pop(MANIFEST)
    assert there == tree_of(show), "pruning does not leave what is here"
    return found


# ── the places ──────────────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def s3_place() -> Iterator[Place]:
    """Serve a bucket from this process."""
    import boto3
    from moto.server import ThreadedMotoServer

    for library in ("werkzeug", "botocore"):
        logging.getLogger(library).setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    keys = {"AWS_ACCESS_KEY_ID": "me", "AWS_SECRET_ACCESS_KEY": "mine", "AWS_DEFAULT_REGION": "us-east-1"}
    client = boto3.client(
        "s3",
        endpoint_url=f"http://{host}:{port}",
        aws_access_key_id="me",
        aws_secret_access_key="mine",  # noqa: S106 - of nothing
    )
    client.create_bucket(Bucket="show")

    def look() -> dict[str, bytes]:
        pages = client.get_paginator("list_objects_v2").paginate(Bucket="show")
        keys = [each["Key"] for page in pages for each in page.get("Contents", [])]
        return {key[2:]: client.get_object(Bucket="show", Key=key)["Body"].read() for key in keys}

    yield Place("s3://show/x", {**keys, "AWS_ENDPOINT_URL": f"http://{host}:{port}"}, look)
    client.close()
    server.stop()


@contextlib.contextmanager
def sftp_place(folder: Path) -> Iterator[Place]:
    """Run an OpenSSH server, of whose folder we know where it lies."""
    with running_sshd(folder / "sshd") as server:
        there = folder / "srv"

        def look() -> dict[str, bytes]:
            listing = {MANIFEST: (there / MANIFEST).read_bytes()} if (there / MANIFEST).is_file() else {}
            return {**files_in(there), **listing}

        yield Place(server.target(there), {"HOME": str(server.home)}, look)


def main() -> None:
    """Kill as often as asked, and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=["S3", "SFTP"], help="default: both")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    with tempfile.TemporaryDirectory() as name:
        places: list[tuple[str, Any]] = [("S3", s3_place()), ("SFTP", sftp_place(Path(name)))]
        for kind, opened in places:
            if options.only not in {None, kind}:
                continue
            show = Path(name) / f"show-{kind}"
            make_public_show(show)
            with opened as place:
                found = torture(Podcast(show), place, options.kills, options.seed)
            print(kind, json.dumps({key: getattr(found, key) for key in found.__slots__}, indent=2))  # noqa: T201


if __name__ == "__main__":
    main()
