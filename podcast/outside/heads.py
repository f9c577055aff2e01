"""What is looked at of a request before it is read: its length, and what takes longer to read than to send. Pure.

h11 matches each header against a pattern that tries every way of dividing a run of blanks, so the time that a line
takes grows with the square of its length: a quarter of a megabyte of blanks would hold the whole server for minutes.
The same goes for what stands behind the length of a chunk. No honest client sends either.
"""

from __future__ import annotations

import re
from http import HTTPStatus

_END = re.compile(rb"\n\r?\n")
_LONGEST_END = 3

_SLOW = re.compile(rb"[ \t]{20}|\n[ \t]")
"""A run of blanks; and a line that goes on with the one before, which nobody sends any more (RFC 9112, 5.2)."""

_CHUNKED = re.compile(rb"\ntransfer-encoding", re.IGNORECASE)


def refused(received: bytes, most_bytes: int, most_headers: int) -> HTTPStatus | None:
    """Say why a request that begins so is not read; None if it may be, or if its head is not all there yet."""
    end = _END.search(received, 0, most_bytes + _LONGEST_END)
    if end is None:
        return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE if len(received) > most_bytes else None
    head = received[: end.start()]
    if head.count(b"\n") > most_headers:
        return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    if _SLOW.search(head):
        return HTTPStatus.BAD_REQUEST
    return HTTPStatus.LENGTH_REQUIRED if _CHUNKED.search(head) else None  # whoever sends something says how much
