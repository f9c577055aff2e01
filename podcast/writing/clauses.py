"""Is this a clause, and whose? Judged by the words of podcast/writing/verbs.py alone; in doubt it is none.

A verb counts where its form and the word before it leave nothing else to be; a subordinate clause needs one, too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podcast.writing.prose import ORDINALS
from podcast.writing.verbs import AUXILIARIES, BASES, PARTICIPLE_OF, SURE_BASES, SURE_THIRDS, THIRD_OF, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

FEWEST_WORDS = 5
"""Of a sentence of its own: shorter ones sound like stumbling."""

SINGULAR = listed("is has was does isn't hasn't wasn't doesn't")
PLURAL = listed("are have were do aren't haven't weren't don't")
MODALS = AUXILIARIES - SINGULAR - PLURAL - listed("am had did didn't")

SUBORDINATORS = listed(
    """although because how if that though unless until what when where whereas whereby wherein whether which while who
    whom whose why"""
)
NO_SUBJECT = listed(
    """a.k.a always as at also both by during e.g either especially even first for from further i.e in including into
    instead like more most never not of on only or over particularly per rather still such than then thereby through
    thus to together under using via was were with without"""
)
"""Words that begin something else than a subject."""

_WORD = re.compile(r"[^\W_]+(?:[-’'.&/][^\W_]+)*")
_ADVERBS = listed(
    """all also always both either even first further hence in never not now often only still then thereby therefore
    thus turn"""
)
_CONTRACTED = listed("it's that's there's they're they've we're we've")
_VERBS = _CONTRACTED | AUXILIARIES | SURE_THIRDS | SURE_BASES | BASES | THIRD_OF.keys()
_NO_SUBJECTS = NO_SUBJECT | SUBORDINATORS | AUXILIARIES | BASES | THIRD_OF.keys() | PARTICIPLE_OF.keys()
_PRONOUNS = listed("it that this which who")
_PERSONS = listed("we they authors i you researchers")
_OBJECTS = listed(
    """a all an both each five four it its itself many multiple no our several some the them these this three two us
    various"""
)
"""Words that an object begins with: what stands before them is a verb even if it could be a noun."""

_NO_ENDING = listed("a an and as at by e.g for from i.e in including of on or such than that the to with")
_NO_ENDING |= {*ORDINALS}
_LEADING = re.compile(
    rf"^(?:{'|'.join(ORDINALS)}|finally|however|therefore|instead|thus|hence|specifically|in reality|in contrast"
    r"|moreover|furthermore|for (?:example|instance)|then), (?:and )?|^and (?=\w+, )",
    re.IGNORECASE,
)
"""What may stand before the subject."""

_PLURAL_LETTERS = 4


def words_of(text: str) -> list[str]:
    """Its words in small letters."""
    return [word.replace("’", "'") for word in _WORD.findall(text.lower())]


def is_plural(word: str) -> bool:
    """Whether a noun looks like several: models, but not basis."""
    looks = len(word) >= _PLURAL_LETTERS and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return looks or word == "these"


def verbs_in(words: Sequence[str]) -> int:
    """How many verbs make clauses of them."""
    return sum(_is_finite(words, at) for at in range(len(words)))


def is_whole(text: str) -> bool:
    """Whether it can stand alone: a main clause, and a verb for each subordinate one; no quote or formula is torn."""
    words = words_of(text)
    torn = (
        text.count("$") % 2
        or text.count(" – ") % 2
        or text.count('"') % 2
        or any(text.count(a) != text.count(b) for a, b in ("()", "[]", "“”"))
    )
    if torn or len(text.split()) < FEWEST_WORDS or words[-1] in _NO_ENDING:
        return False
    return main_verb(words) is not None and verbs_in(words) > sum(_subordinates(words, at) for at in range(len(words)))


def begins_clause(text: str, furthest: int = 12) -> bool:
    """Whether it begins with a subject of its own, and its verb not `furthest` words behind it."""
    words = words_of(re.split("[,;]", _LEADING.sub("", text), maxsplit=1)[0])
    if not words or words[0] in _NO_SUBJECTS:
        return False
    at = None if words[0].endswith("ly") else main_verb(words)
    if at is None or SUBORDINATORS.intersection(words[:at]):
        return False
    return 0 < at <= furthest or words[at] in _CONTRACTED


def subject(text: str) -> str:
    """Say who does what a sentence says: `We` as it stands there, `They` or `It`; empty where that is not sure."""
    words = words_of(text)
    at = main_verb(words)
    if at is None:
        return ""
    who = _before(words, at)
    if who in {"we", "they", "authors"}:
        return "We" if who == "we" else "They"
    return "It" if words[at] in SINGULAR or words[at] in THIRD_OF else ""


def main_verb(words: Sequence[str]) -> int | None:
    """Find the first verb that belongs to no subordinate clause."""
    open_clauses = 0
    for at in range(len(words)):
        if _subordinates(words, at):
            open_clauses += 1
        elif _is_finite(words, at):
            if not open_clauses:
                return at
            open_clauses -= 1
    return None


def _subordinates(words: Sequence[str], at: int) -> bool:
    """Tell what opens a clause that needs a verb of its own; `while doing` and `when asked` have none."""
    has_none = words[at] in {"while", "when", "if", "though", "although"} and words[at + 1 : at + 2]
    return words[at] in SUBORDINATORS and not (has_none and words[at + 1].endswith(("ing", "ed")))


def _before(words: Sequence[str], at: int) -> str:
    """Find the word that a verb follows, adverbs between them passed over."""
    others = (word for word in reversed(words[:at]) if word not in _ADVERBS and not word.endswith("ly"))
    return next(others, "")


def _is_finite(words: Sequence[str], at: int) -> bool:
    """Tell a verb that makes a clause by its form and the words beside it."""
    word = words[at]
    if word in _CONTRACTED or (word not in _VERBS and not word.endswith("ed")):
        return word in _CONTRACTED
    before = _before(words, at)
    if word in AUXILIARIES:
        return before not in AUXILIARIES and before != "to"
    if word in SURE_THIRDS:
        return before not in {"the", "a", "an", "of"}
    if before in _PERSONS or before in _PRONOUNS:
        return _follows_pronoun(words, at, before)
    if word in (BASES if is_plural(before) else THIRD_OF) and words[at + 1 : at + 2] and words[at + 1] in _OBJECTS:
        return before not in {"the", "a", "an", "of", "to", ""}
    return word in SURE_BASES and is_plural(before)


def _follows_pronoun(words: Sequence[str], at: int, before: str) -> bool:
    """Tell a verb behind we, it or which, where even what could be a noun is one."""
    word, is_past = words[at], words[at].endswith("ed")
    if before in _PERSONS or before == "who":
        return word in BASES or (is_past and before != "researchers")
    is_many = before in {"which", "that"} and at > 1 and is_plural(words[at - 2])
    return word in (BASES if is_many else THIRD_OF) or (is_past and before in {"it", "which"})
