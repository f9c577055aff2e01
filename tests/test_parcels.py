"""What is sent to a cluster, and what of it workers have already; no cluster is needed for that."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unittest.mock import Mock

import numpy as np
import pytest

from podcast.errors import OutsideError
from podcast.outside import cluster
from podcast.outside.parcels import Spoken, There, pack, pack_whole, unpack
from podcast.types import Clip

if TYPE_CHECKING:
    from collections.abc import Iterable

SAMPLES = 1 << 19


@dataclass(frozen=True)
class Task:
    """What stands for a piece of work that was given to Dask."""

    key: str


def _clip(key: str) -> Clip:
    return Clip(key, np.arange(SAMPLES, dtype=np.int16), 24_000, np.zeros(9, dtype=np.float32))


def _same(one: Clip, other: Clip) -> bool:
    pairs = zip(dataclasses.astuple(one), dataclasses.astuple(other), strict=True)
    return all(np.array_equal(mine, its) for mine, its in pairs)


def test_a_clip_that_workers_have_is_only_named() -> None:
    """However often it occurs, its piece of work is named once; whatever else is sent arrives as it was."""
    first, second, task, read = _clip("a"), _clip("b"), Task("spoken-1"), Mock()
    parcel = pack(("said", {"a": There("a", task, read), "b": second}, [There("a", task, read)]))
    assert parcel.tasks == (task,)
    assert not read.called
    assert SAMPLES < len(parcel.payload) / 2 < SAMPLES * 1.1
    said, sounds, (again,) = unpack(parcel.payload, [pack_whole((first,)).payload])
    assert said == "said"
    assert sounds["a"] is again
    assert _same(again, first)
    assert _same(sounds["b"], second)


def test_a_clip_that_workers_have_no_longer_is_sent() -> None:
    """Read where it is kept."""
    first = _clip("a")
    parcel = pack_whole({"a": There("a", Task("spoken-1"), lambda: first), "b": 5})
    assert parcel.tasks == ()
    found = unpack(parcel.payload)
    assert _same(found["a"], first)
    assert found["b"] == 5


def test_what_could_not_be_spoken_again_is_not_encoded() -> None:
    """A worker was lost with its clips, and the next one cannot speak them: it has to be given them."""
    problem = pack_whole(OutsideError("The worker on m2 has another voice.")).payload
    is_well, result = cluster._done(dict, pack(()).payload, cluster._versions(), ((False, problem),))
    assert not is_well
    assert isinstance(unpack(result), cluster.AloneError)


def _found(spoken: Spoken, keys: Iterable[str]) -> dict[str, str]:
    return {key: task.key for key in keys if (task := spoken.find(key))}


def test_workers_keep_the_last_clips_that_they_spoke() -> None:
    """As many as there is room for, with all that were spoken together; what is asked for again is the last."""
    spoken = Spoken()
    for number, keys in (("1", "ab"), ("2", "c"), ("1", "ab"), ("3", "d")):
        spoken.remember(Task(number), tuple(map(_clip, keys)), 3 * 2 * SAMPLES)
    assert _found(spoken, "abcd") == {"a": "1", "b": "1", "d": "3"}
    spoken.remember(Task("4"), (_clip("e"),), 3 * 2 * SAMPLES)
    assert _found(spoken, "abcde") == {"d": "3", "e": "4"}
    spoken.give_up()
    spoken.remember(Task("5"), (_clip("f"),), 3 * 2 * SAMPLES)
    assert _found(spoken, "abcdef") == {}


@pytest.mark.parametrize("result", [b"an MP3", (1, 2), None, (), (_clip("a"), "b")])
def test_only_clips_are_kept(result: object) -> None:
    """Other results are needed once."""
    spoken = Spoken()
    spoken.remember(Task("1"), result, 1 << 30)
    assert spoken.find("a") is None
