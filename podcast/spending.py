"""Money: a limit that no run goes beyond, and a private log of every paid call.

A call is reserved at the most that it can cost, before it is made, and settled at what is due by list price. So what is
spent and what is under way together never exceed the limit, unless a service bills more than it was allowed: then by
that one answer, and no paid call follows it. The log has one line of JSON for each paid call, without
the key and without a word of what was sent.
"""

from __future__ import annotations

import datetime as dt
import errno
import json
import math
import os
import shutil
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast import private
from podcast.errors import InputError
from podcast.files import sync_folder

if TYPE_CHECKING:
    from pathlib import Path

_OWNER_ONLY, _OWNER_ONLY_FOLDER = 0o600, 0o700
_ROUNDING_USD = 1e-9
_ROOM_BYTES = 16 << 20
"""What an answer, a spoken sentence or their record takes at most: with less room left nothing is paid."""


@dataclass(frozen=True, slots=True)
class Reserved:
    """Money kept for a call that is about to be made."""

    usd: float
    what: str


@dataclass(frozen=True, slots=True)
class Charge:
    """What a call came to; what a service does not count that way is None."""

    service: str
    """The host that was asked."""
    model: str
    usd: float
    tokens_in: int | None = None
    tokens_out: int | None = None
    characters: int | None = None
    seconds: float | None = None
    outcome: str = "done"
    """done, or how it failed: then the price is the most that it can have cost."""


class Ledger:
    """What a run has spent and may spend, for several threads at once.

    Without a path nothing is written down; with a limit of 0, which is the default, nothing may be paid.
    """

    def __init__(self, path: Path | None = None, limit_usd: float = 0.0) -> None:
        self._path = path
        self._limit_usd = limit_usd
        self._spent_usd = 0.0
        self._reserved_usd = 0.0
        self._lock = threading.Condition()

    @property
    def spent_usd(self) -> float:
        """What this run's calls came to, by list price."""
        return self._spent_usd

    @property
    def limit_usd(self) -> float:
        """What they may come to."""
        return self._limit_usd

    def reserve(self, usd: float, what: str, who: str = "", *, wait: bool = False) -> Reserved:
        """Keep money for a call that costs at most this; `who` is what errors call it, where the log must not.

        With `wait` it waits for what is spoken for as long as that may turn out cheaper. Raises InputError, before
        anything is paid, if it could exceed the limit; OSError if the log cannot be written.
        """
        with self._lock:
            while wait and self._is_short_for_now(usd):
                self._lock.wait()
            if not self._fits(usd, self._reserved_usd):
                raise InputError(self._too_dear(usd, self._spent_usd + self._reserved_usd, who or what))
            self._reserved_usd += usd
        if usd > 0:
            self._prove_log(usd)
        return Reserved(usd, what)

    def _prove_log(self, usd: float) -> None:
        """Raise OSError where what is about to be paid could not be written down, or kept: before it is paid.

        The money is free again then: others may wait for it.
        """
        try:
            self._append("")
            self._refuse_full_disk()
        except BaseException:
            self._release(usd)
            raise

    def settle(self, reserved: Reserved, charge: Charge) -> None:
        """Write down what a reserved call came to; what costs nothing is not written down."""
        self._release(reserved.usd, charge.usd)
        if charge.usd > 0:
            self._append(_line(reserved.what, charge))

    def _release(self, usd: float, spent_usd: float = 0.0) -> None:
        """Let go of what was spoken for, all but what was spent of it."""
        with self._lock:
            self._reserved_usd -= usd
            self._spent_usd += spent_usd
            self._lock.notify_all()

    def _is_short_for_now(self, usd: float) -> bool:
        """Whether a call is too dear only because of others that are under way."""
        under_way = self._reserved_usd > _ROUNDING_USD
        return under_way and self._fits(usd, 0) and not self._fits(usd, self._reserved_usd)

    def _fits(self, usd: float, reserved_usd: float) -> bool:
        """Whether a call may be paid beside what is spent and spoken for; one that costs nothing always may."""
        return usd <= 0 or self._spent_usd + reserved_usd + usd <= self._limit_usd + _ROUNDING_USD

    def _too_dear(self, usd: float, used_usd: float, what: str) -> str:
        needed_usd = math.ceil(round((used_usd + usd) * 100, 6)) / 100
        return (
            f"{what} could cost up to {usd:.4f} USD; of the {self._limit_usd:.2f} USD allowed, {used_usd:.4f} USD are "
            f"spent or spoken for in this run. --max-cost {needed_usd:.2f} allows it once, max_cost_usd in show.toml "
            "for good; what is finished is kept."
        )

    def _refuse_full_disk(self) -> None:
        """Raise OSError where what is about to be paid could not be kept."""
        if self._path is not None and shutil.disk_usage(self._path.parent).free < _ROOM_BYTES:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path.parent))

    def _append(self, line: str) -> None:
        """Add to the log in one write, so that lines of several runs do not mix."""
        if self._path is None:
            return
        private.make_folder(self._path.parent.parent)
        self._path.parent.mkdir(_OWNER_ONLY_FOLDER, exist_ok=True)
        is_new = not self._path.exists()
        file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, _OWNER_ONLY)
        try:
            os.write(file, line.encode())
            os.fsync(file)
        finally:
            os.close(file)
        if is_new:
            sync_folder(self._path.parent)


def _line(what: str, charge: Charge) -> str:
    counts = {
        "tokens_in": charge.tokens_in,
        "tokens_out": charge.tokens_out,
        "characters": charge.characters,
        "seconds": None if charge.seconds is None else round(charge.seconds, 2),
    }
    fields = {
        "at": dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "service": charge.service,
        "model": charge.model,
        "what": what,
        **{name: count for name, count in counts.items() if count is not None},
        "usd": round(charge.usd, 8),
        "outcome": charge.outcome,
    }
    return json.dumps(fields, ensure_ascii=False) + "\n"
