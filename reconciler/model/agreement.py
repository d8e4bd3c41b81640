"""Whether the targets of an export are of one mind."""

import msgspec

from reconciler.model.fields import Value


class Conflict(msgspec.Struct, frozen=True):
    """A field that is not the same everywhere. `value` is that of the first target that gave it; `targets` are this one
    and all that differ from it. `stands`: the value is in the files all the same."""

    kind: str
    key: str
    path: str
    value: Value
    targets: tuple[str, ...]
    stands: bool


class Outlook(msgspec.Struct, frozen=True):
    """How many changes a plan of the files would have for one target, and how many errors. What is to be rewritten is
    not known to differ: the target does not show it."""

    target: str
    create: int = 0
    update: int = 0
    rewrite: int = 0
    delete: int = 0
    errors: int = 0
