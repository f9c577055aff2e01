"""How long speech takes: what is counted, and what whole scripts take, pauses and all."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from podcast.audio import timeline
from podcast.speech import clips
from podcast.speech.lexicon import Lexicon
from podcast.speech.pace import _PIECE_PAUSE_MS, Counts, counts, pace_of, speech_ms, utterance_ms, words_per_minute
from podcast.speech.plan import plan
from podcast.types import Chapter, Paragraph, Pauses, Script, Segment, Utterance, Voice

HEART = Voice("heart", "hibari", "heart")
JOE = Voice("joe", "piper", "joe", pauses=Pauses(sentence_ms=100, paragraph_ms=200, speaker_ms=300, segment_ms=400))
UNKNOWN = Voice("test", "fake", "fake")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello there.", Counts(syllables=3, consonants=6, words=2)),
        ("We use a made-up name, twice.", Counts(syllables=7, consonants=10, words=5, pauses=1)),
        ("It has 128 levels; that is new.", Counts(syllables=7, consonants=13, words=2, digits=3, pauses=1)),
        ("It saw 50,000 and 2,000,000 of them.", Counts(syllables=5, consonants=9, words=2, digits=5)),
        ("An LLM of the WWW.", Counts(syllables=3, consonants=4, letters=3 + 9)),
        ("[ReLU](/ɹˈAlu/) wins.", Counts(syllables=3, consonants=3, words=2)),
        ("", Counts()),
    ],
)
def test_what_takes_time_is_counted(text: str, expected: Counts) -> None:
    """Syllables, consonants, words of weight, letters that are spelled out, digits (noughts of thousands are one)."""
    assert counts(text) == expected


SCRIPT = Script(
    "Bees",
    dt.date(2024, 6, 15),
    (
        Segment("1", (Paragraph("Bees fly. They hum.", "Ada"), Paragraph("Yes.", "Ada"), Paragraph("Do they?", "Bo"))),
        Segment("2", (Paragraph("Yes, 12 of them.", "Bo"),)),
    ),
    speakers=(("Ada", "heart"), ("Bo", "joe")),
)  # fmt: skip


def utterances(one: Voice = HEART, other: Voice = JOE) -> tuple[Utterance, ...]:
    """Plan the script with two voices."""
    return plan(SCRIPT, {None: one, "Ada": one, "Bo": other}, Lexicon(), "script.md")


def laid_out_ms(planned: tuple[Utterance, ...]) -> int:
    """How long the timeline says that sentences of the expected lengths take, from the first word to the last."""
    made = timeline.begin(1000, timeline.Music())
    for index in range(2):
        own = [each for each in planned if each.segment_index == index]
        placed = [(round(utterance_ms(each)), each.paragraph_index, each.written, each.speaker) for each in own]
        sentences = [timeline.Sentence(*each, one.voice.pauses) for each, one in zip(placed, own, strict=True)]
        made = timeline.add_segment(made, Chapter("a", "A", 0, 0), sentences, last=index == 1)
    spoken = [cue for cue in made.cues if cue.kind == "speech"]
    return spoken[-1].end - spoken[0].start


def test_pauses_are_those_of_the_timeline() -> None:
    """Between sentences, paragraphs, speakers and segments, each voice's own."""
    planned = utterances()
    assert speech_ms(planned) == pytest.approx(laid_out_ms(planned), abs=3)
    assert speech_ms(planned, between_segments_ms=2400) == pytest.approx(speech_ms(planned) + 2000, abs=1)


def test_a_sentence_in_pieces_has_the_pauses_of_its_clip() -> None:
    """Those that the clips really have."""
    assert _PIECE_PAUSE_MS == clips._PIECE_PAUSE_MS
    (one,) = {each for each in utterances() if each.written == "Bees fly."}
    twice = dataclasses.replace(one, pieces=one.pieces * 2)
    assert utterance_ms(twice) == pytest.approx(2 * utterance_ms(one) + _PIECE_PAUSE_MS)


def test_a_faster_voice_takes_less_time() -> None:
    """Words, not pauses."""
    fast = utterances(dataclasses.replace(HEART, speed=2.0), dataclasses.replace(JOE, speed=2.0))
    spoken_ms = sum(map(utterance_ms, utterances()))
    assert speech_ms(utterances()) - speech_ms(fast) == pytest.approx(spoken_ms / 2, abs=1)
    assert words_per_minute(dataclasses.replace(HEART, speed=2.0)) == 2 * words_per_minute(HEART)


def test_nothing_takes_no_time() -> None:
    """Not even a pause."""
    assert speech_ms(()) == 0


@pytest.mark.parametrize("voice", [HEART, JOE, UNKNOWN], ids=["heart", "joe", "unknown"])
@pytest.mark.parametrize("text", ["No.", "Yes, we can.", "A", "12", "LLM"])
def test_the_shortest_sentences_take_time_too(voice: Voice, text: str) -> None:
    """Whatever is taken off for long ones."""
    assert 150 < pace_of(voice).expected_ms(counts(text)) < 1500


def test_voices_that_nobody_measured_have_a_pace_like_others() -> None:
    """Between the slowest and the fastest of those that are known, or hardly beyond."""
    text = counts("The authors report a large improvement over the baseline, at half of the cost.")
    known = sorted(pace_of(voice).expected_ms(text) for voice in (HEART, JOE))
    assert 0.95 * known[0] < pace_of(UNKNOWN).expected_ms(text) < 1.05 * known[1]
    assert words_per_minute(HEART) < words_per_minute(UNKNOWN) < words_per_minute(JOE)
