"""From a show's settings, or from ids, to preprints: which questions are put to arXiv, and what is taken of answers."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from podcast.errors import InputError, OutsideError
from podcast.papers.identify import identify
from podcast.papers.query import matches, query_for
from podcast.types import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from podcast.outside.arxiv_api import Archive, Page
    from podcast.show import ArxivSettings
    from podcast.types import Preprint

OVERLAP = dt.timedelta(days=5)
"""How far before the last search the next one begins: arXiv announces papers days after they were submitted, more than
three over a weekend, and not in their order."""

_PAGE = 100
_SHARED = 10
"""How many entries of a page are asked for again with the next one: a listing may move between two questions."""

_BATCH = 50

_SAYS_SO = re.compile(
    r"^\W*withdrawn\b|^(?:\d+ pages?\W+)?(?:this|the)\s+(?:paper|article|manuscript|submission|preprint)\s+"
    r"(?:has\s+been|is|was)\s+(?:\w+\s+)?withdrawn\b",
    re.IGNORECASE,
)
"""What stands in place of an abstract; further in it may be told of what others withdrew."""

_WITHDRAWN = re.compile(
    r"^\W*withdrawn\b"
    r"|\b(?:paper|article|manuscript|submission|preprint|version|work|it)\s+(?:has\s+been|have\s+been|is|was)\s+"
    r"(?:\w+\s+)?withdrawn\b"
    r"|\bwithdrawn\s+(?:by|from)\s+(?:the\s+|its\s+)?(?:authors?|arxiv|admin\w*)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Found:
    """What arXiv has; what it has not, or what was left out, is a sentence each."""

    preprints: tuple[Preprint, ...]
    problems: tuple[str, ...] = ()
    complete: bool = True
    """Whether every page came; if not, the same question may find more later."""


def _silent(_: Event) -> None:
    pass


# ── a week ──────────────────────────────────────────────────────────────────────────────────────────────


def search_week(
    archive: Archive,
    settings: ArxivSettings,
    since: dt.datetime,
    until: dt.datetime,
    observe: Callable[[Event], None] = _silent,
) -> Found:
    """Return what was submitted between two aware times, the newest first.

    What came before a page failed is kept; if the first fails, it raises OutsideError.
    """
    if since > until:
        raise InputError(
            f"The search would begin at {since:%Y-%m-%d %H:%M} and end before. Check this machine's clock."
        )
    listed = _listed(archive, query_for(settings, since, until), settings.most_papers, observe)
    wanted = (preprint for preprint in listed.preprints if matches(preprint, settings))
    return _without_withdrawn(dataclasses.replace(listed, preprints=tuple(sorted(wanted, key=_newest_first))))


def _newest_first(preprint: Preprint) -> tuple[float, str]:
    return (-preprint.published.timestamp() if preprint.published else 0.0, preprint.id)


@dataclass(slots=True)
class _Listing:
    """What has come so far of one."""

    newest: dict[str, Preprint] = field(default_factory=dict)
    problems: dict[str, None] = field(default_factory=dict)
    start: int = 0
    total: int = 0
    broken: int = 0

    def add(self, page: Page) -> bool:
        """Take a page in; return whether there was anything new on it."""
        before = len(self.newest) + len(self.problems)
        for preprint in page.preprints:
            known = self.newest.get(preprint.id)
            if known is None or known.version < preprint.version:
                self.newest[preprint.id] = preprint
        self.problems |= dict.fromkeys(page.problems)
        self.broken += page.given - len(page.preprints)
        self.total = page.total
        return len(self.newest) + len(self.problems) > before

    @property
    def missing(self) -> int:
        """How many arXiv counts beyond those that came."""
        return self.total - len(self.newest) - self.broken

    def found(self, problem: str = "", most: int | None = None, *, complete: bool = True) -> Found:
        """Return it, with one problem more."""
        problems = (*self.problems, problem) if problem else tuple(self.problems)
        return Found(tuple(self.newest.values())[:most], problems, complete)


def _listed(archive: Archive, query: str, most: int, observe: Callable[[Event], None]) -> Found:
    """Go through a listing page by page; raises OutsideError if the first does not come."""
    listing = _Listing()
    for page in _pages(archive, query, listing):
        if isinstance(page, OutsideError):
            return listing.found(_stopped(listing, str(page)), complete=False)
        if not listing.add(page):
            break
        observe(Event("progress", "Searching arXiv", min(len(listing.newest), most), min(listing.total, most)))
        if len(listing.newest) >= most < listing.total:
            return listing.found(_beyond(most, listing.total), most)
    if listing.missing > _SHARED:
        return listing.found(
            _stopped(listing, "arXiv listed no others. Run the same command again later."), complete=False
        )
    return listing.found(_short_by(listing.missing, listing.total) if listing.missing > 0 else "")


def _pages(archive: Archive, query: str, listing: _Listing) -> Iterator[Page | OutsideError]:
    """Ask for pages until the last; one that fails after others have come is the last, too."""
    with _saying("The search for new papers"):
        page = archive.search(query, 0, _PAGE)
        if not page.given:  # a week without a paper is less likely than a mistake of arXiv's
            page = archive.search(query, 0, _PAGE)
    yield page
    while page.given and listing.start + page.given < page.total:
        listing.start += max(page.given - _SHARED, page.given // 2)
        try:
            page = archive.search(query, listing.start, _PAGE, more_expected=True)
        except OutsideError as error:
            yield error
            return
        yield page


def _stopped(listing: _Listing, reason: str) -> str:
    return f"Only {len(listing.newest)} of {listing.total} papers of this search came: {reason}"


def _beyond(most: int, total: int) -> str:
    return (
        f"This search finds {total} papers, of which the newest {most} were taken. "
        "Raise arxiv.most_papers in show.toml, or narrow the search."
    )


def _short_by(missing: int, total: int) -> str:
    return f"arXiv counts {total} papers in this search but listed {missing} fewer."


# ── by id ───────────────────────────────────────────────────────────────────────────────────────────────


def look_up(archive: Archive, ids: Sequence[str], observe: Callable[[Event], None] = _silent) -> Found:
    """Return the papers of these ids, in their order, each once; an id may name a version, as in 2405.20233v2.

    What came before a batch failed is kept; if the first fails, it raises OutsideError.
    """
    names, problems = _names(ids)
    known: dict[str, Preprint] = {}
    for start in range(0, len(names), _BATCH):
        batch = names[start : start + _BATCH]
        try:
            with _saying(_some_of(names)) if not start else contextlib.nullcontext():
                came, said = _answers(archive, batch)
        except OutsideError as error:
            if not start:
                raise
            problems.append(f"{len(names) - start} of {len(names)} papers were not looked up: {error}")
            return _in_order(names, known, problems, complete=False)
        known |= came
        problems += said
        observe(Event("progress", "Looking papers up", start + len(batch), len(names)))
    return _in_order(names, known, problems)


def _some_of(names: Sequence[str]) -> str:
    others = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"Looking up arXiv:{names[0]}{others}"


@contextlib.contextmanager
def _saying(what: str) -> Iterator[None]:
    """Say what was asked for where nothing came."""
    try:
        yield
    except OutsideError as error:
        raise OutsideError(f"{what}: {error}") from error


def _names(ids: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return ids as arXiv writes them, one for each paper, and what is wrong with others."""
    names: dict[str, str] = {}
    problems = []
    for given in ids:
        found = identify(given)
        if found and found.kind == "arxiv":
            names.setdefault(found.id, found.name)
        else:
            problems.append(f"{given[:80]!r} is no arXiv id: check it.")
    return list(names.values()), problems


def _answers(archive: Archive, names: Sequence[str]) -> tuple[dict[str, Preprint], list[str]]:
    """Return papers by the names they were asked by; whether one is unknown is asked twice: arXiv forgets some."""
    came, problems = _asked(archive, names)
    if missing := [name for name in names if name not in came and not _is_named(name, problems)]:
        again, said = _asked(archive, missing)
        came |= again
        problems += said
        problems += [
            f"arXiv has no paper {name}: check the id."
            for name in missing
            if name not in came and not _is_named(name, said)
        ]
    return came, problems


def _is_named(name: str, problems: Iterable[str]) -> bool:
    bare = re.sub(r"v\d+$", "", name)
    return any(re.search(rf"(?<![\w./]){re.escape(bare)}(?!\d)", problem) for problem in problems)


def _asked(archive: Archive, names: Sequence[str]) -> tuple[dict[str, Preprint], list[str]]:
    """Ask once for all; arXiv answers nothing where it dislikes one id, so that one is then left out."""
    from podcast.outside.arxiv_api import RefusedError

    try:
        page = archive.look_up(names)
    except RefusedError as error:
        if len(names) == 1:
            return {}, [f"arXiv does not accept the id {names[0]} ({error.reason}): check it."]
        return _asked_apart(archive, names, error.reason)
    by_name = {name: preprint for preprint in page.preprints for name in _names_of(preprint)}
    return {name: by_name[name] for name in names if name in by_name}, list(page.problems)


def _asked_apart(archive: Archive, names: Sequence[str], reason: str) -> tuple[dict[str, Preprint], list[str]]:
    """Ask for the one that the reason names and for the others, or for one half and the other."""
    blamed = [name for name in names if re.search(rf"(?<!\S){re.escape(name)}(?!\S)", reason)]
    others = [name for name in names if name not in blamed]
    if not blamed or not others:
        blamed, others = list(names[: len(names) // 2]), list(names[len(names) // 2 :])
    came, problems = _asked(archive, blamed)
    more, said = _asked(archive, others)
    return came | more, problems + said


def _names_of(preprint: Preprint) -> tuple[str, str]:
    return preprint.id, f"{preprint.id}v{preprint.version}"


def _in_order(
    names: Sequence[str], known: dict[str, Preprint], problems: Sequence[str], *, complete: bool = True
) -> Found:
    return _without_withdrawn(Found(tuple(known[name] for name in names if name in known), tuple(problems), complete))


def _without_withdrawn(found: Found) -> Found:
    """Leave out and name what its authors, or arXiv, took back."""
    gone = [preprint for preprint in found.preprints if is_withdrawn(preprint)]
    return dataclasses.replace(
        found,
        preprints=tuple(preprint for preprint in found.preprints if preprint not in gone),
        problems=(*found.problems, *(f"{one.id} was withdrawn, as arXiv says: it is left out." for one in gone)),
    )


def is_withdrawn(preprint: Preprint) -> bool:
    """Whether its comment or abstract says so; a paper about withdrawals is none."""
    return bool(_WITHDRAWN.search(preprint.comment) or _SAYS_SO.match(preprint.abstract.strip()))
