"""Strict TOML: a frozen dataclass is the schema, and every problem of a file is reported at once.

Each field has a default, a type out of bool, int, float, str or another such dataclass, and may carry
metadata made by `setting`: one line that explains it, and a check that returns what is wrong, or None.
"""

from __future__ import annotations

import dataclasses
import difflib
import json
import re
import tomllib
import typing
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from podcast.errors import InputError
from podcast.masking import masked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

T = TypeVar("T")

_NAMES = {bool: "true or false", int: "a whole number", float: "a number", str: 'text in "quotes"'}


def setting(default: Any, doc: str, check: Callable[[Any], str | None] | None = None) -> Any:
    """Declare a field with its default, its explanation, and what it may be."""
    return dataclasses.field(default=default, metadata={"doc": doc, "check": check})


def table(kind: type[Any], doc: str) -> Any:
    """Declare a field that is a TOML table of its own, all at their defaults."""
    return dataclasses.field(default_factory=kind, metadata={"doc": doc, "check": None})


def read(kind: type[T], path: Path, **given: object) -> T:
    """Read a file into a dataclass; `given` are fields that the file does not hold.

    Raises InputError with all problems of the file, or OSError if it cannot be read.
    """
    data = _parse(path)
    problems = list(_problems(kind, data, "", given))
    if problems:
        raise InputError("\n".join(f"{path}: {problem}" for problem in problems))
    return _build(kind, data, given)


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}. Save it as UTF-8.") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not valid TOML: {error}.") from error


def _problems(kind: type[Any], data: Mapping[str, Any], prefix: str, given: Mapping[str, object]) -> Iterator[str]:
    types = typing.get_type_hints(kind)
    fields = {field.name: field for field in dataclasses.fields(kind) if field.name not in given}
    for key, value in data.items():
        if key not in fields:
            yield f"unknown setting {prefix}{key}.{did_you_mean(key, fields)}"
        elif dataclasses.is_dataclass(types[key]):
            yield from _table_problems(types[key], value, f"{prefix}{key}")
        else:
            yield from _value_problems(fields[key], types[key], value, f"{prefix}{key}")
    for name, field in fields.items():
        if name not in data and _required(field):
            yield f"{prefix}{name} is missing."


def _required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _table_problems(kind: Any, value: object, name: str) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _problems(kind, value, f"{name}.", {})
    else:
        yield f"{name} is {shown(value)} but should be a table, [{name}]."


def _value_problems(field: dataclasses.Field[Any], kind: type[Any], value: object, name: str) -> Iterator[str]:
    if not _fits(value, kind):
        yield f"{name} is {shown(value)} but should be {_NAMES[kind]}."
        return
    check = field.metadata.get("check")
    wrong = check(value) if check else None
    if wrong:
        yield f"{name} is {shown(value)} but should be {wrong}."


def _fits(value: object, kind: type[Any]) -> bool:
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is kind


def shown(value: object) -> str:
    """Quote the beginning of a value in an error: it may be an address with a password, or a number without end."""
    try:
        text = masked(_show(value))
    except (ValueError, TypeError):
        return "something that cannot be written out"
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 1]}…"


_MOST_SHOWN = 200


def _show(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def did_you_mean(word: str, known: typing.Iterable[str]) -> str:
    """Guess what was meant: ` Did you mean …?`, or nothing."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f" Did you mean {close[0]}?" if close else ""


def _build(kind: type[T], data: Mapping[str, Any], given: Mapping[str, object]) -> T:
    types = typing.get_type_hints(kind)
    values = {key: _convert(types[key], value) for key, value in data.items()}
    return kind(**values, **given)


def _convert(kind: Any, value: Any) -> Any:
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _build(kind, value, {})
    return float(value) if kind is float else value


def one_of(*choices: object) -> Callable[[Any], str | None]:
    """Allow these values."""
    names = ", ".join(_show(choice) for choice in choices)
    return lambda value: None if value in choices else f"one of {names}"


def between(low: float, high: float) -> Callable[[Any], str | None]:
    """Allow a range, both ends included."""
    return lambda value: None if low <= value <= high else f"between {low:g} and {high:g}"


def not_blank(value: str) -> str | None:
    """Refuse text without a character that shows."""
    return None if value.strip() else "some text"


def is_service(address: str) -> str | None:
    """Refuse what is no plain address; one with a password in it would end up in messages."""
    plain = re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", address)
    try:
        usable = plain and urlsplit(address).port != 0
    except ValueError:  # brackets without an address in them, a port above 65535
        usable = False
    return None if not address or usable else "empty, or an address like https://speech.example.org/v1"


def to_toml(value: Any) -> str:
    """Write every setting on a line of its own, its explanation behind it."""
    tables = []
    lines = []
    for field in dataclasses.fields(value):
        content = getattr(value, field.name)
        if dataclasses.is_dataclass(content):
            tables.append(f"\n[{field.name}]  # {field.metadata['doc']}\n{to_toml(content)}")
        else:
            lines.append(f"{field.name} = {_show(content)}  # {field.metadata['doc']}\n")
    return "".join(lines + tables)
