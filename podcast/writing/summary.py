"""A paper as the newsletter tells it: by any writer, in five parts or one paragraph, held against the paper.

What stands behind a part's title is read out when a newsletter becomes a script; the title is not (material.py).
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from podcast.errors import InputError
from podcast.types import Paper, Section, Summary
from podcast.writing.evidence import doubts_in_words
from podcast.writing.legible import legible
from podcast.writing.material import PART_TITLES, source_of
from podcast.writing.prose import has_words, one_line
from podcast.writing.sentences import split_sentences

if TYPE_CHECKING:
    from collections.abc import Iterable

    from podcast.types import Brief, Form, Preprint
    from podcast.writing.writers import Writer

__all__ = ["PART_TITLES", "UntellableError", "paper_of", "summarise"]

_ABSTRACT = "Abstract"


class UntellableError(InputError):
    """There is nothing to be told of a paper; the others can be."""


def summarise(preprint: Preprint, form: Form, writer: Writer, brief: Brief) -> Summary:
    """Have a paper told in this form; what the paper does not bear out of it stands in the summary's doubts.

    Raises UntellableError, naming the paper, where there is no text of it or none that can be told, and what writers
    raise.
    """
    paper = paper_of(preprint)
    draft = writer.write(paper, dataclasses.replace(brief, form=form))
    if not draft.parts:
        raise UntellableError(
            f"{_name(preprint)}: nothing of its text can be told. Leave it out, or give another file of it."
        )
    said = [sentence for part in draft.parts for text in part.paragraphs for sentence in split_sentences(text)]
    return Summary(
        parts=draft.parts,
        writer=draft.writer or writer.name,
        usd=draft.usd,
        notes=(*preprint.notes, *draft.notes),
        doubts=tuple(dict.fromkeys(doubts_in_words(said, source_of(paper)))),
    )


def paper_of(preprint: Preprint) -> Paper:
    """Make of a preprint what writers tell: its abstract, then its sections, as a reader wants them.

    Its id has its version: what is kept of one version is not used for another. UntellableError where it has no text.
    """
    known = (Section(_ABSTRACT, (preprint.abstract,)), *preprint.sections)
    sections = tuple(each for each in map(_legible, known) if each.paragraphs)
    if not sections:
        raise UntellableError(
            f"{_name(preprint)}: there is neither an abstract nor any text of it, so nothing can be said of it. "
            "Leave it out, or give its PDF."
        )
    if has_words(preprint.abstract):
        sections = (sections[0], *(each for each in sections[1:] if each.title.strip().casefold() != "abstract"))
    versioned = preprint.arxiv_id and f"{preprint.arxiv_id}v{preprint.version}"
    return Paper(legible(preprint.title), arxiv_id=versioned, authors=preprint.authors, sections=sections)


def _legible(section: Section) -> Section:
    return Section(one_line(section.title), tuple(_with_words(map(legible, section.paragraphs))))


def _with_words(texts: Iterable[str]) -> Iterable[str]:
    return (text for text in texts if has_words(text))


def _name(preprint: Preprint) -> str:
    title = one_line(preprint.title)
    return f"{preprint.id} ({title})" if title else preprint.id
