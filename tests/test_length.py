"""An episode of so many minutes: planned before the first word, measured after each draft, honest about the rest."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast.errors import InputError
from podcast.types import Brief, Draft, Newsletter, Paper, Paragraph, Segment
from podcast.writing.compose import Composed, Occasion, compose
from podcast.writing.length import FEWEST_WORDS, MOST_SHARE, Limit, asked_words, shares, trimmed, words_of
from podcast.writing.writers import Means
from podcast.writing.writers.extractive import ExtractiveWriter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast.writing.writers import Writer

DATE = dt.date(2024, 6, 15)
WORD_MS = 400


def duration_ms(segments: Sequence[Segment]) -> int:
    """As long as a voice that says 150 words a minute takes, with pauses between segments."""
    words = sum(len(paragraph.text.split()) for segment in segments for paragraph in segment.paragraphs)
    return WORD_MS * words + 900 * (len(segments) - 1)


@dataclass
class Off:
    """A writer who never gives what he is asked for, and remembers what that was."""

    share: float
    asked: list[int] = field(default_factory=list)
    name: str = "off"

    def ready(self) -> str | None:
        """Lack nothing."""
        return None

    def most_usd(self, paper: Paper, brief: Brief) -> float:  # noqa: ARG002 - nothing is paid
        """Cost nothing."""
        return 0.0

    def write(self, paper: Paper, brief: Brief) -> Draft:  # noqa: ARG002 - every paper is the same to him
        """Say as many sentences of six words as that share of what is asked for has."""
        assert brief.words is not None
        self.asked.append(brief.words)
        count = max(1, round(self.share * brief.words / 6))
        return Draft((Paragraph(" ".join(f"Bee {number} of this hive flies." for number in range(count)), None),))


def letter(*sizes: int) -> Newsletter:
    """A newsletter of papers with so many sentences of nine words each."""
    papers = (
        Paper(f"Title {at}", tuple(f"Bee {number} of hive {at} has {number} wings now." for number in range(size)))
        for at, size in enumerate(sizes, start=1)
    )
    return Newsletter("June", DATE, (), tuple(papers))


def composed(sizes: Sequence[int], minutes: float, writer: Writer | None = None) -> Composed:
    """Compose such a newsletter for a time."""
    limit = Limit(round(minutes * 60_000), duration_ms)
    return compose(letter(*sizes), Occasion(DATE, "Hour"), writer or ExtractiveWriter(Means()), limit=limit)


def share_of(found: Composed, minutes: float) -> float:
    """How much of its time a script takes."""
    return duration_ms(found.script.segments) / (minutes * 60_000)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(12, 60), min_size=2, max_size=8),
    st.floats(1.5, 12),
    st.sampled_from([0.7, 1.0, 1.3, None]),
)
def test_an_episode_is_never_longer_and_hardly_shorter(sizes: list[int], minutes: float, off_by: float | None) -> None:
    """Whoever writes, where there is enough to say."""
    found = composed(sizes, minutes, Off(off_by) if off_by else None)
    share = share_of(found, minutes)
    assert share <= MOST_SHARE
    material_ms = WORD_MS * 9 * sum(sizes)
    assert (
        share >= 0.9 or found.left_out == () or material_ms < 0.9 * minutes * 60_000 or len(found.script.segments) == 3
    )


@pytest.mark.parametrize("off_by", [0.7, 1.0, 1.3])
def test_eight_minutes_are_eight_minutes(off_by: float) -> None:
    """Of ten papers, by a writer who is off by a third."""
    found = composed([40] * 10, 8, Off(off_by))
    assert 0.9 <= share_of(found, 8) <= MOST_SHARE
    assert len(found.script.segments) == 12


def test_a_writer_who_gives_too_little_is_asked_for_more() -> None:
    """Once it is known that he does."""
    writer = Off(0.7)
    composed([40] * 10, 8, writer)
    assert min(writer.asked[1:]) > 1.25 * writer.asked[0]


def test_time_is_shared_by_how_much_there_is_to_say() -> None:
    """Before the first paper is written."""
    writer = Off(1.0)
    composed([20, 60, 20], 4, writer)
    assert writer.asked[1] > 2 * writer.asked[0]


def test_papers_for_which_there_is_no_time_are_named() -> None:
    """The last ones; they are among what the written newsletter has more of, and nobody counts them in the welcome."""
    found = composed([40] * 5, 2)
    told = [segment.title for segment in found.script.segments[1:-1]]
    assert 1 < len(told) < 5
    assert [text for text in found.left_out if "paper" in text] == [
        f"the paper 'Title {number}'" for number in range(len(told) + 1, 6)
    ]
    welcome = found.script.segments[0].paragraphs[-1].text
    assert {2: "two papers", 3: "three papers", 4: "four papers"}[len(told)] in welcome
    assert "more paper" in found.script.segments[-1].paragraphs[-1].text


def test_sentences_that_are_not_said_are_counted() -> None:
    """Paper by paper."""
    found = composed([40, 40], 2)
    counted = [text for text in found.left_out if "sentence" in text]
    assert [text.split(" of ")[1] for text in counted] == ["'Title 1'", "'Title 2'"]
    said = sum(len(segment.paragraphs) - 1 for segment in found.script.segments[1:-1])
    assert said + sum(int(text.split()[0]) for text in counted) == 80


def test_nothing_is_left_out_where_there_is_time_for_all() -> None:
    """And nothing is made longer."""
    assert composed([12, 12], 30) == compose(
        letter(12, 12), Occasion(DATE, "Hour"), ExtractiveWriter(Means()), limit=None
    )


def test_a_time_that_is_too_short_is_refused_before_anybody_writes() -> None:
    """With the least that works."""
    writer = Off(1.0)
    with pytest.raises(InputError, match=r"^0\.3 minutes are too short: .* Allow at least 0\.\d minutes\.$") as refused:
        composed([40] * 3, 0.3, writer)
    assert writer.asked == []
    least = float(str(refused.value).split("at least ")[1].split()[0])
    assert len(composed([40] * 3, least, writer).script.segments) == 3
    with pytest.raises(InputError):
        composed([40] * 3, least - 0.1)


def test_a_newsletter_without_papers_has_a_length_too() -> None:
    """Welcome and goodbye."""
    assert len(composed([], 1).script.segments) == 2
    with pytest.raises(InputError, match="at least"):
        composed([], 0.1)


# ── arithmetic ──────────────────────────────────────────────────────────────────────────────────────────


@given(st.floats(0, 5000), st.lists(st.integers(0, 900), max_size=12))
def test_shares_are_within_their_bounds(words: float, materials: list[int]) -> None:
    """Nobody gets more than there is, or fewer than sixty words; all is shared that can be."""
    given_words = shares(words, materials)
    least = [min(FEWEST_WORDS, material) for material in materials]
    bounds = zip(least, given_words, materials, strict=True)
    assert all(few <= share <= material for few, share, material in bounds)
    if sum(least) <= words:
        assert sum(given_words) <= words + 1
        assert sum(given_words) >= min(words, sum(materials)) - len(materials) - 2


def test_who_may_say_everything_is_asked_for_more_than_there_is() -> None:
    """Telling takes words."""
    assert asked_words(100, 100, 0, 0) == 125
    assert asked_words(50, 100, 0, 0) == 50
    assert asked_words(50, 100, 100, 50) == round(50 / 0.6)


def test_a_draft_that_is_too_long_loses_the_sentences_that_matter_least() -> None:
    """Whole ones, and says how many; speakers stay."""
    texts = (
        "Bees are nice to have around. We propose a new hive.",
        "There are many. It is 40% warmer than others are.",
    )
    draft = Draft(tuple(map(Paragraph, texts, ("Ada", "Bo"))), ("a note",))
    shorter = trimmed(draft, lambda text: words_of(text) <= 15)
    assert shorter.paragraphs == (
        Paragraph("We propose a new hive.", "Ada"),
        Paragraph("There are many. It is 40% warmer than others are.", "Bo"),
    )
    assert shorter.notes == ("a note",)
    assert shorter.left_out == 1
    assert trimmed(draft, lambda _: True) is draft


def test_one_sentence_is_kept_even_where_nothing_fits() -> None:
    """A paper that was announced is not silent."""
    shorter = trimmed(Draft((Paragraph("Bees fly. They hum."),)), lambda _: False)
    assert [paragraph.text.count(".") for paragraph in shorter.paragraphs] == [1]


# ── two hosts ───────────────────────────────────────────────────────────────────────────────────────────

HOSTS = (("Ada", "heart"), ("Bo", "joe"))


def test_two_hosts_welcome_announce_and_tell_in_turns() -> None:
    """The first one announces; the script names their voices; both are synthetic."""
    found = compose(letter(3), Occasion(DATE, "Hour", speakers=HOSTS), ExtractiveWriter(Means())).script
    assert found.speakers == HOSTS
    assert [[paragraph.speaker for paragraph in segment.paragraphs] for segment in found.segments] == [
        ["Ada"], ["Ada", "Bo", "Ada", "Bo"], ["Ada", "Ada"]
    ]  # fmt: skip
    assert "The voices you hear are synthetic." in found.segments[0].paragraphs[0].text


def test_a_length_is_kept_with_two_hosts() -> None:
    """Whoever speaks."""
    limit = Limit(120_000, duration_ms)
    found = compose(letter(40, 40), Occasion(DATE, "Hour", speakers=HOSTS), ExtractiveWriter(Means()), limit=limit)
    assert 0.9 <= share_of(found, 2) <= MOST_SHARE
    speakers = [paragraph.speaker for segment in found.script.segments for paragraph in segment.paragraphs]
    assert set(speakers) == {"Ada", "Bo"}
    told = [[paragraph.speaker for paragraph in segment.paragraphs] for segment in found.script.segments[1:-1]]
    assert all(one != other for row in told for one, other in itertools.pairwise(row))


def test_the_brief_of_a_writer_has_what_all_papers_have_in_common() -> None:
    """Level and style as they are given; number, count and hosts by the script."""
    seen: list[Brief] = []

    class Writing(Off):
        def write(self, paper: Paper, brief: Brief) -> Draft:  # noqa: ARG002 - only the brief matters
            seen.append(brief)
            return Draft((Paragraph("Bees fly."),))

    wishes = Brief(level="lay", style="merry")
    compose(letter(1, 1), Occasion(DATE, "Hour", speakers=HOSTS), Writing(1.0), wishes)
    one = dataclasses.replace(wishes, number=1, count=2, hosts=("Ada", "Bo"))
    assert seen == [one, dataclasses.replace(one, number=2)]
