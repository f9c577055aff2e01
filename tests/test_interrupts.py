"""Being told to end: whoever tells it, and however often, a run ends in order and begins nothing dear any more."""

from __future__ import annotations

import dataclasses
import io
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
import typer

from podcast import cli, console, files, interrupts
from podcast.outside.services import OWN_ADDRESS, Errand, Persistence
from podcast.pipeline.reviewing import ScriptDesk
from podcast.show import load_show

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Podcast

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave this process as it was."""
    monkeypatch.setattr(interrupts, "_told", False)
    before = {number: signal.getsignal(number) for number in (*SIGNALS, signal.SIGALRM)}
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup may have started the tests
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    for number, handler in before.items():
        signal.signal(number, handler)


def be_told(number: signal.Signals) -> None:
    """Get a signal, as a program does that can be interrupted."""
    interrupts.be_interruptible()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_all_of_them_interrupt_and_a_second_one_ends_at_once(number: signal.Signals) -> None:
    """By the system itself, whatever Python is doing; a terminal that closes tells it twice."""
    interrupts.go_on()
    be_told(number)
    assert [signal.getsignal(each) for each in SIGNALS] == [signal.SIG_DFL, signal.SIG_DFL, signal.SIG_IGN]
    with pytest.raises(KeyboardInterrupt):
        interrupts.go_on()


def test_what_was_to_be_ignored_stays_so() -> None:
    """As for a run that was started with nohup."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    interrupts.be_interruptible()
    signal.raise_signal(signal.SIGHUP)
    interrupts.go_on()


def test_a_run_that_takes_its_time_to_end_says_why(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sentence that is being paid for is waited for; whoever does not want that reads what to do."""
    monkeypatch.setattr(interrupts, "_PATIENCE_S", 0.01)
    be_told(signal.SIGINT)
    said = ""
    while not said:
        said = capfd.readouterr().err
    assert said == "Ending: what is under way is finished or put away first. Ctrl-C again ends at once.\n"


def test_a_run_that_ends_while_it_would_say_so_ends_as_it_said(tmp_path: Path) -> None:
    """Python itself may take its time to end, and takes no signals then: none kills it."""
    script = tmp_path / "late.py"
    script.write_text(
        "import os, signal, sys, time\n"
        "from podcast import interrupts\n"
        "class Late:\n"
        "    def __del__(self, sleep=time.sleep):\n"
        "        sleep(0.3)\n"
        "late = Late()\n"
        "interrupts._PATIENCE_S = 0.1\n"
        "interrupts.be_interruptible()\n"
        "try:\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "except KeyboardInterrupt:\n"
        "    sys.exit(130)\n"
    )
    assert subprocess.run([sys.executable, script], check=False).returncode == 130


def test_no_service_is_asked_any_more() -> None:
    """By no thread, for whatever reason it was about to ask: it may be paid."""
    be_told(signal.SIGTERM)
    errand = Errand("The writer", OWN_ADDRESS, "a model", "chat", "show.toml", "the rest", "what is finished is kept.")
    asked: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        Persistence().ask(lambda: asked.append("asked"), errand)
    assert asked == []


def test_where_nobody_hears_it_any_more_it_ends_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the code of an interruption: its terminal was closed."""

    class Gone(io.StringIO):
        def write(self, _: str) -> int:
            raise OSError

    monkeypatch.setattr(sys, "stderr", Gone())
    with pytest.raises(typer.Exit) as ended, console.reporting():
        raise KeyboardInterrupt
    assert ended.value.exit_code == 130


def test_a_correction_waits_while_the_script_is_written_anew(podcast: Podcast) -> None:
    """It is then about words that are no more, and says so instead of writing over the new ones."""
    path = podcast.script()
    path.parent.mkdir(parents=True)
    path.write_text("---\ntitle: T\ndate: 2024-06-15\n---\n\n## One\n\nSome words.\n\n## Two\n\nMore.\n")
    show = load_show(podcast.folder)
    desk = ScriptDesk(show, path, "2024-06-15")
    version, said = desk.version(), []

    def correct() -> None:
        try:
            desk.change(version, lambda script: dataclasses.replace(script, segments=script.segments[:1]))
        except Exception as error:  # noqa: BLE001 - what it says is what is asked
            said.append(str(error))

    with files.locked(show.script_lock("2024-06-15")):
        thread = threading.Thread(target=correct)
        thread.start()
        thread.join(0.2)
        assert thread.is_alive()
        path.write_text(path.read_text().replace("Some", "Other"))
    thread.join()
    assert said == ["script.md was changed on disk meanwhile. Nothing was overwritten."]
    assert "Other words." in path.read_text()


def test_before_a_command_begins_it_is_interrupted_like_any(monkeypatch: pytest.MonkeyPatch) -> None:
    """While its words are read, without a traceback."""

    def app() -> None:
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(cli, "app", app)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 130
