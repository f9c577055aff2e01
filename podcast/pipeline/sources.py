"""What a command was given, as bytes; and the copy of it that the show keeps."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from podcast import files
from podcast.errors import InputError
from podcast.masking import shown
from podcast.newsletter.signature import price_usd

if TYPE_CHECKING:
    from podcast.show import Show

STDIN = "-"
NEWSLETTER_FILE = "newsletter.md"

SUFFIXES = (".md", ".markdown", ".txt", ".html", ".htm")
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Source:
    """A newsletter as it was given."""

    data: bytes
    name: str
    path: Path | None = None
    address: str = ""
    """Where it was fetched, if it was."""

    @property
    def where(self) -> str:
        """What messages call it."""
        return self.address or self.name

    @property
    def suffix(self) -> str:
        """What its copy in the show is called."""
        suffix = Path(self.name).suffix.lower()
        if suffix in SUFFIXES:
            return suffix
        return ".html" if self.data.lstrip()[:1] == b"<" else ".md"


def read_source(argument: str, show: Show) -> Source:
    """Read what a command was given: a file, `-`, an address, or the slug of an episode whose source the show has.

    Raises InputError if there is nothing to read, OutsideError if a server fails.
    """
    if argument == STDIN:
        return Source(sys.stdin.buffer.read(), STDIN)
    if _ADDRESS.match(argument):
        from podcast.papers.online import fetch_newsletter

        return Source(*fetch_newsletter(argument), address=shown(argument))
    path = Path(argument)
    if path.is_file():
        return Source(path.read_bytes(), path.name, path.resolve())
    kept = kept_source(show, argument) if path.name == argument else None
    if kept:
        return Source(kept.read_bytes(), kept.name, kept.resolve())
    raise InputError(_not_a_source(argument, path, show))


def _not_a_source(argument: str, path: Path, show: Show) -> str:
    if path.is_dir():
        return f"{argument}: a folder. Give the newsletter in it."
    if path.exists():
        return (
            f"{argument}: a device or a pipe, not a file. Give a newsletter (.md, .txt, .html), or `-` to pipe one in."
        )
    if path.name == argument and (show.script_folder(argument) / "script.md").is_file():
        return (
            f"{argument}: its script is there, but not what it was written from. `podcast render {argument}` speaks "
            "it; to write it anew, give the newsletter."
        )
    return f"{argument}: no such file, and no episode of this show. Give a newsletter (.md, .txt, .html) or a slug."


def newsletter_usd(source: Source) -> float:
    """List price of having it written, if it is one of ours."""
    return price_usd(source.data.decode("utf-8", errors="replace"))


def kept_source(show: Show, slug: str) -> Path | None:
    """Find what an episode is made from: its newsletter.md, else the copy of its source."""
    folder = show.script_folder(slug)
    own = folder / NEWSLETTER_FILE
    return own if own.is_file() else copy_of_source(folder)


def copy_of_source(folder: Path) -> Path | None:
    """Find the copy of its source in an episode's script folder."""
    return next((path for suffix in SUFFIXES if (path := folder / f"source{suffix}").is_file()), None)


def what_it_is_made_from(show: Show, slug: str) -> Path | None:
    """Find the file that says what an episode is made from, whatever that is; None where nobody has begun one."""
    from podcast.papers.picks import PICKS_FILE

    folder = show.script_folder(slug)
    own = (folder / name for name in (PICKS_FILE, NEWSLETTER_FILE, "script.md"))
    return next((path for path in own if path.is_file()), None) or copy_of_source(folder)


def refuse_other_source(show: Show, slug: str, source: Source, *, force: bool) -> None:
    """Raise InputError if the slug belongs to another source; what lies in its own folder is no other."""
    folder = show.script_folder(slug)
    own = folder / NEWSLETTER_FILE
    earlier = own if own.is_file() else copy_of_source(folder)
    is_own = source.path is not None and source.path.parent == folder.resolve()
    if is_own or earlier is None or earlier.read_bytes() == source.data or (force and earlier != own):
        return
    advice = "" if earlier == own else ", or replace it with --force"
    raise InputError(
        f"{source.where}: the episode {slug} was made from another source, {earlier}. "
        f"Choose another name with --slug{advice}."
    )


def is_changed(folder: Path, source: Source) -> bool:
    """Whether a source is another one than the copy of it that an episode was made from."""
    earlier = copy_of_source(folder)
    return earlier is not None and earlier.read_bytes() != source.data


def keep_source(folder: Path, source: Source) -> None:
    """Copy a source, byte for byte, to where all later stages read it."""
    target = folder / f"source{source.suffix}"
    earlier = copy_of_source(folder)
    if earlier is None or earlier != target or earlier.read_bytes() != source.data:
        files.write_bytes(target, source.data)
        if earlier and earlier != target:
            earlier.unlink()
