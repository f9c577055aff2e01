"""From prose made for the eye to prose for the ear, by rules that add no claim.

Silent on purpose, and nothing else: citation marks ([12], (Smith et al., 2020)), brackets themselves, and
addresses, which stand in the show notes.
"""

from __future__ import annotations

import re

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")

_COMMENT_MARKS = re.compile("<!--|-->")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}

_CITATION_NUMBERS = re.compile(r"\s?\[\d{1,3}(?:\s?[-–,;]\s?\d{1,3}){0,30}\]")
_NAME = r"[A-Z][\w’'-]{1,40}"
_CITED = rf"(?:see |e\.g\.,? )?{_NAME}(?: et al\.?|(?: and| &) {_NAME})?,? (?:19|20)\d\d[a-z]?"
_CITATION_NAMES = re.compile(rf"\s?[(\[]{_CITED}(?:[;,] {_CITED}){{0,20}}[)\]]")
_BRACKETED_ADDRESS = re.compile(r"\s?[(\[<](?:https?://|www\.)[^\s()\[\]<>]+[)\]>]")
_ADDRESS = r"<?(?:https?://|www\.)[^\s<>]*[^\s<>.,;:!?)\]’”\"']/?>?"
_ADDRESS_AFTER_PREPOSITION = re.compile(rf"\b(at|from|via|on|in|under|see|visit)(:?) {_ADDRESS}", re.IGNORECASE)
_ADDRESS_AFTER_COLON = re.compile(rf":\s{_ADDRESS}")
_LONE_ADDRESS = re.compile(rf"\s?{_ADDRESS}")
_ENUMERATION = re.compile(r"(?:(?<=\s)|^)\(?(\d{1,2}|[ivx]{1,4}|[a-h])\)\s")
_INNERMOST = re.compile(r"(^|\s)[(\[]([^()\[\]]*)[)\]](?=([\s.,;:!?…”\"')\]]|$))")
_FIRST_WORD = re.compile(r"[^\W\d_]+")

_MAX_NESTING = 8


def speakable(paragraph: str) -> str:
    """Take out of a paragraph what only the eye can use: citations, addresses and brackets."""
    text = " ".join(_COMMENT_MARKS.sub(" ", paragraph).split())
    text = _CITATION_NUMBERS.sub("", text)
    text = _CITATION_NAMES.sub("", text)
    text = _without_addresses(text)
    text = _ENUMERATION.sub(_ordinal, text)
    text = _without_brackets(text)
    return re.sub(r"\s+([.,;:!?])", r"\1", text).strip()


def _without_addresses(text: str) -> str:
    text = _BRACKETED_ADDRESS.sub("", text)
    text = _ADDRESS_AFTER_PREPOSITION.sub(r"\1\2 the address in the show notes", text)
    text = _ADDRESS_AFTER_COLON.sub(": see the show notes", text)
    return _LONE_ADDRESS.sub("", text)


def _ordinal(match: re.Match[str]) -> str:
    mark = match[1]
    number = int(mark) if mark.isdigit() else _ROMAN.get(mark) or ord(mark) - ord("a") + 1
    return f"{ORDINALS[number - 1]}, " if 1 <= number <= len(ORDINALS) else match[0]


def _without_brackets(text: str) -> str:
    """Turn asides in brackets into asides between commas; `f(x)` is not one and stays."""
    for _ in range(_MAX_NESTING):
        text, changes = _INNERMOST.subn(_aside, text)
        if not changes:
            break
    return text


def _aside(match: re.Match[str]) -> str:
    before = match.string[: match.start()].rstrip()[-1:]
    inside = match[2].strip()
    if not inside:
        return match[1]
    if not before or before in ".,;:!?…":
        return f"{match[1]}{inside}"
    if inside[-1] in ".!?…":
        inside = inside[:-1]
    closing = "" if match[3] and not match[3].isspace() else ","
    return f", {inside}{closing if match[3] else ''}"


def as_sentence(text: str) -> str:
    """End with a full stop where no other mark ends it."""
    text = text.rstrip(" ,;:-–—")
    return text if re.search(r"[.!?…][\"'”’)\]]*$", text) else f"{text}."


def capitalised(text: str) -> str:
    """Begin with a capital, unless the first word has a spelling of its own (arXiv, k-means)."""
    first = _FIRST_WORD.match(text)
    if not first or not first[0].islower() or (len(first[0]) == 1 and first[0] != "a"):
        return text
    return text[0].upper() + text[1:]


def number_word(number: int) -> str:
    """Small numbers as words, as one writes them."""
    return NUMBERS[number] if number < len(NUMBERS) else str(number)
