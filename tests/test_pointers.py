"""Pointers at pages go with the words that only lead to them, and nothing else goes."""

from __future__ import annotations

import pytest

from podcast.writing.pointers import points, without_pointers


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Bees fly (see Figure 3b) fast.", "Bees fly fast."),
        ("Bees fly, as shown in Table 2, fast.", "Bees fly fast."),
        ("As can be seen in Fig. 4, bees fly.", "Bees fly."),
        ("Bees fly, see Section 4.2 for details.", "Bees fly."),
        ("Table 2 shows that bees fly.", "Bees fly."),
        ("In Section 3, we let bees fly.", "We let bees fly."),
        ("The results in Tables 2 and 3 are good.", "The results are good."),
        ("Bees fly (Appendix B).", "Bees fly."),
        ("Bees fly (Tab. 1, left).", "Bees fly."),
        ("The figure of a bee is at table 2.", "The figure of a bee is at table 2."),
        ("Section A of the hive is full.", "Section A of the hive is full."),
        ("In Table Tennis bees win.", "In Table Tennis bees win."),
    ],
)
def test_a_pointer_goes_alone(written: str, said: str) -> None:
    """The sentence is whole without it."""
    assert without_pointers(written) == said


def test_a_sentence_that_is_about_a_table_still_points() -> None:
    """There would be nothing left of it."""
    assert points(without_pointers("Table 3 lists all bees."))
    assert not points(without_pointers("Table 3 shows that bees fly."))
