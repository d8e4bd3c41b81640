"""What several targets have, as the objects of one organisation: pure functions of what each of them gave."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

from reconciler.model.agreement import Conflict
from reconciler.model.diagnostic import Span
from reconciler.model.fields import Value, decimal
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Listing, Live, Object, Organisation
from reconciler.model.secret import Secret
from reconciler.systems.base import Binding, Exported

_NAMES = frozenset({"first_name", "last_name", "nickname"})
"""What is kept of a person whose names differ: half a name would be brought to the terminals."""

_SHOWN = 5
_MOST = 40
"""Notes of targets above one kind; a fleet may have thousands."""

_UNKNOWN = ("unknown",)
"""In place of a value that a target has and that can't be told: it is not known to be that of the others."""

_NOWHERE = Span("", 0, 0)


class Merging:
    """The objects so far, to which one target after the other adds its own. `organisation` is what the files say with
    what the targets have laid over it: the next target's export takes its names and codes from there."""

    def __init__(self, organisation: Organisation) -> None:
        self._declared = {kind: dict(objects) for kind, objects in organisation.objects.items()}
        self.organisation = msgspec.structs.replace(organisation, objects=self._declared)
        self._objects: dict[str, dict[str, Live]] = {}
        self._given: dict[str, dict[str, Mapping[str, Live]]] = {}  # by kind, then target
        self._conflicts: dict[tuple[str, str, str], Conflict] = {}
        self._notes: dict[str, dict[str, list[str]]] = {}  # by kind, then note: the targets
        self._stated: dict[str, set[str]] = {}
        self._left_out: dict[str, dict[tuple[str, str], dict[str, list[str]]]] = {}  # by kind, reason, key: the targets
        self._unstated: set[tuple[str, str, str]] = set()  # empty lists that say nothing
        self._levels: set[str] = set()  # that a server has

    @property
    def conflicts(self) -> list[Conflict]:
        """In the order of the files."""
        kinds = list(KINDS)
        return sorted(self._conflicts.values(), key=lambda each: (kinds.index(each.kind), each.key, each.path))

    def has(self, target: str, kind: str) -> bool:
        """Whether the target gave some of this kind."""
        return bool(self._given.get(kind, {}).get(target))

    def add(self, target: str, found: Iterable[Exported], bindings: Mapping[str, Binding]) -> None:
        """Adds what one target has, whose system has these bindings."""
        for each in found:
            kind, objects = each.listing.kind, _with_unknown(each)
            self._given.setdefault(kind, {})[target] = objects
            self._take_notes(target, each)
            binding = bindings.get(kind)
            into, declared = self._objects.setdefault(kind, {}), self._declared.setdefault(kind, {})
            for key, live in objects.items():
                earlier = into.get(key)
                if earlier is None:
                    into[key] = live
                elif binding is None or not binding.read_only:  # what nothing can write there is nobody's to change
                    both = self._both(target, kind, earlier, live, binding.decimal if binding else ())
                    into[key] = self._possible(target, kind, both, binding) if binding and binding.choices else both
                declared[key] = _laid_over(declared.get(key), kind, into[key])
        if "access_level" in bindings:
            self._levels.update(self._given.get("access_level", {}).get(target, {}))

    def _take_notes(self, target: str, each: Exported) -> None:
        """What is told of the objects of one target, and which of its lists say nothing."""
        kind = each.listing.kind
        self._stated.setdefault(kind, set()).update(each.stated)
        for note in each.notes:
            self._notes.setdefault(kind, {}).setdefault(note, []).append(target)
        for reason, keys in each.left_out.items():
            told = self._left_out.setdefault(kind, {}).setdefault(reason, {})
            for key in keys:
                told.setdefault(key, []).append(target)
        self._unstated.update(
            (kind, key, path)
            for key, live in each.listing.objects.items()
            for path, value in live.values.items()
            if value == () and path not in each.stated
        )

    def _possible(self, target: str, kind: str, live: Live, binding: Binding) -> Live:
        """The object without the values that this target, which has it too, can't hold."""
        unfit = {
            path: value
            for path, choices in binding.choices.items()
            if isinstance(value := live.values.get(path), str) and value not in choices
        }
        for path, value in sorted(unfit.items()):
            why = f"{target} can't have `{path}: {value}`"
            self._left_out.setdefault(kind, {}).setdefault((path, why), {})[live.key] = []
        return _without(live, unfit.keys())

    def _both(self, target: str, kind: str, earlier: Live, live: Live, numbers: Collection[str]) -> Live:
        """One object of what earlier targets have of it, and what this one has, to which masked `numbers` are such."""
        if live.values.items() <= earlier.values.items():
            return earlier
        values = dict(earlier.values)
        for path, value in live.values.items():
            before = values.get(path)
            conflict = self._conflicts.get((kind, live.key, path))
            if conflict is not None:
                if not _same(conflict.value, value, is_number=path in numbers):
                    known = msgspec.structs.replace(conflict, targets=(*conflict.targets, target))
                    self._conflicts[kind, live.key, path] = known
            elif path not in values:
                values[path] = value
            elif _same(before, value, is_number=path in numbers):
                values[path] = value if before is None else before
            elif path == "areas" and isinstance(before, tuple) and isinstance(value, tuple):
                values[path] = tuple(sorted({*before, *value}))  # a terminal knows of its own alone
            else:
                stands = _stands(kind, path, values, live)
                self._conflict(target, kind, earlier.key, path, before, stands)
                if not stands and not isinstance(before, Secret):
                    del values[path]
        return msgspec.structs.replace(earlier, values=values)

    def _conflict(self, target: str, kind: str, key: str, path: str, value: Value, stands: bool) -> None:
        given = self._given[kind]
        first = next(name for name, objects in given.items() if key in objects and path in objects[key].values)
        self._conflicts[kind, key, path] = Conflict(kind, key, path, value, (first, target), stands)

    def result(self) -> list[Exported]:
        """The files' contents, in the language's order."""
        conflicts = self.conflicts
        shared = _shared_slots(self._objects.get("shift", {}))
        found = []
        for kind in (kind for kind in KINDS if kind in self._objects):
            unused = self._unused_levels() if kind == "access_level" else set()
            lives = self._objects[kind].items()
            objects = {key: self._said(kind, live, shared) for key, live in lives if key not in unused}
            notes = [*_told([each for each in conflicts if each.kind == kind]), *self._told(kind)]
            if kind == "shift" and shared:
                notes.insert(0, f"shifts {_some(shared)}: another shift has the same `slot`. It is left out.")
            left_out = self._still_left_out(kind)
            found.append(Exported(Listing(kind, objects), tuple(notes), frozenset(self._stated[kind]), left_out))
        return found

    def _unused_levels(self) -> set[str]:
        """Levels that were made up for a terminal, and that nobody is said to have: it is not agreed who has which."""
        if not any(path == "access_levels" for _, _, path in self._conflicts):
            return set()
        held = (each.values.get("access_levels") for each in self._objects.get("employee", {}).values())
        used = {name for names in held if isinstance(names, tuple) for name in names}
        return set(self._objects["access_level"]) - used - self._levels

    def _still_left_out(self, kind: str) -> dict[tuple[str, str], tuple[str, ...]]:
        """What could not be told of the objects, each with the targets where; what others have told is a conflict."""
        found = {
            (path, why): tuple(
                f"{key} ({_some(targets)})" if targets else key
                for key, targets in sorted(keys.items())
                if key in self._objects[kind] and (kind, key, path) not in self._conflicts
            )
            for (path, why), keys in self._left_out.get(kind, {}).items()
        }
        return {reason: keys for reason, keys in found.items() if keys}

    def _said(self, kind: str, live: Live, shared: Sequence[str]) -> Live:
        """An object without what must not be said of it: what is not known, an empty list that one target meant nothing
        with, and a slot that shifts of several terminals have."""
        unsaid = {
            path
            for path, value in live.values.items()
            if value is _UNKNOWN or (value == () and (kind, live.key, path) in self._unstated)
        }
        if kind == "shift" and live.key in shared:
            unsaid.add("slot")
        return _without(live, unsaid)

    def _told(self, kind: str) -> Iterator[str]:
        """The targets' own notes, each once."""
        notes = list(self._notes.get(kind, {}).items())
        yield from (f"{_some(targets)}: {note}" for note, targets in notes[:_MOST])
        if len(notes) > _MOST:
            yield f"There are {len(notes) - _MOST:,} more notes. The export of a single target has all of its own."


def _with_unknown(each: Exported) -> Mapping[str, Live]:
    """The objects with a mark at what can't be told of them."""
    unknown: dict[str, dict[str, Value]] = {}
    for (path, _), keys in each.left_out.items():
        for key in keys:
            unknown.setdefault(key, {})[path] = _UNKNOWN
    objects = each.listing.objects
    marked = {
        key: msgspec.structs.replace(objects[key], values=objects[key].values | paths)
        for key, paths in unknown.items()
        if key in objects
    }
    return {**objects, **marked} if marked else objects


def _without(live: Live, paths: Collection[str]) -> Live:
    if not paths:
        return live
    return msgspec.structs.replace(live, values={path: v for path, v in live.values.items() if path not in paths})


def _laid_over(declared: Object | None, kind: str, live: Live) -> Object:
    known = _without(live, {path for path, value in live.values.items() if value is _UNKNOWN}).values
    if declared is None:
        return Object(kind=kind, key=live.key, values=known, span=_NOWHERE)
    return msgspec.structs.replace(declared, values={**declared.values, **known})


def _same(one: Value, other: Value, *, is_number: bool) -> bool:
    """Whether two values are the same for the files. A masked one is left out of these anyway, so that nothing beside
    it says nothing."""
    if not isinstance(one, Secret) or not isinstance(other, Secret):
        return one == other or (isinstance(one, Secret) != isinstance(other, Secret))
    if is_number:
        return decimal(one.reveal()) == decimal(other.reveal())
    return one == other


def _stands(kind: str, path: str, values: Mapping[str, Value], live: Live) -> bool:
    """Whether a value stays in the files though `live` has another one. A name that is empty is not there to stay, but
    where a terminal's one name is to be made of the others."""
    field = next((each for each in KINDS[kind].fields if each.name == path), None)
    if field is not None and field.required:
        return True
    made = path == "nickname" and "first_name" not in live.values and any(values.get(each) for each in _NAMES)
    return kind == "employee" and path in _NAMES and (values[path] is not None or made)


def _shared_slots(shifts: Mapping[str, Live]) -> list[str]:
    """The names of shifts that have the slot of another one."""
    by_slot: dict[Value, list[str]] = {}
    for name, live in sorted(shifts.items()):
        if live.values.get("slot") is not None:
            by_slot.setdefault(live.values["slot"], []).append(name)
    return sorted(name for names in by_slot.values() if len(names) > 1 for name in names)


def _told(conflicts: Sequence[Conflict]) -> Iterator[str]:
    """What is to be told of fields that are not the same everywhere: each field once, with the first few objects."""
    alike: dict[tuple[str, bool], list[str]] = {}
    for each in conflicts:
        alike.setdefault((each.path, each.stands), []).append(f"{each.key} ({_some(each.targets)})")
    for (path, stands), objects in sorted(alike.items()):
        kind = KINDS[conflicts[0].kind]
        end = (
            "What the first of these targets has stands here, and a plan brings it to the others."
            if stands
            else "It is left out, and so not managed."
        )
        yield f"{kind.noun if len(objects) == 1 else kind.nouns} {_some(objects)}: `{path}` differs. {end}"


def _some(names: Sequence[str]) -> str:
    """The first few, and how many more."""
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
