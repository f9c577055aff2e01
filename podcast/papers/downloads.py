"""PDFs of preprints from arXiv: asked for politely, gone on with, verified, and kept by id and version."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from podcast import files
from podcast.errors import InputError, OutsideError
from podcast.outside import addresses
from podcast.outside.answers import ADVICE, Rules, WebError
from podcast.outside.pace import Pace
from podcast.outside.saving import Manners, Saved, download
from podcast.papers import identifiers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from podcast.types import Preprint

ARXIV = "https://arxiv.org"

_TOTAL_S = 600
_WAITS_S = (3, 10, 30)
_BEGINS_WITHIN_BYTES = 1024
_ENDS_WITHIN_BYTES = 2048
_PAGE_WITHIN_BYTES = 1 << 16
_BEING_MADE = re.compile(rb"being\s+(?:re)?(?:generated|created|prepared|processed)|not\s+yet\s+available")


def manners_towards(address: str) -> Manners:
    """Wait for one's turn where others wait for theirs; this machine needs no manners."""
    host = urlsplit(address).hostname or ""
    before: Callable[[], None] = (lambda: None) if addresses.is_loopback(host) else Pace(host).wait
    return Manners(_WAITS_S, before=before)


def fetch_pdf(
    preprint: Preprint, folder: Path, most_bytes: int, address: str = ARXIV, manners: Manners | None = None
) -> Path:
    """Return where the PDF of a preprint's version lies in a folder, after fetching it if it is not there whole.

    Several runs may do so at once. The `address` is trusted: it must not be taken from anything that was fetched.
    Raises NotFetchedError, which says that the abstract is used, if there is no such PDF or it does not come.
    """
    name = _file_name(preprint)
    path = folder / f"{name}.pdf"
    with files.locked(folder / f".{name}.lock", wait=True):
        if not _is_kept(path):
            path.unlink(missing_ok=True)
            url = f"{address.rstrip('/')}/pdf/{preprint.id}v{preprint.version}"
            rules = Rules(most_bytes, total_s=_TOTAL_S, trusted=(address,))
            try:
                download(url, path, rules, manners or manners_towards(address), _verify)
            except (WebError, InputError) as error:
                raise NotFetchedError(preprint, error) from error
            files.write_text(_stamp(path), files.sha256_of_file(path))
    return path


def _file_name(preprint: Preprint) -> str:
    """Return what to call its files: an id is in a form that is no path once `/` is replaced, or it is no id."""
    if preprint.version < 1 or identifiers.arxiv_id(f"arXiv:{preprint.id}") != preprint.id:
        raise OutsideError(f"{preprint.title or preprint.id}: it is not on arXiv, so its abstract is used.")
    return f"{preprint.id.replace('/', '_')}v{preprint.version}"


def _stamp(path: Path) -> Path:
    return path.with_suffix(".sha256")


def _is_kept(path: Path) -> bool:
    try:
        return _stamp(path).read_bytes() == files.sha256_of_file(path).encode()
    except FileNotFoundError:
        return False


class NotFetchedError(OutsideError):
    """A PDF did not come; `may_pass` says that its server failed, so that it may come another time."""

    def __init__(self, preprint: Preprint, error: WebError | InputError) -> None:
        why = error.said if isinstance(error, WebError) else str(error).removesuffix(ADVICE).rstrip(" .")
        name = f"arXiv:{preprint.id}v{preprint.version}"
        super().__init__(f"{name}: its PDF did not come, so its abstract is used ({why}).")
        self.may_pass = isinstance(error, WebError) and error.may_pass


def is_kept(preprint: Preprint, folder: Path) -> bool:
    """Whether its PDF lies in a folder whole, so that nobody need be asked for it."""
    return _is_kept(folder / f"{_file_name(preprint)}.pdf")


# ── what came ───────────────────────────────────────────────────────────────────────────────────────────


def _verify(saved: Saved) -> None:
    """Raise WebError if it is not a whole PDF."""
    with saved.path.open("rb") as file:
        beginning = file.read(_PAGE_WITHIN_BYTES)
        file.seek(max(0, saved.path.stat().st_size - _ENDS_WITHIN_BYTES))
        end = file.read()
    if b"%PDF-" not in beginning[:_BEGINS_WITHIN_BYTES]:
        raise _no_pdf(saved.url, beginning)
    if not saved.is_length_known and b"%%EOF" not in end:
        raise WebError(saved.url, "sent a PDF without its end", may_pass=True)


def _no_pdf(url: str, beginning: bytes) -> WebError:
    text = beginning.lstrip().lower()
    if not text.startswith(b"<"):
        return WebError(url, "sent something that is no PDF")
    if _BEING_MADE.search(text):
        return WebError(url, "is still being made", may_pass=True)
    return WebError(url, "sent a web page where a PDF was asked for")
