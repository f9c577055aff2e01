"""papers.db: every paper that was seen, offered, kept or skipped, and when. The author's taste, kept for good.

Nothing here looks at the clock: days are given, so the same week gives the same history.
"""

from __future__ import annotations

import contextlib
import dataclasses
from typing import TYPE_CHECKING, TypeVar

from podcast.papers.taste.database import WAIT_S, Database, damage, open_database
from podcast.papers.taste.history_tables import (
    COLUMNS,
    DECIDE,
    PUT_OFFER,
    PUT_PAPER,
    PUT_PICK,
    SCHEMA,
    VERDICTS,
    day,
    moment,
    preprint_row,
    read_moment,
    read_offer,
    read_preprint,
    read_record,
    read_verdict,
)
from podcast.papers.taste.records import Counts, combined, joined, latest, merged

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from podcast.papers.taste.records import Offer, Record
    from podcast.types import Pick, Preprint, Verdict

Row = TypeVar("Row")
Value = TypeVar("Value")


@contextlib.contextmanager
def open_history(path: Path, wait_s: float = WAIT_S) -> Iterator[History]:
    """Open a show's papers.db, which is begun if there is none.

    Raises InputError if it is no such file, damaged, or of a newer version; OutsideError if the machine refuses.
    """
    with open_database(path, SCHEMA, wait_s) as database:
        yield History(database)


def damage_in(path: Path) -> str | None:
    """Say what is wrong with a show's papers.db, which is only read; None if nothing is, or there is none."""
    return damage(path, SCHEMA)


class History:
    """What is known of papers and of the author's mind; whatever is told is told whole or not at all."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # ── what is told ────────────────────────────────────────────────────────────────────────────────────

    def see(self, preprints: Iterable[Preprint], on: dt.date) -> None:
        """Remember papers that were found on a day; a newer version takes the place of an older one."""
        with self._database.writing():
            for preprint in preprints:
                self._see(preprint, on)

    def offer(self, slug: str, picks: Sequence[Pick], on: dt.date) -> None:
        """Remember what stands in a slug's list; what stood there before is forgotten unless it was decided."""
        with self._database.writing():
            self._database.run("DELETE FROM offers WHERE slug = ? AND verdict IS NULL", (slug,))
            self._database.run("UPDATE offers SET stands = 0 WHERE slug = ?", (slug,))
            for position, pick in enumerate(picks, 1):
                self._see(pick.preprint, on)
                marks = position, pick.score, pick.is_exploring, pick.is_ticked
                self._database.run(PUT_PICK, (slug, pick.preprint.id, day(on), *marks))

    def decide(self, slug: str, kept_ids: Collection[str], on: dt.date) -> None:
        """Remember what the author kept of what stands in a slug's list, or added to it; the rest was skipped.

        A verdict that does not change keeps its day. ValueError for an id that was never seen.
        """
        kept = set(kept_ids)
        with self._database.writing():
            unseen = sorted(identity for identity in kept if not self._known(identity))
            if unseen:
                raise ValueError(f"never seen, so it cannot be kept: {', '.join(unseen)}")
            standing = self._database.rows("SELECT id FROM offers WHERE slug = ? AND stands", (slug,))
            for identity in sorted(kept.union(identity for (identity,) in standing)):
                word = VERDICTS[identity in kept]
                self._database.run(DECIDE, (slug, identity, day(on), word, day(on)))

    def searched(self, on: dt.datetime) -> None:
        """Remember that arXiv was searched up to this time, which is aware."""
        with self._database.writing():
            self._database.run("INSERT OR IGNORE INTO searches VALUES (?)", (moment(on),))

    def take(self, records: Iterable[Record]) -> None:
        """Take over what another history or list knows; taking it again changes nothing."""
        with self._database.writing():
            for record in combined(records):
                self._see(record.preprint, record.first_seen)
                if record.offer:
                    self._take(record.preprint.id, record.offer)

    # ── what is asked ───────────────────────────────────────────────────────────────────────────────────

    def verdicts(self) -> tuple[Verdict, ...]:
        """Return the last word on each paper, by the day on which that was offered; of one day, kept counts."""
        papers = {
            row[0]: row
            for row in self._database.rows(
                "SELECT id, title, abstract, categories FROM papers WHERE id IN (SELECT id FROM offers)"
            )
        }
        words = sorted(latest(self._offers()).items(), key=lambda word: (word[1].date, word[0]))
        return self._read(lambda word: read_verdict(papers[word[0]], word[1]), words)

    def offered_elsewhere(self, slug: str) -> frozenset[str]:
        """Return the ids of what was offered under any other slug."""
        rows = self._database.rows("SELECT DISTINCT id FROM offers WHERE slug <> ?", (slug,))
        return frozenset(identity for (identity,) in rows)

    def offered(self, slug: str) -> frozenset[str]:
        """Return the ids of what was offered in a slug's list, whatever a person made of it."""
        rows = self._database.rows("SELECT id FROM offers WHERE slug = ? AND position IS NOT NULL", (slug,))
        return frozenset(identity for (identity,) in rows)

    def preprints(self, ids: Iterable[str]) -> tuple[Preprint, ...]:
        """Return what is known of papers, in the order asked; those never seen are left out."""
        known = (self._known(identity) for identity in ids)
        return tuple(
            dataclasses.replace(preprint, version=preprint.version or 1) for preprint, _, _ in filter(None, known)
        )

    def last_search(self) -> dt.datetime | None:
        """Return up to when arXiv was searched, if ever."""
        rows = self._database.rows("SELECT date FROM searches")
        return max(self._read(lambda row: read_moment(row[0]), rows), default=None)

    def counts(self) -> Counts:
        """Count the papers that were seen, offered, kept and skipped, by the last word on each."""
        ((seen,),) = self._database.rows("SELECT COUNT(*) FROM papers")
        offers = self._offers()
        kept = [offer.kept for offer in latest(offers).values()]
        return Counts(seen, len({identity for identity, _ in offers}), kept.count(True), kept.count(False))

    def records(self) -> tuple[Record, ...]:
        """Return everything, an offer each, by day, then by id."""
        rows = self._database.rows(
            f"SELECT {COLUMNS}, first_seen, slug, date, verdict, decided FROM papers LEFT JOIN offers USING (id) "  # noqa: S608
            "ORDER BY coalesce(date, first_seen), id, slug"
        )
        return self._read(read_record, rows)

    # ── how ─────────────────────────────────────────────────────────────────────────────────────────────

    def _see(self, preprint: Preprint, on: dt.date) -> None:
        first = last = day(on)
        known = self._known(preprint.id)
        if known:
            preprint, first, last = merged(known[0], preprint), min(known[1], first), max(known[2], last)
        self._database.run(PUT_PAPER, (*preprint_row(preprint), first, last))

    def _known(self, identity: str) -> tuple[Preprint, str, str] | None:
        rows = self._database.rows(
            f"SELECT {COLUMNS}, first_seen, last_seen FROM papers WHERE id = ?",  # noqa: S608
            (identity,),
        )
        return next(iter(self._read(lambda row: (read_preprint(row[:-2]), row[-2], row[-1]), rows)), None)

    def _take(self, identity: str, offer: Offer) -> None:
        rows = self._database.rows(
            "SELECT slug, date, verdict, decided FROM offers WHERE slug = ? AND id = ?", (offer.slug, identity)
        )
        for known in self._read(read_offer, rows):
            offer = joined(known, offer) or offer
        decided = day(offer.decided) if offer.decided else None
        self._database.run(PUT_OFFER, (offer.slug, identity, day(offer.date), VERDICTS[offer.kept], decided))

    def _offers(self) -> tuple[tuple[str, Offer], ...]:
        rows = self._database.rows("SELECT id, slug, date, verdict, decided FROM offers")
        return self._read(lambda row: (row[0], read_offer(row[1:])), rows)

    def _read(self, read: Callable[[Row], Value], rows: Iterable[Row]) -> tuple[Value, ...]:
        """Read rows; a value that cannot have been written here is damage."""
        try:
            return tuple(read(row) for row in rows)
        except (ValueError, TypeError, KeyError) as error:
            raise self._database.damaged(error) from error
