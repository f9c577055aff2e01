"""Everything that can go wrong and is worth a sentence to the person at the keyboard.

    PodcastError             has a documented exit code; its text names what, where and what to do next
    ├── InputError       2   what we were given cannot be used: an argument, a file, a setting
    ├── OutsideError     3   a program, a service or the disk failed
    │   ├── BusyError        another run holds what this one needs
    │   └── GoneError        what all of the work hangs on is gone
    └── FindingsError    1   the work was done, but some of it failed or was found wanting

A text is one or more whole sentences, without the word "error", fit for a terminal as it stands.
"""

from __future__ import annotations

import errno


class PodcastError(Exception):
    """The root of all errors that a command reports in words instead of a traceback."""

    exit_code = 1


class FindingsError(PodcastError):
    """Some items failed or were found wanting; each is named in the text."""

    exit_code = 1


class InputError(PodcastError):
    """An argument, file, script or setting cannot be used as it is."""

    exit_code = 2


class OutsideError(PodcastError):
    """An outside program or service, or the machine itself, failed."""

    exit_code = 3


class BusyError(OutsideError):
    """Another run is at work on the same thing."""


class GoneError(OutsideError):
    """What all of the work hangs on is gone: nothing else that was asked for can be done either."""


_AGAIN = "then run the same command again; finished work is kept."
_ADVICE = {
    errno.ENOSPC: "The disk is full: free some space and run the same command again; finished work is kept.",
    errno.EDQUOT: "The disk quota is used up: free some space, then run the same command again.",
    errno.EFBIG: f"File too large: raise the limit with `ulimit -f unlimited`, or choose another disk, {_AGAIN}",
    errno.EACCES: "Permission denied: make it accessible to you, or choose another folder with --show.",
    errno.EPERM: "Permission denied: make it accessible to you, or choose another folder with --show.",
    errno.EROFS: "The file system is read-only: choose another folder with --show.",
    errno.ENOENT: "It is not there: check the path.",
    errno.ENOTDIR: "Not a directory: move the file away that stands in the place of a folder, or correct the path.",
    errno.EISDIR: "Is a directory: move the folder away that stands in the place of a file, or correct the path.",
    errno.EEXIST: "File exists: move away what stands in the place of a folder, then run the same command again.",
    errno.ELOOP: "Too many levels of symbolic links: it is a link to itself. Remove the link, or correct it.",
    errno.EIO: "Input/output error: the disk may be failing. Copy the show to another one, then look at this one.",
    errno.EMFILE: f"Too many open files: raise the limit with `ulimit -n 1024`, {_AGAIN}",
    errno.ENFILE: f"Too many open files in the whole system: close other programs, {_AGAIN}",
    errno.EAGAIN: f"No further process or thread can be started: close other programs, {_AGAIN}",
    errno.ENOMEM: f"The memory is used up: close other programs, {_AGAIN}",
}
_NO_THREAD, _NO_HOME = "can't start new thread", "Could not determine home directory"
_NOT_LOADED = {"Too many open files": errno.EMFILE, "failed to map segment": errno.ENOMEM}
"""In words of those who load libraries and tell no number."""

_OF_THE_MACHINE = {errno.EAGAIN, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC, errno.EDQUOT}


def is_of_the_machine(error: OSError) -> bool:
    """Whether the machine had nothing left to give, whatever file or program it was asked about."""
    return error.errno in _OF_THE_MACHINE


def from_want(error: Exception) -> OutsideError | None:
    """Say that memory, threads, files or a home are wanting where that comes as no OSError; None for all else."""
    if isinstance(error, MemoryError):
        return from_os_error(OSError(errno.ENOMEM, ""))
    if isinstance(error, RuntimeError) and _NO_THREAD in str(error):
        return from_os_error(OSError(errno.EAGAIN, ""))
    if isinstance(error, RuntimeError) and _NO_HOME in str(error):
        return OutsideError("This user has no home folder: set HOME to a folder of yours, then run this again.")
    return next(
        (from_os_error(OSError(number, "")) for text, number in _NOT_LOADED.items() if text in str(error)), None
    )


def from_os_error(error: OSError) -> OutsideError:
    """Say what the operating system refused, on which file, and what to do next."""
    advice = _ADVICE.get(error.errno or 0, f"{error.strerror or error}.")
    return OutsideError(f"{error.filename}: {advice}" if error.filename else advice)
