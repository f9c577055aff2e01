"""Many listeners at once: every byte arrives, and the server stays small. `tests/listeners.py` makes a thousand."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from conftest import at_most, skip
from listeners import all_listen, make_long_show, peak_bytes, served

pytestmark = pytest.mark.slow

LISTENERS = 150
EPISODE_BYTES = 3_000_000
MOST_BYTES = 150_000_000
"""Of memory: what the server itself needs, and far less than an episode for each listener."""

SECONDS = 300


def test_many_download_an_episode_at_once(tmp_path: Path) -> None:
    """Each from where it went on; exactly, without one that fails, and in little memory."""
    if not Path("/proc/self/status").is_file():
        skip("this system does not tell how much memory a process has used")
    sound = make_long_show(tmp_path / "show", EPISODE_BYTES).read_bytes()
    with served(tmp_path / "show") as (process, where), at_most(SECONDS):
        heard = asyncio.run(all_listen(where, sound, LISTENERS, 0.5))
        assert (heard.failed, heard.wrong, heard.reasons) == (0, 0, set())
        assert heard.downloads >= LISTENERS
        assert heard.most_at_once > LISTENERS // 2
        assert peak_bytes(process) < MOST_BYTES
