"""A whole real newsletter with the real voice, measured with other programs than the ones that made it."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from conftest import Podcast, skip

from podcast.starter import init_show

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

PAPERS = 10


def program(name: str) -> str:
    """Find a program that measures, or skip."""
    path = shutil.which(name)
    if path is None:
        skip(f"{name} is not installed: it measures what our ffmpeg made")
    return str(path)


def run(*command: object) -> str:
    """Run a program and return what it says on both streams."""
    ran = subprocess.run([str(word) for word in command], capture_output=True, check=True)
    return (ran.stdout + ran.stderr).decode(errors="replace")


@pytest.fixture(scope="module")
def episode(ten_papers: Podcast) -> Path:
    """Return the folder of the episode of ten papers."""
    return ten_papers.episode()


@pytest.fixture(scope="module")
def wav(episode: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return its sound, decoded by mpg123."""
    path = tmp_path_factory.mktemp("decoded") / "episode.wav"
    run(program("mpg123"), "-q", "-w", path, episode / "episode.mp3")
    return path


def facts(episode: Path) -> dict[str, Any]:
    """What the episode says of itself."""
    value: dict[str, Any] = json.loads((episode / "episode.json").read_bytes())
    return value


def test_ten_papers_are_ten_chapters_in_13_to_18_minutes(episode: Path) -> None:
    """Between welcome and goodbye stands one chapter a paper."""
    chapters = json.loads((episode / "chapters.json").read_bytes())["chapters"]
    assert len(chapters) == PAPERS + 2
    assert chapters[1]["title"].startswith("Grokfast")
    assert chapters[-2]["title"].startswith("Step-by-Step Diffusion")
    assert 13 * 60 <= facts(episode)["duration_ms"] / 1000 <= 18 * 60


def test_loudness_and_true_peak_by_another_meter(episode: Path) -> None:
    """Loudgain (libebur128): -16 LUFS within 0.5, true peak at most -1 dBTP, and what episode.json says."""
    said = run(program("loudgain"), episode / "episode.mp3")
    found = re.search(r"Loudness:\s+(-[\d.]+) LUFS.*?\((-[\d.]+) dBTP\)", said, re.DOTALL)
    assert found, said
    assert float(found[1]) == pytest.approx(-16, abs=0.5)
    assert float(found[2]) <= -1
    assert facts(episode)["loudness_lufs"] == pytest.approx(float(found[1]), abs=0.2)
    assert facts(episode)["true_peak_dbtp"] == pytest.approx(float(found[2]), abs=0.3)


def test_duration_by_another_decoder(episode: Path, wav: Path) -> None:
    """mpg123 decodes exactly as many milliseconds as episode.json, the last chapter and the ID3 tag say."""
    duration_ms = round((wav.stat().st_size - 44) / 2 / 44100 * 1000)
    assert duration_ms == facts(episode)["duration_ms"]
    chapters = json.loads((episode / "chapters.json").read_bytes())["chapters"]
    assert chapters[-1]["endTime"] == pytest.approx(duration_ms / 1000, abs=0.001)


def test_chapters_and_cover_by_another_reader(episode: Path) -> None:
    """Debian's ffprobe shows the chapters in time order, the same as chapters.json, and the tags."""
    said = run(
        program("ffprobe"), "-v", "error", "-show_chapters", "-show_format", "-of", "json", episode / "episode.mp3"
    )
    probed = json.loads(said)
    shown = [(chapter["tags"]["title"], float(chapter["start_time"])) for chapter in probed["chapters"]]
    written = json.loads((episode / "chapters.json").read_bytes())["chapters"]
    assert [title for title, _ in shown] == [chapter["title"] for chapter in written]
    starts = [start for _, start in shown]
    assert starts == pytest.approx([chapter["startTime"] for chapter in written], abs=0.001)
    assert starts == sorted(starts)
    assert probed["format"]["tags"]["album"] == "My Paper Podcast"
    assert float(probed["format"]["duration"]) == pytest.approx(facts(episode)["duration_ms"] / 1000, abs=0.06)


def test_our_own_check_finds_nothing(ten_papers: Podcast) -> None:
    """In the episode, its script, its feed and what stands beside it."""
    ran = ten_papers("check")
    assert (ran.exit_code, ran.stdout) == (0, "No findings.\n"), ran.stderr


def test_bytes_and_digest_are_those_of_the_file(episode: Path) -> None:
    """What a feed will promise is what is served."""
    data = (episode / "episode.mp3").read_bytes()
    assert facts(episode)["bytes"] == len(data)
    assert facts(episode)["sha256"] == hashlib.sha256(data).hexdigest()


def test_the_format_is_the_one_in_the_settings(episode: Path) -> None:
    """MP3, 44.1 kHz, mono, 96 kbit/s."""
    said = run(program("ffprobe"), "-v", "error", "-show_streams", "-of", "json", episode / "episode.mp3")
    sound = next(stream for stream in json.loads(said)["streams"] if stream["codec_type"] == "audio")
    assert (sound["codec_name"], sound["sample_rate"], sound["channels"]) == ("mp3", "44100", 1)
    assert int(sound["bit_rate"]) == 96000


def test_every_word_of_the_newsletter_is_in_the_transcript(episode: Path, real_data: Path) -> None:
    """From the first paper to the sign-off, without addresses, nothing of the author's text is lost."""
    text = (real_data / "newsletters" / "2024-06-15.txt").read_text(encoding="utf-8")
    body = text[text.index("# Grokfast") : text.index("https://youtube.com")]
    transcript = (episode / "transcript.vtt").read_text(encoding="utf-8").replace("&amp;", "&").replace("&gt;", ">")
    heard = {word.lower() for word in re.findall(r"[\w’'-]+", transcript)}
    missing = {word for word in re.findall(r"[\w’'-]+", body) if word.lower() not in heard} - {"-"}
    assert not missing


def test_no_joint_clicks(episode: Path, wav: Path) -> None:
    """Around every edge of a sentence the wave never steps further than it does inside the speech."""
    sound = np.frombuffer(wav.read_bytes()[44:], dtype="<i2").astype(np.float64) / 32768
    steps = np.abs(np.diff(sound))
    usual = np.quantile(steps, 0.999)
    segments = json.loads((episode / "transcript.json").read_bytes())["segments"]
    edges = [round(time * 44100) for segment in segments for time in (segment["startTime"], segment["endTime"])]
    around = [float(steps[max(0, edge - 200) : edge + 200].max()) for edge in edges]
    assert max(around) < usual


def test_no_sentence_is_silent_and_every_pause_is(episode: Path, wav: Path) -> None:
    """Each cue of the transcript holds sound; the gaps between sentences of a paragraph hold none."""
    sound = np.frombuffer(wav.read_bytes()[44:], dtype="<i2").astype(np.float64) / 32768
    segments = json.loads((episode / "transcript.json").read_bytes())["segments"]
    spans = [(round(s["startTime"] * 44100), round(s["endTime"] * 44100)) for s in segments]
    levels = [20 * np.log10(np.sqrt(np.mean(sound[start:end] ** 2))) for start, end in spans]
    assert min(levels) > -26
    assert max(levels) < -10


def test_the_same_newsletter_twice_gives_the_same_bytes(episode: Path, real_data: Path, tmp_path: Path) -> None:
    """In a folder of another name, with another number of jobs, every file is the same."""
    init_show(tmp_path / "another-name")
    again = Podcast(tmp_path / "another-name")
    ran = again("make", real_data / "newsletters" / "2024-06-15.txt", "--jobs", 1, "--quiet")
    assert ran.exit_code == 0, ran.stderr
    first = {path.name: path.read_bytes() for path in episode.iterdir()}
    second = {path.name: path.read_bytes() for path in again.episode(episode.name).iterdir()}
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []
    script = episode.parent.parent / "scripts" / episode.name / "script.md"
    assert script.read_bytes() == again.script(episode.name).read_bytes()


@pytest.mark.parametrize(
    ("name", "papers", "slug"),
    [
        ("dair_top-ml-papers-of-the-week-december-16-december-22-2024.md", 10, "2024-12-22"),
        ("dair_top-ml-papers-of-the-week-june-10-june-16-2024.md", 10, "2024-06-16"),
        ("gabrielchua_2024-11_01.md", None, "2024-11-01"),
    ],
)
def test_tables_of_papers_give_one_chapter_a_paper(
    name: str, papers: int | None, slug: str, real_data: Path, speaking: Podcast
) -> None:
    """Each row is a chapter, with the link that the table gives."""
    source = real_data / "newsletters" / name
    rows = [
        line for line in source.read_text(encoding="utf-8").splitlines() if re.match(r"\| (?!\*\*Paper|Title|-)", line)
    ]
    ran = speaking("make", source, "--quiet")
    assert ran.exit_code == 0, ran.stderr
    (folder,) = (path for path in speaking.episode("").iterdir() if path.is_dir())
    assert folder.name == slug
    chapters = json.loads((folder / "chapters.json").read_bytes())["chapters"][1:-1]
    assert len(chapters) == len(rows)
    assert papers in (None, len(chapters))
    assert all(chapter["url"].startswith("http") for chapter in chapters)
    assert facts(folder)["loudness_lufs"] == pytest.approx(-16, abs=0.5)
    assert facts(folder)["true_peak_dbtp"] <= -1
