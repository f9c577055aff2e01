"""Rules of recurrence, as calendars write them: FREQ=WEEKLY;BYDAY=SU (RFC 5545, 3.3.10)."""

from __future__ import annotations

import re

_WEEKDAY = "(?:SU|MO|TU|WE|TH|FR|SA)"
_HIGHEST = {
    "BYSECOND": 60, "BYMINUTE": 59, "BYHOUR": 23, "BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53, "BYMONTH": 12,
    "BYSETPOS": 366,
}  # fmt: skip
_FROM_0 = {"BYSECOND", "BYMINUTE", "BYHOUR"}
_SIGNED = {"BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"}
_FORMS = {
    "FREQ": re.compile("SECONDLY|MINUTELY|HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY"),
    "UNTIL": re.compile(r"[0-9]{8}(T[0-9]{6}Z?)?"),
    "COUNT": re.compile(r"[1-9][0-9]{0,8}"),
    "INTERVAL": re.compile(r"[1-9][0-9]{0,8}"),
    "BYDAY": re.compile(rf"([+-]?[1-9][0-9]?)?{_WEEKDAY}(,([+-]?[1-9][0-9]?)?{_WEEKDAY})*"),
    "WKST": re.compile(_WEEKDAY),
}


def recurrence_problem(rule: str) -> str:
    """Say what is wrong with a rule; empty if nothing is."""
    parts = [part.partition("=") for part in rule.split(";")]
    names = [name for name, _, _ in parts]
    if "FREQ" not in names:
        return "a part like FREQ=WEEKLY (RFC 5545)"
    if len({*names}) < len(names) or {"COUNT", "UNTIL"} <= {*names}:
        return "each part once, and COUNT or UNTIL but not both (RFC 5545)"
    wrong = next((f"{name}{sign}{value}" for name, sign, value in parts if not _is_part(name, value)), None)
    if wrong is not None:
        return f"parts of RFC 5545, unlike {wrong!r}"
    values = {name: value for name, _, value in parts}
    counts_days = any(character.isdigit() for character in values.get("BYDAY", ""))
    if counts_days and values["FREQ"] not in ("MONTHLY", "YEARLY"):
        return "numbered days only in a month or a year (RFC 5545)"
    return ""


def _is_part(name: str, value: str) -> bool:
    if name in _FORMS:
        return _FORMS[name].fullmatch(value) is not None
    return name in _HIGHEST and all(_is_number(name, number) for number in value.split(","))


def _is_number(name: str, text: str) -> bool:
    sign = "[+-]?" if name in _SIGNED else ""
    if not re.fullmatch(rf"{sign}[0-9]{{1,3}}", text):
        return False
    return (0 if name in _FROM_0 else 1) <= abs(int(text)) <= _HIGHEST[name]
