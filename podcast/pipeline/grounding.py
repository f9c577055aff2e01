"""Which passage of its source each segment of a script tells."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from podcast.errors import InputError
from podcast.papers.newsletter import read_newsletter
from podcast.pipeline.sources import copy_of_source
from podcast.writing.compose import Occasion, compose
from podcast.writing.material import source_of
from podcast.writing.prose import one_line
from podcast.writing.writers import Means
from podcast.writing.writers.extractive import ExtractiveWriter

if TYPE_CHECKING:
    from podcast.show import Show
    from podcast.types import Newsletter, Paper, Script, Segment


def passages(show: Show, slug: str, script: Script) -> tuple[str, ...]:
    """One text a segment, from the copy of the source beside the script; empty where there is none to read."""
    source = copy_of_source(show.script_folder(slug))
    if source is None:
        return tuple("" for _ in script.segments)
    section = script.section or show.settings.writing.section or None
    try:
        newsletter = read_newsletter(source.read_bytes(), name=source.name, section=section)
    except InputError:  # a source that can no longer be read bears nothing out, and refutes nothing
        return tuple("" for _ in script.segments)
    return passages_of(show, newsletter, script)


def passages_of(show: Show, newsletter: Newsletter, script: Script) -> tuple[str, ...]:
    """One text a segment: of a paper all that is known of it, of the others what the author wrote around them.

    What the show itself says, of its name and date and of how many papers there are, needs no source: it is added.
    """
    told = [
        next((paper for paper in newsletter.highlights if _tells(segment, paper)), None) for segment in script.segments
    ]
    announced = iter(_announcements(show, newsletter, script, [paper for paper in told if paper]))
    around = "\n".join((*newsletter.greeting, *newsletter.sign_off, *(paper.title for paper in newsletter.highlights)))
    frame = _frame(show, newsletter, script, [paper for paper in told if paper])
    return tuple(f"{source_of(paper)}\n{next(announced)}" if paper else f"{around}\n{frame}" for paper in told)


def _announcements(show: Show, newsletter: Newsletter, script: Script, told: list[Paper]) -> list[str]:
    composed = _composed(show, newsletter, script, told)
    return [segment.paragraphs[0].text for segment in composed.segments[1:-1]]


def _frame(show: Show, newsletter: Newsletter, script: Script, told: list[Paper]) -> str:
    """What welcome and goodbye say by themselves."""
    composed = _composed(show, newsletter, script, told)
    return "\n".join(
        each.text for segment in (composed.segments[0], composed.segments[-1]) for each in segment.paragraphs
    )


def _composed(show: Show, newsletter: Newsletter, script: Script, told: list[Paper]) -> Script:
    bare = tuple(dataclasses.replace(paper, paragraphs=(), sections=()) for paper in told)
    left = tuple(paper for paper in newsletter.highlights if paper not in told)
    shown = dataclasses.replace(newsletter, highlights=bare, rest=(*left, *newsletter.rest))
    occasion = Occasion(script.date, show.settings.title, show.settings.writing.say_synthetic, script.speakers)
    return compose(shown, occasion, ExtractiveWriter(Means())).script


def _tells(segment: Segment, paper: Paper) -> bool:
    named = segment.paper in {f"arXiv:{paper.arxiv_id}", paper.url} if segment.paper else False
    return named or one_line(paper.title) == segment.title
