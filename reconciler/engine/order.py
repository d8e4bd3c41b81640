"""Order: which change waits for which. It follows from references, from values that must be unique, from the room that
a target has, and from nothing else."""

from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter

import msgspec

from reconciler.engine.references import references, users_of
from reconciler.engine.tree import above, moves, tree_of
from reconciler.engine.unique import ring_breakers, singles, space, waits, writes
from reconciler.model.address import Address
from reconciler.model.fields import Value
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Desired, Listing
from reconciler.model.plan import Action, Change
from reconciler.systems.base import Binding, System

Name = tuple[str, str]
"""A kind and a key."""

Edges = dict[Address, set[Address]]


def stage(change: Change, bindings: Mapping[str, Binding]) -> int:
    """When a change is made: after all changes of lower stages, whatever becomes of those."""
    binding = bindings.get(change.address.kind)
    return binding.stages.get(change.address.key, 0) if binding is not None else 0


def order(changes: list[Change], desired: Desired, listings: Mapping[str, Listing], system: System) -> list[Change]:
    """The changes with `depends_on` and `release`, sorted so that they could be made one after another.

    Creates and moves wait for what they refer to, deletes for all that used the object, a unique value or a key for the
    change that frees it.
    """
    edges: Edges = {change.address: set() for change in changes}
    _after_references(changes, edges)
    _parents_first(changes, desired, listings, edges)
    _after_users(changes, listings, edges)
    _after_freed_keys(changes, edges)
    _after_freed_room(changes, listings, edges)
    release = _after_freed_values(changes, system, edges)
    rank = {kind: number for number, kind in enumerate(KINDS)}
    by_address = {change.address: change for change in changes}
    return [
        msgspec.structs.replace(
            by_address[address],
            depends_on=tuple(sorted(edges[address])),
            release=tuple(sorted(release.get(address, ()))),
        )
        for address in sorted(
            _sorted(edges, by_address, rank), key=lambda address: stage(by_address[address], system.bindings)
        )
    ]


def _after_references(changes: list[Change], edges: Edges) -> None:
    """What is written waits for the creation, or the new key, of what it refers to."""
    made = {
        (change.address.kind, change.address.key): change.address
        for change in changes
        if change.action is Action.CREATE or change.was is not None
    }
    for change in changes:
        if change.after is None or change.action is Action.NOOP:
            continue
        for path, kind, key in references(change.address.kind, change.after):
            at = made.get((kind, key))
            if at is not None and at != change.address and writes(change, path):
                edges[change.address].add(at)


def _parents_first(changes: list[Change], desired: Desired, listings: Mapping[str, Listing], edges: Edges) -> None:
    """Objects are moved below a new parent from the top of the new tree down: then no step makes a ring, also when a
    child becomes its parent's parent."""
    moved = {(change.address.kind, change.address.key): change.address for change in changes if moves(change)}
    trees = {kind: tree_of(kind, changes, desired, listings) for kind, _ in moved}
    for (kind, key), address in moved.items():
        nearest = next((moved[kind, each] for each in above(key, trees[kind]) if (kind, each) in moved), None)
        if nearest is not None:
            edges[address].add(nearest)


def _after_users(changes: list[Change], listings: Mapping[str, Listing], edges: Edges) -> None:
    """A delete waits for the changes of all that refers to the object now."""
    deletes = {
        (change.address.kind, change.address.key): change.address
        for change in changes
        if change.action is Action.DELETE
    }
    if not deletes:
        return
    for change in changes:
        if change.before is None:
            continue
        kind = change.address.kind
        live = listings[kind].objects.get(change.was if change.was is not None else change.address.key)
        for _, target, key in references(kind, live.values if live else change.before):
            at = deletes.get((target, key))
            if at is not None and at != change.address:
                edges[at].add(change.address)


def _after_freed_keys(changes: list[Change], edges: Edges) -> None:
    """A create or rename to a key waits for the rename that frees it."""
    freed = {(change.address.kind, change.was): change.address for change in changes if change.was is not None}
    for change in changes:
        at = freed.get((change.address.kind, change.address.key))
        if at is not None and at != change.address and (change.action is Action.CREATE or change.was is not None):
            edges[change.address].add(at)


def _after_freed_room(changes: list[Change], listings: Mapping[str, Listing], edges: Edges) -> None:
    """A create for which the target has no room waits for a delete. Of kinds that others refer to a delete may itself
    wait for creates: for these nothing is done."""
    for kind, listing in listings.items():
        if listing.room is None or users_of(kind):
            continue
        of_kind = [change for change in changes if change.address.kind == kind]
        creates = sorted(change.address for change in of_kind if change.action is Action.CREATE)
        deletes = sorted(change.address for change in of_kind if change.action is Action.DELETE)
        for address, at in zip(creates[listing.room :], deletes, strict=False):
            edges[address].add(at)


def _after_freed_values(changes: list[Change], system: System, edges: Edges) -> dict[Address, set[str]]:
    """A change that takes a unique value waits for the one that gives it up. Where these form a ring, one of them gives
    up its value before everything else: the result has what is released."""
    release: dict[Address, set[str]] = {}
    for kind, binding in sorted(system.bindings.items()):
        spaces: dict[str, list[str]] = {}
        for path in sorted(binding.unique):
            spaces.setdefault(space(kind, path), []).append(path)
        of_kind = [change for change in changes if change.address.kind == kind] if spaces else []
        for paths in spaces.values():
            waiting = waits(of_kind, paths)
            breakers = ring_breakers(waiting)
            for address, holders in waiting.items():
                for holder, held_at in holders.items():
                    if holder in breakers:
                        release.setdefault(holder, set()).update(held_at)
                    else:
                        edges[address].add(holder)
    return release


def needs(changes: list[Change]) -> dict[Address, list[Address]]:
    """What each change can't do without: what it waits for, and who clears a value that it takes in a ring."""
    room = {
        (change.address.kind, space(change.address.kind, path), value): change.address
        for change in changes
        for path in change.release
        for value in singles(change.address.kind, path, (change.before or {}).get(path))
    }
    return {change.address: [*change.depends_on, *(_room(change, room) if room else ())] for change in changes}


def _room(change: Change, room: Mapping[tuple[str, str, Value], Address]) -> Iterator[Address]:
    """Who clears values that a change takes."""
    kind = change.address.kind
    for field in change.fields:
        for value in singles(kind, field.path, field.after):
            at = room.get((kind, space(kind, field.path), value))
            if at is not None and at != change.address:
                yield at


def _sorted(edges: Edges, changes: Mapping[Address, Change], rank: Mapping[str, int]) -> Iterator[Address]:
    """Every address after all that it waits for; among those that are free, creates and updates by kind, then key, then
    deletes with the kinds the other way round."""

    def place(address: Address) -> tuple[bool, int, Address]:
        deleted = changes[address].action is Action.DELETE
        return deleted, -rank[address.kind] if deleted else rank[address.kind], address

    graph = TopologicalSorter(edges)
    graph.prepare()
    while graph.is_active():
        ready = sorted(graph.get_ready(), key=place)
        yield from ready
        graph.done(*ready)
