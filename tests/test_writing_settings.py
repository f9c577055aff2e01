"""What show.toml says under [writing], as far as the model that writes: read off the requests that it gets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from chat_server import chat_server, messages, system

from podcast.errors import InputError
from podcast.pipeline.script import WriteOptions, write_script
from podcast.pipeline.sources import read_source
from podcast.show import load_show
from podcast.spending import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from conftest import Podcast
    from service import Asked, Service


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """Return a language model of this machine, which the environment does not name."""
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with chat_server() as server:
        yield server


def configure(podcast: Podcast, settings: Mapping[str, str]) -> None:
    """Change lines of [writing] in show.toml."""
    path = podcast.folder / "show.toml"
    before, heading, rest = path.read_text().partition("[writing]")
    writing, blank, after = rest.partition("\n\n")
    for name, value in settings.items():
        writing, count = re.subn(rf"(?m)^{name} = .*$", lambda _, line=f"{name} = {value}": line, writing)  # type: ignore[misc]
        assert count == 1
    path.write_text(before + heading + writing + blank + after)


def asked_with(podcast: Podcast, newsletter: Path, service: Service, **settings: str) -> list[Asked]:
    """Have a script written anew by the model, and return what it was asked for that."""
    configure(podcast, {"writer": '"openai"', "base_url": f'"{service.url}"', **settings})
    before = len(service.asked)
    show = load_show(podcast.folder)
    write_script(show, read_source(str(newsletter), show), WriteOptions(force=True), lambda _: None, Ledger())
    return service.asked[before:]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"level": '"lay"'}, "The listener is curious and has no training in the field."),
        ({"style": '"Begin with a question."'}, "Begin with a question."),
        ({"hosts": '"Ada: hum, Bo: hum"'}, "A conversation between Ada and Bo."),
    ],
)
def test_the_model_is_told_who_listens_who_speaks_and_what_the_author_wishes(
    podcast: Podcast, newsletter: Path, model: Service, settings: dict[str, str], says: str
) -> None:
    """With every paper, and only where show.toml says so."""
    plain = asked_with(podcast, newsletter, model)
    told = asked_with(podcast, newsletter, model, **settings)
    assert plain
    assert told
    assert not any(says in " ".join(system(each).split()) for each in plain)
    assert all(says in " ".join(system(each).split()) for each in told)


def test_a_prompt_in_the_show_s_folder_is_the_one_that_is_sent(
    podcast: Podcast, newsletter: Path, model: Service
) -> None:
    """By its name, prompts/lay.md."""
    (podcast.folder / "prompts").mkdir()
    (podcast.folder / "prompts" / "lay.md").write_text("The listener is my grandmother.")
    asked = asked_with(podcast, newsletter, model, level='"lay"')
    assert {"The listener is my grandmother." in system(each) for each in asked} == {True}


@pytest.mark.parametrize(("temperature", "sent"), [("-1.0", 0.3), ("0.0", 0), ("0.9", 0.9)])
def test_the_temperature_is_the_show_s(
    podcast: Podcast, newsletter: Path, model: Service, temperature: str, sent: float
) -> None:
    """0 is one, too; below it the writer has its own."""
    asked = asked_with(podcast, newsletter, model, temperature=temperature)
    assert {each.fields["temperature"] for each in asked} == {sent}


def test_the_model_is_the_one_that_the_show_names(podcast: Podcast, newsletter: Path, model: Service) -> None:
    """In every request."""
    configure(podcast, {"model": '"qwen3"'})
    assert {each.fields["model"] for each in asked_with(podcast, newsletter, model)} == {"qwen3"}


def test_a_context_is_as_small_as_the_show_says(podcast: Podcast, newsletter: Path, model: Service) -> None:
    """Too small for a script, it is refused before anything is asked."""
    with pytest.raises(InputError, match="1000 tokens are too few"):
        asked_with(podcast, newsletter, model, context_tokens="1000")
    assert not model.asked


def test_the_model_is_told_what_in_its_draft_the_source_does_not_say(
    podcast: Podcast, newsletter: Path, model: Service
) -> None:
    """Once, and in the words of the draft; the newsletter has no milliseconds."""
    first, repair, *_ = asked_with(podcast, newsletter, model)
    assert [role for role, _ in messages(first)] == ["system", "user"]
    role, told = messages(repair)[-1]
    assert role == "user"
    assert "“12 milliseconds” in “The newest one needs 12 milliseconds" in told


def test_what_the_model_wrote_is_kept_in_the_show(podcast: Podcast, newsletter: Path, model: Service) -> None:
    """Written anew, it is not asked for again."""
    assert asked_with(podcast, newsletter, model)
    before = podcast.script().read_bytes()
    assert not asked_with(podcast, newsletter, model)
    assert podcast.script().read_bytes() == before
