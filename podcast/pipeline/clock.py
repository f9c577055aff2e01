"""What time it is: that of the machine, or the one that SOURCE_DATE_EPOCH says (reproducible-builds.org)."""

from __future__ import annotations

import datetime as dt
import os

from podcast.errors import InputError

_YEARS = range(1000, 9000)
"""From whose days one can count back and ahead."""


def now() -> dt.datetime:
    """Aware, in UTC, whole seconds; InputError if SOURCE_DATE_EPOCH is no time."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return dt.datetime.now(dt.UTC).replace(microsecond=0)
    try:
        time = dt.datetime.fromtimestamp(int(epoch), dt.UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise InputError(f"SOURCE_DATE_EPOCH is {epoch!r}: it should be a number of seconds, or unset.") from error
    if time.year not in _YEARS:
        raise InputError(f"SOURCE_DATE_EPOCH is {epoch!r}, which is in the year {time.year}. Correct it, or unset it.")
    return time


def today() -> dt.date:
    """The date of it, in UTC."""
    return now().date()
