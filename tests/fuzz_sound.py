"""Readers of sound, pictures and PDFs."""

from __future__ import annotations

import contextlib
import io
import json
import math
import struct
from typing import TYPE_CHECKING

import numpy as np
from frame_maker import mp3_of
from fuzz_subjects import Reader, Subject
from fuzz_texts import real
from pdf_maker import Text, document, paragraph, spaces, stream
from PIL import Image

from podcast.audio.render import load_music
from podcast.errors import InputError, PodcastError
from podcast.feed.picture import open_picture
from podcast.outside import ffmpeg
from podcast.outside.mp3 import Mp3Format
from podcast.outside.pdf import Limits, _read_answer, read_pages
from podcast.outside.sound import trimmed
from podcast.papers.fulltext import understood
from podcast.show import Settings
from podcast.speech.clips import ClipStore, wav_bytes
from podcast.speech.engines.pcm import CutShortError, NotSoundError, to_samples
from podcast.speech.proof import speech_fault, take_fault
from podcast.types import Voice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from podcast.types import Samples

_RATE_HZ = 24_000


def hum(seconds: float = 0.5, rate_hz: int = _RATE_HZ) -> Samples:
    """Return a sound that goes up and down."""
    at = np.arange(int(seconds * rate_hz), dtype=np.float32) / rate_hz
    samples: Samples = (0.3 * np.sin(1000 * at) * np.sin(9 * at)).astype(np.float32)
    return samples


@contextlib.contextmanager
def voices(folder: Path) -> Iterator[Subject]:
    """Read what a voice sends, trim it and judge it; and read it as a clip that was kept."""
    store = ClipStore(folder)
    key = "ab" * 32
    voice = Voice("sage", "openai", "sage")

    def read(data: bytes) -> object:
        (folder / "ab").mkdir(exist_ok=True)
        (folder / "ab" / f"{key}.0123456789abcdef.wav").write_bytes(data)
        assert store.load(key) is None
        try:
            samples = to_samples(data, _RATE_HZ, "audio/pcm")
        except (CutShortError, NotSoundError) as error:
            raise InputError(f"{error}.") from error
        assert np.isfinite(samples).all()
        if fault := take_fault(samples):
            return fault
        return speech_fault(trimmed(samples, _RATE_HZ), _RATE_HZ, "It sorts ten lists.", voice)

    pcm = (hum() * 32_767).astype("<i2").tobytes()
    endless = wav_bytes(hum(), _RATE_HZ).replace(b"data" + struct.pack("<I", len(pcm)), b"data\xff\xff\xff\xff")
    yield Subject([pcm, wav_bytes(hum(rate_hz=8000), 8000), endless, _mp3()], read, is_binary=True)


def _mp3() -> bytes:
    return mp3_of(hum(1.0).reshape(-1, 1), Mp3Format(24_000, 1, 48))


@contextlib.contextmanager
def music(folder: Path) -> Iterator[Subject]:
    """Decode music, and measure an episode's sound and its chapters."""
    path = folder / "music.mp3"
    tagged = b"ID3\x04\0\0\0\0\x02\x01CHAP" + bytes(247) + _mp3()

    def read(data: bytes) -> object:
        path.write_bytes(data)
        for use in (ffmpeg.measure, ffmpeg.chapters):
            with contextlib.suppress(PodcastError):
                use(path)
        found = load_music({"intro": path}, Settings().music, Settings().audio)
        assert all(np.isfinite(samples.samples).all() for samples in found.values())
        return found

    floats = wav_bytes(hum(), _RATE_HZ)[:20] + struct.pack("<HHIIHH", 3, 1, _RATE_HZ, 4 * _RATE_HZ, 4, 32)
    floats += b"data" + struct.pack("<I", 4000) + hum().tobytes()[:3996] + struct.pack("<f", math.nan)
    yield Subject([_mp3(), tagged, wav_bytes(hum(), _RATE_HZ), floats], read, is_binary=True)


@contextlib.contextmanager
def pictures(folder: Path) -> Iterator[Subject]:
    """Open a person's own cover."""
    seeds = []
    for kind, mode in (("PNG", "RGBA"), ("JPEG", "RGB"), ("GIF", "P"), ("WEBP", "RGB"), ("PNG", "I;16"), ("PNG", "L")):
        data = io.BytesIO()
        Image.new(mode, (1400, 1400)).save(data, kind)
        seeds.append(data.getvalue())

    def read(data: bytes) -> object:
        picture = open_picture(data, folder / "mine.png")
        assert picture.mode == "RGB"
        return picture

    yield Subject(seeds, read, is_binary=True)


# ── PDFs ────────────────────────────────────────────────────────────────────────────────────────────────

_PDF_LIMITS = Limits(seconds=4, memory_bytes=1 << 29)
_PROSE = "It sorts ten lists of numbers, and then it sorts them again. " * 12


def pdfs() -> list[bytes]:
    """Return small PDFs of several kinds."""
    title = [Text(150, 740, "Sorting is Harder than it Looks", 17, "F2"), *paragraph(_PROSE)]
    return [
        document([title, paragraph(_PROSE)]),
        document([paragraph(_PROSE), stream(spaces(4), "/Filter [/FlateDecode /FlateDecode]")]),
        document([title], catalogue="/Names << /JavaScript 3 0 R >>", trailer="/Info << /Title (Sorting) >>"),
    ]


@contextlib.contextmanager
def papers(folder: Path) -> Iterator[Subject]:
    """Read a PDF by its own process."""
    path = folder / "paper.pdf"

    def read(data: bytes) -> object:
        path.write_bytes(data)
        return understood(read_pages(path, _PDF_LIMITS))

    own = [each for each in real("pdf/*.pdf", most_bytes=200_000) if b"%%EOF" in each[-1024:]]
    yield Subject([*pdfs(), *own], read, is_binary=True)


_WORDS = [
    [72.0, 100.0, 700.0, 10.0, 0, 0, 0, "Sorting"],
    [104.0, 120.0, 700.0, 10.0, 1, 0, 0, "is"],
    [72.0, 90.0, 688.0, 10.0, 0, 0, 1, "hard."],
]


@contextlib.contextmanager
def words_of_papers(folder: Path) -> Iterator[Subject]:
    """Read what the process says that reads PDFs: nobody knows what became of it."""
    del folder
    page = {"page": 1, "box": [0, 0, 612, 792], "covered": 0.1, "words": _WORDS * 20, "whole": True}
    lines = ({"pages": 2, "title": "Sorting", "program": False}, page, page | {"page": 2}, {"end": True})
    whole = b"".join(json.dumps(line).encode() + b"\n" for line in lines)

    def read(data: bytes) -> object:
        found = understood(_read_answer(io.BytesIO(data), ""))
        json.dumps([section.paragraphs for section in found.sections])
        return found

    yield Subject([whole, b'{"problem": "encrypted"}\n'], read)


SOUND = (
    Reader("a voice's sound", voices, 15),
    Reader("music and episodes", music, 2, batch=100),
    Reader("covers", pictures, 4),
    Reader("PDFs", papers, 2, batch=50),
    Reader("words of PDFs", words_of_papers, 15),
)
