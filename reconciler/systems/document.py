"""What a system holds of the language, as tables for people: docs/systems/*.md."""

from collections.abc import Iterator

from reconciler.model.fields import Field, Kind, Type
from reconciler.model.kinds import KINDS
from reconciler.systems.base import Binding, System


def render_bindings(system: System) -> str:
    """A chapter for each kind that the system holds, and what it does not have, in Markdown."""
    lines: list[str] = []
    for kind in KINDS.values():
        if kind.name in system.bindings:
            lines += [f"### {kind.plural}", "", *_about(kind, system.bindings[kind.name])]
    missing = [f"`{kind.plural}`" for kind in KINDS.values() if kind.held and kind.name not in system.bindings]
    return "\n".join([*lines, f"It has no {', '.join(missing)}.", ""])


def _about(kind: Kind, binding: Binding) -> list[str]:
    if binding.read_only:
        return ["Referred to by name; no call writes them.", ""]
    held = {path: field for path, field in kind.paths().items() if path in binding.lengths}
    absent = [f"`{path}`" for path, field in kind.paths().items() if path not in held and not field.derived]
    remarks = {path: "; ".join(_remarks(path, field, binding)) for path, field in held.items()}
    plain = [f"`{path}`" for path, remark in remarks.items() if not remark]
    lines = list(_facts(kind, binding))
    lines += [f"- As in the language: {', '.join(plain)}."] if plain else []
    lines += [f"- Not on this system: {', '.join(absent)}."] if absent else []
    rows = [f"| `{path}` | {remark} |" for path, remark in remarks.items() if remark]
    return [*lines, *([""] if lines else []), *(["| field | here |", "| --- | --- |", *rows, ""] if rows else [])]


def _facts(kind: Kind, binding: Binding) -> Iterator[str]:
    """What is so of the objects as a whole, a sentence each."""
    if binding.built_in:
        yield "- Part of the target: never created or deleted."
    if binding.key_length is not None:
        yield f"- `{kind.key}`: at most {binding.key_length} characters."
    if not binding.built_in and any(field.name == "was" for field in kind.fields):
        yield f"- `was` renames: {'yes' if binding.renames else 'no, there is no call for it'}."
    if any(field.name == "on_remove" for field in kind.fields):
        yield f"- `on_remove`: {', '.join(sorted(binding.removals))}."


def _remarks(path: str, field: Field, binding: Binding) -> Iterator[str]:
    """What is to be known of a field here."""
    length = binding.lengths[path]
    if length is not None and (field.length is None or length < field.length):
        yield f"at most {length} characters"
    if path in binding.choices and binding.choices[path] < set(field.choices):
        yield ", ".join(f"`{choice}`" for choice in sorted(binding.choices[path]))
    elif path in binding.choices and field.type is not Type.CHOICE:
        yield f"{len(binding.choices[path])} of its values"
    if path in binding.create:
        yield "needed to create"
    if path in binding.fixed and not field.required:
        yield "can't be cleared"
    if path in binding.unique:
        yield "only once on the target"
    if path in binding.decimal:
        yield "a number: `0012` is `12`"
    if path in binding.write_only:
        yield "**can't be read**"
