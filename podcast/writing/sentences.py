"""Where one sentence ends and the next begins, in English prose about research."""

from __future__ import annotations

import re

_NEVER_LAST = frozenset(
    {"al", "approx", "cf", "ch", "dr", "e.g", "eq", "eqs", "fig", "figs", "i.e", "mr", "mrs", "ms", "no", "nos"}
    | {"p", "pp", "prof", "ref", "refs", "resp", "sec", "st", "tab", "vol", "vs", "w.r.t"}
)
"""Abbreviations, without their last dot, after which a sentence goes on."""

_INITIALS = re.compile(r"(?!I$)[A-ZÀ-Þ](?:[.-]{1,2}[A-ZÀ-Þ]){0,4}")
"""J. and J.R.R. and J.-P., but not the I that ends `you and I`."""

_BEGINS = re.compile(r"[\"'“‘(\[]*+(?![a-z]++(?![A-Z])|[.,;:!?…])\S")
"""A sentence begins with anything but a mark or a small letter; names like arXiv and eBPF begin one all the same."""

_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’)\]]*+\s++(?=[\"'“‘(\[]*+[^\s\"'“‘(\[])")


def split_sentences(text: str) -> tuple[str, ...]:
    """Cut a paragraph into its sentences; joined by single spaces they are the paragraph again."""
    text = " ".join(text.split())
    sentences = []
    start = 0
    for match in _END.finditer(text):
        if _ends(text, start, match):
            sentences.append(text[start : match.end()].rstrip())
            start = match.end()
    return (*sentences, text[start:]) if text[start:] else tuple(sentences)


def _ends(text: str, start: int, match: re.Match[str]) -> bool:
    if not _BEGINS.match(text, match.end()):
        return False
    if text[match.start()] != ".":
        return True
    word = text[max(start, text.rfind(" ", start, match.start()) + 1) : match.start()].lstrip("\"'“‘([")
    return not (word.lower() in _NEVER_LAST or _INITIALS.fullmatch(word))


def cut(text: str, limit: int) -> tuple[str, ...]:
    """Cut one sentence into parts of at most `limit` characters, at clause ends where it can, else between words.

    Raises ValueError with the word that alone is longer.
    """
    parts = []
    rest = text.strip()
    while len(rest) > limit:
        at = _best_cut(rest, limit)
        parts.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return (*parts, rest) if rest else tuple(parts)


def _best_cut(text: str, limit: int) -> int:
    head = text[: limit + 1]
    for marks in (";:—", ",", ""):
        at = max((head.rfind(f"{mark} ") + len(mark) for mark in marks or " "), default=0)
        if at > limit // 3:
            return at
    at = head.rfind(" ")
    if at <= 0:
        raise ValueError(text.split(maxsplit=1)[0])
    return at
