"""Why a server was not heard, in words: not one that a library made for programmers."""

from __future__ import annotations

import errno
import re
import socket
import ssl

import httpx
import pytest

from podcast.errors import OutsideError
from podcast.outside.addresses import public_numbers
from podcast.outside.answers import WebError
from podcast.outside.reasons import reason

BROKEN = "peer closed connection without sending complete message body (received 1 bytes, expected 5000)"


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "nobody knows that name"),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure"), "names cannot be looked up just now"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), "nobody listens there"),
        (ConnectionResetError(errno.ECONNRESET, "Connection reset"), "the connection was broken"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), "the connection was broken"),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), "no way leads there from this network"),
        (TimeoutError(), "it took too long"),
        (ssl.SSLCertVerificationError(1, "self-signed certificate"), "its certificate is not to be trusted"),
        (ssl.SSLError(1, "wrong version number"), "it does not agree on how to encrypt"),
        (httpx.RemoteProtocolError(BROKEN), "its answer ended too early"),
        (httpx.RemoteProtocolError("Server disconnected without sending a response."), "it hung up without a word"),
        (httpx.RemoteProtocolError("illegal status line: bytearray(b'<html>')"), "what came is no HTTP"),
        (ValueError("<html>"), "nobody can say why"),
    ],
)
def test_each_reason_is_said_in_words(error: Exception, says: str) -> None:
    """Also where it stands behind others."""
    assert reason(error) == says
    outer = httpx.ConnectError("[Errno 1] x")
    outer.__cause__ = OutsideError("y")
    outer.__cause__.__context__ = error
    if not isinstance(error, httpx.HTTPError | ValueError):
        assert reason(outer) == says


def test_errors_that_lead_to_each_other_come_to_an_end() -> None:
    """Libraries raise what they have caught."""
    one, other = ValueError(), KeyError()
    one.__cause__, other.__cause__ = other, one
    assert reason(one) == "nobody can say why"


def test_a_name_that_cannot_be_looked_up_may_be_the_network_s_fault() -> None:
    """Without a network no name is known; of one that is unknown it is not said."""

    def offline(*_: object) -> tuple[str, ...]:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    def unknown(*_: object) -> tuple[str, ...]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(OutsideError, match="see whether the network is up"):
        public_numbers("papers.example", 443, offline)
    with pytest.raises(OutsideError, match=re.compile("has a host that nobody knows$")):
        public_numbers("papers.example", 443, unknown)


@pytest.mark.parametrize(
    ("wait_s", "says"),
    [(0, "Try again later."), (7, "It asks to be left alone for 7 s: "), (3600, "It asks to be left alone for 60 min")],
)
def test_when_to_try_again_is_said(wait_s: float, says: str) -> None:
    """As long as a server asks for."""
    assert says in str(WebError("https://example.org/", "has no time", may_pass=True, wait_s=wait_s))
