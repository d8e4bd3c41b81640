"""What is on a target and not in the files: deleted, resigned, disabled, forgotten, or left and reported."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from reconciler.engine.references import reference_paths, references, users_of
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, error, warning
from reconciler.model.digest import live_digest
from reconciler.model.fields import Value
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Desired, Listing, Live
from reconciler.model.plan import Action, Change, FieldChange, Reason
from reconciler.model.project import Prune, Target
from reconciler.model.state import Memory
from reconciler.model.words import some
from reconciler.systems.base import System

Name = tuple[str, str]
"""A kind and a key on the target."""


def removals(
    desired: Desired,
    listings: Mapping[str, Listing],
    memory: Memory,
    target: Target,
    system: System,
    renames: Mapping[str, Mapping[str, str]],
    today: str,
    elsewhere: Collection[Name] = (),
) -> tuple[list[Change], list[Diagnostic]]:
    """The changes for objects that the files do not hold. `today` is an ISO date, for resignations; what is `elsewhere`
    is held by another target of the same server: it is forgotten here, and never deleted."""
    changes: list[Change] = []
    diagnostics: list[Diagnostic] = []
    for kind in desired.objects:
        listing = listings.get(kind)
        if listing is None or listing.problem is not None:
            continue
        policy = target.prune.get(kind, Prune.OWNED)
        ours = memory.owned(kind)
        left: list[str] = []
        for live in _unheld(desired, listing, renames.get(kind, {})):
            address = Address(target.name, kind, live.key)
            owned = live.key in ours
            if (policy is Prune.OWNED and not owned) or not covered(desired, listings, kind, live):
                continue
            stays = live.builtin or ((kind, live.key) in elsewhere and not (owned and policy is Prune.NEVER))
            if stays and owned:
                changes.append(_removal(address, live, memory, system, listings, today, how="forget"))
            elif stays:
                continue
            elif policy is Prune.NEVER:
                left.append(live.key)
            elif live.key in listing.duplicates:
                diagnostics.append(_ambiguous(address))
            else:
                try:
                    changes.append(_removal(address, live, memory, system, listings, today, owned=owned))
                except LookupError as problem:
                    diagnostics.append(error("RC0601", f"It can't be removed as asked: {problem}", address=address))
        if left:
            diagnostics.append(_left(target.name, kind, left, ours))
    return changes, diagnostics


def _unheld(desired: Desired, listing: Listing, renamed: Mapping[str, str]) -> Iterator[Live]:
    held = desired.objects[listing.kind]
    for key in sorted(listing.objects.keys() - held.keys() - renamed.keys()):
        yield listing.objects[key]


def covered(desired: Desired, listings: Mapping[str, Listing], kind: str, live: Live) -> bool:
    """Whether the target's selection covers a live object: one that lies outside is nobody's business here."""
    if kind in desired.selected:
        return _inside(desired, listings, kind, live.key)
    for path, other in reference_paths(kind):
        if other in desired.selected:
            value = live.values.get(path)
            members = value if isinstance(value, tuple) else (value,)
            if not any(isinstance(key, str) and _inside(desired, listings, other, key) for key in members):
                return False
    return True


def _inside(desired: Desired, listings: Mapping[str, Listing], kind: str, key: str) -> bool:
    """Whether an object of a selected kind, or one that it is below on the target, is selected."""
    listing = listings.get(kind)
    seen: set[Value] = set()
    at: Value = key
    while isinstance(at, str) and at not in seen:
        if at in desired.selected[kind]:
            return True
        seen.add(at)
        live = listing.objects.get(at) if listing else None
        at = live.values.get(KINDS[kind].parent or "") if live else None
    return False


def _removal(
    address: Address,
    live: Live,
    memory: Memory,
    system: System,
    listings: Mapping[str, Listing],
    today: str,
    *,
    owned: bool = True,
    how: str | None = None,
) -> Change:
    entry = memory.entry(address)
    how = how or (entry and entry.on_remove) or "delete"
    after: dict[str, Value] | None = None
    fields: tuple[FieldChange, ...] = ()
    if how != "delete":
        written = {} if how == "forget" else system.removal(how, listings, today)
        after = {**live.values, **written}
        fields = tuple(
            FieldChange(path, live.values.get(path), value)
            for path, value in sorted(written.items())
            if live.values.get(path) != value
        )
    return Change(
        address=address,
        reason=Reason.REMOVED if owned else Reason.UNMANAGED,
        before=live.values,
        after=after,
        fields=fields,
        id=live.id,
        live_digest=live_digest(memory.key, live.values),
        protected=bool(entry and entry.protected) and how != "forget",
        on_remove=entry.on_remove if entry else None,
    )


def withhold(changes: list[Change], listings: Mapping[str, Listing]) -> tuple[list[Change], list[Diagnostic]]:
    """Leaves out each delete of an object that something on the target will still refer to: servers differ in whether
    they refuse it, drop the references or delete the users too.

    `listings` must have every kind that may refer to a deleted one; where one is unknown, so are the users.
    """
    deletes = {_name(change): change for change in changes if change.action is Action.DELETE}
    if not deletes:
        return changes, []
    users, kept = _users(changes, deletes, listings)
    waiting = sorted(name for name in users if name not in kept and not users[name] <= deletes.keys())
    found = {*waiting, *kept}
    while waiting:
        name = waiting.pop()
        staying = sorted(user for user in users[name] if user not in deletes or user in kept)
        kept[name] = "it is still used by " + some([" ".join(user) for user in staying])
        change = deletes[name]
        freed = {(kind, key) for _, kind, key in references(change.address.kind, change.before or {})}
        still = sorted(each for each in freed if each in deletes and each not in found)
        found.update(still)
        waiting += still
    remaining = [change for change in changes if change.action is not Action.DELETE or _name(change) not in kept]
    return remaining, [_withheld(deletes[name], kept[name]) for name in sorted(kept)]


def _name(change: Change) -> Name:
    return change.address.kind, change.was if change.was is not None else change.address.key


def _users(
    changes: list[Change], deletes: Mapping[Name, Change], listings: Mapping[str, Listing]
) -> tuple[dict[Name, set[Name]], dict[Name, str]]:
    """By deleted object, the live objects that refer to it once all other changes are made; and those whose users can't
    be known, with the reason."""
    after = {
        _name(change): change.after for change in changes if change.after is not None and change.before is not None
    }
    users: dict[Name, set[Name]] = {}
    kept: dict[Name, str] = {}
    for kind in sorted({user for deleted, _ in deletes for user in users_of(deleted)}):
        listing = listings.get(kind)
        if listing is None or listing.problem is not None:
            unknown = f"it is not known which {KINDS[kind].nouns} refer to it, since these could not be read"
            kept.update({name: unknown for name in deletes if kind in users_of(name[0])})
            continue
        for live in listing.objects.values():
            values = live.values | after.get((kind, live.key), {})
            for _, target, key in references(kind, values):
                if (target, key) in deletes:
                    users.setdefault((target, key), set()).add((kind, live.key))
    return users, kept


def _withheld(change: Change, why: str) -> Diagnostic:
    return warning(
        "RC0608",
        f"The {KINDS[change.address.kind].noun} is not in the files and would be deleted, but {why}. It stays until "
        "nothing refers to it.",
        address=change.address,
    )


def _left(target: str, kind: str, keys: Sequence[str], ours: Collection[str]) -> Diagnostic:
    """What `prune: never` reports, what is ours first."""
    applied = sum(key in ours for key in keys)
    nouns, are, them = (KINDS[kind].nouns, "are", "them") if len(keys) > 1 else (KINDS[kind].noun, "is", "it")
    whose = " of an earlier apply" if applied == len(keys) else ""
    partly = f" {applied:,} of them of an earlier apply," if 0 < applied < len(keys) else ""
    named = some(sorted(keys, key=lambda key: (key not in ours, key)))
    return warning(
        "RC0608",
        f"{len(keys):,} {nouns}{whose} on {target} {are} not in the files,{partly} and `prune: never` leaves {them}: "
        f"{named}.",
    )


def _ambiguous(address: Address) -> Diagnostic:
    return warning(
        "RC0610",
        f"The target has more than one {KINDS[address.kind].noun} with the key {address.key}, so none of them is "
        "deleted.",
        address=address,
    )


def hints(changes: list[Change], identity: tuple[tuple[str, ...], ...]) -> list[Diagnostic]:
    """A warning for each create that shares an identity with a delete of the same kind: perhaps it is a rename."""
    gone: dict[tuple[object, ...], Change] = {}
    for change in changes:
        if change.action is Action.DELETE and change.before:
            for group in identity:
                if found := _identity(change.before, group):
                    gone[found] = change
    found_hints: list[Diagnostic] = []
    for change in changes:
        if change.action is not Action.CREATE or not change.after:
            continue
        for group in identity:
            same = gone.get(_identity(change.after, group) or ())
            if same is not None:
                found_hints.append(_rename_hint(change, same, group))
                break
    return found_hints


def _identity(values: Mapping[str, Value], group: tuple[str, ...]) -> tuple[object, ...] | None:
    found = tuple(values.get(path) for path in group)
    return (group, *found) if all(value is not None for value in found) else None


def _rename_hint(change: Change, deleted: Change, group: tuple[str, ...]) -> Diagnostic:
    return warning(
        "RC0607",
        f"This {KINDS[change.address.kind].noun} is created, and {deleted.address.key} is deleted, which has the same "
        f'{" and ".join(group)}. If it is the same one under a new key, say `was: "{deleted.address.key}"` in its '
        "block: then it is renamed and keeps what hangs on it.",
        source=change.source,
        address=change.address,
    )


def gone(desired: Desired, listings: Mapping[str, Listing], memory: Memory) -> list[Address]:
    """Addresses that the state holds and that are neither in the files nor on the target any more."""
    return [
        Address(desired.target, kind, key)
        for kind in sorted({*memory.entries, *memory.pending})
        if (listing := listings.get(kind)) is not None and listing.problem is None
        for key in sorted(memory.owned(kind))
        if key not in listing.objects and key not in desired.objects.get(kind, {})
    ]
