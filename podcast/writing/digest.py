"""A paper in its own sentences, for who reads a newsletter: in five parts, or in one paragraph of two or three.

Of an abstract all is told but what was known before, of which as much as its claims need; of a whole paper what matters
most of each part. Nothing is added, and a part of which a paper says nothing is left out.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.types import Section
from podcast.writing.choice import choose
from podcast.writing.cutting import shortened
from podcast.writing.grounding import ground
from podcast.writing.leaning import alone, leans, needs
from podcast.writing.legible import is_sound, readable
from podcast.writing.lists import is_list, whole_lists
from podcast.writing.material import PART_TITLES
from podcast.writing.prose import as_sentence, capitalised, has_words
from podcast.writing.sentences import split_sentences
from podcast.writing.sorting import (
    BACKGROUND,
    CLAIMS,
    CRITIQUE,
    METHOD,
    RESULTS,
    admits,
    announces,
    came_out,
    claims,
    part_of_section,
    presents,
    sorted_by_cues,
)
from podcast.writing.told import told, varied
from podcast.writing.worth import is_result, words_in, worths_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from podcast.types import Paper

_SHARES = {CLAIMS: 0.3, METHOD: 0.22, RESULTS: 0.24, CRITIQUE: 0.12}
"""Of the words of a summary, what each part gets of a whole paper; implications get what these have, too."""

WORDS_OF_SUMMARY = 220
"""Where a paper's own text is known."""

_LONGEST_ABSTRACT = 320
"""Beyond, in words, it is none: arXiv takes 1,920 characters."""

_BACKGROUND_WORDS, _FEWEST_BACKGROUND = 70, 25
_CONCLUDES = re.compile(r"\b(?:therefore|thus|hence)\b")
_ENOUGH_SHARE = 0.6
"""A part of which the abstract says that much is not looked for elsewhere."""


def summary_of(paper: Paper, most_words: int | None = None) -> tuple[Section, ...]:
    """Tell a paper in its parts, in words of its own; empty where there is nothing to tell."""
    lead = _lead(paper)
    parts = _parts_of_lead(lead.sentences)
    if lead.rest:
        parts = _fuller(parts, lead.rest, most_words or WORDS_OF_SUMMARY)
    elif most_words or sum(map(words_in, lead.sentences)) > _LONGEST_ABSTRACT:
        parts = _shorter(parts, most_words or WORDS_OF_SUMMARY)
    return tuple(Section(title, (" ".join(_finished(parts[title])),)) for title in PART_TITLES if parts.get(title))


# ── what a paper begins with ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Lead:
    """The sentences that tell a paper as a whole, and the sections behind them."""

    sentences: tuple[str, ...]
    rest: tuple[Section, ...]


_ABSTRACT = re.compile(r"^[\W\d]*(?:abstract|summary)\b", re.IGNORECASE)
_LEAD_WORDS = 250


def _lead(paper: Paper) -> _Lead:
    """Find its abstract, else what a newsletter says, else its first section."""
    at = next((place for place, each in enumerate(paper.sections) if _ABSTRACT.match(each.title)), None)
    if at is not None and (sentences := _all_readable(paper.sections[at].paragraphs)):
        return _Lead(sentences, (*paper.sections[:at], *paper.sections[at + 1 :]))
    if sentences := _all_readable(paper.paragraphs):
        return _Lead(sentences, paper.sections)
    for section in paper.sections:
        if sentences := tuple(row for rows in _runs(section) for row in rows):
            return _Lead(choose([sentences], _LEAD_WORDS).paragraphs[0], paper.sections)
    return _Lead(_all_readable(text for each in paper.sections[:1] for text in each.paragraphs), ())


def _all_readable(paragraphs: Iterable[str]) -> tuple[str, ...]:
    """All sentences that are no pointers; all there are where nothing else is left."""
    texts = [text for text in paragraphs if has_words(text)]
    kept = tuple(sentence for text in texts for sentence in readable(text) if not announces(sentence))
    found = kept or (each for text in texts for each in split_sentences(text) if has_words(each))
    # Some abstracts say a sentence twice.
    return whole_lists(tuple(dict.fromkeys(map(as_sentence, found))))


# ── the parts of an abstract ────────────────────────────────────────────────────────────────────────────

_Parts = dict[str, list[str]]


def _parts_of_lead(sentences: Sequence[str]) -> _Parts:
    """Sort an abstract into parts: each sentence in its order, as it stands where the one before it is elsewhere."""
    kinds = sorted_by_cues(sentences)
    known = _background(sentences, kinds)
    parts: _Parts = {}
    last = -1
    for title in PART_TITLES:
        places = [at for at, kind in enumerate(kinds) if kind == title or (title == CLAIMS and at in known)]
        for at in places:
            follows = title in parts and at == last + 1
            parts.setdefault(title, []).append(sentences[at] if follows else alone(sentences, at))
            last = at
    return parts


def _background(sentences: Sequence[str], kinds: Sequence[str]) -> frozenset[int]:
    """Say which sentences of what was known before are told: the few that matter, and what claims lean on."""
    places = [at for at, kind in enumerate(kinds) if kind == BACKGROUND]
    if len(places) == len(sentences):
        return frozenset(places)
    needed: set[int] = set()
    for at, kind in enumerate(kinds):
        before = at - 1
        while kind != BACKGROUND and before in places and _goes_on(sentences, before + 1):
            needed.add(before)
            before -= 1
    room = _BACKGROUND_WORDS - sum(words_in(sentences[at]) for at in needed)
    others = [sentences[at] for at in places if at not in needed]
    chosen = set(_chosen([others], room)) if others and room > _FEWEST_BACKGROUND else set()
    return frozenset(needed | {at for at in places if chosen & {sentences[at], alone(sentences, at)}})


def _goes_on(sentences: Sequence[str], place: int) -> bool:
    return leans(alone(sentences, place)) or bool(_CONCLUDES.search(sentences[place]))


def _shorter(parts: _Parts, most_words: int) -> _Parts:
    """Leave out of an abstract's parts what matters least."""
    titles = [title for title in PART_TITLES if title in parts]
    chosen = choose([parts[title] for title in titles], most_words)
    return {titles[place]: list(row) for place, row in zip(chosen.places, chosen.paragraphs, strict=True)}


# ── the parts of a whole paper ──────────────────────────────────────────────────────────────────────────


def _fuller(parts: _Parts, sections: Sequence[Section], most_words: int) -> _Parts:
    """Choose what matters of each part: the abstract's sentences first, then those of its sections."""
    found = _by_section(sections)
    full: _Parts = {}
    for title in PART_TITLES:
        room = int(most_words * _SHARES.get(title, _SHARES[CRITIQUE]))
        own = _chosen([tuple(parts.get(title, ()))], room)
        used = sum(map(words_in, own))
        more = [] if used >= _ENOUGH_SHARE * room else _new(found.get(title, ()), own, room - used)
        if own or more:
            full[title] = [*own, *more]
    return full


def _chosen(rows: Sequence[Sequence[str]], most_words: int) -> list[str]:
    return [sentence for row in choose([row for row in rows if row], most_words).paragraphs for sentence in row]


def _new(rows: Sequence[Sequence[str]], own: Sequence[str], room: int) -> list[str]:
    """Choose sentences that say something new and fit."""
    fresh = [tuple(each for each in row if not _is_said(each, own)) for row in rows]
    chosen = _chosen([tuple(_standing(row)) for row in fresh], room)
    return chosen if sum(map(words_in, chosen)) <= room else []


def _is_said(sentence: str, own: Sequence[str]) -> bool:
    """Whether most of its longer words stand in one sentence that is told already."""
    words = _long_words(sentence)
    return any(len(words & _long_words(other)) > len(words) / 2 for other in own)


def _long_words(sentence: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]{5,}", sentence.lower()))


def _by_section(sections: Sequence[Section]) -> dict[str, list[tuple[str, ...]]]:
    """Sort what came through whole into parts; limits that authors admit are critique, wherever."""
    found: dict[str, list[tuple[str, ...]]] = {}
    is_told = False
    for section in sections:
        title = part_of_section(section.title, is_told=is_told)
        is_told = is_told or title == RESULTS
        for row in _runs(section) if title else ():
            if title == CLAIMS:
                row = tuple(each for each in row if claims(each))  # noqa: PLW2901 - of an introduction, the claims
            limits = tuple(each for each in row if title != CRITIQUE and admits(each) and not leans(each))
            found.setdefault(CRITIQUE, []).extend((each,) for each in limits)
            found.setdefault(title, []).append(tuple(_standing([each for each in row if each not in limits])))
    return found


def _runs(section: Section) -> Iterator[tuple[str, ...]]:
    """Sentences of a section that came through whole and stand one after the other."""
    for paragraph in section.paragraphs:
        sentences = readable(paragraph)
        for is_whole, run in itertools.groupby(sentences, is_sound):
            if is_whole:
                yield tuple(_standing(list(run)))


def _standing(row: Sequence[str]) -> Iterator[str]:
    """Leave out sentences that lean on one that is not there."""
    for place, sentence in enumerate(row):
        text = alone(row, place)
        if not leans(text):
            yield text if place == 0 else sentence


# ── one paragraph ───────────────────────────────────────────────────────────────────────────────────────

_FEWEST, _MOST = 40, 68
_MOST_SENTENCES, _CONSIDERED = 3, 16
_LONG_WORDS = 24
_RESULT, _PRESENTED, _TOO_FEW = 16.0, (0.0, 24.0, 32.0), 1.0


def paragraph_of(paper: Paper, most_words: int | None = None) -> tuple[Section, ...]:
    """Tell a paper in two or three sentences: what it is, and what came out; empty where there is nothing to tell."""
    sentences = _lead(paper).sentences
    best = _best(sentences, most_words or _MOST, paper.title)
    pieces = (part for each in sentences for part in ((each,) if is_list(each) else shortened(each, _LONG_WORDS)))
    cut = _best(whole_lists(tuple(pieces)), most_words or _MOST, paper.title)
    if cut.rank > best.rank and not any(each.doubts for each in ground(cut.sentences, "\n".join(sentences))):
        best = cut
    text = " ".join(_finished(best.sentences))
    return (Section("", (text,)),) if has_words(text) else ()


@dataclass(frozen=True, slots=True)
class _Choice:
    """Sentences that stand together: whether they fit, and how many of opening, result and words enough they have."""

    sentences: list[str]
    rank: tuple[bool, int, bool]
    worth: float


def _best(sentences: Sequence[str], most_words: int, title: str) -> _Choice:
    """Choose up to three that stand together, as many words as a paragraph has: what the paper is, then a result."""
    first = _presenting(sentences, title)
    start = max(0, (first or 0) + 1 - _CONSIDERED // 2)
    sentences, first = sentences[start : start + _CONSIDERED], None if first is None else first - start
    kinds, worths, nearest = sorted_by_cues(sentences), worths_of(sentences), needs(sentences)
    is_leaning = first is not None and leans(_opening(sentences, first))
    fewest = min(_FEWEST, most_words * _FEWEST // _MOST)
    results = {at for at, kind in enumerate(kinds) if _is_outcome(sentences[at], kind)}

    def judged(places: tuple[int, ...]) -> _Choice:
        said = _said(sentences, places, first)
        words = sum(map(words_in, said))
        is_told = first in places if first is not None else any(kinds[at] == CLAIMS for at in places)
        opens = is_told + (is_told and (first is None or (places[0] == first) != is_leaning))
        has_result = any(at in results for at in places)
        worth = sum(worths[at] for at in places) + _PRESENTED[opens] + _RESULT * has_result
        worth -= _TOO_FEW * max(0, fewest - words)
        fits = words <= most_words
        return _Choice(said, (fits, opens + has_result, words >= fewest), worth if fits else -words)

    choices = [
        judged(places)
        for number in range(1, _MOST_SENTENCES + 1)
        for places in itertools.combinations(range(len(sentences)), number)
        if all(nearest[at] in (None, *places) for at in places if at != first or at != places[0])
    ]
    return max(choices, key=lambda choice: (choice.rank[0], choice.worth), default=_Choice([], (False, 0, False), 0.0))


def _is_outcome(sentence: str, kind: str) -> bool:
    """Whether it says what came out; what stands among the results need not."""
    return is_result(sentence) if kind == METHOD else kind == RESULTS and came_out(sentence)


def _presenting(sentences: Sequence[str], title: str) -> int | None:
    """Find the sentence that says what the paper is, rather one that stands alone; None where there is none."""
    found = [at for at, each in enumerate(sentences) if presents(each)]
    name = re.match(r"[\w-]+(?= ?:)", title)
    named = rf"{re.escape(name[0])} (?:is an?|introduces|presents|provides)\b" if name else r"It is an?\b"
    found += [at for at, each in enumerate(sentences) if re.match(named, each)]
    standing = [at for at in found if not leans(_opening(sentences, at))]
    others = (at for at, each in enumerate(sentences) if claims(each) and not leans(_opening(sentences, at)))
    return next(iter((*standing, *found, *others)), None)


_JOINED = re.compile(
    r"^(?:(?:However|Thus|Therefore|Hence|Consequently|Accordingly), (?=\w)"
    r"|(?:Thus|Therefore|Hence|Instead|Here|So|In response|In contrast|To (?:this|that) end|To \w+ (?:it|them|so)),? "
    r"(?=(?:we|I|the authors|this (?:paper|work|study))\b))"
)


def _opening(sentences: Sequence[str], place: int) -> str:
    """How the sentence stands that says what the paper is, before all others."""
    return capitalised(_JOINED.sub("", alone(sentences, place)))


def _said(sentences: Sequence[str], places: Sequence[int], first: int | None) -> list[str]:
    said = [sentences[at] if at and at - 1 in places else alone(sentences, at) for at in places]
    return [_opening(sentences, places[0]), *said[1:]] if places[0] == first else said


def _finished(sentences: Iterable[str]) -> list[str]:
    return varied(told(sentences))
