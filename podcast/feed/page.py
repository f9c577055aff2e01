"""A file of feed/ before it is made: what it is made from, and how."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from podcast import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from podcast.types import Episode

Lifetime = Literal["name", "day", "minutes"]
"""How long a client may keep a file without asking: as long as it has this name; a day; minutes."""


@dataclass(frozen=True, slots=True)
class Page:
    """One file of the published tree that is a pure function of the show and its episodes."""

    name: str
    """Its path in the tree: `feed.xml`, `2024-06-15/index.html`."""

    media_type: str
    made_from: str
    """Digest of everything that it is made from: whoever has made it from the same needs not make it again."""

    make: Callable[[], bytes]
    lifetime: Lifetime = "minutes"


def digest_of(*values: object) -> str:
    """Digest of values that are told apart by their repr, and of the code that makes pages of them."""
    digest = hashlib.sha256(_code())
    for value in values:
        digest.update(repr(value).encode("utf-8", "surrogatepass"))
        digest.update(b"\0")
    return digest.hexdigest()


def digest_of_episodes(episodes: Sequence[Episode]) -> str:
    """Digest of many episodes, each of which is looked at once."""
    return digest_of(*map(digest_of_episode, episodes))


@functools.lru_cache(maxsize=20_000)
def digest_of_episode(episode: Episode) -> str:
    """Digest of all that is known of an episode."""
    return digest_of(episode)


@functools.cache
def _code() -> bytes:
    """Digest of this package's own files: another version makes other pages."""
    digest = hashlib.sha256(__version__.encode())
    folder = Path(__file__).parent
    for path in sorted(path for path in folder.rglob("*") if path.suffix in {".py", ".html", ".css", ".js"}):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.digest()
