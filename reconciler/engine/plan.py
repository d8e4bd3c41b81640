"""Planning one target: all pure stages in their order."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from reconciler.engine import drift
from reconciler.engine.diff import diff
from reconciler.engine.guard import removes
from reconciler.engine.narrow import concerns, is_chosen, narrow
from reconciler.engine.order import order
from reconciler.engine.project import holds
from reconciler.engine.references import reference_paths, references, users_of
from reconciler.engine.removals import covered, hints, removals, withhold
from reconciler.engine.tree import without_rings
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, error, warning
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Desired, Listing
from reconciler.model.plan import Action, Change, TargetPlan, Unread
from reconciler.model.project import Prune, Target
from reconciler.model.state import Memory
from reconciler.systems.base import System

_TELLING = 3
"""Fewer objects than this may all be gone from a server by chance."""


def plan_target(
    target: Target,
    system: System,
    desired: Desired,
    listings: Mapping[str, Listing],
    memory: Memory,
    today: str,
    select: tuple[str, ...] = (),
    exclude: tuple[str, ...] = (),
    elsewhere: Collection[tuple[str, str]] = (),
    *,
    drift_only: bool = False,
) -> TargetPlan:
    """One target's part of the plan, before limits. `listings` has the kinds that the target manages, and those that
    `kinds_needed` names; `today` is an ISO date; `elsewhere` is as `removals` takes it."""
    unread = [listing.problem for listing in listings.values() if listing.problem is not None]
    problems = list(dict.fromkeys(unread))  # a target that can't be reached is one problem, not one per kind
    usable = _usable(desired, listings)
    emptied = list(_emptied(target, system, desired, usable, memory))
    difference = diff(desired, usable, memory, system)
    removed, left = removals(desired, usable, memory, target, system, difference.renames, today, elsewhere)
    changes = difference.changes + removed
    missing = list(_missing_references(changes, desired, listings))
    changes, rings = without_rings(changes, desired, listings)
    changes, withheld = withhold(changes, listings)  # what is not moved after all is still a user
    undoing = {change.address: drift.undoing(change, memory.key) for change in changes} if drift_only else {}
    unknown = drift.unknowable(target.name, memory) if drift_only else []
    drifted = {address for address, change in undoing.items() if change is not None}
    remaining = list(drift.remaining(changes)) if drift_only else left
    changes = order([undoing.get(change.address) or change for change in changes], desired, listings, system)
    changes, skipped = narrow(changes, select, exclude)
    if drift_only:
        changes, waiting = drift.only(changes, drifted)
        skipped = [*skipped, *waiting]
    found = [*difference.diagnostics, *missing, *rings, *remaining, *withheld]
    concerning = [each for each in found if concerns(each, changes, select, exclude)]
    renamable = [KINDS[kind] for kind in desired.objects if system.bindings[kind].renames]
    warnings = [hint for kind in renamable for hint in hints(_of_kind(changes, kind.name), kind.identity)]
    return TargetPlan(
        target=target.name,
        system=system.name,
        url=target.url,
        changes=tuple(changes),
        unchanged=difference.unchanged,
        live={kind: _live(desired, usable, kind) for kind in usable if not system.bindings[kind].built_in},
        vanished={
            kind: sum(change.address.kind == kind and removes(change) for change in changes)
            for kind, objects in desired.objects.items()
            if not objects
        },
        unread=_unread(difference.unread, select, exclude),
        complete=not problems and not unknown and len(usable) >= len(desired.objects),
        diagnostics=(*problems, *unknown, *emptied, *concerning, *warnings, *skipped),
    )


def _emptied(
    target: Target, system: System, desired: Desired, listings: Mapping[str, Listing], memory: Memory
) -> Iterator[Diagnostic]:
    """A warning where nothing is left of what earlier applies wrote: perhaps it is not the server that was meant. What
    has left the files, too, is gone as they want it. Each machine of a fleet tells who it is."""
    applied = {kind: memory.entries.get(kind, {}).keys() - _builtin(listing) for kind, listing in listings.items()}
    number = sum(map(len, applied.values()))
    if system.fleet or number < _TELLING or any(applied[kind] & listings[kind].objects.keys() for kind in applied):
        return
    if not any(applied[kind] & desired.objects[kind].keys() for kind in applied):
        return
    yield warning(
        "RC0407",
        f"{target.name} has none of the {number:,} objects that earlier applies wrote there. Either it was replaced or "
        "emptied, and an apply fills it again; or another server answers: then correct `url` before you apply.",
        source=target.span,
    )


def _builtin(listing: Listing) -> set[str]:
    return {key for key, live in listing.objects.items() if live.builtin}


def _unread(
    found: Mapping[Address, Collection[str]], select: tuple[str, ...], exclude: tuple[str, ...]
) -> tuple[Unread, ...]:
    """How many of the objects that the plan is about have each field that is believed."""
    narrowed = bool(select or exclude)
    numbers = Counter(
        (address.kind, path)
        for address, paths in found.items()
        if not narrowed or is_chosen(address, select, exclude)
        for path in paths
    )
    return tuple(Unread(kind, path, number) for (kind, path), number in sorted(numbers.items()))


def paths_to_read(desired: Desired, kind: str, system: System) -> frozenset[str]:
    """What a listing must give of `kind`: what the files manage, what tells who uses what, and what tells a rename."""
    telling = {path for group in KINDS[kind].identity for path in group} | {path for path, _ in reference_paths(kind)}
    return desired.paths(kind) | {path for path in telling if holds(system.bindings[kind], path)}


def kinds_needed(desired: Desired, target: Target, system: System, memory: Memory) -> set[str]:
    """Kinds that the target does not manage and that are read all the same: those that its managed ones refer to, to
    tell whether what a change refers to is there; and where something may be deleted, those that may refer to it."""
    referred = {kind for each in desired.objects for _, kind in reference_paths(each)}
    deleting = {kind for kind in desired.objects if target.prune.get(kind, Prune.OWNED) is Prune.ALL}
    for kind, objects in desired.objects.items():
        ours = memory.entries.get(kind, {}).keys(), memory.pending.get(kind, {}).keys()
        if not all(keys <= objects.keys() for keys in ours):
            deleting.add(kind)
    users = {user for kind in deleting for user in users_of(kind)}
    return {kind for kind in referred | users if kind in system.bindings} - desired.objects.keys()


def _usable(desired: Desired, listings: Mapping[str, Listing]) -> dict[str, Listing]:
    """The listings that can be planned on: complete, as are those of all the kinds that they refer to."""
    broken = {kind for kind, listing in listings.items() if listing.problem is not None}
    return {
        kind: listings[kind]
        for kind in desired.objects
        if kind in listings and kind not in broken and broken.isdisjoint(other for _, other in reference_paths(kind))
    }


def _live(desired: Desired, listings: Mapping[str, Listing], kind: str) -> int:
    """How many objects of a kind the target has, of those that its selection covers."""
    objects = listings[kind].objects
    if not desired.selected:
        return len(objects)
    return sum(covered(desired, listings, kind, live) for live in objects.values())


def _of_kind(changes: list[Change], kind: str) -> list[Change]:
    return [change for change in changes if change.address.kind == kind]


def _missing_references(
    changes: list[Change], desired: Desired, listings: Mapping[str, Listing]
) -> Iterator[Diagnostic]:
    """References that would be written and that neither are on the target nor will be."""
    for change in changes:
        if change.after is None or change.action is Action.NOOP:
            continue
        written = None if change.before is None else {field.path for field in change.fields}
        for path, kind, key in references(change.address.kind, change.after):
            listing = listings.get(kind)
            there = listing is None or key in listing.objects or key in desired.objects.get(kind, {})
            if not there and (written is None or path in written):
                yield _missing(change, path, kind, key)


def _missing(change: Change, path: str, kind: str, key: str) -> Diagnostic:
    target = Address(change.address.target, kind, key)
    return error(
        "RC0606",
        f"`{path}` is {key}, and there is no such {KINDS[kind].noun} on {target.target}, which does not manage "
        f"{KINDS[kind].nouns}. Create it there, or let the target manage {KINDS[kind].nouns}.",
        address=change.address,
        source=change.source,
    )
