"""From this week's arXiv to the feed: found, ranked, ticked, told, spoken; and what a person changes on the way."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import TYPE_CHECKING

import pytest
from arxiv_server import Record, arxiv_server
from pdf_maker import document
from week import JUNE_15, JUNE_18, JUNE_22, WEEK, chosen, highlighting_three, paper, picks, told, tree, whole_paper

from podcast.papers.history import open_history

if TYPE_CHECKING:
    from pathlib import Path

    from arxiv_server import Arxiv
    from conftest import Podcast


@pytest.fixture
def podcast(podcast: Podcast) -> Podcast:
    """Return a show that highlights three of ten papers."""
    return highlighting_three(podcast)


def test_a_week_goes_all_the_way_to_the_feed(podcast: Podcast, arxiv: Arxiv) -> None:
    """One command, no key."""
    ran = podcast("make", "week")
    assert ran.exit_code == 0, ran.stderr
    assert ran.stdout.splitlines()[-1] == str(podcast.episode() / "episode.mp3")
    assert len(chosen(podcast)) == 3
    assert len(chosen(podcast, ticked=None)) == 10
    highlights, rest = told(podcast)
    assert highlights == chosen(podcast)
    assert len(rest) == 4
    assert set(rest) <= set(chosen(podcast, ticked=False))
    script = podcast.script().read_text("utf-8")
    assert re.findall(r"<!-- paper: arXiv:(.*) -->", script) == highlights
    assert "[!check]" not in script
    assert "2024-06-15.mp3" in (podcast.folder / "feed" / "feed.xml").read_text("utf-8")
    assert (picks(podcast).parent / "newsletter.html").is_file()
    assert podcast("check").exit_code == 0
    assert arxiv.asked


def test_a_second_run_does_nothing_again(podcast: Podcast, arxiv: Arxiv) -> None:
    """Nothing is asked, offered or written; every byte stays."""
    podcast("make", "week")
    before, asked = tree(podcast), len(arxiv.asked)
    ran = podcast("make", "week")
    assert ran.exit_code == 0, ran.stderr
    assert "used as it stands" in ran.stderr
    assert tree(podcast) == before
    assert len(arxiv.asked) == asked


def test_nothing_is_offered_twice(podcast: Podcast, arxiv: Arxiv, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in the next week either, whatever version it has by then; what is new is."""
    podcast("pick")
    first = set(chosen(podcast, ticked=None))
    arxiv.records[:] = [dataclasses.replace(each, version=2) for each in WEEK]
    arxiv.records += [paper(number, day=17) for number in range(20, 25)]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", JUNE_18)
    ran = podcast("pick")
    assert ran.exit_code == 0, ran.stderr
    second = set(chosen(podcast, "2024-06-18", ticked=None))
    assert second
    assert not first & second
    assert {f"2406.{number:05}" for number in range(20, 25)} <= second


def test_a_week_without_anything_new_says_so(podcast: Podcast, arxiv: Arxiv) -> None:
    """And leaves no empty list behind."""
    arxiv.records.clear()
    ran = podcast("pick")
    assert ran.exit_code == 1
    assert "Nothing new" in ran.stderr
    assert not picks(podcast).exists()


@pytest.mark.usefixtures("arxiv")
def test_other_ticks_make_another_newsletter(podcast: Podcast) -> None:
    """Ticked papers are highlights, deleted ones are gone."""
    podcast("make", "week")
    first = chosen(podcast)
    others = chosen(podcast, ticked=False)
    text = picks(podcast).read_text("utf-8")
    lines = [line for line in text.split("\n") if others[-1] not in line]
    flipped = "\n".join(lines).replace("[x] [", "[~] [").replace("[ ] [", "[x] [").replace("[~] [", "[ ] [")
    picks(podcast).write_text(flipped, "utf-8")
    ran = podcast("newsletter", "2024-06-15")
    assert ran.exit_code == 0, ran.stderr
    highlights, rest = told(podcast)
    assert highlights == others[:-1]
    assert set(rest) == set(first)


def test_the_ticks_teach_the_ranking(podcast: Podcast, arxiv: Arxiv, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever keeps one subject finds it on top of the next week, with the reason."""
    podcast("pick")
    text = picks(podcast).read_text("utf-8").replace("- [x]", "- [ ]")
    picks(podcast).write_text(re.sub(r"- \[ \] (\[On Protein)", r"- [x] \1", text), "utf-8")
    assert podcast("newsletter", "2024-06-15").exit_code == 0
    with open_history(podcast.folder / "papers.db") as history:
        kept = {verdict.title for verdict in history.verdicts() if verdict.kept}
    assert kept
    assert all(title.startswith("On Protein") for title in kept)
    arxiv.records[:] = [paper(number, day=20) for number in range(40, 60)]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", JUNE_22)
    podcast("pick")
    first = next(line for line in picks(podcast, "2024-06-22").read_text("utf-8").split("\n") if "- [x]" in line)
    assert "On Protein Folding" in first
    assert "which you kept" in first


@pytest.mark.usefixtures("arxiv")
def test_a_week_that_ran_by_itself_teaches_nothing(podcast: Podcast) -> None:
    """What was ticked by the ranking is no judgement of the author."""
    podcast("make", "week")
    with open_history(podcast.folder / "papers.db") as history:
        assert not history.verdicts()


@pytest.mark.usefixtures("arxiv")
def test_an_edited_newsletter_is_never_overwritten(podcast: Podcast) -> None:
    """Its page is made of the edited words; --force writes it anew."""
    podcast("pick")
    podcast("newsletter", "2024-06-15")
    path = picks(podcast).parent / "newsletter.md"
    written = path.read_text("utf-8")
    path.write_text(written.replace("## Highlights", "A word of my own.\n\n## Highlights"), "utf-8")
    ran = podcast("newsletter", "2024-06-15")
    assert ran.exit_code == 0
    assert "edited by hand" in ran.stderr
    assert "A word of my own." in path.read_text("utf-8")
    assert "A word of my own." in path.with_suffix(".html").read_text("utf-8")
    assert podcast("newsletter", "2024-06-15", "--force").exit_code == 0
    assert path.read_text("utf-8") == written


def test_a_paper_that_a_person_writes_into_the_list_is_looked_up(podcast: Podcast, arxiv: Arxiv) -> None:
    """By address, whether or not the search found it."""
    arxiv.records.append(
        Record("2301.00001", "An Old Favourite", "We like it. It solves 3 problems.", published="2023-01-02T00:00:00Z")
    )
    podcast("pick")
    with picks(podcast).open("a", encoding="utf-8") as file:
        file.write("- [x] https://arxiv.org/abs/2301.00001\n- [ ] 9999.99999\n")
    ran = podcast("newsletter", "2024-06-15")
    assert ran.exit_code == 1
    assert "9999.99999" in ran.stderr
    assert "2301.00001" in told(podcast)[0]


def test_papers_by_name_make_one_episode(podcast: Podcast, arxiv: Arxiv, tmp_path: Path) -> None:
    """Ids, addresses and a list of them; what is unknown is named, and the others are made."""
    reading = tmp_path / "reading.txt"
    reading.write_text("# to read\n2406.00003 a study of mine\nhttps://arxiv.org/pdf/2406.00004v1\n")
    ran = podcast("make", "2406.00001", "https://arxiv.org/abs/2406.00002", reading, "2401.99999")
    assert ran.exit_code == 1
    assert "2401.99999" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert told(podcast) == ([f"2406.0000{number}" for number in range(1, 5)], [])
    assert (podcast.episode() / "episode.mp3").is_file()
    asked = len(arxiv.asked)
    assert podcast("make", *(f"2406.0000{number}" for number in range(1, 5))).exit_code == 0
    assert len(arxiv.asked) == asked, "what is there needs no network"
    again = podcast("make", "2406.00001", "--slug", "2024-06-15")
    assert again.exit_code == 2
    assert "--slug" in again.stderr


def test_highlights_are_told_from_their_whole_text(podcast: Podcast, arxiv: Arxiv) -> None:
    """Where there is no such text, it is said, and the abstract is used; the rest of the week is made."""
    arxiv.pdfs |= {
        "/pdf/2406.00000v1": whole_paper(),
        "/pdf/2406.00001v1": b"%PDF-1.7\nnothing else\n%%EOF\n",
        "/pdf/2406.00002v1": document([[]], trailer="/Encrypt 90 0 R", more={90: b"<< /Filter /Standard >>"}),
    }
    ran = podcast("newsletter", *(f"2406.0000{number}" for number in range(4)))
    assert ran.exit_code == 0, ran.stderr
    assert len([line for line in ran.stderr.splitlines() if "abstract is used" in line or "PDF" in line]) >= 3
    text = (picks(podcast).parent / "newsletter.md").read_text("utf-8")
    assert "**Method.** The method reads each list once and writes each element to its final place" in text
    assert "**Critique.** A limitation of the authors' method is that it only works for lists" in text
    assert "**Results.** In experiments it needs 21 percent less time than the best earlier method." in text
    assert told(podcast)[0] == [f"2406.0000{number}" for number in range(4)]
    asked = [each.path for each in arxiv.asked if "/pdf/" in each.path]
    podcast("newsletter", "2024-06-15", "--force")
    again = [each.path for each in arxiv.asked if "/pdf/" in each.path][len(asked) :]
    assert "/pdf/2406.00000v1" not in again


def test_papers_on_disk_become_an_episode(podcast: Podcast, arxiv: Arxiv, tmp_path: Path) -> None:
    """Each with a name of its own; one that cannot be read is named, and the others are made."""
    good, bad = tmp_path / "good.pdf", tmp_path / "bad.pdf"
    good.write_bytes(whole_paper())
    bad.write_bytes(b"%PDF-1.7\n%%EOF\n")
    ran = podcast("make", good, bad)
    assert ran.exit_code == 1
    assert "bad.pdf" in ran.stderr
    assert not arxiv.asked
    (kept,) = (picks(podcast).parent / "papers").glob("*.pdf")
    assert kept.read_bytes() == good.read_bytes()
    assert "On Sorting Lists, Part 0" in podcast.script().read_text("utf-8")
    good.unlink()
    assert podcast("newsletter", "2024-06-15", "--force").exit_code == 0


@pytest.mark.usefixtures("arxiv")
def test_a_list_may_name_pdfs_beside_it_and_names_the_line_that_is_wrong(podcast: Podcast, tmp_path: Path) -> None:
    """Nothing is made of a list with a line that nobody understands."""
    (tmp_path / "mine.pdf").write_bytes(whole_paper())
    reading = tmp_path / "reading.txt"
    reading.write_text("2406.00001\nmine.pdf\n")
    assert podcast("pick", reading, "--slug", "mine").exit_code == 0
    assert len(chosen(podcast, "mine")) == 2
    reading.write_text("2406.00001\n2406.00002\nthat one on bees\n")
    ran = podcast("make", reading)
    assert ran.exit_code == 2
    assert "reading.txt, line 3: 'that one on bees'" in ran.stderr


@pytest.mark.usefixtures("arxiv")
def test_a_missing_pdf_is_named_whatever_else_is_given(podcast: Podcast) -> None:
    """A slug or an id beside it changes nothing."""
    ran = podcast("script", "2406.00001", "nothere.pdf", "--slug", "p3")
    assert ran.exit_code == 1
    assert "nothere.pdf" in ran.stderr
    assert podcast.script("p3").is_file()


def test_a_pdf_on_a_dry_run_is_read_where_it_lies(podcast: Podcast, tmp_path: Path) -> None:
    """So that what it says is what a real run would say."""
    path = tmp_path / "mine.pdf"
    path.write_bytes(whole_paper())
    dry = json.loads(podcast("script", path, "--slug", "mine", "--dry-run", "--json").stdout)
    assert not podcast.script("mine").parent.exists()
    wet = json.loads(podcast("script", path, "--slug", "mine", "--json").stdout)
    assert dry["minutes"] == pytest.approx(wet["minutes"], rel=0.1)


def test_arxiv_that_sends_no_pdfs_is_not_asked_for_each(podcast: Podcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """After two failures in a row the others are told from their abstracts; what is kept is used all the same."""
    monkeypatch.setattr("podcast.papers.downloads._WAITS_S", ())
    monkeypatch.setenv("SOURCE_DATE_EPOCH", JUNE_15)
    with arxiv_server(WEEK) as server:
        monkeypatch.setenv("ARXIV_API_URL", server.address)
        server.pdfs["/pdf/2406.00003v1"] = whole_paper()
        assert podcast("newsletter", "2406.00003", "--slug", "first").exit_code == 0
        podcast("pick", *(f"2406.0000{number}" for number in range(5)), "--slug", "second")
    ran = podcast("newsletter", "second")
    assert ran.exit_code == 0, ran.stderr
    assert ran.stderr.count("its PDF did not come") == 2
    assert ran.stderr.count("sent none of the PDFs before") == 2
    assert "its final place in the output" in (picks(podcast, "second").parent / "newsletter.md").read_text("utf-8")


@pytest.mark.usefixtures("arxiv")
def test_what_a_person_changes_later_is_not_passed_over(podcast: Podcast) -> None:
    """A template makes the newsletter anew; beside an edited one it is said that ticks or newsletter differ."""
    podcast("make", "week")
    (podcast.folder / "templates").mkdir()
    (podcast.folder / "templates" / "goodbye.md").write_text("So long.\n")
    assert podcast("newsletter", "2024-06-15").exit_code == 0
    path = picks(podcast).parent / "newsletter.md"
    assert "So long." in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace("So long.", "So very long."), "utf-8")
    text = picks(podcast).read_text("utf-8")
    picks(podcast).write_text(text.replace("- [x]", "- [ ]", 1), "utf-8")
    assert "ticks or settings have changed since" in podcast("newsletter", "2024-06-15").stderr
    podcast("script", "2024-06-15")
    script = podcast.script()
    script.write_text(script.read_text("utf-8").replace("So very long.", "So very very long."), "utf-8")
    path.write_text(path.read_text("utf-8").replace("Welcome", "Hello and welcome"), "utf-8")
    assert "its newsletter has changed since" in podcast("script", "2024-06-15").stderr


def test_an_api_that_is_down_leaves_nothing_behind(podcast: Podcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """One clear sentence, exit code 3."""
    with arxiv_server() as server:
        address = server.address
    monkeypatch.setenv("ARXIV_API_URL", address)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", JUNE_15)
    monkeypatch.setattr("podcast.outside.arxiv_api.time.sleep", lambda _: None)
    ran = podcast("make", "week")
    assert ran.exit_code == 3
    assert len(ran.stderr.strip().splitlines()) <= 2
    assert not picks(podcast).parent.exists()


@pytest.mark.usefixtures("arxiv")
def test_a_dry_run_writes_nothing(podcast: Podcast) -> None:
    """It says what would be spoken."""
    before = sorted(path for path in podcast.folder.rglob("*") if ".podcast" not in path.parts)
    ran = podcast("make", "week", "--dry-run", "--json")
    assert ran.exit_code == 0, ran.stderr
    assert json.loads(ran.stdout)["minutes"] > 0
    after = sorted(path for path in podcast.folder.rglob("*") if ".podcast" not in path.parts)
    assert after == before


@pytest.mark.usefixtures("arxiv")
def test_notes_for_a_vault(podcast: Podcast, tmp_path: Path) -> None:
    """A note for each highlight, with its time in the episode; a changed one stays."""
    podcast("make", "week")
    vault = tmp_path / "vault"
    assert podcast("notes", vault).exit_code == 0
    notes = sorted(vault.glob("*.md"))
    assert len(notes) == 3
    assert all(re.search(r'^time: "\d+:\d\d"$', note.read_text("utf-8"), re.MULTILINE) for note in notes)
    notes[0].write_text(notes[0].read_text("utf-8") + "\nMy thoughts.\n", "utf-8")
    ran = podcast("notes", vault)
    assert "left alone" in ran.stderr
    assert notes[0].read_text("utf-8").endswith("My thoughts.\n")


@pytest.mark.usefixtures("arxiv")
def test_a_taste_moves_to_another_show(podcast: Podcast, tmp_path: Path) -> None:
    """As a table."""
    podcast("pick")
    podcast("newsletter", "2024-06-15")
    table = tmp_path / "papers.csv"
    assert podcast("history", "export", table).exit_code == 0
    assert podcast("init", tmp_path / "other").exit_code == 0
    assert podcast("history", "import", table, "--show", tmp_path / "other").exit_code == 0
    again = tmp_path / "again.csv"
    assert podcast("history", "export", again, "--show", tmp_path / "other").exit_code == 0
    assert again.read_bytes() == table.read_bytes()


def test_enriching_tells_a_newsletter_by_the_papers_own_text(podcast: Podcast, arxiv: Arxiv, tmp_path: Path) -> None:
    """What was found is kept beside the source, and is what findings are looked up in."""
    source = tmp_path / "newsletter.md"
    source.write_text("# Papers of June 15, 2024\n\n## On Sorting Lists, Part 0\n\narXiv:2406.00000\n\nRead it.\n")
    ran = podcast("script", source, "--enrich")
    assert ran.exit_code == 0, ran.stderr
    assert "20 percent less time" in podcast.script().read_text("utf-8")
    assert json.loads((podcast.script().parent / "papers.json").read_text())[0]["id"] == "2406.00000"
    asked = len(arxiv.asked)
    assert podcast("check", "2024-06-15").exit_code == 0
    assert podcast("script", source).exit_code == 0
    assert len(arxiv.asked) == asked


@pytest.mark.usefixtures("arxiv")
def test_the_doctor_knows_of_the_taste(podcast: Podcast) -> None:
    """How much was kept, or that what is there is no history."""
    assert "nothing yet" in podcast("doctor").stdout
    podcast("pick")
    podcast("newsletter", "2024-06-15")
    assert "3 papers kept, 7 skipped, 10 offered, 20 seen" in podcast("doctor").stdout
    (podcast.folder / "papers.db").write_bytes(b"garbage")
    ran = podcast("doctor")
    assert ran.exit_code == 1
    assert "papers.db" in ran.stdout
