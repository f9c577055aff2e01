"""The last line of a file that we write: when, what of, and by its digest whether a person changed it since."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podcast.files import sha256_of

if TYPE_CHECKING:
    import datetime as dt

_DIGITS = 16
_SIGNATURE = re.compile(
    r"<!-- written: \d{4}-\d\d-\d\d(?:, from: (?P<source>[0-9a-f]{1,64}))?(?:, usd: (?P<usd>\d{1,9}\.\d{1,6}))?"
    rf", digest: (?P<digest>[0-9a-f]{{{_DIGITS}}}) -->\s*\Z"
)


def signed(text: str, on: dt.date, source: str = "", usd: float = 0.0) -> str:
    """Put the line below a text; `source` is a digest, in hexadecimal digits, of what it was made from."""
    marks = (f", from: {source}" if source else "") + (f", usd: {usd:.6f}" if usd else "")
    return f"{text.rstrip()}\n\n<!-- written: {on.isoformat()}{marks}, digest: {_digest(text)} -->\n"


def edited_by_hand(text: str) -> bool:
    """Whether a person wrote or changed it: it has no such line at its end, or says something else than it did then.

    Line ends and spaces behind lines are no changes: editors and git set them.
    """
    found = _SIGNATURE.search(text)
    return found is None or _digest(text[: found.start()]) != found["digest"]


def made_from(text: str) -> str:
    """Return the digest of what it was made from; nothing where it does not say."""
    found = _SIGNATURE.search(text)
    return (found["source"] or "") if found else ""


def price_usd(text: str) -> float:
    """Return the list price of having it written, also where a person changed it since."""
    found = _SIGNATURE.search(text)
    return float(found["usd"]) if found and found["usd"] else 0.0


def _digest(text: str) -> str:
    lines = re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))
    return sha256_of("\n".join(line.rstrip() for line in lines).strip().encode())[:_DIGITS]
