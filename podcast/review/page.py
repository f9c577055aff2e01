"""The files of the page. They hold no word of any script: whatever is shown comes as JSON and is set as text."""

from __future__ import annotations

import functools
from pathlib import Path

from podcast.review.gate import TOKEN_QUERY

_FOLDER = Path(__file__).parent / "page"
_TOKEN_MARK = b"TOKEN"

FILES = {
    "/": ("review.html", "text/html; charset=utf-8"),
    "/review.css": ("review.css", "text/css; charset=utf-8"),
    "/review.js": ("review.js", "text/javascript; charset=utf-8"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}
"""By path: the file and its media type."""


def page_file(path: str, token: str) -> tuple[bytes, str] | None:
    """One of the page's files with its media type; in the page itself, the addresses of the others have the token."""
    if path not in FILES:
        return None
    name, media_type = FILES[path]
    content = _read(name)
    if path == "/":
        content = content.replace(_TOKEN_MARK, f"?{TOKEN_QUERY}={token}".encode())
    return content, media_type


@functools.cache
def _read(name: str) -> bytes:
    return (_FOLDER / name).read_bytes()
