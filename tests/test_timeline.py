"""The timeline: where speech and music lie, how long silences are, and how music steps back for a voice."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast.audio import timeline as layout
from podcast.audio.timeline import Music, Sentence, add_segment, begin, finish, gain_at
from podcast.types import Chapter, Cue, GainPoint, Pauses, Timeline

if TYPE_CHECKING:
    from collections.abc import Sequence

RATE = 1000
"""One sample a millisecond: positions read as times."""

PAUSES = Pauses(sentence_ms=320, paragraph_ms=650, speaker_ms=450, segment_ms=900)
FULL = Music(intro=11_600, sting=3000, outro=12_000)
SILENT = Music()
LONG = 15_000
MUSIC_KINDS = ("intro", "sting", "outro")


def _segment(*lengths: int) -> list[Sentence]:
    """Sentences of one paragraph."""
    return [Sentence(length, 0, f"Sentence {number}.", pauses=PAUSES) for number, length in enumerate(lengths)]


def _timeline(*segments: Sequence[Sentence], music: Music = FULL, rate: int = RATE) -> Timeline:
    plan = begin(rate, music)
    for index, sentences in enumerate(segments):
        chapter = Chapter(f"s{index}", f"Segment {index}", 0, 0)
        plan = add_segment(plan, chapter, sentences, last=index == len(segments) - 1)
    return finish(plan)


def _only(timeline: Timeline, kind: str) -> Cue:
    (cue,) = (cue for cue in timeline.cues if cue.kind == kind)
    return cue


def _music(timeline: Timeline) -> list[Cue]:
    return [cue for cue in timeline.cues if cue.kind in MUSIC_KINDS]


# ── speech ──────────────────────────────────────────────────────────────────────────────────────────────


def test_sentences_and_paragraphs_are_apart_as_designed() -> None:
    """Within a paragraph the shorter pause lies between sentences, between paragraphs the longer one."""
    sentences = [Sentence(1000, 0, "One."), Sentence(500, 0, "Two."), Sentence(700, 1, "Three."), Sentence(9, 1, "4.")]
    timeline = _timeline(sentences, music=SILENT)
    assert _gaps(timeline) == [320, 650, 320]


def _gaps(timeline: Timeline) -> list[int]:
    return [later.start - earlier.end for earlier, later in itertools.pairwise(timeline.sentences)]


def test_another_speaker_answers_sooner_than_a_paragraph_begins() -> None:
    """Whoever goes on speaking makes the pause of a paragraph."""
    said = [(0, "Ada"), (1, "Bo"), (2, "Bo"), (3, None), (3, None), (4, "Ada")]
    sentences = [Sentence(1000, paragraph, "Words.", speaker, PAUSES) for paragraph, speaker in said]
    assert _gaps(_timeline(sentences, music=SILENT)) == [450, 650, 450, 320, 450]


def test_each_voice_makes_its_own_pauses() -> None:
    """The one that was heard last says how long it is silent, between segments, too."""
    calm = Pauses(sentence_ms=500, paragraph_ms=1000, speaker_ms=700, segment_ms=1500)
    first = [
        Sentence(1000, 0, "A.", "Ada", PAUSES),
        Sentence(1000, 1, "B.", "Bo", calm),
        Sentence(9, 1, "C.", "Bo", calm),
    ]
    second = [Sentence(1000, 0, "D.", "Ada", PAUSES), Sentence(1000, 1, "E.", "Bo", calm)]
    assert _gaps(_timeline(first, second, music=SILENT)) == [450, 500, 1500, 450]


def test_segments_without_a_sting_are_apart_as_designed() -> None:
    """Where no sting is, the pause between segments is the designed one."""
    timeline = _timeline(_segment(1000), _segment(1000), music=Music(intro=5000, outro=9000))
    first, second = timeline.sentences
    assert second.start - first.end == PAUSES.segment_ms


def test_an_episode_without_music_has_only_speech_and_a_breath_around_it() -> None:
    """300 ms lie before the first and after the last word; nothing else sounds."""
    timeline = _timeline(_segment(1000), _segment(2000), music=SILENT)
    assert [(cue.kind, cue.start, cue.end) for cue in timeline.cues] == [("speech", 300, 1300), ("speech", 2200, 4200)]
    assert timeline.length == 4500


def test_sentences_keep_their_words_speaker_and_place() -> None:
    """A cue says what is spoken, by whom and in which segment."""
    timeline = _timeline(_segment(10), [Sentence(20, 3, "Hello there.", "Ann")])
    cue = timeline.sentences[1]
    assert (cue.text, cue.speaker, cue.segment_index, cue.end - cue.start) == ("Hello there.", "Ann", 1, 20)


# ── where music lies ────────────────────────────────────────────────────────────────────────────────────


def test_the_intro_is_alone_for_its_lead_and_then_lies_under_the_greeting() -> None:
    """The first word comes at lead_ms, and the bed ends bed_ms later."""
    timeline = _timeline(_segment(LONG), _segment(LONG))
    intro = _only(timeline, "intro")
    assert (intro.start, timeline.sentences[0].start, intro.end) == (0, 3600, 11_600)


def test_an_intro_longer_than_lead_and_bed_is_cut() -> None:
    """However long the file, the music ends with the bed."""
    assert _only(_timeline(_segment(LONG), music=Music(intro=100_000)), "intro").end == 11_600


def test_an_intro_shorter_than_its_lead_brings_the_first_word_forward() -> None:
    """Nobody waits in silence for a lead that the music does not fill."""
    timeline = _timeline(_segment(LONG), music=Music(intro=2000))
    assert (timeline.sentences[0].start, _only(timeline, "intro").end) == (2000, 2000)


def test_an_intro_of_a_moment_still_leaves_a_breath() -> None:
    """An intro shorter than the usual breath does not make the first word come sooner than without one."""
    assert _timeline(_segment(LONG), music=Music(intro=50)).sentences[0].start == 300


def test_the_bed_ends_with_a_greeting_shorter_than_itself() -> None:
    """Music of the greeting does not run on into the next segment."""
    timeline = _timeline(_segment(1500), _segment(LONG), music=Music(intro=11_600))
    assert _only(timeline, "intro").end == timeline.sentences[0].end == 5100


def test_without_a_bed_the_intro_is_over_at_the_first_word() -> None:
    """A bed of 0 ms leaves nothing under the greeting."""
    timeline = _timeline(_segment(LONG), music=Music(intro=11_600, bed_ms=0))
    assert _only(timeline, "intro").end == timeline.sentences[0].start == 3600


def test_a_sting_stands_before_every_segment_but_the_first() -> None:
    """It comes 350 ms after the last word, and its last 500 ms lie under the next one."""
    timeline = _timeline(_segment(5000), _segment(6000), _segment(7000))
    words = timeline.sentences
    stings = [cue for cue in timeline.cues if cue.kind == "sting"]
    assert [cue.segment_index for cue in stings] == [1, 2]
    for sting, before, after in zip(stings, words, words[1:], strict=False):
        assert (sting.start - before.end, sting.end - sting.start, sting.end - after.start) == (350, 3000, 500)


def test_a_sting_longer_than_four_seconds_is_cut() -> None:
    """No file makes listeners wait longer than that between papers."""
    timeline = _timeline(_segment(5000), _segment(5000), music=Music(sting=60_000))
    sting = _only(timeline, "sting")
    assert sting.end - sting.start == 4000
    assert timeline.sentences[1].start == sting.end - 500


def test_a_sting_of_a_moment_does_not_pull_the_next_word_forward() -> None:
    """A sting shorter than what may lie under speech begins together with the word, still after the pause."""
    timeline = _timeline(_segment(5000), _segment(5000), music=Music(sting=200))
    assert timeline.sentences[1].start == _only(timeline, "sting").start == timeline.sentences[0].end + 350


def test_the_outro_comes_in_under_the_last_words_and_ends_the_episode() -> None:
    """It begins 3.5 s before the last word ends and is the last to sound."""
    timeline = _timeline(_segment(LONG), _segment(LONG))
    outro = _only(timeline, "outro")
    assert outro.start == timeline.sentences[-1].end - 3500
    assert outro.end == outro.start + 12_000
    assert 0 <= timeline.length - outro.end < 47  # no more than an MP3 needs to hold it to the sample


def test_an_outro_longer_than_twenty_seconds_is_cut() -> None:
    """An episode does not end with a concert."""
    outro = _only(_timeline(_segment(LONG), music=Music(outro=300_000)), "outro")
    assert outro.end - outro.start == 20_000


def test_the_outro_waits_for_a_last_segment_shorter_than_its_lead() -> None:
    """It never begins before the segment that it ends."""
    timeline = _timeline(_segment(LONG), _segment(800))
    assert _only(timeline, "outro").start == timeline.sentences[-1].start


@pytest.mark.parametrize("length", [400, 1500, 3000, 3700])
def test_a_short_outro_still_sounds_after_the_last_word(length: int) -> None:
    """Music that ends the episode is not over before the last word is: at least a third of it comes after."""
    timeline = _timeline(_segment(LONG), music=Music(outro=length))
    outro = _only(timeline, "outro")
    assert outro.start + length > timeline.sentences[-1].end + length // 3


def test_an_outro_never_cuts_the_last_word() -> None:
    """An episode is at least 300 ms longer than what is spoken."""
    timeline = _timeline(_segment(LONG), music=Music(outro=100))
    assert timeline.length >= timeline.sentences[-1].end + 300


def test_only_so_much_of_a_file_is_asked_for_as_can_sound() -> None:
    """What the loader may leave out is never needed."""
    assert Music.longest_ms("intro", 3600, 8000) == 11_600
    assert (Music.longest_ms("sting", 1, 1), Music.longest_ms("outro", 1, 1)) == (4000, 20_000)


# ── gain ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_intro_steps_back_just_before_the_first_word() -> None:
    """Over 400 ms it falls to the ducked level, and stays there until it fades."""
    curve = _only(_timeline(_segment(LONG)), "intro").curve
    assert [gain_at(curve, at) for at in (0, 3200, 3400, 3600, 9100)] == [0, 0, -5.5, -11, -11]


def test_the_outro_rises_after_the_last_word() -> None:
    """Over 900 ms it comes back from the ducked level to its own."""
    timeline = _timeline(_segment(LONG))
    end = timeline.sentences[-1].end
    curve = _only(timeline, "outro").curve
    assert [gain_at(curve, at) for at in (end - 3500, end, end + 450, end + 900)] == [-11, -11, -5.5, 0]


def test_ducking_is_as_deep_as_the_show_says() -> None:
    """duck_db is the gain under speech, and 0 leaves the music as it is."""
    for duck_db in (0.0, 6.0, 20.0):
        timeline = _timeline(_segment(LONG), music=Music(intro=11_600, duck_db=duck_db))
        assert gain_at(_only(timeline, "intro").curve, 3600) == -duck_db


@pytest.mark.parametrize("duck_db", [11.0, 30.0, 45.0, 60.0])
@pytest.mark.parametrize("sting", [900, 1600, 2000, 4000])
def test_a_sting_is_ducked_at_the_first_word_whatever_depth_the_show_asks_for(sting: int, duck_db: float) -> None:
    """show.toml allows up to 60 dB, and the fade of a sting does not make it louder than that."""
    timeline = _timeline(_segment(LONG), _segment(LONG), music=Music(sting=sting, duck_db=duck_db))
    assert gain_at(_only(timeline, "sting").curve, timeline.sentences[1].start) <= -duck_db + 0.1


def test_a_curve_holds_its_ends_and_is_straight_between_points() -> None:
    """Before the first point its gain holds, after the last its own, between two it is interpolated in dB."""
    curve = (GainPoint(10, -6.0), GainPoint(20, 0.0), GainPoint(40, -20.0))
    assert [gain_at(curve, at) for at in (0, 10, 15, 20, 30, 40, 99)] == [-6, -6, -3, 0, -10, -20, -20]


# ── chapters ────────────────────────────────────────────────────────────────────────────────────────────


def test_chapters_begin_just_before_their_first_word() -> None:
    """A jump to a chapter cuts no consonant, and lands behind the music before it."""
    timeline = _timeline(_segment(5000), _segment(6000), _segment(7000))
    starts = [chapter.start for chapter in timeline.chapters]
    assert starts == [0, timeline.sentences[1].start - 150, timeline.sentences[2].start - 150]


def test_chapters_keep_what_they_are() -> None:
    """Only the times of a chapter are set here."""
    given_chapter = Chapter("id", "Title", 5, 6, "https://example.org/", "arXiv:1", "heart")
    timeline = finish(add_segment(begin(RATE, FULL), given_chapter, _segment(LONG), last=True))
    assert timeline.chapters == (
        Chapter("id", "Title", 0, timeline.length, "https://example.org/", "arXiv:1", "heart"),
    )


# ── whatever is spoken and whatever music there is ──────────────────────────────────────────────────────

_Episode = tuple[layout.Plan, list[tuple[Chapter, list[Sentence]]]]
_lengths_ms = st.integers(1, 12_000)
_sentences = st.lists(st.tuples(_lengths_ms, st.booleans()), min_size=1, max_size=5)
_music_ms = st.one_of(st.just(0), st.integers(1, 25_000))
_rates = st.sampled_from([RATE, 16_000, 44_100])


@st.composite
def _episodes(draw: st.DrawFn) -> _Episode:
    """Draw the beginning of a timeline and the segments to come."""
    rate = draw(_rates)
    intro, sting, outro = (draw(_music_ms) * rate // 1000 for _ in MUSIC_KINDS)
    lead_ms, bed_ms, duck_db = draw(st.integers(0, 8000)), draw(st.integers(0, 12_000)), draw(st.floats(0, 24))
    music = Music(intro, sting, outro, lead_ms, bed_ms, duck_db)
    pauses = Pauses(*(draw(st.integers(0, 3000)) for _ in range(4)))
    segments = []
    for index, drawn in enumerate(draw(st.lists(_sentences, min_size=1, max_size=4))):
        paragraphs = itertools.accumulate(new for _, new in drawn)
        sentences = [
            Sentence(max(1, length * rate // 1000), paragraph, f"{index} {number}", pauses=pauses)
            for number, ((length, _), paragraph) in enumerate(zip(drawn, paragraphs, strict=True))
        ]
        segments.append((Chapter(f"s{index}", f"Segment {index}", 0, 0), sentences))
    return begin(rate, music), segments


def _built(episode: _Episode) -> tuple[Timeline, float]:
    plan, segments = episode
    for number, (chapter, sentences) in enumerate(segments, start=1):
        plan = add_segment(plan, chapter, sentences, last=number == len(segments))
    return finish(plan), plan.music.duck_db


@given(_episodes())
@settings(deadline=None)
def test_every_sentence_has_its_place_alone(episode: _Episode) -> None:
    """All are there, in order, as long as they are, none over another, none outside the episode."""
    timeline, _ = _built(episode)
    wanted = [(sentence.text, sentence.length) for _, sentences in episode[1] for sentence in sentences]
    assert [(cue.text, cue.end - cue.start) for cue in timeline.sentences] == wanted
    assert all(earlier.end <= later.start for earlier, later in itertools.pairwise(timeline.sentences))
    assert all(0 <= cue.start <= cue.end <= timeline.length for cue in timeline.cues)


@given(_episodes())
@settings(deadline=None)
def test_chapters_cover_the_episode_without_gap(episode: _Episode) -> None:
    """The first begins at 0, each ends where the next begins, the last ends with the episode."""
    timeline, _ = _built(episode)
    chapters = timeline.chapters
    assert (chapters[0].start, chapters[-1].end) == (0, timeline.length)
    assert all(earlier.end == later.start for earlier, later in itertools.pairwise(chapters))
    assert all(chapter.start < chapter.end for chapter in chapters)
    for cue in timeline.sentences:
        assert chapters[cue.segment_index].start <= cue.start


@given(_episodes())
@settings(deadline=None)
def test_no_music_is_louder_than_agreed_while_somebody_speaks(episode: _Episode) -> None:
    """Wherever a sentence and music sound together, the music's gain is at most the ducked one."""
    timeline, duck_db = _built(episode)
    for music in _music(timeline):
        for cue in timeline.sentences:
            first, last = max(cue.start, music.start), min(cue.end, music.end)
            bends = [point.at for point in music.curve if first <= point.at < last]
            for at in [first, *bends, last - 1] if first < last else ():
                assert gain_at(music.curve, at) <= -duck_db + 0.1


@given(_episodes())
@settings(deadline=None)
def test_every_curve_lies_inside_its_music_and_ends_in_silence(episode: _Episode) -> None:
    """Points are in order, none above 0 dB, the last at the end and silent."""
    timeline, _ = _built(episode)
    for cue in _music(timeline):
        places = [point.at for point in cue.curve]
        assert places == sorted(places)
        assert (cue.start <= places[0], places[-1]) == (True, cue.end)
        assert all(point.gain_db <= 0 for point in cue.curve)
        assert cue.curve[-1].gain_db <= layout.SILENCE_DB


@given(_episodes())
@settings(deadline=None)
def test_an_mp3_can_hold_the_episode_to_the_sample(episode: _Episode) -> None:
    """Frames have 576 or 1152 samples, and 1 to 46 beyond whole ones decode to 47: no episode has such a length."""
    timeline, _ = _built(episode)
    assert timeline.length % 576 not in range(1, 47)


@given(_episodes())
@settings(deadline=None)
def test_a_growing_timeline_never_goes_back(episode: _Episode) -> None:
    """What has its place keeps it, and nothing new begins before the last word: that sound is already out."""
    plan, segments = episode
    for number, (chapter, sentences) in enumerate(segments, start=1):
        grown = add_segment(plan, chapter, sentences, last=number == len(segments))
        assert grown.cues[: len(plan.cues)] == plan.cues
        assert all(cue.start >= plan.speech_end for cue in grown.cues[len(plan.cues) :])
        plan = grown
