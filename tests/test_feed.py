"""feed/ is made from the finished episodes, never is ahead of them, and is mended by any command after a kill."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import threading
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import pytest
from conftest import NEWSLETTER, Podcast, make_show
from lxml import etree

from podcast import files
from podcast.feed.tree import published_file
from podcast.pipeline import episode as speaking
from podcast.pipeline import feed as stage
from podcast.show import load_show

if TYPE_CHECKING:
    from pathlib import Path

    from podcast.feed.page import Page
    from podcast.types import Event

OLD, NEW = "2024-06-15", "2024-06-22"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Podcast:
    """Return a show with two episodes and a feed; nobody writes in it."""
    show = make_show(tmp_path_factory.mktemp("made") / "show", music=False)
    for date in ("June 15, 2024", "June 22, 2024"):
        assert show("make", "-", stdin=newsletter_of(date)).exit_code == 0
    return show


@pytest.fixture(scope="module")
def edited(made: Podcast, tmp_path_factory: pytest.TempPathFactory) -> Podcast:
    """Return the show with the older episode rendered again, longer; nobody writes in it."""
    folder = tmp_path_factory.mktemp("edited") / "show"
    shutil.copytree(made.folder, folder)
    edit(Podcast(folder))
    assert Podcast(folder)("render", OLD).exit_code == 0
    return Podcast(folder)


@pytest.fixture
def own(made: Podcast, tmp_path: Path) -> Podcast:
    """Return a copy of that show, to write in."""
    shutil.copytree(made.folder, tmp_path / "own")
    return Podcast(tmp_path / "own")


def newsletter_of(date: str) -> bytes:
    """Return a newsletter of another day."""
    return NEWSLETTER.replace("June 15, 2024", date).encode()


def feed(show: Podcast) -> Path:
    """Where the feed lies."""
    return show.folder / "feed" / "feed.xml"


def edit(show: Podcast, slug: str = OLD) -> None:
    """Add some words to a script, so that its episode becomes longer."""
    path = show.script(slug)
    path.write_text(path.read_text() + "\n## More\n\nSome words more, to be hummed.\n")


def items(show: Podcast) -> dict[str, Any]:
    """Return the items of the feed by slug, in their order."""
    found = etree.fromstring(feed(show).read_bytes()).findall("channel/item")
    return {item.findtext("link").split("/")[-2]: item for item in found}


def length(show: Podcast, slug: str = OLD) -> int:
    """How long the feed says that an episode is."""
    return int(items(show)[slug].find("enclosure").get("length"))


def size(show: Podcast, slug: str = OLD) -> int:
    """How long it is."""
    return (show.episode(slug) / "episode.mp3").stat().st_size


def agrees(show: Podcast) -> bool:
    """Whether the feed names exactly the episodes that are there, as they are."""
    slugs = {path.name for path in show.episode("").iterdir() if path.is_dir()}
    return slugs == set(items(show)) and all(length(show, slug) == size(show, slug) for slug in slugs)


@dataclass(frozen=True, slots=True)
class State:
    """What tells whether a file was written."""

    modified_ns: int
    inode: int


def state(path: Path) -> State:
    """Return it, and make any later writing tell."""
    os.utime(path, ns=(10**9, 10**9))
    return State(10**9, path.stat().st_ino)


def untouched(path: Path, before: State) -> bool:
    """Whether a file was not written since."""
    now = path.stat()
    return State(now.st_mtime_ns, now.st_ino) == before


def quiet(_: Event) -> None:
    """Observe nothing."""


# ── who writes it ───────────────────────────────────────────────────────────────────────────────────────


def test_make_writes_feed_and_page(podcast: Podcast, newsletter: Path) -> None:
    """With the covers that they name, and nothing else."""
    assert podcast("make", newsletter).exit_code == 0
    names = {path.name for path in feed(podcast).parent.iterdir()}
    (cover,) = (name for name in names if re.fullmatch(r"cover-[0-9a-f]{16}\.jpg", name))
    covers = {cover, cover.replace(".jpg", "-480.jpg")}
    assets = {name for name in names if re.fullmatch(r"site-[0-9a-f]{16}\.(css|js)", name)}
    site = {"index.html", "all.html", "404.html", "search.json", "sitemap.xml", "2024-06-15", *assets}
    assert names == {"README.md", "feed.xml", *covers, *site}
    assert len(assets) == 2
    assert f"/{cover}".encode() in feed(podcast).read_bytes()
    assert agrees(podcast)


def test_a_dry_run_and_a_script_write_no_feed(podcast: Podcast, newsletter: Path) -> None:
    """Nothing has been spoken."""
    assert podcast("make", newsletter, "--dry-run").exit_code == 0
    assert podcast("script", newsletter).exit_code == 0
    assert not feed(podcast).exists()


def test_render_writes_no_first_feed(own: Podcast) -> None:
    """Who wants one says `make` or `feed`."""
    shutil.rmtree(own.folder / "feed")
    assert own("render", OLD).exit_code == 0
    assert not feed(own).exists()
    assert not (own.folder / "feed" / "index.html").exists()


def test_feed_writes_the_first_one(own: Podcast) -> None:
    """Its path is the last line of stdout."""
    shutil.rmtree(own.folder / "feed")
    ran = own("feed")
    assert (ran.exit_code, ran.stdout.splitlines()[-1]) == (0, str(feed(own)))
    assert agrees(own)


def test_feed_answers_a_program_in_json(made: Podcast) -> None:
    """With its path and the episodes in it, newest first."""
    ran = made("feed", OLD, "--json", "--quiet")
    assert json.loads(ran.stdout) == {"path": str(feed(made)), "episodes": [NEW, OLD]}
    assert ran.stderr == ""


def test_render_updates_the_feed_of_a_show_that_has_one(own: Podcast) -> None:
    """The enclosure has the new length, the guid stays, and there is one item of each episode."""
    before, guid = length(own), items(own)[OLD].findtext("guid")
    edit(own)
    assert own("render", OLD).exit_code == 0
    assert length(own) == size(own) != before
    assert items(own)[OLD].findtext("guid") == guid
    assert len(items(own)) == feed(own).read_bytes().count(b"<item>") == 2


def test_a_show_that_moves_keeps_the_guids_of_its_episodes(own: Podcast) -> None:
    """Apps would show every episode twice."""
    before = [item.findtext("guid") for item in items(own).values()]
    settings = own.folder / "show.toml"
    settings.write_text(settings.read_text().replace("http://127.0.0.1:8000/", "https://example.org/new/"))
    assert own("render", OLD).exit_code == 0
    assert [item.findtext("guid") for item in items(own).values()] == before
    assert b"http://127.0.0.1" not in feed(own).read_bytes()
    assert b"https://example.org/new/episodes/2024-06-22/2024-06-22.mp3" in feed(own).read_bytes()


def test_episodes_stand_newest_first(own: Podcast) -> None:
    """Whichever was rendered last, and those of one day in one order."""
    assert list(items(own)) == [NEW, OLD]
    for slug in ("b", "a"):
        assert own("make", "-", "--slug", slug, stdin=newsletter_of("June 22, 2024")).exit_code == 0
    assert list(items(own)) == ["b", "a", NEW, OLD]
    dates = [parsedate_to_datetime(item.findtext("pubDate")) for item in items(own).values()]
    assert dates == sorted(dates, reverse=True)


def test_an_episode_that_was_deleted_leaves_the_feed(own: Podcast) -> None:
    """A person did that; the next command follows."""
    shutil.rmtree(own.episode(OLD))
    assert own("voices").exit_code == 0
    assert list(items(own)) == [NEW]


def test_a_setting_that_changed_is_in_the_feed_with_the_next_command(own: Podcast) -> None:
    """Of the page too."""
    settings = own.folder / "show.toml"
    settings.write_text(settings.read_text().replace("My Paper Podcast", "Another Title"))
    assert own("feed").exit_code == 0
    assert feed(own).read_bytes().count(b"<title>Another Title</title>") == 2
    assert "Another Title" in (own.folder / "feed" / "index.html").read_text()


def test_shows_in_differently_named_folders_have_the_same_feed(tmp_path: Path) -> None:
    """And the same page, byte for byte."""
    one, other = (make_show(tmp_path / name, music=False) for name in ("one", "Ünother one"))
    for show in (one, other):
        assert show("make", "-", stdin=NEWSLETTER.encode()).exit_code == 0
    for name in ("feed.xml", "index.html"):
        assert (one.folder / "feed" / name).read_bytes() == (other.folder / "feed" / name).read_bytes()


# ── nothing to write ────────────────────────────────────────────────────────────────────────────────────

COMMANDS = [
    ("feed",),
    ("feed", NEW),
    ("script", OLD),
    ("render", OLD),
    ("make", OLD),
    ("voices",),
    ("say", "Hi.", "--spoken"),
]


def ids(command: tuple[str, ...]) -> str:
    """Name a command in a test's report."""
    return " ".join(command)


@pytest.mark.parametrize("command", COMMANDS, ids=ids)
def test_a_feed_that_would_be_the_same_is_not_written(own: Podcast, command: tuple[str, ...]) -> None:
    """Whoever asks whether it changed hears no, and nobody is told of it."""
    paths = [path for path in feed(own).parent.rglob("*") if path.is_file()]
    before = {path: state(path) for path in paths}
    ran = own(*command)
    assert ran.exit_code == 0, ran.stderr
    assert "Feed:" not in ran.stderr
    assert [path for path in paths if not untouched(path, before[path])] == []
    assert len(paths) > 10


def test_a_feed_needs_an_episode(podcast: Podcast) -> None:
    """It is said how to make one, and no feed is written."""
    ran = podcast("feed")
    assert ran.exit_code == 2
    assert "no episode yet" in ran.stderr
    assert "podcast make" in ran.stderr
    assert not feed(podcast).exists()


@pytest.mark.parametrize("slug", ["2024-01-01", "no such", "../2024-06-15", ""])
def test_an_episode_that_was_not_rendered_is_missed(own: Podcast, slug: str) -> None:
    """The feed stays, and the command that renders it is named."""
    before = state(feed(own))
    ran = own("feed", NEW, slug)
    assert ran.exit_code == 2
    assert f"{slug}: not rendered yet. `podcast render {slug}`" in ran.stderr
    assert untouched(feed(own), before)


# ── episodes that are not whole ─────────────────────────────────────────────────────────────────────────


def cut(path: Path) -> None:
    """Lose the end of a file."""
    path.write_bytes(path.read_bytes()[:-1])


BROKEN = {"is not there": lambda path: path.unlink(), "bytes": cut}


@pytest.mark.parametrize("said", BROKEN)
def test_a_feed_does_not_name_sound_that_is_not_whole(own: Podcast, said: str) -> None:
    """It stays as it was; the file and the next command are named."""
    mp3 = own.episode(OLD) / "episode.mp3"
    BROKEN[said](mp3)
    before = state(feed(own))
    ran = own("feed")
    assert ran.exit_code == 2
    assert f"{mp3} " in ran.stderr
    assert said in ran.stderr
    assert f"`podcast render {OLD}`" in ran.stderr
    assert untouched(feed(own), before)


@pytest.mark.parametrize("said", BROKEN)
def test_a_broken_episode_is_repaired_by_what_was_said(own: Podcast, said: str) -> None:
    """And the feed is right again."""
    BROKEN[said](own.episode(OLD) / "episode.mp3")
    ran = own("render", OLD)
    assert ran.exit_code == 0, ran.stderr
    assert agrees(own)


RECORDS = [b"{", b"[]", b'{"guid": 5}', b'{"guid": "x"}', b"[" * 100_000]


@pytest.mark.parametrize("content", RECORDS, ids=range(len(RECORDS)))
def test_a_broken_record_is_repaired_by_what_is_said(own: Podcast, content: bytes) -> None:
    """Whatever stands in it."""
    (own.episode(OLD) / "episode.json").write_bytes(content)
    before = state(feed(own))
    ran = own("feed")
    assert (ran.exit_code, f"`podcast render {OLD}`" in ran.stderr) == (2, True), ran.stderr
    assert untouched(feed(own), before)
    ran = own("render", OLD)
    assert ran.exit_code == 0, ran.stderr
    assert agrees(own)


def test_a_broken_neighbour_is_named_when_another_is_rendered(own: Podcast) -> None:
    """That episode is done, the feed waits, and both are in it once the neighbour is repaired."""
    (own.episode(NEW) / "episode.mp3").unlink()
    edit(own)
    before = state(feed(own))
    ran = own("render", OLD)
    assert ran.exit_code == 2
    assert f"`podcast render {NEW}`" in ran.stderr
    assert untouched(feed(own), before)
    assert own("render", NEW).exit_code == 0
    assert agrees(own)


def test_a_broken_neighbour_keeps_nobody_from_listing_voices(own: Podcast) -> None:
    """It is said, and the command does its own work."""
    (own.episode(NEW) / "episode.mp3").unlink()
    ran = own("voices")
    assert ran.exit_code == 0
    assert "hum" in ran.stdout
    assert f"`podcast render {NEW}`" in ran.stderr


# ── killed between the two ──────────────────────────────────────────────────────────────────────────────


class KilledError(BaseException):
    """A process ends here, with nothing cleaned up."""


def test_a_kill_behind_the_swap_is_mended(own: Podcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The episode is in its place and the feed gives its former length, until any other command."""
    render = speaking.render

    def last(*arguments: Any, **options: Any) -> None:
        render(*arguments, **options)
        raise KilledError

    edit(own)
    with monkeypatch.context() as patched:
        patched.setattr(speaking, "render", last)
        with pytest.raises(KilledError):
            own("render", OLD)
    assert length(own) < size(own)
    assert own("voices").exit_code == 0
    assert agrees(own)


@pytest.fixture
def behind(edited: Podcast, made: Podcast, tmp_path: Path) -> Podcast:
    """Return a show in the state that this kill leaves."""
    shutil.copytree(edited.folder, tmp_path / "behind")
    show = Podcast(tmp_path / "behind")
    shutil.rmtree(show.folder / "feed")
    shutil.copytree(made.folder / "feed", show.folder / "feed")
    assert length(show) < size(show)
    return show


@pytest.mark.parametrize("command", COMMANDS, ids=ids)
def test_any_command_brings_the_feed_up_to_date(behind: Podcast, command: tuple[str, ...]) -> None:
    """Whether or not it has to do with the feed."""
    ran = behind(*command)
    assert ran.exit_code == 0, ran.stderr
    assert agrees(behind)


@pytest.mark.parametrize("command", [("render", "no-such"), ("script", "no-such.md"), ("feed", "no-such")], ids=ids)
def test_it_does_so_before_anything_else(behind: Podcast, command: tuple[str, ...]) -> None:
    """Even a command that fails."""
    assert behind(*command).exit_code == 2
    assert agrees(behind)


def half_swapped(show: Podcast, made: Podcast, *, old_is_there: bool) -> None:
    """Leave the state between the two renames of a swap, or before them."""
    folder = show.episode(OLD)
    folder.rename(folder.with_name(f".{OLD}.new"))
    shutil.copytree(made.episode(OLD), folder if old_is_there else folder.with_name(f".{OLD}.old"))


@pytest.mark.parametrize("old_is_there", [True, False])
@pytest.mark.parametrize("command", [("feed",), ("render", OLD), ("script", OLD), ("voices",)], ids=ids)
def test_a_swap_half_done_is_completed(
    behind: Podcast,
    made: Podcast,
    command: tuple[str, ...],
    old_is_there: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """By any command, and the feed follows; nothing is left beside the episode."""
    half_swapped(behind, made, old_is_there=old_is_there)
    ran = behind(*command)
    assert ran.exit_code == 0, ran.stderr
    assert {path.name for path in behind.episode("").iterdir()} == {OLD, NEW, "README.md"}
    assert length(behind) == size(behind) > length(made)


def test_a_first_episode_whose_swap_was_half_done_is_completed(own: Podcast) -> None:
    """A show without a feed gets none by that."""
    feed(own).unlink()
    shutil.rmtree(own.episode(NEW))
    own.episode(OLD).rename(own.episode(f".{OLD}.new"))
    assert own("voices").exit_code == 0
    assert (own.episode(OLD) / "episode.mp3").is_file()
    assert not feed(own).exists()


def test_a_swap_of_a_run_that_is_at_work_is_left_alone(behind: Podcast, made: Podcast) -> None:
    """It will complete it itself."""
    half_swapped(behind, made, old_is_there=True)
    with files.locked(behind.folder / ".podcast" / "locks" / OLD):
        assert behind("voices").exit_code == 0
        assert behind.episode(f".{OLD}.new").is_dir()
        assert length(behind) == size(behind) == size(made)
    assert behind("voices").exit_code == 0
    assert length(behind) == size(behind) > size(made)


def test_a_command_that_comes_in_the_middle_of_a_swap_waits_for_its_end(own: Podcast) -> None:
    """The feed does not lose the episode for that moment."""
    locks, aside = own.folder / ".podcast" / "locks", own.folder / "aside"
    begun, before = threading.Event(), state(feed(own))

    def swap() -> None:
        with files.locked(locks / OLD), files.locked(locks / ".feed"):
            own.episode(OLD).rename(aside)
            begun.set()
            time.sleep(0.2)
            aside.rename(own.episode(OLD))

    swapping = threading.Thread(target=swap)
    swapping.start()
    begun.wait()
    ran = own("feed", OLD)
    swapping.join()
    assert ran.exit_code == 0, ran.stderr
    assert untouched(feed(own), before)


def test_the_leftovers_of_a_killed_draft_are_not_published(own: Podcast) -> None:
    """They are no episode."""
    shutil.copytree(own.episode(OLD), own.episode(f".{OLD}.draft"))
    before = state(feed(own))
    assert own("feed").exit_code == 0
    assert untouched(feed(own), before)


# ── at once ─────────────────────────────────────────────────────────────────────────────────────────────


def test_of_two_runs_at_once_neither_loses_the_others_episode(
    own: Podcast, edited: Podcast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that has read the episodes writes them before another swaps in its own."""
    has_read, is_done = threading.Event(), threading.Event()
    pages_at, show = stage.pages_at, load_show(own.folder)

    def slow(*arguments: Any) -> tuple[Page, ...]:
        pages = pages_at(*arguments)
        if not has_read.is_set():
            has_read.set()
            is_done.wait(0.5)
        return pages

    def other() -> None:
        has_read.wait()
        with files.replacing_folder(own.episode(OLD), files.locked(show.publishing_lock, wait=True)) as draft:
            shutil.copytree(edited.episode(OLD), draft, dirs_exist_ok=True)
        stage.write_feed(show, quiet)
        is_done.set()

    monkeypatch.setattr(stage, "pages_at", slow)
    thread = threading.Thread(target=other)
    thread.start()
    stage.write_feed(show, quiet)
    thread.join()
    assert agrees(own)
    assert size(own) == size(edited)


# ── a disk that is full ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["index.html", "feed.xml"])
def test_a_full_disk_leaves_the_old_feed_whole(
    own: Podcast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    """It is said in a sentence, nothing half is left, and the next command completes it."""
    before = feed(own).read_bytes()
    settings = own.folder / "show.toml"
    settings.write_text(settings.read_text().replace("My Paper Podcast", "Another Title"))
    replace = type(tmp_path).replace

    def full(path: Path, target: Path) -> Path:
        if target.name == name:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))
        return replace(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(type(tmp_path), "replace", full)
        ran = own("feed")
    assert ran.exit_code == 3
    assert f"{name}: The disk is full" in ran.stderr
    assert "[Errno" not in ran.stderr
    assert feed(own).read_bytes() == before
    assert not list(own.folder.rglob("*.tmp"))
    assert own("voices").exit_code == 0
    assert b"<title>Another Title</title>" in feed(own).read_bytes()


def test_a_feed_that_cannot_be_written_is_said_in_a_sentence(own: Podcast) -> None:
    """What stands in its place stays."""
    shutil.rmtree(own.folder / "feed")
    (own.folder / "feed").write_text("mine")
    ran = own("feed")
    assert ran.exit_code == 3
    assert ran.stderr.startswith(str(own.folder / "feed"))
    assert (own.folder / "feed").read_text() == "mine"


# ── what is published ───────────────────────────────────────────────────────────────────────────────────


def test_everything_that_the_feed_names_is_published(made: Podcast) -> None:
    """Sound, transcripts, chapters and cover, each with the type that the feed gives."""
    text = feed(made).read_text()
    named = set(re.findall(r'(?:url|href)="http://127\.0\.0\.1:8000/([^"]+)" ?(?:type="([^"]+)")?', text))
    found = {path: published_file(load_show(made.folder), path) for path, _ in named if path != "feed.xml"}
    assert len(found) > 10
    assert [path for path, file in found.items() if file is None] == []
    for path, kind in named:
        if kind and path != "feed.xml":
            assert (found[path] or ("", ""))[1].partition(";")[0] == kind


SECRETS = [
    "show.toml",
    "../show.toml",
    "episodes/../show.toml",
    "episodes/2024-06-15/../../show.toml",
    "episodes/.2024-06-15.draft/episode.mp3",
    "episodes/2024-06-15/notes.txt",
    "episodes/2024-06-15",
    "episodes//etc/passwd",
    "scripts/2024-06-15/script.md",
    "README.md",
    "cover-0123456789abcdef.jpg",
    "",
]


@pytest.mark.parametrize("path", SECRETS)
def test_nothing_else_is_published(own: Podcast, path: str) -> None:
    """Neither settings nor scripts nor drafts nor what somebody laid beside an episode."""
    shutil.copytree(own.episode(OLD), own.episode(f".{OLD}.draft"))
    (own.episode(OLD) / "notes.txt").write_text("mine")
    assert published_file(load_show(own.folder), path) is None
