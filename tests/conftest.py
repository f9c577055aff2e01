"""What all tests share: where the real samples are, and how strictly skips are taken."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from arxiv_server import arxiv_server
from typer.testing import CliRunner
from week import JUNE_15, WEEK

from podcast import files
from podcast.cli import app
from podcast.starter import init_show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from arxiv_server import Arxiv

ALL = os.environ.get("PODCAST_TEST_ALL") == "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that no processor waits at the end for the other's last long test."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def skip(reason: str) -> None:
    """Skip this test and say why; where every test has to run, fail instead."""
    if ALL:
        pytest.fail(f"{reason} (PODCAST_TEST_ALL=1 allows no skips)")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of real newsletters that PODCAST_TEST_DATA names."""
    folder = os.environ.get("PODCAST_TEST_DATA", "")
    if not folder:
        skip("PODCAST_TEST_DATA is unset: it names the folder with the real newsletters")
    return Path(folder)


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Break off what takes longer than that."""

    def stop(*_: object) -> None:
        raise TimeoutError(seconds)

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did."""

    exit_code: int
    stdout: str
    stderr: str


class Podcast:
    """The `podcast` command inside this process, in one show."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: object, stdin: bytes = b"") -> Ran:
        """Run it; the show is named unless a `--show` is among the arguments."""
        words = [str(argument) for argument in arguments]
        takes_show = words[:1] not in ([], ["init"], ["--help"], ["--version"]) and "--show" not in words
        result = CliRunner().invoke(app, [*words, *(["--show", str(self.folder)] if takes_show else [])], input=stdin)
        return Ran(result.exit_code, result.stdout, result.stderr)

    def script(self, slug: str = "2024-06-15") -> Path:
        """Where an episode's script lies."""
        return self.folder / "scripts" / slug / "script.md"

    def episode(self, slug: str = "2024-06-15") -> Path:
        """Where an episode lies."""
        return self.folder / "episodes" / slug


# ── what is dear to make and only looked at: made once for all processes of a run ───────────────────────


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all processes of this run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def once(folder: Path, make: Callable[[Path], object]) -> Path:
    """Have a folder made unless it is there; whoever comes while it is being made waits for it."""
    with files.locked(folder.with_name(f"{folder.name}.lock"), wait=True):
        if not folder.is_dir():
            unfinished = folder.with_name(f"{folder.name}.unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            make(unfinished)
            unfinished.rename(folder)
    return folder


def make_speaking_show(folder: Path, shared: Path) -> Podcast:
    """Make a show as people have it, whose sentences are not spoken again if they were for another one of these."""
    init_show(folder)
    clips = shared / "clips"
    clips.mkdir(exist_ok=True)
    (folder / ".podcast").mkdir()
    (folder / ".podcast" / "clips").symlink_to(clips)
    return Podcast(folder)


@pytest.fixture
def speaking(tmp_path: Path, shared: Path) -> Podcast:
    """Return the command in a show whose voice is the real one."""
    return make_speaking_show(tmp_path / "show", shared)


@pytest.fixture(scope="session")
def ten_papers(shared: Path, real_data: Path) -> Podcast:
    """Return a show with the episode of a pasted page with ten papers, told by the real voice; nobody changes it."""

    def make(folder: Path) -> None:
        ran = make_speaking_show(folder, shared)("make", real_data / "newsletters" / "2024-06-15.txt", "--quiet")
        assert ran.exit_code == 0, ran.stderr

    return Podcast(once(shared / "ten-papers", make))


# ── shows that hum ──────────────────────────────────────────────────────────────────────────────────────

COVER = Path(__file__).parent / "data" / "cover.png"
HUM = 'engine = "tone"\nvoice = "hum"\ndescription = "a hum for each word"\n'


def make_show(folder: Path, *, music: bool = True) -> Podcast:
    """Make a show that hums instead of speaking: everything but the words, in no time."""
    init_show(folder)
    settings = folder / "show.toml"
    text = settings.read_text().replace('voice = "heart"', 'voice = "hum"')
    if not music:
        text = re.sub(r'"voices/music/\w+\.opus"', '""', text)
    settings.write_text(text.replace('cover = ""', f'cover = "{COVER}"'))  # drawing one takes a second
    (folder / "voices" / "hum.toml").write_text(HUM)
    return Podcast(folder)


@pytest.fixture
def podcast(tmp_path: Path) -> Podcast:
    """Return the command in a show whose voice hums, without music."""
    return make_show(tmp_path / "show", music=False)


@pytest.fixture
def musical(tmp_path: Path) -> Podcast:
    """Return the command in a show whose voice hums to the show's own music."""
    return make_show(tmp_path / "show")


@pytest.fixture
def arxiv(monkeypatch: pytest.MonkeyPatch) -> Iterator[Arxiv]:
    """Serve a week of twenty papers as arXiv does, on Saturday, June 15."""
    with arxiv_server(WEEK) as server:
        monkeypatch.setenv("ARXIV_API_URL", server.address)
        monkeypatch.setenv("SOURCE_DATE_EPOCH", JUNE_15)
        yield server


NEWSLETTER = """\
# Papers of June 15, 2024

Hello and welcome.

## Highlights

### Sorting is Harder than it Looks

[arXiv:2406.00001](https://arxiv.org/abs/2406.00001) · Ada Lovelace

This paper shows that sorting takes time. Its authors sort 10 lists (small ones) and measure each.

A second paragraph says more [3].

### Bees & Other Optimisers: Does Swarming Help?

It compares bees with 3 baselines. Code is at https://example.org/bees.

## Also this week

### Nothing New

It has no result.

## Goodbye

Until next week.
"""


@pytest.fixture
def newsletter(tmp_path: Path) -> Path:
    """Return a short newsletter with two highlighted papers."""
    path = tmp_path / "newsletter-of-june.md"
    path.write_text(NEWSLETTER, encoding="utf-8")
    return path
