"""On a bare machine, and on a broken one: no network, no ffmpeg on the PATH, a full disk, a read-only folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Podcast, make_show, skip

pytestmark = pytest.mark.slow

SCRIPT = (
    "---\ntitle: T\ndate: 2024-06-15\n---\n\n## One\n\n" + "Some words to say, and a few more of them. " * 40 + "\n"
)


def isolated(*flags: str) -> list[str]:
    """Return the words that run a command in namespaces of its own, or skip where that is not allowed."""
    unshare = shutil.which("unshare")
    command = [str(unshare), "--user", "--map-root-user", *flags]
    if unshare is None or subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        skip("unshare with user namespaces is not possible here: it takes away network and disk")
    return command


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


def test_a_read_only_show_is_said_to_be_one(tmp_path: Path) -> None:
    """Exit code 3 and the file system named as the reason."""
    show = make_show(tmp_path / "show")
    written(show)
    inside = f"""
        mount --bind {show.folder} {show.folder} && mount -o remount,bind,ro {show.folder} || exit 99
        {" ".join(podcast_command(show.folder, "render", "2024-06-15"))}
    """
    ran = subprocess.run([*isolated("--mount"), "bash", "-c", inside], capture_output=True, check=False)
    assert ran.returncode == 3, (ran.returncode, ran.stderr.decode())
    assert b"read-only" in ran.stderr
