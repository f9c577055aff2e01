"""What speaking costs before it is spoken, what a run may spend, and where that is written down."""

from __future__ import annotations

import math
from textwrap import shorten
from typing import TYPE_CHECKING

from podcast.show import LimitSettings
from podcast.speech.pace import utterance_ms
from podcast.spending import Charge, Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from podcast.show import Show
    from podcast.speech.clips import Paid
    from podcast.speech.engines import Engine
    from podcast.types import Samples, Utterance

LOG_FILE = "spending.jsonl"

_S_PER_MINUTE = 60
_LONGEST_QUOTE = 80


def open_ledger(show: Show | None, max_cost_usd: float | None = None) -> Ledger:
    """Begin to count: one run, one ledger; `max_cost_usd` is allowed this once instead of what show.toml says.

    Without a show nothing is written down, and the limit is that of a new one.
    """
    if show is None:
        return Ledger(None, LimitSettings().max_cost_usd)
    limit_usd = show.settings.limits.max_cost_usd if max_cost_usd is None else max_cost_usd
    return Ledger(show.cache / "log" / LOG_FILE, limit_usd)  # a folder of its own, for nobody but its owner


def price_usd(utterances: Sequence[Utterance], engines: Mapping[str, Engine]) -> float:
    """List price of speaking them, rounded up to a hundredth of a cent."""
    usd = sum(_usd(each, utterance_ms(each) / 1000, engines) for each in utterances)
    return math.ceil(usd * 10_000) / 10_000


def payer(engines: Mapping[str, Engine], ledger: Ledger, what: str, titles: Sequence[str]) -> Paid:
    """Set money aside for every paid request, at its worst, and write down what it came to, good or not.

    `what` is spoken, of segments with these titles. What this returns raises InputError, naming the sentence, before a
    request that could exceed the limit.
    """

    def paid(utterance: Utterance, most_s: float, once: Callable[[], Samples]) -> Samples:
        from podcast.outside.openai_client import ServiceError

        worst = _charge(utterance, most_s, engines, "no whole answer came")
        sentence = f"the sentence {shorten(utterance.written, _LONGEST_QUOTE)!r}"  # for people: the log gets no word
        place = f"{what}: {sentence} of {titles[utterance.segment_index]!r}"
        reserved = ledger.reserve(worst.usd, f"speech of {what}", place, wait=True)
        try:
            samples = once()
        except ServiceError as error:
            ledger.settle(reserved, worst if error.may_cost else _charge(utterance, 0, engines, "refused"))
            raise
        except BaseException:
            ledger.settle(reserved, worst)
            raise
        seconds = len(samples) / engines[utterance.voice.engine].rate_hz
        ledger.settle(reserved, _charge(utterance, seconds, engines, "done"))
        return samples

    return paid


def _charge(utterance: Utterance, seconds: float, engines: Mapping[str, Engine], outcome: str) -> Charge:
    return Charge(
        service=utterance.voice.engine,
        model=utterance.voice.model,
        usd=_usd(utterance, seconds, engines),
        characters=len(utterance.written),
        seconds=seconds,
        outcome=outcome,
    )


def _usd(utterance: Utterance, seconds: float, engines: Mapping[str, Engine]) -> float:
    return seconds / _S_PER_MINUTE * engines[utterance.voice.engine].usd_per_minute(utterance.voice)
