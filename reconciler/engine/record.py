"""What the state remembers of changes and outcomes: pure functions from one to the next."""

from collections.abc import Iterable, Mapping

import msgspec

from reconciler.model.address import Address
from reconciler.model.digest import value_digest
from reconciler.model.objects import Desired, Listing, Live, Object
from reconciler.model.plan import Action, Change
from reconciler.model.state import Entry, State


def entry_of(change: Change, key: bytes, id: int | str | None) -> Entry:  # noqa: A002
    """What is remembered of an object whose change is done."""
    address = change.address
    return Entry(
        id=id if id is not None else change.id,
        digests={path: value_digest(key, address, path, value) for path, value in sorted((change.after or {}).items())},
        protected=change.protected,
        on_remove=change.on_remove,
    )


def pending(state: State, changes: Iterable[Change]) -> State:
    """The state with every address that is about to be created, or renamed to, written down: an object that turns up
    there is ours, whatever becomes of this run."""
    addresses = {str(c.address) for c in changes if c.action is Action.CREATE or c.was is not None}
    return msgspec.structs.replace(state, pending=frozenset(state.pending | addresses))


def record(entries: dict[str, Entry], change: Change, key: bytes, id: int | str | None) -> None:  # noqa: A002
    """Writes one done change into `entries`."""
    if change.was is not None:
        entries.pop(str(change.address._replace(key=change.was)), None)
    if change.leaves_state:
        entries.pop(str(change.address), None)
    else:
        entries[str(change.address)] = entry_of(change, key, id)


def refresh(
    entries: dict[str, Entry], desired: Desired, listings: Mapping[str, Listing], key: bytes, changed: set[Address]
) -> None:
    """Brings into line what is remembered of objects that are ours and need no change: digests of fields that the files
    have come to manage, protection, ids."""
    for kind, objects in desired.objects.items():
        listing = listings.get(kind)
        if listing is None or listing.problem is not None:
            continue
        for each in objects.values():
            address = Address(desired.target, kind, each.key)
            live = listing.objects.get(each.key)
            entry = entries.get(str(address))
            if live is not None and entry is not None and address not in changed:
                entries[str(address)] = _refreshed(address, entry, each, live, key)


def _refreshed(address: Address, entry: Entry, each: Object, live: Live, key: bytes) -> Entry:
    digests = {path: entry.digests[path] for path in entry.digests.keys() & each.values.keys()}
    for path, value in each.values.items():
        if path in live.values and live.values[path] == value:
            digests[path] = value_digest(key, address, path, value)
    return Entry(
        id=live.id,
        digests=dict(sorted(digests.items())),
        protected=entry.protected if each.prevent_delete is None else each.prevent_delete,
        on_remove=each.on_remove,
    )
