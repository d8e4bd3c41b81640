"""The rows of a CVSecurity server, in memory. A lookup or write takes the same time however many rows there are."""

import hashlib
from collections import Counter
from collections.abc import Iterator

from reconciler.simulator.errors import SimulatorError

Row = dict[str, object]
"""A row holds what differs from blank. It is replaced on a write, never changed."""

TABLES: dict[str, str] = {
    "areas": "code",
    "time_segments": "name",
    "devices": "sn",
    "doors": "id",
    "readers": "id",
    "floors": "id",
    "door_levels": "id",
    "elevator_levels": "id",
    "entrance_levels": "id",
    "visitor_levels": "id",
    "departments": "code",
    "persons": "pin",
    "parking": "carNumber",
    "templates": "id",
    "media": "mediaName",
}
"""The tables, referred ones first, and the member that is unique in each. A person's row also has what the API does not
show: elevator_levels, entrance_levels (ids), attendance_areas, kiosk_areas (codes), attendance and kiosk (settings); a
door level's row `area`, `time_segment` and `doors` (names); a department's `levels` (ids)."""

ROOT = "1"
"""The code of the department and of the area that every server is delivered with."""

MEMBERSHIPS = ("door_levels", "elevator_levels", "entrance_levels", "attendance_areas", "kiosk_areas")
"""The members of a person's row that are lists of what the person is in."""


class Store:
    """Tables of rows by key, with an index of what other rows are found by, and an undo of the latest writes."""

    def __init__(self, root_name: str) -> None:
        self.tables: dict[str, dict[str, Row]] = {name: {} for name in TABLES}
        self.version = 0
        self.serial = 0
        self.creates: Counter[str] = Counter()
        self._index: dict[tuple[str, str], dict[str, None]] = {}
        self._undo: list[tuple[str, str, Row | None]] = []
        self._listed: tuple[tuple[int, str], list[Row]] = ((-1, ""), [])
        self._deliver(root_name)
        self._undo.clear()

    def _deliver(self, root_name: str) -> None:
        root: Row = {"id": self.new_id(), "code": ROOT, "name": root_name, "sortNo": 1}
        self.put("departments", root)
        self.put("areas", {"id": self.new_id(), "code": ROOT, "name": "Area Name"})
        self.put("time_segments", {"id": self.new_id(), "name": "24-Hour Accessible"})
        for table in ("door_levels", "elevator_levels", "entrance_levels", "visitor_levels"):
            self.put(table, {"id": self.new_id(), "name": "General"})

    def new_id(self) -> str:
        """The next id: 32 hexadecimal digits, always the same for the same writes."""
        self.serial += 1
        return "8a888e23" + hashlib.sha256(str(self.serial).encode()).hexdigest()[:24]

    def get(self, table: str, key: object) -> Row | None:
        """One row, not to be changed."""
        return self.tables[table].get(key) if isinstance(key, str) else None

    def put(self, table: str, row: Row, *, first: bool = False) -> None:
        """Keep `row`, in the place of the one of the same key if there is one; a new one comes last, or first."""
        key = str(row[TABLES[table]])
        before = self.tables[table].get(key)
        self._undo.append((table, key, before))
        self._unindex(table, key)
        if first and before is None:
            self.tables[table] = {key: row, **self.tables[table]}
        else:
            self.tables[table][key] = row
        for entry in _found_by(table, row):
            self._index.setdefault(entry, {})[key] = None
        self.version += 1

    def remove(self, table: str, key: str) -> None:
        """Forget a row, if it is there."""
        if key in self.tables[table]:
            self._undo.append((table, key, self.tables[table][key]))
            self._unindex(table, key)
            del self.tables[table][key]
            self.version += 1

    def _unindex(self, table: str, key: str) -> None:
        for entry in _found_by(table, self.tables[table].get(key) or {}):
            keys = self._index[entry]
            keys.pop(key, None)
            if not keys:
                del self._index[entry]

    def having(self, member: str, value: object) -> list[str]:
        """The keys of the rows whose `member` is, or contains, a value: see `_found_by` for the members."""
        return list(self._index.get((member, str(value)), ()))

    def taken(self, member: str, value: object, key: object) -> bool:
        """Whether a row other than that of `key` has a value."""
        return any(other != key for other in self._index.get((member, str(value)), ()))

    def count(self, member: str, value: object) -> int:
        """How many rows have a value."""
        return len(self._index.get((member, str(value)), ()))

    def mark(self) -> int:
        """The point to which `undo` goes back."""
        return len(self._undo)

    def settle(self, *, calls: bool = True) -> None:
        """What was written stays; `calls`: what it made counts as made by calls."""
        for table, key, before in self._undo if calls else ():
            if before is None and key in self.tables[table]:
                self.creates[f"{table}/{key}"] += 1
        self._undo.clear()

    def undo(self, mark: int) -> None:
        """Take back what was written since a mark."""
        while len(self._undo) > mark:
            table, key, before = self._undo.pop()
            self.remove(table, key) if before is None else self.put(table, before)
            self._undo.pop()

    def persons(self, order: str, *, leavers: bool) -> list[Row]:
        """The persons in the order of the switch person_order; not to be changed."""
        wanted = (self.version, f"{order} {leavers}")
        if self._listed[0] != wanted:
            rows = [row for row in self.tables["persons"].values() if leavers or "leaveDate" not in row]
            if order == "pin":
                rows.sort(key=lambda row: str(row["pin"]))
            self._listed = (wanted, rows[::-1] if order == "newest" else rows)
        return self._listed[1]

    def dump(self) -> dict[str, object]:
        """Everything as plain data: {"tables": {table: [rows]}, "serial": number}."""
        tables = {name: [copied(row) for row in rows.values()] for name, rows in self.tables.items()}
        return {"tables": tables, "serial": self.serial}

    def load(self, dump: dict[str, object]) -> None:
        """Replace everything by what `dump` gave. Raises SimulatorError for anything else, and keeps what it had."""
        tables, serial = dump.get("tables"), dump.get("serial")
        if not isinstance(tables, dict) or not isinstance(serial, int) or not set(tables) <= set(TABLES):
            raise SimulatorError(
                "This is no dump of a simulated CVSecurity server: it has no tables of its collections."
            )
        fresh = Store("")
        fresh.tables, fresh._index = {name: {} for name in TABLES}, {}
        for name, rows in tables.items():
            for row in rows:
                if not isinstance(row, dict) or not isinstance(row.get(TABLES[name]), str):
                    raise SimulatorError(f"A row of {name} in the dump has no {TABLES[name]}.")
                fresh.put(name, copied(row))
        self.tables, self._index, self.serial = fresh.tables, fresh._index, serial
        self.version += 1
        self._undo.clear()


def copied(row: Row) -> Row:
    """A copy that shares nothing with the row."""
    return {
        member: list(value) if isinstance(value, list) else dict(value) if isinstance(value, dict) else value
        for member, value in row.items()
    }


def cards_of(row: Row) -> list[str]:
    """A person's cards, the main one first."""
    supply = str(row.get("supplyCards") or "")
    return [card for card in (str(row.get("cardNo") or ""), *supply.split(",")) if card]


def listed(row: Row, member: str) -> list[str]:
    """A member that is a list of texts."""
    value = row.get(member)
    return value if isinstance(value, list) else []


_FOUND_BY: dict[str, dict[str, str]] = {
    "departments": {"name": "department_name", "parentCode": "parent"},
    "areas": {"name": "area_name"},
    "doors": {"name": "door_name"},
    "templates": {"personId": "template_pin"},
    "persons": {"personPwd": "personPwd", "email": "email", "deptCode": "person_department"},
    **{table: {"name": table} for table in TABLES if table.endswith("_levels")},
}
"""By table: the members that rows are found by, and what the index calls them."""


def _found_by(table: str, row: Row) -> Iterator[tuple[str, str]]:
    """What a row is found by; a person also by `card`, and by `person ` and what she is in. Of who has left only the
    cards count, if they were kept."""
    if table == "persons":
        for card in cards_of(row):
            yield "card", card
        if "leaveDate" in row:
            return
        for member in MEMBERSHIPS:
            for value in listed(row, member):
                yield f"person {member}", value
    for member, name in _FOUND_BY.get(table, {}).items():
        if row.get(member):
            yield name, str(row[member])
