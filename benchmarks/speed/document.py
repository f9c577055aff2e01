"""Samples into docs/: kept as JSON, and the tables and pictures of docs/performance.md made of them."""

from __future__ import annotations

import json
import os
import platform
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podcast.files import write_text
from speed.figures import findings, spread
from speed.pictures import pictures_of
from speed.table import amount, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from speed.figures import Kind, Sample

    Samples = Mapping[str, Sequence[Sample]]

DOCUMENT, KEPT = "performance.md", "performance.json"
_BETWEEN = re.compile(r"(?<=<!-- measured -->\n).*?(?=<!-- end of what is measured -->)", re.DOTALL)
_SHOWN_OF_A_PROFILE = 14


def write(docs: Path, kinds: Sequence[Kind], samples: Samples) -> None:
    """Keep new samples beside those of other kinds, and draw everything anew."""
    kept = _kept(docs / KEPT)
    for name, found in samples.items():
        rounds = [{key: round(value, 4) for key, value in sample.items()} for sample in found]
        kept[name] = {"machine": machine(), "rounds": rounds}
    write_text(docs / KEPT, json.dumps(kept, indent=1, sort_keys=True) + "\n")
    for name, each in kept.items():
        for picture in pictures_of(name):
            write_text(docs / picture.file, picture.drawn(each["rounds"]))
    path = docs / DOCUMENT
    path.write_text(filled(path.read_text(encoding="utf-8"), text(kinds, kept)), encoding="utf-8")


def _kept(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found


def filled(document: str, measured: str) -> str:
    """Put what is measured between the marks of a document."""
    if not _BETWEEN.search(document):
        raise SystemExit("docs/performance.md has no marks between which to write.")
    return _BETWEEN.sub(lambda _: f"\n{measured}\n", document)


def machine() -> str:
    """Say on what it was measured."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return f"{os.cpu_count()} cores, {model or platform.machine()}, Python {platform.python_version()}"


def text(kinds: Sequence[Kind], kept: Mapping[str, Any]) -> str:
    """Write a heading, a line on the rounds, a table and its pictures for each kind that was measured."""
    parts = []
    for kind in kinds:
        if each := kept.get(kind.name):
            rounds: Sequence[Sample] = each["rounds"]
            said = f"Median of {len(rounds)} rounds" if len(rounds) > 1 else "One round"
            seen = [f"![{picture.title}]({picture.file})" for picture in pictures_of(kind.name)]
            parts += [f"## {kind.title}", f"{said}; {each['machine']}.", made_table(kind, rounds), *seen]
    return "\n\n".join(parts) + "\n"


def tables(kinds: Sequence[Kind], samples: Samples) -> str:
    """Write the tables alone, for the screen."""
    measured = [kind for kind in kinds if kind.name in samples]
    return "\n\n".join(f"{kind.title}\n\n{made_table(kind, samples[kind.name])}" for kind in measured)


def made_table(kind: Kind, rounds: Sequence[Sample]) -> str:
    """Write the table of a kind: of its claims, or, where it makes none, of all its figures by size."""
    return table(findings(kind.rows, rounds)) if kind.rows else by_size(rounds)


def by_size(rounds: Sequence[Sample]) -> str:
    """List figures that add up to a whole, the largest first."""
    names = sorted({name for sample in rounds for name in sample})
    middle = {name: spread([sample.get(name, 0.0) for sample in rounds]).median for name in names}
    ordered = sorted(middle, key=lambda name: -middle[name])
    rest = sum(middle[name] for name in ordered[_SHOWN_OF_A_PROFILE:])
    shown_rows = [(name, middle[name]) for name in ordered[:_SHOWN_OF_A_PROFILE]]
    rows = [*shown_rows, *([("everything else", rest)] if rest else []), ("**in all**", sum(middle.values()))]
    return "\n".join(["| | CPU s |", "|---|---:|", *(f"| {name} | {amount(value, '')} |" for name, value in rows)])
