"""Who may read and write a script in review: the page that this run gave out, and nobody else.

The server listens on loopback only, which keeps other machines out, but no page that is open in the same browser.
Against those, every request needs the token of this run, which the page has in its address and sends as a header. There
is no cookie on purpose: browsers send those of 127.0.0.1 to every port of it, so any other server on this machine would
be told ours, and its pages could use it. The token stays in the address so that reloading works; it is good for this
run only, and no address leaves the page (`referrer-policy`).

A page of another site, which knows no token, gets 403 for whatever it tries, and the browser shows it not even that:
there are no CORS headers, and nothing may be framed or embedded. `Host` has to be one of this machine's own names, so
that somebody else's name that was made to point here (DNS rebinding) is none.
"""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING

from podcast.outside.server import Answered

if TYPE_CHECKING:
    from collections.abc import Callable

    from podcast.outside.server import Asked

LOOPBACK = "127.0.0.1"
TOKEN_HEADER = "x-podcast-review"  # noqa: S105 - its name
TOKEN_QUERY = "token"  # noqa: S105 - its name
MOST_BYTES = 1_000_000
"""Of a request: far more than the longest script."""

POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; connect-src 'self'; "
    "img-src 'self'; media-src blob:; style-src 'self'; script-src 'self'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""What the page may do (W3C CSP 3): our own files, sound that it was given, and no text that becomes markup."""

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}

_HTTP_PORT = 80
_READS = ("GET", "HEAD")
_SAME = (None, "none", "same-origin")


def new_token() -> str:
    """Make the secret of one run: 256 random bits, in letters that an address can hold."""
    return secrets.token_urlsafe(32)


def refusal(asked: Asked, token: str) -> tuple[HTTPStatus, str] | None:
    """Say why a request is not let in; None if it is."""
    return next(((status, text) for holds, status, text in _CONDITIONS if not holds(asked, token)), None)


def _came_by_our_name(asked: Asked, _: str) -> bool:
    """With the port; browsers leave out that of HTTP itself."""
    ports = (f":{asked.port}", "") if asked.port == _HTTP_PORT else (f":{asked.port}",)
    return asked.headers.get("host") in {f"{name}{port}" for name in (LOOPBACK, "localhost") for port in ports}


def _has_token(asked: Asked, token: str) -> bool:
    """In the header; in the address only for what a browser loads without one: the page, its style and script."""
    shown = asked.headers.get(TOKEN_HEADER)
    if shown is None and asked.method in _READS:
        shown = asked.query.get(TOKEN_QUERY)
    return secrets.compare_digest((shown or "").encode(), token.encode())


def _is_own_page(asked: Asked, _: str) -> bool:
    """By what browsers say of who asks (W3C Fetch Metadata); the printed address may be followed from anywhere."""
    headers = asked.headers
    opened = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    return (opened and asked.method in _READS) or headers.get("sec-fetch-site") in _SAME


def _changes_from_own_page(asked: Asked, _: str) -> bool:
    return asked.method in _READS or asked.headers.get("origin") == f"http://{asked.headers['host']}"


def _changes_by_json(asked: Asked, _: str) -> bool:
    kind = asked.headers.get("content-type", "").partition(";")[0].strip().lower()
    return asked.method in _READS or kind == "application/json"


_CONDITIONS: tuple[tuple[Callable[[Asked, str], bool], HTTPStatus, str], ...] = (
    (_came_by_our_name, HTTPStatus.FORBIDDEN, "This address is not the one that was printed."),
    (_has_token, HTTPStatus.FORBIDDEN, "Open the address that was printed: it has this run's token at its end."),
    (_is_own_page, HTTPStatus.FORBIDDEN, "Only the review page itself may ask this."),
    (_changes_from_own_page, HTTPStatus.FORBIDDEN, "Only the review page itself may change something."),
    (_changes_by_json, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Only JSON is taken."),
)


def admit(asked: Asked, token: str) -> Answered | None:
    """Answer whoever is not let in; None for whoever is."""
    refused = refusal(asked, token)
    return said(*refused) if refused else None


def said(status: HTTPStatus, text: str) -> Answered:
    """Answer in one sentence; with what headers everything here has."""
    return Answered(status, f"{text}\n".encode(), "text/plain; charset=utf-8", HEADERS)


TOO_LARGE = said(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"That is more than {MOST_BYTES} bytes.")
