"""What a run may spend, and where that is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podcast.show import LimitSettings
from podcast.spending import Ledger

if TYPE_CHECKING:
    from podcast.show import Show

LOG_FILE = "spending.jsonl"


def open_ledger(show: Show | None, max_cost_usd: float | None = None) -> Ledger:
    """Begin to count: one run, one ledger; `max_cost_usd` is allowed this once instead of what show.toml says.

    Without a show nothing is written down, and the limit is that of a new one.
    """
    if show is None:
        return Ledger(None, LimitSettings().max_cost_usd)
    limit_usd = show.settings.limits.max_cost_usd if max_cost_usd is None else max_cost_usd
    return Ledger(show.cache / "log" / LOG_FILE, limit_usd)  # a folder of its own, for nobody but its owner
