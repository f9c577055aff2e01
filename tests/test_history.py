"""The history: what it remembers of papers and verdicts, and that nothing makes it forget."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from podcast.errors import BusyError, InputError, OutsideError
from podcast.papers.history import open_history
from podcast.papers.taste.database import Database, Schema, open_database
from podcast.papers.taste.records import Counts
from podcast.types import Pick, Preprint, Section, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podcast.papers.history import History

MONDAY, TUESDAY, FRIDAY = dt.date(2024, 6, 10), dt.date(2024, 6, 11), dt.date(2024, 6, 14)
NOON = dt.datetime(2024, 6, 10, 12, tzinfo=dt.UTC)
SORTING = Preprint(
    "2406.00001",
    "Sorting is Harder than it Looks",
    abstract="Sorting takes time; we measure “how much”.",
    authors=("Ada Lovelace", "Paul Erdős"),
    categories=("cs.DS", "cs.CC"),
    published=dt.datetime(2024, 6, 1, 17, 59, 59, tzinfo=dt.UTC),
    updated=dt.datetime(2024, 6, 3, 8, 0, 0, 250, tzinfo=dt.UTC),
    version=2,
    comment="12 pages",
)
BEES, OLD, NEW = (
    Preprint("2406.00002", "Bees"),
    Preprint("math/0309136", "Old"),
    Preprint("pdf:0123456789abcdef", "New"),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a show's history lies."""
    return tmp_path / "papers.db"


@pytest.fixture
def history(path: Path) -> Iterator[History]:
    """Return a history that has just begun."""
    with open_history(path) as opened:
        yield opened


def picks(*preprints: Preprint) -> list[Pick]:
    """Return papers as they are offered."""
    return [Pick(preprint, score=0.5) for preprint in preprints]


def kept(history: History) -> dict[str, bool]:
    """Say of each paper that was decided about whether it was kept."""
    return {verdict.id: verdict.kept for verdict in history.verdicts()}


# ── papers ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_paper_comes_back_as_it_was_seen(history: History) -> None:
    """With every author, time and sign; in the order asked, without those that nobody saw."""
    history.see([SORTING, BEES, OLD, NEW], MONDAY)
    assert history.preprints([NEW.id, "2406.09999", SORTING.id, OLD.id]) == (NEW, SORTING, OLD)


def test_what_was_seen_is_there_when_it_is_opened_again(path: Path) -> None:
    """That is what it is for."""
    with open_history(path) as history:
        history.see([SORTING], MONDAY)
    with open_history(path) as history:
        assert history.preprints([SORTING.id]) == (SORTING,)


def test_full_text_and_notes_are_not_kept(history: History) -> None:
    """They are read again from the paper itself, and would make the file huge."""
    history.see([Preprint("2406.00003", "Long", sections=(Section("Introduction", ("It is long.",)),))], MONDAY)
    assert history.preprints(["2406.00003"]) == (Preprint("2406.00003", "Long"),)


def test_a_newer_version_takes_the_place_of_an_older_one(history: History) -> None:
    """And not the other way round, whichever comes last; the day on which it was first seen stays."""
    newer = Preprint(SORTING.id, "Sorting is Easy", abstract="We were wrong.", version=3)
    history.see([SORTING], MONDAY)
    history.see([newer], TUESDAY)
    history.see([SORTING], FRIDAY)
    (record,) = history.records()
    assert (record.preprint.title, record.preprint.abstract, record.preprint.version) == (
        newer.title,
        "We were wrong.",
        3,
    )
    assert record.preprint.comment == ""
    assert record.first_seen == MONDAY


def test_what_one_source_does_not_tell_is_not_forgotten(history: History) -> None:
    """A list that a person wrote may give no more than title and id."""
    history.see([SORTING], MONDAY)
    history.see([Preprint(SORTING.id, SORTING.title, version=2)], TUESDAY)
    assert history.preprints([SORTING.id]) == (SORTING,)


def test_text_that_no_table_can_hold_is_kept_as_far_as_it_is_text(history: History) -> None:
    """Titles of broken PDFs have NULs and halves of characters."""
    history.see([Preprint(NEW.id, "A\0B\ud835C")], MONDAY)
    assert history.preprints([NEW.id])[0].title == "A�B?C"


def test_a_time_without_a_zone_is_refused(history: History) -> None:
    """It could be any of a day's."""
    with pytest.raises(ValueError, match="time zone"):
        history.searched(dt.datetime(2024, 6, 10, 12))  # noqa: DTZ001
    assert history.last_search() is None


def test_the_last_search_is_the_latest(history: History) -> None:
    """Also where one of the same second has no fraction, and one of another zone is told last."""
    later = NOON + dt.timedelta(microseconds=500_000)
    for time_of_search in (later, NOON, NOON.astimezone(dt.timezone(dt.timedelta(hours=9)))):
        history.searched(time_of_search)
    assert history.last_search() == later


# ── offers and verdicts ─────────────────────────────────────────────────────────────────────────────────


def test_of_what_was_offered_some_is_kept_and_the_rest_skipped(history: History) -> None:
    """With title, abstract and categories, from which a ranking learns, and the day on which it was offered."""
    history.offer("week-1", picks(SORTING, BEES), MONDAY)
    assert history.verdicts() == ()
    history.decide("week-1", [SORTING.id], FRIDAY)
    assert history.verdicts() == (
        Verdict(SORTING.id, SORTING.title, True, MONDAY, SORTING.abstract, SORTING.categories),  # noqa: FBT003
        Verdict(BEES.id, BEES.title, kept=False, date=MONDAY),
    )


def test_ticks_may_change(history: History) -> None:
    """Then so do the verdicts."""
    history.offer("week-1", picks(SORTING, BEES), MONDAY)
    history.decide("week-1", [SORTING.id], TUESDAY)
    history.decide("week-1", [BEES.id], FRIDAY)
    assert kept(history) == {SORTING.id: False, BEES.id: True}


def test_a_verdict_that_is_told_again_keeps_its_day(history: History) -> None:
    """Making last month's episode again is no new word on its papers."""
    history.offer("week-1", picks(BEES), MONDAY)
    history.decide("week-1", [BEES.id], MONDAY)
    history.offer("week-2", picks(BEES), TUESDAY)
    history.decide("week-2", [], TUESDAY)
    history.decide("week-1", [BEES.id], FRIDAY)
    assert kept(history) == {BEES.id: False}


def test_a_new_offer_takes_the_place_of_one_that_was_not_decided(history: History) -> None:
    """What no longer stands in the list was neither kept nor skipped."""
    history.offer("week-1", picks(SORTING, BEES), MONDAY)
    history.offer("week-1", picks(BEES, OLD), TUESDAY)
    history.decide("week-1", [OLD.id], FRIDAY)
    assert kept(history) == {BEES.id: False, OLD.id: True}


def test_what_was_decided_outlives_a_new_offer(history: History) -> None:
    """Ticks of the new list say nothing of what stood in the old one only."""
    history.offer("week-1", picks(SORTING, BEES), MONDAY)
    history.decide("week-1", [SORTING.id], MONDAY)
    history.offer("week-1", picks(OLD, BEES), TUESDAY)
    history.decide("week-1", [BEES.id], FRIDAY)
    assert kept(history) == {SORTING.id: True, BEES.id: True, OLD.id: False}


def test_what_is_offered_again_can_be_decided_again(history: History) -> None:
    """Also where it was left out of the list for a while, and came back by itself or by hand."""
    for preprint, ids in ((BEES, [BEES.id]), (OLD, [OLD.id]), (BEES, [])):
        history.offer("week-1", picks(preprint), MONDAY)
        history.decide("week-1", ids, FRIDAY)
    assert kept(history) == {BEES.id: False, OLD.id: True}
    history.decide("week-1", [OLD.id, BEES.id], FRIDAY)
    history.decide("week-1", [BEES.id], FRIDAY)
    assert kept(history) == {BEES.id: True, OLD.id: False}


def test_what_the_author_adds_to_the_list_is_kept(history: History) -> None:
    """Though nobody offered it; taken out again, it is skipped."""
    history.see([NEW], MONDAY)
    history.offer("week-1", picks(BEES), MONDAY)
    history.decide("week-1", [NEW.id], TUESDAY)
    assert history.verdicts()[1] == Verdict(NEW.id, NEW.title, kept=True, date=TUESDAY)
    history.decide("week-1", [BEES.id], FRIDAY)
    assert kept(history) == {BEES.id: True, NEW.id: False}


def test_what_was_never_seen_cannot_be_kept(history: History) -> None:
    """The caller looks it up first; nothing is decided by half."""
    history.offer("week-1", picks(BEES), MONDAY)
    with pytest.raises(ValueError, match=r"2406\.09999"):
        history.decide("week-1", [BEES.id, "2406.09999"], MONDAY)
    assert history.verdicts() == ()


def test_the_last_word_on_a_paper_counts(history: History) -> None:
    """By the day on which it was said, not by the week that it was said of."""
    for slug in ("week-1", "week-2"):
        history.offer(slug, picks(BEES), MONDAY)
    history.decide("week-2", [BEES.id], TUESDAY)
    history.decide("week-1", [], FRIDAY)
    assert kept(history) == {BEES.id: False}


def test_of_one_day_kept_counts(history: History) -> None:
    """Who keeps a paper anywhere likes it."""
    for slug in ("week-1", "week-2", "week-3"):
        history.offer(slug, picks(BEES), MONDAY)
        history.decide(slug, [BEES.id] if slug == "week-2" else [], TUESDAY)
    assert kept(history) == {BEES.id: True}


def test_verdicts_come_by_date(history: History) -> None:
    """Then by id, whatever the order in which they were told."""
    for slug, preprint, day in (("c", OLD, FRIDAY), ("b", BEES, MONDAY), ("a", SORTING, MONDAY)):
        history.offer(slug, picks(preprint), day)
        history.decide(slug, [], FRIDAY)
    assert [verdict.id for verdict in history.verdicts()] == [SORTING.id, BEES.id, OLD.id]


def test_a_paper_is_known_to_have_been_offered_in_another_week(history: History) -> None:
    """Decided or not; its own week does not count, so that this can be made again."""
    history.see([OLD], MONDAY)
    history.offer("week-1", picks(SORTING, BEES), MONDAY)
    history.offer("week-2", picks(BEES, NEW), FRIDAY)
    assert history.offered_elsewhere("week-2") == {SORTING.id, BEES.id}
    assert history.offered_elsewhere("week-3") == {SORTING.id, BEES.id, NEW.id}


def test_papers_are_counted_once(history: History) -> None:
    """However often they were offered."""
    assert history.counts() == Counts()
    history.see([SORTING, BEES, OLD, NEW], MONDAY)
    history.offer("week-1", picks(SORTING, BEES, OLD), MONDAY)
    history.decide("week-1", [SORTING.id], MONDAY)
    history.offer("week-2", picks(BEES), FRIDAY)
    assert history.counts() == Counts(seen=4, offered=3, kept=1, skipped=2)


def test_the_same_weeks_give_the_same_file(tmp_path: Path) -> None:
    """To the byte: nothing in it comes from the clock or from the machine."""
    for name in ("a", "b"):
        with open_history(tmp_path / name) as history:
            history.see([OLD, SORTING], MONDAY)
            history.offer("week-1", picks(BEES, SORTING), MONDAY)
            history.decide("week-1", {SORTING.id, OLD.id, BEES.id}, FRIDAY)
            history.searched(NOON)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_ten_thousand_verdicts_are_read_without_asking_for_each(path: Path) -> None:
    """As many statements as for one."""
    with open_history(path) as history:
        many = [Preprint(f"2406.{number:05}", "Title") for number in range(10_000)]
        history.offer("week-1", picks(*many), MONDAY)
        history.decide("week-1", [preprint.id for preprint in many[::3]], MONDAY)
        asked: list[str] = []
        history._database._connection.set_trace_callback(asked.append)
        assert sum(verdict.kept for verdict in history.verdicts()) == 3334
    assert len(asked) < 5


# ── kills ───────────────────────────────────────────────────────────────────────────────────────────────

RUN = """
import datetime as dt, sys, time
from pathlib import Path
from podcast.papers.history import open_history
from podcast.types import Pick, Preprint

path, monday = Path(sys.argv[1]), dt.date(2024, 6, 10)

def preprints(count, version, stop_at=None):
    for number in range(count):
        if number == stop_at:
            print("inside", flush=True)
            time.sleep(60)
        yield Preprint(f"2406.{number:05}", f"Title {version}", abstract="many words " * 200, version=version)
"""


def started(path: Path, rest: str) -> subprocess.Popen[str]:
    """Start another run on the same history."""
    program = RUN + textwrap.dedent(rest)
    return subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True)


def kill(run: subprocess.Popen[str]) -> None:
    """End a run as a power cut would."""
    run.send_signal(signal.SIGKILL)
    run.communicate()
    assert run.returncode == -signal.SIGKILL


def line(run: subprocess.Popen[str]) -> str:
    """Wait for what a run says."""
    assert run.stdout
    return run.stdout.readline().strip()


def test_a_run_killed_in_the_middle_of_writing_leaves_what_was_there(path: Path) -> None:
    """Even where so much was written that half of it was on disk."""
    with open_history(path) as history:
        history.see((Preprint(f"2406.{number:05}", "Title 1", abstract="before") for number in range(100)), MONDAY)
    before = path.stat().st_size
    run = started(path, "with open_history(path) as history: history.see(preprints(4000, 2, stop_at=3900), monday)")
    assert line(run) == "inside"
    assert path.stat().st_size > before, "nothing of it was written yet, so this tests nothing"
    kill(run)
    assert path.with_name("papers.db-journal").exists()
    with open_history(path) as history:
        assert history.counts().seen == 100
        assert {record.preprint.abstract for record in history.records()} == {"before"}


def test_runs_killed_at_any_moment_leave_all_or_nothing(path: Path) -> None:
    """Each transaction gives all papers one title, so two titles would be half of one."""
    endless = """
        with open_history(path) as history:
            version = max((record.preprint.version for record in history.records()), default=0)
            while True:
                version += 1
                history.see(preprints(40, version), monday)
                print("told", flush=True)
        """
    versions = [0]
    for delay_ms in (5, 20, 35, 50, 65, 80):
        run = started(path, endless)
        assert line(run) == "told"
        time.sleep(delay_ms / 1000)
        kill(run)
        with open_history(path) as history:
            found = {(record.preprint.version, record.preprint.title) for record in history.records()}
            assert history.counts().seen == 40
        ((version, title),) = found
        assert title == f"Title {version}"
        versions.append(version)
    assert versions == sorted(set(versions))


def test_a_run_killed_while_it_begins_the_file_leaves_one_to_go_on_with(path: Path) -> None:
    """Its tables are made whole or not at all."""
    for delay_ms in (0, 1, 2, 4):
        run = started(path, "print('begun', flush=True)\nwith open_history(path) as history: pass\ntime.sleep(60)")
        assert line(run) == "begun"
        time.sleep(delay_ms / 1000)
        kill(run)
        with open_history(path) as history:
            assert history.counts() == Counts()
        path.unlink()


# ── several runs at once ────────────────────────────────────────────────────────────────────────────────


def test_a_run_waits_for_another_to_finish_writing(path: Path) -> None:
    """And then both are remembered."""
    order: list[str] = []

    def told() -> Iterator[Preprint]:
        yield BEES
        waiting.wait(5)
        time.sleep(0.2)
        order.append("first")

    def second() -> None:
        with open_history(path) as other:
            waiting.set()
            other.see([OLD], TUESDAY)
            order.append("second")

    waiting = threading.Event()
    with open_history(path) as history:
        thread = threading.Thread(target=second)
        with history._database.writing():
            thread.start()
            for preprint in told():
                history._see(preprint, MONDAY)
        thread.join()
        assert order == ["first", "second"]
        assert history.preprints([BEES.id, OLD.id]) == (BEES, OLD)


def test_a_run_that_waited_too_long_says_so(path: Path) -> None:
    """In words, and nothing of its own is written."""
    with open_history(path) as first, open_history(path, wait_s=0.05) as second, first._database.writing():
        with pytest.raises(BusyError, match=r"Another run is at work on papers\.db: wait for it"):
            second.see([BEES], MONDAY)
        assert second.counts() == Counts()


def test_runs_that_begin_the_same_file_at_once_make_one(path: Path) -> None:
    """Each paper of each of them is in it."""
    words = "with open_history(path) as history: history.see([Preprint('2406.0000%d', 'Title')], monday)"
    runs = [started(path, words % number) for number in range(3)]
    assert [run.wait() for run in runs] == [0, 0, 0]
    for run in runs:
        run.communicate()
    with open_history(path) as history:
        assert history.counts().seen == 3


@pytest.mark.parametrize("looks", [1, 2, 3])
def test_a_file_that_another_run_begins_meanwhile_is_ours(
    path: Path, monkeypatch: pytest.MonkeyPatch, looks: int
) -> None:
    """However much of it had been looked at by then."""
    rows, looked = Database.rows, []

    def rows_then_another_run(database: Database, statement: str, values: Sequence[object] = ()) -> list[Any]:
        found = rows(database, statement, values)
        looked.append(statement)
        if len(looked) == looks:
            with open_history(path) as other:
                other.see([BEES], MONDAY)
        return found

    monkeypatch.setattr(Database, "rows", rows_then_another_run)
    with open_history(path) as history:
        assert history.counts().seen == 1


# ── files that are none of ours ─────────────────────────────────────────────────────────────────────────


def refused(path: Path, match: str) -> str:
    """Open a file that must be refused in words that name it, and be left as it is."""
    before = path.read_bytes()
    with pytest.raises(InputError, match=match) as raised, open_history(path):
        pass
    assert path.read_bytes() == before
    assert str(path) in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize("data", [b"\n", b"hello", b"id,title\n2406.00001,Sorting\n" * 99, b"\0" * 5000], ids=len)
def test_a_file_that_is_no_database_is_refused(path: Path, data: bytes) -> None:
    """And never written over, be it a single byte."""
    path.write_bytes(data)
    assert "put a backup in its place" in refused(path, "this is no database, or a damaged one")


def test_an_empty_file_is_a_history_that_has_not_begun(path: Path) -> None:
    """A kill can leave one."""
    path.touch()
    with open_history(path) as history:
        history.see([BEES], MONDAY)
        assert history.counts().seen == 1


def filled(path: Path) -> bytes:
    """Make a history of several pages."""
    with open_history(path) as history:
        history.offer("week-1", picks(*(Preprint(f"2406.{n:05}", "Title", "word " * 99) for n in range(200))), MONDAY)
        history.decide("week-1", [], MONDAY)
    return path.read_bytes()


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_file_that_was_cut_off_is_refused(path: Path, share: float) -> None:
    """As a copy to a full disk leaves it."""
    data = filled(path)
    path.write_bytes(data[: int(share * len(data))])
    refused(path, "damaged")


@pytest.mark.parametrize("page", [1, 2, 5, 20])
def test_a_file_with_a_broken_page_is_refused(path: Path, page: int) -> None:
    """Before anything is written to it."""
    data = filled(path)
    start = 4096 * page - (0 if page > 1 else 3996)
    path.write_bytes(data[:start] + b"\xaa" * 2000 + data[start + 2000 :])
    refused(path, "damaged")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE papers SET categories = '[\"cs.'",
        "UPDATE papers SET title = CAST(x'ff80' AS TEXT)",
        "UPDATE offers SET date = 'yesterday'",
        "DROP TABLE offers",
    ],
)
def test_values_that_nobody_wrote_are_damage(path: Path, statement: str) -> None:
    """Not a traceback."""
    filled(path)
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)
    with pytest.raises(InputError, match="damaged"), open_history(path) as history:
        history.verdicts()


def test_a_history_of_a_newer_version_is_refused(path: Path) -> None:
    """It may hold what this one would lose."""
    filled(path)
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA user_version = 9")
    assert "Update podcast" in refused(path, r"a newer version of podcast \(format 9; this one knows 1\)")


def test_a_database_of_another_program_is_refused(path: Path) -> None:
    """Nothing is put into it."""
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE songs (title)")
    refused(path, "a database of another program")


# ── formats ─────────────────────────────────────────────────────────────────────────────────────────────

FIRST = ("CREATE TABLE words (word TEXT)", "INSERT INTO words VALUES ('old')")
SECOND = ("ALTER TABLE words ADD COLUMN length INTEGER", "UPDATE words SET length = 3")
BROKEN = ("UPDATE words SET word = 'half'", "UPDATE nothing SET word = 'whole'")


def words(path: Path, *migrations: tuple[str, ...]) -> list[tuple[object, ...]]:
    """Open a file in the format that these lead to, and read it."""
    with open_database(path, Schema(7, migrations)) as database:
        rows: list[tuple[object, ...]] = database.rows("SELECT * FROM words")
        return rows


def copies(path: Path) -> list[Path]:
    """Return the copies beside a file."""
    return sorted(path.parent.glob(f"{path.name}.v*"))


def test_a_file_is_brought_to_the_newest_format_with_a_copy_kept(path: Path) -> None:
    """The copy can be opened by the program that wrote it."""
    assert words(path, FIRST) == [("old",)]
    assert words(path, FIRST, SECOND) == [("old", 3)]
    (copy,) = copies(path)
    assert words(copy, FIRST) == [("old",)]
    assert words(path, FIRST, SECOND) == [("old", 3)]
    assert copies(path) == [copy]


def test_a_step_that_fails_leaves_the_format_before_it(path: Path) -> None:
    """Steps before it stay; tried again and again, it leaves no more copies."""
    words(path, FIRST)
    for _ in range(3):
        with pytest.raises(InputError):
            words(path, FIRST, SECOND, BROKEN)
    assert words(path, FIRST, SECOND) == [("old", 3)]
    assert len(copies(path)) == 2
    assert sorted(child.name for child in path.parent.iterdir()) == [path.name, *(copy.name for copy in copies(path))]


def test_a_step_that_another_run_just_took_is_not_taken_again(path: Path) -> None:
    """Two runs of a new version may begin at once."""
    found: list[object] = []
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        late = threading.Thread(target=lambda: found.extend(words(path, FIRST)))
        late.start()
        time.sleep(0.2)
        for statement in (*FIRST, "PRAGMA application_id = 7", "PRAGMA user_version = 1", "COMMIT"):
            other.execute(statement)
        late.join()
    assert found == [("old",)]


def test_a_new_file_needs_no_copy(path: Path) -> None:
    """There is nothing to lose."""
    words(path, FIRST)
    assert copies(path) == []


# ── the machine ─────────────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def as_a_user_who_may_not_write() -> Iterator[Path]:
    """Give a folder with a history in it, of which neither may be written."""
    folder = Path(tempfile.mkdtemp())
    try:
        filled(folder / "papers.db")
        (folder / "papers.db").chmod(0o444)
        folder.chmod(0o555)
        if os.geteuid() == 0:
            os.seteuid(65534)
            try:
                yield folder
            finally:
                os.seteuid(0)
        else:
            yield folder
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


def test_in_a_read_only_folder_a_history_can_be_read_only() -> None:
    """What would write says whose permission it lacks."""
    with as_a_user_who_may_not_write() as folder:
        with open_history(folder / "papers.db") as history:
            assert len(history.verdicts()) == 200
            with pytest.raises(OutsideError, match=r"papers\.db: Permission denied: make it accessible to you"):
                history.see([BEES], MONDAY)
        with pytest.raises(OutsideError, match=r"other\.db: Permission denied"), open_history(folder / "other.db"):
            pass


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """So is one that stands where the file should be."""
    with (
        pytest.raises(OutsideError, match=r"none/papers\.db: It is not there"),
        open_history(tmp_path / "none/papers.db"),
    ):
        pass
    with pytest.raises(OutsideError, match="Is a directory"), open_history(tmp_path):
        pass


def test_on_a_full_disk_nothing_is_lost(path: Path) -> None:
    """Neither what was there nor, by half, what did not fit."""
    filled(path)
    with open_history(path) as history:
        history._database.rows("PRAGMA max_page_count = 60")
        with pytest.raises(OutsideError, match=r"papers\.db: The disk is full: free some space"):
            history.see((Preprint(f"2407.{n:05}", "Title", "word " * 999) for n in range(500)), MONDAY)
        assert history.counts().seen == 200
    with open_history(path) as history:
        history.see([OLD], MONDAY)
        assert history.counts().seen == 201


def test_a_disk_that_fails_is_named(path: Path) -> None:
    """A limit on the size of files fails as a broken disk does."""
    filled(path)
    run = started(
        path,
        """
        import resource, signal
        from podcast.errors import OutsideError
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size, path.stat().st_size))
        try:
            with open_history(path) as history:
                history.see(preprints(4000, 2), monday)
        except OutsideError as error:
            print(error)
        """,
    )
    said, _ = run.communicate()
    assert said.startswith(f"{path}: the disk failed (disk I/O error)")
    with open_history(path) as history:
        assert history.counts().seen == 200
