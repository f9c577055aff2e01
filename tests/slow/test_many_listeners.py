"""Many listeners at once: every byte arrives, and the server stays small."""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from conftest import at_most, make_show, skip

if TYPE_CHECKING:
    from asyncio import StreamReader

pytestmark = pytest.mark.slow

LISTENERS = 80
EPISODE_BYTES = 15_000_000
MOST_BYTES = 150_000_000
"""Of memory: what the server itself needs, and far less than an episode for each listener."""

SECONDS = 300


def test_many_download_an_episode_at_once(tmp_path: Path) -> None:
    """Each from where it went on; exactly, and in little memory."""
    if not Path("/proc/self/status").is_file():
        skip("this system does not tell how much memory a process has used")
    show = make_show(tmp_path / "show", music=False)
    (show.folder / "newsletter.md").write_text("# Papers of June 15, 2024\n\n## Highlights\n\n### One\n\nA word.\n")
    assert show("make", show.folder / "newsletter.md", "--quiet").exit_code == 0
    sound = hashlib.shake_128(b"an episode").digest(EPISODE_BYTES)
    large = show.folder / "feed" / "cover-0000000000000000.jpg"
    large.write_bytes(sound)
    command = [sys.executable, "-m", "podcast", "serve", "--port", "0", "--quiet", "--show", str(show.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout
            where = urlsplit(running.stdout.readline().strip())
            with at_most(SECONDS):
                asyncio.run(downloads(where.port or 0, f"/{large.name}", sound))
            assert peak_bytes(running.pid) < MOST_BYTES
        finally:
            running.kill()


async def downloads(port: int, path: str, sound: bytes) -> None:
    """Let all ask at once, and compare what each got with what it asked for."""
    starts = [number * 100_003 for number in range(LISTENERS)]
    got = await asyncio.gather(*(download(port, path, start) for start in starts))
    for start, (length, digest) in zip(starts, got, strict=True):
        assert length == EPISODE_BYTES - start
        assert digest == hashlib.blake2b(memoryview(sound)[start:]).digest()


async def download(port: int, path: str, start: int) -> tuple[int, bytes]:
    """How much came, and its digest."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: a\r\nRange: bytes={start}-\r\nConnection: close\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 206 ")
    try:
        return await digest_of(reader)
    finally:
        writer.close()


async def digest_of(reader: StreamReader) -> tuple[int, bytes]:
    """Read to the end, and keep nothing of it."""
    digest, length = hashlib.blake2b(), 0
    while data := await reader.read(1 << 17):
        digest.update(data)
        length += len(data)
    return length, digest.digest()


def peak_bytes(process: int) -> int:
    """The most memory that a process ever had."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return 1024 * int(next(line.split()[1] for line in lines if line.startswith("VmHWM:")))
