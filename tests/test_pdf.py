"""Reading a PDF happens elsewhere and ends: whatever the file is, there are words or a reason."""

from __future__ import annotations

import io
import os
import re
import resource
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import at_most
from pdf_maker import LETTER, Text, assembled, document, paragraph, spaces, stream

from podcast.errors import OutsideError
from podcast.outside import pdf
from podcast.outside.pdf import BOLD, IN_FORM, LIMITS, MONO, UNSEEN, Limits, read_pages

if TYPE_CHECKING:
    from collections.abc import Callable

SENTENCE = "Sorting ten lists takes no time at all, as we show below."
PAGE = [Text(72, 700, "A Paper", 18, "F2"), Text(72, 660, SENTENCE), Text(72, 640, "x = 1", 9, "F3")]
QUICK, SMALL = Limits(seconds=2), Limits(memory_bytes=300 << 20)


def read(data: bytes, folder: Path, limits: Limits = LIMITS) -> pdf.Pdf:
    """Read a file of these bytes."""
    path = folder / "paper.pdf"
    path.write_bytes(data)
    return read_pages(path, limits)


def test_words_come_with_their_places_and_prints(tmp_path: Path) -> None:
    """A word has its left edge and baseline in points, its size, and whether it is bold or of a typewriter."""
    found = read(document([PAGE]), tmp_path)
    assert (found.problem, found.count, len(found.pages)) == ("", 1, 1)
    first, *words = found.pages[0].words
    assert (first.text, first.left, first.baseline, first.size, first.style) == ("A", 72, 700, 18, BOLD)
    assert " ".join(word.text for word in words[1:-3]) == SENTENCE
    assert {word.style for word in words[1:-3]} == {0}
    assert {word.style for word in words[-3:]} == {MONO}
    assert found.pages[0].box == LETTER


def test_what_nobody_sees_is_marked(tmp_path: Path) -> None:
    """White text, text without ink and text of a drawing carry a mark; text off the page does not exist."""
    hidden = [
        Text(72, 600, "white", before="1 g"),
        Text(72, 580, "inkless", before="3 Tr"),
        Text(72, 560, "black"),
        Text(900, 540, "outside"),
    ]
    form = stream(
        Text(0, 0, "drawn").code.encode(),
        "/Type /XObject /Subtype /Form /BBox [-10 -10 200 200] /Resources << /Font << /F1 << /Type /Font "
        "/Subtype /Type1 /BaseFont /Helvetica >> >> >>",
    )
    content = stream("".join(text.code for text in hidden).encode() + b"q 1 0 0 1 72 500 cm /Fm Do Q")
    found = read(document([content], more={10: form}, resources="/XObject << /Fm 10 0 R >>"), tmp_path)
    styles = {word.text: word.style for word in found.pages[0].words}
    assert styles == {"white": UNSEEN, "inkless": UNSEEN, "black": 0, "drawn": IN_FORM}


# ── files that nobody should have made ──────────────────────────────────────────────────────────────────


def encrypted() -> bytes:
    """Make a file that asks for a password."""
    handler = f"<< /Filter /Standard /V 1 /R 2 /O <{'41' * 32}> /U <{'42' * 32}> /P -44 >>"
    return document([PAGE], trailer=f"/Encrypt 9 0 R /ID [<{'43' * 16}> <{'43' * 16}>]", more={9: handler.encode()})


def time_bomb() -> bytes:
    """Make drawings that each draw another ten times, twelve deep, all of it text."""
    forms = {}
    for depth in range(10, 22):
        inner = b"/Fm Do " * 10 if depth < 21 else Text(0, 0, "boom").code.encode() * 10
        entries = f"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /Fm {depth + 1} 0 R >> >>"
        forms[depth] = stream(inner, entries)
    return document([stream(b"/Fm Do ")], more=forms, resources="/XObject << /Fm 10 0 R >>")


def memory_bomb() -> bytes:
    """Make a page's content of 3 GB, which is some KB when it is compressed twice."""
    return document([stream(spaces(3000), "/Filter [/FlateDecode /FlateDecode]")])


def deep_tree() -> bytes:
    """Make a page that stands 3,000 levels down in the tree of pages."""
    tree = {
        number: f"<< /Type /Pages /Kids [{number + 1} 0 R] /Count 1 /Parent {number - 1} 0 R >>".encode()
        for number in range(2, 3002)
    }
    return assembled({1: b"<< /Type /Catalog /Pages 2 0 R >>", **tree, 3002: b"<< /Type /Page /Parent 3001 0 R >>"})


def looped_tree() -> bytes:
    """Make a tree of pages that holds itself."""
    return assembled({1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 9 >>"})


def form_of_a_program() -> bytes:
    """Make what fills itself in: a page that only asks to wait."""
    entries = "/AcroForm << /XFA 9 0 R /Fields [] >> /NeedsRendering true"
    return document([[Text(72, 700, "Please wait...")]], catalogue=entries, more={9: stream(b"<xdp/>")})


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "is an empty file"),
    "a web page": (lambda: b"<!doctype html><p>404", "is no PDF"),
    "only the first line": (lambda: b"%PDF-1.7\n%%EOF\n", "is damaged, or no PDF at all"),
    "noise": (lambda: b"%PDF-1.7\n" + bytes(range(256)) * 40 + b"%%EOF", "is damaged, or no PDF at all"),
    "a password": (encrypted, "is encrypted: it needs a password"),
    "no pages": (lambda: document([]), "has no pages|is damaged"),
    "10,000 pages": (
        lambda: document([[Text(72, 700, "More")]] * 10_000),
        "has 10,000 pages, of which 200 could be read",
    ),
    "a drawing of drawings": (time_bomb, "takes longer than 2 seconds to read"),
    "a page of 3 GB": (memory_bomb, "takes longer than 2 seconds to read|is damaged, or needs more than"),
    "a tree of 3,000 levels": (deep_tree, "is damaged|has no pages|of which 0 could be read|^$"),
    "a tree that holds itself": (looped_tree, "is damaged|has no pages|of which 0 could be read"),
    "a form that fills itself in": (form_of_a_program, r"is a form \(XFA\)"),
    "a page of 300 km": (lambda: document([PAGE], box=(0, 0, 1e9, 1e9)), "^$"),
    "a page without a size": (lambda: document([PAGE], box=(0, 0, 0, 0)), ""),
    "text of 0 and of 1e9 points": (lambda: document([[Text(72, 700, "x", 0), Text(72, 600, "y", 1e9)]]), "^$"),
}


BOMBS = {"a drawing of drawings", "a page of 3 GB"}


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_it_is_reading_ends_with_words_or_a_reason(name: str, tmp_path: Path) -> None:
    """No file hangs, crashes or raises: each ends soon, and says what is wrong with it."""
    make, problem = HOSTILE[name]
    data = make()
    with at_most(50):
        found = read(data, tmp_path, QUICK if name in BOMBS else LIMITS)
    assert re.search(problem, found.problem), found.problem


def test_a_file_that_is_cut_short_is_never_read_as_a_whole(tmp_path: Path) -> None:
    """Wherever it is cut, the problem says so, even where its reader could repair it and found every page."""
    whole = document([PAGE] * 3)
    assert not read(whole, tmp_path).problem
    for length in (len(whole) // 2, len(whole) - 400, len(whole) - 8):
        assert read(whole[:length], tmp_path).problem.startswith("is cut short: its end is missing")


def test_a_path_that_is_no_file_is_a_reason(tmp_path: Path) -> None:
    """A folder, a pipe that nobody writes to, and nothing at all."""
    os.mkfifo(tmp_path / "pipe")
    with at_most(10):
        assert read_pages(tmp_path / "pipe").problem == "is a folder or a device, not a file"
    assert read_pages(tmp_path).problem == "is a folder or a device, not a file"
    assert read_pages(tmp_path / "gone.pdf").problem == "is not there"


def test_too_little_memory_is_a_reason_and_pages_before_it_are_kept(tmp_path: Path) -> None:
    """A reader that the system stops is no crash of ours; a page that needs too much costs those from it on."""
    bomb = stream(spaces(400), "/Filter [/FlateDecode /FlateDecode]")
    found = read(document([PAGE, bomb, PAGE]), tmp_path, SMALL)
    assert found.problem == "is damaged, or needs more than 300 MB of memory to read"
    assert (found.count, [page.number for page in found.pages]) == (3, [1])


def test_too_much_text_is_a_reason(tmp_path: Path) -> None:
    """What it may say is limited, in all and on a page."""
    page = [text for top in range(100, 700, 12) for text in paragraph(SENTENCE, top=top)]
    assert read(document([page]), tmp_path, Limits(output_bytes=9000)).problem == "has more text than any paper"
    found = read(document([page]), tmp_path, Limits(words_per_page=50))
    assert found.problem == "has more words on a page than any paper, and not all of them were read"
    assert len(found.pages[0].words) == 51


ANSWERS = {
    "nothing": b"",
    "no JSON": b"Segmentation fault\n",
    "half a line": b'{"pages":1,"title":"x","program":false}\n{"page":1,"bo',
    "no end": b'{"pages":1,"title":"x","program":false}\n',
    "numbers that are none": b'{"pages":1,"title":"x","program":false}\n'
    b'{"page":1,"box":[0,0,NaN,1],"covered":0}\n{"end":1}\n',
    "words that are none": b'{"pages":1,"title":"x","program":false}\n'
    b'{"page":1,"box":[0,0,9,9],"covered":0,"whole":true,"words":[[1,2,3]]}\n{"end":1}\n',
    "a style of no kind": b'{"pages":1,"title":"x","program":false}\n'
    b'{"page":1,"box":[0,0,9,9],"covered":0,"whole":true,"words":[[1,2,3,4,99,0,0,"x"]]}\n{"end":1}\n',
    "a list": b"[1]\n[2]\n",
    "a depth without end": b"[" * 100_000 + b"\n",
}


@pytest.mark.parametrize("name", ANSWERS)
def test_nonsense_from_the_other_process_is_a_reason(name: str) -> None:
    """It may have been taken over by what it read, so nothing of what it says is believed."""
    found = pdf._read_answer(io.BytesIO(ANSWERS[name]), "")
    assert found.problem == pdf._NONSENSE
    assert not found.pages


def test_words_that_stand_nowhere_are_dropped() -> None:
    """Infinite places are no reason to give up the page."""
    page = b'{"page":1,"box":[0,0,9,9],"covered":0,"whole":true,"words":[[1e999,2,3,4,0,0,0,"x"],[1,2,3,4,0,0,0,"y"]]}'
    found = pdf._read_answer(io.BytesIO(b'{"pages":1,"title":"","program":false}\n' + page + b'\n{"end":true}\n'), "")
    assert [word.text for word in found.pages[0].words] == ["y"]


def test_the_other_process_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of this process's environment it gets what starts Python, and no keys."""
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    monkeypatch.setenv("PYTHONSTARTUP", "/tmp/anything")  # noqa: S108 - never opened
    assert set(pdf._environment()) <= {"PYTHONPATH", "LD_LIBRARY_PATH", "PYTHONHOME", "SYSTEMROOT", "TMPDIR"}


def test_nothing_keeps_running(tmp_path: Path) -> None:
    """After its time is up the other process is gone, and what it may have started with it."""
    assert read(time_bomb(), tmp_path, Limits(seconds=1)).problem
    tasks = Path("/proc/self/task")
    if tasks.is_dir():
        children = " ".join(path.read_text() for path in tasks.glob("*/children")).split()
        assert not [child for child in children if b"pdf_child" in Path(f"/proc/{child}/cmdline").read_bytes()]


# ── a machine that has nothing left ─────────────────────────────────────────────────────────────────────


def test_a_reader_that_is_killed_blames_no_pdf(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A system that is short of memory ends processes; the paper is not called slow for it."""
    killed = tmp_path / "python"
    killed.write_text("#!/bin/sh\nkill -9 $$\n")
    killed.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(killed))
    with pytest.raises(OutsideError, match=r"was ended from outside.*Close other programs, then run this again"):
        read(document([PAGE]), tmp_path)


def test_a_full_disk_blames_no_pdf(tmp_path: Path) -> None:
    """What the reader says has no room where temporary files go."""
    path = tmp_path / "paper.pdf"
    path.write_bytes(document([PAGE]))
    said = pytest.raises(OutsideError, match=rf"{tempfile.gettempdir()}: The disk is full: free some space")
    with path.open("rb") as file, Path("/dev/full").open("wb") as full, said:
        pdf._run(file, full, LIMITS)


def test_a_process_without_files_blames_no_pdf(tmp_path: Path) -> None:
    """Nobody can read with no file left to open; what to do is said."""
    path = tmp_path / "paper.pdf"
    path.write_bytes(document([PAGE]))
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.dup(0)
    os.close(lowest)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (lowest + 2, before[1]))
        with pytest.raises(OutsideError, match="Too many open files: raise the limit"):
            read_pages(path)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
