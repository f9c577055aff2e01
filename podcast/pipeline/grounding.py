"""Which passage of its source each segment of a script tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podcast.papers.newsletter import read_newsletter
from podcast.pipeline.sources import copy_of_source
from podcast.writing.prose import one_line

if TYPE_CHECKING:
    from podcast.show import Show
    from podcast.types import Newsletter, Paper, Script, Segment


def passages(show: Show, slug: str, script: Script) -> tuple[str, ...]:
    """One text a segment, from the copy of the source beside the script; empty where there is none."""
    source = copy_of_source(show.script_folder(slug))
    if source is None:
        return tuple("" for _ in script.segments)
    section = script.section or show.settings.writing.section or None
    newsletter = read_newsletter(source.read_bytes(), name=source.name, section=section)
    last = len(script.segments) - 1
    return tuple(_passage(newsletter, segment, is_last=index == last) for index, segment in enumerate(script.segments))


def _passage(newsletter: Newsletter, segment: Segment, *, is_last: bool) -> str:
    for paper in newsletter.highlights:
        if _tells(segment, paper):
            return "\n\n".join((paper.title, *paper.paragraphs))
    return "\n\n".join(newsletter.sign_off if is_last else newsletter.greeting)


def _tells(segment: Segment, paper: Paper) -> bool:
    named = segment.paper in {f"arXiv:{paper.arxiv_id}", paper.url} if segment.paper else False
    return named or one_line(paper.title) == segment.title
