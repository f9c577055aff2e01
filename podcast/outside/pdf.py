"""A PDF's words and where they stand, read by another process that may crash, hang or lie without harm here.

Whatever goes wrong is a sentence in what is returned, never an exception: pages that were read before it are kept. But
where the machine has no files, memory or room left, that is an OutsideError: no PDF is to blame for it.
"""

from __future__ import annotations

import contextlib
import errno
import json
import math
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from podcast.errors import OutsideError, from_os_error, is_of_the_machine

if TYPE_CHECKING:
    from collections.abc import Sequence

BOLD, ITALIC, MONO, MATHS, UNSEEN, IN_FORM = 1, 2, 4, 8, 16, 32
"""What a word's `style` adds up: how it is printed, that no reader sees it, that it is of a drawing."""

MOST_PAGES = 200
_KEPT_VARIABLES = ("LD_LIBRARY_PATH", "PYTHONHOME", "SYSTEMROOT", "TMPDIR")
_MARK, _MARK_WITHIN_BYTES = b"%PDF-", 1024  # PDF 1.7, appendix H, note 13
_END, _END_WITHIN_BYTES = b"%%EOF", 2048
_LARGEST_PT = 1e6
_LONGEST_WORD = 1000
_HIGHEST_STYLE, _QUARTERS = 63, 4

NO_ROOM = 74
"""The child's status where what it says cannot be written (EX_IOERR of sysexits.h)."""

_SURELY_LESS = 0.9
_KILLED = (
    "The process that reads PDFs was ended from outside, as systems do that are short of memory. Close other programs, "
    "then run this again; what is finished is kept."
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one PDF may take; the child gets them in this order."""

    pages: int = MOST_PAGES
    seconds: int = 60
    memory_bytes: int = 2 << 30
    output_bytes: int = 32 << 20
    file_bytes: int = 256 << 20
    words_per_page: int = 10_000


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Word:
    """Characters of one print on one baseline, in points, y upwards, in the frame in which they stand upright."""

    left: float
    right: float
    baseline: float
    size: float
    style: int
    quarter: int
    """By how many right angles that frame is turned against the page's."""

    is_glued: bool
    """Whether no space stands between it and the word that the file has before it."""

    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page's words in the file's order; its box is left, bottom, right and top."""

    number: int
    box: tuple[float, float, float, float]
    covered: float
    """What part of it the largest picture covers."""

    words: tuple[Word, ...]
    is_whole: bool
    """Whether these are all its words."""


@dataclass(frozen=True, slots=True)
class Pdf:
    """What could be read of a PDF."""

    pages: tuple[Page, ...] = ()
    count: int = 0
    """How many pages it has."""

    title: str = ""
    """What it calls itself."""

    problem: str = ""
    """Why nothing, or not everything, was read: what comes behind "The PDF …"; empty if all was."""


def read_pages(path: Path, limits: Limits = LIMITS) -> Pdf:
    """Read a PDF's words; what is no PDF, and what takes too much, has a problem instead.

    Raises OutsideError if the machine has nothing left to read it with.
    """
    try:
        if problem := _unfit(path, limits):
            return Pdf(problem=problem)
        with path.open("rb") as file, tempfile.TemporaryFile() as said:
            stopped = _run(file, said, limits)
            said.seek(0)
            found = _read_answer(said, stopped)
            return _noting_end(found, path)
    except OSError as error:
        if is_of_the_machine(error):
            raise from_os_error(error) from error
        return Pdf(problem=f"cannot be opened: {error.strerror or error}")


def _unfit(path: Path, limits: Limits) -> str:
    """Say what keeps a path from being read at all."""
    if not path.exists():
        return "is not there"
    if not path.is_file():
        return "is a folder or a device, not a file"
    size = path.stat().st_size
    if not size:
        return "is an empty file"
    if size > limits.file_bytes:
        return f"is larger than {limits.file_bytes >> 20} MB"
    with path.open("rb") as file:
        return "" if _MARK in file.read(_MARK_WITHIN_BYTES) else "is no PDF: it does not begin as one"


# ── the other process ───────────────────────────────────────────────────────────────────────────────────


def _run(file: IO[bytes], said: IO[bytes], limits: Limits) -> str:
    """Let the child read within its limits; return why it ended early, if it did."""
    asked = [str(limit) for limit in astuple(limits)]
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "podcast.outside.pdf_child", *asked],
        stdin=file, stdout=said, stderr=subprocess.DEVNULL, env=_environment(), start_new_session=True,
    )  # fmt: skip
    too_long = f"takes longer than {limits.seconds} seconds to read"
    began_s = time.monotonic()
    try:
        status = child.wait(limits.seconds)
    except subprocess.TimeoutExpired:
        return too_long
    finally:
        _end(child)
    if os.name == "posix" and status in {-signal.SIGXCPU, -signal.SIGKILL}:
        if time.monotonic() - began_s < limits.seconds * _SURELY_LESS:
            raise OutsideError(_KILLED)
        return too_long
    if os.fstat(said.fileno()).st_size >= limits.output_bytes:
        return "has more text than any paper"
    if status == NO_ROOM:
        raise from_os_error(OSError(errno.ENOSPC, "", tempfile.gettempdir()))
    return f"is damaged, or needs more than {limits.memory_bytes >> 20} MB of memory to read" if status else ""


def _environment() -> dict[str, str]:
    """Where to find this package; nothing else of what this process knows."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return {**kept, "PYTHONPATH": str(Path(__file__).parents[2])}


def _end(child: subprocess.Popen[bytes]) -> None:
    """End it, with whatever it may have started, if it still runs."""
    if child.poll() is not None:
        return
    if sys.platform == "win32":
        child.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    child.wait()


# ── what it said ────────────────────────────────────────────────────────────────────────────────────────


def _read_answer(said: IO[bytes], stopped: str) -> Pdf:
    """Read the child's lines as far as they go."""
    pages: list[Page] = []
    head: dict[str, Any] = {}
    is_ended = False
    try:
        for line in said:
            document = json.loads(line, parse_constant=_no_number)
            if not head:
                head = _head(document)
            elif "end" in document:
                is_ended = True
            elif not document.get("broken"):
                pages.append(_page(document))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        stopped = stopped or _NONSENSE
    if reason := _REASONS.get(str(head.get("problem"))):
        return Pdf(problem=reason)
    if head.get("program"):
        return Pdf(count=head["pages"], problem="is a form (XFA) that a program has to fill in before there is text")
    if not head or not is_ended:
        stopped = stopped or _NONSENSE
    return Pdf(tuple(pages), head.get("pages", 0), head.get("title", ""), stopped or _lacking(pages, head))


_NONSENSE = "is damaged: nothing sensible could be read from some place on"
_REASONS = {
    "encrypted": "is encrypted: it needs a password",
    "unreadable": "is damaged, or no PDF at all",
}


def _lacking(pages: Sequence[Page], head: dict[str, Any]) -> str:
    """Say which pages are missing."""
    count = head["pages"]
    if not count:
        return "has no pages"
    if len(pages) < count:
        return f"has {count:,} page{'s' * (count > 1)}, of which {len(pages):,} could be read"
    if not all(page.is_whole for page in pages):
        return "has more words on a page than any paper, and not all of them were read"
    return ""


def _no_number(name: str) -> float:
    raise ValueError(name)


def _head(document: dict[str, Any]) -> dict[str, Any]:
    if "problem" in document:
        return {"problem": str(document["problem"])}
    pages, title = document["pages"], document["title"]
    if not isinstance(pages, int) or not isinstance(title, str):
        raise TypeError(document)
    return {"pages": pages, "title": title, "program": document["program"] is True}


def _page(document: dict[str, Any]) -> Page:
    left, bottom, right, top = map(float, document["box"])
    words = tuple(filter(None, map(_word, document["words"])))
    return Page(int(document["page"]), (left, bottom, right, top), float(document["covered"]), words,
                document["whole"] is True)  # fmt: skip


def _word(item: Sequence[Any]) -> Word | None:
    """Read a word; None if it stands nowhere on earth."""
    *numbers, style, quarter, glued, text = item
    left, right, baseline, size = map(float, numbers)
    if not isinstance(text, str) or not 0 <= style <= _HIGHEST_STYLE or not 0 <= quarter < _QUARTERS:
        raise TypeError(item)
    is_sane = all(math.isfinite(number) and abs(number) < _LARGEST_PT for number in (left, right, baseline, size))
    return Word(left, right, baseline, size, style, quarter, bool(glued), text[:_LONGEST_WORD]) if is_sane else None


def _noting_end(found: Pdf, path: Path) -> Pdf:
    """Add that a file was cut short, which its reader may have repaired without a word."""
    if not _is_cut_short(path):
        return found
    if not found.pages:
        return Pdf(problem="is cut short: its end is missing, and nothing of it can be read")
    what = f"is cut short: its end is missing, and {len(found.pages):,} of its pages could be read"
    return Pdf(found.pages, found.count, found.title, what)


def _is_cut_short(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - _END_WITHIN_BYTES))
        return _END not in file.read()
