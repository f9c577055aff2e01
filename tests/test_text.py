"""A sentence as written, and the words a voice is given for it."""

from __future__ import annotations

import random
import string
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast.errors import InputError, OutsideError
from podcast.speech.lexicon import Lexicon, load_lexicon
from podcast.speech.text import spoken, unspeakable

LEXICON_FILE = Path(__file__).parent.parent / "voices" / "lexicon.toml"
LEXICON = load_lexicon(LEXICON_FILE)
EMPTY = Lexicon()

GREEK = [
    ("α", "alpha"),
    ("β₂ = 0.9", "beta 2 equals 0.9"),
    ("variance σ²", "variance sigma squared"),
    ("a β-VAE", "a beta-VAE"),
    ("3αβ", "3 alpha beta"),
    ("Δx and λ=0.5", "delta x and lambda equals 0.5"),
    ("5µs", "5 microseconds"),
]

MATHS = [
    ("lr of 1e-4", "lr of 1 e minus 4"),
    ("10^-4", "10 to the minus 4"),
    ("10⁻⁴", "10 to the minus 4"),
    ("n^2 and n^3 and n^k", "n squared and n cubed and n to the k"),
    ("x ∈ ℝ^d", "x in R to the d"),
    ("O(n log n)", "O of n log n"),
    ("O(n²)", "O of n squared"),
    ("f(x) = P(y|x)", "f of x equals P of y given x"),
    ("86.5 ± 0.3", "86.5 plus or minus 0.3"),
    ("~5 hours", "about 5 hours"),
    ("≈90%", "about 90 percent"),
    ("x ≈ 5", "x is approximately 5"),
    ("x ≤ 5", "x less than or equal to 5"),
    ("with ≥3 GPUs", "with at least 3 GPUs"),
    ("p<0.05 and a > b", "p less than 0.05 and a greater than b"),
    ("a ≠ b, a != b", "a is not equal to b, a is not equal to b"),
    ("4K -> 256K", "4 K to 256 K"),
    ("A → B", "A to B"),
    ("score ↑ 3 points", "score up 3 points"),
    ("n - 1 and t-1", "n minus 1 and t minus 1"),
    ("a drop of -5 points", "a drop of minus 5 points"),
    ("SNR << 1", "SNR much less than 1"),
    ("x_i and snake_case", "x i and snake case"),
    ("90° and 5 °C", "90 degrees and 5 degrees Celsius"),
    ("values in [-1, 1]", "values in minus 1 to 1"),
    ("in the range [0, 1]", "in the range 0 to 1"),
    ("|x| < 1", "the absolute value of x less than 1"),
    ("a ∮ b", "a contour integral b"),
]

LATEX = [
    (r"$O(n^2)$", "O of n squared"),
    (r"$O(n \log n)$ time", "O of n log n time"),
    (r"\alpha", "alpha"),
    (r"$\mathbb{R}^d$", "R to the d"),
    (r"\frac12", "one half"),
    (r"$x \le y$", "x less than or equal to y"),
    (r"$\sum_{i=1}^n x_i$", "the sum from i equals 1 to n of x i"),
    (r"$x_{t-1}$", "x t minus 1"),
    (r"up by $\sim$11.67\% overall", "up by about 11.67 percent overall"),
    (r"$3-5\%$", "3 to 5 percent"),
    (r"$\ell_1$ norm", "L 1 norm"),
    (r"$\|x\|$", "the norm of x"),
    (r"a $k$-regular graph", "a k-regular graph"),
    (r"V$^2$-Net", "V squared-Net"),
    (r"\textbf{F}ine-grained", "Fine-grained"),
    (r"\emph{half-duplex~(HD)} mode", "half-duplex (HD) mode"),
    (r"Schr\"odinger and Cram\'er", "Schrödinger and Cramér"),
    (r"our \name, works", "our name, works"),
    (r"as shown \cite{vaswani} before", "as shown before"),
    (r"\href{https://a.org/b}{our code}", "our code"),
    ("it costs $5 or $6", "it costs $5 or $6"),
]

NUMBERS = [
    ("3.5x faster", "3.5 times faster"),
    ("10× faster", "10 times faster"),
    ("a 3×3 kernel on 224x224", "a 3 by 3 kernel on 224 by 224"),
    ("a 7B model", "a 7 billion model"),
    ("trained on 15T tokens with 350M weights", "trained on 15 trillion tokens with 350 million weights"),
    ("7B-70B", "7 billion to 70 billion"),
    ("a 16k context", "a 16 K context"),
    ("$5.2M and $50K", "$5.2 million and $50 thousand"),
    ("2-3%", "2 to 3 percent"),
    ("20–30 runs in 2019-2024", "20 to 30 runs in 2019 to 2024"),
    ("on 2024-06-15", "on 2024-06-15"),
    ("200+ tasks", "200 plus tasks"),
    ("4/5 of them and 1/2", "4 fifths of them and one half"),
    ("12/15 games", "12 out of 15 games"),
    ("16/64", "16 over 64"),
    ("10:1 at 10:30", "10 to 1 at 10:30"),
    ("1,000 tokens/s", "1,000 tokens per second"),
    ("2½ hours", "2 and one half hours"),
    ("٣ steps", "3 steps"),
    ("#1 of 50,000", "number 1 of 50,000"),
]

SHORT_FORMS = [
    ("e.g. this", "for example, this"),
    ("(i.e., that)", "(that is, that)"),
    ("Smith et al. show", "Smith and others show"),
    ("A vs. B", "A versus B"),
    ("cats, dogs, etc.", "cats, dogs, et cetera."),
    ("w.r.t. x", "with respect to x"),
    ("w/ and w/o dropout", "with and without dropout"),
    ("and/or", "and or"),
    ("See Fig. 3, Eq. 2, Figs. 4 and Sec. 4.", "See Figure 3, Equation 2, Figures 4 and Section 4."),
    ("in §3.2", "in section 3.2"),
    ("i.i.d. samples", "I I D samples"),
    ("style/color", "style slash color"),
    ("reading/listening", "reading slash listening"),
    ("an A/B test", "an A B test"),
    ("R&D and Q&A", "R and D and Q and A"),
    ("pass@k", "pass at k"),
]

NAMES = [
    ("v2 of YOLOv8", "version 2 of YOLO v8"),
    ("Qwen2.5-72B", "kwen 2.5, 72 billion"),
    ("Llama-3", "Llama 3"),
    ("GPT-4V and GPT-4o-mini", "GPT 4 V and GPT 4 O mini"),
    ("Claude-3.5-Sonnet", "Claude 3.5 Sonnet"),
    ("DeepSeek-VL2", "DeepSeek-VL 2"),
    ("gpt-3.5-turbo-16k", "gpt 3.5 turbo 16 K"),
    ("Mixtral-8x7B-Instruct-v0.1", "Mixtral 8 by 7 billion Instruct version 0.1"),
    ("(down.2.1)", "(down dot 2 dot 1)"),
    ("llama.cpp", "llama dot cpp"),
    ("GROKFAST", "Grokfast"),
    ("SRAVEN and GROKFASTs", "Sraven and Grokfasts"),
    ("RLHF, EMNLP, THUDM and RLAIF", "RLHF, EMNLP, THUDM and RLAIF"),
    ("ResNet-50", "rez-net 50"),
    ("ReLUs and a Leaky-ReLU", "ray-loos and a Leaky-ray-loo"),
    ("ViT-B/16 and ViTs", "V-I-T-B 16 and V-I-T's"),
    ("CIFAR-10/100", "sigh-far 10 slash 100"),
    ("LLaMA2's", "llama 2's"),
    ("C++ and C#", "C plus plus and C sharp"),
    ("Erdős met Łukasz and Poincaré", "air-dish met Lukasz and Poincaré"),
    ("wav2vec2.0, word2vec, 8-bit, A100", "wav2vec2.0, word2vec, 8-bit, A100"),
]

ADDRESSES = [
    ("See https://github.com/evintunador/arxiv-summaries-workflow.", "See github dot com."),
    ("https://youtube.com/@Tunadorable", "youtube dot com"),
    ("visit www.example.com/foo?x=1 now", "visit example dot com now"),
    ("jane.doe@example.com", "jane dot doe at example dot com"),
    ("arXiv:2405.20233", "archive 2405 point 20233"),
    ("arXiv:2405.20233v2.", "archive 2405 point 20233 version 2."),
]

PUNCTUATION = [
    ("good - really", "good — really"),
    ("good—really -- yes", "good — really — yes"),
    ("Kolmogorov–Arnold", "Kolmogorov-Arnold"),
    ("“quoted” and ‘single’ don’t", "quoted and single don't"),
    ("1) first, (b) second (iv) third", "1, first, B, second, 4, third"),
    ("(see Table 1) and", "(see Table 1) and"),
    ("**bold**, *em*, `code` and [link](https://a.org)", "bold, em, code and link"),
    ("# A heading", "A heading"),
    ("great 🎉 work ✅", "great work"),
    ("known [12, 13] results.²", "known results."),
    ("the <think> token", "the think token"),
    ("Tom &amp; Jerry", "Tom and Jerry"),
    ("the model(s)", "the models"),
    ("zero\u200bwidth and soft\u00adhyphen", "zerowidth and softhyphen"),
]

PAIRS = GREEK + MATHS + LATEX + NUMBERS + SHORT_FORMS + NAMES + ADDRESSES + PUNCTUATION


@pytest.mark.parametrize(("written", "expected"), PAIRS)
def test_what_is_written_is_given_to_the_voice_in_words(written: str, expected: str) -> None:
    """Each kind of sign, number, name and short form comes out the way a person reads it aloud."""
    assert spoken(written, LEXICON) == expected


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
    "written", ["", "  ", "Erdős naïve Łódź", "α ≤ β", "great 🎉", r"$\mathbb{R}$", "x ∈ ℵ", "ﬁne ½", "→"]
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
    """Every word of letters alone is still there, in its order, whatever its case."""
    written = [word for word in words if word.lower() not in {"wrt", "aka", "iid", "vs", "etc"}]
    assert spoken(" ".join(written), EMPTY).casefold().split() == [word.casefold() for word in written]


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


def test_a_respelling_is_put_in_once() -> None:
    """Entries that name each other do not chase each other."""
    assert Lexicon((("cat", "dog"), ("dog", "cat"))).respell("cat dog cats") == "dog cat dogs"


def test_the_longest_term_wins_and_only_as_a_whole_word() -> None:
    """A term inside a longer word is not that term; its number, plural and possessive are."""
    lexicon = Lexicon((("Net", "A"), ("NetX", "B")))
    assert lexicon.respell("Net NetX NetXs Net's Net2 Nett aNet net") == "A B B's A's A2 Nett aNet net"


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

SOUNDS = Lexicon((("ReLU", "ray-loo"), ("GAN", "gan")), (("ReLU", "ɹˈAlu"), ("Grokfast", "ɡɹˈɑkfæst"), ("Bus", "bˈʌs")))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("A ReLU.", "A [ReLU](/ɹˈAlu/)."),
        ("ReLUs and GANs", "[ReLUs](/ɹˈAluz/) and gans"),
        ("Leaky-ReLU-6", "Leaky-[ReLU](/ɹˈAlu/) 6"),
        ("Grokfast's ReLU$^2$", "[Grokfast](/ɡɹˈɑkfæst/)'s [ReLU](/ɹˈAlu/) squared"),
        ("two Buss", "two [Buss](/bˈʌsᵻz/)"),
        ("a Zquoax and a ReLU", "a Zquoax and a [ReLU](/ɹˈAlu/)"),
        ("[x](/ɹˈAlu/)", "x"),
    ],
)  # fmt: skip
def test_a_voice_that_takes_phonemes_is_given_them(written: str, expected: str) -> None:
    """Plural, possessive and compound as with respellings; what looks like phonemes in a source is a link."""
    assert spoken(written, SOUNDS, phonemes=True) == expected


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
    with pytest.raises(InputError, match="' !ory' is not among the phonemes"):
        load_lexicon(path)
