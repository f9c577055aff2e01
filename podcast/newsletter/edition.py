"""One edition of a newsletter: the papers of a week with their summaries, before they are written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from podcast.types import Preprint, Summary


@dataclass(frozen=True, slots=True)
class Article:
    """A paper and what the newsletter tells of it."""

    preprint: Preprint
    summary: Summary


@dataclass(frozen=True, slots=True)
class Edition:
    """A newsletter before it is written down."""

    show: str
    title: str
    date: dt.date
    written_on: dt.date
    """When its summaries were written."""
    highlights: tuple[Article, ...]
    rest: tuple[Article, ...] = ()
    greeting: tuple[str, ...] = ()
    """Paragraphs; none: what the template greeting.md says."""
    sign_off: tuple[str, ...] = ()
    """Paragraphs; none: what the template goodbye.md says."""

    @property
    def articles(self) -> tuple[Article, ...]:
        """All of them, highlights first."""
        return (*self.highlights, *self.rest)

    @property
    def writers(self) -> tuple[str, ...]:
        """Who wrote its summaries, each once, in the order in which they appear."""
        return tuple(dict.fromkeys(article.summary.writer for article in self.articles))

    @property
    def usd(self) -> float:
        """List price of having its summaries written."""
        return sum(article.summary.usd for article in self.articles)


def edition_of(  # noqa: PLR0913 - an edition has as many sides
    show: str,
    date: dt.date,
    highlights: Sequence[Article],
    rest: Sequence[Article] = (),
    *,
    written_on: dt.date,
    title: str = "",
    greeting: Sequence[str] = (),
    sign_off: Sequence[str] = (),
) -> Edition:
    """Make an edition; without a title of its own it is called after its show and date."""
    title = title.strip() or f"{show}: {in_words(date)}"
    return Edition(show, title, date, written_on, tuple(highlights), tuple(rest), tuple(greeting), tuple(sign_off))


def in_words(date: dt.date) -> str:
    """Write a date as English newsletters do: June 15, 2024."""
    return f"{date:%B} {date.day}, {date.year}"
