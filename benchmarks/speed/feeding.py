"""A new episode in a feed of one, of a thousand and of ten thousand; and such a feed, against feedgen alone."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

import feed as made_up
from podcast.show import load_show
from speed import shows
from speed.figures import USUAL, Kind, Options, Row, Sample
from speed.watching import Ran, own, run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def feed(options: Options, folder: Path) -> Sample:
    """Add an episode to a show of each size, and write its feed; the largest also from nothing, beside feedgen."""
    sample: Sample = {}
    for size in options.sizes:
        ran = _with_one_more(folder / f"show-{size}", size - 1)
        sample |= {f"one_among_{size}_s": ran.wall_s, f"one_among_{size}_mb": ran.peak_mb}
    most = max(options.sizes)
    ours = made_up.in_child("--folder", folder / f"show-{most}", "--measure", "feed")
    theirs = run(own("feeding", most)).document
    return sample | {
        "more_s": sample[_among(options.sizes[1])] - sample[_among(options.sizes[0])],
        "whole_s": ours["cpu_s"],
        "feedgen_s": theirs["cpu_s"],
    }


def _among(size: int) -> str:
    return f"one_among_{size}_s"


def _with_one_more(show: Path, before: int) -> Ran:
    """Add an episode to those of a show whose feed is written, and time `podcast feed`."""
    if not show.is_dir():
        made_up.made_up_show(show, before)
        if before:
            run(shows.podcast("feed", show=show))
    made_up.add_episode(load_show(show), len(list((show / "episodes").iterdir())))
    return run(shows.podcast("feed", show=show))


def plain_feed(count: int) -> dict[str, float]:
    """Write a feed of so many episodes with feedgen alone: only what RSS has of them, no chapters and no pages."""
    from feedgen.feed import FeedGenerator

    begun = time.process_time()
    generator = FeedGenerator()
    generator.title("A show")
    generator.link(href="https://example.org/")
    generator.description("Episodes")
    for number in range(count):
        episode = made_up.made_up_episode(number)
        entry = generator.add_entry(order="append")
        entry.guid(episode.guid)
        entry.title(episode.title)
        entry.published(episode.date)
        entry.description(", ".join(segment.title for segment in episode.segments))
        entry.enclosure(f"https://example.org/{episode.slug}.mp3", str(episode.bytes), "audio/mpeg")
    generator.rss_str()
    return {"cpu_s": time.process_time() - begun}


def rows(sizes: Sequence[int]) -> tuple[Row, ...]:
    """Say what is claimed of feeds of these sizes."""
    one, some, most = sizes[0], sizes[1], sizes[-1]
    return (
        Row(f"`podcast feed`, one new among {some:,}", _among(some), f"among {one:,}", _among(one),
            sense="ours - theirs", at_most=2),
        Row(f"`podcast feed`, one new among {most:,}", _among(most), f"among {one:,}", _among(one)),
        Row("its memory", f"one_among_{most}_mb", f"among {one:,}", f"one_among_{one}_mb", unit="MB"),
        Row(f"all documents of {most:,} episodes", "whole_s", "one plain feedgen document", "feedgen_s", unit="CPU s"),
    )  # fmt: skip


FEED = Kind("feed", "The feed", rows(USUAL.sizes), feed)

if __name__ == "__main__":
    print(json.dumps(plain_feed(int(sys.argv[1]))))
