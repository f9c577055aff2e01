"""Kept sentences that no script of a show has, and parts of episodes that are no more: what is pruned."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from podcast import files
from podcast.pipeline.damage import recorded_voice
from podcast.pipeline.episode import key_of, prepare
from podcast.pipeline.script_files import SCRIPT_FILE, find_existing, read_script
from podcast.pipeline.surveying import is_at_work, is_episode, kept_in
from podcast.show import is_slug
from podcast.speech.clips import ClipStore, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from podcast.show import Show


def unused_clips(show: Show) -> tuple[Path, ...]:
    """Find kept sentences that no script has. Raises InputError where a script cannot be read or planned."""
    used = set(_keys(show))
    return tuple(path for path in ClipStore(show.cache / "clips").files() if path.name.split(".")[0] not in used)


def _keys(show: Show) -> Iterator[str]:
    """Name every clip of every script, by the voices that it names, and by the one that spoke its episode.

    And the parts of a sentence of which some may be paid already.
    """
    for path in sorted((show.folder / "scripts").glob(f"*/{SCRIPT_FILE}")):
        script, slug = read_script(path), path.parent.name
        for voice in {None, recorded_voice(show, slug, script)}:
            speaking = prepare(show, script, slug, str(path), voice)
            for utterance in speaking.utterances:
                yield from (key_of(speaking, each) for each in (utterance, *parts_of(utterance)))


def unused_parts(show: Show) -> tuple[Path, ...]:
    """Find the folders of parts whose script or episode is no more; of one that is being made nobody can tell."""
    found = sorted(path for path in (show.cache / "parts").glob("*") if path.is_dir() and is_slug(path.name))
    return tuple(path for path in found if not _is_used(show, path.name) and not is_at_work(show.lock(path.name)))


def _is_used(show: Show, slug: str) -> bool:
    return find_existing(show, slug) is not None and is_episode(show.episode_folder(slug))


def remove_parts(show: Show, folder: Path) -> None:
    """Remove the parts of an episode. BusyError if another run has begun to make it."""
    with files.locked(show.lock(folder.name)):
        for path in kept_in(folder):
            path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # somebody laid something beside them
            folder.rmdir()
