"""A newsletter by its https address: fetched from public servers only, and refused if it is something else."""

from __future__ import annotations

import re
import time
from email.message import Message
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from podcast.errors import InputError
from podcast.masking import shown
from podcast.outside import web
from podcast.outside.answers import Rules
from podcast.outside.patience import patiently
from podcast.outside.saving import MAY_PASS, refused
from podcast.papers import decoding
from podcast.papers.reading.tree import parse_html

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from podcast.outside.web import Answer

_FOUND = 200
_GONE = (404, 410)
_CLOSED = (401, 402, 403, 407, 451)

_SUFFIXES = (".html", ".htm", ".md", ".markdown", ".txt")
_SUFFIX_OF = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/markdown": ".md",
    "text/x-markdown": ".md",
}
_SAYS_NOTHING = ("", "text/plain", "application/octet-stream", "binary/octet-stream")
"""What servers call whatever they do not know better."""

_FEEDS = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/xml", "text/xml")

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 80
_LOGIN_PATH = re.compile(r"/(?:log-?in|sign-?in|sso|oauth2?|auth|session/new)(?:[/.]|$)", re.IGNORECASE)
_LONGEST_LOGIN_BYTES = 1_000_000
_WORDS_OF_A_LOGIN = 150
_SAVE_IT = "Open it in a browser, save the page, and give the file."


def fetch_newsletter(
    url: str, trusted: Collection[str] = (), sleep: Callable[[float], None] = time.sleep
) -> tuple[bytes, str]:
    """Return what is at an address, text of a server's own charset as UTF-8, and a file name that tells its kind.

    Raises InputError if the address is not public, or what is there is no newsletter; OutsideError if its server
    fails. Origins in `trusted` need not be public: they must not be taken from anything that was fetched.
    """
    rules = Rules(trusted=trusted)
    answer = patiently(lambda: _answered(url, rules), sleep=sleep)
    _check_status(url, answer)
    kind, charset = _content_type(answer)
    suffix = _suffix(answer, kind)
    _check_kind(url, answer, kind, suffix)
    name = _name(answer, suffix)
    return decoding.as_declared(answer.content, name, charset), name


def _answered(url: str, rules: Rules) -> Answer:
    answer = web.get_public(url, rules=rules)
    if answer.status in MAY_PASS:
        raise refused(answer.url, answer.status, answer.headers)
    return answer


def _check_status(url: str, answer: Answer) -> None:
    where = shown(url)
    if answer.status in _GONE:
        raise InputError(f"{where}: nothing is there (status {answer.status}). Check the address in a browser.")
    if answer.status in _CLOSED:
        raise InputError(f"{where}: its server shows it to nobody but readers (status {answer.status}). {_SAVE_IT}")
    if answer.status != _FOUND:
        raise refused(answer.url, answer.status, answer.headers)


def _content_type(answer: Answer) -> tuple[str, str]:
    """Return the type and the charset that a server gives, each empty if it gives none."""
    header = Message()
    header["content-type"] = answer.headers.get("content-type", "")
    kind = header.get_content_type() if answer.headers.get("content-type", "").strip() else ""
    try:
        return kind, header.get_content_charset("")
    except ValueError:  # a parameter in parts, with a number that is none
        return kind, ""


def _suffix(answer: Answer, kind: str) -> str | None:
    """Say what a file of this kind is called; None if no newsletter is one."""
    if kind in _SUFFIX_OF:
        return _SUFFIX_OF[kind]
    if kind not in _SAYS_NOTHING:
        return None
    own = PurePosixPath(urlsplit(answer.url).path).suffix.lower()
    if own in _SUFFIXES:
        return own
    return ".html" if decoding.is_page(answer.content) else ".txt"


def _check_kind(url: str, answer: Answer, kind: str, suffix: str | None) -> None:
    where = shown(url)
    what = decoding.kind_of_binary(answer.content)
    if what == "a PDF" or kind == "application/pdf":
        raise InputError(f"{where}: this is a PDF, not a newsletter. Save it, and give it as a PDF.")
    if what:
        raise InputError(f"{where}: this is {what}, not a newsletter. Give the address of the newsletter's own page.")
    if kind in _FEEDS:
        raise InputError(f"{where}: this is a feed or other XML, not a newsletter. Give the address of one issue.")
    if suffix is None:
        raise InputError(f"{where}: this is {shown(kind)}, not a newsletter. Give the address of its own page.")
    if _is_login(url, answer):
        raise InputError(f"{where}: its server asks to log in first. {_SAVE_IT}")


def _is_login(url: str, answer: Answer) -> bool:
    """Whether it was sent on to a page for logging in, or is one: a password to fill in and little to read."""
    if _LOGIN_PATH.search(urlsplit(answer.url).path) and not _LOGIN_PATH.search(urlsplit(url).path):
        return True
    if len(answer.content) > _LONGEST_LOGIN_BYTES or b"password" not in answer.content.lower():
        return False
    page = parse_html(answer.content.decode("utf-8", "replace"))
    asks = any(field.get("type").lower() == "password" for field in page.elements("input"))
    return asks and len(page.text.split()) <= _WORDS_OF_A_LOGIN


def _name(answer: Answer, suffix: str | None) -> str:
    """Name a file after the address, by signs that no file system or terminal minds."""
    parts = urlsplit(answer.url)
    own = PurePosixPath(unquote(parts.path)).name
    stem = own.removesuffix(PurePosixPath(own).suffix) if PurePosixPath(own).suffix.lower() in _SUFFIXES else own
    plain = _NOT_IN_A_NAME.sub("-", stem).strip("-.")[:_LONGEST_NAME]
    return f"{plain or parts.hostname or 'newsletter'}{suffix or ''}"
