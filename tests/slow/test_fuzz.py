"""Five thousand damaged inputs, shared out among all readers: each is read or refused in a sentence, and in time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fuzz_data import DATA
from fuzz_readers import READERS
from fuzz_show import SHOW
from fuzz_sound import SOUND
from fuzz_texts import TEXTS
from fuzz_wire import WIRE

if TYPE_CHECKING:
    from fuzz_subjects import Reader

pytestmark = pytest.mark.slow

PROGRAM = Path(__file__).parent.parent / "fuzzing.py"
INPUTS, SEED = 5000, 1
GROUPS = {
    "what people write": TEXTS,
    "what programs write": (*DATA, *SHOW),
    "what comes by wire": WIRE,
    "sound and paper": SOUND,
}


@pytest.mark.parametrize("group", GROUPS)
def test_damaged_input_ends_in_a_value_or_a_sentence(group: str, tmp_path: Path) -> None:
    """No traceback, nothing that takes five seconds of work, no gigabyte, and nothing said but by the command line.

    `python tests/fuzzing.py --inputs 100000` does the same with more of them, and prints what came of each reader.
    """
    readers: tuple[Reader, ...] = GROUPS[group]
    share = INPUTS * sum(reader.weight for reader in readers) // sum(reader.weight for reader in READERS) + len(readers)
    named = [word for reader in readers for word in ("--reader", reader.name)]
    command = [sys.executable, str(PROGRAM), "--inputs", str(share), "--seed", str(SEED), "--json", *named]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=1200, cwd=tmp_path)
    assert ran.stdout, ran.stderr
    tallies = json.loads(ran.stdout)
    assert not [fault for tally in tallies.values() for fault in tally["faults"].values()]
    assert ran.returncode == 0
    for reader in readers:
        tally = tallies[reader.name]
        assert tally["inputs"] == tally["read"] + tally["refused"] > 0
        assert tally["read"] > 0, f"{reader.name} refuses everything: its valid documents are none"
