"""The stage from arXiv, ids or PDFs to scripts/<slug>/picks.md."""

from __future__ import annotations

import contextlib
import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from podcast import files
from podcast.errors import BusyError, FindingsError, InputError
from podcast.papers.identify import identify
from podcast.papers.offering import offer
from podcast.papers.picks import AS_NAMED, PICKS_FILE, format_picks, is_of_names, was_changed
from podcast.papers.ranking import rank
from podcast.papers.search import OVERLAP, look_up, search_week
from podcast.pipeline.clock import now, today
from podcast.pipeline.memory import recalled
from podcast.pipeline.preprints import archive, collect, keep_pdfs
from podcast.pipeline.sources import what_it_is_made_from
from podcast.show import checked_slug, listed
from podcast.types import Event, Pick

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from podcast.papers.history import History
    from podcast.papers.search import Found
    from podcast.pipeline import Observe
    from podcast.pipeline.preprints import Collected
    from podcast.show import Show
    from podcast.types import Preprint


_BEFORE = "picks.before.md"


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
    """Papers that were asked for by name and cannot be had; that a search did not come to its end."""


def pick_week(show: Show, options: PickOptions, observe: Observe) -> Picked:
    """Search what is new on arXiv, rank it by the author's taste, and write it down as a checklist.

    A list that is there is left as it is. Raises FindingsError if nothing is new, OutsideError if arXiv is silent,
    InputError if the slug belongs to something else.
    """
    with _desk(show, options, observe) as desk:
        if desk.before is not None and is_of_names(desk.before.decode(errors="replace")):
            raise InputError(
                f"{desk.slug}: papers by name were made into this episode, see {desk.path}. "
                "Choose another name for the week with --slug."
            )
        if desk.before is not None and not options.force:
            how = f"`podcast pick --slug {desk.slug} --force` makes it anew"
            observe(Event("note", f"{desk.path}: it is there, so it is used as it stands; {how}."))
            return Picked(desk.slug, desk.path, read_text(desk.path))
        desk.refuse_other_origin()
        return desk.search()


def pick_given(show: Show, names: Sequence[str], options: PickOptions, observe: Observe) -> Picked:
    """Make a checklist of papers that were named, all of them ticked: who names a paper wants it.

    `names` are ids, addresses and PDFs. A list that was made of them is left as it is, whatever a person did to it.
    What cannot be had is among the problems; InputError if nothing is left, or if the slug belongs to other papers.
    """
    with _desk(show, options, observe) as desk:
        offered = desk.history.offered(desk.slug) if desk.before is not None and not options.force else None
        if offered and offered == _ids_of(names):
            return Picked(desk.slug, desk.path, read_text(desk.path))
        collected = collect(names, observe)
        if not collected.preprints:
            raise InputError("\n".join(collected.problems))
        if offered and offered == {each.id for each in collected.preprints}:
            return Picked(desk.slug, desk.path, read_text(desk.path), pdfs=collected.pdfs, problems=collected.problems)
        desk.refuse_other_origin()
        return desk.take(collected)


def _ids_of(names: Sequence[str]) -> frozenset[str]:
    """Ids of names that are all of arXiv: what can be said without asking anybody; else none."""
    found = [identify(name) for name in names]
    are_ids = all(each and each.kind == "arxiv" for each in found)
    return frozenset(each.id for each in found if each) if are_ids else frozenset()


@contextlib.contextmanager
def _desk(show: Show, options: PickOptions, observe: Observe) -> Iterator[_Desk]:
    """Keep other runs out and open what is known; a dry run keeps nobody out, and what it is told is forgotten."""
    slug = checked_slug(options.slug or today().isoformat())
    path = show.script_folder(slug) / PICKS_FILE
    only_run = contextlib.nullcontext() if options.dry_run else files.locked(show.lock(slug))
    with only_run, recalled(show, dry_run=options.dry_run) as history:
        if not options.dry_run:
            _settle(show, slug, history)
        yield _Desk(show, path, path.read_bytes() if path.is_file() else None, options, history, observe)


def _marks(show: Show) -> Path:
    """Where a mark stands of each list that is being put into its place: how far arXiv was searched for it, if it was.

    It tells the next run of an offer that nobody got to see, or of a search that nobody wrote down.
    """
    return show.cache / "picking"


def _settle(show: Show, slug: str, history: History) -> None:
    """Complete what killed runs began: theirs that hold this slug's lock, and all others that nobody is at."""
    for mark in sorted(_marks(show).glob("[!.]*")):
        with contextlib.suppress(BusyError), contextlib.ExitStack() as only_run:
            if mark.name != slug:
                only_run.enter_context(files.locked(show.lock(mark.name)))
            if not (show.script_folder(mark.name) / PICKS_FILE).is_file():
                history.offer(mark.name, (), today())
            elif until := _searched(mark):
                history.searched(until)
            mark.unlink()


def _searched(mark: Path) -> dt.datetime | None:
    """Read up to when the search had come; None if there was none, or none that can be relied on."""
    try:
        until = dt.datetime.fromisoformat(mark.read_bytes().decode())
    except ValueError:
        return None
    return until if until.tzinfo else None


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where a list is made: everything that takes, and what lay there `before`."""

    show: Show
    path: Path
    before: bytes | None
    options: PickOptions
    history: History
    observe: Observe

    @property
    def slug(self) -> str:
        """Of the episode."""
        return self.path.parent.name

    def refuse_other_origin(self) -> None:
        """Raise InputError if the slug belongs to another list, or to a newsletter that somebody wrote."""
        origin = what_it_is_made_from(self.show, self.slug)
        is_list = origin is not None and origin.name == PICKS_FILE
        if origin is not None and not (self.options.force and is_list):
            advice = f", or replace its list by `podcast pick … --slug {self.slug} --force`" if is_list else ""
            raise InputError(
                f"{self.slug}: this episode was made from something else, see {origin}. "
                f"Choose another name with --slug{advice}."
            )

    # ── the week ────────────────────────────────────────────────────────────────────────────────────────

    def search(self) -> Picked:
        """Make the list of what is new."""
        until = _until(self.slug)
        found = search_week(archive(), self.show.settings.arxiv, self._since(until), until, self.observe)
        for problem in found.problems:
            self.observe(Event("note", problem))
        picks = self._offered(found)
        about = f"{_papers(len(found.preprints))}{_days(found.preprints)}, the likeliest first."
        text = format_picks(self.slug, about, picks, self.show.settings.picks.brief)
        if not self.options.dry_run:
            self.history.see(found.preprints, today())
            self._put(text, picks, searched=until if found.complete else None)
            ticked = sum(pick.is_ticked for pick in picks)
            self.observe(Event("step", f"Picks: {self.path} ({_papers(len(picks))}, {ticked} ticked)"))
        again = f"{self.slug}: `podcast pick --slug {self.slug} --force` searches again."
        missing = () if found.complete else (*found.problems, again)
        return Picked(self.slug, self.path, text, tuple(pick.preprint for pick in picks), picks, problems=missing)

    def _since(self, until: dt.datetime) -> dt.datetime:
        """Some days before the last search; a week that is offered anew begins where a first one would, or earlier."""
        first = until - dt.timedelta(days=self.show.settings.arxiv.days)
        last = self.history.last_search()
        if last is None or last > until:
            return first
        return min(first, last - OVERLAP) if self.options.force else last - OVERLAP

    def _offered(self, found: Found) -> tuple[Pick, ...]:
        settings = self.show.settings.picks
        wanted = listed(settings.examples)  # they need no offer: they are known to be wanted
        known = self.history.offered_elsewhere(self.slug).union(wanted)
        fresh = tuple(each for each in found.preprints if each.id not in known)
        if not fresh:
            raise FindingsError(
                f"Nothing new: {_papers(len(found.preprints))} found, all of which were offered before. "
                "Try again in a day or two, or widen categories and terms in show.toml."
            )
        ranked = rank(fresh, self.history.verdicts(), listed(settings.terms), self._examples(wanted))
        return offer(ranked, settings, self.slug)

    def _examples(self, ids: Sequence[str]) -> tuple[Preprint, ...]:
        """What show.toml names as being of the right kind; asked for once, then known."""
        known = {each.id: each for each in self.history.preprints(ids)}
        if missing := [each for each in ids if each not in known]:
            found = look_up(archive(), missing, self.observe)
            for problem in found.problems:
                self.observe(Event("note", f"[picks] examples: {problem}"))
            self.history.see(found.preprints, today())
            known |= {each.id: each for each in found.preprints}
        return tuple(known[each] for each in ids if each in known)

    # ── papers by name ──────────────────────────────────────────────────────────────────────────────────

    def take(self, collected: Collected) -> Picked:
        """Make the list of papers that were named."""
        picks = tuple(Pick(each, is_ticked=True) for each in collected.preprints)
        text = format_picks(self.slug, f"{_papers(len(picks))}, {AS_NAMED}", picks)
        if not self.options.dry_run:
            keep_pdfs(self.path.parent, collected)
            self.history.see(collected.preprints, today())
            self._put(text, picks, kept={each.id for each in collected.preprints})
            self.observe(Event("step", f"Picks: {self.path} ({_papers(len(picks))})"))
        return Picked(self.slug, self.path, text, collected.preprints, picks, collected.pdfs, collected.problems)

    # ── the list in its place ───────────────────────────────────────────────────────────────────────────

    def _put(
        self, text: str, picks: Sequence[Pick], kept: Collection[str] = (), searched: dt.datetime | None = None
    ) -> None:
        """Offer and write it down as one, with how far arXiv was searched: whoever is killed at it leaves a mark.

        Papers that are `kept` need no tick to be wanted.
        """
        if (self.path.read_bytes() if self.path.is_file() else None) != self.before:
            raise InputError(f"{self.path}: it was changed while this ran, so it is left alone. Run it again.")
        if self.before is not None and was_changed(self.before.decode(errors="replace")):
            files.write_bytes(self.path.with_name(_BEFORE), self.before)
            self.observe(Event("note", f"{self.path}: what you changed in it stays in {_BEFORE} beside it."))
        mark = _marks(self.show) / self.slug
        files.write_text(mark, searched.isoformat() if searched else "")
        self.history.offer(self.slug, picks, today())
        if kept:
            self.history.decide(self.slug, kept, today())
        files.write_text(self.path, text)
        if searched:
            self.history.searched(searched)
        mark.unlink()


def _until(slug: str) -> dt.datetime:
    """Up to now; of a week that has passed, and is named by its last day, up to the end of that."""
    try:
        day = dt.date.fromisoformat(slug)
    except ValueError:
        return now()
    return min(now(), dt.datetime.combine(day, dt.time.max, dt.UTC).replace(microsecond=0))


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
