"""Speech services from the command line: a profile names one, and the episode is spoken by it."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest
from speech_server import SpeechServer, speech_server

from podcast.outside import services

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Podcast

SCRIPT = """\
---
title: By hand
date: 2024-06-15
speakers: {Ada: kokoro, Bo: hum}
---

## One

**Ada:** The first of four. The second of four.

**Bo:** Indeed?

**Ada:** The third of four. The fourth of four.
"""


@pytest.fixture
def service(podcast: Podcast, monkeypatch: pytest.MonkeyPatch) -> Iterator[SpeechServer]:
    """Return a service on this machine that the profile `kokoro` names; nobody has a key."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with speech_server() as server:
        (podcast.folder / "voices" / "kokoro.toml").write_text(
            f'engine = "openai"\nvoice = "af_heart"\nmodel = "kokoro"\nbase_url = "{server.url}"\n'
        )
        podcast.script("by-hand").parent.mkdir(parents=True)
        podcast.script("by-hand").write_text(SCRIPT)
        yield server


def test_a_service_of_one_s_own_speaks_an_episode(podcast: Podcast, service: SpeechServer) -> None:
    """Beside another engine, without a key, for nothing, and once only."""
    ran = podcast("render", "by-hand", "--json", "--quiet")
    assert ran.exit_code == 0, ran.stderr
    document = json.loads(ran.stdout)
    assert (document["voices"], document["list_price_usd"]) == (["kokoro", "hum"], 0)
    assert {(asked.fields["model"], asked.fields["voice"]) for asked in service.asked} == {("kokoro", "af_heart")}
    assert podcast("render", "by-hand", "--quiet").exit_code == 0
    assert sorted(asked.fields["input"] for asked in service.asked) == [
        "The first of four.", "The fourth of four.", "The second of four.", "The third of four.",
    ]  # fmt: skip


def test_jobs_bound_what_a_service_has_at_once(podcast: Podcast, service: SpeechServer) -> None:
    """After the first sentence, which shows that it speaks, two and never three."""
    service.together = threading.Barrier(2)
    service.failures += ["speak", "together", "together"]
    ran = podcast("render", "by-hand", "--quiet", "--jobs", 2)
    assert ran.exit_code == 0, ran.stderr
    assert service.most_at_once == 2


def test_a_model_that_is_gone_is_said_with_where_to_name_another(podcast: Podcast, service: SpeechServer) -> None:
    """What was spoken before is kept: the next run, with another model, asks for what is missing only."""
    service.failures += ["speak", "404"]
    ran = podcast("render", "by-hand", "--quiet", "--jobs", 1)
    assert ran.exit_code == 3
    assert "has no model 'kokoro' (any more)" in ran.stderr
    assert "Set model or base_url in voices/kokoro.toml" in ran.stderr
    asked = len(service.asked)
    assert podcast("render", "by-hand", "--quiet", "--jobs", 1).exit_code == 0
    assert len(service.asked) - asked == 3


def test_a_line_is_tried_with_a_service(podcast: Podcast, service: SpeechServer) -> None:
    """By the name of its profile."""
    out = podcast.folder / "line.wav"
    ran = podcast("say", "It works.", "--voice", "kokoro", "--out", out, "--quiet")
    assert ran.exit_code == 0, ran.stderr
    assert out.stat().st_size > 10_000
    assert len(service.asked) == 1


@pytest.mark.parametrize(
    ("speakers", "says"),
    [
        ("{Ada: kokorro, Bo: hum}", "There is no voice 'kokorro'"),
        ("{Ada: kokoro}", "Bo is not among the speakers of the front matter (Ada)"),
        ("{Ada: kokoro, Bo: broken}", "voices/broken.toml: not valid TOML"),
    ],
)
def test_wrong_speakers_are_said_before_a_service_is_asked(
    speakers: str, says: str, podcast: Podcast, service: SpeechServer
) -> None:
    """Nothing is spoken, and nothing paid, for a script that cannot be finished."""
    (podcast.folder / "voices" / "broken.toml").write_text('engine = "tone')
    podcast.script("by-hand").write_text(SCRIPT.replace("{Ada: kokoro, Bo: hum}", speakers))
    ran = podcast("render", "by-hand", "--quiet")
    assert ran.exit_code == 2
    assert says in ran.stderr
    assert not service.asked


# ── money ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def paid(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make this machine's services cost what an unknown model does: 0.027 USD a minute."""
    monkeypatch.setattr("podcast.outside.services.is_own", lambda _: False)
    monkeypatch.setattr("podcast.outside.services.missing", lambda _: None)


def log(podcast: Podcast) -> list[dict[str, Any]]:
    """Read what was paid."""
    path = podcast.folder / ".podcast" / "log" / "spending.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.usefixtures("paid")
def test_speech_that_breaks_off_counts_at_its_worst(podcast: Podcast, service: SpeechServer) -> None:
    """The service may have done the work; what it refused costs nothing, and the log has no word of the text."""
    service.failures += ["cut", "503"]
    ran = podcast("render", "by-hand", "--quiet", "--jobs", 1)
    assert ran.exit_code == 0, ran.stderr
    broken, *good = log(podcast)
    assert (broken["outcome"], [each["outcome"] for each in good]) == ("no whole answer came", ["done"] * 4)
    assert broken["usd"] > 5 * good[0]["usd"] > 0
    assert "four" not in json.dumps(log(podcast))


@pytest.mark.usefixtures("paid")
def test_no_take_is_asked_for_that_could_exceed_the_limit(podcast: Podcast, service: SpeechServer) -> None:
    """Exit code 2 with the sentence; finished clips are kept, so the next run speaks what is missing only."""
    service.failures += ["speak", "cut"]
    ran = podcast("render", "by-hand", "--quiet", "--jobs", 1, "--max-cost", 0.02)
    assert ran.exit_code == 2
    assert "by-hand: the sentence 'The second of four.' of 'One' could cost up to 0.0133 USD" in ran.stderr
    assert sum(line["usd"] for line in log(podcast)) <= 0.02
    assert len(service.asked) == 2
    assert podcast("render", "by-hand", "--quiet").exit_code == 0
    assert len(service.asked) == 5


# ── whose machine it is ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("host", "is_own"),
    [
        ("localhost", True), ("ollama.localhost", True), ("studio.local", True), ("studio.local.", True),
        ("127.0.0.1", True), ("127.1", True), ("2130706433", True), ("0x7f.1", True), ("0", True),
        ("10.1.2.3", True), ("172.31.0.1", True), ("192.168.1.5", True), ("169.254.3.4", True),
        ("[::1]", True), ("[fd00::5]", True), ("[fe80::1%25eth0]", True), ("[::ffff:10.0.0.1]", True),
        ("134744072", False), ("0x08080808", False), ("010.010.010.010", False), ("8.8", False), ("8.8.8.8", False),
        ("172.32.0.1", False), ("192.0.0.9", False), ("198.18.0.1", False), ("240.0.0.1", False),
        ("[2001:4860:4860::8888]", False), ("[::ffff:8.8.8.8]", False), ("[64:ff9b::808:808]", False),
        ("ollama", False), ("ai", False), ("evil.com", False), ("local", False), ("evillocalhost", False),
    ],
)  # fmt: skip
def test_one_s_own_machines_are_known_by_number_or_by_names_kept_for_them(
    host: str,
    is_own: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody else is taken for one: they would be sent the key in clear text, and not be counted."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    address = f"http://{host}:11434/v1"
    assert services.is_own(address) == is_own
    assert (services.missing(address) is None) == is_own


def test_a_bare_name_is_one_s_own_where_the_environment_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container's, not one that a show brought along; a number in disguise is no name."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    assert services.missing("http://ollama:11434/v1") == (
        "ollama may be anybody's machine; set OPENAI_BASE_URL to http://ollama:11434/v1, too, if it is one of yours."
    )
    monkeypatch.setenv("OPENAI_BASE_URL", "http://ollama:11434/v1/")
    assert services.is_own("http://ollama:11434/v1")
    assert services.missing("http://ollama:11434/v1") is None
    assert not services.is_own("http://other:11434/v1")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://134744072/v1")
    assert not services.is_own("http://134744072/v1")
    assert services.missing("http://134744072/v1") == ("134744072 would get the key unencrypted; use an https address.")
