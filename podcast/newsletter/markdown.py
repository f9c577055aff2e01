"""newsletter.md: an edition written down by a template, so that our own reader reads back what went in.

Templates are given Markdown, never raw text: whatever a paper says stands in it as text and as nothing else.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podcast.newsletter.bylines import authors_line, shortened, written_lines
from podcast.newsletter.edition import in_words
from podcast.newsletter.escaping import clean, comment, escape
from podcast.newsletter.signature import signed
from podcast.newsletter.topics import by_topic, read_topics
from podcast.outside.templates import render

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from podcast.newsletter.edition import Article, Edition
    from podcast.types import Preprint, Section, Summary

TEMPLATES = Path(__file__).parent / "templates"
"""Those that come with the package."""

_LONGEST_TITLE = 250
_SHORT_TITLE_WORDS = 3
_ARTICLE = re.compile(r"^(?:the|an?|their|its)\s")
_GOODBYES = ("thank", "that", "see you")
_ENDS = (".", "!", "?", ":", "…")


def format_newsletter(edition: Edition, templates: Path | None = None, source: str = "") -> str:
    """Write an edition as Markdown, by the show's own template where it has one; `source` is as `signed` takes it.

    Raises InputError for a template or a table of topics that cannot be used.
    """
    values: dict[str, object] = {
        "show": escape(edition.show),
        "title": escape(shortened(edition.title, _LONGEST_TITLE)),
        "date": in_words(edition.date),
        "iso_date": edition.date.isoformat(),
        "written": list(written_lines(edition)),
        "greeting": [escape(paragraph) for paragraph in edition.greeting],
        "highlights": [_paper(article) for article in edition.highlights],
        "topics": [
            {"name": escape(topic), "papers": [_paper(article) for article in articles]}
            for topic, articles in by_topic(edition.rest, read_topics(templates))
        ],
        "rest_count": len(edition.rest),
        "sign_off": [escape(paragraph) for paragraph in edition.sign_off],
    }
    text = render("newsletter.md", folders(templates), values, is_html=False)
    return signed(tidied(text), edition.written_on, source, edition.usd)


def folders(templates: Path | None) -> list[Path]:
    """Where templates are looked for, the show's own first."""
    return [templates, TEMPLATES] if templates else [TEMPLATES]


def tidied(text: str) -> str:
    """Leave one empty line between blocks: templates need not count theirs."""
    return re.sub(r"\n(?:[ \t]*\n){2,}", "\n\n", text).strip() + "\n"


# ── a paper ─────────────────────────────────────────────────────────────────────────────────────────────


def _paper(article: Article) -> dict[str, Any]:
    preprint = article.preprint
    authors = authors_line(preprint.authors)
    return {
        "heading": _heading(preprint),
        "title": escape(preprint.title),
        "authors": authors,
        "url": preprint.url or "",
        "arxiv_id": preprint.arxiv_id or "",
        "source": _source(preprint, authors),
        "paragraphs": list(_paragraphs(article.summary.parts)),
        "checks": list(_checks(article.summary)),
    }


def _heading(preprint: Preprint) -> str:
    """Write a title so that our reader takes it for a paper's: “Results” or “Thank you” with its link on it."""
    title = shortened(preprint.title, _LONGEST_TITLE) or "Untitled"
    if not _could_be_misread(title):
        return escape(title)
    return f"[{escape(title)}]({preprint.url})" if preprint.url else f"{escape(title)} (PDF)"


def _could_be_misread(title: str) -> bool:
    """Whether it sounds like a part of a paper or a goodbye, or names another paper's id."""
    words = re.findall(r"\w+", _ARTICLE.sub("", title.casefold()))
    is_short = len(words) <= _SHORT_TITLE_WORDS and not re.search(r"[(\[]", title)
    return is_short or title.casefold().startswith(_GOODBYES) or "arxiv" in title.casefold()


def _source(preprint: Preprint, authors: str) -> str:
    if not preprint.url:
        return f"Authors: {authors}" if authors else ""
    link = f"[arXiv:{preprint.id}]({preprint.url})"
    return f"{link} · {authors}" if authors else link


def _paragraphs(parts: Sequence[Section]) -> Iterator[str]:
    for part in parts:
        title = clean(part.title)
        paragraphs = [escape(paragraph) for paragraph in part.paragraphs if clean(paragraph)]
        if title and paragraphs:
            lead = escape(title if title.endswith(_ENDS) else f"{title}.")
            paragraphs[0] = f"**{lead}** {paragraphs[0]}"
        yield from paragraphs


def _checks(summary: Summary) -> Iterable[str]:
    return (comment(f"check: {text}") for text in (*summary.doubts, *summary.notes) if clean(text))
