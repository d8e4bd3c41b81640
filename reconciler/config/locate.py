"""Where a value stands in the files. Positions of values are not kept in memory, since only errors ask for them: the
file is composed again."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from reconciler.config import tree
from reconciler.config.files import read_inside
from reconciler.model.diagnostic import Span


class Wanted(NamedTuple):
    """The value at `path` of the object that begins at `span`, or one text inside of it."""

    span: Span
    path: str
    member: str | None = None


def locate_all(root: Path, wanted: Iterable[Wanted]) -> dict[Wanted, Span]:
    """The places of values; of the object itself where that can't be told (a row of a table, a file that changed).
    Each file is read once, and no further than is needed."""
    by_file: dict[str, dict[Span, list[Wanted]]] = {}
    places = {}
    for each in wanted:
        places[each] = each.span
        by_file.setdefault(each.span.file, {}).setdefault(each.span, []).append(each)
    for file, by_span in sorted(by_file.items()):
        places.update(_locate_in(root, file, by_span))
    return places


def _locate_in(root: Path, file: str, by_span: dict[Span, list[Wanted]]) -> dict[Wanted, Span]:
    data = read_inside(root, file)
    if isinstance(data, str):
        return {}
    places: dict[Wanted, Span] = {}
    left = set(by_span)
    for _, item, is_item in tree.entries(data, file, []):
        if not is_item or not isinstance(item, tree.Mapping):
            continue
        span = tree.place(file, item)
        if span in left:
            places |= {each: _value(file, item, each) for each in by_span[span]}
            left.discard(span)
            if not left:
                break
    return places


def _value(file: str, item: tree.Mapping, wanted: Wanted) -> Span:
    node = _at(item, wanted.path)
    if node is None:
        return wanted.span
    inner = None if wanted.member is None else _text(node, wanted.member)
    return tree.place(file, inner or node)


def _text(node: tree.Node, text: str) -> tree.Scalar | None:
    """The first such text in a list, or among a mapping's values."""
    if isinstance(node, tree.Scalar):
        return node if node.value.strip() == text else None
    parts = node.items if isinstance(node, tree.Sequence) else [value for _, value in node.pairs.values()]
    return next((found for part in parts if (found := _text(part, text))), None)


def _at(node: tree.Mapping, path: str) -> tree.Node | None:
    """The node at a path, whose labels may have dots in them; the block's when it was cleared as a whole."""
    for name, (_, value) in node.pairs.items():
        name = name.strip()
        if path == name:
            return value
        if path.startswith(f"{name}."):
            return (_at(value, path[len(name) + 1 :]) if isinstance(value, tree.Mapping) else value) or None
    return None
