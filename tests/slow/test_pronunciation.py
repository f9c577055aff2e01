"""What docs/pronunciation.md shows is what the program prints and the voice is given."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import Podcast

from podcast.pipeline.episode import show_lexicon
from podcast.pipeline.saying import phonemes_of, plan_line

pytestmark = pytest.mark.slow

GUIDE = (Path(__file__).parents[2] / "docs" / "pronunciation.md").read_text(encoding="utf-8")
COINED = re.findall(r"^\| (\S+) \| `([^`]+)` \|", GUIDE, re.MULTILINE)
ENTRIES = re.findall(r'^ {4}"(\S+)" = "([^"]+)"', GUIDE, re.MULTILINE)


def test_the_line_that_is_tried_is_printed_as_shown(tmp_path: Path) -> None:
    """Written, spoken and phonemes."""
    shown = re.search(r'^ {4}podcast say "(.+)" --spoken\n((?: {4}.+\n){3})', GUIDE, re.MULTILINE)
    assert shown
    ran = Podcast(tmp_path)("say", shown[1], "--spoken", "--show", Path(__file__).parents[2])
    assert ran.stdout.splitlines() == [line.removeprefix("    ") for line in shown[2].splitlines()]


def test_the_entries_that_are_shown_are_in_the_lexicon() -> None:
    """A respelling, and phonemes."""
    lexicon = show_lexicon(None)
    assert [("ReLU", dict(lexicon.entries)["ReLU"]), ("ReLU", dict(lexicon.phonemes)["ReLU"])] == ENTRIES


def test_coined_names_are_said_as_the_guide_says() -> None:
    """Alone and in a sentence: those of one newsletter, with the reason of each."""
    assert len(COINED) == 7
    said = {
        name: phonemes_of(plan_line(f"The authors call it {name} here.", None, "heart")) or "" for name, _ in COINED
    }
    assert {name: said[name] for name, phonemes in COINED if phonemes not in said[name]} == {}
