"""Change one byte after the other of what a show keeps, and see whether `podcast check` names the file.

    python tests/mutations.py --mutations 1000 --seed 1

makes a show with two episodes. Each time one byte of a kept sentence, of a kept part of encoded sound, of a file of an
episode or of feed.xml is changed to any other, its length and time left as they were; `podcast check` is asked; and the
byte is put back. Every ninth time `podcast repair` is run before that, and every file must then be as it was. Exit code
1 if anything went unnoticed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from whole_show import clips, make_whole, parts, tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Podcast

KINDS = ("clip", "part", "episode", "feed")
DROPPED = ("clip", "part")
"""What a repair does not make again: rendering does, when it needs it."""

_REPAIRED_EVERY = 9
"""So that each kind has its turn."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """One changed byte of one file, and what came of it."""

    kind: str
    where: str
    at: int
    before: int
    after: int
    is_found: bool
    is_repaired: bool | None = None
    """None where that was not tried."""

    def __str__(self) -> str:
        """As somebody reads it who wants to make the same change."""
        return f"{self.where}, byte {self.at}: {self.before:#04x} became {self.after:#04x}"


def mutations(show: Podcast, count: int, seed: int) -> Iterator[Mutation]:
    """Change so many bytes of a show, in turn of each kind; after each the show is as it was."""
    chance = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        yield _mutated(show, kind, chance, repair=number % _REPAIRED_EVERY == _REPAIRED_EVERY - 1)


def _mutated(show: Podcast, kind: str, chance: random.Random, *, repair: bool) -> Mutation:
    path = chance.choice(_files(show, kind))
    data, state = path.read_bytes(), path.stat()
    at = chance.randrange(len(data))
    byte = (data[at] + chance.randrange(1, 256)) % 256
    whole = tree(show) if repair else {}
    _write(path, data[:at] + bytes([byte]) + data[at + 1 :], state)
    where = path.relative_to(show.folder).as_posix()
    is_found = any(place.startswith(where) for place in _places(show))
    is_repaired = _is_repaired(show, whole, path if kind in DROPPED else None) if repair else None
    _write(path, data, state)
    return Mutation(kind, where, at, data[at], byte, is_found, is_repaired)


def _files(show: Podcast, kind: str) -> list[Path]:
    if kind in DROPPED:
        return clips(show) if kind == "clip" else parts(show)
    if kind == "episode":
        return sorted(path for path in (show.folder / "episodes").glob("*/*") if path.is_file())
    return [show.folder / "feed" / "feed.xml"]


def _write(path: Path, data: bytes, state: os.stat_result) -> None:
    """Write in place, so that a second name of the file has the same bytes, and nothing tells by its time."""
    if path.exists():
        with path.open("r+b") as file:
            file.write(data)
    else:
        path.write_bytes(data)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


def _places(show: Podcast) -> list[str]:
    """Where `podcast check` finds something; the sound has two names, and is said once."""
    found = [each["where"] for each in json.loads(show("check", "--json", "--quiet").stdout)]
    twins = [f"{Path(place).parent}/{Path(place).parent.name}.mp3" for place in found if place.endswith("episode.mp3")]
    return found + twins


def _is_repaired(show: Podcast, whole: dict[str, bytes], dropped: Path | None) -> bool:
    """Whether a repair makes everything as it was; a damaged sentence or part is dropped instead."""
    ran = show("repair", "--quiet")
    name = dropped.relative_to(show.folder).as_posix() if dropped else ""
    return ran.exit_code == 0 and tree(show) == {path: data for path, data in whole.items() if path != name}


def figures(done: list[Mutation]) -> str:
    """Say what came of them all."""
    kinds = Counter(each.kind for each in done)
    missed = [each for each in done if not each.is_found]
    tried = [each for each in done if each.is_repaired is not None]
    broken = [each for each in tried if not each.is_repaired]
    lines = [
        f"{len(done)} bytes changed: {', '.join(f'{kinds[kind]} {kind}' for kind in KINDS)}",
        f"{len(missed)} unnoticed by `podcast check`",
        f"{len(tried)} put right by `podcast repair`, of which {len(broken)} are not as they were",
    ]
    bad = {"unnoticed": missed, "not as it was": broken}
    return "\n".join([*lines, *(f"{what}: {each}" for what, mutations in bad.items() for each in mutations)])


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--mutations", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    done: list[Mutation] = []
    with tempfile.TemporaryDirectory() as folder:
        for each in mutations(make_whole(Path(folder) / "show"), wanted.mutations, wanted.seed):
            done.append(each)
            if len(done) % 50 == 0:
                print(f"{len(done)} of {wanted.mutations}", file=sys.stderr, flush=True)  # noqa: T201
    print(figures(done))  # noqa: T201
    sys.exit(any(not each.is_found or each.is_repaired is False for each in done))


if __name__ == "__main__":
    main()
