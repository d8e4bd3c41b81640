"""One mapping, or one row of a table, to an Object."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from reconciler.config import tree
from reconciler.config.lists import read_list
from reconciler.config.schedules import SCHEDULES, read_schedule
from reconciler.config.values import (
    FORM_WORDS,
    NULLS,
    READERS,
    Reading,
    Wrong,
    cleared,
    is_null,
    nothing,
    read_value,
    shape,
    the,
)
from reconciler.model.diagnostic import Span
from reconciler.model.fields import Field, Kind, Type, Value
from reconciler.model.objects import Object
from reconciler.model.words import cited, nearest

_UNLIMITED = 1 << 60
_ABOUT = (
    ("prevent_delete", "lifecycle.prevent_delete"),
    ("ignore", "lifecycle.ignore"),
    ("on_remove", "on_remove"),
    ("was", "was"),
)
_FEW = 8  # names that a message can list
_SETTINGS = "settings"


class Leaf(msgspec.Struct, frozen=True):
    """A field as it is met in a mapping. `read` makes its value of a text, where it takes texts; a text of up to
    `quick` characters (0: none) is its own value. `inner` are the fields of a block, or of one of rows."""

    path: str
    field: Field
    quick: int
    read: Callable[[Field, str, bool], Value] | None
    inner: "Fields | None"


class Fields(msgspec.Struct, frozen=True):
    """The fields that a mapping can have, by name, and those that it must have."""

    by_name: Mapping[str, Leaf]
    required: tuple[Leaf, ...]


class Shape(msgspec.Struct, frozen=True):
    """What the objects of a kind look like. `leaves` has the fields of blocks too, by path."""

    kind: Kind
    fields: Fields
    leaves: Mapping[str, Leaf]


def shape_of(kind: Kind) -> Shape:
    fields = _fields(kind.fields, "")
    return Shape(kind, fields, {leaf.path: leaf for leaf in _flat(fields)})


def _fields(fields: tuple[Field, ...], prefix: str) -> Fields:
    inner = {Type.BLOCK: f"{prefix}{{}}.", Type.ROWS: ""}
    leaves = [
        Leaf(
            path=prefix + field.name,
            field=field,
            quick=(field.length or _UNLIMITED) if _is_quick(field) else 0,
            read=READERS.get(field.type),
            inner=_fields(field.fields, inner[field.type].format(field.name)) if field.type in inner else None,
        )
        for field in fields
        if not field.derived
    ]
    return Fields({leaf.field.name: leaf for leaf in leaves}, tuple(leaf for leaf in leaves if leaf.field.required))


def _is_quick(field: Field) -> bool:
    return field.type is Type.TEXT and not field.sensitive and field.pattern is None


def _flat(fields: Fields) -> Iterator[Leaf]:
    for leaf in fields.by_name.values():
        if leaf.inner is not None and leaf.field.type is Type.BLOCK:
            yield from _flat(leaf.inner)
        else:
            yield leaf


def read_object(reading: Reading, shape: Shape, node: tree.Node) -> Object | None:
    """The object that a list's item is; None, with a complaint, when it has no usable key."""
    if not isinstance(node, tree.Mapping):
        plural = shape.kind.plural
        detail = f"One of {plural} is not given as a mapping of its fields. Write - {{{shape.kind.key}: …}}."
        reading.complain("RC0203", detail, node)
        return None
    values: dict[str, Value] = {}
    read_fields(reading, shape.fields, node, values, f"a field of {article(shape.kind.name)}")
    return make_object(shape.kind, values, tree.place(reading.file, node), _places(reading, shape, node))


def _places(reading: Reading, shape: Shape, node: tree.Mapping) -> dict[str, Span] | None:
    """Where the key of each setting stands; None for a kind without settings."""
    leaf = shape.fields.by_name.get(_SETTINGS)
    if leaf is None or leaf.inner is None:
        return None
    settings = node.pairs[_SETTINGS][1] if _SETTINGS in node.pairs else None
    pairs = settings.pairs if isinstance(settings, tree.Mapping) else {}
    return {name: tree.place(reading.file, key) for name, (key, _) in pairs.items() if name in leaf.inner.by_name}


def make_object(
    kind: Kind, values: dict[str, Value], span: Span, places: dict[str, Span] | None = None
) -> Object | None:
    """The object with these values by path, its key and the fields about it among them; None without a key."""
    key = values.pop(kind.key, None)
    about: dict[str, Any] = {name: values.pop(path) for name, path in _ABOUT if path in values}
    if not isinstance(key, str):
        return None
    return Object(kind=kind.name, key=key, values=values, span=span, places=places, **about)


def read_fields(reading: Reading, fields: Fields, node: tree.Mapping, values: dict[str, Value], what: str) -> None:
    """Puts the canonical values of a mapping's fields into `values`, by path. `what` says what a key should be."""
    leaves = fields.by_name
    for name, (key, value) in node.pairs.items():
        leaf = leaves.get(name)
        if leaf is None:
            known = f" There are {', '.join(leaves)}." if len(leaves) <= _FEW else ""
            reading.complain("RC0201", f"{cited(name)} is not {what}.{nearest(name, leaves) or known}", key)
            continue
        try:
            # Nearly all of a large file is plain texts: these conditions spare them what read_value looks for.
            if isinstance(value, tree.Scalar):
                text = value.value.strip()
                if text and text not in NULLS and "{{" not in text:
                    if len(text) <= leaf.quick:
                        values[leaf.path] = text
                        continue
                    if leaf.read is not None:
                        values[leaf.path] = leaf.read(leaf.field, text, value.implicit[0])
                        continue
            read_leaf(reading, leaf, value, values)
        except Wrong as wrong:
            reading.report(wrong, value)
    for leaf in fields.required:
        if leaf.field.name not in node.pairs:
            reading.complain("RC0202", f"{cited(leaf.field.name)} is missing. {leaf.field.doc}", node)


def read_leaf(
    reading: Reading,
    leaf: Leaf,
    node: tree.Node,
    values: dict[str, Value],
    row: Mapping[str, str] | None = None,
) -> None:
    """Puts the canonical values of a field into `values`. `row` is the row of a table that its expressions may name.
    Raises Wrong."""
    field = leaf.field
    if field.type is Type.BLOCK and leaf.inner is not None:
        _read_block(reading, leaf, leaf.inner, node, values)
    elif field.type is Type.MAP:
        _read_map(reading, leaf, node, values)
    elif field.type is Type.ROWS and leaf.inner is not None:
        _read_rows(reading, leaf, leaf.inner, node, values)
    else:
        value = _read_one(reading, field, node, row)
        if value is None and field.lasting:
            raise _not_cleared(leaf)
        values[leaf.path] = value


def _read_one(reading: Reading, field: Field, node: tree.Node, row: Mapping[str, str] | None) -> Value:
    if is_null(node):
        return cleared(field)
    if field.type in {Type.SET, Type.LIST}:
        return read_list(reading, field, node, row)
    read = read_schedule if field.type in SCHEDULES else read_value
    return read(reading, field, node, row)


def _not_cleared(leaf: Leaf) -> Wrong:
    path = leaf.path.removeprefix(f"{_SETTINGS}.")
    detail = f"A terminal always has {path}, so it can't be cleared. Leave it out to keep what the terminal has."
    return Wrong("RC0207", detail)


def _read_block(reading: Reading, leaf: Leaf, fields: Fields, node: tree.Node, values: dict[str, Value]) -> None:
    if is_null(node):
        if leaf.field.lasting:
            raise _not_cleared(leaf)
        values |= {inner.path: nothing(inner.field) for inner in _flat(fields) if not inner.field.lasting}
    elif isinstance(node, tree.Mapping):
        read_fields(reading, fields, node, values, f"a field of {leaf.path}")
    else:
        example = f"{leaf.field.name}: {{{next(iter(fields.by_name))}: …}}"
        raise Wrong("RC0203", f"The field {leaf.path} is a mapping. Write {example}.")


def _read_rows(reading: Reading, leaf: Leaf, fields: Fields, node: tree.Node, values: dict[str, Value]) -> None:
    """The keys of rows have the field's path, in order; their other values have paths below it."""
    if not isinstance(node, tree.Sequence) and not is_null(node):
        raise Wrong("RC0203", f"{shape(node)} can't be {the(leaf.field)}. Write {FORM_WORDS[leaf.field.type]}.")
    name = next(iter(fields.by_name))
    keys: list[str] = []
    for item in node.items if isinstance(node, tree.Sequence) else []:
        if not isinstance(item, tree.Mapping):
            reading.complain("RC0203", f"One of {leaf.field.name} is no mapping. Write {{{name}: …}}.", item)
            continue
        row: dict[str, Value] = {}
        read_fields(reading, fields, item, row, f"a field of one of {leaf.field.name}")
        key = row.pop(name, None)
        if not isinstance(key, str):
            continue
        if key in keys:
            detail = f"{cited(key)} is there already among {leaf.field.name}. Keep one of the two."
            reading.complain("RC0301", detail, item.pairs[name][1])
            continue
        keys.append(key)
        values |= {f"{leaf.path}.{key}.{inner}": value for inner, value in row.items()}
    values[leaf.path] = tuple(keys)


def label_field(field: Field, path: str) -> Field:
    """The field that one label of a map is; messages call it by its path."""
    return msgspec.structs.replace(field, name=path, type=Type.TEXT)


def _read_map(reading: Reading, leaf: Leaf, node: tree.Node, values: dict[str, Value]) -> None:
    """A map's values have the paths of their labels. Its labels are not known beforehand, so null can't stand for all
    of them."""
    if is_null(node):
        raise Wrong("RC0207", f"The field {leaf.path} can't be cleared as a whole. Write null for each of its labels.")
    if not isinstance(node, tree.Mapping):
        raise Wrong("RC0203", f"The field {leaf.path} maps labels to texts. Write {leaf.path}: {{label: …}}.")
    for label, (key, value) in node.pairs.items():
        path = f"{leaf.path}.{label.strip()}"
        if not label.strip() or path in values:
            code = "RC0105" if label.strip() else "RC0201"
            reading.complain(code, f"{cited(label)} can't be a label here: it is empty, or there already.", key)
            continue
        try:
            values[path] = read_value(reading, label_field(leaf.field, path), value)
        except Wrong as wrong:
            reading.report(wrong, value)


def article(name: str) -> str:
    """The name of a kind for the middle of a sentence."""
    name = name.replace("_", " ")
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"
