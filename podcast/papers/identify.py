"""What a person names: a paper on arXiv, the address of a newsletter, or something else, such as a file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from podcast.errors import InputError

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


def read_list(text: str) -> tuple[str, ...]:
    """Read ids, with their versions, from a list of ids or addresses, each in the first field of a line of its own.

    Blank lines, what stands behind a `#`, and the names of columns are passed over. Raises InputError for any other
    line.
    """
    ids: dict[str, None] = {}
    is_first = True
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        field = _first_field(_COMMENT.sub("", line))
        if field and not (is_first and field.lower() in _COLUMN_NAMES):
            ids[_listed(field, number)] = None
        is_first = is_first and not field
    return tuple(ids)


def _first_field(line: str) -> str:
    found = _FIRST_FIELD.match(line)
    return found["field"].strip() if found else ""


def _listed(field: str, number: int) -> str:
    found = identify(field)
    if found is None or found.kind != "arxiv":
        shown = field if len(field) <= 80 else f"{field[:80]}…"  # noqa: PLR2004 - as much as a sentence can quote
        raise InputError(f"line {number}: {shown!r} is no arXiv id or address of one, like 2405.20233. Correct it.")
    return found.name
