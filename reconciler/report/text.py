"""Text for people: made harmless, measured in terminal cells, coloured, and values shown by one rule."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

import click

from reconciler.model.fields import Value
from reconciler.model.secret import Secret, SecretReference

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

_NAMED = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
_KEPT = "\u200c\u200d\u3000"  # joiners are part of Persian, Hindi and emoji; the wide space stands in Japanese names
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"}
_BARE = re.compile(r"""[^\s,"'\[\]{}()→+\-][^\s,"'\[\]{}()→]*""")
_LOOKS_TYPED = {"true", "false", "null"}


def wants_color(no_color: bool, environment: Mapping[str, str], terminal: bool) -> bool:
    """Whether to colour: on a terminal, unless `--no-color` or a NO_COLOR that is not empty says otherwise."""
    return terminal and not no_color and not environment.get("NO_COLOR")


def paint(text: str, tone: str, color: bool) -> str:
    """`text` in the colours of a tone (create, update, delete, adopt, drift, error, warning, good, strong, dim)."""
    return click.style(text, **_TONES[tone]) if color and text else text


def printable(text: str) -> str:
    """`text` on one line, with all that could move the cursor, reorder or hide text written as an escape such as
    `\\x1b`. Letters of every script, accents and emoji stay."""
    if text.isprintable():
        return text
    return "".join(_escape(char) if _unseen(char) else char for char in text)


def _unseen(char: str) -> bool:
    return char not in _KEPT and char != " " and unicodedata.category(char) in _UNSEEN


def _escape(char: str) -> str:
    number = ord(char)
    if char in _NAMED:
        return _NAMED[char]
    if number <= 0xFF:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"


def storable(text: str) -> str:
    """`text` as UTF-8 can hold it: a lone surrogate, as in a file's name that is not UTF-8, is written as an escape."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def show_value(value: Value) -> str:
    """A value as plans and messages show it: `(hidden)` for what is masked, `(none)` for None, `[HQ, LAB]` for a set.

    A text stands bare when it can't be mistaken: no space, comma, quote, bracket or escape in it, no sign before it,
    not `true`, `false` or `null`. Every other text is in double quotes.
    """
    match value:
        case None:
            return "(none)"
        case Secret() | SecretReference():
            return "(hidden)"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case tuple():
            return f"[{', '.join(show_value(member) for member in value)}]"
        case _:
            shown = printable(value)
            bare = shown == value and _BARE.fullmatch(value) and value not in _LOOKS_TYPED
            return value if bare else quoted(shown)


def quoted(text: str) -> str:
    """`text` in double quotes."""
    return '"' + text.replace('"', '\\"') + '"'


def show_pair(before: Value, after: Value) -> tuple[str, str]:
    """Two values that differ, so that they are seen to differ: when they look the same (accents composed in another
    way, the text 1 and the number 1) what sets them apart is written out."""
    left, right = show_value(before), show_value(after)
    if _masked(before) or _masked(after) or _looks(left) != _looks(right):
        return left, right
    return _literal(before), _literal(after)


def _masked(value: Value) -> bool:
    return isinstance(value, Secret | SecretReference)


def _looks(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _literal(value: Value) -> str:
    if not isinstance(value, str):
        return show_value(value).encode("ascii", "backslashreplace").decode("ascii")
    return quoted(printable(value).encode("ascii", "backslashreplace").decode("ascii"))


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
