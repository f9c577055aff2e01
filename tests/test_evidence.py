"""Findings under their paragraphs: put there, taken away, dismissed, counted."""

from __future__ import annotations

import datetime as dt

from podcast.types import Comment, Finding, Paragraph, Script, Segment
from podcast.writing.evidence import Sources, annotated, dismiss, evidence
from podcast.writing.script import edited_by_hand, format_script, open_findings, parse_script, signed

PASSAGE = "It sorts 10 lists in 3 hours."
SOURCES = Sources((PASSAGE,))


def script(*items: Paragraph | Finding | Comment) -> Script:
    """One segment with these items."""
    return Script("June", dt.date(2024, 6, 15), (Segment("Sorting", items),))


def looked_up(one: Script, sources: Sources = SOURCES) -> Script:
    """Put findings under it."""
    return annotated(one, evidence(one, sources))


def looked(*items: Paragraph | Finding | Comment) -> Script:
    """One segment with these items and what is found in them."""
    return looked_up(script(*items))


def findings(one: Script) -> list[str]:
    """What stands in it for the reviewer."""
    return [item.text for item in one.segments[0].items if isinstance(item, Finding)]


def test_a_finding_stands_under_its_paragraph_and_survives_the_file() -> None:
    """With what the source says."""
    found = looked_up(script(Paragraph("It sorts 50 lists."), Paragraph("That takes 3 hours.")))
    assert [type(item) for item in found.segments[0].items] == [Paragraph, Finding, Paragraph]
    assert findings(found)[0].startswith("number: “50”.")
    assert parse_script(format_script(found), "script.md") == found
    assert open_findings(found) == 1


def test_looking_again_puts_new_findings_in_the_place_of_old_ones() -> None:
    """And leaves alone what a person or a writer noted."""
    once = looked_up(script(Paragraph("It sorts 50 lists."), Finding("ask Bob")))
    assert looked_up(once) == once
    assert findings(once)[-1] == "ask Bob"
    corrected = script(Paragraph("It sorts 10 lists."), *once.segments[0].items[1:])
    assert findings(looked_up(corrected)) == ["ask Bob"]


def test_a_dismissal_holds_for_its_sentence_only() -> None:
    """Another sentence of the same segment that says the same is another claim."""
    first = looked(Paragraph("They sort 50 lists. They wait."))
    segment = dismiss(first.segments[0], findings(first)[0])
    words = (Paragraph("They sort 50 lists. They wait long."), *segment.items[1:])
    assert findings(looked(*words)) == []
    assert len(findings(looked(*words, Paragraph("They burned 50 machines.")))) == 1
    assert len(findings(looked(Paragraph("They burned 50 machines."), *segment.items[1:]))) == 1


def test_what_a_person_wrote_to_look_at_stays() -> None:
    """Also where it begins as ours do; and without a source all stays."""
    own = Finding("name: ask Ada whether she is fine with it")
    assert own in looked(Paragraph("They sort 10 lists."), own).segments[0].items
    found = looked(Paragraph("They sort 50 lists."))
    assert annotated(found, evidence(found, Sources(("",)))) == found


def test_what_was_dismissed_is_not_found_again() -> None:
    """It is kept with the script."""
    found = looked_up(script(Paragraph("It sorts 50 lists.")))
    segment = dismiss(found.segments[0], findings(found)[0])
    kept = script(*segment.items)
    assert isinstance(segment.items[1], Comment)
    assert open_findings(looked_up(kept)) == 0
    assert open_findings(looked_up(parse_script(format_script(kept), "script.md"))) == 0


def test_two_paragraphs_alike_both_stay() -> None:
    """Somebody says it twice."""
    twice = script(Paragraph("It sorts 10 lists."), Paragraph("It sorts 10 lists."))
    assert looked_up(twice) == twice
    assert dismiss(twice.segments[0], "nothing").items == twice.segments[0].items


def test_what_the_show_says_of_itself_needs_no_source() -> None:
    """Its name, its date, how many papers there are."""
    own = Sources((PASSAGE,), frozenset({"It has 7 papers."}))
    assert open_findings(looked_up(script(Paragraph("It has 7 papers. It sorts 7 lists.")), own)) == 1


def test_findings_are_nobodys_edit() -> None:
    """They come and go with what the source says."""
    written = signed(script(Paragraph("It sorts 50 lists.")))
    assert not edited_by_hand(looked_up(written))
    assert edited_by_hand(
        Script("June", written.date, script(Paragraph("It sorts 5.")).segments, digest=written.digest)
    )
