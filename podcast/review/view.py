"""What the page shows: a script beside its sources, cut so that the page only has to set texts one after another.

Positions are resolved here: Python counts characters where browsers count UTF-16 units.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from podcast.types import Comment, Finding, Paragraph
from podcast.writing.evidence import dismissed_text, finding_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from podcast.types import Item, Script, Segment
    from podcast.writing.evidence import SegmentEvidence
    from podcast.writing.grounding import Doubt, Grounded, Span


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some text, and the numbers of what it belongs to: sentences in a passage, findings in a sentence."""

    text: str
    of: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SentenceView:
    """A sentence; its number counts from 0 in its segment."""

    number: int
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class ParagraphView:
    """What is spoken; its index counts the paragraphs of its segment."""

    index: int
    speaker: str | None
    text: str
    sentences: tuple[SentenceView, ...]
    kind: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True, slots=True)
class FindingView:
    """Something to decide upon; its number counts from 0 in its segment. What a person wrote has no claim."""

    number: int
    text: str
    label: str = ""
    claim: str = ""
    expected: str = ""
    kind: Literal["finding"] = "finding"


@dataclass(frozen=True, slots=True)
class NoteView:
    """A finding that was dismissed, or a comment of somebody's."""

    text: str
    kind: Literal["dismissed", "comment"]


@dataclass(frozen=True, slots=True)
class SegmentView:
    """A segment beside the passage that it tells."""

    title: str
    paper: str | None
    url: str | None
    words: int
    passage: tuple[Stretch, ...]
    items: tuple[ParagraphView | FindingView | NoteView, ...]


def segment_views(
    script: Script, found: Sequence[SegmentEvidence], url_of: Callable[[str | None], str | None]
) -> tuple[SegmentView, ...]:
    """Show an annotated script with the evidence that annotated it; `url_of` says where a paper can be read."""
    pairs = zip(script.segments, found, strict=True)
    return tuple(_segment(segment, each, url_of(segment.paper)) for segment, each in pairs)


def words(segment: Segment) -> int:
    """How many are spoken."""
    return sum(len(paragraph.text.split()) for paragraph in segment.paragraphs)


def _segment(segment: Segment, found: SegmentEvidence, url: str | None) -> SegmentView:
    grounded = [sentence for paragraph in found.paragraphs for sentence in paragraph]
    rests = [(span, number) for number, sentence in enumerate(grounded) for span in sentence.rests_on]
    passage, items = stretches(found.passage, rests), tuple(_items(segment, found))
    return SegmentView(segment.title, segment.paper, url, words(segment), passage, items)


def stretches(text: str, spans: Sequence[tuple[Span, int]]) -> tuple[Stretch, ...]:
    """Cut a text wherever one of the numbered spans begins or ends; joined, the stretches are the text."""
    bounds = sorted({0, len(text), *(min(max(0, at), len(text)) for span, _ in spans for at in span)})
    return tuple(
        Stretch(text[start:end], tuple(sorted({number for (a, b), number in spans if a <= start and end <= b})))
        for start, end in itertools.pairwise(bounds)
    )


# ── items in order ──────────────────────────────────────────────────────────────────────────────────────


def _items(segment: Segment, found: SegmentEvidence) -> Iterator[ParagraphView | FindingView | NoteView]:
    """Show what stands in a segment; a finding belongs to the paragraph above it."""
    groups = _groups(segment.items)
    sentences = findings = 0
    for index, (paragraph, below) in enumerate(groups, start=-1):
        grounded = found.paragraphs[index] if paragraph else ()
        texts = [item.text for item in below if isinstance(item, Finding)]
        if paragraph:
            yield _paragraph(paragraph, index, grounded, sentences, _numbered(texts, findings))
            sentences += len(grounded)
        doubts = {finding_of(doubt).text: doubt for sentence in grounded for doubt in sentence.doubts}
        numbers = itertools.count(findings)
        findings += len(texts)
        for item in below:
            if isinstance(item, Finding):
                yield _finding(item, next(numbers), doubts.get(item.text))
            elif isinstance(item, Comment):
                text = dismissed_text(item)
                yield NoteView(text or item.text, "dismissed" if text else "comment")


def _groups(items: Sequence[Item]) -> list[tuple[Paragraph | None, list[Item]]]:
    """Each paragraph with what stands below it; first what stands above all of them, without a paragraph."""
    groups: list[tuple[Paragraph | None, list[Item]]] = [(None, [])]
    for item in items:
        if isinstance(item, Paragraph):
            groups.append((item, []))
        else:
            groups[-1][1].append(item)
    return groups


def _numbered(texts: Sequence[str], first: int) -> dict[str, int]:
    return {text: number for number, text in enumerate(texts, start=first)}


def _paragraph(
    paragraph: Paragraph, index: int, grounded: Sequence[Grounded], first: int, findings: dict[str, int]
) -> ParagraphView:
    return ParagraphView(
        index,
        paragraph.speaker,
        paragraph.text,
        tuple(_sentence(sentence, number, findings) for number, sentence in enumerate(grounded, start=first)),
    )


def _sentence(sentence: Grounded, number: int, findings: dict[str, int]) -> SentenceView:
    """Show a sentence with the claims of its open findings; those dismissed are no longer marked."""
    named = [(doubt.at, findings.get(finding_of(doubt).text)) for doubt in sentence.doubts]
    claims = [(span, found) for span, found in named if found is not None]
    return SentenceView(number, stretches(sentence.sentence, claims))


def _finding(finding: Finding, number: int, doubt: Doubt | None) -> FindingView:
    if doubt is None:
        return FindingView(number, finding.text)
    return FindingView(number, finding.text, doubt.kind, doubt.claim, doubt.expected)
