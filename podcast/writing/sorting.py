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
from podcast.writing.sentences import split_sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

CLAIMS, METHOD, RESULTS, CRITIQUE, IMPLICATIONS = PART_TITLES
BACKGROUND = "Background"
"""What was known, or wrong, before: no part of its own, but what claims may need to be understood."""

_ORDER = (BACKGROUND, *PART_TITLES)
_MAIN = 3
"""So many sentences must say otherwise before the one that presents a paper is not among its claims."""

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

_MOTIVATED = re.compile(
    r"(?:(?:To|For) (?:address|tackle|overcome|solve|this|bridge|fill|mitigate|alleviate)"
    r"|Motivated|Therefore|Thus|Hence)\b"
)
_OWN = re.compile(r"\b(?:[Ww]e|[Oo]ur|I|[Tt]his (?:paper|work|study)|proposed)\b|\d\s?%")

_PERCENT = re.compile(r"\d\s?%")


def sorted_by_cues(sentences: Sequence[str]) -> list[str]:
    """Say of each sentence of an abstract which part it belongs to, so that parts in their order keep the abstract's.

    Where words say something else of a sentence than of most around it, it stays with the one before it.
    """
    kinds: list[str] = []
    tied = []
    for place, sentence in enumerate(sentences):
        before = kinds[-1] if kinds else BACKGROUND
        is_new = not {CLAIMS, RESULTS}.intersection(kinds)
        first, *_ = split_sentences(sentence)  # what is counted is one text: how it begins says what it is there for
        tied.append(before != BACKGROUND and _is_tied(alone(sentences, place)))
        kinds.append(before if tied[-1] else _first_kind(first, before) if is_new else _kind(first, before))
    main = next((at for at, kind in enumerate(kinds) if kind == CLAIMS and presents(sentences[at])), None)
    weights = [_MAIN if at == main else 1 for at in range(len(kinds))]
    return _in_order(_with_motives(sentences, kinds), tied, weights)


def _with_motives(sentences: Sequence[str], kinds: Sequence[str]) -> list[str]:
    """Let what is known or wrong between two claims belong to them: `We present A. B is slow. To solve it, we …`."""
    found = list(kinds)
    claim = next((at for at, kind in enumerate(kinds) if kind == CLAIMS), len(kinds))
    for at in range(claim + 1, len(kinds)):
        if _MOTIVATED.match(sentences[at]) and cues.PROPOSES.search(sentences[at]):
            return found[:claim] + [CLAIMS] * (at - claim + 1) + found[at + 1 :]
        if _OWN.search(sentences[at]):
            break
    return found


def _is_tied(sentence: str) -> bool:
    """Whether it cannot begin a part: nobody would know there what it is about."""
    if not leans(sentence) or _NAMES_BACK.match(sentence):
        return False
    return bool(_POINTS_BACK.match(sentence) or _TURNS.match(sentence))


_Way = tuple[int, int, tuple[str, ...]]
"""How much of what words say a way through the parts agrees with, how often it stays in one, and the way."""


def _in_order(kinds: Sequence[str], tied: Sequence[bool], weights: Sequence[int]) -> list[str]:
    """Of all ways to go through the parts without a step back, take the one that most of the sentences agree with.

    Where as many agree, the one with fewer changes. A sentence that is tied is of the same part as the one before it.
    """
    ways: dict[str, _Way] = {_ORDER[0]: (0, 0, ())}
    for kind, is_tied, weight in zip(kinds, tied, weights, strict=True):
        further: dict[str, _Way] = {}
        for at, part in enumerate(_ORDER):
            if part == BACKGROUND != kind:
                continue  # what is claimed is never taken for known
            agrees = weight * (kind == part)
            froms = [ways[before] for before in _ORDER[: at + 1] if before in ways and (before == part or not is_tied)]
            new = [(agree + agrees, stays + (part in way[-1:]), (*way, part)) for agree, stays, way in froms]
            if new:
                further[part] = max(new, key=lambda way: way[:2])
        ways = further
    return list(max(ways.values(), key=lambda way: way[:2])[2])


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
    brings = cues.BRINGS.match(sentence) and not is_evidence(sentence) and not _PERCENT.search(sentence)
    if (not brings and _was_shown(sentence)) or (cues.GAINS.search(sentence) and not (proposes or does)):
        return RESULTS
    if proposes and before != METHOD and not _DETAILS.match(sentence):
        return CLAIMS
    return METHOD if does or proposes or before in {CLAIMS, CRITIQUE} else before


def came_out(sentence: str) -> bool:
    """Whether it tells of what was found or measured, or of gains."""
    return _was_shown(sentence) or bool(cues.GAINS.search(sentence))


def _was_shown(sentence: str) -> bool:
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


def presents(sentence: str) -> bool:
    """Whether it says what the paper is: we propose, this paper studies."""
    return bool(cues.PRESENTS.search(sentence)) and not cues.BESIDES.search(sentence)


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
