"""Which sentences of a paper to say where there is not time for all: those that matter, and what they need.

Problem, what was done, results with their numbers, limits and use are told by where a sentence stands and how it
begins; what repeats another counts less. A sentence that leans on the one before it (This, However, such) is said
behind it or not at all. Order stays, sentences stay whole, and the choice is the same every time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.writing.prose import KIND, capitalised
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
            2.5,
            r"""\b(?:results?|experiments?|evaluations?|findings?)\b.{0,80}
                \b(?:show|demonstrat|reveal|indicat|suggest|confirm)""",
        ),
        (
            2.0,
            r"\b(?:we|the\sauthors|they)\s(?:\w+ly\s|also\s|further\s)?(?:find|show|demonstrat|observ|prov|discover|report)",
        ),
        (1.5, r"\b(?:outperform|surpass|state[-\s]of[-\s]the[-\s]art|achiev|improv|reduc|increas|speed-?up|faster)\w*"),
        (1.5, r"\d(?:[\d.,]*)\s?(?:\\?%|percent|×|x\b|times\b|-fold|points?\b)"),
        (0.8, r"\d"),
        (1.2, r"\b(?:limitations?|limited|however|but|challeng\w*|lacks?|fails?|cannot|drawbacks?|critique|despite)\b"),
        (
            1.0,
            r"""\b(?:overall|in\ssummary|implications?|enabl\w+|practical\w*|important|crucial|insights?|potential
                |pav\w+\sthe\sway)\b""",
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

_FIRST, _LAST = 1.5, 0.7
_HARD, _LONG_WORDS = 4.0, 32
"""What a sentence is worth less that is too long for the ear."""

_AT_ALL, _A_WORD = 0.3, 0.03
"""What any sentence is worth, and each of its words: several short ones are not worth more than what they say."""

_FILLED = 6.0
"""What using all of the time is worth, as against none of it."""

_LEANS_AT_START = re.compile(
    rf"""^(?:
    (?:And|But|So|Yet|Then|Thus|Hence|Here|Instead|However|Nevertheless|Nonetheless|Therefore|Consequently|Accordingly
      |Otherwise|Meanwhile|Similarly|Likewise|Conversely|Specifically|In\sparticular|In\scontrast|By\scontrast|In\sturn
      |As\sa\sresult|As\ssuch|For\sexample|For\sinstance|That\sis|To\s(?:this|that)\send|To\sdo\sso|In\sdoing\sso)\b
    |(?:This|That|These|Those)\b(?!\s{KIND})
    |(?:It|They|He|She|Its|Their|Both|Such|Each|Another|Some\sof|One\sof|Others?|The\sformer|The\slatter
      |The\s(?:first|second|third|fourth|fifth)|Second|Third|Fourth|Finally|Lastly)\b
    |[A-Z][A-Za-z-]*[A-Z](?:s\sare|\sstands\sfor)\s)""",
    re.VERBOSE,
)
_LEANS_ANYWHERE = re.compile(
    rf"""\b(?:this|these|those|such)\b(?!\s{KIND}|\s(?:as|that|end)\b)
    |\b(?:the\s(?:former|latter|above|same|resulting|proposed)|them|the\stwo|aforementioned)\b""",
    re.VERBOSE,
)
_NOT_REALLY = re.compile(
    r"^It (?:is|was|has(?: been)?|remains|seems) (?:an? )?(?:\w+ly )?(?:\w+ )?"
    r"(?:that|to|known|unclear|important|shown)\b"
)
_CONNECTIVE = re.compile(
    r"""^(?:
    (?:Moreover|Furthermore|Additionally|In\saddition|Besides|Further|Also|Notably|Finally|Lastly|Overall|However
      |Nevertheless|Nonetheless|Therefore|Consequently|As\sa\sresult|Thus|Hence|Accordingly|Specifically|In\sparticular
      |Concretely|More\sspecifically|To\s(?:this|that)\send),\s(?=[\w“"])
    |(?:To|Based\son|Building\s(?:up)?on|Inspired\sby|Motivated\sby|In\slight\sof|Given|For|In|With|Using|Through|By)
      \s[^,]{0,80}\b(?:this|these|such|the\sabove)\b[^,]{0,80},\s(?=(?:we|the\sauthors|this\s(?:paper|work|study))\b))""",
    re.VERBOSE,
)
"""What a sentence can begin with or without: how it goes on from another, or what that other had said it is for."""

_STOP = listed(
    """a about across all also an and any are as at be been both but by can could do does each for from further has have
    how in into is it its more most new not of on only or other our over show shows such than that the their them then
    there these they this those to using use used via was we were when where which while who will with work paper
    authors propose results method model models approach"""
)
_ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class Chosen:
    """What of some paragraphs is said, which of them those are, and how many sentences are not said."""

    paragraphs: tuple[tuple[str, ...], ...]
    places: tuple[int, ...]
    left_out: int


def leans(sentence: str) -> bool:
    """Whether it cannot be understood without the sentence before it."""
    if _NOT_REALLY.match(sentence):
        return False
    return bool(_LEANS_AT_START.match(sentence)) or bool(_LEANS_ANYWHERE.search(sentence))


def choose(paragraphs: Sequence[Sequence[str]], most_words: int) -> Chosen:
    """Choose whole sentences of at most so many words together, as near to it as sentences that matter allow.

    At least one sentence is said, the one that matters most, even where it has more words.
    """
    sentences = [sentence for paragraph in paragraphs for sentence in paragraph]
    if sum(map(words_in, sentences)) <= most_words:
        return Chosen(tuple(map(tuple, paragraphs)), tuple(range(len(paragraphs))), 0)
    kept = _best(sentences, most_words)
    rows, at = [], 0
    for paragraph in paragraphs:
        own = [place for place in range(at, at + len(paragraph)) if place in kept]
        at += len(paragraph)
        rows.append(tuple(_standing(sentences, place, kept) for place in own))
    places = tuple(place for place, row in enumerate(rows) if row)
    return Chosen(tuple(row for row in rows if row), places, len(sentences) - len(kept))


def _standing(sentences: Sequence[str], place: int, kept: set[int]) -> str:
    """A sentence as it stands behind what is kept: no Moreover without what it goes beyond."""
    return sentences[place] if place and place - 1 in kept else _alone(sentences[place])


def _alone(sentence: str) -> str:
    return capitalised(_CONNECTIVE.sub("", sentence))


def _best(sentences: Sequence[str], most_words: int) -> set[int]:
    """Take the sentences of the highest worth that fit: a knapsack, in which some hang on the one before them."""
    worths, alone = worths_of(sentences), [_alone(sentence) for sentence in sentences]
    hangs = [place > 0 and leans(sentence) for place, sentence in enumerate(alone)]
    # By words used and whether the last sentence was taken: the highest worth, and what it took.
    states: dict[tuple[int, bool], tuple[float, tuple[int, ...]]] = {(0, False): (0.0, ())}
    for place, worth in enumerate(worths):
        following: dict[tuple[int, bool], tuple[float, tuple[int, ...]]] = {}
        for (used, took), (value, taken) in states.items():
            _keep(following, (used, False), (value, taken))
            more = used + words_in(sentences[place] if took else alone[place])
            if more <= most_words and (took or not hangs[place]):
                _keep(following, (more, True), (value + worth, (*taken, place)))
        states = following
    whole = max(states, key=lambda state: (states[state][0] + _FILLED * state[0] / max(1, most_words), state[0]))
    return set(states[whole][1]) or {max(range(len(worths)), key=lambda place: (not hangs[place], worths[place]))}


def _keep(
    states: dict[tuple[int, bool], tuple[float, tuple[int, ...]]],
    state: tuple[int, bool],
    found: tuple[float, tuple[int, ...]],
) -> None:
    if state not in states or found[0] > states[state][0]:
        states[state] = found


def worths_of(sentences: Sequence[str]) -> list[float]:
    """How much each matters; what says again what a better one says matters as much less as it repeats."""
    plain = [_worth(sentence, place, len(sentences)) for place, sentence in enumerate(sentences)]
    stems = [_stems(sentence) for sentence in sentences]
    order = sorted(range(len(sentences)), key=lambda place: (-plain[place], place))
    worths = list(plain)
    for rank, place in enumerate(order):
        alike = max((_overlap(stems[place], stems[other]) for other in order[:rank]), default=0.0)
        if alike > _ALIKE:
            worths[place] = plain[place] * (1 - alike)
    return worths


def _worth(sentence: str, place: int, count: int) -> float:
    cues = sum(weight for weight, pattern in _CUES if pattern.search(sentence))
    stands = _FIRST * (place == 0) + _LAST * (place == count - 1)
    return max(_AT_ALL + _A_WORD * words_in(sentence) + cues + stands - _HARD * (words_in(sentence) > _LONG_WORDS), 0.1)


def _stems(sentence: str) -> frozenset[str]:
    """Its words that mean something, without their endings."""
    words = re.findall(r"[^\W_]{2,}", sentence.lower())
    return frozenset(re.sub(r"(?:ing|ed|es|s|ly)$", "", word) for word in words if word not in _STOP)


def _overlap(stems: frozenset[str], others: frozenset[str]) -> float:
    return len(stems & others) / len(stems) if stems else 0.0


def words_in(sentence: str) -> int:
    """How many words it has, as they are written."""
    return len(sentence.split())
