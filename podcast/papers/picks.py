"""picks.md: the week as a checklist. A tick makes a highlight; a line without one, a paper told in short.

Its last line has a digest of what stands above, by which it is known whether a person changed anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from podcast.errors import InputError
from podcast.files import sha256_of
from podcast.papers.identifiers import arxiv_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from podcast.types import Pick, Preprint

AS_NAMED = "as named."
EXPLORING = "To learn your taste"
PICKS_FILE = "picks.md"
PDF_FOLDER = "papers"

_HOW = (
    "[x] makes a highlight. Of those without a tick the first {brief} are told in short; move or delete lines as you "
    "like, or write one with an arXiv address to take another paper in."
)
_HOW_NAMED = "[x] makes a highlight, [ ] a paper told in short. Delete a line to leave its paper out."

_LINE = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+\[(?P<tick>[ xX])\]\s+(?P<rest>.*)")
_LINK = re.compile(
    r"(?<!\\)(?:\\\\)*\]\((?:https?://arxiv\.org/abs/(?P<arxiv>[^\s()]+)|papers/(?P<pdf>pdf-[0-9a-f]{16})\.pdf)\)"
)
_BARE_ID = re.compile(r"(?<![\w.])(\d{4}\.\d{4,5}|[a-z][a-z-]{1,15}(?:\.[A-Z]{2})?/\d{7})(?:v(\d{1,4}))?(?![\w.]*\d)")
_DIGEST = re.compile(r"\n<!-- as offered: ([0-9a-f]{16}) -->\s*\Z")
_MARKUP = re.compile(r"[\\`*_{}\[\]<>#|~!]")
_AUTHORS = 3
_HEAD_LINES = 4


@dataclass(frozen=True, slots=True)
class Choice:
    """A line of picks.md: a paper, and whether it is to be a highlight."""

    id: str
    version: int | None
    is_ticked: bool
    is_exploring: bool = False
    is_added: bool = False
    """A person wrote the line."""

    @property
    def name(self) -> str:
        """As arXiv writes it, with the version if one is named."""
        return f"{self.id}v{self.version}" if self.version else self.id


# ── written ─────────────────────────────────────────────────────────────────────────────────────────────


def format_picks(slug: str, about: str, picks: Iterable[Pick], brief: int | None = None) -> str:
    """Write the checklist; `about` is a sentence on where the papers come from. A reason that all have stands once.

    `brief` is how many of those without a tick will be told, all where that is None.
    """
    offered = list(picks)
    common = _common_reason(offered)
    known: list[str] = []
    unknown: list[str] = []
    for pick in offered:
        (unknown if pick.is_exploring else known).append(_line(pick, common))
    body = [
        f"# Picks of {slug}",
        f"{about} {_plain(common[:1].upper() + common[1:])}.".strip() if common else about,
        f"{_HOW_NAMED if brief is None else _HOW.format(brief=brief)} Save, then run: podcast newsletter {slug}",
        "\n".join(known),
        *((f"## {EXPLORING}", "\n".join(unknown)) if unknown else ()),
    ]
    text = "\n\n".join(part for part in body if part) + "\n"
    return f"{text}\n<!-- as offered: {_digest(text)} -->\n"


def _common_reason(picks: Sequence[Pick]) -> str:
    reasons = [pick.reason for pick in picks if not (pick.is_exploring or pick.like)]
    return reasons[0] if len(reasons) > 1 and len(set(reasons)) == 1 else ""


def _line(pick: Pick, common: str) -> str:
    indent = "  " if pick.like else ""
    reason = f": {_plain(pick.reason)}" if pick.reason and pick.reason != common else ""
    authors = f" ({_plain(by_line(pick.preprint.authors, _AUTHORS))})" if pick.preprint.authors else ""
    tick = "x" if pick.is_ticked else " "
    return f"{indent}- [{tick}] [{_plain(pick.preprint.title)}]({_target(pick.preprint)}){authors}{reason}"


def _target(preprint: Preprint) -> str:
    if preprint.arxiv_id:
        return f"https://arxiv.org/abs/{preprint.id}v{preprint.version}"
    return f"{PDF_FOLDER}/{pdf_name(preprint.id)}"


def pdf_name(preprint_id: str) -> str:
    """Name the file of a PDF that came from disk."""
    return re.sub(r"[:/]", "-", preprint_id) + ".pdf"


def by_line(authors: Iterable[str], most: int) -> str:
    """Name so many authors, and count the others."""
    names = list(authors)
    if len(names) <= most + 1:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most} others"


def _plain(text: str) -> str:
    """Text of others on one line, as Markdown that renders as itself."""
    shown = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return _MARKUP.sub(lambda match: "\\" + match[0], shown)


# ── read ────────────────────────────────────────────────────────────────────────────────────────────────


def was_changed(text: str) -> bool:
    """Whether a person changed what was offered."""
    found = _DIGEST.search(_normal(text))
    return found is None or _digest(_normal(text)[: found.start()]) != found[1]


def is_of_names(text: str) -> bool:
    """Whether it is a list of papers that were named, not of a week."""
    return any(line.endswith(f", {AS_NAMED}") for line in _normal(text).split("\n")[:_HEAD_LINES])


def parse_picks(text: str, where: str) -> tuple[Choice, ...]:
    """Read the checklist in its order, each paper once; `where` names the file in errors.

    Raises InputError if a line with a box names no paper, or there is no such line.
    """
    choices: dict[str, Choice] = {}
    for choice in _choices(_normal(text), where):
        earlier = choices.get(choice.id)
        is_ticked = choice.is_ticked or (earlier is not None and earlier.is_ticked)
        choices[choice.id] = replace(choice, is_ticked=is_ticked)
    if not choices:
        raise InputError(f"{where}: no paper is left in it. `podcast pick --force` offers the week again.")
    return tuple(choices.values())


def told_in_short(choices: Sequence[Choice], brief: int) -> tuple[Choice, ...]:
    """Return what a newsletter tells: what is ticked or written in, and of the rest the first so many not on trial."""
    offered = [each for each in choices if not (each.is_ticked or each.is_exploring or each.is_added)]
    return tuple(each for each in choices if each.is_ticked or each.is_added or each in offered[:brief])


def _choices(text: str, where: str) -> Iterator[Choice]:
    is_exploring = False
    for number, line in enumerate(text.split("\n"), 1):
        is_exploring = line.strip() == f"## {EXPLORING}" if line.startswith("#") else is_exploring
        match = _LINE.fullmatch(line)
        if match is None:
            _refuse_near_miss(line, number, where)
            continue
        found = _named(match["rest"])
        if found is None:
            raise InputError(
                f"{where}, line {number}: no paper is named in it. Write an address like https://arxiv.org/abs/2405.20233."
            )
        is_added = _LINK.search(match["rest"]) is None
        yield Choice(*found, match["tick"] != " ", is_exploring=is_exploring and not is_added, is_added=is_added)


def _refuse_near_miss(line: str, number: int, where: str) -> None:
    """Raise InputError for a line that names a paper and is no line of the list: a person meant something by it."""
    begins = re.match(r"\s*(?:[-*+]|\d+[.)]|\[.{0,2}\])", line)
    if begins and _named(line):
        what = "it names a paper and has no box that is [x] or [ ]"
        raise InputError(f"{where}, line {number}: {what}. Write it like `- [x] 2405.20233`.")


def _named(rest: str) -> tuple[str, int | None] | None:
    """Find the paper: by our own link, else by the address or id that a person wrote."""
    link = _LINK.search(rest)
    if link and link["pdf"]:
        return link["pdf"].replace("-", ":"), None
    bare = _BARE_ID.search(link["arxiv"] if link else rest)
    mentioned = None if link else arxiv_id(rest)
    if mentioned:
        version = re.search(rf"{re.escape(mentioned)}v(\d{{1,4}})", rest, re.IGNORECASE)
        return mentioned, int(version[1]) if version else None
    return (bare[1], int(bare[2]) if bare[2] else None) if bare else None


def _normal(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def _digest(text: str) -> str:
    return sha256_of(text.rstrip("\n").encode())[:16]
