"""What the benchmarks say of their figures, and that each of them runs."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from conftest import skip
from licences import read_lock

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
sys.path.append(str(BENCHMARKS))

import run as command  # noqa: E402 - a folder of programs, not a package that is installed
from speed import cluster, document, dominating, feeding, making, material, podcastfy, shows, stitching  # noqa: E402
from speed.figures import Options, Row, findings, spread  # noqa: E402
from speed.pictures import PICTURES  # noqa: E402
from speed.plot import Bar, bars  # noqa: E402
from speed.table import number, table  # noqa: E402
from speed.watching import own, run  # noqa: E402

from podcast.pipeline import episode  # noqa: E402
from podcast.show import load_show  # noqa: E402
from podcast.speech.clips import speak  # noqa: E402
from podcast.speech.engines.tone import ToneEngine  # noqa: E402
from podcast.types import Piece, Utterance, Voice  # noqa: E402

if TYPE_CHECKING:
    from speed.figures import Sample

ROUNDS: list[Sample] = [
    {"make_s": 3.0, "floor_s": 2.0, "mb": 100.0},
    {"make_s": 8.0, "floor_s": 4.0, "mb": 120.0},
    {"make_s": 5.0, "floor_s": 5.0, "mb": 110.0},
]
RATIO = Row("make", "make_s", "floor", "floor_s", at_most=1.5)

# ── figures ─────────────────────────────────────────────────────────────────────────────────────────────


def test_two_figures_are_compared_round_by_round() -> None:
    """The machine may be slower in one round than in another: 1.5, 2 and 1, and not 5 by 4."""
    (found,) = findings([RATIO], ROUNDS)
    assert (found.compared.low, found.compared.median, found.compared.high) == (1.0, 1.5, 2.0)
    assert found.is_met


@pytest.mark.parametrize(
    ("row", "expected", "is_met"),
    [
        (Row("", "make_s", "", "floor_s", at_most=1.4), 1.5, False),
        (Row("", "floor_s", "", "make_s", sense="theirs / ours", at_least=1.5), 1.5, True),
        (Row("", "make_s", "", "floor_s", sense="ours - theirs", at_most=0.5), 1.0, False),
        (Row("", "mb", sense="ours", at_least=111), 110.0, False),
        (Row("", "mb", sense="ours"), 110.0, None),
    ],
)
def test_a_claim_is_met_or_not_by_its_median(row: Row, expected: float, is_met: bool | None) -> None:  # noqa: FBT001
    """As a ratio, as so many times faster, as a difference, or by itself; where nothing was asked, neither."""
    (found,) = findings([row], ROUNDS)
    assert (found.compared.median, found.is_met) == (expected, is_met)


def test_what_was_not_measured_is_no_line() -> None:
    """A peer that cannot be installed leaves the others' lines alone."""
    assert [found.row for found in findings([Row("", "make_s", "", "peer_s"), RATIO], ROUNDS)] == [RATIO]


def test_a_line_says_what_was_measured_and_whether_it_is_enough() -> None:
    """Both medians, what they come to with the outermost rounds, what was asked, and the verdict."""
    line = table(findings([RATIO], ROUNDS)).splitlines()[-1]
    assert line == "| make | 5 s | floor 4 s | **1.50** (1 to 2) | at most 1.5 | yes |"
    missed = table(findings([Row("memory", "mb", unit="MB", sense="ours", at_most=90)], ROUNDS)).splitlines()[-1]
    assert missed == "| memory | 110 MB |  | (100 to 120 MB) | at most 90 MB | **no** |"


@pytest.mark.parametrize(("value", "text"), [(0.0123, "0.012"), (1.234, "1.23"), (12.34, "12.3"), (1234.5, "1,234")])
def test_a_figure_has_about_three_digits(value: float, text: str) -> None:
    """More would be noise."""
    assert number(value) == text


# ── pictures ────────────────────────────────────────────────────────────────────────────────────────────


def test_bars_are_as_long_as_what_they_show() -> None:
    """All from the same line, the mark by the same scale; signs in labels are text."""
    shown = [Bar("a < b", spread([2.0]), is_ours=True, asked=1.0), Bar("c", spread([3.0, 4.0, 5.0]))]
    drawn = ET.fromstring(bars("x & y", "s", shown))  # noqa: S314 - our own
    space = "{http://www.w3.org/2000/svg}"
    first, second = [float(rect.get("width", "")) for rect in drawn.iter(f"{space}rect")][1:]
    assert second == pytest.approx(2 * first, abs=0.1)
    lines = [(float(line.get("x1", "")), float(line.get("x2", ""))) for line in drawn.iter(f"{space}line")]
    start = float(next(drawn.iterfind(f"{space}rect[2]")).get("x", ""))
    mark = next(x1 for x1, x2 in lines if x1 == x2 != start + first)
    assert mark - start == pytest.approx(first / 2, abs=0.1)
    assert {"x & y", "a < b", "2 s", "4 s"} <= set(drawn.itertext())


def test_pictures_show_figures_that_exist() -> None:
    """A name that is misspelt would be left out without a word."""
    kinds = {kind.name: {row.ours for row in kind.rows} | {row.theirs for row in kind.rows} for kind in command.KINDS}
    for picture in PICTURES:
        names = {name for each in picture.shown for name in (each.key, each.of) if name}
        assert names <= kinds[picture.kind], picture.name


# ── the document ────────────────────────────────────────────────────────────────────────────────────────


def test_the_document_shows_what_was_measured(tmp_path: Path) -> None:
    """Tables and pictures in docs/ are those of the samples beside them, nothing that somebody wrote by hand."""
    docs = BENCHMARKS.parent / "docs"
    names = [document.DOCUMENT, document.KEPT, *(path.name for path in docs.glob("performance-*.svg"))]
    for name in names:
        (tmp_path / name).write_bytes((docs / name).read_bytes())
    document.write(tmp_path, command.KINDS, {})
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)
    assert all((tmp_path / name).read_bytes() == (docs / name).read_bytes() for name in names)


def test_what_is_not_measured_again_stays(tmp_path: Path) -> None:
    """One kind alone can be measured anew; what stands outside of the marks is not touched."""
    (tmp_path / document.DOCUMENT).write_text(
        "Before\n<!-- measured -->\nof last year\n<!-- end of what is measured -->\nAfter\n"
    )
    document.write(tmp_path, command.KINDS, {"cold": [{"make_s": 3.0, "floor_s": 2.0}]})
    document.write(tmp_path, command.KINDS, {"start": [{"help_s": 0.3, "typer_s": 0.2}]})
    text = (tmp_path / document.DOCUMENT).read_text()
    assert text.startswith("Before\n")
    assert text.endswith("After\n")
    assert "of last year" not in text
    assert {"cold", "start"} == set(json.loads((tmp_path / document.KEPT).read_text()))
    assert "**1.50**" in text
    assert "performance-cold.svg" in text


# ── what is measured with ───────────────────────────────────────────────────────────────────────────────


def said(segment: int, paragraph: int, text: str) -> Utterance:
    """A sentence of a script."""
    voice = Voice("tone", "tone", "tone")
    return Utterance(segment, paragraph, text, (Piece(text, 1),), voice)


def test_sentences_are_put_together_without_losing_any() -> None:
    """To as many clips as are asked for, in their order, and never across segments."""
    sentences = [said(number // 8, number // 2, "word " * (1 + number % 5)) for number in range(24)]
    groups = material.grouped(sentences, 7)
    assert [sentence for group in groups for sentence in group] == sentences
    assert len(groups) == 7
    assert all(len({sentence.segment_index for sentence in group}) == 1 for group in groups)
    assert len(material.grouped(sentences, 1)) == 3


SCRIPT = """---
title: June
date: 2024-06-01
---

## Bees

Bees fly. They do so by day.

Nobody knows why.

## Ants

Ants walk.
"""


def show_with_script(folder: Path) -> Path:
    """A show whose script is written, and nothing else."""
    shows.make_show(folder, "tone")
    path = folder / "scripts" / "2024-06-01" / "script.md"
    path.parent.mkdir()
    path.write_text(SCRIPT)
    return folder


def test_an_edit_changes_one_sentence(tmp_path: Path) -> None:
    """All others are spoken already."""
    show = show_with_script(tmp_path / "show")
    before = keys_of(show)
    shows.edit_middle(show)
    after = keys_of(show)
    assert [one == other for one, other in zip(before, after, strict=True)] == [True, True, True, False]


def test_nothing_kept_of_one_copy_is_of_use_to_another(tmp_path: Path) -> None:
    """Else ten times as long would not be ten times the work."""
    show, other = show_with_script(tmp_path / "show"), tmp_path / "other"
    shows.make_show(other, "tone")
    shows.multiplied(show, other, 3)
    assert len(keys_of(other)) == len(set(keys_of(other))) == 3 * len(keys_of(show))


def keys_of(show: Path) -> list[str]:
    """Name the clips of the episode."""
    path, script = shows.script_of(show)
    speaking = episode.prepare(load_show(show), script, "2024-06-01", str(path))
    return [episode.key_of(speaking, utterance) for utterance in speaking.utterances]


def test_a_moment_counts_to_the_innermost_module() -> None:
    """An import that a module asks for is an import; what libraries do is done for the module that calls them."""
    made = "<module> (podcast/__main__.py:1);render (podcast/audio/render.py:9)"
    counted = dominating.counts(
        f"{made} 3\n{made};rfft (numpy/fft/_pocketfft.py:3) 4\n"
        f"{made};_load (<frozen importlib._bootstrap>:2);exec (numpy/__init__.py:1) 5\nwait (threading.py:1) 6\n"
    )
    assert counted == {"`podcast/audio/render.py`": 7, dominating.IMPORTS: 5, dominating.ELSEWHERE: 6}


def test_no_paper_of_the_backlog_comes_twice(tmp_path: Path) -> None:
    """Else a sentence spoken for one episode would be kept for another, and the work not be what it seems."""
    (tmp_path / "arxiv").mkdir()
    papers = [{"id": f"2406.{number:05}", "title": f"Paper {number}", "abstract": "Words."} for number in range(9)]
    (tmp_path / cluster.ABSTRACTS).write_text("\n".join(map(json.dumps, papers)))
    cluster.write_newsletters(Options(Path(), data=tmp_path, episodes=3, papers=3), tmp_path / "letters")
    texts = [path.read_text() for path in sorted((tmp_path / "letters").iterdir())]
    ids = [found for text in texts for found in re.findall(r"\[arXiv:([\d.]+)\]", text)]
    assert len(texts) == 3
    assert len(ids) == len(set(ids)) == 9


def test_the_peer_is_pinned_and_hashed() -> None:
    """It is installed from PyPI while the benchmark runs."""
    lock = read_lock(podcastfy.LOCK.read_text(encoding="utf-8"))
    assert {"podcastfy", "pydub"} <= set(lock)
    assert all(each.hashes >= len(each.versions) for each in lock.values())


# ── each of them runs ───────────────────────────────────────────────────────────────────────────────────

LETTER = """# Papers of June 1, 2024

## Highlights

### Bees

[arXiv:2406.00001](https://arxiv.org/abs/2406.00001)

Bees find the shortest way between flowers. They fly 30 % less than chance would have it.
"""


@pytest.fixture
def quick(tmp_path: Path) -> Options:
    """The smallest numbers."""
    letter = tmp_path / "letter.md"
    letter.write_text(LETTER)
    return Options(letter, voice="tone", clips=2)


@pytest.mark.slow
def test_a_cold_run_is_held_against_its_floor(quick: Options, tmp_path: Path) -> None:
    """The floor speaks and encodes only: it costs less than the command does."""
    sample = making.cold(quick, tmp_path)
    assert 0 < sample["floor_cpu_s"] < sample["make_cpu_s"]
    assert len(findings(making.COLD.rows, [sample])) == len(making.COLD.rows)
    assert sample["episode_s"] > 5
    assert sample["peak_mb"] > 20


@pytest.mark.slow
def test_the_voice_is_measured_as_its_package_has_it(tmp_path: Path) -> None:
    """What it takes to be loaded, beside what a second sentence takes, and to speak all that is listed."""
    few, many = ([["Bees fly.", 1.0, 7]] * count for count in (1, 12))
    taken = []
    for pieces in (few, many):
        (tmp_path / "pieces.json").write_text(json.dumps(pieces))
        taken.append(run(own("package", "heart", tmp_path / "pieces.json")).document)
    assert min(each["load_s"] for each in taken) > 0.01
    assert 0 < 3 * taken[0]["speech_cpu_s"] < taken[1]["speech_cpu_s"]


@pytest.mark.slow
def test_clips_are_joined_in_every_way(tmp_path: Path) -> None:
    """Here and elsewhere, from the same clips, to sound of about the same length."""
    if not shutil.which("ffprobe"):
        skip("ffprobe is not installed: pydub asks for it")
    sentences = [said(number, 0, "Bees find the shortest way between flowers.") for number in range(3)]
    clips = [material.joined((each,), [speak(each, ToneEngine())]) for each in sentences]
    music = {kind: BENCHMARKS.parent / "voices" / "music" / f"{kind}.opus" for kind in ("intro", "outro")}
    material.lay_down(clips, music, tmp_path)
    ways = stitching.HERE, stitching.MONO, stitching.ENCODE
    lengths_s = [stitching.figures_of(way, tmp_path)[f"{way}_length_s"] for way in ways]
    assert lengths_s == pytest.approx([lengths_s[1]] * 3, rel=0.3)
    assert lengths_s[2] == pytest.approx(lengths_s[1], rel=0.02)


@pytest.mark.slow
def test_a_feed_gets_one_episode_more(tmp_path: Path) -> None:
    """Which is not in the feed before it is timed; feedgen alone is asked for as many."""
    ran = feeding.with_one_more(tmp_path / "show", 0)
    assert ran.cpu_s > 0
    assert (tmp_path / "show" / "feed" / "feed.xml").read_text().count("<item>") == 1
    assert feeding.plain_feed(1)["cpu_s"] > 0


@pytest.mark.slow
def test_one_command_measures_and_prints(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """All figures of the kinds that are asked for."""
    monkeypatch.setattr(sys, "argv", ["run.py", "--quick", "--runs", "1", "--only", "start"])
    command.main()
    printed = capsys.readouterr()
    assert "| `podcast --help` |" in printed.out
    assert "not measured" not in printed.err


@pytest.mark.parametrize("wrong", [["--only", "start,nothing"], ["--quick", "--write"]])
def test_what_makes_no_sense_is_refused(wrong: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind that there is not; figures of trying out in the document."""
    monkeypatch.setattr(sys, "argv", ["run.py", *wrong])
    with pytest.raises(SystemExit) as refused:
        command.main()
    assert refused.value.code == 2
