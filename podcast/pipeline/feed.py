"""The stage from episodes/ to feed/, and what every command does first: complete what a killed run left."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from podcast import files
from podcast.errors import BusyError, InputError, PodcastError, from_os_error
from podcast.feed.cover import cover_of, publish_cover
from podcast.feed.rss import FEED_FILE
from podcast.feed.tree import EPISODE_FILES, names_of, pages
from podcast.pipeline.pages import PAGES_FILE, write_pages
from podcast.record import EPISODE_JSON, EPISODE_MP3, how_to_mend, read_episodes, sound_name
from podcast.show import is_slug
from podcast.types import Event

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from podcast.feed.page import Page
    from podcast.pipeline import Observe
    from podcast.show import Show
    from podcast.types import Episode


def has_feed(show: Show) -> bool:
    """Whether the show is one with a feed."""
    return (show.feed / FEED_FILE).is_file()


def write_feed(show: Show, observe: Observe, must_have: Sequence[str] = ()) -> Path:
    """Write feed/ from what the episodes' episode.json say, whole or not at all; return the path of feed.xml.

    Raises InputError if there is no episode, one of which the sound is not whole, or none of a slug it must have.
    """
    if missing := [slug for slug in must_have if slug not in slugs(show)]:
        raise InputError(f"{', '.join(missing)}: not rendered yet. `podcast render {missing[0]}` does that.")
    with holding_feed(show, observe):
        return show.feed / FEED_FILE


@contextlib.contextmanager
def holding_feed(show: Show, observe: Observe, *, anew: bool = False) -> Iterator[tuple[Page, ...]]:
    """Write feed/, and keep it and the episodes as they are while the block lasts; gives its pages.

    With `anew` each page is compared byte for byte with what it should be.
    """
    with files.locked(show.publishing_lock, wait=True):
        publish_cover(show)
        made = pages_at(show, show.settings.base_url)
        if write_pages(show.feed, made, show.cache / PAGES_FILE, anew=anew):
            observe(Event("step", f"Feed: {show.feed / FEED_FILE}"))
        yield made


def slugs(show: Show) -> list[str]:
    """Name the finished episodes, newest first."""
    return [episode.slug for episode in read_episodes(show)]


def pages_at(show: Show, address: str) -> tuple[Page, ...]:
    """Return the pages of feed/ for an address, as they should be now; nothing is made yet, nor written."""
    return pages(show, whole_episodes(show), cover_of(show), address)


def whole_episodes(show: Show) -> tuple[Episode, ...]:
    """All finished episodes, newest first. InputError if there is none, or one that a feed must not name."""
    _refuse_unrecorded(show)
    episodes = read_episodes(show)
    if not episodes:
        raise InputError(f"{show.episodes}: no episode yet. {_how_to_begin(show)}")
    for episode in episodes:
        folder = show.episode_folder(episode.slug)
        for name in (EPISODE_MP3, sound_name(episode.slug)):
            _refuse_other_size(folder / name, episode)
        _refuse_missing(folder, episode)
    return episodes


def _how_to_begin(show: Show) -> str:
    """Say where a first episode comes from: a show with a feed has had some."""
    if has_feed(show):
        return "`podcast restore` brings back what was published; `podcast make NEWSLETTER` makes one."
    return "`podcast make NEWSLETTER` makes one."


def _refuse_unrecorded(show: Show) -> None:
    """An episode is deleted with its whole folder: of one without its record the rest would be lost from sight."""
    for folder in sorted(path for path in show.episodes.glob("*") if is_slug(path.name) and path.is_dir()):
        there = {path.name for path in folder.iterdir()}
        if EPISODE_JSON not in there and there & {*EPISODE_FILES, sound_name(folder.name)}:
            raise InputError(
                f"{folder / EPISODE_JSON} is not there, but other files of the episode are, so the feed was left as it "
                f"was. {how_to_mend(folder, folder.name)} Without its folder the episode leaves the feed."
            )


def _refuse_missing(folder: Path, episode: Episode) -> None:
    there = {path.name for path in folder.iterdir()}
    if missing := [name for name in names_of(episode) if name not in there]:
        raise InputError(
            f"{folder / missing[0]} is not there, so the feed was left as it was. {how_to_mend(folder, episode.slug)}"
        )


def _refuse_other_size(path: Path, episode: Episode) -> None:
    size = path.stat().st_size if path.is_file() else None
    if size != episode.bytes:
        found = "is not there" if size is None else f"has {size} bytes"
        raise InputError(
            f"{path} {found}, but its episode.json says {episode.bytes} bytes, so the feed was left as it was. "
            f"{how_to_mend(path.parent, episode.slug)}"
        )


def mend(show: Show, observe: Observe, *, with_feed: bool = True) -> None:
    """Complete what a killed run left: half-swapped episodes, and a feed that is behind its episodes.

    Where that cannot be done a person is told, and the command goes on: it may be the one that repairs it. One that
    brings episodes back writes the feed when they are here.
    """
    try:
        settle_episodes(show)
        if with_feed and has_feed(show):
            write_feed(show, observe)
    except (PodcastError, OSError) as error:
        reason = from_os_error(error) if isinstance(error, OSError) else error
        observe(Event("note", f"The feed could not be brought up to date: {reason}"))


def settle_episodes(show: Show) -> None:
    """Complete every exchange of an episode's folder that a killed run had begun."""
    for folder in files.unsettled(show.episodes):
        _settle(show, folder)


def _settle(show: Show, folder: Path) -> None:
    """Complete a swap, unless the run that began it is still at it."""
    try:
        with files.locked(show.lock(folder.name)), files.locked(show.publishing_lock, wait=True):
            files.settle(folder)
    except BusyError:
        return
