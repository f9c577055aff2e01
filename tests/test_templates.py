"""Templates of a show leave nothing behind for the next text, and are read as they are now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from podcast.errors import InputError
from podcast.outside.templates import render

if TYPE_CHECKING:
    from pathlib import Path


def written(folder: Path, **templates: str) -> str:
    """Write templates into a show's folder and return what `page` makes of them."""
    for name, text in templates.items():
        (folder / name).write_text(text, encoding="utf-8")
    return render("page", [folder], {"word": "<b>"}, is_html=True)


def test_what_a_template_counts_it_counts_anew_each_time(tmp_path: Path) -> None:
    """Same input, same bytes, also for one that keeps a state in what it imports."""
    counter = "{% set kept = namespace(n=0) %}{% macro next() %}{% set kept.n = kept.n + 1 %}{{ kept.n }}{% endmacro %}"
    first = written(tmp_path, counter=counter, page="{% import 'counter' as c %}{{ c.next() }}{{ c.next() }}")
    assert (first, written(tmp_path)) == ("12", "12")


def test_a_template_that_was_edited_counts_at_once(tmp_path: Path) -> None:
    """Values in it are escaped either way."""
    assert written(tmp_path, page="one {{ word }}") == "one &lt;b&gt;"
    assert written(tmp_path, page="two {{ word }}") == "two &lt;b&gt;"


def test_a_link_is_refused_whenever_it_appears(tmp_path: Path) -> None:
    """Also in a folder whose templates were used before."""
    show = tmp_path / "show"
    show.mkdir()
    written(show, page="one")
    (tmp_path / "secret").write_text("secret")
    (show / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(InputError, match="a link to another place"):
        written(show)
