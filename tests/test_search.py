"""From arXiv's API to preprints, against an arXiv on this machine that has bad days."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from arxiv_server import FAULTS, OUTSIDE, Arxiv, Record, arxiv_server, entry, listing, read_records, sends
from conftest import at_most
from hypothesis import given
from hypothesis import strategies as st

from podcast.errors import InputError, OutsideError
from podcast.outside import atom
from podcast.outside.arxiv_api import OWN_ADDRESS, Archive, Limits, RefusedError
from podcast.outside.pace import Pace
from podcast.papers.query import matches, query_for
from podcast.papers.search import is_withdrawn, look_up, search_week
from podcast.show import ArxivSettings
from podcast.types import Preprint

if TYPE_CHECKING:
    from collections.abc import Iterator

SINCE, UNTIL = dt.datetime(2024, 6, 8, tzinfo=dt.UTC), dt.datetime(2024, 6, 15, tzinfo=dt.UTC)
SETTINGS = ArxivSettings()


class Time:
    """A clock that goes on only while somebody sleeps."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        """Let so much time go by."""
        self.now_s += seconds
        self.slept.append(seconds)


@pytest.fixture
def time() -> Time:
    """Return a clock."""
    return Time()


@pytest.fixture
def arxiv() -> Iterator[Arxiv]:
    """Return an arXiv with 250 papers of one week."""
    with arxiv_server(papers(250)) as server:
        yield server


def papers(count: int) -> list[Record]:
    """Make papers, a minute apart."""
    return [
        Record(f"2406.{number:05}", f"Title {number}", published=f"2024-06-10T{number // 60:02}:{number % 60:02}:00Z")
        for number in range(count)
    ]


def archive_at(arxiv: Arxiv, time: Time | None = None, **limits: Any) -> Archive:
    """Open a door whose waiting takes no time."""
    time = time or Time()
    return Archive(
        arxiv.address, limits=Limits(**limits), clock=lambda: time.now_s, sleep=time.sleep, chance=lambda: 0.5
    )


def ids_of(found: Any) -> list[str]:
    """Ids of what was found, in their order."""
    return [preprint.id for preprint in found.preprints]


# ── a week ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_week_comes_whole_and_newest_first(arxiv: Arxiv) -> None:
    """Page by page, from its first minute on, and nothing of other weeks and categories."""
    arxiv.records += [
        Record("2406.90001", published="2024-06-08T00:01:00Z"),
        Record("2406.90002", published="2024-06-07T23:59:00Z"),
        Record("2406.90003", published="2024-06-15T00:01:00Z"),
        Record("2406.90004", categories=("math.GT",)),
    ]
    found = search_week(archive_at(arxiv), SETTINGS, SINCE, UNTIL)
    assert ids_of(found) == [*(record.id for record in reversed(arxiv.records[:250])), "2406.90001"]
    assert (found.problems, found.complete) == ((), True)
    assert [asked.fields["start"] for asked in arxiv.asked] == ["0", "90", "180"]
    assert {asked.headers["user-agent"] for asked in arxiv.asked} == {"paper-podcast"}


def test_an_entry_is_read_with_all_that_it_says(arxiv: Arxiv) -> None:
    """Whitespace is one blank, the primary category is the first, times are in UTC."""
    arxiv.records[:] = [
        Record(
            "2406.00001", "A\n  Title with $O(n^2)$ <b> & \\emph{more}", "  One.\n\n  Two. ", ("Ada\n Lovelace", "Bo"),
            ("cs.LG", "cs.CL"), "2024-06-10T12:00:00Z", "2024-06-12T12:00:00+02:00", 3, "12 pages\n",
        )
    ]  # fmt: skip
    (preprint,) = search_week(archive_at(arxiv), SETTINGS, SINCE, UNTIL).preprints
    assert preprint == Preprint(
        "2406.00001", "A Title with $O(n^2)$ <b> & \\emph{more}", "One. Two.", ("Ada Lovelace", "Bo"),
        ("cs.LG", "cs.CL"), dt.datetime(2024, 6, 10, 12, tzinfo=dt.UTC), dt.datetime(2024, 6, 12, 10, tzinfo=dt.UTC),
        3, "12 pages",
    )  # fmt: skip


def test_characters_that_do_something_are_taken_out(arxiv: Arxiv) -> None:
    """Raw ones that XML forbids, references to them, others that it lets through, and marks that turn writing round."""
    arxiv.records[:] = [Record("2406.00001", "A\x07B \x9b31mC \u202eD&#x1b;E", "x\x00y&#0;z\x7f")]
    arxiv.faults[:] = [sends(listing([entry(arxiv.records[0]).replace("&amp;#", "&#")], 1))]
    (preprint,) = search_week(archive_at(arxiv), SETTINGS, SINCE, UNTIL).preprints
    assert (preprint.title, preprint.abstract) == ("AB 31mC DE", "xyz")


def test_a_paper_that_comes_twice_is_there_once_in_its_newest_version(arxiv: Arxiv) -> None:
    """Whichever came first."""
    versions = [dataclasses.replace(arxiv.records[0], version=version) for version in (1, 3, 2)]
    arxiv.records[:] = versions
    (preprint,) = search_week(archive_at(arxiv), SETTINGS, SINCE, UNTIL).preprints
    assert preprint.version == 3


def test_a_listing_that_moves_loses_nothing(arxiv: Arxiv) -> None:
    """New papers push an entry onto the next page, others that go pull it onto the one before."""
    kept = {record.id for record in arxiv.records[:240]}
    fresh = [Record(f"2406.8000{number}", published="2024-06-11T00:00:00Z") for number in range(4)]
    before = arxiv.records[:]
    states = iter([before, before + fresh, before[:246] + fresh])

    def change(server: Arxiv) -> None:
        server.records[:] = next(states)

    arxiv.before_answer = change
    found = search_week(archive_at(arxiv), SETTINGS, SINCE, UNTIL)
    assert kept <= set(ids_of(found))
    assert len(ids_of(found)) == len(set(ids_of(found)))
    assert found.complete


def test_a_page_that_is_shorter_than_asked_for_loses_nothing(arxiv: Arxiv) -> None:
    """The next one begins where it ended."""
    entries = [entry(record) for record in reversed(arxiv.records)]
    arxiv.faults[:] = [sends(listing(entries[:93], 250))]
    found = search_week(archive_at(arxiv), SETTINGS, SINCE, UNTIL)
    assert (len(found.preprints), found.problems) == (250, ())


@pytest.mark.parametrize("count", [1, 5, 99, 100, 150, 250])
def test_a_paper_that_is_counted_but_not_listed_is_said(arxiv: Arxiv, time: Time, count: int) -> None:
    """At once: arXiv does not list it next time either."""
    arxiv.records[:] = arxiv.records[:count]
    arxiv.uncounted = 1
    found = search_week(archive_at(arxiv, time), SETTINGS, SINCE, UNTIL)
    assert (len(found.preprints), found.complete, time.slept) == (count, True, [])
    assert found.problems == (f"arXiv counts {count + 1} papers in this search but listed 1 fewer.",)


def test_the_same_page_again_and_again_ends(arxiv: Arxiv) -> None:
    """Whatever the server counts."""
    arxiv.faults[:] = [sends(listing([entry(record) for record in arxiv.records[:100]], 10**10))] * 9
    found = search_week(archive_at(arxiv), SETTINGS, SINCE, UNTIL)
    assert (len(found.preprints), found.complete, len(arxiv.asked)) == (100, False, 2)
    assert found.problems == (
        "Only 100 of 10000000000 papers of this search came: arXiv listed no others. Run the same command again later.",
    )


def test_what_is_beyond_the_most_papers_is_named(arxiv: Arxiv) -> None:
    """The newest are taken, and nothing is asked for that would be thrown away."""
    found = search_week(archive_at(arxiv), ArxivSettings(most_papers=120), SINCE, UNTIL)
    assert ids_of(found) == [record.id for record in reversed(arxiv.records[130:])]
    assert found.problems == (
        (
            "This search finds 250 papers, of which the newest 120 were taken. "
            "Raise arxiv.most_papers in show.toml, or narrow the search."
        ),
    )
    assert (found.complete, len(arxiv.asked)) == (True, 2)


def test_as_many_as_the_most_papers_are_no_problem(arxiv: Arxiv) -> None:
    """At the edge."""
    assert not search_week(archive_at(arxiv), ArxivSettings(most_papers=250), SINCE, UNTIL).problems


def test_a_page_that_fails_keeps_those_before_it(arxiv: Arxiv) -> None:
    """The next search finds the rest."""
    arxiv.faults[:] = ["work", *["503"] * 20]
    found = search_week(archive_at(arxiv), SETTINGS, SINCE, UNTIL)
    assert (len(found.preprints), found.complete) == (100, False)
    (problem,) = found.problems
    assert re.fullmatch(
        r"Only 100 of 250 papers of this search came: 127\.0\.0\.1 failed \d+ times, lastly: "
        r"it answered with status 503\. Run the same command again later\.",
        problem,
    )


def test_an_empty_page_in_the_middle_is_asked_for_again(arxiv: Arxiv, time: Time) -> None:
    """ArXiv sends such by mistake, with or without the right count."""
    arxiv.faults[:] = ["work", "empty", "emptied", "work", "empty"]
    found = search_week(archive_at(arxiv, time), SETTINGS, SINCE, UNTIL)
    assert (len(found.preprints), found.problems, found.complete) == (250, (), True)
    assert time.slept == [3, 6, 3]


def test_a_week_without_a_paper_is_asked_for_twice(arxiv: Arxiv) -> None:
    """And is empty then."""
    arxiv.faults[:] = ["emptied"]
    assert len(search_week(archive_at(arxiv), SETTINGS, SINCE, UNTIL).preprints) == 250
    nothing = search_week(archive_at(arxiv), ArxivSettings("astro-ph"), SINCE, UNTIL)
    assert (nothing.preprints, nothing.problems, nothing.complete) == ((), (), True)


def test_a_withdrawn_paper_is_named_and_left_out(arxiv: Arxiv) -> None:
    """Nobody should tell of it."""
    arxiv.records[:] = [
        dataclasses.replace(arxiv.records[0], comment="Withdrawn: Theorem 2 is wrong"),
        arxiv.records[1],
    ]
    found = search_week(archive_at(arxiv), SETTINGS, SINCE, UNTIL)
    assert (ids_of(found), found.problems) == (
        ["2406.00001"],
        ("2406.00000 was withdrawn, as arXiv says: it is left out.",),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("This paper has been withdrawn by the authors.", True),
        ("This submission was temporarily withdrawn.", True),
        ("WITHDRAWN", True),
        ("Withdrawn by arXiv administrators", True),
        ("12 pages. This article is withdrawn due to an error in Lemma 3", True),
        ("We study how consent is withdrawn by patients.", False),
        ("We ask what happens to citations of those that were withdrawn.", False),
        ("Money withdrawn from accounts", False),
        ("12 pages, 3 figures", False),
        ("", False),
    ],
)
def test_a_paper_about_withdrawals_is_not_withdrawn(text: str, expected: bool) -> None:  # noqa: FBT001
    """Only one that says so of itself."""
    assert is_withdrawn(Preprint("2406.00001", "Title", comment=text)) is expected
    assert is_withdrawn(Preprint("2406.00001", "Title", text)) is expected


@pytest.mark.parametrize(
    "abstract", ["We study papers after a paper has been withdrawn.", "A model is used until it is withdrawn."]
)
def test_a_paper_that_tells_of_what_others_withdrew_is_kept(abstract: str) -> None:
    """An abstract says of its own paper that it is gone in its first words, or not at all."""
    assert not is_withdrawn(Preprint("2406.00001", "Title", abstract))


def test_a_search_that_ends_before_it_begins_is_refused(arxiv: Arxiv) -> None:
    """As with a clock that was set back."""
    with pytest.raises(InputError, match="Check this machine's clock"):
        search_week(archive_at(arxiv), SETTINGS, UNTIL, SINCE)
    assert not arxiv.asked


def test_progress_is_told(arxiv: Arxiv) -> None:
    """A search of minutes says how far it is."""
    events: list[Any] = []
    search_week(archive_at(arxiv), SETTINGS, SINCE, UNTIL, events.append)
    assert [(event.done, event.total) for event in events] == [(100, 250), (190, 250), (250, 250)]


# ── the query ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_query_has_categories_dates_and_terms() -> None:
    """Whole minutes in UTC; a bare archive is all of it."""
    settings = ArxivSettings("cs.CL, math.*, hep-th", "large language model, RAG", "survey")
    since = dt.datetime(2024, 6, 8, 1, 30, 30, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    assert query_for(settings, since, dt.datetime(2024, 6, 15, 0, 0, 1, tzinfo=dt.UTC)) == (
        "(cat:cs.CL OR cat:math.* OR cat:hep-th OR cat:hep-th.*) AND submittedDate:[202406072330 TO 202406150001]"
        ' AND (ti:"large language model" OR abs:"large language model" OR ti:"RAG" OR abs:"RAG")'
        ' ANDNOT (ti:"survey" OR abs:"survey")'
    )


@pytest.mark.parametrize(
    "term", ['x") OR cat:math.GT OR (ti:"', "a:b AND c", '"', "(", "\\", "ANDNOT", "*", "C++", "é_ü"]
)
def test_terms_cannot_change_a_query(arxiv: Arxiv, term: str) -> None:
    """Signs are taken out where papers are looked for; what is kept out by a term with signs is kept out here only."""
    arxiv.records[:] = [
        Record("2406.00001", f"On {term} today"),
        Record("2406.00002", f"{term}", categories=("math.GT",)),
    ]
    with_term, without = ArxivSettings("cs.CL", include=term), ArxivSettings("cs.CL", exclude=term)
    wanted = ids_of(search_week(archive_at(arxiv), with_term, SINCE, UNTIL))
    assert wanted == ["2406.00001"] or (term == '"' and not wanted)
    assert ids_of(search_week(archive_at(arxiv), without, SINCE, UNTIL)) == [
        i for i in ["2406.00001"] if i not in wanted
    ]


def test_many_terms_make_no_endless_address() -> None:
    """They are looked for here, then."""
    many = ArxivSettings(include=", ".join(f"a long term number {number}" for number in range(200)))
    assert query_for(many, SINCE, UNTIL).endswith("TO 202406150000]")


@pytest.mark.parametrize(
    ("include", "exclude", "expected"),
    [
        ("", "", True),
        ("retrieval", "", True),
        ("retriev", "", False),
        ("RAG", "", True),
        ("rag, nothing", "", True),
        ("nothing", "", False),
        ("in context learning", "", True),
        ("context learning in", "", False),
        ('"C++"', "", True),
        ("Erdo\u030bs", "", True),
        ("", "rag", False),
        ("", "ra", True),
        ("", "c++", False),
        ("", "in-context\u2010learning", False),
        ("retrieval", "RAG", False),
    ],
)
def test_terms_are_whole_words_of_title_or_abstract(include: str, exclude: str, expected: bool) -> None:  # noqa: FBT001
    """Whatever their case, and whether blanks or hyphens join them."""
    preprint = Preprint("2406.00001", "Retrieval: RAG for In-Context Learning", "We use RAG-like C++ and Erd\u0151s.")
    settings = ArxivSettings(include=include, exclude=exclude)
    assert matches(preprint, settings) is expected


# ── broken entries ──────────────────────────────────────────────────────────────────────────────────────

GOOD = entry(Record("2406.00009"))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("<title>A Title</title>", "", "arXiv sent 2406.00001 without a title: it is left out."),
        ("<title>A Title</title>", "<title> \x01</title>", "arXiv sent 2406.00001 without a title: it is left out."),
        ("<summary>An abstract.</summary>", "", "arXiv sent 2406.00001 without an abstract: it is left out."),
        (
            "<id>http://arxiv.org/abs/2406.00001v1</id>", "",
            "arXiv sent an entry titled “A Title” without an id: it is left out.",
        ),
        (
            "<id>http://arxiv.org/abs/2406.00001v1</id>", "<id>http://arxiv.org/abs/../../etc/passwd</id>",
            ("arXiv sent an entry titled “A Title” with the id “http://arxiv.org/abs/../../etc/passwd”, which is none "
            "of arXiv's: it is left out."),
        ),
        (
            "<published>2024-06-10T12:00:00Z", "<published>yesterday",
            "arXiv sent 2406.00001 with “yesterday” where a date should be: it is left out.",
        ),
        (
            "<published>2024-06-10T12:00:00Z", "<published>0001-01-01T00:00:00+14:00",
            "arXiv sent 2406.00001 with “0001-01-01T00:00:00+14:00” where a date should be: it is left out.",
        ),
        (
            "<updated>2024-06-10T12:00:00Z</updated>", "",
            "arXiv sent 2406.00001 without the date when it was updated: it is left out.",
        ),
        (
            "An abstract.", "x" * 20_001,
            "arXiv sent 2406.00001 with an abstract of 20,001 characters: it is left out.",
        ),
        ("<title>", "<title><<&nbsp;", "arXiv sent 2406.00001 as broken XML: it is left out."),
    ],
)  # fmt: skip
def test_a_broken_entry_is_named_and_the_rest_is_used(arxiv: Arxiv, old: str, new: str, problem: str) -> None:
    """One sentence for each, and no other paper is missed."""
    broken = entry(Record("2406.00001")).replace(old, new)
    arxiv.faults[:] = [sends(listing([GOOD, broken], 2))]
    found = search_week(archive_at(arxiv), SETTINGS, SINCE, UNTIL)
    assert (ids_of(found), found.problems, found.complete) == (["2406.00009"], (problem,), True)


def test_a_page_of_nothing_but_broken_entries_is_no_end(arxiv: Arxiv) -> None:
    """What is behind it comes, too."""
    for number in range(150, 250):
        arxiv.records[number] = dataclasses.replace(arxiv.records[number], title="")
    found = search_week(archive_at(arxiv), SETTINGS, SINCE, UNTIL)
    assert (len(found.preprints), len(found.problems), found.complete) == (150, 100, True)


def test_markup_within_a_text_is_no_end_of_it(arxiv: Arxiv) -> None:
    """Tags and comments go, words stay."""
    marked = GOOD.replace("A Title", "A <b>bold</b><!-- aside --> title")
    arxiv.faults[:] = [sends(listing([marked], 1))]
    (preprint,) = search_week(archive_at(arxiv), SETTINGS, SINCE, UNTIL).preprints
    assert preprint.title == "A bold title"


# ── bad days ────────────────────────────────────────────────────────────────────────────────────────────

PASSING = {
    "429": "answered with status 429", "429 for 7 s": "answered with status 429", "500": "answered with status 500",
    "503": "answered with status 503", "503 for 5 s": "answered with status 503",
    "empty": "sent an empty page where papers should be", "nothing": "sent nothing",
    "cut": "broke off in the middle of its answer", "ends early": "sent a listing that breaks off",
    "page": "sent text/html instead of a listing", "page as atom": "sent a web page instead of a listing",
    "json": "sent application/json instead of a listing", "other xml": "sent XML that is no listing",
    "not well-formed": "sent a listing that is not well-formed XML",
    "without a total": "sent a listing that does not say how many papers there are",
    "latin-1": "sent a listing that is not in UTF-8", "utf-16": "sent a listing that is not in UTF-8",
    "utf-7": "sent a listing that is not in UTF-8", "reset": "broke the connection",
    "hang": "said nothing for 0.2 s", "slow body": "took longer than 0.4 s to answer",
    "slow headers": "took longer than 0.4 s to answer",
}  # fmt: skip
LASTING = {
    "400": "127.0.0.1 does not accept what it was asked: start must be an integer. Check [arxiv] in show.toml.",
    "200 with an error": (
        "127.0.0.1 does not accept what it was asked: incorrect id format for abc. Check [arxiv] in show.toml."
    ),
    "403": "127.0.0.1 refused with status 403. Try again in an hour: it may have had enough of requests.",
    "404": "127.0.0.1 refused with status 404. Check ARXIV_API_URL.",
    "503 for an hour": "127.0.0.1 asks to be left alone for 60 minutes. Run the same command again then.",
    "endless": "127.0.0.1 sent more than 1,000,000 bytes. Check ARXIV_API_URL.",
    "circle": "127.0.0.1 sends requests round in circles. Check ARXIV_API_URL, or try again later.",
    "elsewhere": "127.0.0.1 leads to where nothing can be asked. Check ARXIV_API_URL, or try again later.",
} | dict.fromkeys(
    ("laughs", "laughs in utf-16", "outside"),
    "127.0.0.1 sent a listing with a DTD in it, which can hold harmful entities and was not read. "
    "Check ARXIV_API_URL, or try again later.",
)  # fmt: skip


@pytest.mark.parametrize("fault", PASSING)
def test_what_may_pass_is_tried_again(arxiv: Arxiv, time: Time, fault: str) -> None:
    """A bad answer does not cost a week."""
    arxiv.faults[:] = [fault]
    hurried = {"hang": {"read_s": 1}, "slow body": {"total_s": 1}, "slow headers": {"total_s": 1}}.get(fault, {})
    assert archive_at(arxiv, time, **hurried).search("cat:cs.CL", size=10).total == 250
    assert time.slept == [{"429 for 7 s": 7, "503 for 5 s": 5}.get(fault, 3)]


@pytest.mark.parametrize("fault", PASSING)
def test_what_does_not_pass_is_named(arxiv: Arxiv, fault: str) -> None:
    """Once patience is at its end: what, where, how often, and what to do."""
    arxiv.faults[:] = [fault] * 20
    hurried: dict[str, Any] = {"read_s": 0.2} if fault == "hang" else {"total_s": 0.4} if "slow" in fault else {}
    with pytest.raises(OutsideError) as caught:
        archive_at(arxiv, patience_s=12, **hurried).search("cat:cs.CL", size=10)
    times = "2 times" if fault == "429 for 7 s" else "3 times"
    assert str(caught.value) == (
        f"127.0.0.1 failed {times}, lastly: it {PASSING[fault]}. Run the same command again later."
    )


@pytest.mark.parametrize("fault", LASTING)
def test_what_will_not_pass_is_said_at_once(arxiv: Arxiv, time: Time, fault: str) -> None:
    """A second question would get the same answer, or do harm; none takes long or reads more than it must."""
    arxiv.faults[:] = [fault] * 20
    with at_most(30), pytest.raises(OutsideError) as caught:
        archive_at(arxiv, time, most_bytes=1_000_000).search("cat:cs.CL", size=10)
    assert str(caught.value) == LASTING[fault]
    assert isinstance(caught.value, RefusedError) is (fault in {"400", "200 with an error"})
    assert not time.slept


def test_every_bad_day_is_tried() -> None:
    """None of the server's is forgotten here."""
    assert set(FAULTS) == {*PASSING, *LASTING, "work", "moved", "emptied"}


def test_entities_of_any_kind_are_not_read(arxiv: Arxiv) -> None:
    """Not of a DTD without a DOCTYPE either, nor of a doctype in small letters or behind a comment."""
    harmful = [b"<!ENTITY a 'b'>", b"<!-- x --><!doctype feed>", OUTSIDE.decode().encode("utf-16-be")]
    for content in harmful:
        arxiv.faults[:] = [sends(content + listing([], 0))]
        with pytest.raises(OutsideError, match="with a DTD in it"):
            archive_at(arxiv).search("cat:cs.CL")


@given(st.binary(max_size=200), st.integers(0, 2000), st.sampled_from(["replaced", "put in", "ends"]))
def test_whatever_comes_is_a_listing_or_not(noise: bytes, place: int, how: str) -> None:
    """A good answer with noise in it is read or refused, and what was read can be read again."""
    good = listing([entry(Record("2406.00001")), GOOD], 2)
    behind = {"replaced": good[place + len(noise) :], "put in": good[place:], "ends": b""}[how]
    try:
        feed = atom.read(good[:place] + noise + behind, "application/atom+xml")
    except (atom.UnusableError, atom.ComplainedError):
        return
    assert feed.whole <= feed.given <= feed.whole + len(feed.problems)
    assert atom.read(feed.content, "").whole == feed.whole


def test_waits_grow_and_end(arxiv: Arxiv, time: Time) -> None:
    """Twice as long each time, a minute at most, and about four minutes in all."""
    arxiv.faults[:] = ["503"] * 20
    with pytest.raises(OutsideError, match="failed 8 times"):
        archive_at(arxiv, time).search("cat:cs.CL")
    assert time.slept == [3, 6, 12, 24, 48, 60, 60]


def test_an_unreachable_server_is_given_up_soon(time: Time) -> None:
    """Most often it is one's own network, and nobody wants to wait for minutes to hear that."""
    with arxiv_server() as gone:
        pass
    with pytest.raises(OutsideError, match=r"it could not be reached\. Check the network, then try again\."):
        archive_at(gone, time).search("cat:cs.CL")
    assert sum(time.slept) <= 24


def test_a_server_that_moved_is_followed(arxiv: Arxiv) -> None:
    """With the same manners."""
    arxiv.faults[:] = ["moved"]
    assert archive_at(arxiv).search("cat:cs.CL", size=10).given == 10
    assert [asked.path for asked in arxiv.asked] == ["/api/query", "/moved/api/query"]


def test_every_request_waits_for_its_turn(arxiv: Arxiv, time: Time, tmp_path: Path) -> None:
    """Pages, repetitions and redirects alike: arXiv asks for three seconds between any two."""
    pace = Pace("arxiv", folder=tmp_path, clock=lambda: time.now_s, sleep=time.sleep)
    arxiv.faults[:] = ["work", "moved", "work", "work"]
    archive = Archive(arxiv.address, pace, clock=lambda: time.now_s, sleep=time.sleep)
    search_week(archive, SETTINGS, SINCE, UNTIL)
    assert (len(arxiv.asked), time.slept) == (4, [3, 3, 3])


# ── where it is ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_address_is_arxiv_s_unless_the_environment_names_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """And one that is given counts before both."""
    monkeypatch.delenv("ARXIV_API_URL", raising=False)
    assert Archive().address == OWN_ADDRESS
    monkeypatch.setenv("ARXIV_API_URL", "http://127.0.0.1:9/api/query")
    assert Archive().address == "http://127.0.0.1:9/api/query"
    assert Archive("http://localhost:9/x").host == "localhost"


def test_no_proxy_is_asked_for_the_way_to_this_machine(arxiv: Arxiv, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the environment says: none leads back here."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert archive_at(arxiv).search("cat:cs.CL", size=10).given == 10


@pytest.mark.parametrize(
    "address",
    [
        "arxiv", "export.arxiv.org/api/query", "ftp://arxiv.org/api", "file:///etc/passwd", "https://", "https://[x/y",
        "https://me:secret@arxiv.org/api", "https://arxiv.org/api?x=y", "https://arxiv.org/{0}", "https://a:99999/b",
        "https://a b/c",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """Before anything is asked, and without showing a password."""
    monkeypatch.setenv("ARXIV_API_URL", address)
    with pytest.raises(
        InputError, match=r"ARXIV_API_URL is '.*' but should be an address like https://export"
    ) as caught:
        Archive()
    assert "secret" not in str(caught.value)


# ── by id ───────────────────────────────────────────────────────────────────────────────────────────────


def test_papers_come_in_the_order_of_their_ids_and_in_batches(arxiv: Arxiv) -> None:
    """Each once, however it is written."""
    ids = [record.id for record in arxiv.records][::-2]
    found = look_up(archive_at(arxiv), [*ids, f"https://arxiv.org/abs/{ids[0]}", f"arXiv:{ids[1]}"])
    assert (ids_of(found), found.problems, found.complete) == (ids, (), True)
    assert [len(asked.fields["id_list"].split(",")) for asked in arxiv.asked] == [50, 50, 25]


def test_a_version_is_kept(arxiv: Arxiv) -> None:
    """The one that was asked for, else the newest."""
    arxiv.records[:2] = [dataclasses.replace(record, version=3) for record in arxiv.records[:2]]
    found = look_up(archive_at(arxiv), ["2406.00000v2", "2406.00001"])
    assert [(preprint.id, preprint.version) for preprint in found.preprints] == [("2406.00000", 2), ("2406.00001", 3)]


def test_old_ids_are_found_however_they_are_written(arxiv: Arxiv) -> None:
    """With the class of their subject or without."""
    arxiv.records += [Record("math/0309136"), Record("quant-ph/0201082", version=2)]
    found = look_up(archive_at(arxiv), ["math.GT/0309136", "quant-ph/0201082v1"])
    assert ids_of(found) == ["math/0309136", "quant-ph/0201082"]
    arxiv.faults[:] = [sends(listing([entry(Record("math.GT/0309136"))], 1))]
    assert ids_of(look_up(archive_at(arxiv), ["math/0309136"])) == ["math/0309136"]


def test_ids_that_nobody_has_are_named(arxiv: Arxiv) -> None:
    """Unknown papers, versions, and what is no id at all."""
    found = look_up(archive_at(arxiv), ["2406.00001v9", "0000.00000", "abc, d", "2406.00002"])
    assert ids_of(found) == ["2406.00002"]
    assert found.problems == (
        "'abc, d' is no arXiv id: check it.",
        "arXiv has no paper 2406.00001v9: check the id.",
        "arXiv has no paper 0000.00000: check the id.",
    )
    assert found.complete


def test_a_paper_that_arxiv_forgot_once_is_found(arxiv: Arxiv) -> None:
    """Nobody is told that there is no such paper after one empty answer."""
    arxiv.faults[:] = ["emptied"]
    found = look_up(archive_at(arxiv), ["2406.00001"])
    assert (ids_of(found), found.problems) == (["2406.00001"], ())


@pytest.mark.parametrize("says", ["which", "nothing"])
def test_an_id_that_spoils_a_batch_costs_no_other_paper(arxiv: Arxiv, says: str) -> None:
    """Whether arXiv says which one it dislikes or not."""
    arxiv.disliked |= {"2406.00007", "2406.00008v1"}
    arxiv.names_disliked = says == "which"
    ids = [record.id for record in arxiv.records[:20]]
    ids[8] += "v1"
    found = look_up(archive_at(arxiv), ids)
    assert ids_of(found) == [
        record.id for record in arxiv.records[:20] if record.id[-1:] not in "78" or record.id > "2406.00010"
    ]
    assert [problem.partition(" (")[0] for problem in found.problems] == [
        "arXiv does not accept the id 2406.00007", "arXiv does not accept the id 2406.00008v1",
    ]  # fmt: skip


def test_withdrawn_and_broken_papers_are_named(arxiv: Arxiv) -> None:
    """Once each, though they were asked for by name."""
    arxiv.records[0] = dataclasses.replace(arxiv.records[0], abstract="This paper has been withdrawn by its author.")
    arxiv.records[1] = dataclasses.replace(arxiv.records[1], title="")
    found = look_up(archive_at(arxiv), ["2406.00000", "2406.00001", "2406.00002"])
    assert ids_of(found) == ["2406.00002"]
    assert found.problems == (
        "arXiv sent 2406.00001 without a title: it is left out.",
        "2406.00000 was withdrawn, as arXiv says: it is left out.",
    )


def test_a_batch_that_fails_keeps_those_before_it(arxiv: Arxiv) -> None:
    """And says how many are missing; if the first fails, there is nothing to keep."""
    ids = [record.id for record in arxiv.records[:120]]
    arxiv.faults[:] = ["work", *["reset"] * 20]
    found = look_up(archive_at(arxiv), ids)
    assert (ids_of(found), found.complete) == (ids[:50], False)
    assert found.problems[0].startswith("70 of 120 papers were not looked up: 127.0.0.1 failed 8 times")
    arxiv.faults[:] = ["reset"] * 20
    with pytest.raises(OutsideError, match="it broke the connection"):
        look_up(archive_at(arxiv), ids)


def test_no_ids_ask_nothing(arxiv: Arxiv) -> None:
    """Nor do those that are none."""
    assert look_up(archive_at(arxiv), []).preprints == ()
    assert look_up(archive_at(arxiv), ["week", "notes.md"]).preprints == ()
    assert not arxiv.asked


# ── real papers ─────────────────────────────────────────────────────────────────────────────────────────


def test_recorded_answers_are_read_as_they_were_given(real_data: Path, arxiv: Arxiv) -> None:
    """Every one that arXiv really gave: all its entries, none called broken, and its refusal with the reason."""
    folder = real_data / "arxiv" / "atom"
    for recorded in json.loads((folder / "INDEX.json").read_text()):
        arxiv.faults[:] = [sends((folder / recorded["file"]).read_bytes(), status=recorded.get("status", 200))]
        start = int(recorded["startIndex"])
        if recorded.get("status", 200) == 400:
            with pytest.raises(RefusedError, match="incorrect id format for abc"):
                archive_at(arxiv).search("x", start)
            continue
        page = archive_at(arxiv).search("x", start, 100)
        assert (len(page.preprints), page.total, page.problems) == (
            recorded["entries"],
            int(recorded["totalResults"]),
            (),
        )
        assert [preprint.title for preprint in page.preprints[:1]] == recorded["first"]
        assert all(one.published and one.published.tzinfo and one.authors and one.categories for one in page.preprints)


def test_the_nastiest_papers_come_back_unchanged(real_data: Path, arxiv: Arxiv) -> None:
    """LaTeX, angle brackets, ampersands, quotes, 664 authors: only whitespace may differ."""
    arxiv.records[:] = read_records(real_data / "arxiv" / "nasty.jsonl")
    by_id = {record.id: record for record in arxiv.records}
    found = look_up(archive_at(arxiv), list(by_id))
    assert (len(found.preprints), found.problems) == (len(by_id), ())
    for preprint in found.preprints:
        record = by_id[preprint.id]
        assert preprint.title == " ".join(record.title.split())
        assert preprint.abstract == " ".join(record.abstract.split())
        assert preprint.authors == tuple(" ".join(name.split()) for name in record.authors)
    assert max(len(preprint.authors) for preprint in found.preprints) == 664


def test_a_real_week_from_the_server_as_a_program(real_data: Path) -> None:
    """What the server serves when it is started by hand; the number was counted from the data by other means."""
    data = real_data / "arxiv" / "abstracts_2024-06_2025-01.jsonl"
    expected = {
        record.id for record in read_records(data) if "2024-06-08T00:00" <= record.published[:16] <= "2024-06-15T00:00"
    }
    command = [sys.executable, str(Path(__file__).parent / "arxiv_server.py"), "--data", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ)) as server:
        assert server.stdout
        address = server.stdout.readline().strip().removeprefix("ARXIV_API_URL=")
        try:
            settings = ArxivSettings("cs.*, math, q-fin, eess, stat, physics, astro-ph, quant-ph, econ, q-bio, hep-th")
            found = search_week(Archive(address), settings, SINCE, UNTIL)
        finally:
            server.terminate()
    assert set(ids_of(found)) == expected
    assert len(expected) > 130
