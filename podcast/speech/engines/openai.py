"""OpenAI's voices, and those of any service that answers as OpenAI's does. Paid where the service is not your own.

The key comes from OPENAI_API_KEY and goes to the service only: never into a message, a log or a file. The address is
the profile's `base_url`, else OPENAI_BASE_URL, else OpenAI's. No two answers are the same, whatever the seed, so a
sentence that is kept is worth keeping.
"""

from __future__ import annotations

import ipaddress
import os
import random
import tempfile
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from podcast.errors import InputError, OutsideError
from podcast.outside.openai_client import Patience, ServiceError, SpeechClient, SpeechRequest
from podcast.speech.engines.gate import Gate
from podcast.speech.engines.pcm import CutShortError, NotSoundError, to_samples

if TYPE_CHECKING:
    from collections.abc import Callable

    from podcast.types import Piece, Samples, Voice

_KEY, _ADDRESS = "OPENAI_API_KEY", "OPENAI_BASE_URL"
_OWN_ADDRESS = "https://api.openai.com/v1"
_MODEL = "gpt-4o-mini-tts"
_UNTEACHABLE = ("tts-1", "tts-1-hd")
"""Models that refuse instructions."""

_LONGEST_TEXT = 4096
"""Characters that the service takes in one request."""

_USD_PER_MINUTE = {"gpt-4o-mini-tts": 0.015}
_USD_PER_MILLION_CHARACTERS = {"tts-1": 15.0, "tts-1-hd": 30.0}
_CHARACTERS_PER_MINUTE = 900
"""OpenAI's list prices as of 2025; what English takes in a minute at a voice's own pace."""

_TRIES = 5
_TOO_MANY = 429
_WORTH_ANOTHER_TRY = {0, 408, 409, _TOO_MANY}
_OUT_OF_MONEY = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"}
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.5, 60.0

_KEPT = "finished sentences are kept."

_SLOWEST_S_PER_LETTER, _LEAST_S = 0.5, 20.0
"""A voice that takes longer has lost its way: read English takes 0.07 s a letter."""


class OpenAIEngine:
    """Speaks over the network; made without one, and without a key."""

    rate_hz = 24_000
    takes_phonemes = False

    def __init__(
        self,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
        patience: Patience = Patience(),  # noqa: B008 - frozen
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sleep = sleep
        self._chance = chance
        self._patience = patience
        self._clock = clock
        self._gates: dict[str, Gate] = {}
        self._clients: dict[tuple[str, str], SpeechClient] = {}
        self._lock = threading.Lock()

    @property
    def version(self) -> str:
        """Of the request; and where it goes, if that is not in the profile."""
        elsewhere = os.environ.get(_ADDRESS, "").strip()
        return f"openai 1, {_MODEL}" + (f", {_without_password(elsewhere)}" if elsewhere else "")

    def usd_per_minute(self, voice: Voice) -> float:
        """List price of a minute; 0 on a machine of your own. Of unknown models the dearest price that is known."""
        if _is_own(_address(voice)):
            return 0.0
        prices = _USD_PER_MINUTE | {
            model: usd * _CHARACTERS_PER_MINUTE * voice.speed / 1e6
            for model, usd in _USD_PER_MILLION_CHARACTERS.items()
        }
        model = _model(voice)
        known = [name for name in prices if model == name or model.startswith(f"{name}-20")]
        return prices[known[0]] if known else max(prices.values())

    def phonemes(self, piece: Piece, voice: Voice) -> str | None:  # noqa: ARG002 - it keeps them to itself
        """Tell nothing: only the service knows."""
        return None

    def ready(self, voice: Voice) -> str | None:
        """Say what is missing before it can speak, without asking the service; None if nothing is."""
        address, key = _address(voice), _key()
        if not key and not _is_own(address):
            return f"{_KEY} is not set; {_host(address)} wants a key."
        if key and not _may_have_key(address):
            return f"{_host(address)} would get your key; set {_ADDRESS} to {address}, too, if you want that."
        if not (key.isascii() and key.isprintable()):
            return f"{_KEY} holds characters that no key has; copy it again."
        if urlsplit(address).scheme not in {"http", "https"} or not urlsplit(address).hostname:
            return f"{_ADDRESS} is not an address like {_OWN_ADDRESS}."
        if urlsplit(address).scheme == "http" and not _is_own(address):
            return f"{_host(address)} would get the key unencrypted; use an https address."
        return None

    def speak(self, piece: Piece, voice: Voice) -> Samples:
        """Speak one piece, asking up to five times where a failure may pass.

        Raises InputError if something is missing here, OutsideError if the service fails.
        """
        if problem := self.ready(voice):
            raise InputError(f"Voice {voice.name}: {problem}")
        if len(piece.text) > _LONGEST_TEXT:
            raise InputError(f"Voice {voice.name} takes {_LONGEST_TEXT} characters at once, not {len(piece.text)}.")
        if not any(sign.isalnum() for sign in piece.text):
            return to_samples(b"\0\0", self.rate_hz)[:0]  # asked for nothing, some services send a sigh, and a bill
        return self._persist(piece, voice)

    def _persist(self, piece: Piece, voice: Voice) -> Samples:
        gate = self._gate(voice)
        for tried in range(_TRIES):
            gate.wait()
            try:
                return self._ask(piece, voice)
            except ServiceError as error:
                if not _may_pass(error):
                    raise OutsideError(_refusal(error, voice)) from error
                last = error
            if tried < _TRIES - 1:
                self._hold_back(gate, tried, last)
        raise OutsideError(
            f"Voice {voice.name}: {_host(_address(voice))} failed {_TRIES} times, lastly: it {_what(last)}. "
            f"Run the same command again later; {_KEPT}"
        ) from last

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

    def _ask(self, piece: Piece, voice: Voice) -> Samples:
        longest_s = _LEAST_S + _SLOWEST_S_PER_LETTER * len(piece.text) / voice.speed
        with tempfile.TemporaryFile() as file:
            kind = self._client(voice).speak(_request(piece, voice), file, int(longest_s * self.rate_hz * 2))
            file.seek(0)
            return self._sound(file.read(), kind, voice)

    def _sound(self, data: bytes, kind: str, voice: Voice) -> Samples:
        try:
            return to_samples(data, self.rate_hz, kind)
        except CutShortError as error:
            raise ServiceError(f"broke off ({error})") from error
        except NotSoundError as error:
            raise OutsideError(
                f"Voice {voice.name}: {_host(_address(voice))} sent {error} where sound was asked for. "
                "Check that its address is one of a speech service that can send PCM."
            ) from error

    def _gate(self, voice: Voice) -> Gate:
        with self._lock:
            return self._gates.setdefault(_address(voice), Gate(self._clock, self._sleep))

    def _client(self, voice: Voice) -> SpeechClient:
        wanted = (_address(voice), _key() or "none")
        with self._lock:
            if wanted not in self._clients:
                self._clients[wanted] = SpeechClient(*wanted, self._patience)
            return self._clients[wanted]


def _request(piece: Piece, voice: Voice) -> SpeechRequest:
    model = _model(voice)
    instructions = "" if model in _UNTEACHABLE else voice.instructions
    return SpeechRequest(piece.text, voice.voice, model, instructions, voice.speed)


def _model(voice: Voice) -> str:
    return voice.model or _MODEL


# ── where, and with what key ────────────────────────────────────────────────────────────────────────────


def _key() -> str:
    return os.environ.get(_KEY, "").strip()


def _address(voice: Voice) -> str:
    return voice.base_url or os.environ.get(_ADDRESS, "").strip() or _OWN_ADDRESS


def _may_have_key(address: str) -> bool:
    """Whether a key may be sent there: a show that came from somebody else must not collect keys."""
    trusted = (_OWN_ADDRESS, os.environ.get(_ADDRESS, "").strip())
    return _is_own(address) or address.rstrip("/") in {each.rstrip("/") for each in trusted}


def _host(address: str) -> str:
    return urlsplit(address).hostname or _ADDRESS


def _without_password(address: str) -> str:
    return address.rpartition("@")[2]


def _is_own(address: str) -> bool:
    """Whether it is this machine or one beside it, where nobody is paid and no key is needed."""
    host = urlsplit(address).hostname or "."
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local"))


# ── what went wrong ─────────────────────────────────────────────────────────────────────────────────────


def _may_pass(error: ServiceError) -> bool:
    return error.code not in _OUT_OF_MONEY and (error.status in _WORTH_ANOTHER_TRY or error.status >= 500)  # noqa: PLR2004


def _what(error: ServiceError) -> str:
    return f"answered with status {error.status}" if error.status else str(error)


def _refusal(error: ServiceError, voice: Voice) -> str:
    """Say what a service would not do, and what to do about it."""
    who, profile = f"Voice {voice.name}: {_host(_address(voice))}", f"voices/{voice.name}.toml"
    if error.code in _OUT_OF_MONEY or error.status == 402:  # noqa: PLR2004 - payment required
        return f"{who} says that your quota is used up. Add credit, then run the same command again; {_KEPT}"
    model = _model(voice)
    return {
        401: f"{who} does not accept the key in {_KEY}. Set a valid one, then run the same command again.",
        403: f"{who} does not let this key use {model}. Give it the right to, or set another model in {profile}.",
        404: f"{who} has no model {model!r} (any more), or no speech there. Set model or base_url in {profile}.",
    }.get(
        error.status,
        f"{who} refused with status {error.status}: {error}. Correct voice, model or instructions in {profile}.",
    )
