"""Manners towards servers: all runs together ask once in so many seconds, and wait as long as a server asks."""

from __future__ import annotations

import datetime as dt
import email.utils
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from podcast.errors import OutsideError, from_want
from podcast.outside.pace import Pace
from podcast.outside.retry_after import wait_s

if TYPE_CHECKING:
    from pathlib import Path


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def clock(self) -> float:
        """Say what time it is."""
        return self.now_s

    def sleep(self, seconds: float) -> None:
        """Let it pass."""
        self.now_s += seconds


def paced(folder: Path, time: Time, server: str = "arxiv.org") -> Pace:
    """Return a pace of three seconds."""
    return Pace(server, 3, folder, time.clock, time.sleep)


def test_the_first_request_waits_for_nothing_and_each_other_for_its_turn(tmp_path: Path) -> None:
    """Two runs share one pace."""
    now = Time()
    paced(tmp_path, now).wait()
    assert now.now_s == 1000
    paced(tmp_path, now).wait()
    assert now.now_s == 1003
    now.sleep(1)
    paced(tmp_path, now).wait()
    assert now.now_s == 1006
    now.sleep(60)
    paced(tmp_path, now).wait()
    assert now.now_s == 1066


def test_a_site_has_one_pace_whatever_it_is_called(tmp_path: Path) -> None:
    """The API of arXiv and its PDFs have two names, and wait for each other."""
    now = Time()
    paced(tmp_path, now, "export.arxiv.org").wait()
    paced(tmp_path, now, "arxiv.org").wait()
    assert now.now_s == 1003


def test_another_server_has_its_own_pace(tmp_path: Path) -> None:
    """Nobody waits for strangers."""
    now = Time()
    paced(tmp_path, now).wait()
    paced(tmp_path, now, "example.org").wait()
    assert now.now_s == 1000


@pytest.mark.parametrize("left", [b"", b"soon", b"99999999"])
def test_a_damaged_note_or_a_clock_that_was_set_back_stops_nobody(tmp_path: Path, left: bytes) -> None:
    """At worst one request comes early."""
    now = Time()
    paced(tmp_path, now).wait()
    for path in tmp_path.iterdir():
        path.write_bytes(left)
    paced(tmp_path, now).wait()
    assert now.now_s == 1000


_ASK = """
import sys, time
from pathlib import Path
from podcast.errors import OutsideError, from_want
from podcast.outside.pace import Pace
pace = Pace("arxiv.org", 0.2, Path(sys.argv[1]))
for _ in range(3):
    pace.wait()
    print(time.time())
"""


def test_processes_take_turns(tmp_path: Path) -> None:
    """Three at once ask no faster than one."""
    command = [sys.executable, "-c", _ASK, str(tmp_path)]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    times = sorted(float(line) for run in runs for line in run.communicate()[0].split())
    assert len(times) == 9
    assert times[-1] - times[0] > 1.2  # eight waits of 0.2 s, the first of which may be noticed late


def in_(seconds: float) -> str:
    """Write a time from now as servers do."""
    return email.utils.format_datetime(dt.datetime.fromtimestamp(time.time() + seconds, dt.UTC), usegmt=True)


@pytest.mark.parametrize(
    ("headers", "low", "high"),
    [
        ({}, 0, 0),
        ({"retry-after": "7"}, 7, 7),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9, 9),
        ({"retry-after-ms": "soon"}, 0, 0),
        *[
            ({"retry-after": value}, 0, 0)
            for value in (
                f"Mon, 01 Jan {'9' * 20} 00:00:00 GMT",
                "-1",
                "nan",
                "inf",
                "soon",
                "",
                "Mon, 99 Foo",
            )
        ],
    ],
)
def test_retry_after_is_seconds_or_nothing(headers: dict[str, str], low: float, high: float) -> None:
    """What makes no sense asks for no patience."""
    assert low <= wait_s(headers) <= high


def test_retry_after_may_be_a_date() -> None:
    """Seconds from now; one that is past asks for no patience."""
    assert 3500 <= wait_s({"retry-after": in_(3600)}) <= 3600
    assert wait_s({"retry-after": in_(-3600)}) == 0


def test_a_user_without_a_home_is_told_to_name_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container that runs under a number which nobody has."""

    def nobody(_: int) -> None:
        raise KeyError

    for name in ("HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", nobody)
    with pytest.raises(RuntimeError) as caught:
        Pace("arxiv.org")
    assert str(from_want(caught.value)).startswith("This user has no home folder: set HOME to a folder of yours")


def test_a_home_that_cannot_be_written_to_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As that of a service; what to set is said."""
    (tmp_path / "home").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    with pytest.raises(OutsideError, match=r"home/paper-podcast/pace: .*or set XDG_CACHE_HOME to a folder of yours"):
        Pace("arxiv.org").wait()
