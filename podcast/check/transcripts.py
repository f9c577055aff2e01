"""Rules for the transcripts of an episode: every word of its script, in forms that apps can read."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from podcast.check.rules import Fault, Rule, rule
from podcast.feed.plain import plain
from podcast.feed.rss import TRANSCRIPTS
from podcast.outside.entities import unescaped
from podcast.writing.sentences import split_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podcast.check.episode import EpisodeSubject

_VTT, _SRT, _JSON, _HTML = TRANSCRIPTS
SPOKEN = _VTT
"""What is held against the script."""

_NAME = re.compile(r"<v ([^<>]*)>")
_TIMES = re.compile(r"((?:\d{2,6}:)?\d\d:\d\d)\.(\d{3}) --> ((?:\d{2,6}:)?\d\d:\d\d)\.(\d{3})( .*)?", re.ASCII)
_SRT_TIMES = re.compile(r"(\d{2,6}:\d\d:\d\d),(\d{3}) --> (\d{2,6}:\d\d:\d\d),(\d{3})", re.ASCII)
_SRT_LINES, _SRT_COLUMNS = 2, 32
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9:-]*)([^<>]*)>")


@rule("episode-59-vtt", "WebVTT: a header, and cues that end after they begin and within the episode")
def bad_vtt(subject: EpisodeSubject) -> Iterator[Fault]:
    """W3C WebVTT; Apple drops the whole file for one bad cue."""
    text = subject.text(_VTT)
    if text and not re.match(r"\ufeff?WEBVTT[ \t\n]", text):
        yield Fault(subject.place(_VTT), text.split("\n", 1)[0], "WEBVTT in the first line")
    for line, spoken in _cues(text):
        times = _TIMES.fullmatch(line)
        if not times:
            yield Fault(subject.place(_VTT), line, "00:00:00.000 --> 00:00:01.000")
        elif not _ms(times[1], times[2]) < _ms(times[3], times[4]) <= subject.episode.duration_ms + 1:
            yield Fault(subject.place(_VTT), line)
        if re.search(r"&(?!(amp|lt|gt|nbsp|lrm|rlm|#\d+);)|<(?!/?v\b)", spoken):
            yield Fault(subject.place(_VTT), spoken, "&amp; and &lt; for & and <")


@rule(
    "episode-60-srt",
    f"SubRip: numbered, times like 00:00:01,500 that go on, at most {_SRT_LINES} lines of {_SRT_COLUMNS} characters",
)
def bad_srt(subject: EpisodeSubject) -> Iterator[Fault]:
    """Podcasting 2.0, transcript; a word longer than a line has one of its own."""
    for number, lines in enumerate(_blocks(subject.text(_SRT)), start=1):
        if lines[0] != str(number):
            yield Fault(subject.place(_SRT), lines[0], f"the number {number}")
            return
        times = _SRT_TIMES.fullmatch("".join(lines[1:2]))
        if not times or _ms(times[1], times[2]) >= _ms(times[3], times[4]):
            yield Fault(subject.place(_SRT), f"{number}: {''.join(lines[1:2])}", "00:00:00,000 --> 00:00:01,000")
        if not 0 < len(lines[2:]) <= _SRT_LINES:
            yield Fault(subject.place(_SRT), f"{number}: {len(lines[2:])} lines")
        for line in lines[2:]:
            if len(line) > _SRT_COLUMNS and " " in line.strip():
                yield Fault(subject.place(_SRT), f"{number}: {line}")


@rule("episode-61-json", "JSON: version 1, and segments with a body, startTime, and endTime behind it, in seconds")
def bad_json(subject: EpisodeSubject) -> Iterator[Fault]:
    """Podcasting 2.0, transcript."""
    try:
        data: Any = json.loads(subject.text(_JSON))
        version, segments = data["version"], list(data["segments"])
    except (ValueError, KeyError, TypeError, RecursionError):
        yield Fault(subject.place(_JSON), "is no list of segments")
        return
    if not isinstance(version, str) or not version.startswith("1."):
        yield Fault(subject.place(_JSON), f"version {version!r}", 'version "1.0.0"')
    for number, segment in enumerate(segments, start=1):
        if not _is_segment(segment):
            yield Fault(subject.place(_JSON), f"segment {number}: {segment!r}")


def _is_segment(segment: Any) -> bool:
    if not isinstance(segment, dict) or not isinstance(segment.get("body"), str):
        return False
    start: Any = segment.get("startTime")
    end: Any = segment.get("endTime")
    if not all(isinstance(time, int | float) and not isinstance(time, bool) for time in (start, end)):
        return False
    return bool(0 <= start < end) and isinstance(segment.get("speaker", ""), str)


@rule("episode-transcript", "every sentence of the script, in its order and no other")
def words_not_covered(subject: EpisodeSubject) -> Iterator[Fault]:
    """No lost words: a script that was edited since must be rendered again."""
    if subject.script is None:
        return
    paragraphs = (paragraph for segment in subject.script.segments for paragraph in segment.paragraphs)
    wanted = [sentence for paragraph in paragraphs for sentence in split_sentences(paragraph.text)]
    found = [_plain(spoken) for _, spoken in _cues(subject.text(_VTT))]
    for index, sentence in enumerate(wanted):
        if found[index : index + 1] != [sentence]:
            said = found[index] if index < len(found) else "nothing"
            yield Fault(subject.place(_VTT), said, f"{sentence} (`podcast render {subject.episode.slug}` speaks it)")
            return
    if len(found) > len(wanted):
        yield Fault(subject.place(_VTT), found[len(wanted)], "no more sentences than the script has")


@rule("episode-transcripts-alike", "the same words in all transcripts")
def transcripts_differ(subject: EpisodeSubject) -> Iterator[Fault]:
    """Apps choose one of them."""
    text = subject.text(_VTT)
    words = " ".join(_plain(spoken) for _, spoken in _cues(text)).split()
    names = {unescaped(name) for name in _NAME.findall(text)}
    for name, found in ((_JSON, _json_words(subject.text(_JSON))), (_SRT, _srt_words(subject.text(_SRT), names))):
        if found != words:
            yield Fault(subject.place(name), f"{len(found)} words", f"the {len(words)} words of {_VTT}")


@rule("episode-transcript-html", "HTML of cite, time and p, with the words of the other transcripts")
def bad_html(subject: EpisodeSubject) -> Iterator[Fault]:
    """Podcasting 2.0, transcript. Episodes of earlier versions have neither this nor a picture."""
    text = subject.text(_HTML)
    if not subject.episode.cover or not text:
        return
    if other := {f"<{name}{rest}>" for name, rest in _TAG.findall(text) if name not in ("cite", "time", "p") or rest}:
        yield Fault(subject.place(_HTML), ", ".join(sorted(other)))
    spoken = re.sub(r"<(cite|time)>[^<]*</\1>", " ", text)
    found = unescaped(_TAG.sub(" ", spoken)).split()
    # HTML cannot hold every sign that WebVTT can
    words = plain(" ".join(_plain(cue) for _, cue in _cues(subject.text(_VTT)))).split()
    if found != words:
        yield Fault(subject.place(_HTML), f"{len(found)} words", f"the {len(words)} words of {_VTT}")


def _blocks(text: str) -> list[list[str]]:
    """Lines of each cue of SubRip."""
    return [block.strip("\n").split("\n") for block in text.split("\n\n") if block.strip()]


def _cues(text: str) -> list[tuple[str, str]]:
    """Time line and text of each cue."""
    blocks = (block.strip("\n").split("\n") for block in text.split("\n\n"))
    return [
        (lines[at], "\n".join(lines[at + 1 :])) for lines in blocks for at in (0, 1) if "-->" in "".join(lines[at:][:1])
    ]


def _plain(spoken: str) -> str:
    return unescaped(re.sub(r"</?v[^<>]*>", "", spoken))


def _ms(clock: str, decimals: str) -> int:
    seconds = 0
    for part in clock.split(":"):
        seconds = 60 * seconds + int(part)
    return 1000 * seconds + int(decimals)


def _json_words(text: str) -> list[str]:
    try:
        segments: Any = json.loads(text)["segments"]
        return " ".join(segment["body"] for segment in segments).split()
    except (ValueError, KeyError, TypeError, RecursionError):
        return []


def _srt_words(text: str, names: set[str]) -> list[str]:
    """All words but who speaks them, for which SubRip has no other place than the text."""
    cues = [" ".join(block.strip("\n").split("\n")[2:]) for block in text.split("\n\n")]
    for name in names:
        cues = [cue.removeprefix(f"{name}: ") for cue in cues]
    return " ".join(cues).split()


RULES: tuple[Rule[EpisodeSubject], ...] = (
    bad_vtt,
    bad_srt,
    bad_json,
    words_not_covered,
    transcripts_differ,
    bad_html,
)
