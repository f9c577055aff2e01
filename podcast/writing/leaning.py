"""What a sentence needs before it to be understood, and how it stands where that is not said.

A sentence that goes on from the one before it (This, However, even faster) needs that one; one that uses a name which
the paper gives to something needs the one that gives it. What only joins two sentences (Moreover, also) goes where the
first is not said, and They and It become who they are where that is certain.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podcast.writing.prose import KIND, capitalised
from podcast.writing.verbs import AUTHORS_VERBS, third

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LEANS_AT_START = re.compile(
    rf"""^(?:
    (?:And|But|So|Yet|Then|Thus|Hence|Here|Instead|However|Nevertheless|Nonetheless|Therefore|Consequently|Accordingly
      |Otherwise|Meanwhile|Similarly|Likewise|Conversely|Specifically|In\sparticular|In\scontrast|By\scontrast|In\sturn
      |As\sa\sresult|As\ssuch|For\sexample|For\sinstance|That\sis|In\sfact|In\sthe\sremaining|To\s(?:this|that)\send|To\sdo\sso|In\sdoing\sso)\b
    |(?:This|That|These|Those)\b(?!\s{KIND})
    |(?:It|They|He|She|Its|Their|Both(?!\s[\w-]+\sand\s)|Such|Each|Another|Some\sof|One\sof|Others?|The\sformer|The\slatter
      |The\s(?:first|second|third|fourth|fifth)|Second|Third|Fourth|Finally|Lastly)\b
    |[A-Z][A-Za-z-]*[A-Z](?:s\sare|\sstands\sfor)\s)""",
    re.VERBOSE,
)
_LEANS_ANYWHERE = re.compile(
    rf"""\b(?:this|these|those|such)\b(?!\s{KIND}|\s(?:as|that|end)\b)
    |\b(?:the\s(?:former|latter|above|same|resulting|proposed)|them|the\stwo|aforementioned)\b""",
    re.VERBOSE,
)
_GOES_FURTHER = re.compile(
    r"""\beven\s(?:more|less|further|greater|\w{2,}er)\b|\bstill\b|\bsimilar(?:ly)?\b(?!\sto\b)|\bagain\b
    |\bextend(?:s|ed)?\s(?:their|our|its|this|these|the)\b
    |^(?:We|They|It|The\s\w+|This\s\w+|Results|Experiments)\sfurther\b""",
    re.VERBOSE,
)
"""Signs of going beyond what the sentence before says."""

_NOT_REALLY = re.compile(
    r"^It (?:is|was|has(?: been)?|remains|seems) (?:an? )?(?:\w+ly )?(?:\w+ )?"
    r"(?:that|to|known|unclear|important|shown)\b"
)
_CONNECTIVE = re.compile(
    r"""^(?:
    (?:Moreover|Furthermore|Additionally|In\saddition|Besides|Further|Also|Notably|Finally|Lastly|Overall|Specifically
      |In\sparticular|Concretely|More\sspecifically|To\s(?:this|that)\send),\s(?=[\w“"])
    |(?:To|Based\son|Building\s(?:up)?on|Inspired\sby|Motivated\sby|Addressing|Tackling|Towards?|Considering|Following|In\slight\sof|Given|For|In|With|Using|Through|By)
      \s[^,]{0,80}\b(?:this|these|such|the\sabove)\b[^,]{0,80},\s
      (?=(?:in\sthis\s\w+,?\s)?(?:we|I|the\sauthors|this\s(?:paper|work|study))\b))""",
    re.VERBOSE,
)
"""What a sentence can begin with or without: how it goes on from another, or what that other had said it is for."""

_ALSO = re.compile(r"^((?:We|They|It|The [a-z]+(?: [a-z]+)?|This [a-z]+|Results|Experiments) )also (?=[a-z])")
_AUTHORS = re.compile(r"^(?:[^,]{1,80}, )?[Tt]he authors\b(?!['’])")
_PAPER = re.compile(rf"^(?:\w+, )?(?:the|this) ((?:position )?{KIND})", re.IGNORECASE)
_DONE_BY_PAPERS = frozenset(map(third, AUTHORS_VERBS))

_COINED = re.compile(r"(?<![\w-])(?=[\w-]*[A-Z][\w-]*[A-Z])[A-Z][\w-]+\w")
_COINING = (
    r"(?:\b(?:called|named|dubbed|termed)\s[“\"]?{name}"
    r"|\b(?:introduc|propos|present|develop|releas|creat)\w*\s(?:\w+\s)?{name}(?=[,:.;]|\s[–-]|$)"
    r"|^{name},?\s(?:is\s)?(?:an?|the)\s|\b{name},\san?\s)"
)


def leans(sentence: str) -> bool:
    """Whether it cannot be understood without the sentence before it."""
    if _NOT_REALLY.match(sentence):
        return False
    return any(pattern.search(sentence) for pattern in (_LEANS_AT_START, _LEANS_ANYWHERE, _GOES_FURTHER))


def alone(sentences: Sequence[str], place: int) -> str:
    """How a sentence stands where the one before it is not said: no Moreover without what it goes beyond."""
    text = capitalised(_CONNECTIVE.sub("", sentences[place]))
    for pronoun in ("They", "It"):
        if text.startswith(f"{pronoun} ") and (who := _named(sentences, place, pronoun, text)):
            text = f"{who}{text[len(pronoun) :]}"
    return _ALSO.sub(r"\1", text)


def _named(sentences: Sequence[str], place: int, pronoun: str, text: str) -> str:
    """Say who They or It is, by the nearest sentence before that does not begin so; empty where that is not sure."""
    before = next((each for each in reversed(sentences[:place]) if not each.startswith(f"{pronoun} ")), "")
    if pronoun == "They":
        return "The authors" if _AUTHORS.match(before) else ""
    paper = _PAPER.match(before)
    is_deed = re.match(r"It (?:\w+ly |also )?(\w+)", text)
    return f"The {paper[1]}" if paper and is_deed and is_deed[1] in _DONE_BY_PAPERS else ""


def needs(sentences: Sequence[str]) -> list[int | None]:
    """Say for each the nearest one before it that it is not said without; all that it needs are found on this way."""
    nearest: list[int | None] = [None] * len(sentences)
    for place in range(1, len(sentences)):
        for needed in _needed(sentences, place):
            _require(nearest, place, needed)
    return nearest


def _needed(sentences: Sequence[str], place: int) -> Iterator[int]:
    text = alone(sentences, place)
    if leans(text):
        yield 0 if _is_of_title(sentences, place) else place - 1
    known = re.match(r"The ([a-z]+) ", text)
    if known and not _PAPER.match(text):
        noun, new = known[1], rf"\b[Aa]n?\s[^,.;]{{0,60}}\b{known[1]}\b"
        yield from [at for at in range(place) if noun in sentences[at] and re.search(new, sentences[at])][:1]
    for name in sorted(set(_COINED.findall(text))):
        first = next(at for at in range(place + 1) if name in sentences[at] or at == place)
        if first < place and re.search(_COINING.format(name=re.escape(name)), sentences[first]):
            yield first


def _is_of_title(sentences: Sequence[str], place: int) -> bool:
    """Whether an It is what the title names, as are all before it."""
    first = re.match(r"(?:It|This is an?) ", sentences[0])
    return bool(first) and all(
        each.startswith("It ") and not _LEANS_ANYWHERE.search(each) and not _GOES_FURTHER.search(each)
        for each in sentences[1 : place + 1]
    )


def _require(nearest: list[int | None], place: int, needed: int) -> None:
    """Let the way back from a place come by what it needs, and from there by all it came by before."""
    way = [place]
    while (before := nearest[way[-1]]) is not None:
        way.append(before)
    if needed in way:
        return
    last = min(at for at in way if at > needed)
    further, nearest[last] = nearest[last], needed
    if further is not None:
        _require(nearest, needed, further)
