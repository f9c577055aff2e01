"""Tables of papers: one row, one paper."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from podcast.papers.reading.blocks import Text
from podcast.papers.reading.lines import (
    Line,
    Span,
    identifiers,
    is_label,
    plain,
    split_title,
    title_of,
    words,
)
from podcast.papers.reading.metadata import split_authors
from podcast.papers.reading.paragraphs import build_paper

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from podcast.papers.reading.blocks import Cell, Table
    from podcast.types import Paper

_TITLES = ("title", "paper title", "paper", "papers", "article", "name", "work", "publication", "preprint")
_ROLES = {
    **dict.fromkeys(("link", "links", "url", "urls", "arxiv", "pdf", "code", "source", "resources"), "links"),
    **dict.fromkeys(("author", "authors", "by"), "authors"),
    **dict.fromkeys(
        """summary abstract description tldr about notes note overview takeaway takeaways contribution contributions
        details highlights""".split(),  # noqa: SIM905
        "summary",
    ),
    **dict.fromkeys(("tl dr", "key idea", "key takeaways", "main idea", "why it matters", "one liner"), "summary"),
    **dict.fromkeys(("no", "nr", "rank", "number", "index", "id", ""), "nothing"),
}
_DASH = re.compile(r"\s[-–—]\s|:\s")
_LONG_TITLE = 120
_SENTENCE_WORDS = 8


def papers_of(table: Table) -> tuple[Paper, ...]:
    """Read a table, one paper a row; nothing if it is not a table of papers."""
    roles = _roles(table)
    if roles is None:
        return ()
    header = [_cell_text(cell) for cell in table.rows[0]]
    has_header = any(_normal(name) in _TITLES for name in header)
    rows = [row for row in table.rows[has_header:] if any(map(_cell_text, row))]
    return tuple(_paper(row, roles, header if has_header else ()) for row in rows)


def _roles(table: Table) -> dict[int, str] | None:
    """Say what each column holds; None if it is not a table of papers."""
    header = [_normal(_cell_text(cell)) for cell in table.rows[0]]
    roles = {index: _ROLES.get(name, "") for index, name in enumerate(header)}
    titled = min((index for index, name in enumerate(header) if name in _TITLES), key=_sureness(header), default=None)
    if titled is None:
        return None if table.headed or not all(map(_has_identifier, table.rows)) else {0: "title"}
    roles[titled] = "title"
    rows = table.rows[1:]
    has_others = not {"links", "authors", "summary"}.isdisjoint(roles.values())
    has_papers = any(map(_has_identifier, rows)) or ("paper" in header[titled] and all(map(_has_lead, rows)))
    return roles if rows and (has_others or has_papers) else None


def _normal(header: str) -> str:
    return " ".join(word.lower() for word in words(header))


def _sureness(header: Sequence[str]) -> Callable[[int], int]:
    return lambda index: _TITLES.index(header[index])


def _has_identifier(row: Sequence[Cell]) -> bool:
    return any(next(identifiers(line), None) for cell in row for line in cell)


def _has_lead(row: Sequence[Cell]) -> bool:
    return bool(row and row[0] and split_title(row[0][0]))


def _cell_text(cell: Cell) -> str:
    return " ".join(plain(line) for line in cell)


# ── a row ───────────────────────────────────────────────────────────────────────────────────────────────


def _paper(row: Sequence[Cell], roles: Mapping[int, str], header: Sequence[str]) -> Paper:
    cells = dict(enumerate(row))
    titled = next(index for index, role in roles.items() if role == "title")
    title, *more = cells.pop(titled, ()) or ((Span("Untitled"),),)
    name, rest = _title_and_rest(title, alone="summary" not in roles.values())
    texts: list[Line] = [rest, *more]
    unspoken: list[str] = []
    authors: list[str] = []
    head: list[Line] = [title]
    for index, cell in cells.items():
        role = roles.get(index, "")
        if role == "authors":
            authors.extend(author for line in cell for author in split_authors(line))
        elif role == "links" or (role != "summary" and _is_links(cell)):
            head.extend(cell)
        elif role == "summary" or len(words(_cell_text(cell))) >= _SENTENCE_WORDS:
            texts.extend(cell)
        elif role != "nothing" and cell:
            unspoken.append(": ".join(filter(None, [*header[index : index + 1], _cell_text(cell)])))
    paper = build_paper(name, head, [Text((text,)) for text in texts if text], unspoken)
    return replace(paper, authors=tuple(dict.fromkeys([*authors, *paper.authors])))


def _is_links(cell: Cell) -> bool:
    spans = [span for line in cell for span in line]
    return any(span.url for span in spans) and all(span.url or is_label(span.text) for span in spans)


def _title_and_rest(line: Line, *, alone: bool) -> tuple[str, Line]:
    """Part a title from what a table without summaries says behind it."""
    if not alone:
        return title_of(line), ()
    split = split_title(line)
    if split:
        return split
    title = title_of(line)
    dash = _DASH.search(title) if len(title) > _LONG_TITLE else None
    return (title[: dash.start()], (Span(title[dash.end() :]),)) if dash else (title, ())
