"""What episodes cost by their size, and what many of them a day take: benchmarks/scale.py, without its measuring."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import HUM

from podcast.types import Paragraph, Script, Segment

ROOT = Path(__file__).parent.parent
LETTER = "# Papers\n\nHello.\n\n" + "\n\n".join(f"### Paper {number}\n\nIt says {number}." for number in range(1, 11))


@pytest.fixture(scope="module")
def scale() -> dict[str, Any]:
    """The program's functions."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(ROOT / "benchmarks"), *sys.path])
        return runpy.run_path(str(ROOT / "benchmarks" / "scale.py"))


@pytest.fixture(scope="module")
def planning() -> dict[str, Any]:
    """The functions that plan."""
    return runpy.run_path(str(ROOT / "benchmarks" / "scale_model.py"))


def model(tools: dict[str, Any]) -> Any:
    """Ten minutes that take eight seconds: one to write, six to render (a head, one), one for a feed of 500."""
    line = tools["Line"]
    return tools["Model"](
        sizes={"words": 2000.0, "sound_s": 600.0, "segments": 12.0, "sentences": 100.0, "papers": 9.0},
        write_cpu_s=line(0.5, {"words": 0.00025}, 0.01),
        render_cpu_s=line(0.0, {"sound_s": 0.01, "segments": 0.0}, 0.02),
        again_cpu_s=line(0.5, {"sound_s": 0.0, "segments": 0.0}, 0.03),
        head_cpu_s=line(1.0, {"sound_s": 0.0, "segments": 0.0}, 0.03),
        feed_cpu_s=line(0.5, {"episodes": 0.001}, 0.01),
        feed_bytes=line(1e5, {"episodes": 1e3}, 0.01),
        kept_bytes=line(0.0, {"sound_s": 5e4, "segments": 0.0}, 0.01),
        published_bytes=line(8e5, {"sound_s": 12_000.0, "segments": 0.0}, 0.01),
        speech_s=500.0,
        kept_files=120,
        published_files=11,
        voice="alloy",
        voice_usd_per_minute=0.015,
        writer="gpt",
        writer_usd=0.02,
        cores=2,
    )


def test_a_cost_that_grows_evenly_is_found_as_it_is(planning: dict[str, Any]) -> None:
    """Two seconds, half a second a minute of sound, a quarter a segment: whatever sizes were measured."""
    sizes = [{"minutes": m, "segments": s} for m, s in ((1, 2), (1, 5), (4, 2), (4, 20), (10, 11))]
    line = planning["fitted"](sizes, [2 + 0.5 * each["minutes"] + 0.25 * each["segments"] for each in sizes])
    assert line.fixed == pytest.approx(2)
    assert line.slopes == pytest.approx({"minutes": 0.5, "segments": 0.25})
    assert line.off < 1e-9
    assert line.at({"minutes": 100, "segments": 4}) == pytest.approx(53)


def test_nothing_is_said_to_cost_less_than_nothing(planning: dict[str, Any]) -> None:
    """What gets cheaper with size by a chance of measuring is told as free, and how far off that is."""
    sizes = [{"minutes": m, "segments": s} for m, s in ((1, 2), (1, 5), (4, 2), (4, 20))]
    line = planning["fitted"](sizes, [10.0 * each["minutes"] - 0.1 * each["segments"] for each in sizes])
    assert min(line.fixed, *line.slopes.values()) == 0
    assert 0 < line.off < 0.2


def test_a_plan_is_what_one_episode_takes_as_often_as_there_are_some(planning: dict[str, Any]) -> None:
    """Cores by processor seconds and how busy they are, bytes and money by what is measured and chosen."""
    assumed = planning["Assumed"](
        busy=0.5, show_episodes=500, listeners=10, usd_gb_out=0.1, usd_core_hour=0.04, sample_bytes=4
    )
    need = planning["need"](model(planning), assumed, 86_400)
    assert need.cores == pytest.approx(2 * (1 + 6 + 1))
    assert need.heads == pytest.approx(2 * (1 + 1 + 1))
    assert need.processors_usd == pytest.approx(16 * 24 * 0.04)
    assert need.listeners_bytes == pytest.approx(86_400 * 10 * 8e6)
    assert need.listeners_usd == pytest.approx(86_400 * 10 * 8e6 / 1e9 * 0.1)
    assert need.cluster_bytes == pytest.approx(86_400 * (500 * 24_000 * 4 + 8e6))
    assert (need.arxiv_requests, need.voice_requests) == (864_000, 8_640_000)
    assert need.voice_usd == pytest.approx(86_400 * 0.15)
    half = planning["need"](model(planning), assumed, 43_200)
    assert dataclasses.astuple(half) == pytest.approx([value / 2 for value in dataclasses.astuple(need)])


def test_what_ends_first_is_named_first_and_each_with_what_lifts_it(planning: dict[str, Any]) -> None:
    """A show whose feed is written after each episode reads all of a year's, each time."""
    assumed = planning["Assumed"]()
    found = planning["limits"](model(planning), assumed)
    assert [limit.episodes for limit in found] == sorted(limit.episodes for limit in found)
    assert all(limit.episodes > 1 and limit.lifted_by for limit in found)
    (show,) = (limit.episodes for limit in found if limit.what.startswith("one show"))
    assert show * (0.5 + 0.001 * 365 * show) == pytest.approx(86_400 * assumed.busy)
    (arxiv,) = (limit.episodes for limit in found if limit.what.startswith("arXiv"))
    assert arxiv == pytest.approx(28_800 / 10)


def test_what_was_measured_can_be_kept_and_planned_with_again(scale: dict[str, Any]) -> None:
    """With other prices, say, without measuring anew."""
    own = model(scale["report"].__globals__)
    kept = scale["read_model"](json.dumps(dataclasses.asdict(own)))
    plan = scale["report"](kept, scale["Assumed"]())
    assert plan == scale["report"](own, scale["Assumed"]())
    assert plan != scale["report"](own, scale["Assumed"](listeners=1))


def test_the_tables_go_between_their_marks(scale: dict[str, Any]) -> None:
    """What people wrote around them stays, however often that is done."""
    text = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    once = scale["put"](text, "| a table |")
    assert once.count("| a table |") == 1
    assert scale["put"](once, "| a table |") == once
    before, _, after = text.partition(scale["BEGIN"])
    assert once.startswith(before)
    assert once.endswith(after.partition(scale["END"])[2])


def test_newsletters_and_scripts_of_several_sizes_have_the_same_words(scale: dict[str, Any]) -> None:
    """The first papers, and the first paragraphs in few segments and in many: only how much, and how cut, differs."""
    assert scale["_cut"](LETTER, 0.2).count("###") == 2
    assert scale["_cut"](LETTER, 1.0) == LETTER
    segments = [Segment(f"S{at}", (Paragraph(f"One {at}."), Paragraph(f"Two {at}."))) for at in range(5)]
    script = Script("Papers", dt.date(2024, 6, 15), tuple(segments))
    few, many, *_, whole = scale["_scripts"](script, (0.5, 1.0))
    words = [[each.text for segment in one.segments for each in segment.paragraphs] for one in (few, many, whole)]
    assert words[0] == words[1] == words[2][:5]
    assert (len(few.segments), len(many.segments), whole) == (2, 5, script)


@pytest.mark.slow
def test_a_rendering_and_a_feed_are_measured_as_they_are(scale: dict[str, Any], tmp_path: Path) -> None:
    """Processor time of all programs, and bytes as they lie on the disk, the sound counted under one of its names."""
    (tmp_path / "hum.toml").write_text(HUM, encoding="utf-8")
    script = Script("Papers", dt.date(2024, 6, 15), (Segment("One", (Paragraph("It hums for a while."),)),))
    with scale["dask"](scale["Workers"](1, is_held=False), tmp_path) as (cluster, _):
        run = scale["_spoken"](tmp_path, script, 1, tmp_path / "hum.toml", cluster)
    folder = tmp_path / "show" / "episodes" / "2024-06-15"
    there = {path.name: path.stat().st_size for path in folder.iterdir()}
    assert run.values["published"] == sum(there.values()) - there["episode.mp3"]
    assert run.values["sentences"] == 1
    assert 0.5 < run.values["speech_s"] < run.sizes["sound_s"] < 60
    assert min(run.values[name] for name in ("render", "again", "head")) > 0
    feed = scale["_fed"](tmp_path, 2, 1)
    assert feed.values["feed"] > 0
    assert feed.values["feed_bytes"] > (tmp_path / "show-of-2" / "feed" / "feed.xml").stat().st_size
