"""Time that passes only while the program waits: every `sleep` and every clock that can be given is replaced."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import sys
import threading
import time
from types import FunctionType
from typing import TYPE_CHECKING, Any

import podcast.outside
from podcast.outside.answers import Rules
from podcast.outside.openai_client import Patience

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest


class Waited:
    """What was waited, in s, and the clock that goes with it."""

    def __init__(self) -> None:
        self.waits_s: list[float] = []
        self._lock = threading.Lock()

    def sleep(self, seconds: float) -> None:
        """Let so much time pass."""
        with self._lock:
            self.waits_s.append(seconds)

    def now_s(self) -> float:
        """How much has passed."""
        return sum(self.waits_s)


def without_waiting(monkeypatch: pytest.MonkeyPatch, *, answer_within_s: float | None = None) -> Waited:
    """Have nobody wait, and every service answer within so many seconds, and to its end within twice as many."""
    waited = Waited()
    if answer_within_s is not None:
        _limit(monkeypatch, answer_within_s)
    for function in _functions():
        given = function.__defaults__ or ()
        named = function.__kwdefaults__ or {}
        if time.sleep not in (*given, *named.values()):
            continue
        swap = {time.sleep: waited.sleep, time.monotonic: waited.now_s}
        monkeypatch.setattr(function, "__defaults__", tuple(_swapped(each, swap, answer_within_s) for each in given))
        monkeypatch.setattr(
            function, "__kwdefaults__", {name: _swapped(each, swap, answer_within_s) for name, each in named.items()}
        )
    return waited


def _limit(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Set the limits that are no arguments."""
    plain = Rules.__init__.__defaults__ or ()
    named = dict(zip([each.name for each in dataclasses.fields(Rules)][-len(plain) :], plain, strict=True))
    monkeypatch.setattr(
        Rules.__init__, "__defaults__", tuple((named | {"read_s": seconds, "total_s": 2 * seconds}).values())
    )
    for name, value in {
        "podcast.papers.downloads._TOTAL_S": 2 * seconds,
        "podcast.outside.web._TIMEOUT_S": seconds,
        "podcast.outside.web._TOTAL_S": 2 * seconds,
        "podcast.outside.git._LOOK_S": 2 * seconds,
        "podcast.outside.limits.SILENCE_S": seconds,
        "podcast.outside.limits.LISTING_S": 2 * seconds,
    }.items():
        monkeypatch.setattr(name, value)


def _swapped(value: Any, swap: dict[Any, Any], answer_within_s: float | None) -> Any:
    from podcast.outside.arxiv_api import Limits

    if answer_within_s is not None and isinstance(value, Patience | Limits):
        return type(value)(connect_s=5, read_s=answer_within_s, total_s=2 * answer_within_s)
    return swap.get(value, value) if callable(value) else value


def _functions() -> Iterator[FunctionType]:
    """Every function and method of the package that has defaults."""
    for found in pkgutil.iter_modules(podcast.outside.__path__, "podcast.outside."):
        if found.name != "podcast.outside.pdf_child":
            importlib.import_module(found.name)
    for name in ("podcast.papers.online", "podcast.papers.downloads", "podcast.speech.engines.openai",
                 "podcast.writing.writers.openai"):  # fmt: skip
        importlib.import_module(name)
    for name, module in sorted(sys.modules.items()):
        if name.startswith("podcast."):
            for value in list(vars(module).values()):
                if isinstance(value, FunctionType) and value.__module__ == name:
                    yield value
                if isinstance(value, type) and value.__module__ == name:
                    yield from (each for each in vars(value).values() if isinstance(each, FunctionType))
