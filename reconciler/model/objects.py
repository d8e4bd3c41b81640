"""Objects as files ask for them (desired) and as targets have them (live)."""

from collections.abc import Iterable, Mapping

import msgspec

from reconciler.model.diagnostic import Diagnostic, Span
from reconciler.model.fields import Value
from reconciler.model.project import Project, Prune


class Object(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One object of the files. `values` has canonical values by path; a path that is not in it is not managed, None
    clears. The key is not among them. `places` are those of the settings that a device or a profile has, by name."""

    kind: str
    key: str
    values: dict[str, Value]
    span: Span
    prevent_delete: bool | None = None  # None: the files say nothing
    ignore: tuple[str, ...] = ()  # paths, or blocks
    on_remove: str | None = None
    was: str | None = None
    places: dict[str, Span] | None = None


Objects = Mapping[str, Mapping[str, Object]]
"""By kind, then key."""


class Organisation(msgspec.Struct, frozen=True):
    """All that the files say. `own` are the objects that only one target has, its settings, by target. `digest` stands
    for the content of every file that was read and the variables."""

    project: Project
    objects: Objects
    digest: str
    own: Mapping[str, Objects] = {}


class Desired(msgspec.Struct, frozen=True):
    """What one target must hold: the projection of an organisation.

    `selected` bounds what the target covers: by kind, the keys that its selection names and all below them. Of a set of
    references to such a kind only members inside are ours to add and remove; others that the server has stay. `prune`
    says by kind what becomes of what the target has besides; where it says nothing, only what is ours goes.
    """

    target: str
    objects: Objects  # a kind that is here is managed, even when empty
    selected: Mapping[str, frozenset[str]] = {}
    prune: Mapping[str, Prune] = {}

    def paths(self, kind: str) -> frozenset[str]:
        """Every path that some object of `kind` manages."""
        return paths_of(self.objects.get(kind, {}).values())


def paths_of(objects: Iterable[Object]) -> frozenset[str]:
    """Every path that some of the objects manage."""
    found: set[str] = set()
    for each in objects:
        found.update(each.values)
    return frozenset(found)


class Live(msgspec.Struct, frozen=True, gc=False):
    """One object of a target, in the words of the files. A path that the server did not give is not in `values`; a
    `builtin` object is part of the system and never deleted."""

    key: str
    id: int | str
    values: dict[str, Value]
    builtin: bool = False


class Listing(msgspec.Struct, frozen=True):
    """All objects of a kind on a target. When `problem` is there the listing is unknown, never empty: nothing is
    created, changed or deleted on it. `duplicates` are keys that the target has more than once (the first stands).
    `raw` is what the system itself has to know besides, in its own words; `room` how many more objects the target
    holds, where that is known."""

    kind: str
    objects: Mapping[str, Live]
    duplicates: frozenset[str] = frozenset()
    problem: Diagnostic | None = None
    raw: object = None
    room: int | None = None
