"""The embedded writer: a paper in the newsletter's own words. It joins and naturalises; it adds no claim."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podcast import __version__
from podcast.types import Draft, Paragraph
from podcast.writing.prose import as_sentence, capitalised, has_words, speakable

if TYPE_CHECKING:
    from podcast.types import Brief, Paper
    from podcast.writing.writers import Means

_KIND = r"(?:paper|work|study|article|research|tutorial|survey|report|review|thesis)"
_IN_THIS_PAPER = re.compile(rf"^In this {_KIND}, (?:the authors|we)\b", re.IGNORECASE)
_THIS_PAPER = re.compile(rf"^This (?!is |was |has |can |may )((?:[\w-]+ ){{0,2}}{_KIND})\b(?!['’])")

_VERBS = frozenset(
    """achieves adapts addresses aims analyzes applies argues builds combines compares conducts contributes
    demonstrates describes develops discovers discusses enables enhances establishes estimates evaluates examines
    explains explores extends finds focuses formalizes formulates generates highlights identifies improves
    increases integrates introduces investigates leverages makes measures offers outperforms performs presents
    produces proposes provides proves reduces releases reports reveals reviews revisits scales shows solves studies
    suggests summarizes surveys tackles trains unifies uses""".split()  # noqa: SIM905 - a word list reads best as words
)
_FRAGMENT_VERB = re.compile(r"^(?:\w+ly )?(\w+)\b")


class ExtractiveWriter:
    """Writes without any network, and the same words every time."""

    def __init__(self, means: Means) -> None:
        """Need nothing."""

    @property
    def name(self) -> str:
        """As episode.json says who wrote."""
        return f"extractive {__version__}"

    def ready(self) -> str | None:
        """Lack nothing."""
        return None

    def most_usd(self, paper: Paper, brief: Brief) -> float:  # noqa: ARG002 - nothing is paid
        """Cost nothing."""
        return 0.0

    def write(self, paper: Paper, brief: Brief) -> Draft:
        """Say what the newsletter says."""
        body = [text for text in map(speakable, paper.paragraphs) if has_words(text)]
        if body:
            body[0] = _after_announcement(body[0], brief.number - 1)
        return Draft(tuple(Paragraph(as_sentence(_whole(text))) for text in body))


def _after_announcement(text: str, index: int) -> str:
    """Make `This paper` natural now that the title has just been said."""
    text = _IN_THIS_PAPER.sub("The authors", text)
    named = _THIS_PAPER.match(text)
    if named is None:
        return text
    subject = "It" if named[1] == "paper" and index % 2 else f"The {named[1]}"
    return subject + text[named.end() :]


def _whole(text: str) -> str:
    """Make a sentence of a summary that begins in the middle of one, as cells of tables do."""
    if not text[:1].islower():
        return text
    if re.match(r"(?:a|an|the) ", text):
        return f"This is {text}"
    first = _FRAGMENT_VERB.match(text)
    return f"It {text}" if first and first[1] in _VERBS else capitalised(text)
