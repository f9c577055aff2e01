"""A PDF to what a paper says: its title, and its text in sections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.errors import InputError
from podcast.files import sha256_of_file
from podcast.outside.pdf import LIMITS, Limits, Pdf, read_pages
from podcast.papers.fulltext.blocks import blocks_of
from podcast.papers.fulltext.front import Stamp, authors_of, joined_title, stamp_of, title_blocks, title_in_metadata
from podcast.papers.fulltext.headings import Kind, kind_of, kinds_of
from podcast.papers.fulltext.layout import lines_of, measure
from podcast.papers.fulltext.margins import sheets, without_heads, without_line_numbers
from podcast.papers.fulltext.paragraphs import FORMULA, text_of
from podcast.papers.fulltext.sections import ABSTRACT, sections
from podcast.types import Preprint, Section

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from podcast.papers.fulltext.lines import Line
    from podcast.papers.fulltext.margins import Sheet

__all__ = ["FORMULA", "FullText", "Kind", "kind_of", "kinds_of", "preprint_of", "read_pdf", "understood"]

_FEWEST_LETTERS = 100
"""A document of pictures that has fewer letters than this on the average page is a scan."""

_COVERED = 0.5
_UNREADABLE, _PARTLY_UNREADABLE = 0.3, 0.02
"""What part of the glyphs may be of no known letter: of the text as a whole, and before a reader is told."""

_ID_DIGITS = 16


@dataclass(frozen=True, slots=True)
class FullText:
    """What a PDF says. With a problem there may be sections all the same: those that could be read."""

    title: str
    sections: tuple[Section, ...]
    problem: str | None
    """Why nothing, or not everything, could be read: a sentence that begins with "The PDF"."""

    pages: int
    """How many it has, where that is known."""

    authors: tuple[str, ...] = ()
    stamp: Stamp | None = None


def read_pdf(path: Path, limits: Limits = LIMITS) -> FullText:
    """Read a PDF's title and sections; what keeps it from being read, wholly or at all, is its problem."""
    return understood(read_pages(path, limits))


def understood(pdf: Pdf) -> FullText:
    """Make of a PDF's words and their places what it says."""
    pages = without_heads(without_line_numbers(sheets(pdf.pages)))
    problem = _problem(pdf, pages)
    if not any(page.words for page in pages) or _unknown(pages) > _UNREADABLE:
        return FullText(title_in_metadata(pdf.title), (), problem, pdf.count)
    lines = lines_of(pages)
    usual = measure(lines)
    blocks = blocks_of(lines, usual)
    start, end = title_blocks(blocks, usual.size)
    title = joined_title(blocks[start:end]) or title_in_metadata(pdf.title)
    found = sections(blocks, text_of(blocks), usual, end) or _as_it_stands(lines)
    return FullText(title, found, problem, pdf.count, authors_of(blocks, end), stamp_of(pages))


def _as_it_stands(lines: Sequence[Line]) -> tuple[Section, ...]:
    """Make a section of what is no prose: a line a paragraph."""
    return (Section("", tuple(line.text for line in lines)),)


def _problem(pdf: Pdf, pages: Sequence[Sheet]) -> str | None:
    reason = pdf.problem or _unread(pdf, pages)
    return f"The PDF {reason}." if reason else None


def _unread(pdf: Pdf, pages: Sequence[Sheet]) -> str:
    """Say what of pages that a program could read a person cannot."""
    letters = [sum(len(word.text) for word in page.words) for page in pages]
    scanned = [page.covered >= _COVERED and few < _FEWEST_LETTERS for page, few in zip(pdf.pages, letters, strict=True)]
    if all(scanned):
        return "is scanned: it has pictures of pages but no text"
    if not any(letters):
        return "has no text"
    if _unknown(pages) > _UNREADABLE:
        return "does not say which letters its glyphs are: its text cannot be read"
    if _unknown(pages) > _PARTLY_UNREADABLE:
        return f"does not say which letters {_unknown(pages):.0%} of its glyphs are: they are missing"
    if any(scanned):
        return f"has nothing but pictures on {sum(scanned)} of its {pdf.count:,} pages"
    return ""


def _unknown(pages: Sequence[Sheet]) -> float:
    """What part of all characters is of no known letter."""
    known = sum(len(word.text) for page in pages for word in page.words)
    unknown = sum(page.unknown for page in pages)
    return unknown / (known + unknown) if unknown else 0.0


def preprint_of(path: Path) -> Preprint:
    """Read a PDF on disk as a preprint; its id is arXiv's, if arXiv's stamp is on it, else made of its bytes.

    Raises InputError for what is no readable PDF.
    """
    text = read_pdf(path)
    if not text.sections:
        reason = (text.problem or "The PDF has no text.").removeprefix("The PDF ")
        raise InputError(f"{path} {reason} Give another PDF of the paper, or its arXiv id.")
    abstract = next((section for section in text.sections if section.title == ABSTRACT), None)
    stamp = text.stamp
    return Preprint(
        id=stamp.id if stamp else f"pdf:{sha256_of_file(path)[:_ID_DIGITS]}",
        title=text.title or path.stem,
        abstract="\n\n".join(abstract.paragraphs) if abstract else "",
        authors=text.authors,
        categories=(stamp.category,) if stamp else (),
        published=stamp.date if stamp and stamp.version == 1 else None,
        updated=stamp.date if stamp else None,
        version=stamp.version if stamp else 1,
        sections=text.sections,
        notes=(text.problem,) if text.problem else (),
    )
