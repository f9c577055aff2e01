"""The date of a newsletter, as titles, bylines and file names write it. Of a range it is the last day."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_FIRST_DAY = r"(?:\d{1,2}(?:st|nd|rd|th)?\s?(?:-|–|—|to)\s?)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\d)"
_TO = re.compile(r"\s?(?:-|–|—|/|to|until|through)\s?", re.IGNORECASE)

_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?<![a-z]){_MONTH}[\s_-]{{0,2}}{_FIRST_DAY}{_DAY}[\s,.()_–—-]{{1,6}}{_YEAR}",
        rf"(?<!\d){_DAY}[\s_-]{{0,2}}(?:of )?{_MONTH}[\s,._-]{{1,3}}{_YEAR}",
        r"(?<!\d)(?P<year>(?:19|20)\d\d)[-_/.](?P<month>\d{1,2})[-_/.](?P<day>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<year>20\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-2]\d|3[01])(?!\d)",
    )
)
_MAX_LENGTH = 2000


def find_date(text: str) -> dt.date | None:
    """Return the first date in a text or, where it begins a range, the last day of that."""
    found = sorted(_dates(text[:_MAX_LENGTH]))
    if not found:
        return None
    for (_, end, date), (start, _, _) in itertools.pairwise(found):
        if not _TO.fullmatch(text[end:start]):
            return date
    return found[-1][2]


def without_dates(text: str) -> str:
    """Take the dates out of a short text, to see what else it says."""
    for start, end, _ in sorted(_dates(text[:_MAX_LENGTH]), reverse=True):
        text = text[:start] + text[end:]
    return text


def _dates(text: str) -> Iterator[tuple[int, int, dt.date]]:
    for form in _FORMS:
        for match in form.finditer(text):
            date = _date(match)
            if date:
                yield match.start(), match.end(), date


def _date(match: re.Match[str]) -> dt.date | None:
    month = match["month"]
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    try:
        return dt.date(int(match["year"]), number, int(match["day"]))
    except ValueError:
        return None
