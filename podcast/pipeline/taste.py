"""The author's taste as a table: papers.db to and from CSV."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast import files
from podcast.errors import InputError
from podcast.papers.exchange import export_csv, import_csv
from podcast.pipeline.clock import today
from podcast.pipeline.memory import recalled

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from podcast.papers.exchange import Imported
    from podcast.show import Show


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What came of importing several files."""

    files: tuple[tuple[Path, Imported], ...]

    @property
    def problems(self) -> tuple[str, ...]:
        """Rows that could not be read, a sentence each."""
        return tuple(problem for _, imported in self.files for problem in imported.problems)


def export_history(show: Show, path: Path) -> None:
    """Write everything that is known of papers and of the author's mind."""
    if path.is_dir():
        raise InputError(f"{path}: a folder. Name a file in it, like {path / 'papers.csv'}.")
    with recalled(show) as history:
        text = export_csv(history)
    header = text.split("\n", 1)[0].encode()
    if path.exists() and not path.read_bytes().removeprefix(b"\xef\xbb\xbf").startswith(header):
        raise InputError(f"{path}: it is there, and is no such table. Choose another name.")
    files.write_text(path, text)


def import_history(show: Show, paths: Sequence[Path]) -> TakenOver:
    """Take tables over; InputError if a file is missing, or no such table: those before it are taken over."""
    for path in paths:
        if not path.is_file():
            raise InputError(f"{path}: no such file. Give a table of `podcast history export`, or an older list.")
    with recalled(show) as history:
        taken = [(path, import_csv(history, path.read_bytes(), path.name, today())) for path in paths]
    return TakenOver(tuple(taken))
