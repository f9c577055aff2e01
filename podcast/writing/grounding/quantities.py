"""Numbers as values: digits and words, percent, multiples, fractions, money and measures, and what bounds them.

"fifty times", "50x" and a factor of 50 are one value; "a third" is about 33 percent; "up to" and "more than" are kept
beside the value, for a claim that drops them says more than its source.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from podcast.writing.grounding.names import is_version

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from podcast.writing.grounding.words import Token

Bound = Literal["", "up to", "at least", "more than", "less than", "nearly", "about"]

PERCENT, TIMES, SHARE, ORDERS = "%", "x", "share", "orders of magnitude"

_ONES = dict(
    zip(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen""".split(),  # noqa: SIM905
        range(20),
        strict=True,
    )
)
_TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))  # noqa: SIM905
_SCALES = {"hundred": 100, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12}
_LETTER_SCALES = {"k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12, "bn": 1e9}
_PARTS = {
    "half": 2,
    "third": 3,
    "quarter": 4,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "tenth": 10,
}
_PARTS |= {"halves": 2} | {f"{word}s": value for word, value in _PARTS.items() if word != "half"}
_MULTIPLES = {
    **dict.fromkeys(("twice", "double", "doubles", "doubled", "doubling", "twofold"), 2.0),
    **dict.fromkeys(("thrice", "triple", "triples", "tripled", "tripling", "treble", "threefold"), 3.0),
    **dict.fromkeys(("quadruple", "quadruples", "quadrupled", "quadrupling"), 4.0),
}
_HALVES = frozenset({"half", "halve", "halves", "halved", "halving"})
_FOLD = re.compile(r"(\w+)fold")

_UNITS = {
    **dict.fromkeys(("percent", "percentage", "pct"), PERCENT),
    **dict.fromkeys(("times", "x", "×", "fold"), TIMES),
    **dict.fromkeys(("second", "seconds", "sec", "secs", "s"), "s"),
    **dict.fromkeys(("millisecond", "milliseconds", "ms"), "ms"),
    **dict.fromkeys(("microsecond", "microseconds"), "μs"),
    **dict.fromkeys(("minute", "minutes", "min", "mins"), "min"),
    **dict.fromkeys(("hour", "hours", "hr", "hrs", "h"), "h"),
    **dict.fromkeys(("day", "days"), "days"),
    **dict.fromkeys(("week", "weeks"), "weeks"),
    **dict.fromkeys(("month", "months"), "months"),
    **dict.fromkeys(("year", "years"), "years"),
    **dict.fromkeys(("gb", "gigabyte", "gigabytes"), "GB"),
    **dict.fromkeys(("mb", "megabyte", "megabytes"), "MB"),
    **dict.fromkeys(("kb", "kilobyte", "kilobytes"), "KB"),
    **dict.fromkeys(("tb", "terabyte", "terabytes"), "TB"),
    **dict.fromkeys(("meter", "meters", "metre", "metres"), "m"),
    **dict.fromkeys(("kilometer", "kilometers", "km"), "km"),
    **dict.fromkeys(("centimeter", "centimeters", "cm"), "cm"),
    **dict.fromkeys(("millimeter", "millimeters", "mm"), "mm"),
    **dict.fromkeys(("hz", "hertz"), "Hz"),
    **dict.fromkeys(("khz", "kilohertz"), "kHz"),
    **dict.fromkeys(("ghz", "gigahertz"), "GHz"),
    **dict.fromkeys(("db", "decibel", "decibels"), "dB"),
    **dict.fromkeys(("watt", "watts"), "W"),
    **dict.fromkeys(("dollar", "dollars", "usd", "cent", "cents"), "$"),
    **dict.fromkeys(("euro", "euros"), "€"),
    **dict.fromkeys(("fps",), "fps"),
}
_MEASURES = frozenset(_UNITS.values()) - {PERCENT, TIMES}

_BOUNDS: tuple[tuple[Bound, tuple[str, ...]], ...] = (
    (
        "at least",
        ("at least", "no less than", "no fewer than", "a minimum of", "minimum of", "not less than", "≥", "> ="),
    ),
    (
        "up to",
        ("up to", "as much as", "as many as", "at most", "no more than", "a maximum of", "maximum of", "as high as"),
    ),
    (
        "up to",
        ("as few as", "as little as", "as low as", "upto", "peak of", "reaching up to", "≤", "< =", "not more than"),
    ),
    (
        "more than",
        (
            "more than",
            "over",
            "above",
            "exceeding",
            "exceeds",
            "exceed",
            "exceeded",
            "beyond",
            "greater than",
            "upwards of",
        ),
    ),
    ("more than", ("a little over", "just over", "well over", "higher than", "larger than", "north of", ">")),
    ("more than", ("surpassing", "a bit over", "slightly more than", "past", "in excess of", "longer than", "topping")),
    (
        "less than",
        ("less than", "under", "below", "fewer than", "lower than", "smaller than", "shorter than", "<", "within"),
    ),
    ("less than", ("just under", "well under", "not even", "a little under", "only under", "beneath", "inside")),
    (
        "nearly",
        ("nearly", "almost", "close to", "approaching", "not quite", "just short of", "just shy of", "virtually"),
    ),
    ("about", ("about", "around", "roughly", "approximately", "some", "~", "≈", "circa", "on the order of", "or so")),
)
_BOUND_BEFORE = tuple(
    (bound, tuple(phrase.split())) for bound, phrases in _BOUNDS for phrase in sorted(phrases, key=len, reverse=True)
)
_BOUND_AFTER: tuple[tuple[Bound, tuple[str, ...]], ...] = (
    ("at least", ("or", "more")),
    ("at least", ("or", "higher")),
    ("at least", ("or", "better")),
    ("at least", ("at", "least")),
    ("at least", ("and", "up")),
    ("at least", ("+",)),
    ("up to", ("or", "less")),
    ("up to", ("or", "fewer")),
    ("up to", ("at", "most")),
    ("up to", ("at", "best")),
    ("up to", ("tops",)),
    ("about", ("or", "so")),
    ("about", ("or", "thereabouts")),
)
_BETWEEN = frozenset({"a", "an", "the", "$", "€", "£", "factor", "of", "another", "only", "just", "well", "still"})


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value at tokens `first` to `last` (both included); `unit` is a measure, %, x, or empty."""

    value: float
    unit: str
    bound: Bound
    first: int
    last: int
    word: str = ""
    """Where it is a small number in words: it may count what the source lists."""


def quantities(tokens: Sequence[Token]) -> list[Quantity]:
    """Find all values; digits that are part of a name, as in GPT-4, are none."""
    found: list[Quantity] = []
    at = 0
    while at < len(tokens):
        reading = _read(tokens, at)
        if reading is None:
            at += 1
            continue
        found.append(_sharing_bound(tokens, found, reading))
        at = reading.last + 1
    return _sharing_units(tokens, found)


def _sharing_units(tokens: Sequence[Token], found: list[Quantity]) -> list[Quantity]:
    """2.1 and 2.7 times, 8 to 30 percent: a unit is that of all before it in a list."""
    for place in range(len(found) - 2, -1, -1):
        first, second = found[place], found[place + 1]
        between = [token.lower for token in tokens[first.last + 1 : second.first]]
        if not first.unit and second.unit and between and all(word in _LISTS for word in between):
            found[place] = dataclasses.replace(first, unit=second.unit)
    return found


_LISTS = frozenset({",", "and", "or", "to", "-", "–", "/", "&"})


def named_quantities(tokens: Sequence[Token]) -> list[Quantity]:
    """Find the values inside names: a 7B in Llama-2-7B is a size that may be told."""
    return [_digits(tokens, at) for at, token in enumerate(tokens) if token.is_number and _in_name(tokens, at)]


def _sharing_bound(tokens: Sequence[Token], earlier: Sequence[Quantity], now: Quantity) -> Quantity:
    """Over 90%, 80% and 74%: a bound is that of all that follow in a list."""
    if now.bound or not earlier or not earlier[-1].bound:
        return now
    between = [token.lower for token in tokens[earlier[-1].last + 1 : now.first]]
    listed = bool(between) and all(word in {",", "and", "/", "or"} for word in between)
    return dataclasses.replace(now, bound=earlier[-1].bound) if listed else now


# ── one value ───────────────────────────────────────────────────────────────────────────────────────────


def _read(tokens: Sequence[Token], at: int) -> Quantity | None:
    token = tokens[at]
    if token.is_number:
        return None if _in_name(tokens, at) else _digits(tokens, at)
    return _orders(tokens, at) or _part(tokens, at) or _multiple(tokens, at) or _words(tokens, at)


def _touching(tokens: Sequence[Token], left: int, right: int) -> bool:
    return left >= 0 and right < len(tokens) and tokens[left].end == tokens[right].start


def _in_name(tokens: Sequence[Token], at: int) -> bool:
    """GPT-4, Llama 3.1, CIFAR10, F1, top-5, o1, 3D: digits that name rather than count."""
    before = tokens[at - 1] if at else None
    if _touching(tokens, at, at + 1) and tokens[at + 1].text in {"D", "d"} and tokens[at].text in {"1", "2", "3", "4"}:
        return True
    if before is None:
        return False
    if _touching(tokens, at - 1, at) and before.text[0].isalpha() and before.lower not in {"x", "k", "m", "b"}:
        return True
    return _is_joined(tokens, at) or _goes_on_as_name(tokens, at) or is_version(tokens, at)


def _is_joined(tokens: Sequence[Token], at: int) -> bool:
    """GPT-4 and Gemma-2-9b: what a hyphen ties to a word before it."""
    while (
        at > 1
        and tokens[at - 1].text in {"-", "–", ".", "/"}
        and _touching(tokens, at - 2, at - 1)
        and _touching(tokens, at - 1, at)
    ):
        at -= 2
        if tokens[at].text[-1].isalpha():
            return tokens[at].lower not in _UNITS and tokens[at].lower not in _ONES
    return (
        at >= 1
        and _touching(tokens, at - 1, at)
        and tokens[at - 1].text[0].isalpha()
        and tokens[at - 1].text[0].isupper()
    )


def _goes_on_as_name(tokens: Sequence[Token], at: int) -> bool:
    """5220R and 8x7B-instruct: letters that touch and are neither unit nor scale."""
    if not _touching(tokens, at, at + 1) or not tokens[at + 1].text[0].isalpha():
        return False
    word = tokens[at + 1].lower.removesuffix("'s")
    return word not in _UNITS and word not in _LETTER_SCALES and word not in {"th", "st", "nd", "rd", "g", "s", "e"}


def _digits(tokens: Sequence[Token], at: int) -> Quantity:
    value, last = float(tokens[at].text.replace(",", "")), at
    if _is_power(tokens, at):
        value, last = _power(tokens, at, value)
    value, last = _scaled(tokens, last, value)
    if last == at and (share := _slashed(tokens, at)):
        return _quantity(share[0], SHARE, tokens, at, share[1])
    return _with_unit(value, tokens, at, last)


def _is_power(tokens: Sequence[Token], at: int) -> bool:
    return at + 1 < len(tokens) and tokens[at + 1].text == "^"


def _power(tokens: Sequence[Token], at: int, value: float) -> tuple[float, int]:
    sign, place = 1, at + 2
    if place < len(tokens) and tokens[place].text in {"-", "−"}:
        sign, place = -1, place + 1
    if place < len(tokens) and tokens[place].is_number:
        exponent = sign * float(tokens[place].text.replace(",", ""))
        return (value**exponent, place) if value > 0 and _is_within_reach(value, exponent) else (value, at)
    return value, at


_HIGHEST_POWER, _MOST_DIGITS = 100, 300


def _is_within_reach(value: float, exponent: float) -> bool:
    """Whether a power is a number that one can calculate with."""
    return abs(exponent) < _HIGHEST_POWER and abs(exponent * math.log10(value)) < _MOST_DIGITS


def _slashed(tokens: Sequence[Token], at: int) -> tuple[float, int] | None:
    """Read 4/5, and nine of eleven stays two numbers."""
    if at + 2 < len(tokens) and tokens[at + 1].text == "/" and tokens[at + 2].is_number:
        below = float(tokens[at + 2].text.replace(",", ""))
        above = float(tokens[at].text.replace(",", ""))
        after = tokens[at + 3].lower if at + 3 < len(tokens) else ""
        if 0 < above < below <= 100 and after not in _UNITS and after != "%":  # noqa: PLR2004
            return above / below, at + 2
    return None


def _scaled(tokens: Sequence[Token], last: int, value: float) -> tuple[float, int]:
    following = last + 1
    if following < len(tokens) and tokens[following].text == "-" and following + 1 < len(tokens):
        if tokens[following + 1].lower in _SCALES:
            return value * _SCALES[tokens[following + 1].lower], following + 1
        return value, last
    if following >= len(tokens):
        return value, last
    word = tokens[following]
    if word.lower in _SCALES:
        return _scaled(tokens, following, value * _SCALES[word.lower])
    letter = word.lower.removesuffix("'s")
    if letter in _LETTER_SCALES and _touching(tokens, last, following) and not (letter == "t" and word.text[0] == "t"):
        return value * _LETTER_SCALES[letter], following
    return value, last


def _with_unit(value: float, tokens: Sequence[Token], first: int, last: int) -> Quantity:
    """Take what stands behind a number, or right before it, for its unit."""
    after = last + 1
    if after < len(tokens) and tokens[after].text == "-":
        after += 1
    word = tokens[after] if after < len(tokens) else None
    if word and word.text == "%":
        return _quantity(value, PERCENT, tokens, first, after)
    if (
        word
        and word.lower in _UNITS
        and (len(word.text) > 1 or word.text == "×" or _touching(tokens, after - 1, after))
    ):
        return _quantity(value, _UNITS[word.lower], tokens, first, after)
    if first and tokens[first - 1].text in {"$", "€", "£"}:
        return _quantity(value, tokens[first - 1].text, tokens, first, last)
    if first and tokens[first - 1].text == "×":
        return _quantity(value, TIMES, tokens, first, last)
    if _is_factor(tokens, first):
        return _quantity(value, TIMES, tokens, first, last)
    return _quantity(value, "", tokens, first, last)


def _is_factor(tokens: Sequence[Token], first: int) -> bool:
    words = [token.lower for token in tokens[max(0, first - 6) : first]]
    return any(words[at : at + 2] == ["factor", "of"] for at in range(len(words)))


# ── in words ────────────────────────────────────────────────────────────────────────────────────────────


def _orders(tokens: Sequence[Token], at: int) -> Quantity | None:
    """Read "three orders of magnitude"; a lone "an order of magnitude" is one."""
    for place in range(at, min(at + 4, len(tokens))):
        if tokens[place].lower in {"order", "orders"} and [each.lower for each in tokens[place + 1 : place + 3]] == [
            "of",
            "magnitude",
        ]:
            value = _small_word(tokens[at:place])
            return _quantity(value, ORDERS, tokens, at, place + 2) if value else None
    return None


def _small_word(tokens: Sequence[Token]) -> float | None:
    words = [token.lower for token in tokens]
    if not words or words in (["a"], ["an"], ["one"]):
        return 1.0
    if len(words) == 1 and (words[0] in _ONES or tokens[0].is_number):
        return float(_ONES.get(words[0], 0) or tokens[0].text)
    return 2.0 if words == ["several"] else None


def _half(tokens: Sequence[Token], at: int, words: list[str]) -> Quantity:
    """Read "half", "half a million", "half a percent"."""
    if words[1:2] == ["a"] and words[2:3]:
        if words[2] in _SCALES:
            return _quantity(_SCALES[words[2]] / 2, "", tokens, at, at + 2)
        if words[2] in _UNITS:
            return _quantity(0.5, _UNITS[words[2]], tokens, at, at + 2)
    return _quantity(0.5, SHARE, tokens, at, at)


def _part(tokens: Sequence[Token], at: int) -> Quantity | None:
    """Read "half", "a third", "two fifths", "two-thirds"."""
    words = [token.lower for token in tokens[at : at + 4]]
    if words[0] in _HALVES and not _is_first_half(tokens, at):
        return _half(tokens, at, words)
    skip = 2 if words[1:2] == ["-"] else 1
    if len(words) <= skip or words[skip] not in _PARTS:
        return None
    above = 1 if words[0] in {"a", "an"} else _ONES.get(words[0], 0)
    is_plural = words[skip].endswith("s")
    if not above or is_plural != (above > 1) or (words[0] in {"a", "one"} and not _is_share(tokens, at + skip)):
        return None
    return _quantity(above / _PARTS[words[skip]], SHARE, tokens, at, at + skip)


def _is_share(tokens: Sequence[Token], at: int) -> bool:
    """A third of them, by a third, a third less; but not a third experiment."""
    follows = tokens[at + 1].lower if at + 1 < len(tokens) else "."
    before = tokens[at - 2].lower if at >= 2 else ""  # noqa: PLR2004
    return follows in {"of", ".", ",", "less", "more", "fewer", "smaller", "as", "the", "to", "on", "in", "lower"} or (
        before in {"by", "about", "roughly", "than", "nearly", "almost", "only", "around", "over", "under"}
    )


def _is_first_half(tokens: Sequence[Token], at: int) -> bool:
    return at > 0 and tokens[at - 1].lower in {"first", "second", "other", "later"}


def _multiple(tokens: Sequence[Token], at: int) -> Quantity | None:
    word = tokens[at].lower
    if word in _MULTIPLES and not (word == "double" and at + 1 < len(tokens) and tokens[at + 1].text == "-"):
        return _quantity(_MULTIPLES[word], TIMES, tokens, at, at)
    folded = _FOLD.fullmatch(word)
    if folded and (folded[1] in _ONES or folded[1] in _TENS or folded[1] == "hundred"):
        value = _ONES.get(folded[1]) or _TENS.get(folded[1]) or 100
        return _quantity(float(value), TIMES, tokens, at, at)
    return None


def _words(tokens: Sequence[Token], at: int) -> Quantity | None:
    value, last = _spelled(tokens, at)
    if last < at:
        return None
    value, last = _pointed(tokens, last, value)
    value, last = _and_a_half(tokens, last, value)
    if at == last and tokens[at].lower == "one" and not _counts(tokens, at):
        return None
    share = _one_in(tokens, at, last, value)
    if share:
        return _quantity(share[0], SHARE, tokens, at, share[1])
    found = _with_unit(value, tokens, at, last)
    word = tokens[at].lower if found.last == at and value <= 12 else ""  # noqa: PLR2004
    return Quantity(found.value, found.unit, found.bound, found.first, found.last, word)


def _and_a_half(tokens: Sequence[Token], last: int, value: float) -> tuple[float, int]:
    """Read the end of "one and a half million" and "two and a quarter"."""
    words = [token.lower for token in tokens[last + 1 : last + 5]]
    if words[:2] != ["and", "a"] or words[2:3] not in (["half"], ["quarter"]) or last < 0:
        return value, last
    value += 0.5 if words[2] == "half" else 0.25
    if words[3:4] and words[3] in _SCALES:
        return value * _SCALES[words[3]], last + 4
    return value, last + 3


def _counts(tokens: Sequence[Token], at: int) -> bool:
    """Whether `one` is a number here: one percent, one in ten; but not this one."""
    follows = tokens[at + 1].lower if at + 1 < len(tokens) else ""
    later = [token.lower for token in tokens[at + 1 : at + 5]]
    is_share = any(
        word in {"in", "out"} and after in {*_ONES, "every", "of", "a"} for word, after in itertools.pairwise(later)
    )
    return is_share or follows in {"percent", "point", "million", "billion", "hundred", "thousand"}


def _one_in(tokens: Sequence[Token], at: int, last: int, value: float) -> tuple[float, int] | None:
    follows = [token.lower for token in tokens[last + 1 : last + 5]]
    noun = 1 if follows[1:2] in (["in"], ["out"]) and follows[0] not in {"of", "and", ","} else 0
    follows = follows[noun:]
    skip = noun + (3 if follows[:2] == ["out", "of"] else 2 if follows[:1] in (["in"], ["of"]) else -9)
    if skip < 0 or last + skip >= len(tokens):
        return None
    article = int(tokens[last + skip].lower in {"a", "every"})
    skip += article
    del at
    whole, end = _spelled(tokens, last + skip)
    if end < last + skip and tokens[last + skip].is_number:
        whole, end = float(tokens[last + skip].text.replace(",", "")), last + skip
    is_share = (
        end >= last + skip and follows[0] != "of" and 0 < value < whole and whole in {2, 3, 4, 5, 10, 20, 100, 1000}
    )
    return (value / whole, end) if is_share else None


def _spelled(tokens: Sequence[Token], at: int) -> tuple[float, int]:
    """Read a number in words; the last index is before `at` where there is none."""
    total, current, last, place = 0.0, 0.0, at - 1, at
    said = False
    while place < len(tokens):
        word = tokens[place].lower
        if word in _ONES and (not said or current % 10 == 0 or current >= 100):  # noqa: PLR2004
            current += _ONES[word]
        elif word in _TENS and (not said or current % 100 == 0):
            current += _TENS[word]
        elif word in _SCALES and (said or _a_before(tokens, place)):
            current = (current or 1) * _SCALES[word]
            if _SCALES[word] >= 1000:  # noqa: PLR2004
                total, current = total + current, 0.0
        elif said and word in {"-", "and"} and _goes_on(tokens, place, current, word):
            place += 1
            continue
        else:
            break
        said, last, place = True, place, place + 1
    return total + current, last


def _a_before(tokens: Sequence[Token], place: int) -> bool:
    return place > 0 and tokens[place - 1].lower in {"a", "an", "per", "half", "several"}


def _goes_on(tokens: Sequence[Token], place: int, current: float, word: str) -> bool:
    follows = tokens[place + 1].lower if place + 1 < len(tokens) else ""
    if word == "and":
        return current >= 100 and (follows in _ONES or follows in _TENS)  # noqa: PLR2004
    return follows in _ONES or follows in _SCALES


def _pointed(tokens: Sequence[Token], last: int, value: float) -> tuple[float, int]:
    """Read the digits of "two point five"."""
    if last + 2 >= len(tokens) or tokens[last + 1].lower != "point" or tokens[last + 2].lower not in _ONES:
        return value, last
    digits, place = "", last + 2
    while place < len(tokens) and tokens[place].lower in _ONES and _ONES[tokens[place].lower] < 10:  # noqa: PLR2004
        digits += str(_ONES[tokens[place].lower])
        place += 1
    return value + float(f"0.{digits}") if digits else value, place - 1


# ── bounds ──────────────────────────────────────────────────────────────────────────────────────────────


def _quantity(value: float, unit: str, tokens: Sequence[Token], first: int, last: int) -> Quantity:
    return Quantity(value, unit, _bound(tokens, first, last), first, last)


def _bound(tokens: Sequence[Token], first: int, last: int) -> Bound:
    after = [token.lower for token in tokens[last + 1 : last + 3]]
    for bound, phrase in _BOUND_AFTER:
        if tuple(after[: len(phrase)]) == phrase:
            return bound
    before = [token.lower for token in tokens[max(0, first - 7) : first]]
    if before[-2:] == ["than", "the"]:  # compares with a value, and bounds none
        return ""
    while before and before[-1] in _BETWEEN:
        if _ends_with_bound(before):
            break
        before.pop()
    return _ends_with_bound(before) or ""


def _ends_with_bound(before: list[str]) -> Bound | None:
    fitting = [(len(phrase), bound) for bound, phrase in _BOUND_BEFORE if tuple(before[-len(phrase) :]) == phrase]
    return max(fitting)[1] if fitting else None


# ── comparing ───────────────────────────────────────────────────────────────────────────────────────────


def same_value(said: Quantity, source: Quantity) -> bool:
    """Whether one can stand for the other: equal, or rounded as far as its wording admits."""
    bound = "about" if said.unit == SHARE and source.unit != SHARE and not said.bound else said.bound
    return any(_agree(mine, theirs, bound) for mine, theirs in _comparable(said, source))


def _comparable(said: Quantity, source: Quantity) -> list[tuple[float, float]]:
    """Pairs of numbers that would have to agree, for each way in which the two units can be read as one."""
    a, b, units = said.value, source.value, frozenset({said.unit, source.unit})
    if len(units) == 1:
        return [(a, b)]
    if SHARE in units and units & {PERCENT, TIMES, ""}:
        return _as_share(said, source)
    if units in _CONVERSIONS:
        return _CONVERSIONS[units](said, source)
    bare = said.unit in {"", SHARE} or (source.unit == "" and said.unit == TIMES)
    return [(a, b)] if bare else []


def _as_orders(said: Quantity, source: Quantity) -> list[tuple[float, float]]:
    return [(_power_of(said), _power_of(source))]


def _as_growth(said: Quantity, source: Quantity) -> list[tuple[float, float]]:
    """1.5 times is 50 percent more, or 150 percent."""
    times, percent = (said.value, source.value) if said.unit == TIMES else (source.value, said.value)
    pairs = [((times - 1) * 100, percent), (times * 100, percent)]
    return pairs if said.unit == TIMES else [(right, left) for left, right in pairs]


def _as_seconds(said: Quantity, source: Quantity) -> list[tuple[float, float]]:
    return [(said.value * (1000 if said.unit == "s" else 1), source.value * (1000 if source.unit == "s" else 1))]


def _as_percent(said: Quantity, source: Quantity) -> list[tuple[float, float]]:
    """46.3 is 46.3 percent, and 0.463, too."""
    bare = said if said.unit == "" else source
    hundredfold = [(said.value * (100 if bare is said else 1), source.value * (100 if bare is source else 1))]
    return [(said.value, source.value), *(hundredfold if bare.value <= 1 else [])]


_CONVERSIONS: dict[frozenset[str], Callable[[Quantity, Quantity], list[tuple[float, float]]]] = {
    frozenset({ORDERS, TIMES}): _as_orders,
    frozenset({ORDERS, ""}): _as_orders,
    frozenset({PERCENT, TIMES}): _as_growth,
    frozenset({"s", "ms"}): _as_seconds,
    frozenset({PERCENT, ""}): _as_percent,
}


def _power_of(quantity: Quantity) -> float:
    return 10 ** min(quantity.value, 100) if quantity.unit == ORDERS else quantity.value


def _as_share(said: Quantity, source: Quantity) -> list[tuple[float, float]]:
    """A half is 50 percent, a 2x reduction, and 0.5."""
    pairs = []
    share, other = (said, source) if said.unit == SHARE else (source, said)
    if other.unit == PERCENT or (other.unit == "" and 1 < other.value <= 100):  # noqa: PLR2004
        pairs = [(share.value * 100, other.value), ((1 - share.value) * 100, other.value)][
            : 1 if other.unit == "" else 2
        ]
    elif other.unit == TIMES and share.value:
        pairs = [(1 / share.value, other.value)]
    elif other.unit == "":
        pairs = [(share.value, other.value)]
    return pairs if share is said else [(right, left) for left, right in pairs]


_ABOUT, _ABOVE, _BELOW = (0.93, 1.07), (1.0, 1.12), (0.9, 1.0)
"""How far the source's value may be from one that is said to be about, above or below it, as shares."""

_SMALL, _ROUNDED_FROM, _THIRD = 10, 10, 0.35


def _agree(said: float, source: float, bound: Bound) -> bool:
    if math.isclose(said, source, rel_tol=1e-6, abs_tol=1e-9):
        return True
    if source == 0 or said == 0 or not math.isfinite(source) or not math.isfinite(said):
        return False  # one with hundreds of digits is beyond all numbers
    ratio = source / said
    if bound == "about":
        return _ABOUT[0] <= ratio <= _ABOUT[1]
    if bound in {"more than", "at least"}:
        return _ABOVE[0] < ratio <= _ABOVE[1] or (said < _SMALL and said.is_integer() and said < source < said + 1)
    if bound in {"less than", "nearly", "up to"}:
        return _BELOW[0] <= ratio < _BELOW[1]
    return _rounds_to(source, said)


def _rounds_to(source: float, said: float) -> bool:
    """86.5 may be said as 87, and 33 percent as a third."""
    if said.is_integer():
        return abs(source) >= _ROUNDED_FROM and not source.is_integer() and round(source) == said
    return (said * 3).is_integer() and abs(said - source) <= _THIRD and source.is_integer()
