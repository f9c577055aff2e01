"""A new episode in a feed of one, of a thousand and of ten thousand; and such a feed, against feedgen alone."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

import feed as made_up
from podcast.show import load_show
from speed import shows
from speed.figures import Kind, Options, Row, Sample
from speed.watching import Ran, own, run

if TYPE_CHECKING:
    from pathlib import Path


_NAMES = ("one", "some", "most")


def feed(options: Options, folder: Path) -> Sample:
    """Add an episode to a show of each size, and write its feed; the largest also from nothing, beside feedgen."""
    sample: Sample = {}
    for name, size in zip(_NAMES, options.sizes, strict=True):
        ran = with_one_more(folder / f"show-{size}", size - 1)
        sample |= {f"{name}_s": ran.wall_s, f"{name}_cpu_s": ran.cpu_s, f"{name}_mb": ran.peak_mb}
    most = options.sizes[-1]
    ours = made_up.in_child("--folder", folder / f"show-{most}", "--measure", "feed")
    theirs = run(own("feeding", most)).document
    return sample | {"whole_cpu_s": ours["cpu_s"], "feedgen_cpu_s": theirs["cpu_s"]}


def with_one_more(show: Path, before: int) -> Ran:
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


FEED = Kind(
    "feed",
    "The feed",
    (
        Row("`podcast feed`, one new among 1,000", "some_s", "among 1", "one_s", sense="ours - theirs", at_most=2),
        Row("its processor time", "some_cpu_s", "among 1", "one_cpu_s", sense="ours - theirs"),
        Row("`podcast feed`, one new among 10,000", "most_s", "among 1", "one_s", sense="ours - theirs"),
        Row("its memory", "most_mb", "among 1", "one_mb", unit="MB"),
        Row("documents of 10,000 episodes", "whole_cpu_s", "one by feedgen alone", "feedgen_cpu_s", unit="CPU s"),
    ),
    feed,
)

if __name__ == "__main__":
    print(json.dumps(plain_feed(int(sys.argv[1]))))
