"""What a server that was replaced does not have again: of two dumps of simulated servers, by the meaning of their rows,
since ids are new."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

KEYS = {
    "departments": "dept_code",
    "areas": "area_code",
    "positions": "position_code",
    "employees": "emp_code",
    "resigns": "employee",
}
REFERENCES = {"department": "departments", "position": "positions", "area": "areas", "employee": "employees"}
GATE_KEYS = {"departments": "code", "persons": "pin"}
OF_THE_MACHINE = ("device_uid", "admin_logs")

Rows = Mapping[str, Mapping[str, Any]]
"""Rows by their key, without ids."""


def lost_members(profile: str, before: Any, after: Any) -> dict[str, int]:
    """How many rows differ in a member, by table and member; `table.*`: they are gone, or too many."""
    view = _of_gate if profile.startswith("cv") else _of_terminals if profile == "terminals" else _of_time
    old, new = view(before), view(after)
    found: Counter[str] = Counter()
    for table in old.keys() | new.keys():
        there, here = old.get(table, {}), new.get(table, {})
        if strangers := there.keys() ^ here.keys():
            found[f"{table}.*"] = len(strangers)
        for key in there.keys() & here.keys():
            for member in there[key].keys() | here[key].keys():
                found[f"{table}.{member}"] += there[key].get(member) != here[key].get(member)
    return {name: number for name, number in sorted(found.items()) if number}


def _of_time(dump: Any) -> dict[str, Rows]:
    tables = dump["tables"]
    codes = {table: {row["id"]: row[KEYS[table]] for row in tables[table]} for table in REFERENCES.values()}

    def plain(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
        found = {}
        for name, value in row.items():
            target = REFERENCES.get(name) or (table if name.startswith("parent") else None)
            known = codes.get(target or "", {})
            if name != "id":
                found[name] = sorted(map(known.get, value)) if isinstance(value, list) else known.get(value, value)
        return found

    return {table: {(row := plain(table, each))[key]: row for each in tables[table]} for table, key in KEYS.items()}


def _of_gate(dump: Any) -> dict[str, Rows]:
    tables = dump["tables"]
    names = {row["id"]: row.get("name") for table, rows in tables.items() if "levels" in table for row in rows}

    def plain(row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: sorted(names.get(each, each) for each in value) if isinstance(value, list) else value
            for name, value in row.items()
            if name != "id"
        }

    return {table: {row[key]: plain(row) for row in tables[table]} for table, key in GATE_KEYS.items()}


def _of_terminals(dump: Any) -> dict[str, Rows]:
    users = {f"{name}/{key}": user for name, terminal in dump.items() for key, user in terminal["users"].items()}
    settings = {
        name: {key: value for key, value in each.items() if key not in {"users", *OF_THE_MACHINE}}
        for name, each in dump.items()
    }
    return {"users": users, "terminals": settings}
