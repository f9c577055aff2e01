"""`podcast repair` makes again what can be made again, to the byte, and leaves to people what is theirs."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from conftest import Podcast, once
from test_whole_show import (
    copy_episode,
    damage_papers,
    flip,
    interrupt_exchange,
    leave_draft,
    leave_earlier_draft,
    leave_earlier_snapshot,
    leave_temporary,
)
from whole_show import NEW, OLD, clips, copied, make_whole, parts, tree

from podcast.errors import OutsideError
from podcast.locks import locked
from podcast.show import load_show
from podcast.speech.engines.tone import ToneEngine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from podcast.types import Piece, Samples, Voice


@pytest.fixture(scope="module")
def made(shared: Path) -> Podcast:
    """Return a show with two episodes and a feed; nobody writes in it."""
    return Podcast(once(shared / "whole-show", make_whole))


@pytest.fixture
def own(made: Podcast, tmp_path: Path) -> Podcast:
    """Return a copy of that show, to damage."""
    return copied(made, tmp_path / "own")


def verbs(show: Podcast, *arguments: object) -> list[tuple[str, str]]:
    """What `podcast repair` did, and with what."""
    ran = show("repair", *arguments, "--json", "--quiet")
    document = json.loads(ran.stdout)
    assert ran.exit_code == (1 if document["left"] else 0), ran.stderr
    return [(deed["verb"], deed["where"]) for deed in document["done"]]


def left(show: Podcast, *arguments: object) -> str:
    """What `podcast repair` leaves to a person."""
    ran = show("repair", *arguments, "--quiet")
    assert ran.exit_code == 1, ran.stdout
    return ran.stderr


def gone(*names: str) -> Callable[[Podcast], None]:
    """Return what removes files of an episode."""

    def do(show: Podcast) -> None:
        for name in names:
            (show.episode(OLD) / name).unlink()

    return do


def cut_sound(show: Podcast) -> None:
    """Cut the sound off, under both its names."""
    for name in ("episode.mp3", f"{OLD}.mp3"):
        (show.episode(OLD) / name).write_bytes((show.episode(OLD) / name).read_bytes()[:1000])


def keep_page(show: Podcast) -> None:
    """Leave the page of an episode that is no more, where nobody remembers that it was written."""
    shutil.copytree(show.folder / "feed" / OLD, show.folder / "feed" / "2020-01-01")


EPISODE, FEED = f"episodes/{OLD}", "feed"
DAMAGES: dict[str, tuple[Callable[[Podcast], object], list[tuple[str, str]]]] = {
    "a changed byte of the sound": (
        lambda show: flip(show.episode(OLD) / "episode.mp3"),
        [("copy", f"{EPISODE}/episode.mp3")],
    ),
    "a sound that is cut off": (cut_sound, [("render", EPISODE)]),
    "one of two names of the sound": (gone(f"{OLD}.mp3"), [("copy", f"{EPISODE}/{OLD}.mp3")]),
    "no record": (gone("episode.json"), [("render", EPISODE)]),
    "a changed record": (lambda show: flip(show.episode(OLD) / "episode.json", 400), [("render", EPISODE)]),
    "several files": (gone("chapters.json", "transcript.vtt", "waveform.png"), [("render", EPISODE)]),
    "a changed page": (lambda show: flip(show.folder / "feed" / "index.html", 900), [("write", FEED)]),
    "a changed feed": (lambda show: flip(show.folder / "feed" / "feed.xml", 900), [("write", FEED)]),
    "no feed": (lambda show: (show.folder / "feed" / "feed.xml").unlink(), [("write", FEED)]),
    "an exchange": (interrupt_exchange, [("complete", EPISODE)]),
    "a draft": (leave_draft, [("remove", "episodes/.2024-06-29.0123456789abcdef.draft")]),
    "a draft of an earlier version": (leave_earlier_draft, [("remove", "episodes/.2024-06-29.draft")]),
    "what an earlier version published": (leave_earlier_snapshot, [("remove", ".podcast/publishing")]),
    "a temporary file": (leave_temporary, [("remove", "feed/.feed.xml.0123456789abcdef.tmp")]),
    "a page of an episode that is no more": (keep_page, [("remove", "feed/2020-01-01/index.html")]),
}


@pytest.mark.parametrize(("change", "deeds"), DAMAGES.values(), ids=DAMAGES)
def test_what_is_damaged_is_made_again_to_the_byte(
    own: Podcast, change: Callable[[Podcast], object], deeds: list[tuple[str, str]]
) -> None:
    """Then there is no difference from a show that was never damaged, and a second repair has nothing to do."""
    before = tree(own)
    change(own)
    assert verbs(own) == deeds
    assert tree(own) == before
    assert verbs(own) == []


def test_covers_that_are_gone_or_are_no_pictures_are_drawn_again(own: Podcast) -> None:
    """The large one and the small one."""
    before = tree(own)
    large, small = sorted((own.folder / "feed").glob("cover-*.jpg"), key=lambda path: len(path.name))
    large.write_bytes(b"no picture")
    small.unlink()
    assert verbs(own) == [("drop", f"feed/{large.name}"), ("write", "feed")]
    assert tree(own) == before


def test_a_damaged_sentence_is_dropped_and_spoken_again_only_when_it_is_needed(own: Podcast) -> None:
    """An episode that is whole needs none of its sentences."""
    before, (clip, *_) = tree(own), clips(own)
    flip(clip)
    assert verbs(own) == [("drop", clip.relative_to(own.folder).as_posix())]
    assert own("check", "--quiet").exit_code == 0
    cut_sound(own)
    assert own("repair").exit_code == 0
    now = tree(own)
    assert {name: now[name] for name in now if not name.startswith(".podcast")} == {
        name: before[name] for name in before if not name.startswith(".podcast")
    }


def test_a_damaged_part_is_dropped_and_encoded_again_when_it_is_needed(own: Podcast) -> None:
    """To the same bytes, it alone: the others are as old as they were."""
    before, (part, *others) = tree(own), parts(own)
    times = {path: path.stat().st_mtime_ns for path in others}
    flip(part)
    assert verbs(own) == [("drop", part.relative_to(own.folder).as_posix())]
    assert parts(own) == others
    cut_sound(own)
    assert verbs(own) == [("render", EPISODE)]
    assert tree(own) == before
    assert {path: path.stat().st_mtime_ns for path in others} == times


def test_only_the_episode_that_is_named_is_made_again(own: Podcast) -> None:
    """The other one stays as damaged as it is, and the feed is left."""
    for slug in (OLD, NEW):
        (own.episode(slug) / "notes.html").unlink()
    said = left(own, NEW)
    assert f"episodes/{OLD}/notes.html is not there" in said
    assert (own.episode(NEW) / "notes.html").is_file()
    assert not (own.episode(OLD) / "notes.html").exists()
    leave_temporary(own)
    ran = own("repair", "2030-01-01")
    assert ran.exit_code == 2
    assert "`podcast render" not in ran.stderr  # there is no script of that name either
    assert (own.folder / "feed" / ".feed.xml.0123456789abcdef.tmp").exists()


def test_a_dry_run_says_the_same_and_changes_nothing(own: Podcast) -> None:
    """Not even what every other command completes in passing."""
    cut_sound(own)
    leave_temporary(own)
    flip(clips(own)[0])
    before = tree(own)
    would = verbs(own, "--dry-run")
    assert tree(own) == before
    assert [verb for verb, _ in would] == ["remove", "drop", "render", "write"]
    assert [deed for deed in verbs(own) if deed[1] != "feed"] == would[:-1]


# ── who an episode is ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("damage", ["a digit of the guid", "another byte", "no guid", "no record"])
def test_an_episode_keeps_its_guid_whatever_became_of_its_record(own: Podcast, damage: str) -> None:
    """Also where the show has moved since, so that another one would be given now."""
    path = own.episode(OLD) / "episode.json"
    guid = json.loads(path.read_bytes())["guid"]
    settings = own.folder / "show.toml"
    settings.write_text(settings.read_text().replace("http://127.0.0.1:8000/", "https://example.org/"))
    assert own("feed").exit_code == 0
    text = path.read_text()
    changed = "1" if guid[0] == "0" else "0"
    match damage:
        case "a digit of the guid":
            path.write_text(text.replace(guid, changed + guid[1:]))
        case "another byte":
            path.write_text(text.replace("Welcome", "Welcomf"))
        case "no guid":
            path.write_text(text.replace(guid, "x" + guid[1:]))
        case _:
            path.unlink()
    assert verbs(own)[0] == ("render", f"episodes/{OLD}")
    assert json.loads(path.read_bytes())["guid"] == guid


def test_a_copy_under_another_name_is_not_made_the_same_episode(own: Podcast) -> None:
    """Its record tells of the other one; without a script of its own nobody knows what it should be."""
    shutil.copytree(own.episode(NEW), own.episode("2024-06-29"))
    said = left(own)
    assert "episodes/2024-06-29: episode.json cannot be used: it is about the episode '2024-06-22'" in said
    assert "It looks like a copy of 2024-06-22: remove the folder, or give it a script of its own" in said
    for command in ("check", "feed", "publish"):
        ran = own(command, *([own.folder.parent / "target"] if command == "publish" else []))
        assert "a copy of 2024-06-22: remove the folder" in ran.stdout + ran.stderr
        assert "render 2024-06-29" not in ran.stdout + ran.stderr
    shutil.copytree(own.script(NEW).parent, own.script("2024-06-29").parent)
    assert verbs(own)[0] == ("render", "episodes/2024-06-29")
    guids = {json.loads((own.episode(slug) / "episode.json").read_bytes())["guid"] for slug in (OLD, NEW, "2024-06-29")}
    assert len(guids) == 3


def test_a_copy_made_by_hand_has_a_guid_of_its_own_once_it_is_rendered(own: Podcast) -> None:
    """As `podcast repair` advises; the episode that it is a copy of keeps its guid."""
    guid = json.loads((own.episode(NEW) / "episode.json").read_bytes())["guid"]
    copy_episode(own)
    assert "`podcast render` it." in left(own)
    shutil.copytree(own.script(NEW).parent, own.script("2024-06-29").parent)
    for slug in (NEW, "2024-06-29"):
        assert own("render", slug, "--quiet").exit_code == 0
    assert json.loads((own.episode(NEW) / "episode.json").read_bytes())["guid"] == guid
    assert verbs(own) == []


def test_a_copy_that_says_another_name_is_no_longer_the_same_episode(own: Podcast) -> None:
    """Its record was edited, which its seal tells: it is made again, with a guid of its own."""
    copy = own.episode("2024-06-29")
    shutil.copytree(own.episode(NEW), copy)
    (copy / f"{NEW}.mp3").unlink()
    (copy / "episode.json").write_text((copy / "episode.json").read_text().replace(NEW, copy.name))
    shutil.copytree(own.script(NEW).parent, own.script(copy.name).parent)
    assert verbs(own)[0] == ("render", "episodes/2024-06-29")
    guids = [json.loads((own.episode(slug) / "episode.json").read_bytes())["guid"] for slug in (NEW, copy.name)]
    assert guids[0] != guids[1]
    assert "has the guid" not in own("check", "--quiet").stdout


# ── what is a person's ──────────────────────────────────────────────────────────────────────────────────


def test_nothing_that_a_person_made_is_changed_and_each_is_named(own: Podcast) -> None:
    """Scripts, sources, settings, the taste; and files that somebody laid into the folder of an episode."""
    (own.episode(OLD) / "video.mp4").write_bytes(b"mine")
    (own.episode(OLD) / "pictures").mkdir()
    (own.episode(OLD) / "pictures" / "one.png").write_bytes(b"mine, too")
    (own.folder / "feed" / "about.html").write_text("<p>mine")
    (own.script(NEW).parent / "source.md").unlink()
    damage_papers(own)
    copy_episode(own)
    cut_sound(own)
    before = tree(own)
    said = left(own)
    for name in (f"{EPISODE}/video.mp4", f"{EPISODE}/pictures", "feed/about.html", f"scripts/{NEW}/source.md",
                 "papers.db", "episodes/2024-06-29"):  # fmt: skip
        assert f"{name}: " in said
    after = tree(own)
    theirs = ("scripts/", "voices/", "show.toml", "papers.db", "feed/about.html")
    assert {name: after[name] for name in after if name.startswith(theirs)} == {
        name: before[name] for name in before if name.startswith(theirs)
    }
    assert after[f"{EPISODE}/video.mp4"] == b"mine"
    assert after[f"{EPISODE}/pictures/one.png"] == b"mine, too"
    assert len(after[f"{EPISODE}/episode.mp3"]) > 1000


def test_rendering_keeps_what_somebody_laid_into_the_folder_of_an_episode(own: Podcast) -> None:
    """It was lost with the old folder."""
    (own.episode(OLD) / "video.mp4").write_bytes(b"mine")
    (own.episode(OLD) / "link").symlink_to("video.mp4")
    (own.episode(OLD) / ".htaccess").write_bytes(b"mine")
    (own.episode(OLD) / "pictures" / "small").mkdir(parents=True)
    (own.episode(OLD) / "pictures" / "small" / "one.png").write_bytes(b"mine, too")
    (own.episode(OLD) / "pictures" / "link").symlink_to("small")
    before = (own.episode(OLD) / "pictures" / "small" / "one.png").stat()
    assert own("render", OLD, "--quiet").exit_code == 0
    assert (own.episode(OLD) / ".htaccess").read_bytes() == b"mine"
    assert (own.episode(OLD) / "link").read_bytes() == b"mine"
    now = own.episode(OLD) / "pictures" / "link" / "one.png"
    assert (now.read_bytes(), now.stat().st_ino) == (b"mine, too", before.st_ino)  # no copy, which a power cut may tear


def test_a_script_that_was_edited_since_is_not_published_in_passing(own: Podcast) -> None:
    """Whoever edits says when it is done."""
    script = own.script(OLD)
    script.write_text(script.read_text().replace("Hello and welcome.", "Hello and TODO."))
    (own.episode(OLD) / "notes.html").unlink()
    before = tree(own)
    said = left(own)
    assert f"{EPISODE}: notes.html is not there. It was not put right: its script was edited since it was" in said
    assert f"`podcast render {OLD}` makes it of what stands there now." in said
    assert tree(own) == before
    assert own("render", OLD, "--quiet").exit_code == 0
    assert verbs(own) == []


def test_an_episode_without_a_script_is_left_with_what_a_person_can_do(own: Podcast) -> None:
    """And the feed keeps naming it, until it is there again; that is no other thing to put right."""
    shutil.rmtree(own.script(OLD).parent)
    cut_sound(own)
    before = tree(own)
    said = left(own)
    assert f"{EPISODE}: episode.mp3 has 1000 bytes" in said
    assert "feed: " not in said
    assert "`podcast restore`" in said
    assert tree(own) == before


# ── money ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def paid(own: Podcast, monkeypatch: pytest.MonkeyPatch) -> Podcast:
    """Return the show with its sound cut off and a sentence lost, where a minute of hums costs a dollar."""
    monkeypatch.setattr(ToneEngine, "usd_per_minute", lambda *_: 1.0)
    cut_sound(own)
    for clip in clips(own):
        clip.unlink()
    return own


def log(show: Podcast) -> list[float]:
    """What was paid, in the order of requests."""
    path = show.folder / ".podcast" / "log" / "spending.jsonl"
    return [json.loads(line)["usd"] for line in path.read_text().splitlines()] if path.is_file() else []


def test_a_repair_says_what_it_costs_and_spends_no_more_than_is_allowed(paid: Podcast) -> None:
    """Nothing where that would not be enough."""
    said = paid("repair", "--dry-run").stdout
    assert "; speaking it costs about 0." in said
    assert "--max-cost" in left(paid, "--max-cost", "0.01")
    assert log(paid) == []
    assert verbs(paid, "--max-cost", "9") == [("render", EPISODE)]
    assert 0 < sum(log(paid)) < 1


def test_kept_sentences_are_not_paid_again(own: Podcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there already costs nothing, whatever it cost."""
    monkeypatch.setattr(ToneEngine, "usd_per_minute", lambda *_: 1.0)
    cut_sound(own)
    assert verbs(own, "--max-cost", "0") == [("render", EPISODE)]
    assert log(own) == []


def test_a_voice_that_is_gone_is_not_needed_where_all_its_sentences_are_kept(
    own: Podcast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its service may be no more, or the key for it."""
    monkeypatch.setattr(ToneEngine, "ready", lambda *_: "its key is gone.")
    before = tree(own)
    cut_sound(own)
    assert verbs(own) == [("render", EPISODE)]
    assert tree(own) == before
    cut_sound(own)
    clips(own)[0].unlink()
    assert "Voice hum is not ready: its key is gone." in left(own)


@pytest.fixture
def named_once(own: Podcast) -> Podcast:
    """Return the show with an episode that was spoken by a voice which only `--voice` named."""
    (own.folder / "voices" / "bass.toml").write_text('engine = "tone"\nvoice = "bass"\nspeed = 1.1\n')
    assert own("render", OLD, "--voice", "bass", "--quiet").exit_code == 0
    return own


def test_an_episode_keeps_the_voice_that_it_had(named_once: Podcast) -> None:
    """Whatever show.toml says: it is made again, not anew."""
    before = tree(named_once)
    cut_sound(named_once)
    assert verbs(named_once) == [("render", EPISODE)]
    assert tree(named_once) == before
    (named_once.folder / "voices" / "bass.toml").unlink()
    cut_sound(named_once)
    assert "it was spoken by bass, of which voices/ has no profile any more" in left(named_once)


def test_a_paid_voice_that_nothing_names_is_not_paid_again(
    named_once: Podcast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither show.toml nor a flag of this run asked for it; which one would is said."""
    monkeypatch.setattr(ToneEngine, "usd_per_minute", lambda *_: 1.0)
    cut_sound(named_once)
    for clip in clips(named_once):
        clip.unlink()
    said = left(named_once, "--max-cost", "9")
    assert f"`podcast render {OLD} --voice bass` pays for it." in said
    assert log(named_once) == []


def test_a_paid_part_of_a_long_sentence_is_kept_until_the_whole_is(
    own: Podcast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that failed in the middle of the sentence had paid for it."""
    script = own.script(NEW)
    script.write_text(script.read_text() + f"\n## More\n\n{'A long sentence that goes on, ' * 30}and ends.\n")
    monkeypatch.setattr(ToneEngine, "usd_per_minute", lambda *_: 1.0)
    speak = ToneEngine.speak

    def until_the_end(engine: ToneEngine, piece: Piece, voice: Voice) -> Samples:
        if "ends" in piece.text:
            raise OutsideError("The service hung up.")
        return speak(engine, piece, voice)

    monkeypatch.setattr(ToneEngine, "speak", until_the_end)
    assert own("render", NEW, "--quiet", "--max-cost", "9", "--jobs", "1").exit_code == 3
    before = clips(own)
    assert verbs(own, "--prune") == []
    assert clips(own) == before


# ── kept sentences ──────────────────────────────────────────────────────────────────────────────────────


def test_only_kept_sentences_that_no_script_has_are_removed_and_only_if_asked_for(named_once: Podcast) -> None:
    """Those of a voice that only an episode has are needed, too."""
    script = named_once.script(NEW)
    script.write_text(script.read_text() + "\n## More\n\nA sentence that comes and goes.\n")
    assert named_once("render", NEW, "--quiet").exit_code == 0
    with_it = len(clips(named_once))
    script.write_text(script.read_text().replace("A sentence that comes and goes.", "Another one stays."))
    assert named_once("render", NEW, "--quiet").exit_code == 0
    assert verbs(named_once) == []
    assert named_once("repair", "--prune", "--dry-run").stdout.startswith("remove    .podcast/clips  (1 kept sentences")
    assert verbs(named_once, "--prune") == [("remove", ".podcast/clips")]
    assert len(clips(named_once)) == with_it
    for arguments in ((NEW,), (OLD, "--voice", "bass")):
        assert json.loads(named_once("render", *arguments, "--dry-run", "--json").stdout)["clips_to_speak"] == 0
    script.write_text("no script")
    assert "nobody can tell which ones are needed" in left(named_once, "--prune")


def test_parts_of_episodes_that_are_no_more_are_removed_if_asked_for(own: Podcast, tmp_path: Path) -> None:
    """Those whose script is gone, too, as nothing would use them; not those of an episode that is being made."""
    kept = own.folder / ".podcast" / "parts"
    for slug in ("2024-05-01", "2024-06-29"):
        shutil.copytree(kept / OLD, kept / slug)
    shutil.move(own.script(OLD).parent, tmp_path)
    (kept / "2024-05-01" / "notes.txt").write_text("mine")
    before = parts(own)
    assert verbs(own) == []
    assert parts(own) == before
    what = " MB of encoded sound, of which there is no script or no episode)"
    with locked(load_show(own.folder).lock("2024-06-29")):
        assert what in own("repair", "--prune", "--dry-run").stdout
        deeds = verbs(own, "--prune")
    assert deeds[1:] == [("remove", ".podcast/parts/2024-05-01"), ("remove", f".podcast/parts/{OLD}")]  # clips first
    assert {path.parent.name for path in parts(own)} == {NEW, "2024-06-29"}
    assert [path.name for path in (kept / "2024-05-01").iterdir()] == ["notes.txt"]
    assert not (kept / OLD).exists()


# ── what is said besides ────────────────────────────────────────────────────────────────────────────────


def test_a_voice_that_is_named_and_gone_is_left_to_a_person(own: Podcast) -> None:
    """Nothing is damaged yet, but the next episode could not be spoken."""
    (own.folder / "voices" / "hum.toml").unlink()
    assert "names the voice hum, of which there is no profile." in left(own)


def test_a_script_without_an_episode_is_a_note(own: Podcast) -> None:
    """A run was killed, or somebody is still reviewing: neither is a finding."""
    shutil.rmtree(own.episode(NEW))
    assert own("feed").exit_code == 0
    for command in ("check", "repair"):
        ran = own(command)
        assert (ran.exit_code, ran.stderr.count(f"`podcast render {NEW}` speaks it.")) == (0, 1)
        assert f"`podcast render {NEW}`" not in own(command, OLD).stderr


def test_check_names_repair_where_that_can_put_something_right(own: Podcast) -> None:
    """To people only; and not where only they can."""
    (own.episode(OLD) / "notes.html").unlink()
    assert own("check").stderr.endswith("\n`podcast repair` makes again what can be made again; "
                                        "`podcast repair --dry-run` says what.\n")  # fmt: skip
    assert "podcast repair" not in own("check", "--json").stderr
    assert own("repair").exit_code == 0
    (own.script(OLD).parent / "source.md").unlink()
    ran = own("check")
    assert (ran.exit_code, "podcast repair" in ran.stderr) == (1, False)


def test_restoring_without_a_target_names_its_own_command_and_alarms_nobody(own: Podcast) -> None:
    """A clone has the feed and no episode: that is what restoring is for, and what others advise."""
    shutil.rmtree(own.folder / "episodes")
    ran = own("restore")
    assert ran.exit_code == 2
    assert ran.stderr.startswith("No target: name one, as in `podcast restore s3://bucket/path`")
    assert "`podcast restore` brings back what was published" in own("feed").stderr
