"""Data to begin with: rows in people's words, and as many made-up ones as asked."""

from collections.abc import Mapping

from reconciler.simulator.cvsecurity.call import Site, pin_form
from reconciler.simulator.cvsecurity.codes import FAILURES, Refused
from reconciler.simulator.cvsecurity.levels import named
from reconciler.simulator.cvsecurity.person_members import ALL, merged
from reconciler.simulator.cvsecurity.store import MEMBERSHIPS, ROOT, TABLES, Row, Store
from reconciler.simulator.errors import SimulatorError

Seed = dict[str, list[Row]]
"""Rows by table. Departments: `code`, `name`, `parent` (a code), `sortNo`, `levels` (names of door levels). Areas:
`code`, `name`. Time segments: `name`. Door levels: `name`, `time_segment`, `area`, `doors` (names); the other levels:
`name`. Devices: `sn`, `name`, `type`. Doors: `name`, `device` (its sn). Readers: `name`, `door` (its name). Floors:
`name`, `floorNo`, `device`. Persons: the members of person/add, with `department` for deptCode, door_levels,
elevator_levels and entrance_levels (names), attendance_areas and kiosk_areas (codes), leaveDate. Parking: `carNumber`,
`list` (white or black), `from`, `to`. Any row may name its `id`. A row whose key, or for levels whose name, exists is
changed."""

_MEMBERS: dict[str, tuple[str, ...]] = {
    "areas": ("code", "name"),
    "time_segments": ("name",),
    "devices": ("sn", "name", "type", "state", "module"),
    "doors": ("name", "device"),
    "readers": ("name", "door", "readerNo", "readerState"),
    "floors": ("name", "device", "floorNo"),
    "door_levels": ("name", "time_segment", "area", "doors"),
    "elevator_levels": ("name",),
    "entrance_levels": ("name",),
    "visitor_levels": ("name",),
    "departments": ("code", "name", "parent", "sortNo", "levels"),
    "persons": ("pin", "department", "leaveDate", "leaveType", *MEMBERSHIPS, *ALL),
    "parking": ("carNumber", "list", "from", "to"),
}
_REQUIRED = {
    "areas": ("code", "name"),
    "devices": ("sn",),
    "departments": ("code", "name"),
    "persons": ("pin",),
    "parking": ("carNumber", "list"),
}
_FIRST = ("Ana", "Ben", "Chen", "Dora", "Emil", "Fatima", "Goran", "Hana", "Ivan", "Jana", "Karim", "Lena")
_LAST = ("Silva", "Weber", "Li", "Novak", "Haddad", "Okafor", "Kim", "Rossi", "Lopez", "Nagy", "Sato")


def seed(site: Site, rows: Seed) -> None:
    """Put rows into a site. Raises SimulatorError for what no server would hold; nothing is put then."""
    unknown = sorted(set(rows) - set(_MEMBERS))
    if unknown:
        raise SimulatorError(f"A seed of CVSecurity has no {unknown[0]}. It may have {', '.join(_MEMBERS)}.")
    try:
        for table in _MEMBERS:
            for number, row in enumerate(rows.get(table, []), 1):
                _place(site, table, row, f"Row {number} of the seed's {table}")
        _parents(site, rows.get("departments", []))
    except SimulatorError:
        site.store.undo(0)
        raise
    site.store.settle(calls=False)


def generate(site: Site, numbers: Mapping[str, int]) -> None:
    """Make up departments D0001…, areas A0001… and persons 000001… spread evenly over the departments and, in
    attendance, over the areas. Raises SimulatorError for positions, which CVSecurity does not have."""
    if numbers.get("positions"):
        raise SimulatorError("A CVSecurity server has no positions; none can be made up.")
    store = site.store
    departments = [f"D{number:04}" for number in range(1, numbers.get("departments", 0) + 1)]
    areas = [f"A{number:04}" for number in range(1, numbers.get("areas", 0) + 1)]
    for code in departments:
        named_row: Row = {"code": code, "name": f"Department {code}", "sortNo": 99999, "parentCode": ROOT}
        store.put("departments", {"id": _id(store, "departments", code), **named_row})
    for code in areas:
        store.put("areas", {"id": _id(store, "areas", code), "code": code, "name": f"Area {code}"})
    codes = departments or [ROOT]
    for number in range(1, numbers.get("employees", 0) + 1):
        pin = pin_form(site.profile, f"{number:06}")
        row: Row = {
            "id": _id(store, "persons", pin),
            "pin": pin,
            "deptCode": codes[number % len(codes)],
            "name": _FIRST[number % len(_FIRST)],
            "lastName": _LAST[number % len(_LAST)],
            "cardNo": f"{7_000_000_000 + number}",
            "hireDate": f"20{number % 24:02}-{number % 12 + 1:02}-{number % 28 + 1:02}",
        }
        if areas:
            row["attendance_areas"] = [areas[number % len(areas)]]
        store.put("persons", row)
    store.settle(calls=False)


def _place(site: Site, table: str, row: Row, where: str) -> None:
    allowed = {"id", *_MEMBERS[table]}
    unknown = sorted(set(row) - allowed)
    if unknown:
        raise SimulatorError(f"{where} has {unknown[0]!r}, which it can't have.")
    for member in _REQUIRED.get(table, ("name",)):
        if not row.get(member):
            raise SimulatorError(f"{where} has no {member}.")
    site.store.put(table, _PLACED.get(table, _plain)(site, table, row, where))


def _plain(site: Site, table: str, row: Row, _where: str) -> Row:
    key = TABLES[table]
    found = named(site.store, table, str(row["name"])) if table.endswith("_levels") else None
    before = found or (site.store.get(table, str(row[key])) if key in row else None) or {}
    identity = row.get("id") or before.get("id") or site.store.new_id()
    if found and found["id"] != identity:  # a delivered level gets the id that the seed names
        site.store.remove(table, str(found["id"]))
    kept = {member: value for member, value in row.items() if value is not None}
    return {**before, **kept, "id": str(identity)}


def _department(site: Site, table: str, row: Row, where: str) -> Row:
    kept = _plain(site, table, {name: value for name, value in row.items() if name != "parent"}, where)
    if "levels" in kept:
        kept["levels"] = [_level(site.store, "door_levels", name, where) for name in _names(row, "levels", where)]
    kept["sortNo"] = int(str(kept.get("sortNo") or 99999))
    return kept if kept["code"] == ROOT else {"parentCode": ROOT, **kept}


def _parents(site: Site, rows: list[Row]) -> None:
    """A parent may stand below its child, so parents are set when all rows are there."""
    for number, row in enumerate(rows, 1):
        parent = row.get("parent")
        if parent is None:
            continue
        if site.store.get("departments", str(parent)) is None:
            raise SimulatorError(
                f"Row {number} of the seed's departments refers to department {parent!r}, which is not there."
            )
        before = site.store.get("departments", str(row["code"])) or {}
        site.store.put("departments", {**before, "parentCode": str(parent)})


def _device_part(site: Site, table: str, row: Row, where: str) -> Row:
    """A door or floor with its device's id, a reader with its door's."""
    kept = _plain(site, table, row, where)
    if "device" in kept:
        device = site.store.get("devices", str(kept.pop("device")))
        if device is None:
            raise SimulatorError(f"{where} refers to device {row['device']!r}, which is not there.")
        kept["deviceId"] = device["id"]
    if "door" in kept:
        found = site.store.having("door_name", kept.pop("door"))
        if not found:
            raise SimulatorError(f"{where} refers to door {row['door']!r}, which is not there.")
        kept["doorId"] = found[0]
    return kept


def _device(site: Site, table: str, row: Row, where: str) -> Row:
    return {"name": row["sn"], "type": "inBIO460", "state": "1", "module": "acc", **_plain(site, table, row, where)}


def _person(site: Site, table: str, row: Row, where: str) -> Row:
    store = site.store
    pin = pin_form(site.profile, str(row["pin"]))
    before = store.get("persons", pin) or {"id": row.get("id") or store.new_id(), "pin": pin}
    given = {name: value for name, value in row.items() if value is not None}
    if "department" in given:
        given["deptCode"] = given["department"]
        if store.get("departments", str(given["department"])) is None:
            raise SimulatorError(f"{where} refers to department {given['department']!r}, which is not there.")
    for flag in ("isDisabled", "isSendMail"):
        if isinstance(given.get(flag), str):  # a YAML file's
            given[flag] = str(given[flag]).lower() == "true"
    try:
        kept = merged(site, before, given, ALL)
    except Refused as refused:
        raise SimulatorError(f"{where} can't be used: {FAILURES[refused.name].manual}.") from None
    for member in MEMBERSHIPS:
        if member in given:
            table = member if member.endswith("_levels") else "areas"
            kept[member] = [_level(store, table, name, where) for name in _names(row, member, where)]
    return kept | {name: str(given[name]) for name in ("leaveDate", "leaveType") if name in given}


def _names(row: Row, member: str, where: str) -> list[str]:
    value = row[member]
    if not isinstance(value, list):
        raise SimulatorError(f"{where} has {member} that is no list.")
    return [str(name) for name in value]


def _level(store: Store, table: str, name: str, where: str) -> str:
    """The id of a level of this name; the code of an area is itself."""
    found = store.get("areas", name) if table == "areas" else named(store, table, name)
    if found is None:
        raise SimulatorError(f"{where} refers to {name!r} of {table}, which is not there.")
    return str(found[TABLES[table]])


def _id(store: Store, table: str, key: str) -> object:
    return (store.get(table, key) or {}).get("id") or store.new_id()


_PLACED = {
    "departments": _department,
    "devices": _device,
    "doors": _device_part,
    "readers": _device_part,
    "floors": _device_part,
    "persons": _person,
}
