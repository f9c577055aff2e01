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
from podcast.papers.downloads import ARXIV, fetch_pdf
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
    wanted = {name: named for name in names if (named := identify(name)) and named.kind == "arxiv"}
    found = look_up(archive(), [each.name for each in wanted.values()], observe) if wanted else None
    known = {each.id: each for each in found.preprints} if found else {}
    problems = list(found.problems) if found else []
    preprints: dict[str, Preprint] = {}
    pdfs = {}
    for name in names:
        if name in wanted:
            preprint = known.get(wanted[name].id)
        else:
            preprint = _from_disk(Path(name), problems)
            if preprint:
                pdfs[preprint.id] = Path(name)
        if preprint:
            preprints.setdefault(preprint.id, preprint)
    return Collected(tuple(preprints.values()), tuple(problems), pdfs)


def _from_disk(path: Path, problems: list[str]) -> Preprint | None:
    try:
        return preprint_of(path)
    except InputError as error:
        problems.append(str(error))
        return None


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


def with_text(show: Show, folder: Path, preprint: Preprint, observe: Observe) -> Preprint:
    """Add its own text; where that cannot be had, wholly or in part, its notes say why.

    `folder` is the episode's, where PDFs lie that came from disk.
    """
    try:
        text = read_pdf(_pdf(show, folder, preprint))
    except OutsideError as error:
        text = FullText("", (), str(error), 0)
    if text.problem:
        observe(Event("note", f"“{preprint.title}”: {text.problem}"))
        preprint = dataclasses.replace(preprint, notes=(*preprint.notes, text.problem))
    return dataclasses.replace(preprint, sections=text.sections)


def _pdf(show: Show, folder: Path, preprint: Preprint) -> Path:
    kept = kept_pdf(folder, preprint.id)
    if kept.is_file() or preprint.arxiv_id is None:
        return kept
    most_bytes = show.settings.arxiv.most_pdf_mb * _BYTES_A_MB
    return fetch_pdf(preprint, show.cache / "papers", most_bytes, _pdf_site())


def _pdf_site() -> str:
    """arXiv, or what stands in for it on this machine."""
    parts = urlsplit(archive().address)
    return f"{parts.scheme}://{parts.netloc}" if is_loopback(parts.hostname or "") else ARXIV
