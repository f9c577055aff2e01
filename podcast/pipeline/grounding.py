"""What a script rests on: the passage of its source that each segment tells, and what the show says of itself."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from podcast.errors import InputError
from podcast.papers.newsletter import read_newsletter
from podcast.pipeline.enriching import enriched
from podcast.pipeline.sources import copy_of_source
from podcast.writing.compose import Occasion, compose
from podcast.writing.evidence import Sources
from podcast.writing.material import source_of
from podcast.writing.prose import one_line
from podcast.writing.sentences import split_sentences
from podcast.writing.writers import Means
from podcast.writing.writers.extractive import ExtractiveWriter

if TYPE_CHECKING:
    from pathlib import Path

    from podcast.show import Show
    from podcast.types import Newsletter, Paper, Script, Segment


def sources(show: Show, slug: str, script: Script) -> Sources:
    """Find what a script rests on in the copy of its source; nothing where there is none, or none to read."""
    source = copy_of_source(show.script_folder(slug))
    section = script.section or show.settings.writing.section or None
    try:
        newsletter = _read(source, section) if source else None
    except InputError:  # a source that can no longer be read bears nothing out, and refutes nothing
        newsletter = None
    return sources_of(show, newsletter, script) if newsletter else Sources(tuple("" for _ in script.segments))


def _read(source: Path, section: str | None) -> Newsletter:
    return enriched(read_newsletter(source.read_bytes(), name=source.name, section=section), source.parent)


def sources_of(show: Show, newsletter: Newsletter, script: Script) -> Sources:
    """Of a paper's segment all that is known of the paper, of the others what the author wrote around them.

    What the show itself says, of its name and date and of how many papers there are, needs no source.
    """
    told = [
        next((paper for paper in newsletter.highlights if _tells(segment, paper)), None) for segment in script.segments
    ]
    titles = (paper.title for paper in newsletter.highlights)
    around = "\n".join((*newsletter.greeting, *newsletter.sign_off, *titles))
    passages = tuple(source_of(paper) if paper else around for paper in told)
    own = _composed(show, newsletter, script, [paper for paper in told if paper])
    said = (paragraph.text for segment in own.segments for paragraph in segment.paragraphs)
    return Sources(passages, frozenset(sentence for text in said for sentence in split_sentences(text)))


def _composed(show: Show, newsletter: Newsletter, script: Script, told: list[Paper]) -> Script:
    """Compose the same episode without a word on any paper: what is left is what the show says."""
    bare = tuple(dataclasses.replace(paper, paragraphs=(), sections=()) for paper in told)
    left = tuple(paper for paper in newsletter.highlights if paper not in told)
    shown = dataclasses.replace(newsletter, highlights=bare, rest=(*left, *newsletter.rest))
    title = _called(script) or show.settings.title
    occasion = Occasion(script.date, title, show.settings.writing.say_synthetic, script.speakers)
    return compose(shown, occasion, ExtractiveWriter(Means())).script


def _called(script: Script) -> str | None:
    """Say what a script calls its show, which may have had another title then."""
    texts = (paragraph.text for segment in script.segments[:1] for paragraph in segment.paragraphs)
    found = (re.search(r"(?:You are listening to|Welcome to) ([^\n]+), the episode of ", text) for text in texts)
    return next((match[1] for match in found if match), None)


def _tells(segment: Segment, paper: Paper) -> bool:
    named = segment.paper in {f"arXiv:{paper.arxiv_id}", paper.url} if segment.paper else False
    return named or one_line(paper.title) == segment.title
