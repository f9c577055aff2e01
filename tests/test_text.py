"""A sentence as written, and the words a voice is given for it."""

from __future__ import annotations

import random
import string
import time
import tomllib
from pathlib import Path

import pytest
from conftest import at_most
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast.errors import InputError, OutsideError
from podcast.speech.lexicon import Lexicon, load_lexicon
from podcast.speech.text import spoken, unspeakable
from podcast.speech.written.dates import DATES
from podcast.speech.written.maths import MATHS
from podcast.speech.written.numbers import NUMBERS
from podcast.speech.written.punctuation import PUNCTUATION
from podcast.speech.written.rule import kinds_of
from podcast.speech.written.source import ADDRESSES, CHARACTERS, MARKUP
from podcast.speech.written.words import WORDS

LEXICON_FILE = Path(__file__).parent.parent / "voices" / "lexicon.toml"
LEXICON = load_lexicon(LEXICON_FILE)
EMPTY = Lexicon()
RULES = (*CHARACTERS, *MARKUP, *ADDRESSES, *DATES, *WORDS, *MATHS, *NUMBERS, *PUNCTUATION)

TABLES = sorted((Path(__file__).parent / "data" / "spoken").glob("*.tsv"))
PAIRS = [line.split("\t") for table in TABLES for line in table.read_text(encoding="utf-8").splitlines()]
"""What is written, a tab, what is said: a file a subject."""


@pytest.mark.parametrize(("written", "expected"), PAIRS)
def test_what_is_written_is_given_to_the_voice_in_words(written: str, expected: str) -> None:
    """Each kind of sign, number, name and short form comes out the way a person reads it aloud."""
    assert spoken(written, LEXICON) == expected


def test_the_tables_hold_hundreds_of_pairs_and_none_twice() -> None:
    """A table that is not found or not read would test nothing."""
    written = [pair[0] for pair in PAIRS]
    assert len(PAIRS) >= 1000
    assert len(written) == len(set(written))
    assert all(len(pair) == 2 and pair[1] for pair in PAIRS)


def test_the_lexicon_knows_the_words_of_the_field() -> None:
    """Half a thousand respelled for any voice and more, exact sounds for hundreds."""
    assert len(LEXICON.entries) >= 500
    assert len({*dict(LEXICON.entries), *dict(LEXICON.phonemes)}) >= 650
    assert len(LEXICON.phonemes) >= 350


def test_a_rule_is_passed_over_only_where_it_would_find_nothing() -> None:
    """Most rules need a sign that most sentences do not have: each is tried where it was not, at every step."""
    for text in (*(written for written, _ in PAIRS), "٣ × ४ = １２", "x²⁄₃ “—” §‑2"):
        said, kinds = text, kinds_of(text)
        for rule in RULES:
            if rule.may_find(kinds):
                said = rule.pattern.sub(rule.replacement, said)
                kinds = kinds_of(said)
            assert rule.may_find(kinds) or not rule.pattern.search(said), f"{rule.name}: {text}"


@pytest.mark.parametrize(
    "sentence",
    [
        "GPT-written summaries don't lose a single word, do they?",
        "The authors' idea (a simple one) works; it is well-known: try it!",
        "In 1999, about 50,000 people paid $9.99.",
    ],
)
def test_plain_english_is_left_as_it_is(sentence: str) -> None:
    """A sentence without anything to translate keeps its letters and punctuation."""
    assert spoken(sentence, EMPTY).replace("authors", "authors'") == sentence.replace("authors", "authors")


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("深度学习 is deep learning", ("深度学习",)),
        ("кот и cat", ("кот", "и")),
        ("the word سلام here", ("سلام",)),
        ("🎉 ✨", ("🎉", "✨")),
        ("---", ("---",)),
    ],
)
def test_words_that_no_english_voice_can_say_are_named(written: str, words: tuple[str, ...]) -> None:
    """Letters outside Latin and Greek, and texts of nothing but symbols, are given back."""
    assert unspeakable(written) == words


@pytest.mark.parametrize(
    "written",
    ["", "  ", "Erdős naïve Łódź", "α ≤ β", "great 🎉", "an ℓ₂ loss and ℏ", r"$\mathbb{R}$", "x ∈ ℵ", "ﬁne ½", "→"],
)
def test_what_can_be_spoken_names_no_words(written: str) -> None:
    """Accents, Greek, signs with a name, and emoji beside words do not stop a sentence."""
    assert unspeakable(written) == ()


@settings(max_examples=300, deadline=2000)
@given(st.text(max_size=300) | st.text(alphabet=r"\${}[]()^_|*~-/.,<>=1aA xα²×%#@&'" + '"', max_size=200))
def test_no_text_makes_it_fail(text: str) -> None:
    """Whatever stands in a source, the words come back within the deadline, and nothing is raised."""
    assert isinstance(spoken(text, LEXICON), str)
    assert isinstance(unspeakable(text), tuple)


@settings(max_examples=300, deadline=2000)
@given(st.lists(st.text(alphabet=string.ascii_letters, min_size=2, max_size=12), min_size=1, max_size=12))
def test_no_word_of_plain_english_is_lost(words: list[str]) -> None:
    """Every word of letters alone is still there, in its order, whatever its case; a name may be said in its parts."""
    written = [word for word in words if word.lower() not in {"wrt", "aka", "iid", "vs", "etc", "ii", "iii"}]
    assert spoken(" ".join(written), EMPTY).casefold().replace(" ", "") == "".join(written).casefold()


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["a", "1", "1) ", "(", "$x", r"\a{", "[1", "|a", "α", "a-", "**a", "http://a."])
def test_time_grows_with_the_length_only(unit: str) -> None:
    """Twenty times the text takes about twenty times as long, not four hundred times."""
    seconds = []
    for length in (5_000, 100_000):
        start = time.perf_counter()
        spoken(unit * (length // len(unit)), EMPTY)
        seconds.append(time.perf_counter() - start)
    assert seconds[1] < 0.5 + 100 * seconds[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    ["The model of Lee et al. reaches 95.3% with $O(n^2)$ cost, ", "word ", "a", "(", "$x", r"\frac{", "\x00a", "🎉"],
)
def test_a_megabyte_without_a_full_stop_takes_seconds(unit: str) -> None:
    """Prose, one endless word, broken LaTeX, control characters: a result in bounded time, its last word in it."""
    with at_most(120):
        said = spoken(unit * (1_000_000 // len(unit)) + " blorvex", EMPTY)
    assert said.endswith("blorvex")


@pytest.mark.parametrize(
    "deep", [r"\frac{" * 500 + "blorvex", "{" * 2000 + "blorvex" + "}" * 2000, "(" * 500 + "blorvex"]
)
def test_what_is_nested_out_of_all_proportion_is_still_said(deep: str) -> None:
    """In a formula, in a macro and in plain text, nothing overflows and the word inside comes out."""
    for source in (deep, f"${deep}$", rf"\emph{{{deep}}}"):
        assert "blorvex" in spoken(source, EMPTY)


def test_ten_thousand_emoji_hide_no_word() -> None:
    """Pictures are silent, and only they."""
    assert spoken("🎉" * 5000 + "blorvex" + "👍🏽" * 5000, EMPTY) == "blorvex"


def test_a_respelling_is_put_in_once() -> None:
    """Entries that name each other do not chase each other."""
    assert Lexicon((("cat", "dog"), ("dog", "cat"))).respell("cat dog cats") == "dog cat dogs"


def test_the_longest_term_wins_and_only_as_a_whole_word() -> None:
    """A term inside a longer word is not that term; its number, plural, possessive and a name with it are."""
    lexicon = Lexicon((("Net", "A"), ("NetX", "B")))
    assert lexicon.respell("Net NetX NetXs Net's Net2 Nett aNet net") == "A B B's A's A2 Nett a A net"


@pytest.mark.parametrize(("term", "said"), LEXICON.entries)
def test_respellings_reach_the_voice_as_they_are(term: str, said: str) -> None:
    """The later rules leave every respelling of the shipped lexicon alone."""
    assert spoken(term, LEXICON) == said


def test_the_shipped_lexicon_has_no_line_without_effect() -> None:
    """No entry says a term exactly as it is written."""
    entries = tomllib.loads(LEXICON_FILE.read_text(encoding="utf-8"))["say"]
    assert [term for term, said in entries.items() if term == said] == []
    assert len(entries) >= 100


def test_a_later_lexicon_overrides_an_earlier_one(tmp_path: Path) -> None:
    """A show's own file has the last word."""
    (tmp_path / "first.toml").write_text('[say]\n"ReLU" = "relu"\n"GAN" = "gan"\n', encoding="utf-8")
    (tmp_path / "second.toml").write_text('[say]\n"ReLU" = "rectifier"\n', encoding="utf-8")
    lexicon = load_lexicon(tmp_path / "first.toml", tmp_path / "second.toml")
    assert lexicon.entries == (("GAN", "gan"), ("ReLU", "rectifier"))


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ('[say]\n"ReLU" = 5\n', '"ReLU"'),
        ('[say]\n"ReLU" = "..."\n', '"ReLU"'),
        ('[say]\n" x" = "y"\n', '" x"'),
        ('[say]\n"MMTab" = "桌子"\n', "no English voice can say 桌子"),
        ('[phonemes]\n"GAN" = "gˈæn"\n', "Write ɡ, not g. docs/pronunciation.md"),
        ('[says]\n"ReLU" = "ray-loo"\n', "Did you mean [say]?"),
        ('say = "ray-loo"\n', "[say] is not a table"),
        ('[say]\n"ReLU" = \n', "line 2"),
    ],
)
def test_an_unusable_lexicon_is_refused_by_file_and_entry(tmp_path: Path, content: str, named: str) -> None:
    """A wrong type, an unknown key, a silent respelling or broken TOML is an input to correct."""
    path = tmp_path / "lexicon.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_lexicon(path)
    assert str(path) in str(caught.value)
    assert named in str(caught.value)


def test_a_lexicon_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A missing file says which one."""
    with pytest.raises(OutsideError, match="nowhere"):
        load_lexicon(tmp_path / "nowhere.toml")


@pytest.mark.slow
def test_a_book_of_random_signs_is_read_in_bounded_time() -> None:
    """A hundred thousand signs in any order take seconds."""
    signs = random.Random(7).choices(string.printable + "αβ²×→“”—é∈", k=100_000)  # noqa: S311 - not a secret
    start = time.perf_counter()
    spoken("".join(signs), LEXICON)
    assert time.perf_counter() - start < 20


# ── phonemes ────────────────────────────────────────────────────────────────────────────────────────────

SOUNDS = Lexicon(
    (("ReLU", "ray-loo"), ("GAN", "gan")),
    (("ReLU", "ɹˈAlu"), ("Grokfast", "ɡɹˈɑkfæst"), ("Bus", "bˈʌs"), ("xLSTM", "ˈɛks ˌɛlˌɛstiˈɛm")),
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("A ReLU.", "A [ReLU](/ɹˈAlu/)."),
        ("ReLUs and GANs", "[ReLUs](/ɹˈAluz/) and gans"),
        ("Leaky-ReLU-6", "Leaky-[ReLU](/ɹˈAlu/) 6"),
        ("Grokfast's ReLU$^2$", "[Grokfasts](/ɡɹˈɑkfæsts/) [ReLU](/ɹˈAlu/) squared"),
        ("Bus-ReLU", "[Bus](/bˈʌs/) [ReLU](/ɹˈAlu/)"),
        ("two Buss", "two [Buss](/bˈʌsᵻz/)"),
        ("a Zquoax and a ReLU", "a Zquoax and a [ReLU](/ɹˈAlu/)"),
        ("two xLSTMs", "two [xLSTMs](/ˈɛks/) [xLSTMs](/ˌɛlˌɛstiˈɛmz/)"),
        ("[x](/ɹˈAlu/)", "x"),
    ],
)  # fmt: skip
def test_a_voice_that_takes_phonemes_is_given_them(written: str, expected: str) -> None:
    """Plural, possessive and compound as with respellings; what looks like phonemes in a source is a link."""
    assert spoken(written, SOUNDS, phonemes=True) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("VideoReLU and ReLUNet", "Video ray-loo and ray-loo Net"),
        ("BaseGANs", "Base gans"),
        ("ReLUX, ReLUsion, xReLUy", "ReLUX, ReLUsion, xReLUy"),
        ("an organ, ORGAN, GANet", "an organ, Organ, GANet"),
        ("BusNet, BusAI and busBus", "loo-bus Net, loo-bus AI and bus loo-bus"),
        ("aXu", "aXu"),
    ],
)
def test_a_term_is_known_as_a_part_of_a_name_written_together(written: str, expected: str) -> None:
    """Where capitals show the parts, and nowhere inside a word."""
    known = Lexicon((("ReLU", "ray-loo"), ("GAN", "gan"), ("Bus", "loo-bus"), ("Xu", "shoe")))
    assert spoken(written, known) == expected


def test_other_voices_are_given_respellings_only() -> None:
    """And terms that need none are left as they are."""
    assert spoken("Grokfast's ReLU", SOUNDS) == "Grokfast's ray-loo"


def test_a_shows_respelling_ends_the_phonemes_that_came_with_the_package(tmp_path: Path) -> None:
    """Whoever writes how to say a term is heard, whatever the voice."""
    (tmp_path / "first.toml").write_text('[say]\n"ReLU" = "relu"\n[phonemes]\n"ReLU" = "ɹˈAlu"\n', encoding="utf-8")
    (tmp_path / "second.toml").write_text('[say]\n"ReLU" = "rectifier"\n', encoding="utf-8")
    lexicon = load_lexicon(tmp_path / "first.toml", tmp_path / "second.toml")
    assert spoken("ReLU", lexicon, phonemes=True) == "rectifier"


def test_phonemes_that_no_voice_knows_are_refused(tmp_path: Path) -> None:
    """With the signs that are none, before a voice is asked."""
    path = tmp_path / "lexicon.toml"
    path.write_text('[phonemes]\n"ReLU" = "ray loo!"\n', encoding="utf-8")
    with pytest.raises(InputError, match="'!ory' is not among the phonemes"):
        load_lexicon(path)
