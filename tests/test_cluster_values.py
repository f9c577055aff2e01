"""What is sent to a cluster, and what of it workers have already; no cluster is needed for that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from podcast.errors import OutsideError
from podcast.outside import cluster
from podcast.types import Clip

SAMPLES = 1 << 19


@dataclass(frozen=True)
class Task:
    """What stands for a piece of work that was given to Dask."""

    key: str


def _clip(key: str) -> Clip:
    return Clip(key, np.zeros(SAMPLES, dtype=np.int16), 24_000)


def test_a_clip_that_workers_have_is_only_named() -> None:
    """However often it occurs, its piece of work is named once; whatever else is sent arrives as it was."""
    first, second, task = _clip("a"), _clip("b"), Task("spoken-1")
    packer = cluster._Packer()
    payload = packer.packed(("said", {"a": cluster.There("a", task), "b": second}, [cluster.There("a", task)]))
    assert packer.tasks == {"spoken-1": task}
    assert SAMPLES < len(payload) / 2 < SAMPLES * 1.1
    said, sounds, (again,) = cluster._Unpacker(payload, ((True, (first,)),)).load()
    assert (said, sounds["a"], again) == ("said", first, first)
    assert np.array_equal(sounds["b"].samples, second.samples)


def test_what_could_not_be_spoken_again_is_not_encoded() -> None:
    """A worker was lost with its clips, and the next one cannot speak them: that is what is told."""
    problem = OutsideError("The worker on m2 has another voice.")
    payload = cluster._Packer().packed(())
    assert cluster._done(dict, payload, cluster._versions(), ((False, problem),)) == (False, problem)


def test_workers_keep_the_last_clips_that_they_spoke(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as there is room for; one that is asked for again takes no more room, and counts as the last."""
    monkeypatch.setattr(cluster, "_SPOKEN_BYTES", 3 * 2 * SAMPLES)
    spoken = cluster._Spoken()
    for number, keys in enumerate(("ab", "c", "a", "d")):
        spoken.remember(Task(str(number)), tuple(map(_clip, keys)))
    found = {key: spoken.find(key) for key in "abcd"}
    assert {key: there.task.key for key, there in found.items() if there} == {"a": "2", "c": "1", "d": "3"}


@pytest.mark.parametrize("result", [b"an MP3", (1, 2), None, (_clip("a"), "b")])
def test_only_clips_are_kept(result: object) -> None:
    """Other results are needed once."""
    spoken = cluster._Spoken()
    spoken.remember(Task("1"), result)
    assert spoken.find("a") is None
