"""Many listeners of one episode: each asks for parts of it, again and again, and compares every byte that comes.

python tests/listeners.py --listeners 1000 --seconds 60    prints what came, what was wrong, and the server's memory
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conftest import make_show

from podcast.outside.sockets import affordable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SLUG = "2024-06-15"
EPISODE_BYTES = 15_000_000
PIECE_BYTES = 1 << 17
SILENCE_S = 120
"""After so long without a byte a download has failed."""

PARAGRAPH_BYTES = 1_571_000
"""Of an MP3 in which twenty times these words are hummed."""

WORDS = "Some words to say, and a few more of them, so that an episode of them is as long as people make them. "
SCRIPT = f"---\ntitle: A Long One\ndate: {SLUG}\n---\n\n## Welcome\n\n"


@dataclass(slots=True)
class Heard:
    """What came to all listeners together."""

    downloads: int = 0
    bytes: int = 0
    failed: int = 0
    wrong: int = 0
    at_once: int = 0
    most_at_once: int = 0
    reasons: set[str] = field(default_factory=set)


def make_long_show(folder: Path, least_bytes: int) -> Path:
    """Make a show with one episode that hums for that long; return its sound."""
    show = make_show(folder, music=False)
    show.script(SLUG).parent.mkdir(parents=True)
    paragraph = WORDS * 20
    count = 1 + least_bytes // PARAGRAPH_BYTES
    show.script(SLUG).write_text(SCRIPT + f"{paragraph}\n\n" * count, encoding="utf-8")
    ran = show("render", SLUG, "--quiet")
    assert ran.exit_code == 0, ran.stderr
    return show.episode(SLUG) / "episode.mp3"


# ── one listener ────────────────────────────────────────────────────────────────────────────────────────


async def listen(where: tuple[str, int], sound: bytes, end_s: float, seed: int, heard: Heard) -> None:
    """Download from somewhere to the end, on a connection of its own, until the time is over."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    start = 0
    while time.monotonic() < end_s:
        try:
            await download(where, sound, start, heard)
        except (OSError, EOFError, TimeoutError, ValueError) as error:
            heard.failed += 1
            heard.reasons.add(repr(error)[:100])
            await asyncio.sleep(0.1)
        start = chance.randrange(len(sound) // 2)


async def download(where: tuple[str, int], sound: bytes, start: int, heard: Heard) -> None:
    """Ask for all from a byte on; raises ValueError for another answer, and counts each piece that is another."""
    reader, writer = await asyncio.open_connection(*where, limit=PIECE_BYTES)
    with contextlib.closing(writer):
        path = f"/episodes/{SLUG}/{SLUG}.mp3"
        writer.write(f"GET {path} HTTP/1.1\r\nHost: a\r\nRange: bytes={start}-\r\nConnection: close\r\n\r\n".encode())
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), SILENCE_S)
        if not head.startswith(b"HTTP/1.1 206 ") or f"bytes {start}-{len(sound) - 1}/{len(sound)}".encode() not in head:
            raise ValueError(head.decode("latin-1"))
        heard.at_once += 1
        heard.most_at_once = max(heard.most_at_once, heard.at_once)
        try:
            await _compare(reader, sound, start, heard)
        finally:
            heard.at_once -= 1
        heard.downloads += 1


async def _compare(reader: asyncio.StreamReader, sound: bytes, start: int, heard: Heard) -> None:
    at = start
    while data := await asyncio.wait_for(reader.read(PIECE_BYTES), SILENCE_S):
        heard.wrong += data != sound[at : at + len(data)]
        heard.bytes += len(data)
        at += len(data)
    if at != len(sound):
        raise EOFError(f"{at} of {len(sound)} bytes")


async def all_listen(where: tuple[str, int], sound: bytes, listeners: int, seconds: float) -> Heard:
    """Let all listen for that long, and each come to the end of what it is hearing then."""
    heard, end_s = Heard(), time.monotonic() + seconds
    await asyncio.gather(*(listen(where, sound, end_s, seed, heard) for seed in range(listeners)))
    return heard


# ── the server ──────────────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def served(folder: Path) -> Iterator[tuple[int, tuple[str, int]]]:
    """Run `podcast serve` as a process; yield its number and where it listens."""
    command = [sys.executable, "-m", "podcast", "serve", "--port", "0", "--quiet", "--show", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout
            address = urlsplit(running.stdout.readline().strip())
            yield running.pid, (address.hostname or "", address.port or 0)
        finally:
            running.kill()


def peak_bytes(process: int) -> int:
    """The most memory that a process ever had."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return 1024 * int(next(line.split()[1] for line in lines if line.startswith("VmHWM:")))


def main(arguments: Sequence[str] | None = None) -> int:
    """Make an episode, serve it, listen, and print what came of it; 1 if anything failed or was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listeners", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--bytes", type=int, default=EPISODE_BYTES)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        sound = make_long_show(Path(folder) / "show", options.bytes).read_bytes()
        affordable(options.listeners)
        with served(Path(folder) / "show") as (process, where):
            began_s = time.monotonic()
            heard = asyncio.run(all_listen(where, sound, options.listeners, options.seconds))
            took_s = time.monotonic() - began_s
            peak = peak_bytes(process)
    figures = {
        "listeners": options.listeners,
        "at once": heard.most_at_once,
        "seconds": round(took_s, 1),
        "episode bytes": len(sound),
        "downloads": heard.downloads,
        "GB": round(heard.bytes / 1e9, 2),
        "failed": heard.failed,
        "wrong pieces": heard.wrong,
        "server's peak MB": round(peak / 1e6),
        "reasons": sorted(heard.reasons),
    }
    print(json.dumps(figures, indent=2))  # noqa: T201 - a program
    return 1 if heard.failed or heard.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
