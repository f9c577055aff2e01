"""The pages of feed/: only those are made again of which something changed, and those that are no more are removed.

What each was made from is kept in a ledger in .podcast/. Deleting that costs time only: a page of which it says nothing
is made, and written if it is not the same.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from podcast import files

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from podcast.feed.page import Page

PAGES_FILE = "pages.json"


@dataclass(frozen=True, slots=True)
class _Written:
    """A page as it was written: what it was made from, and the state of its file then."""

    made_from: str
    bytes: int
    mtime_ns: int


def write_pages(folder: Path, pages: Sequence[Page], ledger: Path) -> bool:
    """Write what is new of these pages, in their order; say whether anything was."""
    before = _read(ledger)
    now: dict[str, _Written] = {}
    is_new = False
    for page in pages:
        path, known = folder / page.name, before.get(page.name)
        if known is None or known != _state(path, page.made_from):
            is_new = _write(path, page.make()) or is_new
            known = _state(path, page.made_from)
        if known:
            now[page.name] = known
    is_new = _remove(folder, before.keys() - now.keys()) or is_new
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


def _remove(folder: Path, names: set[str]) -> bool:
    """Remove pages of episodes that are no more, and their folders if nothing else is in them."""
    for name in names:
        path = folder / name
        if path.resolve().is_relative_to(folder.resolve()):
            path.unlink(missing_ok=True)
            if path.parent != folder:
                with contextlib.suppress(OSError):  # somebody laid something beside it
                    path.parent.rmdir()
    return bool(names)


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
