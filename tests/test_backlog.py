"""Several episodes by one command: in order, none stopped by another's failure, the feed written once."""

from __future__ import annotations

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NoReturn

import pytest
from conftest import make_show
from test_executor import Elsewhere

from podcast import files
from podcast.errors import GoneError, InputError, OutsideError
from podcast.outside.executor import HERE, threads
from podcast.pipeline import arriving
from podcast.pipeline.backlog import Steps, work_through
from podcast.pipeline.script import WriteOptions, write_script
from podcast.show import load_show
from podcast.spending import Ledger
from podcast.types import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Podcast

    from podcast.outside.executor import Executor
    from podcast.pipeline import Observe
    from podcast.pipeline.backlog import Worked

NUMBERS = range(7)
DATES = ("2024-06-08", "2024-06-15", "2024-06-22")


@pytest.fixture(params=["here", "elsewhere"])
def executor(request: pytest.FixtureRequest) -> Iterator[Executor]:
    """Return processors of this process, then such of others."""
    with ThreadPoolExecutor(4) as pool, threads(2) as here:
        yield here if request.param == "here" else Elsewhere(pool)


def _work(executor: Executor, finish: Callable[[int], int]) -> Worked[int, int]:
    return work_through(NUMBERS, Steps(lambda item, _: item, lambda item, _: finish(item)), executor, lambda _: None)


def test_results_and_failures_are_in_the_order_of_what_was_asked_for(executor: Executor) -> None:
    """Whoever finishes first; and a failure stops none of the others."""

    def finish(item: int) -> int:
        threading.Event().wait(0.01 * (3 - item % 3))
        if item in {2, 5}:
            raise InputError(f"{item} fails")
        return item

    worked = _work(executor, finish)
    assert worked.results == (0, 1, 3, 4, 6)
    assert [(item, str(error)) for item, error in worked.failures] == [(2, "2 fails"), (5, "5 fails")]
    assert worked.gone is None


def test_what_cannot_be_begun_is_a_failure_like_any_other(executor: Executor) -> None:
    """Its thread is free for the next."""

    def begin(item: int, _: Observe) -> int:
        if item % 2:
            raise OutsideError(f"{item} is odd")
        return item

    worked = work_through(NUMBERS, Steps(begin, lambda item, _: item), executor, lambda _: None)
    assert (worked.results, [item for item, _ in worked.failures]) == ((0, 2, 4, 6), [1, 3, 5])


def test_once_all_hangs_on_what_is_gone_nothing_more_is_begun(executor: Executor) -> None:
    """What was finished before is there; what failed of it is told once."""
    begun: list[int] = []

    def finish(item: int) -> int:
        begun.append(item)
        if item == 1:
            raise GoneError("The cluster is gone.")
        return item

    worked = _work(executor, finish)
    assert str(worked.gone) == "The cluster is gone."
    assert 0 in worked.results
    assert not worked.failures
    assert len(begun) <= 5  # those that were under way already


def test_episodes_are_begun_one_at_a_time_and_three_are_finished_at_once() -> None:
    """So many hold their sound in memory, and of two that quarrel it is always the first that wins."""
    beginning, finishing, most = [], threading.Semaphore(3), threading.Barrier(3)

    def begin(item: int, _: Observe) -> int:
        beginning.append(item)
        return item

    def finish(item: int, _: Observe) -> int:
        assert finishing.acquire(blocking=False)
        if item < 3:
            most.wait(10)
        finishing.release()
        return item

    with ThreadPoolExecutor(4) as pool:
        worked = work_through(NUMBERS, Steps(begin, finish), Elsewhere(pool), lambda _: None)
    assert worked.results == tuple(NUMBERS)
    assert beginning == list(NUMBERS)


def test_progress_of_several_is_one_and_what_else_they_tell_has_their_name() -> None:
    """A person sees how far all of it is."""
    told: list[Event] = []

    def finish(item: int, observe: Observe) -> int:
        observe(Event("note", "a word"))
        observe(Event("progress", "Speaking and mixing", item + 1, 10))
        return item

    with ThreadPoolExecutor(4) as pool:
        work_through(NUMBERS, Steps(lambda item, _: item, finish), Elsewhere(pool), told.append)
    assert sorted(event.text for event in told if event.kind == "note") == [f"{item}: a word" for item in NUMBERS]
    last = [event for event in told if event.kind == "progress"][-1]
    assert (last.text, last.done, last.total) == ("Speaking and mixing 7 episodes", 28, 70)


def test_an_interruption_ends_those_that_are_under_way() -> None:
    """The next time that they tell something; and nobody waits for a cluster any more."""
    given_up, ended, under_way = threading.Event(), threading.Event(), threading.Event()

    class Watched(Elsewhere):
        def give_up(self) -> None:
            given_up.set()

    def begin(item: int, _: Observe) -> int:
        if item:
            assert under_way.wait(10)
            raise KeyboardInterrupt
        return item

    def finish(_: int, observe: Observe) -> NoReturn:
        under_way.set()
        assert given_up.wait(10)
        try:
            observe(Event("step", "Speaking"))
        except KeyboardInterrupt:
            ended.set()
            raise
        raise AssertionError

    with ThreadPoolExecutor(4) as pool, pytest.raises(KeyboardInterrupt):
        work_through(NUMBERS, Steps(begin, finish), Watched(pool), lambda _: None)
    assert ended.is_set()


# ── by command ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of newsletters, and of other things that lie in such folders."""
    newsletters = tmp_path / "newsletters"
    (newsletters / "older").mkdir(parents=True)
    for date in reversed(DATES):
        text = f"# Papers of {date}\n\n## Highlights\n\n### Bees of {date}\n\nThe bees of {date} sort lists.\n"
        (newsletters / f"{date}.md").write_text(text)
    (newsletters / ".draft.md").write_text("# Not yet")
    (newsletters / "cover.png").write_bytes(b"\x89PNG")
    return newsletters


def test_a_folder_stands_for_its_newsletters_in_order(podcast: Podcast, folder: Path) -> None:
    """Not for what is hidden, deeper, or no text."""
    found = arriving.arrivals(load_show(podcast.folder), [str(folder)])
    assert [arrival.label for arrival in found] == [str(folder / f"{date}.md") for date in DATES]


@pytest.mark.parametrize("what", ["empty", "script"])
def test_a_folder_without_newsletters_or_of_a_script_is_refused(podcast: Podcast, tmp_path: Path, what: str) -> None:
    """With what to give instead."""
    path = tmp_path / "empty" if what == "empty" else podcast.script().parent
    path.mkdir(parents=True)
    if what == "script":
        (path / "script.md").touch()
    ran = podcast("make", path)
    assert ran.exit_code == 2
    assert (
        "a folder without newsletters; they end in .md" if what == "empty" else "Give its slug, 2024-06-15"
    ) in ran.stderr


def test_a_backlog_is_made_and_the_feed_written_once_with_what_is_finished(
    podcast: Podcast, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that fails is named, and the others are in the feed; --all renders them again, to the same bytes."""
    written: list[Path] = []

    def noted(path: Path, data: bytes, **how: bool) -> None:
        written.append(path)
        write_bytes(path, data, **how)

    write_bytes = files.write_bytes
    monkeypatch.setattr(files, "write_bytes", noted)
    (folder / "2024-06-10.md").write_text("# No date, no papers\n")
    ran = podcast("make", folder)
    assert ran.exit_code == 1
    assert ran.stdout.split() == [str(podcast.episode(date) / "episode.mp3") for date in DATES]
    assert "2024-06-10.md" in ran.stderr
    assert "1 of 4 failed; the others are done." in ran.stderr
    assert [path.name for path in written].count("feed.xml") == 1
    page = (podcast.folder / "feed" / "feed.xml").read_text()
    assert all(date in page for date in DATES)

    sounds = [(podcast.episode(date) / "episode.mp3").read_bytes() for date in DATES]
    ran = podcast("render", "--all", "--quiet")
    assert ran.exit_code == 0, ran.stderr
    assert ran.stdout.split() == [str(podcast.episode(date) / "episode.mp3") for date in DATES]
    assert [(podcast.episode(date) / "episode.mp3").read_bytes() for date in DATES] == sounds


@pytest.mark.usefixtures("arxiv")
def test_summaries_and_scripts_are_written_elsewhere_as_here(tmp_path: Path) -> None:
    """Word for word: what is told of each paper, and what is noted of it."""
    written = {}
    with ThreadPoolExecutor(4) as pool:
        elsewhere = Elsewhere(pool)
        places: dict[str, Executor] = {"here": HERE, "elsewhere": elsewhere}
        for name, executor in places.items():
            show = load_show(make_show(tmp_path / name, music=False).folder)
            options, ledger = WriteOptions(executor=executor), Ledger()
            arrived = arriving.arrive(show, arriving.Arrival("week", is_week=True), options, lambda _: None, ledger)
            named = dataclasses.replace(options, slug=arrived.slug)
            script = write_script(show, arrived.source, named, lambda _: None, ledger)
            written[name] = (arrived.source.data, arrived.problems, script.script)
    assert written["here"] == written["elsewhere"]
    assert len(elsewhere.sent) > 2 + len(script.script.segments)
