"""What a declaration of a kind is made of. Loading, schemas, documentation, comparison, export and tests derive from
it."""

from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property

import msgspec

from reconciler.model.secret import Secret, SecretReference

Value = str | int | bool | None | tuple[str, ...] | Secret | SecretReference
"""A field's canonical value: text trimmed at both ends and never empty ("" is None, which clears), a set sorted and
without repeats, a date as YYYY-MM-DD, a secret or sensitive text as Secret (a SecretReference until it is resolved),
and what `Type` says of the others. Two canonical values are the same exactly when `==` says so."""


class Type(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    CHOICE = "choice"  # one of `choices`
    WORDS = "words"  # some of `choices` joined by "+", in any order, or one of `alone`
    SET = "set"  # of texts or references; order and repeats mean nothing
    LIST = "list"  # of texts, whose order counts; one that is sensitive is a Secret of its members, see `joined`
    SECRET = "secret"  # noqa: S105  only ever a reference
    FILE = "file"  # a file of the project; masked, its value is the reference to it
    PHOTO = "photo"  # the same of a picture; once resolved, a Secret of its SHA-256 with its absolute path
    MOMENT = "moment"  # a date, or YYYY-MM-DDTHH:MM:SS; that of midnight, or of its last second at an end, as the date
    DURATION = "duration"  # whole seconds, as 60s
    TIMEZONE = "timezone"  # of the system's database, such as Europe/Berlin
    URL = "url"  # of http or https, without a user name and a password
    ADDRESS = "address"  # of IP version 4
    INTERFACE = "interface"  # an address with the length of its network: 192.168.0.5/24
    WEEK = "week"  # a mapping of days to ranges: `mon-fri 08:00-18:00`, `sat 09:00-12:00 13:00-15:00`, from Monday on
    DAYS = "days"  # a mapping of all days to references: `mon-fri day`, `sat-sun holiday`, from Monday on
    CYCLE = "cycle"  # {from: date, cycle: [references]}: the date, then the shortest cycle
    RANGES = "ranges"  # of times, sorted
    BELLS = "bells"  # {at, days, ring, output}: `08:00 mon-fri 30s both`, sorted
    ROWS = "rows"  # of `fields`, the first one their key: the keys in order; the others at PATH.KEY.NAME
    BLOCK = "block"  # a mapping with `fields`
    MAP = "map"  # a mapping of free labels to texts


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field. `reference` is the kind whose keys are the values. `sensitive` text may stand in a file and is masked
    everywhere else. A `meta` field is about the object and never on a target (lifecycle, was, on_remove); a `derived`
    one never stands in files: projection makes it. A `lasting` one always has a value on a target, so null can't clear
    it. `shares` names another field that has values of the same space: where each is wanted only once, it is in one of
    both. `members` is the type of a set's or list's members; a moment that is an `end` means a day's last second.
    `minimum` and `maximum` bound an integer, or a duration's seconds; `most` is the greatest number of members."""

    name: str
    type: Type
    doc: str
    required: bool = False
    length: int | None = None
    choices: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    pattern: str | None = None
    reference: str | None = None
    shares: str | None = None
    sensitive: bool = False
    meta: bool = False
    derived: bool = False
    lasting: bool = False
    end: bool = False
    members: Type = Type.TEXT
    minimum: int | None = None
    maximum: int | None = None
    most: int | None = None
    fields: tuple["Field", ...] = ()

    @property
    def masked(self) -> bool:
        """Whether its value never shows."""
        return self.sensitive or self.is_path or self.type is Type.SECRET

    @property
    def is_path(self) -> bool:
        """Whether what stands in files is the path of a file, of which only the content is masked."""
        return self.type in (Type.FILE, Type.PHOTO)


class Kind(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One kind. `plural` is its list's name in files. `identity` are groups of paths that, when equal, hint that two
    objects are the same one under another key. Objects of a kind that is not `listed` are no list in files; one that is
    not `held` is about targets themselves, and never on one."""

    name: str
    plural: str
    doc: str
    fields: tuple[Field, ...]
    key: str = "code"
    identity: tuple[tuple[str, ...], ...] = ()
    listed: bool = True
    held: bool = True

    @property
    def noun(self) -> str:
        """What one object is called in sentences."""
        return "setting" if self.name == self.plural else self.name.replace("_", " ")

    @property
    def nouns(self) -> str:
        """What several are called in sentences."""
        return self.plural.replace("_", " ")

    @property
    def parent(self) -> str | None:
        """The path that refers to an object of this same kind, if there is one."""
        return next((field.name for field in self.fields if field.reference == self.name), None)

    def paths(self) -> dict[str, Field]:
        """Every field that a target can hold, the key left out, by its path: `attendance.enabled` for one in a block.
        A map stands once, as its own name; its values have paths such as `attributes.Global ID`. So do rows.
        All callers share it."""
        return self._paths

    @cached_property
    def _paths(self) -> dict[str, Field]:
        return {path: field for path, field in _leaves(self.fields, "") if path != self.key}


def _leaves(fields: tuple[Field, ...], prefix: str) -> Iterator[tuple[str, Field]]:
    for field in fields:
        if field.meta:
            continue
        if field.type is Type.BLOCK:
            yield from _leaves(field.fields, f"{prefix}{field.name}.")
        else:
            yield prefix + field.name, field


def members(field: Field, value: Value) -> tuple[str, ...]:
    """The keys that a canonical value of a field with a `reference` refers to."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, tuple):
        return ()
    match field.type:
        case Type.DAYS:
            return tuple(sorted({text.partition(" ")[2] for text in value} - set(field.alone)))
        case Type.CYCLE:
            return tuple(sorted(set(value[1:]) - set(field.alone)))
        case _:
            return value


def decimal(text: str) -> str:
    """A number as a system writes it that keeps numbers: without leading zeros. Every other text stays."""
    return text.lstrip("0") or "0" if text.isascii() and text.isdecimal() else text
