"""What a person names: a paper on arXiv, the address of a newsletter, or something else, such as a file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

_NEW = r"\d\d(?:0\d|1[0-2])\.\d{4,5}"  # month 0 is nobody's, but 0000.00000 is how people write an id that is none
_OLD = r"[a-z][a-z-]{1,15}(?:\.[a-z]{2})?/\d{7}"
_ID = rf"(?P<id>{_NEW}|{_OLD})(?:v(?P<version>[1-9]\d{{0,2}}))?"
_PLACES = (
    r"(?:(?:www|export|[a-z]{2})\.)?arxiv\.org/(?:abs|pdf|html|format|ps|src|e-print)/",
    r"(?:www\.)?alphaxiv\.org/(?:abs|pdf|html|overview)/",
    r"(?:www\.)?(?:huggingface\.co|hf\.co)/papers/",
    r"ar5iv(?:\.labs\.arxiv)?\.org/(?:abs|html)/",
    r"(?:(?:dx|www)\.)?doi\.org/10\.48550/",
)
_PAPER_ADDRESS = re.compile(
    rf"(?:(?:https?://)?(?:{'|'.join(_PLACES)})|(?:doi:\s?)?10\.48550/)(?:arxiv[.:])?{_ID}(?:\.pdf)?/?(?:[?#].*)?",
    re.IGNORECASE | re.ASCII,
)
_NAME = re.compile(rf"(?:arxiv\s?:\s?)?{_ID}", re.IGNORECASE | re.ASCII)
_ADDRESS = re.compile(r"https://[^\s/?#]+\S*", re.IGNORECASE)

_FIRST_FIELD = re.compile(r'\s*"?\s*(?P<field>[^,;\t"]*)')
_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,4}[.)])\s+(?:\[.\]\s+)?")
_PDF_NAME = re.compile(r"\s*\"?([^\"]{1,1000}?\.pdf)(?=[\s\",;]|$)", re.IGNORECASE)
_HEADING = re.compile(r"^#{2,6}\s", re.MULTILINE)
_LONGEST_SHOWN = 80
_COMMENT = re.compile(r"(?:^|\s)#.*")
_COLUMN_NAMES = {"id", "arxiv", "arxiv_id", "arxiv id"}


@dataclass(frozen=True, slots=True)
class Identified:
    """What somebody named."""

    kind: Literal["arxiv", "address"]
    id: str
    """Of a paper without its version, `2405.20233`, `math/0309136`; of a newsletter its address."""

    version: int | None = None
    """The one that was asked for; None is the newest."""

    @property
    def name(self) -> str:
        """As arXiv writes it: `2405.20233v2` where a version was asked for."""
        return f"{self.id}v{self.version}" if self.version else self.id


def identify(argument: str) -> Identified | None:
    """Say what an argument names; None if neither a paper on arXiv nor an https address, like a file or a slug."""
    text = argument.strip()
    found = _NAME.fullmatch(text) or _PAPER_ADDRESS.fullmatch(text)
    if found:
        return Identified("arxiv", _without_class(found["id"]), int(found["version"]) if found["version"] else None)
    return Identified("address", text) if _ADDRESS.fullmatch(text) else None


def _without_class(id_: str) -> str:
    """Return an id as arXiv knows it: math/0309136, however it was written, as in math.GT/0309136."""
    return re.sub(r"\.[a-z]{2}(?=/)", "", id_.lower())


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of a list of papers: the number of the line, what stands first in it, and what that names."""

    number: int
    text: str
    name: str = ""
    """An id with its version, or the name of a PDF; nothing where the line names neither."""


def read_list(text: str) -> tuple[Listed, ...]:
    """Read a list of papers: ids, addresses or PDFs, one a line, whatever stands behind them.

    Blank lines, what stands behind a `#`, signs in front of list items and the names of columns are passed over.
    """
    found: list[Listed] = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        rest = _ITEM.sub("", _COMMENT.sub("", line)).strip()
        if rest and (found or _first_field(rest).lower() not in _COLUMN_NAMES):
            found.append(Listed(number, rest[:_LONGEST_SHOWN], _named(rest)))
    return tuple(found)


def is_list(text: str) -> bool:
    """Whether that is a list of papers at all: more lines name one than do not, and there are no headings."""
    lines = read_list(text)
    named = sum(bool(each.name) for each in lines)
    return named > len(lines) - named and not _HEADING.search(text)


def _named(line: str) -> str:
    """Find what a line begins with: a paper on arXiv, or the name of a PDF, which may have spaces in it."""
    for candidate in (_first_field(line), line.split(maxsplit=1)[0]):
        found = identify(candidate)
        if found and found.kind == "arxiv":
            return found.name
    pdf = _PDF_NAME.match(line)
    return pdf[1] if pdf else ""


def _first_field(line: str) -> str:
    found = _FIRST_FIELD.match(line)
    return found["field"].strip() if found else ""
