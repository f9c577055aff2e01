"""What is said of what, with a sign: more or less, better or worse, ahead or behind, so or not so.

Each word of a sentence that its source has, too, must stand there with the same sign. That one idea finds turned
directions, exchanged comparisons and lost negations alike.
"""

from __future__ import annotations

import functools
import math
import re
from collections import defaultdict
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from podcast.writing.grounding import lexicon
from podcast.writing.grounding.words import stem_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from podcast.writing.grounding.source import Line
    from podcast.writing.grounding.words import Token

Dimension = Literal["amount", "quality", "role", "denial"]

_HINT_TOKENS = 7
_REACH_RIGHT, _REACH_LEFT, _REACH_ROLE = 6, 7, 13
_PREPOSITIONS = frozenset({"than", "for", "on", "when", "if", "with", "while", "by", "from", "at", "through", "via"})
_PASSIVE = frozenset({"is", "are", "was", "were", "be", "been", "being", "gets", "get", "got"})


@dataclass(frozen=True, slots=True)
class Facet:
    """A word at token `at` stands under a sign of ±1; `weight` says how surely, from 0 to 1."""

    dimension: Dimension
    sign: int
    at: int
    weight: float
    by: int
    """The token that gives the sign."""
    stem: str
    """What the word is known by elsewhere: for "unnecessary", that of "necessary"."""


@functools.lru_cache(maxsize=512)
def facets(line: Line) -> tuple[Facet, ...]:
    """Read every sign in a sentence, and the words that stand under it.

    Kept for a while: every sentence of a script asks for those of the same few sentences of its source.
    """
    denied, twice = denied_tokens(line)
    found = [*_directions(line, denied), *_roles(line, denied)]
    found += [
        Facet("denial", -1 if at in denied else 1, at, 1.0, denied.get(at, twice.get(at, at)), token.stem)
        for at, token in enumerate(line.tokens)
        if token.is_content
    ]
    prefixed = (Facet("denial", 1 if at in denied else -1, at, 1.0, at, stem) for at, stem in _prefixed(line))
    return (*found, *prefixed)


def _prefixed(line: Line) -> Iterator[tuple[int, str]]:
    """Yield words that deny another by how they begin, with the stem of that one: unnecessary, insufficient."""
    for at, token in enumerate(line.tokens):
        found = _PREFIX.match(token.lower)
        if found and token.stem:
            yield at, stem_of(token.lower[found.end() :])


# ── so, or not so ───────────────────────────────────────────────────────────────────────────────────────


def denied_tokens(line: Line) -> tuple[dict[int, int], dict[int, int]]:
    """Tokens that stand under a denial, and those under two, each with the token that denies them."""
    once: dict[int, int] = {}
    twice: dict[int, int] = {}
    for at in range(len(line.tokens)):
        for token in _scope(line, at):
            if token in once:  # what is denied twice is said
                twice[token] = at
                del once[token]
            elif token in twice:
                once[token] = twice.pop(token)
            else:
                once[token] = at
    return once, twice


def _scope(line: Line, at: int) -> Iterator[int]:
    tokens = line.tokens
    word = tokens[at].lower
    following = tokens[at + 1].lower if at + 1 < len(tokens) else ""
    if word == "nor" and any(token.lower == "neither" for token in tokens[:at]):
        return
    if word == "free" and at and tokens[at - 1].text == "-":
        yield from range(max(0, at - 3), at)
    elif word in {"rather", "instead"} and following in {"than", "of"}:
        yield from _forward(line, at + 1)
    elif word == "non":
        yield from range(at + 1, min(len(tokens), at + 3))
    elif word in _FAILS and following == "to":
        yield from _forward(line, at + 1)
    elif _denies(word, following) and following != "always":
        yield from _forward(line, at)


def _denies(word: str, following: str) -> bool:
    if word == "not":
        return following not in {"only", "just", "merely", "even", "surprisingly"}
    return (word in lexicon.DENIES or word.endswith("n't")) and not (word == "no" and following in _BOUNDS)


_FAILS = frozenset({"fail", "fails", "failed", "failing", "failure"})
_BOUNDS = frozenset({"longer", "doubt", "more", "less", "fewer", "later"})


def _forward(line: Line, at: int) -> Iterator[int]:
    tokens, said = line.tokens, 0
    for place in range(at + 1, min(len(tokens), at + 10)):
        token = tokens[place]
        if token.text in {",", ";", ":", "."} or (said and token.lower in lexicon.CLAUSE_WORDS):
            return
        if token.lower in {"and", "but"} and _is_finite(tokens[place + 1 : place + 2]):
            return
        yield place
        said += token.is_content
        if said >= 5:  # noqa: PLR2004 - further away it denies nothing
            return


def _is_finite(behind: Sequence[Token]) -> bool:
    """Whether a new statement begins: "not needed and can even do harm"."""
    return any(token.lower in _AUXILIARIES for token in behind)


_AUXILIARIES = _PASSIVE | {"can", "could", "does", "do", "has", "have", "may", "might", "must", "will", "would", "even"}


# ── more and less, better and worse ─────────────────────────────────────────────────────────────────────


def _directions(line: Line, denied: Mapping[int, int]) -> Iterator[Facet]:
    kept = {place for at, token in enumerate(line.tokens) if token.lower in _KEEPS_FROM for place in _forward(line, at)}
    for at, token in enumerate(line.tokens):
        for dimension, up, down in _SCALES:
            sign = (token.lower in up) - (token.lower in down) or _particle(line, at, dimension)
            if sign and not _in_compound(line, at):
                yield from _under(line, at, dimension, -sign if (at in denied) != (at in kept) else sign)


def _particle(line: Line, at: int, dimension: Dimension) -> int:
    """Read "goes up", "brings the rate down", "up by 5 percent"."""
    word = line.tokens[at].lower
    if dimension != "amount" or word not in {"up", "down"}:
        return 0
    around = {token.lower for token in line.tokens[max(0, at - 5) : at + 2]}
    return (1 if word == "up" else -1) if around & lexicon.MOVES else 0


def _in_compound(line: Line, at: int) -> bool:
    """low-resource and long-context are names of things."""
    is_tied = any(line.tokens[place].text == "-" for place in (at - 1, at + 1) if 0 <= place < len(line.tokens))
    return is_tied and not line.tokens[at].lower.endswith("er")


_SCALES: tuple[tuple[Dimension, frozenset[str], frozenset[str]], ...] = (
    ("amount", lexicon.MORE, lexicon.LESS),
    ("quality", lexicon.BETTER, lexicon.WORSE),
)


def _under(line: Line, at: int, dimension: Dimension, sign: int) -> Iterator[Facet]:
    """Yield the words that a direction is about: those behind it, else those before it, in its clause."""
    right = list(_walk(line, at, 1, _REACH_RIGHT))
    for place in right:
        yield Facet(dimension, sign, place, math.exp(-(place - at - 1) / 3), at, line.tokens[place].stem)
    for place in _walk(line, at, -1, _REACH_LEFT):
        yield Facet(
            dimension, sign, place, math.exp(-(at - place - 1) / 3) * (0.4 if right else 1), at, line.tokens[place].stem
        )


_KEEPS_FROM = frozenset({"avoid", "avoids", "avoided", "avoiding", "prevent", "prevents", "prevented", "preventing"})
"""What comes to a denial of the direction behind it: "avoid dropping tokens"."""


def _walk(line: Line, at: int, step: int, reach: int) -> Iterator[int]:
    tokens = line.tokens
    for place in range(at + step, at + step * reach, step):
        if not 0 <= place < len(tokens) or line.clauses[place] != line.clauses[at]:
            return
        if step > 0 and tokens[place].lower in _PREPOSITIONS and place > at + 1:
            return
        if step > 0 and tokens[place].lower in {"and", "or"} and (place == at + 1 or _starts_anew(line, place)):
            return
        if _is_anchor(line, place):
            yield place


def _starts_anew(line: Line, at: int) -> bool:
    """Whether an "and" leads to another direction: "lower cost and higher accuracy"."""
    return any(token.lower in lexicon.DIRECTED for token in line.tokens[at + 1 : at + 5])


def _stands_for(line: Line, at: int, own_names: frozenset[str]) -> str:
    """Return what a word is compared by: its stem, or that it is the paper's own method, or what came before it."""
    word = line.tokens[at].lower
    if word in lexicon.OWN or line.tokens[at].stem in own_names:
        return "@own"
    return "@rival" if word in lexicon.RIVAL else line.tokens[at].stem


def _is_anchor(line: Line, at: int) -> bool:
    token = line.tokens[at]
    return token.is_content and token.lower not in lexicon.DIRECTED and not token.lower.endswith("ly")


# ── ahead and behind ────────────────────────────────────────────────────────────────────────────────────


def _roles(line: Line, denied: Mapping[int, int]) -> Iterator[Facet]:
    yield from _fronted(line)
    words = [token.lower for token in line.tokens]
    for at in range(len(words)):
        sign = _comparison(line, words, at)
        if sign:
            sign = -sign if at in denied else sign
            yield from _sides(line, at, sign)


def _fronted(line: Line) -> Iterator[Facet]:
    """Read "Compared with X, Y gains …" and "Against X, Y is ahead": X is behind, Y ahead."""
    words = [token.lower for token in line.tokens]
    starts = next((size for head, size in _FRONTS if tuple(words[: len(head)]) == head), 0)
    if not starts or "," not in words[starts:]:
        return
    comma = _subject_at(words, starts)
    sign = next(filter(None, map(_is_ahead, words[comma : comma + 25])), 1)
    if sign:
        for rank, place in enumerate(place for place in range(starts, comma) if _is_anchor(line, place)):
            yield Facet("role", -sign, place, 1 / (1 + rank / 4), starts, line.tokens[place].stem)
        behind = [
            place
            for place in range(comma, min(comma + 14, len(words)))
            if _is_anchor(line, place) or words[place] in lexicon.OWN
        ]
        named = [place for place in behind if any(letter.isupper() for letter in line.tokens[place].text[1:])]
        for rank, place in enumerate((named or behind)[:4]):
            yield Facet("role", sign, place, 1 / (1 + rank / 4), starts, line.tokens[place].stem)


def _subject_at(words: Sequence[str], starts: int) -> int:
    """Find the comma before the subject: what stands between two commas and begins with an article explains."""
    comma = words.index(",", starts)
    if words[comma + 1 : comma + 2] in (["the"], ["a"], ["an"]) and "," in words[comma + 1 : comma + 14]:
        following = words.index(",", comma + 1)
        if not any(_is_ahead(word) for word in words[comma:following]) and words[following + 1] != "and":
            return following
    return comma


_FRONTS = (
    (("compared", "with"), 2),
    (("compared", "to"), 2),
    (("in", "comparison", "with"), 3),
    (("in", "comparison", "to"), 3),
    (("against",), 1),
    (("relative", "to"), 2),
    (("versus",), 1),
)


def _comparison(line: Line, words: Sequence[str], at: int) -> int:  # noqa: PLR0911 - one way of comparing a line
    """+1 where what stands before this token is ahead of what stands behind it, -1 the other way round, else 0."""
    word = words[at]
    earlier = words[max(0, at - 7) : at]
    if word == "than":
        return 0 if _before_number(line, at) else _than_sign(earlier)
    if word in {"on", "upon"} and words[at - 1 : at] in (["improve"], ["improves"], ["improved"], ["improving"]):
        return 1
    if at <= 1 and word in {"compared", "relative", "against", "over", "versus"}:
        return 0
    if word in {"over", "versus", "against"}:
        return int(any(each in lexicon.LEADS for each in earlier))
    if word in {"compared", "relative"}:
        return next(filter(None, map(_is_ahead, reversed(words[max(0, at - 14) : at]))), 1)
    if word in {"superior", "inferior"} and not {"to", "over"} & set(words[at + 1 : at + 4]):
        return 0
    sign = (word in lexicon.WINS) - (word in lexicon.LOSES)
    if word == "behind" and any(each in {"leaves", "leave", "leaving", "left"} for each in earlier):
        return 1
    is_passive = "by" in words[at + 1 : at + 3] and any(each in _PASSIVE for each in words[max(0, at - 3) : at])
    return -sign if is_passive else sign


def _than_sign(words: Sequence[str]) -> int:
    """Read "better … than" and "fewer … than": less of a cost is ahead, more of it behind."""
    for place, word in reversed(list(enumerate(words))):
        sign = _than(word)
        if sign:
            return -sign if word in _AMOUNTS and lexicon.COSTS & set(words[place + 1 :] or words[:place]) else sign
    return 0


_AMOUNTS = frozenset({"more", "less", "fewer", "lower", "higher", "smaller", "larger", "shorter", "longer", "greater"})


def _than(word: str) -> int:
    return (word in lexicon.THAN_WINS) - (word in lexicon.THAN_LOSES)


def _is_ahead(word: str) -> int:
    ahead = word in lexicon.AHEAD or word in lexicon.WINS
    return ahead - (word in lexicon.LOSES or word in {"worse", "degradation", "loss"})


def _before_number(line: Line, at: int) -> bool:
    """More than 50 is a bound and compares nothing; five-point ratings are a thing."""
    if at + 1 < len(line.tokens) and line.tokens[at + 1].lower in {"a", "an", "half", "one"}:
        return True
    return any(
        quantity.first == at + 1
        and line.tokens[at - 1].lower in {"more", "less", "fewer", "greater", "higher", "lower", "larger", "smaller"}
        and line.tokens[min(quantity.last + 1, len(line.tokens) - 1)].text != "-"
        for quantity in line.quantities
    )


def _sides(line: Line, at: int, sign: int) -> Iterator[Facet]:
    for step, side in ((-1, sign), (1, -sign)):
        for rank, place in enumerate(_side(line, at, step)):
            yield Facet("role", side, place, 1 / (1 + rank / 4), at, line.tokens[place].stem)
        for place in _names_before(line, at) if step < 0 else ():
            yield Facet("role", side, place, _NAMED_FAR, at, line.tokens[place].stem)


_NAMED_FAR = 0.6


def _names_before(line: Line, at: int) -> list[int]:
    """Find who is spoken of before a comparison, however far: names of the same sentence, up to another comparison."""
    found = []
    near = set(_side(line, at, -1))
    for place in range(at - 1, -1, -1):
        if line.tokens[place].text in {";", ":"} or _compares(line.tokens[place].lower):
            break
        if place not in near and any(sign.isupper() for sign in line.tokens[place].text[1:]):
            found.append(place)
    return found


def _side(line: Line, at: int, step: int) -> list[int]:
    tokens, found = line.tokens, list[int]()
    for place in range(at + step, at + step * _REACH_ROLE, step):
        if not 0 <= place < len(tokens) or tokens[place].text in {".", ";", ":"} or _compares(tokens[place].lower):
            break
        if step > 0 and tokens[place].text == "," and found:
            break
        if _is_anchor(line, place) or line.tokens[place].lower in lexicon.OWN | lexicon.RIVAL:
            found.append(place)
    return found[: 6 if step < 0 else 5]


def _compares(word: str) -> bool:
    return word in {"than", "compared"} or word in lexicon.WINS or word in lexicon.LOSES


# ── compared ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Conflict:
    """A word whose sign the source turns round; `strength` from 0 to 1."""

    facet: Facet
    strength: float
    line: Line
    """Where the source says otherwise."""


def conflicts(
    line: Line,
    aligned: Sequence[tuple[Line, float]],
    own_names: frozenset[str] = frozenset(),
    aliases: Mapping[str, frozenset[str]] = MappingProxyType({}),
) -> list[Conflict]:
    """Find the words that stand under another sign in the lines of the source that tell the same, by their weight."""
    known: dict[tuple[str, str, int], list[tuple[float, Line]]] = defaultdict(list)
    for theirs, weight in aligned:
        for facet in facets(theirs):
            for stem in _keys(theirs, facet, own_names, aliases):
                known[facet.dimension, stem, facet.sign].append((facet.weight * weight, theirs))
    found = []
    mine = ((each, stem) for each in facets(line) for stem in _keys(line, each, own_names, aliases))
    for facet, stem in mine:
        for_it = sum(weight for weight, _ in known[facet.dimension, stem, facet.sign])
        against = known[facet.dimension, stem, -facet.sign]
        total_against = sum(weight for weight, _ in against)
        if total_against <= for_it:
            continue
        share = (total_against - for_it) / (total_against + for_it)
        strength = facet.weight * share * min(1.0, total_against + for_it)
        conflict = Conflict(facet, strength, max(against, key=lambda each: each[0])[1])
        if facet.dimension != "denial" or not _is_denied_elsewhere(line, conflict):
            found.append(conflict)
    return found


_PREFIX = re.compile(r"(?:un|in|im|ir|non|dis)(?=[a-z]{5})")


def _keys(line: Line, facet: Facet, own_names: frozenset[str], aliases: Mapping[str, frozenset[str]]) -> list[str]:
    """Under which a facet is compared: in comparisons, also as the paper's own method or as what came before it."""
    if facet.dimension != "role":
        return [facet.stem]
    role = _stands_for(line, facet.at, own_names)
    if not line.tokens[facet.at].is_content:
        return [role]
    return list(dict.fromkeys((role, facet.stem, *aliases.get(facet.stem, ()))))


def _is_denied_elsewhere(line: Line, conflict: Conflict) -> bool:
    """Whether whoever seems to deny nothing says so in other words nearby: "unlike", "limited to", "a challenge"."""
    stem = conflict.facet.stem
    is_added = conflict.facet.sign < 0
    silent = conflict.line if is_added else line
    if not is_added and conflict.facet.by != conflict.facet.at:  # denied twice over: that is no slip
        return False
    if is_added and any(_is_denial(token) and token.lower != "unlike" for token in silent.tokens):
        return True
    hints = lexicon.HINTS_AT_DENIAL if is_added else lexicon.SOFTENS
    places = [at for at, token in enumerate(silent.tokens) if token.stem == stem]
    return any(
        _is_denial(token) or token.lower in hints
        for at in places
        for token in silent.tokens[max(0, at - _HINT_TOKENS) : at + _HINT_TOKENS]
    )


def _is_denial(token: Token) -> bool:
    return token.lower in lexicon.DENIES | lexicon.AVOIDS or token.lower.endswith("n't") or token.lower == "non"
