"""The one door to the openai package: text to a speech service, what it sends to a file; questions to a model.

It asks once. Whether it pays to ask again is for the caller to decide, so every failure says what it was.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import re
import time
import weakref
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from podcast.errors import OutsideError
from podcast.outside import retry_after
from podcast.outside.reasons import reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LONGEST_MESSAGE = 200
_NO_KEY = "none"
"""What is sent where there is no key: the package wants something."""

_TOO_LARGE = 413
_UNDERSTOOD = 200

_REASONS = ("stop", "length", "content_filter")
_MAX_ANSWER_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """What to say and how; what is empty is left to the service."""

    text: str
    voice: str
    model: str
    instructions: str = ""
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class Message:
    """Something said in a conversation with a model: by the system, the user, or the assistant, which is the model."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What to ask a model; `schema` is the JSON Schema of the answer, by its name."""

    messages: tuple[Message, ...]
    model: str
    schema_name: str
    schema: Mapping[str, Any]
    max_tokens: int
    """Of the answer."""
    temperature: float | None = None
    effort: str = ""
    """How much to think before answering; empty is the model's own way."""


@dataclass(frozen=True, slots=True)
class ChatAnswer:
    """What a model said. Tokens are None where the service does not count them."""

    text: str
    stopped: str = "stop"
    """Why it ended there: stop, length, content_filter."""
    refusal: str = ""
    tokens_in: int | None = None
    tokens_out: int | None = None


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a service may take, in s: to connect, between two parts of its answer, and in all."""

    connect_s: float = 10
    read_s: float = 60
    total_s: float = 180


class ServiceError(OutsideError):
    """A service did not do what it was asked; its text is half a sentence, "did not answer in time".

    `status` is 0 where no whole answer came; `code` is the service's own name for what is wrong, `about` for the field
    that it means; `wait_s` is how long it asks to be left alone; `may_cost` says that it may have done the work.
    """

    def __init__(  # noqa: PLR0913 - all but the first are named
        self,
        what: str,
        *,
        status: int = 0,
        code: str = "",
        about: str = "",
        wait_s: float = 0,
        may_cost: bool = True,
    ) -> None:
        super().__init__(what)
        self.status = status
        self.code = code
        self.about = about
        self.wait_s = wait_s
        self.may_cost = may_cost

    @property
    def is_too_long(self) -> bool:
        """Whether the text is longer than the model takes: a shorter one may pass."""
        if self.status == _TOO_LARGE or self.code in _TOO_LONG_CODES:
            return True
        return self.status in _MISUNDERSTOOD and bool(_TOO_LONG.search(str(self)))


_MISUNDERSTOOD = (400, 422)
"""Statuses for fields that a service does not know, or does not take so."""

_TOO_LONG_CODES = {"context_length_exceeded", "exceed_context_size_error", "string_above_max_length"}
_TOO_LONG = re.compile(r"context (?:length|size|window)|prompt is too long|too many (?:input )?tokens", re.IGNORECASE)


# ── speech ──────────────────────────────────────────────────────────────────────────────────────────────


class SpeechClient:
    """One service and its connections, for several threads at once."""

    def __init__(self, base_url: str, key: str, patience: Patience) -> None:
        self._door = _Door(base_url, key, patience)

    def speak(self, wanted: SpeechRequest, into: IO[bytes], max_bytes: int) -> str:
        """Write the sound of a text, 16-bit mono at 24 kHz if the service is right; return its content type.

        Raises ServiceError if it refuses, breaks off, takes too long or sends more than `max_bytes`.
        """
        with self._door.asking() as (client, until):
            create = client.audio.speech.with_streaming_response.create
            with create(**_speech_fields(wanted)) as answer:
                for part in answer.iter_bytes():
                    into.write(part)
                    _check_limits(into.tell(), max_bytes, until)
                return str(answer.headers.get("content-type", ""))


def _speech_fields(wanted: SpeechRequest) -> dict[str, Any]:
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


# ── chat ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Dialect:
    """Which fields a service takes: servers differ, and say so when they are asked."""

    answer_as: str = "json_schema"
    limit: str = "max_tokens"
    takes_temperature: bool = True
    takes_effort: bool = True

    def fields(self, wanted: ChatRequest) -> dict[str, Any]:
        """Write a request in it."""
        fields: dict[str, Any] = {
            "model": wanted.model,
            "messages": [{"role": message.role, "content": message.text} for message in wanted.messages],
            self.limit: wanted.max_tokens,
        }
        if self.answer_as == "json_schema":
            schema = {"name": wanted.schema_name, "strict": True, "schema": wanted.schema}
            fields["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif self.answer_as == "json_object":
            fields["response_format"] = {"type": "json_object"}
        if self.takes_temperature and wanted.temperature is not None:
            fields["temperature"] = wanted.temperature
        if self.takes_effort and wanted.effort:
            fields["reasoning_effort"] = wanted.effort
        return fields

    def without(self, error: ServiceError, sent: Mapping[str, Any]) -> _Dialect | None:
        """Return a dialect without what a service refused, None if it refused nothing of the kind."""
        named = f"{error.about} {error}"
        if "reasoning_effort" in sent and re.search(r"reasoning|effort", named):
            return dataclasses.replace(self, takes_effort=False)
        if "temperature" in sent and "temperature" in named:
            return dataclasses.replace(self, takes_temperature=False)
        if "response_format" in sent and re.search(r"response_format|json_schema|json_object|grammar|schema", named):
            return dataclasses.replace(self, answer_as="json_object" if self.answer_as == "json_schema" else "")
        if self.limit == "max_tokens" and re.search(r"max_(?:completion_)?tokens", named):
            return dataclasses.replace(self, limit="max_completion_tokens")
        return None


class ChatClient:
    """One service and its connections, for several threads at once; it remembers which fields the service takes."""

    def __init__(self, base_url: str, key: str, patience: Patience) -> None:
        self._door = _Door(base_url, key, patience)
        self._dialect = _Dialect()

    def ask(self, wanted: ChatRequest) -> ChatAnswer:
        """Ask a model once; in other words where the service does not know some of the fields.

        Raises ServiceError if it refuses, breaks off, takes too long, or sends something else than an answer.
        """
        while True:
            dialect = self._dialect
            fields = dialect.fields(wanted)
            try:
                return self._door.cleaned(self._answer(fields))
            except ServiceError as error:
                other = dialect.without(error, fields) if error.status in _MISUNDERSTOOD else None
                if other is None or error.is_too_long:
                    raise
                self._dialect = other

    def _answer(self, fields: Mapping[str, Any]) -> ChatAnswer:
        content = bytearray()
        with self._door.asking() as (client, until):
            create = client.chat.completions.with_streaming_response.create
            with create(**fields) as answer:
                for part in answer.iter_bytes():
                    content += part
                    _check_limits(len(content), _MAX_ANSWER_BYTES, until)
                kind = str(answer.headers.get("content-type", ""))
        return _read_answer(bytes(content), kind)


def _read_answer(content: bytes, kind: str) -> ChatAnswer:
    """Read the JSON of a chat completion; half of one is a ServiceError that may pass, anything else one that won't."""
    text = content.decode("utf-8", "replace").strip()
    if not text.startswith("{"):
        raise _no_answer(text, kind)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ServiceError("broke off (its answer is not whole)") from error
    try:
        choice = data["choices"][0]
        said = choice["message"]
        return ChatAnswer(
            text=_text(said.get("content")),
            stopped=_reason(choice.get("finish_reason")),
            refusal=_text(said.get("refusal")),
            tokens_in=_count(data, "prompt_tokens"),
            tokens_out=_count(data, "completion_tokens"),
        )
    except (LookupError, TypeError, AttributeError) as error:
        raise ServiceError("sent JSON without an answer in it", status=_UNDERSTOOD) from error


def _no_answer(text: str, kind: str) -> ServiceError:
    if not text:
        return ServiceError("sent nothing")
    is_page = "html" in kind.lower() or text.startswith("<")
    return ServiceError(f"sent {'a web page' if is_page else 'text'} where an answer was asked for", status=_UNDERSTOOD)


def _text(value: object) -> str:
    """Read a text; some services send it in parts."""
    if isinstance(value, list):
        return "".join(_text(part.get("text")) for part in value if isinstance(part, dict))
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _reason(value: object) -> str:
    """Read why an answer ended; what a service says besides the known reasons is not repeated."""
    return value if isinstance(value, str) and value in _REASONS else "stop"


def _count(data: Mapping[str, Any], name: str) -> int | None:
    usage = data.get("usage")
    count = usage.get(name) if isinstance(usage, dict) else None
    return count if type(count) is int and count > 0 else None


# ── both ────────────────────────────────────────────────────────────────────────────────────────────────


@functools.cache
def _reticent_client() -> Any:
    """Make a kind of the package's client that tells the service nothing about this machine.

    To find out what that is, the package would run a program, which would get the key with the rest of the environment.
    """
    import openai

    class Reticent(openai.OpenAI):
        def platform_headers(self) -> dict[str, str]:
            return {}

    return Reticent


class _Door:
    """The package's client of one service, and what its failures mean."""

    def __init__(self, base_url: str, key: str, patience: Patience) -> None:
        import openai

        self._key = key
        self._total_s = patience.total_s
        timeout = openai.Timeout(patience.read_s, connect=patience.connect_s)
        # a redirect would take the text somewhere nobody named
        http = openai.DefaultHttpxClient(timeout=timeout, follow_redirects=False)
        self._client = _reticent_client()(
            api_key=key or _NO_KEY, base_url=base_url, timeout=timeout, max_retries=0, http_client=http
        )
        weakref.finalize(self, http.close)

    @contextmanager
    def asking(self) -> Iterator[tuple[Any, float]]:
        """Give the client and the time at which all has to be over; whatever fails inside is a ServiceError."""
        import httpx2  # what openai speaks through; it lets its exceptions pass while an answer is read
        import openai

        try:
            yield self._client, time.monotonic() + self._total_s
        except openai.APIStatusError as error:
            raise self._refusal(error) from None
        except (openai.APITimeoutError, httpx2.TimeoutException) as error:
            unreached = isinstance(error.__cause__ or error, httpx2.ConnectTimeout)
            raise ServiceError("did not answer in time", may_cost=not unreached) from error
        except (openai.APIConnectionError, httpx2.HTTPError) as error:
            unreached = isinstance(error.__cause__ or error, httpx2.ConnectError)
            what = "cannot be reached" if unreached else "broke off"
            raise ServiceError(f"{what} ({reason(error)})", may_cost=not unreached) from error

    def cleaned(self, answer: ChatAnswer) -> ChatAnswer:
        """Take the key out of an answer: a service that sends it back must not bring it into a script."""
        return dataclasses.replace(answer, text=self._hidden(answer.text), refusal=self._hidden(answer.refusal))

    def _hidden(self, text: str) -> str:
        return text.replace(self._key, "…") if self._key else text

    def _refusal(self, error: Any) -> ServiceError:
        own = error.body.get("message") if isinstance(error.body, dict) else None  # a page is for browsers
        words = "".join(sign if sign.isprintable() else " " for sign in self._hidden(str(own or "")))
        code = next((code for code in (error.code, error.type) if code and isinstance(code, str)), "")
        return ServiceError(
            " ".join(words.split())[:_LONGEST_MESSAGE].rstrip("."),
            status=error.status_code,
            code=code,
            about=error.param if isinstance(error.param, str) else "",
            wait_s=retry_after.wait_s(error.response.headers),
            may_cost=False,
        )


def _check_limits(length: int, max_bytes: int, until: float) -> None:
    if length > max_bytes:
        raise ServiceError(f"sent more than {max_bytes} bytes")
    if time.monotonic() > until:
        raise ServiceError("did not finish in time")
