"""A part of an author's papers ranked by the rest: how long that takes, and how well it goes, against plain TF-IDF."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import rank as ranks

from speed.figures import Kind, MissingError, Options, Row, Sample
from speed.watching import own, run

if TYPE_CHECKING:
    from collections.abc import Callable


def rank(options: Options, _: Path) -> Sample:
    """Train and rank in a process of its own, each way once."""
    if options.data is None:
        raise MissingError("PODCAST_TEST_DATA names no folder with the author's papers")
    ours, theirs = (run(own("ranking", options.data, way)) for way in WAYS)
    return {
        "rank_s": ours.document["cpu_s"],
        "plain_s": theirs.document["cpu_s"],
        "auc": ours.document["auc"],
        "plain_auc": theirs.document["auc"],
        "rank_mb": ours.peak_mb,
        "plain_mb": theirs.peak_mb,
    }


def measured(data: Path, way: str) -> dict[str, float]:
    """Learn from the first papers, rank the last part of the others; processor time with imports."""
    *_, part = ranks.splits(data, with_last=False)["second half"]
    begun = time.process_time()
    scores = WAYS[way](part)
    return {"cpu_s": time.process_time() - begun, "auc": ranks.auc(part.is_kept, scores)}


WAYS: dict[str, Callable[[ranks.Part], ranks.Floats]] = {"here": ranks.ranking, "plain": ranks.baseline}

RANK = Kind(
    "rank",
    "Papers ranked",
    (
        Row("learning and ranking", "rank_s", "TF-IDF, logistic regression", "plain_s", unit="CPU s"),
        Row("area under the ROC curve", "auc", "the same", "plain_auc", unit="", sense="ours - theirs", at_least=0),
        Row("memory", "rank_mb", "the same", "plain_mb", unit="MB"),
    ),
    rank,
)

if __name__ == "__main__":
    print(json.dumps(measured(Path(sys.argv[1]), sys.argv[2])))
