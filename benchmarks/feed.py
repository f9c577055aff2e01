"""What a feed costs: shows of 100, 1,000 and 10,000 episodes of twelve chapters, made up in a temporary folder.

    feed    the documents of the feed alone, from episodes that have been read
    all     what `podcast feed` does: reading every episode.json, then feed and site, written to disk
    again   the same once one episode has been added: how many files are written anew

Each is a process of its own, so that its peak of memory is its own. Seconds are of processor time.

Usage: python benchmarks/feed.py [--sizes 100 1000 10000] [--json]
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podcast.feed.cover import cover_of, publish_cover
from podcast.feed.rss import FEED_FILE, feed_pages
from podcast.feed.tree import names_of
from podcast.pipeline.feed import write_feed
from podcast.record import EPISODE_JSON, EPISODE_MP3, format_record, read_episodes, sound_name
from podcast.show import SETTINGS_FILE, load_show
from podcast.starter import init_show
from podcast.types import Episode, Link, SpokenSegment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from podcast.show import Show

CHAPTERS = 12
CHAPTER_MS = 180_250
FIRST_DAY = dt.datetime(2000, 1, 1, 12, tzinfo=dt.UTC)
WORDS = (
    "Attention",
    "Learning",
    "Sparse",
    "Mixture",
    "Models",
    "Efficient",
    "Language",
    "Diffusion",
    "of",
    "for",
    "the",
)
NAMES = ("Ada Lovelace", "Bo Chen", "Carla Núñez", "Dmitri Volkov", "Eun-ji Park", "Fatima al-Fihri", "Grace O'Malley")
NO_WORDS = '{"version": "1.0.0", "segments": []}'
ARCHIVE = re.compile(r"feed-\d+\.xml")


# ── shows that are made up ──────────────────────────────────────────────────────────────────────────────


def made_up_show(folder: Path, count: int) -> None:
    """Make a show with as many episodes, one a day, and its cover."""
    init_show(folder)
    settings = folder / SETTINGS_FILE
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("http://127.0.0.1:8000/", "https://example.org/podcast/"), encoding="utf-8")
    show = load_show(folder)
    publish_cover(show)
    for number in range(count):
        add_episode(show, number)


def add_episode(show: Show, number: int) -> None:
    """Lay down what a feed is made from: a record, and the other files of an episode with nothing in them."""
    episode = made_up_episode(number)
    folder = show.episode_folder(episode.slug)
    folder.mkdir(parents=True)
    for name in (EPISODE_MP3, *names_of(episode)):
        (folder / name).touch()
    (folder / "transcript.json").write_text(NO_WORDS, encoding="utf-8")
    (folder / EPISODE_JSON).write_text(format_record(episode), encoding="utf-8")
    for name in (EPISODE_MP3, sound_name(episode.slug)):
        os.truncate(folder / name, episode.bytes)


def made_up_episode(number: int) -> Episode:
    """Return the episode of a day: the same for the same number."""
    chance, date = random.Random(number), FIRST_DAY + dt.timedelta(days=number)  # noqa: S311 - not for secrets
    slug = date.date().isoformat()
    papers = tuple(f"{chance.randint(1001, 2612)}.{chance.randint(0, 99999):05}" for _ in range(CHAPTERS))
    return Episode(
        slug=slug,
        guid=str(uuid.uuid5(uuid.NAMESPACE_URL, slug)),
        title=f"AI Papers of {date:%B} {date.day}, {date.year}",
        date=date,
        duration_ms=CHAPTERS * CHAPTER_MS,
        bytes=CHAPTERS * CHAPTER_MS * 12,
        sha256="ab" * 32,
        loudness_lufs=-16.0,
        true_peak_dbtp=-1.2,
        loudness_range_lu=3.4,
        segments=tuple(_segment(place, paper, chance) for place, paper in enumerate(papers)),
        links=(
            *(Link("PDF", f"https://arxiv.org/pdf/{paper}") for paper in papers),
            *(Link("Code", f"https://github.com/example/{slug}-{place}") for place in range(CHAPTERS // 2)),
        ),
        writer="rules 1",
        voices=("heart",),
        list_price_usd=0.0,
        tool_version="0.1",
        cover=f"cover-{number:016x}.jpg",
    )


def _segment(place: int, paper: str, chance: random.Random) -> SpokenSegment:
    title = " ".join(chance.choices(WORDS, k=9))
    authors = tuple(chance.sample(NAMES, chance.randint(1, len(NAMES))))
    start, end = place * CHAPTER_MS, (place + 1) * CHAPTER_MS
    url = f"https://arxiv.org/abs/{paper}"
    return SpokenSegment(f"c{place}", title, f"arXiv:{paper}", url, start, end, "heart", authors, is_paper=True)


# ── what is measured, each in a process of its own ──────────────────────────────────────────────────────


def measured(folder: Path, what: str) -> dict[str, float]:
    """Do one thing and say what it took."""
    show = load_show(folder)
    doing = _feed_alone(show) if what == "feed" else lambda: write_feed(show, lambda _: None)
    before = time.process_time()
    doing()
    cpu_s = time.process_time() - before
    return {"cpu_s": cpu_s, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _feed_alone(show: Show) -> Callable[[], None]:
    episodes, cover, address = read_episodes(show), cover_of(show).name, show.settings.base_url

    def make() -> None:
        for page in feed_pages(show, episodes, address=address, cover=cover):
            page.make()

    return make


def in_child(*arguments: object) -> dict[str, float]:
    """Have it done in a process of its own, which begins with the memory of this one: so this one does nothing."""
    command = [sys.executable, __file__, *map(str, arguments)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return found


def files_of(show: Show) -> dict[str, tuple[int, int]]:
    """Everything in feed/, with what changes when it is written."""
    paths = (path for path in show.feed.rglob("*") if path.is_file())
    return {path.relative_to(show.feed).as_posix(): (path.stat().st_mtime_ns, path.stat().st_ino) for path in paths}


def row(count: int, folder: Path) -> dict[str, Any]:
    """Measure a show of one size."""
    in_child("--folder", folder, "--make", count)
    show = load_show(folder)
    alone, whole = (in_child("--folder", folder, "--measure", what) for what in ("feed", "all"))
    before, size = files_of(show), (show.feed / FEED_FILE).stat().st_size
    add_episode(show, count)
    again = in_child("--folder", folder, "--measure", "all")
    written = [name for name, state in files_of(show).items() if before.get(name) != state]
    return {
        "episodes": count,
        "feed_s": alone["cpu_s"],
        "feed_ms_an_episode": 1000 * alone["cpu_s"] / count,
        "feed_peak_mb": alone["peak_mb"],
        "all_s": whole["cpu_s"],
        "all_peak_mb": whole["peak_mb"],
        "feed_xml_bytes": size,
        "documents": 1 + sum(map(bool, map(ARCHIVE.fullmatch, before))),
        "files": len(before),
        "again_s": again["cpu_s"],
        "again_files": len(written),
        "again_old_archives": sum(name in before for name in filter(ARCHIVE.fullmatch, written)),
    }


# ── the table ───────────────────────────────────────────────────────────────────────────────────────────


def table(rows: list[Mapping[str, Any]]) -> str:
    """Write the figures in Markdown, a column a size."""
    names = {
        "episodes": ("{:,}", "episodes"),
        "feed_s": ("{:.2f} s", "the feed alone"),
        "feed_ms_an_episode": ("{:.2f} ms", "the feed alone, an episode"),
        "feed_peak_mb": ("{:.0f} MB", "the feed alone, peak memory"),
        "all_s": ("{:.1f} s", "`podcast feed`, first time"),
        "all_peak_mb": ("{:.0f} MB", "`podcast feed`, peak memory"),
        "documents": ("{:,}", "documents of the feed"),
        "feed_xml_bytes": ("{:,}", "bytes of feed.xml"),
        "again_s": ("{:.1f} s", "`podcast feed` with one episode more"),
        "again_files": ("{:,}", "files that this wrote"),
        "again_old_archives": ("{:,}", "archives among them that were there before"),
    }
    cells = ([label, *(form.format(row[key]) for row in rows)] for key, (form, label) in names.items())
    lines = [f"| {' | '.join(each)} |" for each in cells]
    return "\n".join([lines[0], f"|---|{'---:|' * len(rows)}", *lines[1:]])


def main() -> None:
    """Measure all sizes; or, as a child, do one thing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000, 10_000])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--measure", choices=["feed", "all"], help=argparse.SUPPRESS)
    parser.add_argument("--make", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.measure:
        print(json.dumps(measured(chosen.folder, chosen.measure)))
    elif chosen.make:
        made_up_show(chosen.folder, chosen.make)
        print("{}")
    else:
        print(measured_sizes(chosen.sizes, is_json=chosen.json))


def measured_sizes(sizes: list[int], *, is_json: bool) -> str:
    """Measure shows of several sizes."""
    rows: list[Mapping[str, Any]] = []
    for count in sizes:
        with tempfile.TemporaryDirectory(prefix="feed-") as folder:
            rows.append(row(count, Path(folder) / "show"))
    return json.dumps(rows, indent=1) if is_json else table(rows)


if __name__ == "__main__":
    main()
