"""How a paper's text begins behind its title."""

from __future__ import annotations

import pytest

from podcast.writing.beginnings import begun, repeats


@pytest.mark.parametrize(
    ("title", "text", "said"),
    [
        ("BeeNet", "This paper listens to hives.", "It listens to hives."),
        ("Bees Hear Well?", "This paper listens to hives.", "The paper listens to hives."),
        ("BeeNet Finds the Hives of All Bees", "investigates hives.", "The paper investigates hives."),
        ("BeeNet", "investigates hives.", "It investigates hives."),
        ("BeeNet", "a network for hives", "This is a network for hives."),
        ("BeeNet", "The research investigates hives.", "This research investigates hives."),
        ("BeeNet", "The research's aim is a hive.", "The research's aim is a hive."),
        ("BeeNet", "This study investigates hives.", "This study investigates hives."),
        ("BeeNet", "In this work, we listen.", "The authors listen."),
    ],
)
def test_the_first_sentence_stands_behind_its_title(title: str, text: str, said: str) -> None:
    """Nothing is spoken of as known that was not said, and a question is no It."""
    assert begun([(text,)], title, 1) == [(said,)]


def test_what_only_repeats_the_title_is_not_said() -> None:
    """Where anything else is."""
    title = "Warm Hives Improve the Sleep of Large Honey Bees"
    again = "Warm hives improve sleep in LHBs."
    assert repeats(title, again)
    assert begun([(again, "The research measures it.")], title, 0) == [("This research measures it.",)]
    assert begun([(again,), ("It does.",)], title, 0) == [("It does.",)]
    assert begun([(again,)], title, 0) == [(again,)]
    assert not repeats(title, "Warm hives improve sleep by 10%.")
