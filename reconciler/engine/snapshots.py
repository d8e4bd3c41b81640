"""What differs between two snapshots."""

from collections.abc import Iterator, Mapping

from reconciler.model.address import Address
from reconciler.model.fields import Value
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Live
from reconciler.model.secret import Secret
from reconciler.model.snapshot import Compared, Difference, FieldDifference

Objects = Mapping[str, Mapping[str, Live]]
"""By kind, then key."""


def compare(before: Mapping[str, Objects], after: Mapping[str, Objects], *, same_key: bool) -> Compared:
    """What differs, by target, kind and key. `same_key`: secrets of both are digests of one key."""
    missing = [(name, "") for name in sorted(before.keys() ^ after.keys())]
    differences: list[Difference] = []
    hidden = 0
    shared = sorted(before.keys() & after.keys())
    for target in shared:
        old, new = before[target], after[target]
        missing += [(target, kind) for kind in KINDS if (kind in old) != (kind in new)]
        for kind in (kind for kind in KINDS if kind in old and kind in new):
            for key in sorted(old[kind].keys() | new[kind].keys()):
                pair = old[kind].get(key), new[kind].get(key)
                if not same_key:
                    hidden += _masked(*pair)
                found = _one(Address(target, kind, key), *pair, same_key)
                if found is not None:
                    differences.append(found)
    return Compared(tuple(differences), hidden, tuple(missing), len(shared))


def _masked(before: Live | None, after: Live | None) -> int:
    """How many masked values both have."""
    if before is None or after is None:
        return 0
    masked = [path for path, value in before.values.items() if isinstance(value, Secret)]
    return sum(isinstance(after.values.get(path), Secret) for path in masked)


def _one(address: Address, before: Live | None, after: Live | None, same_key: bool) -> Difference | None:
    old = {} if before is None else before.values
    new = {} if after is None else after.values
    fields = tuple(_fields(old, new, same_key))
    if before is not None and after is not None:
        return Difference(address, "changed", fields) if fields else None
    return Difference(address, "added" if before is None else "removed", fields)


def _fields(old: Mapping[str, Value], new: Mapping[str, Value], same_key: bool) -> Iterator[FieldDifference]:
    for path in sorted(old.keys() | new.keys()):
        before, after = old.get(path), new.get(path)
        incomparable = isinstance(before, Secret) and isinstance(after, Secret) and not same_key
        if before != after and not incomparable:
            yield FieldDifference(path, before, after)
