"""Which sentences of a paper to say where there is not time for all: those that matter, and what they need.

How much a sentence matters, worth.py says; what it needs before it, leaning.py. At least one result is said where a
paper has one and it fits. Order stays, sentences stay whole, and the choice is the same every time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.writing.leaning import alone, needs
from podcast.writing.worth import is_result, words_in, worths_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_RESULT = 20.0
"""What it is worth that any result is said."""

_FILLED, _FULL = 40.0, 0.97
"""What using all of the time is worth, as against none of it; and the share of it that counts as all."""

_TAKEN_BACK = re.compile(r"(?:But|Yet|So|Meanwhile,) ")
"""How a sentence begins without which the one before it says too much or too little."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What of some paragraphs is said, which of them those are, and how many sentences are not said."""

    paragraphs: tuple[tuple[str, ...], ...]
    places: tuple[int, ...]
    left_out: int


def choose(paragraphs: Sequence[Sequence[str]], most_words: int) -> Chosen:
    """Choose whole sentences of at most so many words together, as near to it as sentences that matter allow.

    At least one sentence is said, the one that matters most, even where it has more words.
    """
    sentences = [sentence for paragraph in paragraphs for sentence in paragraph]
    if sum(map(words_in, sentences)) <= most_words:
        return Chosen(tuple(map(tuple, paragraphs)), tuple(range(len(paragraphs))), 0)
    kept = _fitting(sentences, most_words)
    rows, at = [], 0
    for paragraph in paragraphs:
        own = [place for place in range(at, at + len(paragraph)) if place in kept]
        at += len(paragraph)
        rows.append(tuple(_standing(sentences, place, kept) for place in own))
    places = tuple(place for place, row in enumerate(rows) if row)
    return Chosen(tuple(row for row in rows if row), places, len(sentences) - len(kept))


def _standing(sentences: Sequence[str], place: int, kept: frozenset[int]) -> str:
    return sentences[place] if place and place - 1 in kept else alone(sentences, place)


def _fitting(sentences: Sequence[str], most_words: int) -> frozenset[int]:
    """Choose for ever fewer words until it fits: a sentence that follows another may have a word more than alone."""
    nodes = _tree(sentences)
    asked = most_words
    while True:
        kept = _best(nodes, asked)
        over = sum(words_in(_standing(sentences, place, kept)) for place in kept) - most_words
        if over <= 0 or len(kept) == 1 or asked <= 0:
            return kept
        asked -= over


# ── a knapsack of sentences, each of which hangs on at most one before it ───────────────────────────────


@dataclass(frozen=True, slots=True)
class _Node:
    """Sentences that are said together or not at all."""

    places: tuple[int, ...]
    words: int
    worth: float
    is_result: bool
    is_root: bool
    following: int
    """How many nodes there are from this one to the next that does not hang on it."""


def _tree(sentences: Sequence[str]) -> list[_Node]:
    """Put sentences into an order in which what hangs on one stands right behind it."""
    starts = [place for place, text in enumerate(sentences) if not (place and _TAKEN_BACK.match(text))]
    spans = [tuple(range(start, end)) for start, end in zip(starts, [*starts[1:], len(sentences)], strict=True)]
    home = {place: number for number, span in enumerate(spans) for place in span}
    nearest = needs(sentences)
    hanging: dict[int | None, list[int]] = {}
    for number, span in enumerate(spans):
        needed = nearest[span[0]]
        hanging.setdefault(None if needed is None else home[needed], []).append(number)
    worths, order = worths_of(sentences), []
    heap = list(reversed(hanging.get(None, [])))
    while heap:
        order.append(heap.pop())
        heap += reversed(hanging.get(order[-1], []))
    sizes: dict[int, int] = {}
    for number in reversed(order):
        sizes[number] = 1 + sum(sizes[child] for child in hanging.get(number, []))
    roots = set(hanging.get(None, []))
    return [
        _Node(
            spans[number],
            min(words_in(alone(sentences, spans[number][0])), words_in(sentences[spans[number][0]]))
            + sum(words_in(sentences[at]) for at in spans[number][1:]),
            sum(worths[at] for at in spans[number]),
            any(is_result(sentences[at]) for at in spans[number]),
            number in roots,
            sizes[number],
        )
        for number in order
    ]


_State = tuple[int, bool]
_States = dict[_State, tuple[float, tuple[int, ...]]]


def _best(nodes: Sequence[_Node], most_words: int) -> frozenset[int]:
    """Take those of the highest worth that fit: each with what it hangs on, a result among them if there is one."""
    # By how many words are used and whether a result was taken: the highest worth, and what it took.
    states: list[_States] = [{} for _ in range(len(nodes) + 1)]
    states[0][(0, False)] = (0.0, ())
    for at, node in enumerate(nodes):
        for (used, has_result), (value, taken) in states[at].items():
            _keep(states[at + node.following], (used, has_result), (value, taken))
            if used + node.words <= most_words:
                state = (used + node.words, has_result or node.is_result)
                _keep(states[at + 1], state, (value + node.worth, (*taken, *node.places)))
    last = states[-1]
    whole = max(last, key=lambda state: (_value(last[state][0], state, most_words), state), default=(0, False))
    if last.get(whole, (0.0, ()))[1]:
        return frozenset(last[whole][1])
    roots = [node for node in nodes if node.is_root]
    return frozenset(max(roots, key=lambda node: node.worth).places[:1]) if roots else frozenset()


def _value(worth: float, state: _State, most_words: int) -> float:
    used, has_result = state
    return worth + _RESULT * has_result + _FILLED * min(used / max(1, most_words), _FULL)


def _keep(states: _States, state: _State, found: tuple[float, tuple[int, ...]]) -> None:
    if state not in states or found[0] > states[state][0]:
        states[state] = found
