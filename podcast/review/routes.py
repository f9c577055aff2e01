"""What the page asks for, and what it is answered: JSON, or sound. Who may ask is decided before, in `gate.py`."""

from __future__ import annotations

import dataclasses
import functools
import json
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

from podcast.errors import FindingsError, InputError, OutsideError, PodcastError, from_os_error
from podcast.outside.server import Answered
from podcast.review.edits import dismissed, reopened, rewritten
from podcast.review.gate import HEADERS, said
from podcast.review.page import page_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from podcast.outside.server import Asked
    from podcast.review.view import SegmentView
    from podcast.types import Script


_log = logging.getLogger(__name__)


class ChangedError(FindingsError):
    """The script on disk is no longer the one that the page shows: nothing was written."""


class PriceError(InputError):
    """Speaking this costs money that nobody has agreed to."""


@dataclasses.dataclass(frozen=True, slots=True)
class State:
    """A script as the page shows it; the version names exactly these bytes of script.md."""

    version: str
    slug: str
    title: str
    date: str
    words: int
    minutes: float
    open: int
    approved: str | None
    """The day on which these very words were approved."""
    outdated: bool
    """Whether other words were approved before."""
    segments: tuple[SegmentView, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Sound:
    """A sentence that can be heard: by which id, and which one of its segment."""

    id: str
    number: int


@dataclasses.dataclass(frozen=True, slots=True)
class Quote:
    """What hearing a segment takes, by list price."""

    sounds: tuple[Sound, ...]
    usd: float
    missing: int
    """Sentences that were not spoken yet."""
    refused: str | None
    """Why they cannot be."""


class Desk(Protocol):
    """What lies behind the page: one script, its sources and its voices."""

    def version(self) -> str:
        """Which bytes script.md has now."""
        ...

    def state(self) -> State:
        """Read the script and look its sentences up."""
        ...

    def change(self, version: str, change: Callable[[Script], Script]) -> State:
        """Write what `change` makes of the script. Raises ChangedError if it is not of that version any more."""
        ...

    def approve(self, version: str, *, approved: bool, anyway: bool) -> State:
        """Note that its words may be spoken, or no longer. Raises FindingsError while findings are open."""
        ...

    def quote(self, version: str, segment: int) -> Quote:
        """Plan how a segment is spoken."""
        ...

    def sound(self, sound_id: str, agreed_usd: float) -> bytes:
        """Return a WAV of a sentence that was quoted. Raises PriceError if it costs more than was agreed to."""
        ...


def answer(asked: Asked, desk: Desk, token: str) -> Answered:
    """Answer a request that was let in."""
    found = page_file(asked.path, token)
    if found and asked.method in ("GET", "HEAD"):
        return Answered(HTTPStatus.OK, *found, HEADERS)
    route = _ROUTES.get((asked.method, asked.path))
    if route is None:
        return said(HTTPStatus.NOT_FOUND, "There is no such thing here.")
    try:
        return route(desk, asked)
    except PodcastError as error:
        return _failed(error)
    except OSError as error:
        return _failed(from_os_error(error))
    except Exception as error:  # noqa: BLE001 - the last resort: the page says it, and goes on
        _log.debug("%s %s", asked.method, asked.path, exc_info=True)
        return _failed(PodcastError(f"Something unforeseen happened ({type(error).__name__}: {error})."))


# ── reading what was sent ───────────────────────────────────────────────────────────────────────────────


def _fields(asked: Asked, **kinds: type) -> list[Any]:
    """Read the named fields of a JSON object. Raises InputError where one is missing or something else."""
    try:
        sent = json.loads(asked.body)
        json.dumps(sent, ensure_ascii=False).encode()  # half a character, as in "\ud800", is none
    except (ValueError, RecursionError) as error:
        raise InputError("What was sent is not JSON.") from error
    values = [sent.get(name) if isinstance(sent, dict) else None for name in kinds]
    wrong = [name for value, (name, kind) in zip(values, kinds.items(), strict=True) if not _is(value, kind)]
    if wrong:
        raise InputError(f"What was sent lacks: {', '.join(wrong)}.")
    return values


def _is(value: object, kind: type) -> bool:
    return type(value) is kind or (kind is float and type(value) is int)  # JavaScript writes 1.0 as 1


def _version(asked: Asked) -> str:
    """Of the script that the page shows (If-Match, RFC 9110 13.1.1)."""
    return asked.headers.get("if-match", "").strip('"')


# ── routes ──────────────────────────────────────────────────────────────────────────────────────────────


def _state(desk: Desk, _: Asked) -> Answered:
    return _shown(desk.state())


def _which(desk: Desk, _: Asked) -> Answered:
    return _json(HTTPStatus.OK, {"version": desk.version()})


def _edit(desk: Desk, asked: Asked) -> Answered:
    segment, first, count, text = _fields(asked, segment=int, first=int, count=int, text=str)
    change = functools.partial(rewritten, segment_index=segment, first=first, count=count, text=text)
    return _shown(desk.change(_version(asked), change))


def _dismiss(desk: Desk, asked: Asked) -> Answered:
    segment, text = _fields(asked, segment=int, text=str)
    return _shown(desk.change(_version(asked), functools.partial(dismissed, segment_index=segment, text=text)))


def _reopen(desk: Desk, asked: Asked) -> Answered:
    segment, text = _fields(asked, segment=int, text=str)
    return _shown(desk.change(_version(asked), functools.partial(reopened, segment_index=segment, text=text)))


def _approve(desk: Desk, asked: Asked) -> Answered:
    approved, anyway = _fields(asked, approved=bool, anyway=bool)
    return _shown(desk.approve(_version(asked), approved=approved, anyway=anyway))


def _quote(desk: Desk, asked: Asked) -> Answered:
    (segment,) = _fields(asked, segment=int)
    return _json(HTTPStatus.OK, dataclasses.asdict(desk.quote(_version(asked), segment)))


def _sound(desk: Desk, asked: Asked) -> Answered:
    sound_id, agreed_usd = _fields(asked, id=str, agreed_usd=float)
    return Answered(HTTPStatus.OK, desk.sound(sound_id, agreed_usd), "audio/wav", HEADERS)


_ROUTES: dict[tuple[str, str], Callable[[Desk, Asked], Answered]] = {
    ("GET", "/script"): _state,
    ("GET", "/version"): _which,
    ("POST", "/edit"): _edit,
    ("POST", "/dismiss"): _dismiss,
    ("POST", "/reopen"): _reopen,
    ("POST", "/approve"): _approve,
    ("POST", "/quote"): _quote,
    ("POST", "/sound"): _sound,
}


# ── answering ───────────────────────────────────────────────────────────────────────────────────────────

_STATUS = (
    (ChangedError, HTTPStatus.PRECONDITION_FAILED),
    (PriceError, HTTPStatus.PAYMENT_REQUIRED),
    (FindingsError, HTTPStatus.CONFLICT),
    (InputError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (OutsideError, HTTPStatus.BAD_GATEWAY),
)


def _failed(error: PodcastError) -> Answered:
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)
    return _json(status, {"error": str(error)})


def _shown(state: State) -> Answered:
    return _json(HTTPStatus.OK, dataclasses.asdict(state), etag=f'"{state.version}"')


def _json(status: HTTPStatus, document: object, **headers: str) -> Answered:
    content = json.dumps(document, ensure_ascii=False).encode(errors="replace")
    return Answered(status, content, "application/json", {**HEADERS, **headers})
