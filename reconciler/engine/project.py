"""Projection: from the organisation to what one target must hold."""

from collections.abc import Iterable, Mapping

import msgspec

from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, error
from reconciler.model.fields import Kind, Value
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Desired, Object, Organisation
from reconciler.model.project import Target
from reconciler.systems.base import Binding, System

Objects = Mapping[str, Object]


def managed_kinds(target: Target, system: System) -> list[str]:
    """The kinds that this target manages, in the language's order."""
    return [kind for kind in KINDS if kind in system.bindings and (not target.manages or kind in target.manages)]


def project(organisation: Organisation, target: Target, system: System) -> tuple[Desired, list[Diagnostic]]:
    """What `target` must hold. A field that the system does not have is left out; a value that it can't hold is an
    error."""
    diagnostics: list[Diagnostic] = []
    selected = {
        kind: _below(organisation.objects.get(kind, {}), KINDS[kind], codes)
        for kind, codes in sorted(target.select.items())
    }
    objects: dict[str, Objects] = {}
    for kind in managed_kinds(target, system):
        chosen = _select(organisation.objects.get(kind, {}), KINDS[kind], selected)
        held = {key: _hold(each, system.bindings[kind]) for key, each in chosen.items()}
        diagnostics += _complaints(held.values(), target, system)
        objects[kind] = held
    return Desired(target.name, objects, selected), diagnostics


def _below(objects: Objects, kind: Kind, roots: Iterable[str]) -> frozenset[str]:
    """The codes of `roots` and of all objects below them."""
    children: dict[Value, list[str]] = {}
    for each in objects.values():
        children.setdefault(each.values.get(kind.parent or ""), []).append(each.key)
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting += children.get(key, [])
    return frozenset(found)


def _select(objects: Objects, kind: Kind, selected: Mapping[str, frozenset[str]]) -> Objects:
    """The objects that a target's selection covers: of a kind that it names, those named; of others, those whose
    references lie inside, sets cut to what lies inside."""
    if not selected:
        return objects
    if kind.name in selected:
        return {key: each for key, each in objects.items() if key in selected[kind.name]}
    bounds = [
        (path, field, selected[field.reference])
        for path, field in kind.paths().items()
        if field.reference is not None and field.reference in selected
    ]
    if not bounds:
        return objects
    kept: dict[str, Object] = {}
    for key, each in objects.items():
        values = dict(each.values)
        for path, field, inside in bounds:
            value = values.get(path)
            if field.type == "set":
                members = value if isinstance(value, tuple) else ()
                values[path] = tuple(member for member in members if member in inside)
                if not values[path]:
                    break
            elif value not in inside:
                break
        else:
            kept[key] = msgspec.structs.replace(each, values=values)
    return kept


def _hold(each: Object, binding: Binding) -> Object:
    """The object with only the fields that the system has, and with what its `on_remove` says of them: an employee who
    is resigned when removed from the files is not resigned while they are in them."""
    values = each.values
    if not values.keys() <= binding.lengths.keys():
        values = {path: value for path, value in values.items() if holds(binding, path)}
    if each.on_remove == "resign" and not any(path.startswith("resigned.") for path in values):
        values = values | {path: None for path in binding.lengths if path.startswith("resigned.")}
    return each if values is each.values else msgspec.structs.replace(each, values=values)


def holds(binding: Binding, path: str) -> bool:
    """Whether the system has this field; a map's label belongs to the map."""
    return path in binding.lengths or path.partition(".")[0] in binding.lengths


def _complaints(objects: Iterable[Object], target: Target, system: System) -> list[Diagnostic]:
    """What the files ask of this target that its system can't hold."""
    return [
        error("RC0601", detail, source=each.span, address=Address(target.name, each.kind, each.key))
        for each in objects
        for detail in _object_complaints(each, system.bindings[each.kind], system.name)
    ]


def _object_complaints(each: Object, binding: Binding, system: str) -> list[str]:
    complaints: list[str] = []
    if binding.key_length is not None and len(each.key) > binding.key_length:
        complaints.append(_too_long(KINDS[each.kind].key, len(each.key), binding.key_length, system))
    for path, limit in _tighter(binding):
        value = each.values.get(path)
        if isinstance(value, str) and len(value) > limit:
            complaints.append(_too_long(path, len(value), limit, system))
    complaints += [
        f"`{path}` can't be empty on {system}. Give it a value, or leave it out."
        for path in sorted(binding.fixed)
        if path in each.values and each.values[path] in (None, ())
    ]
    for path, choices in binding.choices.items():
        value = each.values.get(path)
        if isinstance(value, str) and value not in choices:
            complaints.append(f"`{path}` can't be {value} on {system}. It can be {', '.join(sorted(choices))}.")
    if each.on_remove is not None and each.on_remove not in binding.removals:
        can = ", ".join(sorted(binding.removals))
        complaints.append(f"`on_remove: {each.on_remove}` is not possible on {system}. It can be {can}.")
    return complaints


def _tighter(binding: Binding) -> list[tuple[str, int]]:
    return [(path, limit) for path, limit in binding.lengths.items() if limit is not None]


def _too_long(path: str, length: int, limit: int, system: str) -> str:
    return f"`{path}` has {length} characters; {system} holds at most {limit}. Shorten it."
