"""All readers that the fuzzing knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuzz_data import DATA
from fuzz_show import SHOW
from fuzz_sound import SOUND
from fuzz_texts import TEXTS
from fuzz_wire import WIRE

if TYPE_CHECKING:
    from fuzz_subjects import Reader

READERS: tuple[Reader, ...] = (*TEXTS, *DATA, *SHOW, *WIRE, *SOUND)
