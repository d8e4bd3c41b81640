"""YAML as a tree of raw texts with positions, from PyYAML's events.

Nothing is typed here: `007` and `no` stay what they look like, and the field that receives a text decides what it is.
What a project's YAML may not hold (tags, several documents, keys twice, bombs) is refused with a position.
"""

from collections.abc import Iterator
from typing import Any

import yaml

from reconciler.config.syntax import bytes_problem, syntax_problem
from reconciler.model.diagnostic import Diagnostic, Span, error

Scalar = yaml.ScalarEvent
"""A scalar is the parser's own event: an object more for each of two million texts would cost as much as the rest."""

MAX_DEPTH = 100
FREE_EXPANSION = 100_000
EXPANSION_RATIO = 10
"""Aliases may stand for FREE_EXPANSION nodes, and EXPANSION_RATIO more for every node that is written out: work stays
in proportion to the size of the file."""

_MERGE = "<<"


class Sequence:
    """`size` counts the nodes below it, those behind aliases too."""

    __slots__ = ("items", "size", "start_mark")

    def __init__(self, start_mark: Any) -> None:
        self.start_mark = start_mark
        self.items: list[Node] = []
        self.size = 0


class Mapping:
    """`pairs` has key and value by the key's text, those of `<<` after the mapping's own."""

    __slots__ = ("pairs", "size", "start_mark")

    def __init__(self, start_mark: Any) -> None:
        self.start_mark = start_mark
        self.pairs: dict[str, tuple[Scalar, Node]] = {}
        self.size = 0


Node = Scalar | Sequence | Mapping


def place(file: str, node: Node) -> Span:
    """Where the node begins."""
    mark: Any = node.start_mark
    return Span(file, mark.line + 1, mark.column + 1)


def is_plain(node: Scalar) -> bool:
    """Whether the text stands without quotes and is no block of text."""
    return bool(node.implicit[0])


def compose(data: bytes, file: str) -> tuple[Mapping | None, list[Diagnostic]]:
    """The whole of a small file. None when it is not a mapping or can't be read to its end."""
    found: list[Diagnostic] = []
    root: Mapping | None = None
    for key, value, is_item in entries(data, file, found):
        if root is None:
            root = Mapping(key.start_mark)
        if not is_item:
            root.pairs[key.value] = (key, value)
        else:
            sequence = root.pairs[key.value][1]
            assert isinstance(sequence, Sequence)  # noqa: S101  it was given before its items
            sequence.items.append(value)
    return (None if any(each.code in LOSSES for each in found) else root), found


LOSSES = frozenset({"RC0101", "RC0102", "RC0103", "RC0104", "RC0106", "RC0107", "RC0108", "RC0405"})
"""After a diagnostic with one of these codes some of what was written is not known."""


def entries(data: bytes, file: str, found: list[Diagnostic]) -> Iterator[tuple[Scalar, Node, bool]]:
    """The entries of the mapping that a file is: (key, value, False), and a list's items one at a time after it, as
    (key, item, True); the list itself comes first, without its items. Problems are appended to `found`.

    An item is dropped when the next is asked for, so that a large file needs little memory.
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    problem = bytes_problem(data, file)
    if problem is not None:
        found.append(problem)
        return
    composer = _Composer(data, file, found)
    try:
        yield from composer.entries()
    except _Refused as refusal:
        found.append(refusal.diagnostic)
    except yaml.YAMLError as failure:
        found.append(syntax_problem(failure, data, file))


class _Refused(Exception):
    """The rest of the file can't be used."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.detail)
        self.diagnostic = diagnostic


class _Composer:
    """Composes one file's nodes from the parser's events."""

    def __init__(self, data: bytes, file: str, found: list[Diagnostic]) -> None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._next: Any = loader(data).get_event  # the stubs know less of events than is so
        self._file = file
        self._found = found
        self._anchors: dict[str, Node | None] = {}  # None: still open
        self._count = 0  # nodes, those behind aliases too
        self._expanded = 0  # nodes behind aliases

    def entries(self) -> Iterator[tuple[Scalar, Node, bool]]:
        """See `entries` above. Raises _Refused and yaml.YAMLError."""
        self._next()  # the stream's start
        if self._next().__class__ is yaml.StreamEndEvent:
            raise self._nothing()
        root = self._next()
        if root.__class__ is not yaml.MappingStartEvent:
            raise self._not_a_mapping(root)
        self._check_tag(root)
        if root.anchor is not None:
            self._anchors[root.anchor] = None
        yield from self._root_entries()
        self._next()  # the document's end
        after = self._next()
        if after.__class__ is not yaml.StreamEndEvent:
            raise self._refused(
                "RC0104", after, "This file holds several documents. Keep one, and move what follows into other files."
            )

    def _root_entries(self) -> Iterator[tuple[Scalar, Node, bool]]:
        seen: dict[str, Scalar] = {}
        merged: list[Mapping] = []
        while (event := self._next()).__class__ is not yaml.MappingEndEvent:
            key = self._key(event, 2)
            value = self._next()
            if key.value in seen:
                self._duplicate(key, seen[key.value])
                self._node(value, 2)
            elif key.value == _MERGE and is_plain(key):
                merged += self._merge_sources(key, self._node(value, 2))
            elif value.__class__ is yaml.SequenceStartEvent and value.anchor is None:
                yield key, Sequence(value.start_mark), False
                self._check_tag(value)
                while (item := self._next()).__class__ is not yaml.SequenceEndEvent:
                    yield key, self._node(item, 3), True
            else:
                yield from _whole(key, self._node(value, 2))
            seen[key.value] = key
        if not seen:
            raise self._nothing()
        for name, (key, node) in _merge({}, merged).items():
            if name not in seen:
                yield from _whole(key, node)

    def _node(self, event: Any, depth: int) -> Node:
        """The node that begins with `event`, at `depth` (the root's is 1)."""
        kind = event.__class__
        if kind is yaml.ScalarEvent:
            if event.tag is not None:
                self._check_tag(event)
            if event.anchor is not None:
                self._anchors[event.anchor] = event
            scalar: Scalar = event
            return scalar
        if kind is yaml.AliasEvent:
            return self._alias(event)
        if depth > MAX_DEPTH:
            detail = f"Values are nested deeper than {MAX_DEPTH} levels here. No field needs that: write it flatter."
            raise self._refused("RC0106", event, detail)
        self._check_tag(event)
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        before = self._count
        node = self._mapping(event, depth) if kind is yaml.MappingStartEvent else self._sequence(event, depth)
        node.size = self._count - before
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _sequence(self, start: Any, depth: int) -> Sequence:
        node = Sequence(start.start_mark)
        items = node.items
        following = self._next
        while (event := following()).__class__ is not yaml.SequenceEndEvent:
            items.append(self._node(event, depth + 1))
        self._count += 1 + len(items)
        return node

    def _mapping(self, start: Any, depth: int) -> Mapping:
        node = Mapping(start.start_mark)
        pairs = node.pairs
        following = self._next
        scalar = yaml.ScalarEvent
        while True:
            key = following()
            if key.__class__ is not scalar or key.tag is not None or key.anchor is not None:
                if key.__class__ is yaml.MappingEndEvent:
                    break
                key = self._key(key, depth + 1)
            value = following()
            if value.__class__ is not scalar or value.tag is not None or value.anchor is not None:
                value = self._node(value, depth + 1)
            name = key.value
            if name in pairs:
                self._duplicate(key, pairs[name][0])
            else:
                pairs[name] = (key, value)
        self._count += 1 + 2 * len(pairs)
        if _MERGE in pairs and is_plain(pairs[_MERGE][0]):
            node.pairs = _merge(pairs, self._merge_sources(*pairs.pop(_MERGE)))
        return node

    def _key(self, event: Any, depth: int) -> Scalar:
        node = self._node(event, depth)
        if isinstance(node, yaml.ScalarEvent):
            return node
        detail = 'A list or mapping can\'t be a key. If an expression is meant, put it in quotes: "{{ var.name }}".'
        raise self._refused("RC0104", event, detail)

    def _alias(self, event: Any) -> Node:
        name = event.anchor
        if name not in self._anchors:
            detail = f"There is no anchor &{name} above this line in this file. Anchors of other files are not known."
            raise self._refused("RC0104", event, detail)
        node = self._anchors[name]
        if node is None:
            raise self._refused("RC0104", event, f"*{name} stands inside of what it stands for, and would never end.")
        size = 1 if isinstance(node, yaml.ScalarEvent) else node.size
        self._count += size
        self._expanded += size
        if self._expanded > FREE_EXPANSION + EXPANSION_RATIO * (self._count - self._expanded):
            detail = (
                f"With *{name} the aliases of this file stand for more than {self._expanded:,} values, far more than "
                "are written in it. Write out what is meant."
            )
            raise self._refused("RC0106", event, detail)
        return node

    def _merge_sources(self, key: Scalar, node: Node) -> list[Mapping]:
        """The mappings that `<<` names, the strongest first. A complaint is at the `key`: what an alias stands for has
        the place of its anchor."""
        sources = node.items if isinstance(node, Sequence) else [node]
        mappings = [each for each in sources if isinstance(each, Mapping)]
        if len(mappings) < len(sources):
            detail = "<< takes a mapping, or a list of mappings, usually as aliases: <<: *name."
            raise _Refused(error("RC0104", detail, source=place(self._file, key)))
        return mappings

    def _check_tag(self, event: Any) -> None:
        if event.tag is not None:
            detail = "Tags such as !!str are not used here: the field decides what its text means. Remove the tag."
            self._found.append(error("RC0104", detail, source=place(self._file, event)))

    def _duplicate(self, key: Scalar, first: Scalar) -> None:
        line = place(self._file, first).line
        detail = f'"{key.value}" stands in this mapping already, at line {line}. Keep one of the two.'
        self._found.append(error("RC0105", detail, source=place(self._file, key)))

    def _nothing(self) -> _Refused:
        detail = "This file is empty or holds only comments. Delete it, or restore what was in it."
        return _Refused(error("RC0103", detail, source=Span(self._file, 1, 1)))

    def _not_a_mapping(self, root: Any) -> _Refused:
        if root.__class__ is yaml.ScalarEvent and is_plain(root) and root.value in {"", "~", "null"}:
            return self._nothing()
        detail = 'A file of a project is a mapping of names to values, such as "departments:" followed by a list.'
        return self._refused("RC0203", root, detail)

    def _refused(self, code: str, event: Any, detail: str) -> _Refused:
        return _Refused(error(code, detail, source=place(self._file, event)))


def _merge(own: dict[str, tuple[Scalar, Node]], sources: list[Mapping]) -> dict[str, tuple[Scalar, Node]]:
    """`own` with what it lacks of `sources`, the first of them being the strongest."""
    merged = dict(own)
    for source in sources:
        for name, pair in source.pairs.items():
            merged.setdefault(name, pair)
    return merged


def _whole(key: Scalar, node: Node) -> Iterator[tuple[Scalar, Node, bool]]:
    """The entries of a value that is in memory as a whole."""
    if not isinstance(node, Sequence):
        yield key, node, False
        return
    yield key, Sequence(node.start_mark), False
    for item in node.items:
        yield key, item, True
