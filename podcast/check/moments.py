"""Rules 33 and 58: chapters in the feed and times in its notes are those of the sound."""

from __future__ import annotations

import itertools
import json
import re
from typing import TYPE_CHECKING, Any

from podcast.check.feed import NAMES, FeedSubject, attribute, is_there, text_of
from podcast.check.rules import Fault, Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_NPT = re.compile(r"(?:(?:([0-9]{1,6}):)?([0-5]?[0-9]):)?([0-9]{1,9})(?:\.([0-9]{1,3}))?")
_STAMP = r"\s*[\[(]?((?:[0-9]{1,4}:)?[0-5]?[0-9]:[0-5][0-9])(?![0-9:])"
_IN_LIST = re.compile(rf"<li>{_STAMP}", re.IGNORECASE)
_IN_LINES = re.compile(rf"(?:^|<p>|<br ?/?>){_STAMP}", re.IGNORECASE | re.MULTILINE)
_FEWEST_STAMPS = 3
"""Times that make chapters for Apple; of fewer, somebody may just have told the time."""


@rule("feed-33-psc-chapters", "version 1.2, titles, ascending starts like 00:01:02.345, the same as in chapters.json")
def bad_simple_chapters(subject: FeedSubject) -> Iterator[Fault]:
    """Podlove Simple Chapters 1.2, which Spotify and many apps read."""
    for item in subject.items:
        for found in item.findall("psc:chapters", NAMES):
            if found.get("version") != "1.2":
                yield Fault(subject.place(item), f"psc:chapters version {found.get('version')!r}", 'version="1.2"')
            yield from _chapter_faults(subject, item, found.findall("psc:chapter", NAMES))


def _chapter_faults(subject: FeedSubject, item: Any, chapters: Sequence[Any]) -> Iterator[Fault]:
    place, starts = subject.place(item), [_ms(chapter.get("start", "")) for chapter in chapters]
    if not chapters:
        yield Fault(place, "psc:chapters without a chapter")
    for chapter, start in zip(chapters, starts, strict=True):
        if start is None:
            yield Fault(place, f"psc:chapter start {chapter.get('start')!r}", "a time like 00:01:02.345")
        if not chapter.get("title", "").strip():
            yield Fault(place, f"psc:chapter at {chapter.get('start')} without a title", 'title="…"')
    known = [start for start in starts if start is not None]
    if any(later <= earlier for earlier, later in itertools.pairwise(known)):
        yield Fault(place, "psc:chapters that do not ascend", "each start behind the one before")
    wanted = _starts_of_file(subject, item)
    if wanted is not None and known != wanted:
        yield Fault(place, f"psc:chapters at {_listed(known)} ms", f"those of chapters.json: {_listed(wanted)} ms")


@rule("feed-58-timestamps", "times in the notes that begin with 00:00:00, ascend, and are those of the chapters")
def bad_timestamps(subject: FeedSubject) -> Iterator[Fault]:
    """Apple makes chapters of them, and listeners tap them; nothing is said of notes without any."""
    for item in subject.items:
        stamps = _stamps(text_of(item, "content:encoded"))
        if len(stamps) >= _FEWEST_STAMPS and (stamps[0] or stamps != sorted(stamps)):
            yield Fault(subject.place(item), f"times at {_listed(stamps)} s", "00:00:00 first, and no step back")
        wanted = [start // 1000 for start in _starts(subject, item)] if stamps else []
        if wanted and stamps != wanted:
            expected = f"those of the chapters: {_listed(wanted)} s"
            yield Fault(subject.place(item), f"times at {_listed(stamps)} s", expected)


def _stamps(notes: str) -> list[int]:
    """Times in seconds at the starts of the first list's items; if there are none, at those of lines."""
    found = _IN_LIST.findall(notes.partition("</ul>")[0]) or _IN_LINES.findall(notes)
    return [ms // 1000 for ms in map(_ms, found) if ms is not None]


def _starts(subject: FeedSubject, item: Any) -> list[int]:
    """Starts in milliseconds of the chapters in the feed, which rule 33 holds against the file; else those in it."""
    inside = [_ms(chapter.get("start", "")) for chapter in item.findall("psc:chapters/psc:chapter", NAMES)]
    return [start for start in inside if start is not None] or _starts_of_file(subject, item) or []


def _starts_of_file(subject: FeedSubject, item: Any) -> list[int] | None:
    """Starts in milliseconds of the chapters file that an item names; None where there is none to be read here."""
    file = subject.local(attribute(item, "podcast:chapters", "url"))
    return read_starts(file) if file is not None and is_there(file) else None


def read_starts(file: Path) -> list[int] | None:
    """Starts in milliseconds of a chapters file; None if it is none, which a rule for episodes says."""
    try:
        data: Any = json.loads(file.read_bytes())
        return [round(chapter["startTime"] * 1000) for chapter in data["chapters"]]
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None


def _ms(time: str) -> int | None:
    """Milliseconds of a normal play time (RFC 2326, 3.6); None if it is none."""
    match = _NPT.fullmatch(time)
    if not match:
        return None
    hours, minutes, seconds, decimals = match.groups(default="0")
    return 1000 * (3600 * int(hours) + 60 * int(minutes) + int(seconds)) + int(decimals.ljust(3, "0"))


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers)) or "none"


RULES: tuple[Rule[FeedSubject], ...] = (bad_simple_chapters, bad_timestamps)
