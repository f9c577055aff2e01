"""The one door to other people's servers: httpx, with a limit on time and size for every request.

`ask` asks servers that the author of a show names. What a stranger wrote, `opened` and `get_public` ask: by https, in
numbers that were found public and are then connected to, so that nobody can change them in between, and never through
a proxy, which would look names up itself. An origin that the caller trusts is asked as any other program would.
"""

from __future__ import annotations

import contextlib
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.errors import InputError, OutsideError
from podcast.masking import shown
from podcast.outside import addresses
from podcast.outside.answers import ADVICE, Coming, Rules, TooLargeError, WebError, unpacked
from podcast.outside.deadline import Deadline
from podcast.outside.reasons import reason

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import httpx

_TIMEOUT_S, _TOTAL_S = 20, 120
_MAX_BYTES = 20_000_000
_IS_IT_UP = "Check the address, and that its server is up."
_AGENT = "paper-podcast"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said; header names in lower case. `url` is where it was said, after all redirects."""

    status: int
    headers: Mapping[str, str]
    content: bytes = b""
    url: str = ""
    silence: str = ""
    """Why there is no answer, where there is none; `status` is 0 then."""


def ask(method: str, url: str, headers: Mapping[str, str] | None = None, stop_after: int | None = None) -> Answer:
    """Ask once, following redirects; whatever the status, it is the answer.

    With `stop_after` no more is read than tells whether more came than that. Raises WebError if there is no whole
    answer in time, or one that is larger than a feed can be.
    """
    import httpx

    with (
        Deadline(url, _TOTAL_S) as clock,
        _explained(url, clock, _IS_IT_UP),
        httpx.Client(timeout=_TIMEOUT_S, follow_redirects=True, max_redirects=_MOST_REDIRECTS) as client,
        client.stream(method, url, headers=_asked(headers), extensions={"trace": clock.trace}) as answer,
    ):
        coming = Coming(answer.status_code, dict(answer.headers), str(answer.url), _parts(answer, clock))
        return Answer(coming.status, coming.headers, _beginning(coming, stop_after), coming.url)


def _beginning(coming: Coming, stop_after: int | None) -> bytes:
    content = bytearray()
    for part in coming.parts if stop_after else unpacked(coming, _IS_IT_UP):
        content += part
        if stop_after is not None and len(content) > stop_after:
            break
        if len(content) > _MAX_BYTES:
            raise TooLargeError(coming.url, _MAX_BYTES, _IS_IT_UP)
    return bytes(content)


def _asked(headers: Mapping[str, str] | None) -> dict[str, str]:
    return {"user-agent": _AGENT, "accept-encoding": "identity", **(headers or {})}


# ── what strangers wrote ────────────────────────────────────────────────────────────────────────────────

_HTTPS = 443
_LAST_PORT = 65535
_MOST_REDIRECTS = 5
_MOST_NUMBERS = 4
_RULES = Rules()


def get_public(url: str, headers: Mapping[str, str] | None = None, rules: Rules = _RULES) -> Answer:
    """Fetch what a stranger's address leads to, unpacked; whatever the status, it is the answer.

    Raises InputError if the address, or one that it sends on to, is not a public one; WebError if there is no whole
    answer in time, or one that is larger than `rules` allow.
    """
    with opened(url, headers, rules) as coming:
        content = bytearray()
        for part in unpacked(coming):
            content += part
            if len(content) > rules.most_bytes:
                raise TooLargeError(coming.url, rules.most_bytes)
        return Answer(coming.status, coming.headers, bytes(content), coming.url)


@contextlib.contextmanager
def opened(url: str, headers: Mapping[str, str] | None = None, rules: Rules = _RULES) -> Iterator[Coming]:
    """Ask for an address that a stranger wrote, and give the answer before its body is read.

    It is refused right away if it says that it is larger than `rules` allow. Raises as `get_public` does.
    """
    with Deadline(url, rules.total_s) as clock, _explained(url, clock):
        place = _Place(_parsed(url))
        for _ in range(_MOST_REDIRECTS + 1):
            with _asking(place, _asked(headers), rules, clock) as answer:
                if not answer.has_redirect_location:
                    yield _coming(answer, place, clock, rules)
                    return
                place = place.following(answer.headers["location"])
        raise WebError(url, f"sends on more than {_MOST_REDIRECTS} times")


def _coming(answer: httpx.Response, place: _Place, clock: Deadline, rules: Rules) -> Coming:
    coming = Coming(answer.status_code, dict(answer.headers), str(place.url), _parts(answer, clock))
    if (coming.length or 0) > rules.most_bytes:
        raise TooLargeError(coming.url, rules.most_bytes)
    return coming


def _parts(answer: httpx.Response, clock: Deadline) -> Iterator[bytes]:
    yield from answer.iter_raw()
    clock.check()  # where no length was said, a connection that is broken off looks like the end


@contextlib.contextmanager
def _explained(url: str, clock: Deadline, advice: str = "") -> Iterator[None]:
    import httpx

    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        clock.check()
        raise WebError(url, f"cannot be reached ({reason(error)})", may_pass=True, advice=advice) from error
    except httpx.TimeoutException as error:
        clock.check()
        raise WebError(url, "did not answer in time", may_pass=True, advice=advice) from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
        raise WebError(url, "leads to no address on the web", advice=advice) from error
    except httpx.TooManyRedirects as error:
        raise WebError(url, f"sends on more than {_MOST_REDIRECTS} times", advice=advice) from error
    except httpx.HTTPError as error:
        clock.check()
        raise WebError(url, f"broke off ({reason(error)})", may_pass=True, advice=advice) from error


# ── where to ask ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Place:
    """An address, and the one that sent on to it, if any."""

    url: httpx.URL
    first: str = ""

    def __str__(self) -> str:
        here = shown(str(self.url))
        return f"{self.first} sends on to {here}, which" if self.first else here

    def following(self, location: str) -> _Place:
        """Return where a redirect leads."""
        first = self.first or shown(str(self.url))
        url = _parsed(location, self.url)
        if (self.url.scheme, url.scheme) == ("https", "http"):
            raise InputError(f"{first} sends on to an address without https. {ADVICE}")
        return _Place(url, first)


def _parsed(url: str, base: httpx.URL | None = None) -> httpx.URL:
    import httpx

    try:
        parsed = (base.join(url) if base else httpx.URL(url)).copy_with(fragment=None)
        parsed.host.encode()  # only now it is known whether that is a name at all
    except (httpx.InvalidURL, ValueError) as error:
        raise InputError(f"{shown(url)} is no address on the web. {ADVICE}") from error
    return parsed


def _numbers(place: _Place, rules: Rules) -> tuple[str, ...]:
    """Return the numbers to connect to, none if its origin is trusted; raises InputError if it must not be asked."""
    trusted = {_origin(_parsed(origin)) for origin in rules.trusted}
    try:
        return () if _origin(place.url) in trusted else _public(place.url, rules)
    except (InputError, OutsideError) as error:
        raise type(error)(f"{place} {error}. {ADVICE}") from error


def _public(url: httpx.URL, rules: Rules) -> tuple[str, ...]:
    if not url.host:
        raise InputError("has no host in it")
    if url.scheme != "https":
        raise InputError("does not begin with https://, and nothing else is fetched")
    if url.userinfo:
        raise InputError("has a name or a password in it")
    port = _HTTPS if url.port is None else url.port
    if not 0 < port <= _LAST_PORT:
        raise InputError("has a port that does not exist")
    return addresses.public_numbers(url.raw_host.decode("ascii"), port, rules.resolve)


def _origin(url: httpx.URL) -> tuple[str, bytes, int | None]:
    return url.scheme, url.raw_host, url.port


# ── asking ──────────────────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def _asking(place: _Place, headers: Mapping[str, str], rules: Rules, clock: Deadline) -> Iterator[httpx.Response]:
    numbers = _numbers(place, rules)
    with _client(place.url, rules, is_trusted=not numbers) as client:
        requests = [
            client.build_request("GET", url, headers={**headers, **more}, extensions={"trace": clock.trace, **sni})
            for url, more, sni in _ways(place.url, numbers)
        ]
        with contextlib.closing(_sent(client, requests, clock)) as answer:
            yield answer


def _client(url: httpx.URL, rules: Rules, *, is_trusted: bool) -> httpx.Client:
    """Return a client for one request: what a server wants to have remembered is forgotten."""
    import httpx

    timeout = httpx.Timeout(rules.read_s, connect=rules.connect_s)
    if is_trusted and not addresses.is_loopback(url.host):
        return httpx.Client(timeout=timeout, verify=_certificates())
    # with a transport of its own, it takes no proxy from the environment; without trust, no passwords
    return httpx.Client(timeout=timeout, transport=httpx.HTTPTransport(verify=_certificates()), trust_env=False)


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Read whose certificates are believed, SSL_CERT_FILE among them, once: it takes longer than a small request."""
    import httpx

    return httpx.create_ssl_context()


def _ways(url: httpx.URL, numbers: Sequence[str]) -> Iterable[tuple[httpx.URL, dict[str, str], dict[str, str]]]:
    """Return what to connect to, with the headers and extensions that keep the host's name: a number needs both."""
    if not numbers:
        return [(url, {}, {})]
    name = url.raw_host.decode("ascii")
    host, sni = {"host": url.netloc.decode("ascii")}, {"sni_hostname": name}
    return [(url.copy_with(host=number), host, sni) for number in numbers[:_MOST_NUMBERS]]


def _sent(client: httpx.Client, requests: Sequence[httpx.Request], clock: Deadline) -> httpx.Response:
    """Ask in the first way that leads to a connection."""
    import httpx

    *others, last = requests
    for request in others:
        with contextlib.suppress(httpx.ConnectError, httpx.ConnectTimeout):
            return client.send(request, stream=True)
        clock.check()
    return client.send(last, stream=True)
