"""The review of a script: what the page is told, what it may change, and who else may not."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import http.client
import io
import json
import re
import signal
import socket
import threading
import wave
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from conftest import Podcast, make_show
from hypothesis import given
from hypothesis import strategies as st
from listening import listening

from podcast.errors import InputError
from podcast.files import sha256_of
from podcast.outside import connections
from podcast.outside.server import Asked
from podcast.pipeline import reviewing
from podcast.review import page as page_files
from podcast.review.approval import approval, approval_of, is_outdated
from podcast.review.edits import dismissed, paragraphs_of, reopened, rewritten
from podcast.review.gate import refusal
from podcast.review.view import FindingView, NoteView, ParagraphView, segment_views, stretches
from podcast.show import load_show
from podcast.speech.engines.tone import ToneEngine
from podcast.types import Comment, Finding, Paragraph, Script, Segment
from podcast.writing import evidence
from podcast.writing.evidence import SegmentEvidence, annotated, finding_of
from podcast.writing.grounding import Doubt, Grounded
from podcast.writing.script import body_changed, format_script, parse_script

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SLUG = "2024-06-15"
TOKEN_HEADER = "x-podcast-review"  # noqa: S105 - its name
SOURCE = """\
# Papers of June 15, 2024

Hello and welcome.

## Sorting is Harder than it Looks

[arXiv:2406.00001](https://arxiv.org/abs/2406.00001)

Its authors sort 50 lists and measure each.

## Goodbye

Until next week.
"""
SCRIPT = """\
---
title: Papers of June 15, 2024   # a title that a person looked at
date: 2024-06-15
source: source.md
---

## Welcome

Hello and welcome.

## Sorting is Harder than it Looks

<!-- paper: arXiv:2406.00001 -->

<!-- ask Ada about this one -->

Its authors sort 500 lists. They measure each.

> [!check] not spoken: a picture of lists

A second paragraph.

## Until next time

Until next week.
"""


# ── pure ────────────────────────────────────────────────────────────────────────────────────────────────


def script_of(*items: Paragraph | Finding | Comment) -> Script:
    """Make a script of one segment."""
    return Script("Papers", dt.date(2024, 6, 15), (Segment("Sorting", items),))


def evidence_of(script: Script, passage: str, *doubts: Doubt, rests_on: tuple[tuple[int, int], ...] = ()) -> Any:
    """Say of every sentence of a script of one-sentence paragraphs the same."""
    paragraphs = tuple((Grounded(each.text, doubts, rests_on),) for each in script.segments[0].paragraphs)
    return (SegmentEvidence(passage, paragraphs),)


SPANS = st.lists(st.tuples(st.tuples(st.integers(-2, 12), st.integers(-2, 12)), st.integers(0, 3)), max_size=5)


@given(st.text(max_size=10), SPANS)
def test_stretches_joined_are_the_text(text: str, spans: list[tuple[tuple[int, int], int]]) -> None:
    """Whatever is marked in it, and wherever: no word is lost between two marks, and none stands twice."""
    found = stretches(text, spans)
    assert "".join(each.text for each in found) == text
    for place, character in enumerate(text):
        at = next(each for end, each in zip(ends(found), found, strict=True) if place < end)
        assert character in at.text
        assert set(at.of) == {number for (start, end), number in spans if start <= place < end}


def ends(found: Sequence[Any]) -> list[int]:
    """Where each stretch ends."""
    return [sum(len(each.text) for each in found[: number + 1]) for number in range(len(found))]


def test_a_claim_is_marked_in_its_sentence_and_its_words_in_the_source() -> None:
    """The finding has the number that the mark has; characters beyond 16 bits move nothing."""
    doubt = Doubt("number", "500", "The source says 50.", (5, 8))
    script = script_of(Paragraph("𝔘𝔫𝔡 𝔖500 lists."))
    found = evidence_of(script, "50 lists.", doubt, rests_on=((3, 8),))
    (view,) = segment_views(annotated(script, found), found, lambda _: None)
    paragraph, finding = view.items
    assert isinstance(paragraph, ParagraphView)
    assert [(each.text, each.of) for each in paragraph.sentences[0].stretches] == [
        ("𝔘𝔫𝔡 𝔖", ()),
        ("500", (0,)),
        (" lists.", ()),
    ]
    assert finding == FindingView(0, finding_of(doubt).text, "number", "500", "The source says 50.")
    assert [(each.text, each.of) for each in view.passage] == [("50 ", ()), ("lists", (0,)), (".", ())]


def test_every_doubt_of_a_sentence_is_marked_in_it() -> None:
    """With the number of its own finding, however many there are."""
    first = Doubt("number", "500", "The source says 50.", (0, 3))
    second = Doubt("name", "Ada", "The source names nobody.", (13, 16))
    script = script_of(Paragraph("500 lists of Ada."))
    found = evidence_of(script, "50 lists.", first, second)
    (view,) = segment_views(annotated(script, found), found, lambda _: None)
    paragraph, *findings = view.items
    assert isinstance(paragraph, ParagraphView)
    marks = [(each.text, each.of) for each in paragraph.sentences[0].stretches]
    assert marks == [("500", (0,)), (" lists of ", ()), ("Ada", (1,)), (".", ())]
    assert [(each.number, each.claim) for each in findings if isinstance(each, FindingView)] == [(0, "500"), (1, "Ada")]


def test_what_is_dismissed_is_no_longer_marked() -> None:
    """It stands as a note below its paragraph, and a comment of a person's stands as one."""
    doubt = Doubt("number", "500", "The source says 50.", (0, 3))
    script = script_of(Paragraph("500 lists."), Finding(finding_of(doubt).text), Comment("ask Ada"))
    script = dismissed(script, 0, finding_of(doubt).text)
    found = evidence_of(script, "50 lists.", doubt)
    (view,) = segment_views(annotated(script, found), found, lambda _: None)
    paragraph, *notes = view.items
    assert isinstance(paragraph, ParagraphView)
    assert [each.of for each in paragraph.sentences[0].stretches] == [()]
    assert notes == [NoteView(finding_of(doubt).text, "dismissed"), NoteView("ask Ada", "comment")]


def test_a_finding_of_a_writers_or_persons_is_shown_without_a_claim() -> None:
    """It is theirs, and belongs to no words."""
    script = script_of(Paragraph("500 lists."), Finding("not spoken: a picture"))
    (view,) = segment_views(script, evidence_of(script, "500 lists."), lambda _: None)
    assert view.items[1] == FindingView(0, "not spoken: a picture")


@pytest.mark.parametrize(
    ("typed", "paragraphs"),
    [
        ("One.", ("One.",)),
        ("One,\ntwo.", ("One, two.",)),
        ("One.\n\nTwo.\r\n \r\n\n Three. ", ("One.", "Two.", "Three.")),
        ("One.\u2028\u2029Two.", ("One.", "Two.")),
        (" \n\n ", ()),
    ],
)
def test_a_blank_line_makes_two_paragraphs(typed: str, paragraphs: tuple[str, ...]) -> None:
    """A line end alone is a space, as in the file; nothing but white space is no paragraph."""
    assert paragraphs_of(typed) == paragraphs


def test_an_edit_leaves_all_else_where_it_stands() -> None:
    """Comments and findings around it, other paragraphs, and who speaks."""
    script = script_of(
        Comment("first"), Paragraph("One.", "Ada"), Finding("look"), Paragraph("Two.", "Bo"), Comment("last")
    )
    (segment,) = rewritten(script, 0, 0, 1, "New.\n\nNewer.").segments
    assert segment.items == (
        Comment("first"),
        Paragraph("New.", "Ada"),
        Paragraph("Newer.", "Ada"),
        Finding("look"),
        Paragraph("Two.", "Bo"),
        Comment("last"),
    )
    (again,) = rewritten(dataclasses.replace(script, segments=(segment,)), 0, 0, 2, "One.").segments
    assert again == script.segments[0]


@pytest.mark.parametrize(
    ("segment", "first", "count"), [(1, 0, 1), (-1, 0, 1), (0, 1, 1), (0, -1, 1), (0, 0, 0), (0, 0, 2)]
)
def test_what_is_not_there_cannot_be_edited(segment: int, first: int, count: int) -> None:
    """Say so, instead of changing another one."""
    with pytest.raises(InputError, match="no such"):
        rewritten(script_of(Paragraph("One.")), segment, first, count, "Two.")


def test_dismissing_and_reopening_are_inverses() -> None:
    """Also for what a person wrote; and what is not there is refused."""
    script = script_of(Paragraph("One."), Finding("look"), Paragraph("Two."))
    away = dismissed(script, 0, "look")
    assert away.segments[0].items[1] == Comment(f"dismissed {sha256_of(b'One.')[:8]}: look")
    assert reopened(away, 0, "look") == script
    for change in (dismissed, reopened):
        with pytest.raises(InputError, match="no such"):
            change(script, 0, "another")


def test_front_matter_stays_as_a_person_left_it() -> None:
    """Comments in its YAML, quotes and order: only the body is written anew."""
    text = '---\r\n# mine\r\ndate: 2024-06-15\r\ntitle: "Papers"\r\n---\r\n\r\n## One\r\n\r\nTwo\r\nlines.\r\n'
    changed = body_changed(text, format_script(parse_script(text, "script.md")))
    assert changed == '---\r\n# mine\r\ndate: 2024-06-15\r\ntitle: "Papers"\r\n---\r\n\n## One\n\nTwo lines.\n'


def test_who_types_the_name_of_a_host_lets_that_one_speak() -> None:
    """A turn can be added; bold words that are no host's name stay words."""
    script = dataclasses.replace(script_of(Paragraph("One.", "Bo")), speakers=(("Ada", "heart"), ("Bo", "joe")))
    changed = rewritten(script, 0, 0, 1, "Why?\n\n**Ada:** Good question.\n\n**Note:** Hm.")
    assert changed.segments[0].paragraphs == (
        Paragraph("Why?", "Bo"),
        Paragraph("Good question.", "Ada"),
        Paragraph("**Note:** Hm.", "Bo"),
    )


def test_an_approval_holds_for_these_words_only(tmp_path: Path) -> None:
    """What is not spoken may change: findings, comments, the writer's signature."""
    script, file = script_of(Paragraph("One."), Finding("look")), tmp_path / "approved"
    assert (approval_of(file, script), is_outdated(file, script)) == (None, False)
    file.write_text(approval(script, dt.date(2026, 1, 2)))
    for same in (script, dataclasses.replace(dismissed(script, 0, "look"), digest="x")):
        assert (approval_of(file, same), is_outdated(file, same)) == ("2026-01-02", False)
    for other in (rewritten(script, 0, 0, 1, "Two."), dataclasses.replace(script, title="Other papers")):
        assert (approval_of(file, other), is_outdated(file, other)) == (None, True)
    file.write_text("yes")
    assert approval_of(file, script) is None


# ── a show, a server, a client ──────────────────────────────────────────────────────────────────────────


@pytest.fixture
def show(podcast: Podcast) -> Podcast:
    """Return a show with a script that says 500 where its source says 50."""
    folder = podcast.script().parent
    folder.mkdir(parents=True)
    (folder / "script.md").write_text(SCRIPT, encoding="utf-8")
    (folder / "source.md").write_text(SOURCE, encoding="utf-8")
    return podcast


@contextlib.contextmanager
def reviewing_of(show: Podcast) -> Iterator[str]:
    """Serve a review in this process; yield its address."""
    with listening(lambda announce: reviewing.review(load_show(show.folder), SLUG, 0, announce)) as address:
        yield address


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def document(self) -> Any:
        """What a program is told."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Client:
    """Asks as the page does, unless told otherwise; `None` leaves a header out."""

    address: str

    @property
    def token(self) -> str:
        """Of this run."""
        return parse_qs(urlsplit(self.address).query)["token"][0]

    @property
    def port(self) -> int:
        """It listens on."""
        return urlsplit(self.address).port or 0

    def ask(self, method: str, path: str, body: object = None, **headers: str | None) -> Answer:
        """Send a request; in names of headers `_` is `-`."""
        own: dict[str, str | None] = {"host": f"127.0.0.1:{self.port}", TOKEN_HEADER: self.token}
        if method not in {"GET", "HEAD"}:
            own |= {"origin": f"http://127.0.0.1:{self.port}", "content-type": "application/json"}
        own |= {name.replace("_", "-"): value for name, value in headers.items()}
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in {**own, "content-length": str(len(content))}.items():
                if value is not None:
                    connection.putheader(name, value)
            connection.endheaders(content)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())

    def state(self) -> Any:
        """The script as the page shows it."""
        return self.ask("GET", "/script").document

    def post(self, path: str, version: str | None = None, **fields: object) -> Answer:
        """Change something of the version that is shown, or of another one."""
        return self.ask("POST", path, fields, if_match=f'"{version or self.state()["version"]}"')


@pytest.fixture
def page(show: Podcast) -> Iterator[Client]:
    """Return what stands in the place of the page."""
    with reviewing_of(show) as address:
        yield Client(address)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Return the same, for tests that change nothing."""
    podcast = make_show(tmp_path_factory.mktemp("review") / "show", music=False)
    podcast.script().parent.mkdir(parents=True)
    podcast.script().write_text(SCRIPT, encoding="utf-8")
    with reviewing_of(podcast) as address:
        yield Client(address)


MINE: dict[str, Any] = {"segment": 0, "first": 0, "count": 1, "text": "Mine."}


def findings(state: Any) -> list[str]:
    """All that are open."""
    return [item["text"] for segment in state["segments"] for item in segment["items"] if item["kind"] == "finding"]


def planted(state: Any) -> str:
    """What is found of the number that the source does not have."""
    (found,) = {text for text in findings(state) if text.startswith("number: “500”")}
    return found


def text_of(show: Podcast) -> str:
    """What script.md holds."""
    return show.script().read_bytes().decode()


# ── who is let in ───────────────────────────────────────────────────────────────────────────────────────

STRANGERS: dict[str, dict[str, str | None]] = {
    "no token": {TOKEN_HEADER: None},
    "another token": {TOKEN_HEADER: "x" * 43},
    "a token of other letters": {TOKEN_HEADER: "\xe9"},
    "a name made to point here": {"host": "evil.example:{port}"},
    "no port in the name": {"host": "127.0.0.1"},
    "another port in the name": {"host": "127.0.0.1:1"},
    "a page of another site": {"sec-fetch-site": "cross-site"},
    "a page of another port": {"sec-fetch-site": "same-site"},
    "a frame": {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
}
FOREIGN_WRITES: dict[str, dict[str, str | None]] = {
    "no origin": {"origin": None},
    "another origin": {"origin": "http://127.0.0.1:1"},
    "a file's origin": {"origin": "null"},
}


@pytest.mark.parametrize("headers", STRANGERS.values(), ids=STRANGERS)
@pytest.mark.parametrize("path", ["/", "/review.js", "/script", "/version", "/nothing"])
def test_a_stranger_reads_nothing(shared: Client, path: str, headers: dict[str, str | None]) -> None:
    """403 for whatever is asked, in a sentence that holds nothing of the script or the token."""
    sent = {name: value and value.format(port=shared.port) for name, value in headers.items()}
    answer = shared.ask("GET", path, **sent)
    assert answer.status == 403
    assert shared.token.encode() not in answer.body
    assert len(answer.body) < 100


@pytest.mark.parametrize("headers", [*STRANGERS.values(), *FOREIGN_WRITES.values()], ids=[*STRANGERS, *FOREIGN_WRITES])
@pytest.mark.parametrize("path", ["/edit", "/dismiss", "/reopen", "/approve", "/quote", "/sound", "/script"])
def test_a_stranger_changes_nothing(shared: Client, path: str, headers: dict[str, str | None]) -> None:
    """Not even with the token in the address, which pages of other sites could send along."""
    sent = {name: value and value.format(port=shared.port) for name, value in headers.items()}
    target = path if sent.get(TOKEN_HEADER, "") is not None else f"{path}?token={shared.token}"
    answer = shared.ask("POST", target, {"segment": 0, "first": 0, "count": 1, "text": "Mine."}, **sent)
    assert answer.status == 403


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "POST"])
def test_other_methods_are_not_let_in_without_the_token(shared: Client, method: str) -> None:
    """A preflight among them, so that no browser sends what it asks for."""
    answer = shared.ask(method, "/edit", origin="https://evil.example", x_podcast_review=None)
    assert answer.status == 403
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_both_names_of_this_machine_are_good(shared: Client) -> None:
    """As one may type them."""
    name = f"localhost:{shared.port}"
    assert shared.ask("GET", "/script", host=name).status == 200
    assert shared.ask("POST", "/quote", {"segment": 0}, host=name, origin=f"http://{name}").status == 412
    assert shared.ask("POST", "/quote", {"segment": 0}, host=name).status == 403


def test_the_printed_address_opens_the_page_from_wherever_it_is_followed(shared: Client) -> None:
    """From a terminal, and from a chat; the page's own files come with the token in their address."""
    where = urlsplit(shared.address)
    chat = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    answer = shared.ask("GET", f"/?{where.query}", x_podcast_review=None, **chat)
    assert answer.status == 200
    for name in ("review.css", "review.js", "icon.svg"):
        assert f'"{name}?token={shared.token}"'.encode() in answer.body
        assert shared.ask("GET", f"/{name}?{where.query}", x_podcast_review=None).status == 200


@pytest.mark.parametrize("path", ["/", "/review.js", "/script", "/nothing"])
def test_every_answer_says_what_browsers_may_do_with_it(shared: Client, path: str) -> None:
    """Keep nothing, frame nothing, run nothing but the page's own, tell no address; and nothing for other sites."""
    headers = shared.ask("GET", path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert (headers["x-frame-options"], headers["cache-control"]) == ("DENY", "no-store")
    assert (headers["referrer-policy"], headers["x-content-type-options"]) == ("no-referrer", "nosniff")
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert not [name for name in headers if name.lower() in {"set-cookie", "access-control-allow-origin"}]


def test_each_run_has_a_token_of_its_own(show: Podcast) -> None:
    """Of 256 bits."""
    with reviewing_of(show) as one, reviewing_of(show) as other:
        assert Client(one).token != Client(other).token
        assert len(Client(one).token) == 43
        assert Client(other).ask("GET", "/script", x_podcast_review=Client(one).token).status == 403


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_only_json_is_taken(shared: Client, kind: str | None) -> None:
    """What a form could send is not."""
    assert shared.ask("POST", "/edit", {"segment": 0}, content_type=kind).status == 415


BAD_BODIES = {
    "nothing": b"",
    "half": b'{"segment": 0',
    "a list": b"[1]",
    "deep": b"[" * 100_000,
    "another kind": b'{"segment": "0", "first": 0, "count": 1, "text": "x"}',
    "true for a number": b'{"segment": true, "first": 0, "count": 1, "text": "x"}',
    "half a character": b'{"segment": 0, "first": 0, "count": 1, "text": "\\ud800"}',
    "no UTF-8": b'{"segment": 0, "first": 0, "count": 1, "text": "\xff"}',
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
def test_what_is_no_request_of_the_page_is_refused(shared: Client, body: bytes) -> None:
    """422 and a sentence; the server lives on."""
    answer = shared.ask("POST", "/edit", body)
    assert (answer.status, answer.document["error"][:13]) == (422, "What was sent")
    assert shared.ask("GET", "/version").status == 200


def test_a_body_is_read_up_to_a_megabyte(shared: Client) -> None:
    """413 beyond it, before it is all there."""
    assert shared.ask("POST", "/edit", b"[" + b" " * 1_000_000 + b"]").status == 413
    assert shared.ask("POST", "/edit", b"[" + b" " * 900_000 + b"]").status == 422


def test_what_is_not_there_is_404(shared: Client) -> None:
    """Files of the show among it."""
    for path in ("/show.toml", "/../show.toml", "/scripts/2024-06-15/script.md", "/page/review.js"):
        assert shared.ask("GET", path).status == 404


# ── reading and editing ─────────────────────────────────────────────────────────────────────────────────


def test_the_page_is_told_what_it_shows(page: Client, show: Podcast) -> None:
    """Titles, words, passages, findings; looking changes nothing on disk."""
    state = page.state()
    assert (state["title"], state["slug"], state["open"]) == ("Papers of June 15, 2024", SLUG, 2)
    assert [segment["title"] for segment in state["segments"]][1] == "Sorting is Harder than it Looks"
    sorting = state["segments"][1]
    assert "".join(each["text"] for each in sorting["passage"]).endswith("Its authors sort 50 lists and measure each.")
    assert {number for each in sorting["passage"] if "lists" in each["text"] for number in each["of"]} >= {0}
    assert (sorting["url"], sorting["words"]) == ("https://arxiv.org/abs/2406.00001", 11)
    assert findings(state) == [planted(state), "not spoken: a picture of lists"]
    assert text_of(show) == SCRIPT


def test_an_edit_is_on_disk_when_it_is_answered(page: Client, show: Podcast) -> None:
    """With its findings looked up anew, and all else as it stood: comments, headings, front matter."""
    state = page.post(
        "/edit", segment=1, first=0, count=1, text="Its authors sort 50 lists.\nThey measure each."
    ).document
    assert findings(state) == ["not spoken: a picture of lists"]
    assert text_of(show) == SCRIPT.replace("500 lists", "50 lists")
    assert state["version"] == page.state()["version"]


def test_a_planted_number_is_found_and_written_under_its_paragraph(page: Client, show: Podcast) -> None:
    """Whatever is edited, the file has the findings that the page shows."""
    state = page.post("/edit", segment=2, first=0, count=1, text="Until 900 weeks are over.").document
    earlier, _, *new = findings(state)
    assert earlier.startswith("number: “500”")
    assert [text.startswith("number: “900") for text in new] == [True]
    assert f"Until 900 weeks are over.\n\n> [!check] {new[0]}\n" in text_of(show)
    assert f"They measure each.\n\n> [!check] {earlier}\n\n> [!check] not spoken" in text_of(show)


def test_words_that_look_like_markup_of_a_script_stay_words(page: Client, show: Podcast) -> None:
    """Headings, quotes, speakers, backslashes: read again they are the paragraph that was typed."""
    for text in (
        "## A heading",
        "> [!check] a finding",
        "**Ada:** hello",
        "\\ a backslash",
        "--- and more",
        "<b>bold</b>",
    ):
        state = page.post("/edit", segment=0, first=0, count=1, text=text).document
        assert state["segments"][0]["items"][0]["text"] == text
        assert parse_script(text_of(show), "").segments[0].paragraphs == (Paragraph(text),)


def test_what_a_script_cannot_hold_is_refused(page: Client, show: Podcast) -> None:
    """In a sentence, and nothing is written."""
    answer = page.post("/edit", segment=0, first=0, count=1, text="Hello <!-- and --> welcome.")
    assert answer.status == 422
    assert "comment" in answer.document["error"]
    assert text_of(show) == SCRIPT


def test_an_edit_that_changes_nothing_writes_nothing(page: Client, show: Podcast) -> None:
    """Not even what another spelling of the same script would be."""
    before = show.script().stat().st_mtime_ns
    assert page.post("/edit", segment=0, first=0, count=1, text=" Hello and  welcome.").status == 200
    assert show.script().stat().st_mtime_ns == before


def test_a_change_on_disk_is_never_overwritten(page: Client, show: Podcast) -> None:
    """412 to every kind of write, and the file is as the other one left it, byte for byte."""
    state = page.state()
    version, found = state["version"], planted(state)
    theirs = SCRIPT.replace("Hello", "Good day")
    show.script().write_text(theirs)
    writes: dict[str, dict[str, object]] = {
        "/edit": {"segment": 0, "first": 0, "count": 1, "text": "Mine."},
        "/dismiss": {"segment": 1, "text": found},
        "/reopen": {"segment": 1, "text": found},
        "/approve": {"approved": True, "anyway": True},
        "/quote": {"segment": 0},
    }
    for path, fields in writes.items():
        answer = page.post(path, version, **fields)
        assert (answer.status, "Nothing was overwritten" in answer.document["error"]) == (412, True)
    assert text_of(show) == theirs
    assert not show.script().with_name("approved").exists()
    assert page.ask("GET", "/version").document["version"] != version


def test_a_change_on_disk_while_ours_is_being_written_is_not_overwritten(
    page: Client, show: Podcast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is looked at once more when our text is whole and has only to take its place."""
    version = page.state()["version"]
    theirs = SCRIPT.replace("Hello", "Good day")

    def meanwhile(text: str, body: str) -> str:
        show.script().write_text(theirs)
        return body_changed(text, body)

    monkeypatch.setattr(reviewing, "body_changed", meanwhile)
    assert page.post("/edit", version, segment=0, first=0, count=1, text="Mine.").status == 412
    assert text_of(show) == theirs
    assert [path.name for path in show.script().parent.glob(".*")] == []


def test_without_a_version_nothing_is_written(page: Client, show: Podcast) -> None:
    """A write says onto what."""
    assert page.ask("POST", "/edit", {"segment": 0, "first": 0, "count": 1, "text": "Mine."}).status == 412
    assert text_of(show) == SCRIPT


def test_of_many_edits_at_once_one_is_written(page: Client) -> None:
    """The others are told that the script has changed; none is half written."""
    version = page.state()["version"]
    statuses: list[int] = []

    def one(number: int) -> None:
        statuses.append(page.post("/edit", version, segment=0, first=0, count=1, text=f"Number {number}.").status)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, *[412] * 7]
    assert page.state()["segments"][0]["items"][0]["text"].startswith("Number ")


def test_a_script_that_breaks_meanwhile_is_said_and_survived(page: Client, show: Podcast) -> None:
    """With its line; once it is put right, the page goes on."""
    show.script().write_text(SCRIPT.replace("## Welcome", "# Welcome"))
    answer = page.ask("GET", "/script")
    assert (answer.status, "line 7" in answer.document["error"]) == (422, True)
    show.script().write_text(SCRIPT)
    assert page.ask("GET", "/script").status == 200


def test_without_a_source_the_script_can_be_edited_all_the_same(page: Client, show: Podcast) -> None:
    """There is nothing to look words up in."""
    (show.script().parent / "source.md").unlink()
    state = page.state()
    assert {len(segment["passage"]) for segment in state["segments"]} == {0}
    assert page.post("/edit", segment=0, first=0, count=1, text="Mine.").status == 200


def test_what_nobody_foresaw_is_said_and_survived(page: Client, show: Podcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """500 and a sentence, with the headers that everything has; nothing is written, and the page goes on."""

    def stumble(*_: object) -> tuple[Grounded, ...]:
        raise ZeroDivisionError("by surprise")

    version = page.state()["version"]
    with monkeypatch.context() as patch:
        patch.setattr(evidence, "ground", stumble)
        answer = page.post("/edit", version, **{**MINE, "text": "Looked up by nobody before."})
    assert (answer.status, "ZeroDivisionError: by surprise" in answer.document["error"]) == (500, True)
    assert answer.headers["x-frame-options"] == "DENY"
    assert text_of(show) == SCRIPT
    assert page.post("/edit", **MINE).status == 200


NASTY = "</script><script>alert(1)</script> <img src=x onerror=alert(2)> \x1b[31m \u202etxt.exe &amp; 𝔘"


def test_untrusted_text_is_told_as_it_is(page: Client, show: Podcast) -> None:
    """As JSON that no browser takes for a page; that it stays text there is the browser's test."""
    show.script().write_text(SCRIPT.replace("## Welcome", f"## {NASTY}").replace("Hello", f"Hello {NASTY}"))
    answer = page.ask("GET", "/script")
    assert answer.headers["content-type"] == "application/json"
    assert answer.document["segments"][0]["title"] == NASTY
    assert NASTY in answer.document["segments"][0]["items"][0]["text"]
    assert NASTY.encode() not in page.ask("GET", "/").body


# ── findings and approval ───────────────────────────────────────────────────────────────────────────────


def test_a_dismissed_finding_is_kept_with_the_script(page: Client, show: Podcast) -> None:
    """As a comment at its place; it is not found again, not by another run either, until it is reopened."""
    found = planted(page.state())
    state = page.post("/dismiss", segment=1, text=found).document
    assert findings(state) == ["not spoken: a picture of lists"]
    assert re.search(rf"They measure each\.\n\n<!-- dismissed [0-9a-f]{{8}}: {re.escape(found)} -->\n", text_of(show))
    with reviewing_of(show) as address:
        assert findings(Client(address).state()) == ["not spoken: a picture of lists"]
    state = page.post("/reopen", segment=1, text=found).document
    assert found in findings(state)
    assert "dismissed" not in text_of(show)


def test_what_a_comment_cannot_hold_is_not_dismissed(page: Client, show: Podcast) -> None:
    """Rather than a script that nobody can read any more."""
    show.script().write_text(SCRIPT.replace("a picture of lists", "a --> b"))
    before = text_of(show)
    assert page.post("/dismiss", segment=1, text="not spoken: a --> b").status == 422
    assert text_of(show) == before


def test_approval_waits_for_open_findings_and_ends_with_the_words(page: Client, show: Podcast) -> None:
    """409 with their number, unless it is meant; then any other word makes it void, and it can be taken back."""
    file = show.script().with_name("approved")
    refused = page.post("/approve", approved=True, anyway=False)
    assert (refused.status, refused.document["error"]) == (409, "2 findings are open.")
    assert not file.exists()
    approved = page.post("/approve", approved=True, anyway=True).document
    assert (approved["approved"], approved["outdated"]) == (file.read_text().split("date: ")[1].strip(), False)
    dismissed_one = page.post("/dismiss", segment=1, text=planted(approved)).document
    assert dismissed_one["approved"] == approved["approved"]
    changed = page.post("/edit", segment=0, first=0, count=1, text="Good day.").document
    assert (changed["approved"], changed["outdated"]) == (None, True)
    back = page.post("/edit", segment=0, first=0, count=1, text="Hello and welcome.").document
    assert back["approved"] == approved["approved"]
    taken = page.post("/approve", approved=False, anyway=False).document
    assert (taken["approved"], taken["outdated"], file.exists()) == (None, False, False)


def test_at_the_port_of_http_browsers_leave_it_out() -> None:
    """Reading and changing; elsewhere a bare name is none of ours."""

    def refused(method: str, host: str, port: int) -> bool:
        headers = {"host": host, "origin": f"http://{host}", "content-type": "application/json", TOKEN_HEADER: "t"}
        return refusal(Asked(method, "/state", {}, headers, port), "t") is not None

    hosts = ("127.0.0.1", "localhost", "127.0.0.1:80", "evil.com", "127.0.0.1:8080")
    for method in ("GET", "POST"):
        assert [refused(method, host, 80) for host in hosts] == [False, False, False, True, True]
        assert refused(method, "127.0.0.1", 8080)


# ── sound ───────────────────────────────────────────────────────────────────────────────────────────────


def quoted(page: Client, segment: int = 1) -> Any:
    """What hearing a segment takes."""
    return page.post("/quote", segment=segment).document


def heard(page: Client, sound: Any, agreed_usd: float = 0) -> Answer:
    """Ask for a sentence."""
    return page.ask("POST", "/sound", {"id": sound["id"], "agreed_usd": agreed_usd})


def samples(data: bytes) -> bytes:
    """Of a WAV file of 16 bits at 24 kHz."""
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 24_000)
        return bytes(file.readframes(file.getnframes()))


def test_a_segment_sounds_sentence_by_sentence_from_the_cache_of_the_episode(page: Client, show: Podcast) -> None:
    """Spoken on demand, with the pauses of the episode; rendering it later speaks none of them again."""
    quote = quoted(page)
    assert ([each["number"] for each in quote["sounds"]], quote["missing"], quote["usd"]) == ([0, 1, 2], 3, 0)
    answers = [heard(page, sound) for sound in quote["sounds"]]
    assert {(each.status, each.headers["content-type"]) for each in answers} == {(200, "audio/wav")}
    kept = [samples(path.read_bytes()) for path in (show.folder / ".podcast" / "clips").rglob("*.wav")]
    sounds = [samples(each.body) for each in answers]
    silences = [sound.removeprefix(next(clip for clip in kept if sound.startswith(clip))) for sound in sounds]
    assert [silence.strip(b"\0") for silence in silences] == [b"", b"", b""]
    assert [len(silence) / 48 for silence in silences] == [320, 650, 0]
    assert quoted(page)["missing"] == 0
    estimate = json.loads(show("render", SLUG, "--dry-run", "--json").stdout)
    assert estimate["clips"] - estimate["clips_to_speak"] == 3


def test_a_sentence_that_was_not_quoted_is_not_spoken(page: Client) -> None:
    """Ids come from a quote of this run."""
    assert heard(page, {"id": "x"}).status == 422
    assert page.post("/quote", segment=9).status == 422


def test_a_segment_that_cannot_be_spoken_says_why(page: Client) -> None:
    """In the words that rendering would use; the others can be heard."""
    page.post("/edit", segment=0, first=0, count=1, text="你好")
    answer = page.post("/quote", segment=0)
    assert (answer.status, "cannot say 你好" in answer.document["error"]) == (422, True)
    assert quoted(page, 1)["sounds"]


def cost(monkeypatch: pytest.MonkeyPatch, usd_per_minute: float) -> None:
    """Give the hum a price."""
    monkeypatch.setattr(ToneEngine, "usd_per_minute", lambda *_: usd_per_minute)


def test_a_paid_voice_speaks_only_for_the_price_that_was_shown(page: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """402 until it is agreed to; once spoken it costs nothing more."""
    cost(monkeypatch, 1.0)
    quote = quoted(page)
    assert (quote["refused"], quote["usd"] > 0) == (None, True)
    assert heard(page, quote["sounds"][0]).status == 402
    assert heard(page, quote["sounds"][0], quote["usd"] / 2).status == 402
    assert heard(page, quote["sounds"][0], quote["usd"]).status == 200
    assert heard(page, quote["sounds"][0]).status == 200
    assert 0 < quoted(page)["usd"] < quote["usd"]


def test_a_damaged_clip_is_priced_again(page: Client, show: Podcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its name stands for nothing: it is spoken again only for a price that was agreed to, and that is logged."""
    sound = quoted(page)["sounds"][0]
    assert heard(page, sound).status == 200
    cost(monkeypatch, 1.0)
    (clip,) = (show.folder / ".podcast" / "clips").rglob("*.wav")
    clip.write_bytes(clip.read_bytes()[:-2])
    log = show.folder / ".podcast" / "log" / "spending.jsonl"
    assert (heard(page, sound).status, log.exists()) == (402, False)
    quote = quoted(page)
    assert heard(page, quote["sounds"][0], quote["usd"]).status == 200
    assert len(log.read_text().splitlines()) == 1


def test_no_review_costs_more_than_the_show_allows(page: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """max_cost_usd, over all that is spoken in one run, each sentence at its worst, whatever anybody agrees to."""
    cost(monkeypatch, 18.0)
    quote = quoted(page)
    assert "max_cost_usd" in quote["refused"]
    first, second, third = quote["sounds"]
    assert heard(page, second, 1000).status == 200
    assert 0 < quote["usd"] - quoted(page)["usd"] <= 1.0
    refused = [heard(page, sound, 1000) for sound in (first, third)]
    assert [each.status for each in refused] == [402, 422]
    assert "'A second paragraph.' of 'Sorting" in refused[1].document["error"]


# ── the command ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Press Ctrl-C as soon as a server answers."""

    class Interrupted(connections._Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(connections, "_Server", Interrupted)


@pytest.mark.usefixtures("interrupted")
def test_the_command_prints_the_address_and_ends_with_ctrl_c(show: Podcast) -> None:
    """Exit code 130; the address with its token is all of stdout."""
    ran = show("review", SLUG)
    where = urlsplit(ran.stdout.strip())
    assert (ran.exit_code, where.hostname, where.path) == (130, "127.0.0.1", "/")
    assert len(parse_qs(where.query)["token"][0]) == 43
    assert ran.stderr.endswith("Ctrl-C ends.\nStopped.\n")


@pytest.mark.usefixtures("interrupted")
def test_with_json_a_program_learns_the_address(show: Podcast) -> None:
    """One document on stdout."""
    ran = show("review", show.script(), "--json", "--quiet", "--no-browser")
    assert json.loads(ran.stdout)["address"].startswith("http://127.0.0.1:")
    assert ran.stderr == "Stopped.\n"


def test_no_script_and_no_port_are_one_clear_sentence_each(show: Podcast) -> None:
    """Exit code 2, and the way out."""
    ran = show("review", "2020-01-01")
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert "no such script. `podcast script NEWSLETTER` writes one" in ran.stderr
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = show("review", SLUG, "--port", taken.getsockname()[1])
    assert (ran.exit_code, ran.stdout, "Address already in use" in ran.stderr) == (2, "", True)


def test_a_script_that_cannot_be_read_is_one_clear_sentence(show: Podcast) -> None:
    """Exit code 2, with its line, before anything is served."""
    show.script().write_text(SCRIPT.replace("## Welcome", "# Welcome"))
    ran = show("review", SLUG)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert "script.md, line 7" in ran.stderr


def test_the_page_asks_for_no_file_that_is_not_there() -> None:
    """And none lies there that nobody asks for."""
    assert {path.name for path in page_files._FOLDER.iterdir()} == {name for name, _ in page_files.FILES.values()}
