"""A paper's first person told by somebody who did not write it: We propose, The authors propose; our, their; us, them.

Their verbs stay as they are, for all three are plural. A `we` that means everybody (how we live, our lives) is kept.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podcast.writing.prose import KIND, capitalised
from podcast.writing.verbs import AUTHORS_VERBS, BASES, listed, third

if TYPE_CHECKING:
    from collections.abc import Iterable

ADDED = frozenset(
    {"the", "authors", "author", "author's", "authors'", "they", "them", "their", "theirs", "themselves", "it"}
)
"""Every word that telling may add."""

_IN_THIS_PAPER = re.compile(rf"^(?:In this {KIND},?|Here,?) (?=(?:we|I|the authors)\b)", re.IGNORECASE)
_FIRST_PERSON = re.compile(
    r"(?<![\w$\\-])(we|our|us|ours|ourselves|I|my|me)(?![\w$-])(?:(['’])(ve|re|ll|d|m)\b)?", re.IGNORECASE
)
_EVERYBODY_BEFORE = re.compile(
    r"\b(?:how|ways?|things|can|could|do|does|did|should|would|will|must|may|are|have|humans|people|world|technology"
    r"|like|everything|once|before)\s$",
    re.IGNORECASE,
)
_PERHAPS_BEFORE = re.compile(r"\b(?:as|if|when|where|what|until|while)\s$", re.IGNORECASE)
_EVERYBODYS = re.compile(
    r"^\s(?:\w+ )?(?:lives|life|world|society|societies|planet|universe|daily|everyday|understanding|brains?|minds?"
    r"|bodies|environment|culture|times|era)\b"
)
_THEY_ASK = re.compile(r"[^?:]{0,80}\b(?:ask|pose)\b")
"""Behind a we: it is the authors who ask, not everybody who is asked about."""

_AUTHORS = re.compile(r"\b(?:[Tt]he authors?|[Tt]hey|[Tt]heir)\b")
_SUBJECT = re.compile(r"^(?:The authors|They)\b(?!['’])")
_DID = frozenset({"found", "built", "chose", "showed", "saw", "ran"})
"""What authors did, where its form does not tell the verb."""

_CONTRACTED = {"ve": "have", "re": "are", "ll": "will", "d": "would", "m": "is"}
_NAMED = {"we": ("the authors", "they"), "us": ("the authors", "them"), "our": ("the authors'", "their")}
_NAMED |= {"i": ("the author", "the author"), "me": ("the author", "the author"), "my": ("the author's", "their")}
_NAMED |= {"ours": ("theirs", "theirs"), "ourselves": ("themselves", "themselves")}
KNOWN = BASES | listed("advocate caution conjecture consult critique hypothesize interview invert perturb posit sketch")
"""What a single author does."""

_SINGULAR = {"am": "is", "have": "has", "do": "does", "was": "was"}


def told(sentences: Iterable[str]) -> list[str]:
    """Tell one paragraph's sentences; whoever was named in the sentence before is `they` in the next."""
    result: list[str] = []
    is_known = False
    for sentence in sentences:
        text = _told(sentence, is_known=is_known)
        is_known = bool(_SUBJECT.match(text)) or (text != sentence and bool(_AUTHORS.search(text)))
        result.append(text)
    return result


def _told(sentence: str, *, is_known: bool) -> str:
    text = _IN_THIS_PAPER.sub("", sentence)
    parts: list[str] = []
    done, named = 0, is_known
    for match in _FIRST_PERSON.finditer(text):
        if _is_everybody(text, match):
            continue
        first, later = _NAMED[match[1].lower()]
        is_start = not text[: match.start()].strip(" \"'“‘")
        mentioned = named if is_start or match[1].lower() != "we" else bool(_AUTHORS.search("".join(parts)))
        parts += [text[done : match.start()], later if mentioned else first]
        done = match.end()
        if match[3]:
            parts.append(f" {_CONTRACTED[match[3].lower()]}")
        named = True
        if match[1] == "I":
            done = _agreed(text, done, parts)
    return capitalised("".join((*parts, text[done:]))) if parts or text != sentence else sentence


def _is_everybody(text: str, match: re.Match[str]) -> bool:
    """Tell the we of all people, and what is no pronoun (US, i), from that of the authors."""
    word, before, behind = match[1], text[: match.start()], text[match.end() :]
    if word in {"I", "i"}:
        return word == "i" or not re.match(r"\s[a-z]", behind) or bool(re.search(r"[=,(]\s?$", before))
    if word.isupper() or (re.search(r"[\"“‘']$", before) and re.match(r"[\"”’'](?!\w)", behind)):
        return True
    if word.lower() == "our":
        return bool(_EVERYBODYS.match(behind))
    if word.lower() not in {"we", "us"}:
        return False
    is_asked = text.rstrip().endswith("?") and not _THEY_ASK.match(behind)
    return is_asked or _is_everybodys_we(before, behind)


def _is_everybodys_we(before: str, behind: str) -> bool:
    """In how we live and as we know it is everybody, unless what is done is research; and in let us."""
    verb = re.match(r"\s(?:\w+ly |also |then |further )?([\w-]+)", behind)
    did = verb[1].lower() if verb else ""
    is_research = did in _DID or did.removesuffix("ed") in AUTHORS_VERBS
    if re.search(r"\b[Ll]et\s$", before):
        return True
    return not is_research and bool(_PERHAPS_BEFORE.search(before) or _EVERYBODY_BEFORE.search(before))


def _agreed(text: str, at: int, parts: list[str]) -> int:
    """Let the verb behind a single author agree; returns where the text goes on."""
    verb = re.match(r"(\s(?:\w+ly |also |then |further )?)([a-z]+)\b", text[at:])
    if not verb:
        return at
    form = _SINGULAR.get(verb[2]) or (third(verb[2]) if verb[2] in KNOWN else verb[2])
    parts.append(f"{verb[1]}{form}")
    at += verb.end()
    other = re.match(r" and ([a-z-]+)\b", text[at:])
    if not other or other[1] not in KNOWN or form == verb[2]:
        return at
    parts.append(f" and {third(other[1])}")  # I build and test it
    return at + other.end()


# ── openings ────────────────────────────────────────────────────────────────────────────────────────────

IN_A_ROW = 3
"""So many sentences that begin with the same two words are heard as a list."""

_SINGLE = re.compile(
    r"^(?:This|The) (?:paper|work|study|article|research|survey|report|review|method|model|approach|framework)\b"
    r"(?!['’])"
)


def opening(sentence: str) -> tuple[str, ...]:
    """Its first two words, in small letters."""
    return tuple(re.findall(r"[^\W_]+(?:[-’'][^\W_]+)*", sentence.lower())[:2])


def varied(sentences: Iterable[str]) -> list[str]:
    """Begin the third of three sentences in a row that begin alike with a pronoun, where its subject is the same."""
    result: list[str] = []
    for sentence in sentences:
        alike = len(result) >= IN_A_ROW - 1 and {opening(each) for each in result[1 - IN_A_ROW :]} == {
            opening(sentence)
        }
        result.append(_with_pronoun(sentence) if alike else sentence)
    return result


def _with_pronoun(sentence: str) -> str:
    for pattern, pronoun in ((re.compile(r"^The authors\b(?!['’])"), "They"), (_SINGLE, "It")):
        if match := pattern.match(sentence):
            return f"{pronoun}{sentence[match.end() :]}"
    return sentence
