"""The ranking foresees what a real author kept better than a plain text classifier does."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "rank.py"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["from the first sixth", "second half"])
def test_it_foresees_more_than_a_plain_classifier(name: str, real_data: Path) -> None:
    """On five rolling parts of an author's history, trained on what came before: in AUC and in average precision."""
    tools = runpy.run_path(str(BENCHMARK))
    cut = tools["splits"](real_data, with_last=False)[name]
    is_kept = np.concatenate([part.is_kept for part in cut])
    ours, theirs = (
        np.concatenate([tools["ranks"](model(part)) for part in cut]) for model in (tools["ranking"], tools["baseline"])
    )
    for measure in (tools["auc"], tools["lift"]):
        assert measure(is_kept, ours) > measure(is_kept, theirs)
