"""A backlog on a Dask cluster: Dask's own scheduler and workers, each a process in an empty folder of its own."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from conftest import HUM, Podcast, make_show
from dask_cluster import DaskCluster, dask_cluster
from speech_server import speech_server
from tcp_proxy import Proxy

from podcast.errors import GoneError, InputError, OutsideError
from podcast.outside import cluster
from podcast.outside.executor import processes
from podcast.outside.parcels import pack
from podcast.outside.services import Persistence
from podcast.speech.clips import _to_wav, spoken
from podcast.speech.engines.openai import OpenAIEngine
from podcast.speech.engines.tone import ToneEngine
from podcast.types import Piece, Utterance, Voice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from podcast.outside.gate import Gate

pytestmark = pytest.mark.slow

DATES = tuple(f"2024-06-{day:02}" for day in (3, 10, 17))
WORDS = "sort lists of records faster than the baseline does on every data set that anybody has tried so far"


def _newsletter(date: str, sentences: int = 12) -> str:
    said = " ".join(f"In test {number} of {date} the bees {WORDS}." for number in range(sentences))
    return (
        f"# Papers of {date}\n\n## Highlights\n\n### Bees of {date}\n\n{said}\n\n### Ants of {date}\n\nThey {WORDS}.\n"
    )


@pytest.fixture(scope="module")
def newsletters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of newsletters, each with words of its own."""
    folder = tmp_path_factory.mktemp("newsletters")
    for date in DATES:
        (folder / f"{date}.md").write_text(_newsletter(date))
    return folder


@pytest.fixture(scope="module")
def alone(newsletters: Path, tmp_path_factory: pytest.TempPathFactory) -> Podcast:
    """Return a show that was made on this machine alone, which nobody changes."""
    podcast = make_show(tmp_path_factory.mktemp("alone") / "show")
    ran = podcast("make", newsletters, "--quiet")
    assert ran.exit_code == 0, ran.stderr
    return podcast


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    """Run a scheduler and two workers."""
    with dask_cluster(tmp_path_factory.mktemp("dask"), 2) as found:
        yield found


@pytest.fixture
def show(tmp_path: Path) -> Podcast:
    """Return a show like the one that was made alone, before anything was made."""
    return make_show(tmp_path / "show")


def contents(podcast: Podcast) -> dict[str, bytes]:
    """Every file of what is published."""
    paths = (path for name in ("episodes", "feed") for path in sorted((podcast.folder / name).rglob("*")))
    return {str(path.relative_to(podcast.folder)): path.read_bytes() for path in paths if path.is_file()}


def begun(podcast: Podcast, *words: object) -> subprocess.Popen[str]:
    """Run a command of its own beside this process."""
    return subprocess.Popen(
        [sys.executable, "-m", "podcast", *map(str, words), "--show", str(podcast.folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def until(holds: Callable[[], object], seconds: float = 60) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def kept(podcast: Podcast) -> int:
    """Count the sentences that are kept."""
    return len(list((podcast.folder / ".podcast" / "clips").glob("*/*.wav")))


# ── the same, wherever it is made ───────────────────────────────────────────────────────────────────────


def test_a_cluster_makes_the_same_bytes_and_has_only_values(
    alone: Podcast, show: Podcast, newsletters: Path, two: DaskCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every file of every episode and of the feed; no key, path or setting of this machine is on the line."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted-0123456789")
    host, port = two.address.removeprefix("tcp://").split(":")
    with Recorder((host, int(port))) as line:
        ran = show("make", newsletters, "--cluster", f"tcp://127.0.0.1:{line.port}")
    assert ran.exit_code == 0, ran.stderr
    assert ran.stdout.split() == [str(show.episode(date) / "episode.mp3") for date in DATES]
    assert contents(show) == contents(alone)
    assert b"sort lists of records" in line.sent
    sent, kept_clips = line.sent, [*(show.folder / ".podcast" / "clips").glob("*/*.wav")]
    assert kept_clips
    assert not any(
        path.read_bytes()[1000:2000] in sent for path in kept_clips
    )  # they are encoded where they are spoken
    for private in (b"sk-planted", str(show.folder).encode(), str(newsletters).encode()):
        assert private not in line.sent
    for worker in two.workers:
        assert worker.process.poll() is None
    assert not [path for path in two.folder.rglob("*") if path.suffix in {".wav", ".mp3", ".md"}]


class Recorder(Proxy):
    """A line that keeps what is sent over it to the server."""

    def __init__(self, server: tuple[str, int]) -> None:
        super().__init__(server)
        self._sent: list[bytes] = []

    @property
    def sent(self) -> bytes:
        """All of it."""
        return b"".join(self._sent)

    def _pass_on(self, source: socket.socket, sink: socket.socket, budget: list[int | None]) -> None:
        del budget
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 14):
                if source.getpeername() != self.server:
                    self._sent.append(data)
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def test_results_come_through_the_scheduler_where_workers_are_out_of_reach(
    two: DaskCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their addresses may be of another network, in which something else may answer to them."""
    monkeypatch.setattr(cluster, "_NEAR_S", 30.0)
    with cluster.cluster(two.address) as executor:
        assert executor._client.direct_to_workers is True
    workers = cluster._workers
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_greet, args=(server,), daemon=True).start()
        stranger = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        monkeypatch.setattr(cluster, "_workers", lambda client: [*workers(client), stranger])
        with cluster.cluster(two.address) as executor:
            assert not executor._client.direct_to_workers
            (clip,) = executor.submit(lambda: executor.run(spoken, (_said(7),), ToneEngine.version)).result()
    assert np.array_equal(clip.samples, spoken((_said(7),), ToneEngine.version)[0].samples)


@pytest.mark.parametrize("next_one", ["speaks as well", "speaks otherwise", "comes late"])
def test_a_clip_that_is_lost_with_its_worker_is_spoken_again_or_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, next_one: str
) -> None:
    """It was named only; the worker that is to do something with it may speak it again, else it is given it."""
    code = "from podcast.speech.engines.tone import ToneEngine\nToneEngine.version = 'tone 0'\n"
    other = having(tmp_path / "other", code) if next_one == "speaks otherwise" else {}
    with dask_cluster(tmp_path / "dask") as found, cluster.cluster(found.address) as executor:
        first = found.start()
        (clip,) = executor.run(spoken, (_said(),), ToneEngine.version)
        there = executor.there(clip.key, lambda: clip)
        assert there is not None
        first.kill()
        if next_one == "comes late":
            monkeypatch.setattr(cluster, "_TOGETHER_S", 1.0)
        else:
            found.start(**other)
        work = executor.submit(lambda: executor.run(_to_wav, there))
        if next_one == "comes late":
            until(lambda: executor.there(clip.key, lambda: clip) is None)
            given_up = cluster._key(_to_wav, pack((there,)))
            until(lambda: given_up not in executor._client.futures)  # else workers would go on trying
            found.start()
        assert work.result() == _to_wav(clip)
        assert (executor.there(clip.key, lambda: clip) is None) == (next_one != "speaks as well")


def test_a_worker_can_have_the_voice_before_there_is_work(tmp_path: Path) -> None:
    """The one that speaks unless a show says otherwise, as Dask's own option has it loaded."""
    with dask_cluster(tmp_path / "dask") as found:
        found.start("--preload", "podcast.worker")
        with cluster.cluster(found.address) as executor:
            voices = "list(__import__('podcast.speech.engines.hibari').speech.engines.hibari._models)"
            loaded = executor._client.submit(eval, voices).result()
    assert loaded == ["heart"]


# ── workers and schedulers that come and go ─────────────────────────────────────────────────────────────

_SLOWLY = """
import time
from podcast.speech.engines.tone import ToneEngine
speak = ToneEngine.speak
ToneEngine.speak = lambda engine, piece, voice: (time.sleep(0.1), speak(engine, piece, voice))[1]
"""


def having(folder: Path, code: str) -> dict[str, str]:
    """Return the environment of a Python that does something before all else."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sitecustomize.py").write_text(code)
    return {"PYTHONPATH": f"{folder}:{Path(cluster.__file__).parents[2]}"}


def test_workers_that_are_killed_and_one_that_joins_leave_no_trace(
    alone: Podcast, show: Podcast, newsletters: Path, tmp_path: Path
) -> None:
    """The first two die in the midst of it, one after the other; what they had is done by the third."""
    slow = having(tmp_path / "slow", _SLOWLY)
    with dask_cluster(tmp_path / "dask") as found:
        first, second = found.start(**slow), found.start(**slow)
        run = begun(show, "make", newsletters, "--cluster", found.address, "--quiet")
        until(lambda: kept(show) > 3)
        first.kill()
        found.start(**slow)
        assert run.poll() is None
        second.kill()
        stdout, stderr = run.communicate(timeout=120)
    assert (run.returncode, stderr) == (0, "")
    assert len(stdout.split()) == len(DATES)
    assert contents(show) == contents(alone)


def test_what_is_interrupted_or_loses_its_scheduler_is_gone_on_with(
    alone: Podcast, show: Podcast, newsletters: Path, tmp_path: Path
) -> None:
    """Nothing is left to do on the cluster, finished sentences are kept, and the end is the same as ever."""
    newsletter = newsletters / f"{DATES[0]}.md"
    with dask_cluster(tmp_path / "dask") as found:
        found.start(**having(tmp_path / "slow", _SLOWLY))
        run = begun(show, "make", newsletter, "--cluster", found.address, "--quiet")
        until(lambda: kept(show) > 1)
        run.send_signal(signal.SIGINT)
        _, stderr = run.communicate(timeout=60)
        assert run.returncode == 130, stderr
        with cluster.cluster(found.address) as executor:
            until(lambda: not any(executor._client.processing().values()))
        before = kept(show)
        run = begun(show, "make", newsletter, "--cluster", found.address, "--quiet")
        until(lambda: kept(show) > before)
        found.scheduler.kill()
        stdout, stderr = run.communicate(timeout=60)
    assert (run.returncode, stdout) == (3, "")
    assert re.fullmatch(rf"The cluster at {found.address} is gone: .* Finished work is kept.*\n", stderr), stderr
    assert not show.episode(DATES[0]).exists()
    again = kept(show)
    assert again > before
    ran = show("make", newsletter, "--quiet")
    assert ran.exit_code == 0, ran.stderr
    sound = f"episodes/{DATES[0]}/episode.mp3"
    assert contents(show)[sound] == contents(alone)[sound]


def _said(number: int = 1) -> Utterance:
    text = f"This is sentence {number}."
    return Utterance(0, 0, text, (Piece(text, number),), Voice("hum", "tone", "hum"))


_BARE = """
import importlib.metadata
version = importlib.metadata.version
def without(name):
    if name == "paper-podcast":
        raise importlib.metadata.PackageNotFoundError(name)
    return version(name)
importlib.metadata.version = without
"""


def test_workers_that_cannot_do_it_right_are_named_and_none_at_all_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another version of the package, none at all; and a cluster that stays without workers."""
    monkeypatch.setattr(cluster, "_DESERTED_S", 2.0)
    other = having(tmp_path / "other", "import podcast\npodcast.__version__ = '0.0.1'\n")
    none = having(tmp_path / "none", _BARE)
    with dask_cluster(tmp_path / "dask") as found, cluster.cluster(found.address) as executor:
        bare = found.start(**none)
        with (
            pytest.raises(OutsideError, match=r"does not have paper-podcast\. Install"),
            cluster.cluster(found.address),
        ):
            pass
        bare.kill()
        worker = found.start(**other)
        with pytest.raises(OutsideError, match=r"The worker on .* has podcast 0\.0\.1, and this machine "):
            executor.run(spoken, (_said(),), "tone 1")
        worker.kill()
        with pytest.raises(GoneError, match=r"has had no worker for 2 s\. Start one, like `dask worker tcp://"):
            executor.run(spoken, (_said(),), "tone 1")


@pytest.mark.parametrize("kind", ["closed", "silent", "another language", "encrypted"])
def test_where_no_scheduler_answers_it_is_said_in_a_sentence(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Soon, with how to start one; also where a server accepts and says nothing, or says something else."""
    monkeypatch.setattr(cluster, "_CONNECT_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        if kind == "closed":
            server.close()
        if kind == "another language":
            threading.Thread(target=_greet, args=(server,)).start()
        address = f"{'tls' if kind == 'encrypted' else 'tcp'}://127.0.0.1:{port}"
        says = "name no certificates" if kind == "encrypted" else rf"No Dask scheduler answers at {address} \("
        with pytest.raises(OutsideError if kind != "encrypted" else InputError, match=says), cluster.cluster(address):
            pass


def _greet(server: socket.socket) -> None:
    client, _ = server.accept()
    with client:
        client.sendall(b"SSH-2.0-OpenSSH_9.2p1\r\n" * 20)


# ── what is paid ────────────────────────────────────────────────────────────────────────────────────────

_SCRIPT = """\
---
title: By hand
date: 2024-06-15
speakers: {Ada: dear, Bo: hum}
---

## One

**Ada:** The first of four in NUMBER. The second of four in NUMBER.

**Bo:** Indeed?

**Ada:** The third of four in NUMBER. The fourth of four in NUMBER.
"""


def test_a_paid_service_is_asked_from_here_alone_and_left_alone_when_it_asks_for_that(
    podcast: Podcast, two: DaskCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six episodes on a cluster: no more requests at once than allowed, all behind one gate, which a 429 closes."""
    gates: set[Gate] = set()

    def noted(asking: Persistence, address: str) -> Gate:
        gates.add(found := gate(asking, address))
        return found

    gate = Persistence.gate
    monkeypatch.setattr(Persistence, "gate", noted)
    monkeypatch.setattr(OpenAIEngine, "usd_per_minute", lambda *_: 0.6)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted-0123456789")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    (podcast.folder / "voices" / "hum.toml").write_text(HUM)
    with speech_server("work", "429 for 1 s") as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        (podcast.folder / "voices" / "dear.toml").write_text('engine = "openai"\nvoice = "alloy"\n')
        for number in range(6):
            path = podcast.script(f"by-hand-{number}")
            path.parent.mkdir(parents=True)
            path.write_text(_SCRIPT.replace("NUMBER", str(number)))
        ran = podcast("render", "--all", "--cluster", two.address, "--jobs", 2, "--max-cost", 9, "--quiet")
    assert ran.exit_code == 0, ran.stderr
    assert len(ran.stdout.split()) == 6
    assert len(server.asked) == 6 * 4 + 1
    assert {asked.headers["authorization"] for asked in server.asked} == {"Bearer sk-planted-0123456789"}
    assert server.most_at_once <= 2
    assert len(gates) == 1
    log = (podcast.folder / ".podcast" / "log" / "spending.jsonl").read_text()
    assert log.count('"outcome": "done"') == 6 * 4


# ── encrypted lines, and processes ──────────────────────────────────────────────────────────────────────


def _certificate(folder: Path) -> dict[str, str]:
    """Make a key and a certificate that vouches for itself, and name both as Dask's configuration does."""
    import datetime as dt

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "dask")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + dt.timedelta(days=1))
    ca = x509.BasicConstraints(ca=True, path_length=None)
    certificate = builder.add_extension(ca, critical=True).sign(key, hashes.SHA256())
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    parts = {"CA_FILE": "cert", **{f"{role}__{kind}": kind.lower() for role in ("SCHEDULER", "WORKER", "CLIENT")
                                   for kind in ("KEY", "CERT")}}  # fmt: skip
    return {f"DASK_DISTRIBUTED__COMM__TLS__{part}": str(folder / f"{file}.pem") for part, file in parts.items()}


def test_an_encrypted_cluster_is_used_by_dask_s_own_settings(
    show: Podcast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Certificates are named as for any other client of Dask's, and here nowhere else."""
    names = _certificate(tmp_path)
    for name, path in names.items():
        monkeypatch.setenv(name, path)
    show.script("by-hand").parent.mkdir(parents=True)
    show.script("by-hand").write_text(_SCRIPT.replace("dear", "hum"))
    with dask_cluster(tmp_path / "dask", 1, "--protocol", "tls", **names) as found:
        assert found.address.startswith("tls://")
        run = begun(show, "render", "by-hand", "--cluster", found.address, "--quiet")
        _, stderr = run.communicate(timeout=60)
    assert (run.returncode, stderr) == (0, "")


def test_processes_of_this_machine_say_the_same_and_one_that_is_killed_is_told() -> None:
    """Each is Python anew; what they are sent is all they know."""
    with processes(1) as executor:
        (there,) = executor.submit(lambda: executor.run(spoken, (_said(),), ToneEngine.version)).result()
        (here,) = spoken((_said(),), ToneEngine.version)
        assert there.key == here.key
        assert np.array_equal(there.samples, here.samples)
        with pytest.raises(GoneError, match="killed from outside"):
            executor.run(os.kill, executor.run(os.getpid), signal.SIGKILL)
