"""A show is a folder: how it is found, what its settings allow, and how a new one is made."""

from __future__ import annotations

import json
import os
import uuid
from typing import TYPE_CHECKING

import pytest

from podcast.errors import InputError
from podcast.show import PODCAST_NAMESPACE, Settings, Show, checked_slug, find_show, has_show, load_show, starter_voices
from podcast.starter import init_show

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder, with no show named."""
    folder = tmp_path / "nowhere"
    folder.mkdir()
    monkeypatch.delenv("PODCAST_SHOW", raising=False)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a show at its defaults."""
    folder = tmp_path / "show"
    folder.mkdir()
    (folder / "show.toml").write_bytes(b"")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ── finding ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_show_is_found_by_its_name(folder: Path) -> None:
    """As --show gives it."""
    assert find_show(folder) == folder
    assert has_show(folder)


def test_a_show_that_is_named_relatively_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its path is absolute, so that later changes of folder do not matter."""
    monkeypatch.chdir(folder.parent)
    found = find_show(folder.relative_to(folder.parent))
    assert found.is_absolute()
    assert found == folder.resolve()


def test_a_show_is_found_by_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PODCAST_SHOW names it."""
    monkeypatch.setenv("PODCAST_SHOW", str(folder))
    assert find_show() == folder
    assert has_show()


def test_a_named_show_comes_before_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The flag is nearer to the person."""
    monkeypatch.setenv("PODCAST_SHOW", str(folder.parent / "other"))
    assert find_show(folder) == folder


def test_the_environment_comes_before_the_folder_one_stands_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even inside of another show."""
    other = folder / "inner"
    init_show(other)
    monkeypatch.setenv("PODCAST_SHOW", str(other))
    monkeypatch.chdir(folder)
    assert find_show() == other


@pytest.mark.parametrize("inside", [".", "scripts", "scripts/2024-06-15"])
def test_a_show_is_found_upwards(folder: Path, monkeypatch: pytest.MonkeyPatch, inside: str) -> None:
    """From any folder in it."""
    (folder / inside).mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(folder / inside)
    assert find_show() == folder
    assert has_show()


def test_the_nearest_of_two_shows_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A show within a show is one of its own."""
    inner = folder / "inner"
    inner.mkdir()
    (inner / "show.toml").write_bytes(b"")
    monkeypatch.chdir(inner)
    assert find_show() == inner


def test_where_there_is_no_show_it_is_said_how_to_make_one(nowhere: Path) -> None:
    """With the folder that was searched."""
    assert not has_show()
    with pytest.raises(InputError) as caught:
        find_show()
    assert str(nowhere) in str(caught.value)
    assert "podcast init" in str(caught.value)
    assert "--show" in str(caught.value)


@pytest.mark.parametrize("from_environment", [False, True])
def test_a_named_folder_that_is_no_show_is_refused(
    nowhere: Path,
    monkeypatch: pytest.MonkeyPatch,
    from_environment: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """No other is searched for."""
    if from_environment:
        monkeypatch.setenv("PODCAST_SHOW", str(nowhere))
    with pytest.raises(InputError, match=r"no show\.toml in it.*podcast init"):
        find_show(None if from_environment else nowhere)


def test_a_folder_named_show_toml_is_no_show(nowhere: Path) -> None:
    """Only a file is."""
    (nowhere / "show.toml").mkdir()
    assert not has_show()
    with pytest.raises(InputError):
        find_show()


# ── slugs ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("slug", ["2024-06-15", "a", "A.b_c-1", "2024-06-15.2", "x" * 100])
def test_a_plain_name_is_a_slug(slug: str) -> None:
    """It is handed back as it is."""
    assert checked_slug(slug) == slug


@pytest.mark.parametrize(
    "slug",
    [
        "",
        "..",
        ".",
        "../x",
        "a/b",
        "/a",
        "a\\b",
        ".hidden",
        "-x",
        "_x",
        "a b",
        "a\n",
        "Ü",
        "a\0",
        "~",
        "x" * 101,
        "a:b",
    ],
)
def test_what_is_no_plain_folder_name_is_no_slug(slug: str) -> None:
    """It could lead out of the show, or be hidden, or be taken for a flag."""
    with pytest.raises(InputError, match="cannot name an episode"):
        checked_slug(slug)


# ── settings ────────────────────────────────────────────────────────────────────────────────────────────


def refusal(folder: Path, content: str) -> str:
    """Return why the settings of a show are refused."""
    (folder / "show.toml").write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_show(folder)
    assert str(caught.value).startswith(f"{folder / 'show.toml'}: ")
    return str(caught.value)


def test_a_show_without_settings_has_all_defaults(folder: Path) -> None:
    """An empty show.toml is enough."""
    assert load_show(folder) == Show(folder, Settings())


@pytest.mark.parametrize(
    ("rate", "bitrate"), [(44100, 32), (44100, 320), (32000, 40), (48000, 96), (22050, 8), (24000, 144), (16000, 160)]
)
def test_bitrates_that_an_mp3_can_have_are_allowed(folder: Path, rate: int, bitrate: int) -> None:
    """MPEG-1 from 32 kHz on, MPEG-2 below."""
    (folder / "show.toml").write_text(f"[audio]\nsample_rate_hz = {rate}\nbitrate_kbps = {bitrate}\n")
    assert load_show(folder).settings.audio.format_problem is None


@pytest.mark.parametrize(("rate", "bitrate"), [(44100, 8), (32000, 144), (48000, 24), (22050, 192), (16000, 320)])
def test_bitrates_that_no_mp3_has_at_a_rate_are_refused(folder: Path, rate: int, bitrate: int) -> None:
    """Those that it could have are listed."""
    message = refusal(folder, f"[audio]\nsample_rate_hz = {rate}\nbitrate_kbps = {bitrate}\n")
    assert f"audio.bitrate_kbps at {rate} Hz should be one of " in message
    assert ", 96, " in message
    assert f" {bitrate}," not in message


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ('title = " "', "title"),
        ('base_url = "example.org/"', "base_url"),
        ('base_url = "ftp://example.org/"', "base_url"),
        ('base_url = "https://example.org"', "slash at its end"),
        ('base_url = "https:///"', "base_url"),
        ('base_url = "https://[/"', "base_url"),
        ('guid = "none"', "a UUID, or empty"),
        ('base_url = "https://user:secret@example.org/"', "base_url"),
        ('base_url = "https://example.org/?a=b/"', "base_url"),
        ('base_url = "https://example.org/#/"', "base_url"),
        ('base_url = "https://example.org/my podcast/"', "base_url"),
        ('base_url = "https://exämple.org/"', "base_url"),
        ('base_url = "https://example.org/\\n"', "base_url"),
        ('base_url = "https://example.org//"', "base_url"),
        ('base_url = "https://example.org:0/"', "base_url"),
        ('base_url = "https://example.org:65536/"', "base_url"),
        (f'title = "{"t" * 256}"', "at most 255 characters"),
        ('title = "a\\nb"', "on one line"),
        (f'author = "{"a" * 256}"', "at most 255 characters"),
        ('author = "a\\u0007"', "on one line"),
        ('description = " "', "description"),
        ('description = "\\u0001"', "description"),
        (f'description = "{"é" * 2001}"', "at most 4000 bytes"),
        ('email = "ada"', "an e-mail address, or empty"),
        ('email = "ada@example"', "an e-mail address, or empty"),
        ('email = "Ada <ada@example.org>"', "an e-mail address, or empty"),
        ('email = "ada@example.org, bo@example.org"', "an e-mail address, or empty"),
        ('email = "ada\\u0001@example.org"', "an e-mail address, or empty"),
        (f'email = "{"a" * 255}@example.org"', "email"),
        ('category = ""', "category"),
        ('category = "technology"', "Did you mean Technology?"),
        ('category = "Science > Physic"', "a subcategory of Science: Astronomy, "),
        ('category = "Science>Physics"', "a category of Apple Podcasts, like Technology"),
        ('category = "Technology > Physics"', "it has none"),
        ('category = "Physics"', "a category of Apple Podcasts, like Technology"),
        ('explicit = "no"', 'explicit is "no" but should be true or false.'),
        ("explicit = 0", "explicit is 0 but should be true or false."),
        ('language = "de"', "English"),
        ("[audio]\nsample_rate_hz = 11025", "audio.sample_rate_hz"),
        ("[audio]\nbitrate_kbps = 100", "audio.bitrate_kbps"),
        ("[audio]\nchannels = 3", "audio.channels is 3 but should be one of 1, 2."),
        ("[audio]\nloudness_lufs = -5", "audio.loudness_lufs"),
        ("[audio]\ntrue_peak_dbtp = 0", "audio.true_peak_dbtp"),
        ("[music]\nlead_ms = -1", "music.lead_ms"),
        ("[music]\nlead_ms = 1.5", "music.lead_ms is 1.5 but should be a whole number."),
        ('[speech]\nvoice = ""', "speech.voice"),
        ("[spech]\nvoice = 'joe'", "Did you mean speech?"),
    ],
)
def test_settings_of_a_show_are_checked(folder: Path, content: str, problem: str) -> None:
    """Before anything is done with them."""
    assert problem in refusal(folder, content)


def test_a_password_in_a_setting_is_not_said(folder: Path) -> None:
    """An error may be read by others: in a log, on a screen that is shown."""
    message = refusal(folder, 'base_url = "https://ada:tell-nobody@example.org/"')
    assert "example.org" in message
    assert "tell-nobody" not in message


def test_all_problems_of_a_show_are_said_at_once(folder: Path) -> None:
    """Across its tables."""
    message = refusal(folder, 'tilte = "x"\nguid = 3\n[audio]\nchannels = 0\n[music]\nduck_db = "much"\n')
    assert len(message.split("\n")) == 4


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", "t" * 255),
        ("title", "学习 & <b>"),
        ("author", ""),
        ("author", "a" * 255),
        ("email", ""),
        ("email", "ada.l+podcast@mail.example.org"),
        ("description", "é" * 2000),
        ("description", "Two lines,\nin one description."),
        ("category", "True Crime"),
        ("category", "Health & Fitness > Mental Health"),
        ("category", "Business > Non-Profit"),
        ("explicit", True),
        ("language", "en-gb"),
        ("base_url", "http://192.168.1.5:8000/"),
        ("base_url", "https://[2001:db8::1]:8443/my/show-1.0/~ada/"),
    ],
)
def test_what_a_feed_can_say_is_allowed(folder: Path, name: str, value: object) -> None:
    """To the last character."""
    (folder / "show.toml").write_text(f"{name} = {json.dumps(value)}\n", encoding="utf-8")
    assert getattr(load_show(folder).settings, name) == value


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.0.0.1:8000", "127.9.9.9", "localhost", "LOCALHOST:1", "show.localhost", "[::1]"],
)
def test_only_this_machine_reaches_some_addresses(folder: Path, host: str) -> None:
    """Whatever they are called."""
    assert not Show(folder, Settings(base_url=f"http://{host}/")).has_public_address


@pytest.mark.parametrize(
    "host", ["example.org", "192.168.1.5:8000", "localhost.example.org", "mylocalhost", "[2001:db8::1]"]
)
def test_others_reach_the_rest(folder: Path, host: str) -> None:
    """A show there has a guid that is its own."""
    assert Show(folder, Settings(base_url=f"http://{host}/")).has_public_address


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_guid_of_a_show_is_that_of_its_feeds_address(folder: Path, scheme: str) -> None:
    """Without the scheme, as podcastindex.org defines it."""
    (folder / "show.toml").write_text(f'base_url = "{scheme}://example.org/podcast/"\n')
    expected = uuid.uuid5(uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6"), "example.org/podcast/feed.xml")
    assert load_show(folder).guid == expected


@pytest.mark.parametrize(
    ("address", "guid"),
    [
        ("podnews.net/rss", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ("mp3s.nashownotes.com/pc20rss.xml", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
    ],
)
def test_the_namespace_of_guids_is_that_of_the_standard(address: str, guid: str) -> None:
    """The examples that its text gives."""
    assert str(uuid.uuid5(PODCAST_NAMESPACE, address)) == guid


def test_a_guid_in_the_settings_stays(folder: Path) -> None:
    """Wherever the show moves."""
    guid = "917393e3-1b1e-5cef-ace4-edaa54e1f810"
    (folder / "show.toml").write_text(f'guid = "{guid}"\nbase_url = "https://elsewhere.example/"\n')
    assert str(load_show(folder).guid) == guid


def test_files_that_settings_name_are_relative_to_the_show(folder: Path) -> None:
    """Unless they are absolute."""
    show = load_show(folder)
    assert show.file("voices/music/intro.opus") == folder / "voices" / "music" / "intro.opus"
    assert show.file(str(folder.parent / "cover.jpg")) == folder.parent / "cover.jpg"


def test_each_room_has_its_folder(folder: Path) -> None:
    """Scripts, episodes, voices, feed and cache."""
    show = load_show(folder)
    assert show.script_folder("a") == folder / "scripts" / "a"
    assert show.episode_folder("a") == folder / "episodes" / "a"
    assert (show.voices, show.feed, show.cache) == (folder / "voices", folder / "feed", folder / ".podcast")


# ── a new show ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_show_has_the_same_bytes_whatever_it_is_called(tmp_path: Path) -> None:
    """Nothing in it depends on the folder's name."""
    init_show(tmp_path / "one")
    init_show(tmp_path / "deeper" / "Ünother one")
    first = contents(tmp_path / "one")
    assert first == contents(tmp_path / "deeper" / "Ünother one")
    assert {"show.toml", ".gitignore", "voices/heart.toml", "voices/lexicon.toml", "scripts/README.md"} <= set(first)


def test_a_new_show_is_at_the_defaults(tmp_path: Path) -> None:
    """Each of its settings stands in its file, base_url among them."""
    init_show(tmp_path / "new")
    assert load_show(tmp_path / "new").settings == Settings()
    lines = (tmp_path / "new" / "show.toml").read_text().splitlines()
    assert [line for line in lines if line.startswith('base_url = "http://127.0.0.1:8000/"')]
    assert [line for line in lines if line.startswith('title = "My Paper Podcast"')]


def test_a_new_show_has_the_music_that_its_settings_name(tmp_path: Path) -> None:
    """It sounds without anything being added, and no program is copied."""
    init_show(tmp_path / "new")
    show = load_show(tmp_path / "new")
    music = show.settings.music
    assert all(show.file(name).is_file() for name in (music.intro, music.sting, music.outro))
    assert not list((tmp_path / "new").rglob("*.py"))
    assert (starter_voices() / "heart.toml").read_bytes() == (show.voices / "heart.toml").read_bytes()


def test_an_existing_show_is_not_made_anew(tmp_path: Path) -> None:
    """Not a byte of it changes."""
    init_show(tmp_path)
    (tmp_path / "show.toml").write_text('title = "Mine"\n')
    (tmp_path / "voices" / "heart.toml").write_text("mine")
    before = contents(tmp_path)
    with pytest.raises(InputError, match="already a show"):
        init_show(tmp_path)
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    "name", ["notes.txt", "voices/heart.toml", "voices/mine.toml", ".gitignore", "scripts/README.md", "feed/README.md"]
)
def test_files_that_are_there_stay_as_they_are(tmp_path: Path, name: str) -> None:
    """A show may be made of a folder that has been used for something else, a repository say."""
    kept = tmp_path / name
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text("mine")
    init_show(tmp_path)
    assert kept.read_text() == "mine"
    assert load_show(tmp_path).settings == Settings()


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    """It stays."""
    (tmp_path / "show").write_text("mine")
    with pytest.raises(InputError, match="Give the name of a folder"):
        init_show(tmp_path / "show")
    assert (tmp_path / "show").read_text() == "mine"


def test_a_folder_whose_name_is_no_text_is_refused(tmp_path: Path) -> None:
    """It could stand in no file, and no program could be told of it: better known before anything is made."""
    folder = tmp_path / os.fsdecode(b"\xff\xfe")
    try:
        init_show(folder)
    except OSError:
        pytest.skip("this file system takes no such names")
    with pytest.raises(InputError, match=r"no UTF-8 text\. Rename the folder"):
        load_show(folder)
