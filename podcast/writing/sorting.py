"""Which part of a summary a sentence of a paper belongs to: what it claims, how, what came out, limits, what follows.

Of an abstract, words in its sentences say so, and what came before; of a whole paper, the titles of its sections.
Limits are only those that the authors admit of their own work: nothing here judges.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podcast.writing import cues
from podcast.writing.leaning import alone, leans
from podcast.writing.material import PART_TITLES

if TYPE_CHECKING:
    from collections.abc import Sequence

CLAIMS, METHOD, RESULTS, CRITIQUE, IMPLICATIONS = PART_TITLES
BACKGROUND = "Background"
"""What was known, or wrong, before: no part of its own, but what claims may need to be understood."""

_DETAILS = re.compile(
    r"(?:Specifically|In particular|Concretely|Moreover|Furthermore|Additionally|In addition|First|Second|Third|Then"
    r"|Next|Finally|Last)\b"
)
_TURNS = re.compile(
    r"(?:Again|And|But|So|Yet|Then|Thus|Hence|Instead|However|Nevertheless|Nonetheless|Therefore|Consequently|Otherwise"
    r"|Meanwhile|Similarly|Likewise|Conversely|In contrast|In turn|As a result|For example|For instance|That is)\b"
)
_POINTS_BACK = re.compile(
    r"^(?:[\w\s]{1,30}, )?(?:this|these|those|that|it|they|its|their|both|such|each|another|here"
    r"|the (?:former|latter|two))\b",
    re.IGNORECASE,
)
_NAMES_BACK = re.compile(
    r"^(?:[\w\s]{1,30}, )?(?:this|these|such) (?:\w+ )?(?:results?|findings?|insights?|observations?|experiments?"
    r"|methods?|approach(?:es)?|frameworks?|models?|systems?|datasets?|benchmarks?|advances?|innovations?|techniques?|algorithms?"
    r"|pipelines?|architectures?|strateg(?:y|ies)|designs?|tools?)\b",
    re.IGNORECASE,
)
"""What has been told of by the time that a later part begins."""

_PERCENT = re.compile(r"\d\s?%")


def sorted_by_cues(sentences: Sequence[str]) -> list[str]:
    """Say of each sentence of an abstract which part it belongs to."""
    kinds: list[str] = []
    for place, sentence in enumerate(sentences):
        before = kinds[-1] if kinds else BACKGROUND
        is_new = not {CLAIMS, RESULTS}.intersection(kinds)
        kind = _first_kind(sentence, before) if is_new else _kind(sentence, before)
        kinds.append(before if place and _is_tied(alone(sentences, place), before, kind) else kind)
    return kinds


def _is_tied(sentence: str, before: str, kind: str) -> bool:
    """Whether it cannot begin a part: nobody would know there what it is about."""
    if before in {BACKGROUND, kind} or not leans(sentence) or _NAMES_BACK.match(sentence):
        return False
    return bool(_POINTS_BACK.match(sentence) or _TURNS.match(sentence))


def _first_kind(sentence: str, before: str) -> str:
    """Judge a sentence before which the paper has not yet said what it does."""
    tested, shows = is_evidence(sentence), cues.SHOWS.search(sentence)
    if cues.PROPOSES.search(sentence) or (shows and not tested):
        return CLAIMS
    return RESULTS if tested and shows else before


def _kind(sentence: str, before: str) -> str:
    """Judge a sentence behind one of the kind `before`."""
    if cues.ADMITS.search(sentence):
        return CRITIQUE
    proposes, does = cues.PROPOSES.search(sentence), cues.DOES.search(sentence)
    looks_ahead = cues.FOLLOWS.search(sentence) and not _PERCENT.search(sentence) and not cues.FOUND.search(sentence)
    if looks_ahead and not (proposes and before in {CLAIMS, METHOD}):
        return IMPLICATIONS
    if _came_out(sentence) or (cues.GAINS.search(sentence) and not (proposes or does)):
        return RESULTS
    if proposes and before != METHOD and not _DETAILS.match(sentence):
        return CLAIMS
    return METHOD if does or proposes or before in {CLAIMS, CRITIQUE} else before


def _came_out(sentence: str) -> bool:
    return is_evidence(sentence) or bool(cues.SHOWS.search(sentence) or cues.MEASURED.search(sentence))


def is_evidence(sentence: str) -> bool:
    """Whether it tells of tests and what they say."""
    return bool(cues.FOUND.search(sentence) or cues.TESTED.search(sentence))


def admits(sentence: str) -> bool:
    """Whether authors say of their own work what it does not do."""
    return bool(cues.ADMITS.search(sentence))


def claims(sentence: str) -> bool:
    """Whether authors say what they bring."""
    return bool(cues.PROPOSES.search(sentence) or cues.SHOWS.search(sentence))


def announces(sentence: str) -> bool:
    """Whether it only says that something is said elsewhere."""
    return bool(cues.ANNOUNCES.match(sentence))


# ── sections ────────────────────────────────────────────────────────────────────────────────────────────

_NUMBERED = r"^[\W\d]*(?:[IVX]+\.\s|[A-Z]\.\s)?"
_OF_NO_PART = (
    r".*\b(?:(?:related|previous|prior)\s(?:works?|research|literature)|background|preliminar\w+|references?|bibliography"
    r"|acknowledge?ments?|appendi(?:x|ces)|notation|contents|supplement\w*|ethics|ethical|checklist|funding"
    r"|author\scontributions?|conflicts?\sof\sinterest|availability|impact\sstatement)\b"
)
_TITLES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (part, re.compile(_NUMBERED + pattern, re.IGNORECASE))
    for part, pattern in (
        ("", rf"{_OF_NO_PART}|$"),
        (CRITIQUE, r".*\b(?:limitations?|threats\sto\svalidity|failure\s(?:cases|modes)|shortcomings|weaknesses)\b"),
        (CLAIMS, r"(?:introduction|overview|motivation|contributions?|statement\sof\sneed|problem\sstatement)\b"),
        (RESULTS, r".*\b(?:results?|experiment\w*|evaluations?|findings|ablations?|analys[ei]s|comparisons?)\b"),
        (
            IMPLICATIONS,
            r".*\b(?:conclusions?|concluding|discussions?|implications?|broader\simpacts?|outlook|future)\b",
        ),
    )
)


def part_of_section(title: str, *, is_told: bool) -> str:
    """Say which part of a summary a section is about, empty for none; `is_told` once results were.

    What stands before the results under a title of its own is the method.
    """
    found = next((part for part, pattern in _TITLES if pattern.match(title)), None)
    return found if found is not None else "" if is_told else METHOD
