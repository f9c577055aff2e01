"""From the command line: another writer, a length, a limit, findings, a script that a person edited."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from typing import TYPE_CHECKING

import pytest
from chat_server import chat_server, works

from podcast.pipeline.script_files import read_script
from podcast.review.approval import approval
from podcast.types import Finding
from podcast.writing.evidence import dismiss
from podcast.writing.script import format_script

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Podcast
    from service import Asked, Handler, Service


@pytest.fixture
def model() -> Iterator[Service]:
    """Return a language model of this machine."""
    with chat_server() as server:
        yield server


def configure(podcast: Podcast, setting: str, value: str) -> None:
    """Change one line of [writing] in show.toml."""
    path = podcast.folder / "show.toml"
    lines = path.read_text().splitlines()
    start = lines.index(next(line for line in lines if line.startswith("[writing]")))
    at = next(at for at in range(start, len(lines)) if lines[at].startswith(f"{setting} ="))
    lines[at] = f"{setting} = {value}"
    path.write_text("\n".join(lines) + "\n")


def test_a_model_writes_where_it_is_named(podcast: Podcast, newsletter: Path, model: Service) -> None:
    """What it says that the newsletter does not is noted under its paragraph; the file says who wrote."""
    configure(podcast, "base_url", f'"{model.url}"')
    ran = podcast("script", newsletter, "--writer", "openai", "--json")
    assert ran.exit_code == 0, ran.stderr
    report = json.loads(ran.stdout)
    script = read_script(podcast.script())
    assert script.writer == report["writer"] == "openai gpt-6-luna"
    assert report["findings"] == sum(segment["findings"] for segment in report["segments"]) > 0
    assert "> [!check] number: “12 milliseconds”" in podcast.script().read_text()
    assert len(model.asked) > 0


def test_no_model_is_asked_because_it_could_be(podcast: Podcast, newsletter: Path, model: Service) -> None:
    """The embedded writer is what show.toml says unless it says otherwise."""
    configure(podcast, "base_url", f'"{model.url}"')
    assert podcast("script", newsletter).exit_code == 0
    assert model.asked == []


def test_an_unknown_writer_is_refused(podcast: Podcast, newsletter: Path) -> None:
    """With those that there are."""
    ran = podcast("script", newsletter, "--writer", "opnai")
    assert ran.exit_code == 2
    assert "Did you mean openai?" in ran.stderr
    assert not podcast.script().exists()


def test_a_writer_without_a_key_is_refused_before_anything_is_written(
    podcast: Podcast, newsletter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence, exit code 2."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    ran = podcast("make", newsletter, "--writer", "openai")
    assert ran.exit_code == 2
    assert "OPENAI_API_KEY is not set" in ran.stderr
    assert not podcast.script().exists()


def test_a_dry_run_of_a_paid_writer_asks_nothing_and_says_what_it_would_cost(
    podcast: Podcast, newsletter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At most, with a key that is never sent."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    ran = podcast("script", newsletter, "--writer", "openai", "--dry-run", "--json")
    assert ran.exit_code == 0, ran.stderr
    assert json.loads(ran.stdout)["writing_usd"] > 0
    assert not podcast.script().exists()


@pytest.fixture
def paid(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make this machine's services cost what OpenAI's do."""
    monkeypatch.setattr("podcast.outside.services.is_own", lambda _: False)
    monkeypatch.setattr("podcast.outside.services.missing", lambda _: None)


def quoted_usd(podcast: Podcast, newsletter: Path, *more: object) -> float:
    """What writing would cost, as a dry run says."""
    ran = podcast("script", newsletter, "--writer", "openai", "--dry-run", "--force", "--json", *more)
    assert ran.exit_code == 0, ran.stderr
    usd: float = json.loads(ran.stdout)["writing_usd"]
    return usd


@pytest.mark.usefixtures("paid")
def test_a_dry_run_quotes_what_would_be_asked(podcast: Podcast, newsletter: Path, model: Service) -> None:
    """Nothing for what is kept, whoever speaks it and however long it may be; and nobody is asked."""
    configure(podcast, "base_url", f'"{model.url}"')
    configure(podcast, "hosts", '"Ada: hum, Bo: hum"')
    for more in ([], ["--minutes", 5]):
        before = len(model.asked)
        assert quoted_usd(podcast, newsletter, *more) > 0
        assert len(model.asked) == before
        assert podcast("script", newsletter, "--writer", "openai", "--force", *more).exit_code == 0
        assert quoted_usd(podcast, newsletter, *more) == 0


@pytest.mark.usefixtures("paid")
def test_a_script_keeps_what_its_answers_cost(podcast: Podcast, newsletter: Path, model: Service) -> None:
    """Also where they were kept: written anew, or after one paper of two was changed."""
    configure(podcast, "base_url", f'"{model.url}"')
    podcast("script", newsletter, "--writer", "openai")
    first = read_script(podcast.script()).writing_usd
    assert first > 0
    podcast("script", newsletter, "--writer", "openai", "--force")
    assert read_script(podcast.script()).writing_usd == first
    asked = len(model.asked)
    text = newsletter.read_text()
    newsletter.write_text(text.replace("3 baselines", "4 baselines"))
    assert newsletter.read_text() != text
    podcast("script", newsletter, "--writer", "openai", "--force")
    assert read_script(podcast.script()).writing_usd == pytest.approx(first, rel=0.2)
    podcast("script", newsletter, "--writer", "openai", "--force")
    assert read_script(podcast.script()).writing_usd == pytest.approx(first, rel=0.2)
    assert len(model.asked) > asked


def test_strict_is_an_exit_code(podcast: Podcast, newsletter: Path, model: Service) -> None:
    """0 while everything is borne out, 1 while something is not."""
    assert podcast("script", newsletter, "--strict").exit_code == 0
    configure(podcast, "base_url", f'"{model.url}"')
    ran = podcast("script", newsletter, "--writer", "openai", "--strict")
    assert ran.exit_code == 1
    assert "to look at" in ran.stderr


def test_an_edit_is_looked_up_and_its_words_are_left_alone(podcast: Podcast, newsletter: Path) -> None:
    """The findings are renewed; render says how many are open, check names them."""
    podcast("script", newsletter)
    path = podcast.script()
    path.write_text(path.read_text().replace("sort 10 lists", "sort 50 lists"))
    ran = podcast("script", newsletter)
    assert ran.exit_code == 0
    assert "edited by hand" in ran.stderr
    text = path.read_text()
    assert "sort 50 lists" in text
    assert text.count("> [!check] number: “50”") == 1
    assert "1 finding is still open" in podcast("render", "2024-06-15").stderr
    found = json.loads(podcast("check", "2024-06-15", "--json").stdout)
    assert [each["rule"] for each in found if each["rule"].startswith("grounding")] == ["grounding-number"]


def test_what_a_person_notes_in_a_script_stays(podcast: Podcast, newsletter: Path) -> None:
    """A line to look at, a comment in the front matter; while what was looked up is looked up again."""
    podcast("script", newsletter)
    path = podcast.script()
    text = path.read_text().replace("title:", "# mine\ntitle:", 1)
    path.write_text(text.replace("sort 10 lists", "sort 50 lists") + "\n> [!check] ask Anna\n")
    assert podcast("script", newsletter).exit_code == 0
    text = path.read_text()
    assert "# mine\n" in text
    assert "> [!check] ask Anna" in text
    assert "> [!check] number: “50”" in text
    path.write_text(text.replace("sort 50 lists", "sort 10 lists"))
    podcast("script", newsletter)
    assert "[!check] number" not in path.read_text()
    assert "> [!check] ask Anna" in path.read_text()


def test_who_greets_may_say_what_they_like_but_numbers(podcast: Podcast, newsletter: Path) -> None:
    """Names and words of the author's own are no claims about a paper."""
    podcast("script", newsletter)
    path = podcast.script()
    path.write_text(path.read_text().replace("Hello and welcome.", "Hi, I am Anna. That is all. You are 4000 now."))
    podcast("script", newsletter)
    assert re.findall(r"\[!check\] .*?“(.*?)”", path.read_text()) == ["4000"]


def test_what_cannot_be_is_refused_before_anything_is_written(podcast: Podcast, newsletter: Path) -> None:
    """Lengths, voices of hosts, one voice for two speakers, a newsletter that is not there."""
    ran = podcast("script", newsletter, "--minutes", "inf")
    assert (ran.exit_code, "600 minutes" in ran.stderr) == (2, True)
    ran = podcast("make", newsletter, "--voice", "somebody")
    assert (ran.exit_code, "no voice 'somebody'" in ran.stderr) == (2, True)
    assert not podcast.script().exists()
    configure(podcast, "hosts", '"Ada: nobody, Bo: hum"')
    ran = podcast("script", newsletter)
    assert (ran.exit_code, "no voice 'nobody'" in ran.stderr) == (2, True)
    assert not podcast.script().exists()
    configure(podcast, "hosts", '"Ada: hum, Bo: hum"')
    assert podcast("script", newsletter).exit_code == 0
    ran = podcast("render", "2024-06-15", "--voice", "hum")
    assert (ran.exit_code, "voices of their own" in ran.stderr) == (2, True)


def test_render_says_that_other_words_were_approved(podcast: Podcast, newsletter: Path) -> None:
    """And nothing while the words are those that somebody approved."""
    podcast("script", newsletter)
    path = podcast.script()
    path.with_name("approved").write_text(approval(read_script(path), dt.date(2024, 6, 16)))
    assert "approved" not in podcast("render", "2024-06-15").stderr
    path.write_text(path.read_text().replace("sort 10 lists", "sort 50 lists"))
    assert "no longer those that were approved" in podcast("render", "2024-06-15").stderr


def test_a_length_is_kept_and_what_is_left_out_is_named(podcast: Podcast, newsletter: Path) -> None:
    """And one that is too short says what would do."""
    ran = podcast("script", newsletter, "--minutes", "0.1")
    assert ran.exit_code == 2
    assert "Allow at least" in ran.stderr
    assert podcast("script", newsletter, "--minutes", "5").exit_code == 0


def test_two_hosts_take_turns(podcast: Podcast, newsletter: Path) -> None:
    """As show.toml names them."""
    configure(podcast, "hosts", '"Ada: hum, Bo: hum"')
    assert podcast("script", newsletter).exit_code == 0
    script = read_script(podcast.script())
    assert script.speakers == (("Ada", "hum"), ("Bo", "hum"))
    assert {paragraph.speaker for segment in script.segments for paragraph in segment.paragraphs} == {"Ada", "Bo"}
    configure(podcast, "hosts", '"Ada, Bo"')
    ran = podcast("script", newsletter)
    assert ran.exit_code == 2
    assert "Ada: heart, Bo: joe" in ran.stderr


def test_the_report_counts_what_is_in_the_script(podcast: Podcast, newsletter: Path) -> None:
    """Words, minutes and what each ready voice would cost."""
    report = json.loads(podcast("script", newsletter, "--json").stdout)
    assert report["words"] == sum(segment["words"] for segment in report["segments"]) > 30
    assert report["minutes"] > 0
    assert {"voice": "heart", "usd": 0.0}.items() <= next(v for v in report["voices"] if v["voice"] == "heart").items()


def test_the_report_has_no_voice_that_is_not_ready(
    podcast: Podcast, newsletter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one that lacks its key would cost is no offer."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    voices = {voice["voice"] for voice in json.loads(podcast("script", newsletter, "--json").stdout)["voices"]}
    assert "hum" in voices
    assert not {"sage", "alloy"} & voices
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    priced = json.loads(podcast("script", newsletter, "--json").stdout)["voices"]
    assert next(voice["usd"] for voice in priced if voice["voice"] == "sage") > 0


@pytest.mark.parametrize("is_first", [True, False])
def test_neither_a_first_run_nor_force_takes_away_what_came_meanwhile(
    podcast: Podcast, newsletter: Path, *, is_first: bool
) -> None:
    """Force is about the script that was there when it was said."""
    path = podcast.script()
    if not is_first:
        podcast("script", newsletter)

    def meanwhile(handler: Handler, asked: Asked) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Mine.")
        works(handler, asked)

    with chat_server(work=meanwhile) as server:
        configure(podcast, "base_url", f'"{server.url}"')
        ran = podcast("script", newsletter, "--writer", "openai", *([] if is_first else ["--force"]))
    assert (ran.exit_code, path.read_text()) == (2, "Mine.")


def test_a_script_that_somebody_changes_while_it_is_written_anew_is_left_alone(
    podcast: Podcast, newsletter: Path
) -> None:
    """Their words stay, and whoever ran it is told."""
    podcast("script", newsletter)
    path = podcast.script()
    theirs = path.read_text().replace("Hello and welcome.", "Hi, it is me.")

    def meanwhile(handler: Handler, asked: Asked) -> None:
        path.write_text(theirs)
        works(handler, asked)

    with chat_server(work=meanwhile) as server:
        configure(podcast, "base_url", f'"{server.url}"')
        ran = podcast("script", newsletter, "--writer", "openai")
    assert server.asked
    assert ran.exit_code == 2
    assert "it was changed while this ran, so it is left alone" in ran.stderr
    assert path.read_text() == theirs


OTHER_SECTION = """\
# Papers of June 15, 2024

## Highlights

### Bees & Other Optimisers

[arXiv:2406.00002](https://arxiv.org/abs/2406.00002)

It compares bees with 3 baselines.

## Theory

### Sorting is Harder than it Looks

[arXiv:2406.00001](https://arxiv.org/abs/2406.00001)

Its authors sort 10 lists and measure each of them with a clock.
"""


def grounding(podcast: Podcast) -> list[str]:
    """Which rules about claims the episode's script breaks."""
    found = json.loads(podcast("check", "2024-06-15", "--json").stdout)
    return [each["rule"] for each in found if each["rule"].startswith("grounding")]


def test_a_script_is_held_against_the_section_that_it_tells(podcast: Podcast, tmp_path: Path) -> None:
    """The one it was asked for, whatever show.toml says since."""
    path = tmp_path / "two-sections.md"
    path.write_text(OTHER_SECTION)
    assert podcast("script", path, "--section", "Theory").exit_code == 0
    assert "sort 10 lists" in podcast.script().read_text()
    assert grounding(podcast) == []
    podcast.script().write_text(podcast.script().read_text().replace("sort 10 lists", "sort 3 lists"))
    assert grounding(podcast) == ["grounding-number"]


def test_what_a_person_has_dismissed_is_not_found_by_check(podcast: Podcast, newsletter: Path) -> None:
    """While its sentence stands; another doubt about the same sentence is found."""
    podcast("script", newsletter)
    path = podcast.script()
    path.write_text(path.read_text().replace("sort 10 lists", "sort 50 lists"))
    podcast("script", newsletter)
    assert grounding(podcast) == ["grounding-number"]
    script = read_script(path)
    (text,) = (item.text for segment in script.segments for item in segment.items if isinstance(item, Finding))
    segments = tuple(dismiss(segment, text) for segment in script.segments)
    path.write_text(format_script(dataclasses.replace(script, segments=segments)))
    assert "<!-- dismissed" in path.read_text()
    assert grounding(podcast) == []
    path.write_text(path.read_text().replace("sort 50 lists", "sort 60 lists"))
    assert grounding(podcast) == ["grounding-number"]


def test_a_script_whose_source_is_gone_is_pointed_out(podcast: Podcast, newsletter: Path) -> None:
    """It can be spoken; what it was written from has to be given to write it anew."""
    assert podcast("script", newsletter).exit_code == 0
    (podcast.script().parent / "source.md").unlink()
    ran = podcast("make", "2024-06-15")
    assert ran.exit_code == 2
    assert "its script is there, but not what it was written from. `podcast render 2024-06-15` speaks it" in ran.stderr
