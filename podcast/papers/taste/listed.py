"""One row of a list of papers, as it was exported from here or as older scripts kept it, to a record."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Literal

from podcast.files import sha256_of
from podcast.papers.identifiers import arxiv_id, is_web
from podcast.papers.identify import identify
from podcast.papers.taste.csv_rows import BadRowError, unshielded
from podcast.papers.taste.history_tables import day, moment, read_moment
from podcast.papers.taste.records import IMPORTED, UNKNOWN_VERSION, Offer, Record
from podcast.show import is_slug
from podcast.types import Preprint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# ── our own ─────────────────────────────────────────────────────────────────────────────────────────────

COLUMNS = (
    *("id", "title", "authors", "categories", "published", "first_seen"),
    *("slug", "offered", "verdict", "decided", "abstract"),
)
_BETWEEN = "; "
_VERDICTS = {"kept": True, "skipped": False, "": None}


def write_record(record: Record) -> tuple[str, ...]:
    """Write a record as a row; an abstract only of what was offered, which is what taste is learned from."""
    preprint, offer = record.preprint, record.offer
    return (
        preprint.id,
        preprint.title,
        _BETWEEN.join(preprint.authors),
        _BETWEEN.join(preprint.categories),
        moment(preprint.published) if preprint.published else "",
        day(record.first_seen),
        offer.slug if offer else "",
        day(offer.date) if offer else "",
        next(word for word, kept in _VERDICTS.items() if kept is (offer.kept if offer else None)),
        day(offer.decided) if offer and offer.decided else "",
        preprint.abstract if offer else "",
    )


def read_record(fields: Mapping[str, str]) -> Record:
    """Read what `write_record` wrote, dates also as a spreadsheet changes them; BadRowError for anything else."""
    row = {name: unshielded(fields.get(name, "")) for name in COLUMNS}
    preprint = Preprint(
        id=_listed_id(row["id"]),
        title=row["title"],
        abstract=row["abstract"],
        authors=_parted(row["authors"]),
        categories=_parted(row["categories"]),
        published=_time(row["published"], "published"),
        version=UNKNOWN_VERSION,
    )
    return Record(preprint, _date(row["first_seen"], "first_seen"), _offer(row) if row["slug"] else None)


def _offer(row: Mapping[str, str]) -> Offer:
    slug, verdict = row["slug"], row["verdict"].strip().lower()
    if slug != IMPORTED and not is_slug(slug):
        raise BadRowError(f"{_quoted(slug)} cannot be a slug")
    if verdict not in _VERDICTS:
        raise BadRowError(f"its verdict {_quoted(verdict)} is neither kept nor skipped")
    decided = _date(row["decided"], "decided") if verdict else None
    return Offer(slug, _date(row["offered"], "offered"), _VERDICTS[verdict], decided)


def _parted(text: str) -> tuple[str, ...]:
    return tuple(text.split(_BETWEEN)) if text else ()


# ── older scripts' ──────────────────────────────────────────────────────────────────────────────────────

Kind = Literal["kept", "downloaded", "seen"]
"""Which of an older script's lists: of what was kept, of what it offered, of all that it found."""

_ALIASES = {"arxiv_link": "link", "url": "link", "arxiv_id": "id"}
_YES = {"true", "1", "1.0", "yes", "y", "x", "kept"}
_NO = {"false", "0", "0.0", "no", "n", "", "skipped"}
_COLON, _QUESTION = re.compile(r"(?<=[^\s-]) - (?=[^\s-])"), re.compile(r"(?<=[^\s-]) -$")


def is_listed(columns: Sequence[str]) -> bool:
    """Whether these are the columns of an older script's list."""
    names = {_ALIASES.get(name, name) for name in columns}
    return "title" in names and bool(names & {"id", "link"})


def read_listed(fields: Mapping[str, str], kind: Kind | None, on: dt.date | None) -> Record:
    """Read a row of an older script's list; `on` is its day where it has none, `kind` what it is if no column says so.

    BadRowError for what cannot be understood.
    """
    row = {_ALIASES.get(name, name): value.strip() for name, value in fields.items()}
    published = _time(row.get("paper_date", ""), "paper_date")
    added = row.get("date_added", "")
    date = _date(added, "date_added") if added else on or (published.date() if published else None)
    if date is None:
        raise BadRowError("it has no date")
    title = _QUESTION.sub("?", _COLON.sub(": ", row["title"]))
    identity = _identity(row.get("id", ""), row.get("link", ""))
    if not title:
        raise BadRowError("it has no title")
    preprint = Preprint(identity, title, row.get("abstract", ""), published=published, version=UNKNOWN_VERSION)
    return Record(preprint, date, _imported(_is_kept(row, kind), date, kind))


def _imported(kept: bool | None, date: dt.date, kind: Kind | None) -> Offer | None:  # noqa: FBT001
    return None if kind == "seen" and not kept else Offer(IMPORTED, date, bool(kept), date)


def _is_kept(row: Mapping[str, str], kind: Kind | None) -> bool:
    if "kept" not in row:
        return kind == "kept"
    word = row["kept"].lower()
    if word not in _YES | _NO:
        raise BadRowError(f"under kept it has {_quoted(word)} instead of true or false")
    return word in _YES


def _identity(listed: str, link: str) -> str:
    """Return the id that a row gives; what is not on arXiv is known by its address."""
    named = arxiv_id(link)
    linked = _listed_id(named) if named else None
    if listed:
        given = _listed_id(listed)
        if linked and given != linked:
            raise BadRowError(f"its id {given} and its link name different papers")
        return given
    if linked:
        return linked
    if not is_web(link):
        raise BadRowError("it has neither an arXiv id nor an address")
    return f"pdf:{sha256_of(link.encode())[:16]}"


# ── fields ──────────────────────────────────────────────────────────────────────────────────────────────

_PDF = re.compile(r"pdf:[0-9a-f]{16}")
_NUMBER = re.compile(r"(\d{3,4})\.(\d{1,5})")
_FIVE_DIGITS_SINCE = "1501"
_DATES = (
    re.compile(r"(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})(?:[T ][\d:.+ APMZapm-]{1,40})?"),
    re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4}|\d\d)(?: [\d:.+ APMZapm-]{1,40})?"),
)
_CENTURY, _SHORT_YEAR = 2000, 2
_MOST_QUOTED = 40


def _listed_id(text: str) -> str:
    """Return an id without its version; a spreadsheet takes 2406.10520 for a number and drops its outer zeros."""
    text = text.strip()
    if _PDF.fullmatch(text):
        return text
    if "/" in text and (known := identify(text)) and known.kind == "arxiv":
        return known.id
    number = _NUMBER.fullmatch(text)
    if number:
        month = number[1].zfill(4)
        text = f"{month}.{number[2].ljust(5 if month >= _FIVE_DIGITS_SINCE else 4, '0')}"
    bare = re.sub(r"^arxiv:\s?", "", text, flags=re.IGNORECASE)
    found = arxiv_id(f"arXiv:{bare}")
    if not found or not re.fullmatch(rf"{re.escape(found)}(?:v\d{{1,2}})?", bare):
        raise BadRowError(f"{_quoted(text)} is no arXiv id")
    return found


def _date(text: str, what: str) -> dt.date:
    """Read a day as people and spreadsheets write it: 2024-06-15, or month/day/year."""
    match = next(filter(None, (form.fullmatch(text.strip()) for form in _DATES)), None)
    try:
        year, month, date = (int(match[name]) for name in ("year", "month", "day")) if match else (0, 0, 0)
        return dt.date(year + (_CENTURY if match and len(match["year"]) == _SHORT_YEAR else 0), month, date)
    except ValueError as error:
        raise BadRowError(f"its {what} {_quoted(text)} is no date") from error


def _time(text: str, what: str) -> dt.datetime | None:
    text = text.strip()
    if not text:
        return None
    if "T" not in text:
        return dt.datetime.combine(_date(text, what), dt.time(), dt.UTC)
    try:
        return read_moment(text)
    except (ValueError, OverflowError) as error:
        raise BadRowError(f"its {what} {_quoted(text)} is no time") from error


def _quoted(text: str) -> str:
    return repr(text if len(text) <= _MOST_QUOTED else f"{text[:_MOST_QUOTED]}…")
