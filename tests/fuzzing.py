"""Damaged input for every reader: none may end in anything but a value or a sentence, in time and in bounded memory.

    python tests/fuzzing.py --inputs 100000 --seed 1      prints what came of it, reader by reader; exit 1 on faults
    python tests/fuzzing.py --reader picks --input FILE   reads one input again, traceback and all

Each reader runs in processes of its own, so that one that hangs or dies is noticed and named with its input.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import multiprocessing
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
from fuzz_inputs import inputs
from fuzz_readers import READERS
from hypothesis import HealthCheck, Phase

from podcast.errors import PodcastError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from multiprocessing.connection import Connection

    from fuzz_subjects import Reader

LONGEST_S = 5.0
MOST_MB = 1_000
_LOST_S = 60.0
"""A process that has read nothing for so long is ended: it is in a library that hears no signal."""

_BATCH = 250
_SHOWN_BYTES = 2_000


class HangError(BaseException):
    """An input takes too long; nothing that catches exceptions may catch this."""


@dataclass(slots=True)
class Fault:
    """Something that no reader may do, and the shortest input that made it do so."""

    reader: str
    what: str
    where: str
    data: bytes
    trace: str = ""
    times: int = 1


@dataclass(slots=True)
class Tally:
    """What came of a reader's inputs."""

    inputs: int = 0
    refused: int = 0
    read: int = 0
    slowest_s: float = 0.0
    slowest: bytes = b""
    peak_mb: float = 0.0
    faults: dict[str, Fault] = field(default_factory=dict)

    def fault(self, found: Fault) -> None:
        """Count a fault; of those at one place the shortest input is kept."""
        key = f"{found.what} {found.where}"
        known = self.faults.get(key)
        times = known.times + found.times if known else found.times
        self.faults[key] = min(filter(None, (known, found)), key=lambda each: len(each.data))
        self.faults[key].times = times

    def took(self, seconds: float, data: bytes) -> None:
        """Remember what took longest."""
        if seconds > self.slowest_s:
            self.slowest_s, self.slowest = seconds, data

    def add(self, other: Tally) -> None:
        """Take in what another batch of inputs came to."""
        self.inputs += other.inputs
        self.refused += other.refused
        self.read += other.read
        self.took(other.slowest_s, other.slowest)
        self.peak_mb = max(self.peak_mb, other.peak_mb)
        for found in other.faults.values():
            self.fault(found)


# ── one input ───────────────────────────────────────────────────────────────────────────────────────────


def take(reader: Reader, read: Any, data: bytes, tally: Tally) -> None:
    """Have one input read, and note what came of it."""
    begin_s = worked_s()
    fault = None
    try:
        with in_time():
            read(data)
        tally.read += 1
    except PodcastError as error:
        tally.refused += 1
        if not is_sentence(str(error)):
            fault = Fault(reader.name, f"no sentence: {str(error)[:80]!r}", "", data)
    except HangError as error:
        fault = Fault(reader.name, f"takes longer than {LONGEST_S:g} s", _place(error), data, traceback.format_exc())
    except MemoryError as error:
        fault = Fault(reader.name, "MemoryError", _place(error), data, traceback.format_exc())
    except Exception as error:  # noqa: BLE001 - these are what is looked for
        fault = Fault(reader.name, type(error).__name__, _place(error), data, traceback.format_exc())
    tally.inputs += 1
    tally.took(worked_s() - begin_s, data)
    before_mb, tally.peak_mb = tally.peak_mb, peak_mb()
    if tally.peak_mb > MOST_MB >= before_mb:
        fault = fault or Fault(reader.name, f"takes more than {MOST_MB} MB", "", data)
    if fault:
        tally.fault(fault)


def is_sentence(text: str) -> bool:
    """Whether a person is told something: a capital or a name at its beginning is not asked for, an end is."""
    return bool(text.strip()) and text.rstrip()[-1] in ".?!)`…" and "Traceback" not in text


@contextlib.contextmanager
def in_time() -> Iterator[None]:
    """Raise HangError after five seconds of work, or a minute of waiting: a busy machine is nobody's fault."""

    def stop(*_: object) -> None:
        raise HangError

    signal.signal(signal.SIGPROF, stop)
    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_PROF, LONGEST_S)
    signal.setitimer(signal.ITIMER_REAL, _LOST_S / 2)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


def _place(error: BaseException) -> str:
    """Name the last line of our own package that an error came by."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "/podcast/" in frame.filename] or frames[-1:]
    return f"{Path(own[-1].filename).name}:{own[-1].lineno}" if own else ""


def worked_s() -> float:
    """Return how long processors were at work for this process and those that it started."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def peak_mb() -> float:
    """Return the most memory that this process, or any that it started, ever held."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(kind).ru_maxrss for kind in kinds) / 1024


# ── many inputs ─────────────────────────────────────────────────────────────────────────────────────────


def read_many(reader: Reader, number: int, seed: int, folder: Path, last: Path | None = None) -> Tally:
    """Read so many inputs of one seed; `last` is where each of them is written down before it is read."""
    tally = Tally()
    with reader.begin(folder) as subject:
        drawn = inputs(subject.seeds, is_binary=subject.is_binary)

        @hypothesis.seed(seed)
        @hypothesis.settings(
            max_examples=number,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        )
        @hypothesis.given(drawn)
        def each(data: bytes) -> None:
            if last:
                last.write_bytes(data)
            take(reader, subject.read, data, tally)

        each()
    return tally


def _child(reader: Reader, number: int, seed: int, folder: Path, answer: Connection) -> None:
    """Read in a process of its own, silent, whose warnings are faults."""
    warnings.simplefilter("error")
    tempfile.tempdir = str(folder)
    os.environ["TMPDIR"] = str(folder)
    said = os.open(folder / "said", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(said, 1)
    os.dup2(said, 2)
    (folder / "own").mkdir(exist_ok=True)
    answer.send(read_many(reader, number, seed, folder / "own", folder / "last"))


def run(reader: Reader, number: int, seed: int) -> Tally:
    """Read so many inputs, some hundred a process."""
    _warm_up(reader)
    tally, batch = Tally(), 0
    while tally.inputs < number and batch < 2 * number:
        tally.add(_batch(reader, min(reader.batch, number - tally.inputs), seed * 1_000_003 + batch))
        batch += 1
    return tally


def _warm_up(reader: Reader) -> None:
    """Read one document here, so that no process has to load what all of them need."""
    with (
        tempfile.TemporaryDirectory() as folder,
        reader.begin(Path(folder)) as subject,
        contextlib.suppress(Exception),  # which is a fault when it comes again
    ):
        subject.read(subject.seeds[0])


def _batch(reader: Reader, number: int, seed: int) -> Tally:
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(reader, number, seed, folder, theirs))
    child.start()
    theirs.close()
    try:
        tally = _answered(reader, child, ours, folder)
        if said := (folder / "said").read_text("utf-8", "replace") if (folder / "said").exists() else "":
            tally.fault(Fault(reader.name, "prints", said[:_SHOWN_BYTES], b""))
        return tally
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _answered(reader: Reader, child: Any, ours: Connection, folder: Path) -> Tally:
    """Wait for a process; one that dies, or is lost, has a fault and the input that it was reading."""
    last = folder / "last"
    while not ours.poll(1):
        since = last.stat().st_mtime if last.exists() else time.time()
        if time.time() - since > _LOST_S:
            child.kill()
            child.join()
            return _lost(reader, f"never comes back ({_LOST_S:g} s)", last)
    try:
        tally: Tally = ours.recv()
    except EOFError:
        child.join()
        return _lost(reader, f"ends its process ({child.exitcode})", last)
    child.join()
    return tally


def _lost(reader: Reader, what: str, last: Path) -> Tally:
    said = last.with_name("said")
    if not last.exists():
        raise RuntimeError(f"{reader.name} cannot be set up: {said.read_text() if said.exists() else what}")
    tally = Tally(inputs=1)
    tally.fault(Fault(reader.name, what, "", last.read_bytes()))
    return tally


# ── the program ─────────────────────────────────────────────────────────────────────────────────────────


def shares(readers: Sequence[Reader], number: int) -> Mapping[str, int]:
    """Divide inputs among readers by their weights; each gets one at least."""
    whole = sum(reader.weight for reader in readers)
    return {reader.name: max(1, round(number * reader.weight / whole)) for reader in readers}


def report(tallies: Mapping[str, Tally]) -> Iterator[str]:
    """Yield lines for a person: a row for each reader, then the sum, then every fault."""
    head = f"{'reader':24}{'inputs':>8}{'refused':>9}{'read':>8}{'faults':>8}{'most work s':>13}{'peak MB':>9}"
    yield head
    whole = Tally()
    for name, tally in tallies.items():
        yield _row(name, tally)
        whole.add(tally)
    yield _row("all", whole)
    for tally in tallies.values():
        for fault in tally.faults.values():
            yield f"\n{fault.reader}: {fault.what} {fault.where} ({fault.times} times)\n{fault.trace}"
            yield f"{len(fault.data)} bytes: {fault.data[:_SHOWN_BYTES]!r}"


def _row(name: str, tally: Tally) -> str:
    faults = sum(fault.times for fault in tally.faults.values())
    counts = f"{tally.inputs:>8}{tally.refused:>9}{tally.read:>8}{faults:>8}"
    return f"{name:24}{counts}{tally.slowest_s:>13.2f}{tally.peak_mb:>9.0f}"


def main() -> int:
    """Read the command line and do what it asks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--reader", action="append", choices=[reader.name for reader in READERS])
    parser.add_argument("--input", type=Path, help="one input, read by the one --reader")
    parser.add_argument("--keep", type=Path, help="a folder for the inputs that made faults")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    chosen = [reader for reader in READERS if given.reader is None or reader.name in given.reader]
    if given.input:
        return _again(chosen[0], given.input.read_bytes())
    tallies = {}
    for reader in chosen:
        begin_s = time.monotonic()
        tallies[reader.name] = run(reader, shares(chosen, given.inputs)[reader.name], given.seed)
        took_s = time.monotonic() - begin_s
        print(_row(reader.name, tallies[reader.name]), f"{took_s:6.1f} s", file=sys.stderr, flush=True)  # noqa: T201
    if given.keep:
        _keep(given.keep, tallies)
    if given.json:
        print(json.dumps({name: dataclasses.asdict(tally) for name, tally in tallies.items()}, default=repr))  # noqa: T201
    else:
        print("\n".join(report(tallies)))  # noqa: T201
    return int(any(tally.faults for tally in tallies.values()))


def _again(reader: Reader, data: bytes) -> int:
    with tempfile.TemporaryDirectory() as folder, reader.begin(Path(folder)) as subject:
        try:
            print(repr(subject.read(data))[:2000])  # noqa: T201
        except PodcastError as error:
            print(f"refused: {error}")  # noqa: T201
    return 0


def _keep(folder: Path, tallies: Mapping[str, Tally]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, tally in tallies.items():
        (folder / f"{name}-slowest").write_bytes(tally.slowest)
        for number, fault in enumerate(tally.faults.values()):
            (folder / f"{name}-{number}").write_bytes(fault.data)
            (folder / f"{name}-{number}.txt").write_text(f"{fault.what} {fault.where}\n{fault.trace}")


if __name__ == "__main__":
    sys.exit(main())
