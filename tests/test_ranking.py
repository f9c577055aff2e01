"""What an author relies on when papers are ranked and offered."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import random
import re

import numpy as np
import pytest

from podcast.papers.offering import offer
from podcast.papers.ranking import rank
from podcast.papers.taste.meanings import Meanings, packed, unpacked
from podcast.papers.taste.reasons import harmless
from podcast.show import PickSettings
from podcast.types import Pick, Preprint, Verdict

DAY = dt.date(2024, 6, 15)
KINDS = {
    "experts": (
        "mixture of experts layers route every token to few experts",
        "a router balances the load of sparse experts in a language model",
        "gating networks choose experts and save compute during training",
        "expert parallelism speeds up sparse transformers with many experts",
    ),
    "speech": (
        "speech recognition turns audio of speakers into text",
        "an acoustic encoder hears phonemes in noisy audio recordings",
        "voice synthesis speaks sentences with natural prosody and pitch",
        "speaker diarization separates voices in audio of meetings",
    ),
    "proteins": (
        "protein folding predicts the structure of amino acid chains",
        "molecular docking finds how drugs bind to protein pockets",
        "diffusion models design proteins with desired binding sites",
        "gene expression of cells is predicted from sequences of DNA",
    ),
    "robots": (
        "robots grasp objects with policies learned by imitation",
        "a robot arm plans its motion around obstacles",
        "legged robots walk over rough terrain by reinforcement learning",
        "manipulation policies are transferred from simulation to robots",
    ),
}
THINGS = """latency memory scaling pruning stability curricula sampling caching noise depth width symmetry budgets
    privacy fairness errors graphs calendars kernels tensors priors drift labels proofs games markets weather maps
    music tides bees sleep honey gardens bridges trains law taxes painting chess poems rivers crops steel clocks ships
    traffic housing football cooking tourism lakes wine cotton glass coins fire snow volcanoes castles""".split()  # noqa: SIM905 - a list reads best as words


def paper(kind: str, number: int, day: int = 1) -> Preprint:
    """Return an invented paper, as unlike others of its kind as real ones are."""
    chosen = random.Random(f"{kind} {number}")  # noqa: S311 - no secret
    fact, things = chosen.choice(KINDS[kind]), chosen.sample(THINGS, 14)
    title = f"On {things[0]} and {things[1]} of {kind} {number}"
    abstract = f"We study {' and '.join(things[2:])}, as {fact}."
    when = dt.datetime(2024, 6, day, tzinfo=dt.UTC)
    return Preprint(f"2406.{list(KINDS).index(kind) + 1}{number:04}", title, abstract, published=when)


def verdict(kind: str, number: int, *, kept: bool, day: dt.date = DAY) -> Verdict:
    """Return what was decided about a paper of an earlier week."""
    its = paper(kind, 1000 + number)
    return Verdict(its.id, its.title, kept, day, its.abstract)


WEEK = tuple(paper(kind, number, 1 + number) for kind in KINDS for number in range(8))
KEPT = tuple(verdict("experts", number, kept=True) for number in range(8))
PASSED = tuple(verdict(kind, number, kept=False) for kind in ("proteins", "robots", "speech") for number in range(6))


def kinds(picks: tuple[Pick, ...] | list[Pick]) -> list[str]:
    """Of what kind each pick is, in order."""
    return [list(KINDS)[int(pick.preprint.id[5]) - 1] for pick in picks]


# ── order ───────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_like_the_kept_stands_first() -> None:
    """An author who keeps papers about experts finds the week's papers about experts on top."""
    assert set(kinds(rank(WEEK, (*KEPT, *PASSED), (), ())[:8])) == {"experts"}


def test_another_author_has_another_order() -> None:
    """It is the author's own history that counts."""
    other = [dataclasses.replace(its, kept=not its.kept) for its in (*KEPT, *PASSED)]
    assert set(kinds(rank(WEEK, other, (), ())[-8:])) == {"experts"}


@pytest.mark.parametrize(
    "verdicts",
    [
        [verdict("experts", 0, kept=True)],
        list(KEPT),
        [verdict("experts", 0, kept=True), verdict("robots", 0, kept=False)],
        [*KEPT[:5], *PASSED[:5]],
    ],
    ids=["one kept", "all kept", "one of each", "five of each"],
)
def test_few_verdicts_are_enough_to_begin(verdicts: list[Verdict]) -> None:
    """The first papers that an author keeps show in the next week's order."""
    assert kinds(rank(WEEK, verdicts, (), ())[:5]).count("experts") >= 4


def test_where_all_was_passed_over_the_like_of_it_comes_last() -> None:
    """Nothing kept is something known, too."""
    passed = [verdict("robots", number, kept=False) for number in range(5)]
    picks = rank(WEEK, passed, (), ())
    assert set(kinds(picks[-8:])) == {"robots"}
    assert picks[0].reason == "unlike what you passed over"


def test_titles_alone_teach_as_well() -> None:
    """A history without abstracts, as imported from a list, is learned from."""
    titles = [dataclasses.replace(its, abstract="") for its in (*KEPT, *PASSED)]
    assert kinds(rank(WEEK, titles, (), ())[:8]).count("experts") >= 7


def test_terms_choose_before_anything_is_known() -> None:
    """Phrases of the settings are found whatever their case, hyphens and plural, and say so."""
    picks = rank(WEEK, (), ["Mixture-of-Expert", "no such thing"], ())
    mixing = {its.id for its in WEEK if "mixture of experts" in its.abstract}
    assert {pick.preprint.id for pick in picks[: len(mixing)]} == mixing
    assert {pick.reason for pick in picks[: len(mixing)]} == {"fits “Mixture-of-Expert”"}
    assert not any("fits" in pick.reason for pick in picks[len(mixing) :])


def test_a_term_is_whole_words() -> None:
    """A term does not fit where its letters are part of another word."""
    paper_about = Preprint("2406.00001", "A transformer", "The armchair")
    assert not any("fits" in pick.reason for pick in rank([paper_about], (), ["arm", "form"], ()))


def test_a_term_of_other_words_for_the_same_helps() -> None:
    """What means the same stands before what does not, although no paper has the term itself."""
    assert kinds(rank(WEEK, (), ["MoE gating"], ())[:4]).count("experts") == 4


def test_examples_choose_before_anything_is_known() -> None:
    """Papers of the kind that the author wants raise others of that kind, and are named."""
    example = dataclasses.replace(paper("speech", 0), id="2401.00001", title="Hearing Things")
    picks = rank(WEEK, (), (), [example])
    assert set(kinds(picks[:4])) == {"speech"}
    assert picks[0].reason == "similar to “Hearing Things”, one of your examples"


def test_terms_give_way_to_what_is_kept() -> None:
    """Papers of the kept kind rise, step by step, over those that only the terms want."""

    def mean_place(kept: int) -> float:
        verdicts = [*KEPT[:kept], *(PASSED[:kept])]
        order = kinds(rank(WEEK, verdicts, ["robots"], ()))
        return float(np.mean([place for place, kind in enumerate(order) if kind == "experts"]))

    places = [mean_place(kept) for kept in (0, 1, 4, 8)]
    assert all(later < earlier for earlier, later in itertools.pairwise(places)), places


def test_without_any_taste_the_newest_come_first() -> None:
    """Nothing is pretended where nothing is known."""
    picks = rank(WEEK, (), (), ())
    days = [pick.preprint.published for pick in picks]
    assert days == sorted(days, key=str, reverse=True)
    assert {pick.reason for pick in picks} == {"the newest come first, for nothing is known of your taste yet"}


def test_blank_terms_are_none() -> None:
    """A comma too many in the settings does not count as a taste."""
    assert rank(WEEK, (), ["", " ", "-"], ()) == rank(WEEK, (), (), ())


def test_the_order_of_what_comes_in_does_not_count() -> None:
    """The same papers and verdicts in any order give the same picks, to the last digit."""
    verdicts, whole = [*KEPT, *PASSED], rank(WEEK, (*KEPT, *PASSED), ["robots"], WEEK[-2:])
    for seed in range(3):
        chance = random.Random(seed)  # noqa: S311 - no secret
        chance.shuffle(verdicts)
        week = chance.sample(WEEK, len(WEEK))
        assert rank(week, verdicts, ["robots"], WEEK[-2:][::-1]) == whole


def test_scores_are_from_0_to_1_and_fall() -> None:
    """Scores can be shown and compared within the week."""
    scores = [pick.score for pick in rank(WEEK, (*KEPT, *PASSED), ["audio"], ())]
    assert scores == sorted(scores, reverse=True)
    assert 0 <= scores[-1] < scores[0] <= 1


def test_each_paper_stands_once_in_its_newest_version() -> None:
    """An id that came twice is one paper."""
    newer = dataclasses.replace(WEEK[0], version=2, title="A Newer Title")
    picks = rank([newer, *WEEK, WEEK[0]], KEPT, (), ())
    assert len(picks) == len(WEEK)
    assert "A Newer Title" in {pick.preprint.title for pick in picks}


def test_the_last_verdict_about_a_paper_counts() -> None:
    """A change of mind is no contradiction."""
    changed = [dataclasses.replace(its, kept=True, date=DAY - dt.timedelta(7)) for its in PASSED]
    assert rank(WEEK, [*changed, *KEPT, *PASSED], (), ()) == rank(WEEK, [*KEPT, *PASSED], (), ())


def test_what_was_decided_about_a_paper_does_not_change_its_place() -> None:
    """A week that was decided on is ranked as it was before."""
    decided = [Verdict(its.id, its.title, kept=True, date=DAY, abstract=its.abstract) for its in WEEK[-4:]]
    assert rank(WEEK, [*KEPT, *PASSED, *decided], (), ()) == rank(WEEK, [*KEPT, *PASSED], (), ())


@pytest.mark.parametrize("verdicts", [(), KEPT, (*KEPT, *PASSED), PASSED], ids=["none", "kept", "both", "passed"])
@pytest.mark.parametrize(
    "week",
    [
        [Preprint("2406.00001", "")],
        [Preprint("2406.00001", "∂"), Preprint("2406.00002", "the of and", "a")],
        [dataclasses.replace(its, abstract="") for its in WEEK[:3]],
    ],
    ids=["no words", "no telling words", "no abstracts"],
)
def test_poor_texts_are_ranked_all_the_same(week: list[Preprint], verdicts: tuple[Verdict, ...]) -> None:
    """No paper is lost for having little to say."""
    picks = rank(week, verdicts, ["experts"], [Preprint("2406.9", "")])
    assert {pick.preprint.id for pick in picks} == {its.id for its in week}
    assert all(pick.reason and 0 <= pick.score <= 1 for pick in picks)


def test_verdicts_without_words_are_no_obstacle() -> None:
    """A history of empty titles says nothing, and breaks nothing."""
    empty = [Verdict(f"2405.0000{number}", "", bool(number % 2), DAY) for number in range(4)]
    assert len(rank(WEEK, empty, (), ())) == len(WEEK)


def test_no_papers_are_no_picks() -> None:
    """A week without papers is ranked, too."""
    assert rank((), KEPT, ["experts"], ()) == ()
    assert offer((), PickSettings(), "2024-06-15") == ()


# ── reasons ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_reason_names_the_nearest_kept_paper() -> None:
    """What is said to be similar is the kept paper that is most so."""
    routing = Verdict("2405.1", "Routers of Experts", kept=True, date=DAY, abstract=KINDS["experts"][1])
    folding = Verdict("2405.2", "Folds", kept=True, date=DAY, abstract=KINDS["proteins"][0])
    balanced = Preprint("2406.1", "A balanced router", "The router balances the load of sparse experts.")
    chains = Preprint("2406.2", "Chains", "Protein folding predicts the structure of chains.")
    reasons = {
        pick.preprint.id: pick.reason for pick in rank([balanced, chains], [routing, folding, *PASSED[:3]], (), ())
    }
    assert reasons["2406.1"] == "similar to “Routers of Experts”, which you kept"
    assert reasons["2406.2"] == "similar to “Folds”, which you kept"


def test_no_likeness_is_claimed_where_there_is_none() -> None:
    """A paper of another field is not called similar to what was kept, nor is one that was passed over named."""
    picks = rank([paper("robots", 1), paper("speech", 2)], [*KEPT, *PASSED[:6]], (), ())
    assert not any("similar" in pick.reason for pick in picks)


def test_words_that_weigh_are_words_of_the_paper() -> None:
    """Where no kept paper is near, a reason names words that the paper really has."""
    ward = "Medical experts question patients of hospitals about sleep, blood pressure, diet and clinical history."
    week = [Preprint("2406.1", "Patients", ward), Preprint("2406.2", "Tides", "Oceans rise."), paper("robots", 3)]
    reasons = {pick.preprint.id: pick.reason for pick in rank(week, [*KEPT, *PASSED], (), ())}
    assert reasons["2406.1"] == "has “experts”, as papers have that you kept"


def test_what_is_a_little_like_a_kept_one_says_so() -> None:
    """Words alone say little; the title of the nearest one that was kept says what is meant."""
    patients = "Sleep, blood pressure, diet and history of patients are asked. "
    far = f"Robots of a new kind grasp what they see. {patients * 2}"
    week = [Preprint("2406.1", "On Grasping and Sleeping", far), Preprint("2406.2", "Tides", "Oceans rise.")]
    robots = "Robots of many kinds grasp what they see."
    kept = [Verdict(f"1{at}", f"Robots {at}", kept=True, date=DAY, abstract=robots) for at in range(6)]
    tides = "Oceans rise and fall."
    passed = [Verdict(f"2{at}", f"Tides {at}", kept=False, date=DAY, abstract=tides) for at in range(6)]
    reasons = {pick.preprint.id: pick.reason for pick in rank(week, [*kept, *passed], (), ())}
    assert re.fullmatch(r"(?:a little like|similar to) “Robots \d”, which you kept", reasons["2406.1"])


NASTY = "Evil`\n- [x] **[click](https://evil.example)** <b>“now”</b> | ![](x) $x$ \u202e#tag ==mark== %%hidden%% 1\\2"


def test_titles_in_reasons_are_harmless() -> None:
    """A stranger's title cannot break the list that it stands in, nor become a link, a heading or a comment."""
    kept = Verdict("2405.1", NASTY, kept=True, date=DAY, abstract=KINDS["experts"][0])
    reason = rank([Preprint("2406.1", "Experts", KINDS["experts"][0])], [kept], (), ())[0].reason
    assert "Evil" in reason
    assert "click" in reason
    assert not set(reason) & set("`*_[]<>|\\#~^{}$\n\r\u202e")
    assert not any(marks in reason for marks in ("https://", "==", "%%"))


def test_long_titles_are_cut() -> None:
    """A reason stays on a line."""
    cut = harmless("A very long title " * 20)
    assert len(cut) <= 80
    assert cut.endswith("…")


# ── what is offered ─────────────────────────────────────────────────────────────────────────────────────

SMALL = PickSettings(highlights=4, offered=16, exploring=2)


def picks_of(papers: list[Preprint]) -> tuple[Pick, ...]:
    """Return papers as if ranked in this order."""
    return tuple(Pick(its, "a reason", 1 - place / len(papers)) for place, its in enumerate(papers))


def test_highlights_are_not_all_of_one_kind() -> None:
    """Although the best are all about experts, some other kind is ticked, too; the best one is."""
    order = [*(paper("experts", number) for number in range(10)), *(paper("speech", number) for number in range(10))]
    picks = offer(picks_of(order), SMALL, "2024-06-15")
    ticked = [pick for pick in picks if pick.is_ticked]
    assert len(ticked) == 4
    assert set(kinds(ticked)) == {"experts", "speech"}
    assert picks[0].is_ticked


def test_near_duplicates_stand_under_their_better() -> None:
    """A paper that says nearly the same is grouped right under the better one, and not ticked."""
    again = dataclasses.replace(WEEK[0], id="2406.99999", title=f"{WEEK[0].title}: Extended")
    picks = offer(picks_of([*WEEK[:3], again, *WEEK[8:12]]), PickSettings(highlights=8, exploring=0), "")
    assert [pick.preprint.id for pick in picks[:2]] == [WEEK[0].id, "2406.99999"]
    assert picks[1].like == WEEK[0].id
    assert not picks[1].is_ticked
    assert sum(pick.like is not None for pick in picks) == 1
    assert sum(pick.is_ticked for pick in picks) == 7


def test_some_are_offered_to_try_a_taste() -> None:
    """As many as set, marked, never ticked, taken from beyond what is offered anyway, between the last ones."""
    picks = offer(rank(WEEK, (*KEPT, *PASSED), (), ()), SMALL, "2024-06-15")
    trying = [place for place, pick in enumerate(picks) if pick.is_exploring]
    assert len(picks) == 16
    assert trying == [13, 15]
    assert not any(picks[place].is_ticked for place in trying)
    assert all(picks[place].reason.startswith("to try your taste") for place in trying)
    assert all(picks[place].score <= picks[12].score for place in trying)


def test_what_tries_a_taste_is_unlike_the_rest() -> None:
    """A field that is not offered is tried rather than one more paper of what is."""
    order = [
        *(paper("experts", number) for number in range(30)),
        paper("robots", 1),
        *(paper("experts", 40 + n) for n in range(16)),
    ]
    picks = offer(picks_of(order), PickSettings(highlights=4, offered=30, exploring=1), "seed")
    assert kinds([pick for pick in picks if pick.is_exploring]) == ["robots"]


def test_the_seed_decides_what_is_tried() -> None:
    """The same week asks the same; another week may ask otherwise."""
    ranked = picks_of([paper(kind, number) for number in range(60) for kind in KINDS])
    settings = PickSettings(exploring=3)
    asked = {seed: offer(ranked, settings, seed) for seed in ("a", "b", "c")}
    assert asked["a"] == offer(ranked, settings, "a")
    assert len({tuple(pick.preprint.id for pick in picks if pick.is_exploring) for picks in asked.values()}) > 1


@pytest.mark.parametrize(
    ("settings", "offered", "ticked", "trying"),
    [
        (PickSettings(highlights=4, offered=100, exploring=3), 32, 4, 3),
        (PickSettings(highlights=10, offered=10, exploring=3), 10, 10, 0),
        (PickSettings(highlights=10, offered=5, exploring=3), 5, 5, 0),
        (PickSettings(highlights=1, offered=2, exploring=50), 2, 1, 1),
        (PickSettings(highlights=40, offered=60, exploring=3), 32, 32, 0),
    ],
)
def test_it_is_as_many_as_set(settings: PickSettings, offered: int, ticked: int, trying: int) -> None:
    """Highlights come before what tries a taste where there are not enough papers for both, and nobody stands twice."""
    week = [Preprint(f"2406.{number:05}", f"Zq{number} xk{number}", f"Vv{number}.") for number in range(32)]
    picks = offer(picks_of(week), settings, "2024-06-15")
    assert len({pick.preprint.id for pick in picks}) == len(picks) == offered
    assert sum(pick.is_ticked for pick in picks) == ticked
    assert sum(pick.is_exploring for pick in picks) == trying


# ── what comes with the package ─────────────────────────────────────────────────────────────────────────


def test_places_of_words_survive_packing() -> None:
    """A byte a coordinate keeps where words lie."""
    whole = Meanings(("one", "zwei"), np.array([[0.5, -2.0, 0.0], [1e-3, 0.0, 2e-3]], dtype=np.float32))
    again = unpacked(packed(whole))
    assert again.words == whole.words
    assert np.allclose(again.places, whole.places, atol=2.0 / 127)
