"""Everything in a show's folder that no single script or episode can be asked about; only looked at."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

from podcast import files, locks
from podcast.check.digests import is_ours, unnamed_files
from podcast.check.whole import Survey
from podcast.errors import PodcastError
from podcast.feed.rss import FEED_FILE
from podcast.feed.tree import EPISODE_FILES
from podcast.papers.history import damage_in
from podcast.pipeline import running
from podcast.pipeline.feed import has_feed, pages_at
from podcast.pipeline.pages import ONLY_OURS
from podcast.pipeline.script_files import read_script, scripts_of
from podcast.pipeline.sources import NEWSLETTER_FILE, copy_of_source
from podcast.record import read_record, sound_name
from podcast.show import is_slug
from podcast.types import Event

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from podcast.show import Show
    from podcast.types import Episode

KEPT = ("clips", "parts", "drafts")
"""Folders in .podcast/ whose files are named by what they are of and by the start of their own SHA-256."""

_KEPT = re.compile(r"[0-9a-f]{64}\.[0-9a-f]{16}\.(wav|mp3|json)")
_OWN = re.compile(r"README(\.\w+)?|LICENSE(\.\w+)?|CNAME|robots\.txt|favicon\.\w+", re.IGNORECASE)
"""What people lay beside what is published, on purpose."""

_PICTURE = re.compile(r"cover-[0-9a-f]{16}(-\d+)?\.jpg")
_PAGE_MARK = re.compile(rb'href="[./]*site-[0-9a-f]{16}\.css"')


def survey(show: Show) -> Survey:
    """Look at the whole show."""
    episodes, unnamed, unsettled = dict(_records(show)), unnamed_in(show), _unsettled(show)
    halves = {half for folder in files.unsettled(show.episodes) for half in files.halves(folder)}
    return Survey(
        folder=show.folder,
        unsettled=tuple(unsettled),
        leftovers=tuple(path for path in running.leftovers(show) if path not in halves),
        damaged=tuple(damaged_kept(show)),
        unnamed=tuple(path for path, _ in unnamed),
        ours=frozenset(path for path, ours in unnamed if ours),
        guids=tuple((slug, episode.guid) for slug, episode in episodes.items()),
        sources=tuple(_sources(show, episodes)),
        papers=damage_in(show.papers) or "",
        feed_is_missing=is_with_feed(show) and not has_feed(show),
    )


def _unsettled(show: Show) -> list[Path]:
    """Name the episodes whose exchange was interrupted; of one that is under way somebody has the lock."""
    return [folder for folder in files.unsettled(show.episodes) if not is_at_work(show.lock(folder.name))]


def is_at_work(lock: Path) -> bool:
    """Whether a run has this lock."""
    with locks.abandoned(lock) as held:
        return held is None and lock.is_file()


def episode_folders(show: Show) -> list[Path]:
    """List the folders of all finished episodes, damaged ones among them, by name."""
    return sorted(filter(is_episode, show.episodes.glob("*")))


def unspoken(show: Show, slug: str | None) -> Iterator[Event]:
    """Say of which scripts there is no episode: perhaps a run was killed, perhaps somebody is still reviewing."""
    unsettled = files.unsettled(show.episodes)
    for name in (path.parent.name for path in scripts_of(show)):
        folder = show.episode_folder(name)
        if slug in {None, name} and not is_episode(folder) and folder not in unsettled:
            yield Event("note", f"{name} has a script and no episode: `podcast render {name}` speaks it.")


def is_with_feed(show: Show) -> bool:
    """Whether the show has a feed, or had one: its pages are still there."""
    return has_feed(show) or any(show.feed.glob("*.html"))


def is_episode(folder: Path) -> bool:
    """Whether a folder in episodes/ is one, if a damaged one: no other one has such names in it."""
    if folder.name.startswith(".") or not is_slug(folder.name) or not folder.is_dir():
        return False
    return any((folder / name).exists() for name in (*EPISODE_FILES, sound_name(folder.name)))


def damaged_kept(show: Show) -> Iterator[Path]:
    """Find kept sentences, parts and answers whose content is not what their name says."""
    for name in KEPT:
        for path in sorted(path for folder in (show.cache / name).glob("*") for path in kept_in(folder)):
            with contextlib.suppress(FileNotFoundError):  # a run beside this one needs it no more
                if path.name.split(".")[1] != files.sha256_of_file(path)[:16]:
                    yield path


def kept_in(folder: Path) -> Iterator[Path]:
    """List what is kept in a folder in one of those."""
    yield from (path for path in folder.glob("*") if _KEPT.fullmatch(path.name) and path.is_file())


def _records(show: Show) -> Iterator[tuple[str, Episode]]:
    """Yield what can be read; what cannot is a finding of its own."""
    for folder in episode_folders(show):
        with contextlib.suppress(PodcastError, FileNotFoundError, IsADirectoryError):
            yield folder.name, read_record(folder)


# ── what nothing names ──────────────────────────────────────────────────────────────────────────────────


def unnamed_in(show: Show) -> tuple[tuple[Path, bool], ...]:
    """Find what nothing names in episodes/ and feed/, and whether it is surely of this program's making."""
    return (*_unnamed_of_episodes(show, dict(_records(show))), *_unnamed_of_feed(show))


def _unnamed_of_episodes(show: Show, episodes: dict[str, Episode]) -> Iterator[tuple[Path, bool]]:
    for path in sorted(show.episodes.glob("[!.]*")):
        if path.name in episodes:
            yield from ((found, is_ours(found)) for found in unnamed_files(path, episodes[path.name]))
        elif not is_episode(path) and not _OWN.fullmatch(path.name):
            yield path, False


def _unnamed_of_feed(show: Show) -> Iterator[tuple[Path, bool]]:
    """Find what is in feed/ besides the pages; nobody can tell while an episode is not whole, or not in its place."""
    if files.unsettled(show.episodes):
        return
    try:
        named = {page.name for page in pages_at(show, show.settings.base_url)} | {FEED_FILE}
    except (PodcastError, FileNotFoundError):
        return
    for path in sorted(show.feed.glob("[!.]*")):
        if path.is_dir() and not path.is_symlink():
            yield from _unnamed_of_page(path, named)
        elif path.name not in named and not _OWN.fullmatch(path.name) and not _PICTURE.fullmatch(path.name):
            yield path, bool(ONLY_OURS.fullmatch(path.name))


def _unnamed_of_page(folder: Path, named: set[str]) -> Iterator[tuple[Path, bool]]:
    """Find what is in the folder of an episode's page besides the page."""
    for path in sorted(folder.rglob("[!.]*")):
        name = path.relative_to(folder.parent).as_posix()
        if path.is_file() and name not in named:
            ours = is_slug(folder.name) and name == f"{folder.name}/index.html"
            yield path, ours and _PAGE_MARK.search(path.read_bytes()) is not None


# ── sources ─────────────────────────────────────────────────────────────────────────────────────────────


def _sources(show: Show, episodes: dict[str, Episode]) -> Iterator[tuple[Path, str]]:
    for path in scripts_of(show):
        folder = path.parent
        named, copy = _named_source(path), copy_of_source(folder)
        if named and not (folder / named).is_file():
            yield folder / named, "is not there, but the script beside it was written from it"
        elif copy and (own := folder / NEWSLETTER_FILE).is_file() and own.read_bytes() != copy.read_bytes():
            yield own, f"was changed since the script was written: `podcast script {folder.name}` writes it anew"
        elif copy and _is_other(copy, episodes.get(folder.name)):
            yield copy, f"is not what the episode was made from: `podcast render {folder.name}`, if that is meant"


def _named_source(path: Path) -> str:
    """Name the source that a script says it was written from; empty where it cannot be read, or says nothing."""
    try:
        name = read_script(path).source or ""
    except (PodcastError, IsADirectoryError):
        return ""
    return name if re.fullmatch(r"source\.\w+", name) else ""


def _is_other(source: Path, episode: Episode | None) -> bool:
    """Whether a source is not what the episode was made from; git may have written its ends of lines in another way."""
    known = episode.source_sha256 if episode else ""
    data = source.read_bytes()
    unix = data.replace(b"\r\n", b"\n")
    return bool(known) and known not in map(files.sha256_of, (data, unix, unix.replace(b"\n", b"\r\n")))
