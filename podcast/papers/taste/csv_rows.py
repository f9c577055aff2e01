"""CSV, as spreadsheets and old scripts write it, to rows with their line numbers; and rows to CSV.

A row that is broken spoils only itself. What a spreadsheet would take for a formula is written behind an apostrophe,
which is taken off again when it is read: at the start of a field, and within one wherever a spreadsheet may begin
another, as those of half the world do at a semicolon, which knows nothing of our quotation marks.
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

_MOST_MB, _MOST_LINES = 100, 1_000_000
_MOST_HEADER_CHARACTERS = 2000
_START = r"((?:\A|[;\t\r\n|])[\"' \v\f\u00a0\u3000]*)"
_SIGN = r"(?=[=+\-@\t\r\uff0b\uff0d\uff1d\uff20])"  # and the wide ones of East Asia, which Excel takes for the same
_FORMULA = re.compile(_START + _SIGN)
_SHIELDED = re.compile(_START + "'" + _SIGN)


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
    text = io.StringIO(_text(data, where), newline="")
    first = text.readline(_MOST_HEADER_CHARACTERS)
    text.seek(0)
    records = _records(text, ";" if first.count(";") > first.count(",") else ",")
    _, header = next(records, (1, []))
    if isinstance(header, str) or len(first) == _MOST_HEADER_CHARACTERS:
        return Sheet((), iter(()))
    columns = tuple(name.strip().lower().replace(" ", "_") for name in header)
    return Sheet(columns, _rows(columns, records))


def _text(data: bytes, where: str) -> str:
    lines = max(data.count(b"\n"), data.count(b"\r"))
    if len(data) > _MOST_MB * 1_000_000 or lines > _MOST_LINES:
        raise InputError(
            f"{where}: this has {len(data) / 1e6:.0f} MB and {lines} lines; a list of papers has at most {_MOST_MB} MB "
            f"and {_MOST_LINES} lines. Split it."
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


def _records(text: io.StringIO, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """Give each record, or what is wrong with it, with its line; behind a broken one, go on with the next line."""
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    line = 1
    while True:
        start, read = text.tell(), reader.line_num
        try:
            fields = next(reader, None)
        except csv.Error as error:
            too_long = "limit" in str(error)
            yield line, "a field of it is far too long" if too_long else "its quotation marks do not match"
            text.seek(start)
            text.readline()
            line += 1
            continue
        if fields is None:
            return
        yield line, fields
        line += reader.line_num - read


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
    """Put an apostrophe before each sign that would begin a formula."""
    return _FORMULA.sub(r"\1'", field)


def unshielded(field: str) -> str:
    """Take off the apostrophes that `shielded` put into a field."""
    return _SHIELDED.sub(r"\1", field)
