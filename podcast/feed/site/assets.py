"""The one style and the one script of all pages, under names that change when they do."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from podcast import files
from podcast.errors import InputError
from podcast.feed.page import Page, digest_of

if TYPE_CHECKING:
    from podcast.show import Show

TEMPLATES = Path(__file__).parent.parent / "templates"
OWN_STYLE = "site.css"
"""In a show's templates/: what it changes of the style."""

_STYLES = ("look.css", "listen.css")
_SCRIPTS = ("common.js", "player.js", "transcript.js", "search.js")
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Assets:
    """Style and script as they are served."""

    style: str
    script: str

    @property
    def style_name(self) -> str:
        """File name of the style."""
        return _name(self.style, "css")

    @property
    def script_name(self) -> str:
        """File name of the script."""
        return _name(self.script, "js")


def assets_of(show: Show) -> Assets:
    """Put style and script together; InputError if the show's own style cannot be used."""
    return Assets(_joined(_STYLES) + _own_style(show), _joined(_SCRIPTS))


def asset_pages(assets: Assets) -> tuple[Page, Page]:
    """Return both as files of the site."""
    return (
        _page(assets.style_name, "text/css; charset=utf-8", assets.style),
        _page(assets.script_name, "text/javascript; charset=utf-8", assets.script),
    )


def _page(name: str, media_type: str, text: str) -> Page:
    return Page(name, media_type, digest_of("asset", text), text.encode, "name")


def _name(text: str, ending: str) -> str:
    return f"site-{files.sha256_of(text.encode())[:_DIGITS]}.{ending}"


@functools.cache
def _joined(names: tuple[str, ...]) -> str:
    return "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in names)


def _own_style(show: Show) -> str:
    """Read what the show itself says of its looks: behind ours, so that it counts."""
    path = show.templates / OWN_STYLE
    if not path.is_file():
        return ""
    if not path.resolve().is_relative_to(show.templates.resolve()):
        raise InputError(f"{path}: a link to another place. Put the style itself there.")
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}. Save it as UTF-8.") from error
