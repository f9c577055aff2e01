"""What no message, log or file may hold: passwords and tokens in addresses, and keys that the environment holds."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HIDDEN = "…"
"""What stands where something was left out."""

_LONGEST_SHOWN = 300
_SHORTEST_SECRET = 8
"""Characters: what is shorter may be any word, which would be torn out of every sentence."""

_WEB = re.compile(r"(?:git\+)?https?", re.IGNORECASE)
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]{0,20}://[^\s\"'<>`|]+", re.IGNORECASE)
_BEHIND = ".,:;!?)]}"
"""What ends a sentence or a bracket rather than the address before it."""

_NAMES_A_PATH = re.compile(r"(?:FILE|PATH|SOCK|DIR|HOME)$", re.IGNORECASE)
_VALUE = re.compile(r"(?<=[?&;#])([^=&;#]*)=([^&;#]*)")
_HARMLESS = re.compile(r"[\w.:-]{0,12}", re.ASCII)
_TELLING = re.compile(
    r"key|token|secret|passw|passphrase|passcode|credential|auth(?!or)|signature|cookie|webhook|dsn"
    r"|(?:^|[_.-])(?:pw|pwd|pass|sig|pat|jwt|code|otp)(?:$|[_.-])",
    re.IGNORECASE,
)


def sounds_secret(name: str) -> bool:
    """Whether the name of a variable, or of a field of an address, is one that keys and passwords go by."""
    return _TELLING.search(name) is not None


def shown(address: str, longest: int = _LONGEST_SHOWN) -> str:
    """Write an address so that it may stand in a sentence: on one line, not too long, without password or token.

    A password may have a slash or an @ in it that should have been escaped: whatever could belong to it is left out. In
    an address of the web, the name may be a token, so it is left out, too; of a query, what is long or named a secret.
    """
    text = _without_values(_without_login("".join(sign if sign.isprintable() else "?" for sign in address)))
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _without_login(address: str) -> str:
    scheme, separator, rest = address.partition("://")
    login, at, place = rest.rpartition("@")
    is_web = _WEB.fullmatch(scheme) is not None
    if at and (":" in login or (is_web and "@" in re.split(r"[/?#]", rest, maxsplit=1)[0])):
        return f"{scheme}{separator}{HIDDEN}@{place}"
    return address


def _without_values(address: str) -> str:
    return _VALUE.sub(lambda field: field[0] if _is_harmless(field[1], field[2]) else f"{field[1]}={HIDDEN}", address)


def _is_harmless(name: str, value: str) -> bool:
    return not sounds_secret(name) and _HARMLESS.fullmatch(value) is not None


def masked(text: str, environment: Mapping[str, str] = os.environ) -> str:
    """Leave out of a text whatever the environment holds that is secret, and what `shown` leaves out of addresses."""
    for secret in secrets_of(environment):
        text = text.replace(secret, HIDDEN)
    return _ADDRESS.sub(_shown_address, text)


def _shown_address(found: re.Match[str]) -> str:
    address = found[0].rstrip(_BEHIND)
    return _without_values(_without_login(address)) + found[0][len(address) :]


def secrets_of(environment: Mapping[str, str]) -> list[str]:
    """List the keys and passwords that an environment holds, the longest first: one may be a part of another."""
    found = {each.strip() for name, value in environment.items() for each in _secrets_in(name, value)}
    return sorted((each for each in found if len(each) >= _SHORTEST_SECRET), key=lambda each: (-len(each), each))


def _secrets_in(name: str, value: str) -> Iterator[str]:
    """Yield a value whose name tells what it is, but no path; and the password of an address, in both its forms."""
    _, separator, rest = value.partition("://")
    if sounds_secret(name) and not separator and not _NAMES_A_PATH.search(name):
        yield value
    password = rest.rpartition("@")[0].partition(":")[2]
    yield from (password, unquote(password))
