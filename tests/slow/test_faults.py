"""The machine fails while an episode is made: a sentence and an exit code each time, and success when that is over.

What was finished before the fault is kept, and the episode in the end is the one of a machine that never failed.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import make_show, skip
from machine import Machine, machine, unsharing
from week import JUNE_15

from podcast.files import sha256_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from arxiv_server import Arxiv
    from machine import Ended

pytestmark = pytest.mark.slow

SLUG = "2024-06-15"
NEWSLETTER = """\
# Papers of June 15, 2024

## Highlights

### Sorting is Harder than it Looks

[arXiv:2406.00001](https://arxiv.org/abs/2406.00001)

This paper sorts lists. It takes time.
"""

UNFINISHED = re.compile(r"\.(tmp|draft|new|old|unfinished|copy)$")


@pytest.fixture(scope="module")
def broken() -> Iterator[Machine]:
    """Return a machine on which one can mount."""
    isolation = unsharing("--mount")
    if isolation is None:
        skip("unshare with user namespaces is not possible here: it gives disks of any size")
        return
    with machine(isolation) as kept:
        yield kept


@dataclass(frozen=True, slots=True)
class Shows:
    """A show without an episode, a newsletter for it, and the same show when `make` has gone undisturbed."""

    new: Path
    newsletter: Path
    made: Path

    @property
    def sentences(self) -> int:
        """How many different ones there are to be spoken."""
        return clips(self.made)


@pytest.fixture(scope="module")
def shows(broken: Machine, tmp_path_factory: pytest.TempPathFactory) -> Shows:
    """Make them once; nobody changes them."""
    folder = tmp_path_factory.mktemp("shows")
    show = make_show(folder / "new", music=False).folder
    settings = show / "show.toml"
    settings.write_text(settings.read_text().replace("http://127.0.0.1:8000/", "https://podcast.example.org/"))
    newsletter = folder / "newsletter.md"
    newsletter.write_text(NEWSLETTER)
    made = shutil.copytree(show, folder / "made")
    broken.undisturbed("make", newsletter, "--quiet", "--show", made)
    return Shows(show, newsletter, made)


@pytest.fixture
def new(shows: Shows, tmp_path: Path) -> Path:
    """Return a show without an episode."""
    return shutil.copytree(shows.new, tmp_path / "show")


@pytest.fixture
def made(shows: Shows, tmp_path: Path) -> Path:
    """Return a show with its episode and feed."""
    return shutil.copytree(shows.made, tmp_path / "show")


def results(show: Path) -> dict[str, str]:
    """Return the files that people and apps get, by digest."""
    paths = (path for room in ("scripts", "episodes", "feed") for path in (show / room).rglob("*"))
    return {
        str(path.relative_to(show)): sha256_of(path.read_bytes())
        for path in paths
        if path.is_file() and path.name != "README.md"
    }


def unfinished(show: Path) -> list[Path]:
    """Return what a run left lying that is not finished."""
    return [path for path in show.rglob("*") if UNFINISHED.search(path.name)]


def clips(show: Path) -> int:
    """Count the sentences that are kept."""
    return len(list((show / ".podcast" / "clips").rglob("*.wav")))


def is_said(ran: Ended, sentence: str) -> None:
    """Fail unless a run ended with exit code 3 and one clear sentence."""
    assert ran.exit_code == 3, ran
    assert re.search(sentence, ran.stderr), ran.stderr
    assert not re.search(r"Traceback|unforeseen|Errno|\.tmp|\.draft", ran.stderr), ran.stderr


def goes_on(ran: Ended, show: Path, shows: Shows, kept: int) -> None:
    """Fail unless a run made what an undisturbed one makes, and spoke only what was not kept."""
    assert ran.exit_code == 0, ran.stderr
    found = re.search(r"\((\d+) new\)", ran.stderr)
    assert found
    assert int(found[1]) == shows.sentences - kept
    assert results(show) == results(shows.made)
    assert not unfinished(show)


# ── a disk that is full ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def small(broken: Machine, tmp_path: Path) -> Callable[..., Path]:
    """Return what makes a disk with a copy of a show on it and little room beside; again: gives it another room."""
    place = tmp_path / "small"

    def make(source: Path | None, **limits: int) -> Path:
        if source:
            place.mkdir()
            broken.mount("-t", "tmpfs", "-o", "size=64m", "tmpfs", place)
            shutil.copytree(source, broken.seen(place) / "show")
        now = os.statvfs(broken.seen(place))
        used = {"size": (now.f_blocks - now.f_bfree) * now.f_frsize, "nr_inodes": now.f_files - now.f_ffree}
        room = ",".join(f"{name}={used[name] + more}" for name, more in limits.items())
        broken.mount("-o", f"remount,{room}", place)
        return place / "show"

    return make


FILLS_UP = (
    {"size": 0}, {"size": 200 << 10}, {"size": 500 << 10}, {"size": 900 << 10}, {"nr_inodes": 3, "size": 64 << 20},
)  # fmt: skip


def test_an_episode_is_made_on_a_disk_that_was_full(broken: Machine, shows: Shows, small: Callable[..., Path]) -> None:
    """Wherever it filled up: exit code 3, the disk named, nothing unfinished left, spoken sentences kept."""
    show = small(shows.new, size=0)
    seen = broken.seen(show)
    before = 0
    for room in FILLS_UP:
        small(None, **room)
        is_said(broken("make", shows.newsletter, "--show", show), "disk is full[.:] [Ff]ree some space")
        assert not unfinished(seen)
        assert not (seen / "feed" / "feed.xml").exists()
        assert clips(seen) >= before
        before = clips(seen)
    assert before
    small(None, size=64 << 20, nr_inodes=10_000)
    goes_on(broken("make", shows.newsletter, "--show", show), seen, shows, before)


COMMANDS_ON_A_FULL_DISK = (
    ("say", "Some words.", "--out", "{disk}/said.wav", "--show", "{made}"),
    ("notes", "{disk}/vault", "--show", "{made}"),
    ("history", "export", "{disk}/history.csv", "--show", "{made}"),
    ("init", "{disk}/another"),
    ("publish", "{disk}/www", "--anyway", "--show", "{made}"),
    ("script", "{newsletter}", "--slug", "another", "--show", "{disk}/show"),
    ("pick", "--show", "{disk}/show"),
)


def test_every_command_says_that_the_disk_is_full(
    broken: Machine, shows: Shows, small: Callable[..., Path], arxiv: Arxiv, made: Path
) -> None:
    """And does its work once there is room."""
    disk = small(shows.new, size=0).parent
    environment = {"ARXIV_API_URL": arxiv.address, "SOURCE_DATE_EPOCH": JUNE_15}
    for words in COMMANDS_ON_A_FULL_DISK:
        filled = [word.format(disk=disk, made=made, newsletter=shows.newsletter) for word in words]
        small(None, size=0, nr_inodes=0)
        is_said(broken(*filled, environment=environment), f"{disk}/.*[Dd]isk.* is full: free some space")
        assert not unfinished(broken.seen(disk))
        small(None, size=64 << 20, nr_inodes=10_000)
        again = broken(*filled, environment=environment)
        assert again.exit_code == 0, again.stderr


def test_nothing_is_paid_that_there_is_no_room_to_keep(
    broken: Machine, shows: Shows, small: Callable[..., Path]
) -> None:
    """Not one sentence is paid for while the disk is nearly full; then each is, once."""
    show = small(shows.new, size=8 << 20)
    words = ("make", shows.newsletter, "--show", show)
    is_said(broken(*words, usd_per_minute=0.1), f"{show}/.podcast/log: The disk is full: free some space")
    log = broken.seen(show) / ".podcast" / "log" / "spending.jsonl"
    assert log.read_text() == ""
    small(None, size=64 << 20)
    for _ in range(2):
        assert broken(*words, usd_per_minute=0.1).exit_code == 0
        assert len(log.read_text().splitlines()) == shows.sentences


def test_nothing_is_needed_but_the_show_itself(broken: Machine, shows: Shows, new: Path, tmp_path: Path) -> None:
    """No home, no PATH, and no room where temporary files go."""
    full = tmp_path / "full"
    full.mkdir()
    broken.mount("-t", "tmpfs", "-o", "size=4k", "tmpfs", full)
    ran = broken("make", shows.newsletter, "--show", new, environment={"TMPDIR": str(full)},
                 unset=["HOME", "PATH", "LANG", "USER"])  # fmt: skip
    goes_on(ran, new, shows, kept=0)


# ── a disk that refuses ─────────────────────────────────────────────────────────────────────────────────

POINTS = (
    (r"open .*/scripts/.*script\.md", errno.EDQUOT, "script.md: The disk quota is used up: free"),
    (r"open .*/clips/.*\.wav", errno.EIO, r"clips/\S*: Input/output error: .*Copy the show"),
    (r"mkdir .*/episodes/\.[^/]*draft$", errno.EACCES, "Permission denied: make it accessible"),
    (r"open .*/\.episode\.mp3", errno.ENOSPC, r"episode\.mp3: The disk is full"),
    (r"rename .*/\.episode\.json", errno.EMFILE, r"episode\.json: Too many open files: raise"),
    (r"rename .*\.new .*/episodes/", errno.EROFS, "The file system is read-only"),
    (r"open .*/\.feed\.xml", errno.ENFILE, r"feed\.xml: Too many open files in the whole system"),
)


def test_a_refusal_at_any_stage_leaves_a_show_that_goes_on(
    broken: Machine, shows: Shows, new: Path, tmp_path: Path
) -> None:
    """The file is named by its own name, the feed is whole or not there, and the last run completes it."""
    for pattern, number, sentence in POINTS:
        trial = shutil.copytree(new, tmp_path / "trial")
        words = ("make", shows.newsletter, "--jobs", "1", "--show")
        changes = broken(*words, trial, within=str(trial)).changes
        found = [index for index, change in enumerate(changes) if re.search(pattern, change)]
        shutil.rmtree(trial)
        refused = {"number": found[0], "refused": number}
        is_said(broken(*words, new, within=str(new), **refused), sentence)
        assert not (new / "feed" / "feed.xml").exists()
    kept = clips(new)
    goes_on(broken("make", shows.newsletter, "--show", new), new, shows, kept)


def test_a_feed_refused_at_any_change_stays_well_and_is_completed(broken: Machine, shows: Shows, made: Path) -> None:
    """Every third of them is the first that a dying disk refuses."""
    feed = made / "feed" / "feed.xml"
    whole = feed.read_bytes()
    shutil.rmtree(made / "feed")
    changes = broken("feed", "--show", made, within=str(made)).changes
    for number in range(0, len(changes), 3):
        shutil.rmtree(made / "feed", ignore_errors=True)
        ran = broken("feed", "--show", made, within=str(made), number=number, persists=True, refused=errno.EIO)
        assert not feed.exists() or feed.read_bytes() == whole
        assert ran.exit_code in {0, 3}, ran.stderr
        if ran.exit_code:
            is_said(ran, "Input/output error: the disk may be failing")
        else:  # what was refused came behind the feed
            assert feed.exists()
    assert broken("feed", "--show", made).exit_code == 0
    assert results(made) == results(shows.made)


WHAT_MAY_BE_READ_ONLY = {
    "make {newsletter}": 3, "render 2024-06-15": 3, "script 2024-06-15": 3, "feed": 3, "pick": 3,
    "publish {folder}/www --anyway": 3, "history export {folder}/history.csv": 3,
    "check": 0, "voices": 0, "say Some --out {folder}/said.wav": 0, "notes {folder}/vault": 0,
}  # fmt: skip


@pytest.mark.parametrize("read_only", [".", ".podcast"])
def test_a_read_only_show_can_be_read_and_says_so_where_it_is_written(
    broken: Machine, shows: Shows, made: Path, tmp_path: Path, read_only: str
) -> None:
    """Every command, on a show and on a cache that nobody can write to."""
    broken.mount("--bind", made / read_only, made / read_only)
    broken.mount("-o", "remount,bind,ro", made / read_only)
    for command, code in WHAT_MAY_BE_READ_ONLY.items():
        if read_only != "." and command.split()[0] in {"history", "restore", "script", "pick"}:
            continue  # they write elsewhere, or have nothing to do
        ran = broken(*command.format(folder=tmp_path, newsletter=shows.newsletter).split(), "--show", made)
        assert ran.exit_code == code, (command, ran.stderr)
        assert code == 0 or "The file system is read-only: choose another folder" in ran.stderr, (command, ran.stderr)
    assert results(made) == results(shows.made)


# ── a process that may have nothing more ────────────────────────────────────────────────────────────────

WANTS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"limits": {"NOFILE": 8}}, r"Too many open files: raise the limit with `ulimit -n 1024`"),
    ({"limits": {"FSIZE": 20_000}}, r"File too large: raise the limit with `ulimit -f"),
    ({"threads": 0}, r"No further process or thread can be started: close other programs"),
    ({"memory_mb": 12}, r"memory is used up: close other programs|No further process or thread"),
    ({"limits": {"FSIZE": 100_000}}, r"no file may become that large .*`ulimit -f|File too large"),
    ({"limits": {"NOFILE": 16}}, r"does not start: Too many open files: raise|Too many open files"),
)


def test_a_process_that_gets_nothing_more_says_what_it_wants(broken: Machine, shows: Shows, new: Path) -> None:
    """Exit code 3 and the limit that is to be raised; nothing unfinished is left, and the next run completes it."""
    for faults, sentence in WANTS:
        is_said(broken("make", shows.newsletter, "--show", new, **faults), sentence)
        assert not unfinished(new)
    kept = clips(new)
    goes_on(broken("make", shows.newsletter, "--show", new), new, shows, kept)


LIARS = (
    ("cat >/dev/null; kill -9 $$", "SIGKILL"),
    ("cat >/dev/null", "said that it had done its work, .* it gave 0 frames"),
)


def test_an_encoder_that_is_killed_costs_no_spoken_sentence(
    broken: Machine, shows: Shows, new: Path, tmp_path: Path
) -> None:
    """Nor does one that says it is done and is not: the next run speaks nothing twice."""
    pretender = tmp_path / "ffmpeg"
    for lines, sentence in LIARS:
        pretender.write_text(f"#!/bin/sh\n{lines}\n")
        pretender.chmod(0o755)
        environment = {"PODCAST_FFMPEG": str(pretender)}
        is_said(broken("make", shows.newsletter, "--show", new, environment=environment), sentence)
        assert not unfinished(new)
    goes_on(broken("make", shows.newsletter, "--show", new), new, shows, kept=shows.sentences)


# ── a cache of another kind, and things that are gone ───────────────────────────────────────────────────


def _replace(path: Path, make: Callable[[Path], object]) -> None:
    path.unlink()
    make(path)


def _file(path: Path) -> None:
    path.write_text("something else")


def _link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


IN_THE_WAY: tuple[tuple[str, Callable[[Path], object], str], ...] = (
    (".podcast", _file, "Not a directory: move the file away"),
    (".podcast", _link_to_itself, "symbolic links: .*Remove the link"),
    (".podcast/clips", _file, "Not a directory: move the file away"),
    (".podcast/parts", _file, "Not a directory: move the file away"),
    (".podcast/locks", _file, "File exists: move away|Not a directory: move"),
    (".podcast/pages.json", Path.mkdir, "pages.json: Is a directory: move the folder away"),
    ("feed/index.html", Path.mkdir, "index.html: Is a directory: move the folder away"),
)


def test_what_stands_in_the_place_of_something_else_is_named(
    broken: Machine, shows: Shows, made: Path, tmp_path: Path
) -> None:
    """With the advice to move it away; after that all is well, and nothing is spoken again."""
    for place, make, sentence in IN_THE_WAY:
        path, aside = made / place, tmp_path / "aside"
        (made / "feed" / "all.html").unlink()  # so that there is something to be written
        path.rename(aside)
        make(path)
        words = ("render", SLUG) if place.endswith(("clips", "parts")) else ("feed",)
        is_said(broken(*words, "--show", made), sentence)
        path.rename(tmp_path / f"was in the way of {aside.stat().st_ino}")
        aside.rename(path)
        assert broken("feed", "--show", made).exit_code == 0
    goes_on(broken("render", SLUG, "--show", made), made, shows, shows.sentences)


SPOILS: dict[str, Callable[[Path], object]] = {
    "cut": lambda path: os.truncate(path, 1000),
    "empty": lambda path: os.truncate(path, 0),
    "a folder": lambda path: _replace(path, Path.mkdir),
    "a link to itself": lambda path: _replace(path, _link_to_itself),
}


SPOILT = {"clips/*/*.wav": tuple(SPOILS), "parts/*/*.mp3": ("cut", "a folder")}


@pytest.mark.parametrize("kept", SPOILT)
def test_a_spoilt_clip_is_spoken_again_and_it_alone(broken: Machine, shows: Shows, made: Path, kept: str) -> None:
    """However it was spoilt, and so for parts of encoded sound; the episode is the same."""
    there = sorted((made / ".podcast").glob(kept))
    before = {path: path.read_bytes() for path in there}
    for path, way in zip(there, SPOILT[kept], strict=False):
        SPOILS[way](path)
    untouched = {path: path.stat().st_mtime_ns for path in there[len(SPOILT[kept]) :]}
    assert untouched
    assert broken("render", SLUG, "--show", made).exit_code == 0
    assert {path: path.read_bytes() for path in there} == before
    assert {path: path.stat().st_mtime_ns for path in untouched} == untouched
    assert results(made) == results(shows.made)


GONE = (
    ("voices/hum.toml", 2, "There is no voice 'hum' in .*It has: alloy, heart"),
    ("voices", 2, "There is no voice 'hum' in "),
    ("scripts/2024-06-15/script.md", 2, "2024-06-15"),
    ("show.toml", 2, "no show.toml in it"),
    ("voices/lexicon.toml", 0, ""),
)


def test_what_is_gone_is_named_before_anything_is_spoken(broken: Machine, made: Path, tmp_path: Path) -> None:
    """And the episode that is there stays as it is."""
    before = results(made)
    for name, code, sentence in GONE:
        (made / name).rename(tmp_path / "gone")
        ran = broken("render", SLUG, "--show", made)
        assert ran.exit_code == code, ran.stderr
        assert re.search(sentence, ran.stderr), ran.stderr
        assert "Speaking" not in ran.stderr or not code
        (tmp_path / "gone").rename(made / name)
    assert results(made) == before


def test_files_of_the_future_are_like_any_others(broken: Machine, shows: Shows, made: Path) -> None:
    """A clock that was set back makes nothing old or new."""
    for path in made.rglob("*"):
        os.utime(path, (4e9, 4e9))
    goes_on(broken("make", SLUG, "--show", made), made, shows, shows.sentences)
    assert broken("check", "--show", made).exit_code == 0
