"""Values that a target wants only once: which change waits for which to give one up."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from reconciler.model.address import Address
from reconciler.model.fields import Field, Type, Value
from reconciler.model.kinds import KINDS
from reconciler.model.plan import Change
from reconciler.model.secret import Secret

Waits = Mapping[Address, Mapping[Address, set[str]]]
"""By a change that takes values, those that give them up, and the paths where these have them."""


@cache
def _field(kind: str, path: str) -> Field | None:
    return KINDS[kind].paths().get(path)


def space(kind: str, path: str) -> str:
    """What two paths have in common whose values are of one space: no card is somebody's main and another's further
    one."""
    field = _field(kind, path)
    return field.shares if field is not None and field.shares is not None else path


def singles(kind: str, path: str, value: Value) -> tuple[Value, ...]:
    """The values of which a target wants each once."""
    if value is None:
        return ()
    field = _field(kind, path)
    if field is None or field.type is not Type.LIST:
        return (value,)
    if isinstance(value, Secret):
        return tuple(Secret(member) for member in value.reveal().split(","))
    return value if isinstance(value, tuple) else (value,)


def waits(changes: Sequence[Change], paths: Sequence[str]) -> Waits:
    """Who waits for whom, among changes of one kind. `paths` are of one space."""
    holders: dict[Value, tuple[Address, str]] = {}
    for change in changes:
        kept = set(_all(change, paths, change.after)) if change.after is not None else set()
        for path in paths:
            if change.before is not None and (change.after is None or writes(change, path)):
                for value in singles(change.address.kind, path, change.before.get(path)):
                    if value not in kept:
                        holders[value] = change.address, path
    found: dict[Address, dict[Address, set[str]]] = {}
    if not holders:
        return found
    for change in changes:
        for path in paths:
            if change.after is None or not writes(change, path):
                continue
            for value in singles(change.address.kind, path, change.after.get(path)):
                holder, at = holders.get(value, (change.address, path))
                if holder != change.address:
                    found.setdefault(change.address, {}).setdefault(holder, set()).add(at)
    return found


def _all(change: Change, paths: Sequence[str], values: Mapping[str, Value]) -> Iterator[Value]:
    for path in paths:
        yield from singles(change.address.kind, path, values.get(path))


def writes(change: Change, path: str) -> bool:
    """Whether a change writes a path: of a create all that it has."""
    return change.before is None or any(field.path == path for field in change.fields)


def ring_breakers(waiting: Waits) -> set[Address]:
    """Addresses without which there is no ring: the first of each that is found."""
    breakers: set[Address] = set()
    done: set[Address] = set()
    for start in sorted(waiting):
        trail: list[Address] = []
        while start not in done:
            trail = trail or [start]
            next_ones = (each for each in waiting.get(trail[-1], ()) if each not in done and each not in breakers)
            following = min(next_ones, default=None)
            if following is None:
                done.add(trail.pop())
            elif following in trail:
                breakers.add(first := min(trail[trail.index(following) :]))
                del trail[trail.index(first) :]
            else:
                trail.append(following)
    return breakers
