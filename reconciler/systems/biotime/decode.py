"""Rows of a server to live objects in the language's words."""

from collections.abc import Callable, Collection, Mapping
from sys import intern

from reconciler.model.fields import Value
from reconciler.model.objects import Live
from reconciler.systems.biotime.codecs import BOOLEAN, text
from reconciler.systems.biotime.company import Company, company_of
from reconciler.systems.biotime.wire import ATTRIBUTES, COLLECTIONS, Column, Reference, Row, Values, attribute, is_label
from reconciler.systems.biotime.wire import Collection as WireCollection

BUILT_IN = 1
"""The id of a fresh server's own department, area and position [manual M85]."""

_ABSENT = object()

Codes = Callable[[str], Mapping[int, str]]
"""Gives a kind's codes by id. Raises Failure when they can't be had."""


class Decoder:
    """Takes the pages of one collection and keeps only what was asked for. Rows of each company are kept apart, since
    codes repeat between them. `attributes` asks for every custom attribute that there is."""

    optional = False
    wire_names: frozenset[str] | None

    def __init__(self, collection: WireCollection, paths: Collection[str]) -> None:
        self.collection = collection
        columns = _columns(collection, paths)
        self.texts = [(path, wire) for path, wire, decode, nested in columns if decode is text and nested is None]
        self.columns = [each for each in columns if each[2] is not text or each[3] is not None]
        self.references = [each for each in collection.references if each.path in paths]
        self.labels = ATTRIBUTES.rstrip(".") in paths
        names = frozenset(
            {collection.code, "is_default", "company"}
            | {wire for _, wire, _, _ in columns}
            | {nested[0] for _, _, _, nested in columns if nested is not None}
            | {reference.wire for reference in self.references}
        )
        self.wire_names = None if self.labels else names
        self.rows: dict[int | None, list[Live]] = {}
        self.companies: dict[int, Company] = {}
        self.codes: dict[int, str] = {}
        self._bare: list[tuple[Values, Reference]] = []
        self._sets: dict[tuple[str | int, ...], tuple[str, ...]] = {}  # one object for equal values, to save memory
        self._known: dict[tuple[str, object], Value] = {}  # by path and code: what a reference to one object decodes to

    def take(self, rows: list[Row]) -> None:
        for row in rows:
            company = company_of(row) if "company" in row else None
            if company is not None:
                self.companies.setdefault(company.id, company)
            live = self._live(row)
            self.codes[live.id] = live.key  # type: ignore[index]  # the page was checked: ids are integers
            self.rows.setdefault(company.id if company else None, []).append(live)

    def _live(self, row: Row) -> Live:
        values: Values = {}
        for path, wire in self.texts:  # most columns; the same as the loop below
            raw = row.get(wire, _ABSENT)
            if raw is not _ABSENT:
                values[path] = (raw.strip() or None) if type(raw) is str else text(raw)
        for path, wire, decode, nested in self.columns:
            raw = row.get(wire, _ABSENT)
            if raw is _ABSENT:
                if nested is None or not isinstance(inside := row.get(nested[0]), dict) or nested[1] not in inside:
                    continue  # the server does not give it: unknown, not empty
                raw = inside[nested[1]]
            values[path] = decode(raw)
        for reference in self.references:
            if reference.wire in row:
                self._refer(values, reference, row[reference.wire])
        if self.labels:
            values |= {ATTRIBUTES + name: text(raw) for name, raw in row.items() if is_label(name)}
        number = row["id"]
        key = text(row.get(self.collection.code)) or f"#{number}"
        built_in = self.collection.kind != "employee" and (
            number == BUILT_IN or BOOLEAN.decode(row.get("is_default")) is True
        )
        return Live(key, number, values, built_in)  # type: ignore[arg-type]

    def _refer(self, values: Values, reference: Reference, raw: object) -> None:
        code = COLLECTIONS[reference.kind].code
        one = raw[0] if type(raw) is list and len(raw) == 1 else raw
        at = (reference.path, one.get(code)) if type(one) is dict else None
        if at is not None and type(at[1]) is str and (known := self._known.get(at)) is not None:
            values[reference.path] = known
            return
        named: tuple[str | int, ...]
        if reference.many and isinstance(raw, list):
            named = tuple([_named(member, code) for member in raw if member is not None])
        else:
            named = () if raw is None else (_named(raw, code),)
        found = self._sets.get(named)
        if found is None:
            if int in map(type, named):
                values[reference.path] = named  # type: ignore[assignment]
                self._bare.append((values, reference))
                return
            found = self._sets[named] = tuple(sorted({str(member) for member in named}))
        value = found if reference.many else found[0] if found else None
        values[reference.path] = value
        if at is not None and type(at[1]) is str and at[1].strip():
            self._known[at] = value

    def resolve(self, codes: Codes) -> None:
        """Puts codes for the references that came as bare ids. `codes` is asked only for kinds of which some did, and
        not for the collection's own."""
        for values, reference in self._bare:
            known = self.codes if reference.kind == self.collection.kind else codes(reference.kind)
            members: tuple[object, ...] = values[reference.path]  # type: ignore[assignment]
            named = tuple(sorted({_code(member, known) for member in members}))
            named = self._sets.setdefault(named, named)
            values[reference.path] = named if reference.many else named[0]
        self._bare.clear()


def _columns(
    collection: WireCollection, paths: Collection[str]
) -> list[tuple[str, str, Callable[[object], Value], tuple[str, str] | None]]:
    """What the loop over 100,000 rows needs of each column that is wanted, in the table's order."""
    wanted: list[Column] = [column for column in collection.columns if column.path in paths]
    labels = [attribute(path) for path in sorted(paths) if path.startswith(ATTRIBUTES)]
    wanted += [column for column in labels if column is not None]
    return [(intern(each.path), each.wire, each.codec.decode, each.nested) for each in wanted]


def _named(member: object, code: str) -> str | int:
    """The code of a nested object, or the id where the row has only that."""
    if type(member) is dict:
        named = text(member.get(code))
        if named is not None:
            return named
        member = member.get("id")
    return member if type(member) is int else f"#{text(member)}"


def _code(member: object, known: Mapping[int, str]) -> str:
    """An id's code; one that the server does not list shows as itself, which equals no code of the files."""
    if type(member) is not int:
        return str(member)
    return known.get(member, f"#{member}")
