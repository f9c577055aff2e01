"""The stage from arXiv, ids or PDFs to scripts/<slug>/picks.md."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from podcast import files
from podcast.errors import FindingsError, InputError
from podcast.papers.identify import identify
from podcast.papers.offering import offer
from podcast.papers.picks import PICKS_FILE, format_picks, parse_picks
from podcast.papers.ranking import rank
from podcast.papers.search import look_up, search_week
from podcast.pipeline.clock import now, today
from podcast.pipeline.memory import recalled
from podcast.pipeline.preprints import archive, collect, keep_pdfs
from podcast.show import checked_slug, listed
from podcast.types import Event, Pick

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from podcast.papers.history import History
    from podcast.papers.search import Found
    from podcast.pipeline import Observe
    from podcast.show import Show
    from podcast.types import Preprint


@dataclass(frozen=True, slots=True)
class PickOptions:
    """What `pick` and `make` may be told."""

    slug: str | None = None
    force: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Picked:
    """A checklist in its place (or, on a dry run, in mind only)."""

    slug: str
    path: Path
    text: str
    preprints: tuple[Preprint, ...] = ()
    """Those that were found now; none where the list was there before."""
    picks: tuple[Pick, ...] = ()
    """The same with reasons."""
    pdfs: Mapping[str, Path] = field(default_factory=dict)
    """Where PDFs lie that came from disk, by id."""
    problems: tuple[str, ...] = ()
    """Papers that were asked for by name and cannot be had."""


def pick_week(show: Show, options: PickOptions, observe: Observe) -> Picked:
    """Search what is new on arXiv, rank it by the author's taste, and write it down as a checklist.

    A list that is there is left as it is. Raises FindingsError if nothing is new, OutsideError if arXiv is silent.
    """
    slug = checked_slug(options.slug or today().isoformat())
    path = show.script_folder(slug) / PICKS_FILE
    if path.is_file() and not options.force:
        observe(Event("note", f"{path}: it is there, so it is used as it stands; --force offers the week anew."))
        return Picked(slug, path, read_text(path))
    with files.locked(show.lock(slug)), recalled(show, dry_run=options.dry_run) as history:
        until = now()
        since = _since(show, history, until, force=options.force)
        found = search_week(archive(), show.settings.arxiv, since, until, observe)
        for problem in found.problems:
            observe(Event("note", problem))
        picks = _offered(show, slug, history, found, observe)
        about = f"{_papers(len(found.preprints))}{_days(found.preprints)}, the likeliest first."
        text = format_picks(slug, about, picks, show.settings.picks.brief)
        if not options.dry_run:
            history.see(found.preprints, today())
            history.offer(slug, picks, today())
            files.write_text(path, text)
            if found.complete:
                history.searched(until)
            observe(Event("step", f"Picks: {path} ({_papers(len(picks))}, {_ticked(picks)} ticked)"))
    return Picked(slug, path, text, tuple(pick.preprint for pick in picks), picks)


def _since(show: Show, history: History, until: dt.datetime, *, force: bool) -> dt.datetime:
    """The last search; a week that is offered anew begins where a first one would."""
    first = until - dt.timedelta(days=show.settings.arxiv.days)
    last = history.last_search()
    if last is None or force:
        return first
    return min(last, until)


def _offered(show: Show, slug: str, history: History, found: Found, observe: Observe) -> tuple[Pick, ...]:
    settings = show.settings.picks
    elsewhere = history.offered_elsewhere(slug)
    known = elsewhere.union(listed(settings.examples))  # an example needs no offer: it is known to be wanted
    fresh = tuple(each for each in found.preprints if each.id not in known)
    if not fresh:
        raise FindingsError(
            f"Nothing new: {_papers(len(found.preprints))} found, all of which were offered before. "
            "Try again in a day or two, or widen categories and terms in show.toml."
        )
    examples = _examples(history, listed(settings.examples), observe)
    ranked = rank(fresh, history.verdicts(), listed(settings.terms), examples)
    return offer(ranked, settings, slug)


def _examples(history: History, ids: Sequence[str], observe: Observe) -> tuple[Preprint, ...]:
    """What show.toml names as being of the right kind; asked for once, then known."""
    known = {each.id: each for each in history.preprints(ids)}
    if missing := [each for each in ids if each not in known]:
        found = look_up(archive(), missing, observe)
        for problem in found.problems:
            observe(Event("note", f"[picks] examples: {problem}"))
        history.see(found.preprints, today())
        known |= {each.id: each for each in found.preprints}
    return tuple(known[each] for each in ids if each in known)


def pick_given(show: Show, names: Sequence[str], options: PickOptions, observe: Observe) -> Picked:
    """Make a checklist of papers that were named, all of them ticked: who names a paper wants it.

    `names` are ids, addresses and PDFs. What cannot be had is among the problems; InputError if nothing is left, or if
    the slug belongs to other papers.
    """
    slug = checked_slug(options.slug or today().isoformat())
    path = show.script_folder(slug) / PICKS_FILE
    if path.is_file() and not options.force and _has_all(path, names):
        return Picked(slug, path, read_text(path))
    collected = collect(names, observe)
    if not collected.preprints:
        raise InputError("\n".join(collected.problems))
    if path.is_file() and not options.force and _same(path, collected.preprints):
        return Picked(slug, path, read_text(path), collected.preprints, (), collected.pdfs, collected.problems)
    if show.script_folder(slug).is_dir() and any(show.script_folder(slug).iterdir()) and not options.force:
        raise InputError(
            f"{slug}: this episode was made from something else, see {show.script_folder(slug)}. "
            "Choose another name with --slug, or replace it with --force."
        )
    picks = tuple(Pick(each, is_ticked=True) for each in collected.preprints)
    text = format_picks(slug, f"{_papers(len(picks))}, as named.", picks)
    if not options.dry_run:
        with files.locked(show.lock(slug)), recalled(show) as history:
            keep_pdfs(path.parent, collected)
            history.see(collected.preprints, today())
            history.offer(slug, picks, today())
            history.decide(slug, {each.id for each in collected.preprints}, today())
            files.write_text(path, text)
        observe(Event("step", f"Picks: {path} ({_papers(len(picks))})"))
    return Picked(slug, path, text, collected.preprints, picks, collected.pdfs, collected.problems)


def _has_all(path: Path, names: Sequence[str]) -> bool:
    """Whether a list is of just these papers, as far as that can be said without asking anybody."""
    named = [identify(name) for name in names]
    ids = {each.id for each in named if each and each.kind == "arxiv"}
    return len(ids) == len(set(names)) and {each.id for each in parse_picks(read_text(path), str(path))} == ids


def _same(path: Path, preprints: Sequence[Preprint]) -> bool:
    return {each.id for each in parse_picks(read_text(path), str(path))} == {each.id for each in preprints}


def read_text(path: Path) -> str:
    """Read what a person may have edited; InputError if it is no text."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}. Save it as UTF-8.") from error


def _days(preprints: Sequence[Preprint]) -> str:
    """Say from when to when they were published."""
    days = sorted(each.published.date() for each in preprints if each.published)
    if not days:
        return ""
    return f" of {days[0]}" if days[0] == days[-1] else f" of {days[0]} to {days[-1]}"


def _papers(count: int) -> str:
    return f"{count} paper{'' if count == 1 else 's'}"


def _ticked(picks: Sequence[Pick]) -> int:
    return sum(pick.is_ticked for pick in picks)
