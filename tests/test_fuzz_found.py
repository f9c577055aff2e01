"""What fuzzing found, input by input: each once ended in a traceback, hung or ate the memory, and none may again."""

from __future__ import annotations

import gc
import struct
import uuid
from typing import TYPE_CHECKING

import pytest
from feed_maker import an_episode
from web_server import page, serving

from podcast.audio.render import load_music
from podcast.check.episode import EpisodeSubject, other_chapters
from podcast.check.site import addresses_in
from podcast.errors import InputError
from podcast.newsletter.page import to_html
from podcast.newsletter.topics import TABLE_FILE, read_topics
from podcast.outside import services
from podcast.outside.answers import Rules
from podcast.outside.entities import unescaped
from podcast.outside.filesystem import folder_of
from podcast.outside.saving import Manners, download
from podcast.outside.templates import render
from podcast.papers.exchange import export_csv, import_csv
from podcast.papers.history import open_history
from podcast.papers.newsletter import read_newsletter
from podcast.pipeline.enriching import with_papers
from podcast.pipeline.identity import guid_of
from podcast.record import EPISODE_JSON, format_record, read_record
from podcast.show import AudioSettings, MusicSettings, load_show
from podcast.speech.engines.pcm import NotSoundError, to_samples
from podcast.speech.lexicon import Lexicon, load_lexicon
from podcast.speech.text import spoken
from podcast.starter import init_show
from podcast.types import Newsletter
from podcast.writing import grounding
from podcast.writing.grounding import binding, ground
from podcast.writing.grounding.source import read_line
from podcast.writing.script import parse_script

if TYPE_CHECKING:
    from pathlib import Path

    from podcast.writing.grounding.source import Line
    from podcast.writing.grounding.surroundings import Surroundings


@pytest.mark.parametrize("rate_hz", [0, 1, 0xFFFFFFFF, 191_999])
def test_a_voice_s_header_cannot_make_billions_of_samples_of_a_few(rate_hz: int) -> None:
    """A WAV file says how many samples a second it has; resampling a lie took 43 GB, or filters of millions of taps."""
    sound = b"\0\1" * 12_000
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate_hz, 48_000, 2, 16)
    data = b"RIFF\0\0\0\0WAVE" + form + struct.pack("<4sI", b"data", len(sound)) + sound
    with pytest.raises(NotSoundError, match=f"{rate_hz} samples a second"):
        to_samples(data, 24_000)


def test_a_database_whose_tables_have_unreadable_names_is_called_damaged(tmp_path: Path) -> None:
    """SQLite quotes the name in what it says of it, and Python cannot read that."""
    path = tmp_path / "papers.db"
    with open_history(path):
        pass
    path.write_bytes(path.read_bytes().replace(b"CREATE TABLE papers", b"CREAT\xaf TABLE papers"))
    with pytest.raises(InputError, match=r"papers\.db: this is no database, or a damaged one"), open_history(path):
        pass


@pytest.mark.parametrize("sample", [float("nan"), float("-inf"), 1e30])
def test_music_of_no_numbers_is_refused(tmp_path: Path, sample: float) -> None:
    """A file of floating-point samples may hold NaN, and one of them silences all that it is mixed with."""
    path = tmp_path / "intro.wav"
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 3, 1, 44_100, 176_400, 4, 32)
    sound = struct.pack("<f", 0.1) * 44_100 + struct.pack("<f", sample)
    path.write_bytes(b"RIFF\0\0\0\0WAVE" + form + struct.pack("<4sI", b"data", len(sound)) + sound)
    with pytest.raises(InputError, match=r"intro\.wav: some of its samples are beyond all loudness, or no numbers"):
        load_music({"intro": path}, MusicSettings(), AudioSettings())


@pytest.mark.parametrize("number", ["9" * 400, "99999^99", "10^-99999", "1" * 400 + "." + "5" * 400, "9" * 400 + "/3"])
def test_a_number_beyond_all_numbers_is_looked_up_as_any_other(number: str) -> None:
    """Numbers of hundreds of digits are infinite to a computer, which cannot round that."""
    (grounded,) = ground([f"It sorts {number} lists, 12.5 percent of all, and 3 times as many."], f"It sorts {number}.")
    assert "12.5 percent" in [doubt.claim for doubt in grounded.doubts]
    ground([f"It sorts 40 lists in {number} s."], f"It sorts {number} lists in 12.5 s.")


def test_two_numbers_that_stand_everywhere_are_not_weighed_at_every_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of rows pasted without line ends, each pair of numbers was weighed against each other pair: for minutes."""
    weighed: list[int] = []
    weigh = binding._crossing

    def counted(*given: Surroundings) -> binding.Misplaced:
        weighed.append(1)
        return weigh(*given)

    monkeypatch.setattr(binding, "_crossing", counted)
    ground(["Sorting has 16 lists of Quick and 2024 of Merge."], "lists 16 - 2024 sorts " * 200)
    assert len(weighed) <= 1000


@pytest.mark.parametrize("address", ["http://[", "http://[::ffff:524287]/", "https://a]b/v1"])
def test_an_address_in_the_environment_that_is_none_is_said_to_be_none(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """Brackets are for numbers; Python refuses to take such an address apart."""
    monkeypatch.setenv("OPENAI_BASE_URL", address)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    assert services.missing(services.address(""))


def test_a_target_that_is_no_address_is_said_to_be_none() -> None:
    """A folder written as one as well."""
    with pytest.raises(InputError, match="not an address"):
        folder_of("file://[x/y")


LONG = f"&#{'9' * 5_000};"
"""Python refuses to read numbers of so many digits."""


def test_a_reference_to_a_character_of_thousands_of_digits_is_none() -> None:
    """A sentence, a transcript and a page that have one are read as browsers read them; zeros in front do not count."""
    assert unescaped(f"{LONG} &#{'0' * 5_000}65; &#65; &amp;amp; &#x41;") == "\ufffd A A &amp; A"
    assert "lists" in spoken(f"It sorts {LONG} lists.", Lexicon())
    assert "Sorting" in to_html(f"# Sorting {LONG}\n\nIt sorts {LONG}.")
    assert list(addresses_in("a.html", f'<a href="{LONG}">', "https://example.org/"))


@pytest.mark.parametrize("nested", ["a = " + "[" * 5_000, "a = " + "{b = " * 5_000, "[" * 5_000, "a." * 5_000])
def test_settings_that_are_nested_without_end_are_no_toml(tmp_path: Path, nested: str) -> None:
    """A show's lexicon and its topics, as show.toml."""
    for name, read in (("lexicon.toml", load_lexicon), (TABLE_FILE, lambda path: read_topics(path.parent))):
        (tmp_path / name).write_text(nested)
        with pytest.raises(InputError, match="TOML"):
            read(tmp_path / name)


def test_kept_papers_that_are_nested_without_end_are_damaged(tmp_path: Path) -> None:
    """What was looked up of a newsletter's papers is looked up again then."""
    newsletter = Newsletter("News", None, (), ())
    with pytest.raises(InputError, match="it is damaged"):
        with_papers(newsletter, b"[" * 100_000, tmp_path / "papers.json")


@pytest.mark.parametrize("note", ["[" * 100_000, '{"url": "%s", "validator": 5, "length": "x"}', "[]", '{"url": "%s"}'])
def test_a_damaged_note_of_a_download_is_forgotten(tmp_path: Path, note: str) -> None:
    """What had come is fetched anew."""
    with serving() as site:
        url = site.has("/a.pdf", page(b"whole"))
        (tmp_path / "a.pdf.part").write_bytes(b"wh")
        (tmp_path / "a.pdf.part.json").write_text(note.replace("%s", url))
        download(url, tmp_path / "a.pdf", Rules(trusted=(site.url,)), Manners(()))
    assert (tmp_path / "a.pdf").read_bytes() == b"whole"


HUGE = "0x" + "f" * 5_000


@pytest.mark.parametrize("value", [HUGE, f"[{HUGE}]", f"{{a = {HUGE}}}", f'"{"x" * 100_000}"'])
def test_a_setting_that_is_a_number_of_thousands_of_digits_is_refused_as_any_other(tmp_path: Path, value: str) -> None:
    """Python reads it and refuses to write it; and of a long text the beginning tells enough."""
    (tmp_path / "show.toml").write_text(f"title = {value}\n")
    with pytest.raises(InputError, match=r"title is .* but should be ") as refused:
        load_show(tmp_path)
    assert len(str(refused.value)) < 1_000


@pytest.mark.parametrize("line", [f"writing_usd: {HUGE}", f"? {HUGE}\n: 1", f"? [{HUGE}]\n: 1"])
def test_front_matter_with_a_number_of_thousands_of_digits_is_refused(line: str) -> None:
    """As one that nobody wrote, wherever it stands."""
    with pytest.raises(InputError, match=r"script\.md"):
        parse_script(f"---\ntitle: A\ndate: 2024-06-15\n{line}\n---\n\n## A\n\nA word.\n", "script.md")


def test_a_record_with_half_a_character_is_refused_before_a_feed_is_written(tmp_path: Path) -> None:
    """JSON can hold one, XML and files cannot."""
    (tmp_path / "x").mkdir()
    record = format_record(an_episode()).replace("AI Papers", "\\ud800").replace(f'"{an_episode().slug}"', '"x"')
    (tmp_path / "x" / "episode.json").write_text(record)
    with pytest.raises(InputError, match=r"title is .* in which a character is only half there"):
        read_record(tmp_path / "x")


def test_kept_papers_with_half_a_character_are_damaged(tmp_path: Path) -> None:
    """As any others that we cannot have written."""
    data = b'[{"id": "2406.00001", "sections": [{"title": "\\ud800", "paragraphs": []}]}]'
    with pytest.raises(InputError, match="it is damaged"):
        with_papers(Newsletter("News", None, (), ()), data, tmp_path / "papers.json")


def test_a_chapter_beyond_all_time_is_a_finding(tmp_path: Path) -> None:
    """Not a number that cannot be rounded."""
    (tmp_path / "chapters.json").write_text('{"version": "1.2.0", "chapters": [{"startTime": 1e308, "title": "A"}]}')
    subject = EpisodeSubject(tmp_path, "episodes/x", an_episode(), AudioSettings(), None, None, ())
    assert any("is not a list of chapters" in finding.text for finding in other_chapters.findings(subject))


def test_brackets_that_are_never_closed_are_not_looked_for_without_end() -> None:
    """A page of twenty kilobytes took nine seconds, and one of a megabyte would have taken hours."""
    text = "# News\n\n## Sorting\n\nIt sorts " + "[" * 100 + " lists" * 20_000 + ".\n"
    with pytest.raises(InputError, match="nested without end"):
        read_newsletter(text.encode(), name="news.md")
    half_open = "It maps $[0, 1)$, [0, 1) and [2, 3) to lists [3]. " * 50
    (paper,) = read_newsletter(f"# News\n\n## Sorting\n\n{half_open}\n".encode(), name="news.md").highlights
    assert " ".join(paper.paragraphs).count("[0, 1)") >= 50


def test_a_list_whose_ids_lack_a_digit_is_exported_as_it_is_read_again(tmp_path: Path) -> None:
    """Spreadsheets drop zeros; whoever pastes a link may lose one as well."""
    listed = b"title,link,date_added,kept\nSorting,https://arxiv.org/abs/2406.0000v2,2024-06-15,1\n"
    with open_history(tmp_path / "a.db") as history:
        import_csv(history, listed, "papers.csv")
        exported = export_csv(history)
    with open_history(tmp_path / "b.db") as history:
        import_csv(history, exported.encode(), "papers.csv")
        assert export_csv(history) == exported


@pytest.mark.parametrize("template", ["{{ x - 1e999 }}", "{% for a in [1] %}" * 25 + "x" + "{% endfor %}" * 25])
def test_a_template_that_becomes_no_program_is_refused(tmp_path: Path, template: str) -> None:
    """Jinja2 writes programs in Python, some of which are none."""
    (tmp_path / "note.md").write_text(template)
    with pytest.raises(InputError, match=r"note\.md.* Correct it, or delete your template"):
        render("note.md", [tmp_path], {"x": 1}, is_html=False)


def test_a_template_that_includes_itself_and_writes_much_prints_no_traceback(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """What is left of a template that is broken off is ended where its errors are heard, not where nobody is."""
    (tmp_path / "note.md").write_text("x" * 30_000 + "{% include 'note.md' %}")
    with pytest.raises(InputError, match=r"note\.md"):
        render("note.md", [tmp_path], {}, is_html=False)
    gc.collect()
    assert capfd.readouterr().err == ""


def test_a_cell_that_spans_a_number_of_columns_of_thousands_of_digits_spans_one() -> None:
    """Browsers take it for a thousand, and no table is so wide."""
    head = f"<tr><th colspan={'9' * 5_000}>Paper</th><th>It</th></tr>"
    table = f"<table>{head}<tr><td>Sorting</td><td>sorts.</td></tr></table>"
    page = f"<html><body><h1>News</h1><h2>Sorting</h2>{table}<p>It sorts.</p></body></html>"
    assert read_newsletter(page.encode(), name="news.html").highlights


def test_half_a_character_is_no_guid(tmp_path: Path) -> None:
    """The episode gets the one that show and slug give."""
    init_show(tmp_path / "show")
    show = load_show(tmp_path / "show")
    record = show.episode_folder("2024-06-15") / EPISODE_JSON
    record.parent.mkdir(parents=True)
    record.write_bytes(b'{"slug": "2024-06-15", "guid": "\xed\xa0\x80"}')
    assert guid_of(show, "2024-06-15") == str(uuid.uuid5(show.guid, "2024-06-15"))


def test_a_sentence_that_stands_a_thousand_times_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """And is found to be what it is each time."""
    read: list[str] = []

    def reading(text: str) -> Line:
        read.append(text)
        return read_line(text)

    monkeypatch.setattr(grounding, "read_line", reading)
    found = ground(["Bees sort 12 lists."] * 1000, "Bees sort 10 lists.")
    assert len(found) == 1000
    assert {doubt.claim for each in found for doubt in each.doubts} == {"12"}
    assert read == ["Bees sort 12 lists."]
