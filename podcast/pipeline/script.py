"""The stage from a newsletter to scripts/<slug>/script.md."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from podcast import __version__, files
from podcast.errors import InputError
from podcast.papers.newsletter import read_newsletter
from podcast.pipeline.sources import NEWSLETTER_FILE, keep_source, refuse_other_source
from podcast.show import checked_slug
from podcast.types import Event, Finding
from podcast.writing.compose import Occasion, compose
from podcast.writing.script import edited_by_hand, format_script, parse_script, signed
from podcast.writing.writers import Means, load_writer

if TYPE_CHECKING:
    from podcast.pipeline import Observe
    from podcast.pipeline.sources import Source
    from podcast.show import Show
    from podcast.types import Newsletter, Script

SCRIPT_FILE = "script.md"
WRITER = f"extractive {__version__}"


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """What `make` and `script` may be told."""

    section: str | None = None
    slug: str | None = None
    force: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class WrittenScript:
    """A script in its place (or, on a dry run, in mind only)."""

    slug: str
    path: Path
    script: Script
    edited: bool


def write_script(show: Show, source: Source, options: WriteOptions, observe: Observe) -> WrittenScript:
    """Write scripts/<slug>/ from a newsletter; a script that a person edited is left as it is.

    Raises InputError where the newsletter cannot be read, has no date, or its slug belongs to another one.
    """
    newsletter = read_newsletter(source.data, name=source.name)
    slug = _slug(newsletter, options, source)
    path = show.script_folder(slug) / SCRIPT_FILE
    refuse_other_source(show, slug, source, force=options.force)
    earlier = read_script(path) if path.is_file() and not options.force else None
    is_edited = earlier is not None and edited_by_hand(earlier)
    asked = options.section or (earlier.section if earlier else None)
    if section := asked or show.settings.writing.section:
        newsletter = read_newsletter(source.data, name=source.name, section=section)
    script = earlier if earlier and is_edited else _compose(show, newsletter, _date(newsletter, earlier, slug))
    if not is_edited:
        script = signed(dataclasses.replace(script, source=f"source{source.suffix}", section=asked))
    if is_edited:
        observe(Event("note", f"{path}: edited by hand, so it is used as it stands; --force writes it anew."))
    if not options.dry_run:
        with files.locked(show.lock(slug)):
            keep_source(path.parent, source)
            _write_if_new(path, format_script(script))
        observe(Event("step", f"Script: {path}{_open_findings(script)}"))
    return WrittenScript(slug, path, script, is_edited)


def _open_findings(script: Script) -> str:
    count = sum(isinstance(item, Finding) for segment in script.segments for item in segment.items)
    return f" ({count} to look at: search for [!check])" if count else ""


def _compose(show: Show, newsletter: Newsletter, date: dt.date) -> Script:
    settings = show.settings
    occasion = Occasion(date, settings.title, say_synthetic=settings.writing.say_synthetic)
    return compose(newsletter, occasion, load_writer("extractive", Means())).script


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
        raise InputError(f"{source.name}: no date found in it. Give the episode a name with --slug, like 2024-06-15.")
    return newsletter.date.isoformat()


def read_script(path: Path) -> Script:
    """Read a script file; InputError if it is none."""
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}. Save it as UTF-8.") from error
    return parse_script(text, str(path))


def find_script(show: Show, name: str) -> tuple[Path, str]:
    """Find a script and the slug of its episode, by either; InputError if there is none."""
    by_slug = find_existing(show, name) if Path(name).name == name else None
    if by_slug:
        return by_slug, name
    path = Path(name)
    if not path.is_file():
        raise InputError(f"{name}: no such script. `podcast script NEWSLETTER` writes one; give its file or its slug.")
    if path.resolve().parent.parent == (show.folder / "scripts").resolve():
        return path, path.resolve().parent.name
    slug = read_script(path).date.isoformat()
    if by_date := find_existing(show, slug):
        raise InputError(
            f"{name}: the show has its own script of {slug}, {by_date}. Put this one in a folder beside it."
        )
    return path, slug


def find_existing(show: Show, slug: str) -> Path | None:
    """Find the show's own script of an episode."""
    path = show.script_folder(slug) / SCRIPT_FILE
    return path if path.is_file() else None


def _date_of(slug: str) -> dt.date:
    """Of a newsletter that has none: what its slug says, else today (SOURCE_DATE_EPOCH, reproducible-builds.org)."""
    try:
        return dt.date.fromisoformat(slug)
    except ValueError:
        return _today()


def _today() -> dt.date:
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return dt.datetime.now(dt.UTC).date()
    if not epoch.isdigit():
        raise InputError(f"SOURCE_DATE_EPOCH is {epoch!r}: it should be a number of seconds, or unset.")
    return dt.datetime.fromtimestamp(int(epoch), dt.UTC).date()


def _write_if_new(path: Path, text: str) -> None:
    if not path.is_file() or path.read_bytes() != text.encode():
        files.write_text(path, text)
