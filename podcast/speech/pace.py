"""How long a voice takes: for a sentence, for a whole script with its pauses, and for a word on average.

    ms = base + syllables * … + consonants * … + words * … + letters * … + digits * … + pauses * …

Measured, not guessed: benchmarks/fit_durations.py fits the numbers by least squares. What they are off by, of whole
episodes, docs/performance.md says.
"""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast.types import Utterance, Voice

# ── what takes time ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Counts:
    """What of a text takes time to say."""

    syllables: int = 0
    consonants: int = 0
    words: int = 0
    """Those that carry meaning and stress: not the, of, and."""
    letters: int = 0
    """Spelled out, by the syllables of their names: W has three."""
    digits: int = 0
    pauses: int = 0


_MARKED = re.compile(r"\[[^\[\]]*\]\(/([^/]*)/\)")
_SPELLED = re.compile(r"(?<![^\W\d_])[A-Z]{2,}(?![a-z])")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_VOWELS = re.compile(r"[aeiouy]+")
_CONSONANTS = re.compile("[bcdfghjklmnpqrstvwxz]")
_SILENT_END = re.compile(r"(?<=[^aeiouyl])(?:e|es|ed)$")
_VOWEL_SOUNDS = re.compile("[AIOWYaeiouæɑɔəɛɜɪʊʌᵊᵻQɐɒ]")
_ZEROS = re.compile(r"(?<=\d)(?:,?000)+")
"""Said as one word: thousand, million."""

_PAUSES = re.compile(r"[,;:.!?…](?=\s|$)|[—–]|\s-\s")
_UNSTRESSED = frozenset(
    """a an the of in on for to and or with by as at is are was were be been it its that this these those they their
    from which we our has have can not than but such also into may""".split()  # noqa: SIM905 - a list reads best as words
)


@functools.lru_cache(maxsize=2048)
def counts(text: str) -> Counts:
    """Count syllables and consonants as spelling shows them, words, digits and pauses of a text as a voice gets it."""
    sounds = _MARKED.findall(text)
    plain = unmarked(text)
    spelled = _SPELLED.findall(plain)
    words = _WORD.findall(unicodedata.normalize("NFD", _SPELLED.sub(" ", plain)).lower())
    return Counts(
        syllables=sum(len(_VOWEL_SOUNDS.findall(sound)) for sound in sounds) + sum(map(_syllables, words)),
        consonants=sum(len(_CONSONANTS.findall(word)) for word in words),
        words=len(sounds) + sum(word not in _UNSTRESSED for word in words),
        letters=sum(len(letters) + 2 * letters.count("W") for letters in spelled),
        digits=sum(sign.isdigit() for sign in _ZEROS.sub("0", plain)),
        pauses=len(_PAUSES.findall(text.rstrip(" .!?…\"')"))),
    )


def unmarked(text: str) -> str:
    """Take out of a text the words whose sounds are given."""
    return _MARKED.sub(" ", text)


def _syllables(word: str) -> int:
    return max(1, len(_VOWELS.findall(_SILENT_END.sub("", word))))


# ── what voices take for it ─────────────────────────────────────────────────────────────────────────────

_SHORTEST_BEAT_MS = 170
"""Of a syllable or a letter, and half of a digit, on average: no voice says a short sentence faster."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What a voice takes at speed 1: ms of its own and for each count, and how far from that its sentences stray."""

    base_ms: float
    """Below zero where long sentences have breaths in them that no mark shows."""
    ms: Counts
    least: float
    most: float
    words_per_minute: float
    """Of a script as it is written, with the usual pauses between sentences, paragraphs and segments."""

    def expected_ms(self, counted: Counts) -> float:
        """Length of a text, silence around it cut."""
        known = (
            counted.syllables * self.ms.syllables
            + counted.consonants * self.ms.consonants
            + counted.words * self.ms.words
            + counted.letters * self.ms.letters
            + counted.digits * self.ms.digits
            + counted.pauses * self.ms.pauses
        )
        beats = counted.syllables + counted.letters + 2 * counted.digits
        return max(self.base_ms + known, beats * _SHORTEST_BEAT_MS)


PACES = {
    ("hibari", "heart"): Pace(-273, Counts(116, 38, 83, 207, 316, 172), least=0.66, most=1.55, words_per_minute=130),
    ("piper", "joe"): Pace(23, Counts(85, 46, 45, 156, 299, 274), least=0.62, most=1.65, words_per_minute=142),
}
"""By engine and voice, as benchmarks/fit_durations.py fits them."""

ANY_PACE = Pace(0, Counts(100, 43, 60, 180, 305, 225), least=0.35, most=2.2, words_per_minute=135)
"""Of voices that nobody has measured: about that of those above, far around it, for some are told how to speak."""


def pace_of(voice: Voice) -> Pace:
    """Find the pace of a voice; the general one where nobody has measured it."""
    return PACES.get((voice.engine, voice.voice), ANY_PACE)


def words_per_minute(voice: Voice) -> float:
    """How many written words of a script a voice says in a minute, pauses and its profile's speed counted."""
    return pace_of(voice).words_per_minute * voice.speed


_PIECE_PAUSE_MS = 120
"""Between the pieces of a sentence that is too long to be spoken in one go."""


def speech_ms(utterances: Sequence[Utterance], between_segments_ms: int | None = None) -> int:
    """How long a planned script takes from its first word to its last, designed pauses included.

    `between_segments_ms` is what lies between segments instead of the voices' own pauses: a sting, say.
    """
    pauses = (_pause_ms(before, after, between_segments_ms) for before, after in itertools.pairwise(utterances))
    return round(sum(map(utterance_ms, utterances)) + sum(pauses))


def utterance_ms(utterance: Utterance) -> float:
    """How long one sentence takes to say."""
    pace = pace_of(utterance.voice)
    said_ms = sum(pace.expected_ms(counts(piece.text)) for piece in utterance.pieces)
    return said_ms / utterance.voice.speed + _PIECE_PAUSE_MS * (len(utterance.pieces) - 1)


def _pause_ms(before: Utterance, after: Utterance, between_segments_ms: int | None) -> int:
    """As podcast/audio/timeline.py places them."""
    pauses = before.voice.pauses
    if after.segment_index != before.segment_index:
        return pauses.segment_ms if between_segments_ms is None else between_segments_ms
    if after.paragraph_index == before.paragraph_index:
        return pauses.sentence_ms
    return pauses.paragraph_ms if after.speaker == before.speaker else pauses.speaker_ms
