"""The title of an episode where the show's own stands above it: in every app."""

from __future__ import annotations

import re

_BREAK = r"\s*(?:[:|#–—]|-(?=\s)|(?<=\s)-)"
"""What sets a heading off from what follows."""

_WHEN = r"(?=\d|week\b|(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d)"
_BETWEEN = r"(?:(?:of|for|from|on)\s+)?(?:the\s+)?"
_DATED = rf",?\s+{_BETWEEN}{_WHEN}"
"""A day or a week says of a title what it is of, without a sign."""

_BEFORE_REST = re.compile(rf"^[\s:|#–—,-]*(?:{_BETWEEN}{_WHEN})?", re.IGNORECASE)


def own_title(title: str, show: str) -> str:
    """Drop the show's title from the beginning of an episode's, or from its end behind a sign; empty if that is all.

    Directories ask for it, and a short screen shows nothing else of a long title. The show's title is one line. It goes
    where a sign sets it off, or a day follows; elsewhere it may be part of a sentence.
    """
    words = show.split()
    if not words:
        return title
    whole = r"\s+".join(map(re.escape, words))
    if found := re.match(rf"{whole}(?:\s*$|{_BREAK}|{_DATED})", title, re.IGNORECASE):
        rest = _BEFORE_REST.sub("", title[found.end() :], count=1)
        return f"{rest[:1].upper()}{rest[1:]}"
    return re.sub(rf"(?:\s+[|–—-]|:)\s+{whole}$", "", title, flags=re.IGNORECASE)
