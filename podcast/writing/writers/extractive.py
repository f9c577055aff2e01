"""The embedded writer: a paper in its own words, or the newsletter's; it chooses, cuts and naturalises.

Without a length nothing of a newsletter is left out. What it changes: long sentences become several (clauses.py), what
authors say of themselves is told of them (told.py), pointers to figures go (pointers.py), and an acronym that is used
before it is explained is explained (acronyms.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from podcast import __version__
from podcast.types import Draft, Paragraph
from podcast.writing.acronyms import definitions, explained
from podcast.writing.beginnings import begun
from podcast.writing.choice import choose
from podcast.writing.cutting import MOST_WORDS, shortened
from podcast.writing.material import has_own_text, passages_of, source_of
from podcast.writing.paragraphs import grouped
from podcast.writing.pointers import points, without_pointers
from podcast.writing.prose import has_words, speakable
from podcast.writing.sentences import split_sentences
from podcast.writing.style import is_easy
from podcast.writing.told import told, varied

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast.types import Brief, Paper
    from podcast.writing.writers import Means

_WORDS_OF_OWN_TEXT = 350
"""Of a paper whose own text is known, where no length is asked for: some two and a half minutes."""

_MOST_WORDS_OF_MANY = 15
"""What sentences are cut at where too many of them are long."""


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
        """Say what matters of it in the words that are there: all of a newsletter's where no length is asked for.

        Of a newsletter's summary, see digest.py.
        """
        if brief.form != "script":
            from podcast.writing.digest import paragraph_of, summary_of

            tell = summary_of if brief.form == "summary" else paragraph_of
            return Draft((), parts=tell(paper, brief.words))
        texts = _texts(paper, brief)
        words = brief.words or (_WORDS_OF_OWN_TEXT if has_own_text(paper) else None)
        paragraphs, left_out = _fitting(texts, words, paper, brief)
        if words and not is_easy([each for text in paragraphs for each in split_sentences(text)]):
            # What was chosen can be harder than the whole.
            shorter = [_cut(sentences, _MOST_WORDS_OF_MANY) for sentences in texts]
            paragraphs, left_out = _fitting(shorter, words, paper, brief)
        hosts = brief.hosts or (None,)
        # The first host has announced it; another one answers.
        speakers = (hosts[(place + 1) % len(hosts)] for place in range(len(paragraphs)))
        return Draft(
            tuple(Paragraph(text, who) for text, who in zip(paragraphs, speakers, strict=True)), left_out=left_out
        )


def _texts(paper: Paper, brief: Brief) -> list[tuple[str, ...]]:
    """All there is to say, paragraph by paragraph, as sentences that are easy to hear."""
    body = [text for text in map(_spoken, passages_of(paper)) if has_words(text)]
    whole = begun([split_sentences(text) for text in body], speakable(paper.title), brief.number - 1)
    easy = [_cut(sentences, MOST_WORDS) for sentences in whole]
    if is_easy([paper.title, *(sentence for sentences in easy for sentence in told(sentences))]):
        return easy
    return [_cut(sentences, _MOST_WORDS_OF_MANY) for sentences in whole]


def _spoken(passage: str) -> str:
    """A passage without what only the eye can use."""
    return " ".join(without_pointers(sentence) for sentence in split_sentences(speakable(without_pointers(passage))))


def _cut(sentences: Sequence[str], most_words: int) -> tuple[str, ...]:
    return tuple(part for sentence in sentences for part in shortened(sentence, most_words))


def _fitting(texts: Sequence[tuple[str, ...]], words: int | None, paper: Paper, brief: Brief) -> tuple[list[str], int]:
    """Choose and finish; explaining acronyms takes words too, so that fewer sentences may fit than seemed to."""
    if words is None:
        return _finished(texts, paper, brief), 0
    pointless = [tuple(sentence for sentence in sentences if not points(sentence)) for sentences in texts]
    dropped = sum(map(len, texts)) - sum(map(len, pointless))
    asked = words
    while True:
        chosen = choose(pointless, asked)
        paragraphs = _finished(chosen.paragraphs, paper, brief)
        over = sum(len(text.split()) for text in paragraphs) - words
        if over <= 0 or asked <= over:
            return paragraphs, chosen.left_out + dropped
        asked -= over


def _finished(texts: Sequence[Sequence[str]], paper: Paper, brief: Brief) -> list[str]:
    known = definitions(source_of(paper))
    finished: list[str] = []
    for text in texts:
        for group in grouped(text):
            sentences = explained(group, known, brief.level, " ".join((speakable(paper.title), *finished)))
            finished.append(" ".join(varied(told(sentences))))
    return finished
