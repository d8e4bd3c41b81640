"""What the state remembers of changes and outcomes: pure functions from one to the next."""

from collections.abc import Iterable, Mapping

import msgspec

from reconciler.model.address import Address
from reconciler.model.digest import value_digest
from reconciler.model.objects import Desired, Listing, Live, Object
from reconciler.model.plan import Action, Change
from reconciler.model.state import Entry

_NOTHING = Entry()


def entry_of(change: Change, key: bytes, id: int | str | None) -> Entry:  # noqa: A002
    """What is remembered of an object whose change is done."""
    address = change.address
    return Entry(
        id=id if id is not None else change.id,
        digests={path: value_digest(key, address, path, value) for path, value in sorted((change.after or {}).items())},
        protected=change.protected,
        on_remove=change.on_remove,
    )


def makes(change: Change) -> bool:
    """Whether an object turns up at the change's address that was not there: it is created, or renamed to it."""
    return change.action is Action.CREATE or change.was is not None


def pending(changes: Iterable[Change]) -> dict[str, Entry]:
    """What is written down before the first call, by address: an object that turns up there is ours, whatever becomes
    of this run, and as protected as its block asks for."""
    return {str(c.address): Entry(protected=c.protected, on_remove=c.on_remove) for c in changes if makes(c)}


def record(entries: dict[str, Entry], change: Change, key: bytes, id: int | str | None) -> None:  # noqa: A002
    """Writes one done change into `entries`."""
    if change.was is not None:
        entries.pop(str(change.address._replace(key=change.was)), None)
    if change.leaves_state:
        entries.pop(str(change.address), None)
    else:
        earlier = entries.get(str(change.address), _NOTHING).digests
        entry = entry_of(change, key, id)
        kept = {path: earlier[path] for path in change.left if path in earlier}
        entries[str(change.address)] = msgspec.structs.replace(entry, digests={**entry.digests, **kept})


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
