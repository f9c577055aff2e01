"""transcript.json as a page shows it: sentences in paragraphs, paragraphs in chapters."""

from __future__ import annotations

import bisect
import itertools
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podcast.feed.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from podcast.types import SpokenSegment

TRANSCRIPT = "transcript.json"

_PARAGRAPH_PAUSE_MS = 500
"""Between sentences voices rest for about a third of a second, between paragraphs for twice that."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is said from one moment to another."""

    start_ms: int
    end_ms: int
    text: str
    speaker: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences without a rest between them; `speaker` where another one begins than spoke before."""

    speaker: str
    sentences: tuple[Sentence, ...]


def state_of(path: Path) -> tuple[int, int] | None:
    """What changes whenever the file does, without reading it; None if it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def read_sentences(path: Path) -> tuple[Sentence, ...]:
    """Read the sentences in the order of time; none if the file is not there or is not whole."""
    try:
        data = json.loads(path.read_bytes())
        return tuple(sorted(map(_sentence, data["segments"]), key=lambda sentence: sentence.start_ms))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        return ()


def _sentence(data: Any) -> Sentence:
    start, end, text, speaker = data["startTime"], data["endTime"], data["body"], data.get("speaker") or ""
    if not (0 <= start <= end and math.isfinite(end) and isinstance(speaker, str)):
        raise ValueError(data)
    return Sentence(round(start * 1000), round(end * 1000), _line(text), _line(speaker))


def _line(text: str) -> str:
    return " ".join(plain(text).split())


def by_chapter(
    sentences: Sequence[Sentence], segments: Sequence[SpokenSegment]
) -> Iterator[tuple[SpokenSegment | None, tuple[Paragraph, ...]]]:
    """Yield each chapter that has words with its paragraphs; None stands for what no chapter has."""
    speaker = ""
    starts = [segment.start_ms for segment in segments[1:]]  # whatever is said before the second is of the first

    def chapter_of(sentence: Sentence) -> int:
        return bisect.bisect(starts, sentence.start_ms)

    for index, said in itertools.groupby(sentences, chapter_of):
        paragraphs = tuple(_paragraphs(tuple(said), speaker))
        speaker = paragraphs[-1].sentences[-1].speaker
        yield segments[index] if segments else None, paragraphs


def _paragraphs(sentences: Sequence[Sentence], speaker: str) -> Iterator[Paragraph]:
    start = 0
    for index in range(1, len(sentences) + 1):
        if index == len(sentences) or _rests(sentences[index - 1], sentences[index]):
            part = sentences[start:index]
            yield Paragraph(part[0].speaker if part[0].speaker != speaker else "", tuple(part))
            start, speaker = index, part[0].speaker


def _rests(before: Sentence, after: Sentence) -> bool:
    return after.speaker != before.speaker or after.start_ms - before.end_ms >= _PARAGRAPH_PAUSE_MS
