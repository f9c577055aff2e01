"""Settings are strict: every problem of a file is said at once, and nothing in it is guessed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast.errors import InputError
from podcast.settings import between, did_you_mean, not_blank, one_of, read, setting, table, to_toml
from podcast.show import Settings

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Inner:
    """A table."""

    ratio: float = setting(0.5, "a share", between(0, 1))
    loud: bool = setting(default=False, doc="whether it is")


@dataclass(frozen=True, slots=True)
class Sample:
    """One setting of each type."""

    name: str = setting("Ada", "who", not_blank)
    count: int = setting(3, "how many", one_of(1, 3, 5))
    inner: Inner = table(Inner, "the rest")


@dataclass(frozen=True, slots=True)
class Needy:
    """A setting without a default, and one that the file does not hold."""

    name: str
    engine: str
    speed: float = 1.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the settings are."""
    return tmp_path / "sample.toml"


def problems(path: Path, content: str | bytes) -> list[str]:
    """Return all that is wrong with a file, without its name."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError) as caught:
        read(Sample, path)
    lines = str(caught.value).split("\n")
    assert all(line.startswith(f"{path}: ") for line in lines)
    return [line.removeprefix(f"{path}: ") for line in lines]


def test_an_empty_file_leaves_all_defaults(path: Path) -> None:
    """Every setting has one."""
    path.write_bytes(b"")
    assert read(Sample, path) == Sample()


def test_what_a_file_sets_is_read(path: Path) -> None:
    """Values and tables, in any order, the rest at its default."""
    path.write_text('count = 5\nname = "Bo"\n[inner]\nloud = true\n')
    assert read(Sample, path) == Sample(name="Bo", count=5, inner=Inner(loud=True))


def test_a_whole_number_serves_as_a_number(path: Path) -> None:
    """It becomes one with a point."""
    path.write_text("[inner]\nratio = 1\n")
    ratio = read(Sample, path).inner.ratio
    assert (ratio, type(ratio)) == (1.0, float)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("count = true", "count is true but should be a whole number."),
        ("count = 3.0", "count is 3.0 but should be a whole number."),
        ('count = "3"', 'count is "3" but should be a whole number.'),
        ("name = 3", 'name is 3 but should be text in "quotes".'),
        ("name = 2024-06-15", 'name is "2024-06-15" but should be text in "quotes".'),
        ("name = ['Ada']", 'name is ["Ada"] but should be text in "quotes".'),
        ("[inner]\nratio = true", "inner.ratio is true but should be a number."),
        ('[inner]\nratio = "0.5"', 'inner.ratio is "0.5" but should be a number.'),
        ("[inner]\nloud = 1", "inner.loud is 1 but should be true or false."),
        ("inner = 3", "inner is 3 but should be a table, [inner]."),
        ("[name]\nfirst = 'Ada'", 'name is {"first": "Ada"} but should be text in "quotes".'),
        ("count = 4", "count is 4 but should be one of 1, 3, 5."),
        ("name = ' '", 'name is " " but should be some text.'),
        ("[inner]\nratio = 1.01", "inner.ratio is 1.01 but should be between 0 and 1."),
        ("[inner]\nratio = nan", "inner.ratio is NaN but should be between 0 and 1."),
        ("nmae = 'Ada'", "unknown setting nmae. Did you mean name?"),
        ("[inner]\nlaud = true", "unknown setting inner.laud. Did you mean loud?"),
        ("zzz = 1", "unknown setting zzz."),
        ("[innre]\nratio = 1", "unknown setting innre. Did you mean inner?"),
    ],
)
def test_a_wrong_setting_is_named_with_what_it_should_be(path: Path, content: str, problem: str) -> None:
    """The text tells what to write instead."""
    assert problems(path, content) == [problem]


def test_all_problems_of_a_file_are_said_at_once(path: Path) -> None:
    """Nobody has to run a command five times to correct five lines."""
    found = problems(path, "nmae = 'Ada'\ncount = 4\n[inner]\nratio = 2\nloud = 'no'\nzzz = 1\n")
    assert [line.split(" ")[0] for line in found] == ["unknown", "count", "inner.ratio", "inner.loud", "unknown"]


@pytest.mark.parametrize("content", ["name = ", "name", "name = 'a'\nname = 'b'", "[inner", "a = 1\n[a]\nb = 1"])
def test_what_is_not_toml_is_refused_with_its_place(path: Path, content: str) -> None:
    """The parser knows where it stopped."""
    (problem,) = problems(path, content)
    assert problem.startswith("not valid TOML: ")


@pytest.mark.parametrize("content", ["name = " + "[" * 5000, "count = " + "9" * 5000], ids=["deep", "long"])
def test_toml_that_makes_its_parser_stumble_is_refused(path: Path, content: str) -> None:
    """Whatever the parser raises becomes a sentence with the file."""
    assert len(problems(path, content)) == 1


def test_what_is_not_utf8_is_refused_with_its_place(path: Path) -> None:
    """The byte is named."""
    assert problems(path, 'name = "Zoë"'.encode("latin-1")) == ["not UTF-8 at byte 10. Save it as UTF-8."]


def test_a_byte_order_mark_of_windows_is_no_problem(path: Path) -> None:
    """Some editors put one into every file."""
    path.write_text('name = "Bo"', encoding="utf-8-sig")
    assert read(Sample, path).name == "Bo"


def test_a_file_that_is_not_there_is_the_callers_business(tmp_path: Path) -> None:
    """It is an OSError with the path, which the command line puts in words."""
    with pytest.raises(FileNotFoundError) as caught:
        read(Sample, tmp_path / "none.toml")
    assert caught.value.filename == str(tmp_path / "none.toml")


def test_a_setting_without_a_default_is_missed(path: Path) -> None:
    """All that are missing are named, but not those that the caller gives."""
    path.write_text("speed = 'fast'\n")
    with pytest.raises(InputError) as caught:
        read(Needy, path, name="heart")
    assert str(caught.value).split("\n") == [
        f'{path}: speed is "fast" but should be a number.',
        f"{path}: engine is missing.",
    ]


def test_what_the_caller_gives_does_not_stand_in_the_file(path: Path) -> None:
    """A profile is named by its file alone."""
    path.write_text('engine = "tone"\n')
    assert read(Needy, path, name="hum") == Needy(name="hum", engine="tone")
    path.write_text('engine = "tone"\nname = "joe"\n')
    with pytest.raises(InputError, match="unknown setting name"):
        read(Needy, path, name="hum")


def test_defaults_written_are_the_defaults_read(path: Path) -> None:
    """A new show.toml changes nothing."""
    path.write_text(to_toml(Settings()), encoding="utf-8")
    assert read(Settings, path) == Settings()


def test_each_setting_is_written_on_a_line_with_its_explanation() -> None:
    """A person sees all there is to set."""
    assert to_toml(Sample()).splitlines() == [
        'name = "Ada"  # who',
        "count = 3  # how many",
        "",
        "[inner]  # the rest",
        "ratio = 0.5  # a share",
        "loud = false  # whether it is",
    ]


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t\"'\\#\r")).filter(str.strip)
SAMPLES = st.builds(Sample, name=TEXTS, inner=st.builds(Inner, ratio=st.floats(0, 1), loud=st.booleans()))


@settings(max_examples=60, deadline=None)
@given(sample=SAMPLES)
def test_what_is_written_is_read_back(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Quotes, backslashes, line ends and small numbers included."""
    path = tmp_path_factory.getbasetemp() / "written.toml"
    path.write_bytes(to_toml(sample).encode())
    assert read(Sample, path) == sample


@pytest.mark.parametrize(
    ("word", "guess"),
    [("vioce", " Did you mean voice?"), ("Voice", " Did you mean voice?"), ("xyz", ""), ("", "")],
)
def test_a_guess_is_made_only_where_something_is_close(word: str, guess: str) -> None:
    """No guess is better than a wild one."""
    assert did_you_mean(word, ["voice", "title"]) == guess
