"""Money: what may be spent, what is written down, and what the price list says."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from chat_server import chat_server, completion, script, source_texts
from speech_server import speech_server

from podcast import prices
from podcast.errors import InputError
from podcast.pipeline.script_files import read_script
from podcast.speech.engines.tone import ToneEngine
from podcast.spending import Charge, Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Podcast
    from service import Asked, Handler, Service


def charge(usd: float) -> Charge:
    """Return what a call came to."""
    return Charge("api.openai.com", "gpt-4.1-mini", usd, tokens_in=1000, tokens_out=200)


def test_what_fits_is_reserved_and_what_is_due_is_spent(tmp_path: Path) -> None:
    """The rest of a reservation is free again."""
    ledger = Ledger(tmp_path / "spent.jsonl", 0.10)
    reserved = ledger.reserve(0.09, "a script")
    ledger.settle(reserved, charge(0.02))
    assert ledger.spent_usd == pytest.approx(0.02)
    ledger.reserve(0.08, "another")


def test_what_is_spent_and_spoken_for_never_exceeds_the_limit() -> None:
    """A call that could is refused, with what was spent and which flag allows more."""
    ledger = Ledger(None, 0.10)
    ledger.settle(ledger.reserve(0.05, "a script"), charge(0.03))
    ledger.reserve(0.04, "another")
    with pytest.raises(InputError) as raised:
        ledger.reserve(0.04, "Paper 3")
    assert str(raised.value) == (
        "Paper 3 could cost up to 0.0400 USD; of the 0.10 USD allowed, 0.0700 USD are spent or spoken for in this run. "
        "--max-cost 0.11 allows it once, max_cost_usd in show.toml for good; what is finished is kept."
    )


def test_the_whole_limit_may_be_spent() -> None:
    """To the cent, rounding of binary fractions aside."""
    ledger = Ledger(None, 0.30)
    for _ in range(3):
        ledger.settle(ledger.reserve(0.10, "a script"), charge(0.10))
    assert ledger.spent_usd == pytest.approx(0.30)


def test_without_a_limit_of_its_own_a_ledger_lets_nothing_be_paid() -> None:
    """What is free is free."""
    ledger = Ledger()
    ledger.settle(ledger.reserve(0, "a script"), charge(0))
    with pytest.raises(InputError):
        ledger.reserve(0.0001, "a script")


def test_threads_together_stay_within_the_limit() -> None:
    """Twenty ask at once where there is money for seven."""
    ledger, together = Ledger(None, 0.07), threading.Barrier(20)

    def ask(_: int) -> bool:
        together.wait()
        try:
            ledger.reserve(0.01, "a script")
        except InputError:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(ask, range(20))) == 7


def test_the_log_is_private_and_only_grows(tmp_path: Path) -> None:
    """A line of JSON for each paid call, and nobody else can read it."""
    path = tmp_path / "log" / "spent.jsonl"
    for usd in (0.01, 0.0, 0.02):
        ledger = Ledger(path, 1.0)
        ledger.settle(ledger.reserve(usd, "paper 1 of 2: script"), charge(usd))
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["usd"] for line in lines] == [0.01, 0.02]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert abs(dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(lines[0].pop("at"))) < dt.timedelta(minutes=1)
    assert lines[0] == {
        "service": "api.openai.com",
        "model": "gpt-4.1-mini",
        "what": "paper 1 of 2: script",
        "tokens_in": 1000,
        "tokens_out": 200,
        "usd": 0.01,
        "outcome": "done",
    }


def test_lines_of_threads_do_not_mix(tmp_path: Path) -> None:
    """Each is whole."""
    ledger = Ledger(tmp_path / "spent.jsonl", 1.0)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: ledger.settle(ledger.reserve(0.001, f"clip {n} " * 50), charge(0.001)), range(200)))
    lines = [json.loads(line) for line in (tmp_path / "spent.jsonl").read_text().splitlines()]
    assert {line["what"] for line in lines} == {f"clip {n} " * 50 for n in range(200)}
    assert ledger.spent_usd == pytest.approx(0.2)


def test_a_log_that_cannot_be_written_is_known_before_anything_is_paid(tmp_path: Path) -> None:
    """Not after."""
    (tmp_path / "log").write_text("no folder")
    with pytest.raises(OSError, match="log"):
        Ledger(tmp_path / "log" / "spent.jsonl", 1.0).reserve(0.01, "a script")


def test_money_that_was_spoken_for_in_vain_is_free_again(tmp_path: Path) -> None:
    """Where the log cannot be written any more: other threads would wait for it for ever."""
    (tmp_path / "log").write_text("a file in the place of the folder")
    ledger = Ledger(tmp_path / "log" / "spent.jsonl", 0.10)
    for _ in range(2):
        with pytest.raises(FileExistsError):
            ledger.reserve(0.08, "a sentence")


def test_speech_is_written_down_by_its_seconds(tmp_path: Path) -> None:
    """And by the length of its text."""
    ledger = Ledger(tmp_path / "spent.jsonl", 1.0)
    ledger.settle(ledger.reserve(0.01, "speech"), Charge("openai", "tts-1", 0.001, characters=60, seconds=4.0))
    (line,) = (tmp_path / "spent.jsonl").read_text().splitlines()
    assert (json.loads(line)["seconds"], json.loads(line)["characters"]) == (4.0, 60)


def test_who_waits_is_given_what_others_do_not_need_after_all() -> None:
    """One call after the other where there is money for one at its worst; and no wait for what never comes."""
    ledger = Ledger(None, 0.10)

    def ask(_: int) -> None:
        ledger.settle(ledger.reserve(0.06, "speech", wait=True), charge(0.005))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(8)))
    assert ledger.spent_usd == pytest.approx(0.04)
    ledger.settle(ledger.reserve(0.05, "speech"), charge(0.05))
    with pytest.raises(InputError, match=r"^This sentence could cost up to"):
        ledger.reserve(0.06, "speech", "This sentence", wait=True)


def test_after_a_bill_beyond_what_was_reserved_nothing_more_is_paid() -> None:
    """The limit is passed by that one answer at most."""
    ledger = Ledger(None, 0.10)
    ledger.settle(ledger.reserve(0.05, "a script"), charge(0.20))
    with pytest.raises(InputError):
        ledger.reserve(1e-12, "another")


# ── what commands may spend ──────────────────────────────────────────────────────────────────────────────


def _dear(handler: Handler, asked: Asked) -> None:
    """Say what the paper says, after reading what costs an eighth of a dollar."""
    handler.send_json(completion(script(source_texts(asked))) | {"usage": DEAR})


DEAR = {"prompt_tokens": 1_000_000, "completion_tokens": 100}
SLUG = "2024-06-15"


@pytest.fixture
def dear(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """Return a paid model; each answer costs an eighth of a dollar, and a minute of hums one."""
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.setattr("podcast.outside.services.is_own", lambda _: False)
    monkeypatch.setattr("podcast.outside.services.missing", lambda _: None)
    monkeypatch.setattr(ToneEngine, "usd_per_minute", lambda *_: 1.0)
    with chat_server(work=_dear) as server:
        yield server


def given(podcast: Podcast, service: Service | None = None, max_cost_usd: float = 1.0) -> None:
    """Let a run of a show cost so much, and the model write where there is one."""
    path = podcast.folder / "show.toml"
    text = path.read_text().replace("max_cost_usd = 1.0", f"max_cost_usd = {max_cost_usd}")
    if service:
        text = text.replace('writer = "extractive"', 'writer = "openai"')
        text = text.replace('base_url = ""  # where its', f'base_url = "{service.url}"  # where its')
        assert service.url in text
    path.write_text(text)


def test_writing_and_speaking_together_cost_no_more_than_is_allowed(
    podcast: Podcast, newsletter: Path, dear: Service
) -> None:
    """Either alone is within --max-cost; the next run finds the script written, and the episode says what both cost."""
    spoken_usd = json.loads(podcast("make", newsletter, "--dry-run", "--json").stdout)["usd"]
    enough = f"{spoken_usd + 0.1:.2f}"  # for what the model writes, too: it is about as long
    given(podcast, dear, 9.0)
    ran = podcast("make", newsletter, "--max-cost", enough)
    assert ran.exit_code == 2
    writing_usd = read_script(podcast.script()).writing_usd
    assert 0.2 < writing_usd < float(enough)
    assert f"more than the {enough} USD allowed, {writing_usd:.2f} USD of which are spent on writing" in ran.stderr
    assert not podcast.episode().exists()
    asked, speech_usd = len(dear.asked), json.loads(podcast("render", SLUG, "--dry-run", "--json").stdout)["usd"]
    ran = podcast("make", newsletter, "--max-cost", f"{spoken_usd + 0.5:.2f}", "--json")  # room for a second take
    assert ran.exit_code == 0, ran.stderr
    assert len(dear.asked) == asked
    assert json.loads(ran.stdout)["list_price_usd"] == pytest.approx(writing_usd + speech_usd, abs=0.001)


@pytest.mark.parametrize("command", ["make", "script"])
def test_a_script_costs_what_is_allowed_this_once(
    podcast: Podcast, newsletter: Path, dear: Service, command: str
) -> None:
    """By --max-cost, however much show.toml allows."""
    given(podcast, dear, 9.0)
    ran = podcast(command, newsletter, "--max-cost", "0")
    assert (ran.exit_code, "of the 0.00 USD allowed" in ran.stderr) == (2, True)
    assert not dear.asked


def test_speech_costs_what_is_allowed_this_once(podcast: Podcast, newsletter: Path, dear: Service) -> None:
    """By --max-cost, more and less than show.toml says."""
    given(podcast, max_cost_usd=9.0)
    for command in (("make", newsletter), ("render", SLUG)):
        ran = podcast(*command, "--max-cost", "0.01")
        assert (ran.exit_code, "more than the 0.01 USD allowed." in ran.stderr) == (2, True)
    assert not podcast.episode().exists()
    settings = podcast.folder / "show.toml"
    settings.write_text(settings.read_text().replace("max_cost_usd = 9.0", "max_cost_usd = 0.0"))
    assert podcast("render", SLUG).exit_code == 2
    assert podcast("render", SLUG, "--max-cost", "9").exit_code == 0
    assert not dear.asked


# ── prices ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_price_list_has_a_date_and_says_where_it_comes_from() -> None:
    """So that anybody can see how old it is."""
    listed = prices.list_prices()
    assert isinstance(listed.as_of, dt.date)
    assert all(source.startswith("https://developers.openai.com/") for source in listed.sources)
    assert listed.chat_default in listed.chat


@pytest.mark.parametrize("name", sorted(prices.list_prices().chat))
def test_every_listed_model_has_a_price_and_a_size(name: str) -> None:
    """An answer costs more than a question and is shorter than both may be together."""
    model = prices.chat_model(name)
    assert 0 < model.usd_per_million_in < model.usd_per_million_out
    assert 4096 < model.answer_tokens < model.context_tokens
    assert prices.chat_model(f"{name}-2025-04-14") == model


def test_an_unknown_model_costs_the_dearest_price_and_is_trusted_with_little() -> None:
    """Rather too dear than too cheap; gpt-4.1-nano is not gpt-4.1."""
    listed = prices.list_prices().chat.values()
    dearest = max(model.usd_per_million_out for model in listed)
    dearest_in = max(model.usd_per_million_in for model in listed)
    for name in ("gpt-4.1-nano", "gpt-4.1-2025", "llama"):
        model = prices.chat_model(name)
        assert (model.usd_per_million_in, model.usd_per_million_out) == (dearest_in, dearest)
        assert all(model.usd(1000, 100) >= known.usd(1000, 100) for known in listed)
        assert model.context_tokens == 4096


def test_tokens_cost_what_the_list_says() -> None:
    """By the million."""
    assert prices.chat_model("gpt-4.1-mini").usd(1_000_000, 500_000) == pytest.approx(0.40 + 0.80)


def test_a_line_that_is_tried_is_paid_like_any_other(podcast: Podcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written down, and refused where it could exceed what a run may cost."""
    out = podcast.folder / "say.wav"
    monkeypatch.setattr(ToneEngine, "usd_per_minute", lambda *_: 0.01)
    assert podcast("say", "It sorts lists.", "--voice", "hum", "--out", out).exit_code == 0
    (line,) = (podcast.folder / ".podcast" / "log" / "spending.jsonl").read_text().splitlines()
    assert json.loads(line)["what"] == "speech of say"
    monkeypatch.setattr(ToneEngine, "usd_per_minute", lambda *_: 1000.0)
    ran = podcast("say", "It sorts lists.", "--voice", "hum", "--out", out)
    assert (ran.exit_code, "USD" in ran.stderr) == (2, True)


def test_nothing_is_reserved_that_there_is_no_room_to_keep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence that is paid for is kept; where it could not be, it is not asked for. What is free is."""
    ledger = Ledger(tmp_path / "log" / "spent.jsonl", 1.0)
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=(16 << 20) - 1))
    ledger.reserve(0.0, "a free script")
    with pytest.raises(OSError, match="No space left on device"):
        ledger.reserve(0.01, "a script")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=16 << 20))
    ledger.reserve(0.01, "a script")


def test_a_key_stays_unused_only_where_nothing_takes_it(podcast: Podcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A voice or writer that costs nothing, at a service of one's own, takes it as well."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    path = podcast.script("mine")
    path.parent.mkdir(parents=True)
    path.write_text("---\ntitle: A Week\ndate: 2024-06-15\n---\n\n## One\n\nSome words are said.\n")
    unused = "OPENAI_API_KEY is set and stays unused"
    assert unused in podcast("render", "mine").stderr
    with speech_server() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        ran = podcast("render", "mine", "--voice", "alloy")
        assert ran.exit_code == 0, ran.stderr
        assert server.asked
        assert unused not in ran.stderr
    path.write_text(path.read_text().replace("---\n\n##", "writer: openai\n---\n\n##"))
    assert unused not in podcast("render", "mine").stderr
