"""What a person may do to a script on the page, each as a function from the script as it was to the one wanted."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from podcast.errors import InputError
from podcast.types import Finding, Paragraph
from podcast.writing.evidence import dismiss, reopen
from podcast.writing.prose import one_line

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from podcast.types import Item, Script, Segment

_SPEAKER = re.compile(r"\*\*([^*:]+):\*\* (?=\S)")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")


def paragraphs_of(text: str) -> tuple[str, ...]:
    """Cut what was typed at its blank lines; what is left of each is one line. Nothing where nothing was typed."""
    plain = re.sub(r"\r\n?|[\u2028\u2029]", "\n", text)
    return tuple(filter(None, map(one_line, _BLANK_LINE.split(plain))))


def rewritten(script: Script, segment_index: int, first: int, count: int, text: str) -> Script:
    """Put what was typed in the place of `count` paragraphs from the `first`.

    The speaker stays the same, but where a paragraph begins with the name of another, as `**Ada:** …`.

    Comments and findings that stood between them stand behind. Raises InputError where there are no such paragraphs.
    """
    segment = _segment(script, segment_index)
    paragraphs = segment.paragraphs
    if first < 0 or count < 1 or first + count > len(paragraphs):
        raise InputError("There is no such paragraph in the script any more.")
    names = {speaker for speaker, _ in script.speakers}
    new = tuple(_said(each, paragraphs[first].speaker, names) for each in paragraphs_of(text))
    items = tuple(_replaced(segment.items, range(first, first + count), new))
    return _with(script, segment_index, dataclasses.replace(segment, items=items))


def _said(text: str, speaker: str | None, names: Container[str]) -> Paragraph:
    named = _SPEAKER.match(text)
    if named and named[1] in names:
        return Paragraph(text[named.end() :], named[1])
    return Paragraph(text, speaker)


def _replaced(items: Sequence[Item], gone: range, new: Sequence[Paragraph]) -> Iterator[Item]:
    index = 0
    for item in items:
        if not isinstance(item, Paragraph):
            yield item
            continue
        if index == gone.start:
            yield from new
        if index not in gone:
            yield item
        index += 1


def dismissed(script: Script, segment_index: int, text: str) -> Script:
    """Turn a finding into a comment. Raises InputError where there is none of this text."""
    segment = _segment(script, segment_index)
    if Finding(text) not in segment.items:
        raise InputError("There is no such finding in the script any more.")
    return _with(script, segment_index, dismiss(segment, text))


def reopened(script: Script, segment_index: int, text: str) -> Script:
    """Turn a dismissed finding into an open one again. Raises InputError where there is none of this text."""
    segment = _segment(script, segment_index)
    opened = reopen(segment, text)
    if opened == segment:
        raise InputError("There is no such dismissed finding in the script any more.")
    return _with(script, segment_index, opened)


def _segment(script: Script, index: int) -> Segment:
    if not 0 <= index < len(script.segments):
        raise InputError("There is no such segment in the script any more.")
    return script.segments[index]


def _with(script: Script, index: int, segment: Segment) -> Script:
    segments = (*script.segments[:index], segment, *script.segments[index + 1 :])
    return dataclasses.replace(script, segments=segments)
