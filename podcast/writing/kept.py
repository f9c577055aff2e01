"""Answers that were paid for, kept by what was asked: the same question is never asked, or paid, twice.

A file is named by the SHA-256 of the question and by the digest of its content, so that a damaged one is asked for
again instead of used.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podcast import files
from podcast.files import sha256_of, write_bytes
from podcast.outside.openai_client import ChatAnswer

if TYPE_CHECKING:
    from pathlib import Path

    from podcast.outside.openai_client import ChatRequest

_VERSION = 1


def question_key(request: ChatRequest, host: str) -> str:
    """Name a question by everything that affects its answer: words, model, service, settings."""
    return sha256_of(_canonical({"version": _VERSION, "host": host, "request": dataclasses.asdict(request)}))


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, and what it cost by the list price of its day; None where that was not written down."""

    answer: ChatAnswer
    usd: float | None = 0.0


class Answers:
    """Answers in a folder, or nowhere where there is none."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def load(self, key: str) -> Kept | None:
        """Return an answer, or None if it is not there or not as it was written."""
        if self._folder is None:
            return None
        for path in files.named(self._folder / key[:2], f"{key}.", ".json"):
            data = files.readable(path)
            if path.name == _file_name(key, data):
                fields = json.loads(data)
                usd = fields.pop("usd", None)
                return Kept(ChatAnswer(**fields), usd)
            files.discard(path)
        return None

    def save(self, key: str, kept: Kept) -> None:
        """Keep an answer and its price; it is on disk when this returns."""
        if self._folder is None:
            return
        data = _canonical({**dataclasses.asdict(kept.answer), "usd": kept.usd})
        write_bytes(self._folder / key[:2] / _file_name(key, data), data)


def _file_name(key: str, data: bytes) -> str:
    return f"{key}.{sha256_of(data)[:16]}.json"


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
