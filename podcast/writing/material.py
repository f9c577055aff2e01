"""What there is to tell of a paper: what the newsletter says or, where its own text is known, what matters of that.

Silent on purpose: the titles of a summary's parts, with which its paragraphs begin (`Results. The model …`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast.types import Paper

_NUMBERED = r"^[\W\d]*(?:[IVX]+\.\s)?"
_TOLD = tuple(
    re.compile(_NUMBERED + pattern, re.IGNORECASE)
    for pattern in (
        r"(?:abstract|summary)\b",
        r"introduction\b",
        r"(?:[\w ]{1,30}\band )?(?:conclusions?|concluding|discussion and conclusions?)\b",
    )
)
"""Abstract, introduction and conclusion, in this order."""

PART_TITLES = ("Claims", "Method", "Results", "Critique", "Implications")
"""What the parts of a summary are called, in their order."""

_LEAD_IN = re.compile(rf"^(?:{'|'.join(PART_TITLES)})\. (?=\S)")


def passages_of(paper: Paper) -> tuple[str, ...]:
    """Paragraphs to tell: its abstract, introduction and conclusion, else the newsletter's, else its first and last."""
    own = tuple(text for pattern in _TOLD for section in _like(paper, pattern) for text in section)
    if own or paper.paragraphs or not paper.sections:
        return own or without_lead_ins(paper.paragraphs)
    ends = (paper.sections[0], *paper.sections[1:][-1:])
    return tuple(text for section in ends for text in section.paragraphs)


def has_own_text(paper: Paper) -> bool:
    """Whether it is told by its own text, of which nobody wants to hear everything."""
    return passages_of(paper) != without_lead_ins(paper.paragraphs)


def without_lead_ins(paragraphs: Sequence[str]) -> tuple[str, ...]:
    """A newsletter's paragraphs, without the title of a summary's part at their beginning: it is for the eye."""
    return tuple(_LEAD_IN.sub("", text) for text in paragraphs)


def _like(paper: Paper, pattern: re.Pattern[str]) -> Sequence[tuple[str, ...]]:
    return [section.paragraphs for section in paper.sections if pattern.match(section.title)]


def source_of(paper: Paper) -> str:
    """All that is known of it, title first: what an acronym may be explained in."""
    own = (text for section in paper.sections for text in section.paragraphs)
    return "\n".join((paper.title, *paper.paragraphs, *own))
