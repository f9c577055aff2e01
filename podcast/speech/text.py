r"""Written to spoken: a sentence as a person writes it becomes the words an English voice should be given.

Nothing here knows an engine: the result is plain English in letters, digits and ordinary punctuation. The work is
small rules applied in order (written/), each linear in the length of the text. No word vanishes; what is silent
is listed in signs.py. The ways chosen where there are several:

    train/test      "train-test", as people who read aloud say it; CPU/GPU and what is no plain word has a "slash"
    16k, 256K       "16 K": memory and context sizes are said so; 7B, 5M and 2T are billion, million, trillion
    200+            "200 plus"
    06/15/2024      "June 15, 2024"; 05/06/2024 is left alone, as it could be either
    $3/1M           "$3 per 1 million"
    (un)supervised  "unsupervised"
    https://a.org/b "a dot org": a listener cannot use more; the show notes have the whole address
"""

from __future__ import annotations

import functools
import unicodedata
from typing import TYPE_CHECKING

from podcast.outside.entities import unescaped
from podcast.speech.lexicon import unmark
from podcast.speech.written.dates import DATES
from podcast.speech.written.maths import MATHS
from podcast.speech.written.numbers import NUMBERS
from podcast.speech.written.punctuation import PUNCTUATION
from podcast.speech.written.rule import applied
from podcast.speech.written.source import ADDRESSES, CHARACTERS, MARKUP
from podcast.speech.written.words import WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podcast.speech.lexicon import Lexicon

_BEFORE_LEXICON = CHARACTERS + MARKUP + CHARACTERS + ADDRESSES
_AFTER_LEXICON = DATES + WORDS + MATHS + NUMBERS + PUNCTUATION
_SAYABLE_SCRIPTS = (
    "LATIN", "GREEK", "MODIFIER LETTER", "FEMININE ORDINAL", "MASCULINE ORDINAL", "ALEF SYMBOL", "SCRIPT SMALL L",
    "PLANCK CONSTANT",
)  # fmt: skip


def spoken(text: str, lexicon: Lexicon, *, phonemes: bool = False) -> str:
    """Turn one sentence as written into the same sentence as an English voice should be given it.

    With `phonemes` the terms that have some are given as `[ReLU](/ɹˈAlu/)`, for voices that take them.
    """
    text = _before_lexicon(text)
    marks: Mapping[str, str] = {}
    if phonemes:
        text, marks = lexicon.mark(text)
    else:
        text = lexicon.respell(text)
    return unmark(_after_lexicon(text), marks)


@functools.lru_cache(maxsize=1024)
def _before_lexicon(text: str) -> str:
    """Known of the sentences of an episode: every engine asks for them, and so do checks."""
    return applied(_BEFORE_LEXICON, unicodedata.normalize("NFC", unescaped(text)))


@functools.lru_cache(maxsize=1024)
def _after_lexicon(text: str) -> str:
    return applied(_AFTER_LEXICON, text).strip()


def unspeakable(text: str, said: str | None = None) -> tuple[str, ...]:
    """Name the words that no English voice can say; empty where the sentence can be spoken.

    Those are words with letters outside Latin and Greek, or everything of a text that has nothing to say. `said` is
    what the text becomes, where that is known: finding it takes most of the time.
    """
    plain = applied(CHARACTERS, unicodedata.normalize("NFC", unescaped(text)))
    foreign = tuple(word for word in plain.split() if any(map(_is_foreign, word)))
    said = applied(_BEFORE_LEXICON + _AFTER_LEXICON, plain) if said is None and not foreign else said
    if foreign or any(map(str.isalnum, said or "")):
        return foreign
    return tuple(text.split())


@functools.lru_cache(maxsize=4096)
def _is_foreign(sign: str) -> bool:
    """Tell a letter of a script that English voices have no sounds for."""
    return sign.isalpha() and not unicodedata.name(sign, "").startswith(_SAYABLE_SCRIPTS)
