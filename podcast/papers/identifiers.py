"""arXiv identifiers and addresses, wherever a newsletter mentions them."""

from __future__ import annotations

import functools
import re

_NEW = r"\d\d(?:0[1-9]|1[0-2])\.\d{4,5}"
_OLD = r"[a-z][a-z-]{1,15}(?:\.[A-Z]{2})?/\d{7}"
_ID = rf"(?P<id>{_NEW}|{_OLD})(?:v\d{{1,2}})?(?!\d)"
_SITES = (
    r"arxiv\.org/(?:abs|pdf|html|format|ps)",
    r"huggingface\.co/papers",
    r"alphaxiv\.org/(?:abs|pdf|html|overview)",
    r"ar5iv(?:\.labs\.arxiv)?\.org/(?:abs|html)",
    r"doi\.org/10\.48550/arxiv\.",
)
_IN_ADDRESS = re.compile(rf"(?<![a-z0-9-])(?:{'|'.join(_SITES)})/?{_ID}", re.IGNORECASE)
_IN_TEXT = re.compile(rf"(?<!\w)arxiv\s?[:#]?\s?{_ID}", re.IGNORECASE)

ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"“”|]{1,2000}", re.IGNORECASE)
"""An address in running text, with whatever stands right behind it."""

MENTION = re.compile(rf"{ADDRESS.pattern}|{_IN_TEXT.pattern}", re.IGNORECASE)
"""An address, or `arXiv:2405.20233`."""

_BEHIND = ".,;:!?'’*_~]}"


@functools.lru_cache(maxsize=256)
def arxiv_id(text: str) -> str | None:
    """Return the first arXiv id, without its version, that an address or `arXiv:…` in the text gives."""
    found = [match for form in (_IN_ADDRESS, _IN_TEXT) if (match := form.search(text))]
    first = min(found, key=lambda match: match.start(), default=None)
    return first["id"] if first else None


def without_mentions(text: str) -> str:
    """Take `arXiv:2405.20233` and addresses, brackets around them too, out of a text."""
    return _BRACKETED_MENTION.sub(" ", ADDRESS.sub(lambda match: match[0][len(address(match[0])) :], text))


_BRACKETED_MENTION = re.compile(rf"[(\[]?{_IN_TEXT.pattern}[)\]]?", re.IGNORECASE)


def address(found: str) -> str:
    """Return an address without the punctuation of the sentence it stands in."""
    while found and (found[-1] in _BEHIND or (found[-1] == ")" and found.count("(") < found.count(")"))):
        found = found[:-1]
    return found


def is_web(url: str) -> bool:
    """Whether a listener can follow it: not a place on the same page, a mailbox or a script."""
    return url.lower().startswith(("https://", "http://"))
