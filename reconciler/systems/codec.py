"""Scalars between the language and the wire of a server."""

from collections.abc import Callable, Mapping

import msgspec

from reconciler.model.fields import Value


class Codec(msgspec.Struct, frozen=True):
    """Two functions that undo each other. `decode` never fails."""

    decode: Callable[[object], Value]
    encode: Callable[[Value], object]


def choice(words: Mapping[str, int | str], text: Callable[[object], str | None], empty: object) -> Codec:
    """One of `words`, which are other numbers or letters on the wire; an unknown one decodes to itself as `text`. None
    is sent as `empty`."""
    decoding = {str(wire): word for word, wire in words.items()}

    def decode(value: object) -> Value:
        plain = text(value)
        return None if plain is None else decoding.get(plain, plain)

    def encode(value: Value) -> object:
        return empty if value is None else words.get(str(value), value)

    return Codec(decode, encode)
