"""The one door to Jinja2: a template and values to text.

Templates may come from a show that somebody else made, so they are sandboxed: they see the values that they are given,
and no files but those of their own folders. How long they take, and how much memory, is not bounded but for what they
write.
"""

from __future__ import annotations

import contextlib
import functools
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podcast.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_PACKAGE = Path(__file__).resolve().parent.parent
_MOST_CHARACTERS = 20_000_000
_ADVICE = "Correct it, or delete your template to use the one that comes with the package."


def render(name: str, folders: Sequence[Path], values: Mapping[str, object], *, is_html: bool) -> str:
    """Render the template of that name from the first folder that has it; in HTML values are escaped.

    Raises InputError with file and line for a template that cannot be read, knows no such value, or has no end.
    """
    from jinja2 import TemplateError

    try:
        template = _environment(tuple(folders), is_html=is_html).get_template(name)
        with contextlib.closing(template.generate(values)) as pieces:
            return _whole(pieces, name)
    # What expressions of a template raise comes through as it is.
    except (
        TemplateError,
        ArithmeticError,
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
        NameError,  # as of inf, which Jinja2 writes for 1e999
        SyntaxError,  # as of loops that Python does not nest so deep
        RecursionError,
        MemoryError,
    ) as error:
        raise InputError(f"{_place(error, name, folders)}: {_what(error)}. {_ADVICE}") from error


def _whole(pieces: Iterable[str], name: str) -> str:
    kept: list[str] = []
    left = _MOST_CHARACTERS
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            raise InputError(f"{name}: the template writes more than {_MOST_CHARACTERS:,} characters. {_ADVICE}")
        kept.append(piece)
    return "".join(kept)


def _environment(folders: tuple[Path, ...], *, is_html: bool) -> Any:
    """Find what compiles templates: our own once and for all, a show's anew each time.

    So nothing that a show's templates leave behind, in what they import, is there for the next text.
    """
    if all(folder.resolve().is_relative_to(_PACKAGE) for folder in folders):
        return _kept_environment(folders, is_html=is_html)
    for folder in folders:
        _refuse_links(folder)
    return _new_environment(folders, is_html=is_html)


@functools.cache
def _kept_environment(folders: tuple[Path, ...], *, is_html: bool) -> Any:
    return _new_environment(folders, is_html=is_html)


def _new_environment(folders: tuple[Path, ...], *, is_html: bool) -> Any:
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folders), autoescape=is_html, undefined=StrictUndefined, trim_blocks=True
    )


def _refuse_links(folder: Path) -> None:
    """Raise InputError if a template is a link to a file outside of its folder."""
    home = folder.resolve()
    for path in folder.rglob("*"):
        if path.is_symlink() and not path.resolve().is_relative_to(home):
            raise InputError(f"{path}: a link to another place. Put the template itself there.")


def _place(error: Exception, name: str, folders: Sequence[Path]) -> str:
    from jinja2 import TemplateSyntaxError

    if isinstance(error, TemplateSyntaxError):
        return f"{error.filename or error.name or name}, line {error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if any(map(Path(frame.filename).is_relative_to, folders))]
    return f"{own[-1].filename}, line {own[-1].lineno}" if own else name


def _what(error: Exception) -> str:
    from jinja2 import TemplateNotFound

    if isinstance(error, TemplateNotFound):
        return f"there is no template {error.name}"
    if isinstance(error, MemoryError):
        return "the template wants more memory than there is"
    if isinstance(error, RecursionError):
        return "the template includes or calls itself without end"
    if isinstance(error, UnicodeDecodeError):
        return "the template is not UTF-8"
    return str(error).rstrip(".") or type(error).__name__
