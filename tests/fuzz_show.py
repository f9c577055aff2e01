"""Readers of what lies in a show's folder and nobody wrote by hand: marks of runs, and the show as a whole."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from typing import TYPE_CHECKING

from conftest import NEWSLETTER
from feed_maker import an_episode
from fuzz_subjects import Reader, Subject
from fuzz_texts import SCRIPT, a_show

from podcast import locks
from podcast.check import whole
from podcast.check.rules import findings
from podcast.pipeline.surveying import survey
from podcast.record import EPISODE_JSON, format_record, is_altered, read_record
from podcast.types import FileDigest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SLUG = "2024-06-15"


@contextlib.contextmanager
def marks(folder: Path) -> Iterator[Subject]:
    """Read the mark of a run that was killed, and of one that has a lock."""

    def read(data: bytes) -> object:
        (folder / "0123").write_bytes(data)
        with locks.marks_of_the_dead(folder) as found:
            return [f"{mark.owner}" for mark in found]

    yield Subject([json.dumps(dataclasses.asdict(locks.myself())).encode()], read)


@contextlib.contextmanager
def shows(folder: Path) -> Iterator[Subject]:
    """Look at a show of which one file is damaged: its script, its source, its record or what it knows of papers."""
    show = a_show(folder)
    script, home = show.script_folder(_SLUG), show.episode_folder(_SLUG)
    script.mkdir(parents=True)
    home.mkdir(parents=True)
    record = dataclasses.replace(an_episode(), files=(FileDigest("notes.html", "ab" * 32),), source_sha256="cd" * 32)
    whole_files = {
        script / "script.md": SCRIPT,
        script / "source.md": NEWSLETTER.encode(),
        home / EPISODE_JSON: format_record(record).encode(),
    }

    def read(data: bytes) -> object:
        for path, whole_data in whole_files.items():
            path.write_bytes(whole_data)
        begins = {whole_data[:3]: path for path, whole_data in whole_files.items()}
        target = begins.get(data[:3], show.papers)
        target.write_bytes(data)
        found = findings(whole.RULES, survey(show))
        show.papers.unlink(missing_ok=True)
        if target.name == EPISODE_JSON:
            read_record(home)
            is_altered(data)
        return found

    yield Subject(list(whole_files.values()), read)


SHOW = (
    Reader("marks of runs", marks, 5),
    Reader("a whole show", shows, 5),
)
