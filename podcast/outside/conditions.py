"""What a client has already and what it can read, by its headers (RFC 9110, 12.5.3 and 13). Pure.

Headers are given by names in small letters; several of one name are joined by commas.
"""

from __future__ import annotations

import datetime as dt
import re
from email.utils import formatdate, parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_TAG = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_CODING = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*(?:;\s*[qQ]\s*=\s*([01](?:\.\d{0,3})?)\s*)?")
_TEXT = {
    "application/javascript", "application/json", "application/xml", "application/x-subrip", "image/svg+xml",
}  # fmt: skip


def precondition(headers: Mapping[str, str], tag: str, modified_s: int) -> HTTPStatus:
    """Say whether to send what has this entity tag: OK, NOT_MODIFIED or PRECONDITION_FAILED (13.2.2)."""
    if _has_changed(headers, tag, modified_s):
        return HTTPStatus.PRECONDITION_FAILED
    return HTTPStatus.NOT_MODIFIED if _is_known(headers, tag, modified_s) else HTTPStatus.OK


def _has_changed(headers: Mapping[str, str], tag: str, modified_s: int) -> bool:
    if (wanted := headers.get("if-match")) is not None:
        strong = {found for weak, found in _TAG.findall(wanted) if not weak}
        return wanted.strip() != "*" and tag not in strong
    since_s = date_s(headers.get("if-unmodified-since", ""))
    return since_s is not None and modified_s > since_s


def _is_known(headers: Mapping[str, str], tag: str, modified_s: int) -> bool:
    if (known := headers.get("if-none-match")) is not None:  # the date counts only where there is none (13.1.3)
        return known.strip() == "*" or tag in {found for _, found in _TAG.findall(known)}
    since_s = date_s(headers.get("if-modified-since", ""))
    return since_s is not None and modified_s <= since_s


def range_counts(headers: Mapping[str, str], tag: str, modified_s: int) -> bool:
    """Whether the part that is wanted belongs to what the client has: If-Range, a strong tag or the very date."""
    known = headers.get("if-range")
    if known is None:
        return True
    return known.strip() == tag if '"' in known else date_s(known) == modified_s


def date_s(text: str) -> int | None:
    """Seconds since 1970 of a date in a header, in any of its three forms; None if it is no date."""
    try:
        found = parsedate_to_datetime(text)
        return int((found if found.tzinfo else found.replace(tzinfo=dt.UTC)).timestamp())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def http_date(seconds: int) -> str:
    """A date as a header has it."""
    return formatdate(seconds, usegmt=True)


def is_text(media_type: str) -> bool:
    """Whether compressing this makes it smaller; sound and pictures are compressed already."""
    kind = media_type.partition(";")[0].strip()
    return kind.startswith("text/") or kind in _TEXT or kind.endswith(("+xml", "+json", "+chapters"))


def takes_gzip(header: str) -> bool:
    """Whether an Accept-Encoding allows gzip, and does not like what is not compressed better."""
    weights = {name.lower(): float(weight or 1) for name, weight in map(_coding, header.split(",")) if name}
    gzip = weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0)))
    return gzip > 0 and gzip >= weights.get("identity", 0.0)


def _coding(text: str) -> tuple[str, str]:
    found = _CODING.fullmatch(text.strip())
    return (found[1], found[2]) if found else ("", "")
