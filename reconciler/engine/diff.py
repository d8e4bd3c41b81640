"""The difference between what one target must hold and what it has: creates, updates, renames and adoptions.

What the files no longer hold is in removals.py.
"""

from collections.abc import Mapping

import msgspec

from reconciler.engine.references import reference_paths
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, error
from reconciler.model.digest import live_digest, value_digest
from reconciler.model.fields import Value
from reconciler.model.objects import Desired, Listing, Live, Object
from reconciler.model.plan import Cause, Change, FieldChange, Reason
from reconciler.model.state import Entry, Memory
from reconciler.systems.base import Binding, System

UNREAD = object()
"""Stands for a live value that the server did not give."""


class Difference(msgspec.Struct, frozen=True):
    """`renames` maps, by kind, keys on the target to the keys they shall have. `unread` has by object the
    paths that the target does not show, and that are believed to be as last applied."""

    changes: list[Change]
    unchanged: int
    renames: dict[str, dict[str, str]]
    diagnostics: list[Diagnostic]
    unread: dict[Address, tuple[str, ...]]


def diff(desired: Desired, listings: Mapping[str, Listing], memory: Memory, system: System) -> Difference:
    """Compares every kind of `listings` that `desired` manages. A listing with a problem is passed over: unknown is
    never empty."""
    changes: list[Change] = []
    unchanged = 0
    diagnostics: list[Diagnostic] = []
    unread: dict[Address, tuple[str, ...]] = {}
    known = {kind: listing for kind, listing in listings.items() if listing.problem is None}
    renames = {
        kind: renames_of(objects, known[kind], memory.entries.get(kind, {}))
        for kind, objects in desired.objects.items()
        if kind in known
    }
    for kind in desired.objects:
        if kind not in known:
            continue
        compare = _Comparison(desired, known[kind], memory, system.bindings[kind], renames)
        rest = compare.different(desired.objects[kind])
        unchanged += len(desired.objects[kind]) - len(rest)
        for each in rest:
            found = compare.one(each)
            if found is None:
                unchanged += 1
            elif isinstance(found, Change):
                changes.append(found)
            else:
                diagnostics.append(found)
        unread |= compare.unread
    return Difference(changes, unchanged, renames, diagnostics, unread)


def renames_of(objects: Mapping[str, Object], listing: Listing, remembered: Mapping[str, Entry]) -> dict[str, str]:
    """Live key -> new key for each `was` that is still to be done: the old key is on the target, and the new one is
    not, or is itself renamed away. Where both keys are in the files, and earlier applies wrote an object under each, it
    was done then, and what has the old key now is another object."""
    wanted = {
        each.was: each.key
        for each in objects.values()
        if each.was is not None
        and each.was in listing.objects
        and not (each.was in objects and each.was in remembered and each.key in remembered)
    }
    done: dict[str, str] = {}
    for first in sorted(wanted):
        old, trail = first, [first]
        while (new := wanted[old]) in wanted and new not in done and new not in trail:
            trail.append(new)
            old = new
        if new in done or new not in listing.objects:
            done.update((link, wanted[link]) for link in trail)
    return done


class _Comparison:
    """The comparison of one kind, with what is the same for all its objects."""

    def __init__(
        self,
        desired: Desired,
        listing: Listing,
        memory: Memory,
        binding: Binding,
        renames: Mapping[str, Mapping[str, str]],
    ) -> None:
        self.target = desired.target
        self.listing = listing
        self.memory = memory
        self.binding = binding
        # what is only pending is adopted: protection, `on_remove` and digests are still to be remembered
        self.remembered = memory.entries.get(listing.kind, {})
        self.renamed_from = {new: old for old, new in renames[listing.kind].items()}
        self.renamed_away = renames[listing.kind].keys()
        paths = reference_paths(listing.kind)
        self.within = {path: desired.selected[kind] for path, kind in paths if kind in desired.selected}
        self.translations = {path: renames[kind] for path, kind in paths if renames.get(kind)}
        self.unread: dict[Address, tuple[str, ...]] = {}
        self.simple = not (self.translations or self.renamed_from or listing.duplicates)

    def different(self, objects: Mapping[str, Object]) -> list[Object]:
        """The objects that need a closer look: all but those that are ours and where nothing differs, as most are."""
        if not self.simple:
            return list(objects.values())
        live, ours = self.listing.objects, self.remembered
        return [
            each
            for key, each in objects.items()
            if key not in ours or key not in live or not each.values.items() <= live[key].values.items()
        ]

    def one(self, each: Object) -> Change | Diagnostic | None:
        """The object's change, a complaint, or None when nothing is to be done."""
        address = Address(self.target, each.kind, each.key)
        old = self.renamed_from.get(each.key)
        taken_away = old is None and each.key in self.renamed_away
        live = None if taken_away else self.listing.objects.get(old if old is not None else each.key)
        if (old if old is not None else each.key) in self.listing.duplicates:
            return error(
                "RC0610",
                f"The target has more than one {each.kind} with the key {each.key}, so it is not clear which one the "
                "files mean. Remove or rename the others on the target.",
                source=each.span,
                address=address,
            )
        if live is None:
            return self._create(address, each)
        return self._update(address, each, live, old)

    def _create(self, address: Address, each: Object) -> Change | Diagnostic:
        missing = sorted(path for path in self.binding.create if path not in each.values)  # empty ones: see project.py
        if missing:
            names = ", ".join(f"`{path}`" for path in missing)
            return error(
                "RC0601",
                f"The {each.kind} is not on the target yet, and can't be created there without {names}. Add it.",
                source=each.span,
                address=address,
            )
        return Change(
            address=address,
            reason=Reason.DRIFT if each.key in self.remembered else Reason.ABSENT,  # ours, and deleted by somebody
            before=None,
            after=each.values,
            source=each.span,
            protected=_protected(each, self.memory.entry(address)),
            on_remove=each.on_remove,
        )

    def _update(self, address: Address, each: Object, live: Live, old: str | None) -> Change | None:
        """The update, or the adoption; None when the object is ours and nothing differs."""
        before: dict[str, Value] = {}
        after: dict[str, Value] = {}
        fields: list[FieldChange] = []
        believed: list[str] = []
        earlier = address._replace(key=old) if old is not None else address
        entry = self.memory.entry(earlier)
        for path, value in each.values.items():
            if is_ignored(path, each.ignore):
                continue
            found = self._live_value(path, live)
            wanted = self._wanted(path, value, found)
            after[path] = wanted
            if found is UNREAD:
                known = entry if entry is not None and entry.id in (None, live.id) else None  # or it is another one
                if self._as_applied(earlier, known, path, wanted):
                    believed.append(path)
                else:
                    asked = known is not None and self.memory.key is not None
                    fields.append(FieldChange(path, None, wanted, Cause.CONFIG if asked else None, unreadable=True))
                continue
            before[path] = found  # type: ignore[assignment]
            if found != wanted:
                cause = self._cause(earlier, entry, path, found, wanted)  # type: ignore[arg-type]
                fields.append(FieldChange(path, before[path], wanted, cause))
        if believed:
            self.unread[address] = tuple(believed)
        if not fields and old is None and each.key in self.remembered:
            return None
        return Change(
            address=address,
            reason=_reason(fields, renamed=old is not None),
            before=before,
            after=after,
            fields=tuple(fields),
            id=live.id,
            was=old,
            source=each.span,
            live_digest=live_digest(self.memory.key, before),
            protected=_protected(each, entry),
            on_remove=each.on_remove,
        )

    def _live_value(self, path: str, live: Live) -> object:
        """The live value, its references under the keys that they shall have."""
        found = live.values.get(path, UNREAD)
        translation = self.translations.get(path)
        if translation and isinstance(found, str):
            return translation.get(found, found)
        if translation and isinstance(found, tuple):
            return tuple(sorted(translation.get(member, member) for member in found))
        return found

    def _wanted(self, path: str, value: Value, found: object) -> Value:
        """The value to hold: of a set that the selection bounds, what the server has outside the bounds stays."""
        inside = self.within.get(path)
        if inside is None or not isinstance(found, tuple) or not isinstance(value, tuple):
            return value
        return tuple(sorted({*value, *(member for member in found if member not in inside)}))

    def _as_applied(self, address: Address, entry: Entry | None, path: str, value: Value) -> bool:
        """Whether a value that can't be read is the one that we wrote last."""
        if entry is None or self.memory.key is None or path not in entry.digests:
            return False
        return entry.digests[path] == value_digest(self.memory.key, address, path, value)

    def _cause(self, address: Address, entry: Entry | None, path: str, found: Value, wanted: Value) -> Cause | None:
        if entry is None or path not in entry.digests:
            return Cause.CONFIG  # never applied by us: the files ask for it
        if self.memory.key is None:
            return None
        applied = entry.digests[path]
        if applied == value_digest(self.memory.key, address, path, found):
            return Cause.CONFIG
        if applied == value_digest(self.memory.key, address, path, wanted):
            return Cause.DRIFT
        return Cause.BOTH


def _protected(each: Object, entry: Entry | None) -> bool:
    """What the files say, and where they say nothing, what is remembered."""
    return each.prevent_delete if each.prevent_delete is not None else bool(entry and entry.protected)


def is_ignored(path: str, ignore: tuple[str, ...]) -> bool:
    """Whether `lifecycle.ignore` names this path or the block that it is in."""
    return any(path == name or path.startswith(name + ".") for name in ignore)


def _reason(fields: list[FieldChange], *, renamed: bool) -> Reason | None:
    if renamed:
        return Reason.RENAMED
    if not fields:
        return Reason.ADOPT
    causes = {field.cause for field in fields if field.cause is not None or not field.unreadable}
    if not causes:
        return Reason.UNREADABLE
    known = {cause for cause in causes if cause is not None}
    if not known:
        return None
    return Reason(known.pop()) if len(known) == 1 else Reason.BOTH
