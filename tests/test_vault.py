"""Notes for a vault: one file a paper, whatever its title, and never over what a person wrote."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from podcast.errors import InputError
from podcast.newsletter.names import LONGEST_BYTES, note_name
from podcast.newsletter.topics import read_topics
from podcast.newsletter.vault import Note, named, note_text, plan_notes, tags_of

if TYPE_CHECKING:
    from pathlib import Path

NOTE = Note(
    title='Bees: "Other" Optimisers # 1',
    date=dt.date(2024, 6, 15),
    paragraphs=("Results. They *swarm* in $O(n^2)$.", "[[No link]], <b>no tag</b>."),
    authors=("Ada Lovelace", "Bo O'Chen"),
    url="https://arxiv.org/abs/2405.20233",
    arxiv_id="2405.20233",
    tags=("language-models", "arxiv/cs.CL"),
    episode="2024-06-15",
    start_ms=754_321,
)


def front_matter(text: str) -> dict[str, object]:
    """Read what stands between the two lines of ---."""
    found = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
    assert found
    values = yaml.safe_load(found[1])
    assert isinstance(values, dict)
    return values


# ── a note ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_note_has_in_front_what_programs_sort_by() -> None:
    """Title, authors, date, link, tags, and where an episode tells of it, as YAML."""
    assert front_matter(note_text(NOTE)) == {
        "title": 'Bees: "Other" Optimisers # 1',
        "authors": ["Ada Lovelace", "Bo O'Chen"],
        "date": dt.date(2024, 6, 15),
        "link": "https://arxiv.org/abs/2405.20233",
        "arxiv": "2405.20233",
        "tags": ["language-models", "arxiv/cs-CL"],
        "episode": "2024-06-15",
        "time": "12:34",
        "seconds": 754,
    }


def test_a_note_says_what_the_newsletter_says() -> None:
    """As text: a paper's words link to nothing in the vault, and its parts begin in bold."""
    text = note_text(NOTE)
    assert '\n# Bees: "Other" Optimisers \\# 1\n\n<https://arxiv.org/abs/2405.20233>\n' in text
    assert "\nIn the episode 2024-06-15 at 12:34.\n" in text
    assert "\n**Results.** They \\*swarm\\* in $O(n^2)$.\n\n\\[\\[No link\\]\\], \\<b>no tag\\</b>.\n" in text


def test_what_is_not_known_is_left_out() -> None:
    """A paper from disk that no episode tells of has no empty fields."""
    bare = Note("Untold", dt.date(2024, 6, 15))
    assert front_matter(note_text(bare)) == {"title": "Untold", "date": dt.date(2024, 6, 15)}
    assert "episode" not in note_text(bare)
    assert front_matter(note_text(replace(bare, episode="x", start_ms=0)))["time"] == "0:00"
    assert front_matter(note_text(replace(bare, episode="x", start_ms=3_723_999)))["time"] == "1:02:03"


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_title_ends_the_front_matter(title: str, author: str) -> None:
    """Whatever a paper is called, its note is YAML with that title."""
    values = front_matter(note_text(replace(NOTE, title=title, authors=(author,), tags=(author,))))
    assert values["arxiv"] == "2405.20233"
    assert isinstance(values.get("title", ""), str)


def test_tags_are_what_programs_take_for_tags() -> None:
    """Topic first, then arXiv's categories below one tag."""
    tags = tags_of(("cs.CL", "stat.ML"), read_topics())
    assert front_matter(note_text(replace(NOTE, tags=tags)))["tags"] == [
        "language-models", "arxiv/cs-CL", "arxiv/stat-ML",
    ]  # fmt: skip
    assert tags_of((), read_topics()) == ()
    assert "tags" not in front_matter(note_text(replace(NOTE, tags=("2024", "!!"))))


def test_a_show_has_notes_of_its_own_form(tmp_path: Path) -> None:
    """Its own template goes first; a broken one is named with its line."""
    (tmp_path / "note.md").write_text("{{ title }} by {{ authors | join(', ') }}\n")
    assert note_text(NOTE, tmp_path).startswith('Bees: "Other" Optimisers \\# 1 by Ada Lovelace, Bo O\'Chen\n')
    (tmp_path / "note.md").write_text("\n{{ titel }}\n")
    with pytest.raises(InputError, match=r"note\.md, line 2: 'titel' is undefined"):
        note_text(NOTE, tmp_path)


# ── its name ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("title", "id_", "name"),
    [
        ("Grokfast: Accelerated Grokking", "2405.20233", "Grokfast - Accelerated Grokking (2405.20233).md"),
        ('What "is" [this] <C#>? A/B|C', "", "What 'is' (this) C A-B-C.md"),
        ("../../etc/passwd", "math/0309136", "etc-passwd (math-0309136).md"),
        ("CON", "", "_CON.md"),
        ("com1.txt", "", "_com1.txt.md"),
        ("...", "", "Untitled.md"),
        ("Größe und Maß 大", "2405.20233", "Größe und Maß 大 (2405.20233).md"),
    ],
)
def test_a_note_is_named_after_its_paper(title: str, id_: str, name: str) -> None:
    """With what no system takes left out, and its id behind it."""
    assert note_name(title, id_) == name


@given(st.text(max_size=300), st.sampled_from(["", "2405.20233", "pdf:0123456789abcdef"]))
def test_every_title_gives_a_name_that_every_system_takes(title: str, id_: str) -> None:
    """No separators, no reserved names, no dots at the ends, short enough, and always the same."""
    name = note_name(title, id_)
    stem = name.removesuffix(".md")
    assert len(name.encode()) <= LONGEST_BYTES
    assert not re.search(r'[<>:"/\\|?*#^\[\]\x00-\x1f]', name)
    assert stem == stem.strip(" .")
    assert not re.fullmatch(r"(?i)con|prn|aux|nul|com\d|lpt\d", stem.split(".")[0].strip())
    assert unicodedata.normalize("NFC", name) == name == note_name(title, id_)


def test_papers_of_one_title_have_notes_of_their_own() -> None:
    """By their ids, or by a number where they have none, even where the system knows no capitals."""
    papers = [
        NOTE,
        replace(NOTE, arxiv_id="2405.20234"),
        *(Note(title, NOTE.date) for title in ("Bees", "BEES", "Bees")),
    ]
    names = [*named(papers)]
    assert names[2:] == ["Bees.md", "BEES (2).md", "Bees (3).md"]
    assert len({name.casefold() for name in names}) == 5


# ── what is written where ───────────────────────────────────────────────────────────────────────────────


def test_a_new_note_is_written_and_an_old_one_brought_up_to_date() -> None:
    """What nobody changed since may be written again; what says the same already is left alone."""
    wanted = named([NOTE])
    [(name, text)] = wanted.items()
    assert plan_notes({}, wanted).writes == wanted
    assert plan_notes({name: text.replace("\n", "\r\n")}, wanted).unchanged == (name,)
    earlier = note_text(replace(NOTE, episode=None, start_ms=None))
    assert plan_notes({name: earlier}, wanted).writes == wanted


def test_a_note_that_a_person_changed_is_never_written_over() -> None:
    """Nor is a file of that name that a person made, whatever the case of its letters."""
    wanted = named([NOTE])
    [(name, text)] = wanted.items()
    for own in (text.replace("swarm", "sting"), f"{text}\nMy thoughts.\n", "Mine.\n", ""):
        plan = plan_notes({name: own}, wanted)
        assert (plan.writes, plan.kept, plan.unchanged) == ({}, (name,), ())
    assert plan_notes({name.upper(): "Mine.\n"}, wanted).kept == (name.upper(),)


def test_a_note_that_a_person_renamed_is_found() -> None:
    """By the arXiv id in front: there is no second note of the same paper."""
    wanted = named([NOTE])
    [text] = wanted.values()
    earlier = note_text(replace(NOTE, episode=None, start_ms=None))
    assert plan_notes({"My bees.md": earlier}, wanted).writes == {"My bees.md": text}
    assert plan_notes({"My bees.md": f"{text}\nMine.\n"}, wanted).kept == ("My bees.md",)
    assert plan_notes({"Other.md": earlier.replace("2405.20233", "2405.20234")}, wanted).writes == wanted
