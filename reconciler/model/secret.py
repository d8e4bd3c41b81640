"""Secret and sensitive values: a type of its own that no formatting, logging or serialising can print."""

from collections.abc import Iterable
from typing import Literal, Never

import msgspec

from reconciler.model.diagnostic import Span

MASK = "***"


class Secret:
    """A text that may be compared and sent, never shown. Only `reveal` gives it away: call it where bytes leave for
    the target, or go into a keyed digest, and nowhere else. A photo's text is the SHA-256 of its file, and `path` the
    file: where a project is checked out says nothing of the photo."""

    __slots__ = ("_text", "path")

    def __init__(self, text: str, path: str | None = None) -> None:
        self._text = text
        self.path = path

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


class Digested(Secret):
    """A secret of which only digests are known. Its text is one for comparing it with others of the same field, and of
    a list's members each; `applied` is the digest that the state would hold of it."""

    __slots__ = ("applied",)

    def __init__(self, text: str, applied: str) -> None:
        super().__init__(text)
        self.applied = applied


def joined(members: Iterable[str]) -> Secret | None:
    """What a list of sensitive texts is: one Secret of them, sorted, each once, with a comma between two. None when
    there is none: an empty list clears. No member has a comma in it."""
    text = ",".join(sorted(set(members)))
    return Secret(text) if text else None


class SecretReference(msgspec.Struct, frozen=True):
    """Where a secret is to be had: `{env: NAME}`, `{file: PATH}`, `{command: [...]}` or `{table: NAME}`.

    `argument` has one item, but for a command's program and arguments. A "list" of sensitive texts has none: it has
    the references among its `members`, and the others, `joined`, as `given`.
    """

    source: Literal["env", "file", "command", "table", "list"]
    argument: tuple[str, ...]
    span: Span
    members: tuple["SecretReference", ...] = ()
    given: Secret | None = None
