"""`podcast check` over a whole show: what is altered, left over or named by nothing is found, and said once."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from typing import TYPE_CHECKING

import pytest
from conftest import Podcast, once
from whole_show import NEW, OLD, clips, copied, make_whole, parts, tree

from podcast import files
from podcast.check import whole
from podcast.check.rules import findings
from podcast.papers.history import damage_in, open_history
from podcast.pipeline.surveying import survey
from podcast.show import load_show

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def made(shared: Path) -> Podcast:
    """Return a show with two episodes and a feed; nobody writes in it."""
    return Podcast(once(shared / "whole-show", make_whole))


@pytest.fixture
def own(made: Podcast, tmp_path: Path) -> Podcast:
    """Return a copy of that show, to damage."""
    return copied(made, tmp_path / "own")


def found(show: Podcast, *arguments: object) -> list[tuple[str, str]]:
    """Rule and place of all that `podcast check` finds."""
    ran = show("check", *arguments, "--json", "--quiet")
    assert ran.exit_code in {0, 1}, ran.stderr
    return [(finding["rule"], finding["where"]) for finding in json.loads(ran.stdout)]


def flip(path: Path, at: int = -1) -> None:
    """Change one bit of a file; its length and time stay."""
    data, state = bytearray(path.read_bytes()), path.stat()
    data[at] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


def test_a_whole_show_has_no_findings_and_checking_writes_nothing(made: Podcast) -> None:
    """Not even of a file that was only looked at."""
    before = tree(made)
    assert found(made) == []
    assert tree(made) == before


# ── each rule ───────────────────────────────────────────────────────────────────────────────────────────


def leave_draft(show: Podcast) -> None:
    """Leave what a killed run leaves while it renders."""
    (show.folder / "episodes" / ".2024-06-29.0123456789abcdef.draft").mkdir()


def leave_temporary(show: Podcast) -> None:
    """Leave what a killed run leaves while it writes a page."""
    (show.folder / "feed" / ".feed.xml.0123456789abcdef.tmp").write_bytes(b"<rss")


def leave_earlier_draft(show: Podcast) -> None:
    """Leave what a killed run of an earlier version leaves while it renders; its name was the same for all runs."""
    (show.folder / "episodes" / ".2024-06-29.draft").mkdir()


def leave_earlier_snapshot(show: Podcast) -> None:
    """Leave what a killed run of an earlier version leaves while it publishes: second names, which keep old sounds."""
    folder = show.folder / ".podcast" / "publishing" / "episodes" / OLD
    folder.mkdir(parents=True)
    (folder / "episode.mp3").hardlink_to(show.episode(OLD) / "episode.mp3")


def interrupt_exchange(show: Podcast) -> None:
    """Leave an episode between the two renames that exchange it."""
    show.episode(OLD).rename(show.folder / "episodes" / f".{OLD}.old")


def copy_episode(show: Podcast) -> None:
    """Give an episode another name, all through, as a person would by hand: its guid stays."""
    copy = show.episode("2024-06-29")
    shutil.copytree(show.episode(NEW), copy)
    (copy / f"{NEW}.mp3").rename(copy / f"{copy.name}.mp3")
    values = json.loads((copy / "episode.json").read_bytes())
    earlier = {name: value for name, value in values.items() if name not in {"files", "digest"}}
    (copy / "episode.json").write_text(json.dumps(earlier | {"slug": copy.name}))


def damage_papers(show: Podcast) -> None:
    """Cut the author's taste off in its middle."""
    path = show.folder / "papers.db"
    with open_history(path):
        pass
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def edit_newsletter(show: Podcast) -> None:
    """Edit the newsletter from which a script was written, and stop there."""
    (show.script(OLD).parent / "newsletter.md").write_text("# Other papers")


BREAKS: list[tuple[str, str, Callable[[Podcast], object]]] = [
    ("show-leftovers", "episodes/.2024-06-29.0123456789abcdef.draft", leave_draft),
    ("show-leftovers", "feed/.feed.xml.0123456789abcdef.tmp", leave_temporary),
    ("show-leftovers", "episodes/.2024-06-29.draft", leave_earlier_draft),
    ("show-leftovers", ".podcast/publishing", leave_earlier_snapshot),
    ("show-leftovers", f"episodes/{OLD}", interrupt_exchange),
    ("show-guid", "episodes/2024-06-29", copy_episode),
    ("show-unnamed", f"episodes/{OLD}/more.mp3", lambda show: (show.episode(OLD) / "more.mp3").write_bytes(b"ID3")),
    ("show-unnamed", "episodes/drafts", lambda show: (show.folder / "episodes" / "drafts").mkdir()),
    ("show-unnamed", "feed/old.html", lambda show: (show.folder / "feed" / "old.html").write_text("<p>old")),
    ("show-unnamed", "feed/feed-0001.xml", lambda show: (show.folder / "feed" / "feed-0001.xml").write_text("<rss/>")),
    ("show-kept", ".podcast/clips", lambda show: flip(clips(show)[0])),
    ("show-kept", f".podcast/parts/{OLD}", lambda show: flip(parts(show)[0])),
    ("show-source", f"scripts/{OLD}/source.md", lambda show: (show.script(OLD).parent / "source.md").unlink()),
    ("show-source", f"scripts/{OLD}/source.md", lambda show: flip(show.script(OLD).parent / "source.md", 30)),
    ("show-source", f"scripts/{OLD}/newsletter.md", edit_newsletter),
    ("show-papers", "papers.db", damage_papers),
    ("show-papers", "papers.db", lambda show: (show.folder / "papers.db").write_bytes(b"SQLite")),
    ("show-feed", "feed/feed.xml", lambda show: (show.folder / "feed" / "feed.xml").unlink()),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "where", "change"), BREAKS, ids=[f"{rule} {where}" for rule, where, _ in BREAKS])
def test_each_damage_is_found_by_its_rule_at_its_place(
    own: Podcast, rule: str, where: str, change: Callable[[Podcast], object]
) -> None:
    """And nothing else of the whole show is."""
    change(own)
    show = load_show(own.folder)
    assert [(each.rule, each.where.startswith(where)) for each in findings(whole.RULES, survey(show))] == [(rule, True)]


def test_every_rule_of_a_whole_show_is_broken_once_here() -> None:
    """A rule that nothing breaks might never find anything."""
    assert {rule.name for rule in whole.RULES} == {rule for rule, _, _ in BREAKS}


# ── what is no finding ──────────────────────────────────────────────────────────────────────────────────


def test_what_people_lay_beside_it_on_purpose_is_no_finding(own: Podcast) -> None:
    """What hosts want beside pages, what systems leave, and pictures that apps may still know."""
    feed = own.folder / "feed"
    for name in ("README.md", "CNAME", "robots.txt", "favicon.ico", ".nojekyll", "cover-0123456789abcdef.jpg"):
        (feed / name).write_bytes(b"x")
    for folder in (feed, own.folder / "episodes", own.episode(OLD)):
        (folder / ".DS_Store").write_bytes(b"x")
    assert findings(whole.RULES, survey(load_show(own.folder))) == []


def test_the_ends_of_lines_of_a_source_may_be_those_of_the_system(own: Podcast) -> None:
    """Git writes them anew where a show is checked out on another one."""
    source = own.script(OLD).parent / "source.md"
    source.write_bytes(source.read_bytes().replace(b"\n", b"\r\n"))
    assert findings(whole.RULES, survey(load_show(own.folder))) == []


def test_what_a_run_is_at_work_on_is_no_leftover(own: Podcast) -> None:
    """It becomes a file in a moment."""
    with files.writing(own.folder / "feed" / "feed.xml") as file, files.drafting(own.episode("2024-06-29")):
        file.write((own.folder / "feed" / "feed.xml").read_bytes())
        assert findings(whole.RULES, survey(load_show(own.folder))) == []


def test_a_folder_without_its_record_is_one_finding_and_the_rest_is_checked(own: Podcast) -> None:
    """One missing file kept all others from being looked at."""
    (own.episode(OLD) / "episode.json").unlink()
    flip(own.episode(NEW) / "notes.html")
    rules = found(own)
    assert ("episode-record", f"episodes/{OLD}/episode.json") in rules
    assert ("episode-altered", f"episodes/{NEW}/notes.html") in rules


def test_healthy_files_are_not_blamed_for_a_damaged_one(own: Podcast) -> None:
    """One lost transcript was seven findings, and a changed byte of the chapters a fault of the feed."""
    transcript, chapters = own.episode(OLD) / "transcript.vtt", own.episode(NEW) / "chapters.json"
    transcript.unlink()
    chapters.write_text(chapters.read_text().replace('"startTime": ', '"startTime": 1', 3))
    healthy = {"feed/feed.xml", *(f"episodes/{OLD}/transcript.{kind}" for kind in ("json", "srt", "html"))}
    places = [where.partition(",")[0] for _, where in found(own)]
    assert not healthy & {*places}
    assert places.count(f"episodes/{OLD}/transcript.vtt") == 1
    assert f"episodes/{NEW}/chapters.json" in places


def test_one_episode_is_checked_without_the_rest_of_the_show(own: Podcast) -> None:
    """Whoever asks about one is told about that one."""
    leave_temporary(own)
    flip(own.episode(OLD) / "chapters.json", 3)
    assert found(own, NEW) == []
    assert ("episode-altered", f"episodes/{OLD}/chapters.json") in found(own, OLD)


def test_the_taste_is_only_looked_at(tmp_path: Path) -> None:
    """While another run writes, and also where that was killed in the middle: nobody can tell then."""
    path = tmp_path / "papers.db"
    assert damage_in(path) is None
    with open_history(path):
        assert damage_in(path) is None
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE songs (title)")
    other.close()
    assert "a database of another program" in str(damage_in(tmp_path / "other.db"))


# ── what is said ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("command", ["feed", "render", "publish"])
def test_a_damaged_sound_stops_what_would_name_it_and_is_said_once(own: Podcast, tmp_path: Path, command: str) -> None:
    """By what completes interrupted work or by the command itself, but not by both."""
    path = own.folder / "show.toml"
    path.write_text(path.read_text().replace("http://127.0.0.1:8000/", "https://example.org/"))
    for name in ("episode.mp3", f"{OLD}.mp3"):
        with (own.episode(OLD) / name).open("ab") as file:
            file.write(b"more")
    arguments = {"feed": (), "render": (NEW,), "publish": (tmp_path / "target",)}[command]
    ran = own(command, *arguments)
    assert ran.exit_code == 2
    assert ran.stderr.count("but its episode.json says") == 1
    assert ran.stderr.count(f"`podcast render {OLD}` makes it anew.") == 1
