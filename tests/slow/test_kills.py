"""Runs that are killed, as processes of their own: the feed names what is there, always."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from lxml import etree

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Podcast

pytestmark = pytest.mark.slow

OLD = "2024-06-15"
MOMENTS = {
    "the new folder is whole and not in its place": ("podcast.files.settle", 1),
    "the episode is in its place and the feed is not": ("podcast.pipeline.feed.write_feed", 1),
    "the pages are in their places and the feed is not": ("podcast.pipeline.pages._write", 4),
}
"""A function, and how often it is called before that moment: each command first completes what an earlier one left."""

KILLED_AT = """
import importlib, os, signal, sys
where, times, *arguments = sys.argv[1:]
module, _, name = where.rpartition(".")
module, calls = importlib.import_module(module), iter(range(int(times)))
real = getattr(module, name)

def watched(*given, **options):
    if next(calls, None) is None:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*given, **options)

setattr(module, name, watched)
from podcast.cli import app
app(arguments)
"""


def enclosures(show: Podcast) -> dict[str, int]:
    """Return what the feed says of each episode: how long its sound is."""
    items = etree.parse(show.folder / "feed" / "feed.xml").findall("channel/item")
    return {item.findtext("link").split("/")[-2]: int(item.find("enclosure").get("length")) for item in items}


def sizes(show: Podcast) -> dict[str, int]:
    """Return how long it is."""
    return {path.parent.name: path.stat().st_size for path in show.episode("").glob("[!.]*/episode.mp3")}


def edit(show: Podcast, slug: str) -> None:
    """Add some words to a script."""
    path = show.script(slug)
    path.write_text(path.read_text() + "\n## More\n\nSome words more, to be hummed.\n")


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_run_killed_at_any_moment_is_completed_by_the_next(podcast: Podcast, newsletter: Path, moment: str) -> None:
    """Whatever it does: here it lists the voices."""
    podcast("make", newsletter)
    before = sizes(podcast)
    edit(podcast, OLD)
    where, times = MOMENTS[moment]
    command = [sys.executable, "-c", KILLED_AT, where, str(times), "render", OLD, "--show", str(podcast.folder)]
    killed = subprocess.run(command, check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert enclosures(podcast) == before
    assert podcast("voices").exit_code == 0
    assert enclosures(podcast) == sizes(podcast) != before
    assert not [path for path in podcast.episode("").iterdir() if path.name.startswith(".")]
