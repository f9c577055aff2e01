"""Addresses that strangers wrote: what is fetched, and what is refused before anybody is asked."""

from __future__ import annotations

import gzip
import shutil
import ssl
import subprocess
import zlib
from typing import TYPE_CHECKING

import pytest
import web_server
from conftest import at_most, skip
from web_server import Site, page, redirect

from podcast.errors import InputError, OutsideError
from podcast.masking import shown
from podcast.outside import addresses, web
from podcast.outside.addresses import is_public
from podcast.outside.answers import Rules, WebError
from podcast.outside.web import get_public

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def site() -> Iterator[Site]:
    """Return a server on this machine."""
    with web_server.serving() as site:
        yield site


def trusting(site: Site, **others: float) -> Rules:
    """Return rules by which this server may be asked although it is on this machine."""
    return Rules(trusted=(site.url,), **others)  # type: ignore[arg-type]


def nobody(host: str, port: int) -> tuple[str, ...]:
    """Resolve nothing: no test may get as far as asking for a name."""
    raise AssertionError(f"{host}:{port} was looked up")


# ── which addresses are public ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "number",
    [
        "8.8.8.8", "93.184.215.14", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.1", "2606:4700::1111",
        "2a00:1450:4001::200e", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1",
    ],
)  # fmt: skip
def test_servers_of_the_internet_are_public(number: str) -> None:
    """Right beside the private networks, and by the ways from IPv6 to IPv4, too."""
    assert is_public(number)


@pytest.mark.parametrize(
    "number",
    [
        "127.0.0.1", "127.255.255.254", "0.0.0.0",  # noqa: S104 - refused
        "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192", "192.0.2.1", "198.18.0.1",
        "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1",
        "fe80::1", "fe80::1%eth0", "2606:4700::1111%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::808:808", "2002:7f00:1::", "2002:a00:1::1", "2001:0:808:808::1", "2001:db8::1", "3fff::1", "100::1",
        "", "localhost", "127.1", "0x7f000001", "8.8.8.8:80",
    ],
)  # fmt: skip
def test_no_other_address_is_public(number: str) -> None:
    """This machine, networks around it, clouds' machines, and the ways from IPv6 to all of these."""
    assert not is_public(number)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://example.org/", "does not begin with https://"),
        ("ftp://example.org/", "does not begin with https://"),
        ("file:///etc/passwd", "no host"),
        ("https:///a", "no host"),
        ("https://[::", "no address on the web"),
        ("https://example.org:0/", "a port that does not exist"),
        ("https://8.8.8.8:99999/", "a port that does not exist"),
        ("https://example.org\n/", "no address on the web"),
        ("https://127.0.0.1/", "private network or this machine"),
        ("https://169.254.169.254/latest/meta-data/", "private network or this machine"),
        ("https://[::1]/", "private network or this machine"),
        ("https://[::ffff:10.0.0.1]/", "private network or this machine"),
        ("https://127。0。0。1/", "private network or this machine"),
        ("https://127.1/", "not written as numbers of hosts are"),
        ("https://2130706433/", "not written as numbers of hosts are"),
        ("https://0x7f000001/", "not written as numbers of hosts are"),
        ("https://0177.0.0.1/", "address"),
        ("https://8.8.8.8./", "not written as numbers of hosts are"),
    ],
)
def test_an_address_that_must_not_be_asked_is_refused_in_a_sentence(url: str, says: str) -> None:
    """Before any name is looked up."""
    with pytest.raises(InputError, match=says) as refused:
        get_public(url, rules=Rules(resolve=nobody))
    assert "\n" not in str(refused.value)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    """Messages end up in logs."""
    with pytest.raises(InputError, match="a name or a password") as refused:
        get_public("https://ada:secret@example.org/", rules=Rules(resolve=nobody))
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("numbers", [("127.0.0.1",), ("8.8.8.8", "10.0.0.1"), ("::1",), ("fd00::1", "8.8.8.8")])
def test_a_name_that_leads_home_is_refused(numbers: tuple[str, ...]) -> None:
    """One number that is not public is enough."""
    with pytest.raises(InputError, match=r"https://papers\.example/ leads into a private network"):
        get_public("https://papers.example/", rules=Rules(resolve=lambda *_: numbers))


def test_the_names_of_this_machine_are_refused() -> None:
    """As the system itself resolves them."""
    with pytest.raises(InputError, match="private network or this machine"):
        get_public("https://localhost:1/")


def test_a_name_that_nobody_knows_is_said() -> None:
    """Without looking like the user's fault alone."""

    def unknown(*_: object) -> tuple[str, ...]:
        raise OSError(-2, "Name or service not known")

    with pytest.raises(OutsideError, match="has a host that nobody knows"):
        get_public("https://papers.example/", rules=Rules(resolve=unknown))


# ── redirects ───────────────────────────────────────────────────────────────────────────────────────────


def test_redirects_are_followed_and_the_last_address_is_told(site: Site) -> None:
    """Relative ones, too."""
    site.has("/end", page(b"here"))
    first = site.has("/a", redirect("b"))
    site.has("/b", redirect(site.url + "/end#part", 308))
    answer = get_public(first, rules=trusting(site))
    assert (answer.status, answer.content, answer.url) == (200, b"here", f"{site.url}/end")


@pytest.mark.parametrize(
    ("to", "says"),
    [
        ("https://127.0.0.1:1/", "which leads into a private network"),
        ("https://169.254.169.254/latest/meta-data/", "which leads into a private network"),
        ("http://169.254.169.254/latest/meta-data/", "which does not begin with https://"),
        ("https://localhost/", "which leads into a private network"),
        ("https://ada:secret@example.org/", "which has a name or a password"),
        ("//[::1]:1/", "which does not begin with https://"),
        ("file:///etc/passwd", "which has no host"),
    ],
)
def test_a_redirect_to_what_must_not_be_asked_is_refused(site: Site, to: str, says: str) -> None:
    """Both addresses are named."""
    url = site.has("/a", redirect(to))
    with pytest.raises(InputError, match=says) as refused:
        get_public(url, rules=trusting(site))
    assert len(site.asked) == 1
    assert "secret" not in str(refused.value)


def test_a_redirect_to_nowhere_is_said(site: Site) -> None:
    """Not every Location is an address."""
    url = site.has("/a", redirect("https://[::"))
    with pytest.raises(OutsideError, match="sends on to what is no address"):
        get_public(url, rules=trusting(site))


def test_redirects_end(site: Site) -> None:
    """After five."""
    url = site.has("/a", redirect("/a"))
    with pytest.raises(WebError, match="sends on more than 5 times"):
        get_public(url, rules=trusting(site))
    assert len(site.asked) == 6


def test_what_a_server_wants_to_have_remembered_is_forgotten(site: Site) -> None:
    """No cookie goes anywhere."""
    url = site.has("/a", page(b"", code=302, location="/b", set_cookie="who=ada"))
    site.has("/b", page(b"here"))
    get_public(url, rules=trusting(site))
    assert "cookie" not in site.asked[1].headers


# ── connecting by number ────────────────────────────────────────────────────────────────────────────────

NAME = "papers.example"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a certificate with its key, for one name."""
    openssl = shutil.which("openssl")
    if not openssl:
        skip("openssl is not installed: it makes a certificate")
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    subject = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    files = ["-keyout", str(path), "-out", str(path.with_name("cert"))]
    subprocess.run(
        [str(openssl), "req", "-x509", "-days", "2", *subject, *key, *files], check=True, capture_output=True
    )
    path.write_bytes(path.read_bytes() + path.with_name("cert").read_bytes())
    return path


@pytest.fixture
def secure(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Return a server that speaks https as papers.example; here, and only here, 127.0.0.1 counts as public."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_name("cert")))
    monkeypatch.setattr(addresses, "is_public", lambda number: number == "127.0.0.1")
    web._certificates.cache_clear()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with web_server.serving(context) as site:
        yield site
    web._certificates.cache_clear()


def named(site: Site, path: str, host: str = NAME) -> str:
    """Return an address on that server by a name."""
    return f"https://{host}:{site.url.rpartition(':')[2]}{path}"


class Changing:
    """A name server that says something else each time."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)

    def __call__(self, _host: str, _port: int) -> tuple[str, ...]:
        """Say the next."""
        return (self.answers.pop(0),)


def test_a_name_is_looked_up_once_and_that_number_is_connected_to(secure: Site) -> None:
    """A second answer of the name server, this machine in earnest, is never asked for; name and certificate count."""
    secure.has("/a", page(b"here"))
    resolve = Changing("127.0.0.1", "::1")
    answer = get_public(named(secure, "/a"), rules=Rules(resolve=resolve))
    assert (answer.content, answer.url) == (b"here", named(secure, "/a"))
    assert resolve.answers == ["::1"]
    assert secure.asked[0].headers["host"] == named(secure, "").removeprefix("https://")


def test_a_redirect_to_the_same_name_is_looked_up_and_checked_again(secure: Site) -> None:
    """A name that has moved home in between is refused."""
    secure.has("/a", redirect("/b"))
    with pytest.raises(InputError, match="which leads into a private network"):
        get_public(named(secure, "/a"), rules=Rules(resolve=Changing("127.0.0.1", "::1")))
    assert [asked.path for asked in secure.asked] == ["/a"]


def test_a_certificate_for_another_name_is_refused(secure: Site) -> None:
    """The number that was found does not stand in for the name."""
    with pytest.raises(WebError, match="cannot be reached"):
        get_public(named(secure, "/a", "other.example"), rules=Rules(resolve=Changing("127.0.0.1")))
    assert secure.asked == []


def test_another_number_is_tried_where_nobody_listens_at_the_first(
    secure: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names of IPv6 and IPv4 work where there is only one of them."""
    monkeypatch.setattr(addresses, "is_public", lambda _: True)
    secure.has("/a", page(b"here"))
    answer = get_public(named(secure, "/a"), rules=Rules(resolve=lambda *_: ("::1", "127.0.0.1")))
    assert answer.content == b"here"


def test_a_redirect_away_from_https_is_refused(secure: Site, site: Site) -> None:
    """Even to where http is allowed."""
    secure.has("/a", redirect(site.has("/b", page(b"here"))))
    with pytest.raises(InputError, match="sends on to an address without https"):
        get_public(named(secure, "/a"), rules=Rules(resolve=Changing("127.0.0.1"), trusted=(site.url,)))
    assert site.asked == []


def test_no_proxy_is_used(secure: Site, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would look the name up itself, and connect to what it finds."""
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, site.url)
    secure.has("/a", page(b"here"))
    assert get_public(named(secure, "/a"), rules=Rules(resolve=Changing("127.0.0.1"))).content == b"here"
    assert site.asked == []


def test_a_slow_https_server_is_left_at_the_total_time(secure: Site) -> None:
    """Encrypted or not."""
    secure.has("/a", web_server.dribble)
    with at_most(5), pytest.raises(WebError, match=r"did not finish within 0\.3 s"):
        get_public(named(secure, "/a"), rules=Rules(resolve=Changing("127.0.0.1"), total_s=0.3))


# ── limits ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("reply", [web_server.dribble, web_server.dribbled_headers])
def test_a_server_that_is_never_silent_is_left_at_the_total_time(site: Site, reply: web_server.Reply) -> None:
    """Be it in its headers or in its body."""
    url = site.has("/a", reply)
    with at_most(5), pytest.raises(WebError, match=r"did not finish within 0\.3 s"):
        get_public(url, rules=trusting(site, total_s=0.3, read_s=2))


def test_a_silent_server_is_left_at_the_reading_time(site: Site) -> None:
    """Which is shorter."""
    url = site.has("/a", web_server.hang)
    with at_most(4), pytest.raises(WebError, match="did not answer in time") as left:
        get_public(url, rules=trusting(site, read_s=0.2))
    assert left.value.may_pass


def test_a_server_that_breaks_off_may_pass(site: Site) -> None:
    """And half an answer is none."""
    for reply in (web_server.reset, page(b"half", content_length=8)):
        with pytest.raises(WebError, match="broke off") as broken:
            get_public(site.has("/a", reply), rules=trusting(site))
        assert broken.value.may_pass


def test_a_server_that_is_not_there_may_pass() -> None:
    """It may be up tomorrow."""
    with pytest.raises(WebError, match="cannot be reached") as missing:
        get_public("http://127.0.0.1:1/", rules=Rules(trusted=("http://127.0.0.1:1",)))
    assert missing.value.may_pass


def test_an_answer_that_says_it_is_too_large_is_not_read(site: Site) -> None:
    """Its body never comes."""
    url = site.has("/a", page(b"", content_length=2_000_000_000))
    with at_most(4), pytest.raises(WebError, match=r"has more than 0\.001 MB") as refused:
        get_public(url, rules=trusting(site, most_bytes=1000))
    assert not refused.value.may_pass


def test_an_answer_that_does_not_end_is_cut_off(site: Site) -> None:
    """However much comes."""
    url = site.has("/a", web_server.endless)
    with at_most(4), pytest.raises(WebError, match="has more than 1 MB"):
        get_public(url, rules=trusting(site, most_bytes=1_000_000))


def test_packing_that_nobody_asked_for_is_undone(site: Site) -> None:
    """Some servers do not listen."""
    for packed, name in ((gzip.compress(b"here"), "gzip"), (zlib.compress(b"here"), "deflate")):
        url = site.has("/a", page(packed, content_encoding=name))
        assert get_public(url, rules=trusting(site)).content == b"here"
    assert site.asked[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("content", "packing", "says"),
    [
        (gzip.compress(bytes(50_000_000), mtime=0), "gzip", "has more than 1 MB"),
        (gzip.compress(b"here" * 100, mtime=0)[:-9], "gzip", "not whole"),
        (gzip.compress(b"here", mtime=0) + bytes(9), "gzip", "something behind it"),
        (b"here", "gzip", "damaged"),
        (b"here", "br", "packed as br"),
    ],
    ids=["a bomb", "cut", "something behind it", "no gzip", "another packing"],
)
def test_bombs_and_damaged_packages_are_refused(site: Site, content: bytes, packing: str, says: str) -> None:
    """What counts is what is unpacked."""
    url = site.has("/a", page(content, content_encoding=packing))
    with pytest.raises(WebError, match=says):
        get_public(url, rules=trusting(site, most_bytes=1_000_000))


def test_an_answer_without_a_body_may_say_how_that_is_packed(site: Site) -> None:
    """As the answer to HEAD does, and the one that nothing has changed."""
    url = site.has("/a", page(b"", code=304, content_encoding="gzip"))
    assert web.ask("GET", url).status == 304


def test_what_to_do_is_said_to_whoever_can_do_it(site: Site) -> None:
    """The author of a show mends the server; a reader of somebody's page saves the page."""
    url = site.has("/a", page(b"here", content_encoding="br"))
    with pytest.raises(WebError, match="and that its server is up"):
        web.ask("GET", url)
    with pytest.raises(WebError, match="save the page"):
        get_public(url, rules=trusting(site))


def test_any_status_is_an_answer(site: Site) -> None:
    """What it means is for the caller to say."""
    assert get_public(site.url + "/missing", rules=trusting(site)).status == 404


def test_hostile_text_in_an_address_stays_on_one_line() -> None:
    """And short."""
    assert shown("https://a/\x1b[31m\n" + "x" * 999) == "https://a/?[31m?" + "x" * 283 + "…"
