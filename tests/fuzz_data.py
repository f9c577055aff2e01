"""Readers of what programs write: feeds, records, transcripts, lists of papers, answers of services and models."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arxiv_server import Record as ArxivPaper
from conftest import NEWSLETTER
from feed_maker import TWO, an_episode, written
from fuzz_subjects import Reader, Subject
from fuzz_texts import SCRIPT, a_show, real
from lxml import etree

from podcast.check import site as of_site
from podcast.check.episode import EpisodeSubject
from podcast.check.every import FEED_RULES
from podcast.check.feed import local_file, named_files, read_feed, self_link
from podcast.check.moments import read_starts
from podcast.check.rules import Fault, findings
from podcast.check.site import addresses_in
from podcast.errors import InputError
from podcast.feed.cover import Cover, cover_of
from podcast.feed.notes import notes_html
from podcast.feed.site.transcript import read_sentences
from podcast.feed.tree import pages, published_files
from podcast.newsletter.edition import Article, edition_of
from podcast.newsletter.markdown import TEMPLATES, format_newsletter
from podcast.outside import atom
from podcast.outside.conditions import date_s, precondition, range_counts, takes_gzip
from podcast.outside.forwarded import asked_address, networks
from podcast.outside.openai_client import ServiceError, _read_answer
from podcast.outside.ranges import wanted_parts
from podcast.outside.retry_after import wait_s
from podcast.papers.exchange import export_csv, import_csv
from podcast.papers.history import open_history
from podcast.papers.newsletter import read_newsletter
from podcast.pipeline.checking import EPISODE_RULES
from podcast.pipeline.damage import damage_of
from podcast.pipeline.enriching import _earlier, with_papers
from podcast.pipeline.identity import guid_of
from podcast.pipeline.pages import as_written, write_pages
from podcast.publishing.manifest import format_manifest, parse_manifest, slugs_of
from podcast.record import EPISODE_JSON, format_record, is_altered, read_record
from podcast.show import Settings, Show, is_base_url
from podcast.types import FileDigest, Pick, Preprint, Section, Summary
from podcast.writing import answers
from podcast.writing.forms import problems, read_draft
from podcast.writing.script import parse_script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podcast.types import Form

_DAY = dt.date(2024, 6, 15)
_SLUG = "2024-06-15"


# ── feeds and listings ──────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def feeds(folder: Path) -> Iterator[Subject]:
    """Hold a feed against all rules, as that of a show and as anybody's."""
    local = local_file("https://example.org/podcast/", folder / "feed", folder / "episodes")

    def read(data: bytes) -> object:
        text, root = data.decode("utf-8", "replace"), "https://example.org/podcast/"
        named = [(name, each) for name in ("sitemap.xml", "a/index.html") for each in addresses_in(name, text, root)]
        found = findings(of_site.RULES, of_site.SiteSubject(root, named, lambda path: len(path) > 100))
        subject = read_feed(data, "feed.xml", local, f"{root}feed.xml", ())
        others = read_feed(data, "feed.xml", lambda _: None)
        if isinstance(subject, Fault) or isinstance(others, Fault):
            return subject
        found += findings(FEED_RULES, subject) + findings(FEED_RULES, others)
        json.dumps([dataclasses.asdict(each) for each in found])
        return found, self_link(subject), list(named_files(subject))

    yield Subject([written(), written(an_episode(), options=Settings(base_url="https://example.org/podcast/"))], read)


def _entry(paper: ArxivPaper) -> str:
    return f"""<entry><id>http://arxiv.org/abs/{paper.id}v1</id><title>{paper.title}</title>
<summary>{paper.abstract}</summary><published>{paper.published}</published><updated>{paper.published}</updated>
<author><name>Ada Lovelace</name></author>
<arxiv:comment xmlns:arxiv="http://arxiv.org/schemas/atom">3 pages</arxiv:comment>
<link href="http://arxiv.org/abs/{paper.id}v1" rel="alternate" type="text/html"/>
<arxiv:primary_category xmlns:arxiv="http://arxiv.org/schemas/atom" term="cs.CL"/><category term="cs.CL"/></entry>
"""


LISTING = f"""<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">
<title type="html">ArXiv Query</title><id>http://arxiv.org/api/x</id><updated>2024-06-15T00:00:00-04:00</updated>
<opensearch:totalResults>2</opensearch:totalResults><opensearch:startIndex>0</opensearch:startIndex>
{_entry(ArxivPaper("2406.00001", "Sorting"))}{_entry(ArxivPaper("2406.00002", "Bees &amp; Others"))}</feed>
""".encode()


@contextlib.contextmanager
def listings(folder: Path) -> Iterator[Subject]:
    """Read what an archive sends; what is let through is well-formed."""
    del folder

    def read(data: bytes) -> object:
        atom.complaint(data)
        try:
            feed = atom.read(data, "application/atom+xml; charset=utf-8")
        except (atom.UnusableError, atom.ComplainedError) as error:
            raise InputError(f"{error}.") from error
        etree.fromstring(feed.content)
        return feed

    complaint = LISTING.replace(b"http://arxiv.org/abs/2406.00001v1", b"https://arxiv.org/api/errors#bad").replace(
        b">2<", b">1<"
    )
    small = [each for each in real("arxiv/atom/*.xml", most_bytes=30_000) if each.rstrip().endswith(b"feed>")]
    yield Subject([LISTING, complaint, *small], read)


# ── an episode's own files ──────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def records(folder: Path) -> Iterator[Subject]:
    """Read episode.json; what is read can be written, fed and shown, and is the same when it is read again."""
    show = a_show(folder)
    path = show.episode_folder(_SLUG)
    path.mkdir(parents=True)
    cover = cover_of(show)

    def read(data: bytes) -> object:
        (path / EPISODE_JSON).write_bytes(data)
        guid_of(show, _SLUG)
        damage_of(show, path)
        episode = read_record(path)
        is_altered(data)
        again = format_record(episode)
        (path / EPISODE_JSON).write_bytes(again.encode())
        assert format_record(read_record(path)) == again
        notes_html(episode).encode()
        made = pages(show, (episode,), cover, "https://example.org/")
        for page in made:
            page.make()
        return published_files(show, (episode,), made, cover)

    listed = (FileDigest("notes.html", "ab" * 32), FileDigest("chapters.json", "cd" * 32))
    seeds = [dataclasses.replace(each, slug=_SLUG, files=files) for each in TWO for files in ((), listed)]
    yield Subject([format_record(each).encode() for each in seeds], read)


_VTT = "WEBVTT\n\n1\n00:00:00.000 --> 00:00:01.500\n<v Ada>It &amp; others.\n\n00:01.500 --> 00:00:03.000\nSorts.\n"
_SRT = "1\n00:00:00,000 --> 00:00:01,500\nAda: It & others.\n\n2\n00:00:01,500 --> 00:00:03,000\nSorts.\n"
_TRANSCRIPT = {
    "version": "1.0.0",
    "segments": [
        {"speaker": "Ada", "startTime": 0.0, "endTime": 1.5, "body": "It & others."},
        {"startTime": 1.5, "endTime": 3.0, "body": "Sorts."},
    ],
}
_CHAPTERS = {
    "version": "1.2.0",
    "chapters": [
        {"startTime": 0, "endTime": 1.5, "title": "Welcome"},
        {"startTime": 1.5, "title": "Bees", "url": "https://a.org"},
    ],
}
_FILES = {
    b"WEBVTT": "transcript.vtt", b"1\n00": "transcript.srt", b'{"version": "1.0': "transcript.json",
    b'{"version": "1.2': "chapters.json", b"<cite>": "transcript.html",
}  # fmt: skip


@contextlib.contextmanager
def episode_files(folder: Path) -> Iterator[Subject]:
    """Hold transcripts and chapters of an episode against all rules."""
    script = parse_script(SCRIPT.decode(), "script.md")
    texts = {
        "transcript.vtt": _VTT.encode(), "transcript.srt": _SRT.encode(),
        "transcript.json": json.dumps(_TRANSCRIPT).encode(),
        "chapters.json": json.dumps(_CHAPTERS).encode(),
        "transcript.html": b"<cite>Ada:</cite>\n<time>0:00</time>\n<p>It &amp; others.</p>\n<p>Sorts.</p>\n",
    }  # fmt: skip
    assert {*_FILES.values()} == texts.keys()
    (folder / EPISODE_JSON).write_text(format_record(TWO[0]))

    def read(data: bytes) -> object:
        for name, text in texts.items():
            (folder / name).write_bytes(text)
        name = next((name for begin, name in _FILES.items() if data.startswith(begin)), "")
        for each in [name] if name else texts:
            (folder / each).write_bytes(data)
        subject = EpisodeSubject(folder, "episodes/x", TWO[0], Settings().audio, script, None, ())
        found = findings(EPISODE_RULES, subject)
        json.dumps([dataclasses.asdict(each) for each in found])
        read_starts(folder / "chapters.json")
        return found, read_sentences(folder / "transcript.json")

    yield Subject([*texts.values()], read)


@contextlib.contextmanager
def ledgers(folder: Path) -> Iterator[Subject]:
    """Read the list of pages that were written; whatever it says, nothing but pages of ours goes."""
    show = Show(folder / "show", Settings())
    kept = folder / "show" / "feed" / "own" / "notes.html"
    kept.parent.mkdir(parents=True)
    kept.write_text("mine")
    made = pages(show, TWO, cover_of_nothing(), "https://example.org/")[:2]
    path = folder / "pages.json"
    write_pages(show.feed, made, path)
    seed = path.read_bytes()

    def read(data: bytes) -> object:
        path.write_bytes(data)
        as_written(show.feed, made, path)
        write_pages(show.feed, made, path)
        assert kept.read_text() == "mine"
        assert path.read_bytes() == seed or made
        return None

    yield Subject([seed], read)


def cover_of_nothing() -> Any:
    """Stand in for a show's picture."""
    return Cover("cover-0123456789abcdef.jpg", "cover-0123456789abcdef-300.jpg")


_MANIFEST = (
    b'{"show": "01921164-967d-5b0b-9b6f-6823345f0cb7", "files": {"feed.xml": {"sha256": "'
    + b"ab" * 32
    + b'", "bytes": 3},'
    b'"episodes/2024-06-15/2024-06-15.mp3": {"sha256": "' + b"cd" * 32 + b'", "bytes": 30}}, "sending": {}}\n'
)


@contextlib.contextmanager
def manifests(folder: Path) -> Iterator[Subject]:
    """Read the list of what was published."""
    del folder

    def read(data: bytes) -> object:
        try:
            manifest = parse_manifest(data)
        except ValueError as error:
            raise InputError(f"published.json: {error}.") from error
        assert parse_manifest(format_manifest(manifest)) == manifest
        return slugs_of(manifest.files)

    yield Subject([_MANIFEST], read)


@contextlib.contextmanager
def kept_papers(folder: Path) -> Iterator[Subject]:
    """Read what was looked up of a newsletter's papers, and use it."""
    newsletter = read_newsletter(NEWSLETTER.encode(), name="news.md")
    path = folder / "papers.json"
    document = [{"id": "2406.00001", "version": 1, "title": "A", "authors": ["B"],
                 "sections": [{"title": "Abstract", "paragraphs": ["It sorts.", "Again."]}]}]  # fmt: skip

    def read(data: bytes) -> object:
        path.write_bytes(data)
        _earlier(path)
        found = with_papers(newsletter, data, path)
        for paper in found.highlights:
            for section in paper.sections:
                " ".join((section.title, *section.paragraphs)).encode()
        return found

    yield Subject([json.dumps(document).encode()], read)


# ── what is known of papers ─────────────────────────────────────────────────────────────────────────────

_CSV = (
    (
        b"id,title,authors,categories,published,first_seen,slug,offered,verdict,decided,abstract\r\n"
        b'2406.00001,"Sorting, again",Ada; Bo,cs.CL; cs.LG,2024-06-10T12:00:00Z,'
        b"2024-06-11,2024-06-15,2024-06-15,kept,2024-06-15,It sorts.\r\n"
        b"pdf:0123456789abcdef,'=cmd(),,,,2024-06-11,,,,,\r\n"
    ),
    b"title,link,date_added,kept\nSorting - Again,https://arxiv.org/abs/2406.00001v2,6/15/24,TRUE\nBees,https://a.org/b,2024-06-15,0\n",
    b"title;arxiv_id;paper_date;abstract\nSorting;2406.1052;2024-06-15;It sorts\n",
)


@contextlib.contextmanager
def papers_lists(folder: Path) -> Iterator[Subject]:
    """Import a list of papers, and export what is known then: read again, that is the same."""
    number = iter(range(10**9))

    def read(data: bytes) -> object:
        path = folder / f"{next(number)}.db"
        with open_history(path) as history:
            imported = import_csv(history, data, "papers_kept.csv", _DAY)
            exported = export_csv(history)
        path.unlink()
        with open_history(path) as again:
            import_csv(again, exported.encode(), "papers.csv")
            assert export_csv(again) == exported
        path.unlink()
        return imported

    folders = Path(__file__).parent / "data" / "lists"
    yield Subject([*_CSV, *(path.read_bytes()[:4000] for path in sorted(folders.glob("*.csv")))], read)


def _preprint(number: int) -> Preprint:
    when = dt.datetime(2024, 6, 10, tzinfo=dt.UTC)
    return Preprint(f"2406.{number:05}", f"Title {number}", "It sorts.", ("Ada",), ("cs.CL",), when, when, 1)


@contextlib.contextmanager
def databases(folder: Path) -> Iterator[Subject]:
    """Open a damaged papers.db, ask it everything and tell it something."""
    path = folder / "papers.db"
    with open_history(path) as history:
        picks = [Pick(_preprint(number), "it sorts", 0.5) for number in range(1, 30)]
        history.see([pick.preprint for pick in picks], _DAY)
        history.offer(_SLUG, picks[:20], _DAY)
        history.decide(_SLUG, {"2406.00001", "2406.00002"}, _DAY)
        history.searched(dt.datetime(2024, 6, 15, tzinfo=dt.UTC))
    seed = path.read_bytes()
    small = folder / "small.db"
    with open_history(small):
        pass

    def read(data: bytes) -> object:
        for left in folder.glob("papers.db*"):
            left.unlink()
        path.write_bytes(data)
        with open_history(path, 0.1) as history:
            history.counts()
            history.last_search()
            history.offered(_SLUG)
            history.offered_elsewhere(_SLUG)
            verdicts = history.verdicts()
            found = history.preprints(["2406.00001", "2406.00009"])
            export_csv(history).encode()
            history.see([_preprint(3)], _DAY)
            history.offer("x", [Pick(_preprint(2), "", 0.1)], _DAY)
            history.decide("x", {"2406.00002"}, _DAY)
        for paper in found:
            " ".join((paper.title, paper.abstract, *paper.authors, *paper.categories)).encode()
        for verdict in verdicts:
            " ".join((verdict.title, verdict.abstract, *verdict.categories)).encode()
        return found

    yield Subject([seed, small.read_bytes()], read, is_binary=True)


# ── what a model and a service answer ───────────────────────────────────────────────────────────────────

_ANSWERS = (
    b'{"paragraphs": [{"speaker": "Ada", "text": "It sorts **ten** lists."}, {"speaker": "Bo", "text": "Really?"}]}',
    b'<think>hm</think>\n```json\n{"paragraphs": ["It sorts.", {"text": "*laughs* Again."}]}\n```',
    b"Ada: It sorts.\n\n**Bo:** Does it? [12]\n- a point\n",
    b'{"claim": "It sorts.", "method": "Lists.", "results": "Ten.", "limits": "n/a", "why it matters": ""}',
    b'{"notes": ["It sorts ten lists.", "Then again."]}',
)
_FORMS: tuple[Form, ...] = ("script", "summary", "paragraph")


@contextlib.contextmanager
def model_answers(folder: Path) -> Iterator[Subject]:
    """Read what a model said, whole or cut off, and judge it."""
    del folder
    wanted = answers.Wanted(hosts=("Ada", "Bo"), most_words=100, told="It sorts ten lists.")

    def read(data: bytes) -> object:
        text = data.decode("utf-8", "replace")
        for hosts in ((), ("Ada", "Bo")):
            with contextlib.suppress(answers.UnreadableError):
                answers.whole_paragraphs(text, hosts)
            for form in _FORMS:
                with contextlib.suppress(answers.UnreadableError):
                    problems(read_draft(text, form, hosts, "Sorting"), wanted, form)
        with contextlib.suppress(answers.UnreadableError):
            answers.note_problems(answers.read_notes(text))
        return text

    yield Subject(_ANSWERS, read)


_COMPLETION = (
    b'{"id": "x", "object": "chat.completion", "choices": [{"index": 0, "finish_reason": "stop",'
    b'"message": {"role": "assistant",'
    b'"content": "It sorts.", "refusal": null}}],'
    b'"usage": {"prompt_tokens": 10, "completion_tokens": 3, "total_tokens": 13}}'
)


@contextlib.contextmanager
def completions(folder: Path) -> Iterator[Subject]:
    """Read the JSON of a chat completion."""
    del folder

    def read(data: bytes) -> object:
        try:
            answer = _read_answer(data, "application/json")
        except ServiceError as error:
            raise InputError(f"It {error}.") from error
        answer.text.encode()
        return answer

    parts = _COMPLETION.replace(b'"It sorts."', b'[{"type": "text", "text": "It"}, {"text": " sorts."}]')
    yield Subject([_COMPLETION, parts], read)


_HEADERS = (
    b"bytes=0-1, 5-, -3", b'W/"abc", "def"', b"Sat, 15 Jun 2024 12:00:00 GMT", b"Saturday, 15-Jun-24 12:00:00 GMT",
    b"Sat Jun 15 12:00:00 2024", b"gzip;q=0.5, identity;q=1, *;q=0", b'for=1.2.3.4;host="a.org";proto=https, for=b',
    b"a.org:8000",
    b"https", b"/pod/cast/", b"120", b"1e3", b"10.0.0.0/8", b"bytes 0-9/100", b'text/html; charset="utf-8"',
)  # fmt: skip
_NAMES = (
    "range",
    "if-range",
    "if-match",
    "if-none-match",
    "if-modified-since",
    "if-unmodified-since",
    "accept-encoding",
    "forwarded",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-prefix",
    "host",
    "retry-after",
    "retry-after-ms",
)


@contextlib.contextmanager
def headers(folder: Path) -> Iterator[Subject]:
    """Read a header of any name."""
    del folder

    def read(data: bytes) -> object:
        text = data.decode("latin-1")
        given = dict.fromkeys(_NAMES, text)
        wait_s(given)
        wanted_parts(text, 100)
        date_s(text)
        takes_gzip(text)
        for name in (*_NAMES, None):
            some = given if name is None else {name: text}
            precondition(some, '"abc"', 1_718_000_000)
            range_counts(some, '"abc"', 1_718_000_000)
            asked_address(some, "http", is_believed=True, is_address=lambda each: is_base_url(each) is None)
        with contextlib.suppress(InputError):
            networks([text])
        return text

    yield Subject(_HEADERS, read)


# ── a show's own templates ──────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def templates(folder: Path) -> Iterator[Subject]:
    """Write a newsletter by somebody else's template."""
    names = ("newsletter.md", "paper.md")
    article = Article(_preprint(1), Summary((Section("Claim", ("It sorts.",)),), "rules 1"))
    edition = edition_of("A Show", _DAY, [article], [article], written_on=_DAY)
    seeds = [(TEMPLATES / name).read_bytes() for name in names]
    seeds += [
        b"{% for each in highlights %}{{ each.title|upper }}{% endfor %}",
        b"{% set x = namespace(a=1) %}{{ '%s' % x.a }}",
    ]

    def read(data: bytes) -> object:
        for name in names:
            (folder / name).unlink(missing_ok=True)
        (folder / names[len(data) % 2]).write_bytes(data)
        return format_newsletter(edition, folder).encode()

    yield Subject(seeds, read)


DATA = (
    Reader("feed.xml", feeds, 20),
    Reader("arXiv's listings", listings, 20),
    Reader("episode.json", records, 15),
    Reader("transcripts", episode_files, 20),
    Reader("pages.json", ledgers, 10),
    Reader("published.json", manifests, 15),
    Reader("papers.json", kept_papers, 10),
    Reader("papers.csv", papers_lists, 10),
    Reader("papers.db", databases, 15),
    Reader("a model's answer", model_answers, 20),
    Reader("a chat completion", completions, 10),
    Reader("headers", headers, 20),
    Reader("templates", templates, 10),
)
