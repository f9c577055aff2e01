"""What is remembered of a paper, and what two memories of the same one come to; pure values."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from podcast.types import Preprint

IMPORTED = "(imported)"
"""Stands for the slug of what an older program offered; no slug can look like it."""

UNKNOWN_VERSION = 0
"""Of a paper that only a list of titles told of: whatever else is known of it is better."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many papers there are of each kind."""

    seen: int = 0
    offered: int = 0
    kept: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """That a paper was offered, and what became of it."""

    slug: str
    date: dt.date
    kept: bool | None = None
    """None while nothing is decided."""

    decided: dt.date | None = None

    @property
    def age(self) -> tuple[dt.date, bool, dt.date, str]:
        """What is greater is the later word; of the same day, that it was kept."""
        return self.decided or dt.date.min, self.kept is True, self.date, self.slug


@dataclass(frozen=True, slots=True)
class Record:
    """A paper, since when it is known, and one offer of it where there was any."""

    preprint: Preprint
    first_seen: dt.date
    offer: Offer | None = None


def merged(known: Preprint, new: Preprint) -> Preprint:
    """Return the newer version, or what was learned last of the same; what it lacks comes from the other."""
    below, above = sorted((known, new), key=_rank)
    same = below.version == above.version
    dates = [each.published for each in (above, below) if each.published]
    return dataclasses.replace(
        above,
        title=above.title or below.title,
        abstract=above.abstract or below.abstract,
        authors=above.authors or below.authors,
        categories=above.categories or below.categories,
        published=(min(dates) if above.version == UNKNOWN_VERSION else dates[0]) if dates else None,
        updated=above.updated or below.updated,
        comment=above.comment or (below.comment if same else ""),
    )


def _rank(preprint: Preprint) -> tuple[int, int, str]:
    """Of two lists of titles the longer title counts, whichever is read first."""
    title = preprint.title if preprint.version == UNKNOWN_VERSION else ""
    return preprint.version, len(title), title


def joined(known: Offer | None, new: Offer | None) -> Offer | None:
    """Return what two records of one offer come to, in whatever order they are met.

    Older programs kept two lists, of what was offered and of what was kept of it: there, kept is kept.
    """
    if known is None or new is None:
        return known or new
    later = max(known, new, key=lambda offer: offer.age)
    if known.slug != IMPORTED:
        return later
    return dataclasses.replace(later, kept=bool(known.kept or new.kept), date=min(known.date, new.date))


def combined(records: Iterable[Record]) -> tuple[Record, ...]:
    """Make one record of all those of the same paper and slug."""
    together: dict[tuple[str, str], Record] = {}
    for record in records:
        key = record.preprint.id, record.offer.slug if record.offer else ""
        together[key] = _combined(together[key], record) if key in together else record
    return tuple(together.values())


def _combined(known: Record, new: Record) -> Record:
    first_seen = min(known.first_seen, new.first_seen)
    return Record(merged(known.preprint, new.preprint), first_seen, joined(known.offer, new.offer))


def latest(offers: Iterable[tuple[str, Offer]]) -> dict[str, Offer]:
    """Return the last word on each paper that was decided about, by id."""
    words: dict[str, Offer] = {}
    for identity, offer in offers:
        if offer.kept is not None:
            words[identity] = max(words.get(identity, offer), offer, key=lambda each: each.age)
    return words


def counted(records: Iterable[Record]) -> Counts:
    """Count the papers of records."""
    records = tuple(records)
    offers = [(record.preprint.id, record.offer) for record in records if record.offer]
    kept = [offer.kept for offer in latest(offers).values()]
    seen, offered = {record.preprint.id for record in records}, {identity for identity, _ in offers}
    return Counts(len(seen), len(offered), kept.count(True), kept.count(False))
