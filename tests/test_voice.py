"""Voice profiles: what comes along, what may stand in one, and what is refused."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from podcast.errors import InputError
from podcast.speech.voice import load_voice, profiles

ROOT = Path(__file__).parent.parent
READY = {"heart": "hibari", "joe": "piper", "alloy": "openai", "sage": "openai"}


@pytest.fixture
def voices(tmp_path: Path) -> Path:
    """Return a show's folder of voices."""
    return tmp_path


def _write(voices: Path, text: str, name: str = "own") -> None:
    (voices / f"{name}.toml").write_text(text, encoding="utf-8")


# ── what comes along ────────────────────────────────────────────────────────────────────────────────────


def test_four_voices_are_ready(voices: Path) -> None:
    """Of three engines, in a show that has none of its own; the lexicon is not one of them."""
    assert {name: load_voice(name, voices).engine for name in profiles(voices)} == READY


@pytest.mark.parametrize("name", sorted(READY))
def test_a_profile_that_comes_along_says_who_speaks(name: str, voices: Path) -> None:
    """In one line, by its name; its engine is one that comes along as well."""
    voice = load_voice(name, voices)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert voice.name == name
    assert 20 < len(voice.description) < 100
    assert voice.engine in project["entry-points"]["podcast.engines"]


@pytest.mark.parametrize("name", [name for name, engine in READY.items() if engine == "openai"])
def test_a_voice_that_costs_says_so(name: str, voices: Path) -> None:
    """Where people choose one."""
    assert "paid" in load_voice(name, voices).description


def test_the_voice_of_free_software_says_its_license(voices: Path) -> None:
    """Piper is under the GPL."""
    assert "GPL" in load_voice("joe", voices).description


@pytest.mark.parametrize("name", [name for name, engine in READY.items() if engine == "openai"])
def test_a_paid_voice_names_its_model_and_when_that_ends(name: str, voices: Path) -> None:
    """As a plain setting of the profile, where another one can be written in its place."""
    assert load_voice(name, voices).model == "gpt-4o-mini-tts"
    text = profiles(voices)[name].read_text(encoding="utf-8")
    assert "until January 6, 2027" in text
    assert "developers.openai.com/api/docs/deprecations" in text


# ── a show's own ────────────────────────────────────────────────────────────────────────────────────────


def test_a_show_s_own_profile_comes_before_ours(voices: Path) -> None:
    """As people change what they copied."""
    _write(voices, 'engine = "tone"\nvoice = "hum"\n', "heart")
    assert load_voice("heart", voices).engine == "tone"


def test_two_settings_are_enough(voices: Path) -> None:
    """All else has a value that changes nothing."""
    _write(voices, 'engine = "tone"\nvoice = "hum"\n')
    voice = load_voice("own", voices)
    assert (voice.speed, voice.gain_db, voice.model, voice.instructions, voice.base_url) == (1, 0, "", "", "")


@pytest.mark.parametrize(
    ("voice", "found"),
    [
        ("amy.onnx", "{folder}/amy.onnx"),
        ("piper/amy.onnx", "{folder}/piper/amy.onnx"),
        ("~/amy.onnx", "{home}/amy.onnx"),
        ("/voices/amy.onnx", "/voices/amy.onnx"),
        ("amy", "amy"),
    ],
)
def test_a_voice_in_a_file_lies_beside_its_profile(
    voices: Path, voice: str, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or at home, or where a full path says; wherever the command is run."""
    monkeypatch.setenv("HOME", "/home/ada")
    _write(voices, f'engine = "piper"\nvoice = "{voice}"\n')
    assert load_voice("own", voices).voice == found.format(folder=voices, home="/home/ada")


def test_an_unknown_voice_is_answered_with_those_there_are(voices: Path) -> None:
    """And a guess at what was meant."""
    with pytest.raises(InputError, match=r"'sgae'.*Did you mean sage\?.*alloy, heart, joe, sage\."):
        load_voice("sgae", voices)


@pytest.mark.parametrize(
    "address", ["", "https://speech.example.org", "http://localhost:8880/v1", "http://192.168.1.7:5000/v1/"]
)
def test_a_service_is_named_by_its_address(voices: Path, address: str) -> None:
    """With or without port and path."""
    _write(voices, f'engine = "openai"\nvoice = "x"\nbase_url = "{address}"\n')
    assert load_voice("own", voices).base_url == address


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('base_url = "speech.example.org"', "base_url is .* but should be empty, or an address like https://"),
        ('base_url = "ftp://example.org/v1"', "base_url is .* but should be empty, or an address like https://"),
        ('base_url = "https://me:hidden@example.org/v1"', "base_url is .* but should be empty, or an address"),
        ('base_url = "https://example.org/v1?key=1"', "base_url is .* but should be empty, or an address"),
        ("gain_db = 12.5", "gain_db is 12.5 but should be between -12 and 12"),
        ("gain_db = -13", "gain_db is -13 but should be between -12 and 12"),
        ("speed = 3", "speed is 3 but should be between 0.5 and 2"),
        ("model = 4", 'model is 4 but should be text in "quotes"'),
        ('api_key = "sk-secret"', "unknown setting api_key"),
        ('instruction = "Calm."', r"unknown setting instruction\. Did you mean instructions\?"),
    ],
)
def test_a_wrong_setting_is_named_with_what_it_should_be(voices: Path, line: str, says: str) -> None:
    """Before anything is spoken."""
    _write(voices, f'engine = "openai"\nvoice = "x"\n{line}\n')
    with pytest.raises(InputError, match=says):
        load_voice("own", voices)


def test_a_key_has_no_place_in_a_profile(voices: Path) -> None:
    """Profiles are shared; and what stood there is not repeated."""
    _write(voices, 'engine = "openai"\nvoice = "x"\napi_key = "sk-secret"\n')
    with pytest.raises(InputError) as raised:
        load_voice("own", voices)
    assert "sk-secret" not in str(raised.value)
