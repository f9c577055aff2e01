"""Rules for a show as a whole: what no single script, episode or page can be asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.check.rules import Fault, Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found in a show's folder."""

    folder: Path
    unsettled: tuple[Path, ...] = ()
    """Episodes whose swap was begun and not completed."""
    leftovers: tuple[Path, ...] = ()
    """Temporary files and drafts that nobody is at work on."""
    damaged: tuple[Path, ...] = ()
    """Kept clips, parts and answers that are not what their names say."""
    unnamed: tuple[Path, ...] = ()
    """Files and folders in episodes/ and feed/ that nothing names."""
    ours: frozenset[Path] = frozenset()
    """Those of them that are surely of this program's making."""
    guids: tuple[tuple[str, str], ...] = ()
    """Slug and guid of all episodes."""
    sources: tuple[tuple[Path, str], ...] = ()
    """Sources that are not there or are not what was told of them, and what is wrong."""
    papers: str = ""
    """What is wrong with papers.db."""
    feed_is_missing: bool = False

    def place(self, path: Path) -> str:
        """Name a file as it lies in the show."""
        return path.relative_to(self.folder).as_posix()


@rule("show-leftovers", "nothing that an interrupted run left; `podcast repair` completes or removes it")
def leftovers(subject: Survey) -> Iterator[Fault]:
    """Unfinished files do no harm, but nobody knows of what they are."""
    for path in subject.unsettled:
        yield Fault(subject.place(path), "was being replaced when a run was interrupted")
    for path in subject.leftovers:
        yield Fault(subject.place(path), "was left unfinished")


@rule("show-guid", "a guid of its own for each episode")
def shared_guid(subject: Survey) -> Iterator[Fault]:
    """Two episodes of one guid are one to apps: a folder copied by hand, or brought back under another name."""
    known: dict[str, str] = {}
    for slug, guid in subject.guids:
        if guid in known:
            yield Fault(f"episodes/{slug}", f"has the guid of {known[guid]}, {guid}")
        known.setdefault(guid, slug)


@rule("show-unnamed", "no files in episodes/ and feed/ that nothing names, other than hidden ones and a README")
def unnamed(subject: Survey) -> Iterator[Fault]:
    """What nothing leads to is published by mistake or forgotten; whatever somebody put there is not removed."""
    for path in subject.unnamed:
        yield Fault(subject.place(path), "nothing names it" if path in subject.ours else "nothing of ours, nor named")


@rule("show-kept", "kept sentences, parts and answers as they were written; `podcast repair` drops others")
def damaged(subject: Survey) -> Iterator[Fault]:
    """They are never used, but made or asked for again, which takes time, and money where they were paid."""
    for path in subject.damaged:
        yield Fault(subject.place(path), "is damaged")


@rule("show-source", "the source that the script names and the episode was made from")
def other_source(subject: Survey) -> Iterator[Fault]:
    """Links, authors and what a reviewer compares come from it. Bring it back from git or a copy, or make it anew."""
    for path, what in subject.sources:
        yield Fault(subject.place(path), what)


@rule("show-papers", "a papers.db that SQLite finds whole; a copy has to take its place")
def damaged_papers(subject: Survey) -> Iterator[Fault]:
    """It is the author's taste, and nothing can make it again."""
    if subject.papers:
        yield Fault("papers.db", subject.papers)


@rule("show-feed", "feed.xml beside its pages; `podcast feed` writes it")
def missing_feed(subject: Survey) -> Iterator[Fault]:
    """Apps ask for this one file."""
    if subject.feed_is_missing:
        yield Fault("feed/feed.xml", "is not there, but its pages are")


RULES: tuple[Rule[Survey], ...] = (
    leftovers,
    shared_guid,
    unnamed,
    damaged,
    other_source,
    damaged_papers,
    missing_feed,
)
