"""Notes on the highlighted papers of all episodes, into a folder of the author's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podcast import files
from podcast.errors import InputError
from podcast.newsletter.topics import read_topics
from podcast.newsletter.vault import Note, named, plan_notes, tags_of
from podcast.papers.newsletter import read_newsletter
from podcast.pipeline.clock import today
from podcast.pipeline.memory import recalled
from podcast.pipeline.script_files import find_existing, read_script
from podcast.pipeline.sources import kept_source
from podcast.record import read_episodes
from podcast.types import OTHERS, Event

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from podcast.newsletter.vault import NotePlan
    from podcast.pipeline import Observe
    from podcast.show import Show
    from podcast.types import Episode, Paper, Script


def write_notes(show: Show, folder: Path, observe: Observe) -> NotePlan:
    """Write a note for each highlight of each newsletter of the show; files that a person changed are left alone."""
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: a file of that name is there. Give the name of a folder.")
    texts = named(_notes(show, observe), show.templates)
    existing = {path.name: path.read_text("utf-8", errors="replace") for path in sorted(folder.glob("*.md"))}
    plan = plan_notes(existing, texts)
    for name, text in plan.writes.items():
        files.write_text(folder / name, text)
    for name in plan.kept:
        observe(Event("note", f"{folder / name}: changed by hand, so it is left alone."))
    return plan


def _notes(show: Show, observe: Observe) -> Iterator[Note]:
    episodes = {episode.slug: episode for episode in read_episodes(show)}
    topics = read_topics(show.templates)
    for folder in sorted((show.folder / "scripts").glob("*/")):
        source = kept_source(show, folder.name)
        if source is None:
            continue
        try:
            script = _script(show, folder.name)
            section = script.section if script else None
            newsletter = read_newsletter(source.read_bytes(), name=source.name, section=section)
        except InputError as error:
            observe(Event("note", str(error)))
            continue
        categories = _categories(show, [paper.arxiv_id for paper in newsletter.highlights if paper.arxiv_id])
        date = newsletter.date or (script.date if script else today())
        for paper in newsletter.highlights:
            tags = tags_of(categories.get(paper.arxiv_id or "", ()), topics)
            start_ms = _start_ms(paper, episodes.get(folder.name))
            yield Note(
                title=paper.title,
                date=date,
                paragraphs=paper.paragraphs,
                authors=tuple(name for name in paper.authors if not name.endswith(OTHERS)),
                url=paper.url,
                arxiv_id=paper.arxiv_id,
                tags=tags,
                episode=folder.name if start_ms is not None else None,
                start_ms=start_ms,
            )


def _script(show: Show, slug: str) -> Script | None:
    path = find_existing(show, slug)
    return read_script(path) if path else None


def _categories(show: Show, ids: list[str]) -> Mapping[str, tuple[str, ...]]:
    if not show.papers.is_file():
        return {}
    with recalled(show) as history:
        return {each.id: each.categories for each in history.preprints(ids)}


def _start_ms(paper: Paper, episode: Episode | None) -> int | None:
    """Where an episode tells of it, if it does."""
    names = {f"arXiv:{paper.arxiv_id}", paper.url} - {"arXiv:None", None}
    found = (each for each in episode.segments if each.paper in names or each.title == paper.title) if episode else ()
    return next((each.start_ms for each in found), None)
