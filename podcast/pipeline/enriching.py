"""What arXiv knows of a newsletter's papers, looked up where that is asked for and kept beside the newsletter."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from podcast import files
from podcast.errors import InputError
from podcast.types import Event, Section

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from podcast.pipeline import Observe
    from podcast.show import Show
    from podcast.types import Newsletter, Paper, Preprint

PAPERS_FILE = "papers.json"


def look_papers_up(show: Show, folder: Path, newsletter: Newsletter, observe: Observe) -> tuple[bytes, tuple[str, ...]]:
    """Fetch abstracts and full texts of the highlights that are on arXiv, as papers.json keeps them.

    A text that was got earlier is kept where it does not come again. Unknown papers are named. Raises OutsideError if
    arXiv does not answer, InputError if no highlight is on it.
    """
    from podcast.papers.search import look_up
    from podcast.pipeline.preprints import FullTexts, archive

    ids = [paper.arxiv_id for paper in newsletter.highlights if paper.arxiv_id]
    if not ids:
        raise InputError("None of its papers has an arXiv id, so there is nothing to look up. Leave --enrich away.")
    found = look_up(archive(), ids, observe)
    earlier = _earlier(folder / PAPERS_FILE)
    full, texts = FullTexts(show, folder, observe), []
    for number, preprint in enumerate(found.preprints):
        observe(Event("progress", "Full texts", number, len(found.preprints)))
        texts.append(full.of(preprint))
    observe(Event("progress", "Full texts", len(texts), len(texts)))
    documents = [_document(each) if each.sections else earlier.get(each.id, _document(each)) for each in texts]
    return f"{json.dumps(documents, ensure_ascii=False, indent=1)}\n".encode(), found.problems


def _earlier(path: Path) -> dict[str, dict[str, Any]]:
    try:
        return {each["id"]: each for each in _read(path.read_bytes())} if path.is_file() else {}
    except (ValueError, TypeError, KeyError):  # it is about to be written anew
        return {}


def _document(preprint: Preprint) -> dict[str, Any]:
    sections = preprint.sections or (Section("Abstract", (preprint.abstract,)),)
    return {
        "id": preprint.id,
        "version": preprint.version,
        "title": preprint.title,
        "authors": preprint.authors,
        "sections": [dataclasses.asdict(section) for section in sections],
    }


def keep_papers(folder: Path, data: bytes) -> None:
    """Put it beside the newsletter."""
    files.write_bytes(folder / PAPERS_FILE, data)


def enriched(newsletter: Newsletter, folder: Path) -> Newsletter:
    """Give its papers their own text, as far as that was looked up earlier."""
    path = folder / PAPERS_FILE
    return with_papers(newsletter, path.read_bytes(), path) if path.is_file() else newsletter


def with_papers(newsletter: Newsletter, data: bytes, path: Path) -> Newsletter:
    """Give its papers their own text; InputError if what was kept is not as it was written."""
    try:
        known = {each["id"]: _sections(each["sections"]) for each in _read(data)}
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(f"{path}: it is damaged. Delete it, or look the papers up again with --enrich.") from error
    return dataclasses.replace(newsletter, highlights=tuple(_with(each, known) for each in newsletter.highlights))


def _read(data: bytes) -> list[dict[str, Any]]:
    """Read papers.json; ValueError, TypeError or KeyError, then or later, where it is none."""
    try:
        read: list[dict[str, Any]] = json.loads(data)
        json.dumps(read, ensure_ascii=False).encode()  # half a character, as in "\ud800", is none
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error
    return read


def _sections(found: Sequence[Mapping[str, object]]) -> tuple[Section, ...]:
    return tuple(Section(str(each["title"]), tuple(map(str, _listed(each["paragraphs"])))) for each in found)


def _listed(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value


def _with(paper: Paper, known: Mapping[str, tuple[Section, ...]]) -> Paper:
    return dataclasses.replace(paper, sections=known.get(paper.arxiv_id or "", paper.sections))
