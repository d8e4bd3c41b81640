"""What targets had at one moment, as it is kept in a file."""

from collections.abc import Mapping

import msgspec

from reconciler.model.address import Address
from reconciler.model.fields import Value
from reconciler.model.objects import Listing
from reconciler.model.state import State


class TargetSnapshot(msgspec.Struct, frozen=True):
    """One target's listings, by kind. Secrets in them are Digested."""

    system: str
    url: str
    listings: Mapping[str, Listing]


class Snapshot(msgspec.Struct, frozen=True):
    """What the targets of a project had. `key_id` tells which key the secrets' digests were made with. `state` is the
    part of the state that is about these targets, as it was then (None: it was not kept)."""

    project: str
    key_id: str
    targets: Mapping[str, TargetSnapshot]
    state: State | None


class FieldDifference(msgspec.Struct, frozen=True):
    path: str
    before: Value
    after: Value


class Difference(msgspec.Struct, frozen=True):
    """One object. `how` is added, removed or changed; `fields` are what it has, had, or has otherwise."""

    address: Address
    how: str
    fields: tuple[FieldDifference, ...]


class Compared(msgspec.Struct, frozen=True):
    """`hidden` counts masked values of which it can't be told whether they differ. `missing` are targets, or a target's
    kinds, that only one of the two has. `shared` counts the targets that both have."""

    differences: tuple[Difference, ...]
    hidden: int
    missing: tuple[tuple[str, str], ...]
    shared: int
