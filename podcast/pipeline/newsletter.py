"""The stage from picks.md to scripts/<slug>/newsletter.md and newsletter.html."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from podcast import files
from podcast.errors import InputError
from podcast.newsletter.edition import Article, edition_of
from podcast.newsletter.markdown import format_newsletter
from podcast.newsletter.page import to_html
from podcast.newsletter.signature import edited_by_hand, made_from
from podcast.papers.picks import parse_picks, told_in_short, was_changed
from podcast.papers.search import look_up
from podcast.pipeline.clock import today
from podcast.pipeline.memory import recalled
from podcast.pipeline.picking import read_text
from podcast.pipeline.preprints import FullTexts, archive
from podcast.pipeline.sources import NEWSLETTER_FILE
from podcast.pipeline.writers import Quoting, open_writer
from podcast.types import Brief, Event
from podcast.writing.summary import summarise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from podcast.papers.history import History
    from podcast.papers.picks import Choice
    from podcast.pipeline import Observe
    from podcast.pipeline.picking import Picked
    from podcast.show import Show
    from podcast.spending import Ledger
    from podcast.types import Level, Preprint
    from podcast.writing.writers import Writer

PAGE_FILE = "newsletter.html"

_DIGITS = 16


@dataclass(frozen=True, slots=True)
class NewsletterOptions:
    """What `newsletter` and `make` may be told."""

    writer: str | None = None
    force: bool = False
    dry_run: bool = False
    is_decided: bool = False
    """Whether the ticks are the author's own decision even where they stand as they were offered."""


@dataclass(frozen=True, slots=True)
class WrittenNewsletter:
    """A newsletter in its place (or, on a dry run, in mind only)."""

    slug: str
    path: Path
    text: str
    is_edited: bool = False
    problems: tuple[str, ...] = ()
    """Papers that could not be told, a sentence each."""
    usd: float = 0.0
    """Of having it written by list price; on a dry run what it would cost at most."""


def write_newsletter(
    show: Show, picked: Picked, options: NewsletterOptions, observe: Observe, ledger: Ledger
) -> WrittenNewsletter:
    """Tell the ticked papers at length and the others in short; learn from the ticks where they are a decision.

    A newsletter that a person edited is left as it is, and one that was made of the same ticks by the same writer is
    not made again. Raises InputError where a line of the checklist cannot be understood, nothing is ticked or none of
    it can be told; OutsideError where a service fails: what it wrote until then is kept.
    """
    path = show.script_folder(picked.slug) / NEWSLETTER_FILE
    found = read_text(path) if path.is_file() else None
    choices = told_in_short(parse_picks(picked.text, str(picked.path)), show.settings.picks.brief)
    if not any(choice.is_ticked for choice in choices):
        raise InputError(f"{picked.path}: nothing is ticked. Put an x into the boxes of the papers to highlight.")
    writer = open_writer(show, options.writer, ledger)
    job = _Job(show, picked, choices, Quoting(writer) if options.dry_run else writer, options.dry_run, observe)
    if not options.dry_run and (options.is_decided or was_changed(picked.text)):
        job.learn()
    if found is not None and not options.force and edited_by_hand(found):
        differs = "" if made_from(found) == job.digest else ", though ticks or settings have changed since"
        observe(Event("note", f"{path}: edited by hand, so it is used as it stands{differs}; --force writes it anew."))
        written = WrittenNewsletter(picked.slug, path, found, is_edited=True)
    elif found is not None and not options.force and made_from(found) == job.digest:
        written = WrittenNewsletter(picked.slug, path, found)
    else:
        written = job.write(path)
    if not options.dry_run:
        _keep(show, written, found)
        observe(Event("step", f"Newsletter: {path}"))
    return written


@dataclass(frozen=True, slots=True)
class _Job:
    """Everything that writing a newsletter takes."""

    show: Show
    picked: Picked
    choices: tuple[Choice, ...]
    writer: Writer
    dry_run: bool
    observe: Observe

    @property
    def digest(self) -> str:
        """Of what it is made from: papers, ticks, writer, settings, templates."""
        told = [[each.id, each.version, each.is_ticked] for each in self.choices]
        settings, templates = self.show.settings, sorted(self.show.templates.glob("*"))
        own = [[path.name, path.read_bytes().hex()] for path in templates if path.is_file()]
        made = [self.writer.name, told, settings.title, settings.writing.level, settings.writing.style, own]
        return files.sha256_of(json.dumps(made).encode())[:_DIGITS]

    def learn(self) -> None:
        """Tell the history what was ticked."""
        with recalled(self.show) as history:
            found, _ = self.preprints(history)
            history.see(found.values(), today())
            kept = {each.id for each in self.choices if each.is_ticked and each.id in found}
            history.decide(self.picked.slug, kept, today())

    def preprints(self, history: History) -> tuple[Mapping[str, Preprint], tuple[str, ...]]:
        """What is known of the papers, by id, and why others are missing; what a person wrote in is looked up."""
        known = {each.id: each for each in self.picked.preprints}
        known |= {each.id: each for each in history.preprints(each.id for each in self.choices if each.id not in known)}
        unknown = [each for each in self.choices if each.id not in known]
        if not unknown:
            return known, ()
        found = look_up(archive(), [each.name for each in unknown], self.observe)
        return known | {each.id: each for each in found.preprints}, found.problems

    def write(self, path: Path) -> WrittenNewsletter:
        """Have all papers told; what cannot be told is named and left out."""
        with recalled(self.show, dry_run=self.dry_run) as history:
            preprints, missing = self.preprints(history)
        highlights: list[Article] = []
        rest: list[Article] = []
        problems = list(missing)
        texts = FullTexts(self.show, self.picked.path.parent, self.observe, self.picked.pdfs)
        for number, choice in enumerate(each for each in self.choices if each.id in preprints):
            self.observe(Event("progress", "Summaries", number, len(self.choices)))
            try:
                (highlights if choice.is_ticked else rest).append(self.article(preprints[choice.id], choice, texts))
            except InputError as error:
                problems.append(str(error))
        self.observe(Event("progress", "Summaries", len(self.choices), len(self.choices)))
        if not highlights:
            raise InputError("\n".join([*problems, f"{self.picked.path}: none of the ticked papers can be told."]))
        return self.edition(path, highlights, rest, problems)

    def article(self, preprint: Preprint, choice: Choice, texts: FullTexts) -> Article:
        """Have one paper told: a highlight from its whole text."""
        writing = self.show.settings.writing
        brief = Brief(level=cast("Level", writing.level), style=writing.style)
        if choice.is_ticked:
            preprint = texts.of(preprint)
        return Article(
            preprint, summarise(preprint, "summary" if choice.is_ticked else "paragraph", self.writer, brief)
        )

    def edition(
        self, path: Path, highlights: Sequence[Article], rest: Sequence[Article], problems: Sequence[str]
    ) -> WrittenNewsletter:
        """Put it all together."""
        date = _date_of(self.picked.slug)
        edition = edition_of(self.show.settings.title, date, highlights, rest, written_on=today())
        usd = self.writer.usd if isinstance(self.writer, Quoting) else edition.usd
        text = format_newsletter(edition, self.show.templates, self.digest)
        return WrittenNewsletter(self.picked.slug, path, text, problems=tuple(problems), usd=usd)


def _date_of(slug: str) -> dt.date:
    """The week's, which its slug says; else today."""
    try:
        return dt.date.fromisoformat(slug[: len("2024-06-15")])
    except ValueError:
        return today()


def _keep(show: Show, written: WrittenNewsletter, found: str | None) -> None:
    """Put it and its page into their place, unless what was found there changed meanwhile."""
    with files.locked(show.lock(written.slug)):
        if written.path.is_file() and read_text(written.path) != found:
            raise InputError(f"{written.path}: it was changed while this ran, so it is left alone. Run it again.")
        if written.text != found:
            files.write_text(written.path, written.text)
        page = written.path.with_name(PAGE_FILE)
        html = to_html(written.text, where=str(written.path))
        if not page.is_file() or page.read_bytes() != html.encode():
            files.write_text(page, html)


def document(written: WrittenNewsletter) -> dict[str, Any]:
    """What programs are told of it."""
    return {
        "slug": written.slug,
        "path": written.path,
        "page": written.path.with_name(PAGE_FILE),
        "edited": written.is_edited,
        "usd": round(written.usd, 6),
        "problems": written.problems,
    }
