"""The stage from a newsletter to scripts/<slug>/script.md."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from podcast import files
from podcast.errors import InputError
from podcast.outside.executor import HERE
from podcast.papers.newsletter import read_newsletter
from podcast.pipeline.clock import today
from podcast.pipeline.enriching import enriched, keep_papers, look_papers_up, with_papers
from podcast.pipeline.grounding import sources_of
from podcast.pipeline.script_files import SCRIPT_FILE, decoded
from podcast.pipeline.sources import NEWSLETTER_FILE, is_changed, keep_source, newsletter_usd, refuse_other_source
from podcast.pipeline.writers import Quoting, is_embedded, open_writer
from podcast.show import MOST_MINUTES, checked_slug, parse_hosts
from podcast.speech.voice import load_voice
from podcast.types import Brief, Event, Script
from podcast.writing.compose import Occasion, compose
from podcast.writing.evidence import annotated, evidence
from podcast.writing.length import Limit
from podcast.writing.script import body_changed, edited_by_hand, format_script, open_findings, parse_script, signed

if TYPE_CHECKING:
    from pathlib import Path

    from podcast.outside.executor import Executor
    from podcast.pipeline import Observe
    from podcast.pipeline.sources import Source
    from podcast.show import Show
    from podcast.spending import Ledger
    from podcast.types import Level, Newsletter


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """What `make` and `script` may be told; what is None or 0 is as show.toml says."""

    section: str | None = None
    slug: str | None = None
    force: bool = False
    dry_run: bool = False
    writer: str | None = None
    minutes: float = 0.0
    enrich: bool = False
    executor: Executor = HERE
    """Where what takes a processor is done."""


@dataclass(frozen=True, slots=True)
class WrittenScript:
    """A script in its place (or, on a dry run, in mind only), and what there was no time for."""

    slug: str
    path: Path
    script: Script
    edited: bool
    left_out: tuple[str, ...] = ()
    writing_usd: float = 0.0
    """On a dry run: what having it written would cost at most."""
    problems: tuple[str, ...] = ()
    """Papers that were to be looked up and are unknown, a sentence each."""


def write_script(show: Show, source: Source, options: WriteOptions, observe: Observe, ledger: Ledger) -> WrittenScript:
    """Write scripts/<slug>/ from a newsletter; the words of a script that a person edited are left as they are.

    Each sentence is held against its source, and what is doubtful noted under it. Raises InputError where the
    newsletter cannot be read, has no date, or its slug belongs to another one, where the writer is not ready or would
    cost more than is allowed; OutsideError where a service fails: what it wrote until then is kept.
    """
    newsletter = _read(source)
    slug = _slug(newsletter, options, source)
    path = show.script_folder(slug) / SCRIPT_FILE
    refuse_other_source(show, slug, source, force=options.force)
    found = path.read_bytes() if path.is_file() else None
    earlier = None if found is None or options.force else parse_script(decoded(found, path), str(path))
    is_edited = earlier is not None and edited_by_hand(earlier)
    asked = earlier.section if earlier and is_edited else options.section or (earlier.section if earlier else None)
    if section := asked or show.settings.writing.section:
        newsletter = _read(source, section)
    _refuse_unknown_hosts(show)
    problems: tuple[str, ...] = ()
    papers = None
    if options.enrich:
        papers, problems = look_papers_up(show, path.parent, newsletter, observe)
    newsletter = with_papers(newsletter, papers, path) if papers else enriched(newsletter, path.parent)
    job = _Job(show, newsletter, _date(newsletter, earlier, slug), newsletter_usd(source), options, ledger, observe)
    if earlier and is_edited:
        written = WrittenScript(slug, path, _grounded(job, earlier), edited=True)
        differs = ", though its newsletter has changed since" if is_changed(path.parent, source) else ""
        observe(Event("note", f"{path}: edited by hand, so it is used as it stands{differs}; --force writes it anew."))
    else:
        written = _written(job, WrittenScript(slug, path, _EMPTY, edited=False))
        script = dataclasses.replace(written.script, source=f"source{source.suffix}", section=asked)
        written = dataclasses.replace(written, script=signed(_grounded(job, script)))
    if not options.dry_run:
        if papers:
            keep_papers(path.parent, papers)
        _keep(show, source, written, found)
        observe(Event("step", f"Script: {path}{_open_findings(written.script)}"))
    return dataclasses.replace(written, problems=problems)


def _read(source: Source, section: str | None = None) -> Newsletter:
    """Read a newsletter; an error says where it was fetched, if it was."""
    try:
        return read_newsletter(source.data, name=source.name, section=section)
    except InputError as error:
        raise InputError(f"{source.where}: {str(error).removeprefix(f'{source.name}: ')}") from error


def _refuse_unknown_hosts(show: Show) -> None:
    """Raise InputError, before anything is written or paid, if a host has a voice that is not there."""
    for _, voice in parse_hosts(show.settings.writing.hosts):
        load_voice(voice, show.voices)


_EMPTY = Script("", dt.date.min, ())


@dataclass(frozen=True, slots=True)
class _Job:
    """Everything that writing a script takes."""

    show: Show
    newsletter: Newsletter
    date: dt.date
    newsletter_usd: float
    options: WriteOptions
    ledger: Ledger
    observe: Observe

    @property
    def occasion(self) -> Occasion:
        settings = self.show.settings
        speakers = parse_hosts(settings.writing.hosts)
        return Occasion(self.date, settings.title, settings.writing.say_synthetic, speakers)

    @property
    def brief(self) -> Brief:
        writing = self.show.settings.writing
        return Brief(level=cast("Level", writing.level), style=writing.style)

    def limit(self) -> Limit | None:
        """How long it may take; None is as long as it takes."""
        minutes = self.options.minutes or self.show.settings.writing.minutes
        if not minutes:
            return None
        if not minutes <= MOST_MINUTES:
            raise InputError(f"--minutes {minutes:g}: an episode may be {MOST_MINUTES} minutes long at most.")
        from podcast.pipeline.timing import as_ms, stopwatch

        spoken = Script("", self.date, (), speakers=self.occasion.speakers)
        return Limit(as_ms(minutes), stopwatch(self.show, spoken))


def _written(job: _Job, plain: WrittenScript) -> WrittenScript:
    """Have it written; on a dry run of another writer than the embedded one, in mind only."""
    writer = open_writer(job.show, job.options.writer, job.ledger)
    if job.options.dry_run and not is_embedded(writer):
        quoting = Quoting(writer)
        composed = compose(job.newsletter, job.occasion, quoting, job.brief, job.limit())
        return dataclasses.replace(plain, script=composed.script, left_out=composed.left_out, writing_usd=quoting.usd)
    limit = job.limit()
    executor = job.options.executor if is_embedded(writer) and limit is None else HERE  # keys and clocks stay here
    composed = executor.run(compose, job.newsletter, job.occasion, writer, job.brief, limit)
    for what in composed.left_out:
        job.observe(Event("note", f"No time for {what}."))
    name = None if is_embedded(writer) else writer.name
    usd = round(composed.usd + job.newsletter_usd, 6)
    script = dataclasses.replace(composed.script, writer=name, writing_usd=usd)
    return dataclasses.replace(plain, script=script, left_out=composed.left_out)


def _grounded(job: _Job, script: Script) -> Script:
    sources = sources_of(job.show, job.newsletter, script)
    return annotated(script, job.options.executor.run(evidence, script, sources))


def _keep(show: Show, source: Source, written: WrittenScript, found: bytes | None) -> None:
    """Put source and script into their place, unless the script that was found there changed, or came, meanwhile."""
    with files.locked(show.lock(written.slug)), files.locked(show.script_lock(written.slug), wait=True):
        text = format_script(written.script)
        there = written.path.read_bytes() if written.path.is_file() else None
        if there not in (None, found, text.encode()):  # another run may have written the very same
            raise InputError(f"{written.path}: it was changed while this ran, so it is left alone. Run it again.")
        keep_source(written.path.parent, source)
        if written.edited:
            text = body_changed(written.path.read_text("utf-8"), text)
        _write_if_new(written.path, text)


def _open_findings(script: Script) -> str:
    count = open_findings(script)
    return f" ({count} to look at: search for [!check])" if count else ""


def _date(newsletter: Newsletter, earlier: Script | None, slug: str) -> dt.date:
    """The newsletter's, else that of the script before this one, so that making it again changes nothing."""
    return newsletter.date or (earlier.date if earlier else _date_of(slug))


def _slug(newsletter: Newsletter, options: WriteOptions, source: Source) -> str:
    if options.slug:
        return checked_slug(options.slug)
    if source.path and source.path.name in (NEWSLETTER_FILE, f"source{source.suffix}"):
        folder = source.path.parent
        if folder.parent.name == "scripts":
            return checked_slug(folder.name)
    if newsletter.date is None:
        raise InputError(
            f"{source.where}: no date found in it. Write one into it, or make it alone and give the episode a name "
            "with --slug, like 2024-06-15."
        )
    return newsletter.date.isoformat()


def _date_of(slug: str) -> dt.date:
    """Of a newsletter that has none: what its slug says, else today (SOURCE_DATE_EPOCH, reproducible-builds.org)."""
    try:
        return dt.date.fromisoformat(slug)
    except ValueError:
        return today()


def _write_if_new(path: Path, text: str) -> None:
    if not path.is_file() or path.read_bytes() != text.encode():
        files.write_text(path, text)
