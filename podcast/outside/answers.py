"""What may come from a server that a stranger named: how long and how large, what it is, and what goes wrong."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.errors import OutsideError
from podcast.masking import shown
from podcast.outside import addresses, retry_after

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
_PIECE_BYTES = 1 << 16

_TRY_LATER = "Try again later."
ADVICE = "Check the address, or save the page and give the file."


@dataclass(frozen=True, slots=True)
class Rules:
    """What is asked, and how long and how large an answer may be."""

    most_bytes: int = 20_000_000
    connect_s: float = 10
    read_s: float = 20
    """Between two parts of an answer."""
    total_s: float = 120
    trusted: Collection[str] = ()
    """Origins like `http://127.0.0.1:8000` that need be neither https nor public: never taken from what was fetched."""
    resolve: addresses.Resolve = addresses.resolve


@dataclass(frozen=True, slots=True)
class Coming:
    """An answer whose body is still to be read; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    url: str
    """Where it was said, after all redirects."""
    parts: Iterator[bytes]
    """As they were sent."""

    @property
    def length(self) -> int | None:
        """How many bytes are to come, where the server says so."""
        said = self.headers.get("content-length", "")
        return int(said) if said.isascii() and said.isdecimal() else None


class WebError(OutsideError):
    """A server did not do what it was asked; `said` is that without advice and full stop.

    `may_pass` says that another try makes sense, `wait_s` how long the server asks to be left alone before it;
    `advice` is what to do where that is something else than usual.
    """

    def __init__(self, url: str, what: str, *, may_pass: bool = False, wait_s: float = 0, advice: str = "") -> None:
        self.said = f"{shown(url)} {what}"
        super().__init__(f"{self.said}. {advice or (_later(wait_s) if may_pass else ADVICE)}")
        self.may_pass = may_pass
        self.wait_s = wait_s


class TooLargeError(WebError):
    """There is more than is wanted."""

    def __init__(self, url: str, most_bytes: int, advice: str = "") -> None:
        super().__init__(url, f"has more than {most_bytes / 1_000_000:g} MB", advice=advice)


def _later(wait_s: float) -> str:
    return f"It asks to be left alone for {retry_after.in_words(wait_s)}: try again then." if wait_s else _TRY_LATER


def unpacked(coming: Coming, advice: str = "") -> Iterator[bytes]:
    """Yield a body without the compression that nobody asked for, in pieces that are never large."""
    packing = coming.headers.get("content-encoding", "identity").strip().lower()
    if packing == "identity":
        yield from coming.parts
        return
    if packing not in {"gzip", "x-gzip", "deflate"}:
        raise WebError(coming.url, f"came packed as {shown(packing)}, which nobody asked for", advice=advice)
    unpacker, is_empty = zlib.decompressobj(_GZIP_OR_ZLIB), True
    try:
        for part in coming.parts:
            left, is_empty = part, is_empty and not part
            while left:
                yield unpacker.decompress(left, _PIECE_BYTES)
                left = unpacker.unconsumed_tail
            if unpacker.unused_data:
                raise WebError(coming.url, "came packed, with something behind it", advice=advice)
    except zlib.error as error:
        raise WebError(coming.url, "came packed, and damaged", may_pass=True, advice=advice) from error
    if not unpacker.eof and not is_empty:  # to HEAD, or of what has not changed
        raise WebError(coming.url, "came packed, and not whole", may_pass=True, advice=advice)
