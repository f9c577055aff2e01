"""docs/guarantees.md promises nothing that no test shows."""

from __future__ import annotations

import ast
import functools
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs" / "guarantees.md"

_ROW = re.compile(r"\|(?P<promise>[^|]+)\|(?P<shown>(?:[^|`]|`[^`]*`)+)\|\s*")
_RULER = re.compile(r"[|\s:-]+")
_CODE = re.compile(r"`([^`]*)`")


@dataclass(frozen=True, slots=True)
class Promise:
    """A row of the table: what is promised, and the tests that are said to show it."""

    text: str
    tests: tuple[str, ...]


def promises(text: str) -> list[Promise]:
    """Read all rows of all tables that have two columns; ValueError for one that cannot be read."""
    found: list[Promise] = []
    for line in text.splitlines():
        if line.startswith("|") and not _RULER.fullmatch(line):
            row = _ROW.fullmatch(line)
            if not row:
                raise ValueError(line)
            if row["shown"].strip() != "shown by":
                found.append(Promise(row["promise"].strip(), tuple(_CODE.findall(row["shown"]))))
    return found


@functools.cache
def functions_in(path: Path) -> frozenset[str]:
    """Name the tests of a file; none where there is no such file."""
    if not path.is_file():
        return frozenset()
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


def is_test(name: str) -> bool:
    """Whether `tests/file.py::test_name` is one; of a parametrized one, with or without [which]."""
    file, _, function = name.partition("::")
    path = (ROOT / file).resolve()
    return path.is_relative_to(ROOT / "tests") and function.partition("[")[0] in functions_in(path)


def test_every_promise_names_tests_that_exist() -> None:
    """A test that is renamed or removed takes its promise with it, or is missed here."""
    rows = promises(DOCUMENT.read_text(encoding="utf-8")) if DOCUMENT.is_file() else []
    assert [row.text for row in rows if not row.tests or not row.text] == []
    assert [f"{row.text}: {name}" for row in rows for name in row.tests if not is_test(name)] == []
    assert rows or not DOCUMENT.is_file()


def test_rows_are_read_with_all_their_tests() -> None:
    """A table as it is written by hand."""
    row = "| All is well. | `tests/a.py::test_b`, `tests/c.py::test_d[e|f]` |"
    text = f"# Kept\n\n| promise | shown by |\n|---|:---|\n{row}\n"
    assert promises(text) == [Promise("All is well.", ("tests/a.py::test_b", "tests/c.py::test_d[e|f]"))]
    with pytest.raises(ValueError, match="three"):
        promises("| one | two | three |")


@pytest.mark.parametrize(
    ("name", "exists"),
    [
        ("tests/test_guarantees.py::test_every_promise_names_tests_that_exist", True),
        ("tests/test_guarantees.py::test_a_name_is_looked_up[it]", True),
        ("tests/test_guarantees.py::test_nothing", False),
        ("tests/test_guarantees.py", False),
        ("tests/test_nothing.py::test_nothing", False),
        ("tests/test_guarantees.py::promises", False),
        ("podcast/cli.py::make", False),
    ],
)
def test_a_name_is_looked_up(name: str, *, exists: bool) -> None:
    """Only a function that pytest would collect, in a file of tests, is a test."""
    assert is_test(name) == exists
