"""A written newsletter, in Markdown or HTML, as a Newsletter.

    bytes ─▶ text ─▶ HTML ─▶ tree ─▶ blocks ─▶ title, greeting, papers in sections, sign-off

The highlighted section is the first one with papers, or the one asked for; where papers themselves are the top
headings, all of them. A lone top heading is the title; no further heading, table row or arXiv id means no paper.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from podcast.errors import InputError
from podcast.papers.decoding import decode
from podcast.papers.reading.blocks import read_blocks
from podcast.papers.reading.furniture import split_sign_off, without_boilerplate, without_footer
from podcast.papers.reading.heads import read_head
from podcast.papers.reading.lines import links
from podcast.papers.reading.markdown import split_front_matter, to_html
from podcast.papers.reading.page import facts, main_part
from podcast.papers.reading.paragraphs import Reading
from podcast.papers.reading.sections import sort_papers
from podcast.papers.reading.tree import parse_html
from podcast.settings import did_you_mean
from podcast.types import Newsletter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast.papers.reading.heads import Head
    from podcast.papers.reading.sections import Group, Sorting

STDIN = "-"


def read_newsletter(data: bytes, *, name: str = "", section: str | None = None) -> Newsletter:
    """Read a newsletter; `name` is its file's, and `section` the heading of the section to highlight.

    Raises InputError if the bytes are no text, have no papers, or no such section.
    """
    where = "standard input" if name == STDIN else name or "the newsletter"
    text, is_page = decode(data, name, where)
    try:
        head = _read_text(text, name, is_page=is_page)
        blocks = without_footer(head.blocks, head.known)
        body, sign_off = split_sign_off(blocks)
        sorting = sort_papers(without_boilerplate(body), head.line)
        end = Reading().read(without_boilerplate(sign_off))
    except RecursionError as error:
        raise InputError(f"{where}: its parts are nested without end. Save the page as plain text.") from error
    chosen = _choose(sorting, section, where)
    return _newsletter(head, sorting, chosen, end)


def _read_text(text: str, name: str, *, is_page: bool) -> Head:
    fields, text = ({}, text) if is_page else split_front_matter(text)
    page = parse_html(text if is_page else to_html(text))
    blocks = read_blocks(main_part(page) if is_page else page)
    return read_head(blocks, fields, facts(page), name, is_page=is_page)


def _choose(sorting: Sorting, section: str | None, where: str) -> Group:
    if not sorting.groups:
        raise InputError(
            f"{where}: there is no paper in it: no heading below the title, no table of papers, no arXiv id. "
            "Give each paper a heading of its own, like `## Attention as a Hypernetwork`."
        )
    if section is None or not section.strip():
        return sorting.groups[0]
    wanted = section.strip().casefold()
    named = {group.name.casefold(): group for group in reversed(sorting.groups) if group.name}
    if wanted in named:
        return named[wanted]
    known = [group.name for group in sorting.groups if group.name]
    raise InputError(f"{where}: it has no section {section.strip()!r}. {_sections(section, known)}")


def _sections(wanted: str, known: Sequence[str]) -> str:
    if not known:
        return "It has no sections at all: leave --section away."
    return f"Its sections with papers are: {', '.join(known)}.{did_you_mean(wanted.strip(), known)}"


def _newsletter(head: Head, sorting: Sorting, chosen: Group, end: Reading) -> Newsletter:
    greeting = Reading().read(without_boilerplate([*sorting.greeting, *chosen.before]))
    behind = Reading().read(chosen.after)
    others = Reading().read(sorting.others)
    readings = (greeting, behind, end, others)
    return Newsletter(
        title=head.title,
        date=head.date,
        greeting=tuple(greeting.paragraphs),
        highlights=tuple(chosen.papers),
        rest=tuple(paper for group in sorting.groups if group is not chosen for paper in group.papers),
        sign_off=(*behind.paragraphs, *end.paragraphs),
        links=links(line for reading in readings for line in (*reading.metadata, *reading.prose)),
        section=chosen.name,
    )
