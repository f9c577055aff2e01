"""What all tests share: where the real samples are, and how strictly skips are taken."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ALL = os.environ.get("PODCAST_TEST_ALL") == "1"


def skip(reason: str) -> None:
    """Skip this test and say why; where every test has to run, fail instead."""
    if ALL:
        pytest.fail(f"{reason} (PODCAST_TEST_ALL=1 allows no skips)")
    pytest.skip(reason)


@pytest.fixture
def real_data() -> Path:
    """Return the folder of real newsletters that PODCAST_TEST_DATA names."""
    folder = os.environ.get("PODCAST_TEST_DATA", "")
    if not folder:
        skip("PODCAST_TEST_DATA is unset: it names the folder with the real newsletters")
    return Path(folder)
