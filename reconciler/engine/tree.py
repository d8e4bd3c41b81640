"""The tree that a kind's objects will form: an object's parent is what the files say, and where they say nothing, what
the target has."""

from collections.abc import Callable, Iterator, Mapping

from reconciler.model.diagnostic import Diagnostic, error
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Desired, Listing
from reconciler.model.plan import Change

ParentOf = Callable[[str], str | None]


def tree_of(kind: str, changes: list[Change], desired: Desired, listings: Mapping[str, Listing]) -> ParentOf:
    """Gives the parent that an object of `kind` will have, by their keys of then."""
    path = KINDS[kind].parent or ""
    wanted = desired.objects.get(kind, {})
    live = listings[kind].objects if kind in listings else {}
    renamed = {
        change.was: change.address.key for change in changes if change.was is not None and change.address.kind == kind
    }
    before = {new: old for old, new in renamed.items()}

    def parent(key: str) -> str | None:
        if key in wanted and path in wanted[key].values:
            found = wanted[key].values[path]
        else:
            there = live.get(before.get(key, key))
            found = there.values.get(path) if there is not None else None
            found = renamed.get(found, found) if isinstance(found, str) else None
        return found if isinstance(found, str) else None

    return parent


def above(key: str, parent: ParentOf) -> Iterator[str]:
    """The keys above an object, nearest first, each once: a ring is walked once round."""
    seen: set[str] = set()
    at = parent(key)
    while at is not None and at not in seen:
        seen.add(at)
        yield at
        at = parent(at)


def moves(change: Change) -> bool:
    """Whether the change gives an object its parent: it creates it, or moves it."""
    path = KINDS[change.address.kind].parent
    return path is not None and (change.before is None or any(field.path == path for field in change.fields))


def without_rings(
    changes: list[Change], desired: Desired, listings: Mapping[str, Listing]
) -> tuple[list[Change], list[Diagnostic]]:
    """Leaves out each move of an object below itself, with an error: the files' own parents form no ring, but one that
    they leave out keeps the parent that it has on the target."""
    trees = {kind: tree_of(kind, changes, desired, listings) for kind in {c.address.kind for c in changes if moves(c)}}
    rings = [
        change
        for change in changes
        if moves(change) and change.address.key in above(change.address.key, trees[change.address.kind])
    ]
    return [change for change in changes if change not in rings] if rings else changes, [_ring(c) for c in rings]


def _ring(change: Change) -> Diagnostic:
    path = KINDS[change.address.kind].parent or ""
    below = (change.after or {}).get(path)
    return error(
        "RC0303",
        f"It would get the {path} {below}, which is below it on the target, and the files do not say where that, or "
        f"what is between them, shall belong. Give that a {path} too.",
        address=change.address,
        source=change.source,
    )
