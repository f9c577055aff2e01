"""The workflow that is there to be copied, its commands run one after the other as GitHub would, on a fresh clone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from conftest import skip

if TYPE_CHECKING:
    from arxiv_server import Arxiv
    from conftest import Podcast

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
WEEKLY = ROOT / "docs" / "automation" / "weekly.yml"


@pytest.fixture
def origin(podcast: Podcast, newsletter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the repository of a show whose first episode was published by hand."""
    if shutil.which("git") is None or shutil.which("bash") is None:
        skip("git or bash is not installed")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    bare = tmp_path / "show.git"
    settings = podcast.folder / "show.toml"
    shutil.copy(Path(__file__).parent.parent / "data" / "cover.png", podcast.folder)
    text = settings.read_text().replace("http://127.0.0.1:8000/", "https://podcast.example.org/")
    text = text.replace('cover = "', 'cover = "cover.png"  # "', 1)
    settings.write_text(text.replace('target = ""', f'target = "git+file://{bare}"'))
    run("git", "init", "--quiet", "--bare", "--initial-branch=main", bare)
    assert podcast("make", newsletter, "--slug", "first").exit_code == 0
    ran = podcast("publish")
    assert ran.exit_code == 0, ran.stderr
    git = ("git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-C", podcast.folder)
    run(*git, "init", "--quiet", "--initial-branch=main")
    run(*git, "add", "--all")
    run(*git, "commit", "--quiet", "--message=Show")
    run(*git, "push", "--quiet", bare, "main")
    return bare


def run(*words: object) -> str:
    """Run a program that must not fail."""
    return subprocess.run([*map(str, words)], check=True, capture_output=True, text=True).stdout


def test_a_week_is_made_published_and_kept(origin: Path, arxiv: Arxiv, tmp_path: Path) -> None:
    """From nothing but the show's repository: a commit for the pages, and one for what was written."""
    del arxiv
    clone = tmp_path / "clone"
    run("git", "clone", "--quiet", "--depth=1", f"file://{origin}", clone)
    assert not (clone / "episodes" / "first").exists()
    follow(clone)
    pages = run("git", "-C", origin, "ls-tree", "-r", "--name-only", "gh-pages").split()
    assert {"episodes/first/first.mp3", "episodes/2024-06-15/2024-06-15.mp3", "feed.xml"} <= set(pages)
    kept = run("git", "-C", origin, "ls-tree", "-r", "--name-only", "main").split()
    assert {"papers.db", "scripts/2024-06-15/script.md", "scripts/2024-06-15/picks.md"} <= set(kept)
    assert not [name for name in kept if name.endswith((".mp3", ".xml"))]
    counts = [run("git", "-C", origin, "rev-list", "--count", branch).strip() for branch in ("main", "gh-pages")]
    assert counts == ["2", "2"]


def follow(clone: Path) -> None:
    """Run what the workflow runs, but for the installation of what is installed here."""
    program = clone.parent / "bin" / "podcast"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m podcast "$@"\n')
    program.chmod(0o700)
    path = os.pathsep.join([str(program.parent), os.environ["PATH"]])
    steps = yaml.safe_load(WEEKLY.read_text(encoding="utf-8"))["jobs"]["episode"]["steps"]
    for step in steps:
        if "run" in step and "pip install" not in step["run"]:
            command = ["bash", "-e", "-c", step["run"]]
            environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}
            ran = subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True, check=False)
            assert ran.returncode == 0, step["name"] + ran.stdout + ran.stderr
