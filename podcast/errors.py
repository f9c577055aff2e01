"""Everything that can go wrong and is worth a sentence to the person at the keyboard.

    PodcastError             has a documented exit code; its text names what, where and what to do next
    ├── InputError       2   what we were given cannot be used: an argument, a file, a setting
    ├── OutsideError     3   a program, a service or the disk failed
    │   └── BusyError        another run holds what this one needs
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


_ADVICE = {
    errno.ENOSPC: "The disk is full: free some space and run the same command again; finished work is kept.",
    errno.EDQUOT: "The disk quota is used up: free some space, then run the same command again.",
    errno.EACCES: "Permission denied: make it accessible to you, or choose another folder with --show.",
    errno.EPERM: "Permission denied: make it accessible to you, or choose another folder with --show.",
    errno.EROFS: "The file system is read-only: choose another folder with --show.",
    errno.ENOENT: "It is not there: check the path.",
}


def from_os_error(error: OSError) -> OutsideError:
    """Say what the operating system refused, on which file, and what to do next."""
    advice = _ADVICE.get(error.errno or 0, f"{error.strerror or error}.")
    return OutsideError(f"{error.filename}: {advice}" if error.filename else advice)
