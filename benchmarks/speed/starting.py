"""How long it takes until the command says anything, against importing what reads its options."""

from __future__ import annotations

import statistics
import sys
from typing import TYPE_CHECKING

from speed.figures import Kind, Options, Row, Sample
from speed.watching import run

if TYPE_CHECKING:
    from pathlib import Path


def start(options: Options, _: Path) -> Sample:
    """Ask for help, and import typer, in turns."""
    ours, theirs = [], []
    for _turn in range(options.starts):
        ours.append(run([sys.executable, "-m", "podcast", "--help"]))
        theirs.append(run([sys.executable, "-c", "import typer"]))
    return {
        "help_s": statistics.median(each.wall_s for each in ours),
        "typer_s": statistics.median(each.wall_s for each in theirs),
        "help_cpu_s": statistics.median(each.cpu_s for each in ours),
        "typer_cpu_s": statistics.median(each.cpu_s for each in theirs),
    }


START = Kind(
    "start",
    "Start",
    (
        Row("`podcast --help`", "help_s", "`import typer`", "typer_s", at_most=3),
        Row("its processor time", "help_cpu_s", "`import typer`", "typer_cpu_s"),
    ),
    start,
)
