"""Every command of the README does what it says, in a folder that has nothing but a newsletter."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx
import pytest
from arxiv_server import Record, arxiv_server
from conftest import skip

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^ {4,}(podcast .+)$", README, re.MULTILINE)


JUNE_14 = "1718366400"
PAPERS = [
    Record(
        id_,
        f"On Sorting {what}",
        f"We study how {what} are sorted. We propose a method that sorts them in {number + 2} passes. "
        f"In experiments it needs {number + 20} percent less time than the best earlier method.",
        published="2024-06-12T12:00:00Z",
    )
    for number, (id_, what) in enumerate(
        [("2405.20233", "Lists"), ("2406.05816", "Trees"), ("2406.00001", "Graphs"), ("2406.00002", "Tables")]
    )
]


def test_the_ten_things_people_do_work_in_their_order(tmp_path: Path) -> None:
    """Run one after the other, as a reader would, in a week of four papers."""
    assert len(COMMANDS) >= 15
    (tmp_path / "newsletter.md").write_text(short_newsletter(), encoding="utf-8")
    with arxiv_server(PAPERS) as arxiv:
        environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "ARXIV_API_URL": arxiv.address,
            "SOURCE_DATE_EPOCH": JUNE_14,
        }
        run_all(tmp_path, environment)
    for slug in ("2024-06-14", "2024-06-15"):
        assert (tmp_path / "my-show" / "episodes" / slug / "episode.mp3").is_file()
    assert (tmp_path / "my-show" / "scripts" / "2024-06-22" / "newsletter.html").is_file()
    assert len(list((tmp_path / "my-vault").glob("*.md"))) >= 2
    assert (tmp_path / "papers.csv").is_file()
    assert (tmp_path / "www" / "episodes" / "2024-06-14" / "2024-06-14.mp3").is_file()
    assert "https://podcast.example.org/episodes/" in (tmp_path / "www" / "feed.xml").read_text(encoding="utf-8")
    assert (tmp_path / "say.wav").exists() == any(
        "say" in command and "--spoken" not in command for command in COMMANDS
    )


def short_newsletter() -> str:
    """Return this repository's newsletter with three of its ten papers at length: what people do is done six times."""
    text = (ROOT / "scripts" / "2024-06-15" / "newsletter.md").read_text(encoding="utf-8")
    head, *papers = re.split("(?m)^(?=### |## Also)", text)
    (rest,) = (number for number, paper in enumerate(papers) if paper.startswith("## Also"))
    assert rest == 9
    return "".join([head, *papers[:3], *papers[rest:]])


def run_all(tmp_path: Path, environment: dict[str, str]) -> None:
    """Run each command as it stands, but for those that go on until they are ended."""
    for command in COMMANDS:
        if command.startswith("podcast serve"):
            subscribe(shlex.split(command), tmp_path, environment)
            continue
        if command.startswith("podcast review"):
            look_at(shlex.split(command), tmp_path, environment)
            continue
        if command.startswith("podcast publish"):
            set_address(tmp_path / "my-show" / "show.toml")
        ran = subprocess.run(shlex.split(command), cwd=tmp_path, env=environment, capture_output=True, check=False)
        assert ran.returncode == 0, f"{command}: {ran.stderr.decode()}"


def set_address(settings: Path) -> None:
    """Say where the show will be, as a reader is told to do first."""
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("http://127.0.0.1:8000/", "https://podcast.example.org/"), encoding="utf-8")


def subscribe(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    """Start a server, read its feed by the address that it prints, and end it as a person would."""
    start = [*command, "--port", "0"]
    with subprocess.Popen(start, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            address = running.stdout.readline().strip()
            feed = httpx.get(f"{address}feed.xml", timeout=20).text
            assert f'url="{address}episodes/2024-06-15/2024-06-15.mp3"' in feed
        finally:
            running.send_signal(signal.SIGINT)
        assert running.wait(timeout=20) == 130


def look_at(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    """Open the page of a review by the address that it prints, and end it as a person would."""
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            page = httpx.get(running.stdout.readline().strip(), timeout=20)
            assert page.status_code == 200
            assert "script" in page.text
        finally:
            running.send_signal(signal.SIGINT)
        assert running.wait(timeout=20) == 130


def test_make_episode_works_on_a_fresh_clone(tmp_path: Path) -> None:
    """With Python and make only, no ffmpeg on the PATH, no key: everything else installs itself."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("make", "sh", "touch", "rm"):
        found = shutil.which(tool)
        if found is None:
            skip(f"{tool} is not installed")
        (tools / tool).symlink_to(str(found))
    (tools / "python3").symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_")) or name == "HOME"}
    ran = subprocess.run(
        ["make", "episode"], cwd=clone, env={**kept, "PATH": str(tools)}, capture_output=True, check=False
    )
    assert ran.returncode == 0, ran.stderr.decode()
    assert ran.stdout.decode().startswith("Setting up .venv, once: a few minutes")
    assert Path(ran.stdout.decode().splitlines()[-1]).stat().st_size > 1_000_000
    status = subprocess.run(["git", "status", "--porcelain"], cwd=clone, capture_output=True, check=True)
    assert not status.stdout.decode()


def test_an_installed_wheel_makes_a_new_show(tmp_path: Path) -> None:
    """Voices, lexicon and music come along, and are where `podcast init` looks for them."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, capture_output=True, check=True)
    zipfile.ZipFile(next(tmp_path.glob("*.whl"))).extractall(tmp_path / "installed")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}
    init = [sys.executable, "-m", "podcast", "init", "show"]
    subprocess.run(init, cwd=tmp_path, env=environment, capture_output=True, check=True)
    for path in (ROOT / "voices").rglob("*"):
        if path.suffix in (".toml", ".opus"):
            assert (tmp_path / "show" / path.relative_to(ROOT)).read_bytes() == path.read_bytes()
    where = [sys.executable, "-c", "import podcast; print(podcast.__file__)"]
    found = subprocess.run(where, cwd=tmp_path, env=environment, capture_output=True, check=True).stdout.decode()
    assert str(tmp_path / "installed") in found
