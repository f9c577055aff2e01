"""One changed byte of whatever a show keeps is noticed, and `podcast repair` makes everything as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from conftest import Podcast, once
from mutations import KINDS, mutations
from whole_show import copied, make_whole

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


def test_any_changed_byte_is_noticed_and_put_right(shared: Path, tmp_path: Path) -> None:
    """Of kept sentences and parts, episodes and feed; `python tests/mutations.py` tries a thousand."""
    show = copied(Podcast(once(shared / "whole-show", make_whole)), tmp_path / "own")
    done = list(mutations(show, 20, seed=12))
    assert [str(each) for each in done if not each.is_found or each.is_repaired is False] == []
    assert {each.kind for each in done} == {*KINDS}
    assert sum(each.is_repaired is not None for each in done) == 2
