"""A real OpenSSH server on this machine, run by whoever runs the tests: its own keys, its own users, SFTP only."""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROGRAM = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin") or ""

_CONFIG = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/authorized_keys
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
MaxStartups 100
Subsystem sftp internal-sftp {options}
"""


@dataclass(slots=True)
class Sshd:
    """Where it is, and the home of a user who knows it."""

    folder: Path
    home: Path
    port: int
    options: str = ""
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Run it until it answers."""
        config = self.folder / "sshd_config"
        config.write_text(_CONFIG.format(port=self.port, folder=self.folder, options=self.options))
        command = [PROGRAM, "-D", "-e", "-f", str(config)]
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        log.close()
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.05)
        raise TimeoutError((self.folder / "log").read_text())

    def stop(self) -> None:
        """Kill it, and with it every connection."""
        if self.process is not None:
            children = subprocess.run(
                ["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, check=False
            ).stdout.split()
            self.process.kill()
            self.process.wait()
            for child in children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(child), 9)
            self.process = None

    def target(self, folder: Path) -> str:
        """Name a folder of this machine as the server's."""
        return f"sftp://{getpass.getuser()}@127.0.0.1:{self.port}{folder}"


@contextlib.contextmanager
def running_sshd(folder: Path) -> Iterator[Sshd]:
    """Make keys and run a server whom a user knows whose home is made, too."""
    folder.mkdir()
    home = folder / "home"
    (home / ".ssh").mkdir(parents=True, mode=0o700)
    with contextlib.suppress(OSError):
        os.makedirs("/run/sshd", exist_ok=True)  # noqa: PTH103 - where it locks itself in, when root starts it
    for key in (folder / "host_key", home / ".ssh" / "id_ed25519"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    shutil.copy(home / ".ssh" / "id_ed25519.pub", folder / "authorized_keys")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Sshd(folder, home, port)
    know(server, (folder / "host_key.pub").read_text())
    server.start()
    try:
        yield server
    finally:
        server.stop()


def know(server: Sshd, public_key: str, name: str = "") -> None:
    """Write a key of this server into the user's known_hosts, as ssh does when it is asked to."""
    name = name or f"[127.0.0.1]:{server.port}"
    (server.home / ".ssh" / "known_hosts").write_text(f"{name} {' '.join(public_key.split()[:2])}\n")
