"""Trying again what may pass: after a moment, or as long as a server asks to be left alone."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from podcast.outside.answers import WebError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

MOST_WAIT_S = 120
"""A server that wants to be left alone for longer is: what it has may not be worth the time."""


def patiently(
    attempt: Callable[[], T], waits_s: Sequence[float] = (1, 4), sleep: Callable[[float], None] = time.sleep
) -> T:
    """Return what an attempt returns, trying once more after each wait; raises what the last one raised."""
    for wait_s in waits_s:
        try:
            return attempt()
        except WebError as error:
            if not error.may_pass or error.wait_s > MOST_WAIT_S:
                raise
            sleep(max(wait_s, error.wait_s))
    return attempt()
