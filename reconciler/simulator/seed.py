"""Data to begin with: rows in people's words, and as many generated ones as asked."""

from typing import Annotated

import msgspec

from reconciler.simulator.errors import SimulatorError
from reconciler.simulator.schema import ATTENDANCE, COLLECTIONS, IN_COMPANY, UNITS, columns
from reconciler.simulator.site import Site
from reconciler.simulator.store import BUILT_IN, Row
from reconciler.simulator.validation import Body, Context, clean
from reconciler.simulator.writes import stored

Seed = dict[str, list[Body]]
"""Rows by collection. References are codes. Departments, areas, positions and company: `code`, `name`, `parent`,
`company`. Employees: `code`, `department`, `position`, `areas` (department and areas left out: the built-in ones) and
any other field under its own name. Resigns: `employee`, `resign_date`, `resign_type`, … Terminals: `sn`, `alias`,
`ip_address`, `area`. A row whose code exists is changed."""

Count = Annotated[int, msgspec.Meta(ge=0)]


class Generate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many objects are made up; always the same ones for the same numbers."""

    employees: Count = 0
    departments: Count = 0
    areas: Count = 0
    positions: Count = 0


_FIRST = ("Ana", "Ben", "Chen", "Dora", "Emil", "Fatima", "Goran", "Hana", "Ivan", "Jana", "Karim", "Lena")
_LAST = ("Silva", "Weber", "Li", "Novak", "Haddad", "Okafor", "Kim", "Rossi", "Lopez", "Nagy", "Sato")


def seed(site: Site, rows: Seed) -> None:
    """Put rows into a site, in place of those with their codes. Raises SimulatorError for what no server would hold."""
    unknown = sorted(set(rows) - set(COLLECTIONS))
    if unknown:
        raise SimulatorError(f"A seed has no {unknown[0]}. It may have {', '.join(COLLECTIONS)}.")
    for name in COLLECTIONS:
        # A parent may stand below its child, so parents are set when all rows are there.
        bare = [{field: value for field, value in row.items() if field != "parent"} for row in rows.get(name, [])]
        for number, row in enumerate(bare, 1):
            _place(site, name, number, row)
        for number, row in enumerate(rows.get(name, []), 1):
            if row.get("parent") is not None:
                _place(site, name, number, row)


def generate(site: Site, wanted: Generate) -> None:
    """Make up objects: departments D0001…, areas A0001…, positions P0001…, employees 000001… spread evenly."""
    made: dict[str, list[int]] = {}
    for name, prefix in (("departments", "D"), ("areas", "A"), ("positions", "P")):
        made[name] = [_unit(site, name, f"{prefix}{number:04}") for number in range(1, getattr(wanted, name) + 1)]
    departments = made["departments"] or [BUILT_IN]
    areas = made["areas"] or [BUILT_IN]
    for number in range(1, wanted.employees + 1):
        row: Row = {
            "emp_code": f"{number:06}",
            "first_name": _FIRST[number % len(_FIRST)],
            "last_name": _LAST[number % len(_LAST)],
            "department": departments[number % len(departments)],
            "hire_date": f"20{number % 24:02}-{number % 12 + 1:02}-{number % 28 + 1:02}",
            "card_no": f"{7_000_000_000 + number}",
            "area": [areas[number % len(areas)]],
        }
        if made["positions"]:
            row["position"] = made["positions"][number % len(made["positions"])]
        _keep(site, "employees", row)


def _unit(site: Site, name: str, code: str) -> int:
    unit = COLLECTIONS[name]
    row: Row = {unit.key: code, unit.title: f"{unit.label.capitalize()} {code}"}
    return int(str(_keep(site, name, row)["id"]))


def _keep(site: Site, name: str, row: Row) -> Row:
    if site.profile.companies and name in IN_COMPANY:
        row = {"company": BUILT_IN, **row}
    found = site.store.find(name, row)
    if found is None:
        return site.store.add(name, row)
    kept = {**(site.store.get(name, found) or {}), **row}
    site.store.put(name, kept)
    return kept


def _place(site: Site, name: str, number: int, row: Body) -> None:
    where = f"Row {number} of the seed's {name}"
    body = _wire(site, name, row, where)
    unknown = sorted(set(body) - {column.name for column in columns(site.profile, COLLECTIONS[name])})
    if unknown:
        raise SimulatorError(f"{where} has {unknown[0]!r}, which a server of this profile does not have.")
    context = Context(msgspec.structs.replace(site.profile, dropped_fields=()), site.store, "en")
    values, errors = clean(context, COLLECTIONS[name], _nested(site, name, body), partial=False)
    for field, texts in errors.items():
        raise SimulatorError(f"{where} can't be used: {field}: {texts[0]}")
    _keep(site, name, stored(site, COLLECTIONS[name], values))


def _nested(site: Site, name: str, body: Body) -> Body:
    """The body in the shape that the profile takes: a seed always has the flags of attendance at its top level."""
    if name != "employees" or site.profile.attendance == "flat":
        return body
    return {**body, "attemployee": {member: body[field] for member, field in ATTENDANCE.items() if field in body}}


def _wire(site: Site, name: str, row: Body, where: str) -> Body:
    """A row with its fields' own names and ids for codes."""
    collection = COLLECTIONS[name]
    body = dict(row)
    renamed = {"code": collection.key, "name": collection.title, "parent": collection.parent, "areas": "area"}
    for short, field in renamed.items():
        if short in body and field and (short != "areas" or name == "employees"):
            body[field] = body.pop(short)
    if site.profile.companies and name in IN_COMPANY:
        body.setdefault("company", "1")
    if name == "employees":
        body.setdefault("department", "1")
        body.setdefault("area", ["1"])
    for column in columns(site.profile, collection):
        value = body.get(column.name)
        if column.target and value is not None:
            codes = value if isinstance(value, list) else [value]
            ids = [_named(site, column.target, code, body.get("company"), where) for code in codes]
            body[column.name] = ids if column.type == "pks" else ids[0]
    return body


def _named(site: Site, target: str, code: object, company: object, where: str) -> int:
    row: Row = {COLLECTIONS[target].key: str(code)}
    if site.profile.companies and target in UNITS:
        row["company"] = company if isinstance(company, int) else site.store.find("company", {"company_code": company})
    found = site.store.find(target, row)
    if found is None:
        raise SimulatorError(f"{where} refers to {COLLECTIONS[target].label} {code!r}, which is not there.")
    return found
