"""A resource file's objects."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from reconciler.config import tree
from reconciler.config.expressions import nearest
from reconciler.config.objects import Shape, read_object
from reconciler.config.rows import read_rows
from reconciler.config.values import Reading, quoted
from reconciler.model.objects import Object


class Contents(msgspec.Struct):
    """What a resource file holds: its objects, and the CSV files it takes rows from, relative to the root. `lost` are
    kinds of which something was written that is not among the objects."""

    objects: list[Object]
    tables: list[str]
    lost: set[str]


def read_resources(root: Path, reading: Reading, data: bytes, shapes: Mapping[str, Shape]) -> Contents:
    """The objects of a resource file; `shapes` are by the kinds' plurals. Complaints go to `reading`."""
    contents = Contents([], [], set())
    for key, node, is_item in tree.entries(data, reading.file, reading.found):
        name = key.value
        shape = shapes.get(name)
        if is_item:
            if shape is not None:
                _add(contents, shape, read_object(reading, shape, node))
        elif name.startswith("x-"):
            continue
        elif shape is None:
            known = nearest(name, shapes) or f" There are {', '.join(shapes)}; keys that begin with x- are ignored."
            reading.complain("RC0201", f"{quoted(name)} is not a kind of object.{known}", key)
        elif isinstance(node, tree.Mapping):
            _read_table(root, reading, shape, node, contents)
        elif not isinstance(node, tree.Sequence):
            detail = f"{name} is a list of objects, or a table: {{from_csv: PATH}}. Write [] for none."
            contents.lost.add(shape.kind.name)
            reading.complain("RC0203", detail, node)
    return contents


def _add(contents: Contents, shape: Shape, made: Object | None) -> None:
    if made is None:
        contents.lost.add(shape.kind.name)
    else:
        contents.objects.append(made)


def _read_table(root: Path, reading: Reading, shape: Shape, node: tree.Mapping, contents: Contents) -> None:
    before = len(reading.found)
    file, objects = read_rows(root, reading, shape, node)
    contents.objects += objects
    if file is not None:
        contents.tables.append(file)
    if len(reading.found) > before:
        contents.lost.add(shape.kind.name)
