"""What is at work and what was killed are told apart by what the operating system knows, never by clocks or numbers."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import skip

from podcast import locks
from podcast.errors import BusyError
from podcast.files import drafting, leftovers, locked, sweep, write_bytes, writing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEAD = ".file.0123456789abcdef.tmp"
OWNER = '{"command": "podcast render", "process": 4711, "host": "desk", "since": "2024-06-15 12:00:00+00:00"}'

HOLDS = """
import sys
from pathlib import Path
from podcast import files, locks
folder = Path(sys.argv[1])
sys.argv[1:] = ["render"]
with (
    files.locked(folder / "locks" / "2024-06-15"),
    locks.marked(folder / "running"),
    files.writing(folder / "file") as file,
    files.drafting(folder / "episode") as draft,
):
    file.write(b"half")
    (draft / "half").write_bytes(b"half")
    print("ready", flush=True)
    sys.stdin.read()
"""

WAITS = """
import sys
from pathlib import Path
from podcast.files import locked
path = Path(sys.argv[1])
with locked(path, wait=True):
    print("in", flush=True)
    sys.stdin.read()
"""


@contextlib.contextmanager
def at_work(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process that holds a lock and a mark, and writes a file and a folder."""
    command = [sys.executable, "-c", HOLDS, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        try:
            yield process
        finally:
            process.kill()


def dead_marks(folder: Path) -> list[locks.Mark]:
    """Return what runs left that were killed; the marks stay."""
    with contextlib.suppress(InterruptedError), locks.marks_of_the_dead(folder) as marks:
        raise InterruptedError
    return list(marks)


def names(folder: Path) -> list[str]:
    """Name all files of a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_living_run_is_told_from_a_dead_one(tmp_path: Path) -> None:
    """While it lives, others are kept out by its name and nothing of it is swept; once killed, all of it is."""
    with at_work(tmp_path) as process:
        with (
            pytest.raises(
                BusyError, match=rf"podcast render. \(process {process.pid} on .*since .*on 2024-06-15: wait"
            ),
            locked(tmp_path / "locks" / "2024-06-15"),
        ):
            pass
        assert leftovers(tmp_path) == sweep(tmp_path) == []
        assert dead_marks(tmp_path / "running") == []
        assert len(names(tmp_path)) == 4
        process.kill()
        process.wait()
        found = leftovers(tmp_path)
        assert [path.name.rpartition(".")[2] for path in found] == ["draft", "tmp"]
        assert len(names(tmp_path)) == 4
        (mark,) = dead_marks(tmp_path / "running")
        assert (mark.owner and (mark.owner.command, mark.owner.process)) == ("podcast render", process.pid)
        assert sweep(tmp_path) == found
        with locked(tmp_path / "locks" / "2024-06-15"), locks.marks_of_the_dead(tmp_path / "running") as marks:
            assert marks == (mark,)
    assert names(tmp_path) == ["locks/2024-06-15"]


def test_whoever_writes_a_file_removes_what_killed_runs_began_of_it(tmp_path: Path) -> None:
    """Also outside of a show, where nobody else looks; what is of another file stays."""
    (tmp_path / DEAD).write_text("half")
    (tmp_path / ".other.0123456789abcdef.tmp").write_text("half")
    with writing(tmp_path / "file") as file:
        write_bytes(tmp_path / "file", b"of another thread")
        file.write(b"whole")
    assert names(tmp_path) == [".other.0123456789abcdef.tmp", "file"]
    assert (tmp_path / "file").read_bytes() == b"whole"


@pytest.mark.parametrize(
    "name", [".file.tmp", "file.0123456789abcdef.tmp", ".file.0123456789ABCDEF.tmp", ".file.0123456789abcdef.draft"]
)
def test_what_only_looks_like_a_leftover_is_a_persons_own(tmp_path: Path, name: str) -> None:
    """A name that no run of ours makes, or a file where it makes folders."""
    (tmp_path / name).write_text("mine")
    (tmp_path / ".notes.draft").mkdir()
    (tmp_path / ".notes.0123456789abcdef.tmp").mkdir()
    assert leftovers(tmp_path) == sweep(tmp_path) == []
    assert names(tmp_path) == [name]


def test_links_are_not_swept_nor_followed(tmp_path: Path) -> None:
    """A show that somebody else made leads to nothing outside of it."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / DEAD).write_text("mine")
    show = tmp_path / "show"
    show.mkdir()
    (show / "folder").symlink_to(outside)
    (show / ".x.0123456789abcdef.draft").symlink_to(outside)
    (show / DEAD).symlink_to(outside / DEAD)
    os.mkfifo(show / ".pipe.0123456789abcdef.tmp")
    assert leftovers(show) == sweep(show) == []
    assert names(outside) == [DEAD]


def test_what_earlier_versions_left_of_a_file_is_swept_too(tmp_path: Path) -> None:
    """They named it by numbers of a process and a thread."""
    left = tmp_path / ".file.4711-140213.tmp"
    left.write_text("half")
    assert leftovers(tmp_path) == sweep(tmp_path) == [left]
    left.write_text("half")
    write_bytes(tmp_path / "file", b"whole")
    assert names(tmp_path) == ["file"]


@pytest.mark.parametrize("making", [writing, drafting])
def test_what_somebody_looks_at_just_when_it_is_made_is_held_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, making: Callable[[Path], contextlib.AbstractContextManager[object]]
) -> None:
    """Whoever looks for leftovers holds it for a moment; behind him nobody may take it for one."""
    import fcntl

    flock, looking = fcntl.flock, list[threading.Timer]()

    def looked_at(descriptor: int, how: int) -> None:
        if not looking:
            other = os.open(f"/proc/self/fd/{descriptor}", os.O_RDONLY)
            flock(other, fcntl.LOCK_EX)
            looking.append(threading.Timer(0.05, os.close, [other]))
            looking[0].start()
        flock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", looked_at)
    with making(tmp_path / "x"):
        looking[0].join()
        assert leftovers(tmp_path) == sweep(tmp_path) == []


def test_what_cannot_be_removed_is_not_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a folder that is read-only by now."""
    (tmp_path / DEAD).write_text("half")

    def refused(*_: object, **__: object) -> None:
        raise PermissionError

    with monkeypatch.context() as patched:
        patched.setattr(type(tmp_path), "unlink", refused)
        assert sweep(tmp_path) == []
    assert sweep(tmp_path) == [tmp_path / DEAD]


def test_a_draft_is_gone_whatever_happens_in_it(tmp_path: Path) -> None:
    """And while it is filled nobody takes it for a dead one's."""
    with contextlib.suppress(InterruptedError), drafting(tmp_path / "x") as draft:
        (draft / "half").write_text("half")
        assert sweep(tmp_path) == []
        raise InterruptedError
    assert list(tmp_path.iterdir()) == []


def test_a_lock_says_nothing_of_who_had_it(tmp_path: Path) -> None:
    """Only of who has it."""
    with locked(tmp_path / "x"):
        assert json.loads((tmp_path / "x").read_bytes())["process"] == os.getpid()
    assert (tmp_path / "x").read_bytes() == b""


@pytest.mark.parametrize("said", ["", "{", "[1]", '{"command": 1}', OWNER.replace("desk", "x" * 300), "[" * 4000])
def test_an_owner_that_says_nonsense_is_another_run(tmp_path: Path, said: str) -> None:
    """It is kept out of all the same."""
    path = tmp_path / "2024-06-15"
    with locked(path):
        path.write_text(said)
        with pytest.raises(BusyError, match=r"^Another run is at work on 2024-06-15: wait"), locked(path):
            pass


@pytest.mark.parametrize(("name", "on"), [(".publish", "the same"), ("3fa1.lock", "the same"), ("a.b", "a.b")])
def test_what_is_worked_on_is_named_if_people_know_it(tmp_path: Path, name: str, on: str) -> None:
    """Names of our own files help nobody."""
    with (
        locked(tmp_path / name),
        pytest.raises(BusyError, match=rf"^Another run, `podcast.*` \(process \d+ on .*\), is at work on {on}: wait"),
        locked(tmp_path / name),
    ):
        pass


def test_a_lock_that_was_deleted_is_taken_anew(tmp_path: Path) -> None:
    """Whoever waited for it takes the one that lies there now: the cache may be deleted at any time."""
    path = tmp_path / "x"
    with locked(path):
        waiting = waiter(path)
        path.unlink()
    assert waiting.stdout is not None
    assert waiting.stdout.readline() == b"in\n"
    with pytest.raises(BusyError), locked(path):
        pass
    waiting.communicate()


def test_a_run_that_waits_can_be_interrupted(tmp_path: Path) -> None:
    """It need not wait for what it waits for."""
    with locked(tmp_path / "x"):
        waiting = waiter(tmp_path / "x")
        waiting.send_signal(signal.SIGINT)
        assert b"KeyboardInterrupt" in waiting.communicate()[1]


def waiter(path: Path) -> subprocess.Popen[bytes]:
    """Start a process that waits for a lock; it says so once it has it, and keeps it."""
    table = Path("/proc/locks")
    if not table.exists():
        skip("/proc/locks is not here: it says who waits for a lock")
    command = [sys.executable, "-c", WAITS, str(path)]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe)
    while not any("->" in line and f" {process.pid} " in line for line in table.read_text().splitlines()):
        assert process.poll() is None
    return process


def test_a_lock_is_no_way_out_of_a_show(tmp_path: Path) -> None:
    """A link in its place, as in a show that somebody else made, is not written through."""
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "x").symlink_to(tmp_path / "mine")
    with pytest.raises(OSError, match="x"), locked(tmp_path / "x"):
        pass
    assert (tmp_path / "mine").read_text() == "mine"


def test_marks_go_with_their_folder_and_stay_where_the_work_on_them_fails(tmp_path: Path) -> None:
    """A run that is killed while it sweeps is noticed, too, and what was killed before."""
    running = tmp_path / ".podcast" / "running"
    with locks.marked(running), locks.marked(running):
        assert dead_marks(running) == []
    assert not running.parent.exists()
    running.mkdir(parents=True)
    (running / "0123456789abcdef").write_text(OWNER)
    for _ in range(2):
        (mark,) = dead_marks(running)
        assert str(mark.owner) == "`podcast render` (process 4711 on desk, since 2024-06-15 12:00:00+00:00)"


def test_a_run_that_ends_while_it_is_looked_at_was_not_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its mark is open already, and gone when it is held."""
    import fcntl

    flock, mark = fcntl.flock, tmp_path / "0123456789abcdef"
    mark.write_text(OWNER)

    def ends(descriptor: int, how: int) -> None:
        mark.unlink()
        flock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", ends)
    assert dead_marks(tmp_path) == []


def test_where_no_mark_can_be_made_work_goes_on(tmp_path: Path) -> None:
    """What reads needs none, and what writes meets the reason itself."""
    (tmp_path / "running").write_text("a file")
    with locks.marked(tmp_path / "running"):
        pass
    assert names(tmp_path) == ["running"]


def test_where_no_locks_are_nothing_is_held_and_nothing_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some file systems have none: files are written whole there all the same."""
    import fcntl

    def unknown(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", unknown)
    (tmp_path / DEAD).write_text("half")
    with locked(tmp_path / "lock"), locks.marked(tmp_path / "running"), drafting(tmp_path / "x"):
        write_bytes(tmp_path / "file", b"new")
        assert leftovers(tmp_path) == sweep(tmp_path) == []
        assert dead_marks(tmp_path / "running") == []
    assert names(tmp_path) == [DEAD, "file", "lock"]
    assert not (tmp_path / "running").exists()
