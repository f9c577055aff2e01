"""arXiv on this machine: its API over papers that a test gives, its PDFs, and its bad days on demand.

with arxiv_server(papers, "503", "cut") as arxiv: …        two bad answers first, then good ones
python tests/arxiv_server.py --data papers.jsonl --port 8100    then ARXIV_API_URL=http://127.0.0.1:8100/api/query
"""

from __future__ import annotations

import argparse
import contextlib
import fnmatch
import json
import os
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LONGEST_HANG_S = 5
ATOM = "application/atom+xml; charset=utf-8"
SAFE_ID = re.compile(r"(\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7})(v\d+)?")


# ── papers ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Record:
    """A paper as arXiv keeps it; `extra` is XML that goes into its entry, `whole` replaces the entry."""

    id: str
    title: str = "A Title"
    abstract: str = "An abstract."
    authors: tuple[str, ...] = ("Ada Lovelace",)
    categories: tuple[str, ...] = ("cs.CL",)
    published: str = "2024-06-10T12:00:00Z"
    updated: str = ""
    version: int = 1
    comment: str = ""
    whole: str = ""


def record_of(data: Mapping[str, Any]) -> Record:
    """Read a line of a data set: what it does not know of a paper, its id or its kind tells well enough."""
    return Record(
        data["id"],
        data["title"],
        data["abstract"],
        tuple(data["authors"]),
        tuple(data["categories"]) or ("cs.AI", "cs.LG"),
        _published(data.get("published") or "", data["id"]),
        data.get("updated") or "",
        data.get("version") or 1,
        data.get("comment") or "",
    )


def _published(date: str, id_: str) -> str:
    """Return an instant: ids are given out in order, some 25,000 a month, and arXiv's day is 24 hours long."""
    number = int(id_[-5:]) if id_[-5:].isdigit() else 0
    month = f"20{id_[:2]}-{id_[2:4]}" if id_[:4].isdigit() else "2000-01"
    day = date[:10] or f"{month}-{min(28, 1 + number // 900):02}"
    return date[:19] + "Z" if len(date) >= 19 else f"{day}T{number % 24:02}:{number % 60:02}:00Z"


def read_records(path: Path) -> list[Record]:
    """Read a data set, a paper a line."""
    return [record_of(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines() if line]


def entry(record: Record, version: int | None = None) -> str:
    """Write a paper as arXiv does."""
    if record.whole:
        return record.whole
    address = f"http://arxiv.org/abs/{record.id}v{version or record.version}"
    authors = "".join(f"<author><name>{escape(name)}</name></author>" for name in record.authors)
    categories = "".join(f"<category term={quoteattr(name)} scheme='x'/>" for name in record.categories)
    primary = f"<arxiv:primary_category term={quoteattr(record.categories[0])}/>" if record.categories else ""
    comment = f"<arxiv:comment>{escape(record.comment)}</arxiv:comment>" if record.comment else ""
    return (
        f"<entry><id>{address}</id><title>{escape(record.title)}</title>"
        f"<updated>{record.updated or record.published}</updated><link href={quoteattr(address)} rel='alternate'/>"
        f"<summary>{escape(record.abstract)}</summary>{categories}<published>{record.published}</published>"
        f"{comment}{primary}{authors}</entry>"
    )


def listing(entries: Iterable[str], total: object, start: int = 0) -> bytes:
    """Write an answer of the API."""
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" '
        'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">'
        "<id>https://arxiv.org/api/x</id><title>arXiv Query</title>"
        f"<opensearch:totalResults>{total}</opensearch:totalResults>"
        f"<opensearch:startIndex>{start}</opensearch:startIndex>{''.join(entries)}</feed>\n"
    ).encode()


def refusal(reason: str) -> bytes:
    """Write what the API says where it cannot answer."""
    id_ = f"https://arxiv.org/api/errors#{re.sub(r'[^a-z0-9]', '_', reason.lower())}"
    now = "<updated>2024-06-15T00:00:00Z</updated>"
    author = "<author><name>arXiv api core</name></author>"
    error = f"<entry><id>{id_}</id><title>Error</title>{now}<summary>{escape(reason)}</summary>{author}</entry>"
    return listing([error], 1)


# ── queries ─────────────────────────────────────────────────────────────────────────────────────────────

Test = Callable[[Record], bool]
_TOKEN = re.compile(r'\s*(\(|\)|AND\b|ANDNOT\b|OR\b|[a-zA-Z]+:\[[^\]]*\]|(?:[a-z]+:)?"[^"]*"|(?:[a-z]+:)?[^\s()":]+)')


def test_for(query: str) -> Test:
    """Read a query; raises ValueError where it is none."""
    tokens, end = [], 0
    while query[end:].strip():
        found = _TOKEN.match(query, end)
        if not found:
            raise ValueError(query[end:])
        tokens.append(found[1])
        end = found.end()
    test = _expression(tokens)
    if tokens:
        raise ValueError(tokens[0])
    return test


def _expression(tokens: list[str]) -> Test:
    test = _term(tokens)
    while tokens and tokens[0] != ")":
        joined = tokens.pop(0) if tokens[0] in {"AND", "OR", "ANDNOT"} else "OR"
        test = _joined(joined, test, _term(tokens))
    return test


def _joined(how: str, one: Test, other: Test) -> Test:
    return {
        "AND": lambda record: one(record) and other(record),
        "OR": lambda record: one(record) or other(record),
        "ANDNOT": lambda record: one(record) and not other(record),
    }[how]


def _term(tokens: list[str]) -> Test:
    if not tokens or tokens[0] in {"AND", "OR", "ANDNOT", ")"}:
        raise ValueError("a term is missing")
    word = tokens.pop(0)
    if word == "(":
        test = _expression(tokens)
        if tokens[:1] != [")"]:
            raise ValueError("a parenthesis is open")
        tokens.pop(0)
        return test
    name, colon, value = ("", "", word) if word.startswith('"') else word.partition(":")
    return _field_test(name if colon else "all", value.strip('"'))


def _field_test(name: str, value: str) -> Test:
    if name == "submittedDate":
        low, high = re.fullmatch(r"\[(\d{12}) TO (\d{12})\]", value).groups()  # type: ignore[union-attr]
        return lambda record: low <= _minute(record) <= high
    if name == "cat":
        return lambda record: any(fnmatch.fnmatchcase(category, value) for category in record.categories)
    texts: dict[str, Callable[[Record], str]] = {
        "ti": lambda record: record.title,
        "abs": lambda record: record.abstract,
        "au": lambda record: " ".join(record.authors),
        "all": lambda record: f"{record.title} {record.abstract} {' '.join(record.authors)} {record.comment}",
    }
    text_of = texts[name]
    return lambda record: _words(value) in _words(text_of(record))


def _words(text: str) -> str:
    words = re.findall(r"[^\W_]+", text.lower())
    return f" {' '.join(words)} "


def _minute(record: Record) -> str:
    """When it was submitted, as a query says it; far from all where that is not known."""
    return re.sub(r"\D", "", record.published)[:12]


# ── the server ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came in; header names in lower case."""

    path: str
    fields: Mapping[str, str]
    headers: Mapping[str, str]
    at_s: float


@dataclass(slots=True)
class Arxiv:
    """Where it is, what it has, what it was asked, and how its next answers go wrong, by name or as functions."""

    root: str
    records: list[Record]
    faults: list[Fault | str] = field(default_factory=list)
    pdfs: dict[str, bytes] = field(default_factory=dict)
    """By path: /pdf/2405.20233v1."""
    asked: list[Asked] = field(default_factory=list)
    disliked: set[str] = field(default_factory=set)
    """Ids for which a whole question is refused."""
    names_disliked: bool = True
    uncounted: int = 0
    """How many papers it counts but does not list."""
    before_answer: Callable[[Arxiv], None] = lambda _: None
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def address(self) -> str:
        """What ARXIV_API_URL is set to."""
        return f"{self.root}/api/query"

    def answer(self, fields: Mapping[str, str]) -> tuple[int, bytes]:
        """Answer a question to the API well, or as it answers bad ones."""
        start, most = int(fields.get("start", 0)), int(fields.get("max_results", 10))
        ids = [name for name in fields.get("id_list", "").split(",") if name]
        for name in ids:
            if not SAFE_ID.fullmatch(name) or name in self.disliked:
                return 400, refusal(f"incorrect id format for {name if self.names_disliked else 'one'}")
        try:
            found = self._by_id(ids) if ids else self._by_query(fields)
        except (ValueError, KeyError, AttributeError) as error:
            return 400, refusal(f"malformed query: {error}")
        return 200, listing(found[start : start + most], len(found) + self.uncounted, start)

    def _by_id(self, ids: Sequence[str]) -> list[str]:
        known = {record.id: record for record in self.records}
        found = []
        for name in ids:
            id_, _, version = name.partition("v")
            record = known.get(re.sub(r"\.[A-Z]{2}(?=/)", "", id_))
            if record and int(version or 1) <= record.version:
                found.append(entry(record, int(version) if version else None))
        return found

    def _by_query(self, fields: Mapping[str, str]) -> list[str]:
        test = test_for(fields.get("search_query", ""))
        key = "updated" if fields.get("sortBy") == "lastUpdatedDate" else "published"
        found = sorted(filter(test, self.records), key=lambda record: getattr(record, key) or record.published)
        return [entry(record) for record in (found if fields.get("sortOrder") == "ascending" else reversed(found))]


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer as the next fault says, or well."""
        arxiv, url = self.server.arxiv, urlsplit(self.path)
        fields = {name: values[0] for name, values in parse_qs(url.query).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        arxiv.asked.append(Asked(url.path, fields, headers, time.monotonic()))
        arxiv.before_answer(arxiv)
        fault = arxiv.faults.pop(0) if arxiv.faults else work
        (FAULTS[fault] if isinstance(fault, str) else fault)(self, fields)

    def well(self, fields: Mapping[str, str]) -> tuple[int, bytes, str]:
        """Return what a good day's answer is."""
        arxiv, path = self.server.arxiv, urlsplit(self.path).path
        if path.endswith("/api/query"):
            return *arxiv.answer(fields), ATOM
        if path in arxiv.pdfs:
            return 200, arxiv.pdfs[path], "application/pdf"
        return 404, b"Not found", "text/plain"

    def send(self, content: bytes, kind: str = ATOM, status: int = 200, **headers: object) -> None:
        """Answer; `content_length` may lie."""
        self.send_response(status)
        given = {"content-type": kind, "content-length": len(content)} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        for name, value in given.items():
            self.send_header(name, str(value))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(content)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    arxiv: Arxiv

    def handle_error(self, *_: object) -> None:
        """Say nothing: clients of this server break off on purpose."""


@contextlib.contextmanager
def arxiv_server(records: Iterable[Record] = (), *faults: Fault | str, port: int = 0) -> Iterator[Arxiv]:
    """Serve while the block runs."""
    with _Server(("127.0.0.1", port), Handler) as http:
        http.arxiv = Arxiv(f"http://127.0.0.1:{http.server_address[1]}", list(records), list(faults))
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield http.arxiv
        finally:
            http.arxiv.closing.set()
            http.shutdown()
            thread.join()


# ── bad days ────────────────────────────────────────────────────────────────────────────────────────────

Fault = Callable[[Handler, Mapping[str, str]], None]


def work(handler: Handler, fields: Mapping[str, str]) -> None:
    """Answer well."""
    status, content, kind = handler.well(fields)
    handler.send(content, kind, status)


def sends(content: bytes, kind: str = ATOM, status: int = 200, **headers: object) -> Fault:
    """Answer with this, whatever is asked."""
    return lambda handler, _: handler.send(content, kind, status, **headers)


def changed(change: Callable[[bytes], bytes]) -> Fault:
    """Answer well, but for a change."""
    return lambda handler, fields: handler.send(change(handler.well(fields)[1]))


def _cut(handler: Handler, fields: Mapping[str, str]) -> None:
    content = handler.well(fields)[1]
    handler.send(content[: len(content) // 2], content_length=len(content))
    handler.close_connection = True


def _hang(handler: Handler, _: Mapping[str, str]) -> None:
    handler.server.arxiv.closing.wait(LONGEST_HANG_S)
    handler.close_connection = True


def _reset(handler: Handler, _: Mapping[str, str]) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(handler.connection.detach())
    handler.close_connection = True


def _drip(handler: Handler, start: bytes, part: bytes, pause_s: float = 0.02) -> None:
    """Say a little again and again, as long as anybody listens."""
    handler.close_connection = True
    with contextlib.suppress(OSError):
        handler.wfile.write(start)
        while not handler.server.arxiv.closing.wait(pause_s):
            handler.wfile.write(part)


_START = b"HTTP/1.1 200 OK\r\n"
_TYPED = _START + f"content-type: {ATOM}\r\nconnection: close\r\n\r\n".encode()

LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE feed [<!ENTITY a "lol">%s]><feed xmlns="http://www.w3.org/2005/Atom"><title>&j;</title></feed>""" % b"".join(
    b'<!ENTITY %c "%s">' % (name, b"&%c;" % (name - 1) * 10) for name in b"bcdefghij"
)
OUTSIDE = b"""<?xml version="1.0"?>
<!DOCTYPE feed [<!ENTITY x SYSTEM "file:///etc/passwd">]><feed xmlns="http://www.w3.org/2005/Atom">&x;</feed>"""

FAULTS: Mapping[str, Fault] = {
    "work": work,
    "400": sends(refusal("start must be an integer"), status=400),
    "200 with an error": sends(refusal("incorrect id format for abc")),
    "403": sends(b"Forbidden", "text/plain", 403),
    "404": sends(b"Not found", "text/plain", 404),
    "429": sends(b"Rate exceeded.", "text/plain", 429),
    "429 for 7 s": sends(b"Rate exceeded.", "text/plain", 429, retry_after=7),
    "500": sends(b"", "text/plain", 500),
    "503": sends(b"", "text/plain", 503),
    "503 for 5 s": sends(b"", "text/plain", 503, retry_after=5),
    "503 for an hour": sends(b"", "text/plain", 503, retry_after=3600),
    "empty": changed(lambda content: re.sub(rb"<entry>.*</entry>", b"", content, flags=re.DOTALL)),
    "emptied": sends(listing([], 0)),
    "nothing": sends(b""),
    "cut": _cut,
    "ends early": changed(lambda content: content[: len(content) // 2]),
    "page": sends(b"<!DOCTYPE html><html><title>arXiv is down</title></html>", "text/html; charset=utf-8"),
    "page as atom": sends(b"<!DOCTYPE html><html><title>arXiv is down</title></html>"),
    "json": sends(b"{}", "application/json"),
    "other xml": sends(b"<feed></feed>"),
    "not well-formed": sends(b"<feed xmlns='http://www.w3.org/2005/Atom'><a></b></feed>"),
    "without a total": changed(lambda content: content.replace(b"totalResults", b"total")),
    "latin-1": changed(lambda content: content.decode().replace("Title", "Títle").encode("latin-1")),
    "utf-16": changed(lambda content: content.decode().replace("UTF-8", "UTF-16").encode("utf-16")),
    "utf-7": changed(lambda content: content.replace(b"UTF-8", b"UTF-7")),
    "laughs": sends(LAUGHS),
    "laughs in utf-16": sends(LAUGHS.decode().encode("utf-16")),
    "outside": sends(OUTSIDE),
    "hang": _hang,
    "reset": _reset,
    "slow body": lambda handler, _: _drip(handler, _TYPED, b"  "),
    "slow headers": lambda handler, _: _drip(handler, _START, b"x: y\r\n"),
    "endless": lambda handler, _: _drip(handler, _TYPED, bytes(1 << 16), 0),
    "moved": lambda handler, _: handler.send(b"", status=301, location=f"/moved{handler.path}"),
    "circle": lambda handler, _: handler.send(b"", status=302, location=handler.path),
    "elsewhere": sends(b"", status=302, location="file:///etc/passwd"),
}


def main() -> None:
    """Serve a data set until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="papers, a JSON object a line")
    parser.add_argument("--pdfs", type=Path, help="a folder of PDFs that are named like 2405.20233v1.pdf")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--faults", nargs="*", default=(), choices=FAULTS, help="how the first answers go wrong")
    given = parser.parse_args()
    with arxiv_server(read_records(given.data), *given.faults, port=given.port) as arxiv:
        for path in sorted(given.pdfs.glob("*.pdf")) if given.pdfs else ():
            arxiv.pdfs[f"/pdf/{path.stem}"] = path.read_bytes()
        print(f"ARXIV_API_URL={arxiv.address}", flush=True)  # noqa: T201 - for whoever started it
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
