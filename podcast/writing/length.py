"""How much of each paper there is time for: pure arithmetic, done before a writer is asked for the first word.

What is fixed (welcome, announcements, goodbye) is taken from the time first; the rest is shared among the papers in
proportion to what there is to say of each. Papers that would hardly get a minute's half are left out, last ones first.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.types import Draft, Paragraph
from podcast.writing.choice import choose
from podcast.writing.sentences import split_sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from podcast.types import Segment

FEWEST_WORDS = 60
"""Of a paper that is told at all, unless there is less to say: some 25 seconds."""

AIMED_SHARE = 0.985
"""Of the time allowed, so that speech that takes a little longer than expected still ends in time."""

MOST_SHARE = 1.005
"""What no draft goes beyond: sentences are whole, and do not end where one aims. Two percent more are forgiven."""

MOST_OF_A_SHARE = 1.2
"""What a draft may take of what was meant for it; time that others need is not given away."""

_TELLING = 1.25
_LEAST_GIVEN, _MOST_GIVEN = 0.6, 1.6
_MS_PER_MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class Limit:
    """An episode may be so long; how long segments take to speak, one after the other, only those know who speak."""

    longest_ms: int
    duration_ms: Callable[[Sequence[Segment]], int]


def least_words(material: int) -> int:
    """How many words are said at least of a paper of which there are so many to say."""
    return min(FEWEST_WORDS, material)


def shares(words: float, materials: Sequence[int]) -> list[int]:
    """Share words in proportion to how many there are to say; nobody gets fewer than 60, or more than there are.

    Where there are not as many, all get the least.
    """
    given = [float(least_words(material)) for material in materials]
    while (left := min(words, sum(materials)) - sum(given)) > 1:
        hungry = [place for place, material in enumerate(materials) if given[place] < material]
        whole = sum(materials[place] for place in hungry)
        for place in hungry:
            given[place] += min(left * materials[place] / whole, materials[place] - given[place])
    return [math.floor(each) for each in given]


def most_papers(fits: Callable[[int], bool], count: int) -> int:
    """Say how many of the papers, from the first, there is time for; 0 if not even one."""
    return next((number for number in range(count, 0, -1) if fits(number)), 0)


def asked_words(share: int, material: int, asked: int, given: float) -> int:
    """Say how many words to ask for to be given these, of a writer who so far gave so many for so many.

    Who may say everything is asked for more words than there are: telling them takes some.
    """
    ratio = given / asked if asked and given else 1.0
    words = share / min(max(ratio, _LEAST_GIVEN), _MOST_GIVEN)
    return math.ceil(max(words, _TELLING * material)) if share >= material else round(words)


def minutes_up(ms: float) -> float:
    """Minutes, rounded up to a tenth."""
    return math.ceil(ms / _MS_PER_MINUTE * 10 - 1e-9) / 10


def words_of(draft: Draft) -> int:
    """How many words a draft has."""
    return sum(len(paragraph.text.split()) for paragraph in draft.paragraphs)


def trimmed(draft: Draft, fits: Callable[[Draft], bool]) -> Draft:
    """Leave out whole sentences of a draft, those that matter least, until it fits; at least one is kept."""
    words = words_of(draft)
    shorter = draft
    while words and not fits(shorter):
        words = words * 19 // 20
        shorter = _of_words(draft, words)
    return shorter


def _of_words(draft: Draft, words: int) -> Draft:
    chosen = choose([split_sentences(paragraph.text) for paragraph in draft.paragraphs], words)
    speakers = [draft.paragraphs[place].speaker for place in chosen.places]
    paragraphs = (
        Paragraph(" ".join(sentences), speaker) for sentences, speaker in zip(chosen.paragraphs, speakers, strict=True)
    )
    return dataclasses.replace(draft, paragraphs=tuple(paragraphs), left_out=draft.left_out + chosen.left_out)
