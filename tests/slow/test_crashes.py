"""Runs that are killed wherever they write: every kill that has a name, and a few of those at random moments."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

PROGRAM = Path(__file__).parent.parent / "crashes.py"
PROMISES = ("failed", "broken_feeds", "in_between", "left_behind", "differing_files", "leftovers")
LONGEST_S = 1000


def figures(*options: str) -> dict[str, Any]:
    """Run the program, which forks and so wants a process without threads, and return what it found: all is well."""
    run = subprocess.run(
        [sys.executable, PROGRAM, *options],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        check=False,
        timeout=LONGEST_S,
    )
    assert run.stdout, run.stderr.decode()
    found: dict[str, Any] = json.loads(run.stdout)
    assert {name: found[name] for name in PROMISES} == dict.fromkeys(PROMISES, 0), found["problems"]
    assert run.returncode == 0
    return found


def test_a_run_that_is_killed_before_any_write_ends_in_the_same_bytes() -> None:
    """The next one completes it, and the feed names only whole files at any time."""
    found = figures("--kills", "0", "--in-a-row", "8", "--only", "make", "render", "feed")
    assert found["points"] > 100
    assert not found["not_reached"]
    assert found["lengths_behind"], "no kill came between an episode and its feed"
    assert found["completed"] > 10


def test_a_run_that_is_killed_at_any_moment_ends_in_the_same_bytes() -> None:
    """Whatever it was: a search of the week is among them."""
    found = figures("--kills", "20", "--in-a-row", "3", "--no-points")
    assert found["random"] == 20
    assert found["completed"]


def test_a_cut_of_power_takes_nothing_that_was_finished() -> None:
    """What was not synced is lost, wholly or in part, and is made again."""
    found = figures("--kills", "5", "--in-a-row", "5", "--torn", "--only", "feed")
    assert found["points"] > 20
    assert found["torn"]
