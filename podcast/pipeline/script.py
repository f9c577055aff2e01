"""The stage from a newsletter to scripts/<slug>/script.md."""

from __future__ import annotations

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
from podcast.types import Event
from podcast.writing.compose import compose
from podcast.writing.script import edited_by_hand, format_script, parse_script

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
    newsletter: Newsletter


def write_script(show: Show, source: Source, options: WriteOptions, observe: Observe) -> WrittenScript:
    """Write scripts/<slug>/ from a newsletter; a script that a person edited is left as it is.

    Raises InputError where the newsletter cannot be read, has no date, or its slug belongs to another one.
    """
    section = options.section or show.settings.writing.section or None
    newsletter = read_newsletter(source.data, name=source.name, section=section)
    slug = _slug(newsletter, options, source)
    path = show.script_folder(slug) / SCRIPT_FILE
    refuse_other_source(show, slug, source, force=options.force)
    kept = _edited_script(path, force=options.force)
    script = kept or _compose(show, newsletter, slug, source)
    if kept:
        observe(Event("note", f"{path}: edited by hand, so it is used as it stands; --force writes it anew."))
    if not options.dry_run:
        keep_source(path.parent, source)
        if not kept:
            _write_if_new(path, format_script(script))
    observe(Event("step", f"Script: {path}"))
    return WrittenScript(slug, path, script, kept is not None, newsletter)


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


def _edited_script(path: Path, *, force: bool) -> Script | None:
    if force or not path.is_file():
        return None
    script = read_script(path)
    return script if edited_by_hand(script) else None


def read_script(path: Path) -> Script:
    """Read a script file; InputError if it is none."""
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}. Save it as UTF-8.") from error
    return parse_script(text, str(path))


def find_script(show: Show, name: str) -> tuple[Path, str]:
    """Find a script and the slug of its episode, by either; InputError if there is none."""
    by_slug = show.script_folder(name) / SCRIPT_FILE
    if Path(name).name == name and by_slug.is_file():
        return by_slug, name
    path = Path(name)
    if not path.is_file():
        raise InputError(f"{name}: no such script. `podcast script NEWSLETTER` writes one; give its file or its slug.")
    if path.resolve().parent.parent == (show.folder / "scripts").resolve():
        return path, path.resolve().parent.name
    return path, read_script(path).date.isoformat()


def _compose(show: Show, newsletter: Newsletter, slug: str, source: Source) -> Script:
    return compose(
        newsletter,
        newsletter.date or _date_of(slug),
        show_title=show.settings.title,
        say_synthetic=show.settings.writing.say_synthetic,
        source=f"source{source.suffix}",
    )


def _date_of(slug: str) -> dt.date:
    """Of a newsletter that has none: what its slug says, else today (SOURCE_DATE_EPOCH, reproducible-builds.org)."""
    try:
        return dt.date.fromisoformat(slug)
    except ValueError:
        epoch = os.environ.get("SOURCE_DATE_EPOCH")
        now = dt.datetime.fromtimestamp(int(epoch), dt.UTC) if epoch else dt.datetime.now(dt.UTC)
        return now.date()


def _write_if_new(path: Path, text: str) -> None:
    if not path.is_file() or path.read_bytes() != text.encode():
        files.write_text(path, text)
