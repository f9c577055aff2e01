"""Publishing that is killed at any moment: a few of the kills that docs/publishing.md tells of, to each place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from conftest import skip
from publish_kills import s3_place, sftp_place, torture
from publishing import public_show
from sshd import PROGRAM

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

KILLS = 3


def test_a_bucket_is_whole_whenever_a_run_is_killed(shared: Path, tmp_path: Path) -> None:
    """And the next run completes it."""
    with s3_place() as place:
        found = torture(public_show(shared, tmp_path / "show"), place, KILLS, seed=7)
    assert found.kills == KILLS
    assert found.completed


def test_another_machine_is_whole_whenever_a_run_is_killed(shared: Path, tmp_path: Path) -> None:
    """And the next run completes it."""
    if not PROGRAM:
        skip("sshd is not installed (Debian: openssh-server)")
    with sftp_place(tmp_path) as place:
        found = torture(public_show(shared, tmp_path / "show"), place, KILLS, seed=7)
    assert found.kills == KILLS
    assert found.completed
