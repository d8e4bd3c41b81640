"""Text for a terminal: measured in its cells, cut, wrapped and coloured."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

import click

from reconciler.model.words import printable

COLUMNS = 100
"""Prose is wrapped at this many terminal cells."""

_TONES: Mapping[str, Mapping[str, Any]] = {
    "create": {"fg": "green"},
    "update": {"fg": "yellow"},
    "delete": {"fg": "red"},
    "adopt": {"fg": "cyan"},
    "drift": {"fg": "magenta"},
    "error": {"fg": "red", "bold": True},
    "warning": {"fg": "yellow", "bold": True},
    "good": {"fg": "green", "bold": True},
    "strong": {"bold": True},
    "dim": {"dim": True},
}


def wants_color(no_color: bool, environment: Mapping[str, str], terminal: bool) -> bool:
    """Whether to colour: on a terminal, unless `--no-color` or a NO_COLOR that is not empty says otherwise."""
    return terminal and not no_color and not environment.get("NO_COLOR")


def paint(text: str, tone: str, color: bool) -> str:
    """`text` in the colours of a tone (create, update, delete, adopt, drift, error, warning, good, strong, dim)."""
    return click.style(text, **_TONES[tone]) if color and text else text


def width(text: str) -> int:
    """How many terminal cells `text` takes: two for wide East Asian characters, none for combining ones."""
    return len(text) if text.isascii() else sum(_cells(char) for char in text)


def _cells(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def pad(text: str, cells: int) -> str:
    """`text` with spaces after it up to `cells` terminal cells."""
    return text + " " * (cells - width(text))


def fit(text: str, cells: int) -> str:
    """The beginning of `text` in at most `cells` terminal cells, ending in … when something was left out."""
    if width(text) <= cells:
        return text
    taken, used = [], 1
    for char in text:
        used += _cells(char)
        if used > cells:
            break
        taken.append(char)
    return "".join(taken) + "…"


def wrap(words: Iterable[str], indent: str, *, separator: str = " ", columns: int = COLUMNS) -> list[str]:
    """Lines of at most `columns` cells, each beginning with `indent`, holding `words` joined by `separator`. A word
    that is longer than a line stays whole, so that it can be copied."""
    lines: list[str] = []
    line = ""
    for word in words:
        longer = f"{line}{separator}{word}" if line else word
        if line and width(indent) + width(longer) > columns:
            lines.append(indent + (line + separator).rstrip())
            line = word
        else:
            line = longer
    return [*lines, indent + line] if line else lines


def prose(text: str, indent: str) -> list[str]:
    """A message as wrapped lines, made harmless."""
    return wrap(printable(text).split(" "), indent)


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """`1 employee`, `1,200 employees`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listed(parts: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
