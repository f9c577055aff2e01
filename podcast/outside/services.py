"""What goes for every service that answers as OpenAI's does: where it is, who gets the key, and asking it again.

The key comes from OPENAI_API_KEY and goes to the service only: never into a message, a log or a file. The address is
the one that a profile or show names, else OPENAI_BASE_URL, else OpenAI's.
"""

from __future__ import annotations

import ipaddress
import os
import random
import socket
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import SplitResult, urlsplit

from podcast.errors import OutsideError
from podcast.interrupts import go_on
from podcast.masking import shown
from podcast.outside import retry_after
from podcast.outside.gate import Gate
from podcast.outside.openai_client import ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

KEY, ADDRESS = "OPENAI_API_KEY", "OPENAI_BASE_URL"
OWN_ADDRESS = "https://api.openai.com/v1"

_OWN_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in (
        "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16",
        "::1/128", "fc00::/7", "fe80::/10",
    )
)  # fmt: skip
"""Of this machine, and of networks that no route leads to from elsewhere (RFC 1918, 3927, 4193, 4291)."""

_TRIES = 5
_TOO_MANY = 429
_WORTH_ANOTHER_TRY = {0, 408, 409, _TOO_MANY}
_OUT_OF_MONEY = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"}
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.5, 60.0


# ── where, and with what key ────────────────────────────────────────────────────────────────────────────


def key() -> str:
    """Return the key that is set, or an empty text."""
    return os.environ.get(KEY, "").strip()


def address(base_url: str) -> str:
    """Return where the service is, of which a profile or a show says so much."""
    return base_url or elsewhere() or OWN_ADDRESS


def named_in(base_url: str, set_in: str) -> str:
    """Say where the address of a service is set, of which a profile or a show says so much; empty: nowhere."""
    return set_in if base_url else ADDRESS if elsewhere() else ""


def elsewhere() -> str:
    """Return the address that the environment names, or an empty text."""
    return os.environ.get(ADDRESS, "").strip()


def host(address: str) -> str:
    """Name the machine that an address leads to."""
    return _split(address).hostname or ADDRESS


def place(address: str) -> str:
    """Name the machine, and the port where it is not the usual one."""
    try:
        port = _split(address).port
    except ValueError:
        port = None
    return host(address) if port in {None, 80, 443} else f"{host(address)}:{port}"


def _split(address: str) -> SplitResult:
    """Take an address apart; one that is none, as brackets without a number in them, has no parts."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def without_password(address: str) -> str:
    """Take out of an address what should not be shown."""
    return shown(address.rpartition("@")[2])


def is_own(address: str) -> bool:
    """Whether it is this machine or one beside it, where nobody is paid and no key is needed.

    Nothing but its own words says so of a name without a dot, which any network can make lead anywhere: it is one's own
    where the environment names the same address, as people do whose services stand in containers.
    """
    name = (_split(address).hostname or "").removesuffix(".")
    if number := _as_number(name):
        return number.is_unspecified or any(number in network for network in _OWN_NETWORKS)
    if name == "localhost" or name.endswith((".localhost", ".local")):
        return True
    return "." not in name and bool(name) and _same(address, elsewhere())


def _as_number(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Read an address that is written as a number, in any form that connecting to it would understand; else None."""
    try:
        number = ipaddress.ip_address(name)
    except ValueError:
        return _as_old_number(name)
    return (number.ipv4_mapped or number) if isinstance(number, ipaddress.IPv6Address) else number


def _as_old_number(name: str) -> ipaddress.IPv4Address | None:
    """Read the forms of inet_aton(3): 134744072, 0x08080808, 127.1."""
    try:
        return None if not name or name.split() != [name] else ipaddress.IPv4Address(socket.inet_aton(name))
    except OSError:
        return None


def missing(address: str) -> str | None:
    """Say what is missing before a service can be asked, without asking it; None if nothing is."""
    secret = key()
    if problem := _without_leave(address, secret):
        return problem
    if not (secret.isascii() and secret.isprintable()):
        return f"{KEY} holds characters that no key has; copy it again."
    if _split(address).scheme not in {"http", "https"} or not _split(address).hostname:
        return f"{ADDRESS} is not an address like {OWN_ADDRESS}."
    if _split(address).scheme == "http" and not is_own(address):
        return f"{host(address)} would get the key unencrypted; use an https address."
    return None


def _without_leave(address: str, secret: str) -> str | None:
    """Say why nothing may be sent there with this key, or without one; None if it may."""
    if _is_bare(address) and not is_own(address):
        return (
            f"{host(address)} may be anybody's machine; set {ADDRESS} to {shown(address)}, too, if it is one of yours."
        )
    if not secret and not is_own(address):
        return f"{KEY} is not set; {host(address)} wants a key."
    if secret and not _may_have_key(address):
        return f"{host(address)} would get your key; set {ADDRESS} to {shown(address)}, too, if you want that."
    return None


def _is_bare(address: str) -> bool:
    """Whether a machine is named without a dot, and not by its number."""
    name = (_split(address).hostname or ".").removesuffix(".")
    return not any(sign in name for sign in ".:") and bool(name) and _as_number(name) is None


def _same(address: str, other: str) -> bool:
    return address.rstrip("/") == other.rstrip("/")


def _may_have_key(address: str) -> bool:
    """Whether a key may be sent there: a show that came from somebody else must not collect keys."""
    return is_own(address) or any(_same(address, trusted) for trusted in (OWN_ADDRESS, elsewhere()))


# ── asking, and asking again ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Errand:
    """Who asks a service for what, as errors say it."""

    who: str
    """Voice sage, The writer."""
    address: str
    model: str
    wants: str
    """speech, chat."""
    set_in: str
    """Where model and address are set."""
    settings: str
    """What else is set there and may be wrong."""
    kept: str
    """finished sentences are kept."""
    named_in: str = ""
    """Where the address is set; empty: nowhere, it is OpenAI's own."""
    instead: str = ""
    """`--writer extractive`, which needs none."""


class Persistence:
    """Asks up to five times where a failure may pass; when a service wants to be left alone, all threads wait."""

    def __init__(
        self,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sleep = sleep
        self._chance = chance
        self._clock = clock
        self._gates: dict[str, Gate] = {}
        self._lock = threading.Lock()

    def ask(self, once: Callable[[], T], errand: Errand) -> T:
        """Return what `once` does, which raises ServiceError where the service fails.

        Raises OutsideError, a whole sentence, if the failure will not pass or did not. A text that is too long for the
        model stays a ServiceError: the caller can cut it. Once the run is to end nothing more is asked.
        """
        gate = self.gate(errand.address)
        for tried in range(_TRIES):
            gate.wait()
            go_on()
            try:
                return once()
            except ServiceError as error:
                if error.is_too_long:
                    raise
                if not _may_pass(error):
                    raise OutsideError(_refusal(error, errand)) from error
                last = error
            if tried < _TRIES - 1:
                self._hold_back(gate, tried, last)
        raise OutsideError(_exhausted(last, errand)) from last

    def gate(self, address: str) -> Gate:
        """Return the gate before a service: each address has one of its own."""
        with self._lock:
            return self._gates.setdefault(address, Gate(self._clock, self._sleep))

    def _hold_back(self, gate: Gate, tried: int, error: ServiceError) -> None:
        """Keep everybody away where the service asks for it, else this thread only: others may have more luck."""
        wait_s = self._wait_s(tried, error.wait_s)
        if error.wait_s or error.status == _TOO_MANY:
            gate.close(wait_s)
        else:
            self._sleep(wait_s)

    def _wait_s(self, tried: int, asked_s: float) -> float:
        """Twice as long each time, more or less by chance; what the service asks for, up to the longest wait."""
        own_s = _FIRST_WAIT_S * float(2**tried) * (0.5 + self._chance())
        return min(max(own_s, asked_s), _LONGEST_WAIT_S)


def _may_pass(error: ServiceError) -> bool:
    return error.code not in _OUT_OF_MONEY and (error.status in _WORTH_ANOTHER_TRY or error.status >= 500)  # noqa: PLR2004


def _what(error: ServiceError) -> str:
    asks = f" and asks to be left alone for {retry_after.in_words(error.wait_s)}" if error.wait_s else ""
    return f"answered with status {error.status}{asks}" if error.status else str(error)


def _exhausted(error: ServiceError, errand: Errand) -> str:
    """Say which service failed to the last, whose address that is, and what to do."""
    origin = f" (the address is set in {errand.named_in})" if errand.named_in and not error.status else ""
    instead = f", or with {errand.instead}" if errand.instead else ""
    return (
        f"{errand.who}: {place(errand.address)}{origin} failed {_TRIES} times, lastly: it {_what(error)}. "
        f"Run the same command again later{instead}; {errand.kept}"
    )


def _refusal(error: ServiceError, errand: Errand) -> str:
    """Say what a service would not do, and what to do about it."""
    model, place = errand.model, errand.set_in
    if error.code in _OUT_OF_MONEY or error.status == 402:  # noqa: PLR2004 - payment required
        what = "says that your quota is used up. Add credit"
    elif 300 <= error.status < 400:  # noqa: PLR2004 - redirects: nobody named the place that they lead to
        what = f"sends on to another address, which is not followed. Set base_url in {place} to the right one"
    else:
        said = f": {error}" if str(error) else ""
        what = {
            200: f"{error}. Check that base_url in {place} is the address of a service for {errand.wants}",
            401: f"does not accept the key in {KEY}. Set a valid one",
            403: f"does not let this key use {model}. Give it the right to, or set another model in {place}",
            404: f"has no model {model!r} (any more), or no {errand.wants} there. Set model or base_url in {place}",
        }.get(error.status, f"refused with status {error.status}{said}. Correct {errand.settings} in {place}")
    return f"{errand.who}: {host(errand.address)} {what}, then run the same command again; {errand.kept}"
