"""Load the embedded voice as its package does by itself, in a process of its own; print how long that takes.

Usage: python -m speed.loading VOICE TEXT
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np  # noqa: F401 - whatever works with sound has it already


def main(voice: str, text: str) -> dict[str, float]:
    """Import it, make its model and speak: what the second time takes was no loading."""
    times = [time.perf_counter()]
    from hibari import Hibari

    model = Hibari(voice)
    for _ in range(2):
        model(text, seed=0)
        times.append(time.perf_counter())
    return {"load_s": max(0.0, (times[1] - times[0]) - (times[2] - times[1]))}


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
