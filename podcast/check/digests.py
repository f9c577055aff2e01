"""What an episode's folder should hold, byte for byte, as its episode.json says; nothing is judged twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podcast import files
from podcast.feed.rss import CHAPTERS, transcripts_of
from podcast.feed.tree import EPISODE_FILES
from podcast.record import COVER_NAME, EPISODE_JSON, EPISODE_MP3, sound_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from podcast.types import Episode


def files_of(episode: Episode) -> tuple[str, ...]:
    """Name the files that must be there: what apps are led to, and whatever else its list has."""
    named = (EPISODE_MP3, sound_name(episode.slug), CHAPTERS[0], *transcripts_of(episode), "notes.html")
    return tuple(dict.fromkeys((*named, *(file.name for file in episode.files))))


def altered_files(folder: Path, episode: Episode) -> Iterator[str]:
    """Name the files that are there with other bytes than the list says; the sound's first name is not among them."""
    sound = folder / EPISODE_MP3
    for file in episode.files:
        path = folder / file.name
        if path == sound or not path.is_file() or (sound.is_file() and path.samefile(sound)):
            continue
        if files.sha256_of_file(path) != file.sha256:
            yield file.name


def unnamed_files(folder: Path, episode: Episode) -> Iterator[Path]:
    """Find what lies in an episode's folder, and its episode.json says nothing of it; nothing hidden is looked at."""
    listed = {file.name for file in episode.files} or {*files_of(episode), *EPISODE_FILES, episode.cover}
    for path in sorted(folder.glob("[!.]*")):
        if path.name not in listed | {EPISODE_JSON}:
            yield path


def is_ours(path: Path) -> bool:
    """Whether nobody but this program gives a file in an episode's folder this name."""
    return path.is_file() and (path.name in EPISODE_FILES or bool(COVER_NAME.fullmatch(path.name)))
