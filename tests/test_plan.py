"""A plan says every sentence of a script, or refuses all that cannot be said before anything is spoken."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast.errors import InputError
from podcast.speech.lexicon import Lexicon, load_lexicon
from podcast.speech.plan import MAX_PIECE_CHARACTERS, plan, say, seed_of, voice_names
from podcast.speech.voice import load_voice, profiles
from podcast.types import Comment, Finding, Item, Paragraph, Script, Segment, Utterance, Voice

LEXICON = load_lexicon(Path(__file__).parent.parent / "voices" / "lexicon.toml")
HEART = Voice("heart", "hibari", "heart")
JOE = Voice("joe", "piper", "joe")
WHERE = "script.md"


def script(*segments: tuple[str, ...], voice: str | None = None, speakers: tuple[tuple[str, str], ...] = ()) -> Script:
    """A script whose segments have these paragraphs."""
    made = [
        Segment(f"Segment {number}", tuple(map(Paragraph, texts))) for number, texts in enumerate(segments, start=1)
    ]
    return Script("T", dt.date(2024, 6, 15), tuple(made), voice, speakers)


def planned(*segments: tuple[str, ...]) -> tuple[Utterance, ...]:
    """Plan a script of one voice."""
    return plan(script(*segments), {None: HEART}, LEXICON, WHERE)


def problems(*segments: tuple[str, ...]) -> list[str]:
    """Return all that a script is refused for, without the file's name."""
    with pytest.raises(InputError) as caught:
        planned(*segments)
    lines = str(caught.value).split("\n")
    assert all(line.startswith(f"{WHERE}: ") for line in lines)
    return [line.removeprefix(f"{WHERE}: ") for line in lines]


# ── what is said ────────────────────────────────────────────────────────────────────────────────────────


def test_phonemes_are_for_engines_that_take_them_and_for_no_other() -> None:
    """Also where the same sentence is said by two of them."""
    own = Lexicon((("ReLU", "ray-loo"),), (("ReLU", "ɹˈAlu"),))
    two = Script("T", dt.date(2024, 6, 15), (Segment("S", (Paragraph("ReLU.", "Ada"), Paragraph("ReLU.", "Bo"))),))
    said = plan(two, {"Ada": HEART, "Bo": JOE}, own, WHERE, {"hibari"})
    assert [each.pieces[0].text for each in said] == ["[ReLU](/ɹˈAlu/).", "ray-loo."]


def test_phonemes_that_no_engine_takes_at_once_are_refused_like_a_long_word() -> None:
    """They are one word, however short it is as it is written."""
    endless = Lexicon((), (("ReLU", "ɹ" * (MAX_PIECE_CHARACTERS + 1)),))
    with pytest.raises(InputError, match="no voice can say it"):
        plan(script(("A ReLU.",)), {None: HEART}, endless, WHERE, {"hibari"})
    assert plan(script(("A ReLU.",)), {None: JOE}, endless, WHERE, {"hibari"})


def test_every_sentence_is_said_in_order_and_at_its_place() -> None:
    """Segment and paragraph are counted, and the sentence stands as it was written."""
    utterances = planned(("One. Two!", "Three?"), ("Four",))
    assert [(each.segment_index, each.paragraph_index, each.written) for each in utterances] == [
        (0, 0, "One."),
        (0, 0, "Two!"),
        (0, 1, "Three?"),
        (1, 0, "Four"),
    ]


def test_what_is_written_and_what_is_said_are_kept_apart() -> None:
    """Respellings are for engines only."""
    (utterance,) = planned(("ReLU is 86.5 % of it.",))
    assert utterance.written == "ReLU is 86.5 % of it."
    (piece,) = utterance.pieces
    assert piece.text == "ray-loo is 86.5 percent of it."


def test_the_lexicon_given_is_the_one_used() -> None:
    """Another one says it otherwise."""
    lexicon = Lexicon((("ReLU", "rectifier"),))
    (utterance,) = plan(script(("A ReLU.",)), {None: HEART}, lexicon, WHERE)
    assert utterance.pieces[0].text == "A rectifier."


def test_findings_and_comments_are_not_said() -> None:
    """Only paragraphs are, and only they are counted."""
    items: tuple[Item, ...] = (Finding("look"), Paragraph("One."), Comment("note"), Paragraph("Two."))
    made = Script("T", dt.date(2024, 6, 15), (Segment("S", items),))
    utterances = plan(made, {None: HEART}, LEXICON, WHERE)
    assert [(each.paragraph_index, each.written) for each in utterances] == [(0, "One."), (1, "Two.")]


@pytest.mark.parametrize("slip", ["Bo: Why?", "**Bo**: Why?", "*Bo:* Why?", "Bo : Why?"])
def test_a_name_that_is_almost_a_speakers_mark_is_not_read_aloud(slip: str) -> None:
    """Its paragraph would be spoken by somebody else; other words before a colon are words."""
    voices, speakers = {"Ada": HEART, "Bo": JOE, None: HEART}, (("Ada", "heart"), ("Bo", "joe"))
    with pytest.raises(InputError, match=re.escape("names no speaker; write **Bo:** in its place")):
        plan(script(("Hello.", slip), speakers=speakers), voices, LEXICON, WHERE)
    assert len(plan(script(("Why: nobody knows.",), speakers=speakers), voices, LEXICON, WHERE)) == 1
    assert len(plan(script((slip,)), {None: HEART}, LEXICON, WHERE)) == 1


def test_each_paragraph_is_said_by_its_speaker() -> None:
    """Whoever has no name has the voice of the script."""
    items = (Paragraph("Hello.", "Ada"), Paragraph("Hi.", "Bo"), Paragraph("So it began."))
    made = Script("T", dt.date(2024, 6, 15), (Segment("S", items),))
    utterances = plan(made, {"Ada": HEART, "Bo": JOE, None: HEART}, LEXICON, WHERE)
    assert [(each.speaker, each.voice) for each in utterances] == [("Ada", HEART), ("Bo", JOE), (None, HEART)]


def test_a_long_sentence_is_said_in_several_pieces() -> None:
    """Each short enough for an engine, together the whole sentence."""
    text = " ".join(["many words of a long sentence, and"] * 60) + " end."
    (utterance,) = planned((text,))
    assert len(utterance.pieces) > 1
    assert all(len(piece.text) <= MAX_PIECE_CHARACTERS == 400 for piece in utterance.pieces)
    assert " ".join(piece.text for piece in utterance.pieces) == text


def test_signs_that_become_many_words_are_cut_where_they_are_words() -> None:
    """What counts is the length of what is said, not of what is written."""
    (utterance,) = planned(("So " + "86.5 % ± " * 40 + "1 of it.",))
    assert len(utterance.written) < MAX_PIECE_CHARACTERS
    assert len(utterance.pieces) > 1
    assert all(len(piece.text) <= MAX_PIECE_CHARACTERS for piece in utterance.pieces)


def test_random_streams_depend_on_the_text_alone() -> None:
    """The same sentence has the same one wherever it stands, another sentence another one."""
    utterances = planned(("We go.", "They go."), ("It is so. We go.",))
    seeds = {each.written: each.pieces[0].seed for each in utterances}
    assert [each.pieces[0].seed for each in utterances] == [
        seeds["We go."], seeds["They go."], seeds["It is so."], seeds["We go."],
    ]  # fmt: skip
    assert len(set(seeds.values())) == 3
    assert all(piece.seed == seed_of(piece.text) for each in utterances for piece in each.pieces)


def test_random_streams_are_the_same_on_every_machine() -> None:
    """A known one, within 32 bits: the first four bytes of the SHA-256 of nothing."""
    assert seed_of("") == 0xE3B0C442


WORDS = ["bees", "e.g.", "ReLU", "GPT-4o", "86.5", "%", "±", "O(n²)", "$x^2$", "—", "(10x)", "Erdős", "[12]", "≥", "🎉"]
WORDS += ["https://example.org/a/b", "arXiv:2405.20233", "end.", "Really?!", "“so”", "x" * 60, "3/4", "&", "<b>"]


@settings(max_examples=100, deadline=None)
@given(texts=st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=80).map(" ".join), min_size=1, max_size=3))
def test_whatever_is_planned_can_be_said(texts: list[str]) -> None:
    """Every sentence has a piece, every piece has words and is short enough; the rest is refused."""
    try:
        utterances = planned(tuple(texts))
    except InputError as error:
        assert str(error).startswith(f"{WHERE}: segment 'Segment 1'")  # noqa: PT017 - most are planned, some refused
        return
    assert " ".join(each.written for each in utterances) == " ".join(texts)
    for each in utterances:
        assert each.pieces
        for piece in each.pieces:
            assert 0 < len(piece.text) <= MAX_PIECE_CHARACTERS
            assert piece.seed == seed_of(piece.text)
            assert re.search(r"\w", piece.text), f"{each.written!r} has a piece without a word, {piece.text!r}"


# ── what is refused ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("texts", [(), ("",), ("", " ")])
def test_a_segment_with_nothing_to_say_is_refused(texts: tuple[str, ...]) -> None:
    """It would be a chapter without a sound."""
    (problem,) = problems(("Words.",), texts)
    assert problem.startswith("segment 'Segment 2' is empty")


def test_a_segment_of_findings_alone_is_empty() -> None:
    """Nothing of it is spoken."""
    made = Script("T", dt.date(2024, 6, 15), (Segment("S", (Finding("look"), Comment("note"))),))
    with pytest.raises(InputError, match="segment 'S' is empty"):
        plan(made, {None: HEART}, LEXICON, WHERE)


@pytest.mark.parametrize("word", ["你好", "العربية", "Привет", "नमस्ते", "🎉🎉", "…", "---"])
def test_what_no_english_voice_can_say_is_refused(word: str) -> None:
    """It is named, so that it is found."""
    (problem,) = problems((word,))
    assert problem.startswith("segment 'Segment 1': an English voice cannot say ")
    assert word in problem


@pytest.mark.parametrize("word", ["你好", "العربية", "Привет"])
def test_a_foreign_word_among_english_ones_is_refused(word: str) -> None:
    """Only it is named, not its neighbours."""
    (problem,) = problems((f"They say {word} to us.",))
    assert word in problem
    assert "They" not in problem


def test_an_emoji_among_words_is_silent() -> None:
    """The sentence is said without it."""
    (utterance,) = planned(("We won 🎉 today.",))
    assert utterance.pieces[0].text == "We won today."


def test_of_many_foreign_words_the_first_five_are_named() -> None:
    """The others are counted."""
    (problem,) = problems(("один два три четыре пять шесть семь",))
    assert "один, два, три, четыре, пять and 2 more" in problem


def test_a_word_too_long_to_be_said_is_refused() -> None:
    """Its beginning and its length are named."""
    (problem,) = problems((f"It is {'x' * 500} here.",))
    assert problem.startswith(f"segment 'Segment 1': '{'x' * 40}'…")
    assert "500 characters" in problem


def test_all_problems_of_a_script_are_said_at_once() -> None:
    """Each with the title of its segment, before anything is spoken."""
    found = problems(("Fine.", "你好"), (), (f"{'x' * 500}.", "Привет"))
    assert [line.split(":")[0].split(" is ")[0] for line in found] == [
        "segment 'Segment 1'",
        "segment 'Segment 2'",
        "segment 'Segment 3'",
        "segment 'Segment 3'",
    ]


# ── one line ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_text_in_no_script_is_planned_alike() -> None:
    """`podcast say` sounds as an episode does."""
    text = "ReLU is fine. So are we."
    assert [each.pieces for each in say(text, HEART, LEXICON)] == [each.pieces for each in planned((text,))]


@pytest.mark.parametrize("text", ["", "  ", "你好", "🎉", "x" * 500])
def test_a_text_that_cannot_be_said_is_refused(text: str) -> None:
    """In a sentence, whatever the reason."""
    with pytest.raises(InputError, match=r"(?s)^[A-Za-z'].*\.$"):
        say(text, HEART, LEXICON)


# ── voices ──────────────────────────────────────────────────────────────────────────────────────────────

SPEAKERS = (("Ada", "heart"), ("Bo", "joe"))


@pytest.mark.parametrize(
    ("voice", "speakers", "names"),
    [
        (None, (), {None: "default"}),
        ("joe", (), {None: "joe"}),
        (None, SPEAKERS, {None: "heart", "Ada": "heart", "Bo": "joe"}),
        ("emma", SPEAKERS, {None: "emma", "Ada": "heart", "Bo": "joe"}),
    ],
)
def test_who_has_no_name_has_the_scripts_voice(
    voice: str | None, speakers: tuple[tuple[str, str], ...], names: dict[str | None, str]
) -> None:
    """Else that of the first speaker, else that of the show."""
    assert voice_names(script(("Words.",), voice=voice, speakers=speakers), "default") == names


def test_profiles_of_a_show_come_before_those_of_the_package(tmp_path: Path) -> None:
    """And the lexicon is no voice."""
    (tmp_path / "heart.toml").write_text('engine = "tone"\nvoice = "hum"\nspeed = 2\n')
    (tmp_path / "lexicon.toml").write_text("[say]\n")
    assert profiles(tmp_path)["heart"] == tmp_path / "heart.toml"
    assert "lexicon" not in profiles(tmp_path)
    assert load_voice("heart", tmp_path) == Voice("heart", "tone", "hum", speed=2.0)


def test_an_unknown_voice_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    """And with a guess at what was meant."""
    (tmp_path / "joe.toml").write_text('engine = "tone"\nvoice = "hum"\n')
    with pytest.raises(InputError) as caught:
        load_voice("haert", tmp_path)
    assert "Did you mean heart?" in str(caught.value)
    assert "It has: alloy, heart, joe, sage." in str(caught.value)


def test_all_problems_of_a_profile_are_said_at_once(tmp_path: Path) -> None:
    """As in every file of settings."""
    (tmp_path / "joe.toml").write_text("speed = 'fast'\npausen = 1\n")
    with pytest.raises(InputError) as caught:
        load_voice("joe", tmp_path)
    assert len(str(caught.value).split("\n")) == 4
