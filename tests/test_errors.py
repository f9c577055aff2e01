"""Errors have a documented exit code and a sentence that a person can act on."""

from __future__ import annotations

import errno

import pytest

from podcast.errors import (
    _ADVICE,
    FindingsError,
    InputError,
    OutsideError,
    PodcastError,
    from_os_error,
    from_want,
    is_of_the_machine,
)


@pytest.mark.parametrize(("kind", "code"), [(FindingsError, 1), (InputError, 2), (OutsideError, 3)])
def test_every_error_has_the_exit_code_of_the_contract(kind: type[PodcastError], code: int) -> None:
    """All of them are caught as one."""
    assert kind.exit_code == code
    assert kind.__bases__ == (PodcastError,)
    with pytest.raises(PodcastError, match=r"^what happened$"):
        raise kind("what happened")


def test_there_are_no_other_kinds_of_errors() -> None:
    """The tree in the docstring is the whole one."""
    assert set(PodcastError.__subclasses__()) >= {FindingsError, InputError, OutsideError}
    assert not issubclass(PodcastError, OSError | ValueError)


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EDQUOT, "quota"),
        (errno.EACCES, "Permission denied"),
        (errno.EPERM, "Permission denied"),
        (errno.EROFS, "read-only"),
        (errno.ENOENT, "not there"),
        (errno.ENOTDIR, "Not a directory"),
        (errno.EISDIR, "Is a directory"),
        (errno.EMFILE, "Too many open files"),
    ],
)
def test_what_the_operating_system_refused_is_said_in_a_sentence(number: int, advice: str) -> None:
    """With the path in front, a full stop behind, and neither a number nor a Python name."""
    error = from_os_error(OSError(number, advice, "/shows/mine/show.toml"))
    assert isinstance(error, OutsideError)
    assert str(error).startswith("/shows/mine/show.toml: ")
    assert advice in str(error)
    assert str(error).endswith(".")
    assert "Errno" not in str(error)


@pytest.mark.parametrize("number", sorted(_ADVICE))
def test_the_common_ones_say_what_to_do(number: int) -> None:
    """A colon divides what happened from what to do next."""
    what, _, todo = str(from_os_error(OSError(number, "x"))).partition(": ")
    assert what
    assert todo


def test_a_full_disk_without_a_path_is_still_a_sentence() -> None:
    """Writing to an open file names none."""
    assert str(from_os_error(OSError(errno.ENOSPC, "No space left on device"))).startswith("The disk is full: ")


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (OSError("the pipe broke"), "the pipe broke."),
        (OSError(errno.ENXIO, "No such device"), "No such device."),
        (OSError(errno.ENXIO, "No such device", "/a"), "/a: No such device."),
        (TimeoutError("timed out"), "timed out."),
    ],
)
def test_others_are_said_in_the_systems_own_words(error: OSError, text: str) -> None:
    """Nothing is left out where we have no advice."""
    assert str(from_os_error(error)) == text


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (MemoryError(), "The memory is used up: close other programs"),
        (RuntimeError("can't start new thread"), "No further process or thread can be started: close"),
        (ImportError("libx.so.1: cannot open shared object file: Too many open files"), "Too many open files: raise"),
        (ImportError("libx.so.1: failed to map segment from shared object"), "The memory is used up: close"),
    ],
)
def test_a_want_that_is_no_error_of_the_system_is_said_like_one(error: Exception, text: str) -> None:
    """With what to do."""
    assert str(from_want(error)).startswith(text)


def test_what_is_no_want_is_not_called_one() -> None:
    """It is something unforeseen."""
    assert from_want(RuntimeError("no thread of the story")) is None


def test_only_what_the_machine_lacks_is_of_the_machine() -> None:
    """A file that is not there says nothing about the machine."""
    assert is_of_the_machine(OSError(errno.EMFILE, "x"))
    assert not is_of_the_machine(FileNotFoundError(errno.ENOENT, "x"))
