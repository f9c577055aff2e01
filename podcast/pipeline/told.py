"""What a newsletter says of an episode besides its words: who wrote its papers, and where they are read."""

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.errors import InputError
from podcast.pipeline.sources import copy_of_source
from podcast.writing.prose import one_line

if TYPE_CHECKING:
    from podcast.show import Show
    from podcast.types import Link, Newsletter, Paper, Script, Segment


@dataclass(frozen=True, slots=True)
class Told:
    """The papers of an episode's segments, None where one is about none that the newsletter has; and all addresses."""

    papers: tuple[Paper | None, ...]
    is_paper: tuple[bool, ...]
    """Whether each segment is about one, known to the newsletter or not."""
    links: tuple[Link, ...] = ()
    problem: str = ""
    """Why the newsletter says nothing, where it should."""

    @property
    def count(self) -> int:
        """How many papers the episode has."""
        return sum(self.is_paper)


def read_told(show: Show, script: Script, slug: str) -> Told:
    """Find the papers of the segments, and all addresses that the newsletter gives."""
    try:
        return _told(script, _newsletter(show, script, slug))
    except (InputError, OSError) as error:
        problem = f"The show notes have no links besides those of the chapters: {error}"
        return dataclasses.replace(_told(script, None), problem=problem)


def _told(script: Script, newsletter: Newsletter | None) -> Told:
    segments = script.segments
    papers = tuple(_paper(segment, newsletter) for segment in segments)
    is_paper = tuple(bool(segment.paper or paper) for segment, paper in zip(segments, papers, strict=True))
    return Told(papers, is_paper, _links(script, newsletter))


def _newsletter(show: Show, script: Script, slug: str) -> Newsletter | None:
    source = copy_of_source(show.script_folder(slug))
    if source is None:
        return None
    from podcast.papers.newsletter import read_newsletter

    section = script.section or show.settings.writing.section or None
    return read_newsletter(source.read_bytes(), name=source.name, section=section)


def _paper(segment: Segment, newsletter: Newsletter | None) -> Paper | None:
    """Find the paper of a segment, by its arXiv id, else by its title."""
    papers = (*newsletter.highlights, *newsletter.rest) if newsletter else ()
    named = (paper for paper in papers if paper.arxiv_id and segment.paper == f"arXiv:{paper.arxiv_id}")
    titled = (paper for paper in papers if one_line(paper.title) == segment.title)
    return next(itertools.chain(named, titled), None)


def _links(script: Script, newsletter: Newsletter | None) -> tuple[Link, ...]:
    """All addresses that the newsletter gives: what speech leaves out, the notes have."""
    if newsletter is None:
        return ()
    spoken = {segment.title for segment in script.segments}
    of_papers = (link for paper in newsletter.highlights if paper.title in spoken for link in paper.links)
    return tuple({link.url: link for link in (*of_papers, *newsletter.links)}.values())
