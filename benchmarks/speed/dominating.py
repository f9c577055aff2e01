"""What a cold `podcast make` spends its processor time on: each module's own, imports, and ffmpeg's.

py-spy looks at all threads a hundred times a second, and counts a moment to the innermost module of this package that a
thread is in; what the command really took is divided in that proportion.
"""

from __future__ import annotations

import json
import re
import resource
import shutil
import sys
from collections import Counter
from pathlib import Path

from podcast import cli
from speed import shows
from speed.figures import Kind, MissingError, Options, Sample
from speed.watching import own, run

IMPORTS, ELSEWHERE, PROGRAMS = "importing modules", "the rest of Python", "ffmpeg and other processes"
_LOOKING_ON = "--nonblocking"
"""Without it py-spy stops all threads to look at them, and takes some of those that wait for working ones."""

_MODULE = re.compile(r"\(podcast/([\w/]+)\.py:\d+\)")


def profile(options: Options, folder: Path) -> Sample:
    """Make an episode under py-spy; seconds of processor time by what they went into."""
    if not (spy := shutil.which("py-spy")):
        raise MissingError("py-spy is not on the PATH: pip install py-spy, in a place of its own")
    stacks, took = folder / "stacks.txt", folder / "took.json"
    show = shows.new_show(folder, options.voice)
    command = own("dominating", took, *shows.podcast("make", options.newsletter, show=show)[3:])
    run([spy, "record", "--format", "raw", "--rate", "100", _LOOKING_ON, "--output", str(stacks), "--", *command])
    taken = json.loads(took.read_text(encoding="utf-8"))
    counted = counts(stacks.read_text(encoding="utf-8"))
    total = sum(counted.values()) or 1
    own_s = {name: taken["own_s"] * count / total for name, count in counted.items()}
    return {**own_s, PROGRAMS: taken["programs_s"]}


def counts(stacks: str) -> Counter[str]:
    """Count moments by what they went into; a line is a stack, outermost first, and how often it was seen."""
    counted: Counter[str] = Counter()
    for line in stacks.splitlines():
        stack, _, times = line.rpartition(" ")
        counted[went_into(stack)] += int(times)
    return counted


def went_into(stack: str) -> str:
    """Say what a moment went into."""
    found = list(_MODULE.finditer(stack))
    if "<frozen importlib" in stack[found[-1].end() if found else 0 :]:
        return IMPORTS
    return f"`podcast/{found[-1][1]}.py`" if found else ELSEWHERE


def main(took: Path, arguments: list[str]) -> None:
    """Be the command, and write down at its end what it and its programs took."""
    sys.argv = ["podcast", *arguments]
    cli.be_quick()
    try:
        cli.main()  # not `run`, which ends the process
    finally:
        own_use, programs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
        values = {
            "own_s": own_use.ru_utime + own_use.ru_stime,
            "programs_s": programs.ru_utime + programs.ru_stime,
        }
        took.write_text(json.dumps(values), encoding="utf-8")


PROFILE = Kind("profile", "Where the processor time of a cold `podcast make` goes", (), profile)

if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
