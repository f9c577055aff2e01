"""What `make` and `script` are given, whatever it is, and the newsletter that it leads to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podcast.errors import InputError
from podcast.papers.identify import identify, is_list, read_list
from podcast.papers.picks import PICKS_FILE, by_line, parse_picks
from podcast.pipeline.script_files import SCRIPT_FILE
from podcast.pipeline.sources import NEWSLETTER_FILE, SUFFIXES, Source, read_source
from podcast.show import is_slug

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast.papers.identify import Listed
    from podcast.papers.picks import Choice
    from podcast.pipeline import Observe
    from podcast.pipeline.picking import Picked, PickOptions
    from podcast.pipeline.script import WriteOptions
    from podcast.show import Show
    from podcast.spending import Ledger
    from podcast.types import Pick

WEEK = "week"
_PDF = b"%PDF-"
_PDF_WITHIN = 1024
_LONGEST_LIST_BYTES = 1_000_000
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Arrival:
    """What one episode is made from: the week, papers by name, or a newsletter that is written."""

    label: str
    papers: tuple[str, ...] = ()
    is_week: bool = False
    slug: str | None = None
    """Of an episode that has a checklist already."""

    def __str__(self) -> str:
        """As it was given."""
        return self.label


@dataclass(frozen=True, slots=True)
class Arrived:
    """The newsletter, the slug of its episode where that is known already, and what could not be had on the way."""

    source: Source
    slug: str | None = None
    problems: tuple[str, ...] = ()
    writing_usd: float = 0.0
    """On a dry run: what having the newsletter written would cost at most."""


def arrivals(show: Show, arguments: Sequence[str]) -> tuple[Arrival, ...]:
    """Sort arguments by what they are: papers, one by one or in lists, are one episode together."""
    papers: list[str] = []
    others: list[Arrival] = []
    for argument in (each for given in arguments for each in _unfolded(show, given)):
        if argument == WEEK:
            others.append(Arrival(WEEK, is_week=True))
        elif _has_picks(show, argument):
            others.append(Arrival(argument, slug=argument))
        elif named := _papers_of(argument):
            papers += named
        else:
            others.append(Arrival(argument))
    together = [Arrival(by_line(papers, _SHOWN), tuple(papers))] if papers else []
    return (*together, *others)


def _unfolded(show: Show, argument: str) -> list[str]:
    """Name the newsletters of a folder, in order; what is no folder, or an episode's name, stands for itself."""
    folder = Path(argument)
    if not folder.is_dir() or (is_slug(argument) and show.script_folder(argument).is_dir()):
        return [argument]
    if (folder / SCRIPT_FILE).is_file():
        raise InputError(f"{argument}: the folder of a script. Give its slug, {folder.resolve().name}.")
    found = (path for path in sorted(folder.iterdir()) if path.suffix.lower() in SUFFIXES and path.name[0] != ".")
    names = [str(path) for path in found if path.is_file()]
    if not names:
        raise InputError(f"{argument}: a folder without newsletters; they end in {', '.join(SUFFIXES)}.")
    return names


def _papers_of(argument: str) -> tuple[str, ...]:
    """Return the papers that an argument names; none if it is something else."""
    path = Path(argument)
    if not path.is_file():
        found = identify(argument)
        is_paper = (found and found.kind == "arxiv") or (path.suffix.lower() == ".pdf" and "://" not in argument)
        return (argument,) if is_paper else ()
    with path.open("rb") as file:
        start = file.read(_LONGEST_LIST_BYTES)
    if _PDF in start[:_PDF_WITHIN] or path.suffix.lower() == ".pdf":
        return (argument,)
    text = start.decode("utf-8", errors="replace")
    return _listed(path, read_list(text)) if is_list(text) else ()


def _listed(path: Path, lines: Sequence[Listed]) -> tuple[str, ...]:
    """Return the papers of a list; PDFs lie where it lies. InputError names the lines that name none."""
    wrong = [
        f"{path}, line {each.number}: {each.text!r} names neither a paper of arXiv nor a PDF."
        for each in lines
        if not each.name
    ]
    if wrong:
        raise InputError("\n".join([*wrong, "Correct it, or put a # in front."]))
    is_pdf = (each.name.lower().endswith(".pdf") for each in lines)
    names = (str(path.parent / each.name) if pdf else each.name for each, pdf in zip(lines, is_pdf, strict=True))
    return tuple(dict.fromkeys(names))


def _has_picks(show: Show, name: str) -> bool:
    return is_slug(name) and not Path(name).is_file() and (show.script_folder(name) / PICKS_FILE).is_file()


def papers_or_week(show: Show, arguments: Sequence[str]) -> Arrival:
    """Return the one thing that arguments mean, where only papers, a week or its checklist will do."""
    found = arrivals(show, arguments)
    for arrival in found:
        if not (arrival.papers or arrival.is_week or arrival.slug):
            raise InputError(
                f"{arrival}: neither an arXiv id, an address of arXiv, a PDF, nor a file of them, and no episode with "
                "a picks.md. `podcast pick` offers this week's papers."
            )
    if len(found) > 1:
        raise InputError(f"{found[0]} and {found[1]} are two newsletters. Run it once for each.")
    return found[0]


def pick(show: Show, arrival: Arrival, options: PickOptions, observe: Observe) -> Picked:
    """Find the checklist, or make it."""
    from podcast.pipeline.picking import Picked, pick_given, pick_week, read_text

    if arrival.slug:
        if options.force or options.slug not in (None, arrival.slug):
            raise InputError(
                f"{arrival.slug}: it has a list. `podcast pick --slug {arrival.slug} --force` makes that anew."
            )
        path = show.script_folder(arrival.slug) / PICKS_FILE
        return Picked(arrival.slug, path, read_text(path))
    if arrival.papers:
        return pick_given(show, arrival.papers, options, observe)
    return pick_week(show, options, observe)


def arrive(show: Show, arrival: Arrival, options: WriteOptions, observe: Observe, ledger: Ledger) -> Arrived:
    """Go from what was given to its newsletter: nothing but reading where that is written already.

    `force` is for the script: a list or newsletter that is there is left alone.
    """
    if not (arrival.is_week or arrival.papers or arrival.slug):
        return Arrived(read_source(arrival.label, show))
    from podcast.pipeline.newsletter import NewsletterOptions, write_newsletter  # late: what is written needs neither
    from podcast.pipeline.picking import PickOptions

    picked = pick(show, arrival, PickOptions(options.slug, dry_run=options.dry_run), observe)
    telling = NewsletterOptions(options.writer, dry_run=options.dry_run, keeps_writer=True, executor=options.executor)
    written = write_newsletter(show, picked, telling, observe, ledger)
    source = Source(written.text.encode(), NEWSLETTER_FILE, written.path.resolve())
    return Arrived(source, written.slug, (*picked.problems, *written.problems), written.usd)


def picked_document(picked: Picked) -> dict[str, Any]:
    """What programs are told of a checklist."""
    choices = parse_picks(picked.text, str(picked.path))
    offered = {each.preprint.id: each for each in picked.picks}
    return {
        "slug": picked.slug,
        "path": picked.path,
        "papers": [_choice(each, offered.get(each.id)) for each in choices],
        "problems": picked.problems,
    }


def _choice(choice: Choice, pick: Pick | None) -> dict[str, Any]:
    """One line of it; what only an offer knows is left out where the list was there before."""
    document: dict[str, Any] = {"id": choice.id, "ticked": choice.is_ticked, "exploring": choice.is_exploring}
    if pick:
        document |= {"title": pick.preprint.title, "url": pick.preprint.url, "reason": pick.reason, "score": pick.score}
    return document
