"""A history as one CSV file, and such a file, or the lists that older scripts kept, into a history."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, get_args

from podcast.errors import InputError
from podcast.papers.taste.csv_rows import BadRowError, read_sheet, write_sheet
from podcast.papers.taste.listed import COLUMNS, Kind, is_listed, read_listed, read_record, write_record
from podcast.papers.taste.records import Counts, combined, counted

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from podcast.papers.history import History
    from podcast.papers.taste.csv_rows import Sheet
    from podcast.papers.taste.records import Record

_MOST_PROBLEMS = 50


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file told of, whether or not it was known before."""

    counts: Counts
    problems: tuple[str, ...] = ()
    """A sentence for each row that was left out, with its line."""


def export_csv(history: History) -> str:
    """Write a history as CSV, a line for each offer and for each paper that was never offered.

    Read into an empty history it gives the same verdicts, and the same CSV.
    """
    return write_sheet(COLUMNS, map(write_record, history.records()))


def import_csv(history: History, data: bytes, name: str, on: dt.date | None = None) -> Imported:
    """Take over what `export_csv` wrote, or an older script's list: all rows that can be read, in one transaction.

    Such a list says in a column, or in the file's name, whether its papers were kept, downloaded (which is offered,
    and skipped unless it was kept, too) or only seen; `on` is the day of rows that have none. Importing it again, or
    another list of the same papers before or after it, comes to the same. Raises InputError for what is no list.
    """
    sheet = read_sheet(data, name)
    records, problems = _understood(sheet, _reader(sheet, name, on), name)
    history.take(records)
    return Imported(counted(records), problems)


def _reader(sheet: Sheet, name: str, on: dt.date | None) -> Callable[[Mapping[str, str]], Record]:
    if {"id", "first_seen", "slug", "offered", "verdict", "decided"} <= set(sheet.columns):
        return read_record
    if not is_listed(sheet.columns):
        raise InputError(
            f"{name}: its first line does not name the columns of a list of papers. Give it a CSV that was exported "
            "from a show, or a list with the columns title, link and date_added."
        )
    kinds = [kind for kind in get_args(Kind) if kind in PurePath(name).name.lower()]
    if "kept" not in sheet.columns and len(kinds) != 1:
        raise InputError(
            f"{name}: neither a column kept nor the file's name says whether its papers were kept. Name it "
            "papers_kept.csv, papers_downloaded.csv or papers_seen.csv."
        )
    return functools.partial(read_listed, kind=kinds[0] if len(kinds) == 1 else None, on=on)


def _understood(
    sheet: Sheet, read: Callable[[Mapping[str, str]], Record], name: str
) -> tuple[tuple[Record, ...], tuple[str, ...]]:
    records: list[Record] = []
    problems: list[str] = []
    beyond = 0
    for row in sheet.rows:
        try:
            records.append(read(row.understood()))
        except BadRowError as error:
            if len(problems) < _MOST_PROBLEMS:
                problems.append(f"{name}, line {row.line}: {error}, so it was left out.")
            else:
                beyond += 1
    if beyond:
        problems.append(f"{name}: {beyond} more lines could not be read and were left out.")
    return combined(records), tuple(problems)
