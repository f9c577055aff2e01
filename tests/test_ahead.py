"""What episodes need beside their scripts is begun before those are read, once, and only where it is likely needed."""

from __future__ import annotations

import dataclasses
import os
from typing import TYPE_CHECKING

import numpy as np
import pytest
from conftest import make_show

from podcast.errors import InputError, OutsideError
from podcast.outside.executor import Here
from podcast.pipeline.ahead import Ahead
from podcast.show import Show, load_show

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from podcast.types import Clip, Piece, Samples, Voice


class Loads:
    """An engine that says what is loaded."""

    version = "1"
    rate_hz = 24_000
    takes_phonemes = False

    def __init__(self, problem: str | None = None) -> None:
        self.loaded: list[str] = []
        self._problem = problem

    def usd_per_minute(self, voice: Voice) -> float:
        """Nothing."""
        del voice
        return 0.0

    def ready(self, voice: Voice) -> str | None:
        """Whether it is."""
        del voice
        return self._problem

    def phonemes(self, piece: Piece, voice: Voice) -> str | None:
        """Nobody knows."""
        del piece, voice
        return None

    def speak(self, piece: Piece, voice: Voice) -> Samples:
        """Nothing."""
        del piece, voice
        return np.zeros(0, dtype=np.float32)

    def load(self, voice: Voice) -> None:
        """Remember it."""
        self.loaded.append(voice.name)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Loads:
    """Put an engine in the place of all."""
    engine = Loads()
    monkeypatch.setattr("podcast.speech.engines.load_engine", lambda _: engine)
    return engine


@pytest.fixture
def show(tmp_path: Path) -> Show:
    """Return a show with a newsletter beside it, and with the script and the episode of an earlier one."""
    show = load_show(make_show(tmp_path / "show", music=False).folder)
    for path in (show.script_folder("old") / "script.md", show.episode_folder("old") / "episode.json"):
        path.parent.mkdir(parents=True)
        path.touch()
    (tmp_path / "new.md").touch()
    return show


def _begun(show: Show, item: object, slug: str | None = None, voice: str | None = None) -> Ahead:
    ahead = Ahead(show, Here())
    ahead.begin(str(item), slug=slug, voice=voice)
    return ahead


def test_the_voice_loads_for_a_newsletter_that_is_new(show: Show, engine: Loads, tmp_path: Path) -> None:
    """That of the show, or the one that is asked for."""
    os.utime(show.episode_folder("old") / "episode.json", ns=(1, 1))
    _begun(show, tmp_path / "new.md")
    _begun(show, tmp_path / "new.md", voice="heart")
    assert engine.loaded == ["hum", "heart"]


def test_the_voice_of_the_first_host_loads_where_two_talk(show: Show, engine: Loads, tmp_path: Path) -> None:
    """Who begins is needed first."""
    writing = dataclasses.replace(show.settings.writing, hosts="Ada: heart, Bo: hum")
    talk = Show(show.folder, dataclasses.replace(show.settings, writing=writing))
    os.utime(show.episode_folder("old") / "episode.json", ns=(1, 1))
    _begun(talk, tmp_path / "new.md")
    assert engine.loaded == ["heart"]


def test_the_voice_loads_for_a_script_that_was_changed(show: Show, engine: Loads) -> None:
    """And for none that has been spoken as it is, however it is named."""
    script, episode = show.script_folder("old") / "script.md", show.episode_folder("old") / "episode.json"
    os.utime(script, ns=(1, 1))
    for item, slug in (("old", None), (script, None), ("anything", "old")):
        _begun(show, item, slug)
    assert engine.loaded == []
    os.utime(episode, ns=(0, 0))
    for item, slug in (("old", None), (script, None), ("anything", "old")):
        _begun(show, item, slug)
    assert engine.loaded == ["hum"] * 3


def test_no_voice_loads_for_a_newsletter_that_is_older_than_an_episode(
    show: Show, engine: Loads, tmp_path: Path
) -> None:
    """That may be its own: what it will be called is not known before it is read."""
    os.utime(tmp_path / "new.md", ns=(1, 1))
    _begun(show, tmp_path / "new.md")
    assert engine.loaded == []


@pytest.mark.parametrize("item", ["nowhere.md", "week", "https://example.org/x", "../..", "", "\0", "a" * 5000])
def test_nothing_loads_for_what_is_not_there(show: Show, engine: Loads, item: str) -> None:
    """What is amiss with it is told by those who read it."""
    _begun(show, item)
    assert engine.loaded == []


def test_a_voice_that_is_not_ready_is_not_loaded(show: Show, engine: Loads, tmp_path: Path) -> None:
    """Nor is a wrong name told before anybody needs it."""
    engine._problem = "no model"
    os.utime(show.episode_folder("old") / "episode.json", ns=(1, 1))
    _begun(show, tmp_path / "new.md")
    _begun(show, tmp_path / "new.md", voice="nobody")
    assert engine.loaded == []


def test_music_is_read_once_and_what_is_amiss_with_it_told_when_it_is_needed(show: Show) -> None:
    """Not before: the newsletter may have a fault of its own."""
    ahead = _begun(show, "old")
    assert ahead.music is ahead.music
    assert ahead.music.result() == {}
    music = dataclasses.replace(show.settings.music, intro="nowhere.opus")
    broken = _begun(Show(show.folder, dataclasses.replace(show.settings, music=music)), "old")
    with pytest.raises(InputError, match=r"nowhere\.opus: no such music"):
        broken.music.result()


def test_the_shows_pictures_are_drawn_once_and_not_before_they_are_asked_for(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until somebody speaks, a processor has better things to do."""
    drawn: list[Show] = []

    def missing_pictures(of: Show, _: object) -> dict[str, bytes]:
        drawn.append(of)
        return {}

    monkeypatch.setattr("podcast.pipeline.ahead.missing_pictures", missing_pictures)
    ahead = _begun(show, "old")
    assert drawn == []
    assert ahead.pictures is ahead.pictures
    assert drawn == [show]


def test_what_failed_for_a_passing_reason_is_tried_again(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that was killed is no reason for the next episode to fail, too."""
    monkeypatch.setattr("podcast.pipeline.music.music_of", _failing_once(OutsideError("killed")))
    ahead = Ahead(show, Here())
    with pytest.raises(OutsideError, match="killed"):
        ahead.music.result()
    assert ahead.music.result() == {}


def test_what_failed_for_good_is_not_tried_again(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would fail for each episode."""
    monkeypatch.setattr("podcast.pipeline.music.music_of", _failing_once(InputError("no music")))
    ahead = Ahead(show, Here())
    for _ in range(2):
        with pytest.raises(InputError, match="no music"):
            ahead.music.result()


def _failing_once(error: Exception) -> Callable[[Show], dict[str, Clip]]:
    errors = [error]

    def music_of(_: Show) -> dict[str, Clip]:
        if errors:
            raise errors.pop()
        return {}

    return music_of
