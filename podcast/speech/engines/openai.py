"""OpenAI's voices, and those of any service that answers as OpenAI's does. Paid where the service is not your own.

No two answers are the same, whatever the seed, so a sentence that is kept is worth keeping.
"""

from __future__ import annotations

import functools
import random
import tempfile
import threading
import time
from typing import TYPE_CHECKING

from podcast import prices
from podcast.errors import InputError, OutsideError
from podcast.outside import services
from podcast.outside.openai_client import Patience, ServiceError, SpeechClient, SpeechRequest
from podcast.outside.services import Errand, Persistence
from podcast.speech.engines.pcm import CutShortError, NotSoundError, to_samples

if TYPE_CHECKING:
    from collections.abc import Callable

    from podcast.speech.engines import Meter
    from podcast.types import Piece, Samples, Voice

_MODEL = "gpt-4o-mini-tts"
_UNTEACHABLE = ("tts-1", "tts-1-hd")
"""Models that refuse instructions."""

_LONGEST_TEXT = 4096
"""Characters that the service takes in one request."""

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
        self._persistence = Persistence(sleep, chance, clock)
        self._patience = patience
        self._clients: dict[tuple[str, str], SpeechClient] = {}
        self._lock = threading.Lock()

    @property
    def version(self) -> str:
        """Of the request; and where it goes, if that is not in the profile."""
        elsewhere = services.elsewhere()
        return f"openai 1, {_MODEL}" + (f", {services.without_password(elsewhere)}" if elsewhere else "")

    def usd_per_minute(self, voice: Voice) -> float:
        """List price of a minute; 0 on a machine of your own. Of unknown models the dearest price that is known."""
        return 0.0 if services.is_own(_address(voice)) else prices.usd_per_minute(_model(voice), voice.speed)

    def phonemes(self, piece: Piece, voice: Voice) -> str | None:  # noqa: ARG002 - it keeps them to itself
        """Tell nothing: only the service knows."""
        return None

    def ready(self, voice: Voice) -> str | None:
        """Say what is missing before it can speak, without asking the service; None if nothing is."""
        return services.missing(_address(voice))

    def speak(self, piece: Piece, voice: Voice) -> Samples:
        """Speak one piece, asking up to five times where a failure may pass.

        Raises InputError if something is missing here, OutsideError if the service fails.
        """
        return self.speak_metered(piece, voice, lambda _, once: once())

    def speak_metered(self, piece: Piece, voice: Voice, meter: Meter) -> Samples:
        """Speak one piece, each time that it is asked for through the meter."""
        if problem := self.ready(voice):
            raise InputError(f"Voice {voice.name}: {problem}")
        if len(piece.text) > _LONGEST_TEXT:
            raise InputError(f"Voice {voice.name} takes {_LONGEST_TEXT} characters at once, not {len(piece.text)}.")
        if not any(sign.isalnum() for sign in piece.text):
            return to_samples(b"\0\0", self.rate_hz)[:0]  # asked for nothing, some services send a sigh, and a bill
        longest_s = _LEAST_S + _SLOWEST_S_PER_LETTER * len(piece.text) / voice.speed
        once = functools.partial(self._ask, piece, voice, longest_s)
        try:
            return self._persistence.ask(lambda: meter(longest_s, once), _errand(voice))
        except ServiceError as error:
            raise OutsideError(
                f"Voice {voice.name}: {services.host(_address(voice))} takes less text at once than these "
                f"{len(piece.text)} characters. Cut the sentence in two, then run the same command again; {_KEPT}"
            ) from error

    def _ask(self, piece: Piece, voice: Voice, longest_s: float) -> Samples:
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
                f"Voice {voice.name}: {services.host(_address(voice))} sent {error} where sound was asked for. "
                f"Check that base_url in voices/{voice.name}.toml is the address of a speech service that can send "
                f"PCM, then run the same command again; {_KEPT}"
            ) from error

    def _client(self, voice: Voice) -> SpeechClient:
        wanted = (_address(voice), services.key())
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


def _address(voice: Voice) -> str:
    return services.address(voice.base_url)


def _errand(voice: Voice) -> Errand:
    return Errand(
        who=f"Voice {voice.name}",
        address=_address(voice),
        model=_model(voice),
        wants="speech",
        set_in=f"voices/{voice.name}.toml",
        settings="voice, model or instructions",
        kept=_KEPT,
        named_in=services.named_in(voice.base_url, f"voices/{voice.name}.toml"),
    )
