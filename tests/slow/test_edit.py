"""An edit is heard at once: what it leaves alone is neither spoken nor encoded again, and nothing shows of that."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from conftest import Podcast, make_show

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

SLUG = "2024-06-15"
SENTENCE = "The authors propose amplifying the low-frequency components"
OTHER = "The authors suggest that we amplify the low-frequency components"


@pytest.fixture
def edited(ten_papers: Podcast, tmp_path: Path) -> Podcast:
    """Return the show with the episode of ten papers, of which one sentence was edited."""
    shutil.copytree(ten_papers.folder, tmp_path / "show", copy_function=_linked)
    show = Podcast(tmp_path / "show")
    text = show.script().read_text(encoding="utf-8")
    assert text.count(SENTENCE) == 1
    show.script().unlink()
    show.script().write_text(text.replace(SENTENCE, OTHER), encoding="utf-8")
    return show


def _linked(source: str, target: str) -> None:
    os.link(source, target)


def _files(show: Podcast, below: str) -> set[str]:
    return {str(path.relative_to(show.folder)) for path in (show.folder / below).rglob("*") if path.is_file()}


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_one_edited_sentence_is_one_clip_and_the_parts_of_its_segment(edited: Podcast, tmp_path: Path) -> None:
    """Of 110 sentences one is spoken; every file of the episode is that of a first rendering of the edited script."""
    clips, parts = _files(edited, ".podcast/clips"), _files(edited, ".podcast/parts")
    ran = edited("render", SLUG, "--quiet")
    assert ran.exit_code == 0, ran.stderr
    assert len(_files(edited, ".podcast/clips") - clips) == 1
    new, gone = _files(edited, ".podcast/parts") - parts, parts - _files(edited, ".podcast/parts")
    assert 1 <= len(new) <= 3
    assert len(new) == len(gone)
    cold = Podcast(tmp_path / "cold")
    shutil.copytree(
        edited.folder, cold.folder, copy_function=_linked, ignore=shutil.ignore_patterns("parts", "episodes")
    )
    ran = cold("render", SLUG, "--quiet", "--jobs", 3)
    assert ran.exit_code == 0, ran.stderr
    warm = _contents(edited.episode())
    assert [name for name, data in _contents(cold.episode()).items() if warm.pop(name) != data] == []
    assert warm == {}


# ── however long ────────────────────────────────────────────────────────────────────────────────────────

WORDS = "Sorting takes time, and bees do not sort lists, however long a list of theirs may be, number"


def _peak_kb(folder: Path, sentences: int) -> int:
    """Render an episode of one segment in a process of its own; its highest memory."""
    show = make_show(folder)
    paragraphs = "\n\n".join(f"{WORDS} {number}." for number in range(sentences))
    show.script().parent.mkdir(parents=True)
    show.script().write_text(f"---\ntitle: Long\ndate: {SLUG}\n---\n\n## All\n\n{paragraphs}\n", encoding="utf-8")
    command = [sys.executable, "-m", "podcast", "render", SLUG, "--quiet", "--jobs", "2", "--show", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return used.ru_maxrss


@pytest.mark.skipif(sys.platform == "win32", reason="nobody says there what a process took")
def test_an_episode_ten_times_as_long_takes_no_more_memory(tmp_path: Path) -> None:
    """Though it is a single segment: two minutes and twenty."""
    short, long = _peak_kb(tmp_path / "short", 20), _peak_kb(tmp_path / "long", 200)
    assert long < 1.15 * short
