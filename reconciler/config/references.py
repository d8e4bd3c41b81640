"""What objects say of each other: keys that are there twice, references, parents, earlier keys."""

from collections.abc import Iterable, Mapping, Set
from pathlib import Path

import msgspec

from reconciler.config.files import inside
from reconciler.config.locate import Wanted, locate_all
from reconciler.config.objects import article
from reconciler.config.photos import photo_problem
from reconciler.config.target import Selected
from reconciler.model.diagnostic import Diagnostic, error
from reconciler.model.fields import Field, Kind, Type, Value, members
from reconciler.model.kinds import KINDS, RESERVED_SHIFTS
from reconciler.model.objects import Object
from reconciler.model.schedules.valid import parse_valid
from reconciler.model.secret import SecretReference
from reconciler.model.words import cited, nearest

Index = Mapping[str, Mapping[str, Object]]
"""Objects by kind, then key."""

_HINTS = 20  # seeking the nearest of many keys is slow; whoever has more errors than this has another problem


class _Complaint(msgspec.Struct, frozen=True):
    """An error whose place is still to be found."""

    code: str
    detail: str
    wanted: Wanted


def index(objects: Iterable[Object]) -> tuple[dict[str, dict[str, Object]], list[Diagnostic]]:
    """The objects by kind, all kinds being there, and key. The first of two with one key stands."""
    by_kind: dict[str, dict[str, Object]] = {kind: {} for kind in KINDS}
    found = []
    for obj in objects:
        first = by_kind[obj.kind].setdefault(obj.key, obj)
        if first is not obj:
            kind = KINDS[obj.kind]
            detail = (
                f"There is {article(kind.name)} with the {kind.key} {cited(obj.key)} already, at {first.span}. Keep "
                "one of the two."
            )
            found.append(error("RC0301", detail, source=obj.span))
    return by_kind, found


def check(root: Path, objects: Index, selected: Iterable[Selected], lost: Set[str]) -> list[Diagnostic]:
    """Everything that objects and targets refer to exists, parents form no ring, and renames are renames.

    `lost` are kinds of which not every object could be read: nothing is said to be missing of these.
    """
    complaints: list[_Complaint] = []
    hints = _Hints(objects)
    for kind in KINDS.values():
        complaints += _missing(kind, objects, lost, hints)
        complaints += _rings(kind, objects[kind.name])
        complaints += _renames(kind, objects[kind.name])
        complaints += _ignored(kind, objects[kind.name])
    complaints += _shifts(objects["shift"])
    for kind_name, path_from, path_until in _PERIODS:
        complaints += _periods(objects[kind_name], path_from, path_until)
    places = locate_all(root, [each.wanted for each in complaints])
    found = [error(each.code, each.detail, source=places[each.wanted]) for each in complaints]
    for kind in KINDS.values():
        found += _files(root, kind, objects[kind.name])
    for each in selected:
        if each.kind not in lost and each.key not in objects[each.kind]:
            found.append(error("RC0302", _no_such(each.kind, each.key, hints), source=each.span))
    return found


class _Hints:
    """The nearest existing key, for the first few missing ones."""

    def __init__(self, objects: Index) -> None:
        self._objects = objects
        self._known: dict[tuple[str, str], str] = {}

    def of(self, kind: str, key: str, words: tuple[str, ...] = ()) -> str:
        """`words` may stand there besides keys."""
        if (kind, key) not in self._known:
            if len(self._known) >= _HINTS:
                return ""
            self._known[kind, key] = nearest(key, [*self._objects[kind], *words])
        return self._known[kind, key]


def _missing(kind: Kind, objects: Index, lost: Set[str], hints: _Hints) -> list[_Complaint]:
    complaints = []
    for path, field in sorted(kind.paths().items()):
        target = field.reference
        if target is None or target in lost:
            continue
        existing = objects[target]
        one, is_set = field.type is Type.TEXT, field.type is Type.SET
        for obj in objects[kind.name].values():
            value = obj.values.get(path)
            if not value or (one and value in existing):
                continue
            for key in value if is_set and isinstance(value, tuple) else members(field, value):
                if key not in existing:
                    wanted = Wanted(obj.span, path, None if one else key)
                    complaints.append(_Complaint("RC0302", _no_such(target, key, hints, field.alone), wanted))
    return complaints


def _no_such(kind: str, key: str, hints: _Hints, words: tuple[str, ...] = ()) -> str:
    return f"There is no {kind.replace('_', ' ')} {cited(key)} in the project.{hints.of(kind, key, words)}"


def _rings(kind: Kind, objects: Mapping[str, Object]) -> list[_Complaint]:
    """A complaint for each ring of parents, at the object of it that is met first."""
    path = kind.parent
    if path is None:
        return []
    complaints = []
    seen: set[str] = set()
    for start in objects:
        way: dict[str, None] = {}  # the keys on the way up, in order
        key: object = start
        while isinstance(key, str) and key in objects and key not in seen:
            seen.add(key)
            way[key] = None
            key = objects[key].values.get(path)
        if isinstance(key, str) and key in way:
            keys = list(way)
            ring = keys[keys.index(key) :]
            shown = " → ".join(cited(each) for each in [*ring[:10], *(["…"] if len(ring) > 10 else []), ring[0]])
            detail = f"The parents of these {kind.plural} form a ring: {shown}. Give one another parent."
            complaints.append(_Complaint("RC0303", detail, Wanted(objects[ring[0]].span, path)))
    return complaints


def _trade_keys(obj: Object, objects: Mapping[str, Object]) -> bool:
    """Whether objects take each other's keys in a ring. That a key is freed by one object and taken by another is no
    ring, and possible."""
    seen = {obj.key}
    at: Object | None = obj
    while at is not None and at.was is not None and at.was not in seen:
        seen.add(at.was)
        at = objects.get(at.was)
    return at is not None and at.was == obj.key


def _renames(kind: Kind, objects: Mapping[str, Object]) -> list[_Complaint]:
    complaints = []
    claimed: dict[str, Object] = {}
    for obj in objects.values():
        was = obj.was
        if was is None:
            continue
        first = claimed.setdefault(was, obj)
        if was == obj.key:
            detail = f"{cited(was)} is the {kind.key} that it has. Remove was, or write the one that it had before."
        elif _trade_keys(obj, objects):
            detail = (
                f"By their was, {cited(was)} and {cited(obj.key)} would take each other's {kind.key}, and once that "
                "is done nothing tells it from what is still to be done. Give one of them a third code first."
            )
        elif first is not obj:
            detail = (
                f"{cited(was)} is said to have become {cited(first.key)} already, at {first.span}. It can be one of "
                "them only."
            )
        else:
            continue
        complaints.append(_Complaint("RC0304", detail, Wanted(obj.span, "was")))
    return complaints


def _ignored(kind: Kind, objects: Mapping[str, Object]) -> list[_Complaint]:
    """`lifecycle.ignore` names paths or blocks."""
    paths = kind.paths()
    names = {*paths, *(field.name for field in kind.fields if _is_block(field))}
    maps = tuple(f"{path}." for path, field in paths.items() if field.type is Type.MAP)
    complaints = []
    for obj in objects.values():
        for name in obj.ignore:
            if name not in names and not name.startswith(maps or ("\0",)):
                detail = f"{cited(name)} is not a field of {article(kind.name)} to be ignored.{nearest(name, names)}"
                complaints.append(_Complaint("RC0302", detail, Wanted(obj.span, "lifecycle.ignore", name)))
    return complaints


def _shifts(shifts: Mapping[str, Object]) -> list[_Complaint]:
    """No shift is named like what a roster can say besides, and no two have one slot."""
    complaints = []
    by_slot: dict[Value, Object] = {}
    for obj in shifts.values():
        if obj.key in RESERVED_SHIFTS:
            detail = (
                f"A shift can't be named {cited(obj.key)}: in a roster that word has a meaning of its own. Rename it."
            )
            complaints.append(_Complaint("RC0205", detail, Wanted(obj.span, "name")))
        slot = obj.values.get("slot")
        first = by_slot.setdefault(slot, obj)
        if slot is not None and first is not obj:
            detail = (
                f"The shift {cited(first.key)} has the slot {slot} already, at {first.span}. Give one of the two "
                "another, or leave it out to have one found."
            )
            complaints.append(_Complaint("RC0301", detail, Wanted(obj.span, "slot")))
    return complaints


_PERIODS = (("employee", "valid.from", "valid.until"), ("vehicle", "from", "to"))


def _periods(objects: Mapping[str, Object], path_from: str, path_until: str) -> list[_Complaint]:
    """What is valid from one moment to another does not end before it begins."""
    complaints = []
    for obj in objects.values():
        start, until = obj.values.get(path_from), obj.values.get(path_until)
        if isinstance(start, str) and isinstance(until, str) and start[:10] >= until[:10]:  # else it is right by days
            found = parse_valid({"from": start, "until": until})
            wrongs = found if isinstance(found, tuple) else ()
            complaints += [_Complaint("RC0206", each.detail, Wanted(obj.span, path_until)) for each in wrongs]
    return complaints


def _files(root: Path, kind: Kind, objects: Mapping[str, Object]) -> list[Diagnostic]:
    """The files that fields name are there, inside of the project."""
    fields = [(path, field) for path, field in sorted(kind.paths().items()) if field.is_path]
    found = []
    for obj in objects.values():
        for path, field in fields:
            reference = obj.values.get(path)
            if not isinstance(reference, SecretReference):
                continue
            name = reference.argument[0]
            file = inside(root, name)
            if file is None:
                detail = f"{cited(name)} is outside of the project. Put the file into the project."
                found.append(error("RC0108", detail, source=reference.span))
            elif not file.is_file():
                detail = f"There is no file {cited(name)} in the project. Paths are relative to its root."
                found.append(error("RC0101", detail, source=reference.span))
            elif field.type is Type.PHOTO and (wrong := photo_problem(file, name)) is not None:
                found.append(error(*wrong, source=reference.span))
    return found


def _is_block(field: Field) -> bool:
    return field.type is Type.BLOCK and not field.meta
