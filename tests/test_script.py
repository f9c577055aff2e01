"""script.md: reading and writing are exact inverses, and nothing in it is passed over in silence."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

import pytest
from conftest import at_most
from hypothesis import example, given, settings
from hypothesis import strategies as st

from podcast.errors import InputError
from podcast.types import Comment, Finding, Item, Paragraph, Script, Segment
from podcast.writing.script import edited_by_hand, format_script, parse_script, signed

if TYPE_CHECKING:
    from collections.abc import Callable

WHERE = "scripts/2024-06-15/script.md"
FRONT = "---\ntitle: This Week's Papers\ndate: 2024-06-15\nspeakers: {Ada: heart, Bo: joe}\n---\n"
"""Five lines, so that a body begins on line 6."""


def parsed(text: str) -> Script:
    """Read a script as if from its file."""
    return parse_script(text, WHERE)


def body(text: str) -> tuple[Segment, ...]:
    """Read the segments of a body."""
    return parsed(FRONT + text).segments


def refusal(text: str) -> str:
    """Return why a script is refused."""
    with pytest.raises(InputError) as caught:
        parsed(text)
    return str(caught.value)


# ── strategies ──────────────────────────────────────────────────────────────────────────────────────────


def on_one_line(text: str) -> str:
    """Normalise white space as a parsed paragraph has it."""
    return " ".join(text.split())


def is_free_of_comments(text: str) -> bool:
    """Tell texts that hold no sign of a comment."""
    return "<!--" not in text and "-->" not in text


BEGINNINGS = ["", "", "#", "# ", "## ", "### x", ">", "> [!check] ", "**Ada:** ", "**Zed:** ", "**", "\\", "\\\\"]
BEGINNINGS += ["---", "- ", "1. ", "<!-", "<b>", "arXiv:", "título ", "🎉", "`", "paper: ", "**Ada:**"]
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
LINE = st.builds("{}{}".format, st.sampled_from(BEGINNINGS), ANY_TEXT).map(on_one_line).filter(is_free_of_comments)
SPOKEN = LINE.filter(bool)
VISIBLE = ANY_TEXT.map(on_one_line).filter(bool)
NAMES = st.text("AdaBo Łi.'-1", min_size=1, max_size=12).map(on_one_line).filter(bool)
COMMENTS = (
    st.lists(ANY_TEXT.map(lambda text: text.replace("\n", " ").replace("\r", " ").rstrip()), min_size=1, max_size=3)
    .map(lambda lines: "\n".join(lines).strip())
    .filter(is_free_of_comments)
    .filter(lambda text: not text.startswith("paper:"))
    .map(lambda text: Comment("\n".join(line.rstrip() for line in text.split("\n"))))
)


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    """Any script that can be read from a file."""
    speakers = draw(st.dictionaries(NAMES, VISIBLE, max_size=2))
    speaker = st.sampled_from([None, *speakers])
    item: st.SearchStrategy[Item] = st.one_of(
        st.builds(Paragraph, SPOKEN, speaker), st.builds(Finding, LINE.map(str.strip)), COMMENTS
    )
    segment = st.builds(
        Segment,
        SPOKEN,
        st.lists(item, max_size=4).map(tuple),
        st.sampled_from([None, "arXiv:2405.20233", "https://example.org/a?b=c#d", "ein Aufsatz"]),
    )
    return Script(
        title=draw(VISIBLE),
        date=draw(st.dates()),
        segments=tuple(draw(st.lists(segment, min_size=1, max_size=3))),
        voice=draw(st.none() | VISIBLE),
        speakers=tuple(speakers.items()),
        source=draw(st.sampled_from([None, "source.md"])),
        digest=draw(st.sampled_from([None, "0123456789012345", "12e4567890123456"])),
    )


FRAGMENTS = ["---", "title: T", "date: 2024-06-15", "voice: heart", "speakers: {Ada: heart}", "## A", "### B", "# C"]
FRAGMENTS += [
    "",
    "",
    "",
    "Words.",
    "**Ada:** Hi.",
    "**Zed:** Hi.",
    "> [!check] look",
    "> quoted",
    "\\",
    "\\ x",
    "\\# x",
]
FRAGMENTS += ["<!-- c", "-->", "<!-- one -->", "<!-- paper: arXiv:1 -->", "<!-- paper: -->", "<!-->", "  ## D", "a\r"]
FRAGMENTS += ["\\\\", "**Ada:**", "<!--", "\r", "\ufeff", "x <!-- y -->", "title: [", "date: soon", "&a [*a]", "? x"]
LINES = st.lists(st.sampled_from(FRAGMENTS) | ANY_TEXT, max_size=12).map("\n".join)
FILES = st.one_of(LINES, LINES.map(lambda text: f"---\n{text}"), LINES.map(lambda text: f"{FRONT}## S\n\n{text}"))


# ── there and back ──────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=80, deadline=None)
@given(script=scripts())
def test_what_is_written_is_read_back(script: Script) -> None:
    """Reading what was written gives the very same script, however its paragraphs begin."""
    assert parsed(format_script(script)) == script


@settings(max_examples=150, deadline=None)
@given(text=FILES)
@example(text=FRONT + "## S\n\n<!-- a\nb\r\r\nc -->\n")
def test_what_is_read_is_written_to_stay(text: str) -> None:
    """Whatever text is accepted, writing it once is enough: reading it again changes nothing."""
    try:
        script = parsed(text)
    except InputError:
        return
    written = format_script(script)
    assert parsed(written) == script
    assert format_script(parsed(written)) == written


@settings(max_examples=150, deadline=None)
@given(text=FILES | ANY_TEXT)
def test_any_text_is_a_script_or_refused_with_its_file(text: str) -> None:
    """There is no third outcome, and a refusal names the file."""
    try:
        assert isinstance(parsed(text), Script)
    except InputError as error:
        assert str(error).startswith(WHERE)  # noqa: PT017 - most texts are refused, some are not


@pytest.mark.parametrize("start", ["#", "## ", "### ", ">", "> [!check] ", "<b>", "**Ada:** ", "**", "\\", "\\\\", "-"])
def test_a_paragraph_may_begin_with_anything(start: str) -> None:
    """What looks like markup is written so that it is read as a paragraph again."""
    script = Script("T", dt.date(2024, 6, 15), (Segment("S", (Paragraph(f"{start}words"),)),), speakers=(("Ada", "x"),))
    assert parsed(format_script(script)) == script


def test_every_part_of_a_script_is_read() -> None:
    """Title, date, speakers, source, paper, comments, findings and paragraphs are where they belong."""
    text = (
        "---\ntitle: 'Papers: June'\ndate: 2024-06-15\nvoice: heart\nspeakers: {Ada: heart, Bo: joe}\n"
        "source: source.md\ndigest: abc\n---\n\n## One\n<!-- paper: arXiv:2405.20233 -->\n**Ada:** First\nline.\n\n"
        "<!-- two\n\n## lines -->\n> [!check] look\n> here\n\nNobody says this.\n\n## Two\n\n**Bo:** **Bold** words.\n"
    )
    assert parsed(text) == Script(
        title="Papers: June",
        date=dt.date(2024, 6, 15),
        voice="heart",
        speakers=(("Ada", "heart"), ("Bo", "joe")),
        source="source.md",
        digest="abc",
        segments=(
            Segment(
                "One",
                (
                    Paragraph("First line.", "Ada"),
                    Comment("two\n\n## lines"),
                    Finding("look here"),
                    Paragraph("Nobody says this."),
                ),
                "arXiv:2405.20233",
            ),
            Segment("Two", (Paragraph("**Bold** words.", "Bo"),)),
        ),
    )


def test_only_paragraphs_are_spoken() -> None:
    """Headings, comments and findings are not among what a segment says."""
    (segment,) = body("## Title\n\n<!-- comment -->\n\n> [!check] finding\n\nSpoken.\n")
    assert segment.paragraphs == (Paragraph("Spoken."),)


@pytest.mark.parametrize("change", [lambda text: text.replace("\n", "\r\n"), lambda text: "\ufeff" + text])
def test_windows_editors_change_nothing(change: Callable[[str], str]) -> None:
    """Line ends of Windows and a byte-order mark are no edits."""
    script = signed(parsed(FRONT + "## S\n\nWords\non two lines.\n\n<!-- a\nb -->\n"))
    assert parsed(change(format_script(script))) == script
    assert not edited_by_hand(parsed(change(format_script(script))))


@pytest.mark.parametrize("sign", [r"\N", r"\L", r"\P", r"\n", r"\r", r"\t", r"\uFEFF", r"\0", r"\uD800"])
def test_odd_signs_in_a_title_do_not_make_a_script_look_edited(sign: str) -> None:
    """YAML can write line ends of every kind; they are refused, or stay as they are read."""
    try:
        script = parsed(f'---\ntitle: "one{sign}two"\ndate: 2024-06-15\n---\n\n## S\n\nWords.\n')
    except InputError:
        return
    assert parsed(format_script(script)) == script


@pytest.mark.parametrize("text", ["\\", "\\\n", "\\ ", "\\ words", "\\ **Ada:** words", "\\  ## words"])
def test_a_backslash_leaves_no_odd_paragraph(text: str) -> None:
    """One with nothing or a space behind it is refused, or read as it will be written."""
    try:
        script = parsed(f"{FRONT}## S\n\n{text}\n\nMore.\n")
    except InputError:
        return
    assert all(paragraph.text for paragraph in script.segments[0].paragraphs)
    assert parsed(format_script(script)) == script


def test_two_speakers_without_a_blank_line_are_not_mixed() -> None:
    """The second one's words are never put into the mouth of the first."""
    try:
        (segment,) = body("## S\n\n**Ada:** How are you?\n**Bo:** Well.\n")
    except InputError:
        return
    assert segment.paragraphs == (Paragraph("How are you?", "Ada"), Paragraph("Well.", "Bo"))


# ── refusals ────────────────────────────────────────────────────────────────────────────────────────────

REFUSED = [
    ("Words.\n\n## S\n", 6, "before the first"),
    ("\n<!-- comment -->\n\n## S\n", 7, "before the first"),
    ("## S\n\n> quoted\n", 8, "quote"),
    ("## S\n\n**Zed:** Hello.\n", 8, "Zed is not among the speakers of the front matter (Ada, Bo)"),
    ("## S\n\n# heading\n", 8, "## headings"),
    ("## S\n\nWords.\n### heading\n", 9, "## headings"),
    ("## S\n\n#hashtag is here\n", 8, "backslash"),
    ("## S\n\n\n<!-- open\n\n## T\n\nWords.\n", 9, "-->"),
    ("## S\n\n<!-- closed --> words\n", 8, "lines to itself"),
    ("## S\n\nwords <!-- comment -->\n", 8, "lines of its own"),
    ("## S\n\nWords.\n\n##\n", 10, "empty"),
    ("## S\n\nWords.\n\n##   \n\nMore.\n", 10, "empty"),
]


@pytest.mark.parametrize(("text", "line", "reason"), REFUSED)
def test_what_cannot_be_understood_is_refused_with_its_line(text: str, line: int, reason: str) -> None:
    """A person finds the place at once."""
    message = refusal(FRONT + text)
    assert message.startswith(f"{WHERE}, line {line}: ")
    assert reason in message


@pytest.mark.parametrize("heading", ["### Sub", "#### Sub", "###"])
def test_a_heading_of_another_level_is_refused(heading: str) -> None:
    """It is neither a chapter with a # in its title nor left out."""
    assert f"{WHERE}, line 10: " in refusal(f"{FRONT}## S\n\nWords.\n\n{heading}\n\nMore.\n")


FRONT_MATTER = [
    ("", "front matter"),
    ("## S\n\nWords.\n", "front matter"),
    ("---\ntitle: T\ndate: 2024-06-15\n## S\n", "front matter"),
    ("---\ntitle: T\n  x: [\n---\n## S\n", "not valid YAML"),
    ("---\n- title\n---\n## S\n", "title: …"),
    ("---\ndate: 2024-06-15\n---\n## S\n", "needs a title"),
    ("---\ntitle: 2024\ndate: 2024-06-15\n---\n## S\n", "in quotes"),
    ("---\ntitle: ' '\ndate: 2024-06-15\n---\n## S\n", "needs a title"),
    ("---\ntitle: [T]\ndate: 2024-06-15\n---\n## S\n", "needs a title"),
    ("---\ntitle: T\n---\n## S\n", "needs a date"),
    ("---\ntitle: T\ndate: next week\n---\n## S\n", "needs a date"),
    ("---\ntitle: T\ndate: 2024-13-45\n---\n## S\n", "month"),
    ("---\ntitle: T\ndate: 2024-06-15\nvoice: 3\n---\n## S\n", "needs a voice"),
    ("---\ntitle: T\ndate: 2024-06-15\nspeakers: [Ada]\n---\n## S\n", "{Ada: heart, Bo: joe}"),
    ("---\ntitle: T\ndate: 2024-06-15\nspeakers: {Ada: 3}\n---\n## S\n", "{Ada: heart, Bo: joe}"),
    ("---\ntitle: T\ndate: 2024-06-15\nvioce: heart\n---\n## S\n", "Did you mean voice?"),
    ("---\ntitle: T\ndate: 2024-06-15\nSpeakers: {}\n---\n## S\n", "Did you mean speakers?"),
    ("---\ntitle: T\ndate: 2024-06-15\n---\n", "nothing to speak"),
]


@pytest.mark.parametrize(("text", "reason"), FRONT_MATTER)
def test_front_matter_is_strict(text: str, reason: str) -> None:
    """What it should look like is said together with the file."""
    message = refusal(text)
    assert message.startswith(WHERE)
    assert reason in message


def test_bad_yaml_is_reported_with_the_line_of_the_file() -> None:
    """The line is counted from the first of the file, as an editor does."""
    assert "line 3" in refusal("---\ntitle: T\n\tdate: 2024-06-15\n---\n\n## S\n\nWords.\n")


HOSTILE_YAML = {
    "a bool that is none": "title: !!bool maybe",
    "a time that is none": "date: !!timestamp soon",
    "an empty number": "title: !!int ''",
    "a list in itself": "title: &a [*a]",
    "a foreign object": "title: !!python/object/apply:os.getcwd []",
    "a very long number": "title: " + "9" * 5000,
    "lists in lists": "title: " + "[" * 1500,
    "tables in tables": "\n".join(" " * depth + "a:" for depth in range(500)),
}


@pytest.mark.parametrize("yaml", HOSTILE_YAML.values(), ids=HOSTILE_YAML.keys())
def test_front_matter_that_makes_yaml_stumble_is_refused(yaml: str) -> None:
    """Whatever a YAML reader raises becomes a sentence with the file."""
    assert refusal(f"---\n{yaml}\n---\n\n## S\n\nWords.\n").startswith(WHERE)


@pytest.mark.parametrize("merged", [False, True])
def test_a_bomb_of_yaml_aliases_is_refused_in_no_time(merged: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Nine aliases of nine aliases, nine times over, cost neither time nor memory."""
    value = "{{<<: [{}]}}" if merged else "[{}]"
    lines = ["a0: &a0 {x: 1}"]
    lines += [f"a{n}: &a{n} {value.format(', '.join([f'*a{n - 1}'] * 9))}" for n in range(1, 10)]
    with at_most(5):
        assert refusal("---\n" + "\n".join(lines) + "\ntitle: *a9\n---\n\n## S\n\nWords.\n").startswith(WHERE)


# ── edits by hand ───────────────────────────────────────────────────────────────────────────────────────

SIGNED = signed(
    Script(
        title="T",
        date=dt.date(2024, 6, 15),
        segments=(Segment("One", (Paragraph("Some words."), Paragraph("More."))), Segment("Two", (Paragraph("End."),))),
        voice="heart",
        speakers=(("Ada", "heart"),),
    )
)
FIRST, SECOND = SIGNED.segments


def edited(**changes: object) -> Script:
    """Change the signed script."""
    return dataclasses.replace(SIGNED, **changes)  # type: ignore[arg-type]


EDITS = {
    "a word": edited(segments=(dataclasses.replace(FIRST, items=(Paragraph("Some wards."), *FIRST.items[1:])), SECOND)),
    "a capital": edited(segments=(FIRST, Segment("Two", (Paragraph("end."),)))),
    "a paragraph less": edited(segments=(dataclasses.replace(FIRST, items=FIRST.items[:1]), SECOND)),
    "other order": edited(segments=(SECOND, FIRST)),
    "a heading": edited(segments=(FIRST, dataclasses.replace(SECOND, title="Too"))),
    "a speaker": edited(segments=(FIRST, Segment("Two", (Paragraph("End.", "Ada"),)))),
    "a segment less": edited(segments=(FIRST,)),
    "the voice": edited(voice="joe"),
    "no voice": edited(voice=None),
    "a speaker's voice": edited(speakers=(("Ada", "joe"),)),
    "the title": edited(title="U"),
    "the date": edited(date=dt.date(2024, 6, 16)),
}


@pytest.mark.parametrize("script", EDITS.values(), ids=EDITS.keys())
def test_every_edit_by_hand_is_noticed(script: Script) -> None:
    """A change of words, voices or titles shows, also after writing and reading."""
    assert edited_by_hand(script)
    assert edited_by_hand(parsed(format_script(script)))


def test_what_nobody_edited_is_not_taken_for_edited() -> None:
    """A signed script stays so in its file."""
    assert not edited_by_hand(SIGNED)
    assert not edited_by_hand(parsed(format_script(SIGNED)))


def test_a_script_without_a_digest_is_a_persons() -> None:
    """It is never overwritten."""
    assert edited_by_hand(parsed(FRONT + "## S\n\nWords.\n"))


def test_an_edit_that_is_taken_back_is_none() -> None:
    """Signing twice gives the same digest."""
    assert signed(SIGNED) == SIGNED
    assert not edited_by_hand(dataclasses.replace(EDITS["the title"], title="T"))
