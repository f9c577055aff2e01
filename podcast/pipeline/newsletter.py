"""The stage from picks.md to scripts/<slug>/newsletter.md and newsletter.html."""

from __future__ import annotations

import datetime as dt
import functools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from podcast import files
from podcast.errors import InputError
from podcast.newsletter.edition import Article, edition_of
from podcast.newsletter.markdown import format_newsletter
from podcast.newsletter.page import to_html
from podcast.newsletter.signature import edited_by_hand, made_from
from podcast.outside.executor import HERE
from podcast.papers.picks import parse_picks, told_in_short, was_changed
from podcast.papers.search import look_up
from podcast.pipeline.clock import today
from podcast.pipeline.memory import recalled
from podcast.pipeline.picking import read_text
from podcast.pipeline.preprints import FullTexts, archive
from podcast.pipeline.sources import NEWSLETTER_FILE
from podcast.pipeline.writers import Quoting, is_embedded, open_writer
from podcast.types import Brief, Event
from podcast.writing.summary import UntellableError, summarise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from podcast.outside.executor import Executor
    from podcast.papers.picks import Choice
    from podcast.pipeline import Observe
    from podcast.pipeline.picking import Picked
    from podcast.show import Show
    from podcast.spending import Ledger
    from podcast.types import Form, Level, Preprint
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
    keeps_writer: bool = False
    """Whether a newsletter that is there will do, whoever wrote it."""
    executor: Executor = HERE
    """Where what takes a processor is done."""


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
    not made again. Raises InputError where a line of the checklist cannot be understood, nothing is ticked, none of
    it can be told or that would cost too much; OutsideError where a service fails: what it wrote until then is kept.
    """
    path = show.script_folder(picked.slug) / NEWSLETTER_FILE
    found = read_text(path) if path.is_file() else None
    is_edited = found is not None and not options.force and edited_by_hand(found)
    writer = open_writer(show, options.writer, ledger)
    job = _Job(show, picked, Quoting(writer) if options.dry_run else writer, options, observe)
    if found is not None and is_edited:
        differs = "" if job.is_of_same(found) else ", though ticks or settings have changed since"
        how = f"`podcast newsletter {picked.slug} --force` writes it anew"
        observe(Event("note", f"{path}: edited by hand, so it is used as it stands{differs}; {how}."))
        written = WrittenNewsletter(picked.slug, path, found, is_edited=True)
    elif found is not None and not options.force and job.is_of_same(found):
        written = WrittenNewsletter(picked.slug, path, found)
    else:
        written = job.write(path)
    if not options.dry_run:
        _keep(show, written, found)
        if options.is_decided or (was_changed(picked.text) and not written.is_edited):
            job.learn()
        observe(Event("step", f"Newsletter: {path}"))
    return written


@dataclass(frozen=True, slots=True)
class _Job:
    """Everything that writing a newsletter takes."""

    show: Show
    picked: Picked
    writer: Writer
    options: NewsletterOptions
    observe: Observe

    @property
    def executor(self) -> Executor:
        """Where papers are told: services are asked from here, one paper at a time."""
        elsewhere = is_embedded(self.writer) and not self.options.executor.is_here
        return self.options.executor if elsewhere else HERE

    def choices(self) -> tuple[Choice, ...]:
        """What is to be told; InputError where a line cannot be understood, or nothing is ticked."""
        found = parse_picks(self.picked.text, str(self.picked.path))
        if not any(choice.is_ticked for choice in found):
            raise InputError(
                f"{self.picked.path}: nothing is ticked. Put an x into the boxes of the papers to highlight."
            )
        return told_in_short(found, self.show.settings.picks.brief)

    def is_of_same(self, found: str) -> bool:
        """Whether a newsletter was made of the same as this one would be; a list with mistakes made none."""
        try:
            wanted = self.digest()
        except InputError:
            return False
        length = _DIGITS if self.options.keeps_writer or self.options.writer is None else 2 * _DIGITS
        return made_from(found)[:length] == wanted[:length]

    def digest(self) -> str:
        """Of what it is made from: first of papers, ticks, settings and templates, then of who writes."""
        told = [[each.id, each.version, each.is_ticked] for each in self.choices()]
        settings, templates = self.show.settings, sorted(self.show.templates.glob("*"))
        own = [[path.name, path.read_bytes().hex()] for path in templates if path.is_file()]
        made = json.dumps([told, settings.title, settings.writing.level, settings.writing.style, own])
        return "".join(files.sha256_of(text.encode())[:_DIGITS] for text in (made, self.writer.name))

    def learn(self) -> None:
        """Tell the history what was ticked, of all that it knows."""
        ticked = [each.id for each in parse_picks(self.picked.text, str(self.picked.path)) if each.is_ticked]
        with recalled(self.show) as history:
            history.decide(self.picked.slug, {each.id for each in history.preprints(ticked)}, today())

    def preprints(self, choices: Sequence[Choice]) -> tuple[Mapping[str, Preprint], tuple[str, ...]]:
        """What is known of the papers, by id, and why others are missing.

        What a person wrote in, or another version than the one that is known, is looked up.
        """
        with recalled(self.show, dry_run=self.options.dry_run) as history:
            known = {each.id: each for each in history.preprints(each.id for each in choices)}
            known |= {each.id: each for each in self.picked.preprints}
            versions = {name: {None, each.version} for name, each in known.items()}
            others = [each for each in choices if each.version not in versions.get(each.id, ())]
            if not others:
                return known, ()
            found = look_up(archive(), [each.name for each in others], self.observe)
            history.see(found.preprints, today())
        return known | {each.id: each for each in found.preprints}, found.problems

    def write(self, path: Path) -> WrittenNewsletter:
        """Have all papers told; what cannot be told is named and left out."""
        choices = self.choices()
        preprints, missing = self.preprints(choices)
        begun: list[tuple[Choice, Future[Article]]] = []
        told: list[tuple[Choice, Article]] = []
        problems = list(missing)
        texts = FullTexts(self.show, self.picked.path.parent, self.observe, self.picked.pdfs)
        for number, choice in enumerate(choices):
            self.observe(Event("progress", "Summaries", number, len(choices)))
            if choice.id in preprints:
                begun.append((choice, self.article(preprints[choice.id], choice, texts)))
            if self.executor is HERE:  # what fails, a service perhaps, is known before the next is begun
                told += _told(begun, problems)
                begun.clear()
        told += _told(begun, problems)
        highlights = [article for choice, article in told if choice.is_ticked]
        rest = [article for choice, article in told if not choice.is_ticked]
        self.observe(Event("progress", "Summaries", len(choices), len(choices)))
        if texts.may_come:
            self.observe(Event("note", "Texts that did not come may come later: the same command asks for them again."))
        if not highlights:
            raise InputError("\n".join([*problems, f"{self.picked.path}: none of the ticked papers can be told."]))
        return self.edition(path, highlights, rest, problems, is_whole=not (problems or texts.may_come))

    def article(self, preprint: Preprint, choice: Choice, texts: FullTexts) -> Future[Article]:
        """Have one paper told: a highlight from its whole text, as well as what has no abstract."""
        writing = self.show.settings.writing
        brief = Brief(level=cast("Level", writing.level), style=writing.style)
        if choice.is_ticked or not preprint.abstract:
            preprint = texts.of(preprint)
        form: Form = "summary" if choice.is_ticked else "paragraph"
        told = functools.partial(self.executor.run, summarise, preprint, form, self.writer, brief)
        return self.executor.submit(lambda: Article(preprint, told()))

    def edition(
        self,
        path: Path,
        highlights: Sequence[Article],
        rest: Sequence[Article],
        problems: Sequence[str],
        *,
        is_whole: bool,
    ) -> WrittenNewsletter:
        """Put it all together; one that another run may make better does not say what it was made from."""
        date = _date_of(self.picked.slug)
        edition = edition_of(self.show.settings.title, date, highlights, rest, written_on=today())
        usd = self.writer.usd if isinstance(self.writer, Quoting) else edition.usd
        text = format_newsletter(edition, self.show.templates, self.digest() if is_whole else "")
        return WrittenNewsletter(self.picked.slug, path, text, problems=tuple(problems), usd=usd)


def _told(begun: Sequence[tuple[Choice, Future[Article]]], problems: list[str]) -> list[tuple[Choice, Article]]:
    """Wait for what is told, in order; what cannot be told is added to the problems."""
    told = []
    for choice, article in begun:
        try:
            told.append((choice, article.result()))
        except UntellableError as error:
            problems.append(str(error))
    return told


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
