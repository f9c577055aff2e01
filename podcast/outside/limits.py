"""How long a place on the net is waited for, whichever way it is spoken to."""

from __future__ import annotations

CONNECT_S = 20
SILENCE_S = 60
"""Between two answers."""

LISTING_S = 600
_SLOWEST_BYTES_PER_S = 5_000


def transfer_s(size_bytes: int) -> float:
    """How long a file of that size may take to come or go."""
    return SILENCE_S + size_bytes / _SLOWEST_BYTES_PER_S
