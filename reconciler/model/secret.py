"""Secret and sensitive values: a type of its own that no formatting, logging or serialising can print."""

from typing import Literal, Never

import msgspec

from reconciler.model.diagnostic import Span

MASK = "***"


class Secret:
    """A text that may be compared and sent, never shown. Only `reveal` gives it away: call it where bytes leave for
    the target, or go into a keyed digest, and nowhere else."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> Never:
        raise TypeError("a secret cannot be serialised")


class SecretReference(msgspec.Struct, frozen=True):
    """Where a secret is to be had: `{env: NAME}`, `{file: PATH}`, `{command: [...]}` or `{table: NAME}`.

    `argument` has one item, but for a command's program and arguments.
    """

    source: Literal["env", "file", "command", "table"]
    argument: tuple[str, ...]
    span: Span
