"""The rows of a server, in memory. Every lookup and write takes the same time however many rows there are."""

from collections import Counter
from collections.abc import Hashable, Iterator

from reconciler.simulator.errors import SimulatorError
from reconciler.simulator.schema import COLLECTIONS, UNITS

Row = dict[str, object]
"""A row holds what differs from blank; references are ids. It is replaced on a write, never changed."""

BUILT_IN = 1
"""The id of the company, department, area and position that every server is delivered with."""


class Store:
    """Tables of rows by id, with an index by the unique field and a count of references to each row."""

    def __init__(self, *, companies: bool) -> None:
        self.companies = companies
        self.tables: dict[str, dict[int, Row]] = {name: {} for name in COLLECTIONS}
        self.next_id: dict[str, int] = dict.fromkeys(COLLECTIONS, 1)
        self.version = 0
        self.creates: Counter[str] = Counter()
        self.updated: dict[int, str] = {}
        self._keys: dict[str, dict[Hashable, int]] = {name: {} for name in COLLECTIONS}
        self._uses: Counter[tuple[str, int, str]] = Counter()
        self._cards: dict[object, int] = {}
        self._add_built_in()

    def _add_built_in(self) -> None:
        self.put("company", {"id": BUILT_IN, "company_code": "1", "company_name": "Company"})
        for collection, name in (("departments", "Department"), ("areas", "Not Authorized"), ("positions", "Position")):
            unit = COLLECTIONS[collection]
            row: Row = {"id": BUILT_IN, unit.key: "1", unit.title: name}
            self.put(collection, row | {"company": BUILT_IN} if self.companies else row)

    def key(self, collection: str, row: Row) -> Hashable:
        """What must be unique in a collection: a unit's code in its company, else the code alone."""
        value = row.get(COLLECTIONS[collection].key)
        return (row.get("company"), value) if collection in UNITS else value

    def find(self, collection: str, row: Row) -> int | None:
        """The id of the row that has the unique field's value of `row`, if there is one."""
        return self._keys[collection].get(self.key(collection, row))

    def card_owner(self, card: object) -> int | None:
        """The id of the employee who has a card number, if there is one (of several the first)."""
        return self._cards.get(card)

    def get(self, collection: str, identity: int) -> Row | None:
        """One row, not to be changed."""
        return self.tables[collection].get(identity)

    def add(self, collection: str, row: Row) -> Row:
        """Give `row` the next id and keep it."""
        kept = {"id": self.next_id[collection], **row}
        self.put(collection, kept)
        return kept

    def put(self, collection: str, row: Row) -> None:
        """Keep `row`, in place of the one of the same id if there is one."""
        identity = row["id"]
        assert isinstance(identity, int)  # noqa: S101  ids are ours
        self.remove(collection, identity)
        self.tables[collection][identity] = row
        self._keys[collection][self.key(collection, row)] = identity
        if row.get("card_no"):
            self._cards.setdefault(row["card_no"], identity)
        self._count(collection, row, 1)
        self.next_id[collection] = max(self.next_id[collection], identity + 1)
        self.version += 1

    def remove(self, collection: str, identity: int) -> None:
        """Forget a row, if it is there."""
        row = self.tables[collection].pop(identity, None)
        if row is None:
            return
        key = self.key(collection, row)
        if self._keys[collection].get(key) == identity:
            del self._keys[collection][key]
        if self._cards.get(row.get("card_no")) == identity:
            del self._cards[row["card_no"]]
        self._count(collection, row, -1)
        self.version += 1

    def uses(self, collection: str, identity: int) -> dict[str, int]:
        """How many rows refer to a row, by their collection."""
        found = {name: self._uses[collection, identity, name] for name in COLLECTIONS}
        return {name: count for name, count in found.items() if count}

    def _count(self, collection: str, row: Row, step: int) -> None:
        for target, identity in references(collection, row):
            self._uses[target, identity, collection] += step

    def dump(self) -> dict[str, object]:
        """Everything as plain data: {"tables": {collection: [rows by id]}, "next_id": {collection: id}}."""
        tables = {
            name: [copied(rows[identity]) for identity in sorted(rows)] for name, rows in sorted(self.tables.items())
        }
        return {"tables": tables, "next_id": dict(sorted(self.next_id.items()))}

    def load(self, dump: dict[str, object]) -> None:
        """Replace everything by what `dump` gave. Raises SimulatorError for anything else, and keeps what it had."""
        tables, next_id = dump.get("tables"), dump.get("next_id")
        if not isinstance(tables, dict) or not isinstance(next_id, dict) or not set(tables) <= set(COLLECTIONS):
            raise SimulatorError("This is no dump of a simulated server: it has no tables of its collections.")
        fresh = Store(companies=self.companies)
        fresh.tables = {name: {} for name in COLLECTIONS}
        fresh._keys = {name: {} for name in COLLECTIONS}
        fresh._uses = Counter()
        fresh.next_id = dict.fromkeys(COLLECTIONS, 1)
        for name, rows in tables.items():
            for row in rows:
                if not isinstance(row, dict) or not isinstance(row.get("id"), int):
                    raise SimulatorError(f"A row of {name} in the dump has no id.")
                fresh.put(name, copied(row))
        for name, identity in next_id.items():
            fresh.next_id[name] = max(fresh.next_id[name], int(identity))
        self.tables, self.next_id = fresh.tables, fresh.next_id
        self._keys, self._uses, self._cards = fresh._keys, fresh._uses, fresh._cards
        self.version += 1


def copied(row: Row) -> Row:
    """A copy that shares nothing with the row."""
    return {field: list(value) if isinstance(value, list) else value for field, value in row.items()}


_REFERENCES = {
    name: tuple((column.name, column.target) for column in collection.columns if column.target)
    + ((("company", "company"),) if name in (*UNITS, "employees") else ())
    for name, collection in COLLECTIONS.items()
}


def references(collection: str, row: Row) -> Iterator[tuple[str, int]]:
    """The rows that a row refers to: (collection, id)."""
    for field, target in _REFERENCES[collection]:
        value = row.get(field)
        if isinstance(value, list):
            for identity in value:
                yield target, identity
        elif isinstance(value, int):
            yield target, value
