"""The words with their times: WebVTT, SubRip, and JSON and HTML as Podcasting 2.0 has them, from the timeline."""

from __future__ import annotations

import itertools
import json
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podcast.types import Cue, Timeline

_NOT_HTML = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), 0xFFFE, 0xFFFF), " ")
"""Controls, and two that are no characters (HTML, 13.2.3.5)."""

_SRT_COLUMNS = 32
_SRT_LINES = 2


def vtt(timeline: Timeline) -> str:
    """One cue a sentence (W3C WebVTT); names where there are speakers."""
    cues = (
        f"{_clock(start)} --> {_clock(end)}\n{_voice(cue)}{_escape(cue.text)}\n" for cue, start, end in _times(timeline)
    )
    return "\n".join(["WEBVTT\n", *cues])


def srt(timeline: Timeline) -> str:
    """Short lines: at most two of 32 characters, a sentence's time shared out by length."""
    parts = (part for cue, start, end in _times(timeline) for part in _short(cue, start, end))
    return "\n".join(
        f"{number}\n{_clock(start, ',')} --> {_clock(end, ',')}\n{text}\n"
        for number, (start, end, text) in enumerate(parts, start=1)
    )


def transcript_json(timeline: Timeline) -> str:
    """Sentences with times in seconds (podcast namespace, transcripts)."""
    segments = [
        {**({"speaker": cue.speaker} if cue.speaker else {}), "startTime": start / 1000, "endTime": end / 1000,
         "body": cue.text}
        for cue, start, end in _times(timeline)
    ]  # fmt: skip
    return json.dumps({"version": "1.0.0", "segments": segments}, ensure_ascii=False, indent=1) + "\n"


def transcript_html(timeline: Timeline) -> str:
    """Paragraphs to read, each with its start and whoever speaks it (podcast namespace: cite, time and p only)."""
    return "".join(
        f"{_cite(cues[0])}<time>{_short_clock(timeline.ms(cues[0].start))}</time>\n"
        f"<p>{_escape(' '.join(cue.text for cue in cues).translate(_NOT_HTML))}</p>\n"
        for cues in _paragraphs(timeline)
    )


def _paragraphs(timeline: Timeline) -> Iterator[tuple[Cue, ...]]:
    """Sentences of one paragraph by one speaker."""
    for _, cues in itertools.groupby(
        timeline.sentences, lambda cue: (cue.segment_index, cue.paragraph_index, cue.speaker)
    ):
        yield tuple(cues)


def _times(timeline: Timeline) -> Iterator[tuple[Cue, int, int]]:
    for cue in timeline.sentences:
        start = timeline.ms(cue.start)
        yield cue, start, max(timeline.ms(cue.end), start + 1)


def _voice(cue: Cue) -> str:
    return f"<v {_escape(cue.speaker)}>" if cue.speaker else ""


def _cite(cue: Cue) -> str:
    return f"<cite>{_escape(cue.speaker)}:</cite>\n" if cue.speaker else ""


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _short(cue: Cue, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    text = f"{cue.speaker}: {cue.text}" if cue.speaker else cue.text
    lines = textwrap.wrap(text, _SRT_COLUMNS, break_long_words=False, break_on_hyphens=False)
    groups = [lines[index : index + _SRT_LINES] for index in range(0, len(lines), _SRT_LINES)]
    total = sum(map(len, lines))
    said = 0
    for group in groups:
        begin, said = said, said + sum(map(len, group))
        yield start + (end - start) * begin // total, start + (end - start) * said // total, "\n".join(group)


def _clock(ms: int, decimal: str = ".") -> str:
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{decimal}{ms:03}"


def _short_clock(ms: int) -> str:
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
