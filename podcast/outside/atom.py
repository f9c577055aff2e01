"""What an archive sends, before anybody parses it: bytes in, a listing with nothing but whole entries out.

An answer is refused unless it is one whole Atom document in UTF-8 without a DTD: entities are how a document of a
kilobyte becomes one of gigabytes, or has other files read. Entries that lack something are taken out and named.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_TOTAL = "{http://a9.com/-/spec/opensearch/1.1/}totalResults"

_TYPES = {"application/atom+xml", "application/xml", "text/xml"}
_DTD = re.compile(r"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_WEB_PAGE = re.compile(r"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*?(?:encoding\s*=\s*[\"']([^\"']*)[\"'][^>]*)?\?>")
_NO_XML = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|x0*(?:[0-8bcef]|1[\da-f]));",
    re.IGNORECASE,
)
"""Control characters that XML has no place for, and references to them: senders let them through now and then."""

_END = "</entry>"
_OBEYED = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Control characters that are no whitespace, and marks that turn writing round so that it looks like another."""

_ENTRY_ID = re.compile(
    r"/abs/(?P<id>\d{4}\.\d{4,5}|[a-z-]{2,16}(?:\.[A-Z]{2})?/\d{7})(?:v(?P<version>\d{1,4}))?", re.ASCII
)
_ERRORS = "/api/errors"
_LONGEST_QUOTE = 80
_LONGEST_FIELD = 20_000
"""Ten times what arXiv lets an abstract have."""
_LONGEST_DECLARATION = 200
_MOST_ENTRIES = 2000
"""Of a page, as arXiv's manual says."""


class UnusableError(Exception):
    """An answer that is no listing; its text is what the server did, as in: sent a web page."""


class DangerousError(UnusableError):
    """One that nobody should ask for again."""


class ComplainedError(Exception):
    """A listing that says in its only entry why there is none; its text is that."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A listing; `content` is Atom in UTF-8 and has the whole entries only."""

    content: bytes
    whole: int
    given: int
    """How many entries came, broken ones among them."""
    total: int
    """How many there are in all, as the server counts."""
    problems: tuple[str, ...] = ()


def read(content: bytes, content_type: str) -> Feed:
    """Check an answer; raises UnusableError or ComplainedError."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind and kind not in _TYPES:
        raise UnusableError(f"sent {short(kind)} instead of a listing")
    feed, problems = _parsed(_text_of(content))
    if feed.tag != f"{_ATOM}feed":
        raise UnusableError("sent XML that is no listing")
    entries = feed.findall(f"{_ATOM}entry")
    if len(entries) > _MOST_ENTRIES:
        raise UnusableError("sent more papers than any page has")
    _raise_complaint(entries)
    given, total = len(entries) + len(problems), _total(feed)
    problems += _without_broken(feed, entries)
    whole = len(feed.findall(f"{_ATOM}entry"))
    return Feed(_bytes_of(feed), whole, given, total, tuple(problems))


def complaint(content: bytes) -> str:
    """Return why a server refused, in its own words, or nothing if it did not say."""
    try:
        read(content, "")
    except ComplainedError as error:
        return str(error)
    except UnusableError:
        pass
    return ""


def clean(text: str | None) -> str:
    """Text on one line, without characters that do something instead of being read."""
    return " ".join(_OBEYED.sub("", text or "").split())


def short(text: str) -> str:
    """Text from outside, as a sentence quotes it."""
    text = clean(text)
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE].rstrip()}…"


def parts_of(entry_id: str) -> tuple[str, int] | None:
    """Read id and version out of an entry's address, http://arxiv.org/abs/2405.20233v2; math.GT/… is math/…."""
    found = _ENTRY_ID.search(entry_id.strip())
    if not found or found.end() != len(entry_id.strip()):
        return None
    return re.sub(r"\.[A-Z]{2}(?=/)", "", found["id"]), int(found["version"] or 1)


# ── the document ────────────────────────────────────────────────────────────────────────────────────────


def _text_of(content: bytes) -> str:
    """Decode it; nothing else than UTF-8 may be claimed, as a parser would believe the claim."""
    seen = content.replace(b"\0", b"").decode("latin-1")  # what is ASCII can be seen in UTF-16, too
    if _WEB_PAGE.search(seen[:_LONGEST_DECLARATION]):
        raise UnusableError("sent a web page instead of a listing")
    if _DTD.search(seen):
        raise DangerousError("sent a listing with a DTD in it, which can hold harmful entities and was not read")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnusableError("sent a listing that is not in UTF-8") from error
    declaration = _DECLARATION.match(text[:_LONGEST_DECLARATION])
    if declaration and (declaration[1] or "utf-8").lower() not in {"utf-8", "utf8", "us-ascii"}:
        raise UnusableError("sent a listing that is not in UTF-8")
    if not text.rstrip().endswith("feed>"):
        raise UnusableError("sent a listing that breaks off" if text.strip() else "sent nothing")
    return _NO_XML.sub("", text[declaration.end() if declaration else 0 :])


def _parsed(text: str) -> tuple[Any, list[str]]:
    """Parse it whole; if that fails, without those entries that cannot be parsed, which are named."""
    from lxml import etree

    try:
        return _tree(text), []
    except etree.XMLSyntaxError:
        rest, entries = _cut(text)
    try:
        feed = _tree(rest)
    except etree.XMLSyntaxError as error:
        raise UnusableError("sent a listing that is not well-formed XML") from error
    opening = rest[rest.find("<feed") : rest.find(">", rest.find("<feed")) + 1]  # it declares the prefixes
    problems = []
    for entry in entries:
        try:
            feed.extend(_tree(f"{opening}{entry}</feed>"))
        except etree.XMLSyntaxError:
            problems.append(f"arXiv sent {_named_in(entry)} as broken XML: it is left out.")
    return feed, problems


def _cut(text: str) -> tuple[str, list[str]]:
    """Return what stands around entries, and each of them."""
    before, *pieces = text.split("<entry")
    if len(pieces) > _MOST_ENTRIES:
        raise UnusableError("sent more papers than any page has")
    halves = [piece.partition(_END) for piece in pieces]
    return before + "".join(behind for _, _, behind in halves), [f"<entry{entry}{end}" for entry, end, _ in halves]


def _named_in(piece: str) -> str:
    found = _ENTRY_ID.search(piece)
    return found["id"] if found else "an entry"


def _tree(text: str) -> Any:
    from lxml import etree

    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    return etree.fromstring(text.encode(), parser)


def _bytes_of(feed: Any) -> bytes:
    from lxml import etree

    content: bytes = etree.tostring(feed, encoding="utf-8")
    return content


def _total(feed: Any) -> int:
    number = (feed.findtext(_TOTAL) or "").strip()
    if not re.fullmatch(r"[0-9]{1,12}", number):
        raise UnusableError("sent a listing that does not say how many papers there are")
    return int(number)


# ── entries ─────────────────────────────────────────────────────────────────────────────────────────────


def _raise_complaint(entries: list[Any]) -> None:
    for entry in entries:
        if _ERRORS in _field(entry, "id"):
            raise ComplainedError(short(_field(entry, "summary")) or "it does not say why")


def _without_broken(feed: Any, entries: list[Any]) -> list[str]:
    """Take broken entries out, and markup out of the others' texts; say what was broken."""
    problems = []
    for entry in entries:
        if lack := next(_lacks(entry), None):
            known = parts_of(_field(entry, "id"))
            title = short(_field(entry, "title"))
            name = known[0] if known else f"an entry titled “{title}”" if title else "an entry"
            problems.append(f"arXiv sent {name} {lack}: it is left out.")
            feed.remove(entry)
        else:
            _flatten(entry)
    return problems


def _lacks(entry: Any) -> Iterator[str]:
    for name, words in (("id", "an id"), ("title", "a title"), ("summary", "an abstract")):
        length = len(clean(_field(entry, name)))
        if not length or length > _LONGEST_FIELD:
            yield f"with {words} of {length:,} characters" if length else f"without {words}"
    if not parts_of(_field(entry, "id")):
        yield f"with the id “{short(_field(entry, 'id'))}”, which is none of arXiv's"
    for name in ("published", "updated"):
        if not _is_date(_field(entry, name)):
            given = short(_field(entry, name))
            yield f"with “{given}” where a date should be" if given else f"without the date when it was {name}"


def _field(entry: Any, name: str) -> str:
    """All text of a field, whatever markup is in it."""
    field = entry.find(f"{_ATOM}{name}")
    return "".join(field.itertext()) if field is not None else ""


def _is_date(text: str) -> bool:
    """Whether the parser behind this understands it, and it can be told in UTC."""
    try:
        dt.datetime.fromisoformat(text.strip()).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return False
    return True


def _flatten(entry: Any) -> None:
    """Make each text one piece: a parser may read up to the first tag only. Links, which nobody needs, go."""
    for field in list(entry):
        if field.tag == f"{_ATOM}link":
            entry.remove(field)
    for tag in (f"{_ATOM}title", f"{_ATOM}summary", f"{_ARXIV}comment", f"{_ATOM}author/{_ATOM}name"):
        for field in entry.findall(tag):
            text = "".join(field.itertext())
            field[:] = []
            field.text = text
