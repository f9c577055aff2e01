"""On a bare machine, and on a broken one: no network, no ffmpeg on the PATH, a full disk, streams that lead nowhere.

tests/slow/test_faults.py has everything else that a machine may refuse.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Podcast, make_show, skip
from machine import unsharing

from podcast.starter import init_show

pytestmark = pytest.mark.slow

SCRIPT = (
    "---\ntitle: T\ndate: 2024-06-15\n---\n\n## One\n\n" + "Some words to say, and a few more of them. " * 40 + "\n"
)


def isolated(*flags: str) -> list[str]:
    """Return the words that run a command in namespaces of its own, or skip where that is not allowed."""
    command = unsharing(*flags)
    if command is None:
        skip("unshare with user namespaces is not possible here: it takes away network and disk")
    return command or []


def written(show: Podcast) -> None:
    """Put a script of some length into a show."""
    show.script().parent.mkdir(parents=True)
    show.script().write_text(SCRIPT)


def podcast_command(show: Path, *arguments: str) -> list[str]:
    """The command as a program of its own."""
    return [sys.executable, "-m", "podcast", *arguments, "--show", str(show)]


def test_an_episode_needs_no_network_and_no_programs(tmp_path: Path, newsletter: Path) -> None:
    """Without network, without a PATH and without a key the real voice makes an episode."""
    show = make_show(tmp_path / "show")
    command = [*isolated("--net"), *podcast_command(show.folder, "make", str(newsletter), "--voice", "heart")]
    ran = subprocess.run(command, capture_output=True, check=False, env={"PATH": "", "HOME": str(tmp_path)})
    assert ran.returncode == 0, ran.stderr.decode()
    assert Path(ran.stdout.decode().splitlines()[-1]).stat().st_size > 100_000


def test_a_full_disk_leaves_the_previous_episode(tmp_path: Path) -> None:
    """Exit code 3, the disk named as the reason, the old episode as it was, nothing half-written."""
    show = make_show(tmp_path / "show")
    written(show)
    assert show("render", "2024-06-15").exit_code == 0
    small = tmp_path / "small"
    small.mkdir()
    inside = f"""
        mount -t tmpfs -o size=6M tmpfs {small} && cp -r {show.folder}/. {small}/ && rm -rf {small}/.podcast
        sed -i 's/words/terms/g' {small}/scripts/2024-06-15/script.md
        before=$(cat {small}/episodes/2024-06-15/* | sha256sum)
        fallocate -l $(( $(df --output=avail -B1 {small} | tail -1) - 400000 )) {small}/ballast
        {" ".join(podcast_command(small, "render", "2024-06-15"))}; status=$?
        [ "$before" = "$(cat {small}/episodes/2024-06-15/* | sha256sum)" ] || exit 97
        [ -z "$(find {small} -name '*.tmp' -o -name '*.draft' -o -name '*.new')" ] || exit 98
        exit $status
    """
    ran = subprocess.run([*isolated("--mount"), "bash", "-c", inside], capture_output=True, check=False)
    assert ran.returncode == 3, (ran.returncode, ran.stderr.decode())
    assert b"full" in ran.stderr
    assert b"Traceback" not in ran.stderr


# ── standard streams ────────────────────────────────────────────────────────────────────────────────────


def streamed(*arguments: str, **streams: int | None) -> subprocess.CompletedProcess[str]:
    """Run the command as a program of its own, with other streams."""
    given: dict[str, int | None] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    command = [sys.executable, "-m", "podcast", *arguments]
    return subprocess.run(command, check=False, text=True, **{**given, **streams})  # type: ignore[call-overload, no-any-return]


def test_an_output_that_is_not_read_ends_in_one_sentence() -> None:
    """As behind `| head`: no traceback, not even the one of an interpreter that ends."""
    reading, writing = os.pipe()
    os.close(reading)
    ran = streamed("--version", stdout=writing)
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (3, "The output was not read to its end; what it is about is done.\n")


@pytest.mark.parametrize("asked", ["--version", "--help"])
def test_an_output_on_a_full_disk_ends_in_one_sentence(asked: str) -> None:
    """The result has not arrived, so that is no success."""
    with Path("/dev/full").open("w") as full:
        ran = streamed(asked, stdout=full.fileno())
    assert ran.returncode == 3
    assert ran.stderr.startswith("stdout: The disk is full: free some space")
    assert ran.stderr.count("\n") == 1


def test_messages_that_cannot_be_written_stop_no_work(tmp_path: Path, newsletter: Path) -> None:
    """Whoever closes the terminal loses what it would have said, and nothing else."""
    show = make_show(tmp_path / "show", music=False)
    with Path("/dev/full").open("w") as full:
        ran = streamed("script", str(newsletter), "--show", str(show.folder), stderr=full.fileno())
    assert ran.returncode == 0
    assert Path(ran.stdout.strip()).is_file()


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_that_are_closed_are_not_taken_for_files(tmp_path: Path, closed: str) -> None:
    """What would be written to them gets into no file of the show that happens to have their number."""
    command = f"{sys.executable} -m podcast init {tmp_path / 'show'} {closed}"
    assert subprocess.run(["bash", "-c", command], check=False, capture_output=True).returncode == 0
    assert (tmp_path / "show" / "show.toml").read_bytes() == (make_plain(tmp_path) / "show.toml").read_bytes()


def make_plain(folder: Path) -> Path:
    """Make a show as everybody has it at first."""
    init_show(folder / "plain")
    return folder / "plain"
