"""Kill runs of `podcast` wherever they write, and at random moments, and see that the next run ends in the same bytes.

    OMP_NUM_THREADS=1 python tests/crashes.py --kills 500

kills five commands at every point that has a name, then five hundred runs at random moments, and prints what was found;
`--every` kills before each single write, `--torn` cuts the power: what was not synced is lost. Linux only.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import dataclasses
import json
import logging
import os
import random
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from arxiv_server import arxiv_server
from crash_points import LONGEST_S, Point, Run, run_to
from crash_shows import SCENES, differences, look, prepare_edited, states_of, tear, tree_of
from week import JUNE_15, WEEK, whole_paper

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crash_points import Ended
    from crash_shows import Scene, Tree

_log = logging.getLogger(__name__)
_SHOWN = 40
_MEMORY = Path("/dev/shm")  # noqa: S108 - where syncing takes no time; each run has a folder of its own


@dataclass(slots=True)
class Found:
    """What was found."""

    points: int = 0
    """Kills at a point that has a name."""
    random: int = 0
    """Kills at a random moment."""
    finished: int = 0
    """Runs that were done before they could be killed."""
    not_reached: list[str] = field(default_factory=list)
    """Points that a run from the beginning did not pass."""
    completed: int = 0
    """Runs after kills that ended well."""
    failed: int = 0
    """Those that did not."""
    broken_feeds: int = 0
    """Kills after which the feed was no XML, or named a file that was not there."""
    in_between: int = 0
    """Kills after which a public file was neither the former nor the new one."""
    lengths_behind: int = 0
    """Kills after which the feed gave the length of a sound that had been replaced already."""
    left_behind: int = 0
    """How often another command did not bring such a length up to date."""
    differing_files: int = 0
    """Files that were not, at the end, as an undisturbed run leaves them."""
    leftovers: int = 0
    """Files and folders that an undisturbed run does not leave, in the show or where temporary files are."""
    torn: int = 0
    """Files that a cut of power took, wholly or in part."""
    files_compared: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        """Whether all promises were kept."""
        bad = (self.failed, self.broken_feeds, self.in_between, self.left_behind, self.differing_files, self.leftovers)
        return not any(bad)


@dataclass(frozen=True, slots=True)
class Options:
    """What to kill, and how."""

    names: Sequence[str] = tuple(scene.name for scene in SCENES)
    points: bool = True
    """At every point that has a name."""
    every: bool = False
    """Before each write, not only three of a name."""
    kills: int = 0
    """At random moments."""
    seed: int = 1
    in_a_row: int = 1
    """How many kills one show gets before a run may end."""
    torn: bool = False
    """Cut the power, too: what was not synced is lost."""


class Stage:
    """A scene, ready to be run again and again from its beginning, and what an undisturbed run makes of it."""

    def __init__(self, scene: Scene, work: Path, environment: Mapping[str, str]) -> None:
        self.scene = scene
        self._work = work / scene.name.replace(" ", "-")
        self._template = self._work / "before"
        self._work.mkdir()
        scene.prepare(self._template)
        self.run = Run(scene.words, self._work / "show", self._work / "tmp", environment)
        self.before = tree_of(self._template)
        self.after: Tree = {}
        self.points: tuple[str, ...] = ()
        self.took_s = 0.0

    def observe(self) -> None:
        """See what an undisturbed run does, and how long it takes once the program is loaded."""
        self.begin()
        undisturbed = self.go()
        assert undisturbed.exit_code == 0, undisturbed.said
        self.after = tree_of(self.run.show)
        self.points = undisturbed.points
        self.took_s = undisturbed.took_s

    def begin(self) -> None:
        """Put the show back to what it was."""
        self.run = dataclasses.replace(self.run, boot="")
        for folder in (self.run.show, self.run.temporary):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self._template, self.run.show, symlinks=True)
        self.run.temporary.mkdir()

    def go(self, *words: str, last: Point | None = None, after_s: float = LONGEST_S) -> Ended:
        """Run the command, or another one, to its end or to the moment when it is killed."""
        run = dataclasses.replace(self.run, words=words) if words else self.run
        return run_to(run, self._work, last=last, after_s=after_s)

    def leftovers(self) -> list[str]:
        """Name what lies among the temporary files."""
        return [f"TMPDIR/{path.name}" for path in self.run.temporary.iterdir()]

    def named_points(self, *, every: bool, torn: bool) -> list[Point]:
        """Return the first, a middle and the last point of every name, or each, in the order in which they come.

        Between a sync and what follows it nothing changes but what a power cut takes.
        """
        totals, seen = collections.Counter(self.points), collections.Counter[str]()
        chosen = []
        for name in self.points:
            if name.startswith("sync ") and not torn:
                continue
            seen[name] += 1
            if every or seen[name] in {1, (totals[name] + 1) // 2, totals[name]}:
                chosen.append(Point(name, seen[name]))
        return chosen


# ── one show ────────────────────────────────────────────────────────────────────────────────────────────

Moment = Point | float
"""Where to kill: at a point, or after so many seconds."""


def kill(stage: Stage, moments: Sequence[Moment], options: Options, chance: random.Random, found: Found) -> int:
    """Kill runs in one show, one after the other, and let one more complete it; return how many were reached."""
    stage.begin()
    states = states_of(stage.run.show)
    reached = 0
    for moment in moments:
        is_point = isinstance(moment, Point)
        ended = stage.go(last=moment) if isinstance(moment, Point) else stage.go(after_s=moment)
        if ended.exit_code is not None:
            found.finished += not is_point
            _complete(stage, ended, moments[:reached], found)
            return reached
        reached += 1
        found.points += is_point
        found.random += not is_point
        states |= ended.synced
        if options.torn:
            found.torn += tear(stage.run.show, states, chance)
            stage.run = dataclasses.replace(stage.run, boot=f"start {reached + 1}")
            states |= states_of(stage.run.show)
        states |= _look(stage, moment, found)
    _complete(stage, stage.go(), moments[:reached], found)
    return reached


def _look(stage: Stage, moment: Moment, found: Found) -> frozenset[tuple[int, ...]]:
    """See what a kill left; return what another command has brought to the disk since."""
    seen = look(stage.run.show, stage.before, stage.after)
    where = f"{stage.scene.name}, killed at {moment}"
    found.broken_feeds += bool(seen.broken)
    found.in_between += bool(seen.in_between)
    found.lengths_behind += bool(seen.behind)
    found.problems += [f"{where}: {problem}" for problem in (*seen.broken, *seen.in_between)]
    if not seen.behind:
        return frozenset()
    other = stage.go("voices", "--show", ".")
    seen = look(stage.run.show, stage.before, stage.after)
    if other.exit_code or seen.behind or seen.broken:
        found.left_behind += 1
        found.problems.append(f"{where}: `voices` leaves {seen.behind or seen.broken} behind: {other.said}")
    return other.synced


def _complete(stage: Stage, ended: Ended, moments: Sequence[Moment], found: Found) -> None:
    """See what the run left that was not killed."""
    where = f"{stage.scene.name}, killed at {', '.join(map(str, moments)) or 'no time'}"
    if ended.exit_code:
        found.failed += 1
        found.problems.append(f"{where}: the next run ends with {ended.exit_code}: {ended.said}")
    else:
        found.completed += 1
    wrong, more = differences(tree_of(stage.run.show), stage.after)
    more += stage.leftovers()
    found.differing_files += len(wrong)
    found.leftovers += len(more)
    found.files_compared += len(stage.after)
    found.problems += [f"{where}: {name} differs" for name in wrong]
    found.problems += [f"{where}: {name} is left over" for name in more]


# ── many ────────────────────────────────────────────────────────────────────────────────────────────────


def kill_at_points(stage: Stage, options: Options, chance: random.Random, found: Found) -> None:
    """Kill a run at each point; several in a row are far from each other, so that each has something to go on with."""
    waiting = stage.named_points(every=options.every, torn=options.torn)
    while waiting:
        rows = -(-len(waiting) // options.in_a_row)
        row = waiting[::rows]
        reached = kill(stage, row, options, chance, found)
        if not reached:
            found.not_reached.append(f"{stage.scene.name}: {row[0]}")
        done = set(row[: max(reached, 1)])
        waiting = [point for point in waiting if point not in done]
        _log.info("%s: %d points to go, %d problems", stage.scene.name, len(waiting), len(found.problems))


def kill_at_random(stages: Sequence[Stage], options: Options, chance: random.Random, found: Found) -> None:
    """Kill so many runs at any time of theirs, of all commands in turn."""
    turn = 0
    while found.random < options.kills:
        stage, turn = stages[turn % len(stages)], turn + 1
        row = min(options.in_a_row, options.kills - found.random)
        kill(stage, [chance.uniform(0, stage.took_s) for _ in range(row)], options, chance, found)
        if not turn % 20:
            _log.info("%d of %d kills, %d problems", found.random, options.kills, len(found.problems))


@contextlib.contextmanager
def arxiv() -> Iterator[Mapping[str, str]]:
    """Serve a week of papers from another process; gives what runs are told of it."""
    reads, writes = os.pipe()
    pid = os.fork()
    if pid == 0:
        with arxiv_server(WEEK) as server:
            server.pdfs |= {f"/pdf/{paper.id}v1": whole_paper() for paper in WEEK}
            os.write(writes, server.address.encode())
            os.close(writes)
            os.close(reads)
            while os.getppid() != 1:
                server.closing.wait(1)
        os._exit(0)
    os.close(writes)
    try:
        yield {"ARXIV_API_URL": os.read(reads, 1000).decode(), "SOURCE_DATE_EPOCH": JUNE_15}
    finally:
        os.close(reads)
        os.kill(pid, 9)
        os.waitpid(pid, 0)


def torture(options: Options) -> Found:
    """Kill these commands at all points, if so, and so many at random moments."""
    found, chance = Found(), random.Random(options.seed)  # noqa: S311 - moments, not secrets
    with arxiv() as environment, tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        work = Path(folder).resolve()
        os.environ.update(environment, XDG_CACHE_HOME=str(work / "cache"))
        prepare_edited(work / "loaded")  # what is loaded here need not be loaded by each run
        stages = [Stage(scene, work, environment) for scene in SCENES if scene.name in options.names]
        for stage in stages:
            stage.observe()
        for stage in stages if options.points else ():
            kill_at_points(stage, options, chance, found)
        kill_at_random(stages, options, chance, found)
    return found


def main() -> None:
    """Kill as often as asked, and say what was found; exit code 1 if a promise was broken."""
    names = [scene.name for scene in SCENES]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=500, help="at random moments")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", dest="names", choices=names, default=names, help="default: all commands")
    parser.add_argument("--no-points", action="store_false", dest="points", help="at random moments only")
    parser.add_argument("--every", action="store_true", help="before each write, not only three of a name")
    parser.add_argument("--torn", action="store_true", help="cut the power, too")
    parser.add_argument("--in-a-row", type=int, default=1, help="kills that a show gets before a run may end")
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    found = torture(Options(**vars(parser.parse_args())))
    figures = {**dataclasses.asdict(found), "problems": found.problems[:_SHOWN]}
    print(json.dumps(figures, indent=2))  # noqa: T201
    sys.exit(not found.is_well)


if __name__ == "__main__":
    main()
