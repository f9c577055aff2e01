"""Everything that is promised of speed, measured: each beside its floor or a peer in the same round.

Rounds of all kinds take turns; a line has the medians, what they come to together, and the outermost rounds. With
--write, the samples are kept in docs/performance.json, and docs/performance.md and its pictures are made of them: a
kind that was not measured this time stays as it was. --runs 0 --write only draws again. Everything together takes up to
10 GB of the temporary folder.

Usage: python benchmarks/run.py [--only cold,edit,…] [--runs 5] [--write] [--json] [--quick]
"""

from __future__ import annotations

import argparse
import compileall
import dataclasses
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from speed import document
from speed.cluster import CLUSTER
from speed.dominating import PROFILE
from speed.feeding import FEED
from speed.figures import Kind, MissingError, Options, Sample, findings
from speed.making import COLD, EDIT, LONGER
from speed.ranking import RANK
from speed.starting import START
from speed.stitching import STITCH

ROOT = Path(__file__).parent.parent
KINDS = (COLD, EDIT, STITCH, LONGER, START, FEED, RANK, CLUSTER, PROFILE)
QUICK: dict[str, Any] = {
    "voice": "tone",
    "copies": 2,
    "clips": 6,
    "sizes": (1, 2, 3),
    "starts": 1,
    "episodes": 2,
    "papers": 1,
}
NEWSLETTER = ROOT / "scripts" / "2024-06-15" / "newsletter.md"


def measure(kinds: tuple[Kind, ...], options: Options, rounds: int, samples: dict[str, list[Sample]]) -> None:
    """Measure all kinds round by round; what cannot be measured here is left out, and says why."""
    left = list(kinds)
    with tempfile.TemporaryDirectory(prefix="speed-") as kept:
        for number in range(1, rounds + 1):
            for kind in tuple(left):
                print(f"round {number} of {rounds}: {kind.name}", file=sys.stderr)
                folder = Path(kept) / kind.name
                folder.mkdir(exist_ok=True)
                try:
                    samples.setdefault(kind.name, []).append(kind.sample(options, folder))
                except MissingError as error:
                    left.remove(kind)
                    print(f"{kind.name} is left out: {error}", file=sys.stderr)


def main() -> None:
    """Measure, then print or write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [kind.name for kind in KINDS]
    parser.add_argument("--only", default=",".join(names), help=f"some of {', '.join(names)}, with commas")
    parser.add_argument("--runs", type=int, default=5, help="rounds")
    parser.add_argument("--newsletter", type=Path, help="of the episode; default: the real one of 2024-06-15, if there")
    parser.add_argument(
        "--quick", action="store_true", help="with the smallest numbers, to try this out; not for docs/"
    )
    parser.add_argument("--write", action="store_true", help="into docs/")
    parser.add_argument("--json", action="store_true", help="print the samples")
    chosen = parser.parse_args()
    if chosen.quick and chosen.write:
        parser.error("--quick measures nothing that belongs into docs/")
    asked = chosen.only.split(",")
    if unknown := set(asked) - set(names):
        parser.error(f"--only: no {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    kinds = tuple(kind for kind in KINDS if kind.name in asked)
    samples: dict[str, list[Sample]] = {}
    for package in (ROOT / "podcast", Path(__file__).parent):  # as it is where it was installed, or ran before
        compileall.compile_dir(package, quiet=1)
    try:
        measure(kinds, options_of(chosen), chosen.runs, samples)
    finally:  # what was measured before something failed is not lost
        say(kinds, {name: found for name, found in samples.items() if found}, chosen)


def say(kinds: tuple[Kind, ...], samples: dict[str, list[Sample]], chosen: argparse.Namespace) -> None:
    """Write and print what was measured."""
    if chosen.write:
        document.write(ROOT / "docs", KINDS, samples)
    _say_what_is_absent(kinds, samples)
    if chosen.json:
        print(json.dumps(samples, indent=1))
    else:
        print(document.tables(KINDS, samples))


def _say_what_is_absent(kinds: tuple[Kind, ...], samples: dict[str, list[Sample]]) -> None:
    """Name lines that have no figures: a peer that is not here, or a name that is misspelt."""
    for kind in kinds:
        found = samples.get(kind.name)
        if found and (absent := [row.what for row in kind.rows if not findings([row], found)]):
            print(f"{kind.name}: not measured: {', '.join(absent)}", file=sys.stderr)


def options_of(chosen: argparse.Namespace) -> Options:
    """Take the options, and find the data."""
    data = Path(found) if (found := os.environ.get("PODCAST_TEST_DATA")) else None
    real = data / "newsletters" / "2024-06-15.txt" if data else NEWSLETTER
    options = Options(chosen.newsletter or (real if real.is_file() else NEWSLETTER), data)
    return dataclasses.replace(options, **QUICK) if chosen.quick else options


if __name__ == "__main__":
    main()
