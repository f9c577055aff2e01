"""Transcripts: every word is there, where it is spoken, in lines that fit a screen."""

from __future__ import annotations

import html
import itertools
import json
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast.audio.transcript import srt, transcript_html, transcript_json, vtt
from podcast.types import Cue, Timeline

if TYPE_CHECKING:
    from collections.abc import Sequence

RATE = 1000
MS_PER_LETTER = 60
LINE = "It runs in 2 hours, faster than anything before it, and -- so they say -- better too."
HOSTILE = "If a < b && b > c --> <script>alert('x')</script>, stop & think."
_TIME = r"(\d\d):(\d\d):(\d\d)[.,](\d\d\d)"


def _timeline(*said: tuple[str, str | None]) -> Timeline:
    cues, at = [Cue("intro", 0, 500, 0)], 300
    for text, speaker in said:
        end = at + MS_PER_LETTER * max(1, len(text))
        cues.append(Cue("speech", at, end, 0, text, speaker))
        at = end + 320
    return Timeline(RATE, (*cues, Cue("outro", at, at + 900, 0)), (), at + 900)


def _one(text: str) -> Timeline:
    return _timeline((text, None))


def _blocks(text: str) -> list[list[str]]:
    """Cues as a reader of subtitles finds them: between blank lines."""
    return [block.split("\n") for block in re.split(r"\n\n+", text.strip("\n"))]


def _times(line: str) -> tuple[int, int]:
    match = re.fullmatch(f"{_TIME} --> {_TIME}", line)
    assert match, line
    hours, minutes, seconds, ms, *later = map(int, match.groups())
    start = ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms
    hours, minutes, seconds, ms = later
    return start, ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms


def _srt_cues(timeline: Timeline) -> list[tuple[int, int, list[str]]]:
    blocks = _blocks(srt(timeline))
    assert [block[0] for block in blocks] == [str(number) for number in range(1, len(blocks) + 1)]
    return [(*_times(block[1]), block[2:]) for block in blocks]


# ── WebVTT ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_webvtt_file_has_a_cue_for_every_sentence() -> None:
    """The signature comes first; music has no cue."""
    header, *cues = _blocks(vtt(_timeline(("One.", None), ("Two words.", None))))
    assert header == ["WEBVTT"]
    assert cues == [["00:00:00.300 --> 00:00:00.540", "One."], ["00:00:00.860 --> 00:00:01.460", "Two words."]]


def test_signs_of_markup_are_escaped() -> None:
    """No text can end its cue, open a tag or look like a time."""
    _, cue = _blocks(vtt(_one(HOSTILE)))
    assert cue[1] == html.escape(HOSTILE, quote=False)
    assert cue[1].count("-->") == cue[1].count("<") == 0


def test_speakers_are_named_where_there_are_any() -> None:
    """A voice tag holds the name, escaped too."""
    _, named, unnamed = _blocks(vtt(_timeline(("Hello.", "Ann <& Co>"), ("Hi.", None))))
    assert (named[1], unnamed[1]) == ("<v Ann &lt;&amp; Co&gt;>Hello.", "Hi.")


def test_times_beyond_an_hour_are_written_in_full() -> None:
    """Hours, minutes, seconds and milliseconds have their places."""
    cue = Cue("speech", 3_723_004, 3_725_678, 0, "Late.")
    assert "01:02:03.004 --> 01:02:05.678\nLate.\n" in vtt(Timeline(RATE, (cue,), (), 3_726_000))
    assert "1\n01:02:03,004 --> 01:02:05,678\nLate.\n" in srt(Timeline(RATE, (cue,), (), 3_726_000))


def test_a_sentence_of_no_time_still_has_a_cue_of_some() -> None:
    """Readers refuse cues that end where they begin."""
    cue = Cue("speech", 44, 45, 0, "Hm.")
    assert "00:00:00.001 --> 00:00:00.002" in vtt(Timeline(44_100, (cue,), (), 100))


# ── SubRip ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_long_sentence_becomes_short_lines_that_share_its_time() -> None:
    """At most two lines of 32 characters at a time, one after the other without a gap."""
    cues = _srt_cues(_one(LINE))
    assert [lines for _, _, lines in cues] == [
        ["It runs in 2 hours, faster than", "anything before it, and -- so"],
        ["they say -- better too."],
    ]
    assert (cues[0][0], cues[-1][1]) == (300, 300 + MS_PER_LETTER * len(LINE))
    assert cues[0][1] == cues[1][0]


def test_more_words_take_more_time() -> None:
    """The time of a sentence is shared out by the length of what is shown."""
    first, second = _srt_cues(_one(LINE))
    assert (first[1] - first[0]) / (second[1] - second[0]) == pytest.approx(60 / 23, rel=0.02)


def test_a_word_longer_than_a_line_has_a_line_of_its_own() -> None:
    """It is neither cut nor lost."""
    word = "w" * 50
    ((_, _, first), (_, _, second)) = _srt_cues(_one(f"Before {word} after."))
    assert (first, second) == (["Before", word], ["after."])


def test_the_speaker_is_named_once_a_sentence() -> None:
    """A name stands before the words, not before every line."""
    text = srt(_timeline((LINE, "Ann")))
    assert text.count("Ann: ") == 1
    assert "\nAnn: It runs in 2 hours" in text


# ── JSON ────────────────────────────────────────────────────────────────────────────────────────────────


def test_json_holds_sentences_with_times_in_seconds() -> None:
    """As the podcast namespace has it: version, then segments; a speaker only where there is one."""
    text = transcript_json(_timeline(("One.", None), ("学习 “two”.", "Ann")))
    assert json.loads(text) == {
        "version": "1.0.0",
        "segments": [
            {"startTime": 0.3, "endTime": 0.54, "body": "One."},
            {"speaker": "Ann", "startTime": 0.86, "endTime": 1.4, "body": "学习 “two”."},
        ],
    }
    assert "学习" in text


def test_an_episode_without_words_has_empty_transcripts() -> None:
    """Music alone gives a header, and nothing else."""
    silent = Timeline(RATE, (Cue("intro", 0, 500, 0),), (), 500)
    assert (vtt(silent), srt(silent), json.loads(transcript_json(silent))["segments"]) == ("WEBVTT\n", "", [])
    assert not transcript_html(silent)


# ── HTML ────────────────────────────────────────────────────────────────────────────────────────────────


def _placed(*said: tuple[int, int, str | None, str]) -> Timeline:
    """Sentences a minute from each other, by segment, paragraph, speaker and text."""
    cues = (
        Cue("speech", 60_000 * number, 60_000 * number + 900, segment, text, speaker, paragraph_index=paragraph)
        for number, (segment, paragraph, speaker, text) in enumerate(said)
    )
    return Timeline(RATE, tuple(cues), (), 60_000 * len(said))


def test_html_is_paragraphs_with_their_start() -> None:
    """Sentences that are spoken as one paragraph stand in one; a segment begins another."""
    text = transcript_html(
        _placed((0, 0, None, "One."), (0, 0, None, "Two."), (0, 1, None, "“3”."), (1, 1, None, "4."))
    )
    assert text == (
        "<time>0:00</time>\n<p>One. Two.</p>\n<time>2:00</time>\n<p>“3”.</p>\n<time>3:00</time>\n<p>4.</p>\n"
    )


def test_html_names_whoever_speaks() -> None:
    """A paragraph ends where another speaker begins."""
    text = transcript_html(_placed((0, 0, "Ann", "One."), (0, 0, "Bo & Co", "Two."), (0, 1, "Bo & Co", "Three.")))
    assert re.findall(r"<cite>(.*?)</cite>\n<time>(.*?)</time>\n<p>(.*?)</p>\n", text) == [
        ("Ann:", "0:00", "One."),
        ("Bo &amp; Co:", "1:00", "Two."),
        ("Bo &amp; Co:", "2:00", "Three."),
    ]


def test_html_counts_hours_where_there_are_any() -> None:
    """As the namespace's own examples write times."""
    late = Timeline(RATE, (Cue("speech", 3_723_900, 3_725_000, 0, "Late."),), (), 3_726_000)
    assert transcript_html(late) == "<time>1:02:03</time>\n<p>Late.</p>\n"


def test_html_has_no_tag_but_three() -> None:
    """Whatever is said stays words."""
    text = transcript_html(_one(HOSTILE))
    assert set(re.findall(r"</?(\w+)", text)) == {"time", "p"}
    assert html.unescape(text[text.index("<p>") + 3 : text.index("</p>")]) == HOSTILE


def test_html_has_no_characters_that_it_cannot_hold() -> None:
    """A control character that a person left in a script is a space."""
    assert "<p>A   B.</p>" in transcript_html(_one("A\0\x1b\ufffeB."))


# ── whatever is said ────────────────────────────────────────────────────────────────────────────────────

_words = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=45)
_texts = st.lists(_words, min_size=1, max_size=30).map(" ".join)
_said = st.lists(st.tuples(_texts, st.none() | st.sampled_from(["Ann", "Bo <b>"])), min_size=1, max_size=4)


@given(_said)
@settings(deadline=None)
def test_every_sentence_comes_back_from_webvtt(said: Sequence[tuple[str, str | None]]) -> None:
    """One cue a sentence, the text the same once unescaped, in time order."""
    timeline = _timeline(*said)
    _, *cues = _blocks(vtt(timeline))
    assert [html.unescape(re.sub("^<v .*?>", "", text)) for _, text in cues] == [text for text, _ in said]
    times = [time for line, _ in cues for time in _times(line)]
    assert times == sorted(times)


@given(_said)
@settings(deadline=None)
def test_every_sentence_comes_back_from_html(said: Sequence[tuple[str, str | None]]) -> None:
    """All of them, in their order."""
    paragraphs = re.findall("<p>(.*?)</p>", transcript_html(_timeline(*said)))
    assert html.unescape(" ".join(paragraphs)) == " ".join(text for text, _ in said)


@given(_said)
@settings(deadline=None)
def test_every_word_comes_back_from_subrip_in_its_time(said: Sequence[tuple[str, str | None]]) -> None:
    """All words in order, short lines, and each cue inside its sentence and after the one before."""
    timeline = _timeline(*said)
    cues = _srt_cues(timeline)
    shown = [word for _, _, lines in cues for line in lines for word in line.split(" ")]
    assert shown == [word for text, who in said for word in (f"{who}: {text}" if who else text).split(" ")]
    for start, end, lines in cues:
        assert 1 <= len(lines) <= 2
        assert all(len(line) <= 32 or " " not in line for line in lines)
        assert start < end
        assert any(cue.start <= start and end <= cue.end for cue in timeline.sentences)
    assert all(earlier[1] <= later[0] for earlier, later in itertools.pairwise(cues))
