"""Dates in digits, said with the name of their month; where day and month could be either, they are left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podcast.speech import signs
from podcast.speech.written.rule import DIGIT, rules

if TYPE_CHECKING:
    import re

_MOST_MONTHS, _MOST_DAYS = 12, 31


def _date(match: re.Match[str]) -> str:
    """Say year, month and day: 2024-06-15 is June 15, 2024."""
    return _said(match, int(match["day"]), int(match["month"]))


def _either(match: re.Match[str]) -> str:
    """Say 06/15/2024, where only one of the numbers can be the month."""
    first, second = int(match["first"]), int(match["second"])
    if first > _MOST_MONTHS >= second:
        return _said(match, first, second)
    return _said(match, second, first) if second > _MOST_MONTHS or first == second else match[0]


def _said(match: re.Match[str], day: int, month: int) -> str:
    if not (1 <= month <= _MOST_MONTHS and 1 <= day <= _MOST_DAYS):
        return match[0]
    behind_name = ", " if match[0][0] == "-" else ""
    before_time = ", " if match[0][-1] == "T" else ""
    return f"{behind_name}{signs.MONTHS[month - 1]} {day}, {match['year']}{before_time}"


def _month(match: re.Match[str]) -> str:
    """Say 2024-06 as June 2024, but leave 2004-08, which are years."""
    month, year = int(match["month"]), int(match["year"])
    return match[0] if month > year % 100 else f"{signs.MONTHS[month - 1]} {year}"


_YEAR = r"(?P<year>(?:19|20)\d\d)"

DATES = rules(
    ("date of a standard", rf"(?<![\w.-]){_YEAR}([-/])(?P<month>\d\d)\2(?P<day>\d\d)(?:(?![\w-]|/\d)|T(?=\d\d:))",
     _date, DIGIT),
    ("month of a standard", rf"(?<![\w.-]){_YEAR}-(?P<month>0[1-9]|1[0-2])(?![\w-])", _month, DIGIT),
    ("date behind a name", rf"(?<=[A-Za-z0-9])-{_YEAR}(-?)(?P<month>[01]\d)\2(?P<day>[0-3]\d)(?![\w-])", _date, DIGIT),
    ("date with dots", rf"(?<![\w.-])(?P<day>\d\d?)\.(?P<month>\d\d?)\.{_YEAR}(?![\w-])", _date, DIGIT),
    ("date with slashes", rf"(?<![\w./-])(?P<first>\d\d?)/(?P<second>\d\d?)/{_YEAR}(?![\w/-])", _either, "/"),
)  # fmt: skip
