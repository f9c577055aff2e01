"""A script in numbers, for whoever decides whether to have it spoken: words, minutes, findings, and what it costs."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podcast.pipeline.costs import price_usd
from podcast.pipeline.episode import plan_utterances
from podcast.pipeline.grounding import sources
from podcast.pipeline.saying import offered_voices
from podcast.pipeline.timing import as_minutes
from podcast.speech.engines import load_engine
from podcast.speech.pace import speech_ms
from podcast.types import Finding
from podcast.writing.style import style_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast.pipeline.script import WrittenScript
    from podcast.show import Show
    from podcast.types import Script, Segment, Utterance
    from podcast.writing.style import Style


@dataclass(frozen=True, slots=True)
class SegmentReport:
    """One segment in numbers."""

    title: str
    paper: str | None
    words: int
    minutes: float
    findings: int
    style: Style


@dataclass(frozen=True, slots=True)
class VoiceCost:
    """What speaking a whole script would take."""

    voice: str
    minutes: float
    usd: float


@dataclass(frozen=True, slots=True)
class ScriptReport:
    """A script in numbers, segment by segment and as a whole."""

    segments: tuple[SegmentReport, ...]
    words: int
    minutes: float
    findings: int
    voices: tuple[VoiceCost, ...]
    """Of every voice that is ready; of a conversation those that speak in it, together."""


def report_on(show: Show, slug: str, script: Script) -> ScriptReport:
    """Count and measure; nothing is spoken, nothing asked."""
    known = sources(show, slug, script).passages
    planned = plan_utterances(show, script, "the script")
    segments = tuple(
        _segment(segment, passage, [each for each in planned if each.segment_index == index])
        for index, (segment, passage) in enumerate(zip(script.segments, known, strict=True))
    )
    return ScriptReport(
        segments=segments,
        words=sum(each.words for each in segments),
        minutes=as_minutes(speech_ms(planned)),
        findings=sum(each.findings for each in segments),
        voices=_costs(show, script),
    )


def _segment(segment: Segment, passage: str, planned: Sequence[Utterance]) -> SegmentReport:
    style = style_of(segment, passage)
    findings = sum(isinstance(item, Finding) for item in segment.items)
    minutes = as_minutes(speech_ms(planned))
    return SegmentReport(segment.title, segment.paper, style.words, minutes, findings, style)


def _ready(show: Show) -> list[Any]:
    offers, _ = offered_voices(show)
    return [offer for offer in offers if offer.missing is None]


def _costs(show: Show, script: Script) -> tuple[VoiceCost, ...]:
    if script.speakers:
        return (_cost(show, script, " and ".join(dict.fromkeys(voice for _, voice in script.speakers)), None),)
    return tuple(_cost(show, script, offer.voice.name, offer.voice.name) for offer in _ready(show))


def _cost(show: Show, script: Script, name: str, voice: str | None) -> VoiceCost:
    utterances = plan_utterances(show, script, "the script", voice)
    engines = {name: load_engine(name) for name in {each.voice.engine for each in utterances}}
    return VoiceCost(name, as_minutes(speech_ms(utterances)), price_usd(utterances, engines))


def lines(report: ScriptReport) -> list[str]:
    """Say it to people, a line a segment."""
    wide = max((len(each.title[:_WIDEST]) for each in report.segments), default=0)
    rows = [
        _line(each.title[:_WIDEST].ljust(wide), each.words, each.minutes, each.findings) for each in report.segments
    ]
    total = _line("in all".ljust(wide), report.words, report.minutes, report.findings)
    costs = ", ".join(f"{each.voice} {_price(each.usd)} ({each.minutes:.1f} minutes)" for each in report.voices)
    return [*rows, total, f"Speaking it would cost: {costs}."] if costs else [*rows, total]


_WIDEST = 50


def _line(title: str, words: int, minutes: float, findings: int) -> str:
    found = "no findings" if not findings else "1 finding" if findings == 1 else f"{findings} findings"
    return f"{title}  {words:5} words  {minutes:4.1f} minutes  {found}"


def _price(usd: float) -> str:
    return f"{usd:.2f} USD" if usd else "nothing"


def document(written: WrittenScript, report: ScriptReport) -> dict[str, Any]:
    """Say it to programs."""
    return {
        "slug": written.slug,
        "path": written.path,
        "edited": written.edited,
        "writer": written.script.writer or "extractive",
        "writing_usd": written.script.writing_usd,
        "left_out": list(written.left_out),
        **dataclasses.asdict(report),
    }
