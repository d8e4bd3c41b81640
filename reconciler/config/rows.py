"""The objects of a table: `employees: {from_csv: PATH, map: {FIELD: EXPRESSION}}`."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from reconciler.config import tree
from reconciler.config.expressions import has_expression
from reconciler.config.lists import split_list
from reconciler.config.objects import Fields, Leaf, Shape, label_field, make_object, read_leaf
from reconciler.config.schedules import SCHEDULES, split_ranges
from reconciler.config.tables import Table, read_table
from reconciler.config.values import (
    FORM_WORDS,
    REFERENCE_FORMS,
    Reading,
    Wrong,
    cleared,
    is_null,
    read_text,
    rendered_text,
    the,
)
from reconciler.model.diagnostic import Span
from reconciler.model.fields import Field, Type, Value
from reconciler.model.objects import Object
from reconciler.model.words import cited, nearest

_KEYS = ("from_csv", "map")
_NOT_CELLS = (SCHEDULES | {Type.ROWS}) - {Type.RANGES}
"""Types whose values are more than a cell can hold."""


class Column(msgspec.Struct, frozen=True):
    """What gives one path its value: a column of the table by its number, or a text of the map."""

    path: str
    leaf: Leaf
    number: int = 0
    node: tree.Node | None = None


def read_rows(root: Path, reading: Reading, shape: Shape, node: tree.Mapping) -> tuple[str | None, list[Object]]:
    """The table's file, relative to the root, and an object for each of its rows; (None, []) when it can't be used."""
    for name, (key, _) in node.pairs.items():
        if name not in _KEYS:
            hint = nearest(name, _KEYS) or " A table has from_csv, and may have map."
            reading.complain("RC0201", f"{cited(name)} is not a part of a table.{hint}", key)
    if "from_csv" not in node.pairs:
        reading.complain("RC0202", '"from_csv" is missing: the path of the CSV file that holds the rows.', node)
        return None, []
    path_node = node.pairs["from_csv"][1]
    try:
        if not isinstance(path_node, tree.Scalar) or is_null(path_node):
            raise Wrong("RC0203", "The path of a CSV file is wanted here.")
        path = rendered_text(reading, path_node)
    except Wrong as wrong:
        reading.report(wrong, path_node)
        return None, []
    table, found = read_table(root, path, tree.place(reading.file, path_node))
    reading.found += found
    if table is None:
        return None, []
    columns = _mapped(reading, shape, node.pairs["map"][1]) if "map" in node.pairs else _named(reading, shape, table)
    return table.file, _objects(reading, shape, table, columns)


def _named(reading: Reading, shape: Shape, table: Table) -> list[Column]:
    """The columns whose names are paths, each complaint at the header."""
    header = Span(table.file, table.header, 1)
    columns = []
    for number, name in enumerate(table.columns):
        leaf = _leaf(shape, name)
        if leaf is None:
            reading.complain("RC0201", f"The column {_unknown(shape, name)}", header)
        elif leaf.field.type is Type.SECRET:
            detail = (
                f"The column {cited(name)} would hold secrets. Leave it out, and write a reference: {REFERENCE_FORMS}."
            )
            reading.complain("RC0208", detail, header)
        elif leaf.field.type in _NOT_CELLS:
            detail = (
                f"The column {cited(name)} can't be read: a cell can't hold {the(leaf.field)}. Give the table a map, "
                f"and write {FORM_WORDS[leaf.field.type]} there."
            )
            reading.complain("RC0203", detail, header)
        else:
            columns.append(Column(name, leaf, number))
    _check_required(reading, shape, columns, "column", header)
    return columns


def _mapped(reading: Reading, shape: Shape, node: tree.Node) -> list[Column]:
    """What the map gives to paths."""
    if not isinstance(node, tree.Mapping):
        detail = f'A map gives each field a text, such as {{{shape.kind.key}: "{{{{ row.number }}}}"}}.'
        reading.complain("RC0203", detail, node)
        return []
    columns = []
    for name, (key, value) in node.pairs.items():
        leaf = _leaf(shape, name)
        if leaf is None:
            reading.complain("RC0201", _unknown(shape, name), key)
        else:
            columns.append(Column(name, leaf, node=value))
    _check_required(reading, shape, columns, "field of the map", node)
    return columns


def _leaf(shape: Shape, path: str) -> Leaf | None:
    """The leaf of a path; of a label, where the path is that of a map's label."""
    leaf = shape.leaves.get(path)
    if leaf is not None and leaf.field.type is not Type.MAP:
        return leaf
    name, _, label = path.partition(".")
    whole = shape.leaves.get(name)
    if whole is None or whole.field.type is not Type.MAP or not label.strip():
        return None
    return Leaf(path, label_field(whole.field, path), quick=0, read=None, inner=None)


def _unknown(shape: Shape, name: str) -> str:
    return f"{cited(name)} is not the path of a field of {shape.kind.plural}.{nearest(name, shape.leaves)}"


def _check_required(reading: Reading, shape: Shape, columns: list[Column], what: str, spot: tree.Node | Span) -> None:
    given = {column.path for column in columns}
    for leaf in shape.fields.required:
        if leaf.path not in given:
            reading.complain("RC0202", f"There is no {what} {cited(leaf.path)}. {leaf.field.doc}", spot)


def _objects(reading: Reading, shape: Shape, table: Table, columns: list[Column]) -> list[Object]:
    blocks = list(_blocks(shape.fields))
    settings = _settings(shape, columns)
    same = _constants(reading, columns)
    differing = [column for column in columns if not _is_constant(column)]
    objects = []
    for line, cells in table.rows:
        span = Span(table.file, line, 1)
        row = dict(zip(table.columns, cells, strict=True))
        values = dict(same)
        broken = set()
        for column in differing:
            try:
                _read_column(reading, column, cells, row, span, values)
            except Wrong as wrong:
                reading.report(wrong, span)
                if any(each.spot is not None for each in (wrong, *wrong.also)):
                    broken.add(column.path)  # the map itself is wrong, so every row would repeat it
        if broken:
            differing = [column for column in differing if column.path not in broken]
        for block in blocks:
            _check_block(reading, block, values, span)
        places = None if settings is None else dict.fromkeys(settings, span)
        made = make_object(shape.kind, values, span, places)
        if made is not None:
            objects.append(made)
    return objects


def _blocks(fields: Fields) -> Iterator[Fields]:
    """The blocks that have fields which they must have."""
    for leaf in fields.by_name.values():
        if leaf.inner is not None and leaf.field.type is Type.BLOCK:
            if leaf.inner.required:
                yield leaf.inner
            yield from _blocks(leaf.inner)


def _settings(shape: Shape, columns: list[Column]) -> list[str] | None:
    """The settings that rows may have; None for a kind without settings."""
    if "settings" not in shape.fields.by_name:
        return None
    paths = [column.path.split(".") for column in columns]
    return sorted({names[1] for names in paths if names[0] == "settings"})


def _constants(reading: Reading, columns: list[Column]) -> dict[str, Value]:
    """The values that a map gives to every row alike, by path; what is wrong with one is complained of at the map."""
    values: dict[str, Value] = {}
    for column in columns:
        if column.node is not None and _is_constant(column):
            try:
                read_leaf(reading, column.leaf, column.node, values)
            except Wrong as wrong:
                reading.report(wrong, column.node)
    return values


def _is_constant(column: Column) -> bool:
    """Rows inside of a row are always."""
    return column.node is not None and (column.leaf.field.type is Type.ROWS or not _differs(column.node))


def _differs(node: tree.Node) -> bool:
    if isinstance(node, tree.Scalar):
        return has_expression(node.value)
    parts = node.items if isinstance(node, tree.Sequence) else [value for _, value in node.pairs.values()]
    return any(_differs(part) for part in parts)


def _read_column(
    reading: Reading, column: Column, cells: list[str], row: Mapping[str, str], span: Span, values: dict[str, Value]
) -> None:
    """Puts one path's value in one row into `values`. An empty cell leaves out what always has a value. Raises
    Wrong."""
    leaf, node = column.leaf, column.node
    text = cells[column.number].strip() if node is None else ""
    if 0 < len(text) <= leaf.quick:
        values[column.path] = text
        return
    may_be_empty = leaf.field.required and "." in column.path  # a whole block may be, in a row: _check_block looks
    if (leaf.field.lasting or may_be_empty) and not _has_text(reading, text, node, row):
        if not leaf.field.lasting:
            values[column.path] = None
    elif node is None:
        values[column.path] = _read_cell(leaf.field, text, span)
    else:
        read_leaf(reading, leaf, node, values, row)


def _has_text(reading: Reading, text: str, node: tree.Node | None, row: Mapping[str, str]) -> bool:
    """Whether a cell, or what the map says instead, has a text. Raises Wrong."""
    if node is None:
        return bool(text)
    return not isinstance(node, tree.Scalar) or bool(rendered_text(reading, node, row))


def _read_cell(field: Field, text: str, span: Span) -> Value:
    """The canonical value of a cell's text. Raises Wrong."""
    if not text:
        return cleared(field)
    if field.type in {Type.SET, Type.LIST}:
        return split_list(field, text)
    return split_ranges(text) if field.type is Type.RANGES else read_text(field, text, span)


def _check_block(reading: Reading, block: Fields, values: Mapping[str, Value], span: Span) -> None:
    """A block that has any value in this row has those that it must have."""
    if all(values.get(leaf.path) is None for leaf in block.by_name.values()):
        return
    for leaf in block.required:
        if values.get(leaf.path) is None:
            reading.complain("RC0202", f"{cited(leaf.path)} is missing in this row. {leaf.field.doc}", span)
