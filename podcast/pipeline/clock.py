"""What time it is: that of the machine, or the one that SOURCE_DATE_EPOCH says (reproducible-builds.org)."""

from __future__ import annotations

import datetime as dt
import os

from podcast.errors import InputError


def now() -> dt.datetime:
    """Aware, in UTC, whole seconds; InputError if SOURCE_DATE_EPOCH is no time."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return dt.datetime.now(dt.UTC).replace(microsecond=0)
    try:
        return dt.datetime.fromtimestamp(int(epoch), dt.UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise InputError(f"SOURCE_DATE_EPOCH is {epoch!r}: it should be a number of seconds, or unset.") from error


def today() -> dt.date:
    """The date of it, in UTC."""
    return now().date()
