"""The doctor names each trouble on a line of its own, hides none behind another, and changes nothing."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import namedtuple
from importlib import metadata
from pathlib import Path

import pytest
from conftest import Podcast
from typer.testing import CliRunner

from podcast.cli import app
from podcast.outside import ffmpeg
from podcast.pipeline import doctor

ROOT = Path(__file__).parents[1]
GROUPS = ("checks", "libraries", "engines", "voices", "writers")
SECRET = "sk-never-to-be-seen"  # noqa: S105 - nobody's

Found = dict[str, dict[str, dict[str, object]]]


def examined(show: Podcast) -> Found:
    """What the doctor finds, by group and name; the exit code says whether anything is missing."""
    ran = show("doctor", "--json")
    report = json.loads(ran.stdout)
    is_missing = any(check["status"] == "missing" for group in report.values() for check in group)
    assert ran.exit_code == (1 if is_missing else 0), ran.stderr
    return {group: {check["name"]: check for check in report[group]} for group in GROUPS}


def only_trouble(found: Found) -> dict[str, object]:
    """Return the one thing that is missing; it says what to do next."""
    missing = [check for group in found.values() for check in group.values() if check["status"] == "missing"]
    assert len(missing) == 1, missing
    assert missing[0]["found"]
    assert missing[0]["advice"]
    return missing[0]


def change(show: Podcast, before: str, after: str) -> None:
    """Change a show's settings."""
    settings = show.folder / "show.toml"
    text = settings.read_text()
    assert before in text
    settings.write_text(text.replace(before, after))


def program(path: Path, script: str) -> str:
    """Write a program of the shell."""
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


# ── a healthy machine ───────────────────────────────────────────────────────────────────────────────────


def test_where_all_is_well_the_exit_code_is_0(musical: Podcast) -> None:
    """With music, cover, lexicon and voices as a new show has them."""
    ran = musical("doctor")
    assert ran.exit_code == 0, ran.stdout
    assert not ran.stderr
    for name in ("python", "podcast", "ffmpeg", "music intro", "lexicon", "disk", "cache", "voice heart", "voice hum"):
        assert re.search(rf"^ok +{name} ", ran.stdout, re.MULTILINE), name


def test_each_line_begins_with_how_it_stands(podcast: Podcast) -> None:
    """So that the eye, or grep, finds what is missing."""
    change(podcast, 'voice = "hum"', 'voice = "nobody"')
    lines = podcast("doctor").stdout.splitlines()
    assert {line.split()[0] for line in lines} == {"ok", "note", "missing"}


def test_a_program_reads_all_of_it(podcast: Podcast) -> None:
    """Each thing with its name, how it stands, what was found and what to do."""
    found = examined(podcast)
    for group in GROUPS:
        for check in found[group].values():
            assert {"name", "status", "found", "advice"} <= check.keys()
            assert check["status"] in {"ok", "note"}


def test_every_voice_and_writer_says_what_it_costs(podcast: Podcast) -> None:
    """Nothing, for those that run here; about a cent and a half a minute, for those that are paid."""
    found = examined(podcast)
    offers = {**found["voices"], **found["writers"]}
    assert {name for name, offer in offers.items() if offer["usd"] == 0} == {"heart", "hum", "joe", "extractive"}
    assert {name for name, offer in offers.items() if offer["usd"]} == {"alloy", "sage"}
    assert all("0.00 USD" in str(offer["found"]) for offer in offers.values() if offer["usd"] == 0)
    assert "about 0.015 USD a minute" in str(offers["alloy"]["found"])
    assert offers["alloy"]["status"] == "note"
    assert "OPENAI_API_KEY is not set" in str(offers["alloy"]["advice"])


def test_a_paid_voice_without_a_key_is_trouble_only_where_the_show_speaks_with_it(podcast: Podcast) -> None:
    """Nobody else needs one."""
    assert podcast("doctor").exit_code == 0
    change(podcast, 'voice = "hum"', 'voice = "alloy"')
    trouble = only_trouble(examined(podcast))
    assert trouble["name"] == "speech.voice"
    assert "OPENAI_API_KEY is not set" in str(trouble["advice"])


def test_every_library_of_the_project_is_looked_up() -> None:
    """Those that this Python needs, with the version that is installed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {re.split(r"[\[><=;]", line)[0] for line in project["dependencies"] if ";" not in line}
    found = {check.name: check.found for check in doctor.examine(None).libraries}
    assert needed <= found.keys() <= needed | {"audioop-lts"}
    assert all(found[name] == metadata.version(name) for name in needed)


def test_without_a_show_the_installation_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the voices that come along, and how to make a show."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PODCAST_SHOW", raising=False)
    ran = CliRunner().invoke(app, ["doctor"])
    assert ran.exit_code == 0
    assert re.search("^note +show +.*podcast init", ran.stdout, re.MULTILINE)
    assert "voice heart" in ran.stdout
    assert "base_url" not in ran.stdout


def test_nothing_is_changed(podcast: Podcast) -> None:
    """Not even what a killed run left is completed."""
    (podcast.folder / "episodes" / ".2024-06-15.old").mkdir()
    before = {path: path.stat().st_mtime_ns for path in podcast.folder.rglob("*")}
    examined(podcast)
    assert {path: path.stat().st_mtime_ns for path in podcast.folder.rglob("*")} == before


def test_no_voice_is_loaded_and_no_network_asked() -> None:
    """So that it answers at once, everywhere."""
    looking = """
import socket, sys
def refuse(*_): raise AssertionError("network")
socket.socket.connect = socket.getaddrinfo = refuse
from podcast.pipeline.doctor import examine
report = examine(None)
assert not report.missing, report.missing
assert not {"onnxruntime", "hibari", "scipy", "bs4"} & sys.modules.keys()
"""
    done = subprocess.run([sys.executable, "-c", looking], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_a_key_is_seen_and_never_shown(podcast: Podcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line says that it is there, and who would use it."""
    assert examined(podcast)["checks"]["OPENAI_API_KEY"]["status"] == "ok"
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    for flags in ((), ("--json",), ("--debug",)):
        ran = podcast("doctor", *flags)
        assert ran.exit_code == 0
        assert "where a show or a flag names one" in ran.stdout
        assert SECRET not in ran.stdout + ran.stderr


# ── ffmpeg ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo hello", "not ffmpeg"),
        ("exit 1", "not ffmpeg"),
        ("echo ffmpeg version 1.0 Copyright", "without libmp3lame, ebur128"),
    ],
)
def test_an_ffmpeg_that_will_not_do_is_named(
    podcast: Podcast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    """With what it lacks, and everything else still looked at."""
    named = program(tmp_path / "encoder", script)
    monkeypatch.setenv("PODCAST_FFMPEG", named)
    trouble = only_trouble(examined(podcast))
    assert trouble["name"] == "ffmpeg"
    assert named in str(trouble["found"])
    assert said in str(trouble["found"])


def test_a_name_that_is_no_program_is_no_ffmpeg(podcast: Podcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """PODCAST_FFMPEG is named as the place to correct."""
    monkeypatch.setenv("PODCAST_FFMPEG", "/nowhere/ffmpeg")
    assert "PODCAST_FFMPEG is /nowhere/ffmpeg" in str(only_trouble(examined(podcast))["found"])


def test_an_ffmpeg_that_says_it_can_must_really_do_it(
    podcast: Podcast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What episodes need of it is tried: older ones lack an option here and there."""
    real = ffmpeg.executable()
    script = (
        f'case "$1" in -version|-encoders|-filters) exec {real} "$1";; esac; echo Option latency not found >&2; exit 1'
    )
    monkeypatch.setenv("PODCAST_FFMPEG", program(tmp_path / "old", script))
    assert "Option latency not found" in str(only_trouble(examined(podcast))["found"])


def test_an_ffmpeg_that_does_not_answer_is_not_waited_for(
    podcast: Podcast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even for a child that it leaves behind."""
    monkeypatch.setattr(doctor, "_LONGEST_ANSWER_S", 0.1)
    monkeypatch.setenv("PODCAST_FFMPEG", program(tmp_path / "asleep", "sleep 3"))
    assert "does not answer" in str(only_trouble(examined(podcast))["found"])


def test_a_file_that_does_not_start_is_no_ffmpeg(
    podcast: Podcast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program of another system, say."""
    (tmp_path / "foreign").write_bytes(b"\x7fELF of another machine")
    (tmp_path / "foreign").chmod(0o755)
    monkeypatch.setenv("PODCAST_FFMPEG", str(tmp_path / "foreign"))
    assert "does not start" in str(only_trouble(examined(podcast))["found"])


# ── libraries and engines ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("version", "said"), [(None, "not installed"), ("2.9.9", "2.9.9 is too old")])
def test_a_library_that_will_not_do_is_named(
    podcast: Podcast, monkeypatch: pytest.MonkeyPatch, version: str | None, said: str
) -> None:
    """With the command that installs it."""
    real = metadata.version

    def of(name: str) -> str:
        if name != "jinja2":
            return real(name)
        if version is None:
            raise metadata.PackageNotFoundError(name)
        return version

    monkeypatch.setattr(metadata, "version", of)
    trouble = only_trouble(examined(podcast))
    assert trouble["name"] == "jinja2"
    assert said in str(trouble["found"])
    assert 'pip install "jinja2>=3.1.6"' in str(trouble["advice"])


def test_libraries_that_are_there_take_one_line(podcast: Podcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is missing has its own."""
    assert re.search(r"^ok +libraries +(\d+) of \1;", podcast("doctor").stdout, re.MULTILINE)
    monkeypatch.setenv("PODCAST_FFMPEG", "/nowhere")  # slow to ask, and not asked here
    real = metadata.requires
    monkeypatch.setattr(metadata, "requires", lambda name: [*(real(name) or []), "left-pad>=1"])
    lines = podcast("doctor").stdout.splitlines()
    assert [line.split()[1] for line in lines if line.startswith("missing")] == ["ffmpeg", "left-pad"]


ENGINE = """
class Engine:
    version = "parrot 1"

    def usd_per_minute(self, voice):
        return 0.5

    def ready(self, voice):
        return None if voice.voice == "polly" else f"no parrot is called {voice.voice}"
"""


@pytest.fixture
def parrot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Install an engine of somebody else's; return its module."""
    place = tmp_path / "site"
    described = place / "parrot-1.0.dist-info"
    described.mkdir(parents=True)
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: parrot\nVersion: 1.0\n")
    (described / "entry_points.txt").write_text("[podcast.engines]\nparrot = parrot_engine:Engine\n")
    (place / "parrot_engine.py").write_text(ENGINE)
    monkeypatch.syspath_prepend(place)
    monkeypatch.delitem(sys.modules, "parrot_engine", raising=False)
    return place / "parrot_engine.py"


def profile(show: Podcast, name: str, text: str) -> None:
    """Write a voice profile."""
    (show.folder / "voices" / f"{name}.toml").write_text(text)


@pytest.mark.usefixtures("parrot")
def test_outside_voices_say_what_they_cost_and_what_they_lack(podcast: Podcast) -> None:
    """As those that come along do."""
    profile(podcast, "polly", 'engine = "parrot"\nvoice = "polly"\n')
    profile(podcast, "bird", 'engine = "parrot"\nvoice = "tweety"\n')
    found = examined(podcast)["voices"]
    assert (found["polly"]["status"], found["polly"]["usd"]) == ("ok", 0.5)
    assert found["bird"]["status"] == "note"
    assert "no parrot is called tweety" in str(found["bird"]["advice"])


def test_an_engine_that_cannot_be_loaded_hides_no_other(podcast: Podcast, parrot: Path) -> None:
    """A package that lacks one of its own, say."""
    parrot.write_text("import feathers\n")
    found = examined(podcast)
    trouble = only_trouble(found)
    assert trouble["name"] == "parrot"
    assert "feathers" in str(trouble["found"])
    assert found["engines"]["hibari"]["status"] == found["engines"]["tone"]["status"] == "ok"


# ── voices ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("engine = tone", "not valid TOML"),
        ('engine = "tone"\n', "voice is missing"),
        ('engine = "tone"\nvoice = "hum"\nspeed = 9\n', "speed is 9"),
        ('engine = "tune"\nvoice = "hum"\n', "no speech engine 'tune'. Did you mean tone?"),
    ],
)
def test_a_broken_voice_hides_no_other(podcast: Podcast, text: str, said: str) -> None:
    """It says why, the others are ready."""
    profile(podcast, "aaa", text)
    found = examined(podcast)
    trouble = only_trouble(found)
    assert trouble["name"] == "aaa"
    assert said in str(trouble["found"])
    assert found["voices"]["heart"]["status"] == found["voices"]["hum"]["status"] == "ok"


def test_the_voice_that_the_show_names_must_be_there(podcast: Podcast) -> None:
    """Before an episode finds out."""
    change(podcast, 'voice = "hum"', 'voice = "hmu"')
    trouble = only_trouble(examined(podcast))
    assert trouble["name"] == "speech.voice"
    assert "Did you mean hum?" in str(trouble["found"])


# ── the show ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_broken_show_toml_is_one_line(podcast: Podcast) -> None:
    """With all its problems, and what needs no settings still looked at."""
    (podcast.folder / "show.toml").write_text('tilte = "x"\nexplicit = 3\n')
    found = examined(podcast)
    trouble = only_trouble(found)
    assert trouble["name"] == "show.toml"
    assert "tilte" in str(trouble["found"])
    assert "explicit" in str(trouble["found"])
    assert {"lexicon", "folder", "disk", "cache"} <= found["checks"].keys()
    assert "hum" in found["voices"]
    assert len([line for line in podcast("doctor").stdout.splitlines() if line.startswith("missing")]) == 1


def test_a_folder_that_is_no_show_is_named(tmp_path: Path) -> None:
    """And the installation is looked at all the same."""
    found = examined(Podcast(tmp_path))
    assert "podcast init" in str(only_trouble(found)["found"])
    assert "heart" in found["voices"]


def test_music_that_is_not_there_is_named(musical: Podcast) -> None:
    """Each file by itself."""
    path = musical.folder / "voices" / "music" / "sting.opus"
    path.unlink()
    trouble = only_trouble(examined(musical))
    assert trouble["name"] == "music sting"
    assert str(path) in str(trouble["found"])


def test_music_that_is_no_sound_is_named(musical: Podcast) -> None:
    """Not only files that are absent spoil an episode."""
    (musical.folder / "voices" / "music" / "intro.opus").write_text("la la la")
    assert only_trouble(examined(musical))["name"] == "music intro"


def test_no_ffmpeg_is_not_held_against_the_music(musical: Podcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """It cannot be heard, but it is there."""
    monkeypatch.setenv("PODCAST_FFMPEG", shutil.which("true") or "")
    assert only_trouble(examined(musical))["name"] == "ffmpeg"


@pytest.mark.parametrize("cover", ["nowhere.png", "show.toml"])
def test_a_cover_that_cannot_be_used_is_named(podcast: Podcast, cover: str) -> None:
    """Absent, or no picture."""
    settings = podcast.folder / "show.toml"
    settings.write_text(re.sub('cover = ".*?"', f'cover = "{cover}"', settings.read_text()))
    assert only_trouble(examined(podcast))["name"] == "cover"


def test_a_lexicon_that_cannot_be_read_is_named(podcast: Podcast) -> None:
    """With the line that is wrong."""
    (podcast.folder / "voices" / "lexicon.toml").write_text('[say]\n"ReLU" = 3\n')
    trouble = only_trouble(examined(podcast))
    assert trouble["name"] == "lexicon"
    assert "ReLU" in str(trouble["found"])


def test_entries_of_the_lexicon_are_counted(podcast: Podcast) -> None:
    """The show's own."""
    (podcast.folder / "voices" / "lexicon.toml").write_text('[say]\n"ReLU" = "ray-loo"\n"RoPE" = "rope"\n')
    assert str(examined(podcast)["checks"]["lexicon"]["found"]).startswith("2 entries of the show")


def test_a_folder_in_which_nothing_can_be_written_is_named(podcast: Podcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The very one, of those that episodes are written to."""
    refused = podcast.folder / "episodes"
    real = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != refused and real(path, mode))
    trouble = only_trouble(examined(podcast))
    assert trouble["name"] == "folder"
    assert str(trouble["found"]).startswith(str(refused))


def test_a_disk_without_room_is_named(podcast: Podcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before an episode fills it."""
    usage = namedtuple("usage", "total used free")  # noqa: PYI024 - as the standard library returns it
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9 - 5_000_000, 5_000_000))
    trouble = only_trouble(examined(podcast))
    assert trouble["name"] == "disk"
    assert "5 MB" in str(trouble["found"])


def test_what_deleting_the_cache_costs_is_said(podcast: Podcast) -> None:
    """Sentences that would be spoken again, parts that would be encoded again, and no money."""
    for name in ("clips/aa/aa1.1.wav", "clips/aa/aa2.2.wav", "clips/bb/bb.3.wav", "parts/2024-06-15/cc.4.mp3"):
        kept = podcast.folder / ".podcast" / name
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(bytes(2_000_000))
    found = str(examined(podcast)["checks"]["cache"]["found"])
    assert found.startswith("8 MB kept in .podcast: 3 spoken sentences (6 MB) and 1 encoded parts (2 MB); ")
    assert found.endswith("0.00 USD")


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("http://127.0.0.1:8000/", "note"),
        ("https://localhost/", "note"),
        ("http://example.org/", "note"),
        ("https://example.org/", "ok"),
    ],
)
def test_an_address_that_will_not_do_for_publishing_is_noted(podcast: Podcast, address: str, status: str) -> None:
    """It is no trouble until then."""
    change(podcast, '"http://127.0.0.1:8000/"', f'"{address}"')
    assert examined(podcast)["checks"]["base_url"]["status"] == status


@pytest.mark.parametrize(("email", "status"), [("", "note"), ("ada@example.org", "ok")])
def test_an_address_for_directories_is_asked_for(podcast: Podcast, email: str, status: str) -> None:
    """They write there to prove whose show it is."""
    change(podcast, 'email = ""', f'email = "{email}"')
    assert examined(podcast)["checks"]["email"]["status"] == status


# ── services ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_writer_openai_is_trouble_only_where_the_show_names_it(
    podcast: Podcast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a paid voice is; a key is for both."""
    found = examined(podcast)
    assert found["checks"]["writing.writer"]["status"] == "ok"
    assert found["writers"]["openai"]["status"] == "note"
    assert "OPENAI_API_KEY is not set" in str(found["writers"]["openai"]["advice"])
    change(podcast, 'writer = "extractive"', 'writer = "openai"')
    trouble = only_trouble(examined(podcast))
    assert trouble["name"] == "writing.writer"
    assert "OPENAI_API_KEY is not set; api.openai.com wants a key" in str(trouble["advice"])
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    found = examined(podcast)
    assert found["checks"]["writing.writer"]["status"] == found["writers"]["openai"]["status"] == "ok"
    assert "and the writer openai" in str(found["checks"]["OPENAI_API_KEY"]["found"])


def test_a_writer_that_nobody_knows_is_named(podcast: Podcast) -> None:
    """With those there are."""
    change(podcast, 'writer = "extractive"', 'writer = "opnai"')
    assert "no writer 'opnai'. Did you mean openai?" in str(only_trouble(examined(podcast))["found"])


def test_a_service_of_ones_own_is_named_and_free(podcast: Podcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """What its profile says of OpenAI does not hold there."""
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:8880/v1")
    found = examined(podcast)
    alloy, writer = found["voices"]["alloy"], found["writers"]["openai"]
    assert (alloy["status"], alloy["usd"], writer["status"]) == ("ok", 0, "ok")
    assert alloy["found"] == "ready: openai, 127.0.0.1:8880 will be asked, and was not asked yet; free"
    assert "127.0.0.1:8880 will be asked, and was not asked yet; free" in str(writer["found"])
