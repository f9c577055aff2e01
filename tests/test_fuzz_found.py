"""What fuzzing found, input by input: each once ended in a traceback, hung or ate the memory, and none may again."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from podcast.audio.render import load_music
from podcast.errors import InputError
from podcast.outside import services
from podcast.outside.filesystem import folder_of
from podcast.papers.history import open_history
from podcast.show import AudioSettings, MusicSettings
from podcast.speech.engines.pcm import NotSoundError, to_samples
from podcast.writing.grounding import binding, ground

if TYPE_CHECKING:
    from pathlib import Path

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


def test_music_of_no_numbers_is_refused(tmp_path: Path) -> None:
    """A file of floating-point samples may hold NaN, and one of them silences all that it is mixed with."""
    path = tmp_path / "intro.wav"
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 3, 1, 44_100, 176_400, 4, 32)
    sound = struct.pack("<f", 0.1) * 44_100 + struct.pack("<f", float("nan"))
    path.write_bytes(b"RIFF\0\0\0\0WAVE" + form + struct.pack("<4sI", b"data", len(sound)) + sound)
    with pytest.raises(InputError, match=r"intro\.wav: some of its samples are no numbers"):
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
