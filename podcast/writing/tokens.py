"""How many tokens a text is for a language model: an estimate that is rather too high than too low.

Every model cuts text in its own way, and the tables of how are megabytes. What they have in common is enough to stay
on the safe side: common words are one token, long and rare ones several, every digit may be one of its own, and letters
beyond Latin cost up to as many as they have bytes. docs/writing.md says how far off this is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_RUN = re.compile(r"[a-z]+|[A-Z][a-z]+|[A-Z]+|\d|[^\W\d_]|\n+|[^\S\n]{2,}|[^\s\w]|_")
_LETTERS_A_TOKEN = 6
_CAPITALS_A_TOKEN = 2
_FRAME = 8
"""What a chat adds around each message."""


def count(text: str) -> int:
    """Tokens of a text, estimated."""
    return sum(map(_of, _RUN.findall(text)))


def count_messages(texts: Iterable[str]) -> int:
    """Tokens of a conversation, estimated."""
    return _FRAME + sum(count(text) + _FRAME for text in texts)


def _of(run: str) -> int:
    if not run.isascii():
        return max(2, len(run.encode("utf-8", "replace")) - 1)
    if run.isupper() and len(run) > 1:
        return -(-len(run) // _CAPITALS_A_TOKEN)
    return -(-len(run) // _LETTERS_A_TOKEN) if run.isalpha() else 1
