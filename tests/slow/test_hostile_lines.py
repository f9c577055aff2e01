"""No line that a stranger writes is read in more time than its length is worth."""

from __future__ import annotations

import re

import pytest
from hostile_lines import OPENINGS, READERS, explodes

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("reader", READERS)
def test_no_rule_looks_at_the_rest_of_a_line_from_every_place_of_it(reader: str) -> None:
    """Of whatever begins something, again and again, with nothing that ends it."""
    assert [opening for opening in OPENINGS if explodes(READERS[reader], opening)] == []


def test_what_grows_with_the_square_is_seen() -> None:
    """As a pattern does that tries all of the rest from every place."""
    assert explodes(re.compile("a[^>]*>").findall, "ba")
    assert not explodes(lambda line: [line.count("a") for _ in range(20_000)], "ba")
