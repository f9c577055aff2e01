"""What is left at the end: dashes, quotation marks, capitals, accents, every other sign."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from podcast.speech import signs
from podcast.speech.written.rule import BEYOND_ASCII, rules

if TYPE_CHECKING:
    import re


def _unaccented(match: re.Match[str]) -> str:
    """Take the accents off letters that voices stumble over; those of Latin-1 they know."""
    plain = match[0].translate(signs.PLAIN_LETTERS)
    return "".join(sign for sign in unicodedata.normalize("NFD", plain) if not unicodedata.combining(sign))


def _capitals(match: re.Match[str]) -> str:
    """Say a word in capitals as a word if it can be said as one."""
    word = match[1]
    sayable = word not in signs.SPELLED and signs.PRONOUNCEABLE.fullmatch(word)
    return f"{word.capitalize()}{match[2]}" if sayable else match[0]


def _remaining(match: re.Match[str]) -> str:
    """Give a sign that no rule took its word, silence, or (a rare sign of mathematics) its Unicode name."""
    sign, category = match[0], unicodedata.category(match[0])
    if sign in signs.SIGNS:
        return f" {signs.SIGNS[sign]} "
    if category in signs.SILENT_CATEGORIES:
        return " "
    return f" {unicodedata.name(sign).lower().replace('-', ' ')} " if category == "Sm" else sign


PUNCTUATION = rules(
    ("dash of LaTeX in a name", r"(?<=[^\W_])--(?=[A-Z])", "-", "-"),
    ("option of a command", r"(?<!\S)--(?=[a-z])", "", "-"),
    ("dashes", r"(?: |(?<=[\w).]))(?:—|–|--{1,2})(?: |(?=\w))|(?<=\S) [-–—] (?=\S)", " — ", BEYOND_ASCII + "-"),
    ("dash left over", "[–―]|-{2,}", "—", BEYOND_ASCII + "-"),
    ("quoting apostrophes", r"(?<![^\W_])'|'(?![^\W_])", "", "'"),
    ("words in capitals", r"(?<![^\W_])([A-Z]{5,20})(s?)(?![^\W\d_])", _capitals),
    ("letters no voice knows", "[Ā-ɏḀ-ỿ]", _unaccented, BEYOND_ASCII),
    ("every other sign", r"[^\w\s.,;:!?()'—…$€£¥-]|_", _remaining),
    ("a hyphen alone", r"(?<!\S)-(?=\s|$)|(?<!\w)-(?=\w)|(?<=\w)-(?!\w)", " ", "-"),
    ("empty brackets", r"\( ?\)", " ", "("),
    ("bracket behind a word", r"(?<=[A-Za-z0-9])\((?=\w)", " (", "("),
    ("word behind a bracket", r"\)(?=[A-Za-z0-9])", ") ", ")"),
    ("white space", r"\s+", " "),
    ("space before a mark", r" (?=[,.;:!?)](?!\d))", ""),
    ("space after a bracket", r"(?<=\() ", "", "("),
    ("pause twice", r",(?: ?,)++", ","),
    ("pause before a stop", r"[,.](?=[;:])|,(?=[.!?])", ""),
    ("pause between letters", r",(?=[^\W\d_])", ", "),
    ("mark at the start", r"^[,;:.)—\s]+", ""),
)
