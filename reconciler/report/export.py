"""Live objects as resource files, as a person would write them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from reconciler.model.fields import Field, Kind, Type, Value
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Listing, Live
from reconciler.model.secret import Secret
from reconciler.model.words import printable
from reconciler.report.json_text import escaped, is_obeyed
from reconciler.report.text import counted

SHORT = 4
"""Objects of kinds with at most so many fields stand on one line each."""


class _Code(str):
    """A text that is always written in quotes: `007` stays a text for every reader of the file."""

    __slots__ = ()


class _Line(dict[str, Any]):
    """A mapping that is written on one line."""


class _Members(list[object]):
    """A list that is written on one line."""


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    def ignore_aliases(self, _data: object) -> bool:
        return True


_TAGS = "tag:yaml.org,2002:"
_Dumper.add_representer(_Code, lambda dumper, text: dumper.represent_scalar(f"{_TAGS}str", str(text), style='"'))
_Dumper.add_representer(_Line, lambda dumper, row: dumper.represent_mapping(f"{_TAGS}map", row, flow_style=True))
_Dumper.add_representer(_Members, lambda dumper, row: dumper.represent_sequence(f"{_TAGS}seq", row, flow_style=True))


def render_resources(target: str, listing: Listing) -> str:
    """One kind's resource file. What can't be written in the language, and masked values, are left out and told of in
    comments, so that a plan of the file on the same target is empty."""
    kind = KINDS[listing.kind]
    rows: list[dict[str, Any]] = []
    notes: list[str] = []
    masked: dict[str, int] = {}
    for live in _in_order(kind, listing.objects):
        row, left_out = _row(kind, live, masked)
        if row is None:
            notes.append(f"{kind.name} {live.key} is left out: {left_out[0]}")
        else:
            rows.append(_Line(row) if len(kind.paths()) <= SHORT else row)
            notes += [f"{kind.name} {live.key}: {note}" for note in left_out]
    notes += [
        f"{_have(number, kind)} a {path} on the target. It is left out, and so not managed: to manage it, write "
        f"`{path}: {{table: NAME}}` and declare the table of secrets in reconciler.yaml."
        for path, number in sorted(masked.items())
    ]
    head = f"# The {kind.plural} of {printable(target)}, as exported.\n"
    body = yaml.dump(
        {kind.plural: rows}, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=False, width=110
    )
    return head + "".join(f"# {printable(note)}\n" for note in notes) + escaped(body)


def _have(number: int, kind: Kind) -> str:
    return f"{counted(number, kind.name, kind.plural)} {'has' if number == 1 else 'have'}"


def _in_order(kind: Kind, objects: Mapping[str, Live]) -> Iterator[Live]:
    """Parents before children, then by key."""
    children: dict[Value, list[str]] = {}
    for key in sorted(objects):
        parent = objects[key].values.get(kind.parent) if kind.parent else None
        children.setdefault(parent if parent in objects else None, []).append(key)
    waiting = list(reversed(children.get(None, [])))
    seen: set[str] = set()
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            yield objects[key]
            waiting += reversed(children.get(key, []))
    for key in sorted(objects.keys() - seen):
        yield objects[key]


def _row(kind: Kind, live: Live, masked: dict[str, int]) -> tuple[dict[str, Any] | None, list[str]]:
    """The object as a mapping for YAML, and what is left out of it; None for an object that the language can't hold."""
    row: dict[str, Any] = {kind.key: _Code(_literal(live.key))}
    notes: list[str] = []
    for path, field in _fields(kind, live.values):
        value = live.values.get(path)
        if value is None or value == ():
            if field.required and "." not in path:
                return None, [f"it has no {path}."]
        elif isinstance(value, Secret):
            masked[path] = masked.get(path, 0) + 1
        elif problem := _unwritable(field, value):
            notes.append(f"{path} is {value!s} on the target, {problem}. It is left out, and so not managed.")
        else:
            _place(row, path, _written(field, value))
    return row, notes


def _fields(kind: Kind, values: Iterable[str]) -> Iterator[tuple[str, Field]]:
    """The paths of an object in the order of the declaration, a map's labels in alphabetical order."""
    names = sorted(values)
    for path, field in kind.paths().items():
        if field.type is Type.MAP:
            yield from ((name, field) for name in names if name.startswith(path + "."))
        else:
            yield path, field


def _unwritable(field: Field, value: Value) -> str | None:
    if field.type is Type.CHOICE and value not in field.choices:
        return "which has no word in the language"
    words = set(value.split("+")) if field.type is Type.WORDS and isinstance(value, str) else set()
    if value not in field.alone and not words <= set(field.choices):
        return "which has no word in the language"
    if isinstance(value, str) and field.length is not None and len(value) > field.length:
        return f"which is longer than {field.length} characters"
    return None


def _written(field: Field, value: Value) -> object:
    if isinstance(value, tuple):
        return _Members(_Code(_literal(member)) for member in value)
    if isinstance(value, str):
        text = _literal(value)
        return _Code(text) if field.reference or is_obeyed(text) else text
    return value


def _literal(text: str) -> str:
    """A server's text is never an expression."""
    return text.replace("{{", "{{ '{{' }}")


def _place(row: dict[str, Any], path: str, value: object) -> None:
    block, dot, name = path.partition(".")
    if dot:
        row.setdefault(block, _Line())[_Code(name) if is_obeyed(name) else name] = value
    else:
        row[path] = value
