"""An author's own picture, whatever it is, as plain RGB: what is no picture, or none of the right size, is refused."""

from __future__ import annotations

import io
import struct
import warnings
from typing import TYPE_CHECKING

from PIL import Image, ImageOps

from podcast.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

SMALLEST_PX, LARGEST_PX = 1400, 3000
"""What directories ask for (Apple, artwork requirements)."""

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
"""What is read: other formats of Pillow's run programs, or are files that nobody has a cover in."""

_BROKEN = (OSError, SyntaxError, ValueError, IndexError, EOFError, struct.error)
"""What Pillow raises for damaged files, depending on where the damage is."""


def open_picture(data: bytes, path: Path) -> Image.Image:
    """Read a square picture of 1400 to 3000 pixels; InputError says of `path` what is wrong with it.

    Of an animation it is the first picture; a photograph is turned as its camera was held; what is transparent
    becomes white.
    """
    for kind in (Image.DecompressionBombWarning, UserWarning):  # of its size, which is looked at here; of its remarks
        warnings.filterwarnings("ignore", category=kind, module="PIL")
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
            _refuse_other_size(picture, path)
            return _plain(picture)
    except Image.DecompressionBombError as error:
        raise InputError(f"{path}: far more pixels than a cover has. {_WANTED}") from error
    except _BROKEN as error:
        raise InputError(f"{path}: not a picture that can be read. Use a JPEG or PNG.") from error


_WANTED = f"A cover is square, {SMALLEST_PX} to {LARGEST_PX} pixels."


def _refuse_other_size(picture: Image.Image, path: Path) -> None:
    if picture.width != picture.height or not SMALLEST_PX <= picture.width <= LARGEST_PX:
        raise InputError(f"{path}: {picture.width} x {picture.height} pixels. {_WANTED}")


def _plain(picture: Image.Image) -> Image.Image:
    """Lay it on white, so that nothing but its colours is left: no alpha, no profile, no comment."""
    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I"):  # 16 bits of gray, which Pillow would cut off instead of scaling them
        picture = picture.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    paper = Image.new("RGB", picture.size, "white")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        paper.paste(picture, mask=picture.getchannel("A"))
    else:
        paper.paste(picture.convert("RGB"))
    return paper
