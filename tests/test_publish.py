"""`podcast publish` and `restore`: what goes, in which order, what never does, and what a stranger's list can do."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, BinaryIO

import fsspec.registry  # noqa: F401 - to empty it
import pytest
from publishing import (
    ADDRESS,
    MANIFEST,
    NEW,
    OLD,
    change_setting,
    entries_of,
    files_in,
    listed,
    public_show,
    retitle,
    tree_of,
)

from podcast import files
from podcast.errors import InputError, OutsideError
from podcast.masking import shown
from podcast.outside.filesystem import open_storage
from podcast.outside.folder import FolderStorage
from podcast.outside.patient import PatientStorage
from podcast.outside.storage import PassingError, partial_name
from podcast.outside.target import read_target
from podcast.pipeline import publishing
from podcast.publishing.manifest import Entry, Manifest, format_manifest, parse_manifest
from podcast.show import load_show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Podcast, Ran

    from podcast.outside.storage import Storage
    from podcast.types import Event


@pytest.fixture
def own(shared: Path, tmp_path: Path) -> Podcast:
    """Return a show with two episodes, to publish and to change."""
    return public_show(shared, tmp_path / "show")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Return a folder that is not there yet."""
    return tmp_path / "public"


def publish(show: Podcast, target: object, *options: str) -> Ran:
    """Publish it, whatever a check of its sound would find, and see that it worked."""
    ran = show("publish", target, "--anyway", *options)
    assert ran.exit_code == 0, ran.stderr
    return ran


def document(ran: Ran) -> Any:
    """Return what a command tells programs."""
    return json.loads(ran.stdout)


class Recorder:
    """A storage that writes down what it is asked, and can be told to do something before a file comes."""

    def __init__(self, place: Storage, before: Callable[[str], None]) -> None:
        self.place = place
        self.before = before
        self.puts: list[tuple[str, str, str]] = []
        self.calls: list[tuple[str, str]] = []

    def sizes(self) -> dict[str, int]:
        """List it."""
        return self.place.sizes()

    def chunks(self, path: str) -> Iterator[bytes]:
        """Read a file."""
        self.calls.append(("read", path))
        return self.place.chunks(path)

    def put(self, path: str, file: Path, media_type: str, cache_control: str) -> None:
        """Put a file."""
        self.before(path)
        self.calls.append(("put", path))
        self.puts.append((path, media_type, cache_control))
        self.place.put(path, file, media_type, cache_control)

    def remove(self, path: str) -> None:
        """Remove a file."""
        self.calls.append(("remove", path))
        self.place.remove(path)

    def finish(self, message: str) -> None:
        """End."""
        self.calls.append(("finish", message))
        self.place.finish(message)


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> list[Recorder]:
    """Record every storage that is opened."""
    opened: list[Recorder] = []

    @contextlib.contextmanager
    def recorded(target: str, **more: Any) -> Iterator[Recorder]:
        with open_storage(target, **more) as place:
            opened.append(Recorder(place, lambda _: None))
            yield opened[-1]

    monkeypatch.setattr(publishing, "open_storage", recorded)
    return opened


def on_put(monkeypatch: pytest.MonkeyPatch, do: Callable[[str, Storage], None]) -> None:
    """Have something happen whenever a file is about to be put."""

    @contextlib.contextmanager
    def disturbed(target: str, **more: Any) -> Iterator[Recorder]:
        with open_storage(target, **more) as place:
            yield Recorder(place, lambda path: do(path, place))

    monkeypatch.setattr(publishing, "open_storage", disturbed)


# ── what goes ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_whole_tree_goes_to_a_folder(own: Podcast, target: Path) -> None:
    """Byte for byte, with a list of what was put there; the last line is the address of the feed."""
    ran = publish(own, target)
    assert files_in(target) == tree_of(own)
    assert listed((target / MANIFEST).read_bytes()) == entries_of(tree_of(own))
    assert ran.stdout.splitlines()[-1] == f"{ADDRESS}feed.xml"


def test_media_go_before_pages_and_the_feed_last(own: Podcast, target: Path, recorder: list[Recorder]) -> None:
    """With the headers that a client needs, each read back before the next goes."""
    publish(own, target)
    puts = recorder[0].puts
    names = [path for path, *_ in puts if path != MANIFEST]
    stages = [0 if re.search(r"^episodes/|\.jpg$", name) else 2 if re.match("feed.*xml", name) else 1 for name in names]
    assert stages == sorted(stages)
    assert names[-1] == "feed.xml"
    known = {path: rest for path, *rest in puts}
    assert known[f"episodes/{OLD}/{OLD}.mp3"] == ["audio/mpeg", "public, max-age=86400"]
    assert known["feed.xml"][1] == known["index.html"][1] == "public, max-age=300"
    cover = next(path for path in known if path.startswith("cover-"))
    assert known[cover] == ["image/jpeg", "public, max-age=31536000, immutable"]
    calls = recorder[0].calls
    order = [path for path, *_ in puts]
    assert order[-3:] == [MANIFEST, "feed.xml", MANIFEST]
    assert all(calls[number + 1] == ("read", path) for number, (what, path) in enumerate(calls) if what == "put")
    assert puts[0][0] == puts[-1][0] == MANIFEST
    assert calls[-1] == ("finish", f"Publish {OLD}, {NEW}")


def test_nothing_is_sent_twice(own: Podcast, target: Path, recorder: list[Recorder]) -> None:
    """Not even read, but for the feed, on which all hangs."""
    publish(own, target)
    again = document(publish(own, target, "--json"))
    assert (again["sent"], again["unchanged"], again["bytes"]) == ([], len(tree_of(own)), 0)
    assert {call for call in recorder[1].calls if call[0] != "finish"} == {("read", MANIFEST), ("read", "feed.xml")}


def test_that_nothing_changed_is_said(own: Podcast, target: Path) -> None:
    """After the first time, and not on a dry run, whose listing says it; the help says what that one does write."""
    said = f"Nothing changed: {target} has all {len(tree_of(own))} files as they are here."
    assert said not in publish(own, target).stderr
    (own.folder / "feed" / "feed.xml").unlink()
    assert said not in publish(own, target, "--dry-run").stderr
    assert (own.folder / "feed" / "feed.xml").is_file()
    assert said in " ".join(publish(own, target).stderr.split())
    assert "feed/ on this machine is brought up to date" in " ".join(
        own("publish", "--help").stdout.replace("│", " ").split()
    )


def test_only_what_changed_is_sent(own: Podcast, target: Path) -> None:
    """Of a new title: what has it, in one episode."""
    publish(own, target)
    retitle(own, "Another title")
    done = document(publish(own, target, "--json"))
    sent = [each["path"] for each in done["sent"]]
    assert sent[-1] == "feed.xml"
    assert f"episodes/{OLD}/episode.json" in sent
    assert not [path for path in sent if path.startswith((f"episodes/{NEW}/", "cover-"))]
    assert done["bytes"] == sum(each["bytes"] for each in done["sent"])
    assert files_in(target) == tree_of(own)


def test_a_sound_is_replaced_as_late_as_can_be(own: Podcast, target: Path) -> None:
    """The present feed gives its length: after everything new, before the pages."""
    shutil.move(own.episode(NEW), own.folder / "later")
    publish(own, target)
    shutil.move(own.folder / "later", own.episode(NEW))
    sound = (own.episode(OLD) / "episode.mp3").read_bytes() + b"TAG"
    record = json.loads((own.episode(OLD) / "episode.json").read_bytes()) | {"bytes": len(sound)}
    for name in ("episode.mp3", f"{OLD}.mp3"):
        files.write_bytes(own.episode(OLD) / name, sound)
    files.write_text(own.episode(OLD) / "episode.json", json.dumps(record))
    sent = [each["path"] for each in document(publish(own, target, "--json"))["sent"]]
    media = [path for path in sent if path.startswith("episodes/")]
    assert media == sent[: len(media)]
    assert media[-2:] == [f"episodes/{OLD}/episode.json", f"episodes/{OLD}/{OLD}.mp3"]


def test_the_list_never_claims_what_is_not_so(own: Podcast, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At every moment of a run that changes files, and of the one that prunes."""
    publish(own, target)
    retitle(own, "Another title")
    moments = []

    def look(path: str, _: Storage) -> None:
        if path != MANIFEST:
            claimed = listed((target / MANIFEST).read_bytes())
            moments.append(path)
            assert claimed.items() <= entries_of(files_in(target)).items()

    on_put(monkeypatch, look)
    publish(own, target)
    assert "feed.xml" in moments


def test_a_dry_run_lists_and_writes_nothing(own: Podcast, target: Path) -> None:
    """What would go in its order, with its bytes, and what would be removed."""
    lines = publish(own, target, "--dry-run").stdout.splitlines()
    assert not target.exists()
    size = (own.folder / "feed" / "feed.xml").stat().st_size
    assert lines[-2].split() == ["send", str(size), "feed.xml"]
    publish(own, target)
    shutil.rmtree(own.episode(OLD))
    before = files_in(target)
    would = document(publish(own, target, "--dry-run", "--prune", "--json"))
    assert {each["path"] for each in would["removed"]} == {p for p in before if f"{OLD}/" in p}
    assert files_in(target) == before


def test_what_is_published_is_removed_when_asked(own: Podcast, target: Path, recorder: list[Recorder]) -> None:
    """After the feed that does not name it any more is there; what others laid there stays."""
    publish(own, target)
    stranger = target / "episodes" / OLD / "mine.txt"
    stranger.write_text("mine")
    (target / "CNAME").write_text("podcast.example.org")
    shutil.rmtree(own.episode(OLD))
    publish(own, target, "--prune")
    calls = [what for what, path in recorder[1].calls if what == "remove" or (what, path) == ("put", "feed.xml")]
    assert calls[0] == "put"
    assert set(calls[1:]) == {"remove"}
    left = files_in(target)
    assert left.pop("CNAME")
    assert left.pop(f"episodes/{OLD}/mine.txt")
    assert left == tree_of(own)
    assert listed((target / MANIFEST).read_bytes()) == entries_of(left)


def test_a_file_that_somebody_replaced_is_not_pruned(own: Podcast, target: Path) -> None:
    """It is not what was put there."""
    publish(own, target)
    theirs = target / "episodes" / OLD / "notes.html"
    theirs.write_text("by hand")
    shutil.rmtree(own.episode(OLD))
    publish(own, target, "--prune")
    assert [path for path in files_in(target) if OLD in path and path.startswith("episodes/")] == [
        f"episodes/{OLD}/notes.html"
    ]
    assert theirs.read_text() == "by hand"


def test_show_toml_names_the_target(own: Podcast) -> None:
    """A folder is relative to the show."""
    change_setting(own, 'target = ""', 'target = "public"')
    ran = own("publish", "--anyway")
    assert ran.exit_code == 0, ran.stderr
    assert files_in(own.folder / "public") == tree_of(own)


def test_a_folder_of_nobody_is_named(own: Podcast) -> None:
    """Also where show.toml has it."""
    change_setting(own, 'target = ""', 'target = "~nobody-of-this-name/x"')
    ran = own("publish")
    assert (ran.exit_code, "no such user" in ran.stderr) == (2, True)


def test_any_address_that_fsspec_knows_will_do(own: Podcast) -> None:
    """Here its memory."""
    publish(own, "memory://anywhere/show")
    assert document(publish(own, "memory://anywhere/show", "--json"))["sent"] == []
    with open_storage("memory://anywhere/show") as place:
        assert {path: b"".join(place.chunks(path)) for path in place.sizes() if path != MANIFEST} == tree_of(own)


def test_what_is_done_is_told_on_the_way(own: Podcast, target: Path) -> None:
    """How many files and MB, up to all of them."""
    told: list[Event] = []
    done = publishing.publish(load_show(own.folder), str(target), told.append, anyway=True)
    progress = [event for event in told if event.kind == "progress"]
    assert [event.done for event in progress] == list(range(1, len(done.sent) + 1))
    assert {event.total for event in progress} == {len(done.sent)}
    megabytes = f"{done.bytes / 1e6:.1f}"
    assert progress[-1].text == f"Publishing {megabytes} of {megabytes} MB"


# ── what does not ───────────────────────────────────────────────────────────────────────────────────────


def refused(show: Podcast, target: object, *options: str) -> str:
    """Return why something is not published; nothing may have changed."""
    ran = show("publish", target, *options)
    assert ran.exit_code == 2, ran.stderr
    return ran.stderr


def test_a_show_without_an_address_is_not_published(own: Podcast, target: Path) -> None:
    """Nobody could hear it."""
    change_setting(own, f'base_url = "{ADDRESS}"', 'base_url = "http://127.0.0.1:8000/"')
    assert "base_url" in refused(own, target)
    assert not target.exists()


def test_what_check_finds_is_not_published(own: Podcast, target: Path) -> None:
    """Unless it is to go anyway."""
    (own.episode() / "chapters.json").write_text("{}")
    said = refused(own, target)
    assert "podcast check" in said
    assert "--anyway" in said
    assert not target.exists()
    publish(own, target, "--anyway")
    assert files_in(target) == tree_of(own)


def test_words_that_were_edited_since_are_not_published_unspoken(own: Podcast, target: Path) -> None:
    """Of any episode, even where none of its own files is to go."""
    publish(own, target)
    script = own.script()
    script.write_text(script.read_text().replace("It has no result", "It has") + "\nOne more sentence for everybody.\n")
    change_setting(own, 'title = "My Paper Podcast"', 'title = "Papers at Breakfast"')
    said = refused(own, target)
    assert "One more sentence for everybody." in said
    assert "grounding" not in said


def test_a_target_that_fails_pins_no_guid(own: Podcast, target: Path) -> None:
    """Its address may have been a slip, and nobody has seen the guid that comes of it."""
    target.parent.mkdir(exist_ok=True)
    target.write_text("a file")
    assert own("publish", target).exit_code != 0
    assert not load_show(own.folder).settings.guid
    target.unlink()
    publish(own, target)
    assert load_show(own.folder).settings.guid


def test_a_picture_that_was_only_tried_is_not_published(own: Podcast, target: Path) -> None:
    """Only the present one is: a former one was published in its time."""
    (own.folder / "feed" / "cover-0123456789abcdef.jpg").write_bytes(b"tried")
    publish(own, target)
    assert not (target / "cover-0123456789abcdef.jpg").exists()


def test_an_episode_without_all_its_files_is_not_published(own: Podcast, target: Path) -> None:
    """It says which is missing, and how to make it."""
    (own.episode() / "transcript.srt").unlink()
    said = refused(own, target, "--anyway")
    assert "transcript.srt" in said
    assert f"podcast render {OLD}" in said


def test_another_show_is_left_alone(own: Podcast, target: Path) -> None:
    """By the guid in its list."""
    publish(own, target)
    change_setting(own, f'guid = "{load_show(own.folder).guid}"', 'guid = "00000000-0000-0000-0000-000000000001"')
    before = files_in(target)
    assert "another show" in refused(own, target, "--anyway", "--prune")
    assert files_in(target) == before


def test_a_page_of_somebody_elses_is_not_written_over(own: Podcast, target: Path) -> None:
    """A show may be sent by mistake to where a site is."""
    target.mkdir()
    (target / "index.html").write_text("my own site")
    assert "index.html: there already" in refused(own, target, "--anyway", "--prune")
    assert files_in(target) == {"index.html": b"my own site"}
    (target / "index.html").unlink()
    publish(own, target)
    (target / "index.html").write_text("our own, changed by hand")
    publish(own, target)
    assert files_in(target) == tree_of(own)


def test_a_feed_that_stands_there_without_a_list_is_looked_at(own: Podcast, target: Path) -> None:
    """Somebody may have put it there by hand: this show's is taken over, another one's left alone."""
    shutil.copytree(own.folder / "feed", target, ignore=shutil.ignore_patterns("README.md"))
    feed = target / "feed.xml"
    whole = feed.read_text()
    feed.write_text(whole.replace("<podcast:guid>", "<podcast:guid>0"))
    assert "podcast:guid" in refused(own, target)
    feed.write_text(whole.replace(f"episodes/{OLD}/{OLD}.mp3", "episodes/long-ago/long-ago.mp3"))
    assert "long-ago" in refused(own, target)
    archive = target / "feed-0001.xml"
    archive.write_text(feed.read_text())
    feed.write_text(whole)
    assert "long-ago" in refused(own, target)
    archive.unlink()
    publish(own, target)
    assert files_in(target) == tree_of(own)


def test_a_feed_is_believed_where_the_list_is_behind(own: Podcast, target: Path) -> None:
    """Whatever happened to it: an episode that listeners have is not forgotten."""
    publish(own, target)
    manifest = json.loads((target / MANIFEST).read_bytes())
    kept = {path: entry for path, entry in manifest["files"].items() if OLD not in path}
    (target / MANIFEST).write_text(json.dumps(manifest | {"files": kept}))
    shutil.rmtree(own.episode(OLD))
    assert OLD in refused(own, target)


def test_episodes_that_are_not_here_are_not_forgotten(own: Podcast, target: Path) -> None:
    """As from a fresh clone: it says how to get them back."""
    publish(own, target)
    shutil.rmtree(own.episode(OLD))
    before = files_in(target)
    said = refused(own, target, "--anyway")
    assert OLD in said
    assert "podcast restore" in said
    assert files_in(target) == before


@pytest.mark.parametrize("where", ["", "feed", "episodes", f"episodes/{OLD}", "feed/public", ".podcast/publishing/x"])
def test_the_shows_own_folders_are_no_target(own: Podcast, where: str) -> None:
    """Published files would be taken for rendered ones, and go with what is made anew."""
    before = tree_of(own)
    assert "own" in refused(own, own.folder / where)
    assert tree_of(own) == before


@pytest.mark.parametrize(
    "target",
    [
        "foo://x/y",
        "https://example.org/x",
        "sftp://host",
        "sftp://host:x/y",
        "s3://",
        "simplecache::s3://b",
        "s3:/bucket/x",
        "me@host:/srv/x",
        "~nobody-of-this-name/x",
        "git@github.com:me/show.git",
        "git://example.org/x.git",
        "file:///x%00y",
    ],
)
def test_an_address_that_leads_nowhere_is_named(own: Podcast, target: str) -> None:
    """With what would do, before anything is asked."""
    assert target.partition("/")[0] in refused(own, target)


@pytest.mark.parametrize(
    ("target", "said"),
    [("file:///srv/a#b", "%23"), ("sftp://host/srv/a?b", "%3F"), ("s3://bucket//x", "slash too many")],
)
def test_an_address_that_would_mean_another_place_is_refused(own: Podcast, target: str, said: str) -> None:
    """Rather than that the show goes where nobody looks for it, or is not found again."""
    assert said in refused(own, target)


@pytest.mark.parametrize(("package", "target"), [("s3fs", "s3://bucket/x"), ("paramiko", "sftp://host/srv/x")])
def test_a_missing_package_is_named(own: Podcast, monkeypatch: pytest.MonkeyPatch, package: str, target: str) -> None:
    """With the command that installs it."""
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules["fsspec.registry"]._registry, "s3", raising=False)  # what it has imported
    extra = target.partition(":")[0]
    assert f"pip install 'paper-podcast[{extra}]'" in refused(own, target, "--anyway")


def test_credentials_in_a_bucket_are_refused(own: Podcast) -> None:
    """They would stand in the history of a shell."""
    said = refused(own, "s3://me:secret@bucket/x")
    assert "secret" not in said
    assert "AWS_ACCESS_KEY_ID" in said


def test_two_runs_do_not_publish_at_once(own: Podcast, target: Path) -> None:
    """The second says so."""
    with files.locked(own.folder / ".podcast" / "locks" / ".publish"):
        ran = own("publish", target)
    assert ran.exit_code == 3
    assert "Another run" in ran.stderr


# ── what goes wrong on the way ──────────────────────────────────────────────────────────────────────────


class Killed(BaseException):
    """A run ends here."""


def test_a_run_that_was_broken_off_is_completed_by_the_next(
    own: Podcast, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before that the old feed is there; after it nothing is sent again that was."""
    publish(own, target)
    retitle(own, "Another title")
    before = (target / "feed.xml").read_bytes()

    def kill(path: str, _: Storage) -> None:
        if path == "feed.xml":
            raise Killed

    on_put(monkeypatch, kill)
    with pytest.raises(Killed):
        publishing.publish(load_show(own.folder), str(target), lambda _: None, anyway=True)
    assert (target / "feed.xml").read_bytes() == before
    monkeypatch.undo()
    (target / f"episodes/{OLD}" / partial_name("notes.html")).write_text("hal")
    done = document(publish(own, target, "--json"))
    assert [each["path"] for each in done["sent"]] == ["feed.xml"]
    assert files_in(target) == tree_of(own)
    assert listed((target / MANIFEST).read_bytes()) == entries_of(tree_of(own))


def test_what_only_a_broken_run_sent_is_known_for_ours(
    own: Podcast, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays, named by nothing, until it is asked to go."""

    def kill(path: str, _: Storage) -> None:
        if path == "index.html":
            raise Killed

    on_put(monkeypatch, kill)
    with pytest.raises(Killed):
        publishing.publish(load_show(own.folder), str(target), lambda _: None, anyway=True)
    monkeypatch.undo()
    shutil.rmtree(own.episode(OLD))
    publish(own, target)
    assert (target / "episodes" / OLD / f"{OLD}.mp3").exists()
    publish(own, target, "--prune")
    assert files_in(target) == tree_of(own)
    assert not (target / "episodes" / OLD).exists()
    assert parse_manifest((target / MANIFEST).read_bytes()).sending == {}


def test_a_render_meanwhile_changes_nothing_of_what_goes(
    own: Podcast, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is published is the show as it was when the run began."""
    before = tree_of(own)

    def render(path: str, _: Storage) -> None:
        if path.startswith("cover-"):
            retitle(own, "Another title")
            assert own("feed").exit_code == 0

    on_put(monkeypatch, render)
    publish(own, target)
    assert tree_of(own) != before
    assert files_in(target) == before


def test_a_file_that_is_edited_meanwhile_stops_it(own: Podcast, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the feed goes: no mixture is published."""
    notes = own.episode(OLD) / "notes.html"

    def edit(path: str, _: Storage) -> None:
        if path == f"episodes/{OLD}/notes.html":
            notes.write_text("edited in its place")

    on_put(monkeypatch, edit)
    ran = own("publish", target, "--anyway")
    assert (ran.exit_code, "changed while" in ran.stderr) == (3, True)
    assert not (target / "feed.xml").exists()


def test_what_goes_missing_meanwhile_keeps_the_feed_back(
    own: Podcast, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A feed never names what is not there."""
    lost = target / "episodes" / OLD / f"{OLD}.mp3"
    on_put(monkeypatch, lambda path, _: lost.unlink() if path == "index.html" else None)
    ran = own("publish", target, "--anyway")
    assert (ran.exit_code, lost.name in ran.stderr) == (3, True)
    assert not (target / "feed.xml").exists()


def test_what_does_not_come_back_as_it_was_sent_keeps_the_feed_back(
    own: Podcast, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something else writes there."""
    real = PatientStorage.put

    def spoilt(self: PatientStorage, path: str, *rest: Any) -> None:
        real(self, path, *rest)
        if path.endswith(".mp3"):
            with (target / path).open("r+b") as file:
                file.write(b"x")

    monkeypatch.setattr(PatientStorage, "put", spoilt)
    ran = own("publish", target, "--anyway")
    assert (ran.exit_code, "not what was sent" in ran.stderr) == (3, True)
    assert not (target / "feed.xml").exists()


def test_what_was_there_by_chance_is_compared(own: Podcast, target: Path) -> None:
    """A file of the same size that is not the same is replaced."""
    path = target / "episodes" / OLD / "notes.html"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x" * (own.episode(OLD) / "notes.html").stat().st_size)
    publish(own, target)
    assert files_in(target) == tree_of(own)


def test_a_file_where_the_folder_should_be_is_named(own: Podcast, target: Path) -> None:
    """And left as it is."""
    target.write_text("mine")
    assert str(target) in refused(own, target)
    assert target.read_text() == "mine"
    target.unlink()
    target.mkdir()
    (target / "episodes").write_text("mine")
    assert "episodes" in refused(own, target)
    (target / "episodes").unlink()
    (target / "feed.xml").mkdir()
    assert "feed.xml" in refused(own, target)


@pytest.mark.skipif(os.name != "posix", reason="another kind of permissions")
def test_a_folder_that_cannot_be_written_is_named(own: Podcast, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to do."""

    def deny(*_: Any) -> None:
        raise PermissionError(13, "Permission denied", str(target / "episodes"))

    monkeypatch.setattr("podcast.outside.folder.shutil.copyfileobj", deny)
    ran = own("publish", target, "--anyway")
    assert (ran.exit_code, "Permission denied: make" in ran.stderr) == (3, True)


def test_a_folder_of_others_that_may_not_be_read_is_passed_over(
    own: Podcast, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As lost+found, where a disk is mounted."""
    (target / "lost+found").mkdir(parents=True)
    scandir = os.scandir

    def deny(folder: Path) -> Any:
        if str(folder).endswith("lost+found"):
            raise PermissionError(13, "Permission denied", str(folder))
        return scandir(folder)

    monkeypatch.setattr("podcast.outside.folder.os.scandir", deny)
    publish(own, target)
    assert files_in(target) == tree_of(own)


def test_a_full_disk_is_named(own: Podcast, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was there is still whole."""
    publish(own, target)
    retitle(own, "Another title")
    before = files_in(target)

    def full(data: Any, copy: Any, *_: Any) -> None:
        copy.write(data.read(10))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("podcast.outside.folder.shutil.copyfileobj", full)
    ran = own("publish", target, "--anyway")
    assert (ran.exit_code, "full" in ran.stderr) == (3, True)
    left = {path: data for path, data in files_in(target).items() if not path.endswith(".partial")}
    assert left == before


@pytest.mark.skipif(os.name != "posix", reason="it takes pipes that have names")
def test_two_machines_that_write_one_file_show_no_half_of_it(target: Path, tmp_path: Path) -> None:
    """Each has an unfinished neighbour of its own."""
    begun: list[tuple[threading.Thread, BinaryIO]] = []
    for name in ("mine", "theirs"):
        os.mkfifo(tmp_path / name)
        there = FolderStorage(target)
        run = threading.Thread(target=there.put, args=("a.mp3", tmp_path / name, "", ""), daemon=True)
        run.start()
        begun.append((run, (tmp_path / name).open("wb")))
        until(lambda: len(list(target.glob(".*"))) >= len(begun))
    for number, (run, pipe) in enumerate(begun):
        pipe.write(bytes([number]) * 1000)
        pipe.close()
        run.join(20)
        assert files_in(target)["a.mp3"] == bytes([number]) * 1000
    assert list(files_in(target)) == ["a.mp3"]


def until(is_so: Callable[[], bool]) -> None:
    """Wait for what another thread does."""
    for _ in range(2000):
        if is_so():
            return
        time.sleep(0.01)
    raise TimeoutError


# ── trying again ────────────────────────────────────────────────────────────────────────────────────────


class Line:
    """A connection that breaks as often as it is told to, each time after some bytes."""

    def __init__(self, failures: list[int]) -> None:
        self.failures = failures
        self.connections = 0

    def connect(self) -> Any:
        """Connect anew."""
        self.connections += 1
        return self

    def chunks(self, _: str) -> Iterator[bytes]:
        """Yield ten bytes in all, or break off."""
        stop = self.failures.pop(0) if self.failures else None
        for start in range(0, 10, 3):
            if stop is not None and start >= stop:
                raise PassingError("place/x: the connection failed.")
            yield b"0123456789"[start : start + 3]

    def sizes(self) -> dict[str, int]:
        """List, or break off."""
        if self.failures:
            self.failures.pop()
            raise PassingError("place: the connection failed.")
        return {"x": 10}

    def close(self) -> None:
        """Hang up."""


def test_what_may_pass_is_tried_again_over_a_new_connection() -> None:
    """After growing pauses; reading goes on where it was."""
    waits: list[float] = []
    line = Line([1, 7, 4])
    place = PatientStorage(line.connect, waits.append)
    assert b"".join(place.chunks("x")) == b"0123456789"
    assert (line.connections, waits) == (4, [1, 4, 15])
    line.failures = [0, 0]
    assert place.sizes() == {"x": 10}


def test_what_does_not_pass_is_said_at_last() -> None:
    """And that nothing is lost."""
    place = PatientStorage(Line([0] * 9).connect, lambda _: None)
    with pytest.raises(OutsideError, match=r"place: the connection failed\. Run it again: it goes on"):
        place.sizes()
    with pytest.raises(OutsideError, match="it goes on where it stopped"):
        list(place.chunks("x"))


# ── passwords ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "target",
    ["sftp://me:secret@host/x", "sftp://me:se/cret@host/x", "sftp://me:se@cret@host/x", "sftp://:secret@host:99999/x"],
)
def test_a_password_is_never_shown(target: str) -> None:
    """Not even one that should have been written otherwise."""
    assert not re.search("se.?cret", shown(target))
    try:
        assert not re.search("se.?cret", repr(read_target(target)))
    except InputError as error:
        assert not re.search("se.?cret", str(error))  # noqa: PT017 - either will do


def test_a_user_and_a_host_are_shown() -> None:
    """They say where."""
    assert shown("sftp://me@host:22/srv/x") == "sftp://me@host:22/srv/x"
    place = read_target("sftp://me%40home:p%2Fw@host:2222/srv/my%20show/")
    assert (place.user, place.password, place.host, place.port) == ("me@home", "p/w", "host", 2222)
    assert place.path == "/srv/my show/"


# ── a stranger's list ───────────────────────────────────────────────────────────────────────────────────

GUID = "375e050f-7f52-5e9b-9cfc-9414515d1a5b"
DIGEST = "0" * 64
HOSTILE = {
    "no JSON": "{",
    "nested": "[" * 100_000,
    "a list": "[]",
    "no show": '{"files": {}}',
    "a number for a show": '{"show": 7, "files": {}}',
    "outside": f'{{"show": "{GUID}", "files": {{"../x": {{"sha256": "{DIGEST}", "bytes": 1}}}}}}',
    "absolute": f'{{"show": "{GUID}", "files": {{"/etc/x": {{"sha256": "{DIGEST}", "bytes": 1}}}}}}',
    "hidden": f'{{"show": "{GUID}", "files": {{"episodes/.ssh/x": {{"sha256": "{DIGEST}", "bytes": 1}}}}}}',
    "deep": f'{{"show": "{GUID}", "files": {{"a/b/c/d": {{"sha256": "{DIGEST}", "bytes": 1}}}}}}',
    "itself": f'{{"show": "{GUID}", "files": {{"published.json": {{"sha256": "{DIGEST}", "bytes": 1}}}}}}',
    "no digest": f'{{"show": "{GUID}", "files": {{"x": {{"sha256": "x", "bytes": 1}}}}}}',
    "true for a size": f'{{"show": "{GUID}", "files": {{"x": {{"sha256": "{DIGEST}", "bytes": -1}}}}}}',
    "a list of what is being sent": f'{{"show": "{GUID}", "files": {{}}, "sending": []}}',
    "outside, being sent": f'{{"show": "{GUID}", "files": {{}}, "sending": {{"../x": {{"sha256": "{DIGEST}", '
    '"bytes": 1}}}',
    "a word for an entry": f'{{"show": "{GUID}", "files": {{"x": "y"}}}}',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_list_that_is_none_of_ours_is_refused(own: Podcast, target: Path, name: str) -> None:
    """Nothing is read, written or removed by it."""
    target.mkdir()
    (target / MANIFEST).write_text(HOSTILE[name])
    assert "not what `podcast publish` writes" in refused(own, target, "--prune", "--anyway")
    assert files_in(target) == {}
    ran = own("restore", target)
    assert (ran.exit_code, MANIFEST in ran.stderr) == (2, True)


def test_a_list_is_read_as_it_was_written() -> None:
    """Exactly."""
    files_there = {"feed.xml": Entry("a" * 64, 1), "episodes/x/x.mp3": Entry("b" * 64, 2)}
    manifest = Manifest(load_guid(), files_there, {"index.html": Entry("c" * 64, 3)})
    assert parse_manifest(format_manifest(manifest)) == manifest
    assert parse_manifest(format_manifest(Manifest(load_guid(), {}))).files == {}


def load_guid() -> Any:
    """Return a show's guid."""
    return parse_manifest(f'{{"show": "{GUID}", "files": {{}}}}'.encode()).show


# ── restoring ───────────────────────────────────────────────────────────────────────────────────────────


def test_episodes_come_back_as_they_were(own: Podcast, target: Path) -> None:
    """Byte for byte; after that there is nothing to publish."""
    publish(own, target)
    before = files_in(own.folder / "episodes")
    shutil.rmtree(own.episode(OLD))
    shutil.rmtree(own.folder / "feed")
    done = document(own("restore", target, "--json"))
    assert done["restored"] == [OLD]
    assert files_in(own.folder / "episodes") == before
    assert document(publish(own, target, "--json"))["sent"] == []


def test_an_episode_that_is_here_is_left_alone(own: Podcast, target: Path) -> None:
    """Whatever is published of it."""
    publish(own, target)
    (own.episode(OLD) / "notes.html").write_text("newer")
    assert document(own("restore", target, "--json"))["restored"] == []
    assert (own.episode(OLD) / "notes.html").read_text() == "newer"


def test_what_is_not_what_was_published_does_not_come_back(own: Podcast, target: Path) -> None:
    """No half of it either."""
    publish(own, target)
    with (target / "episodes" / OLD / f"{OLD}.mp3").open("r+b") as file:
        file.write(b"x")
    shutil.rmtree(own.episode(OLD))
    ran = own("restore", target)
    assert (ran.exit_code, f"{OLD}.mp3" in ran.stderr) == (3, True)
    assert [path.name for path in own.episode("").iterdir() if path.name != "README.md"] == [NEW]


def test_one_episode_that_cannot_come_back_keeps_no_other_away(own: Podcast, target: Path) -> None:
    """It is named at the end, and the feed has the others."""
    publish(own, target)
    (target / "episodes" / OLD / f"{OLD}.mp3").unlink()
    for slug in (OLD, NEW):
        shutil.rmtree(own.episode(slug))
    shutil.rmtree(own.folder / "feed")
    ran = own("restore", target)
    assert (ran.exit_code, f"{OLD}.mp3" in ran.stderr) == (3, True)
    assert own.episode(NEW).exists()
    assert NEW in (own.folder / "feed" / "feed.xml").read_text()


def test_restoring_takes_only_what_an_episode_has(own: Podcast, target: Path) -> None:
    """A list that names more brings no more, and a record that lies brings nothing."""
    publish(own, target)
    record = target / "episodes" / OLD / "episode.json"
    manifest = json.loads((target / MANIFEST).read_bytes())
    (target / "episodes" / OLD / "run.sh").write_text("x")
    entry = entries_of({"x": b"x"})["x"]
    manifest["files"][f"episodes/{OLD}/run.sh"] = {"sha256": entry[0], "bytes": entry[1]}
    (target / MANIFEST).write_text(json.dumps(manifest))
    before = files_in(own.episode(OLD))
    shutil.rmtree(own.episode(OLD))
    assert own("restore", target).exit_code == 0
    assert files_in(own.episode(OLD)) == before
    shutil.rmtree(own.episode(OLD))
    record.write_bytes(record.read_bytes().replace(OLD.encode(), NEW.encode()))
    entry = entries_of({"x": record.read_bytes()})["x"]
    manifest["files"][f"episodes/{OLD}/episode.json"] = {"sha256": entry[0], "bytes": entry[1]}
    (target / MANIFEST).write_text(json.dumps(manifest))
    assert own("restore", target).exit_code == 2
    assert not own.episode(OLD).exists()


def test_there_is_nothing_to_restore_from_an_empty_place(own: Podcast, target: Path) -> None:
    """It says so."""
    target.mkdir()
    ran = own("restore", target)
    assert (ran.exit_code, MANIFEST in ran.stderr) == (2, True)
