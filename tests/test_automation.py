"""What is there to be copied: workflows, units, a line of cron, and the pages about them, say only what is so."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from conftest import skip

from podcast.cli import app
from podcast.starter import init_show

DOCS = Path(__file__).parent.parent / "docs"
WORKFLOWS = sorted((DOCS / "automation").glob("*.yml"))
UNITS = sorted([*(DOCS / "automation").glob("*.service"), *(DOCS / "automation").glob("*.timer")])
PAGES = [DOCS / "automation.md", DOCS / "publish.md"]
SPOKEN = [*PAGES, DOCS / "publishing.md"]

_COMMAND = re.compile(r"(?<![\w./-])(?:/opt/podcast/bin/)?podcast (?=[a-z-])([^`'\n]*)")
_END = re.compile(r"\s(?:\|\||&&|[;|>#]|2>)")


def commands(text: str) -> list[list[str]]:
    """Find the podcast commands in code, as a shell would split them."""
    return [shlex.split(_END.split(found[1])[0]) for found in _COMMAND.finditer(text)]


def blocks(page: str) -> str:
    """Return the indented blocks of a page: what a person copies."""
    return "\n".join(re.findall(r"^ {4,}\S.*$", page, re.MULTILINE))


def named(page: str) -> str:
    """Return what stands between backticks: what is only spoken of."""
    return "\n".join(re.findall(r"`([^`]+)`", page))


def complaint(words: list[str]) -> str:
    """Return the kind of error that a person would be told who typed this; nothing is run."""
    command: Any = typer.main.get_command(app)
    while commands := getattr(command, "commands", None):
        if not words or words[0].startswith("-"):
            break
        if words[0] not in commands:
            return f"no command {words[0]}"
        command, words = commands[words[0]], words[1:]
    try:
        command.make_context("podcast", list(words))
    except Exception as error:  # noqa: BLE001 - typer has a copy of click's errors, which it does not show
        return type(error).__name__
    return ""


@pytest.mark.parametrize("path", [*WORKFLOWS, *UNITS, *PAGES], ids=lambda path: path.name)
def test_every_command_that_is_to_be_copied_exists(path: Path) -> None:
    """With all its options and arguments."""
    if path.suffix == ".yml":
        text = "\n".join(step.get("run", "") for step in job(path)["steps"])
    else:
        text = path.read_text(encoding="utf-8")
    found = commands(blocks(text) if path.suffix == ".md" else text)
    assert found or path.name in {"podcast-week.timer", "podcast-failed@.service"}
    assert {" ".join(each): complaint(each) for each in found if complaint(each)} == {}


@pytest.mark.parametrize("path", SPOKEN, ids=lambda path: path.name)
def test_every_command_that_is_spoken_of_exists(path: Path) -> None:
    """Where no argument is said, none is meant."""
    found = commands(named(path.read_text(encoding="utf-8")))
    assert found
    assert {" ".join(each) for each in found if complaint(each) not in {"", "MissingParameter"}} == set()


def test_a_command_that_does_not_exist_would_be_found() -> None:
    """Or an option of another command, or an argument too many."""
    lines = ["podcast publsh || true", "podcast feed --prune", "/opt/podcast/bin/podcast make week --quick # x"]
    found = commands("\n".join([*lines, "podcast doctor a b"]))
    assert len(found) == 4
    assert all(map(complaint, found))
    assert commands("cd a && sh -c 'podcast make week --quiet >/dev/null'") == [["make", "week", "--quiet"]]


# ── workflows ───────────────────────────────────────────────────────────────────────────────────────────


def job(path: Path) -> dict[str, Any]:
    """Return a workflow's one job."""
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    (found,) = workflow["jobs"].values()
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_has_no_more_rights_than_it_needs(path: Path) -> None:
    """None but those of its job; the token only where git fetches or pushes, and never in a command."""
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {}
    assert set(job(path)["permissions"]) <= {"contents", "id-token"}
    steps = job(path)["steps"]
    having = {step["run"].split("\n")[0] for step in steps if "GH_TOKEN" in step.get("env", {})}
    pushing = {'git config user.name "github-actions[bot]"'}
    assert having <= {"podcast restore", "podcast publish"} | pushing
    assert having >= (pushing if "s3" in path.name else {"podcast restore", "podcast publish"})
    assert not [step for step in steps if "${{" in step.get("run", "")]
    assert steps[0]["with"]["persist-credentials"] is False


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_runs_alone_and_ends(path: Path) -> None:
    """Actions are of a version that is named."""
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["concurrency"] == {"group": "podcast", "cancel-in-progress": False}
    assert 0 < job(path)["timeout-minutes"] < 360
    uses = [step["uses"] for step in job(path)["steps"] if "uses" in step]
    assert uses
    assert [each for each in uses if not re.fullmatch(r"[\w-]+/[\w-]+@v\d+", each)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_publishes_last_what_it_made(path: Path) -> None:
    """After it brought back what is published; publishing checks what goes out, and nothing else stops it."""
    found = [words[0] for step in job(path)["steps"] for words in commands(step.get("run", ""))]
    assert found == ["restore", "render" if path.name == "approved.yml" else "make", "publish"]


def test_the_weekly_workflows_run_weekly_and_when_asked() -> None:
    """YAML takes the word `on` for true."""
    for name in ("weekly.yml", "weekly-s3.yml"):
        when = yaml.safe_load((DOCS / "automation" / name).read_text(encoding="utf-8"))[True]
        assert set(when) == {"schedule", "workflow_dispatch"}
        assert re.fullmatch(r"\d+ \d+ \* \* \d", when["schedule"][0]["cron"])


# ── units ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_is_well_formed(path: Path) -> None:
    """Every line is a section, a setting or a remark."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign] # names keep their capitals
    parser.read_string(path.read_text(encoding="utf-8"))
    assert {"Unit"} < set(parser.sections()) <= {"Unit", "Service", "Timer", "Install"}


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    """As far as it can be asked here: without systemd this looks at the names they give each other only."""
    for path in UNITS:
        text = path.read_text(encoding="utf-8").replace("/opt/podcast/bin/podcast", shutil.which("true") or "/bin/true")
        (tmp_path / path.name).write_text(text)
    service = (DOCS / "automation" / "podcast-week.service").read_text(encoding="utf-8")
    assert "OnFailure=podcast-failed@%n.service" in service
    assert {path.name for path in UNITS} == {"podcast-failed@.service", "podcast-week.service", "podcast-week.timer"}
    if shutil.which("systemd-analyze") is None:
        return
    names = ["podcast-week.service", "podcast-week.timer", "podcast-failed@x.service"]
    command = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in names)]
    verified = subprocess.run(command, capture_output=True, check=False)
    assert verified.returncode == 0, verified.stderr.decode()


# ── the pages ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    """To files of the repository."""
    links = re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (DOCS / link).exists()] == []


def test_every_file_to_be_copied_is_told_of() -> None:
    """One that no page names would be found by nobody."""
    page = (DOCS / "automation.md").read_text(encoding="utf-8")
    assert [path.name for path in [*WORKFLOWS, *UNITS] if f"(automation/{path.name})" not in page] == []


def test_git_keeps_words_and_taste_and_not_what_is_made_of_them(tmp_path: Path) -> None:
    """In a show that `podcast init` made: what the workflows commit is what the pages say."""
    if shutil.which("git") is None:
        skip("git is not installed")
    init_show(tmp_path)
    kept = ("papers.db", "scripts/2024-06-15/script.md", "scripts/2024-06-15/approved", "voices/mine.toml")
    made = ("episodes/2024-06-15/episode.mp3", "feed/feed.xml", ".podcast/clips/a", ".podcast/cron.lock")
    for name in (*kept, *made):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    for command in (["init", "--quiet"], ["add", "--all"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    listed = subprocess.run(["git", "ls-files"], cwd=tmp_path, check=True, capture_output=True, text=True)
    held = set(listed.stdout.split())
    assert {*kept, "show.toml", "episodes/README.md"} <= held
    assert not set(made) & held
