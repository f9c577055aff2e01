"""The show's guid: written down at the first publish, and the same from then on."""

from __future__ import annotations

import difflib
import tomllib
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest
from publishing import change_setting, public_show

from podcast.errors import InputError
from podcast.outside.toml_editing import with_setting
from podcast.pipeline.guid import pin_guid
from podcast.show import Show, load_show
from podcast.starter import init_show

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Podcast

    from podcast.types import Event

ADDRESS = "https://podcast.example.org/"
GUID = "9f2f4d7d-8d2f-5d5e-b54c-3f5f6c1a1a11"
_PODCAST = "{https://podcastindex.org/namespace/1.0}"


@pytest.fixture
def show(tmp_path: Path) -> Path:
    """Return a show with a public address."""
    init_show(tmp_path / "show")
    _set(tmp_path / "show", "http://127.0.0.1:8000/", ADDRESS)
    return tmp_path / "show"


def _set(folder: Path, before: str, after: str) -> None:
    path = folder / "show.toml"
    text = path.read_bytes()
    assert before.encode() in text
    path.write_bytes(text.replace(before.encode(), after.encode(), 1))


def _pin(folder: Path) -> Show:
    return pin_guid(load_show(folder), lambda _: None)


# ── which, and when ─────────────────────────────────────────────────────────────────────────────────────


def test_only_the_line_of_the_guid_changes(show: Path) -> None:
    """In a show as `podcast init` makes it, and the note in the margin stays."""
    before = (show / "show.toml").read_text()
    guid = str(load_show(show).guid)
    told: list[Event] = []
    pinned = pin_guid(load_show(show), told.append)
    changed = list(difflib.ndiff(before.splitlines(), (show / "show.toml").read_text().splitlines()))
    doc = "# the show's podcast guid, once it has one that must not change"
    assert [line for line in changed if line[:1] in "+-"] == [f'- guid = ""  {doc}', f'+ guid = "{guid}"  {doc}']
    assert pinned == load_show(show)
    assert str(pinned.guid) == pinned.settings.guid == guid
    assert guid in told[0].text


def test_the_guid_stays_where_the_address_changes(show: Path) -> None:
    """It names the show, not a place; a second publish writes nothing."""
    first = _pin(show).guid
    _set(show, ADDRESS, "https://new.example.org/show/")
    before = (show / "show.toml").read_bytes()
    assert _pin(show).guid == first
    assert (show / "show.toml").read_bytes() == before


def test_a_guid_that_is_there_is_never_replaced(show: Path) -> None:
    """It may come from another host, with the feed that moved."""
    _set(show, 'guid = ""', f'guid = "{GUID}"')
    before = (show / "show.toml").read_bytes()
    assert str(_pin(show).guid) == GUID
    assert (show / "show.toml").read_bytes() == before


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000/", "http://localhost/", "http://[::1]:8000/"])
def test_a_show_that_only_this_machine_reaches_gets_none(show: Path, address: str) -> None:
    """All such shows would have the same."""
    _set(show, ADDRESS, address)
    before = (show / "show.toml").read_bytes()
    _pin(show)
    assert (show / "show.toml").read_bytes() == before


def test_the_feed_is_as_it_was(podcast: Podcast, newsletter: Path) -> None:
    """The guids in it are the same before and after, and after the show has moved, so no app sees anything twice."""
    _set(podcast.folder, "http://127.0.0.1:8000/", ADDRESS)
    assert podcast("make", newsletter).exit_code == 0
    feed = podcast.folder / "feed" / "feed.xml"
    before = feed.read_bytes()
    _pin(podcast.folder)
    assert podcast("feed").exit_code == 0
    assert feed.read_bytes() == before
    _set(podcast.folder, ADDRESS, "https://new.example.org/")
    assert podcast("feed").exit_code == 0
    assert feed.read_bytes() != before
    assert _guids(feed.read_bytes()) == _guids(before)


def _guids(feed: bytes) -> list[str | None]:
    root = ET.fromstring(feed)  # noqa: S314 - our own
    return [each.text for each in (*root.iter(f"{_PODCAST}guid"), *root.iter("guid"))]


def test_podcast_feed_pins_nothing(podcast: Podcast, newsletter: Path) -> None:
    """Only what is published has a name that others know."""
    _set(podcast.folder, "http://127.0.0.1:8000/", ADDRESS)
    before = (podcast.folder / "show.toml").read_bytes()
    assert podcast("make", newsletter).exit_code == 0
    assert podcast("feed").exit_code == 0
    assert (podcast.folder / "show.toml").read_bytes() == before


def test_a_show_moves_house_and_everybody_follows(shared: Path, tmp_path: Path) -> None:
    """As docs/publish.md says: the same guids at both places, and both say where the feed is now."""
    show, new = public_show(shared, tmp_path / "show"), "https://new.example.org/"
    assert show("publish", tmp_path / "old").exit_code == 0
    before = (tmp_path / "old" / "feed.xml").read_bytes()
    change_setting(show, f'base_url = "{ADDRESS}"', f'base_url = "{new}"')
    change_setting(show, 'moved_to = ""', f'moved_to = "{new}feed.xml"')
    assert show("publish", tmp_path / "new").exit_code == 0
    change_setting(show, f'base_url = "{new}"', f'base_url = "{ADDRESS}"')
    assert show("publish", tmp_path / "old").exit_code == 0
    for place, address in (("old", ADDRESS), ("new", new)):
        feed = (tmp_path / place / "feed.xml").read_bytes()
        assert _guids(feed) == _guids(before)
        assert f"<itunes:new-feed-url>{new}feed.xml<".encode() in feed
        assert f'<enclosure url="{address}episodes/'.encode() in feed


def test_nothing_is_published_without_a_guid(shared: Path, tmp_path: Path) -> None:
    """Where it cannot be written down, and not on a dry run either."""
    show = public_show(shared, tmp_path / "show")
    before = (show.folder / "show.toml").read_bytes()
    assert show("publish", tmp_path / "public", "--dry-run").exit_code == 0
    (show.folder / "show.toml").chmod(0o444)
    ran = show("publish", tmp_path / "public")
    assert (ran.exit_code, "read-only, but the show needs its guid" in ran.stderr) == (2, True)
    assert (show.folder / "show.toml").read_bytes() == before
    assert not (tmp_path / "public" / "feed.xml").exists()


# ── how ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('title = "x"\nguid = ""  # mine\n[feed]\n', 'title = "x"\nguid = "G"  # mine\n[feed]\n'),
        ("guid=''# mine\nb =   2\n", 'guid="G"# mine\nb =   2\n'),
        ('"guid" = ""\n', '"guid" = "G"\n'),
        ('a = 1\n\n[x] # y\nguid = ""\n', 'a = 1\nguid = "G"\n\n[x] # y\nguid = ""\n'),
        ('a = 1\r\nguid = ""  # é\r\n\r\n[x]\r\nguid = ""\r\n', 'a = 1\r\nguid = "G"  # é\r\n\r\n[x]\r\nguid = ""\r\n'),
        ('a = 1\r\n\r\n[x]\r\nguid = ""\r\n', 'a = 1\r\nguid = "G"\r\n\r\n[x]\r\nguid = ""\r\n'),
        ('\ufeffa = 1\nguid = ""\n', '\ufeffa = 1\nguid = "G"\n'),
        ('\ufeffguid = ""\r\n', '\ufeffguid = "G"\r\n'),
        ('a = """\nguid = ""\n"""\n', 'a = """\nguid = ""\n"""\nguid = "G"\n'),
        ("# guid = \"old\"\na = 'x'\n", '# guid = "old"\na = \'x\'\nguid = "G"\n'),
        ("a = 1", 'a = 1\nguid = "G"\n'),
        ("\t\n# empty\n", '\t\n# empty\nguid = "G"\n'),
        ("", 'guid = "G"\n'),
    ],
)
def test_everything_else_stays_as_it_was(before: str, after: str) -> None:
    """Comments, blanks, line ends, a byte order mark, and a guid that is another table's or only looks like one."""
    assert with_setting(before, "guid", "G") == after
    assert tomllib.loads(after.removeprefix("\ufeff"))["guid"] == "G"


def test_what_is_not_toml_is_refused() -> None:
    """And what to write is said."""
    with pytest.raises(InputError, match=r"guid could not be written: .* Write it yourself: guid = 'G'"):
        with_setting("a = = 1\n", "guid", "G")


def test_a_read_only_file_is_left_alone(show: Path) -> None:
    """Its owner had a reason; the line to write is in the message."""
    path = show / "show.toml"
    before = path.read_bytes()
    path.chmod(0o444)
    with pytest.raises(InputError, match=f'read-only, .* Write guid = "{load_show(show).guid}" into it yourself'):
        _pin(show)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (before, 0o444)


def test_a_link_and_who_may_read_stay(show: Path, tmp_path: Path) -> None:
    """A show.toml that lies elsewhere is written there, for the same people."""
    elsewhere = tmp_path / "elsewhere.toml"
    (show / "show.toml").rename(elsewhere)
    elsewhere.chmod(0o640)
    (show / "show.toml").symlink_to(elsewhere)
    guid = str(_pin(show).guid)
    assert (show / "show.toml").is_symlink()
    assert guid in elsewhere.read_text()
    assert elsewhere.stat().st_mode & 0o777 == 0o640
