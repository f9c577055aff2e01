"""Prose for the ear: citations, addresses and brackets fall silent, every other word stays."""

from __future__ import annotations

import re

import pytest
from conftest import at_most
from hypothesis import example, given, settings
from hypothesis import strategies as st

from podcast.writing.prose import as_sentence, capitalised, number_word, speakable

CITATIONS = [
    ("A result [12] stands.", "A result stands."),
    ("A result [12].", "A result."),
    ("A result[12].", "A result."),
    ("Two of them [3, 4-6] agree.", "Two of them agree."),
    ("Some [1;2–4] agree.", "Some agree."),
    ("Some [1][2][3] agree.", "Some agree."),
    ("It holds (Smith et al., 2020; Jones and Lee 2021).", "It holds."),
    ("It holds (Smith et al. 2020) and more.", "It holds and more."),
    ("It holds [Smith & Jones, 2020a].", "It holds."),
    ("It holds (see Smith et al., 2020), too.", "It holds, too."),
    ("It holds (e.g., O’Neill et al., 2020).", "It holds."),
    ("As Smith et al. (2020) show", "As Smith et al. 2020 show"),
    ("In 2020 (the year) it was", "In 2020, the year, it was"),
]

NO_CITATIONS = [
    ("values in [0, 1] only", ["0", "1"]),
    ("clipped to [0, 100].", ["0", "100"]),
    ("The talk (May 2020) is long.", ["May", "2020"]),
    ("It starts (June 2024).", ["June", "2024"]),
    ("It is accepted (ICML 2024).", ["ICML", "2024"]),
    ("It is accepted [NeurIPS 2023].", ["NeurIPS", "2023"]),
    ("The first of them (In 2020) was", ["In", "2020"]),
]

BRACKETS = [
    ("One thing (a bird) flies.", "One thing, a bird, flies."),
    ("One thing (a bird), flies.", "One thing, a bird, flies."),
    ("One thing (a bird); it flies.", "One thing, a bird; it flies."),
    ("One thing (a bird): it flies.", "One thing, a bird: it flies."),
    ("It flies (a bird).", "It flies, a bird."),
    ("It flies (a bird)", "It flies, a bird"),
    ("It flies (a bird)…", "It flies, a bird…"),
    ("It flies [a bird] there.", "It flies, a bird, there."),
    ("It is (nested (deep) inside) here.", "It is – nested, deep, inside – here."),
    ("It is [mixed (deep) inside] here.", "It is – mixed, deep, inside – here."),
    ("It flies, (a bird), here.", "It flies, a bird, here."),
    ("It flies (a bird.) now.", "It flies, a bird, now."),
    ("It flies. (Birds do.) We walk.", "It flies. Birds do. We walk."),
    ("(Note that birds fly.) We walk.", "Note that birds fly. We walk."),
    ("(10x) faster", "10x faster"),
    ("It is faster (10x).", "It is faster, 10x."),
    ("It is (10x) faster.", "It is – 10x – faster."),
    ("Loss (a pain) and time are less.", "Loss – a pain – and time are less."),
    ("All four (bees, wasps, ants, flies), do.", "All four – bees, wasps, ants, flies – do."),
    ("They have wings (two and two).", "They have wings – two and two."),
    ('Both "slow" (by day) and "fast" (by night) bees do.', 'Both "slow" – by day – and "fast" – by night – bees do.'),
    (
        "The honey bee network (HBN) is, and honey bees (HBs), too.",
        "The honey bee network, or HBN, is, and honey bees, or HBs, too.",
    ),
    ("The HBN (Honey Bee Network) model is.", "The HBN – Honey Bee Network – model is."),
    ("The HBN (Honey Bee Network) that is.", "The HBN, Honey Bee Network, that is."),
    ("Parts like wings (up.0.1), legs (down.2.1), and eyes (mid.0) are.", "Parts like wings, legs, and eyes are."),
    ("They is [sic] right.", "They is, sic, right."),
    ("Many models (e.g. BERT) do.", "Many models, e.g. BERT, do."),
    ("It works without (expert) human help.", "It works without expert human help."),
    ("It has 16M (million) cells.", "It has 16M cells."),
    ("It costs $5 (a lot) and $6 (more) here.", "It costs $5 – a lot – and $6, more, here."),
    ('It is (a "quoted" one) here.', 'It is, a "quoted" one, here.'),
]

UNCHANGED = [
    "f(x) and O(n log n) stay.",
    "It is $f (n + 2) = P (n) f [n]$ here.",
    "The loss p(x|y) of g(f(x)) is small.",
    "Any model(s) and token(s) do.",
    "It is a[i] here.",
    "A lone ( stays.",
    "A lone ) and ] stay.",
    "It costs $5, 86.5 %, O(n²) and 3 < 4.",
    "A thing — dashed – here-with.",
]

ENUMERATIONS = [
    ("We 1) train, 2) test.", "We first, train, second, test."),
    ("We (1) train, (2) test.", "We first, train, second, test."),
    ("i) train; ii) test; iii) rest", "first, train; second, test; third, rest"),
    ("(i) train and (ii) test", "first, train and second, test"),
    ("a) train, b) test, c) rest", "first, train, second, test, third, rest"),
]

ADDRESSES = [
    ("Code is at https://example.org/bees.", "Code is at the address in the show notes."),
    ("Code at https://example.org/bees/.", "Code at the address in the show notes."),
    ("See https://example.org/a?b=c&d=e#f, or not.", "See the address in the show notes, or not."),
    ("Go on https://example.org now.", "Go on the address in the show notes now."),
    ("It is found via www.example.org/x here.", "It is found via the address in the show notes here."),
    ("visit: https://example.org", "visit: the address in the show notes"),
    ("Code: https://example.org/bees", "Code: see the show notes"),
    ("Code: https://example.org/bees.", "Code: see the show notes."),
    ("Code (https://example.org/bees) is out.", "Code is out."),
    ("Code [https://example.org/bees] is out.", "Code is out."),
    ("Code <https://example.org/bees> is out.", "Code is out."),
    ("Code (at https://example.org/bees) is out.", "Code, at the address in the show notes, is out."),
    ("https://example.org/bees", ""),
    ("https://example.org/bees has it.", "has it."),
    ("Two https://a.org https://b.org addresses.", "Two addresses."),
    ("Code is at <https://example.org>.", "Code is at the address in the show notes."),
    ("It is in the wiki: https://example.org/wiki/A_(b).", "It is in the wiki: see the show notes."),
    ("Two of them (https://a.org, https://b.org) are out.", "Two of them are out."),
    ("Go to https://example.org.", "Go to the address in the show notes."),
    ("HTTPS://EXAMPLE.ORG/A has it.", "has it."),
]

SPACES = [
    ("  one \n two\t three ", "one two three"),
    ("one , two .", "one, two."),
    ("<!-- one --> two", "one two"),
    ("", ""),
    ("call f () now", "call f now"),
    ("call f ( ) now", "call f now"),
]


@pytest.mark.parametrize(("text", "said"), CITATIONS + BRACKETS + ENUMERATIONS + ADDRESSES + SPACES)
def test_what_only_the_eye_can_use_is_taken_out(text: str, said: str) -> None:
    """Citation marks and addresses go, brackets become commas, list marks are counted."""
    assert speakable(text) == said


@pytest.mark.parametrize("text", UNCHANGED)
def test_what_can_be_spoken_stays_as_it_is(text: str) -> None:
    """Brackets of formulas and word endings are no asides, and a lone bracket is none either."""
    assert speakable(text) == text


@pytest.mark.parametrize(("text", "words"), NO_CITATIONS)
def test_what_looks_like_a_citation_is_not_lost(text: str, words: list[str]) -> None:
    """Intervals, months and conferences are words of the author."""
    assert set(words) <= set(re.findall(r"\w+", speakable(text)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("The width (d) is small.", "The width, d, is small."),
        ("The input (x) and output (y) are one.", "The input, x, and output, y, are one."),
        ("At most ten (10) are here.", "At most ten, 10, are here."),
        ("They have three layers (or 2) here.", "They have three layers, or 2, here."),
    ],
)
def test_a_letter_or_number_in_brackets_is_no_list_mark(text: str, said: str) -> None:
    """Within a sentence a list begins with its first mark, and a mark never closes another bracket."""
    assert speakable(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("It is good (really?).", r"It is good, really[?.]+"),
        ("It is (wow!) good.", r"It is, wow[!,]+ good\."),
        ("It is (...) good.", r"It is(?:…|\.\.\.|,)? good\."),
        ("It is (!) good.", r"It is[!,]? good\."),
    ],
)
def test_marks_in_brackets_do_not_pile_up(text: str, said: str) -> None:
    """No two commas, and no comma before dots, are left of an aside of marks."""
    assert re.fullmatch(said, speakable(text))


ROMAN = re.compile("[ivx]+")
WORD = st.text("abcdefghijklmnopqrstuvwxyzé", min_size=3, max_size=8).filter(lambda word: not ROMAN.fullmatch(word))
ASIDE = st.recursive(
    st.lists(WORD, min_size=1, max_size=4).map(" ".join),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(" ".join),
        st.tuples(inner, inner, st.sampled_from(["{} ({})", "{} [{}]", "({}) {}", "{}, ({}.)", "{} ({})."])).map(
            lambda parts: parts[2].format(*parts[:2])
        ),
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(text=ASIDE)
def test_every_word_in_and_around_brackets_is_kept(text: str) -> None:
    """The words are the same and in the same order; no other is put in."""
    assert re.findall(r"\w+", speakable(text)) == re.findall(r"\w+", text)


@settings(max_examples=150, deadline=None)
@given(
    words=st.lists(WORD, min_size=2, max_size=8), place=st.integers(0, 8), form=st.sampled_from(["[12]", "[3, 4-6]"])
)
def test_words_around_a_citation_are_kept(words: list[str], place: int, form: str) -> None:
    """Wherever it stands, nothing but the citation goes."""
    text = " ".join([*words[:place], form, *words[place:]])
    assert speakable(text) == " ".join(words)


TOKENS = ["(", ")", "[", "]", "<", ">", "<!--", "-->", "<!-", "http://", "https://a.org", "www.", "a", "Smith", "2020"]
TOKENS += [" ", " ", "1", "1)", "iv)", "…", ".", ",", ":", "-", "et al.", "[1]", "at ", "\n", "é", "’", '"']


@settings(max_examples=300, deadline=None)
@given(text=st.lists(st.sampled_from(TOKENS), max_size=12).map("".join) | st.text(max_size=30))
@example(text="a <!-[1]- b")
@example(text="call f () now")
def test_any_text_becomes_one_line_that_a_script_can_hold(text: str) -> None:
    """It never fails; white space is single, and no sign of a comment is left or made."""
    said = speakable(text)
    assert said == " ".join(said.split())
    assert "<!--" not in said
    assert "-->" not in said


@pytest.mark.parametrize("sign", ["(", "[", "http://", "((a) ", "[1, "])
def test_a_megabyte_of_one_sign_takes_bounded_time(sign: str) -> None:
    """Time grows with the length of the text, not with its square."""
    with at_most(5):
        speakable(sign * (1_000_000 // len(sign)))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("It works", "It works."),
        ("It works.", "It works."),
        ("Does it?", "Does it?"),
        ("It does!", "It does!"),
        ("It does…", "It does…"),
        ("He said “it does.”", "He said “it does.”"),
        ("He said “it does”", "He said “it does”."),
        ("(It does.)", "(It does.)"),
        ("It works,", "It works."),
        ("It works:", "It works."),
        ("It works — ", "It works."),
        ("At 3.5", "At 3.5."),
    ],
)
def test_a_sentence_ends_with_a_mark(text: str, sentence: str) -> None:
    """A full stop is put where nothing ends it, and only there."""
    assert as_sentence(text) == sentence
    assert as_sentence(sentence) == sentence


@pytest.mark.parametrize(
    ("text", "begun"),
    [
        ("the end", "The end"),
        ("a new one", "A new one"),
        ("a", "A"),
        ("élan", "Élan"),
        ("arXiv has it", "arXiv has it"),
        ("iPhones do", "iPhones do"),
        ("k-means does", "k-means does"),
        ("t-SNE does", "t-SNE does"),
        ("The end", "The end"),
        ("2 of them", "2 of them"),
        ("“so”", "“so”"),
        ("", ""),
    ],
)
def test_a_capital_begins_a_text_unless_its_first_word_is_a_name(text: str, begun: str) -> None:
    """Names keep their own spelling."""
    assert capitalised(text) == begun


def test_small_numbers_are_words() -> None:
    """As one writes them: words up to nine, digits from there."""
    assert [number_word(number) for number in (0, 1, 2, 9, 10, 13, 100)] == [
        "no", "one", "two", "nine", "10", "13", "100",
    ]  # fmt: skip
