"""Load the embedded voice and speak with it as its package's manual says, in a process of its own; print what it takes.

Garbage is looked for as seldom as the command does it.

Usage: python -m speed.package VOICE PIECES; the file is a JSON list of [text, speed, seed].
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np  # noqa: F401 - whatever works with sound has it already

from podcast import cli


def main(voice: str, pieces: list[tuple[str, float, int]]) -> dict[str, float]:
    """Time the first piece twice: what the first time took longer was loading. Then speak all of them."""
    times = [time.perf_counter()]
    from hibari import Hibari

    model = Hibari(voice)
    for _ in range(2):
        _speak(model, *pieces[0])
        times.append(time.perf_counter())
    begun = time.process_time()
    for piece in pieces:
        _speak(model, *piece)
    speech_cpu_s = time.process_time() - begun
    return {"load_s": max(0.0, (times[1] - times[0]) - (times[2] - times[1])), "speech_cpu_s": speech_cpu_s}


def _speak(model: Any, text: str, speed: float, seed: int) -> None:
    model(text, speed=speed, seed=seed)


if __name__ == "__main__":
    cli.be_quick()  # though numpy is there already: its threads sleep by the time that anything is measured
    print(json.dumps(main(sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))))
