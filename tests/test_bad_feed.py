"""What comes in broken or hostile: pictures, titles, addresses, folders. The feed stays whole, and the error helps."""

from __future__ import annotations

import html
import io
import json
import re
import shutil
import subprocess
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from conftest import COVER, NEWSLETTER, Podcast, make_show
from lxml import etree
from PIL import Image

from podcast.outside.ffmpeg import executable
from podcast.record import read_record

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SLUG, OTHER = "2024-06-15", "2024-06-15-b"
MARKUP = 'R & D <b>bold</b> ]]> "quoted" \N{HEADPHONE}'


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Podcast:
    """Return a show with two episodes of one day; nobody writes in it."""
    show = make_show(tmp_path_factory.mktemp("made") / "show", music=False)
    for slug in (SLUG, OTHER):
        ran = show("make", "-", "--slug", slug, stdin=NEWSLETTER.encode())
        assert ran.exit_code == 0, ran.stderr
    return show


@pytest.fixture
def own(made: Podcast, tmp_path: Path) -> Podcast:
    """Return a copy of that show, to write in."""
    shutil.copytree(made.folder, tmp_path / "own")
    return Podcast(tmp_path / "own")


def settle(show: Podcast, name: str, value: str) -> None:
    """Change a setting of show.toml."""
    path = show.folder / "show.toml"
    line = f"{name} = {json.dumps(value, ensure_ascii=False)}"
    text, count = re.subn(rf"(?m)^{name} = .*$", lambda _: line, path.read_text(), count=1)
    assert count
    path.write_text(text, encoding="utf-8")


def feed(show: Podcast) -> bytes:
    """Return the feed as it lies there."""
    return (show.folder / "feed" / "feed.xml").read_bytes()


def items(show: Podcast) -> list[Any]:
    """Return the items of the feed in their order; it is well-formed."""
    return list(etree.fromstring(feed(show)).findall("channel/item"))


def published(show: Podcast) -> dict[str, bytes]:
    """Everything that apps can have of it."""
    return {
        str(path.relative_to(show.folder)): path.read_bytes()
        for top in ("feed", "episodes")
        for path in (show.folder / top).rglob("*")
        if path.is_file()
    }


def record(show: Podcast, slug: str = SLUG) -> dict[str, Any]:
    """Return what an episode says of itself."""
    found: dict[str, Any] = json.loads((show.episode(slug) / "episode.json").read_bytes())
    return found


# ── covers ──────────────────────────────────────────────────────────────────────────────────────────────


def saved(picture: Image.Image, form: str, **options: object) -> bytes:
    """Return a file of it."""
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def red(mode: str, size: tuple[int, int] = (1400, 1400)) -> Image.Image:
    """Return a red picture."""
    return Image.new("RGB", size, (200, 30, 30)).convert(mode)


REFUSED: dict[str, Callable[[], bytes]] = {
    "too small": lambda: saved(red("RGB", (1399, 1399)), "PNG"),
    "cut off": lambda: COVER.read_bytes()[:4000],
    "text": lambda: b"This is no picture.\n",
    "a bomb": lambda: COVER.read_bytes()[:16] + b"\0\1\0\0\0\1\0\0" + COVER.read_bytes()[24:],
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_cover_is_refused_before_anything_is_spoken(own: Podcast, kind: str) -> None:
    """In one sentence or two, as a setting to correct; feed, pages and episodes stay byte for byte."""
    before = published(own)
    (own.folder / "mine.png").write_bytes(REFUSED[kind]())
    settle(own, "cover", "mine.png")
    shutil.rmtree(own.folder / ".podcast" / "clips")
    ran = own("render", SLUG, "--quiet")
    assert ran.exit_code == 2
    assert re.fullmatch(r"\S+mine\.png: [^\n]+\.\n", ran.stderr)
    assert published(own) == before
    assert not list((own.folder / ".podcast").rglob("clips/**/*.*"))


def test_a_first_episode_with_a_bad_cover_leaves_no_half_show(podcast: Podcast, newsletter: Path) -> None:
    """Its script is written, as it is the author's; nothing of it is spoken or published."""
    (podcast.folder / "mine.png").write_bytes(b"no picture")
    settle(podcast, "cover", "mine.png")
    ran = podcast("make", newsletter, "--quiet")
    assert ran.exit_code == 2
    assert "mine.png" in ran.stderr
    assert podcast.script().is_file()
    assert {path.name for path in podcast.episode("").glob("*")} <= {"README.md"}
    assert not (podcast.folder / "feed" / "feed.xml").exists()


def test_an_odd_picture_becomes_a_right_one_everywhere(own: Podcast) -> None:
    """In the feed's folder, beside the sound, and in the sound: RGB JPEGs; the episode's has a new name."""
    earlier = record(own)["cover"]
    (own.folder / "mine.png").write_bytes(saved(red("CMYK"), "JPEG"))
    settle(own, "cover", "mine.png")
    assert own("render", SLUG).exit_code == 0
    cover = record(own)["cover"]
    assert cover != earlier
    for path in (own.episode() / cover, *(own.folder / "feed").glob("cover-*.jpg")):
        with Image.open(path) as image:
            assert (image.format, image.mode) == ("JPEG", "RGB"), path
    assert not (own.episode() / earlier).exists()
    checked = own("check", "--json", "--quiet")
    assert checked.exit_code == 0, checked.stdout


def tag_picture(mp3: Path) -> bytes:
    """Return the picture in a sound."""
    data = mp3.read_bytes()
    at = data.index(b"image/jpeg\0")
    return data[at + 13 : at + 13 + int.from_bytes(data[at - 7 : at - 3], "big") - 14]


def test_the_cover_is_that_of_the_episode_beside_it_and_in_its_tag(made: Podcast) -> None:
    """The record names it; the tag has it smaller, and is part of the sound that the record vouches for."""
    episode = read_record(made.episode())
    with Image.open(made.episode() / episode.cover) as large:
        assert large.size == (1400, 1400)
        beside = large.convert("RGB").resize((50, 50))
    with Image.open(io.BytesIO(tag_picture(made.episode() / "episode.mp3"))) as small:
        assert small.size == (1000, 1000)
        inside = small.convert("RGB").resize((50, 50))
    differences = (abs(a - b) for a, b in zip(beside.tobytes(), inside.tobytes(), strict=True))
    assert sum(differences) / len(beside.tobytes()) < 4
    assert episode.bytes == (made.episode() / "episode.mp3").stat().st_size


def test_the_authors_of_a_paper_are_in_the_record(made: Podcast) -> None:
    """Of those that the newsletter names, found by their id or title."""
    authors = {segment["title"]: segment["authors"] for segment in record(made)["segments"]}
    assert authors == {
        "Welcome": [],
        "Sorting is Harder than it Looks": ["Ada Lovelace"],
        "Bees & Other Optimisers: Does Swarming Help?": [],
        "Until next time": [],
    }


def test_what_is_known_of_an_episode_follows_its_script(own: Podcast) -> None:
    """A cover keeps its name until something on it changes; a paper is known by its id whatever it is called.

    Without the newsletter nobody is named, and the episode is rendered all the same.
    """
    earlier = record(own)["cover"]
    text = own.script().read_text().replace("## Sorting is Harder than it Looks", "## Sorting")
    own.script().write_text(text.replace("Until next week.", "See you."))
    assert own("render", SLUG).exit_code == 0
    assert record(own)["cover"] == earlier
    assert record(own)["segments"][1]["authors"] == ["Ada Lovelace"]
    own.script().write_text(text.replace("title: Papers", "title: Sheets"))
    (own.script().parent / "source.md").unlink()
    assert own("render", SLUG).exit_code == 0
    assert record(own)["cover"] != earlier
    assert record(own)["segments"][1]["authors"] == []


# ── words ───────────────────────────────────────────────────────────────────────────────────────────────


def tags(mp3: Path) -> str:
    """Return title and chapters of a sound, as ffmpeg reads them."""
    command = [executable(), "-v", "error", "-i", str(mp3), "-f", "ffmetadata", "-"]
    found = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    return re.sub(r"\\(.)", r"\1", found)


def hostile(title: str) -> bytes:
    """Return a newsletter with that title over everything."""
    return (
        f"# {title}\n\nJune 15, 2024\n\nHello & welcome <i>all</i> ]]> here.\n\n## Highlights\n\n"
        f"### First {title}\n\n[arXiv:2406.00001](https://arxiv.org/abs/2406.00001) · Ada Lovelace\n\n"
        "It sorts & counts ]]> lists <script>alert(1)</script>.\n\n"
        "### The second\n\n[a & b ]]> <u>](https://example.org/?a=1&b=%3C]]>) It compares bees.\n"
    ).encode()


WORDS = {
    "markup": (f"{MARKUP} &amp; &#60;i&#62;", 'R & D bold ]]> "quoted" \N{HEADPHONE} & <i>'),
    "controls": ("A\x01\x08B \x1b[31mred \ufffe\uffff C", "AB [31mred C"),
}


@pytest.mark.parametrize("kind", WORDS)
def test_hostile_titles_reach_everything_whole(podcast: Podcast, kind: str) -> None:
    """Feed, pages, notes and tags are well-formed and complete, and `podcast check` has nothing to say."""
    title, shown = WORDS[kind]
    ran = podcast("make", "-", stdin=hostile(title))
    assert ran.exit_code == 0, ran.stderr
    (item,) = items(podcast)
    assert squeezed(item.findtext("title")) == squeezed(shown)
    assert squeezed(f"First {shown}") in squeezed(tags(podcast.episode() / "episode.mp3"))
    for page in (podcast.folder / "feed").rglob("*.html"):
        assert not re.search(r"<(b|i|u)>|<script>alert", page.read_text())
    transcript = (podcast.episode() / "transcript.html").read_text()
    assert set(re.findall(r"</?(\w+)", transcript)) == {"time", "p"}
    checked = podcast("check", "--json", "--quiet")
    assert (checked.exit_code, checked.stdout.strip()) == (0, "[]")


def squeezed(text: str | None) -> str:
    """Return it without white space: where that is kept is another test's business."""
    return "".join((text or "").split())


TITLES_BY_HAND = {
    "right to left": (r'"\u05d0\u05d1 \u202eA\aB\0C \ud83c D"', "\u05d0\u05d1 \u202eA B C D"),
    "4,001 bytes": (f'"{"é" * 2000}!"', "é" * 254 + "…"),
}


@pytest.mark.parametrize("kind", TITLES_BY_HAND)
def test_a_title_that_no_newsletter_could_have_is_published_too(own: Podcast, kind: str) -> None:
    """As far as a feed can hold it, and never as half a document."""
    written, shown = TITLES_BY_HAND[kind]
    own.script().write_text(re.sub("(?m)^title: .*$", lambda _: f"title: {written}", own.script().read_text()))
    ran = own("render", SLUG)
    assert ran.exit_code == 0, ran.stderr
    assert shown in [item.findtext("title") for item in items(own)]
    checked = own("check", "--json", "--quiet")
    assert (checked.exit_code, checked.stdout.strip()) == (0, "[]")


def test_notes_that_are_too_long_for_a_description_are_whole_elsewhere(podcast: Podcast) -> None:
    """Directories take 4000 bytes of the one; the other has every address."""
    addresses = [f"https://example.org/{'long' * 20}?a=1&b={number:02}" for number in range(40)]
    links = "\n".join(f"- [code {number}]({address})" for number, address in enumerate(addresses))
    ran = podcast("make", "-", stdin=NEWSLETTER.replace("A second paragraph says", f"{links}\n\nIt says").encode())
    assert ran.exit_code == 0, ran.stderr
    (item,) = items(podcast)
    assert len(item.findtext("description").encode()) <= 4000
    notes = item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded")
    assert len(notes.encode()) > 4001
    assert [address for address in addresses if html.escape(address) not in notes] == []
    checked = podcast("check", "--json", "--quiet")
    assert (checked.exit_code, checked.stdout.strip()) == (0, "[]")


def test_a_description_of_4001_bytes_is_refused(own: Podcast) -> None:
    """As a setting to correct, before anything is done."""
    before = published(own)
    settle(own, "description", "é" * 2000 + "!")
    ran = own("feed")
    assert ran.exit_code == 2
    assert "but should be some text, at most 4000 bytes" in ran.stderr
    assert published(own) == before


# ── addresses ───────────────────────────────────────────────────────────────────────────────────────────


GOOD = [
    "https://example.org/",
    "https://example.org/a/path/of/several/",
    "https://example.org:8443/p/",
    "http://example.org/p/",
    "https://xn--bcher-kva.example/p/",
    "https://[2001:db8::1]/p/",
]
BAD = [
    "https://example.org/p/?q=1",
    "https://example.org/p/#top",
    "https://me:secret@example.org/",
    "https://example.org/p",
    "ftp://example.org/",
    "https://bücher.example/p/",
    "https://example.org/ p/",
    "https://example.org/<p>/",
    "https://example.org:99999/",
    "",
]


def test_a_show_can_be_published_below_any_plain_address(own: Podcast) -> None:
    """Everything in its feed stands there; without the s, it is for `podcast check` to say what is amiss."""
    for address in GOOD:
        settle(own, "base_url", address)
        assert own("feed").exit_code == 0
        for item in items(own):
            assert item.find("enclosure").get("url").startswith(f"{address}episodes/{SLUG}")
        assert b"127.0.0.1" not in feed(own)


def test_an_address_that_apps_cannot_build_upon_is_refused(own: Podcast) -> None:
    """In a sentence with one that they can; the feed stays as it was."""
    before = published(own)
    for address in BAD:
        settle(own, "base_url", address)
        ran = own("feed")
        assert ran.exit_code == 2
        assert re.search("base_url is .* but should be an address like https://example.org/podcast/", ran.stderr)
    assert published(own) == before


# ── episodes ────────────────────────────────────────────────────────────────────────────────────────────


def test_two_episodes_of_one_day_are_two(made: Podcast) -> None:
    """With guids and sounds of their own, always in the same order."""
    found = items(made)
    assert [item.find("enclosure").get("url").rpartition("/")[2] for item in found] == [f"{OTHER}.mp3", f"{SLUG}.mp3"]
    guids = [item.findtext("guid") for item in found]
    assert guids == [record(made, OTHER)["guid"], record(made, SLUG)["guid"]]
    assert len({uuid.UUID(guid) for guid in guids}) == 2
    assert len({item.findtext("pubDate") for item in found}) == 1


FILES = ["episode.mp3", f"{SLUG}.mp3", "episode.json", "transcript.vtt", "transcript.html", "chapters.json", "cover"]


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_gone_is_named(own: Podcast, name: str) -> None:
    """The feed stays as it was, and the error says what makes the episode whole again."""
    before = feed(own)
    name = record(own)["cover"] if name == "cover" else name
    (own.episode() / name).unlink()
    ran = own("feed", "--quiet")
    assert ran.exit_code == 2
    assert ran.stderr.startswith(f"{own.episode() / name} is not there")
    assert f"`podcast render {SLUG}` makes it anew" in ran.stderr
    assert feed(own) == before


@pytest.mark.parametrize("names", [["episode.json"], ["episode.mp3", f"{SLUG}.mp3", "cover", "notes.html"]], ids=str)
def test_what_is_said_mends_it(own: Podcast, names: list[str]) -> None:
    """Byte for byte, its guid and the name of its cover among it; any other command is done meanwhile."""
    before, cover = published(own), record(own)["cover"]
    for name in names:
        (own.episode() / (cover if name == "cover" else name)).unlink()
    listed = own("voices")
    assert listed.exit_code == 0
    assert "is not there" in listed.stderr
    assert feed(own) == before["feed/feed.xml"]
    ran = own("render", SLUG)
    assert ran.exit_code == 0, ran.stderr
    assert published(own) == before


def test_a_folder_with_nothing_of_ours_is_no_episode(own: Podcast) -> None:
    """Somebody's own, whatever its name."""
    before = feed(own)
    (own.episode("drafts")).mkdir()
    (own.episode("drafts") / "ideas.txt").write_text("mine")
    assert own("feed").exit_code == 0
    assert feed(own) == before


def test_an_episode_of_an_earlier_version_has_no_cover_and_is_published(own: Podcast) -> None:
    """Nor has it a transcript in HTML: neither is missed."""
    episode = own.episode()
    earlier = {key: value for key, value in record(own).items() if key != "cover"}
    (episode / record(own)["cover"]).unlink()
    (episode / "transcript.html").unlink()
    (episode / "episode.json").write_text(json.dumps(earlier))
    assert not read_record(episode).cover
    ran = own("feed")
    assert ran.exit_code == 0, ran.stderr
    assert len(items(own)) == 2
