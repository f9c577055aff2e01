"""What people and programs see of the commands, with a voice that hums."""

from __future__ import annotations

import dataclasses
import datetime as dt
import gc
import io
import json
import os
import re
import subprocess
import sys
import wave
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from podcast import __version__, files
from podcast.writing.script import format_script, parse_script, signed

if TYPE_CHECKING:
    from conftest import Podcast

EPISODE_FILES = {
    "2024-06-15.mp3", "chapters.json", "episode.json", "episode.mp3", "notes.html", "timestamps.txt",
    "transcript.html", "transcript.json", "transcript.srt", "transcript.vtt", "waveform.png",
}  # fmt: skip


def leftovers(folder: Path) -> list[Path]:
    """Temporary files that a run left behind."""
    return [path for path in folder.rglob("*") if re.search(r"\.tmp$|\.draft$|\.new$|\.old$", path.name)]


# ── make ────────────────────────────────────────────────────────────────────────────────────────────────


def test_make_ends_with_the_path_of_the_episode(musical: Podcast, newsletter: Path) -> None:
    """The last line of stdout is the path of episode.mp3, beside it everything else."""
    ran = musical("make", newsletter)
    assert ran.exit_code == 0, ran.stderr
    mp3 = Path(ran.stdout.splitlines()[-1])
    assert mp3 == musical.episode() / "episode.mp3"
    cover = json.loads((mp3.parent / "episode.json").read_bytes())["cover"]
    assert {path.name for path in mp3.parent.iterdir()} == {*EPISODE_FILES, cover}
    assert not leftovers(musical.folder)


def test_make_keeps_the_source_byte_for_byte(podcast: Podcast, newsletter: Path) -> None:
    """Later stages read this copy only."""
    podcast("make", newsletter)
    assert (podcast.script().parent / "source.md").read_bytes() == newsletter.read_bytes()


def test_make_with_json_answers_with_one_document(podcast: Podcast, newsletter: Path) -> None:
    """A program reads episode.json and the path from stdout, and nothing else is there."""
    document = json.loads(podcast("make", newsletter, "--json").stdout)
    assert document["slug"] == "2024-06-15"
    assert Path(document["path"]).is_file()
    assert [segment["title"] for segment in document["segments"]][1:-1] == [
        "Sorting is Harder than it Looks",
        "Bees & Other Optimisers: Does Swarming Help?",
    ]


def test_make_takes_the_newsletter_from_stdin(podcast: Podcast, newsletter: Path) -> None:
    """`-` reads standard input."""
    ran = podcast("make", "-", stdin=newsletter.read_bytes())
    assert ran.exit_code == 0, ran.stderr
    assert (podcast.script().parent / "source.md").read_bytes() == newsletter.read_bytes()


def test_make_takes_a_slug_of_the_show(podcast: Podcast, newsletter: Path) -> None:
    """An episode is made again by its name."""
    podcast("make", newsletter)
    ran = podcast("make", "2024-06-15")
    assert ran.exit_code == 0, ran.stderr


def test_make_of_several_names_the_one_that_failed(podcast: Podcast, newsletter: Path, tmp_path: Path) -> None:
    """One bad newsletter stops no other, is named, and the exit code is 1."""
    empty = tmp_path / "empty.md"
    empty.write_bytes(b"")
    ran = podcast("make", empty, newsletter)
    assert ran.exit_code == 1
    assert "empty.md" in ran.stderr
    assert (podcast.episode() / "episode.mp3").is_file()


def test_a_dry_run_says_what_it_would_take_and_writes_nothing(podcast: Podcast, newsletter: Path) -> None:
    """Sentences, minutes and money, with nothing on disk afterwards."""
    before = sorted(podcast.folder.rglob("*"))
    document = json.loads(podcast("make", newsletter, "--dry-run", "--json").stdout)
    assert document["clips"] == document["clips_to_speak"] > 5
    assert document["minutes"] > 0
    assert document["usd"] == 0
    assert sorted(podcast.folder.rglob("*")) == before


def test_the_section_to_speak_can_be_named(podcast: Podcast, newsletter: Path) -> None:
    """`--section` picks another than the first with papers."""
    document = json.loads(podcast("make", newsletter, "--section", "also this week", "--json").stdout)
    assert [segment["title"] for segment in document["segments"]][1:-1] == ["Nothing New"]


# ── script ──────────────────────────────────────────────────────────────────────────────────────────────


def test_script_stops_before_anything_is_spoken(podcast: Podcast, newsletter: Path) -> None:
    """Script-only mode writes the words and no sound."""
    ran = podcast("script", newsletter)
    assert ran.exit_code == 0
    assert Path(ran.stdout.splitlines()[-1]) == podcast.script()
    assert not podcast.episode().exists()
    assert not (podcast.folder / ".podcast" / "clips").exists()


def test_an_edited_script_is_rendered_as_it_stands(podcast: Podcast, newsletter: Path) -> None:
    """What a person wrote is used, said so, and never overwritten."""
    podcast("script", newsletter)
    edited = podcast.script().read_text().replace("Hello and welcome.", "Hello, dear listeners.")
    podcast.script().write_text(edited)
    ran = podcast("make", newsletter)
    assert ran.exit_code == 0
    assert "edited by hand" in ran.stderr
    assert podcast.script().read_text() == edited
    assert "dear listeners" in (podcast.episode() / "transcript.vtt").read_text()


def test_a_newsletter_that_cannot_be_read_any_more_costs_the_notes_their_links(
    podcast: Podcast, newsletter: Path
) -> None:
    """Not the episode."""
    podcast("make", newsletter)
    (podcast.folder / "scripts" / "2024-06-15" / "source.md").write_bytes(b"\xff\xfe\x00 no newsletter")
    ran = podcast("render", "2024-06-15")
    assert ran.exit_code == 0
    assert "The show notes have no links besides those of the chapters" in ran.stderr


def test_force_writes_an_edited_script_anew(podcast: Podcast, newsletter: Path) -> None:
    """`--force` is the one way to lose an edit."""
    podcast("script", newsletter)
    original = podcast.script().read_text()
    podcast.script().write_text(original.replace("Hello", "Hi"))
    podcast("script", newsletter, "--force")
    assert podcast.script().read_text() == original


def test_another_newsletter_cannot_take_an_episodes_name(podcast: Podcast, newsletter: Path, tmp_path: Path) -> None:
    """Two sources of one date: the second is refused, with the way out."""
    podcast("script", newsletter)
    other = tmp_path / "other.md"
    other.write_text(newsletter.read_text().replace("Sorting", "Shuffling"))
    ran = podcast("script", other)
    assert ran.exit_code == 2
    assert "--slug" in ran.stderr
    assert podcast("script", other, "--slug", "2024-06-15b").exit_code == 0


def test_a_newsletter_without_a_date_needs_a_slug(podcast: Podcast, tmp_path: Path) -> None:
    """No date, no name: the way out is in the message."""
    path = tmp_path / "news.md"
    path.write_text("# News\n\n## A Paper\n\nIt has words.\n\n## Another\n\nIt has more.\n")
    ran = podcast("script", path)
    assert ran.exit_code == 2
    assert "--slug" in ran.stderr


# ── render ──────────────────────────────────────────────────────────────────────────────────────────────


def write_script(podcast: Podcast, body: str, front: str = "") -> Path:
    """Put a script by hand into the show."""
    path = podcast.script("by-hand")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"---\ntitle: By hand\ndate: 2024-06-15\n{front}---\n\n{body}", encoding="utf-8")
    return path


def test_render_takes_a_slug_or_a_file(podcast: Podcast) -> None:
    """Both name the same script."""
    path = write_script(podcast, "## One\n\nSome words to hum.\n")
    assert podcast("render", "by-hand").exit_code == 0
    first = (podcast.episode("by-hand") / "episode.mp3").read_bytes()
    assert podcast("render", path).exit_code == 0
    assert (podcast.episode("by-hand") / "episode.mp3").read_bytes() == first


def test_only_changed_sentences_are_spoken_again(podcast: Podcast) -> None:
    """Editing one sentence makes one new clip."""
    path = write_script(podcast, "## One\n\nFirst sentence here. Second sentence here. Third sentence here.\n")
    podcast("render", "by-hand")
    path.write_text(path.read_text().replace("Second", "Another"))
    document = json.loads(podcast("render", "by-hand", "--dry-run", "--json").stdout)
    assert (document["clips"], document["clips_to_speak"]) == (3, 1)


def test_the_guid_stays_when_an_episode_is_rendered_again(podcast: Podcast) -> None:
    """Whatever changes, subscribers see the same episode."""
    path = write_script(podcast, "## One\n\nSome words to hum.\n")
    first = json.loads(podcast("render", path, "--json").stdout)
    settings = podcast.folder / "show.toml"
    settings.write_text(settings.read_text().replace("127.0.0.1:8000", "example.org"))
    path.write_text(path.read_text().replace("Some", "Other"))
    second = json.loads(podcast("render", path, "--json").stdout)
    assert second["guid"] == first["guid"]
    assert second["sha256"] != first["sha256"]


def test_speakers_have_their_own_voices(podcast: Podcast) -> None:
    """A conversation: each paragraph by its speaker, names in the transcript."""
    (podcast.folder / "voices" / "low.toml").write_text('engine = "tone"\nvoice = "low"\nspeed = 0.8\n')
    write_script(
        podcast, "## One\n\n**Ada:** Hello there Bo.\n\n**Bo:** Hello Ada.\n", "speakers: {Ada: hum, Bo: low}\n"
    )
    document = json.loads(podcast("render", "by-hand", "--json").stdout)
    assert document["voices"] == ["hum", "low"]
    assert "<v Bo>Hello Ada." in (podcast.episode("by-hand") / "transcript.vtt").read_text()


@pytest.mark.parametrize(
    ("body", "front", "said"),
    [
        ("## One\n\n**Cy:** Hello.\n", "speakers: {Ada: hum}\n", "Cy"),
        ("## One\n\nHello.\n", "voice: nobody\n", "nobody"),
        ("## One\n\n## Two\n\nHello.\n", "", "'One' is empty"),
        ("## One\n\nHello.\n\n## Zwei\n\n我们提出了一种新的方法。\n", "", "'Zwei'"),
        ("## One\n\nمرحبا بالعالم\n", "", "مرحبا"),
        ("## One\n\n🎉🎉🎉\n", "", "'One'"),
        ("## One\n\n" + "x" * 500 + "\n", "", "500 characters"),
        ("Hello.\n\n## One\n\nHello.\n", "", "line 6"),
        ("## One\n\n> Said somebody.\n", "", "line 8"),
    ],
)
def test_a_script_that_cannot_be_spoken_is_refused(podcast: Podcast, body: str, front: str, said: str) -> None:
    """One sentence, exit code 2, nothing spoken, nothing written, the previous episode untouched."""
    write_script(podcast, "## One\n\nSome words to hum.\n")
    podcast("render", "by-hand")
    before = {path.name: path.read_bytes() for path in podcast.episode("by-hand").iterdir()}
    clips = sorted((podcast.folder / ".podcast").rglob("*.wav"))
    write_script(podcast, body, front)
    ran = podcast("render", "by-hand")
    assert ran.exit_code == 2
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr
    assert {path.name: path.read_bytes() for path in podcast.episode("by-hand").iterdir()} == before
    assert sorted((podcast.folder / ".podcast").rglob("*.wav")) == clips
    assert not leftovers(podcast.folder)


def test_missing_music_is_refused_before_anything_is_spoken(musical: Podcast) -> None:
    """The file is named, and no clip is made."""
    write_script(musical, "## One\n\nSome words to hum.\n")
    (musical.folder / "voices" / "music" / "sting.opus").unlink()
    ran = musical("render", "by-hand")
    assert ran.exit_code == 2
    assert "sting.opus" in ran.stderr
    assert not (musical.folder / ".podcast" / "clips").exists()


def test_music_may_be_any_file_of_any_length(musical: Podcast, tmp_path: Path) -> None:
    """The author's own: here a second of stereo WAV at an odd rate, named by its full path."""
    own = tmp_path / "own.wav"
    with wave.open(str(own), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(22050)
        file.writeframes(b"\x10\x20" * 2 * 22050)
    settings = musical.folder / "show.toml"
    settings.write_text(re.sub(r'"voices/music/\w+\.opus"', json.dumps(str(own)), settings.read_text()))
    write_script(musical, "## One\n\nSome words to hum.\n\n## Two\n\nMore words.\n")
    ran = musical("render", "by-hand")
    assert ran.exit_code == 0, ran.stderr


@pytest.mark.parametrize(("rate", "channels", "kbps"), [(44100, 2, 128), (48000, 1, 64), (24000, 1, 48)])
def test_rate_channels_and_bitrate_are_settings(musical: Podcast, rate: int, channels: int, kbps: int) -> None:
    """The finished file has them, at the same loudness."""
    settings = musical.folder / "show.toml"
    text = settings.read_text().replace("sample_rate_hz = 44100", f"sample_rate_hz = {rate}")
    text = text.replace("channels = 1", f"channels = {channels}").replace("bitrate_kbps = 96", f"bitrate_kbps = {kbps}")
    settings.write_text(text)
    write_script(musical, "## One\n\n" + "Some words to hum for a while. " * 12 + "\n")
    document = json.loads(musical("render", "by-hand", "--json").stdout)
    assert document["loudness_lufs"] == pytest.approx(-16, abs=0.5)
    assert document["true_peak_dbtp"] <= -1
    assert document["bytes"] == pytest.approx(kbps * document["duration_ms"] / 8, rel=0.05, abs=200_000)


# ── trying out ──────────────────────────────────────────────────────────────────────────────────────────


def test_say_writes_a_wav(podcast: Podcast, tmp_path: Path) -> None:
    """One line, to hear a voice."""
    out = tmp_path / "line.wav"
    ran = podcast("say", "Hello there.", "--out", out)
    assert ran.stdout.strip() == str(out)
    with wave.open(io.BytesIO(out.read_bytes())) as file:
        assert file.getnframes() > file.getframerate() // 2


def test_say_shows_what_is_really_said(podcast: Podcast) -> None:
    """Written and spoken differ; no sound is made."""
    ran = podcast("say", "σ² is 3.5x smaller", "--spoken")
    assert "sigma squared" in ran.stdout
    assert not list(Path.cwd().glob("say.wav"))


def test_say_refuses_what_no_voice_can_say(podcast: Podcast) -> None:
    """The words are named."""
    ran = podcast("say", "你好")
    assert ran.exit_code == 2
    assert "你好" in ran.stderr


def test_voices_lists_profiles_of_the_show(podcast: Podcast) -> None:
    """The show's own and those that come with the package."""
    names = {voice["name"] for voice in json.loads(podcast("voices", "--json").stdout)}
    assert names >= {"heart", "hum"}


def test_voices_says_what_a_minute_costs_and_what_is_missing(podcast: Podcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anybody chooses one."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    found = {voice["name"]: voice for voice in json.loads(podcast("voices", "--json").stdout)}
    assert (found["heart"]["usd_per_minute"], found["heart"]["missing"]) == (0, None)
    assert found["sage"]["usd_per_minute"] == 0.015
    assert found["sage"]["missing"].startswith("OPENAI_API_KEY is not set")
    lines = {line.split()[0]: line for line in podcast("voices").stdout.splitlines()}
    assert " free " in lines["heart"]
    assert " 0.015 USD a minute " in lines["sage"]
    assert "Not ready: OPENAI_API_KEY is not set" in lines["sage"]


@pytest.mark.parametrize(
    ("profile", "says"),
    [
        ('engine = "tone', "broken.toml: not valid TOML"),
        ('engine = "tone"\nvoice = "hum"\nsped = 2\n', "unknown setting sped. Did you mean speed?"),
        ('engine = "tune"\nvoice = "hum"\n', "There is no speech engine 'tune'. Did you mean tone?"),
    ],
)
def test_a_broken_profile_hides_no_other_voice(podcast: Podcast, profile: str, says: str) -> None:
    """It is named, and the command says that something is wrong."""
    (podcast.folder / "voices" / "broken.toml").write_text(profile)
    ran = podcast("voices", "--json")
    names = {voice["name"] for voice in json.loads(ran.stdout)}
    assert names == {"alloy", "heart", "hum", "joe", "sage"}
    assert ran.exit_code == 1
    assert "Voice broken: " in ran.stderr
    assert says in ran.stderr


# ── any command ─────────────────────────────────────────────────────────────────────────────────────────


def test_init_makes_a_show_and_refuses_a_second(podcast: Podcast, tmp_path: Path) -> None:
    """A show is not overwritten."""
    assert podcast("init", tmp_path / "new").exit_code == 0
    ran = podcast("init", tmp_path / "new")
    assert ran.exit_code == 2
    assert "already a show" in ran.stderr


def test_settings_problems_are_named_all_at_once(podcast: Podcast, newsletter: Path) -> None:
    """Unknown keys with a guess, wrong values with what they should be."""
    (podcast.folder / "show.toml").write_text('titel = "x"\n[audio]\nchannels = 3\n')
    ran = podcast("make", newsletter)
    assert ran.exit_code == 2
    assert "Did you mean title?" in ran.stderr
    assert "audio.channels is 3" in ran.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["make", "no-such-file.md"],
        ["make", "https://127.0.0.1/newsletter"],
        ["make", "http://example.org/newsletter"],
        ["make", "podcast/speech"],
        ["make", "a.md", "--cluster", "nowhere"],
        ["render"],
        ["render", "--all"],
        ["render", "no-such-slug", "--all"],
        ["render", "no-such-slug", "--cluster", "http://10.0.0.1:8786"],
        ["make", "2024-06-15", "--writer", "shakespeare"],
        ["render", "no-such-slug"],
        ["render", "no-such-slug", "--jobs", "0"],
        ["say", "Hello.", "--voice", "nobody"],
        ["make"],
        ["bogus"],
    ],
)
def test_wrong_usage_ends_with_two_and_a_sentence(podcast: Podcast, arguments: list[str]) -> None:
    """Exit code 2, words on stderr, nothing on stdout."""
    ran = podcast(*arguments)
    assert ran.exit_code == 2
    assert ran.stderr.strip()
    assert not ran.stdout
    assert "Traceback" not in ran.stderr


def test_outside_a_show_the_way_in_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, podcast: Podcast) -> None:
    """No show.toml upwards: `podcast init` is named."""
    monkeypatch.chdir(tmp_path)
    ran = podcast("render", "x", "--show", tmp_path)
    assert ran.exit_code == 2
    assert "podcast init" in ran.stderr


def test_a_broken_ffmpeg_ends_with_three(podcast: Podcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """An outside program failed: it is named, and nothing is half-written."""
    write_script(podcast, "## One\n\nSome words to hum.\n")
    monkeypatch.setenv("PODCAST_FFMPEG", "/no/such/ffmpeg")
    ran = podcast("render", "by-hand")
    assert ran.exit_code == 3
    assert "PODCAST_FFMPEG" in ran.stderr
    assert not leftovers(podcast.folder)


def test_titles_cannot_command_the_terminal(podcast: Podcast, tmp_path: Path) -> None:
    """Escape sequences of a file name or text come out as harmless marks."""
    ran = podcast("make", tmp_path / "\x1b[31mred.md")
    assert "\x1b" not in ran.stderr


def test_quiet_says_nothing_when_all_is_well(podcast: Podcast, newsletter: Path) -> None:
    """Only the result, on stdout."""
    ran = podcast("make", newsletter, "--quiet")
    assert ran.stderr == ""


def test_every_command_explains_itself(podcast: Podcast) -> None:
    """`--help` of each names its options."""
    for name in ("make", "script", "render", "say", "voices", "init"):
        ran = podcast(name, "--help")
        assert ran.exit_code == 0
        assert "--json" in ran.stdout


def test_the_version_is_told() -> None:
    """As a program of its own, too."""
    ran = subprocess.run(
        [sys.executable, "-m", "podcast", "--version"], capture_output=True, check=True, env=os.environ
    )
    assert ran.stdout.decode().strip() == f"podcast {__version__}"


# ── several, again, and at once ─────────────────────────────────────────────────────────────────────────


def test_with_json_several_answer_with_those_that_were_made(podcast: Podcast, newsletter: Path, tmp_path: Path) -> None:
    """A program gets the results whatever failed, and the exit code tells that something did."""
    ran = podcast("make", newsletter, tmp_path / "missing.md", "--json", "--quiet")
    assert ran.exit_code == 1
    assert [document["slug"] for document in json.loads(ran.stdout)] == ["2024-06-15"]
    assert "missing.md" in ran.stderr


def test_one_slug_cannot_name_two_episodes(podcast: Podcast, newsletter: Path) -> None:
    """Refused before anything is made."""
    ran = podcast("make", newsletter, newsletter, "--slug", "both")
    assert ran.exit_code == 2
    assert not podcast.script("both").exists()


def test_a_section_that_was_asked_for_stays_the_section(podcast: Podcast, newsletter: Path) -> None:
    """Making the episode again by its slug speaks the same papers."""
    podcast("script", newsletter, "--section", "Also this week", "--slug", "more")
    first = podcast.script("more").read_text()
    podcast("make", "more")
    assert podcast.script("more").read_text() == first
    assert "Nothing New" in first


def test_an_undated_newsletter_announces_no_date_and_keeps_the_first(podcast: Podcast, tmp_path: Path) -> None:
    """A day that nobody wrote is not spoken, and making it again later changes nothing."""
    path = tmp_path / "news.md"
    path.write_text("# News\n\n## A Paper\n\nIt has words.\n\n## Another\n\nIt has more.\n")
    podcast("script", path, "--slug", "undated")
    script = podcast.script("undated")
    assert "episode of" not in script.read_text()
    earlier = dt.date(2020, 1, 2)
    signed_then = signed(dataclasses.replace(parse_script(script.read_text(), "s"), date=earlier))
    script.write_text(format_script(signed_then))
    podcast("script", path, "--slug", "undated")
    assert parse_script(script.read_text(), "s").date == earlier


def test_a_script_from_elsewhere_does_not_replace_an_episode(
    podcast: Podcast, newsletter: Path, tmp_path: Path
) -> None:
    """The show's own script of that day comes first."""
    podcast("make", newsletter)
    before = (podcast.episode() / "episode.mp3").read_bytes()
    other = tmp_path / "other.md"
    other.write_text("---\ntitle: O\ndate: 2024-06-15\n---\n\n## One\n\nOther words.\n")
    assert podcast("render", other).exit_code == 2
    assert (podcast.episode() / "episode.mp3").read_bytes() == before


def test_two_runs_on_one_episode_refuse_each_other(podcast: Podcast) -> None:
    """The second says so and leaves the first alone."""
    write_script(podcast, "## One\n\nSome words to hum.\n")
    with files.locked(podcast.folder / ".podcast" / "locks" / "by-hand"):
        ran = podcast("render", "by-hand")
    assert ran.exit_code == 3
    assert "Another run" in ran.stderr
    assert podcast("render", "by-hand").exit_code == 0


def test_the_writer_of_a_script_is_told(podcast: Podcast, newsletter: Path) -> None:
    """By hand, by the embedded writer, or by both."""
    write_script(podcast, "## One\n\nSome words to hum.\n")
    assert json.loads(podcast("render", "by-hand", "--json").stdout)["writer"] == "by hand"
    podcast("script", newsletter)
    podcast.script().write_text(podcast.script().read_text().replace("Hello", "Hi"))
    writer = json.loads(podcast("render", "2024-06-15", "--json").stdout)["writer"]
    assert writer == f"extractive {__version__}, edited by hand"


def test_a_cover_of_ones_own_must_be_there_and_square(podcast: Podcast, tmp_path: Path) -> None:
    """Named, with what to do."""
    write_script(podcast, "## One\n\nSome words to hum.\n")
    settings = podcast.folder / "show.toml"
    original = settings.read_text()
    flat = tmp_path / "flat.png"
    Image.new("RGB", (1500, 1400)).save(flat)
    for path, said in (
        (tmp_path / "none.png", "no such file"),
        (flat, "square"),
        (newsletter_like(tmp_path), "picture"),
    ):
        settings.write_text(re.sub(r'cover = "[^"]*"', f'cover = "{path}"', original))
        ran = podcast("render", "by-hand")
        assert (ran.exit_code, said in ran.stderr) == (2, True), ran.stderr


def newsletter_like(folder: Path) -> Path:
    """A file that is no picture."""
    path = folder / "text.png"
    path.write_text("no picture")
    return path


def test_debug_adds_the_traceback_and_keeps_the_exit_code(podcast: Podcast) -> None:
    """The same failure, with where it came from."""
    ran = podcast("render", "no-such", "--debug")
    assert ran.exit_code == 2
    assert "Traceback" in ran.stderr


@pytest.mark.skipif(os.name != "posix", reason="devices are files there")
def test_a_device_is_called_one(podcast: Podcast) -> None:
    """It is there, and nothing can be read from it."""
    ran = podcast("make", "/dev/null")
    assert ran.exit_code == 2
    assert "/dev/null: a device or a pipe, not a file. Give a newsletter" in ran.stderr


# ── how a process begins, and ends ──────────────────────────────────────────────────────────────────────


def test_a_command_looks_for_garbage_seldom() -> None:
    """What it imports stays: to walk through that every few hundred objects takes a tenth of its start."""
    program = "import gc; from podcast import cli; cli.main = lambda: print(gc.get_threshold()[0]); cli.run()"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(ended.stdout) > 10 * gc.get_threshold()[0]


def test_no_command_has_threads_of_numpy_wait_for_work() -> None:
    """Unless somebody asks for them."""
    program = "from podcast import cli; cli.main = lambda: print(cli.os.environ.get('OPENBLAS_NUM_THREADS')); cli.run()"
    for asked, expected in (({}, "1"), ({"OPENBLAS_NUM_THREADS": "3"}, "3"), ({"OMP_NUM_THREADS": "3"}, "None")):
        others = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
        command = [sys.executable, "-c", program]
        ended = subprocess.run(command, env=others | asked, capture_output=True, text=True, check=True)
        assert ended.stdout.strip() == expected


@pytest.mark.parametrize(
    ("end", "code", "stderr"), [("", 0, ""), ("sys.exit(3)", 3, ""), ("sys.exit('words')", 1, "words\n")]
)
def test_a_process_ends_with_its_code_and_all_its_words(end: str, code: int, stderr: str) -> None:
    """Though nothing is taken apart first."""
    program = f"import sys; from podcast import cli; cli.main = lambda: (print('result'), {end or None}); cli.run()"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (code, "result\n", stderr)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_words_that_nobody_gets_are_no_success() -> None:
    """Nor a traceback."""
    program = "import sys; from podcast import cli; cli.main = lambda: sys.stdout.write('result'); cli.run()"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-c", program], env=environment, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert (ended.returncode, ended.stderr) == (3, b"")
