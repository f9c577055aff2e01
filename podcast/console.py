"""What people and programs see: results on stdout, everything for people on stderr, errors as one clear sentence."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import sys
import traceback
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

import typer

from podcast.errors import OutsideError, PodcastError, from_os_error, from_want
from podcast.masking import masked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podcast.types import Event

_OBEYED = re.compile("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069]")

INTERRUPTED = 130
UNEXPECTED = 3

_INTERRUPTED = "Interrupted. Run the same command again: finished work is kept."


class Reporter:
    """Shows events: a bar on a terminal, plain lines elsewhere, nothing when quiet."""

    def __init__(self, *, quiet: bool) -> None:
        self.work = contextlib.ExitStack()
        """What is held until the command's work is over."""
        self._quiet = quiet
        self._said: list[str] = []
        self._bar: Any = None
        self._task: Any = None

    def __call__(self, event: Event) -> None:
        """Show one event."""
        if event.kind != "progress":
            self.note(event.text)
        elif sys.stderr.isatty() and not self._quiet:
            self._advance(event)

    def note(self, text: str) -> None:
        """Tell a person something."""
        if not self._quiet:
            tell(text)
            self._said.append(text)

    def _advance(self, event: Event) -> None:
        if self._bar is None:
            self._bar = _progress_bar()
            self._task = self._bar.add_task(event.text, total=event.total)
            self._bar.start()
        self._bar.update(self._task, description=event.text, completed=event.done, total=event.total)
        if event.done == event.total:
            self.close()

    def has_said(self, text: str) -> bool:
        """Whether a person has read this already, at the end of something else."""
        return any(said.endswith(text) for said in self._said)

    def close(self) -> None:
        """Leave the terminal as it was."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def _progress_bar() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


def printable(text: str) -> str:
    """Text from outside without what a terminal would obey: control characters, and marks that turn writing round."""
    return _OBEYED.sub("�", text)


def tell(text: str) -> None:
    """Tell a person something, without the passwords and keys that may have got into it on the way.

    Work does not stop because nobody can read how it goes.
    """
    try:
        print(printable(masked(text)), file=sys.stderr, flush=True)
    except OSError:
        _lead_nowhere(sys.stderr)


def answer(text: str) -> None:
    """Give the result of a command; OutsideError if it does not arrive."""
    _print(printable(text))


def _print(text: str) -> None:
    try:
        print(text, flush=True)
    except BrokenPipeError as error:
        _lead_nowhere(sys.stdout)
        raise OutsideError("The output was not read to its end; what it is about is done.") from error
    except OSError as error:
        _lead_nowhere(sys.stdout)
        raise from_os_error(OSError(error.errno, error.strerror, "stdout")) from error


@contextlib.contextmanager
def saying_that_output_is_lost() -> Iterator[None]:
    """Say in a sentence that a help text, which others print, cannot be written."""
    try:
        yield
    except OSError as error:
        _lead_nowhere(sys.stdout)
        tell(str(from_os_error(OSError(error.errno, error.strerror, "stdout"))))
        sys.exit(UNEXPECTED)


def _lead_nowhere(stream: TextIO) -> None:
    """Keep what could not be written from being tried again when the process ends."""
    with contextlib.suppress(OSError):  # no file can be opened: then it is tried again
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def have_streams() -> None:
    """Lead standard streams nowhere that this process was started without: files would get their numbers."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123 - for as long as it runs


def answer_json(value: object) -> None:
    """Give the result of a command to a program: plain ASCII, so that no terminal can be told anything."""
    _print(json.dumps(value, indent=2, default=str))


@contextlib.contextmanager
def reporting(*, quiet: bool = False, debug: bool = False, interrupted: str = _INTERRUPTED) -> Iterator[Reporter]:
    """Turn errors into one clear sentence and the documented exit code; `--debug` adds the traceback."""
    reporter = Reporter(quiet=quiet)
    if debug:
        _show_log()
    try:
        with reporter.work:
            yield reporter
    except PodcastError as error:
        _fail(reporter, error, str(error), error.exit_code, debug=debug)
    except OSError as error:
        outside = from_os_error(error)
        _fail(reporter, error, str(outside), outside.exit_code, debug=debug)
    except KeyboardInterrupt as error:
        _fail(reporter, error, interrupted, INTERRUPTED, debug=debug)
    except Exception as error:  # noqa: BLE001 - the last resort: never a traceback, unless asked for
        unforeseen = (
            f"Something unforeseen happened ({type(error).__name__}: {error}). Run it with --debug to see where."
        )
        text = str(from_want(error) or unforeseen)
        _fail(reporter, error, text, UNEXPECTED, debug=debug)
    finally:
        reporter.close()


class _Masking(logging.Formatter):
    """Writes what is logged without passwords and keys."""

    def format(self, record: logging.LogRecord) -> str:
        return printable(masked(super().format(record)))


def _show_log() -> None:
    """Log to stderr: everything of our own, of others only what they do, for below that they write what they send."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Masking("%(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("podcast").setLevel(logging.DEBUG)


def _fail(reporter: Reporter, error: BaseException, text: str, code: int, *, debug: bool) -> NoReturn:
    reporter.close()
    if debug:
        tell("".join(traceback.format_exception(error)).rstrip())
    if not reporter.has_said(text):
        tell(text)
    raise typer.Exit(code)


def answer_either(document: object, text: str, *, as_json: bool) -> None:
    """Give the result of a command in the form that was asked for."""
    if as_json:
        answer_json(document)
    else:
        answer(text)
