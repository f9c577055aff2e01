"""Long sentences cut into whole ones where that is certainly grammatical; listeners cannot go back to a comma.

A cut leaves a clause on each side. The second gets a subject where it has none: It, This, These, or who stands in the
first; `and` before it goes, `while` becomes Meanwhile, and a participle becomes the verb that it is (`, enabling …`:
This enables …). Nothing else is added or left out. What is not in the tables is not cut.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podcast.writing.clauses import is_whole
from podcast.writing.gaps import HANGING, LAST_RULES, OPINIONS, RULES, Gap
from podcast.writing.prose import KIND, as_sentence, capitalised
from podcast.writing.verbs import listed
from podcast.writing.wholes import conceded, counted, led_in, noted, purpose, series, with_subjects

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podcast.writing.gaps import Rule

MOST_WORDS = 24
"""A sentence with more is cut where it can be."""

ADDED = listed("it this these they we is are also meanwhile here but the do does to include")
"""Every word that a cut may add; verbs change their form only."""


def shortened(sentence: str, most_words: int = MOST_WORDS) -> tuple[str, ...]:
    """Cut a sentence of more words into whole sentences, as often as it is safe.

    Where even the usual 24 are not enough, ways of cutting that are as safe but less elegant are taken, too.
    """
    sentence = with_subjects(sentence)
    words = len(sentence.split())
    notes = noted(sentence, is_long=words > most_words)
    if notes:
        return tuple(part for each in notes for part in shortened(each, most_words))
    if words <= most_words:
        return (sentence,)
    rules = (*RULES, *LAST_RULES) if most_words < MOST_WORDS < words else RULES
    found = max(_cuts(sentence, rules), key=lambda parts: min(len(part.split()) for part in parts), default=None)
    if found is None:
        return (sentence,)
    return tuple(part for each in found for part in shortened(each, most_words))


_EVENT = re.compile(rf"This (?!is an?\b|{KIND})")
"""What happened in the sentence before: behind it neither This nor It would be clear."""

_GAP = re.compile(
    r"(?P<mark>[,;:]|\s(?:--|–|—|-))\s+|\s(?=(?:and|because|while|that|by|using|through|via|in order to|so as to)\s)"
)


def _cuts(sentence: str, rules: Sequence[Rule]) -> Iterator[tuple[str, ...]]:
    """Yield every way of cutting it that some rule is sure of."""
    if len(rules) > len(RULES) and (parts := purpose(sentence)):
        yield parts
    yield from filter(None, (series(sentence), conceded(sentence), counted(sentence), led_in(sentence)))
    for match in _GAP.finditer(sentence):
        gap = Gap(sentence[: match.start()].rstrip(), (match["mark"] or "").strip(), sentence[match.end() :])
        of_event = _EVENT.match(gap.left)
        is_torn = gap.left.count(" – ") % 2
        if is_whole(gap.left) and not is_torn and not OPINIONS.search(gap.left) and not HANGING.search(gap.left):
            seconds = (rule(gap) for rule in rules)
            yield from (
                (as_sentence(gap.left), as_sentence(capitalised(second)))
                for second in seconds
                if second and is_whole(second) and not (of_event and second.startswith(("This ", "It ")))
            )
