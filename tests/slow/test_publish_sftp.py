"""Publishing to another machine: a real OpenSSH server on a loopback port, its keys, its faults."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
from conftest import skip
from publishing import ADDRESS, MANIFEST, OLD, entries_of, files_in, listed, public_show, retitle, tree_of
from sshd import PROGRAM, know, running_sshd
from tcp_proxy import Proxy

from podcast.outside import patient
from podcast.outside.sftp import SftpStorage
from podcast.outside.storage import PassingError, partial_name
from podcast.outside.target import read_target

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Podcast
    from sshd import Sshd

pytestmark = pytest.mark.slow


@pytest.fixture
def sshd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sshd]:
    """Run a server, and be a user who knows it."""
    if not PROGRAM:
        skip("sshd is not installed (Debian: openssh-server)")
    with running_sshd(tmp_path / "sshd") as server:
        monkeypatch.setenv("HOME", str(server.home))
        monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
        monkeypatch.setattr(patient, "WAITS_S", (0, 0, 0))
        yield server


@pytest.fixture
def own(shared: Path, tmp_path: Path) -> Podcast:
    """Return a show with two episodes, to publish and to change."""
    return public_show(shared, tmp_path / "show")


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """Where it is published, as the other machine sees it."""
    return tmp_path / "srv" / "podcast"


def test_another_machine_has_the_tree(own: Podcast, sshd: Sshd, there: Path) -> None:
    """Byte for byte; what changes is replaced, what is asked to go goes, what is missing here comes back."""
    target = sshd.target(there)
    ran = own("publish", target)
    assert ran.exit_code == 0, ran.stderr
    assert ran.stdout.splitlines()[-1] == f"{ADDRESS}feed.xml"
    assert files_in(there) == tree_of(own)
    assert json.loads(own("publish", target, "--json").stdout)["sent"] == []
    retitle(own, "Another title")
    leftover = there / "episodes" / OLD / partial_name("notes.html")
    leftover.write_text("of a killed run")
    (there / "robots.txt").write_text("mine")
    assert own("publish", target, "--anyway").exit_code == 0
    assert files_in(there) == {**tree_of(own), "robots.txt": b"mine"}
    assert listed((there / MANIFEST).read_bytes()) == entries_of(tree_of(own))
    shutil.rmtree(own.episode(OLD))
    assert json.loads(own("restore", target, "--json").stdout)["restored"] == [OLD]
    assert json.loads(own("publish", target, "--json", "--anyway").stdout)["sent"] == []
    shutil.rmtree(own.episode(OLD))
    assert own("publish", target, "--anyway", "--prune").exit_code == 0
    assert files_in(there) == {**tree_of(own), "robots.txt": b"mine"}
    assert not (there / "episodes" / OLD).exists()


def test_hosts_of_the_users_own_ssh_are_known_by_their_names(
    own: Podcast, sshd: Sshd, there: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the port, the user, the key and the way to it that ~/.ssh/config says; ~ is home."""
    keys = sshd.home / ".ssh"
    (keys / "id_ed25519").rename(keys / "of_my_podcast")
    relay = there.parent / "relay.py"
    relay.parent.mkdir(parents=True)
    relay.write_text(RELAY)
    (keys / "config").write_text(
        f"Host my-podcast\n  HostName 127.0.0.1\n  Port {sshd.port}\n  User {os.environ.get('USER', 'root')}\n"
        f"  IdentityFile {keys}/of_my_podcast\n  ProxyCommand {sys.executable} {relay} %h %p\n"
    )
    monkeypatch.chdir(there.parent)
    ran = own("publish", f"sftp://my-podcast{there}", "--anyway")
    assert ran.exit_code == 0, ran.stderr
    assert files_in(there) == tree_of(own)


RELAY = """
import os, socket, sys, threading
line = socket.create_connection((sys.argv[1], int(sys.argv[2])))
def back():
    while data := line.recv(65536):
        os.write(1, data)
    os._exit(0)
threading.Thread(target=back).start()
while data := os.read(0, 65536):
    line.sendall(data)
os._exit(0)
"""


def test_a_host_that_is_not_known_is_not_talked_to(own: Podcast, sshd: Sshd, there: Path) -> None:
    """It says what to do; nor is one that has another key than before, or that takes none of ours."""
    target = sshd.target(there)
    known_hosts = sshd.home / ".ssh" / "known_hosts"
    known = known_hosts.read_text()
    known_hosts.unlink()
    ran = own("publish", target, "--anyway")
    assert (ran.exit_code, f"`ssh 127.0.0.1 -p {sshd.port}`" in ran.stderr) == (2, True), ran.stderr
    assert not known_hosts.exists()
    other = sshd.folder / "other"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(other)], check=True)
    know(sshd, other.with_suffix(".pub").read_text())
    ran = own("publish", target, "--anyway")
    assert (ran.exit_code, "is not the one in known_hosts" in ran.stderr) == (3, True), ran.stderr
    known_hosts.write_text(known)
    (sshd.folder / "authorized_keys").write_text("")
    ran = own("publish", target.replace("@", ":my-secret@"), "--anyway")
    assert (ran.exit_code, "ssh-add" in ran.stderr) == (3, True), ran.stderr
    assert "my-secret" not in ran.stderr + ran.stdout
    assert "Traceback" not in ran.stderr
    assert not there.exists()


def test_wrong_places_are_named(own: Podcast, sshd: Sshd, there: Path) -> None:
    """A file for a folder, a folder for a file, a host that is not there."""
    there.parent.mkdir()
    there.write_text("mine")
    ran = own("publish", sshd.target(there), "--anyway")
    assert (ran.exit_code, "a file, and no folder" in ran.stderr) == (2, True), ran.stderr
    there.unlink()
    there.mkdir()
    (there / "episodes").write_text("mine")
    ran = own("publish", sshd.target(there), "--anyway")
    assert (ran.exit_code, "a file where a folder" in ran.stderr) == (2, True), ran.stderr
    (there / "episodes").unlink()
    (there / "feed.xml").mkdir()
    ran = own("publish", sshd.target(there), "--anyway")
    assert (ran.exit_code, "feed.xml" in ran.stderr) == (3, True), ran.stderr
    ran = own("publish", "sftp://no-such-host.invalid/srv/podcast", "--anyway")
    assert (ran.exit_code in {2, 3}, "is not found" in ran.stderr) == (True, True), ran.stderr


def test_a_place_that_may_not_be_written_is_named(own: Podcast, sshd: Sshd, there: Path) -> None:
    """Here the whole server is read-only."""
    sshd.stop()
    sshd.options = "-R"
    sshd.start()
    there.mkdir(parents=True)
    ran = own("publish", sshd.target(there), "--anyway")
    assert (ran.exit_code, "permission denied" in ran.stderr) == (3, True), ran.stderr


def test_a_full_disk_is_named(own: Podcast, sshd: Sshd, tmp_path: Path) -> None:
    """And what was there is still whole; with more room, the rest goes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=700k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mounting, check=False, capture_output=True).returncode:
        pytest.skip("only root can make a disk that is soon full")
    try:
        for target in (str(disk / "a"), sshd.target(disk / "b")):
            ran = own("publish", target, "--anyway")
            assert (ran.exit_code, "full" in ran.stderr) == (3, True), ran.stderr
            folder = disk / target[-1]
            assert not (folder / "feed.xml").exists()
            whole = tree_of(own)
            assert all(whole[path] == data for path, data in files_in(folder).items() if ".partial" not in path)
            subprocess.run(["mount", "-o", "remount,size=8m", str(disk)], check=True)
            assert own("publish", target, "--anyway").exit_code == 0
            assert files_in(folder) == whole
            shutil.rmtree(folder)
            subprocess.run(["mount", "-o", "remount,size=700k", str(disk)], check=True)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_line_that_breaks_is_dialled_again(own: Podcast, sshd: Sshd, there: Path) -> None:
    """Reset in the midst of files, again and again: all of it gets there at last."""
    with Proxy(("127.0.0.1", sshd.port), resets=[1_000, 300_000, 5_000, 900_000]) as proxy:
        know(sshd, (sshd.folder / "host_key.pub").read_text(), f"[127.0.0.1]:{proxy.port}")
        ran = own("publish", sshd.target(there).replace(str(sshd.port), str(proxy.port)), "--anyway")
    assert ran.exit_code == 0, ran.stderr
    assert proxy.resets == []
    assert files_in(there) == tree_of(own)


def test_a_line_that_breaks_while_pieces_are_asked_for_ahead_is_told_once(sshd: Sshd, there: Path) -> None:
    """By whoever reads, not by a thread of the library's with a traceback: pytest fails where one does that."""
    there.mkdir(parents=True)
    with (there / "a.mp3").open("wb") as file:
        file.truncate(40_000_000)
    with contextlib.closing(SftpStorage(read_target(sshd.target(there)))) as place:
        chunks = place.chunks("a.mp3")
        assert next(chunks)
        place.close()
        with pytest.raises(PassingError):
            list(chunks)
    for thread in threading.enumerate():
        if "prefetch" in thread.name:
            thread.join(20)


def test_a_server_that_is_killed_midway_is_gone_on_with(
    own: Podcast, sshd: Sshd, there: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the same run where it comes back soon; else exit code 3, and the next run sends the rest."""
    target = sshd.target(there)

    def kill(*, then_start: bool) -> threading.Thread:
        def do() -> None:
            while not list(there.glob("episodes/*/*")):
                time.sleep(0.002)
            sshd.stop()
            if then_start:
                time.sleep(0.5)
                sshd.start()

        thread = threading.Thread(target=do)
        thread.start()
        return thread

    killing = kill(then_start=False)
    ran = own("publish", target, "--anyway")
    killing.join()
    assert (ran.exit_code, "goes on where it stopped" in ran.stderr) == (3, True), ran.stderr
    assert not (there / "feed.xml").exists()
    sshd.start()
    shutil.rmtree(there)
    monkeypatch.setattr(patient, "WAITS_S", (1, 2, 4))
    killing = kill(then_start=True)
    ran = own("publish", target, "--anyway")
    killing.join()
    assert ran.exit_code == 0, ran.stderr
    assert files_in(there) == tree_of(own)


def test_a_server_that_is_silent_is_not_waited_for(
    own: Podcast, sshd: Sshd, there: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not for ever: stopped in the midst of a file, it costs the time that is allowed for one."""
    monkeypatch.setattr("podcast.outside.limits.SILENCE_S", 1)
    monkeypatch.setattr("podcast.outside.limits.CONNECT_S", 1)
    with Proxy(("127.0.0.1", sshd.port), freeze_after=400_000) as proxy:
        know(sshd, (sshd.folder / "host_key.pub").read_text(), f"[127.0.0.1]:{proxy.port}")
        ran = own("publish", sshd.target(there).replace(str(sshd.port), str(proxy.port)), "--anyway")
    assert (ran.exit_code, "the connection failed" in ran.stderr) == (3, True), ran.stderr
