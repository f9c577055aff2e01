"""podcastfy, installed from PyPI in an environment of its own, by a lock of its own, for this one comparison."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from speed.figures import MissingError

PEERS = Path(__file__).parent.parent / "peers"
LOCK = PEERS / "podcastfy.lock"
MERGE = PEERS / "merge_podcastfy.py"


def interpreter() -> Path:
    """Return the Python that has podcastfy, made the first time. MissingError if it cannot be installed."""
    python = _place() / "bin" / "python"
    ready = _place() / "ready"
    if not ready.is_file():
        steps = (
            [sys.executable, "-m", "venv", "--clear", str(_place())],
            [str(python), "-m", "pip", "install", "-qq", "--no-deps", "--require-hashes", "-r", str(LOCK)],
        )
        for step in steps:
            done = subprocess.run(step, check=False, stdout=sys.stderr)
            if done.returncode:
                raise MissingError(f"{' '.join(step)} ended with {done.returncode}")
        ready.touch()
    return python


def _place() -> Path:
    """Where it is installed: another lock, another place."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "paper-podcast" / f"podcastfy-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]}"
