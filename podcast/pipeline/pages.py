"""The pages of feed/: only those are made again of which something changed, and those that are no more are removed.

What each was made from is kept in a ledger in .podcast/. Deleting that costs time only: a page of which it says nothing
is made, and written if it is not the same. Only the page of an episode that is no more stays then; nothing leads to it.
"""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from podcast import files

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from podcast.feed.page import Page

PAGES_FILE = "pages.json"

ONLY_OURS = re.compile(r"feed-[0-9]{4,9}\.xml|site-[0-9a-f]{16}\.(css|js)", re.ASCII)
"""Names in feed/ that nothing else has: archives, style and script."""

_MAY_GO = re.compile(rf"{ONLY_OURS.pattern}|[A-Za-z0-9][A-Za-z0-9._-]{{0,99}}/index\.html", re.ASCII)
"""Names of pages that a show may have no more: all others it has for ever, or they are not ours to remove."""


@dataclass(frozen=True, slots=True)
class _Written:
    """A page as it was written: what it was made from, and the state of its file then."""

    made_from: str
    bytes: int
    mtime_ns: int


def write_pages(folder: Path, pages: Sequence[Page], ledger: Path, *, anew: bool = False) -> bool:
    """Write what is new of these pages, in their order; say whether anything was.

    With `anew` each is made and compared, byte for byte, whatever the ledger says.
    """
    before = _read(ledger)
    now: dict[str, _Written] = {}
    is_new = False
    for page in pages:
        path, known = folder / page.name, before.get(page.name)
        if anew or known is None or known != _state(path, page.made_from):
            is_new = _write(path, page.make()) or is_new
            known = _state(path, page.made_from)
        if known:
            now[page.name] = known
    is_new = _remove(folder, (before.keys() | _only_ours(folder)) - now.keys()) or is_new
    if now != before:
        text = json.dumps({name: asdict(written) for name, written in now.items()}, indent=0)
        files.write_bytes(ledger, text.encode(), durable=False)
    return is_new


def as_written(folder: Path, pages: Sequence[Page], ledger: Path) -> frozenset[str]:
    """Name the pages that are as they were written, from what they would be made from now: none needs to be made."""
    before = _read(ledger)
    return frozenset(
        page.name
        for page in pages
        if page.name in before and before[page.name] == _state(folder / page.name, page.made_from)
    )


def _write(path: Path, data: bytes) -> bool:
    is_new = not path.is_file() or path.read_bytes() != data
    if is_new:
        files.write_bytes(path, data)
    return is_new


def _only_ours(folder: Path) -> set[str]:
    """Name what is there of these, also where the ledger was lost: archives that are no more are nobody's pages."""
    return {path.name for path in folder.glob("*") if ONLY_OURS.fullmatch(path.name)}


def _remove(folder: Path, names: set[str]) -> bool:
    """Remove pages of episodes that are no more, and their folders if nothing else is in them.

    Whatever the ledger says, nothing else is: it may be damaged, or have come with a show that somebody else made.
    """
    paths = [folder / name for name in sorted(filter(_MAY_GO.fullmatch, names))]
    ours = [path for path in paths if path.parent == folder or not path.parent.is_symlink()]
    gone = [path for path in ours if path.is_file()]
    for path in gone:
        path.unlink()
    for path in ours:  # also where a run was killed between the two
        if path.parent != folder:
            with contextlib.suppress(OSError):  # somebody laid something beside it, or it went with its page
                path.parent.rmdir()
    return bool(gone)


def _state(path: Path, made_from: str) -> _Written | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return _Written(made_from, found.st_size, found.st_mtime_ns)


def _read(ledger: Path) -> Mapping[str, _Written]:
    try:
        data: Any = json.loads(ledger.read_bytes())
        return {str(name): _Written(**written) for name, written in data.items()}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}
