"""The one door to git, the system's own: runs it in a bare repository that is ours alone, and says why it failed.

Nothing that lies in a repository is executed or obeyed: no hooks, no settings of its own, no protocol but the one that
is asked for. An address is handed over in the environment, which only the same user can read, never among arguments.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import shlex
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast import files
from podcast.errors import OutsideError
from podcast.masking import HIDDEN, masked
from podcast.outside.patient import WAITS_S
from podcast.outside.programs import own_environment, plain_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

_log = logging.getLogger(__name__)

REMOTE = "publish"
"""What the address is called in commands."""

LOCAL_S = 600.0
"""How long a command may take that only this machine works on."""

_CHUNK_BYTES = 1 << 20
_OWNER_ONLY = 0o077
"""What of a file's rights is taken away (umask)."""
_TAIL_CHARACTERS = 400
_CONFIG = b"[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
_ATTRIBUTES = b"*.mp3 -delta\n*.jpg -delta\n*.png -delta\n"
"""What is compressed already is not compared with its neighbours."""

_PASSWORD = "PODCAST_GIT_PASSWORD"  # noqa: S105 - the name of a variable
_HELPER = f"""!f() {{ test "$1" = get && printf 'password=%s\\n' "${_PASSWORD}"; }}; f"""

_FOREIGN = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_CONFIG", "GIT_DIR", "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_NAMESPACE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX",
    "GIT_QUARANTINE_PATH", "GIT_REPLACE_REF_BASE", "GIT_SHALLOW_FILE", "GIT_WORK_TREE",
)  # fmt: skip
"""Variables that mean another repository: they are there where a hook of git started us."""

_DISK_FULL = re.compile(r"no space left|disk quota", re.IGNORECASE)
_REMOTE_COMMANDS = {"ls-remote", "fetch", "push"}
_NO_CONNECTION = "no connection. See whether the network and the host are up, then run this again"
_NO_TIME = "its host has no time, or is out of order. Run this again later"
_MAY_PASS = {_NO_CONNECTION, _NO_TIME}
_STATUS = re.compile(r"returned error: (\d{3})\b")
_REASONS = {
    "this machine does not know that host yet. `ssh` to it once, compare its fingerprint, then run this again": (
        "host key verification failed",
    ),
    "no permission. Give git a credential that may write there, see docs/publish.md, then run this again": (
        "could not read username", "could not read password", "authentication failed", "permission denied",
        "insufficient permission", "error: 401", "error: 403", "write access to repository not granted",
    ),
    _NO_CONNECTION: (
        "could not resolve", "failed to connect", "couldn't connect", "connection refused", "connection reset",
        "connection timed out", "network is unreachable", "no route to host", "early eof", "rpc failed",
        "hung up unexpectedly", "operation too slow", "transfer closed", "empty reply",
    ),
    _NO_TIME: (
        "error: 408", "error: 425", "error: 429", "error: 500", "error: 502", "error: 503", "error: 504",
    ),
    "no repository there. Make it first, or correct the address": (
        "repository not found", "error: 404", "does not appear to be a git repository",
        "project you were looking for could not be found", "not found",
    ),
    "what answers there is no repository's host. Correct the address, or run this again later": (
        "http/0.9", "http-push failed", "is this a git repository",
    ),
}  # fmt: skip
"""What the other side's refusals mean, by words of git, ssh, curl and hosts; the first that fits."""


@dataclass(frozen=True, slots=True)
class Login:
    """Who logs in at a site like https://host; without a password the user's own helpers are asked for it."""

    site: str
    user: str
    password: str | None


@dataclass(frozen=True, slots=True)
class Address:
    """Where a repository is, and what it is called in messages: without a password."""

    url: str
    """What git is told: without a login that it would write into the arguments of what it starts."""
    protocol: str
    name: str
    place: str
    """The address without who logs in: what a copy is kept under."""
    secrets: tuple[str, ...]
    login: Login | None = None


class GitError(OutsideError):
    """What git said when it failed; `is_known` where the reason lies not in our copy, `may_pass` where it may pass."""

    def __init__(self, text: str, said: str, *, is_known: bool, may_pass: bool = False) -> None:
        super().__init__(text)
        self.said = said
        self.is_known = is_known
        self.may_pass = may_pass


@dataclass(frozen=True, slots=True)
class Git:
    """Git at work in a folder, for the repository at an address."""

    folder: Path
    address: Address
    sleep: Callable[[float], None] = time.sleep

    def run(
        self,
        *arguments: str,
        what: str,
        stdin: bytes = b"",
        limit_s: float = LOCAL_S,
        also: Mapping[str, str] | None = None,
    ) -> bytes:
        """Run a command and return what it printed; GitError says that it could not do `what`, and why.

        One that asks the other side is run anew after each wait, as long as there is no connection.
        """
        for wait_s in WAITS_S:
            try:
                return self._once(arguments, what, stdin, limit_s, also or {})
            except GitError as error:
                if not error.may_pass:
                    raise
                _log.debug("again after %s s: %s", wait_s, error)
                self.sleep(wait_s)
        return self._once(arguments, what, stdin, limit_s, also or {})

    def _once(
        self, arguments: Sequence[str], what: str, stdin: bytes, limit_s: float, also: Mapping[str, str]
    ) -> bytes:
        process = self._start(arguments, also, subprocess.PIPE)
        with process, _ended(process):
            try:
                out, said = process.communicate(stdin, timeout=limit_s)
            except subprocess.TimeoutExpired as error:
                text = f"{self.address.name}: git could not {what} within {limit_s:.0f} s. Run this again."
                raise GitError(text, "", is_known=True) from error
        if process.returncode:
            raise self._failure(arguments[0], what, process.returncode, said)
        return out

    def stream(self, *arguments: str, what: str) -> Iterator[bytes]:
        """Run a command and yield what it prints in pieces."""
        process = self._start(arguments, {}, subprocess.DEVNULL)
        out, said = process.stdout, process.stderr
        assert out is not None  # noqa: S101 - opened with a pipe
        assert said is not None  # noqa: S101 - likewise
        with process, _ended(process):
            while chunk := out.read(_CHUNK_BYTES):
                yield chunk
            words = said.read()
            if process.wait():
                raise self._failure(arguments[0], what, process.returncode, words)

    def setting(self, name: str) -> str:
        """Read a setting of the user's own; empty if there is none."""
        try:
            return self.run("config", "--get", name, what="read its settings").decode(errors="replace").strip()
        except GitError:
            return ""

    def _start(self, arguments: Sequence[str], also: Mapping[str, str], stdin: int) -> subprocess.Popen[bytes]:
        command = [_program(), f"--git-dir={self.folder}", *arguments]
        _log.debug("%s", shlex.join(command))
        environment = {**_environment(self.address, asks=arguments[0] in _REMOTE_COMMANDS), **also}
        try:
            return subprocess.Popen(
                command, env=environment, cwd=self.folder, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                start_new_session=True,  # without a terminal, so that ssh cannot stop and ask
                umask=_OWNER_ONLY if os.name == "posix" else -1,  # the copy of a branch is nobody else's business
            )  # fmt: skip
        except OSError as error:
            raise OutsideError(f"{command[0]} does not start: {error.strerror}. Install git anew.") from error

    def _failure(self, command: str, what: str, status: int, words: bytes) -> GitError:
        said = " ".join(words.decode(errors="replace").split())
        for secret in self.address.secrets:
            said = said.replace(secret, HIDDEN)
        said = masked(said)
        said = "".join(sign if sign.isprintable() else "?" for sign in said)
        if reason := _reason(command, said.casefold()):
            return GitError(f"{self.address.name}: {reason}.", said, is_known=True, may_pass=reason in _MAY_PASS)
        tail = said[-_TAIL_CHARACTERS:] or "it said nothing"
        return GitError(f"{self.address.name}: git could not {what} (exit {status}): {tail}", said, is_known=False)


def _reason(command: str, said: str) -> str | None:
    if _DISK_FULL.search(said):
        return "the disk is full, here or there. Free some space, then run this again"
    if command not in _REMOTE_COMMANDS:
        return None
    known = (reason for reason, words in _REASONS.items() if any(word in said for word in words))
    status = _STATUS.search(said)
    other = f"its host refused with status {status[1]}. Check the address, then run this again" if status else None
    return next(known, other)


def prepare(git: Git) -> None:
    """Make the repository, or make it ours again: settings as we have them, no locks of a killed run, no hooks."""
    folder = git.folder
    files.make_folder(folder)
    files.write_bytes(folder / "config", _CONFIG)
    if not (folder / "HEAD").is_file() or not (folder / "objects").is_dir():
        git.run("init", "--quiet", "--template=", what="make a repository")
    files.write_bytes(folder / "config", _CONFIG)
    files.write_bytes(folder / "info" / "attributes", _ATTRIBUTES)
    for lock in (*folder.glob("*.lock"), *folder.glob("refs/**/*.lock")):
        lock.unlink(missing_ok=True)


def _program() -> str:
    found = shutil.which("git")
    if found is None:
        raise OutsideError("git is not installed, and this target needs it: install it (git-scm.com), or name another.")
    return found


def _environment(address: Address, *, asks: bool) -> dict[str, str]:
    """The user's own, but for what would make git ask, speak another language or work elsewhere.

    A password is given to nothing but what `asks` the other side, and so are the variables that helpers may need.
    """
    kept = {name: value for name, value in _known(asks=asks).items() if name not in _FOREIGN}
    password = address.login.password if asks and address.login else None
    count = int(kept["GIT_CONFIG_COUNT"]) if kept.get("GIT_CONFIG_COUNT", "").isdecimal() else 0
    for at, (name, value) in enumerate(_settings(address), start=count):
        kept |= {f"GIT_CONFIG_KEY_{at}": name, f"GIT_CONFIG_VALUE_{at}": value}
        count = at + 1
    return {
        **kept,
        **({} if password is None else {_PASSWORD: password}),
        "GIT_CONFIG_COUNT": str(count),
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": address.protocol,
        "GIT_NO_REPLACE_OBJECTS": "1",
        "SSH_ASKPASS_REQUIRE": "never",
        "LC_ALL": "C",
        "LANGUAGE": "C",
    }


def _known(*, asks: bool) -> dict[str, str]:
    if asks:
        return own_environment("AWS_")
    return {**plain_environment(), **{name: value for name, value in os.environ.items() if name.startswith("GIT_")}}


def _settings(address: Address) -> list[tuple[str, str]]:
    return [
        (f"remote.{REMOTE}.url", address.url),
        *(_login_settings(address.login) if address.login else []),
        ("core.hooksPath", os.devnull),
        ("core.protectNTFS", "false"),  # nothing is ever checked out
        ("core.protectHFS", "false"),
        ("fetch.fsckObjects", "false"),
        ("gc.auto", "0"),
        ("maintenance.auto", "false"),
        ("http.lowSpeedLimit", "1000"),
        ("http.lowSpeedTime", "60"),
    ]


def _login_settings(login: Login) -> list[tuple[str, str]]:
    """Have git ask for the password where it lies, and nobody else for it; it is for that site alone."""
    about = f"credential.{login.site}"
    helpers = [] if login.password is None else [(f"{about}.helper", ""), (f"{about}.helper", _HELPER)]
    return [(f"{about}.username", login.user), *helpers]


@contextlib.contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Leave no program running, nor what it started, however the block ends."""
    try:
        yield
    finally:
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL) if hasattr(os, "killpg") else process.kill()
            process.wait()
