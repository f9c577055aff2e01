"""The title of an episode where the show's own stands above it: in every app."""

from __future__ import annotations

import re

_BREAK = r"\s*(?:[:|#–—]|-(?=\s)|(?<=\s)-)"
"""What sets a heading off from what follows."""

_SPACE_OR_BREAK = rf"(?:{_BREAK}|\s|,)"
_BETWEEN = re.compile(r"^[\s:|#–—,-]*(?:(?:of|for|from|on)\s+(?:the\s+)?)?", re.IGNORECASE)


def own_title(title: str, show: str) -> str:
    """Drop the show's title from the beginning of an episode's, or from its end behind a sign; empty if that is all.

    Directories ask for it, and a short screen shows nothing else of a long title. The show's title is one line. Where
    it is a single word it may be any word of a sentence, and goes only if a sign sets it off.
    """
    words = show.split()
    if not words:
        return title
    whole = r"\s+".join(map(re.escape, words))
    end = _SPACE_OR_BREAK if len(words) > 1 else _BREAK
    if found := re.match(rf"{whole}(?:\s*$|{end})", title, re.IGNORECASE):
        rest = _BETWEEN.sub("", title[found.end() :], count=1)
        return f"{rest[:1].upper()}{rest[1:]}"
    return re.sub(rf"(?:\s+[|–—-]|:)\s+{whole}$", "", title, flags=re.IGNORECASE)
