"""A newsletter by its address: its bytes, a name that tells its kind, and one sentence for whatever else is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import web_server
from conftest import NEWSLETTER, at_most
from web_server import Reply, Site, page, redirect, status

from podcast.errors import InputError, OutsideError, PodcastError
from podcast.papers.newsletter import read_newsletter
from podcast.papers.online import fetch_newsletter

if TYPE_CHECKING:
    from collections.abc import Iterator

HTML = "<!DOCTYPE html><title>Erdős</title><h1>Papers of June 15</h1>"


@pytest.fixture
def site() -> Iterator[Site]:
    """Return a server on this machine."""
    with web_server.serving() as site:
        yield site


def fetch(site: Site, path: str, *replies: Reply) -> tuple[bytes, str]:
    """Fetch what the server answers there, without waiting."""
    return fetch_newsletter(site.has(path, *replies), (site.url,), lambda _: None)


def test_a_newsletter_is_read_from_its_address(site: Site) -> None:
    """As if it had been given as a file."""
    data, name = fetch(site, "/issues/2024-06-15.md", page(NEWSLETTER.encode(), "text/plain; charset=utf-8"))
    assert name == "2024-06-15.md"
    assert [paper.arxiv_id for paper in read_newsletter(data, name=name).highlights] == ["2406.00001", None]


@pytest.mark.parametrize(
    ("path", "kind", "content", "name"),
    [
        ("/p/this-week", "text/html; charset=utf-8", HTML.encode(), "this-week.html"),
        ("/p/this-week.php?id=1", "text/html", HTML.encode(), "this-week.php.html"),
        ("/p/this-week.html", "application/xhtml+xml", HTML.encode(), "this-week.html"),
        ("/", "TEXT/HTML", HTML.encode(), "127.0.0.1.html"),
        ("/a.md", "text/html", HTML.encode(), "a.html"),
        ("/raw/a.md", "text/plain", b"# A", "a.md"),
        ("/raw/a", "text/markdown", b"# A", "a.md"),
        ("/raw/a.html", "text/plain", HTML.encode(), "a.html"),
        ("/raw/a", "text/plain", b"A", "a.txt"),
        ("/raw/a", None, HTML.encode(), "a.html"),
        ("/raw/a.markdown", "application/octet-stream", b"# A", "a.markdown"),
        ("/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "text/plain", b"A", "passwd.txt"),
        ("/..%00%1b[31m-a%20b", "text/plain", b"A", "31m-a-b.txt"),
        ("/" + "x" * 300, "text/plain", b"A", "x" * 80 + ".txt"),
    ],
)
def test_the_name_tells_its_kind(site: Site, path: str, kind: str | None, content: bytes, name: str) -> None:
    """By what its server says, else by its address, else by how it begins; and it is no path."""
    assert fetch(site, path, page(content, kind)) == (content, name)


def test_the_name_is_of_where_redirects_lead(site: Site) -> None:
    """Short addresses say nothing."""
    site.has("/issues/7.md", page(b"# A", "text/plain"))
    assert fetch(site, "/s", redirect("/issues/7.md")) == (b"# A", "7.md")


@pytest.mark.parametrize(
    ("content", "kind", "read"),
    [
        ("Erdős".encode("iso-8859-2"), "text/plain; charset=ISO-8859-2", "Erdős".encode()),
        ("naïve “x”".encode("windows-1252"), 'text/plain; charset="iso-8859-1"', "naïve “x”".encode()),
        ("論文".encode("shift_jis"), "text/plain;charset=Shift_JIS", "論文".encode()),
        ("Erdős".encode(), "text/plain; charset=iso-8859-1", "Erdős".encode()),
        ("<html><p>Erdős".encode("iso-8859-2"), "text/html; charset=iso-8859-2", "<html><p>Erdős".encode()),
        ("Erdős".encode("utf-16"), "text/plain; charset=iso-8859-1", "Erdős".encode("utf-16")),
        (b"<meta charset=iso-8859-2>Erd\xf5s", "text/html; charset=iso-8859-1", b"<meta charset=iso-8859-2>Erd\xf5s"),
        (b"\xff\xfea", "text/plain; charset=punycode", b"\xff\xfea"),
        (b"Erd\xf5s", "text/plain; charset=no-such", b"Erd\xf5s"),
        (b"\x81\xff", "text/plain; charset=shift_jis", b"\x81\xff"),
    ],
)
def test_the_charset_that_a_server_gives_is_honoured(site: Site, content: bytes, kind: str, read: bytes) -> None:
    """Unless the text says itself what it is, or is UTF-8, or is not in that charset."""
    assert fetch(site, "/a", page(content, kind))[0] == read


LOGIN = page(b"<html><script>var a = 1;</script>Welcome back <input name=p type='password'></html>")


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (status(404), "nothing is there (status 404)"),
        (status(410), "nothing is there (status 410)"),
        (status(401), "to nobody but readers (status 401). Open it in a browser, save the page"),
        (status(403), "to nobody but readers (status 403). Open it in a browser, save the page"),
        (LOGIN, "its server asks to log in first. Open it in a browser, save the page"),
        (page(b"%PDF-1.5 x", "application/pdf"), "this is a PDF, not a newsletter. Save it, and give it as a PDF."),
        (page(b"%PDF-1.5 x", "text/html"), "this is a PDF"),
        (page(b"PK\x03\x04", "application/zip"), "this is a zip archive"),
        (page(b"\x89PNG", "image/png"), "this is a picture"),
        (page(b"GIF8", "image/gif"), "this is a picture"),
        (page(b"{}", "application/json"), "this is application/json"),
        (page(b"<rss>", "application/rss+xml"), "this is a feed or other XML, not a newsletter. Give the"),
        (page(b"x", "a/\x1b[31m"), "this is"),
    ],
)
def test_whatever_else_is_there_is_one_clear_sentence(site: Site, reply: Reply, says: str) -> None:
    """With the address, and what to do instead."""
    with pytest.raises(InputError) as refused:
        fetch(site, "/a", reply)
    assert says in str(refused.value)
    assert str(refused.value).startswith(f"{site.url}/a: ")
    assert str(refused.value).isprintable()
    assert len(site.asked) == 1


def test_a_redirect_to_a_login_is_no_newsletter(site: Site) -> None:
    """Whatever that page holds."""
    site.has("/login?next=a", page(HTML.encode()))
    with pytest.raises(InputError, match="asks to log in first"):
        fetch(site, "/a", redirect("/login?next=a"))


def test_a_newsletter_about_passwords_is_one(site: Site) -> None:
    """Be there a field for one on it or not."""
    text = b"<html><p>Choose a password.<input type=password>" + b"<p>More to read. " * 200
    assert fetch(site, "/a", page(text))[0] == text


def test_what_may_pass_is_asked_for_twice_more(site: Site) -> None:
    """After as long as the server asks for."""
    slept: list[float] = []
    url = site.has("/a", status(503, retry_after=9), web_server.reset, page(HTML.encode()))
    assert fetch_newsletter(url, (site.url,), slept.append)[0] == HTML.encode()
    assert slept == [9, 4]


@pytest.mark.parametrize(
    ("reply", "says"),
    [(status(500), "status 500"), (status(429), "status 429"), (web_server.reset, "broke off"), (status(418), "418")],
)
def test_a_server_that_fails_is_said(site: Site, reply: Reply, says: str) -> None:
    """It is not the user's fault."""
    with pytest.raises(OutsideError, match=says):
        fetch(site, "/a", reply)


def test_a_page_without_end_is_refused(site: Site) -> None:
    """At 20 MB."""
    with at_most(20), pytest.raises(OutsideError, match="has more than 20 MB"):
        fetch(site, "/a", web_server.endless)


@pytest.mark.parametrize(
    "url", ["http://example.org/", "https://localhost/", "https://169.254.169.254/", "https://[::", ""]
)
def test_addresses_that_are_not_public_are_not_fetched(url: str) -> None:
    """Nor what is none."""
    with pytest.raises(PodcastError) as refused:
        fetch_newsletter(url)
    assert refused.value.exit_code == 2
