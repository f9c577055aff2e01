"""The one door to tomlkit: one setting of a TOML file is written, and everything else stays as it was, comments too."""

from __future__ import annotations

import re

from podcast.errors import InputError

_BYTE_ORDER_MARK = "\ufeff"


def with_setting(text: str, name: str, value: str) -> str:
    """Give a setting of the outermost level a value: on its own line if it has one, else behind its neighbours.

    A byte order mark and the kind of line ends stay. Raises InputError for what is not TOML.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    mark = _BYTE_ORDER_MARK if text.startswith(_BYTE_ORDER_MARK) else ""
    try:
        document = tomlkit.parse(text.removeprefix(mark))
        document[name] = value
        edited = mark + tomlkit.dumps(document)
    except TOMLKitError as error:
        raise InputError(f"{name} could not be written: {error}. Write it yourself: {name} = {value!r}") from error
    return re.sub(r"(?<!\r)\n", "\r\n", edited) if _has_only_crlf(text) else edited


def _has_only_crlf(text: str) -> bool:
    return "\r\n" in text and not re.search(r"(?<!\r)\n", text)
