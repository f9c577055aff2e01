"""What is installed: pinned and hashed, listed with its licence, and nothing under the GPL that nobody asked for."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from licences import ALWAYS, DOCUMENT, LOCK, PROJECT, ROOT, Licence, document, licence_of, needed, read_lock, uses
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from podcast.outside import ffmpeg

LOCKED = read_lock(LOCK.read_text(encoding="utf-8"))
TABLE = tomllib.loads(PROJECT.read_text(encoding="utf-8"))

# ── the lock ────────────────────────────────────────────────────────────────────────────────────────────


def test_every_package_is_pinned_and_hashed() -> None:
    """Whoever changes a file on the index, or on the way from it, is noticed; `read_lock` takes nothing else."""
    assert len(LOCKED) > 100
    assert all(each.hashes >= len(each.versions) for each in LOCKED.values())


@pytest.mark.parametrize(
    "line",
    [
        "requests>=2 \\\n    --hash=sha256:" + "0" * 64,
        "requests==2.32.0",
        "requests==2.32.0 \\\n    --hash=md5:" + "0" * 32,
        "requests @ https://example.org/requests.whl",
        "--index-url https://example.org/simple",
        "-e .",
    ],
)
def test_what_is_not_pinned_is_no_line_of_a_lock(line: str) -> None:
    """A range, a name without a hash, an address, another index."""
    with pytest.raises(ValueError, match=re.escape(line.split(" \\", maxsplit=1)[0])):
        read_lock(f"# comment\n{line}\n")


@pytest.mark.parametrize("extra", [ALWAYS, *TABLE["project"]["optional-dependencies"]])
def test_what_the_project_asks_for_is_locked_within_its_ranges(extra: str) -> None:
    """Each extra can be installed from the lock as well as the package itself."""
    project = TABLE["project"]
    asked = project["dependencies"] if extra == ALWAYS else project["optional-dependencies"][extra]
    for each in map(Requirement, asked):
        versions = [version for version, _ in LOCKED[canonicalize_name(each.name)].versions]
        assert all(each.specifier.contains(version) for version in versions), each


def test_what_is_needed_to_build_is_locked_too() -> None:
    """The package itself is built without asking the index."""
    for each in map(Requirement, TABLE["build-system"]["requires"]):
        assert canonicalize_name(each.name) in LOCKED


INSTALLS = re.compile(r"(?:^|-m\s|&&|;|\|)\s*((?:pip3?|uv|npm|npx|pipx|conda|cargo|gem|go|curl|wget)\s.*)")
ALLOWED = (
    r"pip install .*--no-deps --require-hashes --requirement requirements\.lock",
    r"pip install .*--no-deps --no-build-isolation --editable \.",
    r"npm ci --prefix tests/slow --ignore-scripts .*",
    r"uv pip compile pyproject\.toml .*",
)
"""The last one writes the lock, and installs nothing."""


@pytest.mark.parametrize("path", ["Makefile", ".ci/run"])
def test_nothing_is_installed_that_is_not_locked(path: str) -> None:
    """By neither of the two that install: hashes for Python's packages, a lock for those of node, no scripts of these.

    What the system's own packages are is the system's to sign.
    """
    text = (ROOT / path).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    found = [match[1] for line in lines if (match := INSTALLS.search(line))]
    assert found
    assert [each for each in found if not any(re.fullmatch(allowed, each) for allowed in ALLOWED)] == []


REGISTRY = "https://registry.npmjs.org/"


def test_what_node_installs_is_locked_with_its_digest() -> None:
    """From npm's own registry, every package of it."""
    lock = json.loads((ROOT / "tests" / "slow" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: each for name, each in lock["packages"].items() if name}
    assert packages
    for name, each in packages.items():
        assert each["integrity"].startswith("sha512-"), name
        assert each.get("resolved", REGISTRY).startswith(REGISTRY), name


# ── licences ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_list_of_licences_is_up_to_date() -> None:
    """`python tests/licences.py` writes it anew."""
    assert DOCUMENT.read_text(encoding="utf-8") == document()


def test_nothing_that_comes_without_an_extra_has_to_be_used_under_a_gnu_licence() -> None:
    """So that a show, and a program around it, can be anything."""
    found = {name: licence_of(name) for name in uses(TABLE, LOCKED)[ALWAYS]}
    assert len(found) > 40
    assert {name: each.expression for name, each in found.items() if not each.is_free_of_gpl} == {}


def test_the_package_imports_nothing_under_the_gpl_but_what_an_extra_brings() -> None:
    """Not even late, but for piper, which nobody gets who does not ask for it."""
    imported = {
        name.partition(".")[0]
        for path in (ROOT / "podcast").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in _imported(node)
    } - sys.stdlib_module_names
    owners = importlib.metadata.packages_distributions()
    names = {canonicalize_name(owner) for name in imported for owner in owners.get(name, ())} & set(LOCKED)
    assert len(names) > 20
    assert {name for name in names if "GPL-" in licence_of(name).expression.replace("LGPL-", "")} == {"piper-tts"}


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []


@pytest.mark.parametrize(
    ("expression", "is_free"),
    [
        ("MIT", True),
        ("BSD-2-Clause OR LGPL-3.0-or-later", True),
        ("GPL-3.0-or-later", False),
        ("MIT AND GPL-2.0-only", False),
        ("LGPL-2.1 OR GPL-3.0-only", False),
    ],
)
def test_of_several_licences_one_may_be_chosen(expression: str, *, is_free: bool) -> None:
    """OR leaves a choice, AND none."""
    assert Licence(expression, "").is_free_of_gpl == is_free


def test_extras_bring_what_they_need_and_no_more() -> None:
    """The list says who needs what: by what packages require, of whatever system."""
    assert {"hibari-tts", "scipy", "colorama", "certifi"} <= needed(TABLE["project"]["dependencies"], LOCKED)
    found = uses(TABLE, LOCKED)
    assert {"piper-tts", "mutagen", "paramiko", "s3fs", "pytest", "av"} & found[ALWAYS] == set()
    assert {"paramiko", "cryptography"} <= found["sftp"]
    assert set(LOCKED) == set.union(*map(set, found.values()))


def test_the_list_says_what_the_ffmpeg_is_that_comes_along() -> None:
    """It is a program under the GPL, as its build says."""
    if Path(ffmpeg.executable()).parent.name != "binaries":
        pytest.skip("PODCAST_FFMPEG names another one")
    ran = subprocess.run([ffmpeg.executable(), "-version"], capture_output=True, text=True, check=True)
    assert {"--enable-gpl", "--enable-version3"} <= set(ran.stdout.split())
    assert re.search(r"\| ffmpeg, .* \| imageio-ffmpeg \| GPL-3\.0-or-later ", DOCUMENT.read_text(encoding="utf-8"))


def test_everything_else_that_comes_along_is_listed() -> None:
    """Pictures, sounds, models and lists of words that are part of this project."""
    text = DOCUMENT.read_text(encoding="utf-8")
    folders = (ROOT / "podcast", ROOT / "voices")
    found = [
        path for folder in folders for path in folder.rglob("*") if path.suffix in {".opus", ".npz", ".txt", ".ttf"}
    ]
    assert found
    assert [path.name for path in found if path.name not in text and f"`voices/music/*{path.suffix}`" not in text] == []
