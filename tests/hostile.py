"""The corpus of hostile input: what strangers could send, a line a case, in tests/data/hostile."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "data" / "hostile"


def cases(name: str) -> list[Any]:
    """Return all lines of a file of JSON lines."""
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def paths() -> list[bytes]:
    """Return paths that try to leave what is published, as they are sent."""
    return (FOLDER / "paths.txt").read_bytes().splitlines()


def outside(folder: Path, show: Path) -> dict[str, tuple[int, int, int]]:
    """Return what lies around a show, with its size and times: nothing of it may change."""
    around = (path for path in folder.rglob("*") if not path.is_relative_to(show))
    states = {str(path): path.lstat() for path in around}
    return {path: (state.st_mode, state.st_size, state.st_mtime_ns) for path, state in states.items()}
