"""What no one should write but someone will: bounded time and memory, and a clear error or speech with every word."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from conftest import Podcast, at_most

from podcast.errors import InputError
from podcast.speech.lexicon import Lexicon, load_lexicon
from podcast.speech.plan import MAX_PIECE_CHARACTERS, say
from podcast.speech.text import spoken, unspeakable
from podcast.types import Voice

LEXICON = load_lexicon(Path(__file__).parent.parent / "voices" / "lexicon.toml")
HUM = Voice("hum", "tone", "hum")
MEGABYTE = 1_000_000
MOST_MEMORY = 60  # bytes for each character

OPENINGS = [
    "$", r"\frac{", "[", "(", "|", "`", "<", "^{", "_", "a-1-", "1.", "1,", "@", "http://", "v1-", ". ", r"\[", r"\(",
    "1) ", "$x^", r"\sqrt[", "<|", "$|", "α", "½", "e.g. ", "[1], ", "<!--", "-1 ", "a/", "2024-06-15-", "((a)", "x' ",
]  # fmt: skip
"""Signs that begin something, again and again, with nothing that ends it."""


@pytest.mark.slow
@pytest.mark.parametrize("opening", OPENINGS)
def test_a_hundred_thousand_of_what_begins_something_end_in_bounded_time(opening: str) -> None:
    """No rule looks at the rest of the text from every place of it, and the last word is said."""
    with at_most(60):
        said = spoken(opening * (100_000 // len(opening)) + " blorvex", LEXICON)
    assert said.endswith("blorvex")


@pytest.mark.slow
@pytest.mark.parametrize("opening", ["word ", "$", r"\frac{", "(", "1.", "🎉", "α", r"\["])
def test_memory_grows_with_the_length_only(opening: str) -> None:
    """A text takes a fixed number of bytes for each of its characters, whatever it is."""
    length = 100_000
    tracemalloc.start()
    spoken(opening * (length // len(opening)), LEXICON)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 * MEGABYTE + MOST_MEMORY * length


@pytest.mark.slow
def test_a_paragraph_of_a_million_characters_without_a_full_stop_is_planned() -> None:
    """Each piece is short enough for a voice, and every word is in one."""
    clause = "the model of Lee et al. reaches 95.3% with $O(n^2)$ cost, "
    times = MEGABYTE // len(clause)
    with at_most(600):
        (utterance,) = say(clause * times + "and blorvex", HUM, LEXICON)
    assert max(len(piece.text) for piece in utterance.pieces) <= MAX_PIECE_CHARACTERS
    assert sum(piece.text.count("O of n squared cost") for piece in utterance.pieces) > 0.9 * times
    assert " ".join(piece.text for piece in utterance.pieces).count("percent") == times
    assert utterance.pieces[-1].text.endswith("blorvex")


@pytest.mark.slow
def test_one_word_of_a_million_letters_is_refused_by_its_beginning() -> None:
    """No voice can say it, and nobody has to wait long to learn that."""
    with at_most(120), pytest.raises(InputError, match="one word of 1000000 characters"):
        say("a" * MEGABYTE, HUM, LEXICON)


def test_ten_thousand_emoji_are_refused_alone_and_silent_beside_words() -> None:
    """An error that names a few of them, not all; or the words between them."""
    with pytest.raises(InputError, match="cannot say"):
        say("🎉 " * 10_000, HUM, LEXICON)
    with at_most(60):
        (utterance,) = say("🎉" * 5000 + " blorvex " + "👍🏽 " * 5000, HUM, LEXICON)
    assert [piece.text for piece in utterance.pieces] == ["blorvex"]


def test_a_newsletter_of_emoji_becomes_a_script_or_an_error_that_says_why(podcast: Podcast, tmp_path: Path) -> None:
    """Ten thousand between its words hide none; a paper of nothing else ends in words, not in a trace."""
    source = tmp_path / "party.md"
    source.write_text(f"# News\n\n### Sorting\n\n{'🎉' * 10_000} Sorting takes blorvex. {'👍 ' * 10_000}\n")
    with at_most(120):
        ran = podcast("script", source)
    assert "Traceback" not in ran.stdout + ran.stderr
    assert ran.exit_code or "blorvex" in next(podcast.folder.glob("scripts/*/script.md")).read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_newsletter_of_a_million_characters_without_a_full_stop_ends_in_a_script_or_an_error(
    podcast: Podcast, tmp_path: Path
) -> None:
    """In bounded time."""
    source = tmp_path / "endless.md"
    source.write_text("# News\n\n### Sorting\n\n" + "it sorts and sorts, " * (MEGABYTE // 20) + "blorvex\n")
    with at_most(600):
        ran = podcast("script", source)
    assert "Traceback" not in ran.stdout + ran.stderr
    assert ran.exit_code or "blorvex" in next(podcast.folder.glob("scripts/*/script.md")).read_text(encoding="utf-8")


def test_control_characters_and_mixed_scripts_are_left_out_or_named() -> None:
    """What has no sound is silent, what has one that no English voice knows is named."""
    control = "".join(map(chr, [*range(1, 9), *range(14, 32), *range(127, 160)]))
    assert spoken(f"the{control} {control}end", LEXICON).split() == ["the", "end"]
    assert spoken("a\x00b", LEXICON).split() == ["a", "b"]
    assert unspeakable("plain кот and 深度 words") == ("кот", "深度")
    with pytest.raises(InputError, match="кот"):
        say("plain кот words", HUM, LEXICON)


@pytest.mark.parametrize(
    "broken",
    [
        r"$\frac{blorvex}{$ gisk", r"\textbf{blorvex gisk", r"$x^{blorvex} gisk", r"\begin{align} blorvex gisk",
        r"$\left( blorvex \right. gisk$", r"\[ blorvex gisk", r"}} blorvex {{ gisk", r"$$ blorvex gisk",
        r"\ blorvex \gisk", r"$\sqrt[blorvex gisk$", r"$\underset{blorvex} gisk$",
        r"$| blorvex \rangle \langle gisk$", r"\verb|blorvex gisk", "[blorvex](gisk", "<blorvex gisk", "`blorvex gisk",
        "**blorvex *gisk", "<!-- blorvex gisk", "| blorvex | gisk", "[blorvex, 12 gisk", "(blorvex (gisk",
        "==blorvex gisk", ":blorvex gisk", "{blorvex gisk", r"\cite{ blorvex gisk",
    ],
)  # fmt: skip
def test_what_is_opened_and_never_closed_hides_no_word(broken: str) -> None:
    """The words inside and behind are said."""
    said = spoken(f"We see {broken} here.", LEXICON)
    assert all(word in said for word in ("We see", "blorvex", "gisk", "here")), said


def test_a_lexicon_whose_entries_point_at_each_other_says_each_once() -> None:
    """In circles, at itself, and with growing words: a term is looked up once."""
    circles = Lexicon((("cat", "dog"), ("dog", "bird"), ("bird", "cat"), ("Max", "Max Max"), ("a1", "a1-a1")))
    assert spoken("A cat, a dog and a bird; Max.", circles) == "A dog, a bird and a cat; Max Max."
    with at_most(60):
        (utterance,) = say("cat dog bird " * 1000, HUM, circles)
    assert " ".join(piece.text for piece in utterance.pieces) == " ".join(["dog bird cat"] * 1000)
