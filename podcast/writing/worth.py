"""How much each sentence of a paper matters to somebody who has not the time for all.

Problem, what was done, results with their numbers, limits and use are told by where a sentence stands and how it
begins; results matter most, praise without a fact least. What repeats another counts less.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podcast.writing.verbs import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

_CUES: tuple[tuple[float, re.Pattern[str]], ...] = tuple(
    (weight, re.compile(pattern, re.IGNORECASE | re.VERBOSE))
    for weight, pattern in (
        (
            3.0,
            r"""\b(?:we|the\sauthors|they|this\s(?:paper|work|study|survey|report)|the\spaper|it)\s
                (?:\w+ly\s|also\s|first\s|then\s)?(?:propos|introduc|present|develop|investigat|stud(?:y|ies)|examin|address|tackl|revisit|explor)""",
        ),
        (
            3.5,
            r"""\b(?:results?|experiments?|evaluations?|findings?)\b.{0,80}
                \b(?:show|demonstrat|reveal|indicat|suggest|confirm)""",
        ),
        (
            3.0,
            r"\b(?:we|the\sauthors|they)\s(?:\w+ly\s|also\s|further\s)?(?:find|show|demonstrat|observ|prov|discover|report)",
        ),
        (1.5, r"\b(?:outperform|surpass|state[-\s]of[-\s]the[-\s]art|achiev|improv|reduc|increas|speed-?up|faster)\w*"),
        (2.5, r"\d(?:[\d.,]*)\s?(?:\\?%|percent|×|x\b|times\b|-fold|points?\b)"),
        (0.8, r"\d"),
        (1.2, r"\b(?:limitations?|limited|however|but|challeng\w*|lacks?|fails?|cannot|drawbacks?|critique|despite)\b"),
        (
            1.0,
            r"\b(?:enabl\w+|practical\w*|important|crucial)\b",
        ),
        (
            -1.0,
            r"""\b(?:(?:provid|offer|giv)\w*\s(?:\w+\s)?insights?|implications|open\w*\sup|pav\w+\sthe\sway|sheds?\slight
                |contributions?\sof\sth\w+\s\w+\sinclude|future\sresearch|valuable)\b""",
        ),
        (
            -2.5,
            r"""\b(?:code|datasets?|models?|data|project\spage|demo)\b.{0,60}\b(?:available|released?|https?:|github)
                |show\snotes""",
        ),
        (-1.0, r"\b(?:for\sexample|for\sinstance|e\.g\.|such\sas|specifically|in\sparticular)\b"),
        (-1.5, r"\b(?:the\s(?:rest|remainder)\sof\s(?:the|this)\spaper|is\sorganized\sas\sfollows|related\swork)\b"),
    )
)
"""What raises or lowers the worth of a sentence."""

_RESULTS = re.compile(
    r"""\b(?:outperform|surpass|state[-\s]of[-\s]the[-\s]art|achiev)\w*
    |\b(?:find|found|shows?|showed|demonstrat\w+|reveals?|observ\w+|prov(?:e|es|ed)|discover\w*)\s(?:\w+\s)?that\b
    |\b(?:results?|experiments?|evaluations?|findings)\b.{0,80}\b(?:show|demonstrat|reveal|indicat|suggest|confirm)
    |\d(?:[\d.,]*)\s?(?:\\?%|percent|×|x\b|times\b|-fold|points?\b)""",
    re.IGNORECASE | re.VERBOSE,
)
_MAIN = 1.0
"""What the first result is worth more than those that follow."""

_FIRST, _LAST = 1.5, 0.7
_HARD, _LONG_WORDS = 8.0, 31
_HARD_A_WORD, _EASY_WORDS = 0.3, 22
"""What a sentence is worth less that is too long for the ear."""

_AT_ALL, _A_WORD = 0.3, 0.03
"""What any sentence is worth, and each of its words: several short ones are not worth more than what they say."""

_STOP = listed(
    """a about across all also an and any are as at be been both but by can could do does each for from further has have
    how in into is it its more most new not of on only or other our over show shows such than that the their them then
    there these they this those to using use used via was we were when where which while who will with work paper
    authors propose results method model models approach"""
)
_ALIKE = 0.5


def worths_of(sentences: Sequence[str]) -> list[float]:
    """How much each matters; what says again what a better one says matters as much less as it repeats."""
    plain = [_worth(sentence, place, len(sentences)) for place, sentence in enumerate(sentences)]
    main = next((place for place, sentence in enumerate(sentences) if is_result(sentence)), None)
    if main is not None:
        plain[main] += _MAIN
    stems = [_stems(sentence) for sentence in sentences]
    order = sorted(range(len(sentences)), key=lambda place: (-plain[place], place))
    worths = list(plain)
    for rank, place in enumerate(order):
        alike = max((_overlap(stems[place], stems[other]) for other in order[:rank]), default=0.0)
        if alike > _ALIKE:
            worths[place] = plain[place] * (1 - alike)
    return worths


def is_result(sentence: str) -> bool:
    """Whether it says what came out."""
    return bool(_RESULTS.search(sentence))


def _worth(sentence: str, place: int, count: int) -> float:
    words = words_in(sentence)
    cues = sum(weight for weight, pattern in _CUES if pattern.search(sentence))
    stands = _FIRST * (place == 0) + _LAST * (place == count - 1)
    hard = _HARD * (words > _LONG_WORDS) + _HARD_A_WORD * max(0, words - _EASY_WORDS)
    return max(_AT_ALL + _A_WORD * words + cues + stands, 0.1) - hard


def _stems(sentence: str) -> frozenset[str]:
    """Its words that mean something, without their endings."""
    words = re.findall(r"[^\W_]{2,}", sentence.lower())
    return frozenset(re.sub(r"(?:ing|ed|es|s|ly)$", "", word) for word in words if word not in _STOP)


def _overlap(stems: frozenset[str], others: frozenset[str]) -> float:
    return len(stems & others) / len(stems) if stems else 0.0


def words_in(sentence: str) -> int:
    """How many words it has, as they are written."""
    return len(sentence.split())
