"""The one door to arXiv: the packages arxiv and requests, with limits on time, size and impatience.

The package builds addresses and reads answers. It sets no time limits and knows no Retry-After, so both are done here:
each of its requests waits for its turn (see pace.py), is bounded, and is looked at (see atom.py) before it is parsed.
"""

from __future__ import annotations

import io
import itertools
import os
import random
import re
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import arxiv
import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import NewConnectionError, ReadTimeoutError

from podcast.errors import InputError, OutsideError
from podcast.outside import addresses, atom, retry_after
from podcast.outside.pace import Pace
from podcast.types import Preprint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

T = TypeVar("T")

ADDRESS = "ARXIV_API_URL"
OWN_ADDRESS = "https://export.arxiv.org/api/query"

_AGENT = "paper-podcast"
_PART_BYTES = 1 << 15
_MOST_HOPS = 5
_OK, _BAD_REQUEST, _FORBIDDEN, _TOO_MANY = 200, 400, 403, 429
_BROKEN = (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError)
_WORTH_ANOTHER_TRY = {408, 425, _TOO_MANY}
_FIRST_WAIT_S, _LONGEST_WAIT_S = 3.0, 60.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a request may take and how much may come, and for how long one that fails is made again."""

    connect_s: float = 10.0
    read_s: float = 30.0
    """Between two signs of life."""
    total_s: float = 90.0
    most_bytes: int = 30_000_000
    """A page of 100 entries has 300,000."""
    patience_s: float = 240.0
    """Where nothing can be reached at all it is a tenth: that is most often this machine's own network."""


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a listing, in its order."""

    preprints: tuple[Preprint, ...]
    given: int
    """How many entries came, broken ones among them."""
    total: int
    """How many there are in all, as arXiv counts."""
    problems: tuple[str, ...] = ()
    """A sentence for each broken entry."""


class RefusedError(OutsideError):
    """It does not accept what it was asked; `reason` is its own words, if it said any."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(text)
        self.reason = reason


class _PassingError(Exception):
    """Something that may go well next time; its text is what happened, as in: answered with status 503."""

    def __init__(self, what: str, wait_s: float = 0.0, *, is_reached: bool = True) -> None:
        super().__init__(what)
        self.wait_s = wait_s
        self.is_reached = is_reached


class Archive:
    """ARXIV_API_URL's, or arXiv's own; `pace` is arXiv's unless it is given, and none on this machine."""

    def __init__(  # noqa: PLR0913 - what tests set, by name
        self,
        address: str = "",
        pace: Pace | None = None,
        limits: Limits = Limits(),
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.address = _checked(address or os.environ.get(ADDRESS, "").strip() or OWN_ADDRESS)
        self.host = urlsplit(self.address).hostname or ""
        self._limits, self._clock, self._sleep, self._chance = limits, clock, sleep, chance
        is_here = addresses.is_loopback(self.host)
        self._road = _Road(pace or (None if is_here else Pace(self.host)), limits)
        self._is_here = is_here

    def search(self, query: str, start: int = 0, size: int = 100, *, more_expected: bool = False) -> Page:
        """Return a part of what a query finds, the newest first.

        With `more_expected` an empty one is asked for again: arXiv is known to send such by mistake. Raises
        OutsideError if patience ends before there is an answer, and RefusedError if it does not accept the query.
        """
        search = arxiv.Search(
            query, max_results=None, sort_by=arxiv.SortCriterion.SubmittedDate, sort_order=arxiv.SortOrder.Descending
        )
        return self._patiently(lambda: self._page(search, start, size, more_expected=more_expected))

    def look_up(self, ids: Sequence[str]) -> Page:
        """Return the papers of these ids, with or without versions, as far as arXiv knows them; errors as above."""
        search = arxiv.Search(id_list=list(ids), max_results=None)
        return self._patiently(lambda: self._page(search, 0, len(ids), more_expected=False))

    def _page(self, search: Any, start: int, size: int, *, more_expected: bool) -> Page:
        """Ask once. Results are taken until the page is used up: the package would ask for the next by itself."""
        client = arxiv.Client(page_size=size, delay_seconds=0, num_retries=0)
        client.query_url_format = f"{self.address}?{{}}"
        with requests.Session() as session:
            session.max_redirects, session.trust_env = _MOST_HOPS, not self._is_here  # no proxy leads back here
            for scheme in ("https://", "http://"):
                session.mount(scheme, self._road)
            client._session = session  # noqa: SLF001 - it takes none, and its own has no limits
            results = client.results(search, start)
            first = list(itertools.islice(results, 1))
            feed = self._road.feed
            found = first + list(itertools.islice(results, max(0, feed.whole - 1)))
        if not feed.given and (feed.total > start or (more_expected and not feed.total)):
            raise _PassingError("sent an empty page where papers should be")
        return Page(tuple(map(_preprint, found)), feed.given, feed.total, feed.problems)

    def _patiently(self, ask: Callable[[], T]) -> T:
        began_s, tried = self._clock(), 0
        while True:
            tried += 1
            try:
                return ask()
            except _PassingError as error:
                self._hold_back(began_s, tried, error)
            except atom.ComplainedError as error:
                raise _refused(self.host, str(error)) from error
            except (atom.DangerousError, requests.RequestException) as error:
                raise OutsideError(f"{self.host} {_what(error)}. Check {ADDRESS}, or try again later.") from error

    def _hold_back(self, began_s: float, tried: int, error: _PassingError) -> None:
        """Wait twice as long each time, more or less by chance, and at least as long as it asks for; or give up."""
        own_s = min(_FIRST_WAIT_S * float(2 ** min(tried - 1, 10)), _LONGEST_WAIT_S) * (0.5 + self._chance())
        wait_s = max(own_s, error.wait_s)
        patience_s = self._limits.patience_s if error.is_reached else self._limits.patience_s / 10
        if self._clock() - began_s + wait_s <= patience_s:
            self._sleep(wait_s)
            return
        if error.wait_s > patience_s:
            alone = retry_after.in_words(error.wait_s)
            raise OutsideError(
                f"{self.host} asks to be left alone for {alone}. Run the same command again then."
            ) from error
        advice = "Run the same command again later." if error.is_reached else "Check the network, then try again."
        raise OutsideError(f"{self.host} failed {_times(tried)}, lastly: it {error}. {advice}") from error


# ── one request ─────────────────────────────────────────────────────────────────────────────────────────


class _Road(HTTPAdapter):
    """How requests travel: one at a time, each in its turn, within limits; what comes back is looked at."""

    def __init__(self, pace: Pace | None, limits: Limits) -> None:
        super().__init__()
        self._pace, self._limits = pace, limits
        self.feed = atom.Feed(b"", 0, 0, 0)
        """What came last."""

    def send(self, request: Any, *_: object, **given: Any) -> Any:
        """Send a request when its turn has come; what is returned is a redirect, or a listing that may be parsed."""
        if self._pace:
            self._pace.wait()
        request.headers.update({"user-agent": _AGENT, "accept-encoding": "identity"})
        answer, content = _within(self._limits.total_s, lambda is_late: self._fetched(request, given, is_late))
        if answer.is_redirect:
            return _answer(answer, b"")
        _raise_for_status(urlsplit(request.url).hostname, answer.status_code, answer.headers, content)
        try:
            self.feed = atom.read(content, answer.headers.get("content-type", ""))
        except atom.DangerousError:
            raise  # nobody should ask for that twice
        except atom.UnusableError as error:
            raise _PassingError(str(error)) from error
        return _answer(answer, self.feed.content)

    def _fetched(self, request: Any, given: Mapping[str, Any], is_late: threading.Event) -> tuple[Any, bytes]:
        options = {**given, "stream": True, "timeout": (self._limits.connect_s, self._limits.read_s)}
        try:
            with super().send(request, **options) as answer:
                return answer, self._body(answer, is_late)
        except requests.exceptions.SSLError:
            raise  # another try will not make its certificate a good one
        except (requests.ConnectionError, requests.Timeout, *_BROKEN) as error:
            raise _passing(error, self._limits) from error

    def _body(self, answer: Any, is_late: threading.Event) -> bytes:
        content = bytearray()
        for part in answer.iter_content(_PART_BYTES):
            content += part
            if len(content) > self._limits.most_bytes:
                host, most = urlsplit(answer.url).hostname, self._limits.most_bytes
                raise OutsideError(f"{host} sent more than {most:,} bytes. Check {ADDRESS}.")
            if is_late.is_set():
                break
        return bytes(content)


def _within(seconds: float, call: Callable[[threading.Event], T]) -> T:
    """Call something for so long at most: the limits of sockets begin anew with every byte. What is late is left."""
    is_late = threading.Event()
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(call(is_late))
        except BaseException as error:  # noqa: BLE001 - raised again by result, in the thread that can handle it
            future.set_exception(error)

    threading.Thread(target=run, name="arxiv", daemon=True).start()
    try:
        return future.result(seconds)
    except TimeoutError as error:
        raise _PassingError(f"took longer than {retry_after.in_words(seconds)} to answer") from error
    finally:
        is_late.set()


def _answer(answer: Any, content: bytes) -> Any:
    """Make an answer that has this content instead."""
    made = requests.Response()
    made.status_code, made.url, made.request = answer.status_code, answer.url, answer.request
    made.headers.update({name: value for name, value in answer.headers.items() if name.lower() == "location"})
    made.raw = io.BytesIO(content)
    return made


def _raise_for_status(host: str, status: int, headers: Mapping[str, str], content: bytes) -> None:
    if status == _OK:
        return
    if status in _WORTH_ANOTHER_TRY or status >= 500 or status < 400:  # noqa: PLR2004 - the server's fault, or none
        raise _PassingError(f"answered with status {status}", retry_after.wait_s(headers))
    reason = atom.complaint(content)
    if status == _BAD_REQUEST:
        raise _refused(host, reason or "it does not say why")
    advice = (
        "Try again in an hour: it may have had enough of requests." if status == _FORBIDDEN else f"Check {ADDRESS}."
    )
    raise OutsideError(f"{host} refused with status {status}{f': {reason}' if reason else ''}. {advice}")


# ── what went wrong ─────────────────────────────────────────────────────────────────────────────────────


def _refused(host: str, reason: str) -> RefusedError:
    return RefusedError(f"{host} does not accept what it was asked: {reason}. Check [arxiv] in show.toml.", reason)


def _passing(error: Any, limits: Limits) -> _PassingError:
    """Say in half a sentence what the libraries below say in a page."""
    cause = error.args[0] if error.args else None
    if isinstance(error, requests.ConnectTimeout):
        return _PassingError(f"could not be reached within {limits.connect_s:g} s", is_reached=False)
    if isinstance(error, requests.exceptions.ProxyError):
        return _PassingError("could not be reached through the proxy", is_reached=False)
    if isinstance(getattr(cause, "reason", None), NewConnectionError):
        return _PassingError("could not be reached", is_reached=False)
    if isinstance(error, requests.ReadTimeout) or isinstance(cause, ReadTimeoutError):
        return _PassingError(f"said nothing for {limits.read_s:g} s")
    if isinstance(error, _BROKEN):
        return _PassingError("broke off in the middle of its answer")
    return _PassingError("broke the connection")


def _what(error: Exception) -> str:
    """Name something that no other try will change."""
    if isinstance(error, requests.exceptions.SSLError):
        return "has a certificate that is not trusted"
    if isinstance(error, requests.TooManyRedirects):
        return "sends requests round in circles"
    return str(error) if isinstance(error, atom.DangerousError) else "leads to where nothing can be asked"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


# ── values ──────────────────────────────────────────────────────────────────────────────────────────────


def _preprint(result: Any) -> Preprint:
    id_, version = atom.parts_of(result.entry_id) or ("", 1)  # it has one: atom.read saw to that
    categories = dict.fromkeys(filter(None, map(atom.clean, (result.primary_category, *result.categories))))
    return Preprint(
        id=id_,
        title=atom.clean(result.title),
        abstract=atom.clean(result.summary),
        authors=tuple(filter(None, (atom.clean(author.name) for author in result.authors))),
        categories=tuple(categories),
        published=result.published,
        updated=result.updated,
        version=version,
        comment=atom.clean(result.comment),
    )


def _checked(address: str) -> str:
    """Refuse what is no plain address; one with a password in it would end up in messages."""
    plain = re.fullmatch(r"https?://[^\s/?#@{}]+(?:/[^\s?#{}]*)?", address)
    try:
        usable = plain and urlsplit(address).hostname and urlsplit(address).port != 0
    except ValueError:  # brackets without an address in them, a port above 65535
        usable = False
    if not usable:
        shown = atom.short(address.rpartition("@")[2])
        raise InputError(f"{ADDRESS} is {shown!r} but should be an address like {OWN_ADDRESS}.")
    return address
