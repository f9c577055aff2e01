"""Lines that say who: the authors of a paper, and who wrote its summary.

Our own reader knows both from prose and reads neither aloud, if a name looks like one and a line ends in a date.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from podcast.newsletter.escaping import clean, escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from podcast.newsletter.edition import Article, Edition

MOST_AUTHORS = 10
_MOST_NAME = 40
_MOST_NAME_WORDS = 6
_LONGEST_WRITER = 48
_LONGEST_TITLE = 24
_PARTICLES = frozenset("van von der den de del della di da dos du la le el al bin ibn te ter ten zu e".split())  # noqa: SIM905
_SMALL_WORD = re.compile(r"(?<!\S)[^\W\d_A-Z]\S*")
_NO_NAME = re.compile(r"[\d!?:()\[\]$%;&|·•∙⋅\t<>*`\\]|\s[-–—]\s")
_OUTSIDE_NAME = re.compile(r"^(?:and|by)\s|\s?\bet al\.?$|^[\s.,]+|[\s,]+$", re.IGNORECASE)


# ── a paper's authors ───────────────────────────────────────────────────────────────────────────────────


def authors_line(authors: Sequence[str]) -> str:
    """Name them all, or the first ten and how many more: `Ada Lovelace, Bo Chen and 662 others`."""
    names = [name for author in authors for name in [_name(author)] if name]
    if len(authors) <= MOST_AUTHORS + 1 and len(names) == len(authors):
        return _listed(names)
    names = names[:MOST_AUTHORS]
    others = len(authors) - len(names)
    return _listed([*names, f"{others} others" if others > 1 else "others"]) if names else ""


def _name(author: str) -> str:
    """Return a name in its usual form; empty for what does not look like one."""
    name = clean(author).replace(",", "")
    while (shorter := _OUTSIDE_NAME.sub("", name)) != name:
        name = shorter
    name = _SMALL_WORD.sub(lambda word: word[0] if _is_small(word[0]) else word[0][0].upper() + word[0][1:], name)
    fits = len(name) <= _MOST_NAME and len(name.split()) <= _MOST_NAME_WORDS and not _NO_NAME.search(name)
    return escape(name) if fits and all(_begins_name(word) for word in name.split()) else ""


def _is_small(word: str) -> bool:
    return word.lower() in _PARTICLES or word.startswith(("d'", "d’"))


def _begins_name(word: str) -> bool:
    bare = word.removeprefix("d'").removeprefix("d’").lstrip("'’‘“”\"")
    return bare[:1].isupper() or word.lower() in _PARTICLES


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


# ── who wrote the summaries ─────────────────────────────────────────────────────────────────────────────


def written_lines(edition: Edition) -> tuple[str, ...]:
    """Say who wrote which summaries, from what, and when: one line, or one for each who wrote.

    They are short, so that our reader takes none of them for a sentence.
    """
    parts = {"Highlights": edition.highlights, "All others": edition.rest}
    if len(edition.writers) == 1:
        parts = {"Summaries": edition.articles}
    if all(len({article.summary.writer for article in part}) <= 1 for part in parts.values()):
        lines = [
            f"{what} by {_writer(part[0].summary.writer)}, {_sources(part)}" for what, part in parts.items() if part
        ]
    else:
        lines = list(_by_writer(edition.articles))
    return tuple(f"{line}, {edition.written_on}" for line in lines)


def _by_writer(articles: Sequence[Article]) -> Iterable[str]:
    """Tell which of several writers wrote what: the one who wrote most by number, each other one's papers by title."""
    counts = Counter(article.summary.writer for article in articles)
    most, *others = (writer for writer, _ in counts.most_common())
    yield f"{counts[most]} of {len(articles)} summaries by {_writer(most)}, {_sources(articles)}"
    for writer in others:
        yield _told([article.preprint.title for article in articles if article.summary.writer == writer], writer)


def _told(titles: Sequence[str], writer: str) -> str:
    shown = [f"“{escape(shortened(title, _LONGEST_TITLE))}”" for title in titles[:2]]
    more = [f"{len(titles) - len(shown)} more"] if len(titles) > len(shown) else []
    return f"{_listed([*shown, *more])} by {_writer(writer)}"


def _writer(name: str) -> str:
    return escape(shortened(name, _LONGEST_WRITER)) or "nobody named"


def _sources(articles: Sequence[Article]) -> str:
    has_text = [bool(article.preprint.sections) for article in articles]
    if all(has_text):
        return "from full texts"
    return "from abstracts and full texts" if any(has_text) else "from abstracts"


def shortened(text: str, longest: int) -> str:
    """Cut text at a space so that it has at most so many characters, and say so with an ellipsis."""
    text = clean(text)
    if len(text) <= longest:
        return text
    return f"{text[: longest - 1].rpartition(' ')[0] or text[: longest - 1]}…"
