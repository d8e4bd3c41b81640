"""A resource file's objects."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from reconciler.config import tree
from reconciler.config.objects import Shape, read_object
from reconciler.config.rows import read_rows
from reconciler.config.tree import LOSSES
from reconciler.config.values import Reading
from reconciler.model.kinds import KINDS
from reconciler.model.objects import Object
from reconciler.model.words import cited, nearest


class Contents(msgspec.Struct):
    """What a resource file holds: its objects, and the CSV files it takes rows from, relative to the root. `lost` are
    kinds of which something was written that is not among the objects."""

    objects: list[Object] = []
    tables: list[str] = []
    lost: set[str] = set()


def read_resources(root: Path, reading: Reading, data: bytes, shapes: Mapping[str, Shape]) -> Contents:
    """The objects of a resource file; `shapes` are by the kinds' plurals. Complaints go to `reading`."""
    contents = Contents()
    empty = True
    for key, node, is_item in tree.entries(data, reading.file, reading.found):
        empty = False
        shape = shapes.get(key.value)
        if is_item:
            if shape is not None:
                _add(contents, shape, read_object(reading, shape, node))
        elif shape is not None:
            _begin(root, reading, shape, node, contents)
        elif not key.value.startswith("x-"):
            known = nearest(key.value, shapes) or f" There are {', '.join(shapes)}; x-… is ignored."
            reading.complain("RC0201", f"{cited(key.value)} is not a kind of object.{known}", key)
            contents.lost |= set(KINDS)
    if empty or any(each.code in LOSSES for each in reading.found):
        contents.lost |= set(KINDS)
    return contents


def _begin(root: Path, reading: Reading, shape: Shape, node: tree.Node, contents: Contents) -> None:
    """What stands under a kind's plural: a list whose items follow, or a table."""
    if isinstance(node, tree.Mapping):
        before = len(reading.found)
        file, objects = read_rows(root, reading, shape, node)
        contents.objects += objects
        if file is not None:
            contents.tables.append(file)
        if len(reading.found) > before:
            contents.lost.add(shape.kind.name)
    elif not isinstance(node, tree.Sequence):
        plural = shape.kind.plural
        detail = f"{plural} is a list of objects, or a table: {{from_csv: PATH}}. For none at all write {plural}: []."
        contents.lost.add(shape.kind.name)
        reading.complain("RC0203", detail, node)


def _add(contents: Contents, shape: Shape, made: Object | None) -> None:
    if made is None:
        contents.lost.add(shape.kind.name)
    else:
        contents.objects.append(made)
