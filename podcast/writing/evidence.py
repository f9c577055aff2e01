"""A script beside its sources: each spoken sentence looked up in the passage that its segment tells.

What is doubtful stands as `> [!check]` under its paragraph. What a person has looked at and found right becomes a
comment, `<!-- dismissed: … -->`, at the same place, and is not found again while the sentence stands.
"""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.types import Comment, Finding, Paragraph, Script
from podcast.writing.grounding import Grounded, ground
from podcast.writing.grounding.doubt import FINDING
from podcast.writing.prose import one_line
from podcast.writing.sentences import split_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podcast.types import Item, Segment
    from podcast.writing.grounding import Doubt

_DISMISSED = "dismissed: "
_OF_WHO_GREETS = ("number", "unit")
"""What is looked up where no paper is told: who says hello says what he likes, in words of his own."""


@dataclass(frozen=True, slots=True)
class SegmentEvidence:
    """The passage that a segment tells, and what each sentence of each spoken paragraph rests on."""

    passage: str
    paragraphs: tuple[tuple[Grounded, ...], ...]


@dataclass(frozen=True, slots=True)
class Sources:
    """What a script may rest on: one passage a segment, and the sentences that the show says of itself."""

    passages: tuple[str, ...]
    own: frozenset[str] = frozenset()


def evidence(script: Script, sources: Sources) -> tuple[SegmentEvidence, ...]:
    """Look every sentence up in its segment's passage, but for those that need no source."""
    return tuple(
        _evidence(segment, passage, sources.own)
        for segment, passage in zip(script.segments, sources.passages, strict=True)
    )


def _evidence(segment: Segment, passage: str, own: frozenset[str]) -> SegmentEvidence:
    found = (_looked_up(split_sentences(paragraph.text), passage) for paragraph in segment.paragraphs)
    tells_a_paper = segment.paper is not None
    return SegmentEvidence(
        passage, tuple(tuple(_excused(each, own, tells_a_paper) for each in sentences) for sentences in found)
    )


def _excused(grounded: Grounded, own: frozenset[str], tells_a_paper: bool) -> Grounded:  # noqa: FBT001 - of a segment
    if grounded.sentence in own:
        return Grounded(grounded.sentence, (), ())
    if tells_a_paper:
        return grounded
    doubts = tuple(doubt for doubt in grounded.doubts if doubt.kind in _OF_WHO_GREETS)
    return dataclasses.replace(grounded, doubts=doubts)


@functools.lru_cache(maxsize=1024)
def _looked_up(sentences: tuple[str, ...], passage: str) -> tuple[Grounded, ...]:
    """What was looked up once is known: each kind of doubt is a rule of its own."""
    return ground(sentences, passage)


def finding_of(doubt: Doubt) -> Finding:
    """Say a doubt to the reviewer."""
    return Finding(one_line(f"{doubt.kind}: “{doubt.claim}”. {doubt.expected}").replace("--", "–"))


def annotated(script: Script, found: Sequence[SegmentEvidence]) -> Script:
    """Put each finding under its paragraph, in place of those of an earlier look; words are left alone."""
    segments = tuple(
        dataclasses.replace(segment, items=tuple(_items(segment, each)))
        for segment, each in zip(script.segments, found, strict=True)
    )
    return dataclasses.replace(script, segments=segments)


def _items(segment: Segment, found: SegmentEvidence) -> Iterator[Item]:
    dismissed = dismissals(segment)
    paragraphs = iter(found.paragraphs)
    for item in segment.items:
        if not _is_ours(item):
            yield item
        if isinstance(item, Paragraph):
            new = [finding_of(doubt) for sentence in next(paragraphs) for doubt in sentence.doubts]
            yield from (finding for finding in dict.fromkeys(new) if finding.text not in dismissed)


def _is_ours(item: Item) -> bool:
    return isinstance(item, Finding) and FINDING.match(item.text) is not None


def dismissals(segment: Segment) -> frozenset[str]:
    """Return the texts of the findings that a person has dismissed here."""
    comments = (item.text for item in segment.items if isinstance(item, Comment))
    return frozenset(text.removeprefix(_DISMISSED) for text in comments if text.startswith(_DISMISSED))


def dismiss(segment: Segment, text: str) -> Segment:
    """Turn the findings of this text into a comment; a segment without one is returned as it is."""
    comment = Comment(_DISMISSED + text)
    items = (comment if item == Finding(text) else item for item in segment.items)
    return dataclasses.replace(segment, items=tuple(items))


def open_findings(script: Script) -> int:
    """How many findings nobody has decided upon yet."""
    return sum(isinstance(item, Finding) for segment in script.segments for item in segment.items)
