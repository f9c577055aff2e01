"""Interrupt `podcast make` again and again wherever it is, and see that each run ends in order.

    OMP_NUM_THREADS=1 python tests/interruptions.py --times 500

prints how many were interrupted and what was found after them: wrong exit codes, tracebacks, children that live on,
unfinished files, and whether the last run makes the same as one that nobody disturbed. Linux only.
"""

from __future__ import annotations

import argparse
import collections
import json
import logging
import random
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from conftest import NEWSLETTER, Podcast, make_show
from runs import Moment, Runs, server
from week import tree

from podcast.pipeline.running import leftovers
from podcast.show import load_show

if TYPE_CHECKING:
    from runs import Ended

_log = logging.getLogger(__name__)
_EVENTS = {"open": 160, "os.rename": 45, "os.scandir": 60, "os.mkdir": 6, "subprocess.Popen": 5, "shutil.rmtree": 3}
"""What a run does that can be seen, and how often at most."""
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
_IN_A_ROW = 6
_INTERRUPTED = 130


def any_moment(chance: random.Random) -> Moment:
    """Choose a moment at random, and what happens then."""
    event = chance.choice(sorted(_EVENTS))
    times, name = chance.randint(1, _EVENTS[event]), chance.choice(_SIGNALS)
    return Moment(event, times=times, signals=(name,), group=chance.random() < 0.5)


def faults(ended: Ended, runs: Runs, show: Podcast) -> dict[str, object]:
    """Name what is not as it should be after a run."""
    found = {
        "exit_codes": [] if ended.exit_code == (_INTERRUPTED if ended.has_come else 0) else [ended.exit_code],
        "tracebacks": ["Traceback" in ended.stderr] * ("Traceback" in ended.stderr),
        "alive": runs.alive(),
        "unfinished": [*map(str, leftovers(load_show(show.folder))), *map(str, runs.temporary.iterdir())],
    }
    return {name: what for name, what in found.items() if what}


def clear(show: Podcast) -> None:
    """Begin anew."""
    for room in ("scripts", "episodes", "feed", ".podcast"):
        for path in (show.folder / room).glob("[!R]*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def interrupt(folder: Path, times: int, seed: int) -> dict[str, object]:
    """Interrupt so many runs, several in a row in one show; return what was found."""
    chance, figures = random.Random(seed), collections.Counter[str]()  # noqa: S311 - moments, not secrets
    problems: list[object] = []
    show = make_show(folder / "show")
    (folder / "june.md").write_text(NEWSLETTER)
    words = ("make", folder / "june.md", "--show", show.folder)
    with server() as process:
        runs = Runs(process, folder / "runs")
        assert runs(*words).exit_code == 0
        undisturbed = tree(show)
        while figures["interrupted"] < times:
            clear(show)
            for _ in range(_IN_A_ROW):
                moment = any_moment(chance)
                ended = runs(*words, moment=moment)
                figures["interrupted"] += ended.has_come
                found = faults(ended, runs, show)
                figures.update(found)
                problems += [{"moment": str(moment), **found, "said": ended.stderr[-300:]}] if found else []
            last = runs(*words)
            figures["failed"] += last.exit_code != 0
            figures["different"] += tree(show) != undisturbed
            _log.info("%s", dict(figures))
    return {**figures, "problems": problems}


def main() -> None:
    """Interrupt as often as asked; exit code 1 if anything was not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        found = interrupt(Path(folder), given.times, given.seed)
    print(json.dumps(found, indent=2))  # noqa: T201
    sys.exit(bool(found["problems"] or found["failed"] or found["different"]))


if __name__ == "__main__":
    main()
