"""The tables of papers.db, and what stands in them: from values to rows and back.

ValueError, TypeError or KeyError if a row is anything that cannot have been written here.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from podcast.papers.taste.database import Schema
from podcast.papers.taste.records import Offer, Record
from podcast.types import Preprint, Verdict

SCHEMA = Schema(
    application_id=0x50617072,
    migrations=(
        (
            """
            CREATE TABLE papers (
                id TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL, title TEXT NOT NULL, abstract TEXT NOT NULL,
                authors TEXT NOT NULL, categories TEXT NOT NULL, published TEXT, updated TEXT, comment TEXT NOT NULL,
                first_seen TEXT NOT NULL, last_seen TEXT NOT NULL
            )""",
            """
            CREATE TABLE offers (
                slug TEXT NOT NULL, id TEXT NOT NULL REFERENCES papers (id), date TEXT NOT NULL,
                position INTEGER, score REAL, exploring INTEGER NOT NULL, ticked INTEGER NOT NULL,
                stands INTEGER NOT NULL, verdict TEXT CHECK (verdict IN ('kept', 'skipped')), decided TEXT,
                PRIMARY KEY (slug, id), CHECK ((verdict IS NULL) = (decided IS NULL))
            )""",
            "CREATE INDEX offers_of_papers ON offers (id)",
            "CREATE TABLE searches (date TEXT PRIMARY KEY NOT NULL)",
        ),
    ),
)
"""`stands` says whether an offer is in the slug's list as it is now; one without a position was added by hand."""

PREPRINT_COLUMNS = ("id", "version", "title", "abstract", "authors", "categories", "published", "updated", "comment")
COLUMNS = ", ".join(PREPRINT_COLUMNS)
PAPER_COLUMNS = (*PREPRINT_COLUMNS, "first_seen", "last_seen")
PUT_PAPER = (
    f"INSERT INTO papers ({', '.join(PAPER_COLUMNS)}) VALUES ({', '.join('?' * len(PAPER_COLUMNS))}) "  # noqa: S608
    f"ON CONFLICT (id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in PAPER_COLUMNS[1:])}"
)
PUT_PICK = """
    INSERT INTO offers (slug, id, date, position, score, exploring, ticked, stands) VALUES (?, ?, ?, ?, ?, ?, ?, 1)
    ON CONFLICT (slug, id) DO UPDATE SET position = excluded.position, score = excluded.score,
        exploring = excluded.exploring, ticked = excluded.ticked, stands = 1"""
DECIDE = """
    INSERT INTO offers (slug, id, date, exploring, ticked, stands, verdict, decided) VALUES (?, ?, ?, 0, 0, 1, ?, ?)
    ON CONFLICT (slug, id) DO UPDATE SET stands = 1, verdict = excluded.verdict,
        decided = CASE WHEN verdict IS excluded.verdict THEN decided ELSE excluded.decided END"""
PUT_OFFER = """
    INSERT INTO offers (slug, id, date, exploring, ticked, stands, verdict, decided) VALUES (?, ?, ?, 0, 0, 1, ?, ?)
    ON CONFLICT (slug, id) DO UPDATE SET date = excluded.date, verdict = excluded.verdict, decided = excluded.decided"""
VERDICTS = {True: "kept", False: "skipped", None: None}
_KEPT = {word: kept for kept, word in VERDICTS.items()}

_MOST_CHARACTERS = 100_000


def day(date: dt.date) -> str:
    """Write a day, also one with a time, as 2024-06-15."""
    return dt.date(date.year, date.month, date.day).isoformat()


def moment(time: dt.datetime) -> str:
    """Write an aware time as 2024-06-15T12:00:00Z."""
    if time.tzinfo is None:
        raise ValueError(f"{time} does not say of which time zone it is")
    return time.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def read_day(text: str) -> dt.date:
    """Read what `day` wrote."""
    return dt.date.fromisoformat(text)


def read_moment(text: str) -> dt.datetime:
    """Read what `moment` wrote."""
    time = dt.datetime.fromisoformat(text)
    return time.replace(tzinfo=dt.UTC) if time.tzinfo is None else time.astimezone(dt.UTC)


def preprint_row(preprint: Preprint) -> tuple[object, ...]:
    """Write a preprint as a row; its full text and notes are not for keeping."""
    return (
        preprint.id,
        preprint.version,
        _sound(preprint.title),
        _sound(preprint.abstract),
        json.dumps([_sound(name) for name in preprint.authors], ensure_ascii=False),
        json.dumps([_sound(name) for name in preprint.categories], ensure_ascii=False),
        moment(preprint.published) if preprint.published else None,
        moment(preprint.updated) if preprint.updated else None,
        _sound(preprint.comment),
    )


def read_preprint(row: tuple[Any, ...]) -> Preprint:
    """Read what `preprint_row` wrote; ValueError if it is anything else."""
    identity, version, title, abstract, authors, categories, published, updated, comment = row
    return Preprint(
        id=identity,
        title=title,
        abstract=abstract,
        authors=tuple(json.loads(authors)),
        categories=tuple(json.loads(categories)),
        published=read_moment(published) if published else None,
        updated=read_moment(updated) if updated else None,
        version=version,
        comment=comment,
    )


def _sound(text: str) -> str:
    """Make a text one that every table can hold."""
    return text[:_MOST_CHARACTERS].replace("\0", "�").encode("utf-8", "replace").decode()


def read_offer(row: tuple[Any, ...]) -> Offer:
    """Read slug, date, verdict and the day of that."""
    slug, date, verdict, decided = row
    return Offer(slug, read_day(date), _KEPT[verdict], read_day(decided) if decided else None)


def read_record(row: tuple[Any, ...]) -> Record:
    """Read a preprint, when it was first seen, and an offer if there is one."""
    *preprint, first_seen, slug, date, verdict, decided = row
    offer = read_offer((slug, date, verdict, decided)) if slug is not None else None
    return Record(read_preprint(tuple(preprint)), read_day(first_seen), offer)


def read_verdict(paper: tuple[Any, ...], offer: Offer) -> Verdict:
    """Make a verdict of a paper's id, title, abstract and categories, and the offer that decided about it."""
    identity, title, abstract, categories = paper
    names = tuple(json.loads(categories))
    return Verdict(identity, title, kept=bool(offer.kept), date=offer.date, abstract=abstract, categories=names)
