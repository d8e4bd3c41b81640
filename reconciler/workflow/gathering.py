"""What `export` writes: of one target what it has, of several one organisation."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from reconciler.engine.merge import Merging
from reconciler.engine.references import references
from reconciler.model.agreement import Conflict, Outlook
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Listing, Organisation
from reconciler.systems.base import Exported
from reconciler.systems.registry import system
from reconciler.workflow.agreement import outlook
from reconciler.workflow.exporting import Read, exported, selected


class Gathered(msgspec.Struct, frozen=True):
    """`found` is what the files are made of, in the language's order, and `givers` are by kind the targets that it is
    from. `missing` are by kind the keys that the files refer to and do not hold; of a selection that is not known.
    `outlooks` are those of several targets for which a plan of the files would not be empty (None: the files are a
    part, or not whole)."""

    found: Sequence[Exported]
    givers: Mapping[str, Sequence[str]]
    missing: Mapping[str, Sequence[str]] = {}
    conflicts: Sequence[Conflict] = ()
    outlooks: Sequence[Outlook] | None = None


Writable = Callable[[Listing], Listing]
"""Of a listing what a file can hold."""


def gather(
    reads: Sequence[Read], organisation: Organisation, select: tuple[str, ...], today: str, writable: Writable
) -> Gathered:
    """The files' contents. `organisation` is what the project's files say, whose names and codes are used where the
    targets have the same; `today` is an ISO date."""
    if len(reads) == 1:
        name, found = reads[0].target.name, exported(reads[0], organisation)
        givers: Mapping[str, Sequence[str]] = dict.fromkeys(KINDS, (name,))
        if select:
            return Gathered(selected(name, found, select), givers)
        return Gathered(found, givers, _referred(_written(found, writable), organisation))
    merging = _merged(reads, organisation, select)
    result = merging.result()
    givers = {kind: [read.target.name for read in reads if merging.has(read.target.name, kind)] for kind in KINDS}
    if select:
        return Gathered(result, givers, {}, merging.conflicts)
    written = _written(result, writable)
    missing = _referred(written, organisation)
    outlooks = None if missing else outlook(organisation, reads, written, today)
    return Gathered(result, givers, missing, merging.conflicts, outlooks)


def _written(found: Iterable[Exported], writable: Writable) -> list[Exported]:
    return [msgspec.structs.replace(each, listing=writable(each.listing)) for each in found]


def _referred(found: Iterable[Exported], organisation: Organisation) -> dict[str, list[str]]:
    """By kind the keys that the files refer to and do not hold, nor the project's as far as they are known: a target
    that does not manage departments names those of its employees."""
    listings = [each.listing for each in found]
    held = {listing.kind: listing.objects.keys() for listing in listings}
    missing: dict[str, set[str]] = {}
    for listing in listings:
        for live in listing.objects.values():
            for _, kind, key in references(listing.kind, live.values):
                if key not in held.get(kind, ()) and key not in organisation.objects.get(kind, {}):
                    missing.setdefault(kind, set()).add(key)
    return {kind: sorted(missing[kind]) for kind in KINDS if kind in missing}


def _merged(reads: Iterable[Read], organisation: Organisation, select: tuple[str, ...]) -> Merging:
    """What several targets have as one organisation. Who holds the files' objects as they are comes first, since it
    tells the most; then the other servers, and terminals last: their names and codes are those of the others. What is
    not selected names the rest all the same."""
    merging = Merging(organisation)
    chosen = Merging(organisation) if select else merging
    for read in sorted(reads, key=_rank):
        name, its_system = read.target.name, system(read.target.system)
        bindings, found = its_system.bindings, exported(read, merging.organisation)
        if its_system.fleet:
            found = _inhabited(found)
        merging.add(name, found, bindings)
        if select:
            chosen.add(name, selected(name, found, select), bindings)
    return chosen


def _rank(read: Read) -> int:
    its_system = system(read.target.system)
    return 2 if its_system.fleet else 1 if its_system.own is not None else 0


def _inhabited(found: Iterable[Exported]) -> list[Exported]:
    """What a terminal has without the departments that nobody there is in. No file asks them of it, and on the servers
    a plan would create them."""
    by_kind = {each.listing.kind: each for each in found}
    departments, users = by_kind["department"], by_kind["employee"].listing.objects
    homes = {live.values.get("department") for live in users.values()}
    objects = {key: live for key, live in departments.listing.objects.items() if key in homes}
    listing = msgspec.structs.replace(departments.listing, objects=objects)
    by_kind["department"] = msgspec.structs.replace(departments, listing=listing)
    return list(by_kind.values())
