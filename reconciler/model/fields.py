"""What a declaration of a kind is made of. Loading, schemas, documentation, comparison, export and tests derive from
it."""

from collections.abc import Iterator
from enum import StrEnum

import msgspec

from reconciler.model.secret import Secret, SecretReference

Value = str | int | bool | None | tuple[str, ...] | Secret | SecretReference
"""A field's canonical value: text trimmed at both ends and never empty ("" is None, which clears), a set sorted and
without repeats, a date as YYYY-MM-DD, a secret or sensitive text as Secret (a SecretReference until it is resolved).
Two canonical values are the same exactly when `==` says so."""


class Type(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    CHOICE = "choice"  # one of `choices`
    WORDS = "words"  # some of `choices` joined by "+", in any order, or one of `alone`
    SET = "set"  # of texts or references; order and repeats mean nothing
    SECRET = "secret"  # noqa: S105  only ever a reference
    BLOCK = "block"  # a mapping with `fields`
    MAP = "map"  # a mapping of free labels to texts


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field. `reference` is the kind whose keys are the values. `sensitive` text may stand in a file and is masked
    everywhere else. A `meta` field is about the object and never on a target (lifecycle, was, on_remove)."""

    name: str
    type: Type
    doc: str
    required: bool = False
    length: int | None = None
    choices: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    pattern: str | None = None
    reference: str | None = None
    sensitive: bool = False
    meta: bool = False
    fields: tuple["Field", ...] = ()

    @property
    def masked(self) -> bool:
        """Whether its value never shows."""
        return self.sensitive or self.type is Type.SECRET


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind. `plural` is its list's name in files. `identity` are groups of paths that, when equal, hint that two
    objects are the same one under another key."""

    name: str
    plural: str
    doc: str
    fields: tuple[Field, ...]
    key: str = "code"
    identity: tuple[tuple[str, ...], ...] = ()

    @property
    def parent(self) -> str | None:
        """The path that refers to an object of this same kind, if there is one."""
        return next((field.name for field in self.fields if field.reference == self.name), None)

    def paths(self) -> dict[str, Field]:
        """Every field that a target can hold, the key left out, by its path: `attendance.enabled` for one in a block.
        A map stands once, as its own name; its values have paths such as `attributes.Global ID`."""
        return {path: field for path, field in _leaves(self.fields, "") if path != self.key}


def _leaves(fields: tuple[Field, ...], prefix: str) -> Iterator[tuple[str, Field]]:
    for field in fields:
        if field.meta:
            continue
        if field.type is Type.BLOCK:
            yield from _leaves(field.fields, f"{prefix}{field.name}.")
        else:
            yield prefix + field.name, field
