"""A history as CSV, out and in, and the lists that older scripts kept."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podcast.errors import InputError
from podcast.papers.exchange import export_csv, import_csv
from podcast.papers.history import open_history
from podcast.papers.taste.csv_rows import read_sheet, shielded, unshielded, write_sheet
from podcast.papers.taste.records import Counts
from podcast.types import Pick, Preprint, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podcast.papers.history import History

LISTS = Path(__file__).parent / "data" / "lists"
MONDAY, FRIDAY = dt.date(2024, 6, 10), dt.date(2024, 6, 14)
HEADER = "id,title,link,paper_date,date_added,kept"
SORTING = Preprint(
    "2406.00001",
    'Sorting,\n"Harder"; than\r it Looks',
    abstract="=2+2 is what it says.",
    authors=("Ada Lovelace", "@Paul Erdős"),
    categories=("cs.DS", "cs.CC"),
    published=dt.datetime(2024, 6, 1, 17, 59, 59, tzinfo=dt.UTC),
    version=2,
)
FORMULA = Preprint("2406.00002", "=HYPERLINK(“evil”)", abstract="Nobody was offered this.")
APOSTROPHE = Preprint("math/0309136", "'+1 for Bees")


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    """Return a history that has just begun."""
    with open_history(tmp_path / "papers.db") as opened:
        yield opened


@pytest.fixture
def other(tmp_path: Path) -> Iterator[History]:
    """Return another one."""
    with open_history(tmp_path / "other.db") as opened:
        yield opened


def fill(history: History) -> None:
    """Let two weeks pass."""
    history.see([FORMULA], MONDAY)
    history.offer("week-1", [Pick(SORTING), Pick(APOSTROPHE)], MONDAY)
    history.decide("week-1", [SORTING.id], FRIDAY)
    history.offer("week-2", [Pick(APOSTROPHE)], FRIDAY)


def listed(history: History, *lines: str, name: str = "papers.csv", on: dt.date | None = None) -> tuple[str, ...]:
    """Import these lines, and return what could not be read of them."""
    return import_csv(history, "\n".join(lines).encode(), name, on).problems


def kept(history: History) -> dict[str, bool]:
    """Say of each paper that was decided about whether it was kept."""
    return {verdict.id: verdict.kept for verdict in history.verdicts()}


# ── our own ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_history_goes_out_and_in_again(history: History, other: History) -> None:
    """Into an empty one it gives the same verdicts, and the same bytes when it goes out again."""
    fill(history)
    text = export_csv(history)
    imported = import_csv(other, text.encode(), "history.csv")
    assert imported.problems == ()
    assert imported.counts == Counts(seen=3, offered=2, kept=1, skipped=1) == other.counts() == history.counts()
    assert other.verdicts() == history.verdicts()
    assert other.offered_elsewhere("week-1") == {APOSTROPHE.id}
    assert export_csv(other) == text


def test_an_export_is_a_line_for_each_offer(history: History) -> None:
    """And for each paper that was never offered; by day, then by id."""
    fill(history)
    rows = list(csv.DictReader(io.StringIO(export_csv(history), newline="")))
    facts = [(row["id"], row["slug"], row["offered"], row["verdict"], row["decided"]) for row in rows]
    assert facts == [
        ("2406.00001", "week-1", "2024-06-10", "kept", "2024-06-14"),
        ("2406.00002", "", "", "", ""),
        ("math/0309136", "week-1", "2024-06-10", "skipped", "2024-06-14"),
        ("math/0309136", "week-2", "2024-06-14", "", ""),
    ]
    assert rows[0]["authors"] == "Ada Lovelace; '@Paul Erdős"  # which half of the world's spreadsheets split
    assert rows[0]["published"] == "2024-06-01T17:59:59Z"
    assert rows[1]["abstract"] == "", "of what was only seen the abstracts would be most of the file"


def test_no_field_is_a_formula(history: History) -> None:
    """A spreadsheet runs what begins like one."""
    fill(history)
    fields = [field for row in csv.reader(io.StringIO(export_csv(history), newline="")) for field in row]
    assert "'=HYPERLINK(“evil”)" in fields
    assert "'=2+2 is what it says." in fields
    assert "''+1 for Bees" in fields
    assert not [field for field in fields if field[:1] in tuple("=+-@\t\r")]


@given(st.text())
def test_an_apostrophe_before_a_formula_comes_off_again(text: str) -> None:
    """Whatever the field, also one that had such apostrophes before."""
    assert unshielded(shielded(text)) == text
    assert shielded(text)[:1] not in tuple("=+-@\t\r") or not text


@given(st.lists(st.tuples(st.text(st.characters(exclude_characters="\0", codec="utf-8")), st.just("x")), max_size=4))
def test_whatever_stands_in_a_field_is_read_back(rows: list[tuple[str, str]]) -> None:
    """Line ends, quotation marks and delimiters among it."""
    sheet = read_sheet(write_sheet(("a", "b"), rows).encode(), "x.csv")
    assert [(unshielded(row.fields["a"]), row.fields["b"]) for row in sheet.rows] == rows


def test_what_a_spreadsheet_changes_is_understood(history: History, other: History) -> None:
    """Dates become month/day/year, ids lose their last zeros, the delimiter becomes a semicolon."""
    history.offer("week-1", [Pick(Preprint("2406.10520", "Bees"))], MONDAY)
    history.decide("week-1", ["2406.10520"], FRIDAY)
    text = export_csv(history).replace("2406.10520", "2406.1052").replace(",", ";")
    text = text.replace("2024-06-10", "6/10/2024").replace("2024-06-14", "6/14/2024")
    assert import_csv(other, b"\xef\xbb\xbf" + text.encode(), "history.csv").problems == ()
    assert export_csv(other) == export_csv(history)


def test_importing_a_history_again_changes_nothing(history: History) -> None:
    """Not even into the one that it came from, which knows more."""
    fill(history)
    before = export_csv(history)
    import_csv(history, before.encode(), "history.csv")
    assert export_csv(history) == before
    assert history.preprints([SORTING.id, FORMULA.id]) == (SORTING, FORMULA)


def test_of_two_histories_the_later_word_counts(history: History, other: History) -> None:
    """Whichever is taken into the other."""
    for each, ids, day in ((history, [SORTING.id], MONDAY), (other, [], FRIDAY)):
        each.offer("week-1", [Pick(SORTING)], MONDAY)
        each.decide("week-1", ids, day)
    one, two = export_csv(history), export_csv(other)
    import_csv(history, two.encode(), "history.csv")
    import_csv(other, one.encode(), "history.csv")
    assert kept(history) == kept(other) == {SORTING.id: False}
    assert export_csv(history) == export_csv(other) == two


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("id", "2406.1 x", "'2406.1 x' is no arXiv id"),
        ("slug", "../..", "'../..' cannot be a slug"),
        ("verdict", "loved", "its verdict 'loved' is neither kept nor skipped"),
        ("first_seen", "2024-13-01", "its first_seen '2024-13-01' is no date"),
        ("decided", "", "its decided '' is no date"),
        ("published", "2024-06-01Tea", "its published '2024-06-01Tea' is no time"),
        ("published", "0001-01-01T00:00:00+23:00", "is no time"),
    ],
)
def test_a_row_that_cannot_be_meant_is_left_out(
    history: History, other: History, column: str, value: str, problem: str
) -> None:
    """With its line; the others are taken."""
    fill(history)
    rows = list(csv.DictReader(io.StringIO(export_csv(history), newline="")))
    rows[0][column] = value
    text = write_sheet(tuple(rows[0]), [tuple(row.values()) for row in rows])
    imported = import_csv(other, text.encode(), "history.csv")
    assert len(imported.problems) == 1
    assert imported.problems[0].startswith("history.csv, line 2: ")
    assert imported.problems[0].endswith(", so it was left out.")
    assert problem in imported.problems[0]
    assert other.counts() == Counts(seen=2, offered=1, skipped=1)


# ── older scripts' ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "order",
    [["papers_downloaded.csv", "papers_kept.csv"], ["papers_kept.csv", "papers_downloaded.csv"]],
    ids=lambda names: names[0],
)
def test_what_was_kept_of_what_was_downloaded_is_known_in_either_order(history: History, order: list[str]) -> None:
    """The rest of it was skipped; what is only in the list of the kept ones was offered, too."""
    for name in (*order, *order):
        assert import_csv(history, (LISTS / name).read_bytes(), name).problems == ()
    notes = next(verdict.id for verdict in history.verdicts() if verdict.title == "A Page of Notes")
    assert notes.startswith("pdf:"), "what is not on arXiv must not be taken for what is"
    assert history.verdicts() == (
        Verdict("2406.00001", "Sorting: Harder than it Looks", kept=False, date=MONDAY),
        Verdict("2406.00002", "Do Bees Optimise?", kept=True, date=MONDAY),
        Verdict(notes, "A Page of Notes", kept=True, date=dt.date(2024, 6, 11)),
        Verdict("2406.00003", "Nothing, New", kept=False, date=dt.date(2024, 6, 17)),
    )
    assert history.preprints(["2406.00001"])[0].published == dt.datetime(2024, 6, 3, tzinfo=dt.UTC)


def test_what_was_downloaded_is_skipped_until_it_is_known_to_be_kept(history: History) -> None:
    """A list of the kept ones, imported later, turns it."""
    import_csv(history, (LISTS / "papers_downloaded.csv").read_bytes(), "papers_downloaded.csv")
    assert kept(history) == {"2406.00001": False, "2406.00002": False, "2406.00003": False}
    import_csv(history, (LISTS / "papers_kept.csv").read_bytes(), "papers_kept.csv")
    assert kept(history)["2406.00002"]


def test_an_import_says_what_the_file_tells(history: History) -> None:
    """Whether or not that was known before."""
    data = (LISTS / "papers_downloaded.csv").read_bytes()
    told = Counts(seen=3, offered=3, kept=0, skipped=3)
    assert import_csv(history, data, "papers_downloaded.csv").counts == told
    assert import_csv(history, data, "papers_downloaded.csv").counts == told


def test_what_was_only_seen_is_no_verdict(history: History) -> None:
    """Older scripts kept a third list, of all that they found."""
    import_csv(history, (LISTS / "papers_downloaded.csv").read_bytes(), "papers_seen.csv")
    assert history.counts() == Counts(seen=3)


def test_a_list_saved_by_a_spreadsheet_is_understood(history: History) -> None:
    """Windows-1252, semicolons, month/day/year, ids without their outer zeros."""
    assert import_csv(history, (LISTS / "from_a_spreadsheet.csv").read_bytes(), "from_a_spreadsheet.csv").problems == ()
    assert history.verdicts() == (
        Verdict("0704.0001", "An Old One", kept=False, date=MONDAY),
        Verdict("2406.10520", "Schrödinger’s Cat – again", kept=True, date=MONDAY),
        Verdict("math/0309136", "A Much Older One", kept=False, date=dt.date(2024, 12, 1)),
    )


def test_a_list_of_titles_does_not_replace_what_is_known(history: History) -> None:
    """Before or after: what arXiv tells is better."""
    known, later = (
        Preprint("2406.00001", "Sorting", abstract="Known."),
        Preprint("2406.00003", "New", abstract="Known."),
    )
    history.see([known], FRIDAY)
    import_csv(history, (LISTS / "papers_downloaded.csv").read_bytes(), "papers_downloaded.csv")
    history.see([later], FRIDAY)
    titles = {preprint.id: (preprint.title, preprint.abstract) for preprint in history.preprints([known.id, later.id])}
    assert titles == {known.id: ("Sorting", "Known."), later.id: ("New", "Known.")}
    assert {record.first_seen for record in history.records() if record.preprint.id == known.id} == {MONDAY}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_lists_that_differ_the_longer_title_and_the_earlier_day_count(
    history: History, order: tuple[int, int]
) -> None:
    """Whichever is read first; what no list tells of, its version, is taken to be the first."""
    rows = ("2406.00001,Sorting,,2024-06-03,2024-06-14,true", "2406.00001,Sorting - Easy,,2024-06-04,2024-06-10,true")
    for number in order:
        listed(history, HEADER, rows[number])
    published = dt.datetime(2024, 6, 3, tzinfo=dt.UTC)
    assert history.preprints(["2406.00001"]) == (Preprint("2406.00001", "Sorting: Easy", published=published),)
    assert history.verdicts()[0].date == MONDAY


def test_a_later_verdict_here_outweighs_an_older_script(history: History) -> None:
    """Tastes change."""
    import_csv(history, (LISTS / "papers_kept.csv").read_bytes(), "papers_kept.csv")
    history.offer("2024-06-20", [Pick(Preprint("2406.00002", "Bees"))], dt.date(2024, 6, 20))
    assert "2406.00002" in history.offered_elsewhere("2024-06-20")
    history.decide("2024-06-20", [], dt.date(2024, 6, 20))
    assert not kept(history)["2406.00002"]


def test_rows_without_a_day_are_of_the_day_given(history: History) -> None:
    """Else of the paper's own; a row with neither is left out."""
    lines = ("title,link,paper_date", "Bees,arxiv.org/abs/2406.00002,2024-06-04", "Old,arxiv.org/abs/math/0309136,")
    assert listed(history, *lines, name="kept.csv") == ("kept.csv, line 3: it has no date, so it was left out.",)
    assert history.verdicts()[0].date == dt.date(2024, 6, 4)
    assert listed(history, *lines, name="kept.csv", on=FRIDAY) == ()
    assert kept(history) == {"2406.00002": True, "math/0309136": True}


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("2406.1234567,T,,,2024-06-10,true", "'2406.1234567' is no arXiv id"),
        ("2499.00001,T,,,2024-06-10,true", "'2499.00001' is no arXiv id"),
        ("2406.00001,T,https://arxiv.org/abs/2406.00002,,2024-06-10,true", "its id 2406.00001 and its link name diff"),
        (",T,ftp://example.org,,2024-06-10,true", "it has neither an arXiv id nor an address"),
        ("2406.00001, ,,,2024-06-10,true", "it has no title"),
        ("2406.00001,T,,,6/10/2024 9:30 AM,true", None),
        ("2406.00001,T,,,31/12/2024,true", "its date_added '31/12/2024' is no date"),
        ("2406.00001,T,,soon,2024-06-10,true", "its paper_date 'soon' is no date"),
        ("2406.00001,T,,,2024-06-10,perhaps", "under kept it has 'perhaps' instead of true or false"),
        ("2406.00001,T,,,2024-06-10", "it has 5 fields where the first line names 6"),
        ("2406.00001,T, and more,,,2024-06-10,true", "it has 7 fields where the first line names 6"),
        ('2406.00001,"T" and more,,,2024-06-10,true', "its quotation marks do not match"),
        ('2406.00001,"T,,,2024-06-10,true', "its quotation marks do not match"),
        (f"2406.00001,{'T' * 1_000_000},,,2024-06-10,true", "a field of it is far too long"),
        (f"{'9' * 1_000},T,,,2024-06-10,true", "9…' is no arXiv id"),
    ],
    ids=lambda text: str(text)[:40],
)
def test_a_broken_row_spoils_only_itself(history: History, row: str, problem: str | None) -> None:
    """Whatever is wrong with it: it is named by its line, and those around it are taken."""
    good = "2406.0000{0},Good,https://arxiv.org/abs/2406.0000{0},2024-06-01,2024-06-10,{1}"
    problems = listed(history, HEADER, good.format(8, "true"), "", row, good.format(9, "false"))
    assert [text.startswith("papers.csv, line 4: ") for text in problems] == ([True] if problem else [])
    assert (problem or "") in "".join(problems)
    assert all(len(text) < 200 for text in problems)
    assert {"2406.00008": True, "2406.00009": False}.items() <= kept(history).items()


def test_a_line_that_spreads_over_several_is_named_by_its_first(history: History) -> None:
    """As an editor counts them, whatever ends them."""
    text = f'{HEADER}\r\n2406.00001,"A\r\nB",,,2024-06-10,true\r\n2406.00002,"C\r\nD",,,never,true\r\n'
    imported = import_csv(history, text.encode(), "papers.csv")
    assert [problem[:20] for problem in imported.problems] == ["papers.csv, line 4: "]


def test_a_thousand_broken_rows_are_not_a_thousand_lines(history: History) -> None:
    """The first ones are named, the rest counted."""
    problems = listed(history, HEADER, *(["x,T,,,2024-06-10,true"] * 1000))
    assert len(problems) == 51
    assert problems[-1] == "papers.csv: 950 more lines could not be read and were left out."


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "its first line does not name the columns of a list of papers"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "its first line does not name"),
        (b'{"id": "2406.00001", "title": "Bees"}', "its first line does not name"),
        (b'"title,link', "its first line does not name"),
        (b"x" * 1_000_000, "its first line does not name"),
        (b"title,link\n\0", "byte 11 is NUL, so this is no CSV"),
        ("title,link".encode("utf-16"), "is NUL, so this is no CSV"),
        (b"title,link\nBees\x81", "byte 15 is neither UTF-8 nor Windows-1252"),
        (b"title,link\nBees,arxiv.org/abs/2406.00002", "neither a column kept nor the file's name says"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_no_list_of_papers_is_refused_in_a_sentence(history: History, data: bytes, message: str) -> None:
    """With the file's name, and nothing of it is taken."""
    with pytest.raises(InputError) as raised:
        import_csv(history, data, "lists of kept things/papers.csv")
    assert str(raised.value).startswith("lists of kept things/papers.csv: ")
    assert message in str(raised.value)
    assert len(str(raised.value)) < 300
    assert history.counts() == Counts()


def test_a_list_that_is_far_too_long_is_refused(history: History) -> None:
    """Before any of it is read."""
    with pytest.raises(
        InputError, match=r"this has 200 MB and 0 lines; a list of papers has at most 100 MB and 1000000"
    ):
        import_csv(history, bytes(200_000_000), "papers_seen.csv")
    with pytest.raises(InputError, match=r"this has 2 MB and 2000000 lines; .* Split it\."):
        import_csv(history, b"\n" * 2_000_000, "papers_seen.csv")


# ── an author's own ─────────────────────────────────────────────────────────────────────────────────────


def test_a_real_list_is_taken_whole(real_data: Path, history: History, other: History) -> None:
    """Its 1140 rows are 1080 papers: some came twice, and what was kept once is kept."""
    data = (real_data / "ranking" / "labelled_titles.csv").read_bytes()
    rows = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    imported = import_csv(history, data, "labelled_titles.csv")
    assert imported.problems == ()
    kept_links = {row["id"] or row["link"] for row in rows if row["kept"] == "true"}
    assert imported.counts == history.counts() == Counts(1080, 1080, len(kept_links), 1080 - len(kept_links))
    text = export_csv(history)
    import_csv(other, text.encode(), "history.csv")
    assert export_csv(other) == text
    assert other.verdicts() == history.verdicts()


@pytest.mark.parametrize("order", [("downloaded", "kept"), ("kept", "downloaded")])
def test_a_real_list_in_two_files_comes_to_the_same(
    real_data: Path, history: History, other: History, order: tuple[str, str]
) -> None:
    """As its author's scripts kept it."""
    data = (real_data / "ranking" / "labelled_titles.csv").read_bytes()
    rows = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    columns = {"title": "Title", "link": "ArXiv Link", "paper_date": "Paper Date", "date_added": "Date Added"}
    for kind in order:
        lines = [[row[name] for name in columns] for row in rows if kind == "downloaded" or row["kept"] == "true"]
        imported = import_csv(history, write_sheet(tuple(columns.values()), lines).encode(), f"papers_{kind}.csv")
        assert imported.problems == ()
    import_csv(other, data, "labelled_titles.csv")
    assert history.verdicts() == other.verdicts()
    assert export_csv(history) == export_csv(other)
