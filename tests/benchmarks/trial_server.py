"""A simulated server, or terminals, in a process of its own: `PROFILE PORT CONTENT NUMBER`. It prints its address, of
terminals that of the first. For each line of input, a file's name, it writes there all that it holds, and prints an
empty line."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from reconciler.simulator import Server, Terminals
from tests.benchmarks.fleet import FIRST
from tests.benchmarks.project import UNITS, employees, units

PASSWORD = "benchmark"
LEVELS = ("Offices", "Stores", "Laboratory")
SITE: dict[str, list[dict[str, Any]]] = {
    "areas": units("areas"),
    "devices": [{"sn": "C1", "name": "Controller"}],
    "doors": [{"name": f"Door of {name}", "device": "C1"} for name in LEVELS],
    "door_levels": [{"name": name} for name in LEVELS],
    "elevator_levels": [{"name": "Garage lift"}],
}
"""What people make in CVSecurity's own pages, and no call can."""


def time_rows(size: int) -> dict[str, list[dict[str, Any]]]:
    """An organisation on a server of the BioTime family; one employee in fifty has resigned."""
    departments: list[dict[str, Any]] = units("departments")
    for number, row in enumerate(departments[8:]):
        row["parent"] = departments[number % 8]["code"]
    people = [
        {
            **{name: value for name, value in row.items() if name not in ("areas", "card")},
            "areas": [row["areas"]],
            "card_no": row["card"],
            "gender": "FM"[number % 2],
            "mobile": f"0151 {number:07}",
            "email": f"{row['code']}@acme.example",
            "device_password": f"{number:06}" if number % 10 == 0 else None,
            "app_role": 1,
            "app_status": 0,
            "dev_privilege": (0, 0, 0, 14)[number % 4],
            "enable_att": True,
            "enable_holiday": True,
            "enable_overtime": number % 3 == 0,
            "verify_mode": -1,
        }
        for number, row in enumerate(employees(size))
    ]
    leavers = [
        {"employee": row["code"], "resign_date": "2026-01-31", "resign_type": 1, "disableatt": True}
        for row in people[::50]
    ]
    return {**{plural: units(plural) for plural in UNITS}, "departments": departments, "employees": people,
            "resigns": leavers}  # fmt: skip


def gate_rows(size: int) -> dict[str, list[dict[str, Any]]]:
    """The same people on CVSecurity, with what may be done where."""
    departments: list[dict[str, Any]] = units("departments")
    for number, row in enumerate(departments[8:]):
        row["parent"] = departments[number % 8]["code"]
    people = [
        {
            "pin": row["code"],
            "name": row["first_name"],
            "lastName": row["last_name"],
            "department": row["department"],
            "hireDate": row["hire_date"],
            "cardNo": row["card"],
            "gender": "FM"[number % 2],
            "mobilePhone": f"0151 {number:07}",
            "email": f"{row['code']}@acme.example",
            "personPwd": f"{number:06}" if number % 10 == 0 else None,
            "door_levels": sorted({LEVELS[number % 3], *LEVELS[: number % 2]}),
            "elevator_levels": ["Garage lift"] if number % 20 == 0 else None,
            "attendance_areas": [row["areas"]],
        }
        for number, row in enumerate(employees(size))
    ]
    return {**SITE, "departments": departments, "persons": people}


def serve(profile: str, port: int, content: str, number: int) -> None:
    """`content` is `full`, `site` (only what no call can make) or `empty`. Terminals, at the addresses of a fleet
    (fleet.py), are empty; those of another `content` are other machines."""
    if profile == "terminals":
        with Terminals(port=port) as terminals:
            has = {"access_control": True, "card": True}
            for each in range(number):
                uid = f"{content.encode().hex():.8}{each:08}"
                terminals.add(f"t-{each + 1:04}", address=str(FIRST + each), uid=uid, capabilities=has)
            _answer(terminals["t-0001"].url, terminals.dump)
        return
    rows = {"full": gate_rows if profile.startswith("cv") else time_rows, "site": lambda _: SITE}
    with Server(profile, password=PASSWORD, token=PASSWORD, port=port) as server:
        if content in rows:
            server.seed(rows[content](number))
        _answer(server.url, server.dump)


def _answer(url: str, dump: Callable[[], dict[str, Any]]) -> None:
    print(url, flush=True)
    for line in sys.stdin:
        Path(line.strip()).write_bytes(msgspec.json.encode(dump()))
        print(flush=True)


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
