"""How terminals write values: each command has booleans of its own, numbers stand for words."""

import json
from collections.abc import Callable, Sequence

import msgspec

from reconciler.model.fields import Value

_SPOKEN = {"yes": True, "no": False, "on": True, "off": False, "true": True, "false": False}
_LONGEST_SHOWN = 60  # code points


class Codec(msgspec.Struct, frozen=True):
    """`decode` makes a terminal's value one of the language, `encode` the other way round what the language has."""

    decode: Callable[[object], Value]
    encode: Callable[[Value], object]


def unknown(given: object) -> str:
    """A value that the language has no word for, as `7 (unknown)`: it differs from every other, and is shown."""
    text = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False, sort_keys=True)
    shown = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
    return f"{shown} (unknown)"


def _number(given: object) -> Value:
    return given if type(given) is int else unknown(given)  # True is an int in Python, never in JSON


def _flag(given: object) -> Value:
    """Read in any dialect: what it means is certain, and only writing has to keep to one."""
    known = given if isinstance(given, bool) else _SPOKEN.get(given.strip().lower()) if isinstance(given, str) else None
    return unknown(given) if known is None else known


def flag(off: object, on: object) -> Codec:
    """A boolean that is written as one of these two."""
    return Codec(_flag, lambda value: on if value else off)


def numbered(words: Sequence[str]) -> Codec:
    """Words that stand at their numbers, from 0."""

    def decode(given: object) -> Value:
        return words[given] if type(given) is int and 0 <= given < len(words) else unknown(given)

    return Codec(decode, lambda value: words.index(str(value)))


def caseless(words: Sequence[str]) -> Codec:
    """Words that a terminal writes in any case."""

    def decode(given: object) -> Value:
        word = given.strip().lower() if isinstance(given, str) else None
        return word if word in words else unknown(given)

    return Codec(decode, lambda value: value)


NUMBER = Codec(_number, lambda value: value)
YES = flag("no", "yes")
ON = flag("off", "on")
TRUE = flag(False, True)
