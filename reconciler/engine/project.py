"""Projection: from the organisation to what one target must hold."""

from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, error
from reconciler.model.fields import Kind, Value, decimal
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Desired, Object, paths_of
from reconciler.model.project import Prune, Target
from reconciler.model.secret import Secret
from reconciler.systems.base import Binding, System

Objects = Mapping[str, Object]


def managed_kinds(target: Target, system: System) -> list[str]:
    """The kinds that this target manages, in the language's order."""
    return [
        kind
        for kind in KINDS
        if kind in system.bindings
        and not system.bindings[kind].read_only
        and (not target.manages or kind in target.manages)
    ]


def project(objects_of: Mapping[str, Objects], target: Target, system: System) -> tuple[Desired, list[Diagnostic]]:
    """What `target` must hold of these objects, by kind. A field that the system does not have is left out; a value
    that it can't hold is an error."""
    diagnostics: list[Diagnostic] = []
    selected = {
        kind: _below(objects_of.get(kind, {}), KINDS[kind], codes) for kind, codes in sorted(target.select.items())
    }
    objects: dict[str, Objects] = {}
    for kind in managed_kinds(target, system):
        chosen = _select(objects_of.get(kind, {}), KINDS[kind], selected)
        held = _held(chosen, system.bindings[kind])
        diagnostics += _complaints(KINDS[kind], held, target, system)
        objects[kind] = held
    return Desired(target.name, objects, selected, target.prune), diagnostics


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
        inside = selected[kind.name]
        return {key: _uprooted(each, kind, inside) for key, each in objects.items() if key in inside}
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


def _uprooted(each: Object, kind: Kind, inside: frozenset[str]) -> Object:
    """The top of a selected tree keeps the parent that it has on the target: the files' one is not this target's."""
    parent = each.values.get(kind.parent or "")
    if parent is None or parent in inside:
        return each
    return msgspec.structs.replace(
        each, values={path: value for path, value in each.values.items() if path != kind.parent}
    )


def _held(objects: Objects, binding: Binding) -> Objects:
    """The objects as the system can hold them; the very same ones where it has all that they ask for."""
    resigns = any(each.on_remove == "resign" for each in objects.values())
    if not resigns and all(holds(binding, path) for path in paths_of(objects.values())):
        return objects
    return {key: _hold(each, binding) for key, each in objects.items()}


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
    """Whether the system has this field; a label of a map, and what is in rows, belongs to these."""
    while path and path not in binding.lengths:
        path = path.rpartition(".")[0]
    return bool(path)


def in_decimal(desired: Desired, system: System) -> Desired:
    """`desired`, its secrets resolved, with the numbers that the system holds as such in their shortest form."""
    objects = dict(desired.objects)
    for kind, of_kind in desired.objects.items():
        for path in system.bindings[kind].decimal:
            shortened = {
                key: msgspec.structs.replace(each, values={**each.values, path: Secret(short)})
                for key, each in of_kind.items()
                if isinstance(value := each.values.get(path), Secret)
                and (short := decimal(value.reveal())) != value.reveal()
            }
            objects[kind] = {**objects[kind], **shortened} if shortened else objects[kind]
    return msgspec.structs.replace(desired, objects=objects)


Check = Callable[[Object], str | None]
"""What is wrong with an object for a system, or None."""


def _complaints(kind: Kind, objects: Objects, target: Target, system: System) -> list[Diagnostic]:
    """What the files ask of this target that its system can't hold."""
    binding = system.bindings[kind.name]
    prune = target.prune.get(kind.name, Prune.OWNED)
    checks = [
        *_length_checks(kind, binding, system.name),
        *_value_checks(kind, binding, system.name),
        _removal_check(kind, binding, system.name, prune),
    ]
    return [
        error("RC0601", detail, source=each.span, address=Address(target.name, each.kind, each.key))
        for check in checks
        for each in objects.values()
        if (detail := check(each)) is not None
    ]


def _length_checks(kind: Kind, binding: Binding, system: str) -> Iterator[Check]:
    """One for each field that the system holds less of than the language."""

    def check(path: str, limit: int) -> Check:
        def too_long(each: Object) -> str | None:
            value = each.key if path == kind.key else each.values.get(path)
            return _too_long(path, len(value), limit, system) if isinstance(value, str) and len(value) > limit else None

        return too_long

    fields = {field.name: field for field in kind.fields if field.name == kind.key} | kind.paths()
    for path, field in fields.items():
        limit = binding.key_length if path == kind.key else binding.lengths.get(path)
        if limit is not None and (field.length is None or limit < field.length):
            yield check(path, limit)


def _value_checks(kind: Kind, binding: Binding, system: str) -> Iterator[Check]:
    """One for each field that can't be empty here, or has fewer values here."""
    paths = kind.paths()

    def filled(path: str) -> Check:
        detail = f"`{path}` can't be empty on {system}. Give it a value, or leave it out."
        block, dot, _ = path.partition(".")
        core = [other for other, field in paths.items() if dot and field.required and other.startswith(f"{block}.")]

        def check(each: Object) -> str | None:
            if each.values.get(path, True) not in (None, ()):
                return None
            cleared = core and all(each.values.get(other, True) is None for other in core)
            return None if cleared else detail  # with what it requires the whole block is cleared, which is possible

        return check

    def among(path: str, choices: frozenset[str]) -> Check:
        can = ", ".join(sorted(choices))

        def check(each: Object) -> str | None:
            value = each.values.get(path)
            if not isinstance(value, str) or value in choices:
                return None
            return f"`{path}` can't be {value} on {system}. It can be {can}."

        return check

    for path in sorted(binding.fixed):
        if not paths[path].required:  # the files can't clear a required one
            yield filled(path)
    for path, choices in sorted(binding.choices.items()):
        yield among(path, choices)


def _removal_check(kind: Kind, binding: Binding, system: str, prune: Prune) -> Check:
    def removable(each: Object) -> str | None:
        how = each.on_remove
        if how is None or how == "delete":
            return None
        if how not in binding.removals:
            return f"`on_remove: {how}` is not possible on {system}. It can be {', '.join(sorted(binding.removals))}."
        if prune is Prune.ALL:
            return (
                f"`on_remove: {how}` means nothing where `prune: all` deletes whatever the files do not hold, these "
                f"people too. Set `prune: {{{kind.plural}: owned}}` for the target."
            )
        return None

    return removable


def _too_long(path: str, length: int, limit: int, system: str) -> str:
    return f"`{path}` has {length} characters; {system} holds at most {limit}. Shorten it."
