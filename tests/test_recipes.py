"""What parts of an episode's sound are made of: where they are cut, and what an edit leaves alone."""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast.audio.frames import AHEAD_FRAMES, PRIMED_FRAMES
from podcast.audio.recipe import Form, Ingredient, Recipe, part_key, recipes
from podcast.audio.timeline import Music, Plan, Sentence, add_segment, begin, next_border
from podcast.files import sha256_of
from podcast.outside.mp3 import Mp3Format
from podcast.types import Chapter, GainPoint, Pauses

if TYPE_CHECKING:
    from collections.abc import Sequence

RATE, FRAME = 44_100, 1152
FORM = Form(Mp3Format(RATE, 1, 96), -3.6, -1.0, "ffmpeg")
MUSIC = {"intro": "i", "sting": "s", "outro": "o"}
FULL = Music(intro=10 * RATE, sting=2 * RATE, outro=12 * RATE, sounds=MUSIC)
SILENT = Music()


def _sentences(name: str, *lengths: int, pauses: Pauses = Pauses()) -> list[Sentence]:  # noqa: B008 - frozen
    return [
        Sentence(length, number // 3, f"{name} {number}.", pauses=pauses, sound=f"{name}{number}", gain_db=3.1)
        for number, length in enumerate(lengths)
    ]


def _plan(*segments: Sequence[Sentence], music: Music = FULL) -> Plan:
    plan = begin(RATE, music, FRAME)
    for number, sentences in enumerate(segments, start=1):
        plan = add_segment(plan, Chapter("id", "Title", 0, 0), sentences, last=number == len(segments))
    return plan


def _parts(plan: Plan) -> list[list[Recipe]]:
    """Return the recipes of each segment; the last one ends two seconds behind its last sound."""
    end = (max(cue.end for cue in plan.cues) // FRAME + 88) * FRAME
    borders = [*plan.borders, end]
    return [list(recipes(plan, index, until, FORM)) for index, until in enumerate(itertools.islice(borders, 1, None))]


LONG = (180_001, 250_003, 170_111, 300_007, 222_222, 199_999, 345_678, 123_457, 210_000, 333_333, 187_654, 254_321)
"""A minute and a half."""


def test_parts_are_whole_frames_that_cover_the_episode() -> None:
    """None is left out and none is there twice."""
    plan = _plan(_sentences("a", *LONG), _sentences("b", *LONG, *LONG), _sentences("c", 80_000))
    parts = _parts(plan)
    assert [sum(part.frames for part in own) * FRAME for own in parts[:-1]] == [
        later - earlier for earlier, later in itertools.pairwise(plan.borders)
    ]
    assert all(border % FRAME == 0 for border in plan.borders)


def test_every_sentence_sounds_in_one_part_and_is_over_when_the_next_begins() -> None:
    """It is heard whole by one encoder; the next one hears its end at most, before its own frames."""
    parts = [part for own in _parts(_plan(_sentences("a", *LONG), _sentences("b", *LONG))) for part in own]
    inside = [
        each.sound
        for part in parts
        for each in part.ingredients
        if not each.is_music and part.primed <= each.start < part.primed + part.frames * FRAME
    ]
    assert inside == [f"{name}{number}" for name in "ab" for number in range(len(LONG))]
    for part in parts:
        own = [each for each in part.ingredients if not each.is_music and each.start >= part.primed]
        assert all(each.start + each.length <= part.primed + part.frames * FRAME for each in own if each != own[-1])


def test_an_edit_changes_the_parts_of_its_segment_alone() -> None:
    """Whatever it does to its length."""
    segments = [_sentences(name, *LONG) for name in "abcd"]
    before = _parts(_plan(*segments))
    changed = [dataclasses.replace(segments[1][0], length=77_777, sound="new"), *segments[1][1:]]
    edited = [segments[0], changed, *segments[2:]]
    after = _parts(_plan(*edited))
    same = [one == other for one, other in zip(before, after, strict=True)]
    assert same == [True, False, True, True]


def _said(name: str, *lengths: int) -> list[Sentence]:
    """Return sentences whose clips have keys as they have them in a show."""
    words = _sentences(name, *lengths)
    return [dataclasses.replace(each, sound=sha256_of(each.sound.encode())) for each in words]


@pytest.mark.parametrize(
    ("gone", "new", "parts"),
    [(1, (234_567,), 2), (1, (), 2), (0, (200_000,) * 7, 3.5)],
    ids=["another sentence", "one less", "half a minute more"],
)
def test_an_edit_changes_few_parts_of_its_segment(gone: int, new: tuple[int, ...], parts: float) -> None:
    """Of nine; behind it the same pauses are found again, wherever they have moved to."""
    segment = _said("a", *LONG * 6)
    before = _parts(_plan(segment))[0]
    changed = []
    for index in range(len(segment)):
        edited = [*segment[:index], *_said(f"new {index} ", *new), *segment[index + gone :]]
        changed.append(len(set(_parts(_plan(edited))[0]) - set(before)))
    assert len(before) == 9
    assert min(changed) == 1
    assert sum(changed) / len(changed) < parts


def test_parts_are_neither_long_nor_short() -> None:
    """From twenty seconds to a minute, whatever their segment's length."""
    for count in range(1, 72):
        *others, last = _parts(_plan(_said("a", *(LONG * 6)[:count]), music=SILENT))[0]
        lengths_s = [part.frames * FRAME / RATE for part in others]
        assert all(20 <= length_s <= 60 for length_s in lengths_s)
        assert last.frames * FRAME / RATE <= 64
        assert not others or last.frames * FRAME / RATE >= 20


def test_a_sentence_longer_than_a_part_stays_whole() -> None:
    """Cut before it and behind it."""
    parts = _parts(_plan(_said("a", *[8 * RATE] * 4, 90 * RATE, *[8 * RATE] * 4), music=SILENT))[0]
    longest = max(parts, key=lambda part: part.frames)
    assert 90 * RATE < longest.frames * FRAME < 130 * RATE
    assert len(parts) >= 3


def test_the_same_sentence_again_and_again_is_cut_all_the_same() -> None:
    """Though all keys are equal."""
    parts = _parts(_plan([dataclasses.replace(each, sound="same") for each in _said("a", *LONG * 3)]))[0]
    assert len(parts) > 3
    assert all(part.frames * FRAME / RATE <= 64 for part in parts)


def test_an_edit_of_the_last_word_of_a_segment_is_not_heard_in_the_next() -> None:
    """The pause is longer than what an encoder remembers, with a sting and without."""
    for music in (FULL, SILENT):
        first, second = _sentences("a", *LONG[:3]), _sentences("b", *LONG[:2])
        before = _parts(_plan(first, second, music=music))
        first[-1] = dataclasses.replace(first[-1], length=first[-1].length + 1234, sound="new")
        assert _parts(_plan(first, second, music=music))[1] == before[1]


def test_what_sounds_beside_a_part_is_in_its_recipe() -> None:
    """Where the pauses are too short for silence at a border, an encoder hears the neighbours, too."""
    none = Pauses(sentence_ms=0, paragraph_ms=0, speaker_ms=0, segment_ms=0)
    plan = _plan(_sentences("a", *LONG[:2], pauses=none), _sentences("b", *LONG[:2], pauses=none), music=SILENT)
    first, second = (own[0] for own in _parts(plan))
    assert first.sounds == ("a0", "a1", "b0")
    assert second.sounds == ("a1", "b0", "b1")


def test_a_key_is_that_of_all_that_matters() -> None:
    """Whatever is another one gives another key; the same gives the same."""
    sound = Ingredient("a", 5, 7, 1.5)
    recipe = Recipe(FORM, 3, (sound,))
    forms = [
        dataclasses.replace(FORM, mp3=Mp3Format(48_000, 1, 96)),
        dataclasses.replace(FORM, mp3=Mp3Format(RATE, 2, 96)),
        dataclasses.replace(FORM, mp3=Mp3Format(RATE, 1, 64)),
        dataclasses.replace(FORM, ceiling_dbfs=-4.0),
        dataclasses.replace(FORM, true_peak_dbtp=-2.0),
        dataclasses.replace(FORM, tools="lame"),
    ]
    sounds = [
        dataclasses.replace(sound, sound="b"),
        dataclasses.replace(sound, start=6),
        dataclasses.replace(sound, length=8),
        dataclasses.replace(sound, gain_db=1.6),
        dataclasses.replace(sound, curve=(GainPoint(0, 0.0),)),
        dataclasses.replace(sound, is_music=True),
    ]
    others = [
        dataclasses.replace(recipe, frames=4),
        dataclasses.replace(recipe, ingredients=()),
        *(dataclasses.replace(recipe, form=form) for form in forms),
        *(dataclasses.replace(recipe, ingredients=(each,)) for each in sounds),
    ]
    keys = [part_key(each) for each in (recipe, *others)]
    assert len(set(keys)) == len(keys)
    assert part_key(dataclasses.replace(recipe)) == keys[0]


# ── whatever is spoken ──────────────────────────────────────────────────────────────────────────────────

_pauses = st.builds(Pauses, *(st.integers(0, 1500) for _ in range(4)))
_segments = st.lists(st.lists(st.integers(1, 400_000), min_size=1, max_size=9), min_size=1, max_size=4)
_music = st.builds(Music, *(st.sampled_from([0, 3000, 90_000, 500_000]) for _ in range(3)), sounds=st.just(MUSIC))


@given(_segments, _pauses, _music)
@settings(deadline=None)
def test_pauses_between_segments_are_as_designed_but_for_a_frame(
    lengths: list[list[int]], pauses: Pauses, music: Music
) -> None:
    """Never shorter, and longer by less than 27 ms; a segment begins before anything of it sounds."""
    plan = _plan(*(_sentences(str(index), *own, pauses=pauses) for index, own in enumerate(lengths)), music=music)
    for index, border in list(enumerate(plan.borders))[1:]:
        last = max(cue.end for cue in plan.cues if cue.segment_index < index and cue.kind == "speech")
        first = min(cue.start for cue in plan.cues if cue.segment_index == index and cue.kind != "outro")
        designed = round((350 if music.sting else pauses.segment_ms) * RATE / 1000)
        assert 0 <= first - last - designed < FRAME
        assert (border % FRAME, border <= first) == (0, True)


@given(_segments, _pauses, _music)
@settings(deadline=None)
def test_pauses_between_sentences_are_as_designed_but_for_a_frame(
    lengths: list[list[int]], pauses: Pauses, music: Music
) -> None:
    """Never shorter, and longer by less than 27 ms; a sentence begins at the border of a frame, but for the first."""
    plan = _plan(*(_sentences(str(index), *own, pauses=pauses) for index, own in enumerate(lengths)), music=music)
    speech = [cue for cue in plan.cues if cue.kind == "speech"]
    for before, after in itertools.pairwise(speech):
        if before.segment_index == after.segment_index:
            is_same = before.paragraph_index == after.paragraph_index
            designed = round((pauses.sentence_ms if is_same else pauses.paragraph_ms) * RATE / 1000)
            assert 0 <= after.start - before.end - designed < FRAME
            assert after.start % FRAME == 0


@given(_segments, _pauses, _music)
@settings(deadline=None)
def test_a_recipe_holds_all_that_its_encoder_hears(lengths: list[list[int]], pauses: Pauses, music: Music) -> None:
    """Every sound that reaches into what it hears, at its place."""
    plan = _plan(*(_sentences(str(index), *own, pauses=pauses) for index, own in enumerate(lengths)), music=music)
    at = 0
    for part in (part for own in _parts(plan) for part in own):
        start = at - PRIMED_FRAMES * FRAME
        end = at + (part.frames + AHEAD_FRAMES) * FRAME
        heard = [(cue.start - start, cue.end - cue.start) for cue in plan.cues if cue.start < end and cue.end > start]
        assert [(each.start, each.length) for each in part.ingredients] == heard
        at += part.frames * FRAME


@given(_segments, _pauses, _music)
@settings(deadline=None)
def test_where_the_next_segment_begins_is_known_before_it_is_spoken(
    lengths: list[list[int]], pauses: Pauses, music: Music
) -> None:
    """So that the parts of one are made while the next is being spoken."""
    plan = begin(RATE, music, FRAME)
    for index, own in enumerate(lengths):
        border, first = next_border(plan)
        plan = add_segment(plan, Chapter("id", "Title", 0, 0), _sentences("a", *own, pauses=pauses), last=False)
        assert plan.borders[-1] == border
        assert first <= min(cue.start for cue in plan.cues if cue.segment_index == index)
