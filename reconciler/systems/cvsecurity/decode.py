"""Rows of a server to live objects in the language's words."""

from collections.abc import Collection, Mapping, Sequence
from sys import intern

from reconciler.model.fields import Value
from reconciler.model.objects import Live
from reconciler.systems.cvsecurity.codecs import listed, text
from reconciler.systems.cvsecurity.facts import Facts
from reconciler.systems.cvsecurity.wire import CONTROLS, DEPARTMENT, LEVEL_IDS, PERSON, ROOT, Module, Row

_OF_ACCESS = frozenset({"valid.from", "valid.until"})
"""Fields that a server without the module of access drops silently, and never shows."""


class People:
    """Takes the pages of a list of people and keeps only what was asked for."""

    def __init__(self, paths: Collection[str], facts: Facts) -> None:
        access = Module.ACCESS not in facts.lacks
        self._columns = [
            (intern(column.path), column.wire, column.codec.decode)
            for column in PERSON.columns
            if column.path in paths and not column.write_only and (access or column.path not in _OF_ACCESS)
        ]
        self._names: Mapping[str, str] | None = None
        door = CONTROLS["door"]
        if access and door.path in paths:
            self._names = {number: name for name, number in facts.levels.get(door.word, {}).items()}
        self._sets: dict[str, tuple[str, ...]] = {}  # one object for equal values, to save memory
        self.lives: list[Live] = []

    def take(self, rows: Sequence[Row]) -> None:
        for row in rows:
            values: dict[str, Value] = {}
            for path, wire, decode in self._columns:
                if wire in row:  # else the server does not give it: unknown, not empty
                    values[path] = decode(row[wire])
            if self._names is not None and LEVEL_IDS in row:
                values["access_levels"] = self._levels(row[LEVEL_IDS], self._names)
            key = text(row[PERSON.key]) or ""
            self.lives.append(Live(key, text(row.get("id")) or key, values))

    def _levels(self, ids: object, names: Mapping[str, str]) -> tuple[str, ...]:
        """The levels' names; one that the server does not list shows as its id, which equals no name."""
        mark = text(ids) or ""
        if mark not in self._sets:
            self._sets[mark] = tuple(sorted(names.get(number, f"#{number}") for number in listed(ids)))
        return self._sets[mark]


def department(row: Row) -> Live:
    """A department; its id is its code, since rows have no other."""
    code = text(row[DEPARTMENT.key]) or ""
    values = {column.path: column.codec.decode(row[column.wire]) for column in DEPARTMENT.columns if column.wire in row}
    return Live(code, code, values, builtin=code == ROOT)


def area(row: Row) -> Live:
    """An area of attendance. They are made in the server's own pages."""
    code = text(row.get("code")) or ""
    return Live(code, text(row.get("id")) or code, {"name": text(row.get("name"))}, builtin=True)


def levels(facts: Facts) -> tuple[dict[str, Live], frozenset[str]]:
    """The levels of all controls by name, and the names that one control has more than once. A name that several
    controls have stands for the first of them: `Facts.levels` has them all. No call deletes or renames a level."""
    lives: dict[str, Live] = {}
    for control in CONTROLS:
        for name, number in facts.levels.get(control, {}).items():
            lives.setdefault(name, Live(name, number, {"control": control}, builtin=True))
    return lives, frozenset(name for names in facts.ambiguous.values() for name in names)
