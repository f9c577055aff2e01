"""The embedded writer: every word of the newsletter is in the script, and no claim is added."""

from __future__ import annotations

import datetime as dt
import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast.types import Finding, Link, Newsletter, Paper, Paragraph, Script, Segment
from podcast.writing.compose import Occasion, compose
from podcast.writing.script import edited_by_hand, format_script, parse_script, signed, written_date
from podcast.writing.told import ADDED
from podcast.writing.writers import Means
from podcast.writing.writers.extractive import ExtractiveWriter

DATE = dt.date(2024, 6, 15)


def paper(*paragraphs: str, title: str = "Bees", **more: object) -> Paper:
    """A paper with these paragraphs."""
    return Paper(title, paragraphs, **more)  # type: ignore[arg-type]


def newsletter(*papers: Paper, **more: object) -> Newsletter:
    """A newsletter with these highlights and nothing else."""
    values: dict[str, object] = {"title": "June", "date": DATE, "greeting": ()} | more
    return Newsletter(highlights=papers, **values)  # type: ignore[arg-type]


def written(letter: Newsletter, *, date: dt.date = DATE, show: str = "Paper Hour", synthetic: bool = True) -> Script:
    """Compose it for a show."""
    return compose(letter, Occasion(date, show, say_synthetic=synthetic), ExtractiveWriter(Means())).script


def said(segment: Segment) -> list[str]:
    """What a segment says, paragraph by paragraph."""
    return [paragraph.text for paragraph in segment.paragraphs]


def welcome(**more: object) -> str:
    """All that is said before the first of two papers."""
    return " ".join(said(written(newsletter(paper("It flies."), paper("It runs."), **more)).segments[0]))


def goodbye(**more: object) -> list[str]:
    """What is said after the last paper."""
    return said(written(newsletter(paper("It flies."), **more)).segments[-1])


def body(text: str, index: int = 0) -> str:
    """What becomes of a paper's first paragraph."""
    papers = [paper(text if number == index else "It flies.", title=f"T{number}") for number in range(3)]
    return said(written(newsletter(*papers)).segments[index + 1])[1]


def announcements(*titles: str) -> list[str]:
    """How papers of these titles are announced."""
    script = written(newsletter(*(paper("It flies.", title=title) for title in titles)))
    return [said(segment)[0] for segment in script.segments[1:-1]]


def words(text: str) -> list[str]:
    """All words of a text, in small letters."""
    return re.findall(r"[^\W_]+", text.casefold())


# ── welcome ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_newsletter_without_a_greeting_gets_one() -> None:
    """Show, date, number of papers and the synthetic voice are said once each."""
    assert welcome() == (
        "Welcome to Paper Hour, the episode of June 15, 2024. It has two papers. The voice you hear is synthetic."
    )


def test_the_authors_greeting_comes_first_and_is_kept() -> None:
    """What it leaves out is added behind it."""
    text = welcome(greeting=("Hello, dear readers!", "It is hot here"))
    assert text.startswith("Hello, dear readers! It is hot here. ")
    assert text.endswith(
        "Paper Hour, the episode of June 15, 2024. It has two papers. The voice you hear is synthetic."
    )
    assert "Welcome" not in text


COMPLETE = "Welcome to Paper Hour of June 15, 2024, with two papers read by an AI-generated voice."


def test_a_greeting_that_says_everything_is_left_alone() -> None:
    """Nothing is said twice."""
    assert welcome(greeting=(COMPLETE,)) == COMPLETE


@pytest.mark.parametrize(
    ("left_out", "instead", "added"),
    [
        ("Paper Hour", "our hour", "Paper Hour"),
        ("of June 15, 2024", "of today", "June 15, 2024"),
        ("two papers", "some things", "This episode has two papers."),
        ("an AI-generated voice", "a friend", "The voice you hear is synthetic."),
    ],
)
def test_only_what_a_greeting_leaves_out_is_added(left_out: str, instead: str, added: str) -> None:
    """Show, date, count and notice are each looked for on their own."""
    greeting = COMPLETE.replace(left_out, instead)
    text = welcome(greeting=(greeting,))
    assert text.startswith(f"{greeting} ")
    others = {"Paper Hour", "June 15, 2024", "two papers", "synthetic"} - {added}
    behind = text.removeprefix(greeting)
    assert added in behind
    assert not [other for other in others if other not in added and other in behind]


@pytest.mark.parametrize("form", ["June 15", "15 June", "2024-06-15", "June 15, 2024"])
def test_a_date_is_known_in_each_of_its_forms(form: str) -> None:
    """It is not said again in another one."""
    assert welcome(greeting=(f"This is {form}.",)).count("15") == 1


@pytest.mark.parametrize("mention", ["June 15", "15 June", "21 June"])
def test_another_day_of_the_month_is_not_the_date(mention: str) -> None:
    """June 1 is said although June 15 or 21 June is."""
    letter = newsletter(paper("It flies."), greeting=(f"See you on {mention} at the party.",))
    text = " ".join(said(written(letter, date=dt.date(2024, 6, 1)).segments[0]))
    assert "June 1, 2024" in text


def test_the_synthetic_notice_can_be_switched_off() -> None:
    """Then nothing else changes."""
    with_notice = said(written(newsletter(paper("It flies."))).segments[0])[-1]
    without = said(written(newsletter(paper("It flies.")), synthetic=False).segments[0])[-1]
    assert f"{without} The voice you hear is synthetic." == with_notice


def test_one_paper_is_counted_in_the_singular() -> None:
    """There is one paper, not one papers."""
    assert "It has one paper." in " ".join(said(written(newsletter(paper("It flies."))).segments[0]))


@pytest.mark.parametrize("sign", [".", "?", "!"])
def test_the_title_of_the_show_may_end_in_a_mark(sign: str) -> None:
    """No second one is put behind it."""
    letter = newsletter(paper("It flies."), greeting=("This is June 15 with one paper and a synthetic voice.",))
    assert said(written(letter, show=f"What Now{sign}").segments[0])[-1] == f"You are listening to What Now{sign}"


# ── goodbye ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_newsletter_without_a_sign_off_gets_one() -> None:
    """It thanks, and points to the newsletter."""
    assert goodbye() == [
        "That is all for this episode. Thank you for listening.",
        "All of this can also be read in the written newsletter.",
    ]


def test_the_authors_sign_off_is_kept() -> None:
    """Only the pointer is put behind it."""
    assert goodbye(sign_off=("Take care!", "Yours, Ada")) == [
        "Take care!",
        "Yours, Ada.",
        "All of this can also be read in the written newsletter.",
    ]


def test_a_sign_off_that_points_to_the_newsletter_is_left_alone() -> None:
    """Nothing is pointed to twice."""
    assert goodbye(sign_off=("More is in the written edition.",)) == ["More is in the written edition."]


@pytest.mark.parametrize(
    ("count", "counted"), [(1, "one more paper."), (3, "three more papers."), (20, "20 more papers.")]
)
def test_the_pointer_counts_what_else_the_newsletter_has(count: int, counted: str) -> None:
    """Papers that are not spoken are at least mentioned."""
    assert goodbye(rest=tuple(paper(title=f"R{number}") for number in range(count)))[-1].endswith(counted)


def test_a_line_that_leads_to_an_address_leads_to_the_show_notes() -> None:
    """What cannot be heard is where the listener is sent."""
    assert goodbye(sign_off=("Read the written edition here: https://example.org",)) == [
        "Read the written edition here: see the show notes."
    ]


@pytest.mark.parametrize("counted", ["Ten papers await you.", "Here are 10 papers."])
def test_a_greeting_that_counts_the_papers_is_believed(counted: str) -> None:
    """In words or digits: the number is not said twice."""
    ten = newsletter(*(paper(title=f"T{number}") for number in range(10)), greeting=(counted,))
    begins = " ".join(said(written(ten).segments[0]))
    assert counted in begins
    assert "has 10 papers" not in begins


# ── papers ──────────────────────────────────────────────────────────────────────────────────────────────


def test_each_paper_is_one_segment_that_begins_with_its_title() -> None:
    """In the newsletter's order, between welcome and goodbye, with what it is about."""
    letter = newsletter(
        paper("It flies.", title="Bees", arxiv_id="2406.00001"),
        paper("It runs.", title="Ants", links=(Link("code", "https://example.org/ants"),)),
        paper("It swims.", title="Fish"),
    )
    segments = written(letter).segments
    assert [segment.title for segment in segments] == ["Welcome", "Bees", "Ants", "Fish", "Until next time"]
    assert [segment.paper for segment in segments[1:-1]] == ["arXiv:2406.00001", "https://example.org/ants", None]
    assert all(segment.title in said(segment)[0] for segment in segments[1:-1])
    assert [said(segment)[1:] for segment in segments[1:-1]] == [["It flies."], ["It runs."], ["It swims."]]


def test_announcements_vary() -> None:
    """No two among eight papers are announced alike."""
    titles = [f"Title{letter}" for letter in "ABCDEFGH"]
    numbers = "two|three|four|five|six|seven"
    forms = [re.sub(rf"Title\w|\b(?:{numbers})\b", "…", text) for text in announcements(*titles)]
    assert len(set(forms)) == len(titles)


def test_numbers_in_announcements_count_the_papers() -> None:
    """The one that says "paper number five" is the fifth."""
    numbered = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    texts = announcements(*(f"T{number}" for number in range(10)))
    found = [(index, match[1]) for index, text in enumerate(texts) if (match := re.search(r"number (\w+)", text))]
    assert found
    assert all(numbered[index] == word for index, word in found)


def test_the_last_of_several_papers_is_said_to_be_the_last() -> None:
    """And no other is."""
    texts = announcements("Bees", "Ants", "Fish")
    assert [("finally" in text) for text in texts] == [False, False, True]
    assert announcements("Bees", "Ants")[-1] == "And finally, Ants."


def test_a_single_paper_is_neither_first_nor_last() -> None:
    """It is the paper of the episode."""
    assert announcements("Bees") == ["The paper of this episode is Bees."]


@pytest.mark.parametrize("title", ["Do Bees Dance?", "Dance, Bees!", "Bees et al."])
def test_a_title_that_ends_in_a_mark_gets_no_second_one(title: str) -> None:
    """It ends the announcement."""
    assert announcements(title, "Ants")[0] == f"First up, {title}"


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("This paper introduces bees.", "The paper introduces bees.", "It introduces bees."),
        ("This work introduces bees.", "This work introduces bees.", "This work introduces bees."),
        ("This research paper shows it.", "This research paper shows it.", "This research paper shows it."),
        ("This paper's bees fly.", "This paper's bees fly.", "This paper's bees fly."),
        ("In this paper, we show bees.", "The authors show bees.", "The authors show bees."),
        ("In this work, the authors show bees.", "The authors show bees.", "The authors show bees."),
        ("This paperback flies.", "This paperback flies.", "This paperback flies."),
        ("These papers fly.", "These papers fly.", "These papers fly."),
    ],
)
def test_a_paper_that_was_just_announced_is_not_this_paper(text: str, first: str, second: str) -> None:
    """The beginning of its first paragraph is what one says after a title."""
    assert body(text) == first
    assert body(text, 1) == second


@pytest.mark.parametrize(
    "text",
    [
        "This is a survey of bees.",
        "This is a paper on bees.",
        "This is the study of bees.",
        "This was a review.",
        "This gives researchers a paper to read.",
    ],
)
def test_this_that_means_no_paper_is_kept(text: str) -> None:
    """A sentence that says what this is has no paper as its subject."""
    assert body(text) == text
    assert body(text, 1) == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a new way to fly.", "This is a new way to fly."),
        ("an old way", "This is an old way."),
        ("the first way to fly.", "This is the first way to fly."),
        ("demonstrates that bees fly.", "It demonstrates that bees fly."),
        ("provides bees", "It provides bees."),
        ("significantly improves bees.", "It significantly improves bees."),
        ("bees that fly.", "Bees that fly."),
        ("arXiv has bees.", "arXiv has bees."),
        ("k-means of bees.", "k-means of bees."),
        ("Bees fly", "Bees fly."),
        ("2 bees fly.", "2 bees fly."),
    ],
)
def test_fragments_of_tables_become_sentences(text: str, sentence: str) -> None:
    """A cell that begins in the middle of a sentence gets its beginning."""
    assert body(text) == sentence


def test_what_cannot_be_spoken_is_a_finding() -> None:
    """The reviewer sees each of them; the listener hears none."""
    segment = written(newsletter(paper("It flies.", unspoken=("a table", "a picture")))).segments[1]
    findings = [item.text for item in segment.items if isinstance(item, Finding)]
    assert findings == ["not spoken: a table", "not spoken: a picture"]
    assert not [text for text in said(segment) if "table" in text or "picture" in text]


@pytest.mark.parametrize("paragraphs", [(), ("",), (" ",), ("[12]",), ("https://example.org",)])
def test_a_paper_without_a_summary_is_a_finding(paragraphs: tuple[str, ...]) -> None:
    """It is announced all the same."""
    segment = written(newsletter(paper(*paragraphs))).segments[1]
    assert said(segment) == ["The paper of this episode is Bees."]
    assert [isinstance(item, Finding) for item in segment.items] == [False, True]


@pytest.mark.parametrize("text", ["---", "***", "…", "🎉", "—", "* * *"])
def test_a_paragraph_without_a_word_is_not_spoken(text: str) -> None:
    """It would be refused when it is to be spoken."""
    letter = newsletter(paper("It flies.", text, "It runs."), greeting=("Hello.", text), sign_off=(text, "Bye."))
    texts = [text for segment in written(letter).segments for text in said(segment)]
    assert not [text for text in texts if not words(text)]


# ── the whole ───────────────────────────────────────────────────────────────────────────────────────────

CONNECTIVES = set(
    words(
        """Welcome to Paper Hour the episode of June 15 2024. It has no one two three four papers. You are listening
        to. The voice you hear is synthetic. This is. First up. And finally. Next. Paper number is called. From there
        to. Then there is. On we go, with. The authors. That is all for this episode. Thank you for listening. All of
        this can also be read in the written newsletter. The written newsletter has all of this to read, and one more
        paper. See the address in the show notes."""
    )
)
"""All words that the writer may add; none of them is a claim about a paper."""

WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=9)
WORDS = st.lists(WORD, min_size=1, max_size=10).map(" ".join)
SENTENCES = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "", "This paper ", "This work ", "In this paper, we ", "Bees ", "a ", "provides "]),
    WORDS,
    st.sampled_from([".", "", "!", "?", ":"]),
)
PAPERS = st.builds(
    Paper,
    title=WORDS.map(str.title),
    paragraphs=st.lists(SENTENCES, max_size=3).map(tuple),
    arxiv_id=st.sampled_from([None, "2406.00001"]),
    unspoken=st.lists(WORDS, max_size=1).map(tuple),
)
NEWSLETTERS = st.builds(
    Newsletter,
    title=WORDS,
    date=st.just(DATE),
    greeting=st.lists(SENTENCES, max_size=2).map(tuple),
    highlights=st.lists(PAPERS, max_size=4).map(tuple),
    rest=st.lists(PAPERS, max_size=2).map(tuple),
    sign_off=st.lists(SENTENCES, max_size=2).map(tuple),
)


def told(letter: Newsletter) -> list[str]:
    """Each text of a newsletter that is to be heard, in order."""
    of_papers = itertools.chain.from_iterable((each.title, *each.paragraphs) for each in letter.highlights)
    return [*letter.greeting, *of_papers, *letter.sign_off]


@settings(max_examples=80, deadline=None)
@given(letter=NEWSLETTERS)
def test_every_word_of_the_newsletter_is_in_the_script(letter: Newsletter) -> None:
    """Greeting, titles, paragraphs and sign-off are said in full and in order."""
    spoken = iter([word for segment in written(letter).segments for text in said(segment) for word in words(text)])
    for text in told(letter):
        plain = re.sub(r"^(?:This (?=paper|work)|In this paper, we |This paper )", "", text)
        plain = re.sub(r"^paper ", "", plain)
        plain = re.sub(r"\b(?:ours?|ourselves|we|us|my|me)\b", "", plain)  # told of the authors
        missing = [word for word in words(plain) if word not in spoken]  # consumes the iterator: order counts
        assert not missing, f"{missing} of {text!r}"


@settings(max_examples=80, deadline=None)
@given(letter=NEWSLETTERS)
def test_no_word_is_added_but_connectives(letter: Newsletter) -> None:
    """What is said of a paper is the newsletter's, word for word, apart from a declared few."""
    for each, segment in zip(letter.highlights, written(letter).segments[1:-1], strict=True):
        own = set(words(" ".join((each.title, *each.paragraphs))))
        assert set(words(" ".join(said(segment)))) <= own | CONNECTIVES | {*words(" ".join(ADDED))}
        for source, text in zip(each.paragraphs, said(segment)[1:], strict=True):
            added = set(words(text)) - set(words(source))
            assert added <= {"this", "is", "it", "s"} | {*words(" ".join(ADDED))}, f"{added} in {text!r}"


@settings(max_examples=60, deadline=None)
@given(letter=NEWSLETTERS)
def test_the_script_is_read_back_as_it_was_composed(letter: Newsletter) -> None:
    """So nobody takes it for edited by hand; and composing it again gives the same."""
    script = written(letter)
    read = parse_script(format_script(script), "script.md")
    assert read == script == written(letter)
    assert not edited_by_hand(parse_script(format_script(signed(script)), "script.md"))


HOSTILE = [
    "<!-- alpha -->",
    "<!-- alpha",
    "alpha -->",
    "<!-[1]- alpha -->",
    "## alpha",
    "# alpha",
    "### alpha",
    "> [!check] alpha",
    "> alpha",
    "---\nalpha\n---",
    "**Ada:** alpha",
    "\\alpha",
    "\\\\ alpha",
    "alpha\n\n## Beta\n\nbeta",
    "alpha () beta",
    "alpha ( ) beta",
    "alpha\u2028beta\x0cgamma",
    "<script>alpha</script>",
    "&lt;!-- alpha --&gt;",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("place", ["paragraph", "title", "greeting", "sign_off", "newsletter"])
def test_words_that_look_like_markup_stay_words(text: str, place: str) -> None:
    """Wherever they stand, they are said, and the script is read back as it was composed."""
    letter = newsletter(
        paper(text if place == "paragraph" else "It flies.", title=text if place == "title" else "Bees"),
        title=text if place == "newsletter" else "June",
        greeting=(text if place == "greeting" else "Hello.",),
        sign_off=(text if place == "sign_off" else "Bye.",),
    )
    script = written(letter)
    read = parse_script(format_script(script), "script.md")
    assert read == script
    assert len(read.segments) == 3
    spoken = words(" ".join(text for segment in read.segments for text in said(segment)))
    assert place == "newsletter" or [word for word in words(text) if word != "1" and word not in spoken] == []


@pytest.mark.parametrize(
    "letter",
    [
        newsletter(paper("It flies.", unspoken=("a table:\nalpha\n\n## beta",))),
        newsletter(paper("It flies.", unspoken=("code: <!-- alpha -->",))),
        newsletter(paper("It flies."), title="   "),
        newsletter(paper("It flies."), title="---"),
        newsletter(paper("It flies."), title="- 'a': \"b\" # c\n---\nd"),
        newsletter(paper("It flies.", title="  Bees\n and  ants ")),
        newsletter(paper("It flies.", links=(Link("x", "https://a.org/ -->"),))),
        newsletter(),
    ],
    ids=[
        "unspoken lines",
        "unspoken comment",
        "blank title",
        "dashes",
        "YAML",
        "title of lines",
        "address",
        "no papers",
    ],
)
def test_odd_newsletters_make_scripts_that_can_be_read(letter: Newsletter) -> None:
    """Nothing that a newsletter may hold breaks the file."""
    script = written(letter)
    assert parse_script(format_script(script), "script.md") == script


@pytest.mark.parametrize("show", ["Paper  Hour", " Paper Hour ", "Paper\nHour", "## Hour"])
def test_odd_titles_of_shows_make_scripts_that_can_be_read(show: str) -> None:
    """The title in show.toml is said in the welcome, whatever its white space."""
    script = written(newsletter(paper("It flies.")), show=show)
    assert parse_script(format_script(script), "script.md") == script


def test_title_and_date_are_those_given() -> None:
    """The voice is left to the show."""
    script = written(newsletter(paper("It flies.")))
    assert (script.title, script.date, script.voice) == ("June", DATE, None)


def test_a_newsletter_without_a_title_is_named_by_the_show() -> None:
    """An episode always has a title."""
    assert written(newsletter(paper("It flies."), title="")).title == "Paper Hour"


def test_dates_are_written_as_a_newsletter_writes_them() -> None:
    """The day without a leading zero."""
    assert written_date(dt.date(2024, 6, 5)) == "June 5, 2024"


def test_no_paragraph_is_empty() -> None:
    """An empty line of the author's is nothing to say."""
    letter = newsletter(paper("It flies.", "", " "), greeting=("", COMPLETE.replace("two papers", "one paper")))
    paragraphs = [item for segment in written(letter).segments for item in segment.items if isinstance(item, Paragraph)]
    assert all(paragraph.text.strip() for paragraph in paragraphs)
