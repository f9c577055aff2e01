"""Where work is done: on threads, in processes, on machines elsewhere; and what of speaking leaves this one."""

from __future__ import annotations

import dataclasses
import pickle
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar
from unittest.mock import Mock

import numpy as np
import pytest
from speech_server import speech_server

from podcast.errors import GoneError, InputError, OutsideError
from podcast.outside import cluster
from podcast.outside.executor import Threads, threads
from podcast.outside.parcels import Parcel, pack, unpack
from podcast.speech.clips import ClipStore, clip_key, speak_all, spoken
from podcast.speech.engines import Travelling, load_engine
from podcast.speech.engines.openai import OpenAIEngine
from podcast.speech.engines.piper import PiperEngine
from podcast.speech.engines.tone import ToneEngine
from podcast.speech.pace import utterance_ms
from podcast.types import Piece, Utterance, Voice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from podcast.types import Clip

T = TypeVar("T")

HUM = Voice("hum", "tone", "hum")


def test_one_thread_more_than_processors_works_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is always one that waits for its encoder; afterwards threads wait for their turns as before."""
    monkeypatch.setattr("podcast.outside.executor.processors", lambda: 4)
    usual_s = sys.getswitchinterval()
    with threads() as executor:
        assert executor.slots == 5
        assert sys.getswitchinterval() < usual_s
    assert sys.getswitchinterval() == usual_s
    with threads(2) as executor:
        assert executor.slots == 2


class Elsewhere(Threads):
    """An executor whose processors are not this process: what is sent and comes back is written down as bytes."""

    is_here = False

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        super().__init__(pool, 2)
        self.sent: list[tuple[Any, ...]] = []

    def run(self, function: Callable[..., T], /, *values: object) -> T:
        """Do it with what a copy of the values would say."""
        self.sent.append(values)
        result: T = copied(function(*copied(values)))
        return result


def copied(value: T) -> T:
    """Return what arrives elsewhere when a value is sent."""
    arrived: T = pickle.loads(pickle.dumps(value))  # noqa: S301 - our own
    return arrived


def said(number: int, voice: Voice = HUM, words: int = 12) -> Utterance:
    """Plan a sentence."""
    text = " ".join(["word"] * words + [str(number)])
    return Utterance(0, 0, text, (Piece(text, number),), voice)


def _engines(utterances: Sequence[Utterance]) -> dict[str, Any]:
    return {name: load_engine(name) for name in {each.voice.engine for each in utterances}}


def _spoken_elsewhere(utterances: Sequence[Utterance], store: ClipStore) -> tuple[list[Clip], Elsewhere]:
    with ThreadPoolExecutor(4) as pool:
        executor = Elsewhere(pool)
        return list(speak_all(utterances, _engines(utterances), store, executor=executor)), executor


# ── what of speaking leaves this machine ────────────────────────────────────────────────────────────────


def test_clips_spoken_elsewhere_are_those_spoken_here(tmp_path: Path) -> None:
    """To the last bit, in order, and kept under the same names with the same bytes."""
    utterances = [said(number) for number in range(9)]
    there, _ = _spoken_elsewhere(utterances, ClipStore(tmp_path / "there"))
    with threads(2) as executor:
        here = list(speak_all(utterances, _engines(utterances), ClipStore(tmp_path / "here"), executor=executor))
    for one, other in zip(here, there, strict=True):
        assert (one.key, one.rate_hz) == (other.key, other.rate_hz)
        assert np.array_equal(one.samples, other.samples)
        assert np.array_equal(one.energies, other.energies)  # type: ignore[arg-type]
    here_and_there = [sorted((tmp_path / name).glob("*/*")) for name in ("here", "there")]
    files = [[(path.name, path.read_bytes()) for path in paths] for paths in here_and_there]
    assert files[0] == files[1]


def test_sentences_travel_ten_seconds_or_more_at_a_time(tmp_path: Path) -> None:
    """Each way costs a little; a long sentence goes alone."""
    utterances = [*(said(number) for number in range(9)), said(9, words=80), said(10)]
    _, executor = _spoken_elsewhere(utterances, ClipStore(tmp_path))
    chunks = [sent[0] for sent in sorted(executor.sent, key=lambda sent: sent[0][0].pieces[0].seed)]
    assert [each for chunk in chunks for each in chunk] == utterances
    lengths_ms = [sum(map(utterance_ms, chunk)) for chunk in chunks]
    assert all(length_ms > 9_000 for length_ms in lengths_ms[:-1])
    assert all(sum(map(utterance_ms, chunk[:-1])) < 10_000 for chunk in chunks)


def test_kept_sentences_do_not_travel(tmp_path: Path) -> None:
    """Of a stretch of which some are kept only the others are sent."""
    utterances = [said(number) for number in range(3)]
    _spoken_elsewhere(utterances[1:2], ClipStore(tmp_path))
    clips, executor = _spoken_elsewhere(utterances, ClipStore(tmp_path))
    assert [sent[0] for sent in executor.sent] == [(utterances[0], utterances[2])]
    assert [clip.key for clip in clips] == [clip_key(each, "tone 1") for each in utterances]


def test_a_voice_that_needs_a_service_or_a_file_of_this_machine_stays_here() -> None:
    """Its key, its address or its file would have to travel with it."""
    assert not isinstance(OpenAIEngine(), Travelling)
    assert PiperEngine().travels(Voice("joe", "piper", "joe"))
    assert not PiperEngine().travels(Voice("mine", "piper", "/voices/mine.onnx"))
    assert ToneEngine().travels(HUM)


def test_a_service_of_one_s_own_is_asked_from_here(tmp_path: Path) -> None:
    """Also where it costs nothing: `localhost` is another machine there. What travels beside it does."""
    with speech_server() as server:
        served = dataclasses.replace(HUM, engine="openai", base_url=server.url)
        utterances = [said(0), said(1, served), said(2)]
        clips, executor = _spoken_elsewhere(utterances, ClipStore(tmp_path))
        assert len(server.asked) == 1
    assert [sent[0] for sent in sorted(executor.sent, key=lambda sent: sent[0][0].pieces[0].seed)] == [
        (utterances[0],), (utterances[2],),
    ]  # fmt: skip
    assert len(clips) == 3


def test_another_version_of_a_voice_speaks_nothing() -> None:
    """Its clips would be kept under a name that says otherwise; both versions are named."""
    with pytest.raises(OutsideError, match=r"worker on .* speaks with tone 1, and this episode with tone 2\. Install"):
        spoken((said(1),), "tone 2")


def test_a_voice_that_is_not_ready_there_is_named() -> None:
    """With what it wants."""
    voice = Voice("mine", "piper", "/no/such.onnx")
    with pytest.raises(OutsideError, match=r"The worker on .*: voice mine is not ready there: .*/no/such\.onnx"):
        spoken((said(1, voice),), PiperEngine().version)


# ── executors ───────────────────────────────────────────────────────────────────────────────────────────


def test_threads_of_this_process_do_it_where_they_are_asked() -> None:
    """What runs there is begun in order, on so many threads, and none is left."""
    with threads(2) as executor:
        assert executor.run(threading.get_ident) == threading.get_ident()
        futures = [executor.submit(threading.get_ident) for _ in range(20)]
        assert len({future.result() for future in futures}) <= 2
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("work")]


# ── a cluster's address ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "address",
    ["", "nowhere", "tcp://", "10.0.0.1", "http://10.0.0.1:8786", "tcp://10.0.0.1:99999", "tcp://me:word@10.0.0.1:8786",
     "inproc://1/2/3", "tcp://10.0.0.1:8786/x", "tcp://a b:8786", "tcp://10.0.0.1:port"],
)  # fmt: skip
def test_what_is_no_address_of_a_scheduler_is_refused(address: str) -> None:
    """Before Dask is imported, and with an example of one that is."""
    with (
        pytest.raises(InputError, match=r"not the address of a Dask scheduler.* tcp://10\.0\.0\.1:8786"),
        cluster.cluster(address),
    ):
        pass


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """As pip wants it."""
    monkeypatch.setitem(sys.modules, "dask", None)
    with (
        pytest.raises(InputError, match=r"pip install 'paper-podcast\[cluster\]'"),
        cluster.cluster("tcp://10.0.0.1:8786"),
    ):
        pass


def test_a_worker_with_other_versions_says_so_and_does_nothing() -> None:
    """Its results would differ, though their names did not."""
    ours = cluster._versions()
    theirs = tuple((name, "0.0.1" if name == "numpy" else version) for name, version in ours)
    is_well, result = cluster._done(_never, pickle.dumps(()), theirs)
    error = unpack(result)
    assert not is_well
    assert "has numpy " in str(error)
    assert "this machine 0.0.1" in str(error)


def _never() -> None:
    raise AssertionError


def test_an_error_of_ours_comes_back_as_it_was_raised() -> None:
    """As a value: no log of a worker has the sentence that it names."""
    is_well, result = cluster._done(_refuse, pickle.dumps(("the sentence",)), cluster._versions())
    error = unpack(result)
    assert not is_well
    assert isinstance(error, InputError)
    assert str(error) == "the sentence"


def _refuse(text: str) -> None:
    raise InputError(text)


def test_what_is_asked_for_twice_has_one_key() -> None:
    """And whatever differs in function or values another one."""
    same = [cluster._key(said, pack((1,))) for _ in range(2)]
    others = [cluster._key(said, pack((2,))), cluster._key(_refuse, pack((1,)))]
    with_others = cluster._key(said, Parcel(pack((1,)).payload, (Mock(key="spoken-1"),)))
    assert len({*same, *others, with_others}) == 4


class KilledWorker(Exception):  # noqa: N818 - as Dask calls it
    """What Dask raises of work that several workers died of."""


@pytest.mark.parametrize(
    ("failure", "says"),
    [
        (KilledWorker("x"), r"died again and again .* want of memory .* or of podcast \d"),
        (MemoryError("x"), r"A worker of the cluster failed \(MemoryError: x\); its log has more"),
    ],
)
def test_what_dask_says_is_said_in_a_sentence(failure: BaseException, says: str) -> None:
    """With what to do, and that finished work is kept."""
    error = cluster._failed(failure)
    assert not isinstance(error, GoneError)
    with pytest.raises(OutsideError, match=says):
        raise error
    assert "Finished work is kept" in str(error)
