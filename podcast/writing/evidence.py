"""A script beside its sources: each spoken sentence looked up in the passage that its segment tells.

What is doubtful stands as `> [!check]` under its paragraph. What a person has looked at and found right becomes a
comment, `<!-- dismissed 1f3a9c20: … -->`, at the same place, and is not found again while its sentence, which has that
mark, stands as it is.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.files import sha256_of
from podcast.types import Comment, Finding, Paragraph, Script
from podcast.writing.doubt import was_looked_up
from podcast.writing.grounding import Grounded, ground
from podcast.writing.prose import one_line
from podcast.writing.sentences import split_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podcast.types import Item, Segment
    from podcast.writing.grounding import Doubt

_DISMISSED = re.compile(r"dismissed((?: [0-9a-f]{8})+): (.*)")
_CLAIM = re.compile(r"\w+: “(.*?)”")
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


@functools.lru_cache(maxsize=8192)
def _looked_up(sentences: tuple[str, ...], passage: str) -> tuple[Grounded, ...]:
    """What was looked up once is known: each kind of doubt is a rule of its own."""
    return ground(sentences, passage)


def doubts_in_words(sentences: Sequence[str], passage: str) -> list[str]:
    """Say what in sentences the passage does not bear out: to a writer that can mend them, or who reviews them."""
    found = ground(sentences, passage)
    return [f"“{doubt.claim}” in “{each.sentence}”: {doubt.expected}" for each in found for doubt in each.doubts]


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
    if not found.passage.strip():  # nothing to look up in: what was found stays
        yield from segment.items
        return
    decided = dismissals(segment)
    paragraphs = iter(found.paragraphs)
    for item in segment.items:
        if not (isinstance(item, Finding) and was_looked_up(item.text)):
            yield item
        if isinstance(item, Paragraph):
            new = [finding_of(doubt) for sentence in next(paragraphs) for doubt in open_doubts(sentence, decided)]
            yield from dict.fromkeys(new)


Dismissal = tuple[str, str]
"""The text of a finding, and the mark of a sentence of which it was found."""


def dismissals(segment: Segment) -> frozenset[Dismissal]:
    """Return what a person has dismissed here."""
    found = (_DISMISSED.fullmatch(item.text) for item in segment.items if isinstance(item, Comment))
    return frozenset((each[2], mark) for each in found if each for mark in each[1].split())


def open_doubts(sentence: Grounded, decided: frozenset[Dismissal]) -> list[Doubt]:
    """What of a sentence nobody has dismissed."""
    mark = _mark(sentence.sentence)
    return [doubt for doubt in sentence.doubts if (finding_of(doubt).text, mark) not in decided]


def dismissed_text(comment: Comment) -> str | None:
    """The finding that a comment was before somebody dismissed it; None for any other comment."""
    found = _DISMISSED.fullmatch(comment.text)
    return found[2] if found else None


def dismiss(segment: Segment, text: str) -> Segment:
    """Turn the findings of this text into comments; a segment without one is returned as it is."""
    return dataclasses.replace(segment, items=tuple(_dismissing(segment.items, text)))


def _dismissing(items: Sequence[Item], text: str) -> Iterator[Item]:
    above = ""
    for item in items:
        if isinstance(item, Paragraph):
            above = item.text
        yield Comment(f"dismissed {_marks(above, text)}: {text}") if item == Finding(text) else item


def reopen(segment: Segment, text: str) -> Segment:
    """Turn dismissed findings of this text into open ones again; a segment without one is returned as it is."""
    items = (
        Finding(text) if isinstance(item, Comment) and dismissed_text(item) == text else item for item in segment.items
    )
    return dataclasses.replace(segment, items=tuple(items))


def _marks(paragraph: str, text: str) -> str:
    """Mark the sentences of a paragraph of which something may have been found: those that have the claim in them."""
    sentences = split_sentences(paragraph) or (paragraph,)
    claim = _CLAIM.match(text)
    having = [sentence for sentence in sentences if claim and claim[1] in sentence]
    return " ".join(dict.fromkeys(map(_mark, having or sentences)))


def _mark(sentence: str) -> str:
    return sha256_of(sentence.encode())[:8]
