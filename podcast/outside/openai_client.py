"""The one door to the openai package: text to a speech service, what it sends to a file.

It asks once. Whether it pays to ask again is for the caller to decide, so every failure says what it was.
"""

from __future__ import annotations

import datetime as dt
import math
import time
import weakref
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import IO, TYPE_CHECKING, Any

from podcast.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST_MESSAGE = 200


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """What to say and how; what is empty is left to the service."""

    text: str
    voice: str
    model: str
    instructions: str = ""
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a service may take, in s: to connect, between two parts of its answer, and in all."""

    connect_s: float = 10
    read_s: float = 60
    total_s: float = 180


class ServiceError(OutsideError):
    """A service did not do what it was asked; its text is half a sentence, "did not answer in time".

    `status` is 0 where no whole answer came; `code` is the service's own name for what is wrong; `wait_s` is how
    long it asks to be left alone.
    """

    def __init__(self, what: str, *, status: int = 0, code: str = "", wait_s: float = 0) -> None:
        super().__init__(what)
        self.status = status
        self.code = code
        self.wait_s = wait_s


class SpeechClient:
    """One service and its connections, for several threads at once."""

    def __init__(self, base_url: str, key: str, patience: Patience) -> None:
        import openai

        self._key = key
        self._total_s = patience.total_s
        timeout = openai.Timeout(patience.read_s, connect=patience.connect_s)
        # a redirect would take the text somewhere nobody named
        http = openai.DefaultHttpxClient(timeout=timeout, follow_redirects=False)
        self._client = openai.OpenAI(api_key=key, base_url=base_url, timeout=timeout, max_retries=0, http_client=http)
        weakref.finalize(self, http.close)

    def speak(self, wanted: SpeechRequest, into: IO[bytes], max_bytes: int) -> str:
        """Write the sound of a text, 16-bit mono at 24 kHz if the service is right; return its content type.

        Raises ServiceError if it refuses, breaks off, takes too long or sends more than `max_bytes`.
        """
        import httpx2  # what openai speaks through; it lets its exceptions pass while sound is read
        import openai

        until = time.monotonic() + self._total_s
        try:
            with self._client.audio.speech.with_streaming_response.create(**_fields(wanted)) as answer:
                for part in answer.iter_bytes():
                    into.write(part)
                    _check_limits(into.tell(), max_bytes, until)
                return str(answer.headers.get("content-type", ""))
        except openai.APIStatusError as error:
            raise self._refusal(error) from None
        except (openai.APITimeoutError, httpx2.TimeoutException) as error:
            raise ServiceError("did not answer in time") from error
        except (openai.APIConnectionError, httpx2.HTTPError) as error:
            raise ServiceError(f"broke off ({error.__cause__ or error})") from error

    def _refusal(self, error: Any) -> ServiceError:
        own = error.body.get("message") if isinstance(error.body, dict) else None
        said = " ".join(str(own or error.message).replace(self._key, "…").split())[:_LONGEST_MESSAGE].rstrip(".")
        wait_s = _wait_s(error.response.headers)
        return ServiceError(said, status=error.status_code, code=error.code or error.type or "", wait_s=wait_s)


def _fields(wanted: SpeechRequest) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "input": wanted.text,
        "model": wanted.model,
        "voice": wanted.voice,
        "response_format": "pcm",
    }
    if wanted.instructions:
        fields["instructions"] = wanted.instructions
    if wanted.speed != 1:
        fields["speed"] = wanted.speed
    return fields


def _check_limits(length: int, max_bytes: int, until: float) -> None:
    if length > max_bytes:
        raise ServiceError(f"sent more than {max_bytes} bytes")
    if time.monotonic() > until:
        raise ServiceError("did not finish in time")


def _wait_s(headers: Mapping[str, str]) -> float:
    """Read Retry-After, seconds or a date (RFC 9110, 10.2.3), and the finer header of OpenAI; 0 if neither is there."""
    try:
        if "retry-after-ms" in headers:
            return _sane(float(headers["retry-after-ms"]) / 1000)
        return _sane(float(headers.get("retry-after", "0")))
    except ValueError:
        return _seconds_until(headers["retry-after"])


def _seconds_until(date: str) -> float:
    try:
        then = parsedate_to_datetime(date)
        return _sane((then - dt.datetime.now(dt.UTC)).total_seconds())
    except (TypeError, ValueError):  # no date, or one without a zone
        return 0.0


def _sane(seconds: float) -> float:
    return max(0.0, seconds) if math.isfinite(seconds) else 0.0
