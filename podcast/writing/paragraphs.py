"""A long paragraph parted into two or three, where the paper turns to what was done, and to what came out."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from podcast.writing.prose import KIND
from podcast.writing.worth import words_in

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONG_WORDS = 90
_FEWEST = 2
_DONE = re.compile(
    r"""\b(?:we|the\sauthors|this\s(?:paper|work|study|survey))\s(?:\w+ly\s|also\s|first\s|then\s)?
      (?:propos|introduc|present|develop|investigat|stud|examin|address|tackl|explor|design|build|construct|revisit
        |formulat)
    |^(?:In\sthis\s(?:paper|work|study)|This\s(?:paper|work|study)
      |To\s(?:address|tackle|bridge|overcome|solve|fill|mitigate|alleviate|this\send))\b""",
    re.IGNORECASE | re.VERBOSE,
)
_FOUND = re.compile(
    r"""^(?:\w+,\s)?(?:extensive\s|comprehensive\s|our\s|the\s|their\s|experimental\s|empirical\s)*
      (?:results|experiments|evaluations?|findings|analys[ei]s|experimental|empirically|extensive)\b
    |\b(?:we|the\sauthors)\s(?:\w+ly\s|also\s)?(?:show|find|evaluat|demonstrat|conduct|observ|test|validat)
    |\boutperform|\d\s?\\?%""",
    re.IGNORECASE | re.VERBOSE,
)
_LOST = re.compile(rf"(?:It|They|Such|But|Meanwhile|Here|The (?:first|second|third)|(?:This|These)(?! {KIND}))\b")
"""How no paragraph begins: it would sound lost there."""


def grouped(sentences: Sequence[str]) -> list[tuple[str, ...]]:
    """Part a long paragraph where the paper turns to what was done, and to what came out: two or three of them."""
    if sum(map(words_in, sentences)) <= _LONG_WORDS or len(sentences) < 2 * _FEWEST:
        return [tuple(sentences)]
    done = _turn(sentences, _DONE, 1)
    found = _turn(sentences, _FOUND, max(done + _FEWEST, _FEWEST)) if done else _turn(sentences, _FOUND, _FEWEST)
    turns = {done, found} - {0} or {_middle(sentences)} - {0}
    return [tuple(sentences[start:end]) for start, end in itertools.pairwise([0, *sorted(turns), len(sentences)])]


def _turn(sentences: Sequence[str], pattern: re.Pattern[str], first: int) -> int:
    """Find where a paragraph can begin with such a sentence, at least two before its end; 0 if nowhere."""
    for place in range(first, len(sentences) - _FEWEST + 1):
        if pattern.search(sentences[place]) and not _LOST.match(sentences[place]):
            return place
    return 0


def _middle(sentences: Sequence[str]) -> int:
    places = [place for place in range(_FEWEST, len(sentences) - _FEWEST + 1) if not _LOST.match(sentences[place])]
    return min(places, key=lambda place: abs(2 * place - len(sentences)), default=0)
