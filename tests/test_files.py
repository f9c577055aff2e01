"""Whoever reads, and a run after a crash, finds the whole old or the whole new, never a part."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import shutil
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from conftest import skip

from podcast.errors import BusyError, OutsideError, from_os_error
from podcast.exchange import exchange
from podcast.files import (
    append_file,
    locked,
    named,
    replacing_folder,
    settle,
    sha256_of,
    sha256_of_file,
    unsettled,
    write_bytes,
    write_text,
    writing,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class InterruptedByTestError(Exception):
    """Something that goes wrong inside a block."""


DRAFT = ".x.0123456789abcdef.draft"
INTERRUPTIONS = [InterruptedByTestError, KeyboardInterrupt, SystemExit]


def tree(folder: Path) -> dict[str, str]:
    """Return the files of a folder and what is in them."""
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def make(folder: Path, content: str) -> None:
    """Make a folder with one file."""
    folder.mkdir()
    (folder / "file").write_text(content)


def fail_in_a_file(path: Path, interruption: type[BaseException]) -> None:
    """Begin to write a file."""
    with writing(path) as file:
        file.write(b"half of the new")
        raise interruption


def fail_in_a_folder(folder: Path, interruption: type[BaseException]) -> None:
    """Begin to fill a folder."""
    with replacing_folder(folder) as draft:
        (draft / "file").write_text("half of the new")
        raise interruption


# ── files ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_is_written_with_the_folders_above_it(tmp_path: Path) -> None:
    """And nothing else is left."""
    write_text(tmp_path / "a" / "b" / "file", "new\r\n")
    assert (tmp_path / "a" / "b" / "file").read_bytes() == b"new\r\n"
    assert list(tree(tmp_path)) == ["a/b/file"]


def test_a_file_is_replaced(tmp_path: Path) -> None:
    """By the whole new one."""
    write_bytes(tmp_path / "file", b"a long old one")
    write_bytes(tmp_path / "file", b"new")
    assert tree(tmp_path) == {"file": "new"}


def test_the_old_file_is_there_until_the_new_one_is_whole(tmp_path: Path) -> None:
    """Inside the block a reader finds the old one."""
    path = tmp_path / "file"
    path.write_text("old")
    with writing(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_text() == "old"
    assert path.read_text() == "new"


@pytest.mark.parametrize("interruption", INTERRUPTIONS)
def test_a_file_that_fails_leaves_the_old_one(tmp_path: Path, interruption: type[BaseException]) -> None:
    """And no temporary one, whatever stopped it."""
    path = tmp_path / "file"
    path.write_text("old")
    with pytest.raises(interruption):
        fail_in_a_file(path, interruption)
    assert tree(tmp_path) == {"file": "old"}


def test_a_first_file_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """Not even an empty one."""
    with pytest.raises(InterruptedByTestError), writing(tmp_path / "file"):
        raise InterruptedByTestError
    assert tree(tmp_path) == {}


def test_a_file_in_the_place_of_a_folder_is_said_in_a_sentence(tmp_path: Path) -> None:
    """The operating system refuses, and the person reads which path it was."""
    (tmp_path / "folder").write_text("mine")
    with pytest.raises(OSError, match="folder") as caught:
        write_bytes(tmp_path / "folder" / "file", b"new")
    error = from_os_error(caught.value)
    assert isinstance(error, OutsideError)
    assert str(error).startswith(f"{tmp_path / 'folder'}")
    assert str(error).endswith(".")
    assert tree(tmp_path) == {"folder": "mine"}


def test_a_folder_in_the_place_of_a_file_is_kept(tmp_path: Path) -> None:
    """Nothing is left beside it."""
    make(tmp_path / "file", "mine")
    with pytest.raises(OSError, match="file"):
        write_bytes(tmp_path / "file", b"new")
    assert tree(tmp_path) == {"file/file": "mine"}


def test_hashes_of_bytes_and_of_files_agree(tmp_path: Path) -> None:
    """Also for a file of several pieces."""
    data = bytes(range(256)) * 10_000
    (tmp_path / "file").write_bytes(data)
    assert sha256_of_file(tmp_path / "file") == sha256_of(data) == hashlib.sha256(data).hexdigest()


def test_a_file_is_put_behind_what_is_written(tmp_path: Path) -> None:
    """Byte for byte."""
    (tmp_path / "sound").write_bytes(b"sound")
    target = io.BytesIO()
    target.write(b"tag ")
    append_file(target, tmp_path / "sound")
    assert target.getvalue() == b"tag sound"


# ── folders ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    """No file of the old one is left in the new one, or beside it."""
    make(tmp_path / "x", "old")
    (tmp_path / "x" / "more").write_text("old")
    with replacing_folder(tmp_path / "x") as draft:
        (draft / "file").write_text("new")
        assert tree(tmp_path / "x") == {"file": "old", "more": "old"}
    assert tree(tmp_path) == {"x/file": "new"}
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_a_first_folder_is_made(tmp_path: Path) -> None:
    """With the folders above it."""
    with replacing_folder(tmp_path / "episodes" / "x") as draft:
        (draft / "file").write_text("new")
    assert tree(tmp_path) == {"episodes/x/file": "new"}


@pytest.mark.parametrize("interruption", INTERRUPTIONS)
def test_a_folder_that_fails_leaves_the_old_one(tmp_path: Path, interruption: type[BaseException]) -> None:
    """And nothing beside it, whatever stopped it."""
    make(tmp_path / "x", "old")
    with pytest.raises(interruption):
        fail_in_a_folder(tmp_path / "x", interruption)
    assert tree(tmp_path) == {"x/file": "old"}
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_a_draft_of_a_killed_run_is_not_mixed_into_the_next(tmp_path: Path) -> None:
    """A new draft begins empty."""
    make(tmp_path / DRAFT, "half")
    with replacing_folder(tmp_path / "x") as draft:
        assert list(draft.iterdir()) == []
        (draft / "other").write_text("new")
    assert tree(tmp_path) == {"x/other": "new"}


# Each state that a kill can leave, and what a run after it has to find.
INTERRUPTED = {
    "nothing was begun": ({"x": "old"}, "old"),
    "the draft was being filled": ({"x": "old", DRAFT: "half"}, "old"),
    "the new one was whole": ({"x": "old", ".x.new": "new"}, "new"),
    "the new one was the first": ({".x.new": "new"}, "new"),
    "the old one had been moved": ({".x.old": "old", ".x.new": "new"}, "new"),
    "the new one was in its place": ({"x": "new", ".x.old": "old"}, "new"),
    "an older one had not been removed": ({"x": "old", ".x.old": "older", ".x.new": "new"}, "new"),
    "only the old one is left": ({".x.old": "old"}, "old"),
}


@pytest.mark.parametrize(("state", "content"), INTERRUPTED.values(), ids=INTERRUPTED.keys())
def test_a_swap_is_completed_wherever_it_was_interrupted(tmp_path: Path, state: dict[str, str], content: str) -> None:
    """A whole folder is there, and of the swap nothing is left; settling again changes nothing."""
    for name, files_of_it in state.items():
        make(tmp_path / name, files_of_it)
    for _ in range(2):
        settle(tmp_path / "x")
        assert tree(tmp_path / "x") == {"file": content}
        assert not (tmp_path / ".x.new").exists()
        assert not (tmp_path / ".x.old").exists()


@pytest.mark.parametrize("state", [state for state, _ in INTERRUPTED.values()], ids=INTERRUPTED.keys())
@pytest.mark.parametrize("in_one_step", [True, False])
def test_a_folder_is_replaced_after_any_interruption(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: dict[str, str], *, in_one_step: bool
) -> None:
    """Leftovers do not get into its way, nor into the folder."""
    if not in_one_step:
        without_exchange(monkeypatch)
    for name, files_of_it in state.items():
        make(tmp_path / name, files_of_it)
    with replacing_folder(tmp_path / "x") as draft:
        (draft / "file").write_text("newest")
    assert tree(tmp_path) == {"x/file": "newest"}


class KilledError(BaseException):
    """A process ends here, with nothing cleaned up."""


def without_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be on a file system where two folders cannot change places in one step."""
    monkeypatch.setattr("podcast.files.exchange", lambda *_: False)


@pytest.mark.parametrize("step", range(1, 7))
@pytest.mark.parametrize("in_one_step", [True, False])
def test_a_kill_at_any_step_of_a_swap_loses_neither_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int, *, in_one_step: bool
) -> None:
    """At the folder's name there is a whole one or, in two steps, none at any time, and a whole one after settling."""
    if not in_one_step:
        without_exchange(monkeypatch)
    make(tmp_path / "x", "old")
    (tmp_path / "x" / "more").write_text("old")
    make(tmp_path / ".x.old", "older")
    whole = [{"file": "old", "more": "old"}, {"file": "new", "more": "new"}]
    steps = iter(range(1, 100))
    rename = type(tmp_path).rename

    def killed_within(folder: Path, **_: object) -> None:
        for path in sorted(folder.iterdir()) if folder.exists() else []:
            path.unlink()
            if next(steps) == step:
                raise KilledError
        if folder.exists():
            folder.rmdir()

    def killed_behind(folder: Path, target: Path) -> None:
        rename(folder, target)
        if next(steps) == step:
            raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", killed_within)
        patched.setattr(type(tmp_path), "rename", killed_behind)
        with contextlib.suppress(KilledError), replacing_folder(tmp_path / "x") as draft:
            (draft / "file").write_text("new")
            (draft / "more").write_text("new")
    assert (not in_one_step and not (tmp_path / "x").exists()) or tree(tmp_path / "x") in whole
    settle(tmp_path / "x")
    assert tree(tmp_path / "x") in whole


def test_two_folders_change_places(tmp_path: Path) -> None:
    """Or nothing is done: with one that is not there, or where the system cannot."""
    make(tmp_path / "x", "old")
    make(tmp_path / "y", "new")
    is_done = exchange(tmp_path / "x", tmp_path / "y")
    assert tree(tmp_path) == ({"x/file": "new", "y/file": "old"} if is_done else {"x/file": "old", "y/file": "new"})
    assert not exchange(tmp_path / "x", tmp_path / "z")
    assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_that_is_replaced_is_always_there(tmp_path: Path) -> None:
    """Whoever looks for it at any moment finds the old one or the new one."""
    make(tmp_path / "x", "0")
    if not exchange(tmp_path / "x", tmp_path / "x"):
        skip("this system does not let folders change places in one step")
    is_over, found = threading.Event(), set[bool]()

    def look() -> None:
        while not is_over.is_set():
            found.add((tmp_path / "x").is_dir())

    with ThreadPoolExecutor() as pool:
        looking = pool.submit(look)
        for number in range(1, 200):
            with replacing_folder(tmp_path / "x") as draft:
                (draft / "file").write_text(str(number))
        is_over.set()
        looking.result()
    assert found == {True}
    assert tree(tmp_path) == {"x/file": "199"}


def test_where_nothing_is_there_is_nothing_to_settle(tmp_path: Path) -> None:
    """And nothing is made."""
    settle(tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_beside_it_is_not_touched(tmp_path: Path) -> None:
    """Only leftovers of this very folder are."""
    make(tmp_path / ".y.new", "other")
    make(tmp_path / "x", "old")
    settle(tmp_path / "x")
    assert tree(tmp_path) == {".y.new/file": "other", "x/file": "old"}


@pytest.mark.parametrize("left", INTERRUPTED)
def test_folders_whose_swap_was_begun_are_known(tmp_path: Path, left: str) -> None:
    """Each once, by its own name; a draft is no swap, and after settling there is none."""
    before, _ = INTERRUPTED[left]
    for name, content in before.items():
        make(tmp_path / name, content)
    begun = {".x.new", ".x.old"} & before.keys()
    assert unsettled(tmp_path) == ([tmp_path / "x"] if begun else [])
    settle(tmp_path / "x")
    assert unsettled(tmp_path) == []


def test_folders_with_dots_in_their_names_are_known(tmp_path: Path) -> None:
    """In one order; what only looks alike is passed over."""
    for name in (".b.1.new", ".a.old.old", "c.new", ".d.newer", ".e.0123456789abcdef.draft", "f"):
        make(tmp_path / name, "x")
    assert unsettled(tmp_path) == [tmp_path / "a.old", tmp_path / "b.1"]


def test_a_file_or_a_link_is_no_half_of_a_swap(tmp_path: Path) -> None:
    """It is a person's own, and is neither moved nor removed."""
    (tmp_path / ".x.old").write_text("mine")
    (tmp_path / ".y.new").symlink_to(tmp_path)
    assert unsettled(tmp_path) == []


def test_where_no_folder_is_nothing_is_unsettled(tmp_path: Path) -> None:
    """A new show has no episodes."""
    assert unsettled(tmp_path / "episodes") == []


def test_a_folder_is_swapped_inside_the_lock_it_is_given(tmp_path: Path) -> None:
    """The old one stays while the new one is filled, and is gone when the lock is let go."""
    make(tmp_path / "x", "old")
    seen = []

    @contextlib.contextmanager
    def watching() -> Iterator[None]:
        seen.append((tmp_path / "x" / "file").read_text())
        yield
        seen.append((tmp_path / "x" / "file").read_text())

    with replacing_folder(tmp_path / "x", watching()) as draft:
        assert seen == []
        (draft / "file").write_text("new")
    assert seen == ["old", "new"]
    assert tree(tmp_path) == {"x/file": "new"}


def test_a_folder_is_on_the_disk_before_it_takes_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of its files first, then their names, once for all; then the folder in which it changes places."""
    fsync, synced = os.fsync, list[tuple[str, bool]]()

    def noted(descriptor: int) -> None:
        fsync(descriptor)
        draft = next((name for name in (path.name for path in tmp_path.iterdir()) if name.endswith(".draft")), "x")
        known = {(tmp_path / name).stat().st_ino: kind for name, kind in ((draft, "draft"), (".", "parent"))}
        synced.append((known.get(os.fstat(descriptor).st_ino, "file"), (tmp_path / "x").exists()))

    monkeypatch.setattr(os, "fsync", noted)
    with replacing_folder(tmp_path / "x") as draft:
        for name in ("one", "two"):
            write_bytes(draft / name, b"x")
        (draft / "file").touch()
    assert synced == [("file", False), ("file", False), ("draft", False), ("parent", True)]


def test_a_folder_that_fails_takes_no_lock(tmp_path: Path) -> None:
    """There is nothing to swap."""
    make(tmp_path / "x", "old")
    lock = locked(tmp_path / "lock")
    with pytest.raises(InterruptedByTestError), replacing_folder(tmp_path / "x", lock):
        raise InterruptedByTestError
    assert not (tmp_path / "lock").exists()


# ── locks ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_second_run_is_kept_out(tmp_path: Path) -> None:
    """At once, by the name of what is worked on; and let in when the first is done."""
    path = tmp_path / "locks" / "2024-06-15"
    with locked(path), pytest.raises(BusyError, match="at work on 2024-06-15"), locked(path):
        pass
    with locked(path):
        pass


def test_a_run_that_fails_lets_go(tmp_path: Path) -> None:
    """However it ends."""
    with pytest.raises(InterruptedByTestError), locked(tmp_path / "x"):
        raise InterruptedByTestError
    with locked(tmp_path / "x"):
        pass


def test_locks_of_different_names_do_not_meet(tmp_path: Path) -> None:
    """Two episodes are rendered side by side."""
    with locked(tmp_path / "x"), locked(tmp_path / "y"):
        pass


def test_a_run_that_waits_comes_in_when_the_other_is_done(tmp_path: Path) -> None:
    """And not before."""
    order, inside, waiting = [], threading.Event(), threading.Event()

    def first() -> None:
        with locked(tmp_path / "x"):
            inside.set()
            waiting.wait(5)
            threading.Event().wait(0.1)
            order.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    inside.wait(5)
    waiting.set()
    with locked(tmp_path / "x", wait=True):
        order.append("second")
    thread.join()
    assert order == ["first", "second"]


# ── what lies in a folder ───────────────────────────────────────────────────────────────────────────────


def test_files_are_found_by_how_their_names_begin_and_end(tmp_path: Path) -> None:
    """As they are spelt: no sign in a name stands for another one."""
    for name in ("a.1.wav", "a.2.wav", "a.wav.tmp", "ab.1.wav", "[a].1.wav"):
        (tmp_path / name).touch()
    assert sorted(path.name for path in named(tmp_path, "a.", ".wav")) == ["a.1.wav", "a.2.wav"]
    assert named(tmp_path, "[a].", ".wav") == [tmp_path / "[a].1.wav"]


def test_nothing_is_found_where_no_folder_is(tmp_path: Path) -> None:
    """Nor in what is a file."""
    (tmp_path / "file").touch()
    assert named(tmp_path / "nowhere", "", "") == named(tmp_path / "file", "", "") == []


# ── what the disk refuses ───────────────────────────────────────────────────────────────────────────────


def test_a_full_disk_names_the_file_that_was_to_be_written(tmp_path: Path) -> None:
    """The system names none, and nobody knows the temporary one."""
    with pytest.raises(OSError, match="file") as caught, writing(tmp_path / "file"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert caught.value.filename == str(tmp_path / "file")


@pytest.mark.parametrize(("number", "is_known"), [(errno.EINVAL, True), (errno.EBADF, True), (errno.EIO, False)])
def test_where_folders_cannot_be_synced_files_are_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, *, is_known: bool
) -> None:
    """Some file systems sync none; a disk that fails is another matter."""
    fsync = os.fsync

    def of_files_only(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(number, os.strerror(number))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", of_files_only)
    with contextlib.nullcontext() if is_known else pytest.raises(OSError, match="Input/output"):
        write_bytes(tmp_path / "file", b"new")
    assert tree(tmp_path) == {"file": "new"}


def test_a_failure_in_a_draft_names_the_folder_that_it_becomes(tmp_path: Path) -> None:
    """In which the file is to lie."""
    with pytest.raises(OSError, match="x") as caught, replacing_folder(tmp_path / "x") as draft:
        (draft / "nowhere" / "file").write_text("new")
    assert caught.value.filename == str(tmp_path / "x" / "nowhere" / "file")


def test_what_fails_elsewhere_keeps_its_own_name(tmp_path: Path) -> None:
    """A file that is read, and a service that hangs up, are not the file that is written."""
    with pytest.raises(OSError, match="other") as caught, writing(tmp_path / "file"):
        (tmp_path / "other").read_bytes()
    assert caught.value.filename == str(tmp_path / "other")
    with pytest.raises(ConnectionResetError) as reset, writing(tmp_path / "file"):
        raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
    assert reset.value.filename is None
