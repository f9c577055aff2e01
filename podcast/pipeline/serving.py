"""The published tree on this machine, its addresses following the one that a client came by."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from podcast.feed.site import INDEX_FILE
from podcast.feed.tree import PAGES, published_file
from podcast.outside.server import Page, application, listen
from podcast.pipeline.feed import pages_at, write_feed
from podcast.show import is_base_url

if TYPE_CHECKING:
    from collections.abc import Callable

    from podcast.pipeline import Observe
    from podcast.show import Show

_ADDRESSES_KEPT = 8


def serve(show: Show, host: str, port: int, ready: Callable[[str], None], observe: Observe) -> None:
    """Serve until interrupted; `ready` gets the address once it answers.

    Raises InputError if there is no episode yet, or the address cannot be used.
    """
    write_feed(show, observe)

    @functools.lru_cache(maxsize=_ADDRESSES_KEPT)
    def pages(address: str, _: object) -> dict[str, bytes]:
        return pages_at(show, address)

    def find(path: str, address: str) -> Page | None:
        name = path or INDEX_FILE
        if name in PAGES:
            return Page(pages(address, _state(show))[name], PAGES[name])
        found = published_file(show, path)
        return Page(*found) if found else None

    listen(application(find, lambda address: is_base_url(address) is None), host, port, ready)


def _state(show: Show) -> tuple[tuple[str, int, int], ...]:
    """What changes whenever an episode is rendered."""
    found = ((path, path.stat()) for path in show.episodes.glob("[!.]*/episode.*"))
    return tuple(sorted((str(path), state.st_mtime_ns, state.st_size) for path, state in found))
