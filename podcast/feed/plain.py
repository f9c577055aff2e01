"""Text from outside as XML and HTML can hold it."""

from __future__ import annotations

import re

from podcast.show import LONGEST_TAG

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What is no Char of XML 1.0, 2.2: control characters, lone surrogates, two that are none. Said the other way round, it
would take ten times as long to compile.
"""


def plain(text: str) -> str:
    """Put a space in the place of whatever XML cannot hold: nothing that can be printed is among it."""
    return text if text.isprintable() else _NOT_XML.sub(" ", text)


def one_line(text: str, longest: int = LONGEST_TAG) -> str:
    """Put text on one line; what is too long ends in an ellipsis."""
    line = " ".join(plain(text).split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"
