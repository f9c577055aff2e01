"""The one door to paramiko: a folder of another machine, over a connection to nobody but the host that is known.

Each file is written beside its place, then takes it in one step.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import shlex
import socket
import stat
import subprocess
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

from podcast.errors import InputError, OutsideError
from podcast.outside import limits
from podcast.outside.programs import own_environment
from podcast.outside.storage import DEPTH, PassingError, is_partial, partial_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podcast.outside.target import Target

_KEEPALIVE_S = 15
_PIECE_BYTES = 32_768
"""What every server takes at once (draft-ietf-secsh-filexfer-02, 3)."""
_AHEAD = 64
"""Pieces that are asked for before the first has come."""
_SSH_PORT = 22
_ENDING_S = 2


class SftpStorage:
    """Files below a folder of a host."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._folder = _folder_of(target.path)
        self._known: set[str] = set()
        self._client = _client()
        self._proxy: tuple[subprocess.Popen[bytes], socket.socket] | None = None
        try:
            with self._saying(), self._within(4 * limits.CONNECT_S):
                self._log_in(target)
                self._sftp = self._client.open_sftp()
                self._sftp.get_channel().settimeout(limits.SILENCE_S)
                self._client.get_transport().set_keepalive(_KEEPALIVE_S)
            self._refuse_file()
        except BaseException:
            self.close()
            raise

    def sizes(self) -> dict[str, int]:
        """Bytes of every file, by its path below the folder."""
        with self._saying(), self._within(limits.LISTING_S):
            return {path: size for path, size in self._found("", DEPTH) if not is_partial(path)}

    def chunks(self, path: str) -> Iterator[bytes]:
        """Yield the bytes of a file."""
        with self._saying(path), self._sftp.open(self._place(path), "rb") as file:
            size = file.stat().st_size or 0
            with self._within(limits.transfer_s(size)):
                _keep_quiet(file)
                file.prefetch(size, _AHEAD)
                while chunk := file.read(_PIECE_BYTES):
                    yield chunk

    def put(self, path: str, file: Path, media_type: str, cache_control: str) -> None:  # noqa: ARG002 - a server's
        """Put a file there."""
        folder, _, name = self._place(path).rpartition("/")
        partial, size = _joined(folder, partial_name(name)), file.stat().st_size
        with self._saying(path), self._within(limits.transfer_s(size)):
            self._make_folder(folder)
            try:
                self._send_all(file, partial, size)
            except OSError:
                with contextlib.suppress(OSError, EOFError):  # there is nobody to be asked any more
                    self._sftp.remove(partial)
                raise
            self._sftp.posix_rename(partial, self._place(path))

    def _send_all(self, file: Path, partial: str, size: int) -> None:
        with file.open("rb") as data, self._sftp.open(partial, "wxb") as copy:
            _send(data, copy)
        if self._sftp.stat(partial).st_size != size:
            raise OSError("it kept less than it was sent")

    def remove(self, path: str) -> None:
        """Remove a file, and the folders that are empty then."""
        with self._saying(path), contextlib.suppress(FileNotFoundError), self._within(limits.SILENCE_S):
            self._sftp.remove(self._place(path))
        parents = [path.rsplit("/", number)[0] for number in range(1, path.count("/") + 1)]
        for parent in parents:
            with contextlib.suppress(OSError):  # something else is in it
                self._sftp.rmdir(self._place(parent))
            self._known.discard(self._place(parent))

    def finish(self, message: str) -> None:  # noqa: ARG002 - it is seen already
        """Remove what a killed run left unfinished."""
        with self._saying(), self._within(limits.LISTING_S):
            for path, _ in list(self._found("", DEPTH)):
                if is_partial(path):
                    with contextlib.suppress(FileNotFoundError):
                        self._sftp.remove(self._place(path))

    def close(self) -> None:
        """Hang up."""
        self._client.close()
        if self._proxy is not None:
            process, line = self._proxy
            line.close()
            _end(process)

    def _place(self, path: str) -> str:
        return _joined(self._folder, path) if path else self._folder

    def _log_in(self, target: Target) -> None:
        """Connect as ssh would: aliases, users, ports and keys of ~/.ssh/config count, and the agent's keys."""
        known = _configured(target.host)
        host, port = str(known.get("hostname", target.host)), target.port or int(known.get("port", _SSH_PORT))
        keys = [str(path) for path in map(_expanded, known.get("identityfile", [])) if path.is_file()]
        self._proxy = _proxy(known, host, port)
        self._client.connect(
            host,
            port,
            target.user or known.get("user"),
            target.password or None,
            key_filename=keys or None,
            sock=self._proxy and self._proxy[1],
            timeout=limits.CONNECT_S,
            banner_timeout=limits.CONNECT_S,
            auth_timeout=limits.CONNECT_S,
            channel_timeout=limits.CONNECT_S,
        )

    def _refuse_file(self) -> None:
        with self._saying(), contextlib.suppress(FileNotFoundError), self._within(limits.SILENCE_S):
            if not stat.S_ISDIR(self._sftp.stat(self._folder).st_mode or 0):
                raise InputError(f"{self._target.shown}: a file, and no folder. Choose another target.")

    def _make_folder(self, folder: str) -> None:
        if folder in self._known or folder in {"", "."}:
            return
        try:
            found = self._sftp.stat(folder)
        except FileNotFoundError:
            self._make_folder(folder.rpartition("/")[0])
            self._sftp.mkdir(folder)
        else:
            if not stat.S_ISDIR(found.st_mode or 0):
                raise InputError(
                    f"{self._target.shown}: {folder} is a file where a folder should be. Choose another target."
                )
        self._known.add(folder)

    def _found(self, path: str, depth: int) -> Iterator[tuple[str, int]]:
        """Walk no deeper than the tree goes: links to folders are followed, and may lead round."""
        try:
            entries = self._sftp.listdir_attr(self._place(path))
        except FileNotFoundError:
            return
        except PermissionError:
            if not path:
                raise
            return  # others' own, as lost+found where a disk is mounted
        for entry in entries:
            below = _joined(path, entry.filename) if path else entry.filename
            found = self._followed(below, entry)
            if found is None:
                continue
            if stat.S_ISREG(found.st_mode):
                yield below, found.st_size or 0
            elif depth > 1 and stat.S_ISDIR(found.st_mode):
                yield from self._found(below, depth - 1)

    def _followed(self, path: str, entry: Any) -> Any:
        if not stat.S_ISLNK(entry.st_mode or 0):
            return entry
        try:
            return self._sftp.stat(self._place(path))
        except OSError:
            if not self._is_alive():
                raise
            return None  # a link to nothing, or to what others may not see

    # ── what goes wrong ─────────────────────────────────────────────────────────────────────────────────

    def _is_alive(self) -> bool:
        transport = self._client.get_transport()
        return transport is not None and transport.is_active()

    @contextlib.contextmanager
    def _within(self, seconds: float) -> Iterator[None]:
        """Hang up when it takes longer: a server that sends a byte now and then is never silent."""
        timer = threading.Timer(seconds, self._client.close)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    @contextlib.contextmanager
    def _saying(self, path: str = "") -> Iterator[None]:
        import paramiko

        where = _joined(self._target.shown, path) if path else self._target.shown
        try:
            yield
        except paramiko.BadHostKeyException as error:
            raise OutsideError(
                f"{where}: the key of this host is not the one in known_hosts, so somebody may have come in between. "
                "Ask those who run it; if they changed it, remove the line of the old one."
            ) from error
        except paramiko.AuthenticationException as error:
            raise OutsideError(
                f"{where}: the host took none of your keys. `ssh-add` gives a key to the agent, `ssh-copy-id` to "
                "the host; IdentityFile and User in ~/.ssh/config are heeded."
            ) from error
        except socket.gaierror as error:
            kind = PassingError if error.errno == socket.EAI_AGAIN else InputError
            raise kind(f"{where}: this host is not found ({error.strerror}).") from error
        except (paramiko.SSHException, EOFError, OSError) as error:
            self._say(where, error)

    def _say(self, where: str, error: Exception) -> NoReturn:
        if not self._is_alive() or not isinstance(error, OSError) or _is_of_network(error):
            raise PassingError(f"{where}: the connection failed ({_words(error)}).") from error
        if error.errno == errno.EACCES:
            raise OutsideError(
                f"{where}: permission denied. Let this user write there, or choose another target."
            ) from error
        if error.errno == errno.ENOENT:
            raise OutsideError(f"{where}: it is not there, or its folder is not. Run it again.") from error
        raise OutsideError(
            f"{where}: the host could not do it ({_words(error)}). Is its disk full, or a folder where a file should "
            "be? Run it again then: it goes on where it stopped."
        ) from error


def _send(data: BinaryIO, copy: Any) -> None:
    """Send all without waiting after each piece, but with the last one for what became of every one of them."""
    piece = data.read(_PIECE_BYTES)
    while piece:
        following = data.read(_PIECE_BYTES)
        copy.set_pipelined(bool(following))
        copy.write(piece)
        piece = following


def _keep_quiet(file: Any) -> None:
    """Have nothing printed by the thread that asks for pieces ahead: whoever reads them learns why none come."""
    import paramiko

    ask = file._prefetch_thread  # noqa: SLF001 - there is no other way in

    def asking(*values: Any) -> None:
        with contextlib.suppress(paramiko.SSHException, EOFError, OSError):
            ask(*values)

    file._prefetch_thread = asking  # noqa: SLF001 - likewise


def _is_of_network(error: OSError) -> bool:
    network = {errno.EPIPE, errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EBADF}
    return isinstance(error, ConnectionError | TimeoutError) or error.errno in network or "closed" in str(error)


def _words(error: BaseException) -> str:
    text = str(getattr(error, "strerror", None) or error)
    said = "".join(sign if sign.isprintable() else "?" for sign in text).strip().rstrip(".")
    return said[:200] or ("no answer in time" if isinstance(error, TimeoutError) else "it was broken off")


def _joined(folder: str, name: str) -> str:
    return f"{folder.rstrip('/')}/{name}" if folder else name


def _folder_of(path: str) -> str:
    """Below the root, or, as in /~/podcast, below what the user sees first."""
    if path == "/~" or path.startswith("/~/"):
        return path[3:].rstrip("/") or "."
    return path.rstrip("/") or "/"


# ── connecting ──────────────────────────────────────────────────────────────────────────────────────────


def _client() -> Any:
    """Return a client that knows those hosts that the user's own ssh knows, and talks to no others."""
    try:
        import paramiko
    except ImportError as error:
        raise InputError("sftp needs a package that is not installed: pip install 'paper-podcast[sftp]'") from error

    class RefuseUnknown(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]
        def missing_host_key(self, client: Any, hostname: str, key: Any) -> NoReturn:  # noqa: ARG002
            raise InputError(
                f"{hostname}: this host is not in known_hosts, so it cannot be told from one that came in between. "
                f"Run `ssh {hostname.strip('[').replace(']:', ' -p ')}` once and compare the fingerprint, "
                f"{key.get_name()} {key.fingerprint}."
            )

    logging.getLogger("paramiko").addHandler(logging.NullHandler())  # or it prints what goes wrong by itself
    client = paramiko.SSHClient()
    for path in (Path("/etc/ssh/ssh_known_hosts"), Path("~/.ssh/known_hosts").expanduser()):
        if path.is_file():
            client.load_system_host_keys(str(path))
    client.set_missing_host_key_policy(RefuseUnknown())
    return client


def _expanded(path: str) -> Path:
    return Path(path).expanduser()


def _configured(host: str) -> Mapping[str, Any]:
    import paramiko

    path = Path("~/.ssh/config").expanduser()
    if not path.is_file():
        return {}
    try:
        found: Mapping[str, Any] = paramiko.SSHConfig.from_path(str(path)).lookup(host)
    except (paramiko.SSHException, ValueError, ImportError) as error:  # ImportError: `Match exec` needs a package
        raise InputError(f"{path}: cannot be read ({_words(error)}). Correct it.") from error
    return found


def _proxy(known: Mapping[str, Any], host: str, port: int) -> tuple[subprocess.Popen[bytes], socket.socket] | None:
    """Start the command that leads to the host, where the user's ssh would; gives its end of the line."""
    command, jump = str(known.get("proxycommand", "none")), str(known.get("proxyjump", "none"))
    words = ["ssh", "-W", f"{host}:{port}", jump] if jump != "none" else shlex.split(command)
    if words == ["none"]:
        return None
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            words, stdin=theirs.fileno(), stdout=theirs.fileno(), stderr=subprocess.DEVNULL, env=own_environment()
        )
    return process, ours


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_ENDING_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
