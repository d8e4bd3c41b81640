"""What several targets have, as the objects of one organisation, made of nothing but what each of them gave."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

from reconciler.model.agreement import Conflict
from reconciler.model.diagnostic import Span
from reconciler.model.fields import Value, decimal
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Listing, Live, Object, Organisation
from reconciler.model.secret import Secret
from reconciler.model.words import some
from reconciler.systems.base import Binding, Exported

_NAMES = frozenset({"first_name", "last_name", "nickname"})
"""What is kept of a person whose names differ: half a name would be brought to the terminals."""

_MOST = 40
"""Notes of targets above one kind; a fleet may have thousands."""

_UNKNOWN = ("unknown",)
"""In place of a value that a target has and that can't be told: it is not known to be that of the others."""

_NOWHERE = Span("", 0, 0)


class _Difference(msgspec.Struct):
    """See Conflict. A fleet has thousands of `targets`, to which one after the other is added."""

    value: Value
    targets: list[str]
    stands: bool


class _OfKind(msgspec.Struct):
    """All of one kind so far. `objects` are those merged, `given` is by target what each gave, `givers` by key the
    targets of whose objects one was merged. `left_out` is by path and why, then by key, the targets where; `unstated`
    are the key and path of empty lists that say nothing."""

    objects: dict[str, Live] = {}
    given: dict[str, Mapping[str, Live]] = {}
    givers: dict[str, list[str]] = {}
    differences: dict[tuple[str, str], _Difference] = {}
    notes: dict[str, list[str]] = {}
    stated: set[str] = set()
    unstated: set[tuple[str, str]] = set()
    left_out: dict[tuple[str, str], dict[str, list[str]]] = {}


class Merging:
    """The objects so far, to which one target after the other adds its own. `organisation` is what the files say with
    what the targets have laid over it: the next target's export takes its names and codes from there."""

    def __init__(self, organisation: Organisation) -> None:
        self._declared = {kind: dict(objects) for kind, objects in organisation.objects.items()}
        self.organisation = msgspec.structs.replace(organisation, objects=self._declared)
        self._kinds: dict[str, _OfKind] = {}
        self._levels: set[str] = set()  # that a server has

    @property
    def conflicts(self) -> list[Conflict]:
        """In the order of the files."""
        return [each for kind in KINDS if kind in self._kinds for each in _conflicts(kind, self._kinds[kind])]

    def has(self, target: str, kind: str) -> bool:
        """Whether the target gave some of this kind."""
        return kind in self._kinds and bool(self._kinds[kind].given.get(target))

    def add(self, target: str, found: Iterable[Exported], bindings: Mapping[str, Binding]) -> None:
        """Adds what one target has, whose system has these bindings."""
        for each in found:
            kind, objects = each.listing.kind, _with_unknown(each)
            so_far, declared = self._kinds.setdefault(kind, _OfKind()), self._declared.setdefault(kind, {})
            so_far.given[target] = objects
            _take_notes(so_far, target, each)
            binding = bindings.get(kind)
            for key, live in objects.items():
                earlier = so_far.objects.get(key)
                if earlier is not None and binding is not None and binding.read_only:
                    continue  # what nothing can write there is nobody's to change
                so_far.givers.setdefault(key, []).append(target)
                if earlier is not None:
                    live = _both(so_far, kind, target, earlier, live, binding)
                so_far.objects[key] = live
                declared[key] = _laid_over(declared.get(key), kind, live)
            if kind == "access_level" and kind in bindings:
                self._levels.update(objects)

    def result(self) -> list[Exported]:
        """The files' contents, in the language's order."""
        found = []
        for kind, so_far in ((kind, self._kinds[kind]) for kind in KINDS if kind in self._kinds):
            unused = self._unused_levels() if kind == "access_level" else set()
            shared = _shared_slots(so_far.objects) if kind == "shift" else []
            objects = {key: _said(so_far, live, shared) for key, live in so_far.objects.items() if key not in unused}
            notes = [*_differing(_conflicts(kind, so_far)), *_told(so_far.notes)]
            if shared:
                notes.insert(0, f"shifts {some(shared)}: another shift has the same `slot`. It is left out.")
            listing, left_out = Listing(kind, objects), _still_left_out(so_far)
            found.append(Exported(listing, tuple(notes), frozenset(so_far.stated), left_out))
        return found

    def _unused_levels(self) -> set[str]:
        """Levels that were made up for a terminal, and that nobody is said to have: it is not agreed who has which."""
        people = self._kinds.get("employee", _OfKind())
        if not any(path == "access_levels" for _, path in people.differences):
            return set()
        held = (each.values.get("access_levels") for each in people.objects.values())
        used = {name for names in held if isinstance(names, tuple) for name in names}
        return set(self._kinds["access_level"].objects) - used - self._levels


def _conflicts(kind: str, so_far: _OfKind) -> list[Conflict]:
    return [
        Conflict(kind, key, path, each.value, tuple(each.targets), each.stands)
        for (key, path), each in sorted(so_far.differences.items(), key=lambda item: item[0])
    ]


def _take_notes(so_far: _OfKind, target: str, each: Exported) -> None:
    """What is told of the objects of one target, and which of its lists say nothing."""
    so_far.stated.update(each.stated)
    for note in each.notes:
        so_far.notes.setdefault(note, []).append(target)
    for reason, keys in each.left_out.items():
        told = so_far.left_out.setdefault(reason, {})
        for key in keys:
            told.setdefault(key, []).append(target)
    so_far.unstated.update(
        (key, path)
        for key, live in each.listing.objects.items()
        for path, value in live.values.items()
        if value == () and path not in each.stated
    )


def _both(so_far: _OfKind, kind: str, target: str, earlier: Live, live: Live, binding: Binding | None) -> Live:
    """One object of what earlier targets have of it, and what this one has; without what this one can't hold."""
    numbers = binding.decimal if binding is not None else ()  # masked ones
    merged = _united(so_far, kind, target, earlier, live, numbers)
    return merged if binding is None else _possible(so_far, target, merged, binding.choices)


def _possible(so_far: _OfKind, target: str, live: Live, choices_of: Mapping[str, Collection[str]]) -> Live:
    """The object without the values that this target, which has it too, can't hold."""
    unfit = {
        path: value
        for path, choices in choices_of.items()
        if isinstance(value := live.values.get(path), str) and value not in choices
    }
    for path, value in sorted(unfit.items()):
        why = f"{target} can't have `{path}: {value}`"
        so_far.left_out.setdefault((path, why), {})[live.key] = []
    return _without(live, unfit.keys())


def _united(so_far: _OfKind, kind: str, target: str, earlier: Live, live: Live, numbers: Collection[str]) -> Live:
    """What either has; where they differ, that is noted, and what can't stand is taken out."""
    if live.values.items() <= earlier.values.items():
        return earlier
    values = dict(earlier.values)
    for path, value in live.values.items():
        before = values.get(path)
        difference = so_far.differences.get((live.key, path))
        if difference is not None:
            if not _same(difference.value, value, is_number=path in numbers):
                difference.targets.append(target)
        elif path not in values:
            values[path] = value
        elif _same(before, value, is_number=path in numbers):
            values[path] = value if before is None else before
        elif path == "areas" and isinstance(before, tuple) and isinstance(value, tuple):
            values[path] = tuple(sorted({*before, *value}))  # a terminal knows of its own alone
        else:
            stands = _stands(kind, path, values, live)
            first = _first(so_far, live.key, path)
            so_far.differences[live.key, path] = _Difference(before, [first, target], stands)
            if not stands and not isinstance(before, Secret):
                del values[path]
    return msgspec.structs.replace(earlier, values=values)


def _first(so_far: _OfKind, key: str, path: str) -> str:
    """The target that gave a value first."""
    return next(name for name in so_far.givers[key] if path in so_far.given[name][key].values)


def _still_left_out(so_far: _OfKind) -> dict[tuple[str, str], tuple[str, ...]]:
    """What could not be told of the objects, each with the targets where; what others have told is a conflict."""
    found = {
        (path, why): tuple(
            f"{key} ({some(targets)})" if targets else key
            for key, targets in sorted(keys.items())
            if key in so_far.objects and (key, path) not in so_far.differences
        )
        for (path, why), keys in so_far.left_out.items()
    }
    return {reason: keys for reason, keys in found.items() if keys}


def _said(so_far: _OfKind, live: Live, shared: Collection[str]) -> Live:
    """An object without what must not be said of it: what is not known, an empty list that one target meant nothing
    with, and a slot that shifts of several terminals have."""
    unsaid = {
        path
        for path, value in live.values.items()
        if value is _UNKNOWN or (value == () and (live.key, path) in so_far.unstated)
    }
    return _without(live, {*unsaid, "slot"} if live.key in shared else unsaid)


def _told(notes: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The targets' own notes, each once."""
    yield from (f"{some(targets)}: {note}" for note, targets in list(notes.items())[:_MOST])
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


def _differing(conflicts: Sequence[Conflict]) -> Iterator[str]:
    """What is to be told of fields that are not the same everywhere: each field once, with the first few objects."""
    alike: dict[tuple[str, bool], list[str]] = {}
    for each in conflicts:
        alike.setdefault((each.path, each.stands), []).append(f"{each.key} ({some(each.targets)})")
    for (path, stands), objects in sorted(alike.items()):
        kind = KINDS[conflicts[0].kind]
        end = (
            "What the first of these targets has stands here, and a plan brings it to the others."
            if stands
            else "It is left out, and so not managed."
        )
        yield f"{kind.noun if len(objects) == 1 else kind.nouns} {some(objects)}: `{path}` differs. {end}"
