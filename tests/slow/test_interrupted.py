"""Runs that are ended from outside, and runs at once, as processes: nothing half is left, and all goes on."""

from __future__ import annotations

import shutil
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import NEWSLETTER, Podcast, make_show
from lxml import etree
from publishing import ADDRESS, change_setting, files_in
from runs import Moment, Runs, server
from week import highlighting_three, picks, tree

from podcast.pipeline.running import leftovers
from podcast.show import load_show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arxiv_server import Arxiv
    from runs import Ended

pytestmark = pytest.mark.slow

OLD, NEW = "2024-06-15", "2024-06-22"
LATER = NEWSLETTER.replace("June 15", "June 22")
RENDERING = Moment("subprocess.Popen", "libmp3lame")


@pytest.fixture(scope="module")
def started() -> Iterator[subprocess.Popen[bytes]]:
    """Start what all runs of this module are forked from."""
    with server() as process:
        yield process


@pytest.fixture
def runs(started: subprocess.Popen[bytes], tmp_path: Path) -> Runs:
    """Return what starts runs."""
    return Runs(started, tmp_path / "runs")


@pytest.fixture(scope="module")
def made(started: subprocess.Popen[bytes], tmp_path_factory: pytest.TempPathFactory) -> Podcast:
    """Make a show with an address, a newsletter and its episode, undisturbed."""
    folder = tmp_path_factory.mktemp("made")
    show = make_show(folder / "show", music=False)
    change_setting(show, 'base_url = "http://127.0.0.1:8000/"', f'base_url = "{ADDRESS}"')
    (show.folder / "june.md").write_text(NEWSLETTER)
    ended = Runs(started, folder / "runs")("make", show.folder / "june.md", "--show", show.folder)
    assert ended.exit_code == 0, ended.stderr
    return show


@pytest.fixture
def show(made: Podcast, tmp_path: Path) -> Podcast:
    """Return a copy of it, to change."""
    shutil.copytree(made.folder, tmp_path / "show")
    return Podcast(tmp_path / "show")


def assert_orderly(ended: Ended, runs: Runs, show: Podcast, said: str = "Interrupted. Run the same command") -> None:
    """It ended where it was told to, in words and with its code, and nothing of it is left anywhere."""
    assert ended.has_come
    assert_ended(ended, said)
    assert_clean(runs, show)


def assert_ended(ended: Ended, said: str = "Interrupted. Run the same command") -> None:
    """It ended in words and with its code."""
    assert ended.exit_code == 130, ended
    assert ended.stderr.splitlines()[-1].startswith(said), ended.stderr
    assert "Traceback" not in ended.stderr


def assert_clean(runs: Runs, show: Podcast) -> None:
    """Nothing runs, nothing half is left, and no run counts as at work or as killed."""
    assert runs.alive() == []
    assert leftovers(load_show(show.folder)) == []
    assert list(runs.temporary.iterdir()) == []
    assert not (show.folder / ".podcast" / "running").exists()


def assert_feed_is_whole(show: Podcast) -> None:
    """It names each episode with the length that it has."""
    items = etree.parse(show.folder / "feed" / "feed.xml").findall("channel/item")
    named = {item.findtext("link").split("/")[-2]: int(item.find("enclosure").get("length")) for item in items}
    assert named == {path.parent.name: path.stat().st_size for path in show.episode("").glob("[!.]*/episode.mp3")}


def edit(show: Podcast, slug: str = OLD) -> None:
    """Add some words to a script."""
    path = show.script(slug)
    path.write_text(path.read_text() + "\n## More\n\nSome words more, to be hummed.\n")


# ── ended from outside ──────────────────────────────────────────────────────────────────────────────────

MAKING = {
    "its source is kept": Moment("open", ".source.md.", signals=("SIGINT",)),
    "sentences are spoken": Moment("open", ".wav.", 4, signals=("SIGTERM",)),
    "a part of its sound is encoded": Moment("subprocess.Popen", "libmp3lame", signals=("SIGINT",), group=True),
    "the part is kept": Moment("os.rename", "/parts/", signals=("SIGHUP",)),
    "it is put in its place": Moment("os.rename", ".new", 2, signals=("SIGTERM",), group=True),
    "the feed is written": Moment("os.rename", "feed.xml", signals=("SIGINT",)),
}


def test_an_episode_that_is_interrupted_again_and_again_is_the_same(made: Podcast, show: Podcast, runs: Runs) -> None:
    """By Ctrl-C, by whoever ends programs, by a terminal that closes; alone or with all that it has started."""
    for room in ("scripts", "episodes", "feed", ".podcast"):
        for path in (show.folder / room).glob("[!R]*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for moment in MAKING.values():
        assert_orderly(runs("make", "../show/june.md", "--show", show.folder, moment=moment), runs, show)
    ended = runs("make", "../show/june.md", "--show", show.folder)
    assert ended.exit_code == 0, ended.stderr
    assert "ended early" not in ended.stderr
    assert tree(show) == tree(made)
    assert_clean(runs, show)


def test_a_swap_that_has_begun_is_completed_before_a_run_ends(show: Podcast, runs: Runs) -> None:
    """The new episode is there then, and the next command, whichever it is, brings the feed up to date."""
    edit(show)
    before = (show.episode() / "episode.mp3").stat().st_size
    moment = Moment("shutil.rmtree", ".old", 2, signals=("SIGINT",))  # the first is before it speaks
    assert_orderly(runs("render", OLD, "--show", show.folder, moment=moment), runs, show)
    assert (show.episode() / "episode.mp3").stat().st_size > before
    assert runs("voices", "--show", show.folder).exit_code == 0
    assert_feed_is_whole(show)


@pytest.mark.parametrize(("again", "exit_code"), [("SIGINT", -signal.SIGINT), ("SIGHUP", 130)])
def test_a_second_interruption_ends_at_once_and_is_cleared_up_after(
    show: Podcast, runs: Runs, again: str, exit_code: int
) -> None:
    """By the next command, which says so; but a terminal that says twice that it closes has said it once."""
    edit(show)
    second = Moment("shutil.rmtree", ".draft", signals=(again,))
    moment = Moment("os.rename", "waveform.png", signals=("SIGINT",), then=second)
    ended = runs("render", OLD, "--show", show.folder, moment=moment)
    assert ended.exit_code == exit_code, ended.stderr
    assert bool(leftovers(load_show(show.folder))) == (exit_code < 0)
    heard = runs("feed", "--show", show.folder)
    assert heard.exit_code == 0
    assert ("`podcast render` (process " in heard.stderr) == ("ended early" in heard.stderr) == (exit_code < 0)
    assert_clean(runs, show)


def test_a_killed_run_is_cleared_up_after_by_any_command(show: Podcast, runs: Runs) -> None:
    """Once: what it spoke is kept, and the run after that has nothing to say."""
    edit(show)
    moment = Moment("os.rename", "waveform.png", signals=("SIGKILL",), group=True)
    assert runs("render", OLD, "--show", show.folder, moment=moment).exit_code == -signal.SIGKILL
    (draft,) = leftovers(load_show(show.folder))
    assert draft.parent == show.folder / "episodes"
    assert (
        "ended early. What it had finished is kept" in runs("history", "export", "x.csv", "--show", show.folder).stderr
    )
    assert_clean(runs, show)
    ended = runs("render", OLD, "--dry-run", "--show", show.folder)
    assert (ended.stdout.split(" sentences")[0], "ended early" in ended.stderr) == (f"{OLD}: 0 of 14", False)


def test_programs_that_hang_are_ended_with_the_run(
    show: Podcast, started: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    """An ffmpeg that never answers is waited for no longer than its run lasts."""
    program = tmp_path / "ffmpeg"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    runs = Runs(started, tmp_path / "runs", PODCAST_FFMPEG=str(program))
    moment = Moment("open", "/clips/", 5, signals=("SIGTERM",))
    assert_orderly(runs("render", OLD, "--show", show.folder, moment=moment), runs, show)


def test_a_push_that_hangs_is_ended_with_the_run(show: Podcast, runs: Runs, tmp_path: Path) -> None:
    """With what git has started on the other side; the next run pushes."""
    place = tmp_path / "place.git"
    subprocess.run(["git", "init", "--quiet", "--bare", place], check=True)
    hook = place / "hooks" / "pre-receive"
    hook.write_text('#!/bin/sh\nkill -INT "$RUN"\nexec sleep 60\n')
    hook.chmod(0o755)
    words = ("publish", f"git+file://{place}", "--anyway", "--show", show.folder)
    assert_ended(runs(*words))
    assert_clean(runs, show)
    hook.unlink()
    assert runs(*words).exit_code == 0
    assert_clean(runs, show)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("SIGINT", ("serve", "--port", "0")),
        ("SIGTERM", ("serve", "--port", "0")),
        ("SIGHUP", ("serve", "--port", "0")),
        ("SIGTERM", ("review", OLD, "--no-browser")),
    ],
)
def test_what_serves_stops_for_all_of_them(show: Podcast, runs: Runs, name: str, words: tuple[str, ...]) -> None:
    """And says so."""
    assert_ended(runs.until_ready(name, *words, "--show", show.folder), "Stopped.")
    assert_clean(runs, show)


def test_publishing_is_interrupted_and_goes_on(show: Podcast, runs: Runs, tmp_path: Path) -> None:
    """Nothing half lies at the target; an episode that is brought back from there is there whole or not at all."""
    place, words = tmp_path / "place", ("--anyway", "--show", show.folder)
    moment = Moment("open", ".podcast.partial", 6, signals=("SIGTERM",))
    assert_orderly(runs("publish", place, *words, moment=moment), runs, show)
    assert not [name for name in files_in(place) if "partial" in name]
    assert not (place / "feed.xml").exists()
    assert runs("publish", place, *words).exit_code == 0
    whole = tree(show)
    shutil.rmtree(show.episode())
    moment = Moment("open", ".transcript.vtt.", signals=("SIGINT",))
    assert_orderly(runs("restore", place, "--show", show.folder, moment=moment), runs, show)
    assert not show.episode().exists()
    assert runs("restore", place, "--show", show.folder).exit_code == 0
    restored = tree(show)
    assert restored == {name: whole[name] for name in restored}
    assert_clean(runs, show)


def test_a_week_is_interrupted_and_goes_on(tmp_path: Path, started: subprocess.Popen[bytes], arxiv: Arxiv) -> None:
    """Its list, its newsletter and the notes on it are there whole or not at all, and the author's taste with them."""
    show = highlighting_three(make_show(tmp_path / "show", music=False))
    runs = Runs(started, tmp_path / "runs", ARXIV_API_URL=arxiv.address, SOURCE_DATE_EPOCH="1718452800")
    stages = {
        ("pick",): (Moment("open", ".picks.md.", signals=("SIGINT",)), picks(show)),
        ("newsletter", OLD): (Moment("os.rename", "newsletter.html", signals=("SIGTERM",)), None),
        ("notes", str(tmp_path / "vault")): (Moment("open", ".tmp", 3, signals=("SIGHUP",)), None),
        ("history", "export", str(tmp_path / "papers.csv")): (
            Moment("open", ".papers.csv.", signals=("SIGINT",)), tmp_path / "papers.csv",
        ),
    }  # fmt: skip
    for words, (moment, path) in stages.items():
        assert_orderly(runs(*words, "--show", show.folder, moment=moment), runs, show)
        assert path is None or not path.exists()
        assert runs(*words, "--show", show.folder).exit_code == 0
        assert path is None or path.exists()
    assert_clean(runs, show)
    assert not list(tmp_path.rglob("*.tmp"))


def test_a_line_and_a_new_show_are_interrupted(show: Podcast, runs: Runs, tmp_path: Path) -> None:
    """What is not there whole is not there; a show is one when all of it is there."""
    out, new = tmp_path / "line.wav", tmp_path / "new"
    moment = Moment("open", ".line.wav.", signals=("SIGTERM",))
    assert_orderly(runs("say", "Some words.", "--out", out, "--show", show.folder, moment=moment), runs, show)
    assert not out.exists()
    assert_ended(runs("init", new, moment=Moment("os.rename", "show.toml", signals=("SIGINT",))))
    assert not list(new.rglob("*.tmp"))
    shutil.rmtree(new)
    assert_ended(runs("init", new, moment=Moment("open", ".heart.toml.", signals=("SIGINT",))))
    assert not (new / "show.toml").exists()
    assert runs("init", new).exit_code == 0
    assert not list(new.rglob("*.tmp"))


# ── at once ─────────────────────────────────────────────────────────────────────────────────────────────


def test_beside_a_run_others_wait_or_are_refused_by_its_name(show: Podcast, runs: Runs, tmp_path: Path) -> None:
    """Who wants the same episode reads who is at it; everything else goes on as if nobody was there."""
    (tmp_path / "later.md").write_text(LATER)
    made = tree(show)
    others = {
        ("make", tmp_path / "later.md"): 3,
        ("script", tmp_path / "later.md"): 3,
        ("render", NEW): 3,
        ("pick", "2406.05816", "--slug", NEW): 3,
        ("render", OLD): 0,
        ("feed",): 0,
        ("check", OLD): 0,
        ("voices",): 0,
        ("publish", tmp_path / "place"): 0,
    }
    commands = [(*words, "--show", show.folder) for words in others]
    held, *ended = runs.beside(("make", tmp_path / "later.md", "--show", show.folder), RENDERING, *commands)
    assert held.has_come
    assert [each.exit_code for each in ended] == list(others.values()), ended
    for each in ended:
        named = "Another run, `podcast make` (process " in each.stderr and f"is at work on {NEW}: wait" in each.stderr
        assert named == (each.exit_code == 3), each.stderr
        assert "ended early" not in each.stderr
    assert held.exit_code == 0, held.stderr
    assert (
        files_in(tmp_path / "place").items()
        >= {
            name.removeprefix("feed/"): data
            for name, data in made.items()
            if name.startswith("feed/") and "README" not in name
        }.items()
    )
    assert_feed_is_whole(show)
    assert_clean(runs, show)


def test_runs_of_the_same_may_write_the_same(show: Podcast, runs: Runs, tmp_path: Path) -> None:
    """A script that came to be meanwhile, and is what this run would have written, is no reason to stop."""
    (tmp_path / "later.md").write_text(LATER)
    words = ("make", tmp_path / "later.md", "--show", show.folder)
    ended = runs.beside(words, Moment("open", f"locks/{NEW}"), words)
    assert [each.exit_code for each in ended] == [0, 0], ended
    assert_feed_is_whole(show)
    assert_clean(runs, show)


def test_runs_that_begin_at_once_leave_a_whole_show(show: Podcast, runs: Runs, tmp_path: Path) -> None:
    """Of two of the same episode one may be refused; the feed names each episode as it is, whoever was first."""
    (tmp_path / "later.md").write_text(LATER)
    commands = [("make", tmp_path / "later.md"), ("make", tmp_path / "later.md"), ("render", OLD), ("feed",)]
    edit(show)
    ended = runs.at_once(*((*words, "--show", show.folder) for words in commands))
    assert [each.exit_code for each in ended[2:]] == [0, 0], ended
    assert 0 in {each.exit_code for each in ended[:2]} <= {0, 3}, ended
    assert all(each.exit_code == 0 or "Another run, `podcast make`" in each.stderr for each in ended)
    assert_feed_is_whole(show)
    assert_clean(runs, show)


# ── a power cut ─────────────────────────────────────────────────────────────────────────────────────────

VERIFIED = (
    "/.podcast/clips",
    "/.podcast/parts",
    "/.podcast/pages.json",
    "/.podcast/running",
    "/.podcast/locks",
    "/.publishing.",
)
"""What is compared with a digest, or with what it is about, when it is read; who is at work; what goes with a run."""


def test_what_is_in_its_place_is_on_the_disk(show: Podcast, runs: Runs, tmp_path: Path) -> None:
    """Each file is synced before it gets its name, and its folder after that, as is each folder that is made."""
    (tmp_path / "later.md").write_text(LATER)
    edit(show)
    pictures = show.episode(OLD) / "pictures"
    pictures.mkdir()
    (pictures / "one.png").write_bytes(b"laid beside it by somebody")
    for words in (("make", tmp_path / "later.md"), ("render", OLD), ("publish", tmp_path / "place", "--anyway")):
        ended = runs(*words, "--show", show.folder, is_recorded=True)
        assert ended.exit_code == 0, ended.stderr
        assert len([each for each in ended.synced if each[0] == "os.rename"]) > 10
        assert unsafe(ended.synced) == []


def unsafe(synced: tuple[tuple[str, ...], ...]) -> list[str]:
    """Name what a power cut could take though a run believes that it is there."""
    on_disk: set[str] = set()
    unnamed: dict[str, str] = {}
    found = []
    for event, name, *new in synced:
        if event == "fsync":
            on_disk.add(name)
            unnamed = {made: folder for made, folder in unnamed.items() if folder != name}
            continue
        made = new[0] if new and event != "os.mkdir" else name
        if event == "os.rename":
            unnamed.pop(name, None)
            is_new = is_kept(made) and not made.endswith(".old")
            found += [f"{made} is renamed before it is synced"] if is_new and name not in on_disk else []
            on_disk |= {made} if name in on_disk else set()
        if is_kept(made):
            unnamed[made] = str(Path(made).parent)
    return found + [f"{folder} is not synced after {made} came into it" for made, folder in unnamed.items()]


def is_kept(path: str) -> bool:
    """Whether a file or folder must be there as it was written."""
    return not any(place in path for place in VERIFIED)
