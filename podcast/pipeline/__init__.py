"""The stages in order, each from files to files: what the command line does, for programs.

Nothing here prints: whoever calls passes `observe` and shows the events as it likes.
"""

from __future__ import annotations

from collections.abc import Callable

from podcast.types import Event

Observe = Callable[[Event], None]
