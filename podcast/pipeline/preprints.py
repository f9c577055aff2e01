"""Papers that a person names, and their full texts: from arXiv, or from PDFs on disk."""

from __future__ import annotations

import dataclasses
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from podcast import files
from podcast.errors import InputError, OutsideError
from podcast.outside.addresses import is_loopback
from podcast.papers.downloads import ARXIV, NotFetchedError, fetch_pdf, is_kept
from podcast.papers.fulltext import FullText, preprint_of, read_pdf
from podcast.papers.identify import identify
from podcast.papers.picks import PDF_FOLDER, pdf_name
from podcast.papers.search import look_up
from podcast.types import Event

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from podcast.outside.arxiv_api import Archive
    from podcast.pipeline import Observe
    from podcast.show import Show
    from podcast.types import Preprint

_BYTES_A_MB = 1_000_000
_MOST_FAILURES = 2
_ID_DIGITS = 16


def archive() -> Archive:
    """Open arXiv's door: what is behind it takes half a second to load, which other errands need not wait for."""
    from podcast.outside.arxiv_api import Archive

    return Archive()


@dataclass(frozen=True, slots=True)
class Collected:
    """Papers that were named, in their order, and what is wrong with the others, a sentence each."""

    preprints: tuple[Preprint, ...]
    problems: tuple[str, ...] = ()
    pdfs: Mapping[str, Path] = field(default_factory=dict)
    """Where the PDFs lie of those that came from disk, by id."""


def collect(names: Sequence[str], observe: Observe) -> Collected:
    """Look up ids and addresses on arXiv, and read PDFs. Raises OutsideError if arXiv does not answer."""
    problems: list[str] = []
    wanted = {name: named for name in names if (named := identify(name)) and named.kind == "arxiv"}
    from_disk = {name: read for name in names if name not in wanted and (read := _from_disk(Path(name), problems))}
    known: dict[str, Preprint] = {}
    if wanted:
        found = look_up(archive(), [each.name for each in wanted.values()], observe)
        known = {each.id: each for each in found.preprints}
        problems += found.problems
    preprints: dict[str, Preprint] = {}
    pdfs = {}
    for name in names:
        preprint = known.get(wanted[name].id) if name in wanted else from_disk.get(name)
        if preprint and preprint.id not in preprints:
            preprints[preprint.id] = preprint
            if name in from_disk:
                pdfs[preprint.id] = Path(name)
    return Collected(tuple(preprints.values()), tuple(problems), pdfs)


def _from_disk(path: Path, problems: list[str]) -> Preprint | None:
    """Read a PDF; whatever it says of itself, its id is its own: anybody can stamp an id of arXiv on anything."""
    try:
        preprint = preprint_of(path)
    except InputError as error:
        problems.append(str(error))
        return None
    return dataclasses.replace(preprint, id=f"pdf:{files.sha256_of_file(path)[:_ID_DIGITS]}", version=1)


def keep_pdfs(folder: Path, collected: Collected) -> None:
    """Copy PDFs from disk, byte for byte, to where all later stages read them."""
    for name, path in collected.pdfs.items():
        target = kept_pdf(folder, name)
        if not target.is_file() or files.sha256_of_file(target) != files.sha256_of_file(path):
            with path.open("rb") as source, files.writing(target) as copy:
                shutil.copyfileobj(source, copy)


def kept_pdf(folder: Path, preprint_id: str) -> Path:
    """Where a paper's PDF that came from disk lies in an episode's script folder."""
    return folder / PDF_FOLDER / pdf_name(preprint_id)


class FullTexts:
    """The own texts of one episode's papers; a site that fails twice in a row is not asked for the others.

    `folder` is the episode's, where copies lie of PDFs that came from disk, `pdfs` where these lie before they are
    copied, by id.
    """

    def __init__(self, show: Show, folder: Path, observe: Observe, pdfs: Mapping[str, Path] | None = None) -> None:
        self._show, self._folder, self._observe, self._pdfs = show, folder, observe, pdfs or {}
        self._failures = 0
        self.may_come = False
        """Whether a text is missing that another run may get."""

    def of(self, preprint: Preprint) -> Preprint:
        """Add its own text; where that cannot be had, wholly or in part, its notes say why."""
        try:
            text = read_pdf(self._pdf(preprint))
        except OutsideError as error:
            text = FullText("", (), str(error), 0)
        if text.problem:
            instead = "" if text.sections or "abstract is used" in text.problem else " Its abstract is used."
            self._observe(Event("note", f"“{preprint.title}”: {text.problem}{instead}"))
            preprint = dataclasses.replace(preprint, notes=(*preprint.notes, text.problem + instead))
        return dataclasses.replace(preprint, sections=text.sections)

    def _pdf(self, preprint: Preprint) -> Path:
        copy = kept_pdf(self._folder, preprint.id)
        if copy.is_file() or preprint.arxiv_id is None:
            return copy if copy.is_file() else self._pdfs.get(preprint.id, copy)
        folder = self._show.cache / "papers"
        if is_kept(preprint, folder):
            return fetch_pdf(preprint, folder, 0)
        if self._failures >= _MOST_FAILURES:
            self.may_come = True
            raise OutsideError("arXiv sent none of the PDFs before this one, so its abstract is used.")
        return self._fetched(preprint, folder)

    def _fetched(self, preprint: Preprint, folder: Path) -> Path:
        most_bytes = self._show.settings.arxiv.most_pdf_mb * _BYTES_A_MB
        try:
            path = fetch_pdf(preprint, folder, most_bytes, _pdf_site())
        except NotFetchedError as error:
            self._failures = self._failures + 1 if error.may_pass else 0
            self.may_come = self.may_come or error.may_pass
            raise
        self._failures = 0
        return path


def _pdf_site() -> str:
    """arXiv, or what stands in for it on this machine."""
    parts = urlsplit(archive().address)
    return f"{parts.scheme}://{parts.netloc}" if is_loopback(parts.hostname or "") else ARXIV
