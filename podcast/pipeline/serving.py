"""The published tree on this machine, its addresses following the one that a client came by."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from podcast.feed.site import INDEX_FILE
from podcast.feed.tree import published_file
from podcast.outside.server import Page, application, listen
from podcast.pipeline.feed import pages_at, write_feed
from podcast.show import is_base_url

if TYPE_CHECKING:
    from collections.abc import Callable

    from podcast.feed import page as feed_page
    from podcast.pipeline import Observe
    from podcast.show import Show

_ADDRESSES_KEPT = 8
_PAGES_KEPT = 64


def serve(show: Show, host: str, port: int, ready: Callable[[str], None], observe: Observe) -> None:
    """Serve until interrupted; `ready` gets the address once it answers.

    Raises InputError if there is no episode yet, or the address cannot be used.
    """
    write_feed(show, observe)

    @functools.lru_cache(maxsize=_ADDRESSES_KEPT)
    def pages(address: str, _: object) -> dict[str, feed_page.Page]:
        return {page.name: page for page in pages_at(show, address)}

    @functools.lru_cache(maxsize=_PAGES_KEPT)
    def made(address: str, state: object, name: str) -> bytes:
        return pages(address, state)[name].make()

    def find(path: str, address: str) -> Page | None:
        if found := published_file(show, path):
            return Page(*found)
        state, name = _state(show), f"{path}{INDEX_FILE}" if path.endswith("/") or not path else path
        page = pages(address, state).get(name)
        return Page(made(address, state, name), page.media_type) if page else None

    listen(application(find, lambda address: is_base_url(address) is None), host, port, ready)


def _state(show: Show) -> tuple[tuple[str, int, int], ...]:
    """What changes whenever an episode is rendered."""
    found = ((path, path.stat()) for path in show.episodes.glob("[!.]*/episode.*"))
    return tuple(sorted((str(path), state.st_mtime_ns, state.st_size) for path, state in found))
