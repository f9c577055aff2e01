"""Lines that say who wrote a paper and where it stands, and nothing to read aloud."""

from __future__ import annotations

import re
from dataclasses import dataclass

from podcast.papers.identifiers import ADDRESS, arxiv_id, without_mentions
from podcast.papers.reading.dates import without_dates
from podcast.papers.reading.lines import Line, is_label, plain, text_of, words
from podcast.types import OTHERS

_FIELDS = re.compile(r"\s?[|·•∙⋅]\s?|\s[-–—]\s|\t")
_AUTHORS = re.compile(r"(?<!\w)(?:authors?\s?:|(?:written )?by(?::|\s))\s?(?=\S)", re.IGNORECASE)
_BETWEEN_NAMES = re.compile(r"\s?[,;&]\s?(?:and\s)?|\s(?:and|with)\s")
_OTHERS = re.compile(r"(?:\d{1,5} )?(?:others|more|colleagues|et al\.?|co-?authors)", re.IGNORECASE)
_ET_AL = re.compile(r"\s?\bet al\.?\s?$", re.IGNORECASE)
_PARTICLES = frozenset("van von der den de del della di da dos du la le el al bin ibn te ter ten zu e".split())  # noqa: SIM905
_MAX_NAME = 40
_MAX_NAME_WORDS = 6
_MAX_LABEL_WORDS = 5
_MAX_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a line of metadata says beside its links."""

    authors: tuple[str, ...] = ()


def read_metadata(line: Line, title: str = "") -> Metadata | None:
    """Understand a line that holds nothing but links, link labels, dates and authors; None for any other."""
    text = text_of(line).strip()
    if len(text) > _MAX_LENGTH or not words(text):
        return None
    labelled = _AUTHORS.match(text)
    if labelled and (names := _names(_unlinked_text(line, title)[labelled.end() :], strict=text[:2].lower() == "by")):
        return Metadata(names)
    gives = any(span.url for span in line) or ADDRESS.search(text) or arxiv_id(text)
    if not gives:
        return Metadata() if _is_row_of_labels(text) else None
    return _beside_links(line, title)


def read_names(line: Line) -> Metadata | None:
    """Understand a line of two or more full names, as they stand right below a title; None for any other."""
    text = text_of(line)
    names = _names(text, strict=True) if len(text) <= _MAX_LENGTH and not text.rstrip().endswith(".") else ()
    return Metadata(names) if len(names) - names[-1:].count(OTHERS) > 1 else None


def _beside_links(line: Line, title: str) -> Metadata | None:
    if any(span.url and not _leads_on(span.text, title) for span in line):
        return None
    authors: list[str] = []
    for part in _FIELDS.split(_unlinked_text(line, title)):
        field = part.strip(" ()[],;:")
        if is_label(without_dates(field)):
            continue
        names = _names(_AUTHORS.sub("", field, count=1), strict=not re.search(r"[|·•∙⋅]", text_of(line)))
        if not names:
            return None
        authors.extend(names)
    return Metadata(tuple(authors))


def _unlinked_text(line: Line, title: str) -> str:
    kept = "".join(span.text if not span.url else " " if _leads_on(span.text, title) else span.text for span in line)
    return without_mentions(kept).strip()


def _leads_on(label: str, title: str) -> bool:
    """Whether a link's words are only a label, not a sentence to be read: short, or the paper's own title."""
    label = label.strip()
    few = len(words(without_mentions(label))) <= _MAX_LABEL_WORDS and not label.endswith((".", "!", "?", ";"))
    return few or is_label(label) or words(label.lower()) == words(title.lower())


def _is_row_of_labels(text: str) -> bool:
    """Whether it is `Paper | Code | Tweet`, left from links that got lost."""
    fields = [field for field in re.split(r"[|·•,/]", text) if field.strip()]
    return len(fields) > 1 and all(words(field) and is_label(field) for field in fields)


def _names(text: str, *, strict: bool) -> tuple[str, ...]:
    """Return the names that a text consists of, or nothing if it says more than names."""
    names, others = _apart(text.strip(" .|·•–—-:"))
    return (*names, *others) if names and all(_is_name(name, strict=strict) for name in names) else ()


def _apart(text: str) -> tuple[list[str], list[str]]:
    """Split names, and tell whether there are others, and how many: `["Ada Lovelace"], ["12 others"]`."""
    parts = [part.strip() for part in _BETWEEN_NAMES.split(text)]
    named = [name for part in parts if (name := _ET_AL.sub("", part)) and not _OTHERS.fullmatch(name)]
    left = [part for part in parts if _ET_AL.search(part) or _OTHERS.fullmatch(part.strip(" ."))]
    count = next((found[0] for part in left if (found := re.match(r"\d+", part))), "")
    return named, [f"{count} {OTHERS}".strip()] if left else []


def _is_name(text: str, *, strict: bool) -> bool:
    parts = text.split()
    return (
        len(text) <= _MAX_NAME
        and (2 if strict else 1) <= len(parts) <= _MAX_NAME_WORDS
        and all(_begins_name(part) or part.lower() in _PARTICLES for part in parts)
        and not any(character.isdigit() or character in "!?:()[]$%" for character in text)
    )


def _begins_name(word: str) -> bool:
    """Whether it could be a word of a name: Ada, d'Amato, 'Kenneth'."""
    return word.removeprefix("d'").removeprefix("d’").lstrip("'’‘“”\"")[:1].isupper()


def split_authors(cell: Line) -> tuple[str, ...]:
    """Split a table's cell of authors, whatever they call themselves."""
    names, others = _apart(plain(cell))
    kept = [name for name in (each.strip(" .") for each in names) if name]
    return (*kept, *others) if kept else ()
