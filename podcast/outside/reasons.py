"""Why a server was not heard, in words for people: what libraries and systems say of it is for programmers."""

from __future__ import annotations

import errno
import socket
import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNREACHABLE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL}
_NOBODY_KNOWS = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
_PROTOCOL = {
    "without sending complete message body": "its answer ended too early",
    "without sending a response": "it hung up without a word",
    "location header": "it sends on to what is no address",
}
"""What the protocol's own library says, by a part of it."""

_BY_NAME = {
    "ServerDisconnectedError": "it hung up without a word",
    "ClientPayloadError": "its answer ended too early",
    "IncompleteReadError": "its answer ended too early",
    "BadHttpMessage": "what came is no HTTP",
    "RemoteProtocolError": "what came is no HTTP",
    "ResponseParserError": "what came is no answer",
}
"""What libraries call it that say no more."""


def reason(error: BaseException) -> str:
    """Say why nothing came, from an error or those behind it: nobody listens there, the connection was broken."""
    behind = list(_chain(error))
    found = (_of_system(each) for each in behind)
    return next(filter(None, found), None) or _of_protocol(behind)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what led to it, the last first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _of_system(error: BaseException) -> str | None:  # noqa: PLR0911 - a table of types
    if isinstance(error, socket.gaierror):
        return "nobody knows that name" if error.errno in _NOBODY_KNOWS else "names cannot be looked up just now"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "its certificate is not to be trusted"
    if isinstance(error, ssl.SSLError):
        return "it does not agree on how to encrypt"
    if isinstance(error, ConnectionRefusedError):
        return "nobody listens there"
    if isinstance(error, ConnectionError):
        return "the connection was broken"
    if isinstance(error, TimeoutError):
        return "it took too long"
    if isinstance(error, OSError) and error.errno in _UNREACHABLE:
        return "no way leads there from this network"
    return None


def _of_protocol(errors: list[BaseException]) -> str:
    said = " ".join(map(str, errors))
    known = (words for part, words in _PROTOCOL.items() if part in said)
    names = {kind.__name__ for error in errors for kind in type(error).__mro__}
    by_name = (words for name, words in _BY_NAME.items() if name in names)
    return next(known, None) or next(by_name, "nobody can say why")
