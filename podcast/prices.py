"""List prices of paid services, and how much their models read and write at once: prices.toml, which has a date."""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

_CHARACTERS_PER_MINUTE = 900
"""What English takes in a minute at a voice's own pace."""

_UNKNOWN_CONTEXT_TOKENS = 4096
_UNKNOWN_ANSWER_TOKENS = 4096
"""Of models that the list does not have. So little is Ollama's default, and it cuts longer texts without a word."""

_SNAPSHOT = r"-20\d\d-?\d\d-?\d\d"


@dataclass(frozen=True, slots=True)
class ChatModel:
    """What a model that writes costs, and how much it takes and gives at once."""

    usd_per_million_in: float
    usd_per_million_out: float
    context_tokens: int
    """Of question and answer together."""
    answer_tokens: int
    effort: str = ""
    """How much it is told to think before it answers; empty for models that do not, or cannot be told."""

    def usd(self, tokens_in: int, tokens_out: int) -> float:
        """List price of one request."""
        return (tokens_in * self.usd_per_million_in + tokens_out * self.usd_per_million_out) / 1e6


@dataclass(frozen=True, slots=True)
class SpeechModel:
    """What a model that speaks costs: by the minute or by the text."""

    usd_per_minute: float = 0.0
    usd_per_million_characters: float = 0.0

    def at(self, speed: float) -> float:
        """List price of a minute at this pace."""
        return self.usd_per_minute + self.usd_per_million_characters * _CHARACTERS_PER_MINUTE * speed / 1e6


@dataclass(frozen=True, slots=True)
class Prices:
    """The whole list."""

    as_of: dt.date
    sources: tuple[str, ...]
    chat_default: str
    chat: dict[str, ChatModel]
    speech: dict[str, SpeechModel]


@functools.cache
def list_prices() -> Prices:
    """Read the list that comes with the package."""
    data = tomllib.loads(files("podcast").joinpath("prices.toml").read_text(encoding="utf-8"))
    return Prices(
        as_of=data["as_of"],
        sources=tuple(data["sources"]),
        chat_default=data["chat_default"],
        chat={name: ChatModel(**fields) for name, fields in data["chat"].items()},
        speech={name: SpeechModel(**fields) for name, fields in data["speech"].items()},
    )


def chat_model(name: str) -> ChatModel:
    """Look a model up; an unknown one costs the dearest price that is known, and is trusted with little at once."""
    models = list_prices().chat
    if known := _known(name, models):
        return models[known]
    return ChatModel(
        usd_per_million_in=max(model.usd_per_million_in for model in models.values()),
        usd_per_million_out=max(model.usd_per_million_out for model in models.values()),
        context_tokens=_UNKNOWN_CONTEXT_TOKENS,
        answer_tokens=_UNKNOWN_ANSWER_TOKENS,
    )


def usd_per_minute(name: str, speed: float) -> float:
    """List price of a minute of speech; the dearest that is known where the model is not."""
    models = list_prices().speech
    known = _known(name, models)
    return models[known].at(speed) if known else max(model.at(speed) for model in models.values())


def _known(name: str, models: Iterable[str]) -> str | None:
    """Find a model by its name, or by that of a dated version of it."""
    return next((known for known in models if re.fullmatch(rf"{re.escape(known)}(?:{_SNAPSHOT})?", name)), None)
