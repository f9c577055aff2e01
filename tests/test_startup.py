"""Commands begin at once: none of them imports a library, or a room of ours, that it has no use for."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from conftest import NEWSLETTER, Podcast, make_show

if TYPE_CHECKING:
    from pathlib import Path

SLUG = "2024-06-15"
RUNNING = """
import sys
found = sys.argv.pop(1)
from podcast.cli import main
try:
    main()
finally:
    with open(found, "w", encoding="utf-8") as file:
        file.write(" ".join(sys.modules))
"""
DEAR = {
    "arxiv",
    "distributed",
    "faster_whisper",
    "fsspec",
    "httpx",
    "onnxruntime",
    "openai",
    "pydantic",
    "pyloudnorm",
    "pypdfium2",
    "requests",
    "scipy",
    "sklearn",
    "starlette",
    "uvicorn",
}
"""What takes a tenth of a second or more, and few commands need."""

READING = {"bs4", "markdown_it", "podcast.papers.reading"}
WRITING = {"podcast.writing.compose", "podcast.writing.grounding", "podcast.writing.writers", "Stemmer"}
PAGES = {"feedgen", "jinja2", "lxml"}
DRAWING = {"PIL"}
SPEAKING = {"numpy", "podcast.audio", "podcast.speech", "yaml"}
STAGES = {"podcast.pipeline", "podcast.show", "podcast.types", "tomllib"}


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory) -> Podcast:
    """Return a show with an episode and its feed."""
    made = make_show(tmp_path_factory.mktemp("startup") / "show", music=False)
    ran = made("make", "-", "--quiet", stdin=NEWSLETTER.encode())
    assert ran.exit_code == 0, ran.stderr
    return made


def modules_of(folder: Path, *arguments: object) -> set[str]:
    """Run a command in a process of its own, and name what it imported."""
    found = folder / "modules"
    command = [sys.executable, "-c", RUNNING, found, *arguments]
    ran = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return set(found.read_text(encoding="utf-8").split())


def test_help_needs_nothing_but_the_command_line(tmp_path: Path) -> None:
    """Who only asks what there is waits for no stage, and for no library of one."""
    found = modules_of(tmp_path, "--help")
    assert found & (DEAR | READING | WRITING | PAGES | DRAWING | SPEAKING | STAGES) == set()


def test_a_feed_that_is_up_to_date_is_neither_drawn_nor_written(tmp_path: Path, show: Podcast) -> None:
    """Every command looks at it first."""
    found = modules_of(tmp_path, "feed", "--show", show.folder)
    assert found & (DEAR | READING | WRITING | PAGES | DRAWING | SPEAKING) == set()


def test_what_a_script_takes_is_known_without_what_writes_it(tmp_path: Path, show: Podcast) -> None:
    """Nor is its newsletter read, or the sentence that was changed spoken, to say what it would take."""
    found = modules_of(tmp_path, "render", SLUG, "--dry-run", "--show", show.folder)
    assert found & (DEAR | READING | WRITING | PAGES) == set()


def test_a_changed_sentence_is_heard_without_what_wrote_it(tmp_path: Path, show: Podcast) -> None:
    """Of the newsletter the notes have links, so that is read; nothing is looked up or written anew."""
    script = show.script()
    script.write_text(script.read_text("utf-8").replace("Sorting takes", "Sorting still takes"), "utf-8")
    found = modules_of(tmp_path, "render", SLUG, "--show", show.folder)
    assert found & (DEAR | WRITING) == set()
    assert "podcast.audio" in found


@pytest.mark.slow
def test_the_embedded_voice_speaks_without_scipy(tmp_path: Path, show: Podcast) -> None:
    """That takes longer to import than all else that a sentence needs."""
    sound = tmp_path / "hello.wav"
    found = modules_of(tmp_path, "say", "Hello.", "--voice", "heart", "--out", sound, "--show", show.folder)
    assert found & DEAR == {"onnxruntime"}
    assert sound.stat().st_size > 10_000


def test_scipy_is_hidden_from_nobody_else() -> None:
    """While a voice is loaded without it, another thread may need it; and so may this one later."""
    program = """
import sys
from threading import Thread
from podcast.speech.engines import hibari
found = []
def look():
    try:
        import scipy.fft
    except ImportError:
        found.append(False)
    else:
        found.append(True)
with hibari._scipy_hidden:
    look()
look()
for name in [name for name in sys.modules if name.partition(".")[0] == "scipy"]:
    del sys.modules[name]
with hibari._scipy_hidden:
    other = Thread(target=look)
    other.start()
    other.join()
print(found)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "[False, True, True]\n"
