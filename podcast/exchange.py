"""Two folders change places in one step of the file system, so that nobody ever finds neither of them."""

from __future__ import annotations

import ctypes
import functools
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_HERE = -100
"""AT_FDCWD: names are looked up as ever."""

_LINUX, _MACOS = 0x2, 0x2
"""RENAME_EXCHANGE of renameat2(2) and RENAME_SWAP of renamex_np(2)."""


def exchange(one: Path, other: Path) -> bool:
    """Let two folders, or files, on one disk change places; False, and nothing done, where that cannot be."""
    swap = _swap()
    return swap is not None and swap(os.fsencode(one), os.fsencode(other)) == 0


@functools.cache
def _swap() -> Callable[[bytes, bytes], int] | None:
    """Find how this system does it; Python has no word for it."""
    if sys.platform == "win32":
        return None
    library = ctypes.CDLL(None)
    if sys.platform == "darwin":
        function = getattr(library, "renamex_np", None)
        return function and (lambda one, other: int(function(one, other, _MACOS)))
    function = getattr(library, "renameat2", None)
    return function and (lambda one, other: int(function(_HERE, one, _HERE, other, _LINUX)))
