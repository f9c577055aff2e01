"""What may happen to a week on its way: kills, limits, other versions, strangers in its folder. Nothing gets lost."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from arxiv_server import Record
from chat_server import chat_server, system
from week import JUNE_15, JUNE_18, WEEK, chosen, highlighting_three, paper, picks, told, whole_paper

from podcast.papers.history import open_history

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from arxiv_server import Arxiv
    from conftest import Podcast
    from service import Service

SLUG = "2024-06-15"


@pytest.fixture
def podcast(podcast: Podcast) -> Podcast:
    """Return a show that highlights three of ten papers."""
    return highlighting_three(podcast)


@pytest.fixture
def model(podcast: Podcast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """Return a language model that has to be paid."""
    monkeypatch.setattr("podcast.outside.services.is_own", lambda _: False)
    monkeypatch.setattr("podcast.outside.services.missing", lambda _: None)
    with chat_server() as server:
        settings = podcast.folder / "show.toml"
        lines = settings.read_text().splitlines()
        at = lines.index(next(line for line in lines if line.startswith("[writing]")))
        where = next(place for place in range(at, len(lines)) if lines[place].startswith("base_url ="))
        lines[where] = f'base_url = "{server.url}"'
        settings.write_text("\n".join(lines) + "\n")
        yield server


def newsletter(podcast: Podcast) -> Path:
    """Where it lies."""
    return picks(podcast).with_name("newsletter.md")


# ── money ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("arxiv")
def test_a_limit_leaves_no_half_newsletter(podcast: Podcast, model: Service) -> None:
    """It stops the run; what was paid is kept, and with more money the newsletter is whole."""
    podcast("pick")
    ran = podcast("newsletter", SLUG, "--writer", "openai", "--max-cost", "0.0015")
    assert ran.exit_code == 2
    assert "--max-cost" in ran.stderr
    assert not newsletter(podcast).exists()
    asked = len(model.asked)
    assert asked > 0
    ran = podcast("newsletter", SLUG, "--writer", "openai", "--max-cost", "9")
    assert ran.exit_code == 0, ran.stderr
    assert told(podcast)[0] == chosen(podcast)
    assert len(told(podcast)[1]) == 4
    paid = len(model.asked)
    podcast("newsletter", SLUG, "--writer", "openai", "--force", "--max-cost", "0")
    assert len(model.asked) == paid, "nothing is paid for twice"


@pytest.mark.usefixtures("arxiv")
def test_a_script_does_not_have_its_newsletter_written_again(podcast: Podcast, model: Service) -> None:
    """By whom it was written is for `podcast newsletter` to say."""
    podcast("pick")
    podcast("newsletter", SLUG, "--writer", "openai", "--max-cost", "9")
    before, asked = newsletter(podcast).read_bytes(), len(model.asked)
    assert b"by openai" in before
    assert podcast("script", SLUG).exit_code == 0
    assert newsletter(podcast).read_bytes() == before
    assert len(model.asked) == asked
    assert "writing_usd" in podcast.script().read_text("utf-8")


@pytest.mark.usefixtures("arxiv")
def test_a_dry_run_asks_no_model(podcast: Podcast, model: Service) -> None:
    """It says what it would cost at most."""
    podcast("pick")
    ran = podcast("newsletter", SLUG, "--writer", "openai", "--dry-run")
    assert re.search(r"at most \d+\.\d\d USD", ran.stdout)
    assert "0.00" not in ran.stdout
    assert not model.asked
    assert not newsletter(podcast).exists()


# ── what is somebody's own ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("arxiv")
def test_force_on_a_script_forces_the_script_alone(podcast: Podcast) -> None:
    """Newsletter and ticks stay as a person left them."""
    podcast("make", "week")
    text = newsletter(podcast).read_text("utf-8").replace("Welcome", "MY OWN. Welcome")
    newsletter(podcast).write_text(text, "utf-8")
    podcast.script().write_text(podcast.script().read_text("utf-8").replace("First up", "At first"), "utf-8")
    ticks = picks(podcast).read_bytes()
    assert podcast("script", SLUG, "--force").exit_code == 0
    assert newsletter(podcast).read_text("utf-8") == text
    assert picks(podcast).read_bytes() == ticks
    script = podcast.script().read_text("utf-8")
    assert "MY OWN." in script
    assert "First up" in script
    assert podcast("script", "week", "--force").exit_code == 0
    assert picks(podcast).read_bytes() == ticks


@pytest.mark.usefixtures("arxiv")
@pytest.mark.parametrize("command", [["pick"], ["make", "week"], ["script", "2406.00001"]])
def test_a_week_does_not_take_over_another_newsletter(podcast: Podcast, newsletter: Path, command: list[str]) -> None:
    """Nor another newsletter a week."""
    podcast("script", newsletter)
    before = podcast.script().read_bytes()
    ran = podcast(*command, *(["--slug", SLUG] if command == ["pick"] else []))
    assert ran.exit_code == 2
    assert "--slug" in ran.stderr
    assert podcast.script().read_bytes() == before
    assert not picks(podcast).exists()


@pytest.mark.usefixtures("arxiv")
def test_a_week_is_no_list_of_named_papers(podcast: Podcast) -> None:
    """Papers that were named on the same day keep its name; the week wants another."""
    podcast("pick", "2406.00001")
    for force in ([], ["--force"]):
        ran = podcast("pick", *force)
        assert ran.exit_code == 2
        assert "--slug" in ran.stderr
    assert podcast("script", "week", "--slug", "week-24").exit_code == 0


def test_a_list_that_is_made_anew_keeps_what_a_person_wrote_beside_it(podcast: Podcast, arxiv: Arxiv) -> None:
    """And begins no later than the search before it, so that no day is left out."""
    podcast("pick")
    before = picks(podcast).read_text("utf-8").replace("- [x]", "- [ ]", 1)
    picks(podcast).write_text(before, "utf-8")
    ran = podcast("pick", "--force")
    assert "picks.before.md" in ran.stderr
    assert picks(podcast).with_name("picks.before.md").read_text("utf-8") == before
    queries = [str(each.fields.get("search_query")) for each in arxiv.asked if each.fields.get("search_query")]
    assert all("202406080" in query or "20240608" in query for query in queries), queries


def test_no_day_is_left_out_between_searches(podcast: Podcast, arxiv: Arxiv, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was forced in between, and however late arXiv announces a paper."""
    podcast("pick")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(JUNE_15) + 21 * 86400))
    arxiv.records[:] = [Record("2406.09999", "Between", "It is of June 22.", published="2024-06-22T12:00:00Z")]
    arxiv.records += [Record("2406.09998", "Late", "It came late.", published="2024-06-11T12:00:00Z")]
    podcast("pick", "--force")
    assert set(chosen(podcast, "2024-07-06", ticked=None)) == {"2406.09999", "2406.09998"}


@pytest.mark.usefixtures("arxiv")
def test_a_newsletter_does_not_take_over_a_week(podcast: Podcast, newsletter: Path) -> None:
    """With --force neither: what would become of the ticks."""
    podcast("pick")
    podcast("newsletter", SLUG)
    for force in ([], ["--force"]):
        assert podcast("script", newsletter, *force).exit_code == 2
    assert not podcast.script().exists()


@pytest.mark.usefixtures("arxiv")
def test_a_table_takes_the_place_of_nothing_else(podcast: Podcast, tmp_path: Path) -> None:
    """papers.db is no name for it; a table that is there is written anew."""
    podcast("pick")
    before = (podcast.folder / "papers.db").read_bytes()
    assert podcast("history", "export", podcast.folder / "papers.db").exit_code == 2
    assert (podcast.folder / "papers.db").read_bytes() == before
    assert podcast("history", "export", tmp_path / "papers.csv").exit_code == 0
    assert podcast("history", "export", tmp_path / "papers.csv").exit_code == 0
    assert podcast("history", "import", tmp_path / "nosuch.csv").exit_code == 2


# ── kills ───────────────────────────────────────────────────────────────────────────────────────────────

KILLED = """
import os, sys
from podcast import files
writes = files.write_text
def killed(path, text):
    if path.name == sys.argv[1] and sys.argv[2] == "before":
        os._exit(137)
    writes(path, text)
    if path.name == sys.argv[1]:
        os._exit(137)
files.write_text = killed
from podcast.cli import app
app(sys.argv[3:])
"""


def killed_at(file: str, podcast: Podcast, *words: str, when: str = "before") -> None:
    """Run a command in a process that dies before it writes a file, or after."""
    command = [sys.executable, "-c", KILLED, file, when, *words, "--show", str(podcast.folder)]
    assert subprocess.run(command, env=os.environ, capture_output=True, check=False).returncode == 137


@pytest.mark.usefixtures("arxiv")
def test_an_offer_that_nobody_saw_is_made_again(podcast: Podcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that died before its list was written has offered nothing, also on another day."""
    killed_at("picks.md", podcast, "pick")
    assert not picks(podcast).exists()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", JUNE_18)
    assert podcast("pick").exit_code == 0
    assert len(chosen(podcast, "2024-06-18", ticked=None)) == 10
    with open_history(podcast.folder / "papers.db") as history:
        assert not history.offered(SLUG)


@pytest.mark.usefixtures("arxiv")
def test_a_search_whose_list_was_written_counts_as_made(podcast: Podcast) -> None:
    """A run that died right after it is completed by the next, so that a later search begins where this one ended."""
    killed_at("picks.md", podcast, "pick", when="after")
    with open_history(podcast.folder / "papers.db") as history:
        assert history.last_search() is None
    assert podcast("make", "week").exit_code == 0
    with open_history(podcast.folder / "papers.db") as history:
        assert history.last_search() is not None
        assert len(history.offered(SLUG)) == 10
    assert not list((podcast.folder / ".podcast" / "picking").iterdir())


@pytest.mark.usefixtures("arxiv")
@pytest.mark.parametrize("file", ["picks.md", "newsletter.md", "newsletter.html"])
def test_a_killed_run_is_gone_on_with(podcast: Podcast, tmp_path: Path, file: str) -> None:
    """The same command again makes what is missing, of PDFs as well."""
    path = tmp_path / "mine.pdf"
    path.write_bytes(whole_paper())
    killed_at(file, podcast, "script", str(path), "2406.00001")
    ran = podcast("script", path, "2406.00001")
    assert ran.exit_code == 0, ran.stderr
    assert len(told(podcast)[0]) == 2
    assert newsletter(podcast).with_suffix(".html").is_file()
    with open_history(podcast.folder / "papers.db") as history:
        assert len(history.verdicts()) == 2
        assert all(verdict.kept for verdict in history.verdicts())


@pytest.mark.usefixtures("arxiv")
def test_a_list_of_named_papers_may_be_edited(podcast: Podcast) -> None:
    """The command that made it goes on with what a person made of it."""
    names = ["2406.00001", "2406.00002", "2406.00003"]
    podcast("pick", *names)
    lines = [line for line in picks(podcast).read_text("utf-8").split("\n") if "2406.00002" not in line]
    picks(podcast).write_text("\n".join(lines), "utf-8")
    ran = podcast("script", *names)
    assert ran.exit_code == 0, ran.stderr
    assert told(podcast)[0] == ["2406.00001", "2406.00003"]


# ── what cannot be had, now or later ────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("arxiv")
def test_what_is_missing_is_named_each_time(podcast: Podcast) -> None:
    """A newsletter without it does not count as finished."""
    podcast("pick")
    with picks(podcast).open("a", encoding="utf-8") as file:
        file.write("- [x] 2401.99999\n")
    for _ in range(2):
        ran = podcast("newsletter", SLUG)
        assert ran.exit_code == 1
        assert "2401.99999" in ran.stderr


def test_a_search_that_broke_off_is_a_finding(podcast: Podcast, arxiv: Arxiv, monkeypatch: pytest.MonkeyPatch) -> None:
    """What came is offered; how to search again is said, and does it."""
    arxiv.records[:] = [paper(number) for number in range(250)]
    monkeypatch.setattr("podcast.outside.arxiv_api.Limits.__init__.__defaults__", None, raising=False)
    whole = type(arxiv).answer

    def broken(self: Arxiv, fields: dict[str, str]) -> tuple[int, bytes]:
        return (400, b"no") if int(fields.get("start", "0")) > 0 else whole(self, fields)

    monkeypatch.setattr(type(arxiv), "answer", broken)
    ran = podcast("pick")
    assert ran.exit_code == 1
    assert f"podcast pick --slug {SLUG} --force" in ran.stderr
    assert len(chosen(podcast, ticked=None)) == 10
    monkeypatch.setattr(type(arxiv), "answer", whole)
    assert podcast("pick", "--force").exit_code == 0
    assert "250 papers" in picks(podcast).read_text("utf-8")


@pytest.mark.usefixtures("arxiv")
def test_the_version_that_was_picked_is_told(podcast: Podcast) -> None:
    """Whatever has come out since."""
    podcast("pick", "2406.00001")
    with open_history(podcast.folder / "papers.db") as history:
        (known,) = history.preprints(["2406.00001"])
        newer = dataclasses.replace(known, version=2, abstract="A new version says something else.")
        history.see([newer], dt.date(2024, 6, 16))
    podcast("newsletter", SLUG)
    assert "something else" not in newsletter(podcast).read_text("utf-8")


@pytest.mark.usefixtures("arxiv")
def test_a_finished_newsletter_needs_no_network(podcast: Podcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even where its list has an id that nobody knows."""
    podcast("make", "week")
    monkeypatch.setenv("ARXIV_API_URL", "http://127.0.0.1:9/api/query")
    text = newsletter(podcast).read_text("utf-8")
    newsletter(podcast).write_text(text.replace("Welcome", "Hello and welcome"), "utf-8")
    with picks(podcast).open("a", encoding="utf-8") as file:
        file.write("- [x] 2401.99999\n- [ ] write a greeting\n")
    assert podcast("script", SLUG).exit_code == 0


@pytest.mark.usefixtures("arxiv")
def test_a_dry_run_of_other_ticks_goes_as_the_real_one(podcast: Podcast) -> None:
    """And leaves everything as it is."""
    podcast("make", "week")
    text = picks(podcast).read_text("utf-8")
    picks(podcast).write_text(text.replace("- [ ]", "- [x]", 1), "utf-8")
    before = newsletter(podcast).read_bytes()
    ran = podcast("make", SLUG, "--dry-run", "--json")
    assert ran.exit_code == 0, ran.stderr
    assert json.loads(ran.stdout)["clips_to_speak"] > 0
    assert newsletter(podcast).read_bytes() == before


def test_a_title_does_not_choose_the_paper(podcast: Podcast, arxiv: Arxiv) -> None:
    """Whatever it says of ids, and with however many backslashes it ends."""
    for number, title in enumerate(
        ["arXiv:2301.00001 \\", "arXiv:2301.00001 \\\\", "](https://arxiv.org/abs/2301.00001)"]
    ):
        arxiv.records[number] = dataclasses.replace(WEEK[number], title=title)
    podcast("pick", "2406.00000", "2406.00001", "2406.00002")
    assert chosen(podcast) == ["2406.00000", "2406.00001", "2406.00002"]


def test_a_week_that_has_passed_is_searched_up_to_its_day(
    podcast: Podcast, arxiv: Arxiv, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Offered anew days later it has its own papers, not those of today."""
    podcast("pick")
    arxiv.records += [Record("2406.09999", "Too Late", "It is late.", published="2024-06-17T12:00:00Z")]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", JUNE_18)
    assert podcast("pick", "--slug", SLUG, "--force").exit_code == 0
    assert "Too Late" not in picks(podcast).read_text("utf-8")


@pytest.mark.usefixtures("arxiv")
def test_a_paper_that_arxiv_does_not_know_cannot_be_enriched(podcast: Podcast, tmp_path: Path) -> None:
    """It is named, and the others are; a text that was got once stays where it does not come again."""
    source = tmp_path / "newsletter.md"
    papers = "".join(f"## Paper {each}\n\narXiv:{each}\n\nRead it.\n\n" for each in ("2406.00000", "2401.99999"))
    source.write_text(f"# Papers of June 15, 2024\n\n{papers}")
    ran = podcast("script", source, "--enrich")
    assert ran.exit_code == 1
    assert "2401.99999" in ran.stderr
    kept = podcast.script().with_name("papers.json")
    found = json.loads(kept.read_text("utf-8"))
    found[0]["sections"].append({"title": "1 Method", "paragraphs": ["The method has 99 steps."]})
    kept.write_text(json.dumps(found), "utf-8")
    podcast("script", source, "--enrich")
    assert "99 steps" in kept.read_text("utf-8")
    kept.write_bytes(b"\xff\xfe")
    assert podcast("script", source).exit_code == 2
    assert podcast("script", source, "--enrich").exit_code == 1


@pytest.mark.usefixtures("arxiv")
def test_notes_know_where_a_pdf_is_told(podcast: Podcast, tmp_path: Path) -> None:
    """It has no address; its time is that of its own chapter."""
    path = tmp_path / "mine.pdf"
    path.write_bytes(whole_paper())
    podcast("make", path)
    podcast("notes", tmp_path / "vault")
    (note,) = (tmp_path / "vault").glob("*.md")
    chapters = json.loads((podcast.episode() / "episode.json").read_text())["segments"]
    start_s = next(each["start_ms"] for each in chapters if "Sorting" in each["title"]) // 1000
    assert f"seconds: {start_s}\n" in note.read_text("utf-8")
    assert start_s > 0


# ── what show.toml and flags say ────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("arxiv")
def test_terms_order_the_first_week(podcast: Podcast) -> None:
    """What has them stands on top, and says so."""
    settings = podcast.folder / "show.toml"
    settings.write_text(settings.read_text().replace('terms = ""', 'terms = "speech recognition"'))
    podcast("pick")
    first = next(line for line in picks(podcast).read_text("utf-8").split("\n") if line.startswith("- [x]"))
    assert "On Speech Recognition" in first
    assert "fits “speech recognition”" in first


def test_examples_order_the_first_week(podcast: Podcast, arxiv: Arxiv) -> None:
    """They are looked up once, wherever they are from, and are not offered themselves."""
    old = dataclasses.replace(paper(3), id="2301.00001", title="Folding of Proteins", published="2023-01-01T00:00:00Z")
    arxiv.records.append(old)
    settings = podcast.folder / "show.toml"
    settings.write_text(settings.read_text().replace('examples = ""', 'examples = "2301.00001, 2406.00008"'))
    podcast("pick")
    first = next(line for line in picks(podcast).read_text("utf-8").split("\n") if line.startswith("- [x]"))
    assert "On Protein Folding" in first
    assert "one of your examples" in first
    assert "2406.00008" not in chosen(podcast, ticked=None)
    asked = len(arxiv.asked)
    podcast("pick", "--force")
    assert not any("2301.00001" in str(each.fields) for each in arxiv.asked[asked:])


@pytest.mark.usefixtures("arxiv")
def test_another_writer_writes_a_newsletter_anew(podcast: Podcast, model: Service) -> None:
    """Where it is named; its level and style are those of show.toml."""
    settings = podcast.folder / "show.toml"
    settings.write_text(settings.read_text().replace('style = ""', 'style = "Mention bees."'))
    podcast("pick")
    podcast("newsletter", SLUG)
    assert "by extractive" in newsletter(podcast).read_text("utf-8")
    assert not model.asked
    podcast("newsletter", SLUG, "--writer", "openai", "--max-cost", "9")
    assert "by openai" in newsletter(podcast).read_text("utf-8")
    assert all("Mention bees." in system(asked) for asked in model.asked)


@pytest.mark.usefixtures("arxiv")
def test_one_newsletter_at_a_time(podcast: Podcast) -> None:
    """Two things on one line are two newsletters, and a list has the name that it has."""
    podcast("pick")
    assert podcast("newsletter", SLUG, "2406.00001").exit_code == 2
    assert podcast("newsletter", SLUG, "--slug", "other").exit_code == 2
    assert podcast("pick", "notes.md").exit_code == 2


# ── a clock that is wrong ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("said", ["noon", "1e9", "9" * 30, "253402300799", "-62135596800"])
def test_a_time_that_is_none_is_refused(
    podcast: Podcast, arxiv: Arxiv, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    """A year that cannot be counted from among them; nothing is asked, nothing written."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", said)
    ran = podcast("pick")
    assert ran.exit_code == 2
    assert ran.stderr.startswith(f"SOURCE_DATE_EPOCH is '{said}'")
    assert "unset" in ran.stderr
    assert not arxiv.asked


@pytest.mark.parametrize("epoch", ["-1", "0", "200000000000"])
def test_on_a_day_without_papers_nothing_is_new(
    podcast: Podcast, arxiv: Arxiv, monkeypatch: pytest.MonkeyPatch, epoch: str
) -> None:
    """A clock of 1970 or of the year 8307 finds no papers, and says so."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    ran = podcast("pick")
    assert (ran.exit_code, arxiv.asked != []) == (1, True), ran.stderr
    assert ran.stderr.startswith("Nothing new: 0 papers found")


@pytest.mark.usefixtures("arxiv")
def test_a_clock_that_is_set_back_loses_no_week(podcast: Podcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of a week that was made before stays as it is, and its newsletter is made of it."""
    assert podcast("pick").exit_code == 0
    before = (podcast.script().parent / "picks.md").read_bytes()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert podcast("pick").exit_code == 1
    assert podcast("newsletter", "2024-06-15", "--quiet").exit_code in {0, 1}
    assert (podcast.script().parent / "newsletter.md").is_file()
    assert (podcast.script().parent / "picks.md").read_bytes() == before
