"""CSV, as spreadsheets and old scripts write it, to rows with their line numbers; and rows to CSV.

A row that is broken spoils only itself. A field that a spreadsheet would take for a formula is written behind an
apostrophe, which is taken off again when it is read.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

MOST_MB = 100
_MOST_HEADER_CHARACTERS = 2000
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r]")


class BadRowError(Exception):
    """A row cannot be understood; the text says why, as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row by column, from the line on which it begins; or what is wrong with it."""

    line: int
    fields: Mapping[str, str]
    problem: str = ""

    def understood(self) -> Mapping[str, str]:
        """Return its fields; BadRowError if there is something wrong with it."""
        if self.problem:
            raise BadRowError(self.problem)
        return self.fields


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file's columns, in small letters with _ for spaces, and its rows."""

    columns: tuple[str, ...]
    rows: Iterator[Row]


def read_sheet(data: bytes, where: str) -> Sheet:
    """Read a file whose first line names its columns; InputError for what is no text, or too much of it."""
    lines = list(io.StringIO(_text(data, where), newline=""))
    first = lines[0] if lines else ""
    delimiter = ";" if first.count(";") > first.count(",") else ","
    records = _records(lines, delimiter)
    _, header = next(records, (1, []))
    if isinstance(header, str) or len(first) > _MOST_HEADER_CHARACTERS:
        return Sheet((), iter(()))
    columns = tuple(name.strip().lower().replace(" ", "_") for name in header)
    return Sheet(columns, _rows(columns, records))


def _text(data: bytes, where: str) -> str:
    if len(data) > MOST_MB * 1_000_000:
        raise InputError(
            f"{where}: this is {len(data) / 1e6:.0f} MB; a list of papers has at most {MOST_MB} MB. Split it."
        )
    if b"\0" in data:
        raise InputError(
            f"{where}: byte {data.index(0)} is NUL, so this is no CSV. Save the list as “CSV UTF-8”, then import that."
        )
    try:
        return data.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError:
        pass  # as older spreadsheets save it
    try:
        return data.decode("windows-1252")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{where}: byte {error.start} is neither UTF-8 nor Windows-1252. Save the list as “CSV UTF-8”, then import "
            "that."
        ) from error


def _records(lines: Sequence[str], delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """Give each record, or what is wrong with it, with its line; behind a broken one, go on with the next line."""
    start = 0
    while start < len(lines):
        reader = csv.reader((lines[at] for at in range(start, len(lines))), delimiter=delimiter, strict=True)
        begin = start
        try:
            for fields in reader:
                yield begin + 1, fields
                begin = start + reader.line_num
        except csv.Error as error:
            too_long = "limit" in str(error)
            yield begin + 1, "a field of it is far too long" if too_long else "its quotation marks do not match"
            begin += 1
        start = begin


def _rows(columns: Sequence[str], records: Iterable[tuple[int, list[str] | str]]) -> Iterator[Row]:
    for line, fields in records:
        if isinstance(fields, str):
            yield Row(line, {}, fields)
        elif not any(field.strip() for field in fields):
            continue
        elif len(fields) != len(columns):
            yield Row(line, {}, f"it has {len(fields)} fields where the first line names {len(columns)}")
        else:
            yield Row(line, dict(zip(columns, fields, strict=True)))


def write_sheet(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write rows as a spreadsheet can open them without running any of it (RFC 4180)."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([shielded(field) for field in row] for row in rows)
    return text.getvalue()


def shielded(field: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula, or for such an apostrophe."""
    return f"'{field}" if _FORMULA.match(field) else field


def unshielded(field: str) -> str:
    """Take off the apostrophe that `shielded` put before a field."""
    return field[1:] if _ESCAPED.match(field) else field
