"""Kept sentences that no script of a show has: what `podcast repair --prune` removes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podcast.pipeline.damage import recorded_voice
from podcast.pipeline.episode import key_of, prepare
from podcast.pipeline.script_files import SCRIPT_FILE, read_script
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
