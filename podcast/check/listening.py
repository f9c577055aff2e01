"""A rule for what is heard: every sentence of an episode, by somebody who does not know the script.

Written and heard are compared letter by letter without spaces, numbers in words, so that "warm up" for "warmup" and
"10" for "ten" are no slips. Each sentence is looked for around its own time: what went wrong elsewhere cannot shift it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from podcast.check.rules import Fault, Rule, rule
from podcast.record import EPISODE_MP3
from podcast.speech.lexicon import Lexicon
from podcast.speech.text import spoken

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podcast.outside.ears import HeardWord

WORST_ERROR_RATE = 0.15
"""Of a sentence's letters: names that ears do not know stay below it, a lost or garbled sentence is far above."""

FEWEST_ERRORS = 3
_AROUND_MS = 1500
"""How far ears may be off in time."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is written, and when it sounds."""

    text: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class NotHeard:
    """A sentence that was not heard as it is written, and what was heard in its time."""

    sentence: Sentence
    heard: str
    error_rate: float
    """Letters wrong, missing or too many, as a share of those written."""


@dataclass(frozen=True, slots=True)
class ListenSubject:
    """An episode, and what was heard in it."""

    where: str
    sentences: tuple[Sentence, ...]
    words: tuple[HeardWord, ...]
    lexicon: Lexicon


@rule("listen-sentence", "a sentence that is heard as it is written")
def misheard(subject: ListenSubject) -> Iterator[Fault]:
    """Lost, cut or garbled speech; and names that a listener would not get either."""
    for found in not_heard(subject.sentences, subject.words, subject.lexicon):
        where = f"{subject.where}/{EPISODE_MP3} at {_clock(found.sentence.start_ms)}"
        yield Fault(where, found.sentence.text, f"to hear what is written, not {found.heard or 'nothing'!r}")


RULES: tuple[Rule[ListenSubject], ...] = (misheard,)


def sentences_of(transcript_json: str) -> tuple[Sentence, ...]:
    """Sentences with their times from an episode's transcript.json; none from anything else."""
    try:
        return tuple(
            Sentence(segment["body"], round(1000 * segment["startTime"]), round(1000 * segment["endTime"]))
            for segment in json.loads(transcript_json)["segments"]
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return ()


def not_heard(
    sentences: Sequence[Sentence],
    words: Sequence[HeardWord],
    lexicon: Lexicon,
    *,
    above: float = WORST_ERROR_RATE,
    fewest: int = FEWEST_ERRORS,
) -> list[NotHeard]:
    """Find the sentences of which more than a slip is missing or wrong in what was heard.

    That is a share of their letters `above` the one given, and the `fewest` letters that count at all.
    """
    letters = [letters_of(word.word) for word in words]
    judged = (_judged(sentence, words, letters, lexicon) for sentence in sentences)
    return [found for found, errors in judged if found.error_rate > above and errors >= fewest]


def _judged(
    sentence: Sentence, words: Sequence[HeardWord], letters: Sequence[str], lexicon: Lexicon
) -> tuple[NotHeard, int]:
    """Compare a sentence with what was heard around its time; with the number of letters that differ."""
    first, last = sentence.start_ms - _AROUND_MS, sentence.end_ms + _AROUND_MS
    near = [at for at, word in enumerate(words) if first < (word.start_ms + word.end_ms) / 2 < last]
    heard = "".join(letters[at] for at in near)
    rates = [(errors / len(said), errors) for said in _sayings(sentence.text, lexicon)
             for errors in (_fewest_errors(said, heard),)]  # fmt: skip
    rate, errors = min(rates, default=(0.0, 0))
    inside = (word.word for word in words
              if sentence.start_ms < (word.start_ms + word.end_ms) / 2 < sentence.end_ms)  # fmt: skip
    return NotHeard(sentence, " ".join(inside), rate), errors


def _sayings(text: str, lexicon: Lexicon) -> set[str]:
    """Letters of a sentence as written, as said, and as said with the show's respellings: ears may write any."""
    return {letters_of(said) for said in (text, spoken(text, Lexicon()), spoken(text, lexicon))} - {""}


def _fewest_errors(said: str, heard: str) -> int:
    """Edit distance between one text and whichever part of the other is nearest to it (Sellers 1980)."""
    signs = np.frombuffer(heard.encode("ascii"), dtype=np.uint8)
    places = np.arange(len(signs) + 1)
    row = np.zeros(len(signs) + 1, dtype=np.int64)
    for sign in said.encode("ascii"):
        best = row + 1
        best[1:] = np.minimum(best[1:], row[:-1] + (signs != sign))
        row = np.minimum.accumulate(best - places) + places  # a step to the right costs 1
    return int(row.min())


def _clock(ms: int) -> str:
    minutes, seconds = divmod(ms // 1000, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"


# ── letters ─────────────────────────────────────────────────────────────────────────────────────────────

_NUMBER = re.compile(r"(\d+(?:,\d{3})*(?!\d))(?:\.(\d+))?(st|nd|rd|th)?")
_BARE_DECIMAL = re.compile(r"(?<!\d)\.(?=\d)")
_DATE = re.compile(r"(?<!\d)(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?!\d)")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_SIGNS = {"%": " percent", "&": " and ", "+": " plus ", "=": " equals "}
_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_GREAT = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))
_LARGEST = 10**15
_MOST_DIGITS = 18
_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
             "twelve": "twelfth"}  # fmt: skip


def letters_of(text: str) -> str:
    """Reduce a text to what two people who hear the same would both write: a to z, numbers in words, no spaces."""
    plain = unicodedata.normalize("NFKD", text).lower()
    for sign, word in _SIGNS.items():
        plain = plain.replace(sign, word)
    plain = _BARE_DECIMAL.sub(" point ", _DATE.sub(_date, plain))
    return re.sub(r"[^a-z]", "", _NUMBER.sub(_in_words, plain))


def _date(match: re.Match[str]) -> str:
    """Write a date as it is said: june 15th, 2024."""
    year, month, day = map(int, match.groups())
    return f" {_MONTHS[month - 1]} {day}th, {year} "


def _in_words(match: re.Match[str]) -> str:
    whole, decimals, ordinal = match.groups()
    digits = whole.replace(",", "")
    is_code = (len(digits) > 1 and digits[0] == "0") or len(digits) > _MOST_DIGITS
    words = _digits(digits) if is_code or int(digits) >= _LARGEST else _cardinal(int(digits))
    if decimals:
        words += ["point", *_digits(decimals)]
    if ordinal:
        words[-1] = _ORDINALS.get(words[-1], f"{re.sub('y$', 'ie', words[-1])}th")
    return " ".join(["", *words, ""])


def _digits(digits: str) -> list[str]:
    return [_SMALL[int(digit)] for digit in digits]


def _cardinal(number: int) -> list[str]:
    if number < len(_SMALL):
        return [_SMALL[number]]
    for size, name in _GREAT:
        if number >= size:
            rest = number % size
            return [*_cardinal(number // size), name, *(_cardinal(rest) if rest else ())]
    return [_TENS[number // 10 - 2], *(_cardinal(number % 10) if number % 10 else ())]
