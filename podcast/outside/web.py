"""The one door to other people's servers: httpx, with a limit on time and size for every request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMEOUT_S = 20
_MAX_BYTES = 20_000_000
_AGENT = "paper-podcast"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes = b""


def ask(method: str, url: str, headers: Mapping[str, str] | None = None, stop_after: int | None = None) -> Answer:
    """Ask once, following redirects; whatever the status, it is the answer.

    With `stop_after` no more is read than tells whether more came than that. Raises OutsideError if there is no
    answer in time, or one that is larger than a feed can be.
    """
    import httpx

    asked = {"user-agent": _AGENT, "accept-encoding": "identity", **(headers or {})}
    try:
        with (
            httpx.Client(timeout=_TIMEOUT_S, follow_redirects=True, max_redirects=5) as client,
            client.stream(method, url, headers=asked) as answer,
        ):
            content = bytearray()
            for part in answer.iter_raw():
                content += part
                if stop_after is not None and len(content) > stop_after:
                    break
                if len(content) > _MAX_BYTES:
                    raise OutsideError(f"{url}: more than {_MAX_BYTES} bytes came. Is that the right address?")
            return Answer(answer.status_code, dict(answer.headers), bytes(content))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise OutsideError(
            f"{url}: no answer ({str(error) or type(error).__name__}). Check the address, and that the server is up."
        ) from error
