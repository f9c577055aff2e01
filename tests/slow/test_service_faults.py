"""The table of docs/faults-services.md, tried cell by cell: each kind of service with each fault, by its command."""

from __future__ import annotations

import contextlib
import re
import socket
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import make_show
from gate import THROUGH, nobody_there
from no_waiting import Waited, without_waiting
from service_faults import SERVICES, Bench, bench, kept, paid
from wire_faults import MARKED, WIRE_FAULTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Podcast, Ran

pytestmark = pytest.mark.slow

TABLE = Path(__file__).parents[2] / "docs" / "faults-services.md"
COLUMNS = {
    "voice": "voice",
    "language model": "model",
    "arXiv": "arXiv",
    "PDF": "PDF",
    "newsletter by address": "address",
    "`check --url`": "feed",
    "git": "git",
    "S3": "S3",
}
NOBODY, UNKNOWN = "nobody listens", "unknown name"
UNREACHED = (NOBODY, UNKNOWN)
NAME = "nowhere.example"
WITHIN_S = {"hang": 1.0, "drip": 0.5}
"""How long an answer may take, where it is about that."""

REFUSALS = re.compile(r"\d{3}\b|redirect")
"""Faults after which nothing is due."""

TAKES = ("silence", "noise")
"""Faults that come whole, are paid, and are asked for once more."""

NEXT_STEP = re.compile(
    r"\b([Rr]un (it|this|the same command)|[Tt]ry again|Check|Set|Correct|Open|Give|Save|Make it|Reword|Cut|is used)\b"
)
RAW = re.compile(r"Errno|Traceback|Error\b|Exception|bytearray|[<>]|b'|\\x|\x1b|return code")
"""What is for programmers, or for browsers."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A service, what goes wrong with it, and what the table says of that."""

    service: str
    fault: str
    is_asked_again: bool
    exit_code: int

    def __str__(self) -> str:
        return f"{self.service}-{self.fault}"


def cells() -> Iterator[Cell]:
    """Read the table."""
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    rows = [[part.strip() for part in line.strip("|").split("|")] for line in lines]
    start = next(at for at, row in enumerate(rows) if row[0] == "what happens")
    for fault, *said in rows[start + 2 :]:
        for column, cell in zip(rows[start][1:], said, strict=True):
            if cell:
                again, _, code = cell.rpartition(", ")
                yield Cell(COLUMNS[column], fault, bool(again), int(code))


CELLS = list(cells())


def test_the_table_has_every_fault_and_service() -> None:
    """No row is forgotten, and every service has most of them."""
    assert {cell.fault for cell in CELLS} == {*WIRE_FAULTS, *UNREACHED}
    counted = Counter(cell.service for cell in CELLS)
    assert set(counted) == set(COLUMNS.values())
    assert min(count for service, count in counted.items() if service != "S3") >= 23


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Podcast:
    """Return a show that hums, on a machine on which services have to be paid."""
    monkeypatch.setattr("podcast.outside.services.is_own", lambda _: False)
    monkeypatch.setattr("podcast.outside.services.missing", lambda _: None)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return make_show(tmp_path / "show", music=False)


@contextlib.contextmanager
def facing(
    cell: Cell, show: Podcast, monkeypatch: pytest.MonkeyPatch, share: float = 1
) -> Iterator[tuple[Bench, Waited]]:
    """Stand before a service, with time that passes only while somebody waits.

    Where no good answer is waited for, a `share` of the time for answers is enough; one that drips has to have begun.
    """
    within_s = WITHIN_S.get(cell.fault)
    share = share if cell.fault == "hang" else 1
    waited = without_waiting(monkeypatch, answer_within_s=within_s and within_s * share)
    monkeypatch.setattr(socket, "getaddrinfo", _looked_up)
    urls = {NOBODY: nobody_there(), UNKNOWN: f"http://{NAME}:8000"}
    with bench(cell.service, show, monkeypatch, urls.get(cell.fault, "")) as ready:
        waited.waits_s.clear()
        yield ready, waited


_getaddrinfo = socket.getaddrinfo


def _looked_up(host: Any, *arguments: Any, **named: Any) -> Any:
    """Look a name up as ever, but for one that nobody knows: the net is not asked."""
    if host in {NAME, NAME.encode()}:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return _getaddrinfo(host, *arguments, **named)


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_a_fault_that_lasts_ends_as_documented(cell: Cell, show: Podcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its exit code and a message that tells what to do; what was paid before is kept, and counted."""
    with facing(cell, show, monkeypatch, 1 if SERVICES[cell.service].first else 0.25) as (ready, waited):
        first = 0 if cell.fault in UNREACHED else ready.service.first
        ready.gate.plan = [THROUGH] * first
        ready.gate.afterwards = "" if cell.fault in UNREACHED else cell.fault
        ran = ready.run()
        asked = len(ready.gate.asked)
    assert ran.exit_code == cell.exit_code, ran
    assert cell.is_asked_again == bool(waited.waits_s or cell.fault in TAKES), (asked, waited.waits_s)
    if cell.exit_code != 1:  # findings have rules for that
        assert_clear(ran, cell, ready)
    assert kept(show, ready.service) >= first
    if ready.service.kept and cell.exit_code == 3:
        assert kept(show, ready.service) == first
        assert_counted(paid(show), asked, first, cell)


def assert_clear(ran: Ran, cell: Cell, ready: Bench) -> None:
    """See that people are told which service, what of, and what to do next; and nothing that is not for them."""
    text = ran.stderr
    if cell.exit_code == 0 and cell.service == "model":
        return  # the note stands in the script
    assert re.search(ready.service.names, text), text
    assert re.search(NAME if cell.fault == UNKNOWN else r"127\.0\.0\.1|s3://show|Voice kokoro", text), text
    assert NEXT_STEP.search(text), text
    assert not RAW.search(text), text
    assert MARKED not in text
    assert all(line.isprintable() for line in text.splitlines()), text
    assert len(text.splitlines()) == 1 or cell.exit_code == 0, text


def assert_counted(outcomes: list[str], asked: int, first: int, cell: Cell) -> None:
    """See that the log has what came, and what may have been paid although it did not come."""
    due = {"done", "stop"}
    bad = Counter("came" if outcome in due else "broke off" for outcome in outcomes)
    may_cost = 0 if REFUSALS.match(cell.fault) or cell.fault in UNREACHED else asked - first
    takes = 2 if cell.fault in TAKES else 0
    assert bad == Counter({"came": first + takes, "broke off": may_cost - takes}) + Counter(), outcomes


PASSING = ("429 for 7 s", "hang", "reset", "cut", "silence", "noise")


@pytest.mark.parametrize(
    "cell",
    [each for each in CELLS if each.is_asked_again and each.fault in PASSING and each.service not in {"git", "S3"}],
    ids=str,
)
def test_a_fault_that_passes_is_not_noticed(cell: Cell, show: Podcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """One request more, and all is as ever; of `check --url` what the poor feed lacks."""
    with facing(cell, show, monkeypatch) as (ready, waited):
        ready.gate.plan = [THROUGH] * ready.service.first + [cell.fault]
        ran = ready.run()
        assert ran.exit_code == (1 if cell.service == "feed" else 0), ran
        assert len(waited.waits_s) == (0 if cell.fault in TAKES else 1)
        assert not ready.gate.plan
    assert MARKED not in ran.stdout + ran.stderr


@pytest.mark.parametrize("service", ["voice", "model", "newsletter"])
def test_the_next_run_pays_only_for_what_is_missing(
    service: str, show: Podcast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked, paid and kept are the same number in both runs together, but for the request that was refused."""
    with facing(Cell(service, "401", is_asked_again=False, exit_code=3), show, monkeypatch) as (ready, _):
        ready.gate.plan = [THROUGH, "401"]
        assert ready.run().exit_code == 3
        assert (len(ready.gate.asked), len(paid(show)), kept(show, ready.service)) == (2, 1, 1)
        ran = ready.run()
        assert ran.exit_code == 0, ran.stderr
        answered = len(ready.gate.asked) - 1
    assert len(paid(show)) == kept(show, ready.service) == answered > 2
