"""Digests: what lets two runs compare values without keeping them."""

from collections.abc import Mapping
from hashlib import blake2b

import msgspec

from reconciler.model.address import Address
from reconciler.model.fields import Value
from reconciler.model.secret import Digested, Secret, joined

_encode = msgspec.json.Encoder(enc_hook=lambda value: {"secret": value.reveal()}, order="deterministic").encode


def value_digest(key: bytes, address: Address, path: str, value: Value) -> str:
    """The keyed digest of one field's value. Equal values of different objects have unrelated digests.

    `key` has 1 to 64 bytes; the result is 16 hexadecimal digits.
    """
    if isinstance(value, Digested):
        return value.applied
    text = _encode((*address, path, value))
    return blake2b(text, key=key, digest_size=8).hexdigest()


def digested(key: bytes, address: Address, path: str, secret: Secret, members: bool, space: str | None) -> Digested:
    """The secret by its digests. Those of different objects are unrelated, so that nobody sees who has the same one;
    but for values of which a target wants each once in a `space` of paths: which object takes it from which has to be
    seen. With `members` it is a list's, each of which has its own."""
    scope = (address.kind, space) if space is not None else (*address[1:], path)

    def text_of(member: str) -> str:
        return blake2b(_encode(("snapshot", *scope, member)), key=key, digest_size=8).hexdigest()

    texts = [text_of(member) for member in secret.reveal().split(",")] if members else [text_of(secret.reveal())]
    together = joined(texts)
    return Digested(together.reveal() if together else "", value_digest(key, address, path, secret))


def live_digest(key: bytes | None, values: Mapping[str, Value]) -> str:
    """The digest of a live object for a saved plan. Without a key masked values take no part: a plain digest of a card
    number or a PIN could be guessed from the plan."""
    if key is None:
        values = {path: value for path, value in values.items() if not isinstance(value, Secret)}
    return blake2b(_encode(values), key=key or b"", digest_size=16).hexdigest()
