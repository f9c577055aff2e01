"""PDFs for tests, made byte by byte: ordinary ones, and ones that nobody should have made."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LETTER = (0, 0, 612, 792)
FONTS = {"F1": "Helvetica", "F2": "Helvetica-Bold", "F3": "Courier"}


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text on a page, in points from its lower left corner."""

    left: float
    baseline: float
    text: str
    size: float = 10
    font: str = "F1"
    before: str = ""
    """Operators in front of it: a colour, a rendering mode."""

    @property
    def code(self) -> str:
        """The operators that draw it."""
        words = self.text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        place = f"1 0 0 1 {self.left} {self.baseline} Tm"
        return f"q {self.before} BT /{self.font} {self.size} Tf {place} ({words}) Tj ET Q\n"


def stream(data: bytes, entries: str = "") -> bytes:
    """Return a stream object."""
    return f"<< /Length {len(data)} {entries} >>\nstream\n".encode() + data + b"\nendstream"


def spaces(megabytes: int) -> bytes:
    """Return many spaces, compressed twice, without ever making them."""
    chunk = b" " * (1 << 20)
    packer = zlib.compressobj(9)
    begin = packer.compress(chunk) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(chunk) + packer.flush(zlib.Z_FULL_FLUSH)
    end = packer.flush()[:-4]  # but for the checksum
    checksum = 1
    for _ in range(megabytes):
        checksum = zlib.adler32(chunk, checksum)
    return zlib.compress(begin + again * (megabytes - 1) + end + checksum.to_bytes(4, "big"), 9)


def assembled(objects: Mapping[int, bytes], trailer: str = "") -> bytes:
    """Write objects as a file; number 1 is the catalogue."""
    body, places = bytearray(b"%PDF-1.7\n"), {}
    for number, data in objects.items():
        places[number] = len(body)
        body += b"%d 0 obj\n%b\nendobj\n" % (number, data)
    size = max(objects) + 1
    table = "".join(
        f"{places[number]:010} 00000 n \n" if number in places else "0000000000 65535 f \n" for number in range(size)
    )
    end = f"trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{len(body)}\n%%EOF\n"
    return bytes(body) + f"xref\n0 {size}\n{table}{end}".encode()


def document(  # noqa: PLR0913 - every part of a file that a test may want to spoil
    pages: Sequence[Sequence[Text] | bytes],
    *,
    box: tuple[float, ...] = LETTER,
    catalogue: str = "",
    trailer: str = "",
    more: Mapping[int, bytes] | None = None,
    resources: str = "",
) -> bytes:
    """Make a PDF of pages, each some text or the content itself (a whole stream object); `more` are further objects."""
    fonts = " ".join(f"/{name} << /Type /Font /Subtype /Type1 /BaseFont /{font} >>" for name, font in FONTS.items())
    objects: dict[int, bytes] = {1: f"<< /Type /Catalog /Pages 2 0 R {catalogue} >>".encode(), **(more or {})}
    first = 100
    numbers = range(first, first + 2 * len(pages), 2)
    kids = " ".join(f"{number} 0 R" for number in numbers)
    limits = " ".join(map(str, box))
    objects[2] = f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} /MediaBox [{limits}] >>".encode()
    for number, page in zip(numbers, pages, strict=True):
        content = page if isinstance(page, bytes) else stream("".join(item.code for item in page).encode("latin-1"))
        objects[number] = (
            f"<< /Type /Page /Parent 2 0 R /Contents {number + 1} 0 R "
            f"/Resources << /Font << {fonts} >> {resources} >> >>"
        ).encode()
        objects[number + 1] = content
    return assembled(objects, trailer)


def paragraph(text: str, left: float = 72, top: float = 700, size: float = 10, characters: int = 90) -> list[Text]:
    """Set a text in lines of at most so many characters."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + len(word) < characters:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return [Text(left, top - 1.2 * size * place, line, size) for place, line in enumerate(lines)]
