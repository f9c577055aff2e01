"""How long a server asks to be left alone."""

from __future__ import annotations

import datetime as dt
import math
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_TWO_MINUTES_S = 120


def wait_s(headers: Mapping[str, str]) -> float:
    """Read Retry-After, seconds or a date (RFC 9110, 10.2.3), and the finer header of OpenAI; 0 if neither is there."""
    for name, per_second in (("retry-after-ms", 1000), ("retry-after", 1)):
        if (number := _number(headers.get(name, ""))) is not None:
            return _sane(number / per_second)
    return _seconds_until(headers.get("retry-after", ""))


def in_words(seconds: float) -> str:
    """Write how long that is: 7 s, 60 minutes."""
    return f"{seconds:g} s" if seconds < _TWO_MINUTES_S else f"{math.ceil(seconds / 60)} minutes"


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _seconds_until(date: str) -> float:
    try:
        then = parsedate_to_datetime(date)
        return _sane((then - dt.datetime.now(dt.UTC)).total_seconds())
    except (TypeError, ValueError, OverflowError):  # no date, or one without a zone, or of no year
        return 0.0


def _sane(seconds: float) -> float:
    return max(0.0, seconds) if math.isfinite(seconds) else 0.0
