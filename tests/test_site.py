"""The site: the same bytes for the same show, nothing from outside, words that stay words, and links that lead on."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urljoin, urlsplit
from xml.etree import ElementTree as ET

import pytest
from bs4 import BeautifulSoup

from podcast.distribution import FeedSettings
from podcast.errors import InputError
from podcast.feed.site import site_pages
from podcast.feed.site.lists import NEWEST
from podcast.feed.site.search import WHOLE
from podcast.feed.tree import names_of
from podcast.show import Settings, Show
from podcast.types import Episode, Link, SpokenSegment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bs4 import Tag

    from podcast.feed.page import Page

ADDRESS = "https://papers.example/show/"
COVER = "cover-0123456789abcdef-480.jpg"
OWN_COVER = "cover-fedcba9876543210.jpg"
PAPER = "https://arxiv.org/abs/2406.00001"
CODE = "https://example.org/bees?a=1&b=2"
SLUG = "2024-06-15"
EPISODE_PAGE = f"{SLUG}/index.html"

HOSTILE_WORDS = (
    "<script>alert(1)</script>",
    "</title></script></style><img src=x onerror=alert(1)>",
    "\"' onmouseover=alert(1) x='\"",
    "<!-- ]]> --> &lt;b&gt; {{ 7 * 7 }}",
    "\u202egro.live\u2066 שלום",
)
NO_ADDRESSES = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)//https://",
    " https://example.org/",
    "java\nscript:alert(1)",
    "https://example.org/\x00",
    "https://example.org/\r\nSet-Cookie: a",
    "https://example.org/\ud800",
    "https://example.org/\u202egro.live",
    "data:text/html,<script>alert(1)</script>",
    "//example.org/",
    "ftp://example.org/",
    "mailto:ada@example.org",
    "",
)


# ── a show, its pages ───────────────────────────────────────────────────────────────────────────────────


def a_show(folder: Path = Path("nowhere"), **settings: Any) -> Show:
    """Return a show; by default it lies nowhere."""
    return Show(folder, Settings(**settings))


def segment(number: int, title: str, url: str | None = None, **more: Any) -> SpokenSegment:
    """Return a chapter of a minute."""
    paper = "arXiv:2406.00001" if url == PAPER else None
    return SpokenSegment(
        f"s{number}",
        title,
        paper,
        url,
        number * 60_000,
        (number + 1) * 60_000,
        "heart",
        is_paper=url is not None,
        **more,
    )


SEGMENTS = (
    segment(0, "Welcome"),
    segment(1, "Sorting is Harder than it Looks", PAPER, authors=("Ada Lovelace", "Paul Erdős")),
    segment(2, "Until next time"),
)
EPISODE = Episode(
    slug=SLUG,
    guid="00000000-0000-0000-0000-000000000000",
    title="Papers of June 15, 2024",
    date=dt.datetime(2024, 6, 15, 12, tzinfo=dt.UTC),
    duration_ms=180_000,
    bytes=2_160_000,
    sha256="0" * 64,
    loudness_lufs=-16.0,
    true_peak_dbtp=-1.0,
    loudness_range_lu=3.0,
    segments=SEGMENTS,
    links=(Link("the paper", PAPER), Link("the code", CODE)),
    writer="extractive",
    voices=("heart",),
    list_price_usd=0.0,
    tool_version="0",
)


def episodes_of(count: int) -> tuple[Episode, ...]:
    """Return weekly episodes, newest first."""
    week = dt.timedelta(days=7)
    return tuple(
        dataclasses.replace(
            EPISODE, slug=f"episode-{number}", title=f"Number {number}", date=EPISODE.date + number * week
        )
        for number in reversed(range(count))
    )


def pages_of(*episodes: Episode, show: Show | None = None, cover: str = COVER) -> dict[str, Page]:
    """Return all pages of some episodes by their names, in their order."""
    made = site_pages(show or a_show(), episodes or (EPISODE,), address=ADDRESS, small_cover=cover)
    return {page.name: page for page in made}


def text_of(name: str, *episodes: Episode, show: Show | None = None) -> str:
    """Return one page."""
    return pages_of(*episodes, show=show)[name].make().decode()


def soup_of(name: str, *episodes: Episode, show: Show | None = None) -> BeautifulSoup:
    """Return one page as a browser reads it."""
    return BeautifulSoup(text_of(name, *episodes, show=show), "html.parser")


def htmls(*episodes: Episode, show: Show | None = None) -> dict[str, BeautifulSoup]:
    """Return all pages for people."""
    pages = pages_of(*episodes, show=show).values()
    return {page.name: BeautifulSoup(page.make(), "html.parser") for page in pages if page.name.endswith(".html")}


def only(soup: BeautifulSoup | Tag, selector: str) -> Tag:
    """Find the one element of its kind."""
    (found,) = soup.select(selector)
    return found


def skeleton(soup: BeautifulSoup) -> list[tuple[str, list[str]]]:
    """Name all elements and their attributes: what markup there is, whatever the words."""
    return [(tag.name, sorted(tag.attrs)) for tag in soup.find_all()]


def targets(soup: BeautifulSoup) -> list[str]:
    """All addresses that anything on the page refers to."""
    return [
        str(tag[name]) for tag in soup.find_all() for name in ("href", "src", "srcset", "action") if name in tag.attrs
    ]


def linked_data(soup: BeautifulSoup) -> Any:
    """Read what a page says to searches."""
    return json.loads(only(soup, "script[type='application/ld+json']").get_text())


def spoken(folder: Path, sentences: Sequence[dict[str, Any]], slug: str = SLUG) -> Path:
    """Write an episode's transcript into a show."""
    path = folder / "episodes" / slug / "transcript.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"version": "1.0.0", "segments": sentences}))
    return path


def said(start: float, text: str, *, end: float | None = None, **more: Any) -> dict[str, Any]:
    """Return a sentence of a transcript, two seconds long unless it says otherwise."""
    return {"startTime": start, "endTime": start + 2 if end is None else end, "body": text, **more}


# ── all of it ───────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_named_stands_before_what_names_it() -> None:
    """Whoever uploads in this order never has a page that loads what is not there yet."""
    names = list(pages_of(*episodes_of(2)))
    assert re.fullmatch(r"site-[0-9a-f]{16}\.css", names[0])
    assert re.fullmatch(r"site-[0-9a-f]{16}\.js", names[1])
    assert names[2:4] == ["episode-1/index.html", "episode-0/index.html"]
    assert names[4:] == ["all.html", "search.json", "sitemap.xml", "404.html", "index.html"]


def test_only_style_and_script_may_be_kept_for_good() -> None:
    """Their names change when they do."""
    kept = [name for name, page in pages_of().items() if page.lifetime == "name"]
    assert [name.rsplit(".")[-1] for name in kept] == ["css", "js"]


def test_the_same_episodes_give_the_same_bytes() -> None:
    """No clock, no chance; so a page is written only when it changes."""
    one, other = ({name: (page.made_from, page.make()) for name, page in pages_of().items()} for _ in range(2))
    assert one == other


def test_every_link_of_our_own_leads_to_something_that_is_published(tmp_path: Path) -> None:
    """Relative ones too, whatever depth their page lies at; and each anchor is there."""
    spoken(tmp_path, [said(0, "Hello.")])
    episodes = (EPISODE, dataclasses.replace(EPISODE, slug="older", cover=OWN_COVER))
    soups = htmls(*episodes, show=a_show(tmp_path))
    files = {f"{ADDRESS}episodes/{each.slug}/{name}" for each in episodes for name in names_of(each)}
    pages = {f"{ADDRESS}{name}" for name in pages_of(*episodes, show=a_show(tmp_path))}
    known = files | pages | {page.removesuffix("index.html") for page in pages}
    known |= {f"{ADDRESS}feed.xml", f"{ADDRESS}{COVER}"}
    for name, soup in soups.items():
        for target in targets(soup):
            url, _, anchor = urljoin(f"{ADDRESS}{name}", target).partition("#")
            if url.startswith(ADDRESS):
                assert url in known, (name, target)
                assert anchor.startswith("t=") or not anchor or soup.find(id=anchor), (name, target)


def test_all_own_addresses_are_relative() -> None:
    """The folder can be moved; whole addresses are in what tells others where it is, and on the page for no place."""
    for name, soup in htmls().items():
        absolute = {target for target in targets(soup) if target.startswith(ADDRESS)}
        canonical = {str(link["href"]) for link in soup.select("link[rel=canonical]")}
        assert absolute == canonical or name == "404.html", name


def test_nothing_of_the_page_for_no_place_depends_on_where_it_is_served() -> None:
    """A server answers with it at any depth; searches leave it alone."""
    soup = soup_of("404.html")
    assert [target for target in targets(soup) if not re.match(r"[a-z]+:", target)] == ["#_main"]
    assert only(soup, "meta[name=robots]")["content"] == "noindex"
    assert soup.html
    assert soup.html["data-root"] == ADDRESS


def test_no_page_asks_anybody_else_for_anything() -> None:
    """What is loaded is our own; only links lead elsewhere."""
    for soup in htmls().values():
        loaded = [
            tag.get("src") or tag.get("href") for tag in soup.select("[src], link[rel=stylesheet], link[rel=icon]")
        ]
        assert loaded
        assert [url for url in loaded if not urljoin(f"{ADDRESS}a/b", str(url)).startswith(ADDRESS)] == []
    for name, page in pages_of().items():
        if name.endswith((".css", ".js")):
            assert not re.search(rb"//[a-z]+\.|@import|url\(", page.make())


def test_the_policy_allows_our_own_files_and_no_more() -> None:
    """And no page needs more: no script, style or handler stands in it."""
    for soup in htmls().values():
        policy = str(only(soup, "meta[http-equiv=Content-Security-Policy]")["content"])
        rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
        own = {name for name, sources in rules.items() if sources == "'self'"}
        assert own == {"img-src", "media-src", "style-src", "script-src", "connect-src"}
        assert {rules[name] for name in rules if name not in own} == {"'none'"}
        assert "default-src" in rules
        attributes = {name for tag in soup.find_all() for name in tag.attrs}
        assert not {name for name in attributes if name == "style" or name.startswith("on")}
        assert not soup.select("style")
        assert {tag.get("type") or tag.get("src") for tag in soup.select("script")} <= {
            "application/ld+json",
            *(f"{root}{name}" for name in pages_of() for root in ("./", "../", ADDRESS)),
        }


@pytest.mark.parametrize("words", HOSTILE_WORDS)
def test_words_never_become_markup(tmp_path: Path, words: str) -> None:
    """Whatever is said and whatever anything is called, the elements of all pages are the same."""

    def site(text: str) -> dict[str, BeautifulSoup]:
        segments = tuple(dataclasses.replace(each, title=text, authors=(text,)) for each in SEGMENTS)
        renamed = dataclasses.replace(EPISODE, title=text, segments=segments, links=(Link(text, CODE),))
        other = dataclasses.replace(renamed, slug="other")
        spoken(tmp_path, [said(0, text, speaker=text)])
        feed = FeedSettings(copyright=text, license="own", funding=CODE, funding_text=text)
        show = a_show(tmp_path, title=text, author=text, description=text, feed=feed)
        return htmls(renamed, other, show=show)

    hostile, plain = site(words), site("Ada")
    assert {name: skeleton(soup) for name, soup in hostile.items()} == {n: skeleton(soup) for n, soup in plain.items()}
    for soup in hostile.values():
        if soup.select("script[type='application/ld+json']"):
            assert linked_data(soup)["name"] == words
    soup = hostile[EPISODE_PAGE]
    places = ("h1", ".links a", ".speaker", ".transcript [data-t]", ".neighbours bdi")
    assert {only(soup, place).get_text() for place in places} == {words}
    assert {found.get_text() for found in soup.select(".seek bdi, .transcript h3 bdi")} == {words}


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_what_is_no_web_address_never_becomes_a_link(address: str) -> None:
    """A chapter goes without; a link keeps its words."""
    plain = dataclasses.replace(EPISODE, segments=(segment(0, "One"),), links=())
    without = targets(soup_of(EPISODE_PAGE, plain))
    chapter = soup_of(EPISODE_PAGE, dataclasses.replace(plain, segments=(segment(0, "One", address),)))
    link = soup_of(EPISODE_PAGE, dataclasses.replace(plain, links=(Link("the code", address),)))
    assert targets(chapter) == targets(link) == without
    assert "citation" not in linked_data(chapter)
    assert only(link, ".links li").get_text() == "the code"


def test_quotes_in_an_address_stay_in_the_address() -> None:
    """An address that tries to leave its attribute is a strange link, nothing more."""
    strange = "https://example.org/\"><script>alert('1')</script>"
    soup = soup_of(EPISODE_PAGE, dataclasses.replace(EPISODE, segments=(segment(0, "One", strange),), links=()))
    assert only(soup, ".paper")["href"] == strange
    assert linked_data(soup)["citation"][0]["url"] == strange
    assert len(soup.select("script")) == 2


def test_characters_that_no_page_can_hold_are_left_out(tmp_path: Path) -> None:
    """Control characters and half characters; line breaks become spaces."""
    ugly = "a\x00b\x1bc\ud800d\ne"
    spoken(tmp_path, [said(0, ugly)])
    episode = dataclasses.replace(EPISODE, title=ugly, segments=(segment(0, ugly),), links=(Link(ugly, CODE),))
    soups = htmls(episode, show=a_show(tmp_path, description=ugly))
    soup = soups[EPISODE_PAGE]
    found = {only(soup, place).get_text() for place in ("h1", ".seek bdi", ".links a", ".transcript span[data-t]")}
    assert found == {only(soups["index.html"], ".description").get_text()} == {"a b c d e"}
    assert linked_data(soup)["name"] == "a b c d e"


def test_every_page_has_one_heading_of_the_first_rank_and_unique_ids() -> None:
    """Whatever slugs there are."""
    slugs = (SLUG, "main", "search", "h-main", "2024", "found")
    for soup in htmls(*(dataclasses.replace(EPISODE, slug=slug) for slug in slugs)).values():
        assert len(soup.select("h1")) == 1
        ids = [str(tag["id"]) for tag in soup.select("[id]")]
        assert len(ids) == len(set(ids))
        named = {str(tag[name]) for name in ("aria-labelledby", "aria-controls") for tag in soup.select(f"[{name}]")}
        assert named <= set(ids)


# ── the head ────────────────────────────────────────────────────────────────────────────────────────────


def meta(soup: BeautifulSoup, name: str) -> str:
    """Return what a page says of itself to other sites."""
    return str(only(soup, f"meta[property='{name}'], meta[name='{name}']")["content"])


def test_other_sites_learn_what_a_page_is() -> None:
    """By Open Graph: title, words, picture, sound, all at their whole addresses."""
    soup = soup_of(EPISODE_PAGE, dataclasses.replace(EPISODE, cover=OWN_COVER))
    assert meta(soup, "og:title") == "Papers of June 15, 2024 – My Paper Podcast"
    assert meta(soup, "og:url") == only(soup, "link[rel=canonical]")["href"] == f"{ADDRESS}{SLUG}/"
    assert meta(soup, "og:image") == f"{ADDRESS}episodes/{SLUG}/{OWN_COVER}"
    assert meta(soup, "og:audio") == f"{ADDRESS}episodes/{SLUG}/{SLUG}.mp3"
    assert meta(soup, "description") == "15 June 2024, 3 minutes, 1 paper: Sorting is Harder than it Looks"
    assert (meta(soup, "og:type"), meta(soup, "twitter:card")) == ("article", "summary")


def test_an_episode_without_a_picture_has_the_shows() -> None:
    """As those of earlier versions are."""
    soup = soup_of(EPISODE_PAGE)
    assert meta(soup, "og:image") == f"{ADDRESS}{COVER}"
    assert only(soup, "img.cover")["src"] == f"../{COVER}"


def test_searches_learn_what_an_episode_is() -> None:
    """By schema.org: when, how long, of which show, what its parts are, which papers it cites."""
    data = linked_data(soup_of(EPISODE_PAGE, show=a_show(author="Ada")))
    assert (data["@context"], data["@type"]) == ("https://schema.org", "PodcastEpisode")
    assert (data["datePublished"], data["duration"]) == ("2024-06-15T12:00:00Z", "PT180S")
    assert data["associatedMedia"]["contentUrl"] == f"{ADDRESS}episodes/{SLUG}/{SLUG}.mp3"
    assert data["partOfSeries"]["@type"] == "PodcastSeries"
    assert data["partOfSeries"]["webFeed"] == f"{ADDRESS}feed.xml"
    assert data["partOfSeries"]["author"] == {"@type": "Person", "name": "Ada"}
    assert [clip["startOffset"] for clip in data["hasPart"]] == [0, 60, 120]
    assert [paper["url"] for paper in data["citation"]] == [PAPER]
    assert linked_data(soup_of("index.html"))["@type"] == "PodcastSeries"


def test_every_page_names_the_feed() -> None:
    """Readers and browsers find it there."""
    for name, soup in htmls().items():
        found = only(soup, "link[rel=alternate]")
        assert urljoin(f"{ADDRESS}{name}", str(found["href"])) == f"{ADDRESS}feed.xml"


# ── home, all, sitemap ──────────────────────────────────────────────────────────────────────────────────


def test_the_home_page_has_the_newest_episodes_where_old_links_lead() -> None:
    """By their slugs; the others are a link away."""
    soup = soup_of("index.html", *episodes_of(30))
    articles = soup.select("article")
    assert [article["id"] for article in articles] == [f"episode-{number}" for number in range(29, 29 - NEWEST, -1)]
    first = articles[0]
    assert only(first, "h3 a")["href"] == "episode-29/"
    assert " ".join(only(first, ".facts").get_text().split()) == "4 January 2025 3 minutes 1 paper"
    assert only(first, ".about").get_text().split("\n")[1] == "Sorting is Harder than it Looks"
    assert only(soup, ".all a").get_text() == "All 30 episodes"


def test_titles_stand_in_for_papers_that_are_not_known() -> None:
    """Of a pasted page without links, all but greeting and goodbye; the first three, and how many more."""
    segments = tuple(segment(number, f"Title {number}") for number in range(7))
    soup = soup_of("index.html", dataclasses.replace(EPISODE, segments=segments))
    assert [found.get_text() for found in soup.select(".about li")] == ["Title 1", "Title 2", "Title 3", "and 2 more"]
    assert only(soup, ".facts").get_text().endswith("7 chapters")


def test_all_episodes_stand_by_year() -> None:
    """Newest first, each by its slug."""
    soup = soup_of("all.html", *episodes_of(60))
    assert [found.get_text() for found in soup.select("h2")] == ["2025", "2024"]
    assert [found["id"] for found in soup.select(".rows li")] == [f"episode-{number}" for number in reversed(range(60))]
    assert [found["href"] for found in soup.select(".years a")] == ["#_2025", "#_2024"]


def test_an_app_is_given_the_address_of_the_feed() -> None:
    """In the form that each documents; the address itself is there to be copied."""
    soup = soup_of("index.html")
    links = {found.get_text(): str(found["href"]) for found in soup.select(".apps a")}
    assert links["Apple Podcasts"] == "podcast://papers.example/show/feed.xml"
    assert links["Pocket Casts"] == "pktc://subscribe/papers.example/show/feed.xml"
    for name in ("Overcast", "AntennaPod"):
        assert parse_qs(urlsplit(links[name]).query)["url"] == [f"{ADDRESS}feed.xml"]
    assert (only(soup, ".address a").get_text(), only(soup, ".address a")["href"]) == (
        f"{ADDRESS}feed.xml",
        "./feed.xml",
    )


def test_the_foot_says_what_is_allowed_and_what_is_synthetic() -> None:
    """Nothing where the show says nothing."""
    feed = FeedSettings(copyright="Ada", license="cc-by-nc-4.0", funding="https://example.org/give")
    soup = soup_of("index.html", show=a_show(feed=feed))
    assert "© Ada" in only(soup, "footer").get_text()
    assert only(soup, "a[rel=license]")["href"] == "https://creativecommons.org/licenses/by-nc/4.0/"
    assert {found.get_text() for found in soup.select("[href='https://example.org/give']")} == {"Support the show"}
    assert "The voice is synthetic." in only(soup_of("index.html"), "footer").get_text()
    assert "©" not in only(soup_of("index.html"), "footer").get_text()


def test_the_map_names_every_page_with_its_day() -> None:
    """As sitemaps.org has it."""
    urls = ET.fromstring(text_of("sitemap.xml", *episodes_of(3)))  # noqa: S314 - our own
    found = {url[0].text: url[1].text for url in urls}
    assert urls.tag == "{http://www.sitemaps.org/schemas/sitemap/0.9}urlset"
    assert found == {
        ADDRESS: "2024-06-29",
        f"{ADDRESS}all.html": "2024-06-29",
        f"{ADDRESS}episode-2/": "2024-06-29",
        f"{ADDRESS}episode-1/": "2024-06-22",
        f"{ADDRESS}episode-0/": "2024-06-15",
    }


# ── an episode ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_chapter_leads_to_its_second_without_javascript() -> None:
    """Its link is a media fragment of the episode's own file."""
    links = soup_of(EPISODE_PAGE).select(".seek")
    assert [link["href"] for link in links] == [
        f"../episodes/{SLUG}/{SLUG}.mp3#t={start}" for start in ("0.000", "60.000", "120.000")
    ]
    assert [link.get_text() for link in links][1] == "01:00 Sorting is Harder than it Looks"


def test_every_paper_has_its_link_once_and_its_authors() -> None:
    """With its chapter, named for those who hear the page; the newsletter's other links stand below."""
    soup = soup_of(EPISODE_PAGE)
    assert only(soup, ".paper")["aria-label"] == "Paper: Sorting is Harder than it Looks"
    assert [found.get_text() for found in soup.select(".by bdi")] == ["Ada Lovelace, Paul Erdős", "arXiv:2406.00001"]
    assert [(link["href"], link.get_text()) for link in soup.select(".links a")] == [(CODE, "the code")]
    assert targets(soup).count(PAPER) == 1


def test_a_paper_of_hundreds_names_the_first() -> None:
    """And says how many more there are."""
    authors = tuple(f"A{number}" for number in range(300))
    episode = dataclasses.replace(EPISODE, segments=(segment(0, "Big", authors=authors),))
    assert only(soup_of(EPISODE_PAGE, episode), ".by").get_text() == "A0, A1, A2, A3 and 296 more"


def test_the_player_says_which_episode_it_plays() -> None:
    """The sound can be downloaded under its own name, and it is said how large it is."""
    soup = soup_of(EPISODE_PAGE)
    player, download = only(soup, "audio"), only(soup, "a[download]")
    assert (player["aria-label"], player["src"]) == (EPISODE.title, f"../episodes/{SLUG}/{SLUG}.mp3")
    assert (download["download"], download.get_text()) == (f"{SLUG}.mp3", "Download 2.2 MB")
    assert only(soup_of("index.html"), "audio")["preload"] == "none"


def test_times_of_a_long_episode_are_equally_wide() -> None:
    """From an hour on all of them have hours."""
    long = dataclasses.replace(EPISODE, duration_ms=3_600_000, segments=(*SEGMENTS, segment(59, "Last")))
    clocks = [found.get_text() for found in soup_of(EPISODE_PAGE, long).select(".seek .clock")]
    assert clocks == ["00:00:00", "00:01:00", "00:02:00", "00:59:00"]


def test_an_episode_leads_to_those_before_and_after_it() -> None:
    """The first and the last to one only."""
    newest, middle, oldest = episodes_of(3)
    found = {
        each.slug: [
            link["href"] for link in soup_of(f"{each.slug}/index.html", newest, middle, oldest).select(".neighbours a")
        ]
        for each in (newest, middle, oldest)
    }
    assert found == {
        "episode-2": ["../episode-1/"],
        "episode-1": ["../episode-0/", "../episode-2/"],
        "episode-0": ["../episode-1/"],
    }


def test_what_an_episode_does_not_have_leaves_nothing_empty() -> None:
    """No lists, no headings without something below them."""
    soup = soup_of(EPISODE_PAGE, dataclasses.replace(EPISODE, segments=(), links=()))
    assert not soup.select(".chapters, .links, .by")
    assert [found.get_text() for found in soup.select("h2")] == ["Transcript"]
    assert linked_data(soup)["hasPart"] == []


# ── its words ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_transcript_stands_by_chapter_and_paragraph(tmp_path: Path) -> None:
    """A rest of half a second ends a paragraph; what sounds before a chapter begins is of the one before."""
    sentences = [said(3, "Hello.", end=4), said(4.3, "Welcome.", end=5), said(6, "First.", end=7), said(60, "Sorting.")]
    spoken(tmp_path, sentences)
    sections = soup_of(EPISODE_PAGE, show=a_show(tmp_path)).select(".transcript section")
    assert [" ".join(found.h3.get_text().split()) for found in sections if found.h3] == [
        "00:00 Welcome",
        "01:00 Sorting is Harder than it Looks",
    ]
    paragraphs = [[p.get_text().strip() for p in section.select("p")] for section in sections]
    assert paragraphs == [["Hello. Welcome.", "First."], ["Sorting."]]
    times = [span["data-t"] for section in sections for span in section.select("span[data-t]")]
    assert times == ["3.000", "4.300", "6.000", "60.000"]


def test_speakers_are_named_where_they_begin(tmp_path: Path) -> None:
    """Once, until another one speaks; over the end of a chapter, too."""
    who = ("Ada", "Ada", "Bo", "Ada", "Ada")
    times = (1, 3, 5, 58, 61)
    spoken(tmp_path, [said(at, f"{name}.", speaker=name) for at, name in zip(times, who, strict=True)])
    soup = soup_of(EPISODE_PAGE, show=a_show(tmp_path))
    assert [found.get_text() for found in soup.select(".speaker")] == ["Ada", "Bo", "Ada"]


def test_a_transcript_without_chapters_is_one_text(tmp_path: Path) -> None:
    """There is nothing to head it."""
    spoken(tmp_path, [said(1, "Hello."), said(90, "Goodbye.")])
    soup = soup_of(EPISODE_PAGE, dataclasses.replace(EPISODE, segments=()), show=a_show(tmp_path))
    assert len(soup.select(".transcript section")) == 1
    assert not soup.select(".transcript h3")


DAMAGED = (
    b"",
    b"{",
    b"\xff\xfe",
    b"[]",
    b"null",
    b'{"segments": {}, "x": 1}',
    b'{"segments": 3}',
    b'{"segments": [3]}',
    b'{"segments": [{"startTime": 1, "endTime": 2}]}',
    b'{"segments": [{"startTime": "1", "endTime": 2, "body": "a"}]}',
    b'{"segments": [{"startTime": 1, "endTime": 2, "body": 3}]}',
    b'{"segments": [{"startTime": 1, "endTime": 2, "body": "a", "speaker": [1]}]}',
    b'{"segments": [{"startTime": 2, "endTime": 1, "body": "a"}]}',
    b'{"segments": [{"startTime": -1, "endTime": 1, "body": "a"}]}',
    b'{"segments": [{"startTime": NaN, "endTime": 1, "body": "a"}]}',
    b'{"segments": [{"startTime": 1, "endTime": Infinity, "body": "a"}]}',
    b'{"segments": [{"startTime": 1, "endTime": 1e400, "body": "a"}]}',
    b"[" * 100_000,
)


@pytest.mark.parametrize("data", [*DAMAGED, None], ids=lambda data: repr(data)[:60])
def test_a_transcript_that_is_not_whole_is_left_out(tmp_path: Path, data: bytes | None) -> None:
    """The page is made without it, and says that there is none."""
    path = spoken(tmp_path, [])
    path.unlink() if data is None else path.write_bytes(data)
    soup = soup_of(EPISODE_PAGE, show=a_show(tmp_path))
    assert not soup.select(".transcript [data-t]")
    assert len(soup.select(".seek")) == 3
    assert "none on this page" in only(soup, ".transcript").get_text()


# ── search ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_search_knows_titles_authors_and_papers() -> None:
    """With the second at which each begins; what is empty is left out."""
    data = json.loads(text_of("search.json"))
    paper = [60, "Sorting is Harder than it Looks", "Ada Lovelace, Paul Erdős", "arXiv:2406.00001"]
    chapters = [[0, "Welcome"], paper, [120, "Until next time"]]
    assert data["episodes"] == [[SLUG, "2024-06-15", "Papers of June 15, 2024", chapters]]
    assert data["titlesOnlyUntil"] is None


def test_what_the_search_fetches_stays_small() -> None:
    """Of a show of many years the oldest episodes are known by their titles, and it is said from when on."""
    segments = tuple(
        segment(number, f"{number}: A Title of the Usual Length, with a Subtitle", PAPER, authors=("Ada Lovelace",) * 4)
        for number in range(12)
    )
    episodes = [dataclasses.replace(each, segments=segments) for each in episodes_of(WHOLE + 1)]
    text = text_of("search.json", *episodes)
    data = json.loads(text)
    assert [len(chapters) for *_, chapters in data["episodes"]] == [12] * WHOLE + [0]
    assert data["titlesOnlyUntil"] == "2024-06-15"
    assert len(text) < WHOLE * 2000


# ── what is made again ──────────────────────────────────────────────────────────────────────────────────


def changed(before: dict[str, Page], after: dict[str, Page]) -> set[str]:
    """Name the pages that are new or made from something else."""
    return {name for name, page in after.items() if name not in before or before[name].made_from != page.made_from}


def test_one_more_episode_makes_a_handful_of_pages_anew() -> None:
    """Its own, that of the one before it, and those that list all; so it is with ten thousand."""
    episodes = episodes_of(40)
    assert changed(pages_of(*episodes[1:]), pages_of(*episodes)) == {
        "episode-39/index.html",
        "episode-38/index.html",
        "all.html",
        "search.json",
        "sitemap.xml",
        "index.html",
    }


def test_an_episode_that_changes_deep_in_the_past_leaves_the_home_page() -> None:
    """And all other episodes, unless its title is another one."""
    episodes = list(episodes_of(40))
    before = pages_of(*episodes)
    episodes[30] = dataclasses.replace(episodes[30], bytes=7)
    assert changed(before, pages_of(*episodes)) == {"episode-9/index.html", "all.html", "search.json"}


def test_a_transcript_that_changes_makes_its_own_page_anew(tmp_path: Path) -> None:
    """By its size and time alone: it is not read before the page is made."""
    path = spoken(tmp_path, [said(0, "Hello.")])
    before = pages_of(show=a_show(tmp_path))
    os.utime(path, ns=(1, 1))
    path.chmod(0)
    assert changed(before, pages_of(show=a_show(tmp_path))) == {EPISODE_PAGE}
    path.unlink()
    assert changed(before, pages_of(show=a_show(tmp_path))) == {EPISODE_PAGE}


def test_a_setting_that_no_page_shows_changes_none() -> None:
    """One that all show changes all."""
    before = pages_of()
    assert changed(before, pages_of(show=a_show(email="ada@example.org", explicit=True))) == set()
    assert changed(before, pages_of(show=a_show(title="Another"))) == {
        EPISODE_PAGE,
        "all.html",
        "404.html",
        "index.html",
    }


def test_nothing_is_made_before_it_is_wanted(tmp_path: Path) -> None:
    """A folder of episodes that cannot be read stops nobody from naming the pages."""
    (tmp_path / "episodes").write_text("no folder")
    assert len(pages_of(*episodes_of(3), show=a_show(tmp_path))) == 10


# ── a show's own looks ──────────────────────────────────────────────────────────────────────────────────


def style_of(show: Show) -> Page:
    """Return the style of a show's pages."""
    (page,) = (page for name, page in pages_of(show=show).items() if name.endswith(".css"))
    return page


def test_a_show_can_change_its_style(tmp_path: Path) -> None:
    """What templates/site.css says comes behind ours, under another name, on every page."""
    (tmp_path / "templates").mkdir()
    before = style_of(a_show(tmp_path))
    (tmp_path / "templates" / "site.css").write_text("\ufeff:root { --accent: #704; }\n", encoding="utf-8")
    after = style_of(a_show(tmp_path))
    assert after.make() == before.make() + b":root { --accent: #704; }\n"
    assert after.name != before.name
    for soup in htmls(show=a_show(tmp_path)).values():
        assert str(only(soup, "link[rel=stylesheet]")["href"]).endswith(after.name)


def test_a_style_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    """One that is not UTF-8, and a link to a file that is none of the show's."""
    own = tmp_path / "templates" / "site.css"
    own.parent.mkdir()
    own.write_bytes(b"a { color: red } /* \xff */")
    with pytest.raises(InputError, match=r"site\.css: not UTF-8 at byte 20"):
        pages_of(show=a_show(tmp_path))
    own.unlink()
    (tmp_path / "secret").write_text("secret")
    own.symlink_to(tmp_path / "secret")
    with pytest.raises(InputError, match="a link to another place"):
        pages_of(show=a_show(tmp_path))


def test_two_hundred_episodes_are_light_pages() -> None:
    """Four years of a weekly show: the home page weighs as much as twenty of them, the list half a kilobyte each."""
    pages = pages_of(*episodes_of(200))
    assert len(pages["index.html"].make()) < 40_000
    assert len(pages["all.html"].make()) < 200 * 450
