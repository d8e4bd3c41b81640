"""How names and values stand in sentences, for everything that speaks to people: harmless, and by one rule."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from reconciler.model.fields import Value
from reconciler.model.secret import Secret, SecretReference

LONGEST_CITATION = 60  # code points
_NAMED = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
_KEPT = "\u200c\u200d\u3000"  # joiners are part of Persian, Hindi and emoji; the wide space stands in Japanese names
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"}
_BARE = re.compile(r"""[^\s,"'\[\]{}()→+\-][^\s,"'\[\]{}()→]*""")
_LOOKS_TYPED = {"true", "false", "null"}


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


def some(names: Sequence[str], most: int = 5) -> str:
    """The first few names, and how many more there are: `a, b, c and 9 more`."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


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


def cited(text: str) -> str:
    """What a user wrote, in quotes, and cut when it is long."""
    return f'"{text}"' if len(text) <= LONGEST_CITATION else f'"{text[:LONGEST_CITATION]}…"'


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


def nearest(name: str, names: Iterable[str]) -> str:
    """A sentence that names the likeliest of `names`, with a space before it; "" when none is near."""
    known = {each.casefold(): each for each in sorted(names)}
    matches = get_close_matches(name[:100].casefold(), sorted(known), n=1)
    return f' Did you mean "{known[matches[0]]}"?' if matches else ""
