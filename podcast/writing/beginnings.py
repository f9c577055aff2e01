"""How a paper's text begins behind its title, which has just been announced.

`It` is what the title names, and where that is a question or says something itself, `The paper`. What only says the
title again is not said, and the beginning of a summary in the middle of a sentence becomes a whole one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podcast.writing.clauses import main_verb, words_of
from podcast.writing.prose import as_sentence, capitalised
from podcast.writing.verbs import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

_KIND = r"(?:paper|work|study|article|research|tutorial|survey|report|review|thesis)"
_IN_THIS_PAPER = re.compile(rf"^In this {_KIND},? (?:the authors|we)\b", re.IGNORECASE)
_THIS_PAPER = re.compile(rf"^This (?!is |was |has |can |may )((?:[\w-]+ ){{0,2}}{_KIND})\b(?!['’])")
_OF_NOTHING_YET = re.compile(r"^The (?=(?:research|study|work|article|tutorial|survey|position paper)\b(?!['’]))")

_VERBS = frozenset(
    """achieves adapts addresses aims analyzes applies argues builds combines compares conducts contributes
    demonstrates describes develops discovers discusses enables enhances establishes estimates evaluates examines
    explains explores extends finds focuses formalizes formulates generates highlights identifies improves
    increases integrates introduces investigates leverages makes measures offers outperforms performs presents
    produces proposes provides proves reduces releases reports reveals reviews revisits scales shows solves studies
    suggests summarizes surveys tackles trains unifies uses""".split()  # noqa: SIM905 - a word list reads best as words
)
_FRAGMENT_VERB = re.compile(r"^(?:\w+ly )?(\w+)\b")

_QUESTION = re.compile(r"^(?:what|how|why|when|where|which|who|is|are|do|does|can|should|will)\b|\?", re.IGNORECASE)
_SAYS_NOTHING = listed(
    """a an and are as at by for from in into is it its of on or that the their these this to via was we with"""
)


_FEWEST_WORDS = 3
"""Of a sentence that says a title again; fewer are a name."""


def begun(paragraphs: Sequence[Sequence[str]], title: str, index: int) -> list[tuple[str, ...]]:
    """Begin a paper that is the `index`th, from 0, of its episode: each paragraph a row of whole sentences.

    A first sentence that only repeats the title is left out where there is another.
    """
    rows = [list(paragraph) for paragraph in paragraphs if paragraph]
    if sum(map(len, rows)) > 1 and repeats(title, rows[0][0]):
        rows = [row for row in (rows[0][1:], *rows[1:]) if row]
    for row in rows:
        row[-1] = as_sentence(row[-1])
        row[0] = _whole(row[0], title)
    if rows:
        rows[0][0] = _after_announcement(rows[0][0], title, index)
    return [tuple(row) for row in rows]


def is_clause(title: str) -> bool:
    """Whether a title asks or says something, so that it is no name for what It could be."""
    return bool(_QUESTION.search(title)) or main_verb(words_of(title)) is not None


def repeats(title: str, sentence: str) -> bool:
    """Whether a sentence has no word that its title does not have; an acronym has its letters there."""
    words = [word for word in re.findall(r"\w+", title) if word.lower() not in _SAYS_NOTHING]
    initials = "".join(word[0] for word in words).lower()
    known = set(map(_stem, words))
    own = [word for word in re.findall(r"\w+", sentence) if word.lower() not in _SAYS_NOTHING]
    return len(own) >= _FEWEST_WORDS and all(
        _stem(word) in known or (word.rstrip("s").isupper() and word.rstrip("s").lower() in initials) for word in own
    )


def _stem(word: str) -> str:
    return re.sub(r"(?:ing|ed|es|s)$", "", word.lower())


def _after_announcement(text: str, title: str, index: int) -> str:
    """Make `This paper` natural now that the title has just been said; what is no paper is still this one."""
    text = _IN_THIS_PAPER.sub("The authors", text)
    named = _THIS_PAPER.match(text)
    if named is None:
        return _OF_NOTHING_YET.sub("This ", text)
    if named[1] != "paper":
        return text
    return f"{'It' if index % 2 and not is_clause(title) else 'The paper'}{text[named.end() :]}"


def _whole(text: str, title: str) -> str:
    """Make a sentence of a summary that begins in the middle of one, as cells of tables do."""
    if not text[:1].islower():
        return text
    if re.match(r"(?:a|an|the) ", text):
        return f"This is {text}"
    first = _FRAGMENT_VERB.match(text)
    subject = "The paper" if is_clause(title) else "It"
    return f"{subject} {text}" if first and first[1] in _VERBS else capitalised(text)
