"""Speech services from the command line: a profile names one, and the episode is spoken by it."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import pytest
from speech_server import SpeechServer, speech_server

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
