"""What models are told: files beside this one, each with a show's own file of the same name before it.

They are plain text with placeholders as `string.Template` knows them: `$words`, and `$$` for a dollar sign.
"""

from __future__ import annotations

import string
from importlib.resources import files
from typing import TYPE_CHECKING

from podcast.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAMES: Mapping[str, frozenset[str]] = {
    "script": frozenset({"hosts", "level", "words", "most", "style", "shape"}),
    "summary": frozenset({"level", "words", "most", "style", "shape"}),
    "paragraph": frozenset({"level", "words", "most", "style", "shape"}),
    "one-host": frozenset(),
    "two-hosts": frozenset({"names", "first"}),
    "lay": frozenset(),
    "practitioner": frozenset(),
    "expert": frozenset(),
    "notes": frozenset({"words"}),
    "repair": frozenset({"problems"}),
    "continue": frozenset({"last", "most"}),
}
"""Every prompt, with the placeholders that it has to have."""

_LONGEST = 20_000


class Prompts:
    """All prompts of a show, read and checked."""

    def __init__(self, folder: Path | None = None) -> None:
        """Read them; InputError names a file that cannot be read, or lacks a placeholder."""
        self._texts = {name: _read(name, folder) for name in NAMES}

    def fill(self, name: str, **values: str) -> str:
        """Put values into a prompt; what they contain is not looked at again."""
        return string.Template(self._texts[name]).substitute(values).strip()


def _read(name: str, folder: Path | None) -> str:
    own = folder / f"{name}.md" if folder else None
    if own is None or not own.exists():
        return files(__name__).joinpath(f"{name}.md").read_text(encoding="utf-8")
    try:
        text = own.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{own}: not UTF-8 at byte {error.start}. Save it as UTF-8.") from error
    except OSError as error:
        raise InputError(f"{own}: cannot be read ({error.strerror}). Make it a readable file, or delete it.") from error
    _check(text, NAMES[name], own)
    return text


def _check(text: str, wanted: frozenset[str], where: Path) -> None:
    template = string.Template(text)
    if not template.is_valid():
        raise InputError(f"{where}: a $ in it is no placeholder. Write $$ for a dollar sign.")
    found = set(template.get_identifiers())
    for name in sorted(wanted - found):
        raise InputError(f"{where}: the placeholder ${name} is missing. Put it where its value belongs.")
    for name in sorted(found - wanted):
        raise InputError(f"{where}: there is no placeholder ${name} here. Write $$ for a dollar sign.")
    if not text.strip() or len(text) > _LONGEST:
        raise InputError(f"{where}: a prompt has 1 to {_LONGEST} characters, not {len(text)}.")
