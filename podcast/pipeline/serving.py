"""The published tree on this machine, its addresses following the one that a client came by.

A page is made when it is asked for, and kept. Of ten thousand episodes each is looked at once in a while, not whenever
somebody asks.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from podcast import files
from podcast.feed.cover import cover_of
from podcast.feed.site import INDEX_FILE
from podcast.feed.tree import pages, published_file
from podcast.outside.connections import Limits, listen
from podcast.outside.forwarded import is_believed, networks
from podcast.outside.heard import MOST_ADDRESSES, Heard
from podcast.outside.kept import Kept
from podcast.outside.sending import Found
from podcast.outside.server import Moved, application
from podcast.pipeline.feed import whole_episodes, write_feed
from podcast.record import EPISODE_JSON, EPISODE_MP3, sound_name
from podcast.show import is_base_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from podcast.feed.page import Page
    from podcast.pipeline import Observe
    from podcast.show import Show
    from podcast.types import Episode

_KEPT_BYTES = 64_000_000
"""Of pages: anybody can ask by any address."""

_LOOK_S = 1.0
"""Between two looks at all episodes; a new one is seen at once."""

_LOOK_SHARE = 20
"""Looking takes at most one part in so many of the time."""

_NAMED_BY_CONTENT = re.compile(r"(?:.*/)?cover-[0-9a-f]{16}(-\d+)?\.jpg")


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """Where to listen, whom to believe, and how much a client may take."""

    host: str
    port: int
    proxies: tuple[str, ...] = ()
    """Addresses or networks whose word for the address of the show counts."""
    limits: Limits = field(default_factory=Limits)


def serve(show: Show, options: ServeOptions, ready: Callable[[str], None], observe: Observe) -> None:
    """Serve until interrupted; `ready` gets the address once it answers.

    Raises InputError if there is no episode yet, or an address cannot be used.
    """
    heard = Heard(lambda address: is_base_url(address) is None)
    app = application(PublishedTree(show).find, heard, options.proxies)
    is_trusted = functools.partial(is_believed, proxies=networks(options.proxies))
    write_feed(show, observe)
    listen(app, options.host, options.port, ready, options.limits, is_trusted=is_trusted)


class PublishedTree:
    """What is served of a show as it is now; asked from many threads."""

    def __init__(self, show: Show) -> None:
        self._show = show
        self._kept: Kept[bytes] = Kept(_KEPT_BYTES, len)
        self._listed: Kept[Mapping[str, Page]] = Kept(MOST_ADDRESSES, lambda _: 1)
        self._watch = _Watch(show)
        self._episodes = functools.lru_cache(maxsize=1)(self._episodes_in)

    def find(self, path: str, address: str) -> Found | Moved | None:
        """Return what is published at a path, for a client that came by this address."""
        if found := published_file(self._show, path):
            return Found(*found, is_for_ever=_NAMED_BY_CONTENT.fullmatch(path) is not None)
        state = self._watch.state()
        listed = self._listed.get((address, state), lambda: self._pages_at(address, state))
        page = page_at(listed, path)
        return page if page is None or isinstance(page, Moved) else self._found(page, state.modified_s)

    def _found(self, page: Page, modified_s: int) -> Found:
        version = files.sha256_of(f"{page.name}\0{page.made_from}".encode())[:32]

        def make() -> bytes:
            return self._kept.get(version, page.make)

        return Found(make, page.media_type, version, modified_s, is_for_ever=page.lifetime == "name")

    def _pages_at(self, address: str, state: _State) -> Mapping[str, Page]:
        made = pages(self._show, self._episodes(state), cover_of(self._show), address)
        return {page.name: page for page in made}

    def _episodes_in(self, _: _State) -> tuple[Episode, ...]:
        return whole_episodes(self._show)


def page_at(listed: Mapping[str, Page], path: str) -> Page | Moved | None:
    """Return the page at a path: in a folder its index, which a path without the slash leads to."""
    if path.endswith("/") or not path:
        return listed.get(f"{path}{INDEX_FILE}")
    if f"{path}/{INDEX_FILE}" in listed:
        return Moved(f"{path.rpartition('/')[2]}/")
    return listed.get(path)


@dataclass(frozen=True, slots=True)
class _State:
    """Which episodes there are."""

    digest: str
    """Of their files' sizes and times."""
    modified_s: int


class _Watch:
    """Looks whether episodes, or the looks of their site, are others than before."""

    def __init__(self, show: Show) -> None:
        self._folder, self._templates = show.episodes, show.templates
        self._started_s = int(time.time())  # the settings, or this program, may be others than when it ran before
        self._looking = threading.Lock()
        self._last: tuple[int, _State] | None = None
        self._next_s = 0.0

    def state(self) -> _State:
        """Look at the folder, where every episode that was rendered is new, and once in a while at each episode."""
        with self._looking:
            now_s, changed_ns = time.monotonic(), self._folder.stat().st_mtime_ns
            if self._last and self._last[0] == changed_ns and now_s < self._next_s:
                return self._last[1]
            state = self._look()
            self._last = changed_ns, state
            took_s = time.monotonic() - now_s
            self._next_s = now_s + max(_LOOK_S, took_s * _LOOK_SHARE)
            return state

    def _look(self) -> _State:
        found = sorted((*_files(self._folder), *_looks(self._templates)))
        changed_ns = [mtime_ns for _, mtime_ns, _ in found] + [_changed_ns(self._folder), _changed_ns(self._templates)]
        newest_s = max(self._started_s, *(each_ns // 10**9 for each_ns in changed_ns))
        return _State(files.sha256_of(repr(found).encode()), newest_s)


def _changed_ns(folder: Path) -> int:
    """When something came into a folder or left it: what is gone has no time of its own."""
    return folder.stat().st_mtime_ns if folder.is_dir() else 0


def _looks(templates: Path) -> Iterator[tuple[str, int, int]]:
    """What the show itself says of its site's looks."""
    for path in templates.glob("*"):
        with contextlib.suppress(OSError):
            state = path.stat()
            yield f"templates/{path.name}", state.st_mtime_ns, state.st_size


def _files(folder: Path) -> Iterator[tuple[str, int, int]]:
    """What an episode is known by: a path, when it was written, and its size."""
    for episode in os.scandir(folder):
        if not episode.name.startswith("."):
            for name in (EPISODE_JSON, EPISODE_MP3, sound_name(episode.name)):
                with contextlib.suppress(OSError):  # not there, which is a state as well
                    state = os.stat(f"{episode.path}/{name}")  # noqa: PTH116 - three times as fast, and there are many
                    yield f"{episode.name}/{name}", state.st_mtime_ns, state.st_size
