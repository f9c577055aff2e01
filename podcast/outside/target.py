"""Where to publish, as it is written on a command line or in show.toml: read, and shown without its password."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from podcast.errors import InputError
from podcast.masking import shown

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


@dataclass(frozen=True, slots=True)
class Target:
    """The parts of a target; `path` is everything behind the host."""

    scheme: str
    host: str
    path: str
    shown: str
    user: str = ""
    password: str = ""
    port: int | None = None

    def __repr__(self) -> str:
        return f"Target({self.shown!r})"


def scheme_of(target: str) -> str:
    """Return what stands before `://`, in lower case; nothing for a folder's path."""
    found = _SCHEME.match(target)
    return found[1].lower() if found else ""


def read_target(target: str) -> Target:
    """Take an address apart. InputError if it is none."""
    refuse_cut(target)
    parts = urlsplit(target)
    host, port = parts.hostname or "", parts.port
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Target(scheme_of(target), host, unquote(parts.path), shown(target).rstrip("/"), user, password, port)


def refuse_cut(target: str) -> None:
    """Say how to write signs that would end the path of an address. InputError for them, and for what is none."""
    try:
        parts = urlsplit(target)
        parts.port  # noqa: B018 - it is read there
    except ValueError:
        raise InputError(f"{shown(target)}: not an address. Write it like sftp://user@host:22/folder.") from None
    if parts.query or parts.fragment:
        raise InputError(f"{shown(target)}: ? and # end an address. If they are part of a name, write %3F and %23.")
