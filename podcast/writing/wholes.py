"""How whole sentences of certain forms become several: series, concessions, purposes, counted lists, notes.

Each takes a sentence and returns the sentences that it becomes, or None where it has not this form, or not certainly.
"""

from __future__ import annotations

import re

from podcast.writing.clauses import (
    FEWEST_WORDS,
    NO_SUBJECT,
    SUBORDINATORS,
    begins_clause,
    is_whole,
    main_verb,
    subject,
    words_of,
)
from podcast.writing.gaps import ADVERB, BESIDE, INSTEAD, JOINED, NAME, OPINIONS, TOLD, follows
from podcast.writing.prose import ORDINALS, as_sentence, capitalised
from podcast.writing.verbs import AUXILIARIES, BASES, PARTICIPLE_OF, THIRD_OF, listed, third

_NEXT_VERB = re.compile(r",\s(?:and )?(?=(?:then |also |further |finally )?([\w-]+)\b)")
_SHORTEST_LIST = 2


def series(sentence: str) -> tuple[str, ...] | None:
    """`We build A, show that B, and release C`: three sentences of ours."""
    found = [match for match in _NEXT_VERB.finditer(sentence) if match[1].lower() in TOLD | {"evaluate", "develop"}]
    has_and = [match[0].endswith("and ") for match in found]
    if len(found) < _SHORTEST_LIST or not has_and[-1] or any(has_and[:-1]):
        return None
    ends = [match.start() for match in found] + [len(sentence)]
    first = sentence[: ends[0]]
    who = subject(first)
    if who not in {"We", "They"}:
        return None
    others = (f"{who} {sentence[match.end() : end]}" for match, end in zip(found, ends[1:], strict=True))
    texts = (first, *others)
    return tuple(map(as_sentence, texts)) if all(map(is_whole, texts)) else None


def noted(sentence: str, *, is_long: bool) -> tuple[str, ...] | None:
    """`It does this; also shows that; it is new`: each a sentence, or none; at once where one has no subject."""
    first, *others = re.split(r";\s+(?:and\s)?", sentence)
    if not others or not is_whole(first) or OPINIONS.search(first) or ":" in first:
        return None
    told = []
    for other in others:
        joined = JOINED.match(other)
        rest = other[joined.end() :] if joined else other
        word = INSTEAD.get(joined[1].lower(), f"{joined[1].capitalize()} ") if joined else ""
        if _is_headless(rest):
            told.append(f"{word}{'it' if word else 'It'} {rest}")
        elif (begins_clause(rest) and len(rest.split()) >= FEWEST_WORDS) or follows(rest):
            told.append(f"{word}{rest}")
        else:
            return None
    is_fragment = any(map(_is_headless, others))
    return tuple(as_sentence(capitalised(each)) for each in (first, *told)) if is_long or is_fragment else None


def _is_headless(text: str) -> bool:
    """Whether a verb begins it, as in notes: also shows that."""
    found = re.match(rf"{ADVERB}?([\w-]+) (?!of\b)", text)
    return found is not None and found[1].lower() in THIRD_OF and not begins_clause(text)


_CONCESSION = re.compile(r"^(?:While|Although|Though) ")
_FURTHEST = 25


def conceded(sentence: str) -> tuple[str, ...] | None:
    """`While A is so, B is not`: A is so. But B is not."""
    conceded = _CONCESSION.match(sentence)
    if not conceded:
        return None
    text = sentence[conceded.end() :]
    halves = ((text[: match.start()], text[match.end() :]) for match in re.finditer(r",\s", text))
    for first, second in halves:
        if all(is_whole(half) and begins_clause(half, _FURTHEST) for half in (first, second)):
            return as_sentence(capitalised(first)), as_sentence(f"But {second}")
    return None


_PURPOSE = re.compile(
    r"^(?:In order to|To) (?P<aim>(?:\w+ly )?(?P<verb>[a-z-]+) [^,]+), (?P<main>(?:we|this \w+|the authors) .*)$"
)


def purpose(sentence: str) -> tuple[str, ...] | None:
    """`To do that, we do this`: We do this. This is to do that."""
    found = _PURPOSE.match(sentence)
    if not found or found["verb"] not in BASES or not is_whole(found["main"]):
        return None
    leans = re.search(r"\b(?:this|these|such|those)\b", found["aim"])
    is_short = len(found["aim"].split()) < FEWEST_WORDS
    return None if leans or is_short else (capitalised(found["main"]), as_sentence(f"This is to {found['aim']}"))


_LED_IN = re.compile(r"^(?:By |Through )?(?P<participle>[A-Z]?[a-z]+ing) (?P<what>.*)$")
_SHORT_NAME = 5
_NO_DEEDS = listed("assume compare concern consider depend follow give include start")
"""Verbs whose participle says at a beginning when, or under what, something is done."""


def led_in(sentence: str) -> tuple[str, ...] | None:
    """`By using this, we show that`: We use this. We show that. And of CRAG: CRAG uses this. It shows that."""
    led = _LED_IN.match(sentence)
    base = PARTICIPLE_OF.get(led["participle"].lower()) if led else None
    if not led or not base or base in _NO_DEEDS:
        return None
    for match in re.finditer(r",\s", led["what"]):
        what, main = led["what"][: match.start()], led["what"][match.end() :]
        if begins_clause(main, _SHORT_NAME) and is_whole(main):
            is_clause = main_verb(words_of(what)) is not None  # Existing work is …, and
            return None if is_clause or BESIDE.search(what) else _led(base, what, main)
    return None


def _led(base: str, what: str, main: str) -> tuple[str, ...] | None:
    words, who = words_of(main), subject(main)
    at = main_verb(words)
    name = " ".join(main.split()[:at])
    if at is None or words_of(name) != words[:at] or re.search(r"[,;:]", name):
        return None
    if who == "We" and at == 1:
        first = f"We {base} {what}"
    elif who == "It" and not words[at - 1].endswith("ly") and words[0] not in {"it", "this", "there"}:
        first, main = f"{name} {third(base)} {what}", f"It {' '.join(main.split()[at:])}"
    else:
        return None
    return (as_sentence(capitalised(first)), as_sentence(capitalised(main))) if is_whole(first) else None


_ORDINAL = re.compile(rf"(?:(?P<mark>[:;,.])\s(?:and\s)?|\sand\s)(?P<ordinal>{'|'.join(ORDINALS)}),\s", re.IGNORECASE)


def counted(sentence: str) -> tuple[str, ...] | None:
    """`three ideas: first, a code; second, a loss`: Three ideas. The first is a code. The second is a loss."""
    marks = list(_ORDINAL.finditer(sentence))
    ordinals = [mark["ordinal"].lower() for mark in marks]
    if len(marks) < _SHORTEST_LIST or ordinals != list(ORDINALS[: len(marks)]) or marks[0]["mark"] != ":":
        return None
    left = sentence[: marks[0].start()]
    ends = [mark.start() for mark in marks[1:]] + [len(sentence)]
    items = (sentence[mark.end() : end].strip(" ,;.") for mark, end in zip(marks, ends, strict=True))
    told = [_item(ordinal, item) for ordinal, item in zip(ordinals, items, strict=True)]
    return tuple(as_sentence(text) for text in (left, *told) if text) if is_whole(left) and all(told) else None


_HEADLESS_ITEM = re.compile(
    rf"[,;:]\s(?:and )?(?:{'|'.join(ORDINALS[1:])}), (?P<verb>\w+)(?=\s(?:the|an?|its|all|both)\s)", re.IGNORECASE
)


def with_subjects(sentence: str) -> str:
    """`first, a code, second, uses a loss`: second, it uses a loss; but not where all items share one subject."""
    first = re.search(rf"\b{ORDINALS[0]}, (\w+)", sentence, re.IGNORECASE)
    if first is None or first[1].lower() in THIRD_OF:
        return sentence
    found = [match for match in _HEADLESS_ITEM.finditer(sentence) if match["verb"] in THIRD_OF]
    for match in reversed(found):
        sentence = f"{sentence[: match.start('verb')]}it {sentence[match.start('verb') :]}"
    return sentence


def _item(ordinal: str, item: str) -> str | None:
    """Make a sentence of one item of a list: what happens, or what it is."""
    place = re.match(r"(?:at|in|on|for|with) [^,;]{1,60}, ", item, re.IGNORECASE)
    if is_whole(item) and begins_clause(item[place.end() :] if place else item):
        is_name = NAME.search(item.split(maxsplit=1)[0])
        return f"{ordinal.capitalize()}, {item if is_name else item[0].lower() + item[1:]}"
    words = words_of(item)
    others = NO_SUBJECT | SUBORDINATORS | BASES | THIRD_OF.keys() | AUXILIARIES | {"we"}
    if not words or words[0] in others or main_verb(words) is not None or re.search(r"[.?!]\s|;|\bresults in\b", item):
        return None
    article = re.match(r"(?:An?|The) ", item)
    return f"The {ordinal} is {item[0].lower() + item[1:] if article else item}"
