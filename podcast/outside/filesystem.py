"""The one door to fsspec, and to every place that a show can be published at: which target leads to which storage."""

from __future__ import annotations

import contextlib
import functools
import logging
import re
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import unquote, urlsplit

from podcast.errors import InputError, OutsideError
from podcast.masking import masked, shown
from podcast.outside import limits
from podcast.outside.folder import FolderStorage
from podcast.outside.git import open_git
from podcast.outside.patient import PatientStorage
from podcast.outside.reasons import reason
from podcast.outside.sftp import SftpStorage
from podcast.outside.storage import PassingError, is_partial, partial_name
from podcast.outside.target import read_target, refuse_cut, scheme_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from podcast.outside.storage import Connection, Storage

_PIECE_BYTES = 8 << 20

_S3 = {"s3", "s3a"}
_WHOLE = _S3 | {"gs", "gcs", "abfs", "abfss", "az", "memory"}
"""Where a file that is written is seen when it is whole, and not before."""

_READ_ONLY = {"http", "https", "github", "gist", "data", "zip", "tar"}
_KNOWN = (
    "a folder, s3://bucket/path, sftp://user@host/path, git+https://host/me/show.git#gh-pages, or another address that "
    "fsspec can write to"
)
_CREDENTIALS = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile of ~/.aws with AWS_PROFILE."


def open_storage(
    target: str, sleep: Callable[[float], None] = time.sleep, *, work: Path | None = None
) -> AbstractContextManager[Storage]:
    """Open the place that a target names; what is asked of it may raise InputError or OutsideError.

    A copy of a repository's branch is kept in `work`, if that is given. Raises InputError for a target that is none.
    """
    scheme = scheme_of(target)
    if target.startswith("git+"):
        return _open_git(target, work, sleep)
    if scheme == "git":
        raise InputError(
            f"{shown(target)}: nobody may write there. A repository is named like git+https://host/me/x.git."
        )
    if scheme in _READ_ONLY:
        raise InputError(f"{shown(target)}: nothing can be written there. Name {_KNOWN}.")
    if not target.strip() or "::" in target or "\0" in target:
        raise InputError(f"{shown(target) or 'An empty text'}: not a target. Name {_KNOWN}.")
    return contextlib.closing(PatientStorage(_connector(scheme, target), sleep))


@contextlib.contextmanager
def _open_git(target: str, work: Path | None, sleep: Callable[[float], None]) -> Iterator[Storage]:
    """Open a branch of a repository, which is no connection: what is asked of it happens here, until it is pushed."""
    with (
        contextlib.nullcontext(work) if work else tempfile.TemporaryDirectory() as folder,
        open_git(target, Path(folder), sleep) as place,
    ):
        yield place


def _connector(scheme: str, target: str) -> Callable[[], Connection]:
    if scheme in {"", "file", "local"}:
        return functools.partial(FolderStorage, folder_of(target))
    if scheme in {"sftp", "ssh"}:
        place = read_target(target)
        if not place.host or place.path in {"", "/"}:
            raise InputError(f"{place.shown}: no folder of a host. Write it like sftp://user@host/srv/podcast.")
        return functools.partial(SftpStorage, place)
    if scheme in _S3 and "@" in urlsplit(target).netloc:
        raise InputError(f"{shown(target)}: credentials do not stand in a target. {_CREDENTIALS}")
    return functools.partial(FsspecStorage, scheme, target)


def folder_of(target: str, below: Path = Path()) -> Path:
    """Where a target that is a folder lies, a relative one below another. InputError if it cannot be one."""
    if scheme_of(target):
        refuse_cut(target)
    parts = urlsplit(target) if scheme_of(target) else None
    path = unquote(f"{parts.netloc}{parts.path}") if parts else target
    try:
        if "\0" not in path:
            return (below / Path(path).expanduser()).absolute()
    except RuntimeError as error:  # ~name of nobody
        raise InputError(f"{shown(target)}: this machine has no such user. Correct the target.") from error
    raise InputError(f"{shown(target)}: not a target. Name {_KNOWN}.")


class FsspecStorage:
    """Files below an address that fsspec knows how to reach."""

    def __init__(self, scheme: str, target: str) -> None:
        self._scheme = scheme
        self._shown = shown(target).rstrip("/")
        self._system, root = _system(scheme, target, self._shown)
        self._root = root.rstrip("/")

    def sizes(self) -> dict[str, int]:
        """Bytes of every file, by its path below the address."""
        return {path: size for path, size in self._found() if not is_partial(path)}

    def chunks(self, path: str) -> Iterator[bytes]:
        """Yield the bytes of a file."""
        with self._saying(path):
            size = self._ask("info", self._place(path), seconds=limits.SILENCE_S)["size"]
            for start in range(0, size, _PIECE_BYTES):
                piece = min(size, start + _PIECE_BYTES)
                yield self._ask(
                    "cat_file", self._place(path), start=start, end=piece, seconds=limits.transfer_s(_PIECE_BYTES)
                )

    def put(self, path: str, file: Path, media_type: str, cache_control: str) -> None:
        """Put a file there, with its headers on S3."""
        headers = {"ContentType": media_type, "CacheControl": cache_control} if self._scheme in _S3 else {}
        folder, _, name = self._place(path).rpartition("/")
        place = self._place(path) if self._scheme in _WHOLE else f"{folder}/{partial_name(name)}"
        seconds = limits.transfer_s(file.stat().st_size)
        with self._saying(path):
            if self._scheme not in _WHOLE:
                self._ask("makedirs", folder, exist_ok=True, seconds=limits.SILENCE_S)
            self._ask("put_file", str(file), place, seconds=seconds, **headers)
            if self._scheme not in _WHOLE:
                self._system.mv(place, self._place(path))

    def remove(self, path: str) -> None:
        """Remove a file; it is no error if it is not there."""
        with self._saying(path), contextlib.suppress(FileNotFoundError):
            self._ask("rm_file", self._place(path), seconds=limits.SILENCE_S)

    def finish(self, message: str) -> None:  # noqa: ARG002 - it is seen already
        """Remove what a killed run left unfinished, where there can be such."""
        if self._scheme not in _WHOLE:
            for path in [path for path, _ in self._found() if is_partial(path)]:
                self.remove(path)

    def close(self) -> None:
        """Nothing to do: connections are closed with their last user."""

    def _place(self, path: str) -> str:
        return f"{self._root}/{path}"

    def _found(self) -> Iterator[tuple[str, int]]:
        with self._saying():
            found = self._ask("find", self._root, detail=True, seconds=limits.LISTING_S)
        for name, known in found.items():
            if name.startswith(f"{self._root}/") and not name.endswith("/"):
                yield name.removeprefix(f"{self._root}/"), known.get("size") or 0

    def _ask(self, name: str, *values: Any, seconds: float, **named: Any) -> Any:
        """Ask, and wait no longer than so many seconds where fsspec can do that."""
        if not self._system.async_impl:
            return getattr(self._system, name)(*values, **named)
        from fsspec.asyn import sync

        return sync(self._system.loop, getattr(self._system, f"_{name}"), *values, timeout=seconds, **named)

    @contextlib.contextmanager
    def _saying(self, path: str = "") -> Iterator[None]:
        where = f"{self._shown}/{path}" if path else self._shown
        try:
            yield
        except FileNotFoundError as error:
            _say_missing(where, path, error)
        except NotImplementedError as error:
            raise InputError(f"{where}: nothing can be written there. Name {_KNOWN}.") from error
        except (NotADirectoryError, FileExistsError) as error:
            raise InputError(f"{where}: a file stands where a folder should be. Choose another target.") from error
        except _failures(self._scheme) as error:
            _say(where, error)


def _system(scheme: str, target: str, where: str) -> tuple[Any, str]:
    import fsspec

    for library in ("fsspec", "s3fs", "botocore", "aiobotocore"):
        logging.getLogger(library).setLevel(logging.INFO)  # below it they write what a request is signed with
    try:
        found: tuple[Any, str] = fsspec.url_to_fs(target, skip_instance_cache=True, **_options(scheme))
    except ImportError as error:
        advice = "pip install 'paper-podcast[s3]'" if scheme in _S3 else _words(error)
        raise InputError(f"{where}: this needs a package that is not installed: {advice}") from error
    except (ValueError, TypeError) as error:
        raise InputError(f"{where}: not a target. Name {_KNOWN}.") from error
    except OSError as error:
        _say(where, error)
    if not found[1].strip("/") and scheme != "memory":
        raise InputError(f"{where}: no place is named. Write it like s3://bucket/path.")
    if "//" in found[1].strip("/") or (scheme in _S3 and "//" in target.partition("://")[2]):
        raise InputError(f"{where}: a slash too many, for names between slashes are needed. Correct it.")
    if scheme in _S3:
        found[0].retries = 1  # it is tried again here
    return found


def _options(scheme: str) -> dict[str, Any]:
    if scheme not in _S3:
        return {}
    # Every file is read back and compared, so that the checksums are not missed which hosts other than Amazon refuse.
    when = dict.fromkeys(("request_checksum_calculation", "response_checksum_validation"), "when_required")
    times = {
        "connect_timeout": limits.CONNECT_S,
        "read_timeout": limits.SILENCE_S,
        "retries": {"total_max_attempts": 1},
    }
    return {"use_listings_cache": False, "config_kwargs": {**times, **when}}


def _failures(scheme: str) -> tuple[type[Exception], ...]:
    """Errors of Python's own, and of the package that is used."""
    if scheme not in _S3:
        return (OSError,)
    from botocore import exceptions

    return OSError, exceptions.BotoCoreError, exceptions.ClientError


# ── what goes wrong ─────────────────────────────────────────────────────────────────────────────────────

_NUMBER = re.compile(r"^\[Errno -?\d+\] ")
_NAME = re.compile(r"[A-Za-z]{2,60}")
_PASSING = {"SlowDown", "Throttling", "ThrottlingException", "RequestTimeout", "InternalError"}
_MAY_PASS = {"HTTPClientError", "ConnectionError", "ResponseParserError", "IncompleteReadError", "FSTimeoutError"}
_WORTH_ANOTHER_TRY = {408, 425, 429}
_SERVER = 500


def _say_missing(where: str, path: str, error: Exception) -> NoReturn:
    if _code(error) == "NoSuchBucket" or "specified bucket does not exist" in str(error):
        raise InputError(f"{where}: there is no such bucket. Make it first, or correct the target.") from error
    if path:
        raise OutsideError(f"{where}: gone while it was needed. Run it again.") from error
    raise InputError(f"{where}: not there. Make it first, or correct the target.") from error


def _say(where: str, error: Exception) -> NoReturn:
    names = {kind.__name__ for kind in type(error).__mro__}
    if names & {"NoCredentialsError", "PartialCredentialsError", "ProfileNotFound"}:
        raise InputError(f"{where}: no credentials. {_CREDENTIALS}") from error
    if names & {"NoRegionError", "ParamValidationError", "InvalidRegionError"} or _code(error) == "InvalidBucketName":
        raise InputError(f"{where}: not a target ({_words(error)}). Correct it.") from error
    if names & _MAY_PASS or isinstance(error, ConnectionError | TimeoutError) or _passes(error):
        raise PassingError(
            f"{where}: {_said(error) if _status(error) else f'the connection failed ({reason(error)})'}."
        ) from error
    if isinstance(error, PermissionError):
        raise OutsideError(
            f"{where}: permission denied ({_said(error)}). Give these credentials the right to list, read and write "
            "there, or choose another target."
        ) from error
    what = _said(error) if _status(error) else _words(error)
    raise OutsideError(f"{where}: {what}. Put that right and run it again: it goes on where it stopped.") from error


def _answer(error: BaseException) -> dict[str, Any]:
    """Return what a server said, from the error or the one behind it."""
    return getattr(error, "response", None) or getattr(error.__cause__, "response", None) or {}


def _code(error: BaseException) -> str:
    return str(_answer(error).get("Error", {}).get("Code", ""))


def _status(error: BaseException) -> int:
    status = _answer(error).get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status if isinstance(status, int) else 0


def _passes(error: BaseException) -> bool:
    return _code(error) in _PASSING or _status(error) in _WORTH_ANOTHER_TRY or _status(error) >= _SERVER


def _words(error: BaseException) -> str:
    return shown(masked(_NUMBER.sub("", str(error))) or reason(error)).strip().rstrip(".")[:200]


def _said(error: BaseException) -> str:
    """Say what a server said, by its status and the name that it has for it; else why nothing came."""
    if not (status := _status(error)):
        return reason(error)
    named = f", {_code(error)}" if _NAME.fullmatch(_code(error)) else ""
    return f"its server answered with status {status}{named}"
